"""From rows to the engine of questionnaires and back: what a version asks, what of an answer is kept in which column."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django_stubs_ext import StrOrPromise

from nastavnik.blanks.choices import ScanState
from nastavnik.blanks.models import Blank, ScannedPage
from nastavnik.consents.queries import held_purposes, missing_purposes
from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.engine.instruments import (
    Answer,
    Instrument,
    Item,
    ItemClass,
    ItemKind,
    ReadForm,
    ResultReader,
    check_answers,
    parse_instrument,
)
from nastavnik.programmes.access import capacity_refusal
from nastavnik.programmes.catalogues import (
    ListEntry,
    areas,
    interests,
    meeting_places,
    time_slots,
)
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import Participation
from nastavnik.programmes.queries import areas_offered
from nastavnik.questionnaires.choices import DOUBTS, SHEETS, InvitationState, SheetStanding
from nastavnik.questionnaires.models import InstrumentVersion, Invitation, Response, Wave
from nastavnik.questionnaires.queries import NEEDED_TO_ASK
from nastavnik.readers.bounded import read_bounded
from nastavnik.readers.refusals import ReaderError

WRITTEN = (ItemKind.TEXT, ItemKind.STORY)
# digest → what it describes: a published version never changes
_parsed: dict[str, Instrument] = {}


def instrument_of(version: InstrumentVersion) -> Instrument:
    """Return what a version asks."""
    if version.sha256 not in _parsed:
        _parsed[version.sha256] = parse_instrument(version.body)
    return _parsed[version.sha256]


def column_of(item: Item) -> str:
    """Return the column of `Response` the answers to an item lie in: one class of data each."""
    if item.privacy == ItemClass.PSYCHOLOGICAL:
        return "guarded"
    return "texts" if item.kind in WRITTEN else "answers"


def in_columns(instrument: Instrument, kept: Mapping[str, Answer]) -> dict[str, dict[str, Answer]]:
    """Return column → code → answer."""
    columns: dict[str, dict[str, Answer]] = {"answers": {}, "texts": {}, "guarded": {}}
    for item in instrument.asked:
        if item.code in kept:
            columns[column_of(item)][item.code] = kept[item.code]
    return columns


@dataclass(frozen=True, slots=True)
class ReadingRights:
    """What of the answers somebody reads.

    Attributes:
        texts: written answers and names.
        curator: what only the curator reads.
        guarded: what only the psychologist reads.
    """

    texts: bool = False
    curator: bool = False
    guarded: bool = False

    def read(self, item: Item) -> bool:
        """Tell whether the answers to an item may be read."""
        if item.seen_by == ResultReader.CURATOR:
            return self.curator
        if item.seen_by == ResultReader.PSYCHOLOGIST or item.privacy == ItemClass.PSYCHOLOGICAL:
            return self.guarded
        return self.texts or item.kind not in (*WRITTEN, *_PEOPLE)


_PEOPLE = (ItemKind.PEOPLE, ItemKind.RANKED_PEOPLE)


@dataclass(frozen=True, slots=True)
class AnswerShare:
    """How many gave one answer, and the share of those who answered the question, in whole percent."""

    label: str
    n: int
    percent: int


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What came of one question.

    Attributes:
        item: the question.
        n: how many answered it.
        of: of how many sheets.
        bars: how many gave each answer; nobody's stands too.
        mean: of a scale, None without answers.
        texts: (who, what) of written answers; nobody named where it is not kept.
        is_closed: whether this reader may not see it.
    """

    item: Item
    n: int
    of: int
    bars: tuple[AnswerShare, ...] = ()
    mean: float | None = None
    texts: tuple[tuple[str, str], ...] = ()
    is_closed: bool = False

    @property
    def drawn(self) -> "ScalePicture":
        """The bars of a scale as columns of a picture."""
        return ScalePicture.of(self.bars)


@dataclass(frozen=True, slots=True)
class ScaleColumn:
    """A column of the picture of a scale, in its units."""

    bar: AnswerShare
    x: int
    y: int
    height: int

    @property
    def middle(self) -> int:
        """Where its words stand."""
        return self.x + 13


