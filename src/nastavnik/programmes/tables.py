"""The bases as their pages show them."""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from nastavnik.core.components import (
    BREAK,
    NOTHING,
    address_of,
    link,
    nodata,
    pick,
    small,
    state,
)
from nastavnik.core.ticks import Ticks
from nastavnik.programmes.choices import ParticipationStatus
from nastavnik.programmes.queries import BaseRow

_STATES = {
    ParticipationStatus.READY: "done",
    ParticipationStatus.PAIRED: "go",
    ParticipationStatus.CANDIDATE: "wait",
}


def base_lines(rows: Iterable[BaseRow], ticks: Ticks | None) -> list[dict[str, object]]:
    """Return rows of a base; who may edit, and so has ticks, gets links and boxes, at first ticked where everything is there."""
    states = {
        status.value: state(_STATES.get(status, "next"), str(status.label))
        for status in ParticipationStatus
    }
    load, complete = _("%(n)s of %(total)s"), _("Everything is there: may go to matching.")
    return [
        {
            "pick": _box(row, ticks) if ticks else NOTHING,
            "name": link(
                address_of("programmes:record", row.record.pk) if ticks else "",
                row.record.person.full_name,
            ),
            "about": small(row.group or row.record.person.position),
            "areas": _areas(row),
            "forms": "; ".join(row.forms),
            "load": load % {"n": row.record.active_count, "total": row.record.capacity},
            "state": states[row.record.status],
            "reasons": _reasons(row, complete),
        }
        for row in rows
    ]


def _box(row: BaseRow, ticks: Ticks) -> SafeString:
    if not has_box(row):
        return NOTHING
    key, name = row.record.pk, row.record.person.full_name
    return pick("records", key, name, is_checked=key in ticks.keys)


def has_box(row: BaseRow) -> bool:
    """Tell whether a row can be ticked: only who is being prepared goes on from here."""
    return row.record.status == ParticipationStatus.CANDIDATE


def _areas(row: BaseRow) -> SafeString:
    asked, areas = row.record.request, ", ".join(row.areas)
    if not asked and not areas:
        return format_html('<small class="muted"></small>{}', nodata())
    between = BREAK if asked and areas else NOTHING
    return format_html('{}{}<small class="muted">{}</small>', asked, between, areas)


def _reasons(row: BaseRow, complete: str) -> SafeString:
    if row.record.status != ParticipationStatus.CANDIDATE:
        return NOTHING
    said = row.verdict.reasons or (complete,)
    return format_html_join("", '<br><small class="muted">{}</small>', ((one,) for one in said))
