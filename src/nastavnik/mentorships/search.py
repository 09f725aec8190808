"""Pairs found by a part of the name of either side, or by a person of either side."""

from collections.abc import Iterator

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.hooks import search
from nastavnik.core.ui.components import few
from nastavnik.mentorships.models import Mentorship, Tie


def find(user: SignedIn, words: tuple[str, ...]) -> Iterator[search.Hit]:
    """Yield pairs, those that go on first; two queries."""
    ties = Tie.objects.visible_to(user).present()
    pairs = Mentorship.objects.visible_to(user)
    for word in words:
        of_mentee = ties.filter(mentee__person__search_name__contains=word)
        pairs = pairs.filter(
            Q(mentor__person__search_name__contains=word)
            | Q(pk__in=of_mentee.values("mentorship_id"))
        )
    return _hits(user, pairs, ties, most=search.AT_MOST + 1)


def of_person(user: SignedIn, person_id: int) -> Iterator[search.Hit]:
    """Yield the pairs of one person on either side, the newest first; two queries."""
    ties = Tie.objects.visible_to(user).present()
    either = Q(mentor__person_id=person_id) | Q(
        pk__in=ties.filter(mentee__person_id=person_id).values("mentorship_id")
    )
    return _hits(user, Mentorship.objects.visible_to(user).filter(either), ties)


def _hits(
    user: SignedIn, pairs: QuerySet[Mentorship], ties: QuerySet[Tie], *, most: int | None = None
) -> Iterator[search.Hit]:
    shown = Prefetch("ties", queryset=ties.select_related("mentee__person"), to_attr="found_ties")
    may_open = user.viewer.may(Perm.PAIR_VIEW)
    rows = pairs.select_related("mentor__person", "form").prefetch_related(shown)
    for pair in rows.order_by("-starts_on", "mentor__person__search_name", "pk")[:most]:
        found: list[Tie] = pair.found_ties
        mentees = [tie.mentee.person.short_name for tie in found]
        yield search.Hit(
            kind="pair",
            title=" + ".join(few([pair.mentor.person.short_name, *mentees])),
            subtitle=f"{pair.form.title}, {pair.get_status_display()}",
            url=reverse("mentorships:card", args=[pair.pk])
            if may_open
            else reverse("mentorships:own"),
        )
