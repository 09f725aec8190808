"""What monitoring asks of a curator and of who is to score."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import today
from nastavnik.core.hooks.attention import AttentionItem, Urgency
from nastavnik.monitoring.catalogues import process_rules, scorecard_rules
from nastavnik.monitoring.queries.process import has_begun, is_snapshot_due
from nastavnik.monitoring.queries.scorecards import card_of, sheets_waiting
from nastavnik.programmes.models import Programme
from nastavnik.programmes.queries import current_programme


def items(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield the own sheets that wait, and in its months the card of the year that is not closed."""
    waiting = sheets_waiting(user)
    for sheet in waiting:
        yield AttentionItem(
            Urgency.NEXT, "wait", _("Waits for you"),
            _("Score the programme of %(year)s") % {"year": sheet.scorecard.programme.year},
            _("Nine indicators, 0, 1 or 2 points each. Nobody else reads your sheet before you hand it in."), _("Score"),
            reverse("monitoring:sheet", args=[sheet.pk]), place=20,
        )  # fmt: skip
    is_card_due = scorecard_rules().is_due(today()) and not waiting
    is_process_due = process_rules().due_since(today()) is not None
    if not (is_card_due or is_process_due):
        return
    at = user.viewer.answers_for(Perm.MONITORING_EDIT)
    programme = current_programme(user) if at else None
    if programme is None or programme.organisation_id not in at or not has_begun(programme):
        return
    if is_snapshot_due(programme):
        yield AttentionItem(
            Urgency.LATER, "next", _("Monitoring"), _("A snapshot of the programme is due"),
            _("The numbers of the process are frozen as they are, with your own assessment beside them."),
            _("Take it"), reverse("monitoring:process"), place=22,
        )  # fmt: skip
    if is_card_due:
        yield from _card_of_year(programme)


def _card_of_year(programme: Programme) -> Iterator[AttentionItem]:
    """Yield the card of the year that is not begun, or not closed."""
    card = card_of(programme)
    if card is None:
        yield AttentionItem(
            Urgency.NEXT, "next", _("Monitoring"), _("The scorecard of the year is not begun"),
            _("The programme is scored at the end of the year: nine indicators, as many scorers as you like."),
            _("To monitoring"), reverse("monitoring:overview"), place=21,
        )  # fmt: skip
    elif not card.closed_on:
        yield AttentionItem(
            Urgency.NEXT, "go", _("Monitoring"), _("The scorecard of the year is open"),
            _("Close it once everybody has handed in: then its points stand."), _("Open the scorecard"),
            reverse("monitoring:scorecard", args=[card.pk]), place=21,
        )  # fmt: skip
