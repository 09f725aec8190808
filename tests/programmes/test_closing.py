"""The close of a year: who never got a pair has finished too, many at once, said before, with a way back."""

import pytest
from django.urls import reverse
from tests.cast import approve_pairs
from tests.pages import counts, said, signed_in, text

from nastavnik.closing.choices import ClosingStage, StageState
from nastavnik.closing.queries import steps_of_closing
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks import attention
from nastavnik.core.models import AuditEntry
from nastavnik.mentorships.actions import set_pair_status
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.models import Mentorship
from nastavnik.programmes.actions import set_participation_status, settle_next_year
from nastavnik.programmes.choices import AfterEnd, Side
from nastavnik.programmes.choices import ParticipationStatus as S
from nastavnik.programmes.models import Participation

pytestmark = pytest.mark.django_db
MENTEES = reverse("programmes:closing", args=["mentee"])


def read(record):
    return Participation.objects.get(pk=record.pk)


@pytest.fixture
def closing(cast):
    """Let all pairs of the first school be completed; one mentee never got one, and somebody is still being prepared."""
    approve_pairs(cast.school)
    for pair in Mentorship.objects.filter(organisation=cast.school.organisation):
        Mentorship.objects.filter(pk=pair.pk).update(status=MentorshipStatus.ACTIVE)
        set_pair_status(pair, MentorshipStatus.COMPLETED, by=cast.anna)
    return cast


@pytest.mark.both
def test_who_never_got_a_pair_finishes_and_comes_back(cast):
    waiting, other = cast.school.records["waiting"], cast.school.records["younger"]
    set_participation_status(other, S.CANDIDATE, by=cast.anna)
    changed = settle_next_year([waiting, other], after=AfterEnd.GOES_ON, by=cast.anna)
    assert {one.pk for one in changed} == {waiting.pk, other.pk}
    for one in (waiting, other):
        assert (read(one).status, read(one).ends_on, read(one).goes_on) == (
            S.FINISHED,
            today(),
            True,
        )
    assert AuditEntry.objects.filter(action="next-year-noted").count() == 2
    assert settle_next_year([waiting], after=AfterEnd.GOES_ON, by=cast.anna) == []
    settle_next_year([waiting], after=AfterEnd.STOPS, by=cast.anna)
    assert (read(waiting).status, read(waiting).goes_on) == (S.FINISHED, False)
    settle_next_year([waiting, other], after=AfterEnd.AGAIN, by=cast.anna)
    for one in (waiting, other):
        assert (read(one).status, read(one).ends_on, read(one).goes_on) == (S.CANDIDATE, None, None)


def test_who_is_in_a_pair_or_has_left_is_refused_by_name_and_nothing_is_written(cast):
    approve_pairs(cast.school)
    records = cast.school.records
    set_participation_status(records["waiting"], S.LEFT, by=cast.anna)
    before = counts()
    for key, word in (("younger", "паре"), ("waiting", "базе")):
        with pytest.raises(RefusedError, match=records[key].person.last_name) as refusal:
            settle_next_year([records[key]], after=AfterEnd.STOPS, by=cast.anna)
        assert word in str(refusal.value)
    assert counts() == before


def test_the_page_says_what_follows_before_it_is_done(cast):
    client = signed_in(cast.anna)
    waiting = cast.school.records["waiting"]
    data = {"records": [waiting.pk], "after": "goes_on"}
    before = counts()
    asked = client.post(MENTEES, data)
    page = text(asked)
    assert "End the participation of 1 person?" in page
    assert "no longer waits for a pair" in page
    assert "taken back on this page" in page
    assert (counts(), read(waiting).status) == (before, waiting.status)
    done = client.post(MENTEES, {**data, "sure": "1"}, follow=True)
    assert said(done) == ["Kept of 1 person."]
    assert read(waiting).status == S.FINISHED
    back = {"records": [waiting.pk], "after": "again"}
    assert "Put 1 person back into the base?" in text(client.post(MENTEES, back))
    client.post(MENTEES, {**back, "sure": "1"})
    assert read(waiting).status == S.CANDIDATE


@pytest.mark.parametrize(
    "data", [{}, {"after": "goes_on"}, {"after": "nonsense", "records": ["1"]}]
)
def test_nothing_is_done_without_people_and_an_answer(cast, data):
    before = counts()
    assert signed_in(cast.anna).post(MENTEES, {**data, "sure": "1"}).status_code == 422
    assert counts() == before


def test_a_foreign_record_and_other_roles_do_nothing(cast):
    foreign = cast.other.records["waiting"]
    sent = {"records": [foreign.pk], "after": "stops", "sure": "1"}
    assert signed_in(cast.anna).post(MENTEES, sent).status_code == 422
    assert read(foreign).status == foreign.status
    for role in (Role.DIRECTOR, Role.CLASS_TEACHER, Role.PSYCHOLOGIST):
        assert signed_in(cast.users[role]).get(MENTEES).status_code == 403


def test_the_list_is_narrowed_to_whom_something_is_to_be_said_of(closing):
    client = signed_in(closing.anna)

    def names(**query):
        return {row.person.last_name for row in client.get(MENTEES, query).context["page"]}

    assert "Ждунов" in names(status="waiting")
    assert "Младшов" in names(status="unasked")
    assert names(status="unasked") & names(status="waiting") == set()
    assert names(status="goes_on") == set()
    assert names(q="ждун") == {"Ждунов"}


def test_today_leads_there_until_everybody_is_settled(closing):
    Participation.objects.filter(programme=closing.school.programme, status=S.READY).update(status=S.CANDIDATE)  # fmt: skip

    def state():
        steps = steps_of_closing(closing.anna, closing.school.programme)
        return next(one.state for one in steps if one.stage == ClosingStage.NEXT_YEAR)

    addresses = [item.url for item in attention.items_for(closing.anna)]
    assert [one for one in addresses if "closing" in one] == [reverse("closing:words")]
    assert state() == StageState.GO
    for side in Side:
        rows = Participation.objects.filter(programme=closing.school.programme, side=side, active_count=0)  # fmt: skip
        settle_next_year(rows.exclude(status=S.LEFT), after=AfterEnd.GOES_ON, by=closing.anna)
    assert state() == StageState.DONE
