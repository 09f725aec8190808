"""Marks of meetings and the psychologist's outcomes change nothing on the pages of those who may not read them.

Every page of a role is read twice, with other marks and other outcomes the second time: pages, exports, print, search,
timeline and news, whatever the door. A single differing word is a leak, also one that only counts.
"""

import re
from itertools import cycle

import pytest
from django.db import transaction
from tests.guards.routes import addresses, all_routes, one_of_each_state
from tests.guards.test_scope import text_of

from nastavnik.core.access import GRANTS, Perm, Role
from nastavnik.matching.choices import OpinionOutcome
from nastavnik.matching.models import Opinion
from nastavnik.mentorships.choices import Mark, MeetingStatus
from nastavnik.mentorships.models import Meeting

pytestmark = pytest.mark.django_db

READERS = [role for role in Role if Perm.MARK_VIEW in GRANTS[role]]
#: Everybody of the school who reads pairs and no marks; the one the rule is about comes first.
OTHERS = [Role.DIRECTOR, Role.DEPUTY_DIRECTOR, Role.SOCIAL_TEACHER, Role.CLASS_TEACHER]
WAYS = ("", "?as=xlsx", "?as=print", "?q=трудно")
# what differs from one answer to the next by itself: tokens, stamps, moments inside files
_CHANGING = re.compile(
    r'(csrfmiddlewaretoken|stamp|opened)"[^>]*value="[^"]*"|set-cookie: .*|\d{4}-\d\d-\d\dt[\d:.]+z|dtstamp:.*|content-length: .*|id: .*'
)
_OPENED_IN_DAILY_TESTS = 1


def say(marks, outcomes):
    """Let the meetings that were held and the opinions carry other words, past the actions and their trail."""
    for meeting, mark in zip(Meeting.objects.order_by("pk"), cycle(marks), strict=False):
        stands = meeting.status == MeetingStatus.HELD or mark == Mark.HELP
        kept = mark if stands else Mark.NONE
        Meeting.objects.filter(pk=meeting.pk).update(mentor_mark=kept, mentee_mark=kept)
    for opinion, outcome in zip(Opinion.objects.order_by("pk"), cycle(outcomes), strict=False):
        Opinion.objects.filter(pk=opinion.pk).update(outcome=outcome)


def read(world, actor, routes):
    """Return address → what an actor reads there, without what changes by itself."""
    browser, found = world.browser(actor), {}
    for route in routes:
        for address in addresses(route, world.cast.school.organisation, one_of_each_state):
            for way in (
                WAYS
                if route.name.endswith((":list", "ledger", "month", "base", "search"))
                else WAYS[:1]
            ):
                with transaction.atomic():
                    found[address + way] = _CHANGING.sub("", text_of(browser.get(address + way)))
                    transaction.set_rollback(True)
    return found


def differing(world, actor, routes):
    """Return the addresses on which an actor reads something else when only marks and outcomes differ."""
    seen = []
    for marks, outcomes in (
        ([Mark.GOOD], [OpinionOutcome.FOR]),
        ([Mark.HELP], [OpinionOutcome.AGAINST]),
    ):
        with transaction.atomic():
            say(marks, outcomes)
            seen.append(read(world, actor, routes))
            transaction.set_rollback(True)
    assert seen[0].keys() == seen[1].keys()
    return [address for address in seen[0] if seen[0][address] != seen[1][address]]


def hold_some(world):
    """Let a meeting of a pair have taken place, so that marks stand on something."""
    meeting = Meeting.objects.filter(
        mentorship__organisation=world.cast.school.organisation
    ).first()
    Meeting.objects.filter(pk=meeting.pk).update(
        status=MeetingStatus.HELD, held_on=meeting.planned_on
    )


@pytest.mark.parametrize("role", OTHERS)
def test_marks_and_outcomes_change_nothing_for_who_may_not_read_them(world, role, request):
    deep = request.config.getoption("--deep")
    if OTHERS.index(role) >= _OPENED_IN_DAILY_TESTS and not deep:
        pytest.skip("the long run reads for the others too")
    hold_some(world)
    routes = [
        route
        for route in all_routes()
        if not route.is_public and world.viewer(role.value).may(route.access)
    ]
    assert len(routes) > 10
    assert differing(world, role.value, routes) == []


def test_for_who_may_read_them_they_do(world):
    """The control: the same reading finds the difference where it is meant to be."""
    hold_some(world)
    names = {"mentorships:card", "mentorships:list", "cabinet:home"}
    routes = [route for route in all_routes() if route.name in names]
    for role in READERS:
        assert differing(world, role.value, routes), role


def test_the_director_is_none_of_the_readers():
    assert set(READERS) == {Role.CURATOR, Role.PSYCHOLOGIST}
    assert Perm.OPINION_VIEW not in GRANTS[Role.DIRECTOR]
    assert Perm.REFUSAL_VIEW not in GRANTS[Role.DIRECTOR]
