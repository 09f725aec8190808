"""Who could lead a pair instead of its mentor: in a large base this is counted beside the requests."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nastavnik.core.access import Perm
from nastavnik.core.errors import RefusedError
from nastavnik.jobs.kinds import JobKind, Order, Watch, Words, register
from nastavnik.matching.actions import PairChange, least_disturbance, substitutes
from nastavnik.matching.queries import candidates
from nastavnik.mentorships.choices import OPEN
from nastavnik.mentorships.models import Mentorship
from nastavnik.mentorships.queries import standing_pairs
from nastavnik.people.models import User
from nastavnik.programmes.models import Participation

Found = list[tuple[str, dict[str, Any], dict[str, int]]]


def mentees_of(pair: Mentorship) -> list[Participation]:
    """Return the mentees a pair has now."""
    return [tie.mentee for tie in pair.ties.all() if tie.ends_on is None]


def _change(pair: Mentorship) -> PairChange:
    mentees = frozenset(one.pk for one in mentees_of(pair))
    return PairChange(pair.mentor_id, mentees, standing_pairs(pair))


def found_for(pair: Mentorship, watch: Watch | None = None) -> Found:
    """Return who could take a pair over: (key, reasons, price), the best first."""
    found = substitutes(pair.programme, pair.form, _change(pair), watch)
    return [(one.mentor, one.explanation, one.price) for one in found]


def shift_for(pair: Mentorship, watch: Watch | None = None) -> tuple[tuple[str, str, str], ...]:
    """Return the fewest moves of other pairs that would help where nobody can take it over."""
    return least_disturbance(pair.programme, pair.form, _change(pair), watch)


def _find(order: Order, watch: Watch) -> Words:
    pair = Mentorship.objects.filter(pk=order.given["pair"], status__in=OPEN).first()
    if pair is None or not isinstance(order.by, User):
        raise RefusedError(_("This pair has ended already."))
    found = found_for(pair, watch)
    is_shown = bool(candidates(order.by, mentees_of(pair), found))
    return {"found": found, "shift": () if is_shown else shift_for(pair, watch)}


REPLACEMENT = JobKind(
    code="mentorships.replacement",
    heading=gettext_lazy("Looking for another mentor"),
    busy=gettext_lazy("This is being counted already."),
    perm=Perm.PAIR_APPROVE,
    find=_find,
    arrive=lambda _request, ended: (
        f"{reverse('mentorships:replace', args=[ended.given['pair']])}?job={ended.pk}"
    ),
    back=lambda given: reverse("mentorships:card", args=[given["pair"]]),
    tells=lambda _given: _(
        "Those who wait are matched along: so it is known what each choice costs."
    ),
)


def register_kinds() -> None:
    """Say what is done in the background for pairs."""
    register(REPLACEMENT)