@dataclass(frozen=True, slots=True)
class ScalePicture:
    """How often each value of a scale was given, as columns; the highest fills the picture."""

    columns: tuple[ScaleColumn, ...]
    width: int

    @classmethod
    def of(cls, bars: Sequence[AnswerShare]) -> "ScalePicture":
        """Draw bars."""
        most = max((bar.n for bar in bars), default=0) or 1
        heights = [bar.n * _HIGHEST // most for bar in bars]
        columns = tuple(
            ScaleColumn(bar, place * _STEP + 2, _BASE - height, height)
            for place, (bar, height) in enumerate(zip(bars, heights, strict=True))
        )
        return cls(columns, len(bars) * _STEP + 2)


_STEP, _HIGHEST, _BASE = 30, 52, 66


def answer_to(response: Response, item: Item) -> Answer | None:
    """Return what a response says to an item; None where it was left out."""
    column: Mapping[str, Answer] = getattr(response, column_of(item))
    return column.get(item.code)


def results_of(
    instrument: Instrument,
    responses: Sequence[Response],
    rights: ReadingRights,
    names: Mapping[str, str],
) -> list[ItemResult]:
    """Return what came of each question, in order.

    Args:
        instrument: what was asked.
        responses: the answers, with their people where these are kept.
        rights: of whoever reads.
        names: key → name of the people who may be named in answers.
    """
    return [_result(item, responses, rights, names) for item in instrument.asked]


def _result(
    item: Item, responses: Sequence[Response], rights: ReadingRights, names: Mapping[str, str]
) -> ItemResult:
    if not rights.read(item):
        return ItemResult(item, 0, len(responses), is_closed=True)
    given = [
        (response, answer)
        for response in responses
        if (answer := answer_to(response, item)) is not None
    ]
    n, of = len(given), len(responses)
    if item.kind in (*WRITTEN, ItemKind.DATE):
        said = sorted((_author(response), str(answer)) for response, answer in given)
        return ItemResult(item, n, of, texts=tuple(said))
    counts: Counter[str] = Counter(
        str(one)
        for _response, answer in given
        for one in (answer if isinstance(answer, list) else [answer])
    )
    bars = tuple(
        AnswerShare(label, counts[value], round(counts[value] * 100 / n) if n else 0)
        for value, label in _values(item, counts, names)
    )
    numbers = [answer for _response, answer in given if isinstance(answer, int)]
    return ItemResult(item, n, of, bars, sum(numbers) / len(numbers) if numbers else None)


def _author(response: Response) -> str:
    """Return who wrote an answer; nobody in a confidential wave, where the words are then sorted and tell no order."""
    return response.invitation.person.short_name if response.invitation else ""


def _values(
    item: Item, counts: Counter[str], names: Mapping[str, str]
) -> Iterable[tuple[str, str]]:
    if item.kind == ItemKind.SCALE:
        return [(str(n), str(n)) for n in range(item.minimum or 0, (item.maximum or 0) + 1)]
    if item.kind in _PEOPLE:
        return [(key, names.get(key, "—")) for key, _n in counts.most_common()]
    return [(option.code, option.text) for option in item.options]


def in_words(item: Item, answer: Answer | None, names: Mapping[str, str]) -> str | int | None:
    """Return an answer as a file has it: a number, or the words of what was marked."""
    if answer is None or isinstance(answer, int):
        return answer
    texts = {option.code: option.text for option in item.options} | dict(names)
    marked = answer if isinstance(answer, list) else [answer]
    return "; ".join(texts.get(one, one) for one in marked)


def read_instrument(data: bytes, file_name: str) -> ReadForm:
    """Return the questionnaire of a file, read by a process of its own.

    Raises:
        RefusedError: it is none, in words for a person.
    """
    try:
        form: ReadForm = read_bounded("questionnaire", data, file_name)
    except ReaderError as error:
        raise RefusedError(str(error)) from error
    return form


# ---------------------------------------------------------------- sheets of paper


@dataclass(frozen=True, slots=True)
class SheetItem:
    """An item of a sheet that came back.

    Attributes:
        scan: the page it stands on.
        item: the question.
        value: what counts now: said by a person, else read.
        why: key of `choices.DOUBTS`, or a sentence; empty where nothing is to be looked at.
        others: further pictures of the same page.
    """

    scan: ScannedPage
    item: Item
    value: object
    why: str = ""
    others: tuple[ScannedPage, ...] = ()
    is_read: bool = False

    @property
    def reason(self) -> StrOrPromise:
        """Why somebody has to look, in words."""
        return DOUBTS.get(self.why, self.why)

    @property
    def is_wide(self) -> bool:
        """Whether its crop is as wide as the sheet: a frame, or boxes with words beside them."""
        return self.item.kind not in (ItemKind.SCALE, ItemKind.YES_NO)

    @property
    def name(self) -> str:
        """The name of its field on a page."""
        return f"j-{self.scan.pk}-{self.item.code}"


@dataclass(frozen=True, slots=True)
class ReturnedSheet:
    """A sheet that came back, with everything on it."""

    blank: Blank
    invitation: Invitation | None
    items: tuple[SheetItem, ...]
    missing_pages: tuple[int, ...]
    standing: SheetStanding

    @property
    def looks(self) -> list[SheetItem]:
        """What somebody has to look at."""
        return [one for one in self.items if one.why]

    @property
    def given(self) -> dict[str, object]:
        """What is marked, as the engine of questionnaires reads what comes from a page."""
        return {one.item.code: _as_sent(one.value) for one in self.items}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is marked or written on it."""
        return not any(self.given.values())

    @property
    def shown(self) -> str:
        """Names the sheet as a form sends it, with what was shown of it: once that has changed it is another name."""
        what = repr((sorted(self.given.items()), self.missing_pages, self.blank.person_id))
        return f"{self.blank.pk}-{hashlib.blake2b(what.encode(), digest_size=9).hexdigest()}"

    @property
    def whose(self) -> str:
        """The name of its person, else its number."""
        if self.blank.person:
            return self.blank.person.full_name
        number = f"{self.blank.number:07}"
        return f"{number[:3]}-{number[3:]}"

    @property
    def first(self) -> ScannedPage | None:
        """A page of it."""
        return self.items[0].scan if self.items else None


def _as_sent(value: object) -> object:
    if value is None:
        return None
    return [str(one) for one in value] if isinstance(value, list | tuple) else str(value)


def returned_sheets(wave: Wave) -> list[ReturnedSheet]:
    """Return the sheets of a wave that came back and are not accepted, by name; four queries."""
    scans = (
        ScannedPage.objects.about(SHEETS, wave.pk)
        .filter(state__in=(ScanState.READ, ScanState.OTHER))
        .with_layout()
        .select_related("blank__person")
        .defer("picture")
    )
    by_blank: dict[Blank, list[ScannedPage]] = {}
    for scan in scans:
        if scan.blank is not None:
            by_blank.setdefault(scan.blank, []).append(scan)
    rows = Invitation.objects.filter(wave=wave).select_related("person", "wave__version")
    invited = {row.person_id: row for row in rows}
    held = held_purposes(list(invited), today())
    people = Counter(blank.person_id for blank in by_blank)
    instrument = instrument_of(wave.version)
    found = []
    for blank, pages in by_blank.items():
        items = _items_of(instrument, pages)
        missing = _missing_pages(blank, pages)
        invitation = invited.get(blank.person_id or 0)
        standing = _standing(wave, blank, invitation)
        if (
            standing is None
            and missing_purposes(held.get(blank.person_id or 0, frozenset()), NEEDED_TO_ASK)
            and blank.person_id
        ):
            standing = SheetStanding.UNSIGNED
        if standing is None and blank.person_id and people[blank.person_id] > 1:
            standing = SheetStanding.TWICE
        standing = standing or _waits_for(items, missing)
        found.append(ReturnedSheet(blank, invitation, tuple(items), missing, standing))
    return sorted(found, key=lambda one: (one.whose.casefold(), one.blank.pk))


def _standing(wave: Wave, blank: Blank, invitation: Invitation | None) -> SheetStanding | None:
    """Return what a sheet waits for because of whose it is; None where that is in order."""
    if blank.person_id is None:
        if blank.is_used:
            return SheetStanding.ANSWERED
        return None if wave.is_confidential else SheetStanding.NAMELESS
    if invitation is None:
        return SheetStanding.STRANGER
    return SheetStanding.ANSWERED if invitation.state == InvitationState.ANSWERED else None


def _waits_for(items: Sequence[SheetItem], missing: Sequence[int]) -> SheetStanding:
    if any(one.why for one in items):
        return SheetStanding.LOOK
    if missing:
        return SheetStanding.PART
    is_marked = any(one.value for one in items)
    return SheetStanding.READY if is_marked else SheetStanding.EMPTY


def _missing_pages(blank: Blank, rows: Iterable[ScannedPage]) -> tuple[int, ...]:
    there = {row.page for row in rows if row.state == ScanState.READ}
    asked = [
        number
        for number, page in enumerate(blank.run.layout["pages"], 1)
        if page["boxes"] or page["frames"]
    ]
    return tuple(number for number in asked if number not in there)


def _items_of(instrument: Instrument, rows: Sequence[ScannedPage]) -> list[SheetItem]:
    """Return the items of the pages of one sheet, in the order of the questionnaire."""
    by_code: dict[str, SheetItem] = {}
    known = {item.code: item for item in instrument.asked}
    for scan in sorted(rows, key=lambda row: row.page):
        if scan.state != ScanState.READ:
            continue
        assert scan.blank is not None  # noqa: S101 - a constraint of the database
        page = scan.blank.run.layout["pages"][scan.page - 1]
        others = tuple(
            row for row in rows if row.page == scan.page and row.state == ScanState.OTHER
        )
        framed = {row[0] for row in page["frames"]}
        for code in dict.fromkeys(row[0] for row in (*page["boxes"], *page["frames"])):
            if code in known:
                by_code[code] = _sheet_item(scan, known[code], others, is_framed=code in framed)
    items = [by_code[item.code] for item in instrument.asked if item.code in by_code]
    return _with_faults(instrument, items)


def _sheet_item(
    scan: ScannedPage, item: Item, others: tuple[ScannedPage, ...], *, is_framed: bool
) -> SheetItem:
    code = item.code
    if code in scan.judged:
        return SheetItem(scan, item, scan.judged[code])
    if is_framed:
        inked = tuple(one for one in others if code in one.written)
        why = "written" if inked or code in scan.written else ""
        if not why and scan.checked.get(code) is False:
            why = "sample"
        return SheetItem(scan, item, None, why, inked, is_read=not why)
    value, why = scan.answers.get(code), scan.doubts.get(code, "")
    differ = [one for one in others if one.answers.get(code) != value]
    if differ:
        why = "two_pictures"
    elif scan.checked.get(code) is False:
        why = "sample"
    return SheetItem(scan, item, value, why, tuple(differ), is_read=not why)


def _with_faults(instrument: Instrument, items: list[SheetItem]) -> list[SheetItem]:
    """Return the items with what the questionnaire itself rules out: too many marks, «none» beside others."""
    given = {one.item.code: _as_sent(one.value) for one in items}
    named = {
        key
        for one in items
        if one.item.kind in _PEOPLE and isinstance(one.value, list)
        for key in one.value
    }
    faults = check_answers(instrument, given, people=frozenset(named), may_be_blank=True).faults
    return [
        replace(one, why=faults[one.item.code], is_read=False)
        if not one.why and one.item.code in faults
        else one
        for one in items
    ]


SAMPLE = 20


def sample_of(sheets: Iterable[ReturnedSheet]) -> list[SheetItem]:
    """Return some of what was read without a doubt and nobody has checked, as though drawn by lot."""
    sure = [
        one
        for sheet in sheets
        for one in sheet.items
        if one.is_read and one.item.code not in one.scan.checked
    ]
    drawn = sorted(sure, key=lambda one: hashlib.sha256(one.name.encode()).digest())
    return drawn[:SAMPLE]


def sheet_words(item: Item, value: object) -> str:
    """Return what is marked in the words of the paper; a dash for nothing."""
    sent = _as_sent(value)
    if sent is None:
        return "—"
    texts = {option.code: option.text for option in item.options}
    return ", ".join(
        texts.get(one, one) for one in (sent if isinstance(sent, list) else [str(sent)])
    )


# ---------------------------------------------------------------- from answers to bases

#: What an item may feed in a base (`Item.feeds`): the field, and the list of its codes where it is one.
_FED: Mapping[str, Callable[[], Mapping[str, ListEntry]] | None] = {
    "programmes.areas": areas,
    "programmes.request": None,
    "programmes.interests": interests,
    "programmes.time_slots": time_slots,
    "programmes.meeting_places": meeting_places,
    "programmes.capacity": None,
}
_OF_SIDE = {Side.MENTEE: "request", Side.MENTOR: "capacity"}
_LONGEST_REQUEST = 500  # characters, as the base keeps it


@dataclass(frozen=True, slots=True)
class BaseChange:
    """What an answer says beside what the base holds.

    Attributes:
        key: names the change as a form sends it, with what was shown as held: another one is another key.
        field, label: of the base.
        held, said: words.
        value: what the base would hold.
        is_added: nothing that is held is lost.
    """

    key: str
    field: str
    label: StrOrPromise
    held: str
    said: str
    value: Any
    is_added: bool


@dataclass(frozen=True, slots=True)
class BaseChanges:
    """One person's record, and what the answers say otherwise."""

    record: Participation
    changes: tuple[BaseChange, ...]


def fed_items(version: InstrumentVersion, rights: ReadingRights) -> list[Item]:
    """Return the items of a questionnaire whose answers belong into a base and may be read."""
    if version.role not in Side.values:
        return []
    return [
        item for item in instrument_of(version).asked if item.feeds in _FED and rights.read(item)
    ]


def changes_for_bases(
    user: SignedIn, wave: Wave, responses: Iterable[Response], rights: ReadingRights
) -> list[BaseChanges]:
    """Return what the answers of a wave say otherwise than the base the user writes in, by person; two queries.

    Lists are added to and lose nothing; a request or a number of places that is held already is another word to be chosen.
    What people said of others, and of a confidential wave, is not there.
    """
    items = fed_items(wave.version, rights)
    said = {
        row.invitation.person_id: row
        for row in responses
        if row.invitation is not None and not row.invitation.about
    }
    if not items or not said or wave.is_confidential:
        return []
    side = Side(wave.version.role)
    records = (
        Participation.objects.visible_to(user)
        .within(user, Perm.BASE_EDIT)
        .filter(programme=wave.programme_id, person__in=said)
        .of(side)
        .exclude(status=ParticipationStatus.FINISHED)
        .select_related("person")
        .prefetch_related("forms")
    )
    rows = []
    for record in records:
        found = (_change(record, item, answer_to(said[record.person_id], item)) for item in items)
        if changes := tuple(one for one in found if one is not None):
            rows.append(BaseChanges(record, changes))
    return rows


def _change(record: Participation, item: Item, answer: Answer | None) -> BaseChange | None:
    field = item.feeds.removeprefix("programmes.")
    known = _FED[item.feeds]
    if answer is None or (known is None and field != _OF_SIDE[Side(record.side)]):
        return None
    held = getattr(record, field)
    label = Participation._meta.get_field(field).verbose_name  # type: ignore[union-attr]
    if known is None:
        value: Any = _plain(record, field, answer)
        if value in (None, "", held):
            return None
        words, told, is_added = str(held or ""), str(value), held == ""
    else:
        titles = {code: entry.title for code, entry in known().items()}
        if field == "areas":
            titles = dict(areas_offered(record, record.forms.all())) | {
                code: titles.get(code, code) for code in held
            }
        given = answer if isinstance(answer, list) else [answer]
        fresh = [code for code in titles if code in given and code not in held]
        if not fresh:
            return None
        value = [code for code in titles if code in {*held, *fresh}]
        words = ", ".join(titles.get(code, code) for code in held)
        told, is_added = ", ".join(titles[code] for code in fresh), True
    shown = hashlib.blake2b(repr((held, value)).encode(), digest_size=6).hexdigest()
    return BaseChange(f"{record.pk}-{field}-{shown}", field, label, words, told, value, is_added)


def _plain(record: Participation, field: str, answer: Answer) -> str | int | None:
    """Return a request or a number of places as the base keeps it; None for what the forms do not allow."""
    if field == "request":
        return " ".join(str(answer).split())[:_LONGEST_REQUEST]
    places = int(str(answer)) if str(answer).isdecimal() else 0
    refused = not places or capacity_refusal(record, places, list(record.forms.all()))
    return None if refused else places
