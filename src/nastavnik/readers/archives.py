"""Archives that hold documents (.docx, .odt, .ods): looked over before anything is unpacked."""

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Protocol

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from nastavnik.readers.refusals import ReaderError

_MOST_PARTS = 2_000
_MOST_UNPACKED = 200 * 1024 * 1024  # pictures included; they are never unpacked
_MOST_RATIO = 300
_RATIO_MATTERS = 4 * 1024 * 1024
_MOST_PART = 24 * 1024 * 1024
_MOST_TAGS = 800_000
_MOST_DEPTH = 100
_CHUNK = 1 << 18
_FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"^[^>]{0,100}encoding=[\"'](?!utf-8)", re.IGNORECASE)
_MACROS = re.compile(r"vbaProject\.bin$|(?:^|/)Basic/.+\.xml$|(?:^|/)Scripts/.+", re.IGNORECASE)

BROKEN = (
    "Документ повреждён или сохранён не до конца. Откройте его в Word, сохраните заново как .docx "
    "и загрузите ещё раз."
)
BOMB = (
    "Внутри документа слишком много данных для дорожной карты. Скопируйте таблицу в новый "
    "документ, сохраните как .docx и загрузите его."
)
MACROS = (
    "В документе есть макросы, такие мы не открываем. Откройте его в Word, сохраните как .docx "
    "(без макросов) и загрузите ещё раз."
)
LOCKED = "Документ закрыт паролем. Откройте его, снимите пароль, сохраните и загрузите ещё раз."


def part_names(data: bytes) -> frozenset[str]:
    """Return the names of the parts of an archive that is safe to open.

    Raises:
        ReaderError: Broken, too large when unpacked, or with macros.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ReaderError(BROKEN) from error
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > _MOST_PARTS or unpacked > _MOST_UNPACKED:
        raise ReaderError(BOMB)
    if unpacked > _RATIO_MATTERS and unpacked > packed * _MOST_RATIO:
        raise ReaderError(BOMB)
    if any(_MACROS.search(part.filename) for part in parts):
        raise ReaderError(MACROS)
    if any(part.flag_bits & 1 for part in parts):
        raise ReaderError(LOCKED)
    return frozenset(part.filename for part in parts)


def _check(piece: bytes, size: int, n_tags: int) -> None:
    if size > _MOST_PART or n_tags > _MOST_TAGS:
        raise ReaderError(BOMB)
    if _FORBIDDEN.search(piece):
        raise ReaderError(BROKEN)


def unpack(data: bytes, name: str) -> bytes:
    """Return one part, read in pieces and no further than the limits go.

    Raises:
        ReaderError: Too large, too many tags, entities, or broken.
    """
    pieces: list[bytes] = []
    size = n_tags = 0
    tail = b""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(name) as stream:
            while piece := stream.read(_CHUNK):
                size += len(piece)
                n_tags += piece.count(b"<")
                _check(tail + piece, size, n_tags)
                tail = piece[-16:]
                pieces.append(piece)
    except ReaderError:
        raise
    except Exception as error:
        raise ReaderError(BROKEN) from error
    whole = b"".join(pieces)
    if whole[:2] in {b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<"} or _ENCODING.match(whole):
        raise ReaderError(BROKEN)
    return whole


class Handler(Protocol):
    """Takes the tags and the text of a part in their order, names without their prefix."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def data(self, text: str) -> None:
        """Take text."""


class _Target:
    """What the parser calls; no tree is built."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._depth = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise ReaderError(BOMB)
        plain = {key.rpartition("}")[2]: value for key, value in attributes.items()}
        self._handler.start(tag.rpartition("}")[2], plain)

    def end(self, tag: str) -> None:
        self._depth -= 1
        self._handler.end(tag.rpartition("}")[2])

    def data(self, text: str) -> None:
        self._handler.data(text)

    def close(self) -> None:
        """End; there is nothing to return."""


def parse(xml: bytes, handler: Handler) -> None:
    """Lead a handler through a part.

    Raises:
        ReaderError: Not well-formed, with entities, or nested too deep.
    """
    parser = ElementTree.DefusedXMLParser(
        target=_Target(handler), forbid_dtd=True, forbid_entities=True, forbid_external=True
    )
    try:
        parser.feed(xml)
        parser.close()
    except (ElementTree.ParseError, DefusedXmlException) as error:
        raise ReaderError(BROKEN) from error


def whole_number(text: str | None, default: int = 1) -> int:
    """Return a small number written in an attribute; anything else is the default."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else default  # noqa: PLR2004
