"""A roadmap that is given out and read back unchanged has no difference: in every format, whatever its lines say."""

import datetime as dt
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nastavnik.engine.roadmaps.rows import JOINED
from nastavnik.organisations.models import AcademicYear, Organisation
from nastavnik.readers.plans import read_plan
from nastavnik.roadmaps.adapter import compare, content_of, read_content, sections_otherwise
from nastavnik.roadmaps.catalogues import layouts
from nastavnik.roadmaps.documents import paper_of
from nastavnik.roadmaps.models import Activity, Roadmap, RoadmapSection
from nastavnik.roadmaps.queries import ActivityLine
from nastavnik.roadmaps.tables import roadmap_table
from nastavnik.writers.looks import LANDSCAPE
from nastavnik.writers.pdfs import draw_pdf
from nastavnik.writers.wordfiles import draw_docx

SCHOOL = Organisation(full_name="МБОУ «Примерская школа № 5»", short_name="Школа № 5")
YEAR = AcademicYear(
    organisation=SCHOOL, starts_on=dt.date(2026, 9, 1), ends_on=dt.date(2027, 8, 31)
)
ROADMAP = Roadmap(organisation=SCHOOL, year=YEAR, title="Дорожная карта на 2026/2027 учебный год")
STARTS = [
    "Издать приказ о",
    "Провести",
    "1. Собрать",
    "«Наставник — это я»:",
    "собрать",
    "Слёт,",
    "Анкеты и",
]
ENDS = ["наставничестве", "встречу 10–12 мая", "согласия (все", "школу № 5", "анкеты, беседы и", "план по", "приёмы:"]  # fmt: skip
NUMBERS = ["", "{n}", "{n}.", "1.{n}", "Р1.{n}", "Р-{n}", "{n}а", "I.{n}", "п. {n}", "2.1.{n}"]
TERMS = ["", "до 15 октября", "октябрь, апрель", "постоянно", "в течение учебного года", "01.09.2026", "10–12 мая, ежегодно",
         "сентябрь 2026 г.", "до 30.09.2026, далее постоянно", "В соответствии со сроками"]  # fmt: skip
OWNERS = ["Директор", "Куратор программы", "Заместитель директора по УВР", "Управление образования", "классные руководители",
          "Примерова А. Б.", "Муниципальный центр"]  # fmt: skip
RESULTS = ["", "Приказ", "приказ, положение", "Список: 1) имена; 2) классы", "Не менее 10 %"]
SECTIONS = ["", "1. Подготовка", "2. Отбор", "Сентябрь", "Работа с родителями"]
# what documents say of sections themselves; a line of the section is numbered below it, or it goes across
SAID = {
    one.title: one
    for one in [
        RoadmapSection(
            title="1. Подготовка", term_text="Май-октябрь 2026 г.", responsible="Специалисты управления; Директор",
            document_text="База данных наставляемых",
        ),
        RoadmapSection(title="2. Отбор", term_text="ежегодно", result="Не менее 10 %"),
        RoadmapSection(title="Работа с родителями", responsible="Куратор программы"),
    ]
}  # fmt: skip


@st.composite
def rows_of(draw):
    """Return the lines of a roadmap; titles differ; without numbers they begin with a capital: one that does not may go on the row above."""
    numbers, section = draw(st.sampled_from(NUMBERS)), draw(st.sampled_from(SECTIONS))
    rows = []
    for n in range(1, draw(st.integers(1, 6)) + 1):
        section = draw(st.sampled_from([section, *SECTIONS]))
        # what begins small, without a number, below an open bracket or an «и» is its end; with a term it is not
        begins = draw(st.sampled_from(STARTS if numbers else STARTS[:4] + STARTS[5:]))
        rows.append(
            {
                "number": numbers.format(n=n),
                "section": section,
                "title": f"{begins} {n * 7} {draw(st.sampled_from(ENDS))}",
                "term_text": draw(st.sampled_from(TERMS)),
                "responsible": "; ".join(draw(st.lists(st.sampled_from(OWNERS), min_size=1, max_size=3, unique=True))),
                "result": draw(st.sampled_from(RESULTS)),
                "document_text": draw(st.sampled_from(RESULTS)),
            }
        )  # fmt: skip
    return rows


