"""What matching asks of a curator."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import Perm
from nastavnik.core.attention import AttentionItem
from nastavnik.core.marks import SignedIn
from nastavnik.matching.choices import RunStatus
from nastavnik.matching.queries import latest_run
from nastavnik.programmes.choices import Side
from nastavnik.programmes.queries import base_counts, current_programme


def items(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield a matching that waits to be run or approved."""
    programme = current_programme(user)
    if programme is None or not user.viewer.may(Perm.MATCHING_EDIT):
        return
    run = latest_run(user, programme)
    if run and run.status == RunStatus.PROPOSED:
        yield AttentionItem(
            25, "wait", _("Waits for you"), _("The matching is not approved yet"),
            ngettext("%(n)s pair is proposed.", "%(n)s pairs are proposed.", run.n_matched) % {"n": run.n_matched},
            _("Open"), reverse("matching:workspace"),
        )  # fmt: skip
        return
    waiting = base_counts(user, programme, Side.MENTEE).ready
    if waiting and base_counts(user, programme, Side.MENTOR).total:
        yield AttentionItem(
            50, "go", _("May go on"),
            ngettext("%(n)s mentee waits for a mentor", "%(n)s mentees wait for a mentor", waiting) % {"n": waiting},
            _("Press «Match»: nothing is fixed until you approve."), _("Match"), reverse("matching:workspace"),
        )  # fmt: skip
