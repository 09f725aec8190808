"""Where everything of a printed questionnaire stands, in mm from the top left corner of an upright A4 sheet.

Why the numbers are what they are: codes of 18 mm survive a photo sent by a messenger; laser printers leave 5 mm at the
edges; a box that lies on a fold is misread; shifts of up to 4 mm must not lead from one box to the next.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nastavnik.engine.blanks.codes import MOST_PAGES

WIDTH, HEIGHT = 210.0, 297.0
CODE, EDGE = 18.0, 8.0
BOX, LINE = 5.0, 0.3
SHOWN = 5.0  # px a mm of a page as a person looks at it
CORNER_PLACES: Mapping[str, tuple[float, float]] = {
    "A": (EDGE, EDGE),
    "B": (WIDTH - EDGE - CODE, EDGE),
    "C": (WIDTH - EDGE - CODE, HEIGHT - EDGE - CODE),
    "D": (EDGE, HEIGHT - EDGE - CODE),
}
#: Boxes that nobody fills: what a blank box looks like on this very picture. Centres; the same on every page ever printed.
REFERENCES: tuple[tuple[float, float], ...] = tuple(
    (x, y) for y in (24.0, 280.0) for x in (36.1, 46.7, 57.3, 67.9, 142.1, 152.7, 163.3, 173.9)
)
FOLDS_DOWN = (99.0, 148.5, 198.0)  # folded in two and in three
FOLD_ACROSS = 105.0
_CLEAR = 2.5  # mm between a box and a fold

_LEFT, _RIGHT = 8.0, 202.0
_TOP, _BOTTOM = 38.5, 267.5
_ROW = 11.2
_TEXT_WIDTH = 76.0
_TEXT, _SMALL, _HEADING = 9.0, 7.5, 10.5  # points
_TEXT_LEADING, _SMALL_LEADING = 3.8, 3.2  # mm a line
_FIRST, _PITCH, _WIDE_PITCH = (
    89.1,
    10.6,
    21.2,
)  # centres of boxes in a row clear the fold in the middle
_MOST_NARROW, _MOST_WIDE = 11, 5
_COLUMNS = (13.1, 113.1)
_COLUMN_PITCH = 9.0
_BESIDE = 4.9  # from the centre of a box to its words on the right
_COLUMN_TEXT = 82.0
_WRITTEN_LINE = 8.5  # height of a line to write on

Measure = Callable[[str, float, bool], float]  # text, points, bold → mm


@dataclass(frozen=True, slots=True)
class PrintedOption:
    """An answer one may mark: what is stored, and its words."""

    value: str | int
    label: str


@dataclass(frozen=True, slots=True)
class PrintedQuestion:
    """What is printed as one item.

    Attributes:
        code: of the item; empty for words that ask nothing.
        text: the question.
        options: what may be marked; none for an answer in words.
        is_several: whether more than one may be marked.
        lines: lines to write on, for an answer in words.
        heading: words above the first question of a section.
    """

    code: str
    text: str
    options: tuple[PrintedOption, ...] = ()
    is_several: bool = False
    lines: int = 0
    heading: str = ""


@dataclass(frozen=True, slots=True)
class SheetBox:
    """A printed box: which item and value it stands for, its outline in mm (left, top, width, height)."""

    item: str
    value: str | int
    is_several: bool
    x: float
    y: float
    w: float = BOX
    h: float = BOX

    @property
    def centre(self) -> tuple[float, float]:
        """Return its middle, mm."""
        return self.x + self.w / 2, self.y + self.h / 2


@dataclass(frozen=True, slots=True)
class PrintedWords:
    """Words to print: base line of the first line, size in points, lines already broken; centred when `is_centred`."""

    x: float
    y: float
    size: float
    lines: tuple[str, ...]
    leading: float = _TEXT_LEADING
    is_bold: bool = False
    is_centred: bool = False


@dataclass(frozen=True, slots=True)
class WritingFrame:
    """A place to write in: which item it stands for, left, top, width, height."""

    item: str
    x: float
    y: float
    w: float
    h: float


@dataclass(slots=True)
class PrintedPage:
    """One page: what is on it, whosever blank it is."""

    boxes: list[SheetBox] = field(default_factory=list)
    words: list[PrintedWords] = field(default_factory=list)
    frames: list[WritingFrame] = field(default_factory=list)


def lay_out(questions: Sequence[PrintedQuestion], measure: Measure) -> list[PrintedPage]:
    """Return the pages of a questionnaire; no block of a question is torn.

    Args:
        questions: in their order; codes are different.
        measure: how wide the face that will be printed with sets a text.

    Raises:
        ValueError: more pages than a number has room for, or a question that fits no page (a Russian sentence).
    """
    work = _Work(measure)
    for question in questions:
        work.add(question)
    if len(work.pages) > MOST_PAGES:
        raise ValueError(
            f"Анкета занимает {len(work.pages)} страниц, а напечатать можно не больше {MOST_PAGES}. Разделите её на две."
        )
    return work.pages


def key_boxes(page: PrintedPage) -> list[dict[str, Any]]:
    """Return the boxes of a page as they stand in the key: left, top, width and height in mm."""
    return [
        {
            "item": box.item,
            "value": box.value,
            "several": box.is_several,
            "x": round(box.x, 2),
            "y": round(box.y, 2),
            "w": box.w,
            "h": box.h,
        }
        for box in page.boxes
    ]


def broken(
    text: str, width: float, measure: Measure, size: float, *, bold: bool = False
) -> tuple[str, ...]:
    """Return the lines of a text that is broken between words, and within a word that is wider than a line."""
    lines: list[str] = []
    line = ""
    for word in _pieces(text.split(), width, lambda word: measure(word, size, bold)):
        longer = f"{line} {word}" if line else word
        if line and measure(longer, size, bold) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return (*lines, line) if line else tuple(lines)


def _pieces(words: Sequence[str], width: float, measure: Callable[[str], float]) -> Iterator[str]:
    for whole in words:
        word = whole
        while measure(word) > width and len(word) > 1:
            cut = next(
                n for n in range(len(word) - 1, 0, -1) if n == 1 or measure(word[:n]) <= width
            )
            yield word[:cut]
            word = word[cut:]
        yield word


class _Work:
    """Pages in the making: a question goes where it fits."""

    def __init__(self, measure: Measure) -> None:
        self.measure = measure
        self.pages = [PrintedPage()]
        self.top = _TOP
        self.n_asked = 0

    def add(self, question: PrintedQuestion) -> None:
        heading = broken(question.heading, _RIGHT - _LEFT, self.measure, _HEADING, bold=True)
        numbered = question.text
        if question.code:
            self.n_asked += 1
            numbered = f"{self.n_asked}. {question.text}"
        for is_fresh in (False, True):
            if is_fresh:
                self.pages.append(PrintedPage())
                self.top = _TOP
            top = self.top + (len(heading) * 4.6 + 2.0 if heading else 0)
            block, bottom = self._block(question, numbered, top)
            if bottom <= _BOTTOM:
                break
            if self.top == _TOP:
                raise ValueError(
                    f"Вопрос «{question.text}» не помещается на страницу. Разделите его."
                )
        page = self.pages[-1]
        if heading:
            page.words.append(
                PrintedWords(_LEFT, self.top + 4.2, _HEADING, heading, 4.6, is_bold=True)
            )
        page.boxes += block.boxes
        page.words += block.words
        page.frames += block.frames
        self.top = bottom

    def _block(self, question: PrintedQuestion, text: str, top: float) -> tuple[PrintedPage, float]:
        if not question.options:
            return self._to_write(question, text, top)
        widths = [
            self.measure(option.label, _SMALL, False)  # noqa: FBT003 - as `Measure` has it
            for option in question.options
        ]
        # a few boxes stand well apart, as many as there are in a scale close together
        pitch = _WIDE_PITCH if len(widths) <= _MOST_WIDE else _PITCH
        if len(widths) <= _MOST_NARROW and max(widths) <= pitch - 1.2:
            return self._in_row(question, text, top, pitch)
        return self._in_columns(question, text, top)

    def _in_row(
        self, question: PrintedQuestion, text: str, top: float, pitch: float
    ) -> tuple[PrintedPage, float]:
        """Put the question on the left and its boxes on the right, words above each."""
        lines = broken(text, _TEXT_WIDTH, self.measure, _TEXT)
        high = max(_ROW, len(lines) * _TEXT_LEADING + 2.6)
        middle = _off_folds(top + 6.6 + (high - _ROW) / 2)
        top = max(top, middle - 6.6 - (high - _ROW) / 2)
        block = PrintedPage()
        first = middle - (len(lines) - 1) * _TEXT_LEADING / 2 + 1.1
        block.words.append(PrintedWords(_LEFT, first, _TEXT, lines))
        for n, option in enumerate(question.options):
            x = _FIRST + n * pitch
            block.boxes.append(_box(question, option, x, middle))
            block.words.append(
                PrintedWords(x, middle - BOX / 2 - 0.9, _SMALL, (option.label,), is_centred=True)
            )
        return block, top + high

    def _in_columns(
        self, question: PrintedQuestion, text: str, top: float
    ) -> tuple[PrintedPage, float]:
        """Put the question above and its boxes below in two columns, words on the right of each."""
        lines = broken(text, _RIGHT - _LEFT, self.measure, _TEXT)
        block = PrintedPage(words=[PrintedWords(_LEFT, top + 4.0, _TEXT, lines)])
        half = (len(question.options) + 1) // 2
        middle = top + 4.0 + (len(lines) - 1) * _TEXT_LEADING + 5.2
        for row in range(half):
            middle = _off_folds(middle)
            for column, place in enumerate((row, row + half)):
                if place < len(question.options):
                    self._beside(block, question, question.options[place], _COLUMNS[column], middle)
            middle += _COLUMN_PITCH
        order = [option.value for option in question.options]
        block.boxes.sort(key=lambda box: order.index(box.value))
        return block, middle - _COLUMN_PITCH + 4.6

    def _beside(
        self,
        block: PrintedPage,
        question: PrintedQuestion,
        option: PrintedOption,
        x: float,
        y: float,
    ) -> None:
        block.boxes.append(_box(question, option, x, y))
        label = broken(option.label, _COLUMN_TEXT, self.measure, _SMALL + 0.5)
        if len(label) > 2:  # noqa: PLR2004 - two lines are as high as a box
            raise ValueError(f"Ответ «{option.label}» слишком длинный для бланка. Сократите его.")
        first = y + 1.0 - (len(label) - 1) * _SMALL_LEADING / 2
        block.words.append(PrintedWords(x + _BESIDE, first, _SMALL + 0.5, label, _SMALL_LEADING))

    def _to_write(
        self, question: PrintedQuestion, text: str, top: float
    ) -> tuple[PrintedPage, float]:
        lines = broken(text, _RIGHT - _LEFT, self.measure, _TEXT)
        block = PrintedPage(words=[PrintedWords(_LEFT, top + 4.0, _TEXT, lines)])
        bottom = top + 4.0 + (len(lines) - 1) * _TEXT_LEADING + 1.6
        if question.lines:
            high = question.lines * _WRITTEN_LINE
            block.frames.append(WritingFrame(question.code, _LEFT, bottom, _RIGHT - _LEFT, high))
            bottom += high + 1.0
        return block, bottom


def _box(question: PrintedQuestion, option: PrintedOption, x: float, y: float) -> SheetBox:
    return SheetBox(question.code, option.value, question.is_several, x - BOX / 2, y - BOX / 2)


def _off_folds(middle: float) -> float:
    """Return the middle of a row of boxes, moved down where the row would lie on a fold."""
    for fold in FOLDS_DOWN:
        if abs(middle - fold) < BOX / 2 + _CLEAR:
            return fold + BOX / 2 + _CLEAR
    return middle
