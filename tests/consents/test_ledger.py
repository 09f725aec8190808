"""The ledger: who signs, what holds, what stops when a paper is taken back."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from tests.cast import CANARY, approve_pairs
from tests.pages import said, signed_in, text, years_ago

from nastavnik.consents.actions import record_consents, withdraw_consent
from nastavnik.consents.choices import NEEDED_FOR_BASE, Purpose, Signer
from nastavnik.consents.models import Consent
from nastavnik.consents.queries import held_purposes, ledger_rows, missing_purposes, signer_for
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.documents.actions import register_document, set_requisites
from nastavnik.mentorships.actions import set_pair_status
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.models import Mentorship
from nastavnik.people.models import Person
from nastavnik.programmes.choices import ParticipationStatus

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("age", "signer"),
    [
        (6, Signer.REPRESENTATIVE),
        (13, Signer.REPRESENTATIVE),
        (14, Signer.BOTH),
        (17, Signer.BOTH),
        (18, Signer.PERSON),
        (40, Signer.PERSON),
    ],
)
def test_who_signs_follows_from_the_age_on_the_day(age, signer):
    day = dt.date(2026, 9, 1)
    birthday = Person(kind="pupil", birth_date=dt.date(2026 - age, 9, 1))
    assert signer_for(birthday, day) == signer
    eve = Person(kind="pupil", birth_date=dt.date(2026 - age - 1, 9, 2))
    assert signer_for(eve, day) == signer  # the last day of that age


@pytest.mark.parametrize(
    ("kind", "signer"),
    [
        ("pupil", Signer.REPRESENTATIVE),
        ("student", Signer.REPRESENTATIVE),
        ("volunteer", Signer.REPRESENTATIVE),
        ("veteran", Signer.PERSON),
        ("teacher", Signer.PERSON),
        ("employer", Signer.PERSON),
    ],
)
def test_an_unknown_age_is_the_youngest_of_a_learner(kind, signer):
    assert signer_for(Person(kind=kind), dt.date(2026, 9, 1)) == signer


def papers(person):
    return Consent.objects.filter(person=person)


def held(person, day=None):
    return held_purposes([person.pk], day or today()).get(person.pk, frozenset())


def test_papers_are_ticked_off_in_bulk_and_once(cast):
    people = [cast.school.people["waiting"], cast.school.people["younger"]]
    fresh = record_consents(people, list(Purpose), signed_on=today(), by=cast.anna)
    assert {(one.person, one.purpose) for one in fresh} == {
        (person, purpose)
        for person in people
        for purpose in Purpose
        if person == people[0] or purpose not in NEEDED_FOR_BASE
    }
    assert record_consents(people, list(Purpose), signed_on=today(), by=cast.anna) == []
    assert {one.organisation_id for one in fresh} == {cast.school.organisation.pk}


def test_a_day_ahead_is_refused(cast):
    n_papers = Consent.objects.count()
    with pytest.raises(RefusedError):
        record_consents(
            [cast.school.people["waiting"]], NEEDED_FOR_BASE, signed_on=today() + DAY, by=cast.anna
        )
    assert Consent.objects.count() == n_papers


@pytest.mark.both
def test_the_database_keeps_one_live_paper_and_the_order_of_days(cast):
    paper = papers(cast.school.people["older"]).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(
            organisation=paper.organisation,
            person=paper.person,
            purpose=paper.purpose,
            signer=paper.signer,
            signed_on=today(),
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        papers(paper.person).update(withdrawn_on=paper.signed_on - DAY)


@pytest.mark.usefixtures("within_the_year")
def test_a_withdrawn_paper_makes_room_for_a_new_one(cast):
    person = cast.school.people["older"]
    paper = withdraw_consent(papers(person).get(purpose=Purpose.DATA), by=cast.anna)
    assert held(person) == {Purpose.PARTICIPATION}
    assert held(person, today() - DAY) == set(NEEDED_FOR_BASE)  # it did hold yesterday
    with pytest.raises(RefusedError):
        withdraw_consent(paper, by=cast.anna)
    record_consents([person], [Purpose.DATA], signed_on=today(), by=cast.anna)
    assert held(person) == set(NEEDED_FOR_BASE)
    assert papers(person).filter(purpose=Purpose.DATA).count() == 2


def test_a_paper_holds_from_its_day_to_its_last_day(cast):
    person = cast.school.people["waiting"]
    record_consents([person], [Purpose.DATA], signed_on=today() - 5 * DAY, by=cast.anna)
    papers(person).update(ends_on=today() - 2 * DAY)
    assert not held(person, today() - 6 * DAY)
    assert held(person, today() - 5 * DAY)
    assert held(person, today() - 2 * DAY)
    assert not held(person, today() - DAY)
    assert record_consents([person], [Purpose.DATA], signed_on=today(), by=cast.anna)
    assert held(person)


@pytest.mark.both
def test_on_the_eighteenth_birthday_the_own_signature_is_asked_for(cast):
    person = cast.school.people["oldest"]
    Person.objects.filter(pk=person.pk).update(birth_date=years_ago(18) + DAY)
    assert held(person) == set(NEEDED_FOR_BASE)  # 18 tomorrow
    Person.objects.filter(pk=person.pk).update(birth_date=years_ago(18))
    person.refresh_from_db()
    papers(person).update(signed_on=today() - 30 * DAY)
    assert held(person) == set()
    assert ledger_rows([person], NEEDED_FOR_BASE)[0].missing == NEEDED_FOR_BASE
    fresh = record_consents([person], NEEDED_FOR_BASE, signed_on=today(), by=cast.anna)
    assert {paper.signer for paper in fresh} == {Signer.PERSON}
    assert held(person) == set(NEEDED_FOR_BASE)
    old = papers(person).filter(signer=Signer.BOTH)
    assert {(paper.ends_on, paper.withdrawn_on) for paper in old} == {(today() - DAY, None)}
    assert record_consents([person], NEEDED_FOR_BASE, signed_on=today(), by=cast.anna) == []


def test_what_is_missing_comes_in_the_order_asked():
    assert missing_purposes(frozenset(), NEEDED_FOR_BASE) == NEEDED_FOR_BASE
    assert missing_purposes(frozenset({Purpose.DATA}), NEEDED_FOR_BASE) == (Purpose.PARTICIPATION,)
    assert missing_purposes(frozenset(Purpose), NEEDED_FOR_BASE) == ()


def withdraw_of(cast, key, purpose=Purpose.DATA):
    paper = papers(cast.school.people[key]).get(purpose=purpose, withdrawn_on=None)
    return withdraw_consent(paper, by=cast.anna)


def state(record):
    record.refresh_from_db()
    return record.status


@pytest.mark.parametrize("purpose", NEEDED_FOR_BASE)
def test_a_withdrawal_takes_a_ready_record_out_of_matching(cast, purpose):
    record = cast.school.records["younger"]
    assert state(record) == ParticipationStatus.READY
    withdraw_of(cast, "younger", purpose)
    assert state(record) == ParticipationStatus.CANDIDATE
    assert state(cast.school.records["youngest"]) == ParticipationStatus.READY


def test_the_paper_on_publication_stops_nothing(cast):
    record_consents(
        [cast.school.people["younger"]], [Purpose.PUBLICATION], signed_on=today(), by=cast.anna
    )
    order = approve_pairs(cast.school)
    withdraw_of(cast, "younger", Purpose.PUBLICATION)
    assert {pair.status for pair in Mentorship.objects.filter(ties__order=order)} == {
        MentorshipStatus.APPROVED
    }


def pair_of(cast, key):
    return Mentorship.objects.get(ties__mentee=cast.school.records[key], ties__ends_on=None)


def register(cast, order):
    set_requisites(order, number="1", dated_on=cast.school.year.starts_on, by=cast.anna)
    return register_document(order, by=cast.anna)


@pytest.mark.parametrize("side", ["mentee", "mentor"])
def test_a_withdrawal_of_either_side_stops_a_running_pair(cast, side):
    register(cast, approve_pairs(cast.school))
    pair = pair_of(cast, "younger")
    assert pair.status == MentorshipStatus.ACTIVE
    person = cast.school.people["younger"] if side == "mentee" else pair.mentor.person
    withdraw_consent(papers(person).get(purpose=Purpose.PARTICIPATION), by=cast.anna)
    assert pair_of(cast, "younger").status == MentorshipStatus.SUSPENDED
    assert pair_of(cast, "novice").status == MentorshipStatus.ACTIVE


def test_an_approved_pair_is_not_started_by_a_later_registration(cast):
    order = approve_pairs(cast.school)
    withdraw_of(cast, "younger")
    order = register(cast, order)
    assert pair_of(cast, "younger").status == MentorshipStatus.SUSPENDED
    assert pair_of(cast, "youngest").status == MentorshipStatus.ACTIVE
    assert "Младшов Миша" not in str(order.content)
    assert "Младшова Маша" in str(order.content)


def test_a_stopped_pair_goes_on_only_with_a_new_paper(cast):
    register(cast, approve_pairs(cast.school))
    withdraw_of(cast, "younger")
    pair = pair_of(cast, "younger")
    with pytest.raises(RefusedError) as refusal:
        set_pair_status(pair, MentorshipStatus.ACTIVE, by=cast.anna)
    assert cast.school.people["younger"].full_name in str(refusal.value)
    assert pair_of(cast, "younger").status == MentorshipStatus.SUSPENDED
    record_consents(
        [cast.school.people["younger"]], [Purpose.DATA], signed_on=today(), by=cast.anna
    )
    assert set_pair_status(pair, MentorshipStatus.ACTIVE, by=cast.anna).status == "active"


def test_after_the_end_of_a_pair_without_consent_nobody_is_ready_again(cast):
    register(cast, approve_pairs(cast.school))
    withdraw_of(cast, "younger")
    set_pair_status(
        pair_of(cast, "younger"), MentorshipStatus.CANCELLED, reason="нет согласия", by=cast.anna
    )
    assert state(cast.school.records["younger"]) == ParticipationStatus.CANDIDATE


def test_the_ledger_shows_who_is_missing(cast):
    client = signed_in(cast.anna)
    response = client.get("/consents/")
    rows = {row.person.pk: row for row in response.context["page"]}
    assert set(rows) == {person.pk for person in cast.school.people.values()}
    waiting = rows[cast.school.people["waiting"].pk]
    assert (waiting.group, waiting.signer) == ("6Б", Signer.REPRESENTATIVE)
    assert waiting.missing == NEEDED_FOR_BASE
    assert response.context["n_missing"] == 1
    only = client.get("/consents/", {"show": "missing"}).context["page"]
    assert [row.person for row in only] == [cast.school.people["waiting"]]
    assert not list(client.get("/consents/", {"show": "missing", "group": "5А"}).context["page"])
    named = client.get("/consents/", {"q": "ЖДУН", "show": "bogus"}).context["page"]
    assert [row.person for row in named] == [cast.school.people["waiting"]]


def test_papers_are_ticked_off_on_the_page(cast):
    person = cast.school.people["waiting"]
    answers = {
        "people": [person.pk],
        "purposes": ["data", "participation"],
        "signed_on": today().isoformat(),
    }
    response = signed_in(cast.anna).post("/consents/?show=missing", answers, follow=True)
    assert response.redirect_chain == [("/consents/?show=missing", 302)]
    assert said(response)
    assert held(person) == set(NEEDED_FOR_BASE)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"people": []}, "people"),
        ({"purposes": []}, "purposes"),
        ({"signed_on": ""}, "signed_on"),
        ({"signed_on": (today() + 2 * DAY).isoformat()}, "signed_on"),
    ],
)
def test_a_slip_is_shown_and_nothing_is_ticked(cast, wrong, field):
    n_papers = Consent.objects.count()
    answers = {
        "people": [cast.school.people["waiting"].pk],
        "purposes": ["data"],
        "signed_on": today().isoformat(),
    }
    response = signed_in(cast.anna).post("/consents/", answers | wrong)
    assert response.status_code == 422
    assert response.context["form"].errors[field]
    assert Consent.objects.count() == n_papers


def test_people_of_another_school_cannot_be_ticked(cast):
    answers = {
        "people": [cast.other.people["waiting"].pk],
        "purposes": ["data"],
        "signed_on": today().isoformat(),
    }
    assert signed_in(cast.anna).post("/consents/", answers).status_code == 422
    assert not papers(cast.other.people["waiting"]).exists()


def test_the_page_of_a_person_shows_and_withdraws(cast):
    client = signed_in(cast.anna)
    person = cast.school.people["younger"]
    url = reverse("consents:person", args=[person.pk])
    response = client.get(url)
    assert len(response.context["consents"]) == 2
    assert response.context["row"].missing == ()
    paper = papers(person).get(purpose=Purpose.DATA)
    withdraw = reverse("consents:withdraw", args=[paper.pk])
    assert client.post(withdraw)["Location"] == url
    assert client.get(url).context["row"].missing == (Purpose.DATA,)
    assert len(client.get(url).context["consents"]) == 2
    assert said(client.post(withdraw, follow=True))  # twice: said, not broken
    bare = reverse("consents:person", args=[cast.school.people["waiting"].pk])
    assert reverse("consents:ledger") in text(client.get(bare))


def test_a_class_teacher_sees_and_ticks_the_papers_of_the_own_class_only(cast):
    client = signed_in(cast.users[Role.CLASS_TEACHER])
    response = client.get("/consents/")
    shown = {row.person for row in response.context["page"]}
    assert shown == {cast.school.people["younger"], cast.school.people["youngest"]}
    assert response.context["may_edit"]
    n_papers = Consent.objects.count()
    client.post(
        "/consents/",
        {
            "people": [cast.school.people["older"].pk],
            "purposes": ["publication"],
            "signed_on": today(),
        },
    )
    assert Consent.objects.count() == n_papers
    assert set(Consent.objects.visible_to(cast.users[Role.CLASS_TEACHER])) == set(
        Consent.objects.filter(person__in=shown)
    )
    other = papers(cast.school.people["older"]).first()
    assert client.get(reverse("consents:person", args=[other.person_id])).status_code == 404
    assert client.post(reverse("consents:withdraw", args=[other.pk])).status_code == 403


def test_the_papers_of_another_school_are_out_of_reach(cast):
    client = signed_in(cast.anna)
    paper = papers(cast.other.people["younger"]).first()
    assert client.get(reverse("consents:person", args=[paper.person_id])).status_code == 404
    assert client.post(reverse("consents:withdraw", args=[paper.pk])).status_code == 404
    assert CANARY not in text(client.get("/consents/"))


def test_an_empty_base_has_an_empty_ledger(cast):
    cast.school.programme.participations.all().delete()
    response = signed_in(cast.anna).get("/consents/")
    assert response.context["n_people"] == 0
    assert reverse("people:list") in text(response)
