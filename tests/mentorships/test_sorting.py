"""The list of pairs in an order the reader chose, the marks of both sides side by side."""

import datetime as dt

import pytest
from django.utils import translation
from tests.cast import approve_pairs
from tests.pages import signed_in, text

from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.documents.actions import register_document, set_requisites
from nastavnik.mentorships.actions import note_meeting
from nastavnik.mentorships.choices import Mark, MeetingStatus
from nastavnik.mentorships.models import Mentorship
from nastavnik.mentorships.queries import PAIR_ORDERS, Voice, moods_of
from nastavnik.programmes.choices import Side

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(cast):
    order = approve_pairs(cast.school)
    set_requisites(order, number="1", dated_on=cast.school.year.starts_on, by=cast.anna)
    register_document(order, by=cast.anna)
    for number, pair in enumerate(Mentorship.objects.order_by("-pk")):
        Mentorship.objects.filter(pk=pair.pk).update(
            ends_on=today() + dt.timedelta(days=60 + number)
        )
    return cast


def shown(client, sort):
    return [pair.pk for pair in client.get("/pairs/", {"sort": sort}).context["pairs"]]


def keys(*fields):
    return list(Mentorship.objects.order_by(*fields).values_list("pk", flat=True))


@pytest.mark.parametrize("sort", [name for name in PAIR_ORDERS if name != "state"])
def test_pairs_stand_in_the_order_chosen_and_turned_round(running, sort):
    client = signed_in(running.anna)
    fields = [*PAIR_ORDERS[sort], "pk"]
    assert shown(client, sort) == keys(*fields)
    assert shown(client, f"-{sort}") == keys(*(f"-{name}" for name in fields))
    page = text(client.get("/pairs/", {"sort": f"-{sort}"}))
    assert page.count('aria-sort="descending"') == 1


def test_at_first_and_by_nonsense_pairs_stand_by_risk(running):
    client = signed_in(running.anna)
    pair = Mentorship.objects.order_by("mentor__person__search_name").last()
    note_meeting(
        pair.meetings.first(), None, voice=Voice(Side.MENTEE), mark=Mark.HELP, by=running.anna
    )
    for sort in ("", "state", "nonsense", "-nonsense"):
        assert shown(client, sort)[0] == pair.pk
    assert shown(client, "-state")[-1] == pair.pk
    assert 'name="sort" value="until"' in text(client.get("/pairs/", {"sort": "until"}))


@pytest.mark.parametrize("address", ["/mentees/", "/mentors/"])
def test_bases_stand_by_name_and_state(cast, address):
    client = signed_in(cast.anna)

    def names(sort):
        return [
            row.record.person.search_name
            for row in client.get(address, {"sort": sort}).context["rows"]
        ]

    assert names("name") == names("") == names("nonsense") == sorted(names("name"))
    assert names("-name") == sorted(names("name"), reverse=True)
    states = [row.record.status for row in client.get(address, {"sort": "-state"}).context["rows"]]
    assert states == sorted(states, reverse=True)


def marked(pair, count, anna):
    meetings = list(pair.meetings.all())[:count]
    for number, meeting in enumerate(meetings):
        meeting.planned_on = today() - dt.timedelta(days=30 - number)
        meeting.save()
        mark = Mark.HARD if number == 1 else Mark.GOOD
        note_meeting(meeting, MeetingStatus.HELD, voice=Voice(Side.MENTEE), mark=mark, by=anna)
    return list(pair.meetings.all())


@pytest.mark.usefixtures("within_the_year")
def test_marks_stand_side_by_side_and_a_blank_stays_a_blank(running):
    pair = Mentorship.objects.first()
    assert moods_of(pair.meetings.all()) is None
    with translation.override("en"):
        few = moods_of(marked(pair, 2, running.anna))
        many = moods_of(marked(pair, 4, running.anna))
    assert few.sums == ()
    assert len(many.days) == 4
    rows = dict(many.rows)
    assert rows["Mentor"] == (("", ""),) * 4
    assert [icon for icon, _word in rows["Mentee"]] == ["smile", "frown", "smile", "smile"]
    assert many.sums == ("Mentor: no mark 4.", "Mentee: good 3, hard 1.")


def test_marks_are_shown_to_who_may_read_them(running):
    pair = Mentorship.objects.filter(form__code="pupil_pupil").first()
    marked(pair, 2, running.anna)
    for role in (Role.CURATOR, Role.PSYCHOLOGIST):
        page = text(signed_in(running.users[role]).get(f"/pairs/{pair.pk}/"))
        assert "How it was" in page
        assert "Too few meetings to judge by." in page
    for role in (Role.DIRECTOR, Role.SOCIAL_TEACHER):
        assert "How it was" not in text(signed_in(running.users[role]).get(f"/pairs/{pair.pk}/"))
