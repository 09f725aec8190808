"""What is done beside the requests: files are read, which may take seconds; what nobody needs any more is forgotten."""

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks.retention import RetentionRule
from nastavnik.core.http import Request
from nastavnik.jobs.kinds import Ended, JobKind, Order, Watch, Words, register
from nastavnik.organisations.models import Organisation
from nastavnik.people import actions
from nastavnik.people.actions import keep_lists, read_lists
from nastavnik.people.adapter import FoundList
from nastavnik.people.choices import RosterKind
from nastavnik.people.models import RosterImport
from nastavnik.people.queries import merges_to_forget, old_lists, old_merges


def _n_old(before: dt.datetime) -> int:
    return old_lists(before).count()


def _forget(before: dt.datetime) -> int:
    return actions.forget_old_lists(before, by=None)


LISTS = RetentionRule(
    "lists", "списки, которые не загрузили, и непринятые строки загруженных", _n_old, _forget
)


def _n_merges(before: dt.datetime) -> int:
    return len(merges_to_forget(old_merges(before)))


def _forget_merges(before: dt.datetime) -> int:
    return actions.forget_old_merges(before, by=None)


MERGES = RetentionRule(
    "merges", "пустые карточки после объединения двойников", _n_merges, _forget_merges
)


def given_for(file_name: str, kind: RosterKind | None) -> dict[str, str]:
    """Return what the job of a list is given, beside its bytes."""
    return {"file_name": file_name, "kind": kind or ""}


def _find(order: Order, watch: Watch) -> list[FoundList]:
    kind = order.given["kind"]
    return read_lists(
        kind=RosterKind(kind) if kind else None,
        file_name=order.given["file_name"],
        data=order.upload or b"",
        look=lambda: watch("", 0, 0),
    )


def _keep(order: Order, found: Sequence[FoundList]) -> Words:
    organisation = Organisation.objects.get(pk=order.organisation_id)
    drafts = keep_lists(organisation, found, file_name=order.given["file_name"], by=order.by)
    return {"drafts": [draft.pk for draft in drafts]}


def _arrive(request: Request, ended: Ended) -> str:
    seen = RosterImport.objects.visible_to(request.user).filter(pk__in=ended.result["drafts"])
    first = seen.order_by("pk").values_list("pk", flat=True).first()
    if first is None:  # thrown away meanwhile
        return reverse("people:import")
    return reverse("people:import-preview", args=[first])


LIST = JobKind(
    code="people.list",
    heading=_("A list is being read"),
    busy=_("This list is being read already."),
    perm=Perm.ROSTER_EDIT,
    find=_find,
    keep=_keep,
    arrive=_arrive,
    back=lambda _given: reverse("people:import"),
    tells=lambda given: f"{given['file_name']}.",
    is_short=True,
)


def register_kinds() -> None:
    """Say what is done in the background for people."""
    register(LIST)
