"""What happened to a paper is kept line by line: any past day can be told, now and as it was known then."""

import datetime as dt
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.cast import CANARY
from tests.pages import signed_in, text, years_ago

from nastavnik.consents.actions import mark_mistaken, record_consents, withdraw_consent
from nastavnik.consents.choices import NEEDED_FOR_BASE, EventKind, Purpose, Signer
from nastavnik.consents.models import Consent, ConsentEvent
from nastavnik.consents.queries import covered_on, held_purposes, history_of, told_purposes
from nastavnik.core.dates import today
from nastavnik.people.models import Person

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def kinds(paper):
    return [event.kind for event in ConsentEvent.objects.filter(consent=paper).order_by("pk")]


def noon(day):
    return dt.datetime.combine(day, dt.time(9), dt.UTC)


def test_a_late_tick_covers_its_days_now_and_did_not_then(cast):
    person, first = cast.school.people["waiting"], today() - 10 * DAY
    with time_machine.travel(noon(today() - 4 * DAY), tick=False):
        [paper] = record_consents([person], [Purpose.DATA], signed_on=first, by=cast.anna)
    assert covered_on(person, Purpose.DATA, first)
    assert not covered_on(person, Purpose.DATA, first - DAY)
    assert not covered_on(person, Purpose.DATA, first, known_on=first)
    assert covered_on(person, Purpose.DATA, first, known_on=today() - 4 * DAY)
    assert kinds(paper) == [EventKind.GIVEN]


def test_a_mistake_never_held_and_was_told_until_it_was_found(cast):
    person = cast.school.people["waiting"]
    before = today() - 5 * DAY
    with time_machine.travel(noon(before), tick=False):
        papers = record_consents([person], NEEDED_FOR_BASE, signed_on=before, by=cast.anna)
    mark_mistaken(papers, by=cast.anna)
    assert told_purposes(person, before) == frozenset()
    assert told_purposes(person, before, known_on=before) == set(NEEDED_FOR_BASE)
    assert told_purposes(person, today(), known_on=today()) == frozenset()


def test_a_withdrawal_ends_from_its_day_and_leaves_the_days_before(cast):
    person = cast.school.people["waiting"]
    [paper] = record_consents([person], [Purpose.DATA], signed_on=today() - 3 * DAY, by=cast.anna)
    withdraw_consent(paper, by=cast.anna)
    assert covered_on(person, Purpose.DATA, today() - DAY)
    assert not covered_on(person, Purpose.DATA, today())
    assert kinds(paper) == [EventKind.GIVEN, EventKind.WITHDRAWN]


def test_a_paper_outgrown_covers_until_the_birthday_and_its_end_is_told(cast):
    person = cast.school.people["oldest"]
    born = years_ago(18)
    birthday = born.replace(year=born.year + 18)  # on 29 February the day before
    Person.objects.filter(pk=person.pk).update(birth_date=born)
    person.refresh_from_db()
    old = Consent.objects.get(person=person, purpose=Purpose.DATA)
    assert old.signer == Signer.BOTH
    day = max(old.signed_on, birthday - DAY)
    assert covered_on(person, Purpose.DATA, day) == (day < birthday)
    assert not covered_on(person, Purpose.DATA, today())
    record_consents([person], [Purpose.DATA], signed_on=today(), by=cast.anna)
    assert covered_on(person, Purpose.DATA, today())
    assert kinds(old) == [EventKind.GIVEN, EventKind.ENDED]


@pytest.mark.both
def test_events_are_only_added(cast):
    event = ConsentEvent.objects.filter(organisation=cast.school.organisation).first()
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        ConsentEvent.objects.update(kind=EventKind.WITHDRAWN)
    paper = withdraw_consent(event.consent, by=cast.anna)
    for kind in (EventKind.GIVEN, EventKind.WITHDRAWN, EventKind.MISTAKEN):
        with pytest.raises(IntegrityError), transaction.atomic():
            ConsentEvent.objects.create(
                organisation=paper.organisation, consent=paper, kind=kind, effective_on=today()
            )


def test_the_page_tells_the_history_and_a_past_day(cast):
    client, person = signed_in(cast.anna), cast.school.people["waiting"]
    page = reverse("consents:person", args=[person.pk])
    before = today() - 5 * DAY
    [paper] = record_consents([person], [Purpose.DATA], signed_on=before, by=cast.anna)
    withdraw_consent(paper, by=cast.anna)
    told = text(client.get(page, {"day": before.isoformat()}))
    assert f"withdrawn from {today():%d.%m.%Y}" in told
    assert f"signed on {before:%d.%m.%Y}: legal representative" in told
    assert told.index("withdrawn from") < told.index("signed on ")  # the latest first
    assert f"On {before:%d.%m.%Y}" in told
    assert told.count("on that day the ledger did not know of it yet") == 1
    assert cast.anna.full_name in told
    assert "<h3>" not in text(client.get(page))
    assert "This day is still ahead." in text(
        client.get(page, {"day": (today() + 2 * DAY).isoformat()})
    )


