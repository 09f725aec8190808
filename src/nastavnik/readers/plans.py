"""The roadmap in a document: from bytes to what the engine makes of them."""

from nastavnik.engine.roadmaps.reading import ParsedRoadmap, read_roadmap
from nastavnik.readers.documents import read_document


def read_plan(data: bytes, filename: str) -> ParsedRoadmap:
    """Read a document and find the roadmap in it.

    Raises:
        ReaderError: The document cannot be read; says why and what to do.
    """
    return read_roadmap(read_document(data, filename))
