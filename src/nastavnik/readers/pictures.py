"""A picture drawn anew: what a telephone writes beside it (place, device) is gone."""

from io import BytesIO
from pathlib import PurePath

from PIL import Image, ImageOps

from nastavnik.readers.refusals import ReaderError

KINDS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}
MOST_PIXELS = 40_000_000
# A sheet of paper at 250 dots an inch: whatever a proof shows can be read, and it is a tenth of the memory.
LONGEST_SIDE = 3000

TOO_LARGE = "Картинка слишком большая: уменьшите её и загрузите ещё раз."
BROKEN = "Картинка не открывается: сохраните её заново и загрузите ещё раз."


def redraw(data: bytes, filename: str) -> bytes:
    """Return a JPEG or PNG the right way up, at most 3000 pixels a side, with nothing beside the picture.

    Raises:
        ReaderError: More than 40 million pixels, or it cannot be opened.
    """
    kind = KINDS[PurePath(filename).suffix.lower()]
    stream = BytesIO()
    try:
        with Image.open(BytesIO(data), formats=[kind]) as picture:
            _refuse_large(picture)
            picture.draft(None, (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded smaller at once
            _bare(picture).save(stream, kind, quality=88, optimize=True)
    except ReaderError:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ReaderError(BROKEN) from error
    return stream.getvalue()


def _refuse_large(picture: Image.Image) -> None:
    if picture.width * picture.height > MOST_PIXELS:
        raise ReaderError(TOO_LARGE)


def _bare(picture: Image.Image) -> Image.Image:
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(picture)
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    if upright.mode == "P" and (palette := upright.getpalette()):
        bare.putpalette(palette)
    return bare
