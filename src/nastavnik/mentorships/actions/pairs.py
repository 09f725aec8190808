"""Writes of pairs: approval of a matching, the order, the end of a pair."""

import datetime as dt
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import cast

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.consents.choices import NEEDED_FOR_BASE
from nastavnik.consents.queries import who_lacks
from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.documents.actions import refresh_document
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.matching.actions import PairChange, check_substitute, lift_locks, mark_run_approved
from nastavnik.matching.choices import RunStatus
from nastavnik.matching.models import MatchingRun, Proposal
from nastavnik.matching.queries import advised_against, ruled_otherwise
from nastavnik.mentorships.actions.groups import seat_mentee
from nastavnik.mentorships.actions.meetings import plan_meetings, strike_meetings
from nastavnik.mentorships.actions.orders import drop_drafts_on
from nastavnik.mentorships.actions.papers import (
    attach_anew,
    check_consents,
    draft_order,
    leave_out_of_order,
    lock_drafts,
)
from nastavnik.mentorships.choices import CLOSED, OPEN, RUNNING, EndCause, MentorshipStatus
from nastavnik.mentorships.models import Mentorship, PairStep, Tie
from nastavnik.mentorships.queries import (
    group_led_by,
    is_attached,
    lacking_clearance,
    why_order_waits,
)
from nastavnik.programmes.actions import free_place
from nastavnik.programmes.choices import AfterEnd, ParticipationStatus, Side
from nastavnik.programmes.models import MentoringForm, Participation, Programme

S = MentorshipStatus
NEXT: dict[MentorshipStatus, frozenset[MentorshipStatus]] = {
    S.APPROVED: frozenset({S.ACTIVE, S.SUSPENDED, S.CANCELLED}),
    S.ACTIVE: frozenset({S.SUSPENDED, S.COMPLETED, S.CANCELLED}),
    S.SUSPENDED: frozenset({S.ACTIVE, S.COMPLETED, S.CANCELLED}),
    S.COMPLETED: frozenset(),
    S.CANCELLED: frozenset(),
}


@transaction.atomic
def approve_run(
    run: MatchingRun,
    *,
    only: Iterable[int] | None = None,
    starts_on: dt.date | None = None,
    by: models.Model | None,
) -> Document:
    """Make pairs of the proposals, all or nothing, and draft the order on them.

    Args:
        run: a run that is still proposed.
        only: keys of the proposals to approve; None means every proposed pair.
        starts_on: the day the pairs begin, today when none is named; not before the programme.
        by: the person who approves: the system only proposes.

    Raises:
        RefusedError: the run was replaced or approved before, a person has left matching, a consent is gone or it was decided
            otherwise since,
            a mentor's last place has been taken: with the names. Nothing is written then.
    """
    run = MatchingRun.objects.select_for_update().get(pk=run.pk)
    if run.status != RunStatus.PROPOSED:
        raise RefusedError(
            _("This matching has been approved or replaced already: open the newest one.")
        )
    chosen = Proposal.objects.filter(run=run).exclude(mentor=None)
    if only is not None:
        chosen = chosen.filter(pk__in=list(only))
    proposals = list(chosen.select_related("form").order_by("pk"))
    if not proposals:
        raise RefusedError(_("There is no pair to approve."))
    people = lock_people(key for one in proposals for key in (one.mentee_id, one.mentor_id) if key)
    if reasons := [*_stale(people), *_decided_since(run, proposals, people)]:
        raise RefusedError(reasons)
    programme = Programme.objects.select_related("organisation", "year").get(pk=run.programme_id)
    document = draft_order(programme, by=by)
    for proposal in proposals:
        _make_pair(proposal, programme, document, people, starts_on=starts_on or today(), by=by)
    document = refresh_document(document, by=by)
    others = (
        Proposal.objects.filter(run=run)
        .exclude(mentor=None)
        .exclude(pk__in=[one.pk for one in proposals])
    )
    waiting = dict(others.values_list("mentee_id", "mentor_id"))
    mark_run_approved(run, waiting=waiting, by=by, at=timezone.now())
    return document


