"""Terms as people write them, against what they mean."""

import datetime as dt
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nastavnik.engine.periods.reading import read_term
from nastavnik.engine.periods.terms import Recurrence, TermKind

FOLDER = Path(__file__).parent
EXPRESSIONS = yaml.safe_load((FOLDER / "expressions.yaml").read_text(encoding="utf-8"))
SEEDS = yaml.safe_load((FOLDER / "seeds.yaml").read_text(encoding="utf-8"))
WRITTEN = [case for cases in EXPRESSIONS.values() for case in cases]
CELLS = [
    (seed, plan["year"], text, meaning)
    for seed, plan in SEEDS.items()
    for text, _count, *meaning in plan["cells"]
]
PIECES = [
    *{word for text, *_meaning in WRITTEN for word in text.split()},
    *"-–,.;/()«» \n",
    "99",
    "31.02",
    "99.99.9999",
    "слово",
]


def meaning(text, year):
    term = read_term(text, year=year)
    recurs = term.recurs and term.recurs.value
    return [term.kind.value, term.start, term.end, recurs, term.rest]


def test_there_are_enough_expressions():
    texts = [text for text, *_meaning in WRITTEN]
    assert len(texts) >= 150
    assert len(texts) == len(set(texts))
    assert {seed: sum(cell[1] for cell in plan["cells"]) for seed, plan in SEEDS.items()} == {
        "S0": 36,  # of 37 activities two share a cell
        "S1": 20,
        "S2": 40,  # 35 of the roadmap and 5 of who does what
        "S3": 24,  # 21 activities and 3 sections
        "S4": 17,
    }


@pytest.mark.parametrize("case", WRITTEN, ids=[case[0] for case in WRITTEN])
def test_an_expression(case):
    text, *expected = case
    assert meaning(text, 2025) == expected


@pytest.mark.parametrize(
    ("text", "year", "days"),
    [
        ("осень-зима 2026", 2026, "2026-09-01 2027-02-28"),
        ("осень – зима 2026", None, "2026-09-01 2027-02-28"),
        ("осень, зима 2026", 2026, "2026-09-01 2027-02-28"),
        ("осень, зима, весна 2027", 2026, "2026-09-01 2027-05-31"),
        ("осень 2026 – зима 2027", 2026, "2026-09-01 2027-02-28"),
        ("ноябрь – февраль 2026", 2026, "2026-11-01 2027-02-28"),
        ("ноябрь – февраль 2027", 2026, "2026-11-01 2027-02-28"),
        ("с 20 декабря по 10 января 2026", 2026, "2026-12-20 2027-01-10"),
        ("с 20 декабря по 10 января 2026", 2025, "2025-12-20 2026-01-10"),
        ("декабрь, январь 2026", 2026, "2026-12-01 2027-01-31"),
        ("зима – весна 2027", 2026, "2026-12-01 2027-05-31"),
    ],
)
def test_one_year_of_a_term_over_the_new_year(text, year, days):
    """It is that of the end, unless all would be over before the academic year begins; of winter it is that of autumn."""
    term = read_term(text, year=year)
    assert f"{term.start} {term.end}" == days


@pytest.mark.parametrize("cell", CELLS, ids=[f"{cell[0]} {cell[2]}" for cell in CELLS])
def test_a_cell_of_a_source(cell):
    _seed, year, text, expected = cell
    assert meaning(text, year) == expected


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("Ежегодно по плану ИРО КК", "по плану ИРО КК"),
        ("По плану работы школы, сентябрь", "По плану работы школы"),
        ("по графику ИРО КК в сентябре 2021", "по графику ИРО КК"),
        ("согласно плану работы с детьми", "согласно плану работы с детьми"),
        ("В соответствии со сроками реализации программ", None),
        ("в течение всего периода реализации", None),
        ("в течение 10 дней по завершении наставничества", None),
        ("после педсовета", None),
        ("май", ""),
        ("постоянно", ""),
    ],
)
def test_anchors(text, anchor):
    assert read_term(text, year=2025).anchor == (text if anchor is None else anchor)


