"""The waves as their page shows them; a questionnaire as the fields of its editor and as files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from nastavnik.core.dates import today
from nastavnik.core.ui.components import address_of, day, link, small, state
from nastavnik.core.ui.listing import Column, Table
from nastavnik.engine.instruments import Instrument, Item, ItemKind, breaks
from nastavnik.questionnaires.adapter import (
    WRITTEN,
    ReadingRights,
    answer_to,
    in_words,
    instrument_of,
)
from nastavnik.questionnaires.choices import CAUSES, KINDS, WaveStatus
from nastavnik.questionnaires.models import InstrumentVersion, Response, Wave
from nastavnik.questionnaires.queries import audience_words
from nastavnik.writers.questionnaires import as_blocks, as_xlsform, as_yaml
from nastavnik.writers.wordfiles import draw_docx


def state_of(wave: Wave) -> tuple[str, str]:
    """Return where a wave stands as a state of the look and its words."""
    now = today()
    if wave.status == WaveStatus.CLOSED:
        return "done", _("closed")
    if now < wave.opens_on:
        return "next", _("opens on %(day)s") % {"day": f"{wave.opens_on:%d.%m.%Y}"}
    if now > wave.closes_on:
        return "wait", _("time is up, not closed")
    return "go", _("open")


def wave_table(waves: Sequence[Wave]) -> Table[Wave]:
    """Return waves as a list; `waves` are counted (`queries.counted`)."""

    def name(wave: Wave) -> SafeString:
        url = address_of("questionnaires:wave", wave.pk)
        return format_html("{}{}", link(url, wave.title), small(audience_words(wave)))

    def answered(wave: Wave) -> str:
        return _("%(n)s of %(total)s") % {"n": wave.n_answered, "total": wave.n_asked}  # type: ignore[attr-defined]

    columns: list[Column[Wave]] = [
        Column("name", _("Wave"), lambda wave: wave.title, name),
        Column(
            "state", _("State"), lambda wave: state_of(wave)[1], lambda wave: state(*state_of(wave))
        ),
        Column("answered", _("Have answered"), answered, is_number=True),
        Column(
            "closes", _("Last day"), lambda wave: wave.closes_on, lambda wave: day(wave.closes_on)
        ),
    ]
    return Table("waves", _("Questionnaires"), columns, waves)


def answer_table(
    wave: Wave,
    instrument: Instrument,
    responses: Sequence[Response],
    rights: ReadingRights,
    names: Mapping[str, str],
) -> Table[Response]:
    """Return the answers of a wave as a list, a column a question, for a file.

    Of a confidential wave what was written is left out: beside the marks of the same sheet it could name its author. It stands
    on the page, question by question.
    """

    def column(item: Item) -> Column[Response]:
        return Column(
            item.code,
            item.text,
            lambda row: in_words(item, answer_to(row, item), names),
            on_page=False,
        )

    shown = [
        item
        for item in instrument.asked
        if rights.read(item) and not (wave.is_confidential and item.kind in WRITTEN)
    ]
    columns = [column(item) for item in shown]
    if not wave.is_confidential:
        columns.insert(0, Column("who", _("Who"), _who))
    return Table("answers", wave.title, columns, responses, people=_whose)


def _who(row: Response) -> str:
    return row.invitation.person.full_name if row.invitation else ""


def _whose(row: Response) -> list[int]:
    return [row.invitation.person_id] if row.invitation else []


# ---------------------------------------------------------------- the editor


@dataclass(frozen=True, slots=True)
class EditedText:
    """A field of the editor: its name and what stands in it."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class EditedItem:
    """A question in the editor: `drop` is the field that takes it out."""

    item: Item
    kind: str
    text: EditedText
    drop: EditedText
    ends: tuple[EditedText, EditedText] | None
    bounds: tuple[EditedText, EditedText] | None
    options: tuple[EditedText, ...]
    more: EditedText | None


@dataclass(frozen=True, slots=True)
class EditedSection:
    """A section in the editor, with the fields of a fresh question at its end."""

    number: int
    title: EditedText
    items: tuple[EditedItem, ...]
    new_kind: EditedText
    new_text: EditedText
    new_options: EditedText


def fields_of(instrument: Instrument, sent: Mapping[str, str]) -> list[EditedSection]:
    """Return the fields of the editor; what was sent and refused stands in them again."""

    def field(name: str, now: object = "") -> EditedText:
        return EditedText(name, sent.get(name, "" if now is None else str(now)))

    return [
        EditedSection(
            number,
            field(f"section-{number}", section.title),
            tuple(_edited_item(item, field) for item in section.items),
            field(f"new-kind-{number}"),
            field(f"new-text-{number}"),
            field(f"new-options-{number}"),
        )
        for number, section in enumerate(instrument.sections, 1)
    ]


def _edited_item(item: Item, field: Callable[..., EditedText]) -> EditedItem:
    code = item.code
    has_scale, has_options = item.kind == ItemKind.SCALE, item.kind in _OPTIONS_CHANGE
    low, high = item.ends or ("", "")
    return EditedItem(
        item,
        str(KINDS[item.kind]),
        field(f"text-{code}", item.text),
        field(f"drop-{code}"),
        (field(f"low-{code}", low), field(f"high-{code}", high)) if has_scale else None,
        (field(f"min-{code}", item.minimum), field(f"max-{code}", item.maximum))
        if has_scale
        else None,
        tuple(field(f"option-{code}-{one.code}", one.text) for one in item.options)
        if has_options
        else (),
        field(f"more-{code}") if has_options else None,
    )


_OPTIONS_CHANGE = (ItemKind.CHOICE, ItemKind.SEVERAL)


def breaks_said(before: InstrumentVersion | None, now: Instrument) -> list[str]:
    """Return, a sentence a question, what can no longer be compared with answers to the version before."""
    if before is None:
        return []
    then = instrument_of(before)
    texts = {item.construct: item.text for item in then.asked}
    return [
        _("Answers to «%(question)s» will not be compared with earlier ones: %(cause)s.")
        % {"question": texts[one.construct], "cause": CAUSES[one.cause]}
        for one in breaks(then, now)
    ]


# ---------------------------------------------------------------- files

InstrumentWriter = Callable[[Instrument, int, str], bytes]
#: Ending of the name → type and writer: of the questionnaire, its number and the name of the organisation.
FILES: dict[str, tuple[str, InstrumentWriter]] = {
    "yaml": ("application/yaml", lambda asked, _number, _place: as_yaml(asked)),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda asked, number, _place: as_xlsform(asked, number),
    ),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        lambda asked, number, place: draw_docx(asked.title, as_blocks(asked, place, number)),
    ),
}
