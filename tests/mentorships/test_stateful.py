"""The life of pairs under any order of acts: what may never be is looked for after each of them (method.md §2.2, §3)."""

import datetime as dt
from collections import Counter

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Q
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from tests.mentorships.scenes import pair_of, run_pairs

from nastavnik.consents.actions import record_consents, withdraw_consent
from nastavnik.consents.choices import NEEDED_FOR_BASE
from nastavnik.consents.models import Consent
from nastavnik.consents.queries import held_purposes
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.documents.actions import (
    discard_document,
    register_document,
    set_requisites,
    take_back_registration,
)
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.matching.actions import run_matching
from nastavnik.matching.models import Proposal
from nastavnik.mentorships.actions import (
    NEXT,
    approve_run,
    end_pause,
    extend_pair,
    pause_pair,
    reopen_pair,
    replace_mentor,
    set_pair_status,
)
from nastavnik.mentorships.choices import AHEAD, CLOSED, OPEN, EndCause, ExtensionCause
from nastavnik.mentorships.choices import MentorshipStatus as M
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.programmes.actions import change_participation, make_ready
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import Participation

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
PICK = st.integers(0, 7)


def faults(school):
    """Return what must never be in the pairs of a school, a sentence each."""
    pairs = Mentorship.objects.filter(organisation=school.organisation)
    ties = Tie.objects.filter(mentorship__in=pairs, ends_on=None)
    ties = list(ties.select_related("mentorship__mentor", "mentee", "order"))
    return [*_of_ends(pairs), *_of_running(ties), *_of_places(school, pairs, ties)]


def _of_ends(pairs):
    ended = Q(status__in=CLOSED)
    for one in pairs.filter(ended & Q(ended_on=None) | ~ended & ~Q(ended_on=None)):
        yield f"{one.pk} has a day of its end and no end, or an end and no day"
    for one in pairs.filter(ended, ties__ends_on=None):
        yield f"{one.pk} has ended and holds somebody"
    for one in pairs.filter(ended, meetings__status__in=AHEAD, meetings__planned_on__gt=today()):
        yield f"{one.pk} has ended and is to meet"


def _of_running(ties):
    running = [tie for tie in ties if tie.mentorship.status == M.ACTIVE]
    people = {tie.pk: {tie.mentee.person_id, tie.mentorship.mentor.person_id} for tie in running}
    held = held_purposes(set().union(*people.values()), today())
    for tie in running:
        if tie.order is None or tie.order.status != DocumentStatus.REGISTERED:
            yield f"{tie.mentorship_id} runs without an order"
        if any(not set(NEEDED_FOR_BASE) <= held.get(key, frozenset()) for key in people[tie.pk]):
            yield f"{tie.mentorship_id} runs without a consent"


def _of_places(school, pairs, ties):
    open_ties = [tie for tie in ties if tie.mentorship.status in OPEN]
    in_form = Counter((tie.mentee_id, tie.mentorship.form_id) for tie in open_ties)
    yield from (f"{key} is held twice in one form" for key, n in in_form.items() if n > 1)
    taken = Counter(tie.mentee_id for tie in open_ties)
    taken.update(pairs.filter(status__in=OPEN).values_list("mentor_id", flat=True))
    for record in Participation.objects.filter(organisation=school.organisation):
        n = taken[record.pk]
        if record.active_count != n:
            yield f"{record.pk} counts {record.active_count} places and has {n}"
        if n > record.capacity:
            yield f"{record.pk} has more than its places"
        if n and record.status != ParticipationStatus.PAIRED:
            yield f"{record.pk} is in a pair and {record.status}"


#: What an act may do to the state of a pair, beside the table of transitions: only those that say so take a step back.
FORWARD = {(before, after) for before, some in NEXT.items() for after in some}
BACK = {(M.ACTIVE, M.APPROVED), (M.SUSPENDED, M.APPROVED)}
REOPENED = {(before, after) for before in CLOSED for after in OPEN}


