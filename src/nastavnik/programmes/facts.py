"""What the bases tell of themselves."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import Perm
from nastavnik.core.facts import Fact
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import Participation, Programme

CODES = {Side.MENTEE: "mentee_base", Side.MENTOR: "mentor_base"}


def facts(organisation_id: int, first: dt.date, last: dt.date) -> Iterator[Fact]:
    """Yield the programme that was opened, and each base in which nobody waits at the gate any more."""
    programmes = Programme.objects.filter(
        organisation_id=organisation_id, starts_on__lte=last, ends_on__gte=first
    )
    programme = programmes.order_by("starts_on", "pk").first()
    if programme is None:
        return
    yield Fact(
        "programme_open", _("the programme is open"), programme.starts_on,
        reverse("programmes:overview"), Perm.PROGRAMME_VIEW,
    )  # fmt: skip
    counts = (
        Participation.objects.filter(programme=programme)
        .exclude(status=ParticipationStatus.LEFT)
        .values("side")
        .order_by("side")
        .annotate(
            n=Count("pk"),
            n_waiting=Count("pk", filter=Q(status=ParticipationStatus.CANDIDATE)),
            formed_on=Max("starts_on"),
        )
    )
    for row in counts:
        if row["n_waiting"]:
            continue
        side = Side(row["side"])
        yield Fact(
            CODES[side],
            ngettext("%(n)s person in the base", "%(n)s people in the base", row["n"])
            % {"n": row["n"]},
            row["formed_on"],
            reverse("programmes:mentees" if side == Side.MENTEE else "programmes:mentors"),
            Perm.BASE_VIEW,
        )
