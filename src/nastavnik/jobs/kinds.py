"""Kinds of jobs: an app says in one place what its job does, who may ask for it and what the page says meanwhile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django_stubs_ext import StrOrPromise

from nastavnik.core.access import Perm
from nastavnik.core.http import Request

#: Told the step, how many are done and of how many (0 of 0 where nobody can tell); raises when the job is to end.
Watch = Callable[[str, int, int], None]
Words = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Order:
    """What a job is given.

    Attributes:
        organisation_id: whose job it is.
        given: keys and values the app put in, as JSON.
        upload: the bytes of the file it is about; None where it is about none.
        by: who asked for it; None when the account is gone.
    """

    organisation_id: int
    given: Words
    upload: bytes | None
    by: models.Model | None


@dataclass(frozen=True, slots=True)
class Ended:
    """A job that is done, as its app sees it.

    Attributes:
        pk: its key, for an address that shows the result.
        given: as in its order.
        result: what `JobKind.keep` returned.
    """

    pk: int
    given: Words
    result: Words


def nowhere(_order: Order, found: Any) -> Any:  # noqa: ANN401 - what a kind finds is its own
    """Keep what was found as the result: nothing else is written."""
    return found


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of job.

    The work has two halves, so that nothing is held while it counts and nothing is written twice: `find` does the long
    part outside of every transaction, `keep` writes what it found in the very transaction that ends the job. `find` may
    be done anew after an interruption; a refusal of either is told in its words.

    Attributes:
        code: «app.name», kept with each job.
        heading: what the page is called while it lasts.
        busy: why a second one of the same `alone` is refused.
        perm: who may ask for it and see it.
        find: the long part.
        keep: writes, and returns the result as JSON.
        arrive: says what came of it to whoever comes back, and returns the address it leads to.
        back: the address one comes from.
        tells: the sentence under the heading.
        steps: step → words.
        is_short: whether it is done beside the long ones: somebody waits for it at the screen.
    """

    code: str
    heading: StrOrPromise
    busy: StrOrPromise
    perm: Perm
    find: Callable[[Order, Watch], Any]
    arrive: Callable[[Request, Ended], str]
    back: Callable[[Words], str]
    tells: Callable[[Words], StrOrPromise]
    keep: Callable[[Order, Any], Words] = nowhere
    steps: Mapping[str, StrOrPromise] = field(default_factory=dict)
    is_short: bool = False


_kinds: dict[str, JobKind] = {}


def register(kind: JobKind) -> None:
    """Add a kind; registering the code again replaces it."""
    _kinds[kind.code] = kind


def kind_of(code: str) -> JobKind:
    """Return a kind by its code."""
    return _kinds[code]


def all_kinds() -> tuple[JobKind, ...]:
    """Return every kind there is."""
    return tuple(_kinds.values())
