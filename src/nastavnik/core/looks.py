"""Who has seen, taken out or printed what is kept about somebody: one line a person, page and sitting, on a day.

Only pages about one person or one pair are noted, and lists taken out; a list on the screen is not. The line says by which
role, on which page; its term is in `data/retention.yaml`. It is no part of the sealed journal, for it is to be forgotten.
"""

import datetime as dt
import hashlib
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django.utils.crypto import salted_hmac

from nastavnik.core import taking_out
from nastavnik.core.dates import today
from nastavnik.core.hooks.retention import RetentionRule
from nastavnik.core.http import Request
from nastavnik.core.models import Look, LookKind

if TYPE_CHECKING:
    from collections.abc import Collection

logger = logging.getLogger(__name__)

SITTING_LENGTH = 16


def note_look(request: Request, page: str, people: Iterable[int], *, organisation_id: int) -> None:
    """Note that the user of a request saw what a page shows of some people; the first time in a sitting one write.

    One's own card is one's own business. A disk that takes no more stops nobody from reading.
    """
    if request.method != "GET":
        return
    own = request.user.viewer.person_id
    wanted = {key for key in people if key != own}
    sitting = _sitting(request)
    known = Look.objects.filter(sitting=sitting, page=page, person_id__in=wanted)
    fresh = wanted - set(known.values_list("person_id", flat=True))
    if fresh:
        _note(request, page, fresh, LookKind.LOOKED, organisation_id, sitting)


def note_taken_out(
    request: Request, page: str, people: "Collection[int]", *, as_file: bool
) -> None:
    """Note that a list with some people was taken out as a file or printed, and for what, as said in this sitting."""
    kind = LookKind.EXPORTED if as_file else LookKind.PRINTED
    _note(
        request,
        page,
        set(people),
        kind,
        request.user.workplace.pk,
        "",
        purpose=taking_out.said(request),
    )


def _note(
    request: Request,
    page: str,
    people: Iterable[int],
    kind: LookKind,
    organisation_id: int,
    sitting: str,
    *,
    purpose: str = "",
) -> None:
    viewer = request.user.viewer
    roles = [grant.role for grant in viewer.grants if grant.organisation_id == organisation_id]
    common: dict[str, Any] = {
        "organisation_id": organisation_id,
        "actor_id": viewer.user_id,
        "role": roles[0] if roles else "",
        "on": today(),
        "at": timezone.now(),
        "kind": kind,
        "page": page,
        "sitting": sitting,
        "purpose": purpose,
    }
    rows = [Look(person_id=key, **common) for key in sorted(people)]
    try:
        Look.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    except DatabaseError as error:
        logger.warning("Who looked is not noted: %s", type(error).__name__)


def _sitting(request: Request) -> str:
    """Return a name of this sitting today that leads back to no session."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    said = f"{key} {today().isoformat()} {request.user.viewer.user_id}"
    return salted_hmac("core.looks", said, algorithm=hashlib.sha256().name).hexdigest()[
        :SITTING_LENGTH
    ]


def _n_old(before: dt.datetime) -> int:
    return Look.objects.filter(at__lt=before).count()


def _forget(before: dt.datetime) -> int:
    return Look.objects.filter(at__lt=before).delete()[0]


LOOKS = RetentionRule("looks", "записи о том, кто открывал карточки", _n_old, _forget)
