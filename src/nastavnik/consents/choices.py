"""Closed lists of consents."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """What a consent is for: each purpose a separate paper since 01.09.2025 (method.md §9.1)."""

    DATA = "data", _("Personal data in the programme")
    PARTICIPATION = "participation", _("Taking part in a pair")
    PUBLICATION = "publication", _("Photo and publication")
    CONTACTS = "contacts", _("Contacts to the other side of the pair")
    TRANSFER = "transfer", _("Transfer to a partner")
    SPECIAL = "special", _("Special categories, on paper only")


NEEDED_FOR_BASE = (Purpose.DATA, Purpose.PARTICIPATION)
# the others open only what they cover, and nobody waits for them
VERSION_LENGTH = 20


# how long the ledger offers to take the last press back; a single line can be called a mistake at any time
TAKE_BACK_HOURS = 24


class Signer(models.TextChoices):
    """Who signs, which follows from age (method.md §9.2)."""

    REPRESENTATIVE = "representative", _("legal representative")
    BOTH = "both", _("legal representative and the pupil")
    PERSON = "person", _("the person")


class Way(models.TextChoices):
    """How a consent was given."""

    PAPER = "paper", _("on paper")
    LINK = "link", _("by a personal link")


# how long a link to sign by is open
LINK_DAYS = 14


class EventKind(models.TextChoices):
    """What may become of a paper; each is one line of its history."""

    GIVEN = "given", _("signed")
    WITHDRAWN = "withdrawn", _("withdrawn")
    MISTAKEN = "mistaken", _("ticked by mistake")
    ENDED = "ended", _("came to its end")


# what ends a line of the ledger for good: there is one of them at most
LAST_EVENTS = (EventKind.WITHDRAWN, EventKind.MISTAKEN)

# blanks of one file: a class with all its papers, drawn within a few seconds
MOST_BLANKS = 150


class Relation(models.TextChoices):
    """What a legal representative is to the person (method.md §9.2)."""

    MOTHER = "mother", _("mother")
    FATHER = "father", _("father")
    GUARDIAN = "guardian", _("guardian or trustee")
    FOSTER = "foster", _("foster parent")
    INSTITUTION = "institution", _("institution for orphans")
    OTHER = "other", _("other")


# how long before the eighteenth birthday an own consent is asked for
ASKED_BEFORE_DAYS = 21
