"""Pages of a .pdf of our own as pictures; files of others are read in `readers`, by a process of its own."""

from io import BytesIO

import pypdfium2 as pdfium

_POINTS = 72


def draw_pages(data: bytes, *, dots: int = 80) -> list[bytes]:
    """Return the pages of a .pdf as .png.

    Args:
        data: a .pdf drawn by `pdfs`.
        dots: dots an inch.
    """
    document = pdfium.PdfDocument(data)
    try:
        found = []
        for page in document:
            kept = BytesIO()
            page.render(scale=dots / _POINTS).to_pil().convert("L").save(kept, "PNG", optimize=True)
            found.append(kept.getvalue())
        return found
    finally:
        document.close()
