"""For what somebody takes a list with people out: asked once a sitting, noted beside each of them (`core.looks`).

Pages link to the question while nothing has been said in this sitting, and straight to the file afterwards; a file that is
asked for past it is given and noted without a purpose, for whoever reads the line must see that none was said.
"""

from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

KEY = "taken_out_for"
OWN_WORDS_AT_MOST = 60  # characters


class TakenOutFor(models.TextChoices):
    """What lists are taken out for; `OTHER` in the person's own words."""

    WORK = "work", _("to work with those in it")
    PAPER = "paper", _("for an order or a report")
    HEAD = "head", _("to show it to the head")
    CHECK = "check", _("for a check from above")
    FAMILY = "family", _("at the family's wish")
    OTHER = "other", _("something else")


def remember(request: HttpRequest, purpose: TakenOutFor, own_words: str) -> None:
    """Keep till the end of the sitting what lists are taken out for."""
    request.session[KEY] = own_words if purpose == TakenOutFor.OTHER else purpose.value


def said(request: HttpRequest) -> str:
    """Return the code or the own words said in this sitting, empty where nothing was said."""
    return str(request.session.get(KEY, ""))


def in_words(kept: str) -> str:
    """Return what was kept as people read it."""
    return str(TakenOutFor(kept).label) if kept in TakenOutFor.values else kept


def in_listed_words(kept: str) -> str:
    """Return what was kept in the words of the list alone: own words may name somebody, a parent's print names nobody."""
    return str(TakenOutFor(kept if kept in TakenOutFor.values else TakenOutFor.OTHER).label)


def way_out(request: HttpRequest, address: str) -> str:
    """Return where a link to a file with people leads: to the file, or first to the question what it is for.

    Args:
        request: of the page with the link.
        address: of the file; a query string alone is of that page.
    """
    if said(request):
        return address
    whole = f"{request.path}{address}" if address.startswith("?") else address
    query = urlencode({"next": whole, "back": request.get_full_path()})
    return f"{reverse('cabinet:take-out')}?{query}"
