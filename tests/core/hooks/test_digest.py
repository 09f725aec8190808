"""What others have done since the last visit, the coming week, and where the moment of the visit is kept."""

import datetime as dt

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone, translation
from tests.cast import approve_pairs
from tests.pages import signed_in, text

from nastavnik.core import request_cache
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.hooks import digest, upcoming
from nastavnik.core.ui import visits
from nastavnik.documents.actions import register_document, set_requisites
from nastavnik.mentorships.actions import Note, enter_month
from nastavnik.mentorships.choices import MeetingStatus
from nastavnik.mentorships.models import Meeting, Mentorship
from nastavnik.people.models import User
from nastavnik.programmes.actions import plan_group_meeting
from nastavnik.programmes.models import MentoringForm

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def told(user, since=LONG_AGO):
    with translation.override("en"):
        return [one.words for one in digest.digest_for(User.objects.get(pk=user.pk), since)]


def running(cast):
    order = approve_pairs(cast.school)
    set_requisites(order, number="1", dated_on=cast.school.year.starts_on, by=cast.anna)
    register_document(order, by=cast.anna)
    return Mentorship.objects.filter(ties__order=order)


@pytest.mark.django_db
def test_news_are_what_others_did_to_what_one_sees(cast):
    running(cast)
    director = told(cast.users[Role.DIRECTOR])
    assert "3 pairs were approved" in director
    assert "1 paper was registered" in director
    assert told(cast.anna) == []  # her own work is no news
    assert "3 pairs were approved" not in told(cast.vera)


@pytest.mark.django_db
def test_a_number_counts_only_what_one_may_see(cast):
    running(cast)
    by_form = told(cast.staff_curator)
    assert "1 pair was approved" in by_form
    teacher = told(cast.users[Role.CLASS_TEACHER])
    assert "2 pairs were approved" in teacher  # both pupils of 5А
    assert not [words for words in teacher if "paper" in words]
    assert told(cast.users[Role.MENTEE]) == ["you have 1 new pair"]
    assert told(cast.users[Role.COORDINATOR]) == []


@pytest.mark.django_db
def test_what_was_before_the_moment_is_not_told(cast):
    running(cast)
    assert told(cast.users[Role.DIRECTOR], timezone.now()) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("within_the_year")
def test_a_note_of_the_other_side_is_no_news_to_a_participant(cast):
    pairs = running(cast)
    past = Meeting.objects.filter(mentorship__in=pairs)
    past.update(planned_on=today())
    notes = {meeting: Note(status=MeetingStatus.HELD) for meeting in past.filter(kind="trial")}
    enter_month(notes, by=cast.users[Role.MENTOR])
    assert told(cast.users[Role.MENTEE]) == ["you have 1 new pair"]
    assert "3 meetings were noted" in told(cast.anna)
    # nor to those who may not read marks: a call for help is a note too
    for role in (Role.DIRECTOR, Role.CLASS_TEACHER):
        assert not [words for words in told(cast.users[role]) if "noted" in words]


@pytest.mark.django_db
def test_news_ask_two_questions_whatever_there_is(cast, django_assert_num_queries):
    running(cast)
    user = User.objects.get(pk=cast.users[Role.DIRECTOR].pk)
    assert user.viewer
    with django_assert_num_queries(2):
        assert len(digest.digest_for(user, LONG_AGO)) > 3
    with django_assert_num_queries(1):
        assert digest.digest_for(user, timezone.now()) == []


# ---------------------------------------------------------------- the week


def week(user):
    with translation.override("en"):
        days = upcoming.week_of(User.objects.get(pk=user.pk), today())
    return {day: [one.title for one in some] for day, some in days}


@pytest.mark.django_db
@pytest.mark.usefixtures("within_the_year")
def test_the_week_holds_meetings_for_each_in_the_own_way(cast):
    pairs = running(cast)
    meetings = Meeting.objects.filter(mentorship__in=pairs)
    meetings.update(planned_on=today() + dt.timedelta(100))
    soon = today() + dt.timedelta(2)
    meetings.filter(kind="trial").update(planned_on=soon)
    meetings.filter(kind="planning").update(planned_on=today() + dt.timedelta(7))  # the next week
    assert week(cast.anna)[soon] == ["3 meetings are planned"]
    assert max(week(cast.anna)) == soon
    assert week(cast.users[Role.CLASS_TEACHER])[soon] == ["2 meetings are planned"]
    assert week(cast.users[Role.MENTEE]) == {soon: ["Your meeting: trial"]}
    assert week(cast.vera).get(soon) is None
    assert week(cast.users[Role.COORDINATOR]) == {}


