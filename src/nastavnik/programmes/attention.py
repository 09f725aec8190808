"""What the bases ask of a curator."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.consents.choices import NEEDED_FOR_BASE, Purpose
from nastavnik.consents.queries import missing_purposes
from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import today
from nastavnik.core.hooks.attention import AttentionItem, Urgency
from nastavnik.core.hooks.digest import DigestKind
from nastavnik.core.hooks.upcoming import UpcomingEvent
from nastavnik.core.request_cache import cached
from nastavnik.people.models import Person
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import Attendance, Participation, Programme
from nastavnik.programmes.queries import (
    ENDING,
    HOLDS,
    Gathering,
    base_counts,
    base_rows,
    candidates,
    candidates_of_roster,
    class_choices,
    current_programme,
    going_on,
    is_closing,
    last_group_meeting,
    marks_of_bases,
    own_choices,
    papers_of_bases,
    people_paired,
    standing_in,
    states_of_bases,
)

#: Who goes on comes in while a programme is young: later it is no question any more.
_YOUNG = dt.timedelta(days=90)


def items(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield what stands between the roster and matching, in the order of the work, and choices to be made."""
    yield from _own(user)
    yield from _class(user)
    yield from _gathering(user)
    yield from _bases(user)


def _own(user: SignedIn) -> Iterator[AttentionItem]:
    if not user.viewer.may(Perm.OWN_PAIR_VIEW):
        return
    for row in own_choices(user).filter(answered_at=None)[:1]:
        yield AttentionItem(
            Urgency.TODAY, "wait", _("Waits for your word"), _("With whom you would like to be"),
            _("You were at the meeting of %(day)s: choose up to three of those who came.") % {"day": f"{row.meeting.held_on:%d.%m}"},
            _("Choose"), reverse("programmes:choose", args=[row.pk]), place=1,
        )  # fmt: skip


