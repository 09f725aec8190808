"""What does not fit in a plan: each rule with a plan that breaks it and one that does not.

The cases are those of method.md §10, with the days of the five real roadmaps.
"""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.roadmaps.test_knowing import SIGNS
from tests.engine.roadmaps.test_sources import answer, needs_sources, source

from nastavnik.engine.roadmaps.checking import (
    CheckRule,
    Plan,
    PlanLine,
    Usual,
    check_plan,
    first_step,
    needs_of,
    promised_by,
)
from nastavnik.engine.roadmaps.knowing import known_codes
from nastavnik.roadmaps.adapter.checks import usual
from nastavnik.roadmaps.catalogues import chosen, entries

CATALOGUE = usual()


def day(text):
    return dt.datetime.strptime(text, "%d.%m.%Y").replace(tzinfo=dt.UTC).date() if text else None


def line(key, code="", days="", text="", **more):
    """«01.09.2021–15.09.2021», «–30.09.2021» (a deadline) or nothing."""
    first, _, last = days.partition("–")
    codes = tuple(code.split())
    return PlanLine(key, codes, text, day(first), day(last or first), **more)


def findings(*lines, title="", begins_in=2021, approved_on=None, needed=()):
    plan = Plan(tuple(lines), title, begins_in, approved_on)
    return [
        (one.rule, *one.lines, *([one.code] if one.code else []))
        for one in check_plan(plan, CATALOGUE, needed=needed)
    ]


def test_what_is_missing_comes_first_and_nothing_else_is_said():
    there = line(1, "A31", "01.09.2021–15.09.2021")
    assert findings(there, needed=["A31", "A35"]) == [(CheckRule.MISSING, "A35")]
    assert findings(there, line(2, "A35"), needed=["A31", "A35"]) == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        # C15: forms are chosen until August, pairs are made in November; meetings go on after the final one
        (("A27", "01.12.2022–31.08.2023"), ("A44", "01.11.2022–30.11.2022"), [(CheckRule.OUT_OF_ORDER, 2, 1)]),
        (("A50", "01.12.2022–30.06.2023"), ("A55", "01.05.2023–31.05.2023"), [(CheckRule.OUT_OF_ORDER, 2, 1)]),
        (("A50", "01.12.2022–31.05.2023"), ("A55", "01.05.2023–31.05.2023"), []),
        # C12: the base is due after the training of those who are in it
        (("A35", "–01.06.2021"), ("A40", "01.09.2020–31.10.2020"), [(CheckRule.OUT_OF_ORDER, 2, 1)]),
        # C14: monitoring is due on the day of the base, and pairs have to be made in between
        (("A35", "–30.09.2021"), ("A54", "–30.09.2021"), [(CheckRule.OUT_OF_ORDER, 2, 1)]),
        (("A35", "–30.09.2021"), ("A40", "–30.09.2021"), []),
        (("A35", "01.09.2021–30.09.2021"), ("A54", "01.09.2021–30.09.2021"), []),
        # C14: control begins before there is anybody in the bases
        (("A31", "01.09.2021–15.09.2021"), ("A54", "15.06.2021–30.12.2021"), [(CheckRule.BEGINS_EARLY, 2, 1)]),
        (("A44", "–30.10.2021"), ("A54", "15.06.2021–30.12.2021"), [(CheckRule.BEGINS_EARLY, 2, 1)]),
        (("A44", "–30.10.2021"), ("A54", "15.10.2021–30.12.2021"), []),
        (("A44", "–30.10.2021"), ("A54", "30.10.2021"), []),
        # C14: agreements a year after the list of those with whom
        (("A25", "–25.09.2021"), ("A26", "–01.10.2022"), [(CheckRule.LONG_GAP, 2, 1)]),
        (("A25", "–25.09.2021"), ("A26", "–01.12.2021"), []),
        (("A25", "–25.09.2021"), ("A26", ""), []),
        (("A25", ""), ("A26", "–01.10.2022"), []),
        # strangers to each other
        (("A24", "–25.09.2021"), ("A66", "–10.09.2021"), []),
        (("", "–25.09.2021"), ("X99", "–10.09.2021"), []),
    ],
)  # fmt: skip
def test_order_of_two_lines(before, after, said):
    assert findings(line(1, *before), line(2, *after)) == said
    assert findings(line(2, *after), line(1, *before)) == said


