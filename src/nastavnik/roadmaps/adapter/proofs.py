"""Files that prove something: which are kept, and what of them."""

from io import BytesIO
from pathlib import PurePath

from django.core.files.base import File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from nastavnik.core.errors import RefusedError

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
# suffix → how such a file begins; what is not here is not kept: a page or a drawing may carry a program
BEGINNINGS = {
    ".pdf": b"%PDF-",
    ".docx": b"PK\x03\x04",
    ".xlsx": b"PK\x03\x04",
    ".odt": b"PK\x03\x04",
    ".ods": b"PK\x03\x04",
    ".jpg": b"\xff\xd8\xff",
    ".jpeg": b"\xff\xd8\xff",
    ".png": b"\x89PNG\r\n",
}
PICTURES = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}


def kept(name: str, file: File[bytes]) -> bytes:
    """Return the bytes to keep of a file given as a proof.

    A picture is drawn anew, the right way up: what a telephone writes beside it (place, device) is gone.

    Raises:
        RefusedError: too large, of another kind than is kept, or not what its name says.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in BEGINNINGS:
        raise RefusedError(_("Files of these kinds are kept: PDF, Word, Excel, OpenDocument, JPEG, PNG."))  # fmt: skip
    file.seek(0)
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise RefusedError(_("The file is larger than 10 MB: make it smaller and try again."))
    if not data.startswith(BEGINNINGS[suffix]):
        raise RefusedError(_("The file is not what its name says: save it anew and try again."))
    return _redrawn(data, PICTURES[suffix]) if suffix in PICTURES else data


def _redrawn(data: bytes, kind: str) -> bytes:
    stream = BytesIO()
    try:
        with Image.open(BytesIO(data), formats=[kind]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise RefusedError(_("The picture is too large: make it smaller and try again."))
            upright = ImageOps.exif_transpose(picture)
            redrawn = Image.new(upright.mode, upright.size)
            redrawn.paste(upright)
            if upright.mode == "P" and (palette := upright.getpalette()):
                redrawn.putpalette(palette)
            redrawn.save(stream, kind, quality=88, optimize=True)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise RefusedError(
            _("The picture cannot be opened: save it anew and try again.")
        ) from error
    return stream.getvalue()
