"""What can be found by words, and where one person stands: each app registers its own sources; a page only asks.

A source compares folded words with folded columns (`core.text.fold`) and begins with `visible_to`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from django.db.models import Q
from django_stubs_ext import StrOrPromise

from nastavnik.core.access import Perm, SignedIn
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
OfPerson = Callable[[SignedIn, int], Iterable[Hit]]


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
        of_person: user and the key of a person → what of this source stands on the person's card.
    """

    order: int
    name: str
    label: StrOrPromise
    icon: str
    perms: frozenset[Perm]
    find: Find | None
    of_person: OfPerson | None = None


@dataclass(frozen=True, slots=True)
class HitGroup:
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
    return [source for source in _opened_to(user) if source.find]


def _opened_to(user: SignedIn) -> list[Source]:
    opened = [one for one in _sources.values() if any(user.viewer.may(perm) for perm in one.perms)]
    return sorted(opened, key=lambda one: (one.order, one.name))


def about(user: SignedIn, person_id: int) -> list[HitGroup]:
    """Return where a person stands as far as this user sees it, empty groups left out."""
    groups = []
    for source in _opened_to(user):
        hits = tuple(source.of_person(user, person_id)) if source.of_person else ()
        if hits:
            groups.append(HitGroup(source.label, source.icon, hits, has_more=False))
    return groups


def find(user: SignedIn, question: str) -> list[HitGroup]:
    """Return what a user finds, empty groups left out; nothing without words."""
    words = words_of(question)
    if not words:
        return []
    groups = []
    for source in sources_for(user):
        found = source.find(user, words) if source.find else ()
        hits = tuple(islice(found, AT_MOST + 1))
        if hits:
            groups.append(HitGroup(source.label, source.icon, hits[:AT_MOST], len(hits) > AT_MOST))
    return groups