def lines_of(rows):
    return [
        ActivityLine(
            Activity(pk=at, roadmap=ROADMAP, organisation=SCHOOL, position=at, **row),
            "done", "сделано 12.10.2026", (), False, 0, (),
        )
        for at, row in enumerate(rows, 1)
    ]  # fmt: skip


def difference(data, name, lines):
    """Compare in this process: another one for each of thousands of papers would take most of the time."""
    content = content_of(read_plan(data, name))
    found = compare(content, [line.activity for line in lines])
    return (
        [(row["number"], row["title"]) for row in found.added],
        [(one.number, one.title) for one in found.removed],
        [(one.activity.title, one.fields) for one in found.changed],
    )


def drawn(lines, layout, kind):
    draw = draw_docx if kind == "docx" else draw_pdf
    return draw(ROADMAP.title, paper_of(ROADMAP, lines, layout, SAID), LANDSCAPE)


def comes_back(layout, kind, rows):
    lines = lines_of(rows)
    data = drawn(lines, layout, kind)
    return difference(data, f"a.{kind}", lines) == ([], [], [])


@pytest.mark.parametrize("kind", ["docx", "pdf"])
@pytest.mark.parametrize("layout", layouts().values(), ids=list(layouts()))
@settings(max_examples=3)
@given(rows=rows_of())
def test_a_paper_comes_back_the_same(layout, kind, rows):
    assert comes_back(layout, kind, rows)


@pytest.mark.deep
@pytest.mark.parametrize("kind", ["docx", "pdf"])
@pytest.mark.parametrize("layout", layouts().values(), ids=list(layouts()))
@settings(max_examples=50)
@given(rows=rows_of())
def test_any_paper_comes_back_the_same(layout, kind, rows):
    assert comes_back(layout, kind, rows)


@settings(max_examples=10)
@given(rows=rows_of())
def test_a_table_comes_back_the_same(rows):
    lines = lines_of(rows)
    assert difference(roadmap_table(ROADMAP, lines, SAID), "a.xlsx", lines) == ([], [], [])


@pytest.mark.parametrize("number", ["Р1.{n}", "{n}а", "I.{n}", "М-{n}"])
@pytest.mark.parametrize("layout", layouts().values(), ids=list(layouts()))
def test_numbers_with_letters_come_back(layout, number):
    rows = [
        {"number": number.format(n=n), "title": title, "term_text": "май", "responsible": "Завуч"}
        for n, title in enumerate(["Приказ", "Слёт"], 1)
    ]
    lines = lines_of(rows)
    data = drawn(lines, layout, "docx")
    content = read_content(file_name="a.docx", data=data, text="")
    assert difference(data, "a.docx", lines) == ([], [], [])
    if any(column.field == "number" for column in layout.columns):
        assert [row["number"] for row in content["activities"]] == [row["number"] for row in rows]


@pytest.mark.parametrize("layout", layouts().values(), ids=list(layouts()))
def test_a_line_without_number_and_term_that_begins_small_comes_back(layout):
    rows = [
        {"title": "Издать приказ", "responsible": "Директор"},
        {"title": "собрать согласия", "responsible": "Директор"},
    ]
    lines = lines_of(rows)
    data = drawn(lines, layout, "docx")
    assert difference(data, "a.docx", lines) == ([], [], [])


def test_a_number_in_the_text_of_the_line_above_joins_nothing():
    """A paper without a column of numbers: «1. Собрать …» above says nothing of «собрать …» of another owner below."""
    rows = [
        {"title": "1. Собрать анкеты о наставничестве", "responsible": "Директор"},
        {"title": "собрать согласия", "responsible": "Директор"},
    ]
    for kind in ("docx", "pdf"):
        assert comes_back(layouts()["results"], kind, rows)


