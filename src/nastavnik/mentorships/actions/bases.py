"""Writes of the files of bases that come back."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.errors import RefusedError
from nastavnik.mentorships.models import BaseDraft
from nastavnik.mentorships.queries import BaseComparison, ReadRow, compare_base, old_base_drafts
from nastavnik.people.models import User
from nastavnik.programmes.actions import add_to_base, change_participation
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import Participation, Programme


@transaction.atomic
def keep_base_draft(
    programme: Programme,
    side: Side,
    rows: list[dict[str, Any]],
    *,
    file_name: str,
    by: models.Model | None,
) -> BaseDraft:
    """Keep a file of a base as read, to be looked over."""
    draft = BaseDraft.objects.create(
        organisation_id=programme.organisation_id,
        programme=programme,
        side=side,
        file_name=file_name[:200],
        rows=rows,
    )
    audit.record("base-read", draft, by=by, fields=["file_name", "rows"])
    return draft


@transaction.atomic
def discard_base_draft(draft: BaseDraft, *, by: models.Model | None) -> None:
    """Throw a file that has come back away; the base stays as it is."""
    audit.record(audit.DELETED, draft, by=by)
    draft.delete()


@transaction.atomic
def forget_old_base_drafts(before: dt.datetime, *, by: models.Model | None) -> int:
    """Throw away the files read before a moment and never taken; return how many."""
    drafts = list(old_base_drafts(before).defer("rows").select_for_update())
    audit.record_many(audit.DELETED, drafts, by=by)
    BaseDraft.objects.filter(pk__in=[one.pk for one in drafts]).delete()
    return len(drafts)


@transaction.atomic
def take_base_draft(
    draft: BaseDraft, rows: Iterable[int], *, seen: str, by: User
) -> BaseComparison:
    """Write what the chosen rows of a file say into the base, all of them or none; the file is gone then.

    Args:
        draft: the file.
        rows: numbers of the rows to take; those that wait are never taken.
        seen: `BaseComparison.mark` of what somebody has looked at.
        by: who takes it, with what that user may reach.

    Returns:
        What was done.

    Raises:
        RefusedError: it was taken or thrown away meanwhile, the base has changed since it was looked at, or a row is refused.
    """
    held = BaseDraft.objects.select_for_update(of=("self",)).filter(pk=draft.pk).first()
    if held is None:
        raise RefusedError(_("This file was taken or thrown away meanwhile. Load it again."))
    # one file of a base at a time
    Programme.objects.select_for_update(no_key=True).get(pk=held.programme_id)
    found = compare_base(by, held.programme, Side(held.side), held.rows)
    if found.mark != seen:
        raise RefusedError(_("The base has changed meanwhile: look at the differences again."))
    chosen = set(rows)
    taken = [one for one in found.rows if one.row in chosen and one.verdict in {"new", "changed"}]
    if not taken:
        raise RefusedError(_("Tick at least one row."))
    for one in taken:
        _take(held, one, by=by)
    audit.record("base-taken", held, by=by, fields=["rows"], n_rows=len(taken))
    held.delete()
    return BaseComparison(tuple(taken), ())


def _take(draft: BaseDraft, one: ReadRow, *, by: User) -> None:
    record = one.record
    if one.person is not None:
        added, refused = add_to_base(draft.programme, [one.person], Side(draft.side), by=by)
        if not added:
            reason = refused[0][1] if refused else _("The person is in the base already.")
            raise RefusedError(f"{one.name}: {reason}")
        record = added[0]
    assert record is not None  # noqa: S101 - a row that is taken has one
    fields: dict[str, Any] = {
        change.field: list(change.value) if isinstance(change.value, tuple) else change.value
        for change in one.changes
    }
    if fields:
        # locked, so that nothing written meanwhile is lost
        record = Participation.objects.select_for_update(of=("self",)).get(pk=record.pk)
        try:
            change_participation(record, by=by, **fields)
        except RefusedError as refusal:
            raise RefusedError([f"{one.name}: {reason}" for reason in refusal.reasons]) from refusal
