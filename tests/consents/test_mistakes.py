"""A tick that was wrong is a mistake in the ledger, never a withdrawal."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from tests.cast import approve_pairs
from tests.mentorships.scenes import pair_of, run_pairs
from tests.pages import counts, said, signed_in, text

from nastavnik.consents.actions import mark_mistaken, record_consents, withdraw_consent
from nastavnik.consents.choices import NEEDED_FOR_BASE, Purpose
from nastavnik.consents.models import Consent
from nastavnik.consents.queries import held_purposes
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.models import AuditEntry
from nastavnik.documents.actions import register_document, set_requisites
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.programmes.actions import (
    AttendeeWishes,
    give_preferences,
    note_attendance,
    plan_group_meeting,
)
from nastavnik.programmes.choices import ParticipationStatus as S
from nastavnik.programmes.models import Attendance, Participation, Preference

pytestmark = pytest.mark.django_db


def status(cast, key):
    return Participation.objects.get(pk=cast.school.records[key].pk).status


def papers(cast, key):
    return Consent.objects.filter(person=cast.school.people[key]).order_by("pk")


def held(cast, key):
    person = cast.school.people[key]
    return held_purposes([person.pk], today()).get(person.pk, frozenset())


@pytest.mark.both
def test_a_mistake_never_held_and_the_ledger_keeps_both(cast):
    wrong = papers(cast, "younger").get(purpose=Purpose.DATA)
    assert mark_mistaken([wrong], by=cast.anna) == [wrong]
    assert held(cast, "younger") == {Purpose.PARTICIPATION}
    assert status(cast, "younger") == S.CANDIDATE  # the gate is asked again
    lines = AuditEntry.objects.filter(action="consent-mistaken")
    assert [line.subject_id for line in lines] == [wrong.pk]
    assert mark_mistaken([wrong], by=cast.anna) == []  # a second press changes nothing
    assert lines.count() == 1
    (right,) = record_consents(
        [cast.school.people["younger"]], [Purpose.DATA], signed_on=today(), by=cast.anna
    )
    assert list(papers(cast, "younger").filter(purpose=Purpose.DATA)) == [wrong, right]
    assert held(cast, "younger") == set(NEEDED_FOR_BASE)
    wrong.refresh_from_db()
    assert (wrong.mistaken_on, wrong.withdrawn_on) == (today(), None)
    with pytest.raises(IntegrityError), transaction.atomic():
        papers(cast, "younger").filter(pk=wrong.pk).update(withdrawn_on=today())


def test_nothing_that_a_withdrawal_stops_is_stopped(cast):
    run_pairs(cast.school)
    records = [cast.school.records[key] for key in ("older", "waiting")]
    meeting = plan_group_meeting(cast.school.programme, records, held_on=today(), by=cast.anna)
    note_attendance(meeting, set(meeting.attendances.values_list("pk", flat=True)), by=cast.anna)
    mentor, mentee = Attendance.objects.filter(meeting=meeting).order_by("pk")
    Participation.objects.filter(pk=cast.school.records["waiting"].pk).update(status=S.READY)
    give_preferences(meeting, {mentor.pk: AttendeeWishes((mentee.pk,))}, by=cast.anna)
    mark_mistaken(papers(cast, "older"), by=cast.anna)
    assert Preference.objects.count() == 1
    pair = pair_of(cast.school)
    mark_mistaken(papers(cast, "younger"), by=cast.anna)
    pair.refresh_from_db()
    assert (pair.status, status(cast, "younger")) == (MentorshipStatus.ACTIVE, S.PAIRED)
    items = signed_in(cast.anna).get("/today/").context["items"]
    assert "2 people in pairs have no signed papers" in [item.title for item in items]


def test_an_order_is_not_registered_over_a_paper_that_was_never_signed(cast):
    order = approve_pairs(cast.school)
    mark_mistaken(papers(cast, "younger"), by=cast.anna)
    set_requisites(order, number="1", dated_on=today(), by=cast.anna)
    with pytest.raises(RefusedError, match="Младшов Миша"):
        register_document(order, by=cast.anna)
    order.refresh_from_db()
    assert order.status == "draft"
    record_consents(
        [cast.school.people["younger"]], NEEDED_FOR_BASE, signed_on=today(), by=cast.anna
    )
    register_document(order, by=cast.anna)
    assert pair_of(cast.school).status == MentorshipStatus.ACTIVE


def test_what_was_withdrawn_was_there_and_a_mistake_is_not_withdrawn(cast):
    gone, wrong = papers(cast, "younger")
    withdraw_consent(gone, by=cast.anna)
    before = counts()
    with pytest.raises(RefusedError, match="Младшов"):
        mark_mistaken([gone, wrong], by=cast.anna)
    assert counts() == before
    mark_mistaken([wrong], by=cast.anna)
    with pytest.raises(RefusedError):
        withdraw_consent(wrong, by=cast.anna)


def test_a_paper_that_holds_no_more_is_not_withdrawn_and_stops_nothing(cast):
    run_pairs(cast.school)
    person = cast.school.people["younger"]
    old = papers(cast, "younger").get(purpose=Purpose.DATA)
    day = today() - dt.timedelta(days=1)
    papers(cast, "younger").filter(pk=old.pk).update(signed_on=day, ends_on=day)
    record_consents([person], [Purpose.DATA], signed_on=today(), by=cast.anna)
    client, page = signed_in(cast.anna), reverse("consents:person", args=[person.pk])
    shown = text(client.get(page))
    address = reverse("consents:withdraw", args=[old.pk])
    assert address not in shown
    assert f"does not hold from {today():%d.%m.%Y}" in shown
    assert "does not hold any more" in said(client.get(address, follow=True))[-1]
    old.refresh_from_db()
    with pytest.raises(RefusedError):
        withdraw_consent(old, by=cast.anna)
    assert pair_of(cast.school).status == MentorshipStatus.ACTIVE
    # its last day is today, another paper holds: it may be withdrawn, and nothing stops
    papers(cast, "younger").filter(pk=old.pk).update(ends_on=today())
    withdraw_consent(Consent.objects.get(pk=old.pk), by=cast.anna)
    assert pair_of(cast.school).status == MentorshipStatus.ACTIVE
    withdraw_consent(
        papers(cast, "younger").get(purpose=Purpose.DATA, withdrawn_on=None), by=cast.anna
    )
    assert pair_of(cast.school).status == MentorshipStatus.SUSPENDED


def answers(cast, *keys, **more):
    return {
        "people": [cast.school.people[key].pk for key in keys],
        "purposes": ["publication"],
        "signed_on": today().isoformat(),
        **more,
    }


def test_many_papers_are_ticked_after_a_question_and_taken_back_at_one_press(cast):
    client = signed_in(cast.anna)
    record_consents(
        [cast.school.people["older"]], [Purpose.PUBLICATION], signed_on=today(), by=cast.anna
    )
    before = counts()
    keys = ("older", "younger", "youngest")
    asked = client.post("/consents/", answers(cast, *keys))
    assert "Tick off 2 papers?" in text(asked)
    assert "1 paper is there already" in text(asked)
    assert counts() == before
    sent = [(name, str(value)) for name, value in asked.context["fields"]]
    data = {name: [value for key, value in sent if key == name] for name, _value in sent}
    done = client.post("/consents/", data, follow=True)
    assert "2 papers are ticked off" in said(done)[-1]
    batch = done.context["batch"]
    assert batch.n == 2
    address = reverse("consents:mistaken", args=[batch.first])
    page = client.get(address, {"all": "1"})
    assert "Were 2 papers ticked by mistake?" in text(page)
    client.post(address, {"all": "1"})
    left = Consent.objects.filter(purpose=Purpose.PUBLICATION, mistaken_on=None)
    assert [one.person for one in left] == [cast.school.people["older"]]
    again = client.post(address, {"all": "1"}, follow=True)
    assert "0 lines" in said(again)[-1]


def test_one_paper_is_ticked_at_once_and_corrected_on_the_page_of_the_person(cast):
    client = signed_in(cast.anna)
    client.post("/consents/", answers(cast, "younger"))
    paper = papers(cast, "younger").get(purpose=Purpose.PUBLICATION)
    person = reverse("consents:person", args=[paper.person_id])
    address = reverse("consents:mistaken", args=[paper.pk])
    assert address in text(client.get(person))
    assert "no such paper has been signed" in text(client.get(address))
    assert client.post(address)["Location"] == person
    page = text(client.get(person))
    assert "ticked by mistake, found on" in page
    assert address not in page


def test_the_lines_of_another_school_are_out_of_reach(cast):
    other = Consent.objects.filter(organisation=cast.other.organisation).first()
    address = reverse("consents:mistaken", args=[other.pk])
    assert signed_in(cast.anna).post(address).status_code == 404
