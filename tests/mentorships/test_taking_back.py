"""A registration and an approval by mistake: said before, taken back by a stated way."""

import datetime as dt
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.cast import approve_pairs
from tests.mentorships.scenes import pair_of
from tests.mentorships.test_groups import led_in_groups
from tests.pages import counts, said, signed_in, text

from nastavnik.consents.actions import mark_mistaken
from nastavnik.consents.models import Consent
from nastavnik.core.access import Role
from nastavnik.core.audit import DELETED
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.models import AuditEntry
from nastavnik.documents.actions import (
    join_document,
    register_document,
    set_requisites,
    split_document,
    take_back_registration,
)
from nastavnik.documents.models import Document
from nastavnik.matching.actions import run_matching
from nastavnik.matching.choices import RunStatus
from nastavnik.matching.models import MatchingRun, Proposal
from nastavnik.mentorships.actions import (
    approve_run,
    note_meeting,
    set_pair_status,
    take_back_run,
)
from nastavnik.mentorships.choices import MentorshipStatus as M
from nastavnik.mentorships.models import Meeting, Mentorship, Tie
from nastavnik.mentorships.queries import what_taking_back_does
from nastavnik.programmes.choices import ParticipationStatus as S
from nastavnik.programmes.models import Participation
from nastavnik.roadmaps.actions import add_evidence, make_from_catalogue
from nastavnik.roadmaps.choices import ChangeKind, RoadmapLevel
from nastavnik.roadmaps.models import Evidence, RoadmapChange

pytestmark = pytest.mark.django_db


def register(cast, order, number="5-о"):
    set_requisites(order, number=number, dated_on=today(), by=cast.anna)
    register_document(order, by=cast.anna)
    order.refresh_from_db()
    return order


def people():
    fields = ("pk", "status", "active_count", "ends_on")
    return list(Participation.objects.order_by("pk").values_list(*fields))


def pairs():
    return sorted(Mentorship.objects.values_list("pk", "status"))


@pytest.mark.both
def test_a_registration_taken_back_leaves_the_pairs_as_before_it(cast):
    order = approve_pairs(cast.school)
    before, everybody = pairs(), people()
    register(cast, order)
    assert Meeting.objects.exists()
    take_back_registration(order, reason="не тот приказ", by=cast.anna)
    order.refresh_from_db()
    assert (order.status, order.number, order.dated_on) == ("draft", "5-о", today())
    assert (order.taken_back_on, order.taken_back_why) == (today(), "не тот приказ")
    assert (pairs(), people()) == (before, everybody)
    assert not Meeting.objects.exists()
    counted = counts()
    with pytest.raises(RefusedError):
        take_back_registration(order, reason="не тот приказ", by=cast.anna)
    assert counts() == counted
    register(cast, order, "6-о")  # the number of before is free, meetings are planned anew
    assert set(Mentorship.objects.values_list("status", flat=True)) == {M.ACTIVE}
    assert Meeting.objects.filter(mentorship=pair_of(cast.school)).exists()


def meet(cast, order):
    meeting = pair_of(cast.school).meetings.first()
    note_meeting(meeting, "held", on=today(), by=cast.anna)


def end(cast, order):
    set_pair_status(pair_of(cast.school), M.CANCELLED, reason="переезд", by=cast.anna)


def wait_a_day(cast, order):
    yesterday = timezone.now() - dt.timedelta(days=1)
    Document.objects.filter(pk=order.pk).update(registered_at=yesterday)


def of_before(cast, order):
    Document.objects.filter(pk=order.pk).update(registered_at=None)


@pytest.mark.parametrize(
    ("since", "word"),
    [(meet, "новым приказом"), (end, "верните её"), (wait_a_day, "в тот же день"), (of_before, "в тот же день")],
)  # fmt: skip
def test_what_has_gone_on_since_keeps_the_order(cast, since, word):
    order = register(cast, approve_pairs(cast.school))
    since(cast, order)
    before, state = counts(), pairs()
    with pytest.raises(RefusedError, match=word):
        take_back_registration(order, reason="ошибка", by=cast.anna)
    assert (counts(), pairs()) == (before, state)


