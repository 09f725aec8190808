"""Reads that join several apps: the first page and the district."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.hooks.attention import AttentionItem, Urgency
from nastavnik.mentorships.choices import OPEN, MentorshipStatus
from nastavnik.mentorships.models import Mentorship
from nastavnik.mentorships.queries import pairs_now
from nastavnik.organisations.models import Organisation
from nastavnik.people.choices import PersonKind
from nastavnik.people.models import Person
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import Participation, Programme
from nastavnik.programmes.queries import base_counts, marks_of_bases


@dataclass(frozen=True, slots=True)
class Tally:
    """A number on the ribbon and the page that lists just as many."""

    n: int
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class RibbonStage:
    """One of the seven stages on the ribbon: its state is done, now or next (method.md §2.1)."""

    number: int
    title: str
    words: str
    state: str
    tallies: tuple[Tally, ...] = ()


def stages(user: SignedIn, programme: Programme) -> list[RibbonStage]:
    """Return the seven stages of a programme with what has been done in each; the first unfinished one is now."""
    facts = [
        (_("Preparation"), _("the programme is open"), (), True),
        *_stages_of_bases(user, programme),
        *_stages_of_pairs(user, programme),
    ]
    now = next(number for number, (*_rest, done) in enumerate(facts, 1) if not done)
    return [
        RibbonStage(
            number,
            title,
            words,
            "done" if number < now else "now" if number == now else "next",
            tallies,
        )
        for number, (title, words, tallies, _done) in enumerate(facts, 1)
    ]


Told = tuple[str, str, tuple[Tally, ...], bool]


def _stages_of_bases(user: SignedIn, programme: Programme) -> list[Told]:
    marks = marks_of_bases(user, programme)
    n_mentees, n_mentors = (
        base_counts(user, programme, side).total for side in (Side.MENTEE, Side.MENTOR)
    )
    n_told, n_admitted, n_trained = (
        marks[Side.MENTEE, "told"], marks[Side.MENTOR, "admitted"], marks[Side.MENTOR, "trained"],
    )  # fmt: skip
    mentees, mentors = reverse("programmes:mentees"), reverse("programmes:mentors")
    asked = ngettext("%(n)s request", "%(n)s requests", n_told) % {"n": n_told}
    return [
        (
            _("Base of mentees"), "",
            (Tally(n_mentees, _people(n_mentees), mentees), Tally(n_told, asked, f"{mentees}?status=told")),
            n_told > 0,
        ),
        (_("Base of mentors"), "", (Tally(n_mentors, _people(n_mentors), mentors),), n_mentors > 0),
        (
            _("Selection and training"), "",
            (
                Tally(n_admitted, _("admitted: %(n)s") % {"n": n_admitted}, f"{mentors}?status=admitted"),
                Tally(n_trained, _("trained: %(n)s") % {"n": n_trained}, f"{mentors}?status=trained"),
            ),
            n_admitted > 0,
        ),
    ]  # fmt: skip


def _people(n: int) -> str:
    return ngettext("%(n)s person in the base", "%(n)s people in the base", n) % {"n": n}


def _stages_of_pairs(user: SignedIn, programme: Programme) -> list[Told]:
    pairs = [
        pair
        for pair in pairs_now(user)
        if pair.programme_id == programme.pk and pair.status != MentorshipStatus.CANCELLED
    ]
    states = Counter(pair.status for pair in pairs)
    n_running, n_completed = states[MentorshipStatus.ACTIVE], states[MentorshipStatus.COMPLETED]
    n_met = sum(pair.has_met and pair.status in OPEN for pair in pairs)
    listed = f"{reverse('mentorships:list')}?programme={programme.pk}&status="
    made = ngettext("%(n)s pair", "%(n)s pairs", len(pairs)) % {"n": len(pairs)}
    return [
        (_("Pairs"), "", (Tally(len(pairs), made, f"{listed}made"),), bool(pairs)),
        (
            _("Course of the programme"), "",
            (
                Tally(n_running, _("running: %(n)s") % {"n": n_running}, f"{listed}active"),
                Tally(n_met, _("have met: %(n)s") % {"n": n_met}, f"{listed}met"),
            ),
            bool(pairs) and n_completed == len(pairs),
        ),
        (
            _("Completion"),
            _("until %(day)s") % {"day": programme.ends_on.strftime("%d.%m")},
            (Tally(n_completed, _("completed: %(n)s") % {"n": n_completed}, f"{listed}completed"),)
            if n_completed
            else (),
            False,
        ),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gate:
    """What is missing to enter the next stage: a sentence, and one action for who may do it (empty url: nobody here)."""

    stage: str
    sentence: str
    action: str = ""
    url: str = ""


def gate_of(user: SignedIn, programme: Programme, rows: list[RibbonStage]) -> Gate | None:
    """Return the gate of the stage after the one the programme is in; None after the last (method.md §2.1)."""
    now = next(row.number for row in rows if row.state == "now")
    if now == len(rows):
        return None
    sentence, action, url, perm = _gate(user, programme, now)
    may = user.viewer.may(perm)
    return Gate(rows[now].title, sentence, action if may else "", url if may else "")


def _gate(user: SignedIn, programme: Programme, now: int) -> tuple[str, str, str, Perm]:
    mentees, mentors = (base_counts(user, programme, side) for side in (Side.MENTEE, Side.MENTOR))
    if now == 2 and mentees.total:  # noqa: PLR2004 - the number of the stage
        words = ngettext(
            "Of %(n)s mentee nobody has said yet what is asked for.",
            "Of %(n)s mentees nobody has said yet what is asked for.",
            mentees.total,
        ) % {"n": mentees.total}
        url = reverse("programmes:describe", args=[Side.MENTEE])
        return words, _("Enter the requests"), url, Perm.BASE_EDIT
    if now == 2:  # noqa: PLR2004 - as above
        url = reverse("programmes:add-to-base", args=[Side.MENTEE])
        return _("Nobody is in the base of mentees yet."), _("Take mentees"), url, Perm.BASE_EDIT
    if now == 3:  # noqa: PLR2004 - as above
        url = reverse("programmes:add-to-base", args=[Side.MENTOR])
        return _("Nobody is in the base of mentors yet."), _("Take mentors"), url, Perm.BASE_EDIT
    if now == 4:  # noqa: PLR2004 - as above
        words = ngettext(
            "Of %(n)s mentor none is ready: consents or areas are missing.",
            "Of %(n)s mentors none is ready: consents or areas are missing.",
            mentors.total,
        ) % {"n": mentors.total}
        return words, _("Prepare the mentors"), reverse("programmes:mentors"), Perm.BASE_EDIT
    if now == 5:  # noqa: PLR2004 - as above
        words = _("There is no pair yet. Ready: %(mentees)s mentees, %(mentors)s mentors.") % {
            "mentees": mentees.ready,
            "mentors": mentors.ready,
        }
        return words, _("Match"), reverse("matching:workspace"), Perm.MATCHING_VIEW
    words = _("The pairs are still meeting. The programme ends on %(day)s.") % {
        "day": f"{programme.ends_on:%d.%m.%Y}"
    }
    return words, _("To the pairs"), reverse("mentorships:list"), Perm.PAIR_VIEW


def district(user: SignedIn) -> QuerySet[Organisation]:
    """Return the organisations below the coordinator with counts and no names.

    Each has `n_mentors`, `n_mentees`, `n_pairs` (open ones).
    """
    if not user.viewer.may(Perm.DISTRICT_VIEW):
        return Organisation.objects.none()

    def count(rows: QuerySet[Participation] | QuerySet[Mentorship]) -> Coalesce:
        counted = (
            rows.filter(organisation=OuterRef("pk"))
            .order_by()
            .values("organisation")
            .annotate(n=Count("pk"))
            .values("n")
        )
        return Coalesce(Subquery(counted), 0)

    base = Participation.objects.exclude(status=ParticipationStatus.LEFT)
    return Organisation.objects.below(user).annotate(
        n_mentors=count(base.filter(side=Side.MENTOR)),
        n_mentees=count(base.filter(side=Side.MENTEE)),
        n_pairs=count(Mentorship.objects.open()),
    )


def example_people(*, is_descending: bool = False) -> list[Person]:
    """Return invented people for the page of components, by name; they are not in the database."""
    names = [("Глобусова", "Ася"), ("Звонков", "Матвей"), ("Тетрадкина-Промокашкина", "Лиза")]
    people = [
        Person(pk=number, kind=PersonKind.PUPIL, last_name=last, first_name=first)
        for number, (last, first) in enumerate(names, start=1)
    ]
    return people[::-1] if is_descending else people


def example_stages() -> list[RibbonStage]:
    """Return the ribbon of a programme in its fourth stage, for the page of components."""
    states = ["done"] * 3 + ["now"] + ["next"] * 3
    return [
        RibbonStage(number, _("Stage"), _("count"), state) for number, state in enumerate(states, 1)
    ]


def example_todo() -> list[AttentionItem]:
    """Return a thing to do about nobody and one about a pair, for the page of components."""
    about = (
        _("waits"),
        _("What it is about"),
        _("The reason in one sentence."),
        _("One action"),
        "#lists",
    )
    return [
        AttentionItem(Urgency.NOW, "wait", *about),
        AttentionItem(Urgency.NOW, "sos", *about, ("ГА", "ЗМ"), place=1),
    ]