def test_a_line_that_may_be_the_end_of_the_one_above_is_joined_and_asked_about():
    """«… (все» and below it, without number and term, «собрать»: nobody can tell, so a person is asked."""
    rows = [
        {"title": "Издать приказ о согласиях (все", "responsible": "Директор"},
        {"title": "собрать наставников", "responsible": "Директор"},
    ]
    layout = layouts()["results"]
    data = drawn(lines_of(rows), layout, "docx")
    found = read_plan(data, "a.docx").activities
    assert len(found) == 2 or [one.doubts for one in found] == [(JOINED,)]


@pytest.mark.parametrize("kind", ["docx", "pdf", "xlsx"])
@pytest.mark.parametrize("layout", layouts().values(), ids=list(layouts()))
def test_what_is_said_of_a_section_comes_back(layout, kind):
    numbers = {"1. Подготовка": "1.1", "2. Отбор": "2.1"}
    lines = lines_of(
        {"number": number, "section": section, "title": f"Провести дело {number}", "term_text": "май", "responsible": "Завуч"}
        for section, number in numbers.items()
    )  # fmt: skip
    data = roadmap_table(ROADMAP, lines, SAID) if kind == "xlsx" else drawn(lines, layout, kind)
    content = read_content(file_name=f"a.{kind}", data=data, text="")
    assert difference(data, f"a.{kind}", lines) == ([], [], [])
    assert sections_otherwise(content, SAID.values(), numbers) == []
    if kind == "xlsx" or layout.sections:
        said = {one["title"]: one for one in content["sections"]}
        assert {title: one["term_text"] for title, one in said.items()} == {
            "1. Подготовка": "Май-октябрь 2026 г.", "2. Отбор": "ежегодно",
        }  # fmt: skip
        columns = {column.field for column in layout.columns}
        if kind == "xlsx" or "document" in columns:
            assert said["1. Подготовка"]["document_text"] == "База данных наставляемых"
    # a copy that says it otherwise is told apart
    content["sections"] = [{**one, "term_text": "июнь"} for one in content["sections"]]
    changed = sections_otherwise(content, SAID.values(), numbers)
    assert len(changed) == len(content["sections"])


@pytest.mark.parametrize("layout", layouts().values(), ids=list(layouts()))
def test_signs_that_the_face_of_a_pdf_lacks_come_back(layout):
    rows = [{"title": "Издать: ➤ приказ → положение", "term_text": "май", "responsible": "Завуч"}]
    lines = lines_of(rows)
    data = drawn(lines, layout, "pdf")
    assert difference(data, "a.pdf", lines) == ([], [], [])


SEEDS = os.environ.get("NASTAVNIK_SEEDS", "")
KEPT = ("number", "section", "title", "term_text", "responsible", "result", "document_text")


@pytest.mark.skipif(not SEEDS, reason="NASTAVNIK_SEEDS names no folder with the five documents")
@pytest.mark.parametrize("kind", ["docx", "pdf", "xlsx"])
@pytest.mark.parametrize("layout", layouts().values(), ids=list(layouts()))
@pytest.mark.parametrize("source", ["000", "001", "002", "003", "004"])
def test_a_real_document_comes_back_the_same(source, layout, kind):
    if kind == "xlsx" and layout.code != next(iter(layouts())):
        pytest.skip("the table has one layout")
    (path,) = Path(SEEDS).glob(f"{source}*.txt")
    read = read_content(file_name="", data=None, text=path.read_text(encoding="utf-8"))
    lines = lines_of({name: row[name] for name in KEPT} for row in read["activities"])
    said = {one["title"]: RoadmapSection(**one) for one in read["sections"]}
    if kind == "xlsx":
        data = roadmap_table(ROADMAP, lines, said)
    else:
        draw = draw_docx if kind == "docx" else draw_pdf
        data = draw(ROADMAP.title, paper_of(ROADMAP, lines, layout, said), LANDSCAPE)
    assert difference(data, f"a.{kind}", lines) == ([], [], [])
    back = content_of(read_plan(data, f"a.{kind}"))
    assert (
        sections_otherwise(back, said.values(), {row["section"] for row in read["activities"]})
        == []
    )
