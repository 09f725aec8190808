"""Writes of conversations with pairs that needed a look."""

import datetime as dt
from collections.abc import Iterable

from django.db import models, transaction
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.mentorships.choices import OPEN, SpokenWith
from nastavnik.mentorships.models import Contact, Mentorship
from nastavnik.mentorships.queries import Concern
from nastavnik.people.models import User


@transaction.atomic
def note_contact(
    pair: Mentorship,
    concern: Concern,
    *,
    spoken_with: SpokenWith,
    words: str,
    spoken_on: dt.date | None = None,
    others: Iterable[Concern] = (),
    by: models.Model | None,
) -> Contact:
    """Note that somebody has spoken with a pair about why it needed a look: it leaves the lists for some days.

    Args:
        pair: an open one.
        concern: the reason and its number now.
        spoken_with: with whom.
        words: what was agreed, neutral; without them there is no trace.
        spoken_on: the day, by default today; not one ahead.
        others: what else was so with the pair: it is put off with it.
        by: who spoke.

    Raises:
        RefusedError: the pair has ended, the day lies ahead or too far back, there are no words, or the reason is one that is
            answered, not put off.
    """
    rule, day = concern.rule, spoken_on or today()
    Mentorship.objects.select_for_update(of=("self",)).get(pk=pair.pk)
    pair.refresh_from_db(fields=["status"])
    if pair.status not in OPEN:
        raise RefusedError(_("The pair has ended: nothing more is noted."))
    if not rule.quiet_days:
        raise RefusedError(
            _("A call for help is not put off: note on the page of the pair that help is given.")
        )
    if not words.strip():
        raise RefusedError(_("Write what was agreed: one line is enough."))
    quiet_until = day + dt.timedelta(days=rule.quiet_days)
    if day > today():
        raise RefusedError(_("This day has not come yet: note the conversation when it is over."))
    if quiet_until < today():
        raise RefusedError(
            _("That was more than %(n)s days ago: speak with them again.") % {"n": rule.quiet_days}
        )
    contact = Contact.objects.create(
        organisation_id=pair.organisation_id,
        mentorship=pair,
        rule=concern.code,
        reasons={one.code: one.n for one in (*others, concern) if one.rule.quiet_days},
        spoken_with=spoken_with,
        spoken_on=day,
        words=words.strip(),
        quiet_until=quiet_until,
        noted_by=by if isinstance(by, User) else None,
    )
    audit.record("contact-noted", pair, by=by, fields=["contacts"])
    return contact


@transaction.atomic
def wake_concern(contact: Contact, *, by: models.Model | None) -> Contact:
    """Bring a reason back to the lists at once; the conversation stays in the record."""
    locked = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    if locked.quiet_until is not None:
        locked.quiet_until = None
        locked.save(update_fields=["quiet_until"])
        audit.record("contact-woken", locked.mentorship, by=by, fields=["contacts"])
    return locked
