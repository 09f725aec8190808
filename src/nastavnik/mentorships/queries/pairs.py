"""Reads of pairs."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from nastavnik.consents.choices import NEEDED_FOR_BASE, Purpose
from nastavnik.consents.queries import held_purposes, missing_purposes, who_lacks
from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import today
from nastavnik.core.request_cache import cached
from nastavnik.core.text import fold
from nastavnik.core.ui.components import few
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.matching.choices import RunStatus
from nastavnik.matching.models import MatchingRun, Opinion, OpinionQuerySet, Proposal
from nastavnik.mentorships.choices import (
    AHEAD,
    CLOSED,
    COMPLETABLE,
    OPEN,
    REOPEN_DAYS,
    RUNNING,
    MeetingKind,
    MeetingStatus,
    MentorshipStatus,
)
from nastavnik.mentorships.models import (
    Meeting,
    Mentorship,
    MentorshipQuerySet,
    PairStep,
    Tie,
    TieQuerySet,
)
from nastavnik.people.models import Person
from nastavnik.programmes.access import clearance_reason
from nastavnik.programmes.catalogues import areas
from nastavnik.programmes.choices import ParticipationStatus
from nastavnik.programmes.models import MentoringForm, Participation


def with_people(pairs: MentorshipQuerySet, ties: TieQuerySet) -> MentorshipQuerySet:
    """Fetch what a page of pairs shows: form, mentor, and of the mentees those among some ties, with their orders."""
    shown = ties.select_related("mentee__person", "order").order_by("mentee__person__search_name")
    return pairs.select_related("form", "mentor__person__partner").prefetch_related(
        Prefetch("ties", queryset=shown)
    )


def pairs_seen(user: SignedIn) -> MentorshipQuerySet:
    """Return the pairs a user sees, with what a page shows of them."""
    ties = Tie.objects.visible_to(user).present()
    return with_people(Mentorship.objects.visible_to(user), ties)


@dataclass(frozen=True, slots=True)
class Met:
    """Somebody one meets, as far as one needs to know: how to call them and, of a mentee, what they ask for.

    No last name, class, birth date or word of others: the request is what the consents cover (method.md §9.4), and only
    while they hold (`is_covered`).
    """

    name: str
    is_mentee: bool = False
    is_covered: bool = True
    request: str = ""
    areas: tuple[str, ...] = ()


def whom_one_meets(user: SignedIn, pairs: Collection[Mentorship]) -> dict[int, list[Met]]:
    """Return pair key → whom the user meets there (ties fetched); one query."""
    mentees = {pair.pk: [t.mentee for t in pair.ties.all() if t.ends_on is None] for pair in pairs}
    own = user.viewer.person_id
    led = {pair.pk for pair in pairs if pair.mentor.person_id == own}
    asked = [record.person_id for key in led for record in mentees[key]]
    held = held_purposes(asked, today()) if asked else {}
    return {
        pair.pk: [_met_mentee(record, held) for record in mentees[pair.pk]]
        if pair.pk in led
        else [Met(_called(pair.mentor.person))]
        for pair in pairs
    }


def _met_mentee(record: Participation, held: Mapping[int, frozenset[Purpose]]) -> Met:
    name = _called(record.person)
    if missing_purposes(held.get(record.person_id, frozenset()), NEEDED_FOR_BASE):
        return Met(name, is_mentee=True, is_covered=False)
    titles = areas()
    known = tuple(titles[code].title for code in record.areas if code in titles)
    return Met(name, is_mentee=True, request=record.request, areas=known)


def _called(person: Person) -> str:
    """Return how one is spoken to: pupils by the first name, grown-ups by first name and patronymic."""
    return (
        person.first_name
        if person.is_learner
        else f"{person.first_name} {person.patronymic}".strip()
    )


@dataclass(frozen=True, slots=True)
class PairRow:
    """A pair as lists show it: no more is fetched than a row tells.

    `last_on` is the day of the last meeting held, `next_on` the day of the next one planned,
    or of the first that nobody has noted where none is planned any more.
    """

    pk: int
    status: str
    starts_on: dt.date
    ends_on: dt.date
    form: str
    is_group: bool
    mentor: Person
    mentees: tuple[Person, ...]
    last_on: dt.date | None = None
    next_on: dt.date | None = None


_OF_PERSON = ("pk", "kind", "last_name", "first_name", "patronymic", "position")


def _person(values: Iterable[Any]) -> Person:
    return Person(**dict(zip(_OF_PERSON, values, strict=True)))


def pair_rows(user: SignedIn, pairs: MentorshipQuerySet) -> list[PairRow]:
    """Return the rows of some pairs in their order, in two statements whatever their number."""
    of_pair = ("pk", "status", "starts_on", "ends_on", "form__title", "is_group")
    of_mentor = (f"mentor__person__{name}" for name in _OF_PERSON)
    own = Meeting.objects.filter(mentorship=OuterRef("pk"))
    held = own.filter(status=MeetingStatus.HELD).order_by("-held_on").values("held_on")
    ahead = own.filter(status__in=AHEAD).order_by("planned_on").values("planned_on")
    coming = ahead.filter(planned_on__gte=today())
    next_on = Coalesce(Subquery(coming[:1]), Subquery(ahead[:1]))
    days = {"last_on": Subquery(held[:1]), "next_on": next_on}
    plain = pairs.select_related(None).prefetch_related(None)
    found = list(plain.annotate(**days).values_list(*of_pair, *days, *of_mentor))
    mentees: dict[int, list[Person]] = {pk: [] for pk, *_rest in found}
    ties = (
        Tie.objects.visible_to(user)
        .present()
        .filter(mentorship__in=list(mentees))
        .order_by("mentee__person__search_name")
        .values_list("mentorship_id", *(f"mentee__person__{name}" for name in _OF_PERSON))
    )
    for key, *values in ties:
        mentees[key].append(_person(values))
    return [
        PairRow(
            pk,
            status,
            starts_on,
            ends_on,
            form,
            is_group,
            _person(mentor),
            tuple(mentees[pk]),
            last_on,
            next_on if status in OPEN else None,
        )
        for pk, status, starts_on, ends_on, form, is_group, last_on, next_on, *mentor in found
    ]


def people_of_pairs(user: SignedIn, keys: Iterable[int]) -> dict[int, list[Person]]:
    """Return pair → its people, the mentor first; one query, none without pairs. Whose pairs is asked by the caller."""
    found: dict[int, list[Person]] = {}
    if not (wanted := list(keys)):
        return found
    shown = Tie.objects.visible_to(user).present().filter(mentorship__in=wanted)
    rows = shown.order_by("mentorship_id", "mentee__person__search_name").values_list(
        "mentorship_id",
        *(f"mentorship__mentor__person__{name}" for name in _OF_PERSON),
        *(f"mentee__person__{name}" for name in _OF_PERSON),
    )
    n = len(_OF_PERSON)
    for key, *values in rows:
        own = found.setdefault(key, [_person(values[:n])])
        own.append(_person(values[n:]))
    return found


@dataclass(frozen=True, slots=True)
class Kin:
    """Where the mentees of a pair came from and where they went when a mentor was replaced."""

    before: tuple[Mentorship, ...]
    after: tuple[Mentorship, ...]


def kin_of(user: SignedIn, pair_id: int) -> Kin:
    """Return the pairs whose mentees this one took over and those that took over its own, as far as the user sees them."""
    told = ties_about(user, pair_id)
    before = {t.moved_from.pk: t.moved_from for t in told if t.moved_from and t.mentorship_id == pair_id}  # fmt: skip
    after = {t.mentorship_id: t.mentorship for t in told if t.moved_from_id == pair_id}
    return Kin(before=tuple(before.values()), after=tuple(after.values()))


def ties_about(user: SignedIn, pair_id: int) -> list[Tie]:
    """Return all ties of a pair a user is told of, whoever has left among them, and those made of its own by a new mentor.

    One query, asked once a page.
    """
    rows = Tie.objects.visible_to(user).filter(Q(mentorship=pair_id) | Q(moved_from=pair_id))
    people = ("mentorship__mentor__person", "mentee__person", "moved_from__mentor__person")
    return cached(
        ("ties_about", user.viewer.user_id, pair_id), lambda: list(rows.select_related(*people))
    )


def standing_pairs(pair: Mentorship) -> dict[int, int]:
    """Return mentee → mentor, in keys of records, of the other open pairs of a programme and form; groups stay whole."""
    others = (
        Mentorship.objects.filter(programme=pair.programme_id, form=pair.form_id, status__in=OPEN)
        .exclude(pk=pair.pk)
        .annotate(n=Count("ties", filter=Q(ties__ends_on=None)))
        .filter(n=1)
    )
    ties = Tie.objects.filter(mentorship__in=others.values("pk"), ends_on=None)
    return dict(ties.values_list("mentee_id", "mentorship__mentor_id"))


def pairs_led_to(user: SignedIn, mentees: Collection[int]) -> dict[int, Mentorship]:
    """Return mentee → open pair, of those the user may end."""
    allowed = Mentorship.objects.visible_to(user).allowed_to(user, Perm.PAIR_APPROVE).open()
    ties = Tie.objects.filter(mentee__in=mentees, ends_on=None, mentorship__in=allowed.values("pk"))
    return {tie.mentee_id: tie.mentorship for tie in ties.select_related("mentorship")}


def pairs_of_order(document: Document) -> MentorshipQuerySet:
    """Return the pairs an order is about, of a group those of its mentees whom the order names."""
    ties = Tie.objects.of_order(document)
    pairs = Mentorship.objects.filter(pk__in=ties.values("mentorship_id"))
    return with_people(pairs, ties.select_related("moved_from__mentor__person"))


def _of_mark(mark: str) -> Q:
    """Return which pairs a list narrowed to a key of `PAIR_MARKS` shows."""
    if mark == "made":
        return ~Q(status=MentorshipStatus.CANCELLED)
    held = Meeting.objects.filter(status=MeetingStatus.HELD)
    if mark == "unmet":
        return Q(status=MentorshipStatus.ACTIVE) & ~Q(pk__in=held.values("mentorship_id"))
    if mark == "met":
        return Q(status__in=OPEN, pk__in=held.values("mentorship_id"))
    last = held.filter(kind=MeetingKind.FINAL).values("mentorship_id")
    completes = Q(status__in=COMPLETABLE)
    return completes & (Q(pk__in=last) | Q(ends_on__lt=today()))


# what else a list of pairs may be narrowed to than their states
PAIR_MARKS = ("made", "met", "unmet", "ending")


def pairs_for(
    user: SignedIn,
    *,
    q: str = "",
    status: str = "",
    form: str = "",
    programme: int | None = None,
) -> MentorshipQuerySet:
    """Return the pairs a user sees, narrowed by part of a name of either side, state or mark, form and programme."""
    pairs = Mentorship.objects.visible_to(user)
    if programme:
        pairs = pairs.filter(programme=programme)
    if status in PAIR_MARKS:
        pairs = pairs.filter(_of_mark(status))
    elif status:
        in_state = Q(status=status)
        if status == MentorshipStatus.SUSPENDED:
            in_state |= Q(status__in=OPEN) & Q(pk__in=Tie.objects.paused().values("mentorship_id"))
        pairs = pairs.filter(in_state)
    if form:
        pairs = pairs.filter(form__code=form)
    for word in fold(q).split():
        of_mentee = Tie.objects.visible_to(user).present()
        of_mentee = of_mentee.filter(mentee__person__search_name__contains=word)
        pairs = pairs.filter(mentor__person__search_name__contains=word) | pairs.filter(
            pk__in=of_mentee.values("mentorship_id")
        )
    return pairs


# how a list of pairs may be ordered; «state» is by risk, which is worked out, not stored
PAIR_ORDERS: dict[str, tuple[str, ...]] = {
    "state": (),
    "mentor": ("mentor__person__search_name",),
    "form": ("form__order", "form__title", "mentor__person__search_name"),
    "until": ("ends_on", "mentor__person__search_name"),
}


def pairs_to_complete(user: SignedIn) -> MentorshipQuerySet:
    """Return the pairs the user may complete that have held their last meeting or are past their last day.

    Each with `n_held` and `n_unsaid`: meetings that took place, and those whose day has come with nothing said of them.
    """
    seen = pairs_seen(user).allowed_to(user, Perm.PAIR_APPROVE).filter(_of_mark("ending"))
    meetings = Meeting.objects.filter(mentorship=OuterRef("pk")).order_by().values("mentorship")
    held = meetings.filter(status=MeetingStatus.HELD)
    unsaid = meetings.filter(status__in=AHEAD, planned_on__lte=today())
    return seen.annotate(
        n_held=Coalesce(Subquery(held.annotate(n=Count("pk")).values("n")), 0),
        n_unsaid=Coalesce(Subquery(unsaid.annotate(n=Count("pk")).values("n")), 0),
    )


def ordered(pairs: MentorshipQuerySet, sort: str) -> MentorshipQuerySet:
    """Return pairs in an order of `PAIR_ORDERS`, with «-» before it turned round."""
    fields = PAIR_ORDERS[sort.removeprefix("-")]
    if not fields:
        return pairs
    sign = "-" if sort.startswith("-") else ""
    return pairs.order_by(*(sign + name for name in fields), f"{sign}pk")


def running_ties_of(person_id: int) -> list[Tie]:
    """Return by what a person is a mentee in pairs and groups that run or are about to; one who sits out is not in it."""
    ties = Tie.objects.open().filter(mentee__person_id=person_id, paused_on=None)
    return list(ties.filter(mentorship__status__in=RUNNING).select_related("mentorship"))


def running_pairs_led_by(person_id: int) -> list[Mentorship]:
    """Return the pairs that run or are about to, led by a person."""
    return list(Mentorship.objects.filter(mentor__person_id=person_id, status__in=RUNNING))


def group_led_by(mentor: Participation, form: MentoringForm) -> Mentorship | None:
    """Return the open group of a mentor in a form: there is one at most."""
    groups = Mentorship.objects.open().filter(is_group=True)
    return groups.filter(mentor=mentor, form=form).first()


def goes_on_without(tie: Tie) -> bool:
    """Tell whether others go on in a group when one mentee sits out; its mentorship is to be fetched."""
    others = Tie.objects.open().filter(mentorship=tie.mentorship_id, paused_on=None)
    return tie.mentorship.is_group and others.exclude(pk=tie.pk).exists()


def is_attached(pair: Mentorship) -> bool:
    """Tell whether a registered order names somebody who is in a pair: only then it may run."""
    there = Tie.objects.open().filter(mentorship=pair, paused_on=None)
    return there.filter(order__status=DocumentStatus.REGISTERED).exists()


def attached_without(document: Document) -> set[int]:
    """Return which pairs of an order would run on without it: another registered order names somebody who is in them."""
    there = Tie.objects.open().filter(
        paused_on=None, mentorship__in=Tie.objects.filter(order=document).values("mentorship_id")
    )
    others = there.filter(order__status=DocumentStatus.REGISTERED).exclude(order=document)
    return set(others.values_list("mentorship_id", flat=True))


def why_order_stays(document: Document) -> list[str]:
    """Return why an order has had consequences that taking it back would hide, and what to do instead."""
    pairs = list(pairs_begun_by(document))
    attached = attached_without(document)
    told = set(
        Meeting.objects.filter(mentorship__in=pairs).told().values_list("mentorship_id", flat=True)
    )
    ended = [pair.names for pair in pairs if pair.status in CLOSED]
    met = [
        pair.names
        for pair in pairs
        if pair.pk in told and pair.status not in CLOSED and pair.pk not in attached
    ]
    sentences = (
        (_("%(names)s: it has ended since. Reopen it on its page first."), ended),
        (_("%(names)s: a meeting is noted, so the order stands. Change it by a new order."), met),
    )
    return [text % {"names": "; ".join(few(names))} for text, names in sentences if names]


def why_order_waits(document: Document) -> list[str]:
    """Return why an order may not be registered: who of those it names lacks a consent or clearance, each by name."""
    named = Tie.objects.open().of_order(document).values("mentorship__mentor")
    mentors = Participation.objects.filter(pk__in=named).select_related("person").order_by("pk")
    return lacking_consents(people_of_order(document)) + lacking_clearance(mentors)


def people_of_order(document: Document) -> list[Person]:
    """Return both sides of whom an order names as it is now, once each."""
    sides = Tie.objects.open().of_order(document)
    ties = sides.select_related("mentee__person", "mentorship__mentor__person").order_by("pk")
    both = (one for tie in ties for one in (tie.mentorship.mentor.person, tie.mentee.person))
    return list({one.pk: one for one in both}.values())


def lacking_consents(people: Iterable[Person]) -> list[str]:
    """Return who of some people may not be kept in the base today for want of a consent, a sentence each."""
    return [
        _("%(name)s: no consent (%(purpose)s). Tick the paper off first.")
        % {"name": person.full_name, "purpose": purpose.label.lower()}
        for person, purpose in who_lacks(people, NEEDED_FOR_BASE)
    ]


def lacking_clearance(mentors: Iterable[Participation]) -> list[str]:
    """Return which mentors from outside may not work with minors today, a sentence each; their people are to be fetched."""
    reasons = ((one.person.full_name, clearance_reason(one, today())) for one in mentors)
    return [f"{name}: {reason}" for name, reason in reasons if reason]


def pairs_begun_by(document: Document) -> MentorshipQuerySet:
    """Return the pairs a registered order names, whatever became of them, with their people."""
    ties = Tie.objects.filter(order=document)
    pairs = Mentorship.objects.filter(pk__in=ties.values("mentorship_id")).order_by("pk")
    return with_people(pairs, Tie.objects.filter(order=document))


def ties_of_run(run: MatchingRun) -> list[Tie]:
    """Return by what the mentees of an approved matching are in its pairs, and in the groups they joined by it."""
    proposed = _proposed_by(run)
    ties = _open_ties_of(run, proposed).select_related("mentorship", "order").order_by("pk")
    return [tie for tie in ties if tie.mentorship.mentor_id == proposed[tie.mentee_id]]


def _proposed_by(run: MatchingRun) -> dict[int, int]:
    """Return mentee → mentor of a matching, in keys of records."""
    rows = Proposal.objects.filter(run=run).exclude(mentor=None).order_by()
    return dict(rows.values_list("mentee_id", "mentor_id"))


def _open_ties_of(run: MatchingRun, mentees: Iterable[int]) -> TieQuerySet:
    of_run = Q(mentorship__run=run) | Q(mentorship__is_group=True)
    return Tie.objects.open().filter(of_run, mentee__in=list(mentees), moved_from=None)


def _states_of_orders(run: MatchingRun) -> list[str | None]:
    """Return the state of the order of each of the `ties_of_run`, None without one: the page of matching asks no more."""
    proposed = _proposed_by(run)
    rows = _open_ties_of(run, proposed).values_list(
        "mentee_id", "mentorship__mentor_id", "order__status"
    )
    return [state for mentee, mentor, state in rows if mentor == proposed[mentee]]


def orders_only_of(ties: Collection[Tie]) -> list[Document]:
    """Return the orders that attach nobody but these: without them there is nothing to order."""
    orders = {tie.order_id: tie.order for tie in ties if tie.order}
    others = Tie.objects.filter(order__in=list(orders)).exclude(pk__in=[tie.pk for tie in ties])
    held = set(others.values_list("order_id", flat=True))
    return [order for key, order in orders.items() if key not in held]


def why_run_stays(run: MatchingRun) -> str:
    """Return why the approval of a matching may not be taken back, and what to do instead; nothing where it may."""
    if run.status != RunStatus.APPROVED:
        return _("This matching is not approved: there is nothing to take back.")
    states = _states_of_orders(run)
    if not states:
        return _("None of its pairs goes on, so there is nothing to take back.")
    if all(state == DocumentStatus.DRAFT for state in states):
        return ""
    return _(
        "The order on these pairs is registered. On the same day take its registration back first; later end the pairs on their pages."
    )


def ties_of_end(pair: Mentorship) -> TieQuerySet:
    """Return the mentees who were in a pair when it ended: who had left a group before has a reason of their own."""
    return Tie.objects.filter(mentorship=pair, ends_on=pair.ended_on, end_reason="")


def status_before_end(pair: Mentorship) -> MentorshipStatus:
    """Return the last state of a pair before it ended."""
    steps = PairStep.objects.filter(mentorship=pair, status__in=OPEN).order_by("-pk")
    last = steps.values_list("status", flat=True).first()
    return MentorshipStatus(last or MentorshipStatus.ACTIVE)


def reopens_until(pair: Mentorship) -> dt.date | None:
    """Return the last day on which a pair that has ended can be reopened; None of one that goes on or went on elsewhere."""
    if pair.ended_on is None:
        return None
    return pair.ended_on + dt.timedelta(REOPEN_DAYS)


def why_not_together(
    pair: Mentorship, mentor: Participation, mentees: Collection[Participation]
) -> list[str]:
    """Return why the people of a pair that has ended cannot go on in it; nothing where they can.

    Somebody has left, is in another pair by now, has no place or leads another group; with none of that, who lacks a consent.
    """
    reasons = [
        _("%(name)s has left: put the person into the base and match anew.")
        % {"name": one.person.full_name}
        for one in (mentor, *mentees)
        if one.status == ParticipationStatus.LEFT or one.person.left_on
    ]
    reasons += [
        _("%(name)s is in another pair by now: end that one first.")
        % {"name": one.person.full_name}
        for one in mentees
        if one.active_count
    ]
    if mentor.active_count + len(mentees) > mentor.capacity:
        reasons.append(
            _(
                "%(name)s has no free place any more: raise the number of places of the mentor first."
            )
            % {"name": mentor.person.full_name}
        )
    if pair.is_group and group_led_by(mentor, pair.form):
        reasons.append(
            _("%(name)s leads another group of this form by now.")
            % {"name": mentor.person.full_name}
        )
    reasons += lacking_clearance([mentor])
    return reasons or lacking_consents([one.person for one in (mentor, *mentees)])


@dataclass(frozen=True, slots=True)
class Ending:
    """What an end of a pair would do.

    Attributes:
        n_held: meetings that took place.
        n_struck: meetings ahead that would be struck.
        n_unsaid: meetings whose day has come and of which nobody has said anything: nothing can be noted after the end.
        last: who is in no other pair, the mentor first.
    """

    n_held: int
    n_struck: int
    n_unsaid: int
    last: tuple[Participation, ...]


def ending_of(pair: Mentorship, meetings: Iterable[Meeting], n_struck: int) -> Ending:
    """Return what an end of a pair would do; its mentor and the people of its ties are to be fetched."""
    meetings = list(meetings)
    ties = [tie for tie in pair.ties.all() if tie.ends_on is None]
    mentor = [pair.mentor] if pair.mentor.active_count == len(ties) else []
    return Ending(
        n_held=sum(one.status == MeetingStatus.HELD for one in meetings),
        n_struck=n_struck,
        n_unsaid=sum(one.status in AHEAD for one in meetings) - n_struck,
        last=(*mentor, *(tie.mentee for tie in ties)),
    )


def open_warnings(user: SignedIn) -> OpinionQuerySet:
    """Return where the psychologist is against and the curator has not yet answered, as far as the user may know."""
    return Opinion.objects.visible_to(user).against().filter(discussed_on=None)


def ties_advised_against(user: SignedIn) -> TieQuerySet:
    """Return the open ties the psychologist is against, of both or of one of them at all, as far as the user may know."""
    against = open_warnings(user)
    together = against.filter(mentor=OuterRef("mentorship__mentor"), mentee=OuterRef("mentee"))
    return Tie.objects.open().filter(
        Q(mentee__in=against.filter(mentor=None).values("mentee"))
        | Q(mentorship__mentor__in=against.filter(mentee=None).values("mentor"))
        | Exists(together)
    )


def warnings_on(user: SignedIn, pair: Mentorship) -> list[Opinion]:
    """Return what the psychologist has against an open pair or somebody in it and is not answered; ties are to be fetched."""
    if pair.status not in OPEN:
        return []
    mentees = [tie.mentee_id for tie in pair.ties.all() if tie.ends_on is None]
    about = Q(mentor=pair.mentor_id, mentee=None) | Q(
        Q(mentor=pair.mentor_id) | Q(mentor=None), mentee__in=mentees
    )
    return list(
        open_warnings(user).filter(about).select_related("mentor__person", "mentee__person")
    )


def are_in_one_pair(one: Person, other: Person) -> bool:
    """Tell whether two people have ever stood in one pair or group, on whatever sides."""
    mentor, mentee = "mentorship__mentor__person", "mentee__person"
    ties = Tie.objects.filter(Q(**{mentor: one, mentee: other}) | Q(**{mentor: other, mentee: one}))
    both = Tie.objects.filter(mentee__person=other).values("mentorship")
    return ties.exists() or Tie.objects.filter(mentee__person=one, mentorship__in=both).exists()
