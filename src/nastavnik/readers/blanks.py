"""Pictures of printed sheets: scans and photos in, marks of each page out."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import zxingcpp
from PIL import Image, ImageChops, ImageFilter

from nastavnik.engine.blanks.answers import MarkDoubt
from nastavnik.engine.blanks.codes import CORNERS, read_payload
from nastavnik.engine.blanks.frames import is_written
from nastavnik.engine.blanks.inks import measure_inks
from nastavnik.engine.blanks.judging import judge
from nastavnik.engine.blanks.layout import (
    CODE,
    CORNER_PLACES,
    HEIGHT,
    REFERENCES,
    SHOWN,
    WIDTH,
    SheetBox,
    WritingFrame,
)
from nastavnik.engine.blanks.planes import (
    Floats,
    is_sound,
    pixels_in_mm,
    plane_of,
    sample,
    to_pixels,
)
from nastavnik.readers.pictures import MOST_PIXELS
from nastavnik.readers.piles import MOST_FILE_PAGES, PageRead, PagesRead, PageTrouble
from nastavnik.readers.refusals import ReaderError

Bytes = npt.NDArray[np.uint8]

_SEARCHED = 2600  # px, the longer side of the picture in which codes are looked for
_DRAWN = 2900  # px, the longer side of a page of a PDF: 250 dots an inch of A4
_HALVED = 24_000_000  # a JPEG of more pixels is decoded at half size
_FINE_ENOUGH = 12.0  # px a mm: more only costs time
_COARSEST = 2.4  # px a mm: fewer do not show a box
_QUALITY = 60  # of the straightened page: some 100 KB
_WHITE, _BLACK = 215, 40
_ENOUGH = 2  # codes that agree


NOT_A_PICTURE = "Это не скан и не фотография. Подойдут .jpg, .png и .pdf."
HEIC = "Это снимок .heic. Сохраните его как .jpg: на iPhone «Настройки», «Камера», «Форматы», «Наиболее совместимые»."
BROKEN = "Файл повреждён или сохранён не до конца. Сканируйте или снимите ещё раз."
LOCKED = "PDF закрыт паролем. Снимите пароль, сохраните и загрузите ещё раз."
TOO_MANY_PAGES = f"В файле больше {MOST_FILE_PAGES} страниц. Разделите его."


def read_blanks(data: bytes, _filename: str) -> PagesRead:
    """Read pages of a file that `enclose` has put beside its key.

    Raises:
        ReaderError: not a picture or a PDF, broken, locked, of too many pages.
    """
    line, _, file = data.partition(b"\n")
    head = json.loads(line)
    layouts = [tuple(SheetBox(*row) for row in rows) for rows in head["layouts"]]
    key = {token: layouts[place] for token, place in head["pages"].items()}
    frames = {
        int(place): [WritingFrame(*row) for row in rows]
        for place, rows in head.get("frames", {}).items()
    }
    wanted = {
        token: frames.get(place, []) for token, place in head["pages"].items() if "frames" in head
    }
    n_pages, pictures = _pictures(file, head["first"], head["most"])
    read = (_read(picture, number, key, wanted) for number, picture in pictures)
    return PagesRead(n_pages, tuple(replace(page, n_pages=n_pages) for page in read))


_Picture = Image.Image | PageTrouble


def _pictures(data: bytes, first: int, most: int) -> tuple[int, Iterator[tuple[int, _Picture]]]:
    if data.startswith(b"%PDF-") or b"%PDF-" in data[:1024]:
        return _pdf_pictures(data, first, most)
    if data[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc"}:
        raise ReaderError(HEIC)
    if not data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        raise ReaderError(NOT_A_PICTURE)
    try:
        picture = _opened(data)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ReaderError(BROKEN) from error
    return 1, iter([(1, picture)])


def _opened(data: bytes) -> _Picture:
    Image.MAX_IMAGE_PIXELS = 4 * MOST_PIXELS
    with Image.open(BytesIO(data), formats=["JPEG", "PNG"]) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            return PageTrouble.TOO_LARGE
        if picture.mode == "1":
            return PageTrouble.TWO_COLOURS
        if picture.width * picture.height > _HALVED:
            picture.draft(None, (picture.width // 2, picture.height // 2))
        picture.load()
        return _darkest(picture)


def _darkest(picture: Image.Image) -> Image.Image:
    """Return the darkest of red, green and blue: ink of any colour is dark, paper is not."""
    if picture.mode == "L":
        return picture.copy()
    if picture.mode.startswith("I") or picture.mode == "F":
        values = np.asarray(picture, dtype=np.float32)
        most = 65535 if values.max(initial=0) > 255 else 255  # noqa: PLR2004 - 16 bits or 8
        return Image.fromarray((values * (255 / most)).clip(0, 255).astype(np.uint8))
    if picture.mode in {"LA", "PA", "RGBA"} or "transparency" in picture.info:
        over = picture.convert("RGBA")
        picture = Image.new("RGBA", over.size, "white")
        picture.alpha_composite(over)
    red, green, blue = picture.convert("RGB").split()
    return ImageChops.darker(ImageChops.darker(red, green), blue)


def _pdf_pictures(data: bytes, first: int, most: int) -> tuple[int, Iterator[tuple[int, _Picture]]]:
    try:
        document = pdfium.PdfDocument(data)
        n_pages = len(document)
    except pdfium.PdfiumError as error:
        raise ReaderError(LOCKED if "assword" in str(error) else BROKEN) from error
    if n_pages > MOST_FILE_PAGES:
        raise ReaderError(TOO_MANY_PAGES)
    if not n_pages:
        raise ReaderError(BROKEN)
    numbers = range(first, min(first + most, n_pages + 1))
    return n_pages, ((number, _pdf_page(document, number)) for number in numbers)


def _pdf_page(document: pdfium.PdfDocument, number: int) -> _Picture:
    try:
        page = document[number - 1]
        longest = 0
        for image in page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
            width, height = image.get_px_size()
            if width * height > MOST_PIXELS:
                return PageTrouble.TOO_LARGE
            longest = max(longest, width, height)
            # a picture of text or a stamp may have two colours; one as large as the page may not
            if image.get_metadata().bits_per_pixel == 1 and width * height > 1_000_000:  # noqa: PLR2004
                return PageTrouble.TWO_COLOURS
        side = min(_DRAWN, longest) if longest > _DRAWN / 2 else _DRAWN
        drawn = page.render(scale=side / max(1.0, *page.get_size()))
        return _darkest(drawn.to_pil())
    except pdfium.PdfiumError as error:
        raise ReaderError(BROKEN) from error


_Frames = Mapping[str, Sequence[WritingFrame]]


def _read(
    picture: _Picture, page: int, key: Mapping[str, Sequence[SheetBox]], frames: _Frames
) -> PageRead:
    if isinstance(picture, PageTrouble):
        return PageRead(page, None, {}, {}, picture)
    if has_two_colours(np.asarray(picture)):
        return PageRead(page, None, {}, {}, PageTrouble.TWO_COLOURS)
    place = find_sheet(picture, frozenset(key))
    if isinstance(place, PageTrouble):
        return PageRead(page, None, {}, {}, place)
    token, plane = place
    if plane is None:
        return PageRead(page, None, {}, {}, PageTrouble.FOREIGN, token)
    return _marks(picture, page, token, plane, key[token], frames.get(token))


def _marks(
    picture: Image.Image,
    page: int,
    token: str,
    plane: Floats,
    boxes: Sequence[SheetBox],
    frames: Sequence[WritingFrame] | None,
) -> PageRead:
    fine = pixels_in_mm(plane)
    if fine < _COARSEST:
        return PageRead(page, token, {}, {}, PageTrouble.TOO_SMALL)
    if fine > _FINE_ENOUGH:
        plane = np.diag([0.5, 0.5, 1]) @ plane
        picture = picture.reduce(2)
    grey = np.asarray(picture).astype(np.float32)
    centres = np.array([box.centre for box in boxes] + list(REFERENCES))
    judged = judge(boxes, measure_inks(grey, plane, centres))
    read = PageRead(page, token, judged.answers, judged.doubts)
    if frames is None:
        return read
    straight = straightened(picture, plane)
    is_poor = MarkDoubt.POOR_PICTURE in judged.doubts.values()
    seen = np.asarray(straight)
    written = frozenset(one.item for one in frames if is_poor or is_written(seen, one))
    shown = BytesIO()
    straight.save(shown, "JPEG", quality=_QUALITY)
    return replace(read, written=written, picture=shown.getvalue())


def straightened(picture: Image.Image, plane: Floats) -> Image.Image:
    """Return the sheet as it was printed, upright, `SHOWN` px a mm."""
    if (
        pixels_in_mm(plane) > 1.5 * SHOWN
    ):  # a picture drawn smaller without this loses its thin lines
        plane = np.diag([0.5, 0.5, 1]) @ plane
        picture = picture.reduce(2)
    size = round(WIDTH * SHOWN), round(HEIGHT * SHOWN)
    inverse = plane @ np.diag([1 / SHOWN, 1 / SHOWN, 1])
    places = (inverse / inverse[2, 2]).ravel()[:8]
    return picture.transform(
        size, Image.Transform.PERSPECTIVE, list(places), Image.Resampling.BILINEAR, fillcolor=255
    )


def has_two_colours(grey: Bytes) -> bool:
    """Tell whether a picture has black and white and next to nothing between, as a scan of one bit has."""
    some = grey[::5, ::5]
    ink = some < 245  # noqa: PLR2004 - what is not paper
    between = (some > _BLACK) & (some < _WHITE)
    return bool(between.sum() < 0.04 * max(1, ink.sum()))


_Codes = dict[str, Floats]
_FORMATS = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix)


def find_sheet(
    picture: Image.Image, known: frozenset[str]
) -> tuple[str, Floats | None] | PageTrouble:
    """Return the token and the plane (mm → px) of the sheet in a picture; no plane of one that is not known."""
    by_token: dict[str, _Codes] = {}
    for scale, attempt in _attempts(picture):
        for token, corner, points in _decoded(np.asarray(attempt)):
            by_token.setdefault(token, {}).setdefault(corner, points / scale)
        ours = [codes for token, codes in by_token.items() if token in known]
        if any(len(codes) >= _ENOUGH + 1 for codes in ours):
            break
    best = max(by_token, key=lambda token: (token in known, len(by_token[token])), default=None)
    if best is None:
        return PageTrouble.NO_SHEET
    if best not in known:
        return best, None
    codes = by_token[best]
    grey = np.asarray(picture).astype(np.float32)
    _look_again(grey, best, codes)
    plane = plane_of(codes)
    if len(codes) < _ENOUGH or not is_sound(plane, picture.width, picture.height):
        return PageTrouble.NO_SHEET
    return best, plane


def _attempts(picture: Image.Image) -> Iterator[tuple[float, Image.Image]]:
    """Yield the picture as codes may be seen in it, with how much larger it is than it was."""
    longest = max(picture.size)
    scale = min(1.0, _SEARCHED / longest)
    searched = (
        picture if scale == 1 else picture.resize(_sized(picture, scale), Image.Resampling.BOX)
    )
    yield scale, searched
    yield scale * 0.5, searched.reduce(2)
    larger = 2.0 if longest * scale < 0.75 * _SEARCHED else 1.4
    large = searched.resize(_sized(searched, larger), Image.Resampling.BICUBIC)
    yield scale * larger, large
    yield scale * larger, large.filter(ImageFilter.UnsharpMask(6, 250, 0))


def _sized(picture: Image.Image, scale: float) -> tuple[int, int]:
    return max(1, round(picture.width * scale)), max(1, round(picture.height * scale))


def _decoded(grey: Bytes) -> Iterator[tuple[str, str, Floats]]:
    found = zxingcpp.read_barcodes(np.ascontiguousarray(grey), formats=_FORMATS, try_invert=False)
    for one in found:
        code = read_payload(one.text)
        if code is not None:
            at = one.position
            corners = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
            yield code.token, code.corner, np.array([(p.x, p.y) for p in corners], float)


_CUT_STEP = 0.1  # mm a pixel of a cut-out


def _look_again(grey: npt.NDArray[np.float32], token: str, codes: _Codes) -> None:
    """Look for each corner not found where it must be, in a cut-out that is upright and sharp."""
    for around in (8.0, 16.0):
        for corner in CORNERS:
            if corner in codes:
                continue
            plane = plane_of(codes)
            cut, left, top = _cut_out(grey, plane, corner, around)
            for attempt in _cut_attempts(cut):
                for other, at, points in _decoded(np.asarray(attempt)):
                    if (other, at) == (token, corner) and corner not in codes:
                        x, y = left + points[:, 0] * _CUT_STEP, top + points[:, 1] * _CUT_STEP
                        codes[corner] = np.stack(to_pixels(plane, x, y), 1)
                if corner in codes:
                    break


def _cut_out(
    grey: npt.NDArray[np.float32], plane: Floats, corner: str, around: float
) -> tuple[Image.Image, float, float]:
    left, top = CORNER_PLACES[corner][0] - around, CORNER_PLACES[corner][1] - around
    side = np.arange(0, CODE + 2 * around, _CUT_STEP)
    across, down = np.meshgrid(left + side, top + side)
    values = np.nan_to_num(sample(grey, plane, across, down), nan=200.0)
    return Image.fromarray(values.clip(0, 255).astype(np.uint8)), left, top


def _cut_attempts(cut: Image.Image) -> Iterator[Image.Image]:
    yield cut
    yield cut.filter(ImageFilter.GaussianBlur(3))
    yield cut.filter(ImageFilter.UnsharpMask(8, 300, 0))
