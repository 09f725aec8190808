"""What is done beside the requests: who could lead a pair instead of its mentor, and files of bases that come back."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nastavnik.core.access import Perm
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks.retention import RetentionRule
from nastavnik.core.http import Request
from nastavnik.jobs.kinds import Ended, JobKind, Order, Watch, Words, register
from nastavnik.matching.actions import PairChange, least_disturbance, substitutes
from nastavnik.matching.queries import candidates
from nastavnik.mentorships.actions import forget_old_base_drafts, keep_base_draft
from nastavnik.mentorships.adapter import ReaderError, read_base
from nastavnik.mentorships.choices import OPEN
from nastavnik.mentorships.models import BaseDraft, Mentorship
from nastavnik.mentorships.queries import old_base_drafts, standing_pairs
from nastavnik.people.models import User
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import Participation, Programme

Found = list[tuple[str, dict[str, Any], dict[str, int]]]


def mentees_of(pair: Mentorship) -> list[Participation]:
    """Return the mentees a pair has now."""
    return [tie.mentee for tie in pair.ties.all() if tie.ends_on is None]


def _change(pair: Mentorship) -> PairChange:
    mentees = frozenset(one.pk for one in mentees_of(pair))
    return PairChange(pair.mentor_id, mentees, standing_pairs(pair))


def found_for(pair: Mentorship, watch: Watch | None = None) -> Found:
    """Return who could take a pair over: (key, reasons, price), the best first."""
    found = substitutes(pair.programme, pair.form, _change(pair), watch)
    return [(one.mentor, one.explanation, one.price) for one in found]


def shift_for(pair: Mentorship, watch: Watch | None = None) -> tuple[tuple[str, str, str], ...]:
    """Return the fewest moves of other pairs that would help where nobody can take it over."""
    return least_disturbance(pair.programme, pair.form, _change(pair), watch)


def _find(order: Order, watch: Watch) -> Words:
    pair = Mentorship.objects.filter(pk=order.given["pair"], status__in=OPEN).first()
    if pair is None or not isinstance(order.by, User):
        raise RefusedError(_("This pair has ended already."))
    found = found_for(pair, watch)
    is_shown = bool(candidates(order.by, mentees_of(pair), found))
    return {"found": found, "shift": () if is_shown else shift_for(pair, watch)}


REPLACEMENT = JobKind(
    code="mentorships.replacement",
    heading=gettext_lazy("Looking for another mentor"),
    busy=gettext_lazy("This is being counted already."),
    perm=Perm.PAIR_APPROVE,
    find=_find,
    arrive=lambda _request, ended: (
        f"{reverse('mentorships:replace', args=[ended.given['pair']])}?job={ended.pk}"
    ),
    back=lambda given: reverse("mentorships:card", args=[given["pair"]]),
    tells=lambda _given: _(
        "Those who wait are matched along: so it is known what each choice costs."
    ),
)


def _n_old(before: dt.datetime) -> int:
    return old_base_drafts(before).count()


def _forget(before: dt.datetime) -> int:
    return forget_old_base_drafts(before, by=None)


BASE_DRAFTS = RetentionRule(
    "base-drafts", "файлы баз, которые прочитаны, но не приняты", _n_old, _forget
)


def given_for(file_name: str, programme: Programme) -> dict[str, Any]:
    """Return what the job of a file of a base is given, beside its bytes."""
    return {"file_name": file_name, "programme": programme.pk}


def _read(order: Order, watch: Watch) -> dict[str, Any]:
    try:
        return read_base(
            file_name=order.given["file_name"],
            data=order.upload or b"",
            look=lambda: watch("", 0, 0),
        )
    except ReaderError as error:
        raise RefusedError(str(error)) from error


def _keep(order: Order, found: dict[str, Any]) -> Words:
    programme = Programme.objects.get(pk=order.given["programme"])
    draft = keep_base_draft(
        programme,
        Side(found["side"]),
        found["rows"],
        file_name=order.given["file_name"],
        by=order.by,
    )
    return {"draft": draft.pk}


def _arrive(request: Request, ended: Ended) -> str:
    key = ended.result["draft"]
    if BaseDraft.objects.visible_to(request.user).filter(pk=key).exists():
        return reverse("mentorships:base-draft", args=[key])
    return reverse("mentorships:base-files")  # taken or thrown away meanwhile


BASE = JobKind(
    code="mentorships.base",
    heading=gettext_lazy("A base is being read"),
    busy=gettext_lazy("This file is being read already."),
    perm=Perm.BASE_EDIT,
    find=_read,
    keep=_keep,
    arrive=_arrive,
    back=lambda _given: reverse("mentorships:base-files"),
    tells=lambda given: f"{given['file_name']}.",
    is_short=True,
)


def register_kinds() -> None:
    """Say what is done in the background for pairs and for the files of bases."""
    register(REPLACEMENT)
    register(BASE)
