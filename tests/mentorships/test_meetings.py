"""Meetings: the plan, what may follow what, who says what, undoing, two at once."""

import datetime as dt
import threading
from itertools import pairwise

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.mentorships.scenes import pair_of, run_pairs

from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.models import AuditEntry
from nastavnik.mentorships import actions
from nastavnik.mentorships.actions.meetings import NEXT
from nastavnik.mentorships.catalogues import cycle
from nastavnik.mentorships.choices import (
    AHEAD,
    Mark,
    MeetingKind,
    MeetingStatus,
    MentorshipStatus,
)
from nastavnik.mentorships.models import Contact, Meeting, PairStep
from nastavnik.mentorships.queries import Voice
from nastavnik.programmes.choices import Side

S = MeetingStatus
DAYS = st.dates(min_value=dt.date(2025, 9, 1), max_value=dt.date(2027, 8, 31))


@given(DAYS, st.integers(0, 365))
def test_the_plan_keeps_its_bounds_and_its_order(starts_on, length):
    ends_on = starts_on + dt.timedelta(length)
    plan = cycle().days(starts_on, ends_on)
    kinds, days = [kind for kind, _day in plan], [day for _kind, day in plan]
    assert days == sorted(days)
    assert all(starts_on <= day <= ends_on for day in days)
    assert [kinds[0], kinds[-1]] == ["acquaintance", "final"]
    assert kinds == sorted(kinds, key=MeetingKind.values.index)
    assert all(kinds.count(kind) <= 1 for kind in set(kinds) - {"regular"})
    if length > 40:
        assert all(day.weekday() < 5 for day in days)
        assert days[0] - starts_on <= dt.timedelta(7)
        assert ends_on - days[-1] <= dt.timedelta(7)
        # not rarer than once in two weeks; a weekend or the last stretch may add some days
        gaps = [after - before for before, after in pairwise(days)]
        assert max(gaps) <= dt.timedelta(cycle().regular_every_days + 4)


def test_a_registered_order_plans_the_chain_once(cast):
    order = run_pairs(cast.school)
    pair = pair_of(cast.school)
    meetings = list(pair.meetings.all())
    assert {m.kind for m in meetings} == set(MeetingKind.values)
    assert {m.status for m in meetings} == {S.PLANNED}
    assert all(pair.starts_on <= m.planned_on <= pair.ends_on for m in meetings)
    actions.start_pairs(order, by=cast.anna)
    assert actions.plan_meetings([pair], by=cast.anna) == []
    actions.set_pair_status(pair, MentorshipStatus.SUSPENDED, by=cast.anna)
    actions.set_pair_status(pair, MentorshipStatus.ACTIVE, by=cast.anna)
    assert list(pair.meetings.all()) == meetings
    assert [s.status for s in PairStep.objects.filter(mentorship=pair)] == [
        "approved", "active", "suspended", "active",
    ]  # fmt: skip


def test_an_end_strikes_what_is_ahead_and_keeps_what_was(cast):
    run_pairs(cast.school)
    pair = pair_of(cast.school)
    actions.note_meeting(pair.meetings.first(), S.HELD, by=cast.anna)
    actions.set_pair_status(pair, MentorshipStatus.COMPLETED, by=cast.anna)
    left = list(pair.meetings.all())
    assert left[0].status == S.HELD
    assert all(m.planned_on <= today() for m in left)
    with pytest.raises(RefusedError):
        actions.note_meeting(left[1], S.HELD, by=cast.anna)


@pytest.fixture
def meeting(cast):
    """The first meeting of a running pair, eight weeks old."""
    run_pairs(cast.school)
    return pair_of(cast.school).meetings.first()


STEPS = st.lists(
    st.tuples(
        st.sampled_from([S.HELD, S.POSTPONED, S.MISSED, None]),
        st.sampled_from(list(Mark)),
        st.sampled_from(list(Side)),
    ),
    max_size=6,
)


