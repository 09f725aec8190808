"""The first steps of a programme: what is done is computed from what is there, never ticked by hand."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.cabinet.choices import Step
from nastavnik.cabinet.models import StepAside
from nastavnik.consents.choices import NEEDED_FOR_BASE
from nastavnik.consents.queries import missing_purposes
from nastavnik.core.access import Role, SignedIn
from nastavnik.core.dates import today
from nastavnik.core.request_cache import cached
from nastavnik.mentorships.choices import CLOSED, MentorshipStatus
from nastavnik.mentorships.queries import PairNow, pairs_now
from nastavnik.people.models import Membership, Person, StudyGroup
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import Programme
from nastavnik.programmes.queries import (
    base_counts,
    last_group_meeting,
    marks_of_bases,
    papers_of_bases,
    people_in_bases,
)
from nastavnik.roadmaps.models import Roadmap


@dataclass(frozen=True, slots=True)
class StepNow:
    """A first step as Today shows it.

    Attributes:
        step: which one.
        is_done: the facts say so.
        is_aside: it is put aside, and not done.
        words: how far it is, in a sentence.
        url: the page on which it is done.
    """

    step: Step
    is_done: bool
    is_aside: bool
    words: str
    url: str

    @property
    def is_open(self) -> bool:
        """Tell whether it waits to be done."""
        return not self.is_done and not self.is_aside


Told = tuple[Step, bool, str, str]


def steps_of(user: SignedIn, programme: Programme) -> list[StepNow]:
    """Return the first steps of a programme in their order; the number of queries does not depend on its size."""
    rows = StepAside.objects.visible_to(user).filter(programme=programme)
    aside = set(rows.values_list("step", flat=True))
    told = (*_of_organisation(programme), *_of_bases(user, programme), *_of_pairs(user, programme))
    return [
        StepNow(step, is_done, step.value in aside and not is_done, words, url)
        for step, is_done, words, url in told
    ]


def _of_organisation(programme: Programme) -> Iterator[Told]:
    organisation = programme.organisation
    has_head = bool(organisation.head_name and organisation.town)
    yield (
        Step.SET_UP, has_head,
        _("Town and head are named.") if has_head else _("The town or the head is not named: the order needs both."),
        reverse("organisations:edit"),
    )  # fmt: skip
    n = Person.objects.filter(organisation=organisation, left_on=None).count()
    yield (
        Step.LISTS, n > 0,
        ngettext("%(n)s person on the roster.", "%(n)s people on the roster.", n) % {"n": n},
        reverse("people:import") if not n else reverse("people:list"),
    )  # fmt: skip
    has_roadmap = Roadmap.objects.live().filter(year=programme.year_id).exists()
    yield (
        Step.ROADMAP, has_roadmap,
        _("The roadmap is there.") if has_roadmap else _("There is no roadmap of this year yet."),
        reverse("roadmaps:overview"),
    )  # fmt: skip
    groups = StudyGroup.objects.filter(year=programme.year_id).aggregate(
        n=Count("pk"), bare=Count("pk", filter=Q(class_teacher=None))
    )
    yield (
        Step.TEACHERS, n > 0 and not groups["bare"],
        ngettext("%(n)s class of %(total)s has no class teacher.", "%(n)s classes of %(total)s have no class teacher.", groups["bare"])
        % {"n": groups["bare"], "total": groups["n"]}
        if groups["n"]
        else _("There are no classes yet."),
        reverse("people:groups"),
    )  # fmt: skip
    day = today()
    colleagues = (
        Membership.objects.filter(organisation=organisation, starts_on__lte=day)
        .filter(Q(ends_on=None) | Q(ends_on__gte=day))
        .exclude(role=Role.CURATOR)
    )
    n_accounts = colleagues.values("user").distinct().count()
    yield (
        Step.ACCOUNTS, n_accounts > 0,
        ngettext("%(n)s person besides the curator has an account.", "%(n)s people besides the curator have accounts.", n_accounts)
        % {"n": n_accounts},
        reverse("people:accounts"),
    )  # fmt: skip


def _of_bases(user: SignedIn, programme: Programme) -> Iterator[Told]:
    totals = {side: base_counts(user, programme, side).total for side in Side}
    both = all(totals.values())
    people = people_in_bases(user)
    held = papers_of_bases(user)
    lacking = sum(
        bool(missing_purposes(held.get(key, frozenset()), NEEDED_FOR_BASE)) for key in set(people)
    )
    yield (
        Step.CONSENTS, both and not lacking,
        ngettext("%(n)s person in the bases lacks a paper.", "%(n)s people in the bases lack papers.", lacking) % {"n": lacking}
        if both else _bare(totals),
        f"{reverse('consents:ledger')}?show=missing" if both else _base_to_fill(totals),
    )  # fmt: skip
    marks = marks_of_bases(user, programme)
    silent = {side: marks[side, "untold"] for side in Side}
    n = sum(silent.values())
    side = Side.MENTEE if silent[Side.MENTEE] else Side.MENTOR
    yield (
        Step.REQUESTS, both and not n,
        _("Without a request: %(mentees)s mentees; without areas: %(mentors)s mentors.")
        % {"mentees": silent[Side.MENTEE], "mentors": silent[Side.MENTOR]}
        if both else _bare(totals),
        f"{reverse('programmes:grid', args=[side])}?status=untold" if both else _base_to_fill(totals),
    )  # fmt: skip
    gathering = cached(
        ("last_group_meeting", user.viewer.user_id), lambda: last_group_meeting(user, programme)
    )
    n_came = gathering.n_came if gathering else 0
    yield (
        Step.MEETING, n_came > 0,
        ngettext("%(n)s person came to the last one.", "%(n)s people came to the last one.", n_came) % {"n": n_came}
        if n_came else _("Nobody is noted as having come to a group meeting yet."),
        # the one that was and waits for ticks: straight to them
        f"{reverse('programmes:meeting', args=[gathering.pk])}#came"
        if gathering and not n_came and gathering.held_on <= today() else reverse("programmes:meetings"),
    )  # fmt: skip


def _bare(totals: dict[Side, int]) -> str:
    if not totals[Side.MENTEE]:
        return _("Nobody is in the base of mentees yet.")
    return _("Nobody is in the base of mentors yet.")


def _base_to_fill(totals: dict[Side, int]) -> str:
    side = Side.MENTOR if totals[Side.MENTEE] else Side.MENTEE
    return reverse("programmes:add-to-base", args=[side])


def _of_pairs(user: SignedIn, programme: Programme) -> Iterator[Told]:
    pairs: list[PairNow] = [
        pair
        for pair in pairs_now(user)
        if pair.programme_id == programme.pk and pair.status != MentorshipStatus.CANCELLED
    ]
    yield (
        Step.MATCHING, bool(pairs),
        ngettext("%(n)s pair is approved.", "%(n)s pairs are approved.", len(pairs)) % {"n": len(pairs)},
        reverse("matching:workspace"),
    )  # fmt: skip
    waiting = sum(pair.status == MentorshipStatus.APPROVED for pair in pairs)
    yield (
        Step.ORDER, bool(pairs) and not waiting,
        ngettext("%(n)s pair waits for its order.", "%(n)s pairs wait for their order.", waiting) % {"n": waiting}
        if pairs else _("There are no pairs yet."),
        reverse("documents:register"),
    )  # fmt: skip
    running = [pair for pair in pairs if pair.status == MentorshipStatus.ACTIVE]
    unmet = sum(not pair.has_met for pair in running)
    begun = bool(running) or any(pair.status in CLOSED for pair in pairs)
    listed = f"{reverse('mentorships:list')}?programme={programme.pk}&status=unmet"
    yield (
        Step.FIRST_MEETINGS, begun and not unmet,
        ngettext("%(n)s running pair has not met yet.", "%(n)s running pairs have not met yet.", unmet) % {"n": unmet}
        if begun else _("No pair runs yet."),
        listed if begun else reverse("mentorships:list"),
    )  # fmt: skip
