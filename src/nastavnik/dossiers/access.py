"""When a person may be erased."""

from django.utils.translation import gettext as _

from nastavnik.core.access import Role, Verdict
from nastavnik.core.dates import today
from nastavnik.people.models import Membership, Person, holds_on
from nastavnik.people.queries import merged_into
from nastavnik.programmes.choices import ParticipationStatus
from nastavnik.programmes.models import Participation

_OVER = (ParticipationStatus.FINISHED, ParticipationStatus.LEFT)
_OWN_ROLES = (Role.MENTOR, Role.MENTEE)


def may_erase(person: Person) -> Verdict:
    """Tell whether a person may be erased: nobody who takes part now, works in the site or has everything on another card."""
    reasons = []
    if merged_into(person):
        reasons.append(_("Everything of this card is on another one now: erase that one."))
    if Participation.objects.filter(person=person).exclude(status__in=_OVER).exists():
        reasons.append(
            _(
                "The person stands in a base or in a pair: end the pair and let the person leave the base first. The order on it stays."
            )
        )
    held = Membership.objects.filter(holds_on(today()), user__person=person)
    if held.exclude(role__in=_OWN_ROLES).exists():
        reasons.append(_("The person works in the site: end the roles in «Accounts» first."))
    return Verdict(tuple(reasons))
