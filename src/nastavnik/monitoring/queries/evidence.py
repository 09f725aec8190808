"""What the site knows beside each indicator of the scorecard: counts, each of what, each with the page behind it.

A count is of the whole programme and says what it counts. Where there is nothing to count there is no number: 0 of 0 is
«no data». None of them is the score: that is what people give.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from nastavnik.consents.choices import Purpose
from nastavnik.consents.queries import held_purposes
from nastavnik.core.access import SignedIn
from nastavnik.core.dates import today
from nastavnik.events.models import EventGuest
from nastavnik.mentorships.choices import MeetingStatus
from nastavnik.mentorships.models import Meeting, Mentorship, Tie
from nastavnik.plans.choices import PlanStatus
from nastavnik.plans.models import PlanItem
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import Participation, Programme
from nastavnik.questionnaires.choices import InvitationState
from nastavnik.questionnaires.models import Invitation
from nastavnik.roadmaps.queries import counts_of, lines_of, roadmap_of_year

#: The stages of questionnaires that ask whether people are satisfied (questionnaires.choices.STAGES).
SATISFACTION = ("satisfaction", "after", "final")


@dataclass(frozen=True, slots=True)
class CountedFact:
    """A count beside an indicator.

    Attributes:
        words: what is counted.
        n, total: so many of so many; `total` 0 means there is nothing to count.
        url: the page behind it.
    """

    words: str
    n: int
    total: int
    url: str


def evidence_of(user: SignedIn, programme: Programme) -> dict[str, CountedFact]:
    """Return code → what the site counts of a programme today, for every code of the data."""
    return {code: count(user, programme) for code, count in COUNTS.items()}


def _roadmap(user: SignedIn, programme: Programme) -> CountedFact:
    url = reverse("roadmaps:overview")
    words = _("lines of the roadmap done, of all but those struck")
    roadmap = roadmap_of_year(user, programme.organisation_id, programme.year.starts_on.year)
    if roadmap is None:
        return CountedFact(words, 0, 0, url)
    counts = counts_of(lines_of(user, roadmap, today()))
    return CountedFact(words, counts.done, counts.total, url)


def _plan_items(_user: SignedIn, programme: Programme) -> CountedFact:
    rows = PlanItem.objects.filter(
        plan__tie__mentorship__programme=programme,
        plan__status=PlanStatus.APPROVED,
        is_dropped=False,
    )
    told = rows.aggregate(n=Count("pk", filter=Q(done_on__isnull=False)), total=Count("pk"))
    words = _("items of approved individual plans ticked as done")
    return CountedFact(words, told["n"], told["total"], reverse("plans:list"))


def _consents(_user: SignedIn, programme: Programme) -> CountedFact:
    people = set(
        Participation.objects.filter(programme=programme)
        .exclude(status=ParticipationStatus.LEFT)
        .values_list("person_id", flat=True)
    )
    held = held_purposes(people, today())
    n = sum(Purpose.DATA in held.get(key, frozenset()) for key in people)
    words = _("people of both bases whose consent to personal data holds today")
    return CountedFact(words, n, len(people), reverse("consents:ledger"))


def _ordered(_user: SignedIn, programme: Programme) -> CountedFact:
    pairs = Mentorship.objects.filter(programme=programme)
    begun = Q(pk__in=pairs.begun().values("pk"))
    told = pairs.aggregate(n=Count("pk", filter=begun), total=Count("pk"))
    words = _("pairs and groups begun by a registered order")
    return CountedFact(words, told["n"], told["total"], reverse("mentorships:list"))


def _trained(_user: SignedIn, programme: Programme) -> CountedFact:
    base = Participation.objects.filter(programme=programme).of(Side.MENTOR)
    was = Q(trained_on__isnull=False) | Q(trained_before__isnull=False)
    told = base.aggregate(n=Count("pk", filter=was), total=Count("pk"))
    words = _("mentors of the base who are trained")
    return CountedFact(words, told["n"], told["total"], reverse("programmes:mentors"))


def _plans(_user: SignedIn, programme: Programme) -> CountedFact:
    ties = Tie.objects.filter(mentorship__programme=programme).begun()
    approved = Q(plans__status=PlanStatus.APPROVED)
    told = ties.aggregate(
        n=Count("pk", filter=approved, distinct=True), total=Count("pk", distinct=True)
    )
    words = _("mentees of begun pairs whose individual plan is approved")
    return CountedFact(words, told["n"], told["total"], reverse("plans:list"))


def _meetings(_user: SignedIn, programme: Programme) -> CountedFact:
    rows = Meeting.objects.filter(
        mentorship__in=Mentorship.objects.filter(programme=programme).begun(),
        planned_on__lte=today(),
    )
    told = rows.aggregate(n=Count("pk", filter=Q(status=MeetingStatus.HELD)), total=Count("pk"))
    words = _("meetings noted as held, of those whose planned day has come")
    return CountedFact(words, told["n"], told["total"], reverse("mentorships:list"))


def _answered(_user: SignedIn, programme: Programme) -> CountedFact:
    words = _(
        "questionnaires about satisfaction answered, of those asked: what they say is in their results"
    )
    return _asked(programme, words, Q(wave__version__stage__in=SATISFACTION))


def _partners(_user: SignedIn, programme: Programme) -> CountedFact:
    words = _("questionnaires of partners answered, of those asked")
    return _asked(programme, words, Q(wave__version__role="partner"))


def _asked(programme: Programme, words: str, which: Q) -> CountedFact:
    rows = Invitation.objects.filter(which, wave__programme=programme)
    answered = Q(state=InvitationState.ANSWERED)
    told = rows.aggregate(n=Count("pk", filter=answered), total=Count("pk"))
    return CountedFact(words, told["n"], told["total"], reverse("questionnaires:waves"))


def _came(_user: SignedIn, programme: Programme) -> CountedFact:
    mentees = Participation.objects.filter(programme=programme, side=Side.MENTEE)
    rows = EventGuest.objects.filter(
        event__year=programme.year,
        event__cancelled_on=None,
        is_family=False,
        came__isnull=False,
        person__in=mentees.values("person_id"),
    )
    told = rows.aggregate(n=Count("pk", filter=Q(came=True)), total=Count("pk"))
    words = _(
        "invitations of mentees to events after which they came, of those with attendance noted"
    )
    return CountedFact(words, told["n"], told["total"], reverse("events:list"))


def _results(_user: SignedIn, programme: Programme) -> CountedFact:
    rows = Participation.objects.filter(
        programme=programme, side=Side.MENTEE, status=ParticipationStatus.FINISHED
    )
    told = rows.aggregate(n=Count("pk", filter=~Q(results="")), total=Count("pk"))
    words = _("mentees who have finished and whose results are written down")
    return CountedFact(words, told["n"], told["total"], reverse("programmes:mentees"))


#: Code of the data (`data/scorecard.yaml`) → how it is counted.
COUNTS: dict[str, Callable[[SignedIn, Programme], CountedFact]] = {
    "roadmap": _roadmap,
    "plan_items": _plan_items,
    "consents": _consents,
    "ordered": _ordered,
    "trained": _trained,
    "plans": _plans,
    "meetings": _meetings,
    "answered": _answered,
    "partners": _partners,
    "came": _came,
    "results": _results,
}
