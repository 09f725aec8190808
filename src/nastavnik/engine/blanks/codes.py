"""What the four codes of a sheet say: ten digits, the most that a DataMatrix of 12 × 12 modules holds."""

import re
from dataclasses import dataclass

CORNERS = ("A", "B", "C", "D")  # top left, top right, bottom right, bottom left
NUMBER_DIGITS = 7
MOST_PAGES = 9

_CODE = re.compile(r"[0-9]{10}")
_TOKEN = re.compile(r"[0-9]{7}[1-9]")


@dataclass(frozen=True, slots=True)
class CornerCode:
    """One code: the token of the page, which is the number of the blank and of its page, and the corner."""

    token: str
    corner: str


def token_of(number: int, page: int) -> str:
    """Return eight digits that name one printed page.

    Raises:
        ValueError: a number of more than seven digits, or more than nine pages.
    """
    token = f"{number:07}{page}"
    if not _TOKEN.fullmatch(token):
        raise ValueError(f"Номер бланка {number}, страница {page}: такого кода нет.")
    return token


def written(token: str) -> str:
    """Return a token as people read it: «407-1835, стр. 2»."""
    return f"{token[:3]}-{token[3:7]}, стр. {token[7]}"


def check_digit(digits: str) -> str:
    """Return the digit of ISO/IEC 7064, MOD 11,10, by which every single wrong digit shows."""
    rest = 10
    for digit in digits:
        rest = ((rest + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - rest) % 10)


def payload(token: str, corner: str) -> str:
    """Return the ten digits of a corner: token, corner from 1, check digit."""
    digits = f"{token}{CORNERS.index(corner) + 1}"
    return digits + check_digit(digits)


def read_payload(text: str) -> CornerCode | None:
    """Return what ten digits say; None when they are no code of ours."""
    if not _CODE.fullmatch(text) or check_digit(text[:9]) != text[9]:
        return None
    place = int(text[8]) - 1
    if place not in range(len(CORNERS)) or not _TOKEN.fullmatch(text[:8]):
        return None
    return CornerCode(text[:8], CORNERS[place])
