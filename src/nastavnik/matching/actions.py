"""Writes of matching: run, lock, forbid."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.db import models, transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.engine.matching.proposing import Pair, Unmatched
from nastavnik.engine.matching.proposing import Proposal as Result
from nastavnik.matching.adapter import (
    Decided,
    Input,
    Substitute,
    build_input,
    fewest_moves,
    form_for,
    is_against_rules,
)
from nastavnik.matching.adapter import substitutes as find_substitutes
from nastavnik.matching.catalogues import RuleValues
from nastavnik.matching.choices import CountingState, Outcome, Ruling, RunStatus
from nastavnik.matching.models import Counting, MatchingRun, Opinion, PairRuling, Proposal, RuleSet
from nastavnik.matching.queries import (
    advised_against,
    opinions_of,
    proposal_of,
    rules_in_force,
)
from nastavnik.organisations.models import Organisation
from nastavnik.programmes.actions import close_choices, review_ready
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import MentoringForm, Participation, Programme
from nastavnik.programmes.queries import base_rows, choices_of

#: A counting that takes longer has been lost with its process.
LONGEST = dt.timedelta(minutes=30)


@transaction.atomic
def run_matching(
    programme: Programme,
    *,
    forms: Iterable[MentoringForm] | None = None,
    without: Collection[int] = (),
    by: models.Model | None,
) -> MatchingRun:
    """Match everyone who is ready in some forms of a programme.

    What was proposed before for these forms alone and not approved is replaced; a proposal that holds other forms
    too is another curator's as well and stays.

    Args:
        programme: whose bases are matched.
        forms: forms of the programme, by default all of them.
        without: keys of records that sit this one out.
        by: who runs it.

    The choices made after group meetings stand from now on, until the curator opens them again.

    Raises:
        RefusedError: no form is chosen, or nobody is ready on one of the sides.
    """
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    chosen_forms = list(programme.forms.all() if forms is None else forms)
    given = _what_is_matched(programme, chosen_forms, without, by=by)
    return _keep_run(programme, chosen_forms, given, given.run(), by=by)


def _what_is_matched(
    programme: Programme,
    forms: list[MentoringForm],
    without: Collection[int],
    *,
    by: models.Model | None,
) -> Input:
    """Review who is ready and return what the engine is given, or refuse."""
    if not forms:
        raise RefusedError(_("Choose at least one form: nobody can be matched without it."))
    review_ready(programme, by=by)
    given = engine_input(programme, forms, without=without)
    if not given.mentees:
        raise RefusedError(
            _(
                "No mentee is ready for matching: in the base of mentees the gate says what is missing."
            )
        )
    if not given.mentors:
        raise RefusedError(
            _(
                "No mentor is ready for matching: in the base of mentors the gate says what is missing."
            )
        )
    _check_locks(given)
    return given


def _keep_run(
    programme: Programme,
    chosen_forms: list[MentoringForm],
    given: Input,
    result: Result,
    *,
    by: models.Model | None,
) -> MatchingRun:
    if not result.certificate.ok:
        raise RuntimeError("the engine could not prove its own result")
    wider = MatchingRun.forms.through.objects.exclude(mentoringform__in=chosen_forms)
    MatchingRun.objects.filter(programme=programme, status=RunStatus.PROPOSED).exclude(
        pk__in=wider.values("matchingrun_id")
    ).update(status=RunStatus.SUPERSEDED)
    last = programme.runs.aggregate(last=Max("number"))["last"] or 0
    run = MatchingRun.objects.create(
        organisation_id=programme.organisation_id,
        programme=programme,
        number=last + 1,
        snapshot=given.snapshot(),
        n_mentees=len(given.mentees),
        n_matched=result.n_matched,
        total_score=result.total_score,
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
            *(_left_out(run, one, given.advised) for one in result.unmatched),
        ]
    )
    close_choices(programme, [int(one.key) for one in given.mentees], by=by)
    audit.record("matching-run", run, by=by, fields=["forms", "n_mentees", "n_matched"])
    return run


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
    row: Counting, *, without: Collection[int] = (), by: models.Model | None
) -> Input:
    """Return what the engine is given, as it stands now, and note how many pairs it will look at.

    Raises:
        RefusedError: nobody is ready, as `run_matching` says.
    """
    programme = Programme.objects.select_for_update().get(pk=row.programme_id)
    given = _what_is_matched(programme, list(row.forms.all()), without, by=by)
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
    run = _keep_run(programme, list(row.forms.all()), given, result, by=by)
    row.run = run
    _end(row, CountingState.DONE, by=by)
    return run


@transaction.atomic
def cancel_counting(row: Counting, *, by: models.Model | None) -> Counting:
    """Stop a counting: whatever is found after that is not written."""
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


def engine_input(
    programme: Programme,
    forms: Iterable[MentoringForm] | None = None,
    *,
    rules: RuleValues | None = None,
    change: "PairChange | None" = None,
    without: Collection[int] = (),
) -> Input:
    """Return what the engine would be given now: the ready mentees, the mentors with their free places.

    Records `without` sit this one out.

    A mentor who has pairs and no longer passes the gate takes no further mentees. With a `change` the mentees of
    that pair are there as well, and its mentor is nobody for them.
    """
    forms = list(programme.forms.all() if forms is None else forms)
    in_forms = Participation.forms.through.objects.filter(mentoringform__in=forms)
    records = (
        Participation.objects.filter(
            programme=programme, pk__in=in_forms.values("participation_id")
        )
        .exclude(pk__in=without)
        .select_related("person")
        .prefetch_related("forms")
    )
    mentors = records.filter(
        side=Side.MENTOR, status__in=[ParticipationStatus.READY, ParticipationStatus.PAIRED]
    )
    if change is None or not change.others:
        mentors = mentors.filter(active_count__lt=F("capacity"))
    waiting = Q(side=Side.MENTEE, status=ParticipationStatus.READY)
    mentees = records.filter(waiting if change is None else change.who(waiting))
    rulings = PairRuling.objects.standing().filter(mentee__programme=programme)
    locks = rulings.filter(ruling=Ruling.LOCK)
    bans = rulings.filter(ruling=Ruling.FORBID).values_list("mentor_id", "mentee_id")
    return build_input(
        [row.record for row in base_rows(mentors) if row.verdict],
        mentees,
        forms,
        decided=Decided(
            locked=locks.exclude(mentee__in=change.mentees if change else ()).values_list(
                "mentor_id", "mentee_id"
            ),
            forbidden=[*bans, *(change.apart if change else ())],
            advised=opinions_of(programme.pk).against().values_list("mentor_id", "mentee_id"),
        ),
        choices=choices_of(programme),
        rules=rules or rules_in_force(programme.organisation_id),
        day=today(),
    )


@dataclass(frozen=True, slots=True)
class PairChange:
    """A pair whose mentor is to be another one, in keys of records.

    Attributes:
        mentor: who leads the pair now.
        mentees: of the pair.
        others: mentee → mentor of the pairs that stand; with them nobody who waits is looked at.
    """

    mentor: int
    mentees: frozenset[int]
    others: Mapping[int, int] = field(default_factory=dict)

    @property
    def apart(self) -> list[tuple[int, int]]:
        """Return the pairs that must not come again."""
        return [(self.mentor, mentee) for mentee in sorted(self.mentees)]

    def who(self, waiting: Q) -> Q:
        """Return which mentees are looked at."""
        own = Q(pk__in=self.mentees)
        return own | Q(pk__in=self.others.keys()) if self.others else own | waiting


def substitutes(
    programme: Programme, form: MentoringForm, change: PairChange
) -> tuple[Substitute, ...]:
    """Return who could lead a pair instead of its mentor, the best first; nobody else is moved."""
    given = engine_input(programme, [form], change=replace(change, others={}))
    return find_substitutes(given, {str(key) for key in change.mentees})


def least_disturbance(
    programme: Programme, form: MentoringForm, change: PairChange
) -> tuple[tuple[str, str, str], ...]:
    """Return the fewest moves of other pairs that would free a mentor: (mentee, before, after) in keys."""
    if not change.others:
        return ()
    given = engine_input(programme, [form], change=change)
    kept = {str(mentee): str(mentor) for mentee, mentor in change.others.items()}
    return fewest_moves(given, {str(key) for key in change.mentees}, str(change.mentor), kept)


def check_substitute(
    programme: Programme, form: MentoringForm, change: PairChange, mentor: Participation
) -> None:
    """Look whether a mentor may lead a pair instead of its own.

    Raises:
        RefusedError: a rule, a ban or «not with», the gate or the limit speaks against it by now.
    """
    given = engine_input(programme, [form], change=replace(change, others={}))
    if not form_for(given, str(mentor.pk), {str(key) for key in change.mentees}):
        raise RefusedError(
            _("%(name)s cannot take this pair over now: open the page of the replacement anew.")
            % {"name": mentor.person.full_name}
        )


def _check_locks(given: Input) -> None:
    """Refuse more locks of a mentor than free places: the limit was lowered after the lock."""
    asked = Counter(given.locked.values())
    full = [one.key for one in given.mentors if asked[one.key] > one.capacity]
    if full:
        people = Participation.objects.filter(pk__in=full).select_related("person")
        raise RefusedError(_no_place(record) for record in people)


def _no_place(mentor: Participation) -> str:
    return _(
        "%(name)s has no free place left: raise the limit in the record or choose another mentor."
    ) % {"name": mentor.person.full_name}


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
        score=pair.score,
        is_locked=locked,
        explanation={
            "parts": [asdict(part) for part in pair.parts],
            "flags": list(pair.flags),
            "alternatives": [asdict(other) for other in pair.alternatives],
            "chosen": {"by_mentee": pair.mentee_choice, "by_mentor": pair.mentor_choice},
            **({"why": why} if locked and why else {}),
        },
    )


def _left_out(run: MatchingRun, one: Unmatched, advised: frozenset[tuple[str, str]]) -> Proposal:
    """Keep why somebody stays alone; what is the psychologist's «no» has a code of its own."""
    explanation: dict[str, Any] = {"code": one.code, "refusals": dict(one.refusals)}
    if n_advised := sum(mentee == one.mentee for _mentor, mentee in advised):
        explanation["n_advised"] = n_advised
    if one.shortage:
        explanation["shortage"] = asdict(one.shortage)
    if one.change:
        explanation["change"] = asdict(one.change)
        if one.change.code == "unforbid" and (one.change.mentor, one.mentee) in advised:
            explanation["change"]["code"] = "ask_psychologist"
    return Proposal(
        organisation_id=run.organisation_id,
        run=run,
        mentee_id=int(one.mentee),
        explanation=explanation,
    )


