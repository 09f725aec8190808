"""The how-tos as pages of the site: our own Markdown, without HTML, pictures or inline styles.

In the repository they lie in docs/how-to; an installed package carries them beside this file (pyproject.toml). A link to
another how-to leads to its page; one to the rest of the documentation, which is not installed, is left as words.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from nastavnik.core.text import fold

_INSTALLED = Path(__file__).parent / "how_to"
FOLDER = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parents[3] / "docs" / "how-to"
#: What a curator reads in this order; the others follow by title, those for an administrator last.
FIRST = (
    "first-evening",
    "today",
    "people",
    "lists",
    "consents",
    "bases",
    "group-meeting",
    "matching",
)
LAST = ("match-tables", "install", "backup")
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_NAME = re.compile(r"([a-z-]+)\.md(#.*)?")
_READER = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class HowToPart:
    """What stands under one heading: its anchor, the heading, the words under it."""

    anchor: str
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class HowTo:
    """A how-to: its name, title, first sentences, the page without the title, its parts."""

    name: str
    title: str
    summary: str
    html: SafeString
    parts: tuple[HowToPart, ...]

    @property
    def address(self) -> str:
        """Return the address of its page."""
        return reverse("cabinet:how-to", args=[self.name])


def anchor_of(heading: str) -> str:
    """Return the anchor of a heading as readers of Markdown make it: «1. Знакомство» → «1-знакомство»."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@cache
def how_to(name: str) -> HowTo | None:
    """Return a how-to; None where there is none of the name."""
    path = FOLDER / f"{name}.md"
    if not re.fullmatch(r"[a-z-]+", name) or not path.is_file():
        return None
    tokens = _READER.parse(_COMMENT.sub("", path.read_text(encoding="utf-8")))
    parts = tuple(_parts(tokens))
    body = list(_cleaned(tokens[3:]))  # without the title, which is the heading of the page
    html = _READER.renderer.render(body, _READER.options, {})
    summary = next(
        (
            tokens[place + 1].content
            for place, token in enumerate(tokens)
            if token.type == "paragraph_open" and token.level == 0
        ),
        "",
    )
    plain = re.sub(r"[`*]|\]\([^)]*\)|\[", "", summary.replace("\n", " "))
    return HowTo(name, parts[0].title, plain, mark_safe(html), parts)  # noqa: S308 - our own files, HTML in them is escaped


def how_tos() -> list[HowTo]:
    """Return all how-tos: first those of the first year in its order, last those for an administrator."""
    found = (how_to(path.stem) for path in FOLDER.glob("*.md"))
    return sorted((one for one in found if one), key=_place)


def _place(one: HowTo) -> tuple[int, str]:
    if one.name in FIRST:
        return FIRST.index(one.name), ""
    return (len(FIRST) + len(LAST) if one.name in LAST else len(FIRST)), fold(one.title)


def is_there(target: str) -> bool:
    """Tell whether a target of `core.hooks.howtos` leads to a page and to a heading on it."""
    name, _hash, anchor = target.partition("#")
    found = how_to(name)
    return found is not None and (not anchor or any(one.anchor == anchor for one in found.parts))


def _parts(tokens: Sequence[Token]) -> Iterator[HowToPart]:
    title, words = "", list[str]()
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag in {"h1", "h2"}:
            if title:
                yield HowToPart(anchor_of(title), title, " ".join(words))
            title, words = tokens[place + 1].content, []
        elif token.type == "inline":
            words.append(token.content)
    yield HowToPart(anchor_of(title), title, " ".join(words))


def _cleaned(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens with anchors at headings, the class of our tables, links inside the site, nothing the policy forbids."""
    for place, token in enumerate(tokens):
        token.attrs.pop("style", None)
        if token.type == "heading_open":
            token.attrSet("id", anchor_of(tokens[place + 1].content))
        elif token.type == "table_open":
            token.attrSet("class", "table")
        if token.children:
            token.children = list(_inline(token.children))
        yield token


def _inline(tokens: Sequence[Token]) -> Iterator[Token]:
    dropped = False
    for token in tokens:
        if token.type == "image":
            continue
        if token.type == "link_open":
            dropped = not (address := _address(str(token.attrGet("href") or "")))
            token.attrs = {"href": address}
        if not (dropped and token.type in {"link_open", "link_close"}):
            yield token
        dropped = dropped and token.type != "link_close"


def _address(href: str) -> str:
    """Return where a link leads on the site; empty where it leads out of the how-tos."""
    if href.startswith("#"):
        return href
    found = _NAME.fullmatch(href)
    if found is None or not (FOLDER / f"{found[1]}.md").is_file():
        return ""
    return reverse("cabinet:how-to", args=[found[1]]) + (found[2] or "")
