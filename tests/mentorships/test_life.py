"""Approval all or nothing, the life of a pair, whose pair is whose, and two approvals at once."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from tests.cast import CANARY, approve_pairs, build_cast, forbid
from tests.pages import counts, said, signed_in, text
from tests.papers import annex_of

from nastavnik.consents.actions import withdraw_consent
from nastavnik.consents.models import Consent
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.documents.actions import register_document, set_requisites
from nastavnik.documents.models import Document
from nastavnik.matching.actions import run_matching
from nastavnik.matching.choices import RunStatus
from nastavnik.matching.models import MatchingRun, Proposal
from nastavnik.mentorships.actions import NEXT, approve_run, set_pair_status
from nastavnik.mentorships.choices import CLOSED
from nastavnik.mentorships.choices import MentorshipStatus as M
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.mentorships.queries import pairs_for
from nastavnik.people.actions import grant_role, mark_left
from nastavnik.programmes.actions import set_participation_status, take_place
from nastavnik.programmes.choices import ParticipationStatus as S
from nastavnik.programmes.models import Participation


@pytest.fixture
def made(cast):
    return run_matching(cast.school.programme, by=cast.anna)


def record(cast, key):
    return Participation.objects.get(pk=cast.school.records[key].pk)


def test_approval_takes_places_ties_and_drafts_one_order(cast, made):
    order = approve_run(made, by=cast.anna)
    made.refresh_from_db()
    assert (made.status, made.approved_at is not None) == (RunStatus.APPROVED, True)
    pairs = Mentorship.objects.filter(ties__order=order)
    assert pairs.count() == 3
    for pair in pairs:
        assert (pair.status, pair.run, pair.starts_on) == (
            M.APPROVED,
            made,
            max(today(), cast.school.programme.starts_on),
        )
        assert pair.ties.count() == 1
    for key in ("older", "oldest", "teacher", "younger", "youngest", "novice"):
        assert (record(cast, key).status, record(cast, key).active_count) == (S.PAIRED, 1)
    assert record(cast, "waiting").active_count == 0


def test_only_the_ticked_are_approved(cast, made):
    chosen = Proposal.objects.get(run=made, mentee=cast.school.records["novice"])
    order = approve_run(made, only=[chosen.pk], by=cast.anna)
    assert [pair.mentor for pair in Mentorship.objects.filter(ties__order=order)] == [
        cast.school.records["teacher"]
    ]
    assert record(cast, "younger").status == S.READY


@pytest.mark.parametrize("only", [[], [999_999]])
def test_nothing_ticked_is_nothing_approved(cast, made, only):
    before = counts()
    with pytest.raises(RefusedError):
        approve_run(made, only=only, by=cast.anna)
    assert counts() == before


def test_the_proposals_of_another_run_are_not_approved_with_this(cast, made):
    old = list(Proposal.objects.filter(run=made).values_list("pk", flat=True))
    second = run_matching(cast.school.programme, by=cast.anna)
    with pytest.raises(RefusedError):
        approve_run(second, only=old, by=cast.anna)


def test_a_run_is_approved_once_and_a_replaced_one_never(cast, made):
    second = run_matching(cast.school.programme, by=cast.anna)
    before = counts()
    with pytest.raises(RefusedError):
        approve_run(made, by=cast.anna)
    assert counts() == before
    approve_run(second, by=cast.anna)
    before = counts()
    with pytest.raises(RefusedError):
        approve_run(second, by=cast.anna)
    assert counts() == before


def withdraw(cast, key):
    withdraw_consent(
        Consent.objects.filter(person=cast.school.people[key], withdrawn_on=None).first(),
        by=cast.anna,
    )


def leave_base(cast, key):
    set_participation_status(record(cast, key), S.LEFT, by=cast.anna)


def leave_school(cast, key):
    mark_left(cast.school.people[key], by=cast.anna)


def fill(cast, key):
    take_place(record(cast, key), by=cast.anna)


STALE = [
    (withdraw, "younger"),
    (withdraw, "older"),
    (leave_base, "younger"),
    (leave_base, "older"),
    (leave_school, "younger"),
    (leave_school, "oldest"),
    (fill, "older"),
    (fill, "younger"),
]


@pytest.mark.parametrize(("change", "key"), STALE)
def test_what_changed_since_the_run_stops_the_whole_approval(cast, made, change, key):
    change(cast, key)
    before = counts()
    places = dict(Participation.objects.values_list("pk", "active_count"))
    with pytest.raises(RefusedError) as refusal:
        approve_run(made, by=cast.anna)
    assert cast.school.people[key].full_name in str(refusal.value)
    assert counts() == before
    assert dict(Participation.objects.values_list("pk", "active_count")) == places
    made.refresh_from_db()
    assert made.status == RunStatus.PROPOSED
    # and the advice helps: a new matching can be approved
    if change is not fill:
        approve_run(run_matching(cast.school.programme, by=cast.anna), by=cast.anna)


def test_every_name_that_stands_in_the_way_is_said(cast, made):
    withdraw(cast, "younger")
    withdraw(cast, "teacher")
    with pytest.raises(RefusedError) as refusal:
        approve_run(made, by=cast.anna)
    assert len(refusal.value.reasons) == 2


def register(order, *, by, number="1"):
    set_requisites(order, number=number, dated_on=today(), by=by)
    register_document(order, by=by)


@pytest.mark.parametrize("before", list(M))
def test_only_the_steps_of_the_table_exist(cast, made, before):
    register(approve_run(made, by=cast.anna), by=cast.anna)
    pair = Mentorship.objects.first()
    ended = today() if before in CLOSED else None
    for after in M:
        with transaction.atomic():
            Mentorship.objects.filter(pk=pair.pk).update(status=before, ended_on=ended)
            if after in NEXT[before]:
                moved = set_pair_status(pair, after, reason="так вышло", by=cast.anna)
                assert moved.status == after
                assert (moved.ended_on is not None) == (after in CLOSED)
            else:
                with pytest.raises(RefusedError):
                    set_pair_status(pair, after, reason="так вышло", by=cast.anna)
            transaction.set_rollback(True)


def test_a_pair_runs_by_its_order_and_not_by_a_press(cast, made):
    order = approve_run(made, by=cast.anna)
    pair = Mentorship.objects.first()
    with pytest.raises(RefusedError, match="приказ"):
        set_pair_status(pair, M.ACTIVE, by=cast.anna)
    pressed = signed_in(cast.anna).post(
        reverse("mentorships:status", args=[pair.pk]), {"status": "active"}, follow=True
    )
    assert "waits for its order" in pressed.content.decode()
    pair.refresh_from_db()
    assert (pair.status, pair.meetings.count()) == (M.APPROVED, 0)
    register(order, by=cast.anna)
    pair.refresh_from_db()
    assert pair.status == M.ACTIVE
    assert pair.meetings.exists()


@pytest.mark.both
def test_a_pair_stopped_before_its_order_goes_on_to_wait_for_it(cast, made):
    order = approve_run(made, by=cast.anna)
    pair = Mentorship.objects.get(ties__mentee=cast.school.records["younger"])
    set_pair_status(pair, M.SUSPENDED, by=cast.anna)
    pressed = signed_in(cast.anna).post(
        reverse("mentorships:status", args=[pair.pk]), {"status": "active"}, follow=True
    )
    assert "The pair: waits for the order" in pressed.content.decode()
    assert pair.ties.get().order == order
    register(order, by=cast.anna)
    pair.refresh_from_db()
    assert pair.status == M.ACTIVE


@pytest.mark.both
def test_a_pair_stopped_when_its_order_was_signed_gets_an_order_of_its_own(cast, made):
    order = approve_run(made, by=cast.anna)
    pair = Mentorship.objects.get(ties__mentee=cast.school.records["younger"])
    name = "Младшов Миша"
    set_pair_status(pair, M.SUSPENDED, by=cast.anna)
    register(order, by=cast.anna)
    order.refresh_from_db()
    assert name not in str(annex_of(order))
    assert pair.ties.get().order is None
    moved = set_pair_status(pair, M.ACTIVE, by=cast.anna)
    own = pair.ties.get().order
    assert (moved.status, own.status, own == order) == (M.APPROVED, "draft", False)
    assert name in str(annex_of(own))
    register(own, by=cast.anna, number="2")
    pair.refresh_from_db()
    assert (pair.status, pair.meetings.exists()) == (M.ACTIVE, True)
    # once named, a stop and a go ask for no other order
    set_pair_status(pair, M.SUSPENDED, by=cast.anna)
    assert set_pair_status(pair, M.ACTIVE, by=cast.anna).status == M.ACTIVE
    assert pair.ties.get().order == own


def test_who_sees_all_pairs_and_decides_on_one_form_stops_no_other(cast, made):
    approve_run(made, by=cast.anna)
    user = cast.staff_curator
    grant_role(user, cast.school.organisation, Role.DIRECTOR, starts_on=today(), by=None)
    pupils = Mentorship.objects.get(ties__mentee=cast.school.records["younger"])
    staff = Mentorship.objects.get(form__code="teacher_teacher")
    for pair, answer, after in ((pupils, 404, M.APPROVED), (staff, 302, M.SUSPENDED)):
        page = signed_in(user).get(reverse("mentorships:card", args=[pair.pk])).content.decode()
        assert ('value="suspended"' in page) == (answer == 302)
        address = reverse("mentorships:status", args=[pair.pk])
        assert signed_in(user).post(address, {"status": "suspended"}).status_code == answer
        pair.refresh_from_db()
        assert pair.status == after


def test_an_early_end_needs_a_reason_and_frees_both(cast, made):
    order = approve_run(made, by=cast.anna)
    pair = Mentorship.objects.get(ties__mentee=cast.school.records["younger"])
    for reason in ("", "   "):
        with pytest.raises(RefusedError):
            set_pair_status(pair, M.CANCELLED, reason=reason, by=cast.anna)
    set_pair_status(pair, M.CANCELLED, reason=" переезд ", by=cast.anna)
    pair.refresh_from_db()
    assert (pair.end_reason, pair.ended_on) == ("переезд", today())
    assert pair.ties.get().ends_on == today()
    mentor = Participation.objects.get(pk=pair.mentor_id)
    assert (mentor.status, mentor.active_count) == (S.READY, 0)
    assert (record(cast, "younger").status, record(cast, "younger").active_count) == (S.READY, 0)
    again = approve_run(run_matching(cast.school.programme, by=cast.anna), by=cast.anna)
    assert again.pk != order.pk
    assert Tie.objects.filter(mentee=cast.school.records["younger"]).count() == 2


def test_a_completed_pair_needs_no_reason(cast, made):
    register(approve_run(made, by=cast.anna), by=cast.anna)
    pair = Mentorship.objects.first()
    assert set_pair_status(pair, M.COMPLETED, by=cast.anna).ended_on == today()


@pytest.mark.both
def test_the_database_keeps_one_open_tie_and_the_date_of_an_end(cast, made):
    approve_run(made, by=cast.anna)
    one, two = Mentorship.objects.all()[:2]
    with pytest.raises(IntegrityError), transaction.atomic():
        Tie.objects.create(
            organisation=two.organisation,
            mentorship=two,
            mentee=one.ties.get().mentee,
            starts_on=today(),
        )
    for broken in ({"status": M.COMPLETED}, {"ended_on": today()}, {"ends_on": "2000-01-01"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Mentorship.objects.filter(pk=one.pk).update(**broken)


def test_a_mentor_and_a_mentee_see_their_own_open_pair(cast, made):
    approve_run(made, by=cast.anna)
    own = {
        Role.MENTOR: Mentorship.objects.get(mentor=cast.school.records["older"]),
        Role.MENTEE: Mentorship.objects.get(ties__mentee=cast.school.records["younger"]),
    }
    for role, pair in own.items():
        client = signed_in(cast.users[role])
        assert list(client.get("/pairs/own/").context["pairs"]) == [pair]
        assert client.get("/pairs/").status_code == 403
        assert client.get(reverse("mentorships:card", args=[pair.pk])).status_code == 403
    for pair in set(own.values()):
        set_pair_status(pair, M.CANCELLED, reason="конец", by=cast.anna)
    for role in own:
        assert list(signed_in(cast.users[role]).get("/pairs/own/").context["pairs"]) == []


def test_the_list_is_narrowed_by_either_side_state_and_form(cast, made):
    approve_run(made, by=cast.anna)
    client = signed_in(cast.anna)

    def shown(**query):
        keys = [pair.pk for pair in client.get("/pairs/", query).context["pairs"]]
        return set(Mentorship.objects.filter(pk__in=keys).values_list("form__code", flat=True))

    assert len(client.get("/pairs/").context["pairs"]) == 3
    assert shown(q="учителева") == {"teacher_teacher"}
    assert shown(q="НОВИК") == {"teacher_teacher"}
    assert shown(form="pupil_pupil") == {"pupil_pupil"}
    assert shown(status="active") == set()
    assert len(pairs_for(cast.anna, q="старш млад")) == 2
    assert CANARY not in text(client.get("/pairs/"))
    assert signed_in(cast.users[Role.SOCIAL_TEACHER]).get("/pairs/").status_code == 200


def test_a_class_teacher_sees_the_pairs_of_the_own_class(cast, made):
    approve_run(made, by=cast.anna)
    pairs = signed_in(cast.users[Role.CLASS_TEACHER]).get("/pairs/").context["pairs"]
    mentees = {person.last_name for pair in pairs for person in pair.mentees}
    assert mentees == {"Младшов", "Младшова"}


def test_the_page_of_a_pair_offers_the_steps_there_are(cast, made):
    approve_run(made, by=cast.anna)
    pair = Mentorship.objects.get(mentor=cast.school.records["older"])
    url = reverse("mentorships:card", args=[pair.pk])
    client = signed_in(cast.anna)
    assert set(client.get(url).context["steps"]) == NEXT[M.APPROVED]
    assert signed_in(cast.users[Role.DIRECTOR]).get(url).context["steps"] == []
    step = reverse("mentorships:status", args=[pair.pk])
    for answers in ({"status": "married"}, {}, {"status": "completed"}):
        assert said(client.post(step, answers, follow=True))
        pair.refresh_from_db()
        assert pair.status == M.APPROVED
    asked = client.post(step, {"status": "cancelled", "reason": "переезд"})
    end = reverse("mentorships:end", args=[pair.pk])
    assert asked["Location"] == f"{end}?how=cancelled"
    assert client.post(end, {"how": "cancelled"}).status_code == 422  # no reason
    pair.refresh_from_db()
    assert pair.status == M.APPROVED
    client.post(end, {"how": "cancelled", "reason": "переезд"})
    pair.refresh_from_db()
    assert pair.status == M.CANCELLED
    assert client.get(url).context["steps"] == []


def test_a_pair_of_another_school_is_out_of_reach(cast):
    approve_pairs(cast.other)
    pair = Mentorship.objects.first()
    client = signed_in(cast.anna)
    assert client.get(reverse("mentorships:card", args=[pair.pk])).status_code == 404
    answers = {"status": "cancelled", "how": "cancelled", "reason": "так"}
    for page in ("status", "end", "reopen"):
        address = reverse(f"mentorships:{page}", args=[pair.pk])
        assert client.post(address, answers).status_code == 404
    assert client.post(reverse("mentorships:approve", args=[pair.run_id])).status_code == 404


def test_approval_on_the_page_leads_to_the_order(cast, made):
    client = signed_in(cast.anna)
    url = reverse("mentorships:approve", args=[made.pk])
    assert client.post(url, {"proposals": ["x"]})["Location"] == "/matching/"
    assert not Document.objects.exists()
    chosen = Proposal.objects.filter(run=made).first()
    response = client.post(url, {"proposals": [chosen.pk], "sure": "1"})
    order = Document.objects.get()
    assert response["Location"] == reverse("documents:card", args=[order.pk])
    assert Mentorship.objects.count() == 1
    again = client.post(url, {"all": "1"}, follow=True)
    assert again.redirect_chain == [("/matching/", 302)]
    assert said(again)
    assert Mentorship.objects.count() == 1


def test_all_at_once_on_the_page(cast, made):
    signed_in(cast.anna).post(reverse("mentorships:approve", args=[made.pk]), {"all": "1"})
    assert Mentorship.objects.count() == 3


def at_once(*works):
    """Do the works in threads that start together; return what each answered or raised."""
    barrier = threading.Barrier(len(works))
    answers = [None] * len(works)

    def do(place, work):
        try:
            barrier.wait(timeout=120)
            answers[place] = work()
        except (RefusedError, IntegrityError) as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
    return answers


def refused(answers):
    return [answer for answer in answers if isinstance(answer, RefusedError | IntegrityError)]


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_two_presses_of_approve_make_the_pairs_once():
    cast = build_cast()
    made = run_matching(cast.school.programme, by=cast.anna)
    answers = at_once(*[lambda: approve_run(made, by=cast.anna)] * 3)
    assert len(refused(answers)) == 2
    assert Mentorship.objects.count() == 3
    assert Document.objects.count() == 1


def two_runs_for_one_place(cast):
    """Return two proposed runs that give the one place of the same mentor to two mentees."""
    set_participation_status(cast.school.records["oldest"], S.LEFT, by=cast.anna)
    forbid(cast.school, "older", "youngest")
    first = run_matching(cast.school.programme, by=cast.anna)
    cast.school.records["youngest"].rulings_as_mentee.all().delete()
    forbid(cast.school, "older", "younger")
    second = run_matching(cast.school.programme, by=cast.anna)
    MatchingRun.objects.filter(pk=first.pk).update(status=RunStatus.PROPOSED)
    chosen = [
        Proposal.objects.get(run=one, mentor=cast.school.records["older"])
        for one in (first, second)
    ]
    assert chosen[0].mentee_id != chosen[1].mentee_id
    return list(zip((first, second), chosen, strict=True))


def n_mentees(cast):
    return Tie.objects.filter(mentorship__mentor=cast.school.records["older"], ends_on=None).count()


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_given_once():
    cast = build_cast()
    answers = at_once(
        *[
            lambda run=run, one=one: approve_run(run, only=[one.pk], by=cast.anna)
            for run, one in two_runs_for_one_place(cast)
        ]
    )
    (refusal,) = refused(answers)
    assert "Старшов Олег" in str(refusal)
    assert n_mentees(cast) == 1 == record(cast, "older").active_count


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_the_race_is_real():
    """Whoever looks first and writes then gives the one place twice: the test above can fail."""
    cast = build_cast()
    both_have_looked = threading.Barrier(2)

    def naive(run, one):
        mentor = Participation.objects.get(pk=one.mentor_id)
        free = mentor.active_count < mentor.capacity
        both_have_looked.wait(timeout=120)
        if free:
            with transaction.atomic():
                pair = Mentorship.objects.create(
                    organisation_id=run.organisation_id,
                    programme_id=run.programme_id,
                    form_id=one.form_id,
                    mentor=mentor,
                    starts_on=today(),
                    ends_on=today(),
                )
                Tie.objects.create(
                    organisation_id=run.organisation_id,
                    mentorship=pair,
                    mentee_id=one.mentee_id,
                    starts_on=today(),
                )

    at_once(*[lambda r=r, o=o: naive(r, o) for r, o in two_runs_for_one_place(cast)])
    assert n_mentees(cast) == 2 > record(cast, "older").capacity


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_the_database_itself_holds_the_capacity():
    cast = build_cast()
    mentor = cast.school.records["older"]
    answers = at_once(*[lambda: take_place(mentor, by=None)] * 4)
    assert len(refused(answers)) == 3
    assert record(cast, "older").active_count == 1
