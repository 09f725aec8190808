"""A table beside a roadmap stays a table: not taken into its rows, and not dropped without a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastavnik.engine.roadmaps.blocks import SourceLine, SourceRow, SourceTable
from nastavnik.engine.roadmaps.reading import MISSED, read_roadmap
from nastavnik.readers.pasted import read_pasted_document

SURE = (
    "№\tМероприятие\tСроки\tОтветственный\tРезультат\n"
    "1\tИздать приказ\tмай 2031\tДиректор\tПриказ\n"
    "2\tСлёт\tиюнь 2031\tКуратор\tОтчёт\n"
)
UNNUMBERED = (
    SURE.replace("№\t", "Этап\t").replace("\n1\t", "\nI этап\t").replace("\n2\t", "\nI этап\t")
)
YEARS = "Показатель\t2031\t2032\nДоля наставляемых\t10\t20\nДоля наставников\t5\t7\n"
UNITS = "Показатель\tЕдиница\tЗначение\nДоля наставляемых\t%\t10\nДоля наставников\t%\t5\n"
WHO = "Кто\tЧто делает\tКогда\nДиректор\tРазработка документов школы\tмай 2031\nКуратор\tВедение базы участников\tпостоянно\n"


def read(text):
    return read_roadmap(read_pasted_document(text))


@pytest.mark.parametrize("gap", ["", "\n", "\n\n"])
@pytest.mark.parametrize("table", [YEARS, UNITS, WHO])
@pytest.mark.parametrize("sure", [SURE, UNNUMBERED])
def test_a_narrower_table_right_below_is_no_row_of_the_roadmap(sure, table, gap):
    found = read(sure + gap + table)
    assert [one.title for one in found.activities] == ["Издать приказ", "Слёт"]
    assert [one.term_text for one in found.activities] == ["май 2031", "июнь 2031"]
    if table is YEARS:
        assert [dict(one.targets) for one in found.indicators] == [
            {2031: 10, 2032: 20},
            {2031: 5, 2032: 7},
        ]


def test_a_row_torn_in_two_is_still_one():
    """The control: halves as wide as the narrower table, but of a row that has its number."""
    found = read(
        SURE
        + "3\tСобрать согласия\tиюль\n2031\tЗавуч\tСогласия\n4\tАнкеты\tиюль 2031\tЗавуч\tАнкеты\n"
    )
    assert [one.title for one in found.activities][2:] == ["Собрать согласия", "Анкеты"]
    assert found.activities[2].term_text == "июль 2031"


def test_what_looks_like_activities_and_is_not_taken_is_said():
    found = read(SURE + "\nКто что делает\n\n" + WHO)
    assert [one.title for one in found.activities] == ["Издать приказ", "Слёт"]
    missed = [one.source.line for one in found.left_over if one.kind == MISSED]
    assert missed == [8, 9]
    assert [text for text in found.warnings if "похоже на мероприятия" in text] == [
        "Строки 8–9: похоже на мероприятия, но столбцы этой таблицы мы не узнали и её не взяли."
    ]
    assert not any("похоже на мероприятия" in text for text in read(SURE + "\n" + UNITS).warnings)


FOREIGN = ["Кто", "Что делает", "Когда", "Как", "Где", "Что", "Примечание к плану", "Шаг"]
TERMS = ["май 2031", "до 1 сентября 2031 г.", "ежегодно", "в течение года", "постоянно", "октябрь"]
DEEDS = [
    "Разработка документов школы",
    "Ведение базы участников",
    "Провести общий слёт",
    "Собрать все согласия",
]


@st.composite
def foreign_tables(draw):
    n = draw(st.integers(2, 5))
    header = draw(st.lists(st.sampled_from(FOREIGN), min_size=n, max_size=n, unique=True))
    at_deed, at_term = draw(st.permutations(range(n)))[:2]
    rows = []
    for _ in range(draw(st.integers(1, 5))):
        row = [draw(st.sampled_from(["", "Завуч", "—"])) for _ in range(n)]
        row[at_deed], row[at_term] = draw(st.sampled_from(DEEDS)), draw(st.sampled_from(TERMS))
        rows.append(row)
    return [header, *rows]


@given(foreign_tables())
def test_no_row_with_a_deed_and_a_term_is_dropped_in_silence(grid):
    sure = [line.split("\t") for line in SURE.strip().split("\n")]
    blocks, line = [], 0
    for table in (sure, grid):
        rows = []
        for cells in table:
            line += 1
            rows.append(SourceRow(tuple(cells), (SourceLine(line, "\t".join(cells)),)))
        blocks.append(SourceTable(tuple(rows)))
    found = read_roadmap(blocks)
    taken = {source.line for one in found.activities for source in one.sources}
    missed = {one.source.line for one in found.left_over if one.kind == MISSED}
    assert set(range(5, line + 1)) <= taken | missed
    assert not missed or any("похоже на мероприятия" in text for text in found.warnings)
