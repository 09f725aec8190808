"""Every page asked by everybody and by every method, once a run: several guards judge the same answers."""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from django.db import transaction
from django.http.response import HttpResponseBase, ResponseHeaders
from tests.guards.routes import METHODS, Route, addresses, one_of_each_state
from tests.guards.world import World

FETCHES = re.compile(
    r"""<(?:script|img|link|iframe|source|video|audio|embed|object|form|use|image)\b[^>]*?\s(?:src|srcset|href|data|action|poster|xlink:href)\s*=\s*["']?([^"'\s>]*)""",
    re.IGNORECASE,
)
REFUSED_AS_SUCH = 405
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


# by actor, method and address: the rows of the world are the same under the same keys whenever it is laid down
_kept: dict[tuple[str, str, str], Answer] = {}


def fetched_elsewhere(body: str) -> list[str]:
    """Return what a finished page would fetch from, or send to, another host."""
    return [address for address in FETCHES.findall(body) if re.match(r"\w+:|//", address)]


def answers(world: World, route: Route, actor: str) -> list[Answer]:
    """Return what a page answers an actor, for an object in each state and by every method."""
    found = addresses(route, world.cast.school.organisation, one_of_each_state)
    return list(by_every_method(found, lambda *asked: answer(world, actor, *asked)))


def by_every_method(found: Iterable[str], ask: Callable[[str, str], A]) -> Iterator[A]:
    """Yield what the addresses of one page answer by every method.

    A method a page does not know it refuses by its decorator, before it looks at who asks for what: what the first
    address has refused with 405 is not asked of the others.
    """
    unknown = set()
    for address in found:
        for method in METHODS:
            if method not in unknown:
                answered = ask(method, address)
                if answered.status_code == REFUSED_AS_SUCH:
                    unknown.add(method)
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
