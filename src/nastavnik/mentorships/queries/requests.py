"""Who of a pair has asked for another mentor or to be let go, and what was decided."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from nastavnik.core.access import SignedIn
from nastavnik.core.dates import today
from nastavnik.mentorships.models import Mentorship, ReplacementRequest

# for how long the answer stands on the page of who asked
DAYS_OF_ANSWER = 30


def open_requests(user: SignedIn) -> list[ReplacementRequest]:
    """Return the open requests of others a user may read, the oldest first, with the names of who asks."""
    readable = Mentorship.objects.visible_to(user).with_marks_for(user)
    found = ReplacementRequest.objects.visible_to(user).filter(mentorship__in=readable.values("pk"))
    people = found.open().select_related("mentorship__mentor__person", "tie__mentee__person")
    return list(people.order_by("asked_on", "pk"))


def own_requests(user: SignedIn, pairs: Iterable[Mentorship]) -> dict[int, ReplacementRequest]:
    """Return pair → the last own request that is open or was answered lately."""
    since = today() - dt.timedelta(days=DAYS_OF_ANSWER)
    rows = ReplacementRequest.objects.visible_to(user).filter(
        Q(answered_on=None) | Q(answered_on__gte=since),
        asked_by=user.viewer.user_id,
        mentorship__in=[pair.pk for pair in pairs],
        withdrawn_on=None,
    )
    return {one.mentorship_id: one for one in reversed(rows)}