def test_a_reason_is_asked_for(cast):
    order = register(cast, approve_pairs(cast.school))
    with pytest.raises(RefusedError):
        take_back_registration(order, reason="  ", by=cast.anna)


def test_a_group_that_another_order_attaches_runs_on(cast):
    led_in_groups(cast, limit=3)
    run = run_matching(cast.school.programme, by=cast.anna)
    first, *_rest = Proposal.objects.filter(run=run, mentor__isnull=False).order_by("pk")
    register(cast, approve_run(run, only=[first.pk], by=cast.anna))
    pair = Mentorship.objects.get()
    meet_ = pair.meetings.first()
    note_meeting(meet_, "held", on=today(), by=cast.anna)
    again = run_matching(cast.school.programme, by=cast.anna)
    second = register(cast, approve_run(again, by=cast.anna), "6-о")
    joined = Tie.objects.filter(order=second, mentorship=pair)
    n = pair.meetings.count()
    take_back_registration(second, reason="ошибка", by=cast.anna)
    pair.refresh_from_db()
    assert (pair.status, pair.meetings.count()) == (M.ACTIVE, n)
    assert all(tie.order.status == "draft" for tie in joined)


def test_the_pages_say_what_follows_and_a_director_may_take_back(cast):
    order = approve_pairs(cast.school)
    client = signed_in(cast.anna)
    card = reverse("documents:card", args=[order.pk])
    sent = client.post(card, {"number": "7", "dated_on": today().isoformat(), "register": "1"})
    question = reverse("documents:register-paper", args=[order.pk])
    assert sent["Location"] == question
    order.refresh_from_db()
    assert order.status == "draft"
    page = text(client.get(question))
    assert "3 pairs begin to run" in page
    client.post(question)
    n_planned = Meeting.objects.count()
    assert f"{n_planned} meetings are planned for them" in page
    assert "is registered already" in said(client.post(question, follow=True))[-1]
    director = signed_in(cast.users[Role.DIRECTOR])
    back = reverse("documents:take-back", args=[order.pk])
    assert back in text(director.get(card))
    page = text(director.get(back))
    assert "3 pairs wait for their order again" in page
    assert f"{n_planned} planned meetings go" in page
    assert director.post(back, {"reason": ""}).status_code == 422
    done = director.post(back, {"reason": "не тот файл"}, follow=True)
    assert "не тот файл" in text(done)
    assert not Meeting.objects.exists()
    assert signed_in(cast.users[Role.DEPUTY_DIRECTOR]).get(back).status_code == 403
    assert signed_in(cast.vera).post(back, {"reason": "так"}).status_code == 404


@pytest.mark.both
def test_an_approval_taken_back_is_as_if_it_had_not_been(cast):
    run = run_matching(cast.school.programme, by=cast.anna)
    proposed = list(run.proposals.values_list("mentee_id", "mentor_id"))
    before, everybody = counts(), people()
    approve_run(run, by=cast.anna)
    assert take_back_run(run, by=cast.anna) == 3
    run.refresh_from_db()
    assert (run.status, run.approved_at) == (RunStatus.PROPOSED, None)
    after = counts()
    for table in ("core.AuditEntry",):
        before.pop(table)
        after.pop(table)
    assert (after, people()) == (before, everybody)
    assert AuditEntry.objects.filter(action="pair-unmade").count() == 3
    with pytest.raises(RefusedError):
        take_back_run(run, by=cast.anna)
    approve_run(run, by=cast.anna)
    made = Tie.objects.values_list("mentee_id", "mentorship__mentor_id")
    assert set(made) == {pair for pair in proposed if pair[1]}


