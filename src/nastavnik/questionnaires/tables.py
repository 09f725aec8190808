"""The waves as their page shows them."""

from collections.abc import Mapping, Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from nastavnik.core.dates import today
from nastavnik.core.ui.components import address_of, day, link, small, state
from nastavnik.core.ui.listing import Column, Table
from nastavnik.engine.instruments import Instrument, Item
from nastavnik.questionnaires.adapter import WRITTEN, ReadingRights, answer_to, in_words
from nastavnik.questionnaires.choices import WaveStatus
from nastavnik.questionnaires.models import Response, Wave
from nastavnik.questionnaires.queries import audience_words


def state_of(wave: Wave) -> tuple[str, str]:
    """Return where a wave stands as a state of the look and its words."""
    now = today()
    if wave.status == WaveStatus.CLOSED:
        return "done", _("closed")
    if now < wave.opens_on:
        return "next", _("opens on %(day)s") % {"day": f"{wave.opens_on:%d.%m.%Y}"}
    if now > wave.closes_on:
        return "wait", _("time is up, not closed")
    return "go", _("open")


def wave_table(waves: Sequence[Wave]) -> Table[Wave]:
    """Return waves as a list; `waves` are counted (`queries.counted`)."""

    def name(wave: Wave) -> SafeString:
        url = address_of("questionnaires:wave", wave.pk)
        return format_html("{}{}", link(url, wave.title), small(audience_words(wave)))

    def answered(wave: Wave) -> str:
        return _("%(n)s of %(total)s") % {"n": wave.n_answered, "total": wave.n_asked}  # type: ignore[attr-defined]

    columns: list[Column[Wave]] = [
        Column("name", _("Wave"), lambda wave: wave.title, name),
        Column(
            "state", _("State"), lambda wave: state_of(wave)[1], lambda wave: state(*state_of(wave))
        ),
        Column("answered", _("Have answered"), answered, is_number=True),
        Column(
            "closes", _("Last day"), lambda wave: wave.closes_on, lambda wave: day(wave.closes_on)
        ),
    ]
    return Table("waves", _("Questionnaires"), columns, waves)


def answer_table(
    wave: Wave,
    instrument: Instrument,
    responses: Sequence[Response],
    rights: ReadingRights,
    names: Mapping[str, str],
) -> Table[Response]:
    """Return the answers of a wave as a list, a column a question, for a file.

    Of a confidential wave what was written is left out: beside the marks of the same sheet it could name its author. It stands
    on the page, question by question.
    """

    def column(item: Item) -> Column[Response]:
        return Column(
            item.code,
            item.text,
            lambda row: in_words(item, answer_to(row, item), names),
            on_page=False,
        )

    shown = [
        item
        for item in instrument.asked
        if rights.read(item) and not (wave.is_confidential and item.kind in WRITTEN)
    ]
    columns = [column(item) for item in shown]
    if not wave.is_confidential:
        columns.insert(0, Column("who", _("Who"), _who))
    return Table("answers", wave.title, columns, responses, people=_whose)


def _who(row: Response) -> str:
    return row.invitation.person.full_name if row.invitation else ""


def _whose(row: Response) -> list[int]:
    return [row.invitation.person_id] if row.invitation else []