class LifeMachine(RuleBasedStateMachine):
    """A curator, and people who change their minds, in one school; what is refused changes nothing."""

    school = None

    @initialize()
    def begin(self):
        self.scene = transaction.atomic()
        self.scene.__enter__()
        self.by, self.number = self.school.curator, 0
        self.seen = self._states()
        run_pairs(self.school)
        self.seen = self._states()

    def teardown(self):
        if hasattr(self, "scene"):
            transaction.set_rollback(True)
            self.scene.__exit__(None, None, None)

    def _states(self):
        rows = Mentorship.objects.filter(organisation=self.school.organisation)
        return {pk: M(status) for pk, status in rows.values_list("pk", "status")}

    def _act(self, act, *, may=frozenset()):
        """Do an act; each pair may have moved along the table, or as this act alone may move it."""
        before = self.seen
        try:
            with transaction.atomic():
                act()
        except RefusedError:
            assert self._states() == before
            return
        self.seen = self._states()
        for pk, status in self.seen.items():
            was = before.get(pk)
            if was is not None and was != status:
                assert _reaches(was, status) or (was, status) in may, (was, status, act)

    def _pair(self, at):
        rows = list(Mentorship.objects.filter(organisation=self.school.organisation).order_by("pk"))
        return rows[at % len(rows)] if rows else None

    def _record(self, at, side):
        rows = Participation.objects.filter(organisation=self.school.organisation, side=side)
        rows = list(rows.order_by("pk"))
        return rows[at % len(rows)]

    def _paper(self, at, status):
        rows = Document.objects.filter(organisation=self.school.organisation, status=status)
        rows = list(rows.order_by("pk"))
        return rows[at % len(rows)] if rows else None

    @rule(at=PICK)
    def match(self, at):
        def act():
            run = run_matching(self.school.programme, by=self.by)
            keys = (
                Proposal.objects.filter(run=run).exclude(mentor=None).values_list("pk", flat=True)
            )
            approve_run(run, only=list(keys)[: 1 + at % 3], by=self.by)

        self._act(act)

    @rule(at=PICK)
    def register(self, at):
        paper = self._paper(at, DocumentStatus.DRAFT)
        if paper is None:
            return
        self.number += 1

        def act():
            set_requisites(paper, number=f"{100 + self.number}-о", dated_on=today(), by=self.by)
            register_document(paper, by=self.by)

        self._act(act)

    @rule(at=PICK)
    def take_back(self, at):
        paper = self._paper(at, DocumentStatus.REGISTERED)
        if paper is not None:
            self._act(
                lambda: take_back_registration(paper, reason="ошиблись", by=self.by), may=BACK
            )

    @rule(at=PICK)
    def discard(self, at):
        paper = self._paper(at, DocumentStatus.DRAFT)
        if paper is not None:
            self._act(lambda: discard_document(paper, by=self.by))

    @rule(at=PICK, status=st.sampled_from([M.ACTIVE, M.SUSPENDED, M.COMPLETED, M.CANCELLED]))
    def move(self, at, status):
        pair = self._pair(at)
        if pair is not None:
            self._act(lambda: set_pair_status(pair, status, reason="так решили", by=self.by))

    @rule(at=PICK)
    def reopen(self, at):
        pair = self._pair(at)
        if pair is not None:
            self._act(lambda: reopen_pair(pair, by=self.by), may=REOPENED)

    @rule(at=PICK, to=PICK)
    def replace(self, at, to):
        pair = self._pair(at)
        if pair is not None:
            mentor = self._record(to, Side.MENTOR)
            self._act(lambda: replace_mentor(pair, mentor, cause=EndCause.CONTRACT, by=self.by))

    @rule(at=PICK, wait=st.integers(0, 20), long=st.integers(0, 20))
    def pause(self, at, wait, long):
        pair = self._pair(at)
        first = today() + wait * DAY
        if pair is not None:
            self._act(
                lambda: pause_pair(
                    pair,
                    first=first,
                    last=first + long * DAY,
                    cause=ExtensionCause.ABSENCE,
                    by=self.by,
                )
            )

    @rule(at=PICK)
    def end_of_pause(self, at):
        pair = self._pair(at)
        if pair is not None:
            self._act(lambda: end_pause(pair, by=self.by))

    @rule(at=PICK, days=st.integers(1, 30))
    def extend(self, at, days):
        pair = self._pair(at)
        if pair is not None:
            until = pair.ends_on + days * DAY
            self._act(
                lambda: extend_pair(pair, ends_on=until, cause=ExtensionCause.ABSENCE, by=self.by)
            )

    @rule(at=PICK, side=st.sampled_from(Side), purpose=st.sampled_from(NEEDED_FOR_BASE))
    def withdraw(self, at, side, purpose):
        person = self._record(at, side).person_id
        paper = Consent.objects.filter(
            person=person, purpose=purpose, withdrawn_on=None, mistaken_on=None
        ).first()
        if paper is not None:
            self._act(lambda: withdraw_consent(paper, by=self.by))

    @rule(at=PICK, side=st.sampled_from(Side))
    def sign(self, at, side):
        record = self._record(at, side)
        self._act(
            lambda: record_consents([record.person], NEEDED_FOR_BASE, signed_on=today(), by=self.by)
        )

    @rule(at=PICK, side=st.sampled_from(Side))
    def back_to_matching(self, at, side):
        record = self._record(at, side)
        self._act(lambda: make_ready([record], by=self.by))

    @rule(at=PICK, capacity=st.integers(1, 3))
    def give_places(self, at, capacity):
        record = self._record(at, Side.MENTOR)
        self._act(lambda: change_participation(record, capacity=capacity, by=self.by))

    @invariant()
    def nothing_is_wrong(self):
        if hasattr(self, "scene"):
            assert faults(self.school) == []


def _reaches(before, after):
    """Tell whether one act may lead there by the table, in one step or in two (a pair is stopped and then ended)."""
    return (before, after) in FORWARD or any(
        (before, middle) in FORWARD and (middle, after) in FORWARD for middle in M
    )


def test_whatever_is_done_no_pair_runs_that_may_not(cast):
    class Machine(LifeMachine):
        school = cast.school

    is_deep = settings().max_examples >= 500
    run = settings(
        max_examples=1000 if is_deep else 50,
        stateful_step_count=50 if is_deep else 6,
        deadline=None,
        phases=[Phase.generate],
    )
    run_state_machine_as_test(Machine, settings=run)


def test_each_thing_that_may_not_be_is_seen(cast):
    """The property of the machine fails where somebody writes past the actions."""
    run_pairs(cast.school)
    pair = pair_of(cast.school)
    assert faults(cast.school) == []

    def planted(change):
        with transaction.atomic():
            change()
            said = faults(cast.school)
            transaction.set_rollback(True)
        return said

    mentee = pair.ties.get().mentee
    papers = Consent.objects.filter(person=mentee.person_id)
    order = Document.objects.filter(ties__mentorship=pair)
    assert planted(lambda: order.update(status=DocumentStatus.DRAFT))
    assert planted(lambda: papers.update(withdrawn_on=today()))
    assert planted(
        lambda: Mentorship.objects.filter(pk=pair.pk).update(status=M.CANCELLED, ended_on=today())
    )
    records = Participation.objects.filter(pk=mentee.pk)
    assert planted(lambda: records.update(active_count=0))
    assert planted(lambda: records.update(status=ParticipationStatus.READY))
    with pytest.raises(IntegrityError):
        planted(lambda: records.update(active_count=2, capacity=1))
