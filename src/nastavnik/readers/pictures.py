"""A picture drawn anew: what a telephone writes beside it (place, device) is gone."""

from io import BytesIO
from pathlib import PurePath

from PIL import Image, ImageOps

from nastavnik.readers.refusals import ReaderError

KINDS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}
MOST_PIXELS = 40_000_000
MOST_BYTES = 80_000_000  # of a PNG, decoded: 20 million pixels of colours
# mode → bytes a pixel while a PNG is drawn smaller: decoded whole, and a copy of what is transparent
BYTES_OF = {"1": 1, "L": 1, "P": 1, "RGBA": 8, "LA": 8, "PA": 8}
OF_OTHERS = 4
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
            # a JPEG is decoded smaller at once, by the side that is the longer one
            share = LONGEST_SIDE / max(picture.width, picture.height)
            if share < 1:
                picture.draft(None, (int(picture.width * share), int(picture.height * share)))
            bare = _bare(picture)
        # not «optimize»: the file is hardly smaller, and a PNG took eight seconds
        bare.save(stream, kind, quality=88)
    except ReaderError:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ReaderError(BROKEN) from error
    return stream.getvalue()


def _refuse_large(picture: Image.Image) -> None:
    n_pixels = picture.width * picture.height
    a_pixel = 0 if picture.format == "JPEG" else BYTES_OF.get(picture.mode, OF_OTHERS)
    in_memory = n_pixels * a_pixel
    if n_pixels > MOST_PIXELS or in_memory > MOST_BYTES:
        raise ReaderError(TOO_LARGE)


def _bare(picture: Image.Image) -> Image.Image:
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    ImageOps.exif_transpose(picture, in_place=True)  # a picture less in memory
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    if picture.mode == "P" and (palette := picture.getpalette()):
        bare.putpalette(palette)
    return bare
