"""The bases of mentors and mentees on paper (method.md §7.1 D17, §7.3)."""

import datetime as dt
from collections.abc import Iterable, Sequence

from nastavnik.core.text import plain
from nastavnik.mentorships.catalogues import BaseColumn
from nastavnik.mentorships.queries import BaseEntry
from nastavnik.organisations.models import Organisation
from nastavnik.programmes.choices import Side
from nastavnik.writers.blocks import (
    Block,
    Cell,
    Letterhead,
    PaperTable,
    Paragraph,
    Row,
    TableColumn,
    Title,
)

# the words of the paper are Russian by nature
TITLES = {Side.MENTEE: "База наставляемых", Side.MENTOR: "База наставников"}
SUB_BASES = {
    "pupil": "обучающиеся",
    "student": "студенты",
    "teacher": "педагоги",
    "employer": "сотрудники предприятий и организаций",
    "alumnus": "выпускники",
    "parent": "родители",
    "veteran": "ветераны педагогического труда",
    "volunteer": "волонтёры",
    "institute": "сотрудники института развития образования",
}


def base_title(side: Side, kind: str) -> str:
    """Return the heading of a base, or of the sub-base of a kind of people."""
    title = TITLES[side]
    return f"{title}: {SUB_BASES.get(kind, kind)}" if kind else title


def base_paper(
    organisation: Organisation,
    title: str,
    told: Iterable[str],
    columns: Sequence[BaseColumn],
    entries: Iterable[BaseEntry],
    day: dt.date,
) -> list[Block]:
    """Return a base as a paper: whose it is, what is in it, the table; where nobody is in it, it says so."""
    rows = tuple(
        Row(tuple(Cell(plain(entry.cell(column.name))) for column in columns)) for entry in entries
    )
    paper: list[Block] = [Letterhead(organisation.full_name), Title(title, is_centred=True)]
    paper += [Paragraph(line) for line in told if line]
    paper.append(Paragraph(f"По состоянию на {day:%d.%m.%Y}."))
    if not rows:
        return [*paper, Paragraph("Записей нет.")]
    return [*paper, PaperTable(tuple(TableColumn(one.title, one.width) for one in columns), rows)]
