"""Files out: always saved, never opened inside the site; many of them as one."""

from collections.abc import Iterable
from io import BytesIO
from itertools import count
from zipfile import ZIP_STORED, ZipFile

from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

ANY_FILE = "application/octet-stream"


def download(data: bytes, filename: str, content_type: str = ANY_FILE) -> HttpResponse:
    """Return a file to be saved under a name; letters of any alphabet may stand in it."""
    header = content_disposition_header(as_attachment=True, filename=filename)
    return HttpResponse(
        data, content_type=content_type, headers={"Content-Disposition": header or "attachment"}
    )


def download_stored(file: FieldFile, filename: str) -> HttpResponse:
    """Return a file as it was given, whatever is in it.

    Raises:
        Http404: there is none, or it is gone from the folder.
    """
    if not file:
        raise Http404
    try:
        with file.open("rb") as stream:
            return download(stream.read(), filename)
    except FileNotFoundError as error:
        raise Http404 from error


def packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return files, each with its name, as one .zip in their order; of two with the same name the second gets a number."""
    whole, taken = BytesIO(), set()
    with ZipFile(whole, "w", ZIP_STORED) as archive:
        for name, data in files:
            free = next(
                one for n in count(1) if (one := name if n == 1 else f"{n}-{name}") not in taken
            )
            taken.add(free)
            archive.writestr(free, data)
    return whole.getvalue()