def _class(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield what is a class teacher's own part: whom to propose, papers, requests, slips of the group meeting."""
    if user.viewer.may(Perm.BASE_EDIT) or not user.viewer.may(Perm.MENTEE_PROPOSE):
        return
    programme = current_programme(user)
    if programme is None or is_closing(user, programme):
        return
    records = Participation.objects.within(user, Perm.REQUEST_WRITE).filter(programme=programme)
    if not records.of(Side.MENTEE).exists():
        if candidates_of_roster(user, programme, Side.MENTEE).exists():
            yield AttentionItem(
                Urgency.WEEK, "next", _("Your part"), _("Who of your class needs a mentor?"),
                _("Nobody of your class is in the base: propose those whom a mentor would help, if there are any."),
                _("Propose mentees"), reverse("programmes:add-to-base", args=[Side.MENTEE]), place=2,
            )  # fmt: skip
        return
    waiting = records.filter(status=ParticipationStatus.CANDIDATE).select_related("person")
    rows = base_rows(waiting.prefetch_related("forms"), with_groups=False)
    if unsigned := {row.record.person_id for row in rows if row.missing}:
        yield AttentionItem(
            Urgency.WEEK, "wait", _("Papers are missing"),
            ngettext("%(n)s person of your class has not signed", "%(n)s people of your class have not signed", len(unsigned)) % {"n": len(unsigned)},
            _("Collect the signed papers and tick them off; without both nobody goes to matching."), _("Tick off"),
            f"{reverse('consents:ledger')}?show=missing-prepared", place=3,
        )  # fmt: skip
    silent = [
        row
        for row in rows
        if not row.record.is_mentor and not row.record.request and not row.record.areas
    ]
    if silent:
        yield AttentionItem(
            Urgency.WEEK, "wait", _("Your part"),
            ngettext("%(n)s pupil of your class has no request", "%(n)s pupils of your class have no request", len(silent)) % {"n": len(silent)},
            _("Write in neutral words what the pupil wants to get better at."), _("Write down"),
            reverse("programmes:record", args=[silent[0].record.pk]) if len(silent) == 1 else reverse("programmes:mentees"), place=4,
        )  # fmt: skip
    if n_open := class_choices(user).filter(answered_at=None).count():
        yield AttentionItem(
            Urgency.WEEK, "wait", _("Choices are coming in"), _("Slips of your class after the group meeting"),
            ngettext("%(n)s pupil has not chosen yet: type in the slip.", "%(n)s pupils have not chosen yet: type in the slips.", n_open) % {"n": n_open},
            _("Collect the choices"), reverse("programmes:choices"), place=5,
        )  # fmt: skip


def _gathering(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield the last group meeting, if it was and the choices are not all collected."""
    if not user.viewer.may(Perm.MATCHING_EDIT):
        return
    meeting = _newest_meeting(user)
    if meeting is None or meeting.closed_at or meeting.held_on > today():
        return
    n_came, n_chose = meeting.n_came, meeting.n_chose
    url = reverse("programmes:meeting", args=[meeting.pk])
    title = _("The group meeting of %(day)s") % {"day": f"{meeting.held_on:%d.%m}"}
    if not meeting.n_noted:
        yield AttentionItem(
            Urgency.WEEK, "wait", _("Waits for you"), title, _("Tick off who came: only they choose each other."), _("Tick off"), f"{url}#came", place=8
        )  # fmt: skip
    elif n_chose < n_came:
        yield AttentionItem(
            Urgency.WEEK, "go", _("Choices are coming in"), title,
            ngettext("%(n)s of %(total)s has chosen: collect the choices of the others.",
                     "%(n)s of %(total)s have chosen: collect the choices of the others.", n_chose) % {"n": n_chose, "total": n_came},
            _("Collect the choices"), reverse("programmes:collect", args=[meeting.pk]), place=9,
        )  # fmt: skip


def _bases(user: SignedIn) -> Iterator[AttentionItem]:
    programme = current_programme(user)
    if programme is None or not user.viewer.may(Perm.BASE_EDIT):
        return
    counts = {side: base_counts(user, programme, side).total for side in Side}
    if not any(counts.values()) and not Person.objects.visible_to(user).exists():
        yield AttentionItem(
            Urgency.WEEK, "go", _("First step"), _("Load the lists"), _("The roster is empty: nobody to choose from."),
            _("Load a list"), reverse("people:import"),
        )  # fmt: skip
        return
    yield from _going_on(user, programme)
    yield from _unsigned_in_pairs(user, programme)
    yield from _clearances(user, programme)
    if is_closing(user, programme):
        yield from _unasked(user, programme)
        return
    yield from _preparing(user, programme, counts)


def _going_on(user: SignedIn, programme: Programme) -> Iterator[AttentionItem]:
    """Yield who said at the end of last year to go on and is in no base of this programme, while it is young."""
    if today() - programme.starts_on > _YOUNG or not (n := going_on(user, programme).count()):
        return
    yield AttentionItem(
        Urgency.NEXT, "go", _("Next step"),
        ngettext("%(n)s person of last year goes on", "%(n)s people of last year go on", n) % {"n": n},
        _("They said so when the year was closed: put them into the bases with what is known of them."),
        _("Put into the bases"), reverse("programmes:go-on", args=[programme.pk]), place=1,
    )  # fmt: skip


def _preparing(
    user: SignedIn, programme: Programme, counts: dict[Side, int]
) -> Iterator[AttentionItem]:
    """Yield what stands between both bases, `counts` in each, and matching."""
    states = states_of_bases(user, programme)
    is_any_waiting = any(states[side, ParticipationStatus.CANDIDATE] for side in Side)
    waiting = base_rows(candidates(user, programme), with_groups=False) if is_any_waiting else []
    # one line for both bases: the papers of all are ticked off in one go
    if unsigned := {row.record.person_id for row in waiting if row.missing}:
        yield AttentionItem(
            Urgency.LATER, "wait", _("Still to be signed"),
            ngettext("%(n)s person who is being prepared has not signed", "%(n)s people who are being prepared have not signed", len(unsigned)) % {"n": len(unsigned)},
            _("In the base, not in a pair yet: without both consents nobody goes to matching."), _("Tick off"),
            f"{reverse('consents:ledger')}?show=missing-prepared",
        )  # fmt: skip
    for side, people, title, url in (
        (Side.MENTEE, _("Mentees"), _("The base of mentees is empty"), "programmes:mentees"),
        (Side.MENTOR, _("Mentors"), _("The base of mentors is empty"), "programmes:mentors"),
    ):
        rows = [row for row in waiting if row.record.side == side]
        if not counts[side]:
            yield AttentionItem(
                Urgency.NEXT, "go", _("Next step"), title, _("Take people from the roster."), _("Take"),
                reverse("programmes:add-to-base", args=[side]),
            )  # fmt: skip
        silent = [row for row in rows if not (row.record.areas or row.record.request)]
        if silent:
            yield AttentionItem(
                Urgency.LATER, "wait", _("Not said yet"),
                ngettext("%(n)s record says nothing", "%(n)s records say nothing", len(silent)) % {"n": len(silent)}
                + f": {people.lower()}",
                _("Mark what each of them can help with: for many people at once.") if side == Side.MENTOR
                else _("Mark what each of them asks for: for many people at once."),
                _("Mark"), reverse("programmes:describe", args=[side]),
                other=(_("Fill in as a table"), f"{reverse('programmes:grid', args=[side])}?status=untold"), place=5,
            )  # fmt: skip
        fit = [row for row in rows if row.verdict]
        if fit:
            yield AttentionItem(
                Urgency.LATER, "go", _("May go on"),
                ngettext("%(n)s record passes the gate", "%(n)s records pass the gate", len(fit)) % {"n": len(fit)},
                _("Everything is there: let them into matching."), _("Open"), reverse(url), place=10,
            )  # fmt: skip


def _unsigned_in_pairs(user: SignedIn, programme: Programme) -> Iterator[AttentionItem]:
    """Yield those in pairs whose papers are not there: outgrown, withdrawn, or never signed after all."""
    states = states_of_bases(user, programme)
    if not any(states[side, ParticipationStatus.PAIRED] for side in Side):
        return
    held, nothing = papers_of_bases(user), frozenset[Purpose]()
    if n := sum(
        bool(missing_purposes(held.get(key, nothing), NEEDED_FOR_BASE))
        for key in set(people_paired(user))
    ):
        yield AttentionItem(
            Urgency.TODAY, "risk", _("In a pair without a consent"),
            ngettext("%(n)s person in a pair has no signed paper", "%(n)s people in pairs have no signed papers", n) % {"n": n},
            _("Ask for the paper and tick it off, or stop the pair until it is there."),
            _("Open"), f"{reverse('consents:ledger')}?show=missing-paired", place=3,
        )  # fmt: skip


def _clearances(user: SignedIn, programme: Programme) -> Iterator[AttentionItem]:
    """Yield mentors from outside who lead without a certificate that holds, and those whose certificate ends soon."""
    base = [row for row in standing_in(user, programme) if row.side == Side.MENTOR]
    mentors = reverse("programmes:mentors")
    if n := sum(HOLDS["uncleared"](row) and row.active_count > 0 for row in base):
        yield AttentionItem(
            Urgency.TODAY, "risk", _("Certificate of no criminal record"),
            ngettext("%(n)s mentor from outside leads without one that holds", "%(n)s mentors from outside lead without one that holds", n) % {"n": n},
            _("Ask for a new certificate, or stop the pair until it is there."),
            _("Open"), f"{mentors}?status=uncleared", place=4,
        )  # fmt: skip
    if n := sum(map(HOLDS["clearance_ends"], base)):
        yield AttentionItem(
            Urgency.WEEK, "wait", _("Certificate of no criminal record"),
            ngettext("The certificate of %(n)s mentor ends soon", "The certificates of %(n)s mentors end soon", n) % {"n": n},
            _("Ask for a new one before the old one ends: without it nobody from outside works with minors."),
            _("Open"), f"{mentors}?status=clearance_ends", place=11,
        )  # fmt: skip


def _unasked(user: SignedIn, programme: Programme) -> Iterator[AttentionItem]:
    """Yield who is in no pair and has not finished, and of whom nobody knows whether they go on next year."""
    for side, people in ((Side.MENTEE, _("Mentees")), (Side.MENTOR, _("Mentors"))):
        marks = marks_of_bases(user, programme, ENDING)
        closing = reverse("programmes:closing", args=[side])
        if n := marks[side, "waiting"]:
            yield AttentionItem(
                Urgency.LATER, "wait", _("Closing the year"),
                ngettext("%(n)s person never got a pair", "%(n)s people never got a pair", n) % {"n": n}
                + f": {people.lower()}",
                _("Say of each that the participation has ended, and who goes on: for many people at once."),
                _("Close"), f"{closing}?status=waiting", place=14,
            )  # fmt: skip
        if n := marks[side, "unasked"]:
            yield AttentionItem(
                Urgency.LATER, "wait", _("Closing the year"),
                ngettext("%(n)s person is not asked about next year", "%(n)s people are not asked about next year", n) % {"n": n}
                + f": {people.lower()}",
                _("Ask who goes on and enter the answers, many at once: the next year begins with them."),
                _("Enter"), f"{closing}?status=unasked", place=15,
            )  # fmt: skip


def _newest_meeting(user: SignedIn) -> Gathering | None:
    programme = current_programme(user)
    if programme is None or not user.viewer.may(Perm.MATCHING_VIEW):
        return None
    return cached(
        ("last_group_meeting", user.viewer.user_id), lambda: last_group_meeting(user, programme)
    )


def coming(user: SignedIn, first: dt.date, last: dt.date) -> Iterator[UpcomingEvent]:
    """Yield the group meeting to which one invites or is invited, and the end of the programme."""
    meeting = _newest_meeting(user)
    if meeting is not None and first <= meeting.held_on <= last:
        url = reverse("programmes:meeting", args=[meeting.pk])
        yield UpcomingEvent(meeting.held_on, _("Group meeting"), url)
    elif user.viewer.may(Perm.OWN_PAIR_VIEW) and (person_id := user.viewer.person_id):
        own = Attendance.objects.visible_to(user).filter(
            record__person_id=person_id, meeting__held_on__range=(first, last)
        )
        for day, place in own.values_list("meeting__held_on", "meeting__place").distinct():
            words = _("Group meeting of mentors and mentees")
            yield UpcomingEvent(day, f"{words}: {place}" if place else words)
    programme = current_programme(user)
    if programme is not None and first <= programme.ends_on <= last:
        yield UpcomingEvent(
            programme.ends_on, _("The last day of the programme"), reverse("programmes:overview")
        )


NEWS = (
    DigestKind(
        20, "base-entered", "programmes.participation", Perm.BASE_VIEW, Participation.objects.visible_to,
        lambda n: ngettext("%(n)s person entered the bases", "%(n)s people entered the bases", n) % {"n": n},
        "programmes:mentees",
    ),
    DigestKind(
        21, "base-status", "programmes.participation", Perm.BASE_VIEW, Participation.objects.visible_to,
        lambda n: ngettext("%(n)s person of the bases moved on", "%(n)s people of the bases moved on", n) % {"n": n},
        "programmes:mentees",
    ),
    DigestKind(
        22, "preferences-given", "programmes.attendance", Perm.PREFERENCE_VIEW, Attendance.objects.visible_to,
        lambda n: ngettext("%(n)s person chose after the group meeting", "%(n)s people chose after the group meeting", n)
        % {"n": n},
        "programmes:meetings",
    ),
)  # fmt: skip
