"""A matching made, kept and closed."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from django.db import models, transaction
from django.db.models import Max

from nastavnik.core import audit
from nastavnik.engine.matching.proposing import MatchingResult as Result
from nastavnik.engine.matching.proposing import Pair, UnmatchedMentee, shortages_of
from nastavnik.matching.actions.inputs import review_input
from nastavnik.matching.adapter import Input, totals_of
from nastavnik.matching.choices import Ruling, RunStatus
from nastavnik.matching.models import MatchingRun, PairRuling, Proposal
from nastavnik.matching.queries import replaced_by
from nastavnik.programmes.actions import close_choices
from nastavnik.programmes.models import MentoringForm, Programme


@transaction.atomic
def run_matching(
    programme: Programme,
    *,
    forms: Iterable[MentoringForm] | None = None,
    without: Collection[int] = (),
    keeps: bool = False,
    by: models.Model | None,
) -> MatchingRun:
    """Match everyone who is ready in some forms of a programme.

    What was proposed before for these forms alone and not approved is replaced; a proposal that holds other forms
    too is another curator's as well and stays.

    Args:
        programme: whose bases are matched.
        forms: forms of the programme, by default all of them.
        without: keys of records that sit this one out.
        keeps: whether what is proposed now stays as far as can be: as many as before and more are matched first, then
            as few as can be get another mentor, then they fit.
        by: who runs it.

    The choices made after group meetings stand from now on, until the curator opens them again.

    Raises:
        RefusedError: no form is chosen, or nobody is ready on one of the sides.
    """
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    chosen_forms = list(programme.forms.all() if forms is None else forms)
    given = review_input(programme, chosen_forms, without, keeps=keeps, by=by)
    return save_run(programme, chosen_forms, given, given.run(), by=by)


@transaction.atomic
def save_run(
    programme: Programme,
    chosen_forms: list[MentoringForm],
    given: Input,
    result: Result,
    *,
    by: models.Model | None,
) -> MatchingRun:
    """Write what the engine found; what it replaces is put aside, and the choices stand from now on."""
    if not result.certificate.ok:
        raise RuntimeError("the engine could not prove its own result")
    replaced_by(programme, chosen_forms).update(status=RunStatus.SUPERSEDED)
    last = programme.runs.aggregate(last=Max("number"))["last"] or 0
    totals = totals_of(result)
    shortages, shortage_of = shortages_of(result.unmatched)
    run = MatchingRun.objects.create(
        organisation_id=programme.organisation_id,
        programme=programme,
        number=last + 1,
        snapshot={
            **given.snapshot(),
            "totals": totals,
            "kept_points": result.kept_points,
            "choices_first": result.choices_first,
            "shortages": [asdict(one) for one in shortages],
        },
        n_mentees=len(given.mentees),
        n_matched=result.n_matched,
        total_score=totals["fit"],
        is_certified=result.certificate.ok,
    )
    run.forms.set(chosen_forms)
    form_keys = {form.code: form.pk for form in chosen_forms}
    chosen = {one.key: one.forms & form_keys.keys() for one in given.mentors}
    chosen |= {one.key: one.forms & form_keys.keys() for one in given.mentees}
    reasons = _reasons_of_locks(programme)
    Proposal.objects.bulk_create(
        [
            *(
                _paired(
                    run,
                    pair,
                    form_keys[pair.form or _form_of_lock(chosen[pair.mentor], chosen[pair.mentee])],
                    locked=pair.mentee in given.locked,
                    why=reasons.get(pair.mentee, ""),
                )
                for pair in result.pairs
            ),
            *(_left_out(run, one, given, shortage_of.get(one.mentee)) for one in result.unmatched),
        ]
    )
    close_choices(programme, [int(one.key) for one in given.mentees], by=by)
    audit.record("matching-run", run, by=by, fields=["forms", "n_mentees", "n_matched"])
    return run


def _form_of_lock(mentor: frozenset[str], mentee: frozenset[str]) -> str:
    """Return the form of a pair that a person put together against the rules."""
    return min(mentor & mentee or mentee or mentor)


def _reasons_of_locks(programme: Programme) -> dict[str, str]:
    """Return mentee → why the curator put the pair together; kept with the run, whatever is taken back later."""
    locks = PairRuling.objects.standing().filter(mentee__programme=programme, ruling=Ruling.LOCK)
    return {str(mentee): reason for mentee, reason in locks.values_list("mentee_id", "reason")}


def _paired(run: MatchingRun, pair: Pair, form_id: int, *, locked: bool, why: str) -> Proposal:
    return Proposal(
        organisation_id=run.organisation_id,
        run=run,
        mentee_id=int(pair.mentee),
        mentor_id=int(pair.mentor),
        form_id=form_id,
        score=pair.fit,
        is_locked=locked,
        explanation={
            "parts": [asdict(part) for part in pair.parts],
            "flags": list(pair.flags),
            "alternatives": [asdict(other) for other in pair.alternatives],
            "chosen": {"by_mentee": pair.mentee_choice, "by_mentor": pair.mentor_choice},
            **({"why": why} if locked and why else {}),
        },
    )


def _left_out(
    run: MatchingRun, one: UnmatchedMentee, given: Input, shortage: int | None
) -> Proposal:
    """Keep why somebody stays alone; what is the psychologist's «no» has a code of its own.

    Of a shortage the number is kept: it is written once, beside the run. The places a mentor would need are told with those
    taken already, as the card of the mentor counts them.
    """
    explanation: dict[str, Any] = {"code": one.code, "refusals": dict(one.refusals)}
    if n_advised := sum(mentee == one.mentee for _mentor, mentee in given.advised):
        explanation["n_advised"] = n_advised
    if shortage is not None:
        explanation["shortage"] = shortage
    if one.change:
        explanation["change"] = asdict(one.change)
        if one.change.code == "unforbid" and (one.change.mentor, one.mentee) in given.advised:
            explanation["change"]["code"] = "ask_psychologist"
        if one.change.code == "raise_capacity":
            n_led = next(who.n_led for who in given.mentors if who.key == one.change.mentor)
            explanation["change"]["value"] += n_led
    return Proposal(
        organisation_id=run.organisation_id,
        run=run,
        mentee_id=int(one.mentee),
        explanation=explanation,
    )


@transaction.atomic
def mark_run_approved(
    run: MatchingRun,
    *,
    waiting: Mapping[int, int] | None = None,
    by: models.Model | None,
    at: dt.datetime,
) -> MatchingRun:
    """Close a run whose pairs have been made; `waiting`, mentee → mentor, are those proposed that have not been.

    They are kept beside it, so that the next matching can let them stay.
    """
    run.status = RunStatus.APPROVED
    run.approved_at = at
    run.snapshot["waiting"] = {str(key): str(mentor) for key, mentor in (waiting or {}).items()}
    run.save(update_fields=["status", "approved_at", "snapshot"])
    audit.record("run-approved", run, by=by, fields=["status", "approved_at"])
    return run


@transaction.atomic
def mark_run_proposed(run: MatchingRun, *, by: models.Model | None) -> MatchingRun:
    """Open a run again whose approval was taken back; where a newer one has its forms by now, it stays replaced."""
    newer = MatchingRun.objects.filter(
        programme=run.programme_id, number__gt=run.number, forms__in=run.forms.all()
    )
    run.status = RunStatus.SUPERSEDED if newer.exists() else RunStatus.PROPOSED
    run.approved_at = None
    run.snapshot.pop("waiting", None)
    run.save(update_fields=["status", "approved_at", "snapshot"])
    audit.record("approval-taken-back", run, by=by, fields=["status", "approved_at"])
    return run
