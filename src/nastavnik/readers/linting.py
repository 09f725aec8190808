"""The check of a document: from bytes to findings."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from nastavnik.engine.linting.checking import LintedPaper, lint
from nastavnik.engine.linting.lexicon import Lexicon, lexicon_of
from nastavnik.engine.roadmaps.checking import Usual
from nastavnik.engine.roadmaps.knowing import sign_of
from nastavnik.readers.documents import read_document

_PACKAGE = Path(__file__).parent.parent
_WORDS = _PACKAGE / "engine" / "linting" / "data"
_CATALOGUE = _PACKAGE / "roadmaps" / "data" / "catalogue.yaml"


def lint_document(data: bytes, filename: str) -> LintedPaper:
    """Read a document and return what a checker would find in it.

    Raises:
        ReaderError: The document cannot be read; says why and what to do.
    """
    return lint(read_document(data, filename), shipped_lexicon())


@cache
def shipped_lexicon() -> Lexicon:
    """Return the words and acts that come with the program."""
    activities = _load(_CATALOGUE)["activities"]
    return lexicon_of(
        _load(_WORDS / "lexicon.yaml"),
        _load(_WORDS / "acts.yaml"),
        {
            one["id"]: Usual(
                after=tuple(one.get("after", ())),
                soon_after=tuple(one.get("soon_after", ())),
                once=one.get("once", False),
            )
            for one in activities
        },
        {one["id"]: tuple(map(sign_of, one.get("signs", ()))) for one in activities},
    )


def _load(path: Path) -> Any:  # noqa: ANN401 - plain data of a shipped file
    text = path.read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe in C as well
