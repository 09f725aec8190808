"""What the engine is given."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.matching.actions.rulings import check_locks
from nastavnik.matching.adapter import Decided, Input, build_input
from nastavnik.matching.catalogues import RuleValues
from nastavnik.matching.choices import Ruling
from nastavnik.matching.models import PairRuling
from nastavnik.matching.queries import opinions_of, proposed_now, rules_in_force
from nastavnik.programmes.actions import review_ready
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import MentoringForm, Participation, Programme
from nastavnik.programmes.queries import base_rows, choices_of


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


def engine_input(
    programme: Programme,
    forms: Iterable[MentoringForm] | None = None,
    *,
    rules: RuleValues | None = None,
    change: PairChange | None = None,
    without: Collection[int] = (),
    previous: Mapping[int, int] | None = None,
) -> Input:
    """Return what the engine would be given now: the ready mentees, the mentors with their free places.

    Records `without` sit this one out; of `previous`, mentee → mentor, as much as can be is to stay.

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
    given = build_input(
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
        previous=previous,
    )
    return replace(given, without=tuple(sorted(without)))


@transaction.atomic
def review_input(
    programme: Programme,
    forms: list[MentoringForm],
    without: Collection[int],
    *,
    keeps: bool = False,
    by: models.Model | None,
) -> Input:
    """Review who is ready and return what the engine is given; with `keeps`, along with what is proposed now.

    Raises:
        RefusedError: no form is chosen, nobody is ready on one of the sides, or a mentor has more locks than places.
    """
    if not forms:
        raise RefusedError(_("Choose at least one form: nobody can be matched without it."))
    review_ready(programme, by=by)
    previous = proposed_now(programme, forms) if keeps else None
    given = engine_input(programme, forms, without=without, previous=previous)
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
    check_locks(given)
    return given
