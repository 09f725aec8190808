"""What may be done with an event."""

from django.utils.translation import gettext as _

from nastavnik.core.access import Verdict
from nastavnik.core.dates import today
from nastavnik.events.models import ProgrammeEvent


def may_remove(event: ProgrammeEvent) -> Verdict:
    """Tell whether an event may be taken away as begun by mistake: not with people on its list, nor with minutes."""
    if event.guests.exists() or event.n_others is not None or event.heard or event.decided:
        return Verdict(
            (_("People are invited or something is noted: cancel the event, then it says so."),)
        )
    return Verdict()


def may_cancel(event: ProgrammeEvent) -> Verdict:
    """Tell whether an event may be cancelled: not when it is noted who came, nor with minutes."""
    if event.n_others is not None or event.guests.filter(came__isnull=False).exists():
        return Verdict((_("It is noted who came: what was held is not cancelled."),))
    if event.heard or event.decided:
        return Verdict((_("The event has minutes: what was held is not cancelled."),))
    return Verdict()


def may_note(event: ProgrammeEvent) -> Verdict:
    """Tell whether it may be noted who came, and what was said: only of what was held."""
    if event.cancelled_on:
        return Verdict((_("The event is cancelled: bring it back first."),))
    if event.held_on > today():
        return Verdict(
            (
                _("The event is on %(day)s: note it when it is over.")
                % {"day": f"{event.held_on:%d.%m.%Y}"},
            )
        )
    return Verdict()
