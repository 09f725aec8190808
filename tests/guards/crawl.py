"""Every page asked by everybody and by every method, once a run: several guards judge the same answers."""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from django.db import transaction
from django.db.models import Model
from django.http.response import HttpResponseBase, ResponseHeaders
from tests.guards.routes import METHODS, Route, addresses, one_of_each_state
from tests.guards.world import World

from nastavnik.core.access import Viewer
from nastavnik.organisations.models import Organisation

FETCHES = re.compile(
    r"""<(?:script|img|link|iframe|source|video|audio|embed|object|form|use|image)\b[^>]*?\s(?:src|srcset|href|data|action|poster|xlink:href)\s*=\s*["']?([^"'\s>]*)""",
    re.IGNORECASE,
)
REFUSED_AS_SUCH = 405
# Whose permissions are those of another actor, all or a part of them: in the ordinary run one object shows what they see.
AS_OTHERS = {"deputy_director", "social_teacher", "class_teacher", "staff_curator", "vera"}
# in the long run: what follows from the decorators of a page is tried at every address all the same
is_whole = False
A = TypeVar("A", "Answer", HttpResponseBase)


@dataclass(frozen=True)
class Answer:
    """What a page answered."""

    method: str
    address: str
    status_code: int
    headers: ResponseHeaders
    _packed: bytes = field(repr=False)

    @property
    def content(self) -> bytes:
        return zlib.decompress(self._packed)

    @property
    def is_html(self) -> bool:
        return "html" in self.headers.get("Content-Type", "")

    @cached_property
    def elsewhere(self) -> list[str]:
        """Return the addresses of other hosts the page would fetch from or send to."""
        return fetched_elsewhere(self.content.decode()) if self.is_html else []


# The rows of the world are the same under the same keys whenever it is laid down: what is known of one is known of all.
# By actor, method and address what was answered; by route, school and choice the addresses; by actor who that is; by route
# and whether somebody is signed in the methods the page has refused as such.
_kept: dict[tuple[str, str, str], Answer] = {}
_addresses: dict[tuple[str, int, object], list[str]] = {}
_viewers: dict[str, Viewer | None] = {}
_lacking: dict[tuple[str, bool], set[str]] = {}


def fetched_elsewhere(body: str) -> list[str]:
    """Return what a finished page would fetch from, or send to, another host."""
    return [address for address in FETCHES.findall(body) if re.match(r"\w+:|//", address)]


def addresses_of(
    route: Route,
    organisation: Organisation,
    choose: Callable[[Iterable[Model]], list[Model]] = list,
) -> list[str]:
    """Return the addresses of a page in the world as it was laid down; a guard that adds rows asks `routes.addresses`."""
    key = route.name, organisation.pk, choose
    if key not in _addresses:
        _addresses[key] = addresses(route, organisation, choose)
    return _addresses[key]


def viewer_of(world: World, actor: str) -> Viewer | None:
    """Return who an actor is in the world as it was laid down."""
    if actor not in _viewers:
        _viewers[actor] = world.viewer(actor)
    return _viewers[actor]


def may_open(world: World, route: Route, actor: str) -> bool:
    """Tell whether the mark of a page lets an actor in."""
    viewer = viewer_of(world, actor)
    return route.is_public or (viewer is not None and viewer.may(route.access))


def asked_of(world: World, route: Route, actor: str, found: list[str]) -> list[str]:
    """Return those addresses of a page that have something to say to an actor: whom its mark refuses it refuses at each.

    The mark stands before the page and does not look at the address (tests/guards/test_access.py), so one shows it.
    """
    return found if is_whole or may_open(world, route, actor) else found[:1]


def answers(world: World, route: Route, actor: str) -> list[Answer]:
    """Return what a page answers an actor, for an object in each state and by every method."""
    found = addresses_of(route, world.cast.school.organisation, one_of_each_state)
    as_others = actor in AS_OTHERS and not is_whole
    return answers_at(world, route, actor, found[:1] if as_others else found)


def answers_at(world: World, route: Route, actor: str, found: list[str]) -> list[Answer]:
    """Return what addresses of a page answer an actor by every method."""
    lacking = _lacking.setdefault((route.name, world.actors[actor] is None), set())
    if is_whole:
        lacking = set()
    chosen = asked_of(world, route, actor, found)
    return list(by_every_method(chosen, lambda *asked: answer(world, actor, *asked), lacking))


def pages_for(
    world: World, actor: str, organisation: Organisation, routes: Iterable[Route]
) -> Iterator[tuple[Route, Answer]]:
    """Yield what each page answers when an actor opens it, for every row of a school.

    In the ordinary run, for the roles of `AS_OTHERS`, for a row in each state.
    """
    as_others = actor in AS_OTHERS - {"staff_curator", "vera"} and not is_whole
    choose = one_of_each_state if as_others else list
    for route in routes:
        for address in asked_of(world, route, actor, addresses_of(route, organisation, choose)):
            answered = answer(world, actor, "GET", address)
            yield route, answered
            if answered.status_code == REFUSED_AS_SUCH:
                break


def by_every_method(
    found: Iterable[str], ask: Callable[[str, str], A], lacking: set[str] | None = None
) -> Iterator[A]:
    """Yield what the addresses of one page answer by every method.

    A method a page does not know it refuses by its decorator, before it looks at who asks for what: what one address has
    refused with 405 is not asked of the others. It is noted in `lacking`, which may be handed on to the next who asks.
    """
    lacking = set() if lacking is None else lacking
    for address in found:
        for method in METHODS:
            if method not in lacking:
                answered = ask(method, address)
                if answered.status_code == REFUSED_AS_SUCH:
                    lacking.add(method)
                yield answered


def answer(world: World, actor: str, method: str, address: str) -> Answer:
    """Return what an address answers an actor; asked once a run, and nothing of it stays."""
    key = actor, method, address
    if key not in _kept:
        _kept[key] = _answer(world, *key)
    return _kept[key]


def _answer(world: World, actor: str, method: str, address: str) -> Answer:
    with transaction.atomic():
        response = world.browser(actor).generic(method, address)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    return Answer(method, address, response.status_code, response.headers, zlib.compress(body, 1))
