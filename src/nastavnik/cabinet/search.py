"""How-tos found by words: the parts whose heading or text hold all of them."""

from collections.abc import Iterator

from nastavnik.cabinet.rendering import how_tos
from nastavnik.core.access import SignedIn
from nastavnik.core.hooks.search import Hit
from nastavnik.core.text import fold


def find(_user: SignedIn, words: tuple[str, ...]) -> Iterator[Hit]:
    """Yield parts of how-tos, those first whose heading holds a word."""
    if not all(any(map(str.isalnum, word)) for word in words):
        return  # a sign alone stands on many a page and asks nothing
    found = []
    for one in how_tos():
        for part in one.parts:
            heading = fold(f"{one.title} {part.title}")
            text = f"{heading} {fold(part.words)}"
            if all(word in text for word in words):
                found.append((not any(word in heading for word in words), one, part))
    for _far, one, part in sorted(found, key=lambda row: row[0]):
        yield Hit("how-to", part.title, one.title, f"{one.address}#{part.anchor}")
