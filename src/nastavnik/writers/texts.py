"""What any file of a paper must not hold, and the small typography of papers."""

import re

# characters XML 1.0 cannot hold: a pasted one must not break the file
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Return the text without what a .docx or .xlsx cannot hold."""
    return _FORBIDDEN.sub("", text)


def tidy(text: str) -> str:
    """Return a text fit for a paper: what no paper can hold is out, and «г.» stays with its year."""
    return clean(text).replace(" г.", "\u00a0г.")
