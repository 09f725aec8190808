"""Which sign-ins there were, good and bad ones, without a word of what was typed; for half a year.

A good one is a line with its moment. Bad ones of an account are counted by the hour, so a guesser fills no disk. A login that
nobody has is counted under nobody, so the time of the answer tells nothing. Neither addresses nor logins stand there.
"""

import datetime as dt
import logging
from collections.abc import Collection
from dataclasses import dataclass

from django.db import DatabaseError, transaction
from django.db.models import F, Max, Q, Sum
from django.http import HttpRequest
from django.utils import timezone

from nastavnik.core import tries
from nastavnik.core.access import SignedIn
from nastavnik.core.hooks.retention import RetentionRule
from nastavnik.core.models import SignIn, SignInKind

logger = logging.getLogger(__name__)

NOBODY = 0
#: So many lines a person is shown of the own sign-ins.
SHOWN = 10
#: The list of accounts counts wrong tries of so many days.
COUNTED_DAYS = 30


@dataclass(frozen=True, slots=True)
class Summary:
    """What the list of accounts says of one: the day of the last sign-in, and the wrong tries of thirty days."""

    last_on: dt.date | None = None
    n_wrong: int = 0


def note_success(request: HttpRequest, user: SignedIn) -> None:
    """Note that somebody has signed in by a page."""
    login, grants = str(getattr(user, "login", "")), user.viewer.grants
    _note(
        SignIn(
            organisation_id=grants[0].organisation_id if grants else NOBODY,
            user_id=user.viewer.user_id,
            at=timezone.now(),
            kind=SignInKind.RIGHT,
            is_known=bool(tries.device_of(request, login)),
            n=1,
        )
    )


def note_failure(kind: SignInKind, user_id: int = NOBODY, organisation_id: int = NOBODY) -> None:
    """Count a try that failed: of an account with the organisation it works in, or of a login nobody has."""
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    _note(SignIn(organisation_id=organisation_id, user_id=user_id, at=hour, kind=kind, n=0))


def _note(row: SignIn) -> None:
    """Write a line; a disk that takes no more keeps nobody from signing in."""
    try:
        with transaction.atomic():
            SignIn.objects.bulk_create([row], ignore_conflicts=True)
            if row.kind != SignInKind.RIGHT:
                same = SignIn.objects.filter(user_id=row.user_id, kind=row.kind, at=row.at)
                same.update(n=F("n") + 1)
    except DatabaseError as error:
        logger.warning("A sign-in is not noted: %s", type(error).__name__)


def own(user: SignedIn) -> list[SignIn]:
    """Return the last sign-ins of whoever looks, good and bad, the newest first."""
    rows = SignIn.objects.filter(user_id=user.viewer.user_id)
    return list(rows.order_by("-at", "-pk")[:SHOWN])


def n_wrong_since_last(user: SignedIn) -> int:
    """Return how many tries have failed since the sign-in before the one that runs.

    Those of the very hour of that sign-in are left out: they may have been before it, and the sentence is to be true.
    """
    rows = SignIn.objects.filter(user_id=user.viewer.user_id)
    good = rows.filter(kind=SignInKind.RIGHT).order_by("-at", "-pk").values_list("at", flat=True)
    before = list(good[1:2])
    wrong = rows.exclude(kind=SignInKind.RIGHT)
    if before:
        wrong = wrong.filter(at__gt=before[0])
    return wrong.aggregate(n=Sum("n"))["n"] or 0


def summaries(user: SignedIn, accounts: Collection[int]) -> dict[int, Summary]:
    """Return account → what the list of accounts says of it; one query."""
    since = timezone.now() - dt.timedelta(days=COUNTED_DAYS)
    good = Q(kind=SignInKind.RIGHT)
    rows = (
        SignIn.objects.visible_to(user)
        .filter(user_id__in=list(accounts))
        .order_by()
        .values_list("user_id")
        .annotate(last=Max("at", filter=good), n_wrong=Sum("n", filter=~good & Q(at__gte=since)))
    )
    return {
        key: Summary(timezone.localtime(last).date() if last else None, n_wrong or 0)
        for key, last, n_wrong in rows
    }


def _n_old(before: dt.datetime) -> int:
    return SignIn.objects.filter(at__lt=before).count()


def _forget(before: dt.datetime) -> int:
    return SignIn.objects.filter(at__lt=before).delete()[0]


SIGN_INS = RetentionRule("sign-ins", "записи о входах", _n_old, _forget)
