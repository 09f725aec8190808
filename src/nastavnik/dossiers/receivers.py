"""What an erasure forbids on the cards below."""

from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from nastavnik.dossiers.models import Erasure
from nastavnik.people.models import Person
from nastavnik.people.signals import correction_asked, merge_asked


@receiver(merge_asked, dispatch_uid="dossiers.obstacles_of_merge")
def object_to_merging(*, kept: Person, gone: Person, **kwargs: Any) -> list[str]:
    """Say why two cards may not be one: an erasure decided of one of them would wipe both."""
    found = Erasure.objects.filter(person__in=[kept, gone])
    if found.filter(done_at__isnull=False).exists():
        return [_("The data of one of the cards are erased: there is nothing to be made one.")]
    if found.exists():
        return [
            _(
                "It is decided to erase one of the cards: take that back first, on the page of the data of that person."
            )
        ]
    return []


@receiver(correction_asked, dispatch_uid="dossiers.obstacles_of_correction")
def object_to_correcting(*, person: Person, **kwargs: Any) -> list[str]:
    """Say why a card may not be filled again: its data were erased."""
    if Erasure.objects.filter(person=person, done_at__isnull=False).exists():
        return [_("The data of this card are erased: whoever comes back gets a new card.")]
    return []