@given(STEPS)
def test_only_known_steps_are_taken(cast_once, steps):
    with transaction.atomic():
        meeting = Meeting.objects.filter(planned_on__lt=today()).first()
        for status, mark, side in steps:
            before = Meeting.objects.get(pk=meeting.pk)
            try:
                actions.note_meeting(before, status, voice=side and Voice(side), mark=mark, by=None)
            except RefusedError:
                after = Meeting.objects.get(pk=meeting.pk)
                assert after.status == before.status
                assert after.mentor_mark == before.mentor_mark
            else:
                after = Meeting.objects.get(pk=meeting.pk)
                moved = after.status != before.status or after.planned_on != before.planned_on
                assert not moved or after.status in NEXT[S(before.status)]
                other = "mentee_mark" if side == Side.MENTOR else "mentor_mark"
                assert getattr(after, other) == getattr(before, other)
            assert (after.status == S.HELD) == (after.held_on is not None)
            assert after.status == S.HELD or {after.mentor_mark, after.mentee_mark} <= {"", "help"}
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def cast_once(django_db_setup, django_db_blocker):
    from tests.cast import build_cast

    with django_db_blocker.unblock(), transaction.atomic():
        built = build_cast()
        run_pairs(built.school)
        yield built
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_database_holds_status_and_dates_together(meeting):
    for wrong in (
        {"status": S.HELD},
        {"held_on": today()},
        {"status": S.POSTPONED},
        {"mentor_mark": Mark.GOOD},
        {"n_postponed": 1},
        {"kind": MeetingKind.FINAL},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Meeting.objects.filter(pk=meeting.pk).update(**wrong)


def test_a_postponed_meeting_moves_a_week_on(meeting, cast):
    was = meeting.planned_on
    moved = actions.postpone_meeting(meeting, by=cast.anna)
    assert (moved.postponed_from, moved.planned_on) == (was, today() + dt.timedelta(7))
    again = actions.postpone_meeting(moved, to=today() + dt.timedelta(20), by=cast.anna)
    assert (again.n_postponed, again.planned_on) == (2, today() + dt.timedelta(20))
    with pytest.raises(RefusedError):
        actions.postpone_meeting(again, to=today() + dt.timedelta(900), by=cast.anna)


def test_a_day_to_come_is_not_held_yet(meeting, cast):
    last = meeting.mentorship.meetings.last()
    with pytest.raises(RefusedError):
        actions.note_meeting(meeting, S.HELD, on=today() + dt.timedelta(1), by=cast.anna)
    with pytest.raises(RefusedError):
        actions.note_meeting(last, S.MISSED, by=cast.anna)
    # met sooner than planned
    assert actions.note_meeting(last, S.HELD, by=cast.anna).held_on == today()


def test_the_same_note_again_writes_nothing(meeting, cast):
    actions.note_meeting(meeting, S.HELD, by=cast.anna)
    before = AuditEntry.objects.count()
    noted = actions.note_meeting(meeting, S.HELD, by=cast.vera)
    assert noted.noted_by == cast.anna
    assert AuditEntry.objects.count() == before


def test_late_news_turns_a_missed_meeting_into_a_held_one(meeting, cast):
    missed = actions.note_meeting(meeting, S.MISSED, by=cast.anna)
    assert actions.note_meeting(missed, S.HELD, by=cast.anna).status == S.HELD


def test_a_call_for_help_stands_until_it_is_answered(meeting, cast):
    call = {"voice": Voice(Side.MENTEE), "mark": Mark.HELP, "by": None}
    actions.note_meeting(meeting, None, **call)
    held = actions.note_meeting(meeting, S.HELD, by=cast.anna)
    with pytest.raises(RefusedError):
        actions.note_meeting(held, S.HELD, voice=Voice(Side.MENTEE), mark=Mark.GOOD, by=None)
    assert Meeting.objects.asking_for_help().count() == 1
    answered = actions.answer_help(held, words="поговорили", by=cast.anna)
    assert (answered.help_answered_on, answered.note) == (today(), held.note)
    actions.answer_help(held, words="ещё раз", by=cast.anna)
    (said,) = Contact.objects.filter(mentorship=held.mentorship_id)
    assert (said.rule, said.words, said.noted_by_id) == ("help", "поговорили", cast.anna.pk)
    good = actions.note_meeting(held, S.HELD, voice=Voice(Side.MENTEE), mark=Mark.GOOD, by=None)
    assert good.mentee_mark == Mark.GOOD
    assert not Meeting.objects.asking_for_help().exists()
    actions.note_meeting(held, None, **call)
    assert Meeting.objects.asking_for_help().count() == 1


def test_the_own_last_note_is_taken_back_for_ten_minutes(meeting, cast):
    fields = [f.attname for f in Meeting._meta.concrete_fields]
    before = Meeting.objects.values(*fields).get(pk=meeting.pk)
    noted = actions.postpone_meeting(meeting, by=cast.anna)
    with pytest.raises(RefusedError):
        actions.undo_note(noted, by=cast.vera)
    actions.undo_note(noted, by=cast.anna)
    assert Meeting.objects.values(*fields).get(pk=meeting.pk) == before
    with pytest.raises(RefusedError):
        actions.undo_note(noted, by=cast.anna)


@pytest.mark.parametrize(("minutes", "allowed"), [(9, True), (11, False)])
def test_the_window_of_undoing(meeting, cast, minutes, allowed):
    actions.note_meeting(meeting, S.MISSED, by=cast.anna)
    then = timezone.now() - dt.timedelta(minutes=minutes)
    Meeting.objects.filter(pk=meeting.pk).update(noted_at=then)
    if allowed:
        assert actions.undo_note(meeting, by=cast.anna).status == S.PLANNED
        return
    with pytest.raises(RefusedError):
        actions.undo_note(meeting, by=cast.anna)


def test_a_note_after_mine_cannot_be_taken_back_by_me(meeting, cast):
    actions.note_meeting(meeting, S.HELD, by=cast.anna)
    meeting.refresh_from_db()
    actions.note_meeting(meeting, None, voice=Voice(Side.MENTEE), mark=Mark.HELP, by=cast.vera)
    with pytest.raises(RefusedError):
        actions.undo_note(meeting, by=cast.anna)
    assert actions.undo_note(meeting, by=cast.vera).status == S.HELD


def test_a_month_is_entered_whole_or_not_at_all(meeting, cast):
    due = list(Meeting.objects.filter(planned_on__lte=today(), status__in=AHEAD))
    ahead = Meeting.objects.filter(planned_on__gt=today()).first()
    notes = {m: actions.Note(status=S.HELD) for m in due} | {ahead: actions.Note(status=S.MISSED)}
    before = list(Meeting.objects.order_by("pk").values_list("pk", "status", "noted_at"))
    lines = AuditEntry.objects.count()
    with pytest.raises(RefusedError) as refusal:
        actions.enter_month(notes, by=cast.anna)
    assert len(refusal.value.reasons) == 1
    assert list(Meeting.objects.order_by("pk").values_list("pk", "status", "noted_at")) == before
    assert AuditEntry.objects.count() == lines
    del notes[ahead]
    assert actions.enter_month(notes, by=cast.anna) == len(due) > 5
    assert actions.enter_month(notes, by=cast.anna) == 0
    assert AuditEntry.objects.count() == lines + len(due)


def test_what_somebody_else_noted_meanwhile_is_not_overwritten(meeting, cast):
    seen = Meeting.objects.get(pk=meeting.pk)
    actions.note_meeting(meeting, S.HELD, by=cast.vera)
    with pytest.raises(RefusedError, match=r"meanwhile|Тем временем"):
        actions.enter_month({seen: actions.Note(status=S.MISSED)}, by=cast.anna)


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_two_notes_of_one_meeting_at_once():
    from tests.cast import build_cast

    cast = build_cast()
    run_pairs(cast.school)
    seen = pair_of(cast.school).meetings.first()
    start, said = threading.Barrier(2), []

    def say(status):
        meeting = Meeting.objects.get(pk=seen.pk)
        start.wait()
        try:
            actions.note_meeting(meeting, status, by=None)
            said.append(status)
        except RefusedError:
            said.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=say, args=(one,)) for one in (S.MISSED, S.POSTPONED)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen.refresh_from_db()
    assert sorted(filter(None, said)) == [seen.status]
    assert AuditEntry.objects.filter(action="meeting-noted").count() == 1
