"""What the bases tell of themselves."""

import datetime as dt
from collections.abc import Collection, Iterator

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import Perm
from nastavnik.core.facts import Fact
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import Programme

CODES = {Side.MENTEE: "mentee_base", Side.MENTOR: "mentor_base"}


def facts(
    organisation_ids: Collection[int], first: dt.date, last: dt.date
) -> Iterator[tuple[int, Fact]]:
    """Yield the programme that was opened, and each base in which nobody waits at the gate any more."""
    taking_part = ~Q(participations__status=ParticipationStatus.LEFT)
    waiting = Q(participations__status=ParticipationStatus.CANDIDATE)
    rows = (
        Programme.objects.filter(
            organisation_id__in=organisation_ids, starts_on__lte=last, ends_on__gte=first
        )
        .values_list("organisation_id", "pk", "starts_on", "participations__side")
        .order_by("organisation_id", "starts_on", "pk", "participations__side")
        .annotate(
            n=Count("participations", filter=taking_part),
            n_waiting=Count("participations", filter=waiting),
            formed_on=Max("participations__starts_on", filter=taking_part),
        )
    )
    # of several programmes of a year the first one tells
    told: dict[int, int] = {}
    for organisation_id, programme_id, starts_on, side, number, n_waiting, formed_on in rows:
        if organisation_id not in told:
            told[organisation_id] = programme_id
            yield organisation_id, _open_since(starts_on)
        if told[organisation_id] == programme_id and number and not n_waiting:
            yield organisation_id, _base(Side(side), number, formed_on)


def _open_since(starts_on: dt.date) -> Fact:
    return Fact(
        "programme_open", _("the programme is open"), starts_on,
        reverse("programmes:overview"), Perm.PROGRAMME_VIEW,
    )  # fmt: skip


def _base(side: Side, number: int, formed_on: dt.date) -> Fact:
    return Fact(
        CODES[side],
        ngettext("%(n)s person in the base", "%(n)s people in the base", number) % {"n": number},
        formed_on,
        reverse("programmes:mentees" if side == Side.MENTEE else "programmes:mentors"),
        Perm.BASE_VIEW,
    )