def lock_people(keys: Iterable[int]) -> dict[int, Participation]:
    """Lock the records of both sides in one order, so that two approvals wait instead of meeting head on."""
    rows = (
        Participation.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(pk__in=set(keys))
        .order_by("pk")
    )
    return {row.pk: row for row in rows}


def _stale(people: dict[int, Participation]) -> list[str]:
    lacking = dict(who_lacks([record.person for record in people.values()], NEEDED_FOR_BASE))
    reasons = []
    for record in people.values():
        if purpose := lacking.get(record.person):
            reasons.append(
                _("%(name)s: no consent any more (%(purpose)s). Run the matching anew.")
                % {"name": record.person.full_name, "purpose": purpose.label.lower()}
            )
        elif record.side == Side.MENTEE and (
            record.status != ParticipationStatus.READY or record.person.left_on
        ):
            reasons.append(
                _("%(name)s is no longer waiting for a mentor. Run the matching anew.")
                % {"name": record.person.full_name}
            )
        elif record.side == Side.MENTOR and (
            record.status not in (ParticipationStatus.READY, ParticipationStatus.PAIRED)
            or record.person.left_on
        ):
            reasons.append(
                _("%(name)s is no longer ready as a mentor. Run the matching anew.")
                % {"name": record.person.full_name}
            )
    reasons += lacking_clearance(one for one in people.values() if one.is_mentor)
    return reasons


def _decided_since(
    run: MatchingRun, proposals: list[Proposal], people: dict[int, Participation]
) -> list[str]:
    """Return the pairs the psychologist or the curator has spoken against since they were proposed."""
    pairs = [(one.mentor_id or 0, one.mentee_id) for one in proposals]
    advised = sorted(advised_against(run.programme_id, pairs))
    named = sorted(ruled_otherwise(run.programme_id, pairs))
    against = _(
        "%(mentee)s and %(mentor)s: the psychologist does not recommend it. Run the matching anew."
    )
    otherwise = _(
        "%(mentee)s and %(mentor)s: since then decided otherwise by hand. Run the matching anew."
    )
    return [
        text
        % {"mentee": people[mentee].person.full_name, "mentor": people[mentor].person.full_name}
        for text, found in ((against, advised), (otherwise, named))
        for mentor, mentee in found
    ]


def _make_pair(
    proposal: Proposal,
    programme: Programme,
    document: Document,
    people: dict[int, Participation],
    *,
    starts_on: dt.date,
    by: models.Model | None,
) -> Mentorship:
    """Make a pair of a proposal; in a form led in groups the mentee joins the group of the mentor, where there is one."""
    mentor, mentee = people[proposal.mentor_id or 0], people[proposal.mentee_id]
    # a proposal with a mentor has a form: the database sees to it
    form = cast("MentoringForm", proposal.form)
    day = max(starts_on, programme.starts_on)
    pair = group_led_by(mentor, form) if form.is_group else None
    is_new = pair is None
    if pair is None:
        pair = Mentorship.objects.create(
            organisation_id=programme.organisation_id,
            programme=programme,
            form=form,
            mentor=mentor,
            is_group=form.is_group,
            run_id=proposal.run_id,
            starts_on=day,
            ends_on=max(programme.ends_on, day),
        )
        _keep_step(pair, min(starts_on, today()))
    seat_mentee(pair, mentee, document, starts_on=max(day, pair.starts_on), by=by)
    if is_new:
        audit.record("pair-approved", pair, by=by, fields=["mentor", "form", "run", "ties"])
    else:
        audit.record("group-joined", pair, by=by, fields=["ties"])
    return pair


def _keep_step(pair: Mentorship, on: dt.date) -> None:
    PairStep.objects.create(
        organisation_id=pair.organisation_id, mentorship=pair, status=pair.status, on=on
    )


