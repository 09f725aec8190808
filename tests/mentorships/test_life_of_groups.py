"""Whatever a curator presses, in whatever order, the rules of groups hold."""

from collections import Counter
from contextlib import suppress

from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisCase
from tests.cast import build_cast
from tests.mentorships.scenes import run_pairs
from tests.mentorships.test_groups import led_in_groups
from tests.papers import annex_of

from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.documents.actions import (
    register_document,
    set_requisites,
    take_back_registration,
)
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.matching.actions import run_matching
from nastavnik.mentorships import actions
from nastavnik.mentorships.choices import HEAVIEST, OPEN, Mark, MentorshipStatus
from nastavnik.mentorships.models import Meeting, Mentorship, Tie
from nastavnik.mentorships.queries import voice_of
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import Participation

PLACE = st.integers(0, 5)
STEPS = st.lists(
    st.tuples(st.sampled_from(["leave", "pause", "resume", "reopen"]), PLACE)
    | st.tuples(
        st.sampled_from(["match", "approve", "register", "unregister", "unapprove"]), st.just(0)
    )
    | st.tuples(st.sampled_from(list(MentorshipStatus)), PLACE)
    | st.tuples(st.sampled_from(HEAVIEST), PLACE),
    max_size=12,
)


class TestLifeOfGroups(HypothesisCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = build_cast()
        led_in_groups(cls.cast, limit=3)
        run_pairs(cls.cast.school)

    # a walk writes much: a thousand of them take minutes
    @settings(max_examples=min(settings.default.max_examples, 200))
    @given(STEPS)
    def test_any_walk_keeps_the_rules(self, steps):
        for what, place in steps:
            gone = set(Tie.objects.exclude(ends_on=None).values_list("pk", "ends_on", "end_reason"))
            with suppress(RefusedError), transaction.atomic():
                self.step(what, place)
            if what not in ("reopen", "unapprove"):
                assert gone <= set(Tie.objects.values_list("pk", "ends_on", "end_reason"))
            self.look()

    def step(self, what, place):
        by = self.cast.anna
        ties = list(Tie.objects.select_related("mentorship").order_by("pk"))
        if not ties and what not in ("match", "approve", "register", "unregister", "unapprove"):
            return
        tie = ties[place % len(ties)] if ties else None
        if isinstance(what, Mark):
            self.mark(tie, what)
        elif isinstance(what, MentorshipStatus):
            actions.set_pair_status(tie.mentorship, what, reason="испытание", by=by)
        else:
            do = {
                "match": lambda: run_matching(self.cast.school.programme, by=by),
                "approve": lambda: actions.approve_run(
                    self.cast.school.programme.runs.order_by("-number").first(), by=by
                ),
                "register": self.register,
                "unregister": self.unregister,
                "unapprove": self.unapprove,
                "leave": lambda: actions.leave_group(tie, reason="испытание", by=by),
                "pause": lambda: actions.pause_mentee(tie, by=by),
                "resume": lambda: actions.resume_mentee(tie, by=by),
                "reopen": lambda: self.reopen(tie.mentorship),
            }
            do[what]()

    def reopen(self, pair):
        n_struck, n_there = len(pair.struck), pair.meetings.count()
        back = actions.reopen_pair(pair, by=self.cast.anna)
        assert back.status in OPEN
        assert pair.meetings.count() == n_there + n_struck

    def mark(self, tie, mark):
        meeting = tie.mentorship.meetings.order_by("planned_on").first()
        if meeting is None:
            return
        status = None if mark == Mark.HELP else "held"
        voice = voice_of(tie.mentorship, tie)
        actions.note_meeting(meeting, status, voice=voice, mark=mark, on=today(), by=self.cast.anna)

    def unregister(self):
        order = Document.objects.filter(status=DocumentStatus.REGISTERED).last()
        if order is None:
            return
        back = take_back_registration(order, reason="испытание", by=self.cast.anna)
        assert (back.status, back.number) == (DocumentStatus.DRAFT, order.number)

    def unapprove(self):
        run = self.cast.school.programme.runs.exclude(approved_at=None).first()
        if run is None:
            return
        n_open = Tie.objects.open().count()
        n = actions.take_back_run(run, by=self.cast.anna)
        assert Tie.objects.open().count() == n_open - n

    def register(self):
        order = Document.objects.filter(status=DocumentStatus.DRAFT).first()
        if order is None:
            return
        set_requisites(order, number=str(order.pk), dated_on=today(), by=self.cast.anna)
        register_document(order, by=self.cast.anna)
        order.refresh_from_db()
        self.check_named(order)

    def check_named(self, order):
        """Whoever keeps an order that is signed is named by it, and nobody else is."""
        ties = Tie.objects.present().filter(order=order).exclude(mentorship__status="cancelled")
        rows = annex_of(order)
        assert len(rows) == ties.count(), rows

    def look(self):
        running = Mentorship.objects.filter(status=MentorshipStatus.ACTIVE)
        ordered = Tie.objects.filter(order__status=DocumentStatus.REGISTERED)
        assert set(running) == set(running.filter(pk__in=ordered.values("mentorship_id")))
        open_ties = list(Tie.objects.open().select_related("mentorship__form"))
        led = Counter(tie.mentorship.mentor_id for tie in open_ties)
        held = Counter(tie.mentee_id for tie in open_ties)
        for record in Participation.objects.all():
            own = led if record.side == Side.MENTOR else held
            assert record.active_count == own[record.pk] <= record.capacity
            assert (record.status == ParticipationStatus.PAIRED) == (record.active_count > 0)
            assert record.ends_on is None or record.status == ParticipationStatus.FINISHED
        sizes = Counter(tie.mentorship_id for tie in open_ties)
        for pair in Mentorship.objects.select_related("form"):
            assert (pair.status in OPEN) == (sizes[pair.pk] > 0)
            assert sizes[pair.pk] <= (pair.form.max_mentees if pair.is_group else 1)
            assert pair.struck == [] or pair.status not in OPEN
        groups = Mentorship.objects.open().filter(is_group=True).values_list("mentor_id", "form_id")
        assert len(groups) == len(set(groups))
        for tie in open_ties:
            if tie.paused_on:
                others = [t for t in open_ties if t.mentorship_id == tie.mentorship_id]
                assert any(not t.paused_on for t in others)
        for meeting in Meeting.objects.exclude(mentee_marks={}):
            given_ = set(meeting.mentee_marks.values())
            assert meeting.mentee_mark == next(one for one in HEAVIEST if one in given_)
