"""The sections on the cover: each app registers its own in `AppConfig.ready`."""

from dataclasses import dataclass

from django_stubs_ext import StrOrPromise

from nastavnik.core.access import Perm, SignedIn


@dataclass(frozen=True, slots=True)
class Section:
    """One line of the cover.

    Attributes:
        order: sections are sorted by it; a new ten begins a new group with a rule above.
        label: a lazily translated word.
        url_name: the page it opens.
        perm: who sees it.
        key: the Latin letter that, pressed after g, opens it; empty for none.
    """

    order: int
    label: StrOrPromise
    url_name: str
    perm: Perm
    key: str = ""


_sections: dict[str, Section] = {}


def register(section: Section) -> None:
    """Put a section on the cover; a second one for the same page replaces the first."""
    _sections[section.url_name] = section


def groups_for(user: SignedIn) -> list[list[Section]]:
    """Return the sections this user may open, in groups."""
    groups: dict[int, list[Section]] = {}
    for section in sorted(_sections.values(), key=lambda one: one.order):
        if user.viewer.may(section.perm):
            groups.setdefault(section.order // 10, []).append(section)
    return list(groups.values())
