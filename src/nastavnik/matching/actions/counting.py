"""A large matching counted in the background: written at once or not at all."""

import datetime as dt
from collections.abc import Collection, Iterable

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.errors import RefusedError
from nastavnik.engine.matching.proposing import Proposal as Result
from nastavnik.matching.actions.inputs import review_input
from nastavnik.matching.actions.runs import keep_run
from nastavnik.matching.adapter import Input
from nastavnik.matching.choices import CountingState
from nastavnik.matching.models import Counting, MatchingRun
from nastavnik.programmes.models import MentoringForm, Programme

#: A counting that takes longer has been lost with its process.
LONGEST = dt.timedelta(minutes=30)


@transaction.atomic
def start_counting(
    programme: Programme, forms: Iterable[MentoringForm], *, n_pairs: int, by: models.Model | None
) -> Counting:
    """Note that a large matching is counted in the background; `matching.tasks` does it.

    Raises:
        RefusedError: one is being counted already.
    """
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    for lost in Counting.objects.running().filter(
        programme=programme, started_at__lt=timezone.now() - LONGEST
    ):
        _end(lost, CountingState.FAILED, by=None)
    if Counting.objects.running().filter(programme=programme).exists():
        raise RefusedError(_("A matching is being counted already: wait for it or cancel it."))
    row = Counting.objects.create(
        organisation_id=programme.organisation_id, programme=programme, n_pairs=n_pairs
    )
    row.forms.set(forms)
    audit.record("counting-started", row, by=by, fields=["forms", "n_pairs"])
    return row


@transaction.atomic
def read_counting(
    row: Counting, *, without: Collection[int] = (), keeps: bool = False, by: models.Model | None
) -> Input:
    """Return what the engine is given, as it stands now, and note how many pairs it will look at.

    Raises:
        RefusedError: nobody is ready, as `run_matching` says.
    """
    programme = Programme.objects.select_for_update().get(pk=row.programme_id)
    given = review_input(programme, list(row.forms.all()), without, keeps=keeps, by=by)
    row.n_pairs = len(given.mentors) * len(given.mentees)
    row.save(update_fields=["n_pairs"])
    audit.record("counting-read", row, by=by, fields=["n_pairs"])
    return given


@transaction.atomic
def finish_counting(
    row: Counting, given: Input, result: Result, *, by: models.Model | None
) -> MatchingRun | None:
    """Write a counted matching, whole; nothing at all where it was cancelled meanwhile."""
    programme = Programme.objects.select_for_update().get(pk=row.programme_id)
    row = Counting.objects.select_for_update().get(pk=row.pk)
    if row.state != CountingState.RUNNING:
        return None
    run = keep_run(programme, list(row.forms.all()), given, result, by=by)
    row.run = run
    _end(row, CountingState.DONE, by=by)
    return run


@transaction.atomic
def cancel_counting(row: Counting, *, by: models.Model | None) -> Counting:
    """Stop a counting: it sees that soon and ends; whatever it finds after that is not written."""
    row = Counting.objects.select_for_update().get(pk=row.pk)
    return _end(row, CountingState.CANCELLED, by=by)


@transaction.atomic
def fail_counting(row: Counting, *, why: str = "", by: models.Model | None) -> Counting:
    """Note that a counting came to nothing, and why as far as that can be told."""
    row = Counting.objects.select_for_update().get(pk=row.pk)
    row.why = why if row.state == CountingState.RUNNING else row.why
    return _end(row, CountingState.FAILED, by=by)


@transaction.atomic
def fail_interrupted(*, by: models.Model | None) -> int:
    """Note at the start of the program that what was being counted at its end is lost; return how many."""
    rows = list(Counting.objects.select_for_update().running())
    for row in rows:
        _end(row, CountingState.FAILED, by=by)
    return len(rows)


def _end(row: Counting, state: CountingState, *, by: models.Model | None) -> Counting:
    if row.state == CountingState.RUNNING:
        row.state, row.ended_at = state, timezone.now()
        row.save(update_fields=["state", "ended_at", "run", "why"])
        audit.record(f"counting-{state}", row, by=by, fields=["state", "ended_at", "run"])
    return row
