"""Whom a matching takes."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q

from nastavnik.core.access import SignedIn
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import MentoringForm, Participation, Programme
from nastavnik.programmes.queries import BaseRow, base_rows


@dataclass(frozen=True, slots=True)
class WhoIsMatched:
    """Whom the next matching may take, and whom it cannot with what is missing."""

    mentees: tuple[BaseRow, ...]
    mentors: tuple[BaseRow, ...]
    unready: tuple[BaseRow, ...]

    @property
    def keys(self) -> frozenset[int]:
        """The keys of all who may be taken."""
        return frozenset(row.record.pk for row in (*self.mentees, *self.mentors))


def who_is_matched(user: SignedIn, programme: Programme) -> WhoIsMatched:
    """Return the people of both bases as the next matching sees them; in a fixed number of queries."""
    waits = Q(status=ParticipationStatus.CANDIDATE) | Q(status=ParticipationStatus.READY)
    helps = Q(side=Side.MENTOR, status=ParticipationStatus.PAIRED)
    records = (
        Participation.objects.visible_to(user)
        .filter(waits | helps, programme=programme)
        .select_related("person")
        .prefetch_related("forms")
    )
    fit: dict[str, list[BaseRow]] = {side: [] for side in Side}
    unready: list[BaseRow] = []
    for row in base_rows(records):
        record = row.record
        if record.is_mentor and record.active_count >= record.capacity:
            continue
        ready = record.status != ParticipationStatus.CANDIDATE and row.verdict
        (fit[record.side] if ready else unready).append(row)
    return WhoIsMatched(tuple(fit[Side.MENTEE]), tuple(fit[Side.MENTOR]), tuple(unready))


def n_pairs_to_look_at(programme: Programme, forms: Collection[MentoringForm]) -> int:
    """Return how many pairs a matching of these forms would look at, about: mentors times mentees."""
    in_forms = Participation.forms.through.objects.filter(mentoringform__in=forms)
    counts = (
        Participation.objects.filter(
            programme=programme, pk__in=in_forms.values("participation_id")
        )
        .filter(
            Q(side=Side.MENTEE, status=ParticipationStatus.READY)
            | Q(
                side=Side.MENTOR, status__in=[ParticipationStatus.READY, ParticipationStatus.PAIRED]
            )
        )
        .order_by("side")
        .values_list("side")
        .annotate(n=Count("pk"))
    )
    n_of: dict[str, int] = dict(counts)
    return n_of.get(Side.MENTEE, 0) * n_of.get(Side.MENTOR, 0)