def test_the_history_of_another_school_is_out_of_reach(cast):
    stranger = cast.other.people["younger"]
    assert history_of(cast.anna, stranger) == []
    assert history_of(cast.vera, stranger)
    page = signed_in(cast.anna).get(reverse("consents:person", args=[stranger.pk]))
    assert page.status_code == 404
    assert CANARY not in text(page)


class LedgerMachine(RuleBasedStateMachine):
    """Papers of one person over a month, day by day; each day is remembered as the ledger told it."""

    school = None

    @initialize(age=st.integers(0, 12))
    def begin(self, age):
        self.by, self.person = self.school.curator, self.school.people["waiting"]
        self.day, self.told = today() - 40 * DAY, {}
        ConsentEvent.objects.filter(consent__person=self.person).delete()
        Consent.objects.filter(person=self.person).delete()
        # 18 on one of the days, or 17 throughout
        self.birthday = self.day + (age * 3 + 1) * DAY
        born = years_ago(18)
        born += self.birthday - today()
        Person.objects.filter(pk=self.person.pk).update(birth_date=born)
        self.person.refresh_from_db()

    def _then(self):
        return time_machine.travel(noon(self.day), tick=False)

    @rule(purpose=st.sampled_from(NEEDED_FOR_BASE), late=st.integers(0, 5))
    def sign(self, purpose, late):
        with self._then():
            signed_on = self.day - late * DAY
            record_consents([self.person], [purpose], signed_on=signed_on, by=self.by)

    def _standing(self):
        return Consent.objects.filter(person=self.person, withdrawn_on=None, mistaken_on=None)

    @precondition(lambda self: self._standing().exists())
    @rule(at=st.integers(0, 5))
    def withdraw(self, at):
        papers = list(self._standing())
        paper = papers[at % len(papers)]
        with self._then():
            withdraw_consent(paper, by=self.by)
            # on the next request
            held = held_purposes([self.person.pk], self.day).get(self.person.pk, frozenset())
            assert paper.purpose not in held

    @precondition(lambda self: self._standing().exists())
    @rule(at=st.integers(0, 5))
    def mistake(self, at):
        papers = list(self._standing())
        with self._then():
            mark_mistaken([papers[at % len(papers)]], by=self.by)

    @rule()
    def tomorrow(self):
        self.told[self.day] = told_purposes(self.person, self.day, known_on=self.day)
        self.day += DAY

    @invariant()
    def rows_are_what_the_events_add_up_to(self):
        if not hasattr(self, "day"):
            return
        for day in (self.day - DAY, self.day):
            held = held_purposes([self.person.pk], day).get(self.person.pk, frozenset())
            assert told_purposes(self.person, day) == held
        stopped = ConsentEvent.objects.exclude(kind=EventKind.GIVEN)
        stopped = stopped.filter(effective_on__lte=self.day).values("consent")
        live = ConsentEvent.objects.filter(consent__person=self.person, kind=EventKind.GIVEN)
        covered = live.exclude(consent__in=stopped).values_list("consent__purpose", flat=True)
        assert told_purposes(self.person, self.day) <= set(covered)

    def teardown(self):
        """Past days tell what they told."""
        for day, told in getattr(self, "told", {}).items():
            assert told_purposes(self.person, day, known_on=day) == told


@pytest.mark.both
def test_never_covered_without_a_live_event_and_past_days_stay(cast):
    class Machine(LedgerMachine):
        school = cast.school

    is_deep = settings().max_examples >= 500
    run = settings(
        max_examples=60 if is_deep else 5,
        stateful_step_count=30 if is_deep else 10,
        deadline=None,
    )
    run_state_machine_as_test(Machine, settings=run)


def test_a_row_changed_past_its_events_is_seen(cast):
    """The property of the machine fails where somebody writes a line without its event."""
    person = cast.school.people["younger"]
    Consent.objects.filter(person=person).update(withdrawn_on=today())
    assert told_purposes(person, today()) == set(NEEDED_FOR_BASE)
    assert held_purposes([person.pk], today()) == {}


def test_papers_of_before_get_the_events_they_tell_of(cast):
    gone, wrong, *_stay = Consent.objects.filter(organisation=cast.school.organisation)
    withdraw_consent(gone, by=cast.anna)
    mark_mistaken([wrong], by=cast.anna)
    Consent.objects.filter(pk=_stay[0].pk).update(ends_on=today())
    fields = ("consent", "kind", "effective_on")
    told = set(ConsentEvent.objects.values_list(*fields))
    ConsentEvent.objects.all().delete()
    step = import_module("nastavnik.consents.migrations.0006_events_of_what_is_there")
    step.tell(apps, None)
    ended = (_stay[0].pk, EventKind.ENDED, today() + DAY)
    assert set(ConsentEvent.objects.values_list(*fields)) == told | {ended}
