"""What the ledger asks of whoever takes consents in."""

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.consents.queries import ComingOfAge, coming_of_age
from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import today
from nastavnik.core.hooks.attention import AttentionItem, Urgency
from nastavnik.core.ui.components import few


def items(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield who comes of age: from the eighteenth birthday a representative's consent covers no more."""
    if not user.viewer.may(Perm.CONSENT_TICK):
        return
    day = today()
    found = coming_of_age(user, day)
    if past := [one for one in found if one.on <= day]:
        yield AttentionItem(
            Urgency.TODAY, "risk", _("18 by now"),
            ngettext(
                "%(n)s person is 18: an own consent is needed", "%(n)s people are 18: own consents are needed", len(past)
            ) % {"n": len(past)},
            _("A representative's consent does not cover any more: %(names)s.") % {"names": _names(past)},
            _("Print blanks"), _printing(past), place=3,
        )  # fmt: skip
    if soon := [one for one in found if one.on > day]:
        yield AttentionItem(
            Urgency.LATER, "next", _("Soon 18"),
            ngettext(
                "%(n)s person will soon be 18", "%(n)s people will soon be 18", len(soon)
            ) % {"n": len(soon)},
            _("From the birthday on an own consent is needed: %(names)s.") % {"names": _names(soon)},
            _("Open"), _address(soon), place=3,
        )  # fmt: skip


def _names(found: Sequence[ComingOfAge]) -> str:
    return ", ".join(few([f"{one.person.full_name} ({one.on:%d.%m.%Y})" for one in found]))


def _printing(found: Sequence[ComingOfAge]) -> str:
    """Return where blanks are printed: for the one, or for whoever lacks a consent."""
    address = reverse("consents:print")
    return f"{address}?person={found[0].person.pk}" if len(found) == 1 else address


def _address(found: Sequence[ComingOfAge]) -> str:
    """Return the page of the one, or the ledger."""
    if len(found) == 1:
        return reverse("consents:person", args=[found[0].person.pk])
    return reverse("consents:ledger")
