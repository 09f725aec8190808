"""What the close tells the roadmap: that the head has spoken with mentees, and that the bases say what came of the year."""

import datetime as dt
from collections.abc import Collection, Iterator

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks.facts import Fact
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import Participation

CODES = ("closing_talks", "results_in_bases")


def facts(
    organisation_ids: Collection[int], first: dt.date, last: dt.date
) -> Iterator[tuple[int, Fact]]:
    """Yield of the programmes of a time how many mentees are spoken with, and of how many people the bases say a result."""
    paired = Q(ties__mentorship__status=MentorshipStatus.COMPLETED)
    led = Q(mentorships_as_mentor__status=MentorshipStatus.COMPLETED)
    rows = (
        Participation.objects.filter(
            organisation_id__in=organisation_ids,
            programme__starts_on__lte=last,
            programme__ends_on__gte=first,
            status=ParticipationStatus.FINISHED,
        )
        .filter(paired | led)
        .order_by("organisation_id")
        .values_list("organisation_id")
        .annotate(
            n=Count("pk", distinct=True),
            n_written=Count("pk", filter=~Q(results=""), distinct=True),
            n_mentees=Count("pk", filter=Q(side=Side.MENTEE), distinct=True),
            n_talks=Count("closing_talk", distinct=True),
            talked_on=Max("closing_talk__held_on"),
        )
    )
    for organisation_id, n, n_written, n_mentees, n_talks, talked_on in rows:
        if n_talks:
            words = _("closing talks: %(n)s of %(total)s mentees") % {
                "n": n_talks,
                "total": n_mentees,
            }
            yield organisation_id, Fact(
                "closing_talks", words, talked_on, reverse("closing:talks"), Perm.TALK_NOTE, n_talks, n_mentees
            )  # fmt: skip
        if n_written:
            words = _("results in the bases: %(n)s of %(total)s people") % {
                "n": n_written,
                "total": n,
            }
            yield organisation_id, Fact(
                "results_in_bases", words, None, reverse("closing:results"), Perm.BASE_EDIT, n_written, n
            )  # fmt: skip