def test_a_pair_that_ended_since_stays_and_its_mentee_is_proposed_again(cast):
    run = run_matching(cast.school.programme, by=cast.anna)
    approve_run(run, by=cast.anna)
    ended = pair_of(cast.school)
    set_pair_status(ended, M.CANCELLED, reason="переезд", by=cast.anna)
    assert take_back_run(run, by=cast.anna) == 2
    assert list(Mentorship.objects.values_list("pk", "status")) == [(ended.pk, M.CANCELLED)]
    assert set(Participation.objects.filter(active_count__gt=0)) == set()


def test_an_approval_stands_once_its_order_is_registered(cast):
    run = run_matching(cast.school.programme, by=cast.anna)
    order = register(cast, approve_run(run, by=cast.anna))
    before = counts()
    with pytest.raises(RefusedError, match="Приказ"):
        take_back_run(run, by=cast.anna)
    assert counts() == before
    take_back_registration(order, reason="ошибка", by=cast.anna)
    assert take_back_run(run, by=cast.anna) == 3


def test_an_older_approval_stays_replaced_and_a_group_keeps_whom_others_brought(cast):
    led_in_groups(cast, limit=3)
    run = run_matching(cast.school.programme, by=cast.anna)
    first, *_rest = Proposal.objects.filter(run=run, mentor__isnull=False).order_by("pk")
    approve_run(run, only=[first.pk], by=cast.anna)
    again = run_matching(cast.school.programme, by=cast.anna)
    approve_run(again, by=cast.anna)
    take_back_run(again, by=cast.anna)
    assert Tie.objects.open().get().mentee_id == first.mentee_id
    take_back_run(run, by=cast.anna)
    run.refresh_from_db()
    assert run.status == RunStatus.SUPERSEDED
    assert MatchingRun.objects.get(status=RunStatus.PROPOSED) == again
    assert not Mentorship.objects.exists()
    assert set(Participation.objects.values_list("status", flat=True)) <= {S.READY, S.CANDIDATE}


def test_the_page_asks_before_the_ticked_are_approved_and_takes_all_back(cast):
    run = run_matching(cast.school.programme, by=cast.anna)
    client = signed_in(cast.anna)
    address = reverse("mentorships:approve", args=[run.pk])
    chosen = Proposal.objects.filter(run=run, mentor__isnull=False).order_by("pk")[:2]
    before = counts()
    asked = client.post(address, {"proposals": [one.pk for one in chosen]})
    assert "Approve 2 pairs?" in text(asked)
    assert "1 other proposed pair is not approved" in text(asked)
    assert counts() == before
    data = {"proposals": [one.pk for one in chosen], "sure": "1"}
    client.post(address, data)
    assert Mentorship.objects.count() == 2
    back = reverse("mentorships:take-back", args=[run.pk])
    assert back in text(client.get(reverse("matching:workspace")))
    assert "2 pairs that wait for their order are unmade" in text(client.get(back))
    client.post(back)
    assert not Mentorship.objects.exists()
    assert said(client.get(back, follow=True))
    assert signed_in(cast.vera).post(back).status_code == 404
    assert signed_in(cast.users[Role.DIRECTOR]).post(back).status_code == 403


@pytest.mark.parametrize(("since", "word"), [(meet, "a new order"), (end, "Reopen it")])
def test_what_can_no_longer_be_taken_back_is_not_offered_and_the_page_says_why(cast, since, word):
    order = register(cast, approve_pairs(cast.school))
    back = reverse("documents:take-back", args=[order.pk])
    card = reverse("documents:card", args=[order.pk])
    client = signed_in(cast.users[Role.DIRECTOR])
    assert back in text(client.get(card))
    since(cast, order)
    page = text(client.get(card))
    assert back not in page
    assert word in page
    before = counts()
    assert any(word in one for one in said(client.get(back, follow=True)))
    client.post(back, {"reason": "ошибка"})
    assert counts() == before


