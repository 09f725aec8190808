"""What the pairs ask of a curator."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import Perm
from nastavnik.core.attention import AttentionItem
from nastavnik.core.marks import SignedIn
from nastavnik.documents.choices import DocumentKind, DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.models import Mentorship


def items(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield orders that wait for a signature and pairs that were stopped."""
    if not user.viewer.may(Perm.PAIR_APPROVE):
        return
    drafts = Document.objects.visible_to(user).filter(
        kind=DocumentKind.PAIR_ORDER, status=DocumentStatus.DRAFT
    )
    for document in drafts:
        yield AttentionItem(
            15, "wait", _("Waits for a signature"), document.title,
            _("Write the number and date, print, sign, register: the pairs begin to run."),
            _("Open the order"), reverse("documents:card", args=[document.pk]),
        )  # fmt: skip
    stopped = Mentorship.objects.visible_to(user).filter(status=MentorshipStatus.SUSPENDED).count()
    if stopped:
        yield AttentionItem(
            5, "risk", _("Stopped"),
            ngettext("%(n)s pair is stopped", "%(n)s pairs are stopped", stopped) % {"n": stopped},
            _("A consent was withdrawn or you stopped it: decide whether it goes on."),
            _("Open"), f"{reverse('mentorships:list')}?status=suspended",
        )  # fmt: skip
