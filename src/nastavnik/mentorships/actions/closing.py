"""The end of a year: many pairs are completed at once, with one order on them."""

from collections.abc import Iterable

from django.db import models, transaction
from django.utils.translation import gettext as _

from nastavnik.core.errors import RefusedError
from nastavnik.documents.models import Document
from nastavnik.mentorships.actions.orders import draft_ending_order
from nastavnik.mentorships.actions.pairs import set_pair_status
from nastavnik.mentorships.actions.papers import lock_drafts
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.models import Mentorship
from nastavnik.mentorships.queries import ended_without_order


@transaction.atomic
def complete_pairs(
    pairs: Iterable[Mentorship], *, with_order: bool, by: models.Model | None
) -> list[Document]:
    """Complete several pairs, all or nothing; return the drafts of the order on those an order had attached.

    Raises:
        RefusedError: none is named, or one cannot be completed as it is now, each by name.
    """
    pairs = sorted(pairs, key=lambda pair: pair.pk)
    if not pairs:
        raise RefusedError(_("Tick the pairs to complete: no pair is ticked."))
    lock_drafts(pairs)
    done, reasons = [], []
    for pair in pairs:
        try:
            done.append(set_pair_status(pair, MentorshipStatus.COMPLETED, by=by))
        except RefusedError as refusal:
            reasons += [f"{pair.names}: {reason}" for reason in refusal.reasons]
    if reasons:
        raise RefusedError(reasons)
    keys = [pair.pk for pair in done]
    named = ended_without_order(Mentorship.objects.filter(pk__in=keys)) if with_order else ()
    return draft_ending_order(named, by=by) if named else []