def test_an_order_is_not_offered_for_registration_while_a_consent_is_missing(cast):
    order = approve_pairs(cast.school)
    set_requisites(order, number="5-о", dated_on=today(), by=cast.anna)
    client = signed_in(cast.anna)
    card = reverse("documents:card", args=[order.pk])
    question = reverse("documents:register-paper", args=[order.pk])
    assert 'name="register"' in text(client.get(card))
    assert client.get(question).status_code == 200
    person = pair_of(cast.school).mentor.person
    mark_mistaken(Consent.objects.filter(person=person), by=cast.anna)
    page = text(client.get(card))
    assert 'name="register"' not in page
    assert f"{person.full_name}: no consent" in page
    assert any(person.full_name in one for one in said(client.get(question, follow=True)))
    with pytest.raises(RefusedError, match=person.last_name):
        register_document(order, by=cast.anna)


def test_an_order_without_a_number_is_not_asked_about(cast):
    order = approve_pairs(cast.school)
    question = reverse("documents:register-paper", args=[order.pk])
    asked = signed_in(cast.anna).get(question, follow=True)
    assert "number and the date" in said(asked)[-1]


def test_the_approval_is_not_offered_back_once_its_order_is_registered(cast):
    run = run_matching(cast.school.programme, by=cast.anna)
    order = approve_run(run, by=cast.anna)
    client = signed_in(cast.anna)
    back = reverse("mentorships:take-back", args=[run.pk])
    assert back in text(client.get(reverse("matching:workspace")))
    register(cast, order)
    assert back not in text(client.get(reverse("matching:workspace")))
    assert "registered" in said(client.get(back, follow=True))[-1]


def test_a_stopped_pair_and_one_that_another_order_holds_are_not_said_to_wait(cast):
    order = register(cast, approve_pairs(cast.school))
    pair = pair_of(cast.school)
    set_pair_status(pair, M.SUSPENDED, by=cast.anna)
    assert what_taking_back_does(order)[0].startswith("2 ")
    take_back_registration(order, reason="ошибка", by=cast.anna)
    states = set(Mentorship.objects.exclude(pk=pair.pk).values_list("status", flat=True))
    assert (Mentorship.objects.get(pk=pair.pk).status, states) == (M.SUSPENDED, {M.APPROVED})


def proved_by(cast, order):
    """Return a line of the roadmap that a draft proves."""
    roadmap = make_from_catalogue(cast.school.year, RoadmapLevel.SCHOOL, by=cast.anna)
    line = roadmap.activities.order_by("pk")[0]
    add_evidence(line, document=order, by=cast.anna)
    return line


def test_what_a_draft_proves_is_said_before_it_goes_and_is_in_the_trail(cast):
    run = run_matching(cast.school.programme, by=cast.anna)
    line = proved_by(cast, approve_run(run, by=cast.anna))
    client = signed_in(cast.anna)
    asked = text(client.get(reverse("mentorships:take-back", args=[run.pk])))
    assert f"{line.title}» of the roadmap loses this proof" in unescape(asked)
    before = AuditEntry.objects.count()
    take_back_run(run, by=cast.anna)
    assert not Evidence.objects.filter(activity=line).exists()
    written = AuditEntry.objects.order_by("pk")[before:]
    assert [one.action for one in written if one.subject == "roadmaps.evidence"] == [DELETED]
    (told,) = RoadmapChange.objects.filter(activity=line, kind=ChangeKind.UNPROVED)
    assert told.actor == cast.anna


def test_an_approval_whose_order_proves_nothing_says_nothing_of_the_roadmap(cast):
    run = run_matching(cast.school.programme, by=cast.anna)
    approve_run(run, by=cast.anna)
    asked = signed_in(cast.anna).get(reverse("mentorships:take-back", args=[run.pk]))
    assert "loses this proof" not in text(asked)


def test_an_order_put_into_another_proves_by_that_one(cast):
    order = approve_pairs(cast.school)
    made = split_document(order, by=cast.anna)
    line = proved_by(cast, made)
    join_document(made, by=cast.anna)
    assert Evidence.objects.get(activity=line).document_id == order.pk
