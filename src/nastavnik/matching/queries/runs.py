"""Which runs there are."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from nastavnik.core.access import Perm, SignedIn
from nastavnik.matching.access import is_own_form
from nastavnik.matching.choices import RunStatus
from nastavnik.matching.models import MatchingRun, Proposal
from nastavnik.matching.signals import obstacles_asked
from nastavnik.programmes.models import MentoringForm, Participation, Programme


def latest_run(user: SignedIn, programme: Programme) -> MatchingRun | None:
    """Return the newest run of a programme, without what it kept of people."""
    seen = MatchingRun.objects.visible_to(user).filter(programme=programme)
    return seen.defer("snapshot").first()


@dataclass(frozen=True, slots=True)
class Runs:
    """The run to show and the others that wait for approval: curators of two направления have one each."""

    shown: MatchingRun | None
    others: tuple[MatchingRun, ...]


def runs_of(user: SignedIn, programme: Programme, asked: str = "") -> Runs:
    """Return the run asked for by its key where it waits for approval, else the newest; forms are fetched."""
    seen = MatchingRun.objects.visible_to(user).filter(programme=programme)
    newest = seen.order_by("-number").values("pk")[:1]
    rows = list(
        seen.filter(Q(status=RunStatus.PROPOSED) | Q(pk__in=newest)).prefetch_related("forms")
    )
    proposed = [row for row in rows if row.status == RunStatus.PROPOSED]
    shown = next((row for row in proposed if str(row.pk) == asked), rows[0] if rows else None)
    return Runs(shown, tuple(row for row in proposed if row != shown))


def past_runs(user: SignedIn, programme: Programme) -> QuerySet[MatchingRun]:
    """Return all runs of a programme, the newest first, without what they kept of people."""
    return (
        MatchingRun.objects.visible_to(user)
        .filter(programme=programme)
        .defer("snapshot")
        .prefetch_related("forms")
    )


def why_approval_stays(run: MatchingRun) -> list[str]:
    """Return why the approval of a matching may not be taken back, as whoever makes pairs of it says."""
    told = obstacles_asked.send(sender=MatchingRun, run=run)
    return [sentence for _receiver, sentences in told for sentence in sentences or ()]


def proposal_of(mentee: Participation) -> Proposal | None:
    """Return what is proposed for a mentee now; None where no matching waits for approval."""
    rows = Proposal.objects.filter(mentee=mentee, run__status=RunStatus.PROPOSED)
    return rows.select_related("mentor__person").order_by("-run__number").first()


def replaced_by(programme: Programme, forms: Collection[MentoringForm]) -> QuerySet[MatchingRun]:
    """Return the proposals a matching of these forms takes the place of: those that hold no other form."""
    wider = MatchingRun.forms.through.objects.exclude(mentoringform__in=forms)
    proposed = MatchingRun.objects.filter(programme=programme, status=RunStatus.PROPOSED)
    return proposed.exclude(pk__in=wider.values("matchingrun_id"))


def proposed_now(programme: Programme, forms: Collection[MentoringForm]) -> dict[int, int]:
    """Return mentee → mentor, in keys of records, of what a matching of these forms takes the place of.

    That are the proposals that wait for approval, and those left over from a run of which only some were approved.
    """
    waiting: dict[int, int] = {}
    wider = MatchingRun.forms.through.objects.exclude(mentoringform__in=forms)
    approved = MatchingRun.objects.filter(programme=programme, status=RunStatus.APPROVED)
    if last := approved.exclude(pk__in=wider.values("matchingrun_id")).first():
        left = last.snapshot.get("waiting", {})
        waiting = {int(mentee): int(mentor) for mentee, mentor in left.items()}
    rows = Proposal.objects.filter(run__in=replaced_by(programme, forms)).exclude(mentor=None)
    return waiting | dict(rows.values_list("mentee_id", "mentor_id"))


def forms_to_match(user: SignedIn, programme: Programme) -> list[MentoringForm]:
    """Return the forms of a programme that the user may match."""
    return [form for form in programme.forms.all() if is_own_form(user, form, Perm.MATCHING_EDIT)]
