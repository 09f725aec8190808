"""What may be done with a scorecard."""

from django.utils.translation import gettext as _

from nastavnik.core.access import Verdict
from nastavnik.monitoring.models import Scorecard, ScoreSheet


def may_score(sheet: ScoreSheet) -> Verdict:
    """Tell whether a sheet may be filled in: its card is open and it is not handed in."""
    if sheet.scorecard.closed_on:
        return Verdict((_("The scorecard is closed: open it again, then sheets can be changed."),))
    if sheet.handed_in_on:
        return Verdict((_("The sheet is handed in: take it back first, then change it."),))
    return Verdict()


def may_close(card: Scorecard) -> Verdict:
    """Tell whether a card may be closed: somebody has handed in a sheet, and nobody is still at work."""
    sheets = list(card.sheets.select_related("scorer"))
    if not any(one.handed_in_on for one in sheets):
        return Verdict((_("Nobody has handed in a sheet yet: there is nothing to close."),))
    waiting = [str(one.scorer) for one in sheets if one.handed_in_on is None]
    if waiting:
        return Verdict(
            (
                _("Not handed in yet: %(names)s. Wait for them, or take their sheets off the card.")
                % {"names": ", ".join(waiting)},
            )
        )
    return Verdict()


def may_drop(sheet: ScoreSheet) -> Verdict:
    """Tell whether a sheet may be taken off its card: nothing stands on it."""
    if sheet.scorecard.closed_on:
        return Verdict((_("The scorecard is closed: open it again, then sheets can be changed."),))
    if sheet.marks.exists():
        return Verdict(
            (_("Points stand on the sheet: what somebody has scored is not taken away."),)
        )
    return Verdict()
