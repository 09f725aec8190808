"""What waves tell the roadmap: that people were asked."""

import datetime as dt
from collections.abc import Collection, Iterator

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks.facts import Fact
from nastavnik.programmes.choices import Side
from nastavnik.questionnaires.choices import InvitationState, WaveStatus
from nastavnik.questionnaires.models import Wave

#: (stage, role) of a questionnaire → what its wave tells (method.md §8: A32, A36, A57).
CODES = {
    ("before", Side.MENTEE.value): "mentees_measured",
    ("before", Side.MENTOR.value): "mentors_measured",
    ("satisfaction", Side.MENTEE.value): "satisfaction_asked",
    ("satisfaction", Side.MENTOR.value): "satisfaction_asked",
}


def facts(
    organisation_ids: Collection[int], first: dt.date, last: dt.date
) -> Iterator[tuple[int, Fact]]:
    """Yield what the waves begun in a time tell: a closed one ticks its line, an open one says how far it is.

    Nobody can be made to answer, so it is the close and not the last answer by which a wave has been held; closed ones come first.
    """
    answered = Q(invitations__state=InvitationState.ANSWERED)
    waves = (
        Wave.objects.filter(
            organisation_id__in=organisation_ids,
            opens_on__range=(first, last),
            version__stage__in={stage for stage, _role in CODES},
        )
        .select_related("version")
        .annotate(n_asked=Count("invitations"), n_answered=Count("invitations", filter=answered))
        .order_by("status", "opens_on", "pk")
    )
    for wave in waves:
        code = CODES.get((wave.version.stage, wave.version.role))
        n_asked: int = wave.n_asked  # type: ignore[attr-defined]
        n_answered: int = wave.n_answered  # type: ignore[attr-defined]
        if code is not None and n_answered:
            yield wave.organisation_id, _fact(code, wave, n_answered, n_asked)


def _fact(code: str, wave: Wave, n: int, of: int) -> Fact:
    url = reverse("questionnaires:wave", args=[wave.pk])
    words = _("«%(title)s»: %(n)s of %(total)s have answered") % {
        "title": wave.title,
        "n": n,
        "total": of,
    }
    if wave.status == WaveStatus.CLOSED and wave.closed_at is not None:
        closed_on = timezone.localtime(wave.closed_at).date()
        return Fact(code, words, closed_on, url, Perm.WAVE_VIEW)
    # an open wave ticks nothing, even when all have answered
    return Fact(code, words, None, url, Perm.WAVE_VIEW, n=min(n, of - 1), of=of)
