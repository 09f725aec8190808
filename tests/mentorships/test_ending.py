"""The end of a pair: said before, whom it finishes, and how it is taken back."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse
from tests.mentorships.scenes import pair_of, run_pairs
from tests.pages import counts, said, signed_in, text

from nastavnik.cabinet.queries import stages
from nastavnik.consents.actions import withdraw_consent
from nastavnik.consents.models import Consent
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.matching.actions import run_matching
from nastavnik.mentorships.actions import (
    approve_run,
    note_meeting,
    postpone_meeting,
    reopen_pair,
    replace_mentor,
    set_pair_status,
)
from nastavnik.mentorships.choices import REOPEN_DAYS, EndCause
from nastavnik.mentorships.choices import MentorshipStatus as M
from nastavnik.mentorships.models import Mentorship
from nastavnik.people.actions import mark_left
from nastavnik.programmes.actions import (
    change_participation,
    note_next_year,
    set_participation_status,
    take_up_again,
)
from nastavnik.programmes.choices import AfterEnd, Side
from nastavnik.programmes.choices import ParticipationStatus as S
from nastavnik.programmes.models import Participation, Programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(cast):
    run_pairs(cast.school)
    return cast


def record(cast, key):
    return Participation.objects.get(pk=cast.school.records[key].pk)


def chain(pair):
    fields = ("kind", "status", "planned_on", "held_on", "n_postponed", "postponed_from", "note")
    return sorted(pair.meetings.values_list(*fields), key=str)


@pytest.mark.both
def test_a_completed_pair_finishes_both_with_what_they_say_of_next_year(running):
    pair = pair_of(running.school)
    mentee, mentor = record(running, "younger"), Participation.objects.get(pk=pair.mentor_id)
    set_pair_status(pair, M.COMPLETED, after={mentee.pk: AfterEnd.GOES_ON}, by=running.anna)
    for one, goes_on in ((mentee, True), (mentor, None)):
        one.refresh_from_db()
        assert (one.status, one.ends_on, one.goes_on) == (S.FINISHED, today(), goes_on)


def test_who_looks_for_another_pair_this_year_waits_again(running):
    pair = pair_of(running.school)
    after = {running.school.records["younger"].pk: AfterEnd.AGAIN, pair.mentor_id: AfterEnd.STOPS}
    set_pair_status(pair, M.COMPLETED, after=after, by=running.anna)
    assert record(running, "younger").status == S.READY
    mentor = Participation.objects.get(pk=pair.mentor_id)
    assert (mentor.status, mentor.goes_on) == (S.FINISHED, False)


def test_a_mentor_finishes_with_the_last_pair_and_an_early_end_leads_back(cast):
    for key in ("younger", "youngest"):
        change_participation(cast.school.records[key], areas=["maths"], by=cast.anna)
    set_participation_status(cast.school.records["oldest"], S.LEFT, by=cast.anna)
    change_participation(cast.school.records["older"], capacity=2, by=cast.anna)
    run_pairs(cast.school)
    first, second = Mentorship.objects.filter(mentor=cast.school.records["older"]).order_by("pk")
    set_pair_status(first, M.COMPLETED, by=cast.anna)
    assert (record(cast, "older").status, record(cast, "older").active_count) == (S.PAIRED, 1)
    reopen_pair(first, by=cast.anna)
    set_pair_status(first, M.COMPLETED, by=cast.anna)
    set_pair_status(second, M.CANCELLED, reason="переезд", by=cast.anna)
    assert record(cast, "older").status == S.READY
    assert second.ties.get().mentee.status == S.READY


def test_a_school_that_closes_its_year_sees_nobody_waiting(running):
    Programme.objects.filter(pk=running.school.programme.pk).update(ends_on=today())
    client = signed_in(running.anna)
    for pair in Mentorship.objects.filter(organisation=running.school.organisation):
        set_pair_status(pair, M.COMPLETED, by=running.anna)
    urls = [item.url for item in client.get("/today/").context["items"]]
    assert reverse("matching:workspace") not in urls
    # one line leads through all steps; what they lead through stands nowhere else
    assert [url for url in urls if "closing" in url] == [reverse("closing:words")]
    for side, key in ((Side.MENTEE, "mentees"), (Side.MENTOR, "mentors")):
        address = f"{reverse(f'programmes:{key}')}?status=unasked"
        done = Participation.objects.filter(
            organisation=running.school.organisation, side=side, status=S.FINISHED
        )
        assert {row.record for row in client.get(address).context["rows"]} == set(done)
        note_next_year(done, goes_on=True, by=running.anna)
    states = [row.state for row in stages(running.anna, running.school.programme)]
    assert states == ["done"] * 6 + ["now"]


def test_pairs_past_their_last_meeting_are_to_be_completed(running):
    pair = pair_of(running.school)
    client = signed_in(running.anna)
    address = reverse("mentorships:complete")
    assert address not in [item.url for item in client.get("/today/").context["items"]]
    final = pair.meetings.get(kind="final")
    note_meeting(final, "held", on=today(), by=running.anna)
    assert address in [item.url for item in client.get("/today/").context["items"]]
    assert [row.pk for row in client.get(address).context["pairs"]] == [pair.pk]


def test_no_pair_ends_by_one_press(running):
    pair = pair_of(running.school)
    client = signed_in(running.anna)
    n_ahead = pair.meetings.filter(planned_on__gt=today()).count()
    card = text(client.get(reverse("mentorships:card", args=[pair.pk])))
    assert 'value="completed"' not in card
    assert 'value="cancelled"' not in card
    before = counts()
    address = reverse("mentorships:end", args=[pair.pk])
    for how in ("completed", "cancelled"):
        client.post(reverse("mentorships:status", args=[pair.pk]), {"status": how})
        page = client.get(address, {"how": how})
        assert f"{n_ahead} planned meetings are struck" in text(page)
        assert page.context["ending"].n_unsaid == pair.meetings.count() - n_ahead
    assert counts() == before
    assert client.get(address, {"how": "approved"}).status_code == 302
    answers = {"how": "completed", f"after_{running.school.records['younger'].pk}": "goes_on"}
    done = client.post(address, answers, follow=True)
    assert "The pair: completed" in said(done)[-1]
    assert record(running, "younger").goes_on is True
    assert f"{n_ahead} meetings that were struck come back" in text(done)


@pytest.mark.both
@pytest.mark.parametrize(("how", "before"), [(M.COMPLETED, M.ACTIVE), (M.CANCELLED, M.SUSPENDED)])
def test_a_pair_reopened_is_as_it_was_with_its_meetings(running, how, before):
    pair = pair_of(running.school)
    ahead = pair.meetings.filter(planned_on__gt=today()).order_by("planned_on").first()
    postpone_meeting(ahead, to=ahead.planned_on + dt.timedelta(days=1), by=running.anna)
    if before == M.SUSPENDED:
        set_pair_status(pair, M.SUSPENDED, by=running.anna)
    meetings = chain(pair)
    set_pair_status(pair, how, reason="нажато не туда", by=running.anna)
    assert len(chain(pair)) < len(meetings)
    client = signed_in(running.anna)
    client.post(reverse("mentorships:reopen", args=[pair.pk]), follow=True)
    pair.refresh_from_db()
    assert (pair.status, pair.ended_on, pair.end_reason, pair.struck) == (before, None, "", [])
    assert chain(pair) == meetings
    for one in (record(running, "younger"), Participation.objects.get(pk=pair.mentor_id)):
        assert (one.status, one.active_count, one.ends_on, one.goes_on) == (S.PAIRED, 1, None, None)
    counted = counts()
    again = client.post(reverse("mentorships:reopen", args=[pair.pk]), follow=True)
    assert "has not ended" in said(again)[-1]
    assert counts() == counted


def leave(cast, pair):
    mark_left(cast.school.people["younger"], by=cast.anna)


def withdraw(cast, pair):
    paper = Consent.objects.filter(person=cast.school.people["younger"], withdrawn_on=None)
    withdraw_consent(paper.first(), by=cast.anna)


def pair_anew(cast, pair):
    take_up_again(record(cast, "younger"), by=cast.anna)
    set_participation_status(record(cast, "younger"), S.READY, by=cast.anna)
    take_up_again(record(cast, "older"), by=cast.anna)
    set_participation_status(record(cast, "older"), S.READY, by=cast.anna)
    approve_run(run_matching(cast.school.programme, by=cast.anna), by=cast.anna)


def grow_old(cast, pair):
    ended = today() - dt.timedelta(days=REOPEN_DAYS + 1)
    Mentorship.objects.filter(pk=pair.pk).update(ended_on=ended)
    pair.ties.update(ends_on=ended)


@pytest.mark.parametrize("change", [leave, withdraw, pair_anew, grow_old])
def test_what_has_happened_since_keeps_a_pair_ended(running, change):
    pair = Mentorship.objects.get(mentor=running.school.records["older"])
    younger = running.school.records["younger"]
    pair.ties.update(mentee=younger)
    pair_of_other = Mentorship.objects.exclude(pk=pair.pk).filter(form=pair.form).get()
    pair_of_other.ties.update(mentee=running.school.records["youngest"])
    set_pair_status(pair, M.COMPLETED, by=running.anna)
    change(running, pair)
    before, places = counts(), dict(Participation.objects.values_list("pk", "active_count"))
    with pytest.raises(RefusedError):
        reopen_pair(pair, by=running.anna)
    assert counts() == before
    assert dict(Participation.objects.values_list("pk", "active_count")) == places


def test_a_pair_taken_over_by_another_mentor_is_not_reopened(running):
    pair = pair_of(running.school)
    other = Participation.objects.filter(side=Side.MENTOR, forms=pair.form).exclude(
        pk=pair.mentor_id
    )
    mentor = other.get(programme=running.school.programme)
    change_participation(mentor, capacity=2, by=running.anna)
    replace_mentor(pair, mentor, cause=EndCause.ASKED, by=running.anna)
    with pytest.raises(RefusedError, match="заменён"):
        reopen_pair(pair, by=running.anna)
    page = signed_in(running.anna).get(reverse("mentorships:card", args=[pair.pk]))
    assert page.context["reopens_until"] is None


def test_a_pair_reopened_waits_for_an_order_that_names_it(cast):
    from tests.mentorships.test_life import register

    order = approve_run(run_matching(cast.school.programme, by=cast.anna), by=cast.anna)
    pair = pair_of(cast.school)
    set_pair_status(pair, M.CANCELLED, reason="нажато не туда", by=cast.anna)
    register(order, by=cast.anna)
    back = reopen_pair(pair, by=cast.anna)
    own = pair.ties.get().order
    assert (back.status, own.status, own == order) == (M.APPROVED, "draft", False)


def test_the_answer_about_next_year_is_kept_with_the_record(running):
    pair = pair_of(running.school)
    set_pair_status(pair, M.COMPLETED, by=running.anna)
    client, younger = signed_in(running.anna), running.school.records["younger"]
    address = reverse("programmes:after", args=[younger.pk])
    assert 'name="after"' in text(client.get(reverse("programmes:record", args=[younger.pk])))
    for answer, goes_on in (("goes_on", True), ("stops", False), ("later", None)):
        client.post(address, {"after": answer})
        assert record(running, "younger").goes_on is goes_on
    client.post(address, {"after": "married"})
    assert record(running, "younger").status == S.FINISHED
    client.post(address, {"after": "again"})
    assert record(running, "younger").status == S.CANDIDATE
    for answer in ("goes_on", "again"):
        assert "has not finished" in said(client.post(address, {"after": answer}, follow=True))[-1]


@pytest.mark.both
def test_rows_of_before_finish_where_the_state_can_be_told(running):
    migration = import_module("nastavnik.mentorships.migrations.0008_finished_participations")
    done, early = pair_of(running.school), pair_of(running.school, "novice")
    set_pair_status(done, M.COMPLETED, by=running.anna)
    set_pair_status(early, M.CANCELLED, reason="переезд", by=running.anna)
    ended = [done.mentor_id, running.school.records["younger"].pk]
    Participation.objects.filter(pk__in=ended).update(status=S.READY, ends_on=None)
    before = dict(Participation.objects.exclude(pk__in=ended).values_list("pk", "status"))
    migration.finish(apps, None)
    found = Participation.objects.filter(pk__in=ended).values_list("status", "ends_on", "goes_on")
    assert list(found) == [(S.FINISHED, today(), None)] * 2
    rest = Participation.objects.exclude(pk__in=ended)
    assert dict(rest.values_list("pk", "status")) == before
    migration.go_back(apps, None)
    assert not Participation.objects.filter(status=S.FINISHED).exists()