@pytest.mark.django_db
@pytest.mark.usefixtures("within_the_year")
def test_the_week_holds_the_group_meeting_and_the_last_day(cast):
    on = today() + dt.timedelta(3)
    records = cast.school.records
    invited = [records["older"], records["younger"]]
    plan_group_meeting(cast.school.programme, invited, held_on=on, place="зал", by=cast.anna)
    assert week(cast.anna)[on] == ["Group meeting"]
    assert week(cast.users[Role.MENTEE])[on] == ["Group meeting of mentors and mentees: зал"]
    programme = cast.school.programme
    programme.ends_on = today() + dt.timedelta(4)
    programme.save()
    assert week(cast.anna)[programme.ends_on] == ["The last day of the programme"]


# ---------------------------------------------------------------- the moment of the visit


def look(cookies, now, user_id=7):
    """Open the first page; return since when it tells and the cookies after it."""
    request = RequestFactory().get("/today/")
    request.COOKIES.update(cookies)
    since = visits.last_visit(request, user_id, now)
    response = HttpResponse()
    visits.keep_visit(request, response, user_id, now)
    return since, {name: morsel.value for name, morsel in response.cookies.items()}


def test_looks_close_together_are_one_visit():
    since, kept = look({}, NOW)
    assert since is None
    since, kept = look(kept, NOW + dt.timedelta(minutes=5))
    assert since is None  # it is still the first visit
    since, kept = look({}, NOW)
    monday = NOW + dt.timedelta(days=3)
    since, kept = look(kept, monday)
    assert since == NOW
    for minutes in (1, 30, 239):
        since, kept = look(kept, monday + dt.timedelta(minutes=minutes))
        assert since == NOW, minutes
    since, _kept = look(kept, monday + dt.timedelta(days=1))
    assert since == monday + dt.timedelta(minutes=239)


def test_each_person_of_one_browser_has_an_own_moment():
    _since, kept = look({}, NOW, user_id=7)
    assert look(kept, NOW + dt.timedelta(days=1), user_id=8)[0] is None


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x.y",
        "1",
        "1.2",
        "9999999999.9999999999",
        "²²²²²²²²²².1",
        "1795339000.1795339000.1",
        "0.0",
    ],
)
def test_a_cookie_that_is_no_visit_is_none(value):
    assert look({"seen-7": value}, NOW)[0] is None


def test_the_cookie_is_for_the_server_alone():
    request = RequestFactory().get("/today/", secure=True)
    response = HttpResponse()
    visits.keep_visit(request, response, 7, NOW)
    cookie = response.cookies["seen-7"]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", True)


@pytest.mark.django_db
def test_the_first_page_tells_the_week_and_the_news(cast):
    running(cast)
    client = signed_in(cast.users[Role.DIRECTOR])
    page = text(client.get("/today/"))
    assert "In the last seven days" in page
    assert "3 pairs were approved" in page
    assert "This week" in page
    assert f"seen-{cast.users[Role.DIRECTOR].pk}" in client.cookies


# ---------------------------------------------------------------- asked once a page


def test_a_question_is_asked_once_a_page_and_anew_outside():
    asked = []

    def ask():
        asked.append(1)
        return len(asked)

    assert (request_cache.cached("q", ask), request_cache.cached("q", ask)) == (1, 2)
    with request_cache.caching():
        assert (request_cache.cached("q", ask), request_cache.cached("q", ask)) == (3, 3)
        assert request_cache.cached("other", ask) == 4
    assert request_cache.cached("q", ask) == 5


@pytest.mark.django_db
def test_what_is_written_is_seen_at_once(cast):
    """A page that writes remembers nothing: what it answers is never older than what it did."""
    client = signed_in(cast.anna)
    assert client.get("/today/").context["programme"] == cast.school.programme
    MentoringForm.objects.update(max_mentees=2)
    cast.school.programme.delete()
    assert client.get("/today/").context["programme"] is None
