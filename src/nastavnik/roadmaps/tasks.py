"""What is done beside the requests: files are read, which may take seconds; what nobody needs any more is forgotten."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks.retention import RetentionRule
from nastavnik.core.http import Request
from nastavnik.jobs.kinds import Ended, JobKind, Order, Watch, Words, register
from nastavnik.organisations.models import Organisation
from nastavnik.roadmaps import actions, adapter
from nastavnik.roadmaps.actions import keep_reading
from nastavnik.roadmaps.models import Roadmap, RoadmapDraft
from nastavnik.roadmaps.queries import old_drafts


def _n_old(before: dt.datetime) -> int:
    return old_drafts(before).count()


def _forget(before: dt.datetime) -> int:
    return actions.forget_old_drafts(before, by=None)


DRAFTS = RetentionRule(
    "roadmap-drafts", "документы, которые прочитаны, но картой не стали", _n_old, _forget
)


def given_for(file_name: str, roadmap: Roadmap | None) -> dict[str, Any]:
    """Return what the job of a document is given, beside its bytes; with `roadmap` it is an edited copy of that one."""
    return {"file_name": file_name, "roadmap": None if roadmap is None else roadmap.pk}


def _find(order: Order, watch: Watch) -> dict[str, Any]:
    return adapter.read_content(
        file_name=order.given["file_name"],
        data=order.upload or b"",
        text="",
        look=lambda: watch("", 0, 0),
    )


def _keep(order: Order, found: dict[str, Any]) -> Words:
    key = order.given["roadmap"]
    roadmap = Roadmap.objects.filter(pk=key).first() if key else None
    if key and roadmap is None:
        raise RefusedError(
            str(_("This roadmap is gone meanwhile: load the document as a new one."))
        )
    draft = keep_reading(
        Organisation.objects.get(pk=order.organisation_id),
        found,
        file_name=order.given["file_name"],
        roadmap=roadmap,
        by=order.by,
    )
    return {"draft": draft.pk}


def _arrive(request: Request, ended: Ended) -> str:
    key = ended.result["draft"]
    if RoadmapDraft.objects.visible_to(request.user).filter(pk=key).exists():
        return reverse("roadmaps:draft", args=[key])
    return _back(ended.given)  # taken or thrown away meanwhile


def _back(given: Words) -> str:
    key = given["roadmap"]
    return reverse("roadmaps:again", args=[key]) if key else reverse("roadmaps:read")


DOCUMENT = JobKind(
    code="roadmaps.document",
    heading=_("A document is being read"),
    busy=_("This document is being read already."),
    perm=Perm.ROADMAP_EDIT,
    find=_find,
    keep=_keep,
    arrive=_arrive,
    back=_back,
    tells=lambda given: f"{given['file_name']}.",
    is_short=True,
)


def register_kinds() -> None:
    """Say what is done in the background for roadmaps."""
    register(DOCUMENT)
