"""Writes of pauses: the draft of the order, what its registration moves, an end before its day (method.md §3.4)."""

import datetime as dt

from django.db import models, transaction
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.documents.actions import refresh_document
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.mentorships.actions.orders import _draft_of, _locked_pairs
from nastavnik.mentorships.actions.papers import lock_drafts
from nastavnik.mentorships.choices import PAUSE_ORDER, ExtensionCause, OrderLineKind
from nastavnik.mentorships.models import Meeting, Mentorship, OrderLine
from nastavnik.mentorships.queries.pauses import (
    faults_of_pause,
    ordered_pause_of,
    pauses_before,
    shift_of,
    why_not_paused,
    why_pause_stays,
    why_pause_waits,
)

_DAYS = ["pause_from", "pause_until"]


@transaction.atomic
def pause_pair(
    pair: Mentorship,
    *,
    first: dt.date,
    last: dt.date,
    cause: ExtensionCause,
    by: models.Model | None,
) -> Document:
    """Put a pause of a pair into the draft of an order; days and meetings move when that is registered.

    Args:
        pair: one that runs or is stopped for now.
        first: first day without meetings.
        last: last day without meetings.
        cause: one of method.md §3.4.
        by: the person who decides.

    Raises:
        RefusedError: the pair does not run, has held its final meeting, has a pause that runs or lies ahead, gets more time by
            another draft, or the days do not fit.
    """
    lock_drafts([pair])
    pair = Mentorship.objects.select_for_update().get(pk=pair.pk)
    if reasons := why_not_paused(pair) or faults_of_pause(pair, first, last):
        raise RefusedError(reasons)
    waiting = OrderLine.objects.filter(
        mentorship=pair, kind=OrderLineKind.PAUSE, order__status=DocumentStatus.DRAFT
    )
    line = waiting.first() or OrderLine(
        organisation_id=pair.organisation_id,
        mentorship=pair,
        order=_draft_of(pair.programme, PAUSE_ORDER, by=by),
        kind=OrderLineKind.PAUSE,
    )
    line.pause_from, line.pause_until, line.cause = first, last, cause
    line.ends_on = shift_of(pair, first, last).ends_on
    line.save()
    audit.record("pair-pause", pair, by=by, fields=[*_DAYS, "cause", "order"])
    return refresh_document(line.order, by=by)


@transaction.atomic
def begin_pauses(document: Document, *, by: models.Model | None) -> None:
    """Let the pairs of a registered order pause: their last days and the meetings from then on move.

    Raises:
        RefusedError: a pair has ended or changed since.
    """
    lines = list(OrderLine.objects.filter(order=document).order_by("mentorship_id"))
    pairs = _locked_pairs(lines)
    if reasons := why_pause_waits(document):
        raise RefusedError(reasons)
    for line in lines:
        pair = pairs[line.mentorship_id]
        assert line.pause_from is not None  # noqa: S101 - the database sees to it
        assert line.pause_until is not None  # noqa: S101
        shift = shift_of(pair, line.pause_from, line.pause_until)
        meetings = list(Meeting.objects.select_for_update().filter(pk__in=shift.moved))
        line.moved = [[one.pk, one.planned_on.isoformat()] for one in meetings]
        for one in meetings:
            one.planned_on = shift.moved[one.pk]
            # a note of before is of another day: it is not taken back on its own
            one.noted_at = one.noted_by = one.before = None
        Meeting.objects.bulk_update(meetings, ["planned_on", "noted_at", "noted_by", "before"])
        line.ended_before, pair.ends_on = pair.ends_on, shift.ends_on
        pair.pause_from, pair.pause_until = line.pause_from, line.pause_until
        pair.save(update_fields=["ends_on", *_DAYS])
        line.save(update_fields=["ended_before", "moved"])
        audit.record("pair-paused", pair, by=by, fields=["ends_on", "meetings", *_DAYS])


@transaction.atomic
def take_pauses_back(document: Document, *, by: models.Model | None) -> None:
    """Give the pairs of an order on pauses their last day, the days of their meetings and the pause before again.

    Raises:
        RefusedError: a pair has lived in that time already.
    """
    lines = list(OrderLine.objects.filter(order=document).order_by("mentorship_id"))
    pairs = _locked_pairs(lines)
    if reasons := why_pause_stays(document):
        raise RefusedError(reasons)
    for line in lines:
        pair = pairs[line.mentorship_id]
        before = {key: dt.date.fromisoformat(day) for key, day in line.moved or ()}
        meetings = list(Meeting.objects.select_for_update().ahead().filter(pk__in=before))
        for one in meetings:
            one.planned_on = before[one.pk]
        Meeting.objects.bulk_update(meetings, ["planned_on"])
        pair.ends_on, line.ended_before, line.moved = line.ended_before or pair.ends_on, None, None
        pair.pause_from, pair.pause_until = next(pauses_before(line), (None, None))
        pair.save(update_fields=["ends_on", *_DAYS])
        line.save(update_fields=["ended_before", "moved"])
        audit.record("pair-pause-back", pair, by=by, fields=["ends_on", "meetings", *_DAYS])


@transaction.atomic
def end_pause(pair: Mentorship, *, by: models.Model | None) -> Mentorship:
    """Let a pair meet again from today on, or do without a pause ahead; the moved last day and meetings stay as the order says.

    A pause that lies ahead or begins today leaves no days; the pause before, if there was one, stands again.

    Raises:
        RefusedError: its pause is over, or there is none.
    """
    pair = Mentorship.objects.select_for_update().get(pk=pair.pk)
    if pair.pause_from is None or pair.pause_until is None or pair.pause_until < today():
        raise RefusedError(_("The pair has no pause that runs or lies ahead."))
    if pair.pause_from < today():
        pair.pause_until = today() - dt.timedelta(1)
    else:
        line = ordered_pause_of(pair)
        before = pauses_before(line) if line else iter(())
        pair.pause_from, pair.pause_until = next(before, (None, None))
    pair.save(update_fields=_DAYS)
    audit.record("pair-pause-over", pair, by=by, fields=_DAYS)
    return pair


@transaction.atomic
def resume_pause(pair: Mentorship, *, by: models.Model | None) -> Mentorship:
    """Take back that a pause was ended early or done without: it lasts as its order says.

    Raises:
        RefusedError: no order says so, or its days are over.
    """
    pair = Mentorship.objects.select_for_update().get(pk=pair.pk)
    line = ordered_pause_of(pair)
    if line is None or line.pause_until is None or line.pause_until < today():
        raise RefusedError(_("There is no pause that would go on today."))
    pair.pause_from, pair.pause_until = line.pause_from, line.pause_until
    pair.save(update_fields=_DAYS)
    audit.record("pair-paused", pair, by=by, fields=_DAYS)
    return pair
