"""What others have done since a moment, in numbers: counted from the audit trail, told by the apps.

The trail knows what was done to which row; an app says which of its acts are news, for whom, and in which words. Only
rows the user sees are counted, so a number tells nothing of what lies outside.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import QuerySet, Value

from nastavnik.core.access import Perm, SignedIn

MOST_ACTS = 1000  # read back; with more the numbers are of the last ones


@dataclass(frozen=True, slots=True)
class DigestKind:
    """One sort of news.

    Attributes:
        order: news are told by it.
        action: the act, as the trail calls it.
        subject: the label of the model it is done to.
        perm: who is told.
        rows: the rows of that model a user sees.
        words: a number → the sentence.
        url_name: the page that shows them.
    """

    order: int
    action: str
    subject: str
    perm: Perm
    rows: Callable[[SignedIn], QuerySet[Any]]
    words: Callable[[int], str]
    url_name: str


@dataclass(frozen=True, slots=True)
class DigestLine:
    """What is told: the sentence and the page it leads to."""

    words: str
    url_name: str


_kinds: dict[tuple[str, str, Perm], DigestKind] = {}


def register(*kinds: DigestKind) -> None:
    """Add sorts of news; the same act on the same model for the same right replaces the one before."""
    for kind in kinds:
        _kinds[kind.action, kind.subject, kind.perm] = kind


def digest_for(user: SignedIn, since: dt.datetime) -> list[DigestLine]:
    """Return what others have done since a moment; two queries whatever there is."""
    viewer = user.viewer
    kinds = sorted(
        (kind for kind in _kinds.values() if viewer.may(kind.perm)), key=lambda one: one.order
    )
    acts: dict[tuple[str, str], set[int]] = {}
    rows = (
        # the registry is filled before models may be imported
        apps.get_model("core", "AuditEntry")
        .objects.filter(
            organisation_id__in={grant.organisation_id for grant in viewer.grants},
            at__gt=since,
            action__in={kind.action for kind in kinds},
        )
        .exclude(actor_id=viewer.user_id)
        .order_by("-pk")
        .values_list("action", "subject", "subject_id")
    )
    for action, subject, key in rows[:MOST_ACTS]:
        if key is not None:
            acts.setdefault((action, subject), set()).add(key)
    numbers = _seen(user, kinds, acts)
    return [
        DigestLine(kind.words(numbers[place]), kind.url_name)
        for place, kind in enumerate(kinds)
        if numbers[place]
    ]


def _seen(
    user: SignedIn, kinds: list[DigestKind], acts: dict[tuple[str, str], set[int]]
) -> Counter[int]:
    """Return place of the kind → how many of the rows acted upon the user sees, in one query for all kinds."""
    found = [
        kind.rows(user)
        .filter(pk__in=keys)
        .order_by()
        .annotate(kind_of_news=Value(place))
        .values_list("kind_of_news", "pk")
        for place, kind in enumerate(kinds)
        if (keys := acts.get((kind.action, kind.subject)))
    ]
    if not found:
        return Counter()
    seen = found[0].union(*found[1:]) if len(found) > 1 else found[0].distinct()
    return Counter(place for place, _key in seen)
