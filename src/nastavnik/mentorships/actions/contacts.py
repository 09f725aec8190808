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
from nastavnik.programmes.catalogues import pair_rules


@transaction.atomic
def note_contact(
    pair: Mentorship,
    concern: Concern,
    *,
    spoken_with: SpokenWith,
    words: str,
    spoken_on: dt.date | None = None,
    others: Iterable[Concern] = (),
    is_gone: bool = False,
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
        is_gone: the reason was so when the page was opened and is so no more: the words are kept, nothing is put off.
        by: who spoke.

    Returns:
        The conversation; the same noted twice by the same user is one.

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
    quiet_until = None if is_gone else day + dt.timedelta(days=rule.quiet_days)
    if day > today():
        raise RefusedError(_("This day has not come yet: note the conversation when it is over."))
    if quiet_until is not None and quiet_until < today():
        raise RefusedError(
            _("That was more than %(n)s days ago: speak with them again.") % {"n": rule.quiet_days}
        )
    told = {
        "rule": concern.code,
        "spoken_with": spoken_with,
        "spoken_on": day,
        "words": words.strip(),
        "quiet_until": quiet_until,
        "noted_by": by if isinstance(by, User) else None,
    }
    # under the lock of the pair: a button pressed twice notes one conversation
    if twin := Contact.objects.filter(mentorship=pair, **told).first():
        return twin
    contact = Contact.objects.create(
        organisation_id=pair.organisation_id,
        mentorship=pair,
        reasons={}
        if is_gone
        else {one.code: one.n for one in (*others, concern) if one.rule.quiet_days},
        **told,
    )
    audit.record("contact-noted", pair, by=by, fields=["contacts"])
    return contact


@transaction.atomic
def wake_concern(contact: Contact, *, by: models.Model | None) -> Contact:
    """Bring the reasons of a conversation back to the lists at once; the conversation stays in the record.

    All conversations that keep one of them quiet end with it, or it would stay off the lists.
    """
    Mentorship.objects.select_for_update(of=("self",)).get(pk=contact.mentorship_id)
    locked = Contact.objects.select_related("mentorship").get(pk=contact.pk)
    if locked.quiet_until is None:
        return locked
    rules = pair_rules()
    codes = set(locked.reasons)
    codes |= {rules[code].like for code in codes if code in rules and rules[code].like}
    quiet = Contact.objects.filter(
        mentorship=locked.mentorship_id, quiet_until__gte=today()
    ).exclude(pk=locked.pk)
    keys = [one.pk for one in quiet if codes & set(one.reasons)]
    Contact.objects.filter(pk__in=[locked.pk, *keys]).update(quiet_until=None)
    locked.quiet_until = None
    audit.record("contact-woken", locked.mentorship, by=by, fields=["contacts"])
    return locked
