"""The worked examples of docs/algorithms, run: the page and the code cannot drift apart."""

import datetime as dt
import json
from itertools import product
from pathlib import Path

import pytest
import yaml
from tests.docs.pages import block, page, table

import nastavnik.matching
from nastavnik.engine.matching.candidates import PART_CODES, REFUSALS, WISHES, standard_rules
from nastavnik.engine.matching.payload import match_json
from nastavnik.engine.roadmaps.checking import Plan, PlanLine, check_plan
from nastavnik.engine.tables.layout import guess_kind, guess_layout
from nastavnik.engine.tables.roster import read_roster
from nastavnik.engine.wording.payload import decline_json
from nastavnik.readers.sheets import read_sheets
from nastavnik.roadmaps.adapter.checks import usual

MATCHING, WORDING, LISTS = (f"algorithms/{name}.md" for name in ("matching", "wording", "lists"))


def asked():
    return json.loads(block(page(MATCHING), "input"))


def with_second_place():
    given = asked()
    assert given["mentors"][0]["key"] == "Оля"
    given["mentors"][0]["capacity"] = 2
    return given


def listed(pairs):
    return ", ".join(sorted(f"{pair['mentee']}–{pair['mentor']}" for pair in pairs)) or "–"


def price_in_words(price):
    return f"{price['people']} people, {price['points']} points"


def answers(given):
    """Return what the page may say of a result, question → answer."""
    result = match_json(given)
    assert result["certificate"] == "ok"
    said = {"pairs": listed(result["pairs"]), "total score": str(result["total_score"])}
    for lone in result["unmatched"]:
        said["without a mentor"] = f"{lone['mentee']}: `{lone['code']}`"
        short = result["shortages"][lone["shortage"]]
        mentees = sorted([lone["mentee"], *short["holders"]])
        names = (", ".join(mentees), ", ".join(short["mentors"]))
        said["who is short of places"] = f"{names[0]} → {names[1]}: {short['places']}"
        change = lone["change"]
        said["what would help"] = f"`{change['code']}`: {change['mentor']} {change['value']}"
    for pair in result["pairs"]:
        for other in pair["alternatives"]:
            words = f"price of {pair['mentee']}–{other['mentor']} instead"
            said[words] = price_in_words(other["price"])
    for load in result["loads"]:
        said[f"one more place with {load['mentor']} brings"] = price_in_words(load["gain"])
    return said


def drift(text, mark, given):
    """Return the questions of a table that the engine answers otherwise than the page."""
    said = answers(given)
    rows = table(text, mark)
    return [
        asked_
        for asked_, answer in rows
        if said[asked_].replace("`", "") != answer.replace("`", "")
    ]


@pytest.mark.parametrize(("mark", "given"), [("result", asked), ("second", with_second_place)])
def test_the_result_on_the_page_is_what_the_engine_answers(mark, given):
    assert drift(page(MATCHING), mark, given()) == []


def with_wishes(**wishes):
    given = asked() | {"wishes": wishes}
    given["rules"]["rank_weight"] = shipped()["rank_weight"]
    return given


@pytest.mark.parametrize(
    ("mark", "wishes"),
    [
        ("wishes", {"mentors": {"Оля": ["Боря"]}}),
        ("wish not met", {"mentees": {"Аня": ["Оля"]}}),
    ],
)
def test_wishes_lead_where_the_page_says(mark, wishes):
    assert drift(page(MATCHING), mark, with_wishes(**wishes)) == []


def test_the_wish_on_the_page_is_a_part_of_the_score_and_the_parts_make_the_total():
    answer = match_json(with_wishes(mentors={"Оля": ["Боря"]}))
    codes = ("area", "interest", "grade_near", "wishes")
    shown = {
        (a, b): list(map(int, rest)) for a, b, *rest in table(page(MATCHING), "scores with wishes")
    }
    for pair in answer["pairs"]:
        points = {part["code"]: part["points"] for part in pair["parts"]}
        *parts, score = shown.pop((pair["mentee"], pair["mentor"]))
        assert [points.get(code, 0) for code in codes] == parts
        assert points.keys() <= set(codes)
        assert sum(parts) == score == pair["score"]
    assert shown == {}
    assert answer["total_score"] == sum(pair["score"] for pair in answer["pairs"])


def test_naming_somebody_does_what_the_page_says():
    rows = table(page(MATCHING), "naming")
    assert len(rows) > len({pairs for *_, pairs, _points in rows})
    for *named, pairs, points in rows:
        wishes = {
            who: whom.split(", ")
            for who, whom in zip(("Аня", "Боря", "Вика"), named, strict=True)
            if whom != "–"
        }
        given = with_wishes(mentees=wishes)
        assert answers(given)["pairs"] == pairs
        parts = [part for pair in match_json(given)["pairs"] for part in pair["parts"]]
        assert sum(one["points"] for one in parts if one["code"] == WISHES) == int(points)


def test_the_first_result_leaves_no_answer_out():
    assert {question for question, _ in table(page(MATCHING), "result")} == set(answers(asked()))


def test_a_page_that_drifted_is_caught():
    text = page(MATCHING).replace("| total score | 110 |", "| total score | 111 |")
    assert drift(text, "result", asked()) == ["total score"]


def candidates():
    """Return the score table of the page: (mentee, mentor) → parts."""
    rows = table(page(MATCHING), "scores")
    return {(mentee, mentor): list(map(int, points)) for mentee, mentor, *points in rows}


