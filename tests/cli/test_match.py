"""`match` on files: the tables of the documentation give the worked example, a bad file a sentence."""

import io
import json
import sys
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


def test_a_wish_that_is_met_and_an_uneven_load_are_told_in_points(capsys, tmp_path):
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
        "В — А (2000015): близкие классы +15; сбывшиеся выборы (первый — 3, второй — 2, третий — 1): 2 +2000000",
        "Г — А (15): близкие классы +15",
    ]
    assert empty == ""
    assert "сумма баллов: 2000030, за неравную нагрузку ещё −3. Что" in totals


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
        (
            {"r.json": '{"a":\n1,}'},
            [*TABLES, "--rules", "r.json"],
            "не читается как JSON: строка 2, знак 3",
        ),
        (
            {"r.json": b'{"version": "\xff"}'},
            [*TABLES, "--rules", "r.json"],
            "не в кодировке UTF-8",
        ),
        ({"r.json": "[" * 200_000}, [*TABLES, "--rules", "r.json"], "слишком много скобок"),
        ({"r.json": "1" * 5000}, [*TABLES, "--rules", "r.json"], "слишком длинное число"),
        ({"a.csv": b"PK\x03\x04"}, [TABLES[0], "a.csv"], "a.csv: "),
        ({}, [TABLES[0], "нет.csv"], "Файла нет.csv нет. Проверьте имя и папку."),
        ({}, [TABLES[0], "."], "папка, а нужен файл"),
        ({}, [TABLES[0]], "mentors.csv — одна таблица, а нужны две"),
        (
            {"a.csv": "ФИО;Форма\nАня;кружок\n"},
            ["a.csv", TABLES[1]],
            "a.csv: у «Аня» форма «кружок» незнакома",
        ),
        ({"r.json": '{"weights": {"vkus": 1}}'}, [*TABLES, "--rules", "r.json"], "«vkus»"),
        ({"p.json": "{}"}, ["p.json", "--pairs", "p.json"], "--pairs подходит только"),
        ({"a.csv": ""}, ["a.csv", TABLES[1]], "a.csv: В файле нет ни одной заполненной ячейки"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(capsys, tmp_path, monkeypatch, files, words, said):
    monkeypatch.chdir(tmp_path)
    for name, text in files.items():
        Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    assert main(["match", *words]) == REFUSED
    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in printed.err
    assert printed.err.strip()


def test_a_file_without_the_right_to_read_it_is_named(capsys, monkeypatch):
    def refuse(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert main(["match", *TABLES]) == REFUSED
    assert "mentors.csv не открывается. Проверьте права" in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_json_of_an_office_program_is_read(capsys, tmp_path, encoding):
    rules = tmp_path / "rules.json"
    rules.write_text('{"version": "свои"}', encoding=encoding)
    assert matched(capsys, *TABLES, "--rules", rules)["rules_version"] == "свои"


def test_namesakes_on_both_sides_are_two_people_by_their_classes(capsys, tmp_path):
    mentors, mentees, pairs = (tmp_path / f"{name}.csv" for name in ("mentors", "mentees", "pairs"))
    mentors.write_text("ФИО;Класс\nПеналов Пётр;10А\n", encoding="utf-8")
    mentees.write_text("ФИО;Класс\nПеналов Пётр;5Б\n", encoding="utf-8")
    pairs.write_text("Наставник;Наставляемый\nПеналов Пётр;Пеналов Пётр\n", encoding="utf-8")
    for more in ([], ["--pairs", pairs]):
        (pair,) = matched(capsys, mentors, mentees, *more)["pairs"]
        assert (pair["mentor"], pair["mentee"]) == ("Пеналов Пётр (10А)", "Пеналов Пётр (5Б)")


def test_a_pair_kept_against_the_rules_is_told_so(capsys, tmp_path):
    kept = tmp_path / "pairs.csv"
    kept.write_text("Наставник;Наставляемый\nПётр;Боря\n", encoding="utf-8")
    main(["match", *TABLES, "--pairs", str(kept)])
    told = capsys.readouterr().out
    assert "Боря — Пётр (0): оставлены вместе; по правилам не подходят" in told


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_where_the_screen_has_no_such_letters_they_are_spelled_out(tmp_path, monkeypatch, words):
    screen = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", screen)
    assert main(["match", *TABLES, *words]) == DONE
    screen.seek(0)
    printed = screen.read()
    assert "\\u041e\\u043b\\u044f" in printed
    if words:
        assert json.loads(printed)["n_matched"] == 2


CASES = Path(__file__).parent / "cases"


def test_words_as_people_type_them_meet(capsys):
    for mentees in ("17-words-mentees.csv", "17b-words-mentees.csv"):
        [pair] = matched(capsys, CASES / "17-words-mentors.csv", CASES / mentees)["pairs"]
        assert (pair["mentee"], pair["mentor"]) == ("Аня Клёнова", "Оля Ясенева")


def test_a_request_that_meets_nobody_is_said(capsys, tmp_path):
    tables = (CASES / "17-words-mentors.csv", CASES / "17-words-mentees.csv")
    assert main(["match", *map(str, tables)]) == DONE
    shown = capsys.readouterr().out
    assert "Запрос «физика» не встретился ни у кого из наставников (просят: Аня Клёнова)." in shown
    asked = "".join(
        f"Ученица {word};6;по математике\n" for word in ["Аа", "Бб", "Вв", "Гг", "Дд", "Ее", "Жж"]
    )
    many = tmp_path / "mentees.csv"
    many.write_text(f"ФИО;Класс;Запрос\n{asked}", encoding="utf-8")
    assert main(["match", str(tables[0]), str(many)]) == DONE
    shown = capsys.readouterr().out
    assert "Ученица Дд и ещё 2)." in shown
    assert "Похоже на «математика»: если это одно и то же, напишите одинаково." in shown