@transaction.atomic
def set_rules(
    organisation: Organisation, values: RuleValues, *, by: models.Model | None
) -> RuleSet:
    """Put rules in force for the next matching; the ones of before stay for the record."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    last = RuleSet.objects.filter(organisation=organisation).aggregate(last=Max("number"))["last"]
    rules = RuleSet.objects.create(
        organisation=organisation,
        number=(last or 0) + 1,
        weights=dict(values.weights),
        load_cost=values.load_cost,
        rank_weight=values.rank_weight,
    )
    audit.record("rules-set", rules, by=by, fields=["weights", "load_cost", "rank_weight"])
    return rules


def is_override(mentor: Participation, mentee: Participation, ruling: Ruling) -> bool:
    """Tell whether a word on two people goes against what is proposed or against the rules: then it needs a reason."""
    proposal = proposal_of(mentee)
    if ruling == Ruling.FORBID:
        return proposal is not None and proposal.mentor_id == mentor.pk
    if proposal is not None:
        return proposal.mentor_id != mentor.pk
    forms = mentee.programme.forms.all()
    rules = rules_in_force(mentee.organisation_id)
    return is_against_rules(mentor, mentee, forms, rules=rules, day=today())


@transaction.atomic
def rule_pair(
    mentor: Participation,
    mentee: Participation,
    ruling: Ruling,
    *,
    reason: str = "",
    by: models.Model | None,
) -> PairRuling:
    """Say that two people must be together or must not; a lock replaces the mentee's lock of before.

    What was ruled before is taken back and stays for the record. The same word again only writes the reason.

    Raises:
        RefusedError: the two records are not a mentor and a mentee of one programme, the mentor has no place, or the
            word goes against a proposal or a rule and no reason is given.
    """
    if (mentor.side, mentee.side) != (Side.MENTOR, Side.MENTEE) or (
        mentor.programme_id != mentee.programme_id
    ):
        raise RefusedError(_("These two are not a mentor and a mentee of one programme."))
    reason = reason.strip()
    rulings = PairRuling.objects.select_for_update().standing()
    before = rulings.filter(mentor=mentor, mentee=mentee).first()
    if before is not None and before.ruling == ruling:
        return _explain(before, reason, by=by)
    if not reason and is_override(mentor, mentee, ruling):
        raise RefusedError(_("Write why: this goes against what the matching proposes."))
    if ruling == Ruling.LOCK:
        _check_outcome(mentor, mentee)
        _check_place(mentor, mentee)
    for row in rulings.filter(
        Q(mentor=mentor, mentee=mentee) | Q(mentee=mentee, ruling=Ruling.LOCK)
        if ruling == Ruling.LOCK
        else Q(mentor=mentor, mentee=mentee)
    ):
        lift_ruling(row, by=by)
    row = PairRuling.objects.create(
        organisation_id=mentor.organisation_id,
        mentor=mentor,
        mentee=mentee,
        ruling=ruling,
        reason=reason,
    )
    audit.record(f"pair-{ruling}", row, by=by, fields=["mentor", "mentee", "ruling", "reason"])
    return row


def _explain(row: PairRuling, reason: str, *, by: models.Model | None) -> PairRuling:
    if reason and reason != row.reason:
        row.reason = reason
        row.save(update_fields=["reason"])
        audit.record("ruling-explained", row, by=by, fields=["reason"])
    return row


def _check_outcome(mentor: Participation, mentee: Participation) -> None:
    """Refuse a lock the psychologist does not recommend: nobody overrules that alone."""
    if advised_against(mentor.programme_id, [(mentor.pk, mentee.pk)]):
        raise RefusedError(
            _(
                "The psychologist does not recommend %(mentee)s and %(mentor)s: speak about it first."
            )
            % {"mentee": mentee.person.short_name, "mentor": mentor.person.short_name}
        )


def _check_place(mentor: Participation, mentee: Participation) -> None:
    """Refuse a lock when the other locks have taken the mentor's places."""
    held = PairRuling.objects.standing().filter(mentor=mentor, ruling=Ruling.LOCK)
    n_waiting = held.exclude(mentee=mentee).filter(mentee__status=ParticipationStatus.READY).count()
    if mentor.active_count + n_waiting >= mentor.capacity:
        raise RefusedError(_no_place(mentor))