@transaction.atomic
def set_pair_status(
    pair: Mentorship,
    status: MentorshipStatus,
    *,
    reason: str = "",
    cause: str = "",
    on: dt.date | None = None,
    after: Mapping[int, AfterEnd] | None = None,
    by: models.Model | None,
) -> Mentorship:
    """Move a pair along `NEXT`; an end frees the places of both sides and strikes the meetings ahead.

    A pair that begins to run gets its chain of meetings. One that was stopped before any order named it waits for its
    order when it goes on. Who was in a completed pair and is in no other has finished; an early end leads back into the
    base.

    Args:
        pair: as it is.
        status: what it becomes.
        reason: why it ends, in neutral words.
        cause: an `EndCause` of a replacement.
        on: the day of the step, today when none is named.
        after: record → what was said of the time after a completed pair; `LATER` where nothing was.
        by: the person who decides.

    Raises:
        RefusedError: there is no such step, an early end without a reason, a pair that would run without an order, or
            a stopped one that would go on without a consent.
    """
    if status in CLOSED:
        lock_drafts([pair])
    pair = Mentorship.objects.select_for_update().get(pk=pair.pk)
    if status not in NEXT[S(pair.status)]:
        raise RefusedError(
            _("From «%(before)s» there is no step to «%(after)s».")
            % {"before": pair.get_status_display(), "after": status.label}
        )
    if status == S.CANCELLED and not (reason.strip() or cause):
        raise RefusedError(_("Write why the pair ends early: one line is enough."))
    if status == S.ACTIVE:
        status = _after_go(pair)
    pair.status = status
    if status in CLOSED:
        pair.ended_on, pair.end_reason, pair.end_cause = today(), reason.strip(), cause
        _free_places(pair, after=after or {}, by=by)
    fields = ["status", "ended_on", "end_reason", "end_cause"]
    pair.save(update_fields=fields)
    _keep_step(pair, on or today())
    audit.record("pair-status", pair, by=by, fields=fields)
    _follow(pair, by=by)
    return pair


def _follow(pair: Mentorship, *, by: models.Model | None) -> None:
    """Bring papers and meetings in step with what a pair has become."""
    if pair.status in CLOSED:
        drop_drafts_on(pair, by=by)
        strike_meetings(pair, by=by)
    elif pair.status in RUNNING:
        attach_anew(pair, by=by)
    if pair.status == S.ACTIVE:
        plan_meetings([pair], by=by)


@transaction.atomic
def replace_mentor(
    pair: Mentorship,
    mentor: Participation,
    *,
    cause: EndCause,
    words: str = "",
    others: Mapping[Mentorship, Participation] | None = None,
    by: models.Model | None,
) -> Mentorship:
    """End a pair and give its mentees another mentor in the same form, all or nothing; return the new pair.

    The new pair waits for an order: that of the old pair while it is a draft, else a new draft.

    Args:
        pair: an open pair.
        mentor: the record of the new mentor.
        cause: one of the five of method.md §3.4.
        words: the cause in neutral words, needed where it is `OTHER`.
        others: pairs that have to change mentors along with this one, and to whom.
        by: the person who decides.

    Raises:
        RefusedError: the pair has ended, words are missing, or the mentor cannot take it over by now. Nothing is
            written then.
    """
    if cause == EndCause.OTHER and not words.strip():
        raise RefusedError(_("Write in a few words why the mentor is replaced."))
    along = _("Moved along, so that another pair could get a mentor.")
    mentor_of = {pair.pk: mentor, **{one.pk: new for one, new in (others or {}).items()}}
    lock_drafts([pair])
    olds = list(
        Mentorship.objects.select_for_update(of=("self",))
        .select_related("form", "programme__organisation", "programme__year")
        .filter(pk__in=mentor_of)
        .order_by("pk")
    )
    if any(one.status not in OPEN for one in olds):
        raise RefusedError(_("This pair has ended already."))
    mentees = {
        one.pk: set(one.ties.filter(ends_on=None).values_list("mentee_id", flat=True))
        for one in olds
    }
    people = lock_people({*(one.pk for one in mentor_of.values()), *chain(*mentees.values())})
    for one in olds:
        why = (words, cause) if one.pk == pair.pk else (along, EndCause.OTHER)
        set_pair_status(one, S.CANCELLED, reason=why[0], cause=why[1], by=by)
        lift_locks(mentees[one.pk], by=by)
    drafts: list[Document] = []
    made = {}
    for one in olds:
        new = people[mentor_of[one.pk].pk]
        change = PairChange(one.mentor_id, frozenset(mentees[one.pk]))
        check_substitute(one.programme, one.form, change, new)
        made[one.pk] = _take_over(
            one, new, [people[key] for key in sorted(mentees[one.pk])], drafts, by=by
        )
    drawn = Document.objects.filter(ties__moved_from__in=olds, status=DocumentStatus.DRAFT)
    for document in drawn.distinct():
        refresh_document(document, by=by)
    return made[pair.pk]


