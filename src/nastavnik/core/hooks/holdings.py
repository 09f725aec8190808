"""What the site holds about a person: each app registers every table of its own in `AppConfig.ready`; export and erasure only ask.

A guard (tests/guards/test_holdings.py) proves that each model with a field of a personal class (`core.privacy`) is said here:
as a `Holding`, found by keys, or as a `Mention`, found by the name in its texts, or as `Aside` with a reason.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Q

from nastavnik.core.access import Perm, Role, SignedIn
from nastavnik.core.privacy import DataClass, classification
from nastavnik.core.text import fold

#: What never leaves the site: keys and passwords. What is technical says nothing of a person.
NOT_TOLD = frozenset({DataClass.SECRET, DataClass.TECHNICAL})
SHORTEST_STEM = 3
_ENDINGS = "аеёиоуыьэюяй"
_DECLINED = "аяйь"
_CASES = "(?:а|я|у|ю|ы|и|е|ом|ем|ой|ей|ою|ею|ым|им)"


@dataclass(frozen=True, slots=True)
class Asking:
    """Whose data are taken out, where that person is kept, and by whom."""

    person_id: int
    organisation_id: int
    user: SignedIn

    def may(self, perm: Perm) -> bool:
        """Tell whether the user holds a right over everybody of the person's own organisation; one held elsewhere is none here."""
        return any(
            grant.organisation_id == self.organisation_id
            and not grant.form_codes
            and grant.role != Role.CLASS_TEACHER
            for grant in self.user.viewer.grants_for(perm)
        )

    def name(self, person: Any) -> str:  # noqa: ANN401 - a person of a model above
        """Return the name of somebody the person knows; of oneself nothing need be said."""
        return "" if person is None or person.pk == self.person_id else str(person.full_name)


#: (row, asking) → what is said of a field; empty or None: nothing.
Told = Callable[[Any, Asking], Any]


@dataclass(frozen=True, slots=True)
class Wiping:
    """Who is erased.

    Attributes:
        person_id, organisation_id: the keys.
        last_name, first_name: as they were.
        files: what is to be taken off the disk once it is written.
    """

    person_id: int
    organisation_id: int
    last_name: str
    first_name: str
    files: list[Any] = field(default_factory=list)

    def mentions(self, text: str) -> bool:
        """Tell whether a text holds the last name, in any case."""
        return stands_in(self.last_name, fold(text))

    def names(self, value: Any) -> bool:  # noqa: ANN401 - a text or JSON
        """Tell whether a text or JSON holds both the last and the first name, in any case."""
        texts = list(_folded([value]))
        # beside a long last name a first name too short to search for says nothing
        first = self.first_name if stem_of(self.first_name) or not stem_of(self.last_name) else ""
        return any(
            stands_in(self.last_name, one) and (not first or stands_in(first, one))
            for one in _lines(texts)
        )


#: (rows about the person, who) → None: what deleting and clearing alone cannot do.
Wipe = Callable[[models.QuerySet[Any], Wiping], None]
#: Why a field stays: the person it is of has no name any more.
NAMELESS = "без имени, для счёта"


