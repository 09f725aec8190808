"""What can be found by words: each app registers its own sources; the page only asks the registry.

A source compares folded words with folded columns (`core.text.fold`) and begins with `visible_to`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from django.db.models import Q
from django_stubs_ext import StrOrPromise

from nastavnik.core.access import Perm
from nastavnik.core.marks import SignedIn
from nastavnik.core.text import fold

LONGEST = 100  # characters of a question that are read
MOST_WORDS = 6
AT_MOST = 10  # hits of one source


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: what it is called, what tells it from its namesakes, where it opens."""

    kind: str
    title: str
    subtitle: str
    url: str


Find = Callable[[SignedIn, tuple[str, ...]], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Source:
    """A place to look in.

    Attributes:
        order: groups of hits are shown by it.
        name: the kind of its hits; registering the name again replaces the source.
        label: the heading of its group.
        icon: a lucide name.
        perms: any of these rights opens it.
        find: user and folded words → hits, every word in each of them; it is read up to `AT_MOST` + 1.
    """

    order: int
    name: str
    label: StrOrPromise
    icon: str
    perms: frozenset[Perm]
    find: Find


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one source; `has_more` when they are not all."""

    label: StrOrPromise
    icon: str
    hits: tuple[Hit, ...]
    has_more: bool


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Add a source."""
    _sources[source.name] = source


def words_of(question: str) -> tuple[str, ...]:
    """Return the folded words of a question; what is beyond the limits is left out."""
    return tuple(fold(question[:LONGEST]).split()[:MOST_WORDS])


def containing(column: str, words: Iterable[str]) -> Q:
    """Return the condition that a folded column holds every word."""
    return Q(*(Q(**{f"{column}__contains": word}) for word in words))


def sources_for(user: SignedIn) -> list[Source]:
    """Return where this user may look, in order."""
    opened = [one for one in _sources.values() if any(user.viewer.may(perm) for perm in one.perms)]
    return sorted(opened, key=lambda one: (one.order, one.name))


def find(user: SignedIn, question: str) -> list[Group]:
    """Return what a user finds, empty groups left out; nothing without words."""
    words = words_of(question)
    if not words:
        return []
    groups = []
    for source in sources_for(user):
        hits = tuple(islice(source.find(user, words), AT_MOST + 1))
        if hits:
            groups.append(Group(source.label, source.icon, hits[:AT_MOST], len(hits) > AT_MOST))
    return groups