def _take_over(
    old: Mentorship,
    mentor: Participation,
    mentees: list[Participation],
    drafts: list[Document],
    *,
    by: models.Model | None,
) -> Mentorship:
    """Make the pair that replaces one, or let its mentees join the new mentor's group.

    `drafts` is the new order of this replacement, once it is needed.
    """
    drawn = Document.objects.filter(ties__mentorship=old, status=DocumentStatus.DRAFT)
    order = drawn.order_by("-pk").first()
    if order is None and not drafts:
        drafts.append(draft_order(old.programme, is_replacement=True, by=by))
    starts_on = max(today(), old.programme.starts_on)
    check_consents([one.person for one in (mentor, *mentees)])
    made = group_led_by(mentor, old.form) if old.form.is_group else None
    if made is None:
        made = Mentorship.objects.create(
            organisation_id=old.organisation_id,
            programme=old.programme,
            form=old.form,
            mentor=mentor,
            is_group=old.form.is_group,
            starts_on=starts_on,
            ends_on=max(old.ends_on, starts_on),
        )
        _keep_step(made, today())
    for mentee in mentees:
        day = max(starts_on, made.starts_on)
        seat_mentee(made, mentee, order or drafts[0], starts_on=day, moved_from=old, by=by)
    audit.record("mentor-replaced", made, by=by, fields=["mentor", "form", "ties"])
    return made


def _free_places(
    pair: Mentorship, *, after: Mapping[int, AfterEnd], by: models.Model | None
) -> None:
    usual = AfterEnd.LATER if pair.status == S.COMPLETED else AfterEnd.AGAIN
    for tie in Tie.objects.open().filter(mentorship=pair).select_related("mentee"):
        tie.ends_on = today()
        tie.save(update_fields=["ends_on"])
        for record in (tie.mentee, pair.mentor):
            free_place(record, after=after.get(record.pk, usual), by=by)


def _after_go(pair: Mentorship) -> MentorshipStatus:
    """Return what a pair that is to run becomes: one stopped before an order named it waits for that order again."""
    may_run = is_attached(pair)
    if pair.status == S.SUSPENDED:
        ties = Tie.objects.open().filter(mentorship=pair, paused_on=None)
        mentees = [tie.mentee.person for tie in ties.select_related("mentee__person")]
        check_consents([pair.mentor.person, *mentees])
        if reasons := lacking_clearance([pair.mentor]):
            raise RefusedError(reasons)
    elif not may_run:
        raise RefusedError(_("The pair waits for its order: it runs once that is registered."))
    return S.ACTIVE if may_run else S.APPROVED


@transaction.atomic
def start_pairs(document: Document, *, by: models.Model | None) -> int:
    """Let the pairs of a registered order run; return how many. Who was stopped when it was signed is not in it.

    Raises:
        RefusedError: somebody whom it names lacks a consent or clearance by now.
    """
    leave_out_of_order(document, by=by)
    named = Tie.objects.open().filter(order=document)
    if reasons := why_order_waits(document):
        raise RefusedError(reasons)
    waiting = Mentorship.objects.filter(status=S.APPROVED)
    pairs = list(waiting.filter(pk__in=named.values("mentorship_id")))
    for pair in pairs:
        set_pair_status(pair, S.ACTIVE, on=min(document.dated_on or today(), today()), by=by)
    return len(pairs)
