"""Codes of the second step of a sign-in: six figures of the clock (RFC 6238), and words of paper for a lost telephone."""

import datetime as dt
import hashlib
from itertools import groupby

import pyotp
import segno
from django.utils.crypto import constant_time_compare

from nastavnik.core.passwords import one_time_password

ISSUER = "Nastavnik"  # Latin: older applications show other letters as they travel
N_RECOVERY = 8
_STEP_SECONDS = 30
_DRIFT = 1  # steps a clock may be before or behind
_ROUNDS = 60_000  # 59 bits of a code and these: more than a graphics card tries in a lifetime
_QUIET = 4  # modules of white around the picture
_GROUP = 4


def fresh_key() -> str:
    """Return a fresh key, 160 bits in letters and figures."""
    return pyotp.random_base32()


def grouped(key: str) -> str:
    """Return a key as it is typed by hand, in groups of four."""
    return " ".join(key[place : place + _GROUP] for place in range(0, len(key), _GROUP))


def counter_of(key: str, code: str, *, at: dt.datetime, after: int) -> int | None:
    """Return the step of the clock a code is of, one before and one behind too; None for a wrong or a used one.

    Args:
        key: of the account.
        code: as it was typed, without spaces.
        at: the moment.
        after: the step of the last code that was used: neither it nor an older one is taken again.
    """
    now = int(at.timestamp()) // _STEP_SECONDS
    codes = pyotp.HOTP(key)
    steps = range(now - _DRIFT, now + _DRIFT + 1)
    right = [step for step in steps if constant_time_compare(codes.at(step), code)]
    return next((step for step in right if step > after), None)


def fresh_recovery(key: str) -> tuple[list[str], list[str]]:
    """Return recovery codes to be printed, and what is kept of them."""
    printed = [one_time_password() for _n in range(N_RECOVERY)]
    return printed, [_digest(key, code) for code in printed]


def kept_of(key: str, code: str, kept: list[str]) -> str | None:
    """Return what is kept of a recovery code as it was typed, hyphens or not; None for a wrong or a used one."""
    digest = _digest(key, code)
    return next((one for one in kept if constant_time_compare(one, digest)), None)


def _digest(key: str, code: str) -> str:
    bare = "".join(sign for sign in code.lower() if sign.isalnum())
    return hashlib.pbkdf2_hmac("sha256", bare.encode(), key.encode(), _ROUNDS).hex()


def picture(key: str, login: str) -> tuple[int, str]:
    """Return the QR code an application reads the key from: the length of a side, and the path of an SVG.

    A path and no ready picture: the page draws it without a style, a script or an address a key would stand in.
    """
    return drawn(pyotp.TOTP(key).provisioning_uri(name=login, issuer_name=ISSUER))


def drawn(text: str) -> tuple[int, str]:
    """Return a text as a QR code: the length of a side, and the path of an SVG.

    An address in capitals alone takes a smaller code than the same in small letters.
    """
    rows = [list(row) for row in segno.make_qr(text, error="m").matrix]
    path = []
    for y, row in enumerate(rows, _QUIET):
        x = _QUIET
        for is_dark, run in groupby(row):
            width = len(list(run))
            if is_dark:
                path.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return len(rows) + 2 * _QUIET, "".join(path)
