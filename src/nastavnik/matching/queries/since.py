"""What has changed since a matching was counted: then its numbers and its advice are of another day."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from nastavnik.core.access import SignedIn
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import Participation

#: Of more people only the number is said.
AT_MOST_NAMED = 3
PLACES = ("capacity", "n_led")
#: A birthday is nobody's doing.
NOT_COMPARED = frozenset({*PLACES, "age"})


def changed_since(
    user: SignedIn, kept: Mapping[str, Any], now: Mapping[str, Any], *, with_choices: bool
) -> tuple[str, ...]:
    """Compare what a matching was counted from with what it would be counted from now.

    Args:
        user: who is told; people are named as far as the user sees them.
        kept: the snapshot of the run.
        now: the same of today, for the same forms and without the same people.
        with_choices: whether it may be told that choices have changed.
    """
    found: dict[str, set[str]] = {"places": set(), "joined": set(), "gone": set(), "said": set()}
    for side in ("mentors", "mentees"):
        before = {one["key"]: one for one in kept.get(side, ())}
        after = {one["key"]: one for one in now[side]}
        found["joined"] |= after.keys() - before.keys()
        found["gone"] |= before.keys() - after.keys()
        for key in before.keys() & after.keys():
            found["places"] |= {key} if _differ(before[key], after[key], PLACES) else set()
            others = after[key].keys() & before[key].keys() - NOT_COMPARED
            found["said"] |= {key} if _differ(before[key], after[key], others) else set()
    names = _names(user, set[str]().union(*found.values()))
    words = {
        "places": _("other numbers of places: %(names)s"),
        "joined": _("ready for matching since: %(names)s"),
        "gone": _("not matched any more: %(names)s"),
        "said": _("requests, areas, classes or forms: %(names)s"),
    }
    told = [
        text
        % {"names": _joined([names[key] for key in names if key in found[what]], len(found[what]))}
        for what, text in words.items()
        if found[what]
    ]
    if kept.get("rules") != now["rules"]:
        told.append(_("the rules of matching"))
    if with_choices and kept.get("wishes") != now["wishes"]:
        told.append(_("choices after the group meeting"))
    return tuple(told)


def _differ(before: Mapping[str, Any], after: Mapping[str, Any], fields: Iterable[str]) -> bool:
    return any(before.get(name, 0) != after.get(name, 0) for name in fields)


def _names(user: SignedIn, keys: set[str]) -> dict[str, str]:
    """Return key → name of those the user sees, in the order of names."""
    if not keys:
        return {}
    rows = Participation.objects.visible_to(user).filter(pk__in=[int(key) for key in keys])
    people = rows.select_related("person").order_by("person__search_name", "pk")
    return {str(row.pk): row.person.short_name for row in people}


def _joined(names: list[str], total: int) -> str:
    shown = names[:AT_MOST_NAMED] if total > AT_MOST_NAMED else names
    more = total - len(shown)
    words = ", ".join(shown)
    if not more:
        return words
    return _("%(names)s and %(n)s more") % {"names": words, "n": more} if words else str(more)


def has_place(mentor: Participation | None, places: int | None) -> bool:
    """Tell whether a mentor takes as many by now as a matching advised."""
    return bool(
        mentor is not None and mentor.side == Side.MENTOR and places and mentor.capacity >= places
    )
