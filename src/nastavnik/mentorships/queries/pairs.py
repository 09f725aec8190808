"""Reads of pairs."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from nastavnik.core.access import Perm
from nastavnik.core.marks import SignedIn
from nastavnik.core.text import fold
from nastavnik.documents.models import Document
from nastavnik.mentorships.choices import OPEN, MentorshipStatus
from nastavnik.mentorships.models import Mentorship, MentorshipQuerySet, Tie
from nastavnik.people.models import Person


def with_people(pairs: MentorshipQuerySet) -> MentorshipQuerySet:
    """Fetch what a page of pairs shows: form, both sides, the order."""
    ties = Tie.objects.select_related("mentee__person").order_by("mentee__person__search_name")
    return pairs.select_related("form", "mentor__person__partner", "order").prefetch_related(
        Prefetch("ties", queryset=ties)
    )


@dataclass(frozen=True, slots=True)
class PairRow:
    """A pair as lists show it: no more is fetched than a row tells."""

    pk: int
    status: str
    starts_on: dt.date
    ends_on: dt.date
    form: str
    is_group: bool
    mentor: Person
    mentees: tuple[Person, ...]


_OF_PERSON = ("pk", "kind", "last_name", "first_name", "patronymic", "position")


def _person(values: Iterable[Any]) -> Person:
    return Person(**dict(zip(_OF_PERSON, values, strict=True)))


def pair_rows(pairs: MentorshipQuerySet) -> list[PairRow]:
    """Return the rows of some pairs in their order, in two statements whatever their number."""
    of_pair = ("pk", "status", "starts_on", "ends_on", "form__title", "form__is_group")
    of_mentor = (f"mentor__person__{name}" for name in _OF_PERSON)
    found = list(
        pairs.select_related(None).prefetch_related(None).values_list(*of_pair, *of_mentor)
    )
    mentees: dict[int, list[Person]] = {pk: [] for pk, *_rest in found}
    ties = (
        Tie.objects.filter(mentorship__in=list(mentees))
        .order_by("mentee__person__search_name")
        .values_list("mentorship_id", *(f"mentee__person__{name}" for name in _OF_PERSON))
    )
    for key, *values in ties:
        mentees[key].append(_person(values))
    return [
        PairRow(pk, status, starts_on, ends_on, form, is_group, _person(mentor), tuple(mentees[pk]))
        for pk, status, starts_on, ends_on, form, is_group, *mentor in found
    ]


def people_of_pairs(keys: Iterable[int]) -> dict[int, list[Person]]:
    """Return pair → its people, the mentor first; one query, none without pairs. Whose pairs is asked by the caller."""
    found: dict[int, list[Person]] = {}
    if not (wanted := list(keys)):
        return found
    ties = Tie.objects.filter(mentorship__in=wanted).select_related(
        "mentee__person", "mentorship__mentor__person"
    )
    for tie in ties.order_by("mentorship_id", "mentee__person__search_name"):
        own = found.setdefault(tie.mentorship_id, [tie.mentorship.mentor.person])
        own.append(tie.mentee.person)
    return found


@dataclass(frozen=True, slots=True)
class Kin:
    """The pair before and the pair after a replacement of the mentor."""

    before: Mentorship | None
    after: Mentorship | None


def kin_of(user: SignedIn, pair: Mentorship) -> Kin:
    """Return the pair this one replaces and the one that replaces it, as far as the user sees them; one query."""
    near = Q(replaced_by=pair.pk) | Q(replaces=pair.pk)
    rows = Mentorship.objects.visible_to(user).filter(near).select_related("mentor__person")
    found = {row.pk == pair.replaces_id: row for row in rows}
    return Kin(before=found.get(True), after=found.get(False))


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


def pairs_of_order(document: Document) -> QuerySet[Mentorship]:
    """Return the pairs an order is about, those ended or stopped before it was signed left out."""
    left_out = [MentorshipStatus.CANCELLED, MentorshipStatus.SUSPENDED]
    pairs = Mentorship.objects.filter(order=document).exclude(status__in=left_out)
    return with_people(pairs).select_related("replaces__mentor__person")


def pairs_for(
    user: SignedIn, *, q: str = "", status: str = "", form: str = ""
) -> MentorshipQuerySet:
    """Return the pairs a user sees, narrowed by part of a name of either side, state and form."""
    pairs = with_people(Mentorship.objects.visible_to(user))
    if status:
        pairs = pairs.filter(status=status)
    if form:
        pairs = pairs.filter(form__code=form)
    for word in fold(q).split():
        of_mentee = Tie.objects.filter(mentee__person__search_name__contains=word)
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


def ordered(pairs: MentorshipQuerySet, sort: str) -> MentorshipQuerySet:
    """Return pairs in an order of `PAIR_ORDERS`, with «-» before it turned round."""
    fields = PAIR_ORDERS[sort.removeprefix("-")]
    if not fields:
        return pairs
    sign = "-" if sort.startswith("-") else ""
    return pairs.order_by(*(sign + name for name in fields), f"{sign}pk")


def fellows_of(user: SignedIn, pair: Mentorship) -> list[Mentorship]:
    """Return the other pairs of a group: of the same mentor in the same form, where it is led in groups.

    A group is no record of its own: each of its mentees has a pair with meetings, marks and an end apart.
    """
    if not pair.form.is_group:
        return []
    own = Mentorship.objects.visible_to(user).open().exclude(pk=pair.pk)
    return list(with_people(own.filter(mentor_id=pair.mentor_id, form_id=pair.form_id)))


def running_pairs_of(person_id: int) -> QuerySet[Mentorship]:
    """Return the pairs that run or are about to, in which a person is on either side."""
    as_mentee = Tie.objects.filter(mentee__person_id=person_id, ends_on=None)
    return Mentorship.objects.filter(
        Q(mentor__person_id=person_id) | Q(pk__in=as_mentee.values("mentorship_id")),
        status__in=[MentorshipStatus.APPROVED, MentorshipStatus.ACTIVE],
    )
