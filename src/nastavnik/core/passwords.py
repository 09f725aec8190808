"""Passwords: how they are hashed, which are refused, what a one-time password looks like.

argon2id at the OWASP minimum, so that a morning of sign-ins does not stop the site.
"""

import os
import re
import secrets
import threading
from functools import cache
from itertools import pairwise
from pathlib import Path

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from nastavnik.core.text import fold

#: Without what is taken for something else on paper: 0 and o, 1 and l and i.
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_GROUPS, _GROUP = 3, 4  # 12 of 31 letters: 59 bits
_ROWS = (
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
)
_HALF = 2  # groups
#: Two hashes at once on the computer: of several processes each does its share.
_N_PROCESSES = int(os.environ.get("NASTAVNIK_WORKERS") or min(len(os.sched_getaffinity(0)), 4))
_HASHES = max(1, 2 // _N_PROCESSES)
_AT_ONCE = threading.BoundedSemaphore(_HASHES)
_BESIDE = {pair for row in _ROWS for way in (row, row[::-1]) for pair in pairwise(way)}
_REPEATED, _IN_ORDER = 3, 4  # as many in a row are a run and count as one
_LEAST_COUNTED, _LEAST_DIFFERENT = 6, 5
_LEAST_OF_A_NAME = 4


class Argon2idHasher(Argon2PasswordHasher):
    """argon2id with 19 MiB, 2 passes, 1 lane: 0.06 CPU s against 0.39 of Django's default."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Hash, at most two at once: whoever signs in, pages go on."""
        with _AT_ONCE:
            return str(super().encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        """Check, at most two at once."""
        with _AT_ONCE:
            return bool(super().verify(password, encoded))


def one_time_password(n_groups: int = _GROUPS) -> str:
    """Return a fresh password to be read from paper: «k7mf-2xqh-9tbw»."""
    groups = ("".join(secrets.choice(_LETTERS) for _n in range(_GROUP)) for _g in range(n_groups))
    return "-".join(groups)


def halves_of_one() -> tuple[str, str]:
    """Return a fresh password in two parts for two people; «k7mf-2xqh» and «9tbw-m3np» make «k7mf-2xqh-9tbw-m3np».

    Each is 8 of 31 letters, 40 bits: who knows one does not guess the other before the slip is worth nothing.
    """
    return one_time_password(_HALF), one_time_password(_HALF)


def _step(one: str, other: str) -> str:
    """Return how one sign follows the other: "same", "up", "down", "beside", or "" for neither."""
    if one == other:
        return "same"
    if one.isalnum() and other.isalnum() and abs(ord(one) - ord(other)) == 1:
        return "up" if other > one else "down"
    return "beside" if (one, other) in _BESIDE else ""


def counted(password: str) -> int:
    """Return how many signs a password is worth: a run («aaa», «4321», «qwerty») counts as one."""
    worth, run, how = 0, 1, ""
    for place, sign in enumerate(password):
        step = _step(password[place - 1], sign) if place else ""
        if step and (step == how or run == 1):
            run += 1
        else:
            worth += _worth(run, how) if place else 0
            run = 1
        how = step
    return worth + _worth(run, how) if password else 0


def _worth(run: int, how: str) -> int:
    return 1 if run >= (_REPEATED if how == "same" else _IN_ORDER) else run


def _is_one_piece_again(password: str) -> bool:
    """Tell whether a password is one piece several times over: «мама мама мама»."""
    bare = "".join(password.split())
    return any(
        bare[:size] * (len(bare) // size) == bare[: len(bare) - len(bare) % size]
        and bare.startswith(bare[len(bare) - len(bare) % size :])
        for size in range(1, len(bare) // 2 + 1)
    )


class NoRunsValidator:
    """Refuses repeats and rows: «aaaaaaaaaa», «1234567890», «qwerty12345», «мама мама мама»."""

    def validate(self, password: str, _user: object = None) -> None:
        """Refuse a password of which little is left when each run counts as one sign."""
        folded = fold(password)
        if (
            len(set(folded)) < _LEAST_DIFFERENT
            or counted(folded) < _LEAST_COUNTED
            or _is_one_piece_again(folded)
        ):
            raise ValidationError(
                _(
                    "Letters or figures repeat or stand in a row: such a password is tried first. Three or four words that do not belong together are good."
                ),
                code="password_runs",
            )

    def get_help_text(self) -> str:
        """Return what is asked."""
        return _("No repeats and no rows of letters, figures or keys.")


class NotTheNameValidator:
    """Refuses a password with the login or the last name inside, however short the rest."""

    def validate(self, password: str, user: object = None) -> None:
        """Refuse what anybody who knows the person would try."""
        bare = "".join(fold(password).split())
        login = fold(str(getattr(user, "login", ""))).partition("@")[0]
        last_name = (fold(str(getattr(user, "full_name", ""))).split() or [""])[0]
        if any(len(one) >= _LEAST_OF_A_NAME and one in bare for one in (login, last_name)):
            raise ValidationError(
                _("The password holds the login or the last name: anybody would try it."),
                code="password_holds_name",
            )

    def get_help_text(self) -> str:
        """Return what is asked."""
        return _("Neither the login nor the last name inside.")


@cache
def _well_known() -> frozenset[str]:
    lines = (Path(__file__).parent / "data" / "passwords.txt").read_text(encoding="utf-8")
    return frozenset(fold(line) for line in lines.splitlines() if line and line[0] != "#")


def _of_the_school(user: object) -> set[str]:
    """Return the words of the school's name and town, and the name as a whole."""
    organisation = getattr(user, "organisation", None) if getattr(user, "pk", None) else None
    if organisation is None:
        return set()
    names = [fold(str(organisation.short_name)), fold(str(organisation.town))]
    words = {word for name in names for word in re.findall(r"[^\W\d_]+", name)}
    whole = {"".join(sign for sign in name if sign.isalpha()) for name in names}
    return {word for word in words | whole if len(word) >= _LEAST_OF_A_NAME}


class NotWellKnownValidator:
    """Refuses the words people here choose first, with whatever figures: «Пароль2026!», «gfhjkm123»."""

    def validate(self, password: str, user: object = None) -> None:
        """Refuse a password whose letters are a word of the kept list, or of the name of the school or the town."""
        letters = "".join(sign for sign in fold(password) if sign.isalpha())
        if letters in _well_known() | _of_the_school(user):
            raise ValidationError(
                _("This word is among those tried first, with figures too. Add words of your own."),
                code="password_well_known",
            )

    def get_help_text(self) -> str:
        """Return what is asked."""
        return _("Not one word that everybody chooses.")
