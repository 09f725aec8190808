"""A roadmap as a table: on its page and in a file."""

import datetime as dt
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils import dateformat
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from nastavnik.core.ui.components import NOTHING, address_of, link, pick, state
from nastavnik.core.ui.listing import write_safely
from nastavnik.roadmaps.adapter import MISSED
from nastavnik.roadmaps.documents import heading_of, number_and_title
from nastavnik.roadmaps.models import Activity, Evidence, Roadmap, RoadmapSection
from nastavnik.roadmaps.queries import ActivityLine, RoadmapPart, parts_of
from nastavnik.roadmaps.rendering.charts import Bar, Chart

# The words `engine.roadmaps.columns` knows the table by when it comes back, whatever the language of the page.
HEAD = (
    "№", "Мероприятие", "Срок", "С", "По", "Отвечает", "Результат", "Состояние", "Подтверждение", "Документ",
)  # fmt: skip
WIDTHS = (6, 60, 24, 12, 12, 36, 30, 24, 34, 30)


TOLD, NAMED = (
    80,
    40,
)  # characters of a result and of another line's title; the rest is on the page of the line


@dataclass(frozen=True, slots=True)
class Run:
    """Lines that follow one another, or the one that is being changed in its place."""

    lines: tuple[dict[str, object], ...] = ()
    edited: Activity | None = None


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A section as the page shows it."""

    title: str
    runs: tuple[Run, ...]
    said: str = ""


def part_lines(
    parts: Iterable[RoadmapPart],
    needs: Mapping[int, Iterable[Activity]],
    *,
    doubtful: Collection[int],
    check_url: str,
    edit_url: str,
    edited: Activity | None,
    sections: Mapping[str, RoadmapSection],
) -> Iterator[ShownPart]:
    """Yield the sections of a roadmap.

    Args:
        parts: the sections.
        needs: line → the lines it needs first, by its key.
        doubtful: keys of the lines the check has something to say about.
        check_url: the page of the check.
        edit_url: where a line is changed in its place, up to its key; empty for who may not.
        edited: the line that is being changed.
        sections: title of a section → what is said of it itself.
    """

    def drawn(line: ActivityLine) -> dict[str, object]:
        activity = line.activity
        return {
            "pk": activity.pk,
            "pick": pick("lines", activity.pk, activity.title) if edit_url else NOTHING,
            "title": format_html(
                "{} {}{}{}",
                activity.number,
                link(address_of("roadmaps:activity", activity.pk), activity.title),
                look_here if activity.pk in doubtful else NOTHING,
                _after(needs.get(activity.pk, ()), after),
            ),
            "term": activity.term_text or no_term,
            "owner": activity.responsible or "—",
            "proof": _proof(line, no_proof),
            "state": format_html("{}{}", state(line.state, line.words), _change(line, edit_url)),
        }

    look_here = format_html(
        ' <a class="small" href="{}">{}</a>', check_url, state("wait", _("look here"))
    )
    after = _("after")
    no_term = format_html('<span class="nodata">{}</span>', _("no term"))
    no_proof = format_html('<span class="nodata">{}</span>', _("no proof"))
    for part in parts:
        runs = groupby(part.lines, key=lambda line: line.activity == edited)
        yield ShownPart(
            part.title,
            tuple(
                Run(edited=edited) if is_edited else Run(tuple(drawn(line) for line in lines))
                for is_edited, lines in runs
            ),
            sections[part.title].said if part.title in sections else "",
        )


def _after(before: Iterable[Activity], word: str) -> SafeString:
    if not before:
        return NOTHING
    links = ((f"#line-{one.pk}", one.number or Truncator(one.title).chars(NAMED)) for one in before)
    named = format_html_join(", ", '<a href="{}">{}</a>', links)
    return format_html('<br><small class="muted">{} {}</small>', word, named)


def _proof(line: ActivityLine, no_proof: SafeString) -> SafeString:
    said = [link(url, fact.words) for fact, url in line.told]
    said += [_evidence(one) for one in line.evidence]
    if said:
        return format_html_join("; ", "{}", ((one,) for one in said))
    if line.is_unproved:
        return no_proof
    expected = line.activity.document_text or line.activity.result
    return format_html('<small class="muted">{}</small>', Truncator(expected).chars(TOLD))


def _evidence(one: Evidence) -> SafeString:
    if one.document:
        number = _("No. %(number)s") % {"number": one.document.number}
        return format_html("{}{}", one.document.title, f" {number}" if one.document.number else "")
    if one.file:
        return link(address_of("roadmaps:evidence-file", one.pk), one.note or one.file_name)
    if one.link:
        return format_html('<a href="{}" rel="noreferrer">{}</a>', one.link, one.note or one.link)
    return format_html("{}", one.note)


def _change(line: ActivityLine, edit_url: str) -> SafeString:
    if not edit_url:
        return NOTHING
    return format_html(
        '<br><a class="small d-print-none" href="{}{}#line-{}">{}<span class="visually-hidden">: {}</span></a>',
        edit_url,
        line.activity.pk,
        line.activity.pk,
        _("change"),
        line.activity.title,
    )


def left_over_rows(left_over: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    """Return what of a document is in no activity, what may be one and what nobody understood first, then what it was taken for."""
    kinds = {
        "title": _("title"),
        "organisation": _("name of the organisation"),
        "approval": _("approval"),
        "header": _("heads of columns"),
        "section": _("section"),
        "indicator": _("indicator"),
        MISSED: _("looks like an activity, but we do not know the columns of its table"),
    }
    rows = [{**one, "words": kinds.get(str(one["kind"]), "")} for one in left_over]
    return sorted(rows, key=lambda one: (one["kind"] != MISSED, bool(one["words"])))


def months_of(chart: Chart) -> SafeString:
    """Return the months of a picture: a line where each begins, and its name."""
    return format_html_join(
        "",
        '<path class="grid" d="M{} 22V{}"/><text class="q" x="{}" y="14">{}</text>\n    ',
        (
            (x, chart.bottom, int(x) + 2, dateformat.format(day, "M").lower())
            for x, day in chart.months
        ),
    )


def bars_of(chart: Chart) -> SafeString:
    """Return what waits for what, and the bars with their labels: a tick in what is done, «!» in what is late."""
    ties = format_html_join(
        "",
        '<path class="{}" d="M{} {}V{}H{}"/>',
        (
            ("tie tie-broken" if tie.is_broken else "tie", tie.x, tie.y, tie.end_y, tie.end_x)
            for tie in sorted(chart.ties, key=lambda one: one.is_broken)
        ),
    )
    return ties + format_html_join(
        "",
        '<text x="0" y="{}">{}</text>{}\n    ',
        (
            (row.y, row.label, format_html_join("", "{}", ((_bar(bar),) for bar in row.bars)))
            for row in chart.rows
        ),
    )


def _bar(bar: Bar) -> SafeString:
    sign = count = NOTHING
    if bar.has_sign and bar.state == "done":
        sign = format_html('<path class="tick" d="M{} {}l3.5 3.5 6-7"/>', bar.sign_x, bar.middle)
    elif bar.has_sign:
        sign = format_html('<text class="bang" x="{}" y="{}">!</text>', bar.sign_x, bar.baseline)
    if bar.count_x:
        count = format_html(
            '<text class="{}" text-anchor="end" x="{}" y="{}">{}</text>',
            "q" if bar.state == "next" else "bang",
            bar.count_x,
            bar.baseline,
            bar.n,
        )
    return format_html(
        '<rect class="bar-{}" x="{}" y="{}" width="{}" height="16" rx="4"/>{}{}',
        bar.state,
        bar.x,
        bar.y,
        bar.width,
        sign,
        count,
    )


def roadmap_table(
    roadmap: Roadmap, lines: Sequence[ActivityLine], sections: Mapping[str, RoadmapSection]
) -> bytes:
    """Return an .xlsx with the lines, their days and states, under rows of the sections with what is said of them."""
    book = Workbook()
    sheet = book.active or book.create_sheet()
    sheet.title = _("Roadmap")
    rows: list[tuple[str | dt.date | None, ...]] = [
        (roadmap.organisation.short_name,),
        (roadmap.title,),
        HEAD,
    ]
    heads = {1, 2, 3}
    for part in parts_of(lines):
        if part.title:
            rows.append(_section_row(part, sections.get(part.title)))
            heads.add(len(rows))
        rows += [_row(line) for line in part.lines]
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column)
            write_safely(cell, value)
            cell.alignment = Alignment(wrap_text=number > 2, vertical="top")  # noqa: PLR2004 - the two titles
            if number in heads:
                cell.font = Font(bold=True)
    for column, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "C4"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _section_row(part: RoadmapPart, section: RoadmapSection | None) -> tuple[str | None, ...]:
    number, title = number_and_title(part)
    if section is None or not number:
        return ("", heading_of(part, section))
    return (
        number, title, section.term_text, None, None, section.responsible, section.result, "", "", section.document_text,
    )  # fmt: skip


def _row(line: ActivityLine) -> tuple[str | dt.date | None, ...]:
    one = line.activity
    said = [fact.words for fact, _url in line.told]
    proof = "; ".join(
        filter(None, [*said, *(str(e.document or e.link or e.note) for e in line.evidence)])
    )
    return (
        one.number, one.title, one.term_text, one.starts_on, one.ends_on, one.responsible, one.result, line.words,
        proof, one.document_text,
    )  # fmt: skip