def test_order_is_looked_through_what_has_no_days_and_not_through_what_has():
    base, order = line(1, "A35", "–30.11.2021"), line(3, "A45", "–30.10.2021")
    assert findings(base, line(2, "A44"), order) == [(CheckRule.OUT_OF_ORDER, 3, 1)]
    # the pairs have days of their own, so it is they who are out of order
    assert findings(base, line(2, "A44", "–20.10.2021"), order) == [(CheckRule.OUT_OF_ORDER, 2, 1)]
    assert needs_of("A45", CATALOGUE, {"A44"}) == {"A44": 1}
    assert needs_of("A45", CATALOGUE, ())["A35"] == 2


def test_one_line_for_both_is_no_contradiction():
    assert findings(line(1, "A50 A55", "01.12.2021–31.05.2022")) == []


@pytest.mark.parametrize(
    ("days", "late"),
    [
        ("–20.01.2022", False), ("–21.01.2022", True), ("01.01.2022–31.01.2022", True), ("–30.09.2022", False), ("", False),
    ],
)  # fmt: skip
def test_a_deadline_of_others(days, late):
    """The federal forms go out by 20 January (method.md §10 C31)."""
    assert findings(line(1, "A66", days)) == (
        [(CheckRule.AFTER_DEADLINE, 1, "A66")] if late else []
    )


def test_tasks_due_before_the_order_that_sets_them():
    """C11: an order of 27.10.2020, tasks due in September."""
    september, october = (
        line(1, "A03", "01.09.2020–30.09.2020"),
        line(2, "A06", "01.09.2020–31.10.2020"),
    )
    assert findings(september, october, begins_in=2020, approved_on=day("27.10.2020")) == [(CheckRule.BEFORE_APPROVAL, 1)]  # fmt: skip
    assert findings(september, october, begins_in=2020) == []
    assert findings(line(1, "A03"), approved_on=day("27.10.2020")) == []


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("Цель: к концу 2020 года не менее 10% обучающихся", "31.12.2020"),
        ("вовлечено до 2024 г. не менее 70 %", "31.12.2024"),
        ("соглашения в 2020-2024 г.", None),
        ("до 30 октября 2020 г.", None),
        ("к 2020-2021 г.", None),
        ("", None),
    ],
)
def test_what_a_text_promises(text, until):
    assert promised_by(text) == (day(until) if until else None)


def test_a_target_before_the_first_step():
    """C10: at least 10 % by the end of 2020 in a plan whose first step is August 2021."""
    promise = line(2, "", "–30.10.2021", "к концу 2020 года не менее 10% обучающихся")
    assert findings(line(1, "", "01.08.2021–31.08.2021"), promise) == [(CheckRule.PAST_TARGET, 2)]
    assert findings(line(1, "", "01.08.2020–31.08.2020"), promise) == []
    assert findings(line(2, "", "", "к концу 2020 года")) == []
    assert first_step([]) is None


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        # C12: bases due in September 2020 and by 1 June 2021
        (("A31", "01.09.2020–30.09.2020", "3.2"), ("A31", "–01.06.2021", "2.1"), True),
        (("A31", "01.09.2020–30.09.2020", "3"), ("A31", "–30.09.2020", "2"), False),
        (("A31", "01.09.2020–30.09.2020", "3"), ("A31", "15.09.2020–31.10.2020", "4"), False),
        (("A31", "01.09.2020–30.09.2020", "1.4"), ("A31", "–01.06.2021", "1.4.1."), False),
        (("A31", "01.09.2020–30.09.2020", "1.4"), ("A31", "–01.06.2021", "1.41"), True),
        (("A31", "01.09.2020–30.09.2020", ""), ("A31", "", ""), False),
        # competitions may be many
        (("A68", "01.09.2020–30.09.2020", ""), ("A68", "–01.06.2021", ""), False),
        (("X99", "01.09.2020–30.09.2020", ""), ("X99", "–01.06.2021", ""), False),
    ],
)
def test_two_terms_of_one_activity(one, other, said):
    code, days, number = one
    other_code, other_days, other_number = other
    given_lines = line(1, code, days, number=number), line(2, other_code, other_days, number=other_number)  # fmt: skip
    assert findings(*given_lines) == ([(CheckRule.TWO_TERMS, 2, 1, code)] if said else [])


