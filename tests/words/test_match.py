"""`match` on files: the tables of the documentation give the worked example, a bad file a sentence."""

import json
from pathlib import Path

import pytest

from nastavnik.__main__ import DONE, REFUSED, main

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
NAMES = ("mentors.csv", "mentees.csv")
TABLES = [str(EXAMPLES / name) for name in NAMES]


def matched(capsys, *words):
    assert main(["match", *map(str, words), "--json"]) == DONE
    return json.loads(capsys.readouterr().out)


def test_two_tables_give_the_pairs_of_the_worked_example(capsys):
    answer = matched(capsys, *TABLES)
    pairs = {pair["mentee"]: pair["mentor"] for pair in answer["pairs"]}
    assert pairs == {"Аня": "Пётр", "Вика": "Оля"}
    assert (answer["total_score"], answer["certificate"]) == (110, "ok")


def test_people_read_the_reasons_and_the_proof(capsys):
    assert main(["match", *TABLES]) == DONE
    printed = capsys.readouterr().out.splitlines()
    assert printed[:3] == [
        "Аня — Пётр (50): запрос: maths +40; близкие классы +10",
        "Вика — Оля (60): запрос: maths +40; общее: chess +10; близкие классы +10",
        "Боря — без наставника: все подходящие места заняты: просят 2, а мест 1",
    ]
    assert printed[-1].endswith("доказано.")
    page = EXAMPLES.parent.joinpath("how-to", "match-tables.md").read_text(encoding="utf-8")
    assert "\n".join(printed) in page
    assert all(EXAMPLES.joinpath(name).read_text(encoding="utf-8") in page for name in NAMES)


def test_pairs_that_stay_are_kept(capsys, tmp_path):
    kept = tmp_path / "pairs.csv"
    kept.write_text("Наставник;Наставляемый\nОля;Боря\n", encoding="cp1251")
    answer = matched(capsys, *TABLES, "--pairs", kept)
    assert {pair["mentee"]: pair["mentor"] for pair in answer["pairs"]} == {
        "Боря": "Оля",
        "Аня": "Пётр",
    }
    main(["match", *TABLES, "--pairs", str(kept)])
    assert "Боря — Оля (55): оставлены вместе" in capsys.readouterr().out


def test_a_wish_not_met_and_an_uneven_load_are_told_in_points(capsys, tmp_path):
    person = {"kind": "pupil", "forms": ["pupil_pupil"]}
    asked = {
        "mentors": [
            {**person, "key": key, "grade": 10, "capacity": n} for key, n in (("А", 2), ("Б", 0))
        ],
        "mentees": [{**person, "key": key, "grade": 9} for key in ("В", "Г")],
        "wishes": {"mentees": {"В": ["Б", "А"]}},
    }
    path = tmp_path / "asked.json"
    path.write_text(json.dumps(asked), encoding="utf-8")
    assert main(["match", str(path)]) == DONE
    *pairs, empty, totals = capsys.readouterr().out.splitlines()
    assert pairs == [
        "В — А (−999985): близкие классы +15; шагов от первых выборов: 1 −1000000",
        "Г — А (15): близкие классы +15",
    ]
    assert empty == ""
    assert "сумма баллов: −999970, за неравную нагрузку ещё −3. Что" in totals


def test_own_rules_change_the_answer(capsys, tmp_path):
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps({"weights": {"area": 0, "interest": 100}, "version": "own"}))
    answer = matched(capsys, *TABLES, "--rules", rules)
    assert answer["rules_version"] == "own"
    assert answer["total_score"] != 110


def test_a_form_led_in_groups_is_told_as_a_group(capsys, tmp_path):
    form = {
        "code": "circle",
        "mentor_kinds": ["pupil"],
        "mentee_kinds": ["pupil"],
        "mentor_max_mentees": 5,
        "is_group": True,
    }
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps({"forms": [form]}))
    mentors, mentees = tmp_path / "mentors.csv", tmp_path / "mentees.csv"
    mentors.write_text("ФИО;Класс;Мест\nОля;10;5\n", encoding="utf-8")
    mentees.write_text("ФИО;Класс\nВика;8\nАня;6\nБоря;9\n", encoding="utf-8")
    main(["match", str(mentors), str(mentees), "--rules", str(rules)])
    assert "Группа (3): Оля и Аня, Боря, Вика" in capsys.readouterr().out


def test_json_takes_rules_from_a_file_too(capsys, tmp_path):
    people, rules = tmp_path / "people.json", tmp_path / "rules.json"
    people.write_text('{"mentors": [], "mentees": []}')
    rules.write_text('{"version": "own"}')
    assert matched(capsys, people, "--rules", rules)["rules_version"] == "own"


@pytest.mark.parametrize(
    ("files", "words", "said"),
    [
        ({"a.csv": "Имена\nАня\n"}, ["a.csv", TABLES[1]], "a.csv: не нашлось строки с заголовками"),
        ({"r.json": "[]"}, [*TABLES, "--rules", "r.json"], "r.json: нужен объект"),
        ({"r.json": "{"}, [*TABLES, "--rules", "r.json"], "не читается как JSON"),
        ({"r.json": '{"weights": {"vkus": 1}}'}, [*TABLES, "--rules", "r.json"], "«vkus»"),
        ({"p.json": "{}"}, ["p.json", "--pairs", "p.json"], "--pairs подходит только"),
        ({"a.csv": ""}, ["a.csv", TABLES[1]], ""),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(capsys, tmp_path, monkeypatch, files, words, said):
    monkeypatch.chdir(tmp_path)
    for name, text in files.items():
        Path(name).write_text(text, encoding="utf-8")
    assert main(["match", *words]) == REFUSED
    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in printed.err
    assert printed.err.strip()
