"""What the timeline of a pair tells: its steps, who came into a group and left it, what became of the meetings."""

from collections.abc import Iterator, Mapping

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.translation import gettext as _

from nastavnik.core.access import SignedIn
from nastavnik.core.dates import today
from nastavnik.core.hooks.timeline import Subject, TimelineEvent
from nastavnik.core.text import fold
from nastavnik.mentorships.choices import CLOSED, Mark, MeetingStatus, SpokenWith
from nastavnik.mentorships.models import Contact, Meeting, Mentorship, PairStep, Tie
from nastavnik.mentorships.queries.meetings import state_words
from nastavnik.mentorships.queries.pairs import kin_of, ties_about

S = MeetingStatus
_STEP_STATES = {
    "approved": "wait", "active": "go", "suspended": "stop", "completed": "done", "cancelled": "next",
}  # fmt: skip
_MEETING_STATES = {S.HELD: "done", S.MISSED: "risk", S.POSTPONED: "wait", S.PLANNED: "next"}


def timeline_events(user: SignedIn, subject: Subject) -> Iterator[TimelineEvent]:
    """Yield the steps of a pair, who came into a group and left it, what became of the meetings, who spoke with them.

    Marks only for who may read them.
    """
    ties = [t for t in ties_about(user, subject.pair) if t.mentorship_id == subject.pair]
    yield from _steps(user, subject, ties)
    yield from _comings(ties)
    readable = Mentorship.objects.with_marks_for(user).values("pk")
    meetings = Meeting.objects.visible_to(user).filter(mentorship=subject.pair)
    is_readable = ExpressionWrapper(Q(mentorship__in=readable), output_field=BooleanField())
    names = {str(tie.pk): tie.mentee.person.short_name for tie in ties}
    for meeting in meetings.annotate(is_readable=is_readable):
        may_read = bool(meeting.is_readable)  # type: ignore[attr-defined]
        called = may_read and Mark.HELP in (meeting.mentor_mark, meeting.mentee_mark)
        if meeting.status in (S.HELD, S.MISSED) or meeting.n_postponed or called:
            yield _event(meeting, names, called=called, may_read=may_read)
    yield from _conversations(user, subject)


def _conversations(user: SignedIn, subject: Subject) -> Iterator[TimelineEvent]:
    """Yield what was said with the pair, by whom, and who has answered its calls for help."""
    spoken = Contact.objects.visible_to(user).filter(mentorship=subject.pair)
    for one in spoken.select_related("noted_by"):
        who = f" ({one.noted_by.full_name})" if one.noted_by else ""
        title = (
            _("Help is given")
            if one.rule == "help"
            else _("Conversation %(whom)s") % {"whom": SpokenWith(one.spoken_with).label}
        )
        yield TimelineEvent(one.spoken_on, "done", title, f"{one.words}{who}")


def _steps(user: SignedIn, subject: Subject, ties: list[Tie]) -> Iterator[TimelineEvent]:
    """Yield the steps of a pair; where its mentor was replaced, by whom or instead of whom and why."""
    steps = PairStep.objects.visible_to(user).filter(mentorship=subject.pair)
    befores = {tie.moved_from_id: tie.moved_from for tie in ties if not _came_later(tie)}
    for number, step in enumerate(steps.select_related("mentorship")):
        words = ""
        if step.status in CLOSED:
            words = "; ".join(
                filter(None, [step.mentorship.end_words, _new_mentors(user, subject)])
            )
        elif number == 0:
            words = "; ".join(
                _("instead of %(name)s: %(why)s")
                % {"name": before.mentor.person.short_name, "why": before.end_words}
                for before in befores.values()
                if before
            )
        title = _("Group: %(state)s") if step.mentorship.is_group else _("Pair: %(state)s")
        yield TimelineEvent(
            step.on,
            _STEP_STATES[step.status],
            title % {"state": step.get_status_display()},
            words,
        )


def _new_mentors(user: SignedIn, subject: Subject) -> str:
    names = ", ".join(p.mentor.person.short_name for p in kin_of(user, subject.pair).after)
    return _("the mentor now is %(name)s") % {"name": names} if names else ""


def _came_later(tie: Tie) -> bool:
    return tie.starts_on > tie.mentorship.starts_on


def _comings(ties: list[Tie]) -> Iterator[TimelineEvent]:
    """Yield who came into a group after its beginning, sits out or left it before its end."""
    for tie in ties:
        name = {"name": tie.mentee.person.short_name}
        if not tie.mentorship.is_group:
            continue
        if _came_later(tie):
            before = tie.moved_from and _("instead of %(name)s: %(why)s") % {
                "name": tie.moved_from.mentor.person.short_name,
                "why": tie.moved_from.end_words,
            }
            yield TimelineEvent(
                tie.starts_on, "go", _("Into the group: %(name)s") % name, before or ""
            )
        if tie.paused_on:
            yield TimelineEvent(tie.paused_on, "stop", _("Sits out: %(name)s") % name)
        if tie.ends_on and tie.ends_on != tie.mentorship.ended_on:
            yield TimelineEvent(
                tie.ends_on, "next", _("Left the group: %(name)s") % name, tie.end_reason
            )


def _event(
    meeting: Meeting, names: Mapping[str, str], *, called: bool, may_read: bool
) -> TimelineEvent:
    on = meeting.held_on or meeting.postponed_from or meeting.planned_on
    if meeting.status in (S.HELD, S.MISSED):
        on = meeting.held_on or meeting.planned_on
    said = []
    if may_read:
        said = list(_said(meeting, names))
    open_call = called and meeting.help_answered_on is None
    said.append(meeting.note)
    return TimelineEvent(
        min(on, today()),
        "sos" if open_call else _MEETING_STATES[S(meeting.status)],
        f"{meeting.get_kind_display()}: {_told(meeting)}",
        ", ".join(part for part in said if part),
    )


def _said(meeting: Meeting, names: Mapping[str, str]) -> Iterator[str]:
    if meeting.mentor_mark:
        yield _("mentor: %(mark)s") % {"mark": meeting.get_mentor_mark_display().lower()}
    if meeting.mentee_marks:
        marks = [(names[key], mark) for key, mark in meeting.mentee_marks.items() if key in names]
        for name, mark in sorted(marks, key=lambda said: fold(said[0])):
            yield f"{name}: {Mark(mark).label.lower()}"
    elif meeting.mentee_mark:
        yield _("mentee: %(mark)s") % {"mark": meeting.get_mentee_mark_display().lower()}


def _told(meeting: Meeting) -> str:
    if meeting.status == S.POSTPONED:
        return _("postponed to %(day)s") % {"day": f"{meeting.planned_on:%d.%m.%Y}"}
    return state_words(meeting)
