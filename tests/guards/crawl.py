"""Every page asked by everybody and by every method, once a run: several guards judge the same answers."""

import re
from dataclasses import dataclass

from django.db import transaction
from django.http.response import ResponseHeaders
from tests.guards.routes import METHODS, Route, addresses, one_of_each_state
from tests.guards.world import World

FETCHES = re.compile(
    r"""<(?:script|img|link|iframe|source|video|audio|embed|object|form|use|image)\b[^>]*?\s(?:src|srcset|href|data|action|poster|xlink:href)\s*=\s*["']?([^"'\s>]*)""",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Answer:
    """What a page answered; `elsewhere` are the addresses of other hosts it would fetch from or send to."""

    method: str
    address: str
    status_code: int
    headers: ResponseHeaders
    elsewhere: list[str]


_kept: dict[tuple[str, str], list[Answer]] = {}


def fetched_elsewhere(body: str) -> list[str]:
    """Return what a finished page would fetch from, or send to, another host."""
    return [address for address in FETCHES.findall(body) if re.match(r"\w+:|//", address)]


def answers(world: World, route: Route, actor: str) -> list[Answer]:
    """Return what a page answers an actor, for an object in each state and by every method."""
    if (route.name, actor) not in _kept:
        _kept[route.name, actor] = [
            _answer(world, actor, method, address)
            for address in addresses(route, world.cast.school.organisation, one_of_each_state)
            for method in METHODS
        ]
    return _kept[route.name, actor]


def _answer(world: World, actor: str, method: str, address: str) -> Answer:
    with transaction.atomic():
        response = world.browser(actor).generic(method, address)
        transaction.set_rollback(True)
    is_page = "html" in response.headers.get("Content-Type", "")
    elsewhere = fetched_elsewhere(response.content.decode()) if is_page else []
    return Answer(method, address, response.status_code, response.headers, elsewhere)