@transaction.atomic
def lift_ruling(row: PairRuling, *, by: models.Model | None) -> None:
    """Take a lock or a ban back; it stays for the record."""
    row.lifted_at = timezone.now()
    row.save(update_fields=["lifted_at"])
    audit.record("ruling-lifted", row, by=by, fields=["lifted_at"])


@transaction.atomic
def lift_locks(mentees: Iterable[int], *, by: models.Model | None) -> None:
    """Take back what was put together of some mentees: another pair has been decided since."""
    standing = PairRuling.objects.standing()
    for row in standing.filter(mentee__in=list(mentees), ruling=Ruling.LOCK):
        lift_ruling(row, by=by)


@transaction.atomic
def give_opinion(
    *,
    mentor: Participation | None,
    mentee: Participation | None,
    outcome: Outcome | None,
    by: models.Model | None,
) -> Opinion | None:
    """Note the psychologist's outcome on a pair, or on one person; None takes it back.

    «Does not recommend» is a hard rule of the next matching and takes a lock of these people back.

    Raises:
        RefusedError: nobody is named, or the two are not a mentor and a mentee of one programme.
    """
    sides = {Side.MENTOR: mentor, Side.MENTEE: mentee}
    named = [one for one in sides.values() if one is not None]
    if (
        not named
        or any(one is not None and one.side != side for side, one in sides.items())
        or len({one.programme_id for one in named}) > 1
    ):
        raise RefusedError(_("Choose a mentor, a mentee or both, of one programme."))
    before = Opinion.objects.select_for_update().filter(mentor=mentor, mentee=mentee).first()
    if outcome is None:
        if before is not None:
            audit.record("opinion-taken-back", before, by=by, fields=["outcome"])
            before.delete()
        return None
    row = before or Opinion(organisation_id=named[0].organisation_id, mentor=mentor, mentee=mentee)
    row.outcome, row.discussed_on = outcome, None
    row.save()
    audit.record("opinion-given", row, by=by, fields=["outcome", "discussed_on"])
    if outcome == Outcome.AGAINST:
        locks = PairRuling.objects.standing().filter(ruling=Ruling.LOCK)
        ours = Q(mentor=mentor) if mentor else Q()
        ours &= Q(mentee=mentee) if mentee else Q()
        for lock in locks.filter(ours):
            lift_ruling(lock, by=by)
    return row


@transaction.atomic
def mark_discussed(row: Opinion, *, by: models.Model | None) -> Opinion:
    """Note that the curator and the psychologist have spoken about it."""
    row.discussed_on = today()
    row.save(update_fields=["discussed_on"])
    audit.record("opinion-discussed", row, by=by, fields=["discussed_on"])
    return row


@transaction.atomic
def mark_run_approved(run: MatchingRun, *, by: models.Model | None, at: dt.datetime) -> MatchingRun:
    """Close a run whose pairs have been made."""
    run.status = RunStatus.APPROVED
    run.approved_at = at
    run.save(update_fields=["status", "approved_at"])
    audit.record("run-approved", run, by=by, fields=["status", "approved_at"])
    return run
