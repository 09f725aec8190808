"""A pile of scans and photos: each file in another process, some pages at a time, and what is said of each page."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from nastavnik.engine.blanks.answers import Given, MarkDoubt
from nastavnik.engine.blanks.layout import SheetBox, WritingFrame
from nastavnik.readers.bounded import FAILED, TOO_LONG, TOO_MUCH, Bounds, read_bounded
from nastavnik.readers.refusals import ReaderError

MOST_FILE_PAGES = 300
_AT_ONCE = (
    8  # pages: one process for all would have no end to its time, one for each costs its start
)
BOUNDS = Bounds(seconds=40, megabytes=800)


class PageTrouble(StrEnum):
    """Why a page was not read."""

    NO_SHEET = "no_sheet"
    FOREIGN = "foreign"
    TWO_COLOURS = "two_colours"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    TOO_HARD = "too_hard"


#: What to do about it, in words.
ADVICE: Mapping[PageTrouble, str] = {
    PageTrouble.NO_SHEET: "квадраты по углам не найдены. Снимите лист ещё раз: целиком, сверху, на свету.",
    PageTrouble.FOREIGN: "это лист другой печати. Проверьте, тот ли файл загружен.",
    PageTrouble.TWO_COLOURS: "скан чёрно-белый, без серого: карандаш на нём пропадает. Сканируйте в оттенках серого.",
    PageTrouble.TOO_SMALL: "картинка слишком мелкая. Отправьте её файлом, без сжатия, или снимите ближе.",
    PageTrouble.TOO_LARGE: "в картинке больше 40 миллионов точек. Сканируйте с разрешением 300 точек на дюйм.",
    PageTrouble.TOO_HARD: "страницу не удалось прочитать в отведённое время и память. Снимите или сканируйте её ещё раз.",
}


HIDDEN = (
    "Ни одну из страниц до %(page)s-й не удалось прочитать, остальные не читались. "
    "Разделите файл или отсканируйте листы заново."
)


@dataclass(frozen=True, slots=True)
class PageRead:
    """What one page of a file says.

    Attributes:
        page: its place in the file, from 1.
        token: which printed page it is; None when it was not found.
        answers: of the items of that page; of a doubtful one the best guess.
        doubts: why a person has to look, by item.
        trouble: why nothing was read.
        foreign: token of a sheet that was not asked for; empty where none was found.
        written: items whose place to write in shows ink, where places were named.
        picture: the page straightened, grey, 5 px a mm, as .jpg; only where it was asked for.
        n_pages: of the whole file.
    """

    page: int
    token: str | None
    answers: Mapping[str, Given]
    doubts: Mapping[str, MarkDoubt]
    trouble: PageTrouble | None = None
    foreign: str = ""
    written: frozenset[str] = frozenset()
    picture: bytes = b""
    n_pages: int = 1


@dataclass(frozen=True, slots=True)
class PagesRead:
    """What some pages of a file say, and how many pages it has."""

    n_pages: int
    pages: tuple[PageRead, ...]


Frames = Sequence[WritingFrame]


def enclose(
    key: Mapping[str, Sequence[SheetBox]],
    first: int,
    most: int,
    data: bytes,
    frames: Mapping[str, Frames] | None = None,
) -> bytes:
    """Return a request of `read_blanks`: what may be found, which pages to read, the file.

    Args:
        key: the boxes of each token.
        first: page of the file to begin with, from 1.
        most: pages to read.
        data: the bytes of the file.
        frames: the places to write in of each token; with them the straightened page is asked for too.
    """
    layouts: dict[tuple[SheetBox, ...], int] = {}
    pages = {token: layouts.setdefault(tuple(boxes), len(layouts)) for token, boxes in key.items()}
    rows = [
        [[box.item, box.value, box.is_several, box.x, box.y, box.w, box.h] for box in boxes]
        for boxes in layouts
    ]
    head = {"layouts": rows, "pages": pages, "first": first, "most": most}
    if frames is not None:
        # by layout: pages of one layout have the same places
        head["frames"] = {
            pages[token]: [[one.item, one.x, one.y, one.w, one.h] for one in places]
            for token, places in frames.items()
        }
    return json.dumps(head, ensure_ascii=False).encode() + b"\n" + data


def read_pile(
    data: bytes,
    filename: str,
    key: Mapping[str, Sequence[SheetBox]],
    *,
    frames: Mapping[str, Frames] | None = None,
    look: Callable[[], None] | None = None,
) -> Iterator[PageRead]:
    """Yield what each page of a file says, as soon as it is read.

    Args:
        data: the bytes of the file.
        filename: its name.
        key: the boxes of each page that was printed, by token.
        frames: the places to write in of each of them; with them the straightened page comes too.
        look: called now and then meanwhile; what it raises ends the reading.

    Raises:
        ReaderError: the file is no picture and no PDF, broken, locked, or has too many pages; or its first sixteen cannot
            be read, so the rest is not tried.
    """
    first, n_pages = 1, 0  # how many a PDF has is told by the first of its pages that can be read
    while not n_pages or first <= n_pages:
        if not n_pages and first > 1 and not _is_pdf(data):
            return
        if not n_pages and first > 1 + _AT_ONCE:
            raise ReaderError(HIDDEN % {"page": first})
        for read in _some(data, filename, key, frames, first, look):
            n_pages = read.n_pages or n_pages
            yield from read.pages
        first += _AT_ONCE


def _is_pdf(data: bytes) -> bool:
    return b"%PDF-" in data[:1024]


def _some(
    data: bytes,
    filename: str,
    key: Mapping[str, Sequence[SheetBox]],
    frames: Mapping[str, Frames] | None,
    first: int,
    look: Callable[[], None] | None,
) -> Iterator[PagesRead]:
    """Yield some pages together, or one by one where one of them asks for too much."""

    def read(page: int, most: int) -> PagesRead | None:
        asked = enclose(key, page, most, data, frames)
        try:
            found: PagesRead = read_bounded("blanks", asked, filename, BOUNDS, look=look)
        except ReaderError as error:
            if str(error) in {TOO_LONG, TOO_MUCH, FAILED}:
                return None
            raise
        return found

    if together := read(first, _AT_ONCE):
        yield together
        return
    # a picture is one page; how many a PDF has is told by the first of its pages that can be read
    last = first + _AT_ONCE - 1 if _is_pdf(data) else first
    for page in range(first, first + _AT_ONCE):
        if page > last:
            return
        one = read(page, 1)
        last = one.n_pages if one else last
        yield one or PagesRead(0, (PageRead(page, None, {}, {}, PageTrouble.TOO_HARD),))