@pytest.mark.parametrize(
    ("text", "more", "said"),
    [
        # C13: a list approved as annex 2, and not attached
        ("Перечень партнёров (приложение 2)", {"lacks_proof": True}, True),
        ("Перечень партнёров (Приложением № 2)", {"lacks_proof": True}, True),
        ("Перечень партнёров (приложение 2)", {}, False),
        ("в соответствии с приложением 12 к методическим рекомендациям", {"lacks_proof": True}, False),
        ("Перечень партнёров", {"lacks_proof": True}, False),
    ],
)  # fmt: skip
def test_an_annex_that_is_not_there(text, more, said):
    assert findings(line(1, text=text, **more)) == ([(CheckRule.ANNEX, 1)] if said else [])


@pytest.mark.parametrize(
    ("title", "begins_in", "said"),
    [
        ("Карта на 2020–2021 годы", 2026, True),
        ("Карта на 2020/21 учебный год", 2026, True),
        ("Карта на 2026/27 учебный год", 2026, False),
        ("Карта на 2021-2024 гг.", 2023, False),
        ("Карта на 2027 год", 2026, False),
        ("Карта на 2025 год", 2026, True),
        ("Карта по распоряжению от 25.12.2019 № Р-145", 2026, False),
        ("Карта по распоряжению 2019 г. на 2026/2027", 2026, False),
        ("Карта", 2026, False),
    ],
)
def test_years_of_the_title(title, begins_in, said):
    """C13: «на 2020–2021 годы» above the plan of another year, as a title stays when a plan is copied."""
    assert findings(title=title, begins_in=begins_in) == (
        [(CheckRule.TITLE_YEARS,)] if said else []
    )


def test_a_line_without_term_or_owner():
    assert findings(line(1, has_term=False, has_owner=False)) == [(CheckRule.NO_TERM, 1), (CheckRule.NO_OWNER, 1)]  # fmt: skip
    assert findings(line(1)) == []


# ---------------------------------------------------------------- whole plans

DAYS = st.none() | st.dates(dt.date(2021, 1, 1), dt.date(2022, 12, 31))
CODES = st.lists(st.sampled_from(sorted(CATALOGUE)), max_size=2, unique=True).map(tuple)


@st.composite
def lines(draw):
    first, last = draw(DAYS), draw(DAYS)
    if first and last and first > last:
        first, last = last, first
    return {
        "codes": draw(CODES), "starts_on": first, "ends_on": last, "number": draw(st.sampled_from(["", "1", "1.1"])),
        "text": draw(st.sampled_from(["", "к 2020 г.", "приложение 1"])), "has_term": draw(st.booleans()),
        "has_owner": draw(st.booleans()), "lacks_proof": draw(st.booleans()),
    }  # fmt: skip


@given(st.lists(lines(), max_size=8), DAYS, st.text(max_size=40))
def test_any_plan_is_checked_and_the_order_of_lines_does_not_matter(rows, approved_on, title):
    numbered = [PlanLine(key, **row) for key, row in enumerate(rows)]
    plan = Plan(tuple(numbered), title, 2021, approved_on)
    found = check_plan(plan, CATALOGUE, needed=["A31"])
    keys = set(range(len(rows)))
    assert all(set(one.lines) <= keys and len(set(one.lines)) == len(one.lines) for one in found)
    turned = Plan(tuple(reversed(numbered)), title, 2021, approved_on)
    again = check_plan(turned, CATALOGUE, needed=["A31"])
    paired = {CheckRule.TWO_TERMS}  # which of two is spoken of is a matter of their order
    assert {(o.rule, o.lines[:1]) for o in found if o.rule not in paired} == {
        (o.rule, o.lines[:1]) for o in again if o.rule not in paired
    }