@dataclass(frozen=True, slots=True)
class Holding:
    """A table some rows of which are about a person.

    Attributes:
        model: the table.
        title: what its rows are called, in Russian.
        paths: lookups that lead from a row to the key of the person, any of them.
        words: field → its name in Russian, where the model has none.
        told: field → what is said of it, where its value alone would be a key or tell of somebody else.
        left_out: field → why it is not given with the rest, in Russian.
        perm: the right without which nothing of it is given; whoever holds it can.
        narrow: leaves of the rows found those that may be given to this asker.
        narrow_why: why the others are not given, in Russian.
        files: fields with files that go along.
        find: the condition, where the table has no key that leads to a person.
        deletes: whether erasing takes the rows away whole.
        owned: leaves of the rows those that are emptied or taken away: not what is as much of others.
        clears: fields erasing empties.
        wipe, wiped: what else erasing does, first, and the fields it empties.
        takes: leaves of the rows those `wipe` touches, where it leaves others as they are.
        stays: field → why erasing leaves it, in Russian.
    """

    model: type[models.Model]
    title: str
    paths: tuple[str, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, Told] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    perm: Perm | None = None
    narrow: Callable[[models.QuerySet[Any], Asking], models.QuerySet[Any]] | None = None
    narrow_why: str = ""
    files: tuple[str, ...] = ()
    find: Callable[[int], Q] | None = None
    deletes: bool = False
    clears: tuple[str, ...] = ()
    owned: Callable[[models.QuerySet[Any], Wiping], models.QuerySet[Any]] | None = None
    wipe: Wipe | None = None
    wiped: tuple[str, ...] = ()
    takes: Callable[[models.QuerySet[Any], Wiping], models.QuerySet[Any]] | None = None
    stays: Mapping[str, str] = field(default_factory=dict)

    def erase(self, wiping: Wiping) -> int:
        """Erase what is to be erased of the rows about a person; return how many of them that touches."""
        rows = self.rows(wiping.person_id)
        n = self.n_touched(wiping)
        if self.wipe is not None:
            self.wipe(rows, wiping)
        rows = self.owned(rows, wiping) if self.owned else rows
        if self.deletes:
            rows.delete()
        elif self.clears:
            rows.update(**{name: self._empty(name) for name in self.clears})
        return n

    def n_touched(self, wiping: Wiping) -> int:
        """Return how many rows erasing takes away or empties: what it leaves as evidence is not among them."""
        rows = self.rows(wiping.person_id)
        return (self.takes(rows, wiping) if self.takes else rows).count()

    def _empty(self, name: str) -> Any:  # noqa: ANN401 - of any field
        one: Any = self.model._meta.get_field(name)
        return None if one.null else one.get_default()

    def rows(self, person_id: int) -> models.QuerySet[Any]:
        """Return every row about a person, in the order they were made."""
        about = self.find(person_id) if self.find else Q()
        for path in self.paths:
            about |= Q(**{path: person_id})
        keys = self.model._base_manager.filter(about).values("pk")  # noqa: SLF001 - whoever may see it: the page asks for the right
        return self.model._base_manager.filter(pk__in=keys).order_by("pk")  # noqa: SLF001

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that are told of, in the order of the model and then those only said in `told`."""
        known = classification(self.model)
        named = [
            one.name
            for one in (*self.model._meta.concrete_fields, *self.model._meta.many_to_many)
            if known[one.name] not in NOT_TOLD
            and (known[one.name] != DataClass.PUBLIC or one.name in self.told)
            and one.name not in self.left_out
        ]
        own = [name for name in named if name not in self.paths and f"{name}_id" not in self.paths]
        return (*own, *(name for name in self.told if name not in named))

    def word(self, name: str) -> str:
        """Return what a field is called."""
        if name in self.words:
            return self.words[name]
        return str(self.model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


@dataclass(frozen=True, slots=True)
class Mention:
    """A table whose texts may name a person, with no key that says so.

    Attributes:
        model: the table.
        title: what its rows are called, in Russian.
        fields: the texts that are searched.
        whose: lookup that leads to the key of the organisation.
        only: which rows.
        wipe: erases a person from the rows whose texts hold the last name, if it can be done by a program.
        stays: else why it is left to a person to look.
    """

    model: type[models.Model]
    title: str
    fields: tuple[str, ...]
    whose: str = "organisation_id"
    only: Q = field(default_factory=Q)
    wipe: Wipe | None = None
    stays: str = "текст, который писал человек: посмотрите сами"

    def keys(self, organisation_id: int, last_name: str) -> list[int]:
        """Return the rows whose texts hold a last name in any case: also of namesakes."""
        rows = self.model._base_manager.filter(self.only, **{self.whose: organisation_id})  # noqa: SLF001
        found = rows.order_by("pk").values_list("pk", *self.fields)
        return [
            pk for pk, *texts in found if any(stands_in(last_name, text) for text in _folded(texts))
        ]


@dataclass(frozen=True, slots=True)
class Aside:
    """A table with personal fields that is no part of what is given about one person, and why, in Russian."""

    model: type[models.Model]
    why: str


_holdings: dict[type[models.Model], Holding] = {}
_mentions: dict[type[models.Model], Mention] = {}
_asides: dict[type[models.Model], Aside] = {}


def register(*said: Holding | Mention | Aside) -> None:
    """Add tables; saying one again replaces what was said. A table may be a holding and mention others as well."""
    for one in said:
        if isinstance(one, Holding):
            _holdings[one.model] = one
        elif isinstance(one, Mention):
            _mentions[one.model] = one
        else:
            _asides[one.model] = one


def holdings() -> list[Holding]:
    """Return the tables found by keys, in the order of the line of apps."""
    return list(_holdings.values())


def mentions() -> list[Mention]:
    """Return the tables found by names in their texts."""
    return list(_mentions.values())


def asides() -> list[Aside]:
    """Return the tables that are left aside."""
    return list(_asides.values())


def stem_of(last_name: str) -> str:
    """Return what is the same in all cases of a last name; empty where that is too short to search for."""
    stem = fold(last_name).strip().rstrip(_ENDINGS)
    return stem if len(stem) >= SHORTEST_STEM else ""


def stands_in(name: str, folded: str) -> bool:
    """Tell whether a folded text holds a name in any case: a short one (Цой, Ли) as a whole word only, with the endings of cases."""
    if stem := stem_of(name):
        return stem in folded
    word = fold(name).strip()
    if not word:
        return False
    base = word[:-1] if word[-1] in _DECLINED else word
    return re.search(rf"\b(?:{re.escape(word)}|{re.escape(base)}{_CASES})\b", folded) is not None


def _lines(texts: Iterable[str]) -> Iterable[str]:
    """Return each text and all of them in one: a name may stand in two cells of a row."""
    whole = list(texts)
    yield from whole
    yield " ".join(whole)


def _folded(values: Iterable[Any]) -> Iterable[str]:
    for value in values:
        if isinstance(value, str):
            yield fold(value)
        elif isinstance(value, Mapping):
            yield from _folded([*value.keys(), *value.values()])
        elif isinstance(value, list | tuple):
            yield from _folded(value)
