"""Writes of what orders say of pairs after their beginning: more time, the end (method.md §3.4)."""

import datetime as dt
from collections.abc import Iterable

from django.db import models, transaction
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.errors import RefusedError
from nastavnik.documents.actions import discard_document, draft_document, refresh_document
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.mentorships.actions.meetings import shorten_meetings, stretch_meetings
from nastavnik.mentorships.actions.papers import lock_drafts
from nastavnik.mentorships.choices import (
    ENDING_OF,
    ENDING_ORDER,
    EXTENSION_ORDER,
    ExtensionCause,
    MentorshipStatus,
    OrderLineKind,
)
from nastavnik.mentorships.models import Mentorship, OrderLine
from nastavnik.mentorships.queries import (
    LONGEST_EXTENSION_DAYS,
    ended_without_order,
    names_of,
    why_extension_stays,
    why_extension_waits,
    why_no_more_time,
)
from nastavnik.programmes.models import Programme


@transaction.atomic
def extend_pair(
    pair: Mentorship, *, ends_on: dt.date, cause: ExtensionCause, by: models.Model | None
) -> Document:
    """Put more time for a pair into the draft of an order; the last day moves when that is registered.

    Args:
        pair: one that runs or is stopped for now.
        ends_on: the new last day, after the present one and at most a year later.
        cause: one of method.md §3.4.
        by: the person who decides.

    Raises:
        RefusedError: the pair does not run, has held its final meeting, waits for a pause in another draft, or the day gives
            no time or too much.
    """
    lock_drafts([pair])
    pair = Mentorship.objects.select_for_update().get(pk=pair.pk)
    if reasons := why_no_more_time(pair):
        raise RefusedError(reasons)
    if ends_on <= pair.ends_on:
        raise RefusedError(
            _("The new last day has to be after %(day)s, the present one.")
            % {"day": f"{pair.ends_on:%d.%m.%Y}"}
        )
    if ends_on > pair.ends_on + dt.timedelta(LONGEST_EXTENSION_DAYS):
        raise RefusedError(
            _("A pair gets at most one year more at a time: look at the year again.")
        )
    order = _draft_of(pair.programme, EXTENSION_ORDER, by=by)
    waiting = OrderLine.objects.filter(
        mentorship=pair, kind=OrderLineKind.EXTENSION, order__status=DocumentStatus.DRAFT
    )
    line = waiting.first() or OrderLine(
        organisation_id=pair.organisation_id,
        mentorship=pair,
        order=order,
        kind=OrderLineKind.EXTENSION,
    )
    line.ends_on, line.cause = ends_on, cause
    line.save()
    audit.record("pair-extension", pair, by=by, fields=["ends_on", "cause", "order"])
    return refresh_document(line.order, by=by)


@transaction.atomic
def drop_order_line(line: OrderLine, *, by: models.Model | None) -> None:
    """Take a pair out of the draft of an order; a draft with nobody left is thrown away.

    Raises:
        RefusedError: the order is registered.
    """
    order = Document.objects.select_for_update().get(pk=line.order_id)
    if order.status != DocumentStatus.DRAFT:
        raise RefusedError(_("A registered paper does not change: make a new one."))
    audit.record("pair-left-order", line.mentorship, by=by, fields=["order"])
    line.delete()
    if OrderLine.objects.filter(order=order).exists():
        refresh_document(order, by=by)
    else:
        discard_document(order, by=by)


@transaction.atomic
def drop_drafts_on(pair: Mentorship, *, by: models.Model | None) -> None:
    """Take a pair out of all drafts on more time or on its end: it has gone another way."""
    for line in OrderLine.objects.filter(mentorship=pair, order__status=DocumentStatus.DRAFT):
        drop_order_line(line, by=by)


@transaction.atomic
def draft_ending_order(pairs: Iterable[Mentorship], *, by: models.Model | None) -> list[Document]:
    """Put pairs that have ended into the draft of an order, one a programme; return the drafts.

    Raises:
        RefusedError: none is named, or one goes on, was never attached by an order, or is in such an order already.
    """
    pairs = list(pairs)
    lock_drafts(pairs)
    keys = {pair.pk for pair in pairs}
    locked = Mentorship.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    found = list(ended_without_order(locked).select_related("programme__year"))
    if not found:
        raise RefusedError(_("There is no pair to put into the order: tick those that have ended."))
    if len(found) < len(keys):
        others = Mentorship.objects.exclude(pk__in=[pair.pk for pair in found]).filter(pk__in=keys)
        raise RefusedError(
            _("%(names)s: goes on, had no order, or is in an order on its end already.")
            % {"names": names_of(others.select_related("mentor__person"))}
        )
    orders: dict[int, Document] = {}
    for pair in found:
        order = orders.get(pair.programme_id) or _draft_of(pair.programme, ENDING_ORDER, by=by)
        orders[pair.programme_id] = order
        OrderLine.objects.create(
            organisation_id=pair.organisation_id,
            mentorship=pair,
            order=order,
            kind=ENDING_OF[MentorshipStatus(pair.status)],
        )
        audit.record("pair-into-order", pair, by=by, fields=["order"])
    return [refresh_document(order, by=by) for order in orders.values()]


def _draft_of(programme: Programme, code: str, *, by: models.Model | None) -> Document:
    """Return the newest draft of a kind on a programme, or a new one."""
    drafts = Document.objects.select_for_update().filter(
        kind=code,
        subject_id=programme.pk,
        organisation_id=programme.organisation_id,
        status=DocumentStatus.DRAFT,
    )
    return drafts.order_by("-pk").first() or draft_document(
        programme.year, code, subject_id=programme.pk, by=by
    )


@transaction.atomic
def give_time(document: Document, *, by: models.Model | None) -> None:
    """Move the last days of the pairs of a registered order on more time, and their meetings.

    Raises:
        RefusedError: a pair has ended or changed since.
    """
    lines = list(OrderLine.objects.filter(order=document).order_by("mentorship_id"))
    pairs = _locked_pairs(lines)
    if reasons := why_extension_waits(document):
        raise RefusedError(reasons)
    for line in lines:
        pair = pairs[line.mentorship_id]
        assert line.ends_on is not None  # noqa: S101 - the database sees to it
        line.ended_before, pair.ends_on = pair.ends_on, line.ends_on
        pair.save(update_fields=["ends_on"])
        audit.record("pair-extended", pair, by=by, fields=["ends_on"])
        line.final_before = stretch_meetings(pair, by=by)
        line.save(update_fields=["ended_before", "final_before"])


@transaction.atomic
def take_time_back(document: Document, *, by: models.Model | None) -> None:
    """Give the pairs of an order on more time their old last day again.

    Raises:
        RefusedError: a pair has lived in that time already.
    """
    lines = list(OrderLine.objects.filter(order=document).order_by("mentorship_id"))
    pairs = _locked_pairs(lines)
    if reasons := why_extension_stays(document):
        raise RefusedError(reasons)
    for line in lines:
        pair = pairs[line.mentorship_id]
        pair.ends_on, line.ended_before = line.ended_before or pair.ends_on, None
        pair.save(update_fields=["ends_on"])
        audit.record("pair-extension-back", pair, by=by, fields=["ends_on"])
        shorten_meetings(pair, final=line.final_before, by=by)
        line.final_before = None
        line.save(update_fields=["ended_before", "final_before"])


def _locked_pairs(lines: Iterable[OrderLine]) -> dict[int, Mentorship]:
    """Return the pairs of some lines by key, locked in one order."""
    keys = [line.mentorship_id for line in lines]
    return Mentorship.objects.select_for_update().order_by("pk").in_bulk(keys)
