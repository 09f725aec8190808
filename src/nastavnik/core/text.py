"""Folding of text for search and order.

SQLite's `lower` and `LIKE` do not know Cyrillic and the embedded PostgreSQL has no ICU, so both databases
search and sort by a stored folded column (architecture: «Data»).
"""

import re
import unicodedata
from typing import Any

# A word processor's ends of lines and pages, kept apart; what no XML may hold; what is not seen and lets a text read as
# another one: marks of direction, letters of no width, soft hyphens, tags.
_BREAKS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f"
    + "".join(
        f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17)
    )
    + "]"
)


def fold(text: str) -> str:
    """Return the search key: case and Ё/Е folded, combining marks composed, spaces single."""
    composed = unicodedata.normalize("NFKC", text).replace("\x00", "")
    return " ".join(composed.casefold().replace("ё", "е").split())


def plain(text: str) -> str:
    """Return a text without what is not seen: it reads as it is stored, is found by its letters and fits every file."""
    return _UNSEEN.sub("", _BREAKS.sub(" ", text))


def plain_within(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return the same JSON with every text in it made plain."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [plain_within(one) for one in value]
    if isinstance(value, dict):
        return {name: plain_within(one) for name, one in value.items()}
    return value