@given(st.lists(lines(), max_size=8))
def test_lines_of_no_known_activity_are_never_out_of_order(rows):
    plan = Plan(
        tuple(PlanLine(key, **row | {"codes": ()}) for key, row in enumerate(rows)), "", 2021
    )
    of_order = {
        CheckRule.OUT_OF_ORDER,
        CheckRule.BEGINS_EARLY,
        CheckRule.LONG_GAP,
        CheckRule.AFTER_DEADLINE,
        CheckRule.TWO_TERMS,
    }
    assert not of_order & {one.rule for one in check_plan(plan, CATALOGUE)}


def test_what_the_catalogue_needs_exists_and_goes_in_no_circle():
    for code, entry in entries().items():
        assert set(entry.after) | set(entry.soon_after) <= entries().keys()
        assert code not in needs_of(code, CATALOGUE, ())
        # and stands in an earlier stage, or in the same one
        assert all(entries()[one].stage <= entry.stage for one in entry.after)


def test_a_circle_in_the_data_ends():
    loop = {"A": Usual(after=("B",)), "B": Usual(after=("A",))}
    assert needs_of("A", loop, ()) == {"B": 1, "A": 2}


# the contradictions a person found (method.md §10), by number of line or place in the file
FOUND_IN_SOURCES = {
    "000": [
        (CheckRule.LONG_GAP, 18), (CheckRule.OUT_OF_ORDER, 26), (CheckRule.NO_OWNER, 27), (CheckRule.BEGINS_EARLY, 32),
    ],
    "001": [],
    "002": [(CheckRule.OUT_OF_ORDER, 18), (CheckRule.OUT_OF_ORDER, 25), (CheckRule.OUT_OF_ORDER, 26), (CheckRule.OUT_OF_ORDER, 27)],
    "003": [],
    "004": [
        *((CheckRule.BEFORE_APPROVAL, place) for place in (0, 1, 2, 3, 8, 9)), (CheckRule.TWO_TERMS, 9),
        (CheckRule.BEFORE_APPROVAL, 10), (CheckRule.TWO_TERMS, 10), (CheckRule.OUT_OF_ORDER, 11), (CheckRule.OUT_OF_ORDER, 12),
    ],
}  # fmt: skip


@needs_sources
@pytest.mark.parametrize("name", FOUND_IN_SOURCES)
def test_the_contradictions_of_the_sources_are_found(name):
    said = answer(source(name), f"{name}.txt")
    plan_lines = [
        PlanLine(
            place, known_codes(one["title"], SIGNS), f"{one['title']} {one['result']}",
            *(day and dt.date.fromisoformat(day) for day in (one["term"]["start"], one["term"]["end"])),
            number=one["number"] or "", has_term=bool(one["term_text"]), has_owner=bool(one["responsible"]),
        )
        for place, one in enumerate(said["activities"])
    ]  # fmt: skip
    approved_on = said["approved_on"] and dt.date.fromisoformat(said["approved_on"])
    plan = Plan(tuple(plan_lines), "", first_step(plan_lines).year, approved_on)
    found = [(one.rule, one.lines[0]) for one in check_plan(plan, CATALOGUE)]
    assert sorted(found) == sorted(FOUND_IN_SOURCES[name])
    promised = [until for left in said["left_over"] if (until := promised_by(left["text"]))]
    assert any(until < first_step(plan_lines) for until in promised) is (name == "003")  # C10


@pytest.mark.parametrize("level", ["school", "college", "municipality"])
def test_a_default_roadmap_has_every_activity_it_should(level):
    codes = [entry.code for entry in chosen(level, with_learners=True)]
    assert len(codes) == len(set(codes))
    plan_lines = [line(place, code) for place, code in enumerate(codes)]
    assert findings(*plan_lines, needed=codes) == []


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (("ответственный: информационно-методический отдел", "в информационно-организационный отдел"), True),
        (("специалист информационно-методического отдела", "информационно-методическому отделу"), False),
        (("учебно-методический центр", "информационно-организационный отдел"), False),
        (("учебно-методический центр", "учебно-методический кабинет"), False),
    ],
)  # fmt: skip
def test_one_office_under_two_names_is_told(texts, said):
    """The specialist's department is named two ways in one order (method.md §10 C13)."""
    lines = [line(key, text=text) for key, text in enumerate(texts)]
    assert findings(*lines) == ([(CheckRule.TWO_NAMES, 1, 0)] if said else [])
