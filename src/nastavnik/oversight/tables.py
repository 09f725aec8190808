"""The district's indicators as a list: on the page, as .xlsx and in print."""

from collections.abc import Callable, Sequence

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from nastavnik.core.dates import today
from nastavnik.core.ui.components import link
from nastavnik.core.ui.listing import Column, Table
from nastavnik.monitoring.documents import comma
from nastavnik.oversight.choices import ASKED
from nastavnik.oversight.models import Recommendation
from nastavnik.oversight.queries import RolledUp, RollUp, SchoolIndicators


def value_words(cell: RolledUp) -> str:
    """Return a value in words: so many of so many, the share cut and not rounded; or why there is none."""
    if cell.is_above:
        return _("more than the whole: check the denominator")
    if cell.n_schools == 0:
        return "—"
    if cell.n is None:
        said = _("hidden")
    elif cell.share is None or cell.share.percent is None:
        said = str(cell.n)
    else:
        said = _("%(n)s of %(whole)s, %(share)s %%") % {
            "n": cell.n,
            "whole": cell.whole,
            "share": comma(float(cell.share.percent)),
        }
    return _("%(said)s (not complete)") % {"said": said} if cell.is_partial else said


def indicators_table(rolled: RollUp) -> Table[SchoolIndicators]:
    """Return schools × indicators, the sum of the district on top."""

    def name(row: SchoolIndicators) -> str:
        return row.name or _("The whole district")

    def named(row: SchoolIndicators) -> SafeString:
        if row.pk is None:
            return format_html("<b>{}</b>", name(row))
        return link(reverse("districts:school", args=[row.pk]), row.name)

    def cell(place: int) -> Callable[[SchoolIndicators], str]:
        return lambda row: value_words(row.cells[place])

    columns: list[Column[SchoolIndicators]] = [
        Column("name", _("School"), name, named),
        Column("state", _("State"), lambda row: _state(row, rolled)),
    ]
    columns += [
        Column(rule.code.lower(), rule.code, cell(place)) for place, rule in enumerate(rolled.rules)
    ]
    title = _("Indicators of schools, %(year)s") % {"year": rolled.year}
    return Table("district-indicators", title, columns, (rolled.total, *rolled.schools))


def _state(row: SchoolIndicators, rolled: RollUp) -> str:
    if row.pk is None:
        most = max(rolled.n_summed.values(), default=0)
        if not most:
            return _("no school is in a sum yet")
        return _("schools in a sum: at most %(n)s of %(all)s") % {
            "n": most,
            "all": len(rolled.schools),
        }
    if row.is_silent:
        return _("silent")
    said = []
    if row.n_late:
        said.append(_("late lines: %(n)s") % {"n": row.n_late})
    if row.n_unsaid:
        said.append(_("without a denominator: %(n)s") % {"n": row.n_unsaid})
    return "; ".join(said) or _("all is said")


def recommendations_table(
    rows: Sequence[Recommendation], page: str, *, is_of_district: bool
) -> Table[Recommendation]:
    """Return recommendations as a list; of a district with the school."""
    columns: list[Column[Recommendation]] = [
        Column(
            "words",
            _("What is recommended"),
            lambda row: row.words,
            lambda row: link(reverse(page, args=[row.pk]), row.words[:120]),
        ),
        Column("indicator", _("By which indicator"), lambda row: row.indicator),
        Column("due", _("Answer until"), lambda row: row.due_on),
        Column("state", _("State"), recommendation_state),
    ]
    if is_of_district:
        columns.insert(1, Column("school", _("School"), lambda row: row.organisation.short_name))
    return Table("recommendations", _("Recommendations of the district"), columns, rows)


def recommendation_state(row: Recommendation) -> str:
    """Return where a recommendation stands, in words."""
    said = row.get_status_display()
    if row.status in ASKED and row.due_on < today():
        return _("%(said)s, late") % {"said": said}
    return said
