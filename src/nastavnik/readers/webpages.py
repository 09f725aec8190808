"""Web pages (.html), saved or pasted: their text and tables; scripts are dropped."""

import re
from html.parser import HTMLParser

from nastavnik.engine.roadmaps.blocks import Block
from nastavnik.readers.archives import BOMB, whole_number
from nastavnik.readers.building import BlockBuilder
from nastavnik.readers.refusals import NOT_A_TABLE, ReaderError

MOST_CHARS = 3_000_000
_MOST_TAGS = 150_000
_MOST_DEPTH = 60
_SKIPPED = frozenset({"script", "style", "head", "template", "noscript", "svg", "iframe"})
_DROPPED = ("script", "style", "svg", "template", "noscript", "iframe")
# a «<» that starts no tag with an end near by makes the parser look for the end over and over
_NO_TAG = re.compile(r"<(?!/?[a-zA-Z][^<>]{0,4000}>)")
_PARTING = frozenset({"p", "div", "ul", "ol", "br", "h1", "h2", "h3", "h4", "h5", "h6", "section"})
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]{3,20})", re.IGNORECASE)
_DECLARATION = re.compile(r"<[!?][^<>]{0,1000}>")
# a part of a page, pasted or saved: any tag may be the first
_TAG_FIRST = re.compile(
    rb"<(?:!--|[a-z][a-z0-9]{0,15}[\s/>]|\?xml[^>]{0,200}>\s*<(?:!doctype\s+)?html)"
)
_CELL = re.compile(rb"<t[dh][\s>]", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")


def looks_like_page(data: bytes) -> bool:
    """Tell whether the bytes start as a web page does."""
    head = data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<body", b"<head", b"<meta")):
        return True
    return bool(_TAG_FIRST.match(head)) and (bool(_CELL.search(data)) or b"\t" not in data)


def read_page(data: bytes) -> tuple[Block, ...]:
    """Read a page.

    Raises:
        ReaderError: Too large, or no text.
    """
    text = _decoded(data)
    if len(text) > MOST_CHARS or text.count("<") > _MOST_TAGS:
        raise ReaderError(BOMB)
    if "<!entity" in text.lower() or _CONTROL.search(text):
        raise ReaderError(NOT_A_TABLE)
    text = _without(text, "<!--", "-->")
    for tag in _DROPPED:
        text = _without(text, f"<{tag}", f"</{tag}")
    page = _Page()
    page.feed(_NO_TAG.sub("&lt;", _DECLARATION.sub(" ", text)))
    page.close()
    return page.builder.finish()


def _without(text: str, start: str, end: str) -> str:
    """Cut out what stands between two marks; one that never ends takes the rest."""
    low = text.lower() if len(text.lower()) == len(text) else text
    kept: list[str] = []
    at = 0
    while (found := low.find(start, at)) >= 0:
        kept.append(text[at:found])
        after = low.find(end, found + len(start))
        at = len(text) if after < 0 else after
        at += len(end) if at < len(text) and end == "-->" else 0
    return "".join([*kept, text[at:]])


def _decoded(data: bytes) -> str:
    said = _CHARSET.search(data[:4000])
    for name in (said[1].decode() if said else "utf-8", "utf-8-sig", "cp1251"):
        try:
            return data.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    raise ReaderError(NOT_A_TABLE)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.builder = BlockBuilder()
        self._depth = 0
        self._skipped = ""
        self._in_row = False
        self._spans: tuple[int, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._skipped or tag in _SKIPPED:
            self._skipped = self._skipped or tag
            return
        if tag in _PARTING or tag == "li":
            self.builder.end_block()
            self.builder.text("- " if tag == "li" else "\n" if tag == "br" else "")
        elif tag == "table":
            self._depth += 1
            if self._depth > _MOST_DEPTH:
                raise ReaderError(BOMB)
            self.builder.open_table()
        elif tag in {"td", "th"} and self._depth == 1:
            self._close_cell()
            found = dict(attrs)
            self._in_row = True
            self._spans = whole_number(found.get("colspan")), whole_number(found.get("rowspan"))
            self.builder.open_cell()
        elif tag == "tr" and self._depth == 1:
            self._close_row()
            self._in_row = True

    def handle_endtag(self, tag: str) -> None:
        if self._skipped:
            self._skipped = "" if tag == self._skipped else self._skipped
        elif tag == "p":
            self.builder.end_line()
        elif tag in _PARTING or tag == "li":
            self.builder.end_block()
        elif self._depth:
            self._end_table_part(tag)

    def _end_table_part(self, tag: str) -> None:
        if tag == "table":
            if self._depth == 1:
                self._close_row()
            self._depth -= 1
            self.builder.close_table()
        elif tag in {"td", "th", "tr"} and self._depth > 1:
            self.builder.text(" ")
        elif tag in {"td", "th"}:
            self._close_cell()
        elif tag == "tr":
            self._close_row()

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.builder.text(data.replace("\n", " ").replace("\r", " "))

    def _close_cell(self) -> None:
        if self._spans is not None:
            across, down = self._spans
            self._spans = None
            self.builder.close_cell(across=across, down=min(down, 500))

    def _close_row(self) -> None:
        self._close_cell()
        if self._in_row:
            self.builder.close_row()
        self._in_row = False
