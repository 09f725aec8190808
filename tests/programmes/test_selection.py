"""Interviews warn; a certificate of somebody from outside opens the gate while it holds, and is told before it ends."""

import datetime as dt
import random
from collections import Counter

import pytest
from django.db import IntegrityError, transaction
from tests.pages import signed_in, text

from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks import attention
from nastavnik.core.hooks.facts import facts_of
from nastavnik.documents.actions import register_document, set_requisites
from nastavnik.matching.actions import run_matching
from nastavnik.mentorships.actions import approve_run, reopen_pair, set_pair_status
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.models import Mentorship
from nastavnik.organisations.actions import add_partner
from nastavnik.people.choices import PersonKind
from nastavnik.people.models import Person
from nastavnik.programmes.actions import change_participation
from nastavnik.programmes.choices import CLEARANCE_SOON_DAYS, ParticipationStatus
from nastavnik.programmes.models import Participation
from nastavnik.programmes.queries import BASE_MARKS, base_records, base_rows, marks_of_bases

pytestmark = pytest.mark.django_db
SOON = dt.timedelta(days=CLEARANCE_SOON_DAYS)


def row(cast, key):
    return base_rows(
        [Participation.objects.select_related("person").get(pk=cast.school.records[key].pk)]
    )[0]


def outsider(cast, key="older", **fields):
    """Let a mentor of the cast come from a partner."""
    partner = add_partner(cast.school.organisation, name="Вуз", by=cast.anna)
    Person.objects.filter(pk=cast.school.people[key].pk).update(partner=partner)
    record = cast.school.records[key]
    record.refresh_from_db()
    return change_participation(record, by=cast.anna, **fields)


def titles(cast, state):
    return [
        one.title
        for one in attention.items_for(cast.anna, at_most=None)
        if one.url.endswith(f"?status={state}")
    ]


def test_an_interview_warns_and_stops_nothing(cast):
    assert "Собеседования ещё не было." in row(cast, "older").warnings
    record = cast.school.records["older"]
    change_participation(
        record, interviewed_on=today(), interview_outcome="not_recommended", by=cast.anna
    )
    told = row(cast, "older")
    assert told.verdict
    assert "Собеседование: не рекомендован." in told.warnings
    change_participation(record, interview_outcome="recommended", by=cast.anna)
    assert not [words for words in row(cast, "older").warnings if "обеседован" in words]
    assert row(cast, "younger").warnings == ()


def test_an_outcome_has_a_day(cast):
    record = cast.school.records["older"]
    with pytest.raises(IntegrityError), transaction.atomic():
        change_participation(record, interview_outcome="recommended", by=cast.anna)
    with pytest.raises(IntegrityError), transaction.atomic():
        change_participation(record, interview_outcome="", cleared_until=today(), by=cast.anna)


def test_interviews_of_many_are_written_on_one_grid(cast):
    client, record = signed_in(cast.anna, "ru"), cast.school.records["older"]
    page = client.get("/base/mentor/grid/")
    prefix = f"r{record.pk}"
    form = next(one.form for one in page.context["rows"] if one.form.prefix == prefix)
    sent = {form.add_prefix(name): form[name].value() or "" for name in form.fields}
    sent[f"{prefix}-interview_outcome"] = "recommended"
    assert "Укажите день" in text(client.post("/base/mentor/grid/", sent))
    sent[f"{prefix}-interviewed_on"] = today().isoformat()
    sent[f"{prefix}-interviewer"] = "куратор"
    assert client.post("/base/mentor/grid/", sent).status_code == 302
    record.refresh_from_db()
    assert (record.interviewed_on, record.interviewer) == (today(), "куратор")
    assert record.interview_outcome == "recommended"


def test_who_is_let_through_is_told_of_each_by_the_own_reason(cast):
    change_participation(
        cast.school.records["older"], interviewed_on=today(), trained_on=today(), by=cast.anna
    )
    records = [cast.school.records[key] for key in ("older", "oldest")]
    Participation.objects.filter(pk__in=[one.pk for one in records]).update(status="candidate")
    client = signed_in(cast.anna, "ru")
    sent = {"records": [one.pk for one in records]}
    page = text(client.post("/base/mentor/ready/", sent, follow=True))
    older, oldest = (one.person.short_name for one in records)
    assert f"Не сказано, чем кончилось собеседование. {older}." in page
    assert f"Ещё не обучен. Собеседования ещё не было. {oldest}." in page


def test_interviews_tick_the_roadmap(cast):
    year = cast.school.year

    def told():
        return facts_of(cast.school.organisation.pk, year.starts_on, year.ends_on)

    assert "mentors_interviewed" not in told()
    change_participation(cast.school.records["older"], interviewed_on=today(), by=cast.anna)
    fact = told()["mentors_interviewed"]
    assert fact.n == 1
    assert not fact.holds