def test_every_score_on_the_page_is_the_sum_of_its_parts_and_the_engine_s():
    for (mentee, mentor), (*parts, score) in candidates().items():
        assert sum(parts) == score
        given = asked()
        given["mentees"] = [one for one in given["mentees"] if one["key"] == mentee]
        given["mentors"] = [one for one in given["mentors"] if one["key"] == mentor]
        [pair] = match_json(given)["pairs"]
        points = {part["code"]: part["points"] for part in pair["parts"]}
        assert [points.get(c, 0) for c in ("area", "interest", "grade_near")] == parts


def test_pairs_missing_from_the_score_table_are_refused_by_the_engine():
    given = asked()
    everyone = {(a["key"], b["key"]) for a in given["mentees"] for b in given["mentors"]}
    n_refused = sum(match_json(given)["refusals"].values())
    assert n_refused == len(everyone - set(candidates())) == 2


def test_the_outcomes_on_the_page_are_all_there_are_and_the_best_one_is_last():
    scores = {pair: parts[-1] for pair, parts in candidates().items()}
    mentees = sorted({mentee for mentee, _ in scores})
    choices = [[None, *(b for a, b in scores if a == mentee)] for mentee in mentees]
    possible = set()
    for chosen in product(*choices):
        taken = [mentor for mentor in chosen if mentor]
        if len(taken) != len(set(taken)):  # one place each
            continue
        pairs = [(a, b) for a, b in zip(mentees, chosen, strict=True) if b]
        words = ", ".join(f"{a}–{b}" for a, b in pairs) or "–"
        possible.add((words, len(pairs), sum(scores[pair] for pair in pairs)))
    shown = [(w, int(n), int(points)) for w, n, points in table(page(MATCHING), "outcomes")]
    assert set(shown) == possible
    assert shown[-1] == max(possible, key=lambda one: one[1:])
    assert shown[-1][0] == answers(asked())["pairs"]


def shipped():
    path = Path(nastavnik.matching.__file__).parent / "data" / "rules.yaml"
    return yaml.safe_load(path.read_text())


def test_weights_and_rules_on_the_page_are_the_shipped_ones():
    rules = shipped()
    rows = table(page(MATCHING), "weights")
    shown = {code: int(points.replace("−", "-")) for code, points, _ in rows}
    assert shown.pop(WISHES) == rules["rank_weight"]
    assert shown == rules["weights"] == dict(standard_rules().weights)
    assert tuple(shown) == PART_CODES
    assert f"`load_cost` is {rules['load_cost']}." in page(MATCHING)
    assert f"`rank_weight` is {rules['rank_weight']}:" in page(MATCHING)
    assert standard_rules().rank_weight == rules["rank_weight"]
    assert tuple(code for code, _ in table(page(MATCHING), "refusals")) == REFUSALS


@pytest.mark.parametrize("row", table(page(WORDING), "right"), ids=" ".join)
def test_every_form_on_the_page_is_what_the_engine_makes(row):
    text, kind, case, becomes, sure = row
    answer = decline_json({"text": text, "kind": kind, "case": case})
    assert answer == {"text": becomes, "sure": {"yes": True, "no": False}[sure]}


@pytest.mark.parametrize("row", table(page(WORDING), "wrong"), ids=" ".join)
def test_what_is_known_to_be_wrong_is_wrong_still(row):
    text, kind, case, becomes, should_be, sure = row
    answer = decline_json({"text": text, "kind": kind, "case": case})
    assert answer == {"text": becomes, "sure": {"yes": True, "no": False}[sure]}
    assert becomes != should_be, "mended: move the line to the examples"


def read_example():
    [sheet] = read_sheets(block(page(LISTS), "file").encode("cp1251"), "list.csv")
    kind = guess_kind(sheet.rows)
    layout = guess_layout(sheet.rows, kind=kind)
    today = dt.date(2026, 9, 1)
    return sheet, layout, read_roster(sheet.rows, layout, kind=kind, today=today)


def test_the_columns_on_the_page_are_those_found():
    sheet, layout, _ = read_example()
    header = sheet.rows[layout.header_row]
    found = [[header[column], str(field)] for column, field in sorted(layout.columns.items())]
    assert found == table(page(LISTS), "columns")


def test_every_row_of_the_list_ends_where_the_page_says():
    sheet, _, roster = read_example()
    people = [
        [str(p.row), p.last_name, p.first_name, p.patronymic, p.birth_date.isoformat(), p.group]
        for p in roster.people
    ]
    assert people == table(page(LISTS), "people")
    rest = {one.row: one.reason for one in (*roster.skipped, *roster.errors)}
    assert [[str(row), reason] for row, reason in sorted(rest.items())] == table(
        page(LISTS), "rest"
    )
    assert sorted([p.row for p in roster.people] + list(rest)) == list(
        range(1, len(sheet.rows) + 1)
    )


def test_the_example_of_the_check_of_a_roadmap():
    lines, wanted = [], []
    for key, what, first, last, finding in table(
        page("algorithms/roadmap-check.md"), "roadmap-check"
    ):
        code = what.split("`")[0].split()[0]
        days = [dt.date.fromisoformat(day) if day else None for day in (first, last)]
        lines.append(PlanLine(int(key), (code,), "", *days))
        if finding:
            rule, _, other = finding.partition("`")
            wanted.append((rule, int(key), *map(int, other.split())))
    found = check_plan(Plan(tuple(lines), "", 2021), usual())
    told = [(one.rule.value, *one.lines) for one in found]
    assert told == wanted
