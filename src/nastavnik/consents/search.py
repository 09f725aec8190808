"""The consents of one person, for the person's card."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from nastavnik.consents.choices import NEEDED_FOR_BASE
from nastavnik.consents.models import Guardian
from nastavnik.consents.queries import held_purposes, missing_purposes
from nastavnik.core.access import SignedIn
from nastavnik.core.dates import today
from nastavnik.core.hooks import consent_needs, search


def of_person(user: SignedIn, person_id: int) -> Iterator[search.Hit]:
    """Yield one line: what is signed or missing, of a person who is asked for consents and whom the user sees."""
    if person_id not in consent_needs.people_needing_consent(user):
        return
    held = held_purposes([person_id], today()).get(person_id, frozenset())
    missing = missing_purposes(held, NEEDED_FOR_BASE)
    signers = Guardian.objects.visible_to(user).filter(person=person_id).who_sign_on(today())
    said = [str(purpose.label).lower() for purpose in missing]
    said += [f"{one.get_relation_display()} {one.full_name}" for one in signers]
    yield search.Hit(
        kind="consent",
        title=_("Not all are signed") if missing else _("All are signed"),
        subtitle=", ".join(said),
        url=reverse("consents:person", args=[person_id]),
    )
