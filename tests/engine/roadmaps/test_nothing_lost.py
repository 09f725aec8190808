"""Whatever the document: each of its lines is in an activity or left over, never both dropped."""

import re

from hypothesis import given
from hypothesis import strategies as st

from nastavnik.engine.roadmaps.blocks import (
    SourceLine,
    SourceParagraph,
    SourceRow,
    SourceTable,
    sources_of,
)
from nastavnik.engine.roadmaps.reading import read_roadmap

WORDS = re.compile(r"\w+")
HEADERS = [
    "№ п/п",
    "Мероприятия",
    "Сроки",
    "Ответственные",
    "Результат",
    "Документы",
    "Этап",
    "",
    "Х",
]
TEXT = st.lists(
    st.sampled_from(
        [
            "Приказ",
            "отбор",
            "1.",
            "1.1",
            "2",
            "май 2031",
            "до 01.09.2031",
            "В течение",
            "года",
            ":",
            "Директор",
            "куратор",
            ",",
            ";",
            "и",
            "(далее",
            ")",
            "\n",
            "\n- ",
            "—",
            "Этап 2",
            "ежегодно",
        ]
    ),
    max_size=6,
).map(" ".join)


@st.composite
def documents(draw):
    blocks, line = [], 0
    for _ in range(draw(st.integers(1, 4))):
        if draw(st.booleans()):
            line += 1
            blocks.append(SourceParagraph(SourceLine(line, draw(TEXT.filter(str.strip)))))
            continue
        header = draw(st.lists(st.sampled_from(HEADERS), min_size=2, max_size=6))
        grid = [header] if draw(st.booleans()) else []
        cells = st.lists(TEXT.map(str.strip), min_size=1, max_size=len(header) + 1)
        grid += draw(st.lists(cells, min_size=1, max_size=6))
        rows = []
        for row in grid:
            line += 1
            source = SourceLine(line, "\t".join(row))
            rows.append(SourceRow(tuple(row), (source,), draw(st.booleans())))
        blocks.append(SourceTable(tuple(rows)))
    return blocks


def words_of(activity):
    said = [activity.number, activity.section, activity.title, activity.term_text, activity.result]
    said += [activity.document, activity.notes, *activity.responsible]
    return {word.lower() for text in said if text for word in WORDS.findall(text)}


@given(documents())
def test_no_line_is_lost_and_no_word_of_an_activity(blocks):
    roadmap = read_roadmap(blocks)
    left = {found.source for found in roadmap.left_over}
    for source in sources_of(blocks):
        holders = [one for one in roadmap.activities if source in one.sources]
        assert (source in left) != bool(holders)
        if holders:
            kept = set().union(*map(words_of, holders))
            lost = {word.lower() for word in WORDS.findall(source.text)} - kept
            assert lost <= {"и"}, source


@given(documents())
def test_left_over_lines_come_in_order(blocks):
    lines = [found.source.line for found in read_roadmap(blocks).left_over]
    assert lines == sorted(set(lines))
