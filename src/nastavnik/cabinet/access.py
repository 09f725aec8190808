"""Who may set an empty installation up: whoever sees the console of the program, where strangers could come first."""

import contextlib
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.utils.translation import gettext as _

from nastavnik.files import remains

WORD, ADMITTED = "set-up-word", "may_set_up"
N_FIGURES = (
    12  # a bare console may have no Russian letters; a guess each millisecond needs sixteen years
)


def left_behind() -> list[str]:
    """Return what stands in the data folder beside an empty database."""
    return remains.found(Path(settings.DATA), Path(settings.MEDIA_ROOT))


def needs_word() -> bool:
    """Tell whether the set-up asks for the word of the console: others reach the site, or a database was lost."""
    return settings.IS_REACHABLE or bool(left_behind())


def word() -> str:
    """Return the word, made at the first question for it."""
    path = Path(settings.DATA) / WORD
    figures = f"{secrets.randbelow(10**N_FIGURES):0{N_FIGURES}}"
    fresh = "-".join(figures[start : start + 4] for start in range(0, N_FIGURES, 4))
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="utf-8") as stream:  # noqa: PTH123 - opened above, for its mode
            stream.write(fresh)
    kept = path.read_text("utf-8").strip()
    if not kept:  # the power went while it was written
        path.write_text(fresh, "utf-8")
    return kept or fresh


def is_right(said: str) -> bool:
    """Tell whether this is the word, whatever the spaces and dashes."""
    typed, right = ("".join(filter(str.isdigit, text)).encode() for text in (said, word()))
    return len(right) == N_FIGURES and secrets.compare_digest(typed, right)


def is_admitted(session: SessionBase) -> bool:
    """Tell whether this browser may go through the set-up."""
    return not needs_word() or bool(session.get(ADMITTED))


def forget_word() -> None:
    """Let the word go: it was for one set-up."""
    with contextlib.suppress(OSError):
        (Path(settings.DATA) / WORD).unlink(missing_ok=True)


def announcement() -> str:
    """Return what the console says of the set-up; empty where it asks for no word."""
    if not needs_word():
        return ""
    said = _("The code for the set-up: %(word)s. The first page will ask for it.") % {
        "word": word()
    }
    if names := left_behind():
        found = _(
            "The database is empty, and beside it stand data of an earlier installation (%(names)s). If the database"
            " was lost, stop the site and bring a copy back: run.py restore FILE --replace."
        ) % {"names": ", ".join(names)}
        said = f"{found}\n{said}"
    return said
