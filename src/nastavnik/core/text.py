"""Folding of text for search and order.

SQLite's `lower` and `LIKE` do not know Cyrillic and the embedded PostgreSQL has no ICU, so both databases
search and sort by a stored folded column (architecture: «Data»).
"""

import unicodedata


def fold(text: str) -> str:
    """Return the search key: case and Ё/Е folded, combining marks composed, spaces single."""
    composed = unicodedata.normalize("NFKC", text).replace("\x00", "")
    return " ".join(composed.casefold().replace("ё", "е").split())
