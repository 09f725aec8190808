"""What the psychologist said."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from nastavnik.core.access import SignedIn
from nastavnik.core.request_cache import cached
from nastavnik.matching.choices import OpinionOutcome
from nastavnik.matching.models import Opinion, OpinionQuerySet
from nastavnik.programmes.models import Programme


def opinions_of(programme_id: int) -> OpinionQuerySet:
    """Return what the psychologist said in a programme. Who reads it on a page is asked elsewhere."""
    within = Q(mentor__programme=programme_id) | Q(mentee__programme=programme_id)
    people = ("mentor__person", "mentee__person")
    return Opinion.objects.filter(within).select_related(*people)


def outcomes_open(user: SignedIn) -> frozenset[str]:
    """Return what kinds of words of the psychologist wait for an answer, as far as the user may know; asked once a page."""
    waiting = Opinion.objects.visible_to(user).filter(discussed_on=None).order_by()
    return cached(
        ("matching.outcomes_open", user.viewer.user_id),
        lambda: frozenset(waiting.values_list("outcome", flat=True).distinct()),
    )


def opinions_seen(user: SignedIn, programme_id: int) -> list[Opinion]:
    """Return what the psychologist said in a programme, as far as the user may know it."""
    return cached(
        ("matching.opinions", user.viewer.user_id, programme_id),
        lambda: list(opinions_of(programme_id).visible_to(user)),
    )


def open_questions(user: SignedIn, programme: Programme) -> QuerySet[Opinion]:
    """Return what the psychologist wants to discuss and nobody has yet, as far as the user may know."""
    asked = opinions_of(programme.pk).visible_to(user)
    return asked.filter(outcome=OpinionOutcome.DISCUSS, discussed_on=None)


def advised_against(programme_id: int, pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return those of some (mentor, mentee) whom the psychologist does not recommend, together or one of them at all."""
    said = set(opinions_of(programme_id).against().values_list("mentor_id", "mentee_id"))
    return {
        (mentor, mentee)
        for mentor, mentee in pairs
        if said & {(mentor, mentee), (mentor, None), (None, mentee)}
    }