def test_from_outside_the_gate_opens_while_the_certificate_holds(cast):
    outsider(cast, cleared_on=None)
    assert not row(cast, "older").verdict
    record = outsider(cast, cleared_on=today(), cleared_until=today())
    assert row(cast, "older").verdict
    Participation.objects.filter(pk=record.pk).update(
        cleared_on=today() - SOON, cleared_until=today() - dt.timedelta(1)
    )
    assert not row(cast, "older").verdict
    assert row(cast, "oldest").verdict


def test_no_pair_begins_or_goes_on_while_the_certificate_is_over(cast):
    record = outsider(cast, cleared_on=today() - SOON, cleared_until=today())
    others = Participation.objects.filter(side="mentor", programme=cast.school.programme)
    others.exclude(pk=record.pk).update(status="candidate")
    run = run_matching(cast.school.programme, by=cast.anna)
    over = Participation.objects.filter(pk=record.pk)

    def let(ends_on):
        over.update(cleared_until=ends_on)

    let(today() - dt.timedelta(1))
    with pytest.raises(RefusedError, match="справки"):
        approve_run(run, by=cast.anna)
    let(today())
    order = approve_run(run, by=cast.anna)
    set_requisites(order, number="1", dated_on=today(), by=cast.anna)
    let(today() - dt.timedelta(1))
    with pytest.raises(RefusedError, match="справки"):
        register_document(order, by=cast.anna)
    let(today())
    register_document(order, by=cast.anna)
    pair = Mentorship.objects.filter(mentor=record).first()
    set_pair_status(pair, MentorshipStatus.SUSPENDED, by=cast.anna)
    let(today() - dt.timedelta(1))
    with pytest.raises(RefusedError, match="справки"):
        set_pair_status(pair, MentorshipStatus.ACTIVE, by=cast.anna)
    set_pair_status(pair, MentorshipStatus.CANCELLED, reason="уехали", by=cast.anna)
    with pytest.raises(RefusedError, match="справки"):
        reopen_pair(pair, by=cast.anna)


def test_kinds_of_people_from_outside_need_it_without_a_partner_too(cast):
    record = cast.school.records["older"]
    Person.objects.filter(pk=record.person_id).update(kind=PersonKind.ALUMNUS)
    assert any("судимости" in words for words in row(cast, "older").verdict.reasons)


def test_today_tells_before_the_term_and_who_leads_without(cast):
    assert titles(cast, "clearance_ends") == []
    record = outsider(cast, cleared_on=today(), cleared_until=today() + SOON + dt.timedelta(1))
    assert titles(cast, "clearance_ends") == []
    change_participation(record, cleared_until=today() + SOON, by=cast.anna)
    assert titles(cast, "clearance_ends") == ["Скоро кончается срок справки: 1 наставник"]
    assert any("кончается" in words for words in row(cast, "older").warnings)
    Participation.objects.filter(pk=record.pk).update(
        cleared_on=today() - SOON, cleared_until=today() - dt.timedelta(1)
    )
    assert titles(cast, "clearance_ends") == titles(cast, "uncleared") == []
    Participation.objects.filter(pk=record.pk).update(
        active_count=1, capacity=1, status=ParticipationStatus.PAIRED
    )
    assert titles(cast, "uncleared") == [
        "1 наставник со стороны ведёт пару без действующей справки"
    ]
    listed = text(signed_in(cast.anna).get("/mentors/?status=uncleared"))
    assert cast.school.people["older"].full_name in listed
    assert cast.school.people["oldest"].full_name not in listed


def test_a_mark_counted_on_today_lists_as_many_in_the_base(cast):
    programme, chance = cast.school.programme, random.Random(18)
    records, days = list(cast.school.records.values()), [None, today() - SOON, today()]
    kinds = [PersonKind.PUPIL, PersonKind.ALUMNUS]
    counted = Counter()
    for _ in range(40):
        for record in records:
            status = chance.choice(list(ParticipationStatus))
            outcome = chance.choice(["", "recommended"])
            cleared_on = chance.choice(days)
            Participation.objects.filter(pk=record.pk).update(
                status=status,
                ends_on=today() if status in ("finished", "left") else None,
                areas=chance.choice([[], ["maths"]]),
                request=chance.choice(["", "просит"]),
                interviewed_on=today() if outcome else None,
                interview_outcome=outcome,
                trained_on=chance.choice(days),
                cleared_on=cleared_on,
                cleared_until=cleared_on
                and chance.choice([None, cleared_on, today() + SOON, today() + 2 * SOON]),
                goes_on=chance.choice([None, True, False]) if status == "finished" else None,
            )
            Person.objects.filter(pk=record.person_id).update(kind=chance.choice(kinds))
        numbers = marks_of_bases(cast.anna, programme, tuple(BASE_MARKS))
        for (side, mark), n in numbers.items():
            listed = base_records(cast.anna, programme, side, status=mark).count()
            assert (side, mark, n) == (side, mark, listed)
            counted[mark] += n
    assert set(counted) == set(BASE_MARKS)
    assert all(counted.values())
