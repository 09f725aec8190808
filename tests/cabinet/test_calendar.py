"""The own calendar by a secret address: what stands in it, who opens it, how it ends."""

import datetime as dt
import html
import re

import pytest
from django.urls import reverse
from tests.mentorships.scenes import run_pairs
from tests.pages import guest, signed_in, text

from nastavnik.cabinet.models import CalendarLink
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.models import AuditEntry
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.models import Meeting
from nastavnik.people.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.both]
ADDRESS = re.compile(r"<code>[^<]*(/c/[0-9A-Z]{26}\.ics)</code>")


def made(client):
    page = text(client.post("/calendar/", {"do": "make"}))
    return html.unescape(ADDRESS.search(page).group(1))


def fields(body, name):
    unfolded = body.replace("\r\n ", "")
    return re.findall(rf"^{name}[^:]*:(.*)\r$", unfolded, re.MULTILINE)


def read(address):
    answer = guest().get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    assert answer["Cache-Control"] == "no-store"
    return answer.content.decode()


@pytest.fixture
def running(cast):
    run_pairs(cast.school)
    return cast


def test_the_days_of_all_meetings_ahead_stand_in_it_and_no_name(running):
    body = read(made(signed_in(running.anna, language="")))
    ahead = Meeting.objects.filter(
        mentorship__organisation=running.school.organisation,
        mentorship__status=MentorshipStatus.ACTIVE,
        planned_on__gte=today(),
    )
    days = {f"{day:%Y%m%d}" for day in ahead.values_list("planned_on", flat=True)}
    assert len(days) > 3
    assert days <= set(fields(body, "DTSTART"))
    for person in running.school.people.values():
        assert person.last_name not in body


def test_keys_are_the_same_at_every_reading_and_like_nobody_elses(running):
    first = made(signed_in(running.anna))
    keys = fields(read(first), "UID")
    assert keys == fields(read(first), "UID")
    assert len(keys) == len(set(keys)) > 0
    other = made(signed_in(running.users[Role.DIRECTOR]))
    assert not set(keys) & set(fields(read(other), "UID"))


def test_a_mentor_has_the_own_meetings_alone(running):
    mentor = running.users[Role.MENTOR]
    body = read(made(signed_in(mentor)))
    own = Meeting.objects.visible_to(mentor).filter(planned_on__gte=today())
    assert {f"{day:%Y%m%d}" for day in own.values_list("planned_on", flat=True)} <= set(
        fields(body, "DTSTART")
    )
    others = Meeting.objects.filter(planned_on__gte=today()).exclude(pk__in=own.values("pk"))
    alone = set(others.values_list("planned_on", flat=True)) - set(
        own.values_list("planned_on", flat=True)
    )
    assert not {f"{day:%Y%m%d}" for day in alone} & set(fields(body, "DTSTART"))


def test_it_is_seen_once_kept_as_a_digest_and_ends(running):
    client = signed_in(running.anna)
    address = made(client)
    assert not ADDRESS.search(text(client.get("/calendar/")))
    token = address[3:-4]
    assert token not in str(list(CalendarLink.objects.values()))
    again = made(client)
    assert guest().get(address).status_code == 404
    read(again)
    client.post("/calendar/", {"do": "end"})
    gone = guest().get(again)
    assert gone.status_code == 404
    assert (
        gone.content == guest().get(f"/c/{'0' * 26}.ics").content
    )  # ended and invented look alike
    acts = AuditEntry.objects.filter(action__startswith="calendar-link").values_list(
        "action", flat=True
    )
    assert sorted(acts) == ["calendar-link-ended", "calendar-link-made", "calendar-link-made"]


def test_it_ends_with_the_role(running):
    address = made(signed_in(running.anna))
    Membership.objects.filter(user=running.anna).update(ends_on=today() - dt.timedelta(days=1))
    assert guest().get(address).status_code == 404


def test_today_leads_there(cast):
    assert reverse("cabinet:calendar") in text(signed_in(cast.anna).get("/today/"))
