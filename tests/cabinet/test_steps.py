"""Today says nothing that is not so: numbers of the ribbon, the first steps, the closing sentence."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisCase
from tests.cast import CANARY, approve_pairs, build_cast
from tests.mentorships.scenes import pair_of, run_pairs
from tests.pages import signed_in, text

from nastavnik.cabinet.actions import put_step_aside, take_step_up
from nastavnik.cabinet.choices import Step
from nastavnik.cabinet.models import StepAside
from nastavnik.cabinet.queries import stages, steps_of
from nastavnik.consents.actions import mark_mistaken, record_consents
from nastavnik.consents.choices import NEEDED_FOR_BASE
from nastavnik.consents.models import Consent
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.hooks import attention
from nastavnik.core.models import AuditEntry
from nastavnik.documents.actions import register_document, set_requisites
from nastavnik.mentorships.actions import note_meeting, set_pair_status
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.models import Mentorship
from nastavnik.people.actions import appoint_class_teacher
from nastavnik.people.models import Membership, StudyGroup
from nastavnik.programmes.actions import (
    change_participation,
    note_attendance,
    plan_group_meeting,
)
from nastavnik.programmes.choices import ParticipationStatus as S
from nastavnik.programmes.models import GroupMeeting, Participation, Programme
from nastavnik.roadmaps.actions import make_from_catalogue
from nastavnik.roadmaps.choices import RoadmapLevel

pytestmark = pytest.mark.django_db


def listed(client, url):
    """Return how many rows the page at an address lists."""
    page = client.get(url).context["page"]
    return page.paginator.count


def tallies(cast):
    with translation.override("en"):
        rows = stages(cast.anna, cast.school.programme)
    return {one.words: one for row in rows for one in row.tallies}


def check_counts(cast):
    client = signed_in(cast.anna)
    for one in tallies(cast).values():
        assert str(one.n) in one.words
        assert listed(client, one.url) == one.n, one


def test_a_base_without_requests_has_none(cast):
    Participation.objects.update(request="", areas=[])
    words = tallies(cast)
    assert {"4 people in the base", "0 requests", "3 people in the base"} <= set(words)
    assert "trained: 0" in words
    with translation.override("en"):
        row = stages(cast.anna, cast.school.programme)[1]
    assert row.state == "now"
    check_counts(cast)


def test_pairs_that_have_not_met_are_not_said_to_meet(cast):
    run_pairs(cast.school)
    words = tallies(cast)
    assert {"running: 3", "have met: 0"} <= set(words)
    check_counts(cast)
    meeting = pair_of(cast.school).meetings.first()
    note_meeting(meeting, "held", on=today(), by=cast.anna)
    assert "have met: 1" in tallies(cast)
    check_counts(cast)


def test_pairs_of_another_programme_are_not_counted_here(cast):
    run_pairs(cast.school)
    other = Programme.objects.create(
        organisation=cast.school.organisation, year=cast.school.year, title="Прежняя",
        starts_on=today() - dt.timedelta(days=800), ends_on=today() - dt.timedelta(days=500),
    )  # fmt: skip
    Mentorship.objects.filter(form__code="teacher_teacher").update(programme=other)
    assert "2 pairs" in tallies(cast)
    check_counts(cast)


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["silent", "trained", "left", "held", *MentorshipStatus]), st.integers(0, 9)
    ),
    max_size=6,
)


class TestCountsOfToday(HypothesisCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = build_cast()
        run_pairs(cls.cast.school)

    @settings(max_examples=min(settings.default.max_examples, 40))
    @given(MOVES)
    def test_each_number_is_that_of_the_list_it_leads_to(self, moves):
        for what, place in moves:
            self.move(what, place)
        check_counts(self.cast)

    def move(self, what, place):
        records = list(Participation.objects.filter(programme=self.cast.school.programme))
        record = Participation.objects.filter(pk=records[place % len(records)].pk)
        pairs = list(Mentorship.objects.order_by("pk"))
        pair = pairs[place % len(pairs)]
        if what == "silent":
            record.update(request="", areas=[])
        elif what == "trained":
            record.update(trained_on=today())
        elif what == "left":
            record.update(status=S.LEFT, ends_on=today(), goes_on=None)
        elif what == "held":
            pair.meetings.filter(kind="trial").update(status="held", held_on=today())
        elif what in {"completed", "cancelled"}:
            Mentorship.objects.filter(pk=pair.pk).update(status=what, ended_on=today())
        else:
            Mentorship.objects.filter(pk=pair.pk).update(status=what, ended_on=None)


def done(cast):
    return {one.step for one in steps_of(cast.anna, cast.school.programme) if one.is_done}


def test_each_step_is_done_by_its_facts_and_by_nothing_else(cast):
    school, by = cast.school, cast.anna
    Membership.objects.filter(organisation=school.organisation).exclude(role=Role.CURATOR).delete()
    StudyGroup.objects.filter(organisation=school.organisation).update(class_teacher=None)
    assert done(cast) == {Step.SET_UP, Step.LISTS, Step.REQUESTS}
    make_from_catalogue(school.year, RoadmapLevel.SCHOOL, by=by)
    for group in StudyGroup.objects.filter(organisation=school.organisation):
        appoint_class_teacher(group, school.people["teacher"], by=by)
    record_consents([school.people["waiting"]], NEEDED_FOR_BASE, signed_on=today(), by=by)
    assert done(cast) >= {Step.ROADMAP, Step.TEACHERS, Step.CONSENTS}
    assert not done(cast) & {Step.ACCOUNTS, Step.MEETING, Step.MATCHING, Step.ORDER}
    guests = [school.records[key] for key in ("older", "younger")]
    meeting = plan_group_meeting(school.programme, guests, held_on=today(), by=by)
    assert Step.MEETING not in done(cast)  # planned is not held
    note_attendance(meeting, set(meeting.attendances.values_list("pk", flat=True)), by=by)
    assert GroupMeeting.objects.exists()
    order = approve_pairs(school)
    assert {Step.MEETING, Step.MATCHING} <= done(cast)
    assert not done(cast) & {Step.ORDER, Step.FIRST_MEETINGS}
    set_requisites(order, number="1", dated_on=today(), by=by)
    register_document(order, by=by)
    assert Step.ORDER in done(cast)
    assert Step.FIRST_MEETINGS not in done(cast)
    for pair in Mentorship.objects.all():
        note_meeting(pair.meetings.first(), "held", on=today(), by=by)
    assert Step.FIRST_MEETINGS in done(cast)
    school.records["younger"].refresh_from_db()
    change_participation(school.records["younger"], areas=[], request="", by=by)
    assert Step.REQUESTS not in done(cast)  # the facts have changed


def test_the_steps_lead_to_pages_that_list_what_they_count(cast):
    Participation.objects.filter(pk=cast.school.records["younger"].pk).update(request="", areas=[])
    run_pairs(cast.school)
    client = signed_in(cast.anna)
    steps = {one.step: one for one in steps_of(cast.anna, cast.school.programme)}
    for step in Step:
        assert client.get(steps[step].url).status_code == 200
    assert listed(client, steps[Step.CONSENTS].url) == 1
    assert listed(client, steps[Step.FIRST_MEETINGS].url) == Mentorship.objects.count()


@pytest.mark.both
def test_a_step_is_put_aside_and_taken_up_again(cast):
    client, programme = signed_in(cast.anna), cast.school.programme
    for _press in range(2):
        sent = client.post(reverse("cabinet:step"), {"step": "roadmap"})
        assert sent["Location"].startswith("/today/")
    assert StepAside.objects.get().programme == programme
    assert AuditEntry.objects.filter(action="step-put-aside").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        StepAside.objects.create(
            organisation=cast.school.organisation, programme=programme, step=Step.ROADMAP
        )
    aside = {one.step for one in steps_of(cast.anna, programme) if one.is_aside}
    assert aside == {Step.ROADMAP}
    assert "take up again" in text(client.get("/today/"))
    for _press in range(2):
        client.post(reverse("cabinet:step"), {"step": "roadmap", "again": "1"})
    assert not StepAside.objects.exists()
    assert AuditEntry.objects.filter(action="step-taken-up").count() == 1
    client.post(reverse("cabinet:step"), {"step": "married"})
    assert not StepAside.objects.exists()


def test_what_is_put_aside_and_then_done_is_done(cast):
    put_step_aside(cast.school.programme, Step.LISTS, by=cast.anna)
    lists = next(s for s in steps_of(cast.anna, cast.school.programme) if s.step == Step.LISTS)
    assert (lists.is_done, lists.is_aside) == (True, False)
    take_step_up(cast.school.programme, Step.LISTS, by=cast.anna)


def test_nothing_is_said_to_be_done_while_steps_are_open(cast, monkeypatch):
    client = signed_in(cast.anna)
    monkeypatch.setattr(attention, "_providers", {})
    page = client.get("/today/")
    assert page.context["items"] == []
    assert page.context["n_steps_open"] > 0
    assert "Nothing is urgent." in text(page)
    assert "Nothing waits for you today." not in text(page)
    for step in Step:
        put_step_aside(cast.school.programme, step, by=cast.anna)
    assert "Nothing waits for you today." in text(client.get("/today/"))


def test_the_number_of_things_is_that_of_all_of_them(cast, monkeypatch):
    one = attention.AttentionItem(
        attention.Urgency.NOW, "go", "идёт", "дело", "так", "Открыть", "/today/"
    )
    monkeypatch.setattr(attention, "_providers", {"many": lambda _user: [one] * 14})
    page = signed_in(cast.anna).get("/today/")
    assert len(page.context["items"]) == 10
    assert "14 things wait for you" in text(page)
    assert "The 10 most urgent are shown" in text(page)


def test_steps_are_the_curators_and_of_the_own_school(cast):
    assert "steps" in signed_in(cast.anna).get("/today/").context
    for role in (Role.DIRECTOR, Role.CLASS_TEACHER, Role.MENTOR):
        client = signed_in(cast.users[role])
        assert client.get("/today/").context["steps"] == []
        assert client.post(reverse("cabinet:step"), {"step": "roadmap"}).status_code == 403
    assert CANARY not in text(signed_in(cast.anna).get("/today/"))


def test_a_programme_that_is_closed_has_no_first_steps(cast):
    run_pairs(cast.school)
    Programme.objects.filter(pk=cast.school.programme.pk).update(ends_on=today())
    for pair in Mentorship.objects.filter(organisation=cast.school.organisation):
        set_pair_status(pair, MentorshipStatus.COMPLETED, by=cast.anna)
    assert signed_in(cast.anna).get("/today/").context["steps"] == []


def test_lines_on_missing_papers_say_whom_they_count(cast):
    approve_pairs(cast.school)
    records = cast.school.records
    paired = records["younger"].person
    waiting = records["waiting"].person
    spare = records["older"].person
    Participation.objects.filter(pk=records["older"].pk).update(status="candidate")
    for person in (paired, waiting, spare):
        mark_mistaken(Consent.objects.filter(person=person), by=cast.anna)
    with translation.override("en"):
        items = [
            one
            for one in attention.items_for(cast.anna, at_most=None)
            if one.url.startswith(f"{reverse('consents:ledger')}?show=missing-")
        ]
    assert [one.title for one in items] == [
        "1 person in a pair has no signed paper",
        "2 people who are being prepared have not signed",
    ]
    assert len({one.state_words for one in items}) == 2
    # each opens a list of its own: as many rows as it counts, and those it counts
    pages = [signed_in(cast.anna).get(one.url) for one in items]
    assert [{row.person for row in page.context["page"]} for page in pages] == [
        {paired},
        {waiting, spare},
    ]
