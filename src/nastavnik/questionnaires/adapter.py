"""From rows to the engine of questionnaires and back: what a version asks, what of an answer is kept in which column."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nastavnik.core.errors import RefusedError
from nastavnik.engine.instruments import (
    Answer,
    Instrument,
    Item,
    ItemClass,
    ItemKind,
    ReadForm,
    ResultReader,
    parse_instrument,
)
from nastavnik.questionnaires.models import InstrumentVersion, Response
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
