"""Components a list repeats in every row, drawn by Python: a template for each would cost more than the page around them.

Everything given is escaped; what comes back is markup. `components/chip.html` and `components/state.html` draw the same.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Protocol

from django.urls import get_script_prefix, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_stubs_ext import StrOrPromise
from lucide.templatetags.lucide import lucide

#: State → the icon beside its word; a state of no other kind is still to come.
STATE_ICONS = {
    "done": "circle-check",
    "go": "circle-dot",
    "wait": "clock",
    "risk": "triangle-alert",
    "sos": "life-buoy",
    "stop": "circle-pause",
}
NOTHING = mark_safe("")
BREAK = mark_safe("<br>")
CHECKED = mark_safe(" checked")
#: As many people of a pair or a group are shown one by one.
FEW = 4
_KEY = 9876543210  # stands in for the key while an address is taken apart


class Shown(Protocol):
    """What a chip shows of a person."""

    @property
    def short_name(self) -> str:
        """Return the name as lists show it."""
        ...

    @property
    def initials(self) -> str:
        """Return the letters of the token."""
        ...


@cache
def icon(name: str) -> SafeString:
    """Return a lucide icon as inline SVG; decoration, the word stands beside it."""
    svg = lucide(name, size=None)
    inner = re.sub(r"\s+", " ", re.sub(r"^<svg[^>]*>|</svg>$", "", svg.strip())).strip()
    return mark_safe(f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{inner}</svg>')  # noqa: S308 - a shipped file


def state(name: str, words: StrOrPromise) -> SafeString:
    """Return a state as colour, icon and word."""
    drawn = icon(STATE_ICONS.get(name, "circle-dashed"))
    return format_html('<span class="st st-{}">{}{}</span>', name, drawn, words)


def nodata() -> SafeString:
    """Return what stands where nothing is known: blank is not zero."""
    return format_html('<span class="nodata">{}</span>', _("no data"))


def day(on: dt.date | None) -> SafeString:
    """Return a day as machines and people read it."""
    if on is None:
        return nodata()
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), f"{on:%d.%m.%Y}")


def small(words: StrOrPromise) -> SafeString:
    """Return a second, muted text after the first one; nothing for nothing."""
    return format_html(' <small class="muted">{}</small>', words) if words else NOTHING


CELLS_AT_MOST = 12  # of a picture of places: beyond it the number beside says all


def load(n: int, of: int) -> SafeString:
    """Return how many of some places are taken as a row of cells; the numbers stand beside it, so it is decoration."""
    if not 0 < of <= CELLS_AT_MOST:
        return mark_safe("")
    cells = format_html_join(
        "",
        '<rect{} x="{}" y="1" width="10" height="10" rx="3"/>',
        ((mark_safe(' class="on"') if place < n else "", 14 * place + 1) for place in range(of)),
    )
    return format_html(
        '<svg class="load" viewBox="0 0 {} 12" width="{}" height="12" aria-hidden="true">{}</svg>',
        14 * of,
        14 * of,
        cells,
    )


def link(url: str, words: StrOrPromise) -> SafeString:
    """Return a link; the words alone without an address."""
    return format_html('<a href="{}">{}</a>', url, words) if url else format_html("{}", words)


def pick(
    name: str, value: object, label: str, *, form: str = "", is_checked: bool = False
) -> SafeString:
    """Return the box that picks a row."""
    return format_html(
        '<input class="form-check-input" type="checkbox"{} name="{}" value="{}" aria-label="{}"{}>',
        format_html(' form="{}"', form) if form else NOTHING,
        name,
        value,
        label,
        CHECKED if is_checked else NOTHING,
    )


def chip(
    person: Shown, *, side: str = "", url: str = "", note: StrOrPromise = "", more: StrOrPromise = "",
    box: SafeString = NOTHING,
) -> SafeString:  # fmt: skip
    """Return a person with the token of the side (a, b or none), a note and a box to pick by (`pick`)."""
    notes = [str(words) for words in (note, more) if words]
    return format_html(
        '<span class="chip">{}<span class="tok{}" aria-hidden="true">{}</span><span>{}{}</span></span>',
        box,
        f" tok-{side}" if side else "",
        person.initials,
        link(url, person.short_name),
        format_html("<small>{}</small>", " · ".join(notes)) if notes else NOTHING,
    )


def few(names: Sequence[str]) -> list[str]:
    """Return names to show in a row: of more than `FEW` the first ones and how many more there are."""
    if len(names) <= FEW:
        return list(names)
    rest = len(names) - FEW + 1
    return [*names[: FEW - 1], ngettext("%(n)s more", "%(n)s more", rest) % {"n": rest}]


def listed(names: Sequence[str]) -> str:
    """Return a few names as a sentence has them: commas, and «and» before the last."""
    *first, last = few(names)
    return (
        _("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last} if first else last
    )


def tokens(initials: Sequence[str], *, size: str = "") -> SafeString:
    """Return the tokens of a pair or a group, the mentor's first: decoration beside the names, so as few as they are."""
    shown = (
        list(initials)
        if len(initials) <= FEW
        else [*initials[: FEW - 1], f"+{len(initials) - FEW + 1}"]
    )
    return format_html(
        '<span class="duo{}" aria-hidden="true"><span class="tok tok-a">{}</span>{}</span>',
        f" {size}" if size else "",
        shown[0],
        format_html_join("", '<span class="tok tok-b">{}</span>', ((one,) for one in shown[1:])),
    )


def duo(mentor: Shown, mentees: Iterable[Shown], size: str = "") -> SafeString:
    """Return the tokens of a pair or a group, the mentees leaning."""
    return tokens([mentor.initials, *(one.initials for one in mentees)], size=size)


def address(name: str) -> str:
    """Return the address of a page without keys, looked up once."""
    return _address(name, get_script_prefix())


def address_of(name: str, pk: object) -> str:
    """Return the address of a page about one row; its pattern is looked up once."""
    before, after = _pattern(name, get_script_prefix())
    return f"{before}{pk}{after}"


@cache
def _address(name: str, _prefix: str) -> str:
    return reverse(name)


@cache
def _pattern(name: str, _prefix: str) -> tuple[str, str]:
    before, _key, after = reverse(name, args=[_KEY]).partition(str(_KEY))
    return before, after