def test_an_anchor_leaves_the_term_beside_it():
    term = read_term("по графику ИРО КК в сентябре 2021", year=2025)
    assert (term.start, term.end) == (dt.date(2021, 9, 1), dt.date(2021, 9, 30))


def test_parts_of_a_cell():
    term = read_term("До 30.09.2021, далее в течение всего периода реализации", year=2025)
    assert [part.kind for part in term.parts] == [TermKind.BY, TermKind.CONTINUOUS]
    assert term.parts[0].end == dt.date(2021, 9, 30)
    assert term.parts[1].anchor == "в течение всего периода реализации"
    term = read_term("декабрь 2022 г\nС 15.06.2021 по 30.12.2021", year=2025)
    assert [part.start for part in term.parts] == [dt.date(2022, 12, 1), dt.date(2021, 6, 15)]
    term = read_term("5, 12 и 19 октября 2021", year=2025)
    assert [(part.kind, part.start.day) for part in term.parts] == [
        (TermKind.ON, 5),
        (TermKind.ON, 12),
        (TermKind.ON, 19),
    ]
    assert read_term("май", year=2025).parts == ()


def test_confidence():
    def confidence(text):
        return read_term(text, year=2025).confidence

    assert confidence("до 30 сентября 2021 г.") == confidence("") == 1
    assert confidence("сентебрь") < 1  # a slip of the pen
    assert confidence("до сентября") < confidence("до 1 сентября")  # with it or without
    assert confidence("в течение года") < confidence("в течение учебного года")
    assert confidence("2021-2022") < confidence("2021-2022 гг.")
    assert confidence("2 раза в месяц") < confidence("1 раз в месяц")
    assert confidence("сентябрь, май") < confidence("сентябрь")
    assert confidence("май (каникулы)") < confidence("май")
    assert confidence("каникулы") == confidence("31.09.2021") == 0


def test_without_a_year_shapes_remain():
    for text, kind in [("май", "range"), ("до 1 мая", "by"), ("1 мая", "on"), ("с мая", "range")]:
        term = read_term(text, year=None)
        assert (term.kind, term.start, term.end) == (kind, None, None)
    assert read_term("сентябрь – май", year=None).kind == "range"
    assert read_term("сентябрь, май", year=None).start is None
    assert read_term("30.02", year=None).kind == "unknown"
    assert read_term("май 2022", year=None).end == dt.date(2022, 5, 31)


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=12), st.booleans())
def test_anything_is_read(pieces, has_year):
    text = " ".join(pieces)
    term = read_term(text, year=2025 if has_year else None)
    check(term)
    assert all(word in text for word in term.rest.split())
    clean = read_term(f"{text} жжж", year=2025 if has_year else None)
    assert clean.rest.endswith("жжж") or clean.anchor.endswith("жжж")


@given(st.text())
def test_fuzz(text):
    check(read_term(text, year=2025))


def check(term):
    assert 0 <= term.confidence <= 1
    assert term.recurs is None or isinstance(term.recurs, Recurrence)
    if term.start and term.end:
        assert term.start <= term.end
    if term.kind == "on":
        assert term.start == term.end
    if term.kind == "by":
        assert term.start is None
    if term.kind in {"continuous", "unknown"}:
        assert term.start is None
        assert term.end is None
    if term.rest:
        assert term.confidence < 1
    for part in term.parts:
        check(part)


@pytest.mark.parametrize("piece", ["до ", "1, ", "1-", "1 неделя ", "начало ", "после ", "в   "])
def test_a_long_cell_is_quick(piece):
    assert read_term(piece * 100_000, year=2025).kind == "unknown"


def test_nothing_of_a_long_cell_is_lost():
    term = read_term("май " + "слово " * 300, year=2025)
    assert (term.start, term.rest.count("слово")) == (dt.date(2026, 5, 1), 300)
    assert term.confidence < 1


def test_marks_of_a_page_are_no_words():
    term = read_term("<p>сентябрь&nbsp;2021&ndash;май&nbsp;2022</p>", year=2025)
    assert (term.start, term.end, term.rest) == (dt.date(2021, 9, 1), dt.date(2022, 5, 31), "")
