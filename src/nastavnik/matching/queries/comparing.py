"""Who has another mentor: between two runs, since the run before, after other rules."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from nastavnik.core.access import SignedIn
from nastavnik.matching.choices import RunStatus
from nastavnik.matching.models import MatchingRun, Proposal
from nastavnik.programmes.models import Participation


@dataclass(frozen=True, slots=True)
class MenteeMove:
    """A mentee whose mentor differs: None stands for nobody."""

    mentee: Participation
    before: Participation | None
    after: Participation | None


def moves(user: SignedIn, keys: Iterable[tuple[str, str, str]]) -> list[MenteeMove]:
    """Return the records of (mentee, mentor before, mentor after) by their keys, of the mentees the user sees."""
    keys = list(keys)
    wanted = {int(key) for triple in keys for key in triple if key}
    known = {
        str(row.pk): row
        for row in Participation.objects.visible_to(user)
        .filter(pk__in=wanted)
        .select_related("person__partner")
    }
    return [
        MenteeMove(known[mentee], known.get(before), known.get(after))
        for mentee, before, after in keys
        if mentee in known
    ]


@dataclass(frozen=True, slots=True)
class RunComparison:
    """Two runs side by side: who has another mentor, how many have the same, who is in one of them only."""

    before: MatchingRun
    after: MatchingRun
    moved: tuple[MenteeMove, ...]
    n_same: int
    n_only_before: int
    n_only_after: int


def compare_runs(user: SignedIn, before: MatchingRun, after: MatchingRun) -> RunComparison:
    """Compare two runs of one programme by the mentees the user sees."""
    old, new = _mentors_of(user, before), _mentors_of(user, after)
    both = [key for key in new if key in old]
    moved = moves(user, ((key, old[key], new[key]) for key in both if old[key] != new[key]))
    return RunComparison(
        before,
        after,
        tuple(sorted(moved, key=lambda move: move.mentee.person.search_name)),
        n_same=sum(old[key] == new[key] for key in both),
        n_only_before=len(old) - len(both),
        n_only_after=len(new) - len(both),
    )


def _mentors_of(user: SignedIn, run: MatchingRun) -> dict[str, str]:
    rows = Proposal.objects.visible_to(user).filter(run=run).values_list("mentee_id", "mentor_id")
    return {str(mentee): str(mentor or "") for mentee, mentor in rows}


def changes_since(
    user: SignedIn, run: MatchingRun, proposals: list[Proposal]
) -> tuple[tuple[str, ...], int]:
    """Return in sentences who has another mentor than in the run before that was not approved, and how many have not."""
    before = (
        MatchingRun.objects.visible_to(user)
        .filter(programme_id=run.programme_id, number__lt=run.number)
        .exclude(status=RunStatus.APPROVED)
        .first()
    )
    if before is None:
        return (), 0
    old = {
        row.mentee_id: row
        for row in Proposal.objects.visible_to(user)
        .filter(run=before)
        .select_related("mentor__person")
    }
    changes, n_same = [], 0
    for now in proposals:
        was = old.get(now.mentee_id)
        if was is not None and was.mentor_id == now.mentor_id:
            n_same += 1
            continue
        changes.append(
            _("%(mentee)s: was %(before)s, now %(after)s")
            % {
                "mentee": now.mentee.person.short_name,
                "before": was.mentor.person.short_name if was and was.mentor else _("nobody"),
                "after": now.mentor.person.short_name if now.mentor else _("nobody"),
            }
        )
    return tuple(changes), n_same
