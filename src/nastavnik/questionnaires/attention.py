"""What questionnaires ask of a person: of the curator to wait or to close, of whoever is asked to answer."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import today
from nastavnik.core.hooks.attention import AttentionItem, Urgency
from nastavnik.core.hooks.upcoming import UpcomingEvent
from nastavnik.core.request_cache import cached
from nastavnik.questionnaires.choices import WaveStatus
from nastavnik.questionnaires.models import Invitation, Wave
from nastavnik.questionnaires.queries import own_invitations, waves_led

_MOST = 3  # waves told one by one


def _own(user: SignedIn) -> list[Invitation]:
    if user.viewer.person_id is None or not user.viewer.may(Perm.ANSWER_GIVE):
        return []
    return cached(
        ("questionnaires.own_invitations", user.viewer.user_id), lambda: list(own_invitations(user))
    )


def _waves(user: SignedIn) -> list[Wave]:
    if not user.viewer.may(Perm.WAVE_EDIT):
        return []
    return cached(("waves_led", user.viewer.user_id), lambda: waves_led(user, today()))


def _open_waves(user: SignedIn) -> list[Wave]:
    day = today()
    return [one for one in _waves(user) if one.status == WaveStatus.OPEN and one.opens_on <= day]


def items(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield what is to be answered, and the waves that wait for answers or are to be closed."""
    for invitation in _own(user)[:_MOST]:
        wave = invitation.wave
        yield AttentionItem(
            Urgency.LATER, "go", _("You are asked"), wave.title,
            _("Answers are taken until %(day)s. One may stop and go on later.") % {"day": f"{wave.closes_on:%d.%m}"},
            _("Answer"), reverse("questionnaires:answer", args=[invitation.pk]), place=0,
        )  # fmt: skip
    yield from _sheets(user)
    for wave in _open_waves(user)[:_MOST]:
        yield _of_wave(wave, wave.n_missing)  # type: ignore[attr-defined]


def _sheets(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield the waves of which sheets came back and are not accepted: answers that nobody counts yet."""
    for wave in [one for one in _waves(user) if one.n_sheets][:_MOST]:  # type: ignore[attr-defined]
        n = wave.n_sheets  # type: ignore[attr-defined]
        words = ngettext("%(n)s sheet waits", "%(n)s sheets wait", n) % {"n": n}
        yield AttentionItem(
            Urgency.LATER, "wait", _("Sheets came back"), f"{wave.title}: {words}",
            _("Look at what is doubtful and accept them: until then they are no answers."), _("Open"),
            f"{reverse('questionnaires:sheets', args=[wave.pk])}#back", place=2,
        )  # fmt: skip


def _of_wave(wave: Wave, n: int) -> AttentionItem:
    url = reverse("questionnaires:wave", args=[wave.pk])
    if not n:
        return AttentionItem(
            Urgency.LATER, "go", _("Everybody has answered"), wave.title,
            _("Close the wave: then the results stand."), _("Open"), url, place=3,
        )  # fmt: skip
    silent = ngettext("%(n)s person has not answered", "%(n)s people have not answered", n) % {
        "n": n
    }
    if today() > wave.closes_on:
        return AttentionItem(
            Urgency.LATER, "wait", _("Time is up"), f"{wave.title}: {silent}",
            _("Nobody can answer any more. Close the wave, or put a later last day."), _("Open"), url, place=3,
        )  # fmt: skip
    return AttentionItem(
        Urgency.LATER, "wait", _("Waiting for answers"), f"{wave.title}: {silent}",
        _("The last day is %(day)s. The page says who is missing, by class.") % {"day": f"{wave.closes_on:%d.%m}"},
        _("Open"), url, place=8,
    )  # fmt: skip


def coming(user: SignedIn, first: dt.date, last: dt.date) -> Iterator[UpcomingEvent]:
    """Yield the last days of waves: of one's own answers, and of the waves one leads."""
    for invitation in _own(user):
        if first <= invitation.wave.closes_on <= last:
            words = _("Last day to answer: %(title)s") % {"title": invitation.wave.title}
            url = reverse("questionnaires:answer", args=[invitation.pk])
            yield UpcomingEvent(invitation.wave.closes_on, words, url)
    for wave in _open_waves(user):
        if first <= wave.closes_on <= last:
            words = _("Answers end: %(title)s") % {"title": wave.title}
            yield UpcomingEvent(
                wave.closes_on, words, reverse("questionnaires:wave", args=[wave.pk])
            )
