"""Files that prove something, and minutes: which are kept, and what of them."""

from pathlib import PurePath

from django.core.files.base import File
from django.utils.translation import gettext as _

from nastavnik.core.errors import RefusedError
from nastavnik.readers import pictures
from nastavnik.readers.bounded import read_bounded
from nastavnik.readers.refusals import ReaderError

MOST_BYTES = 10 * 1024 * 1024
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


def kept(name: str, file: File[bytes]) -> bytes:
    """Return the bytes to keep of a file given as a proof; not inside a transaction, since a picture takes its time.

    A picture is drawn anew, the right way up: what a telephone writes beside it (place, device) is gone.

    Raises:
        RefusedError: too large, of another kind than is kept, or not what its name says.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in BEGINNINGS:
        raise RefusedError(_("Files of these kinds are kept: PDF, Word, Excel, OpenDocument, JPEG, PNG."))  # fmt: skip
    file.seek(0)
    data: bytes = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise RefusedError(_("The file is larger than 10 MB: make it smaller and try again."))
    if not data.startswith(BEGINNINGS[suffix]):
        raise RefusedError(_("The file is not what its name says: save it anew and try again."))
    if suffix not in pictures.KINDS:
        return data
    try:
        redrawn: bytes = read_bounded("picture", data, name)
    except ReaderError as error:
        raise RefusedError(str(error)) from error
    return redrawn
