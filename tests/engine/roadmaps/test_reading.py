"""Invented roadmaps in the layouts schools use, in every format, and the rules one by one."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.readers import rebuilding

from nastavnik.__main__ import main
from nastavnik.engine.roadmaps.payload import read_roadmap_json
from nastavnik.engine.roadmaps.reading import read_roadmap
from nastavnik.readers.documents import read_document

FOLDER = Path(__file__).parent / "invented"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
FIELDS = ("number", "section", "title", "term_text", "responsible", "result", "document")

WORDS = ["№", "Мероприятие", "Этап", "Содержание", "Срок", "Ответственный", "1", "май", "Слёт", ""]


def unread(text, year):
    return {"kind": "unknown", "year": year, "rest": text}


def answer(data, filename="a.txt"):
    return read_roadmap_json(read_document(data, filename), read_term=unread)


def table(*rows, before="Дорожная карта\n\n"):
    return answer((before + "\n".join("\t".join(row) for row in rows)).encode())


def titles(said):
    return [one["title"] for one in said["activities"]]


def lists(said):
    return [[one[field] for field in FIELDS] for one in said["activities"]]


def text_of(name):
    return (FOLDER / f"{name}.txt").read_bytes()


def expected(name):
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_a_text_is_read_whole(name):
    said, want = answer(text_of(name)), expected(name)
    assert lists(said) == want["activities"]
    for key in ("title", "organisation", "approved_on", "indicators"):
        assert said[key] == want[key]
    assert [left["line"] for left in said["left_over"]] == want["left_over_lines"]
    assert len(said["warnings"]) == want["n_warnings"]


@pytest.mark.parametrize("kind", ["docx", "xlsx", "html", "odt", "pdf"])
@pytest.mark.parametrize("name", NAMES)
def test_the_same_in_another_format_is_read_the_same(name, kind):
    parts = rebuilding.parts_of(read_document(text_of(name), "a.txt"))
    said = answer(getattr(rebuilding, f"as_{kind}")(parts), f"a.{kind}")
    want = expected(name)
    shown = want["activities"]
    if kind == "pdf":  # the face has no arrow
        shown = yaml.safe_load(yaml.safe_dump(shown, allow_unicode=True).replace("➤", "•"))
    assert lists(said) == shown
    for key in ("title", "organisation", "approved_on", "indicators"):
        assert said[key] == want[key]


@pytest.mark.deep
@pytest.mark.parametrize("name", NAMES)
def test_the_same_as_pdf_is_read_the_same(name, tmp_path):
    parts = rebuilding.parts_of(read_document(text_of(name), "a.txt"))
    (tmp_path / "a.docx").write_bytes(rebuilding.as_docx(parts))
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", tmp_path]
    subprocess.run([*command, tmp_path / "a.docx"], check=True, capture_output=True, timeout=120)
    said, want = answer((tmp_path / "a.pdf").read_bytes(), "a.pdf"), expected(name)
    assert lists(said) == want["activities"]
    for key in ("title", "organisation", "approved_on", "indicators"):
        assert said[key] == want[key]


def test_a_term_is_asked_with_the_first_year_of_the_document():
    said = table(["Мероприятие", "Срок"], ["Итоги", "май"], ["Старт", "сентябрь 2031"])
    assert [one["term"] for one in said["activities"]] == [
        unread("май", 2031),
        unread("сентябрь 2031", 2031),
    ]


def test_a_document_without_a_roadmap_is_left_over_whole():
    text = "Положение\n\n1.1. Настоящее положение\n\n№\tФИО\n1\tПримеров А.Б.\n"
    said = answer(text.encode())
    assert said["activities"] == []
    assert [left["line"] for left in said["left_over"]] == [1, 3, 5, 6]
    assert said["title"] == said["organisation"] == ""


@pytest.mark.parametrize(
    "header",
    [
        ["Что", "Мероприятия", "Дата проведения"],
        ["п/п", "Вид деятельности", "Ответственные за мероприятия"],
        ["№", "Содержание работы", "Период"],
    ],
)
def test_columns_are_known_by_meaning(header):
    assert titles(table(header, ["1", "Слёт", "май"])) == ["Слёт"]


@pytest.mark.parametrize(
    "header",
    [
        ["Этапы", "Мероприятия", "Результат"],
        ["Фамилия", "Класс", "Сроки"],
        ["Кто", "Что", "Почему"],
    ],
)
def test_a_table_that_says_neither_what_nor_when_is_no_roadmap(header):
    said = table(header, ["1", "Слёт", "май"])
    assert titles(said) == []
    assert said["warnings"][-1].startswith("Мероприятий мы не нашли")


@pytest.mark.parametrize("name", ["Чем занимаемся", "Направления", "Содержание", "Тема", "Форма"])
@pytest.mark.parametrize("last", ["Результат", "Отметка"])
def test_terms_and_owners_make_a_roadmap_whatever_the_main_column_is_called(name, last):
    said = table(["№ п/п", name, "Срок", "Ответственный", last], ["1", "Слёт", "май", "Завуч", ""])
    (one,) = said["activities"]
    assert (one["number"], one["title"], one["term_text"]) == ("1", "Слёт", "май")
    assert one["responsible"] == ["Завуч"]


def test_beside_a_sure_roadmap_no_other_table_is_one():
    said = table(
        ["Ответственный", "Направления", "Сроки"],
        ["Директор", "Бумаги", "май"],
        ["№", "Мероприятие", "Сроки"],
        ["1", "Слёт", "май"],
    )
    assert titles(said) == ["Слёт"]


@pytest.mark.parametrize("name", ["Задача", "Задачи", "Наименование этапа", "Этап", "Направление"])
def test_what_groups_the_activities_stands_left_of_them_and_is_merged_down(name):
    header = ["№", name, "Мероприятие", "Срок", "Ответственный"]
    whole = table(
        header,
        ["1", "Запуск", "Приказ", "май", "Завуч"],
        ["1", "Запуск", "Сайт", "июнь", "Завуч"],
        ["2", "Итоги", "Слёт", "июнь", "Завуч"],
    )
    cut = table(
        header,
        ["1", "Запуск", "Приказ", "май", "Завуч"],
        ["", "", "Сайт", "июнь", "Завуч"],
        ["2", "Итоги", "Слёт", "июнь", "Завуч"],
    )
    for said in (whole, cut):
        assert [(one["section"], one["title"]) for one in said["activities"]] == [
            ("Запуск", "Приказ"),
            ("Запуск", "Сайт"),
            ("Итоги", "Слёт"),
        ]


def test_months_that_stand_as_headings_are_terms():
    said = table(
        ["№", "Мероприятие", "Ответственный"],
        ["Сентябрь", "", ""],
        ["1", "Документы", "Наставник"],
        ["2", "Уроки", "Наставник"],
        ["Октябрь – ноябрь 2032 г.", "", ""],
        ["3", "Программа", "Завуч"],
        ["Итоги года", "", ""],
        ["4", "Отчёт", "Завуч"],
    )
    assert [one["term_text"] for one in said["activities"]] == [
        "Сентябрь",
        "Сентябрь",
        "Октябрь – ноябрь 2032 г.",
        "",
    ]


@pytest.mark.parametrize("gap", [" ", "\t"])
def test_everything_on_one_line(gap):
    cells = ["№", "Мероприятие", "Срок", "Ответственный"]
    cells += ["1", "Назначить куратора", "до 1 сентября 2032", "Директор"]
    cells += ["2", "Провести встречу", "октябрь", "Куратор, классные руководители"]
    said = answer(gap.join(cells).encode())
    assert [(one["number"], one["title"], one["term_text"]) for one in said["activities"]] == [
        ("1", "Назначить куратора", "до 1 сентября 2032"),
        ("2", "Провести встречу", "октябрь"),
    ]
    assert said["activities"][1]["responsible"] == ["Куратор", "классные руководители"]
    assert any("несколько мероприятий" in one for one in said["warnings"])


def test_one_line_that_cannot_be_told_apart_is_said():
    said = answer("№ Мероприятие Срок Ответственный 1 Собрание актив 2 Слёт май Завуч".encode())
    assert said["activities"] == []
    assert said["warnings"]


def test_numbers_may_stand_after_the_text():
    header = ["Мероприятие", "№ п/п", "Срок", "Ответственный"]
    said = table(header, ["Слёт", "1", "май", "Завуч"], ["Встреча", "2", "июнь", "Завуч"])
    assert [(one["number"], one["title"]) for one in said["activities"]] == [
        ("1", "Слёт"),
        ("2", "Встреча"),
    ]


@pytest.mark.parametrize("tag", ["div", "p", "center", "h1", "span class=x", "section", "font"])
def test_a_page_may_start_with_any_tag(tag):
    name = tag.split()[0]
    page = (
        f"<{tag}>Дорожная карта</{name}><table><tr><td>№<td>Мероприятие<td>Срок</tr>"
        "<tr><td>1<td>Слёт<td>май</tr></table>"
    )
    for said in (answer(page.encode()), answer(f"<!-- 1 --><{tag}>{page}".encode())):
        assert titles(said) == ["Слёт"]


@given(
    st.lists(st.lists(st.sampled_from(WORDS), max_size=6), max_size=6), st.sampled_from("\t |\n")
)
def test_no_activity_and_no_warning_never_go_together(rows, gap):
    text = "Дорожная карта\n" + "\n".join(gap.join(row) for row in rows)
    said = answer(text.encode())
    assert said["activities"] or said["warnings"]


def test_a_plan_of_stages_without_terms_and_owners_says_what_is_missing():
    said = table(
        ["№", "Наименование этапа", "Содержание деятельности и примерный план мероприятий"],
        ["1.", "Подготовка", "Приказ о наставничестве"],
        ["2.", "Отбор", "Анкеты"],
    )
    assert [(one["section"], one["title"]) for one in said["activities"]] == [
        ("Подготовка", "Приказ о наставничестве"),
        ("Отбор", "Анкеты"),
    ]
    assert any("не указан срок" in one for one in said["warnings"])


def test_a_stage_column_gives_the_section_and_an_unknown_column_is_kept():
    said = table(
        ["Этап", "Мероприятие", "Содержание деятельности", "Сроки", "Охват"],
        ["Запуск", "Приказ", "Пишем", "май", "5"],
        ["", "Сайт", "", "июнь", ""],
    )
    assert [one["section"] for one in said["activities"]] == ["Запуск", "Запуск"]
    assert [one.get("notes") for one in said["activities"]] == ["Пишем 5", None]


def test_pipes_part_cells():
    text = (
        "План работы\n\n| № | Мероприятие | Срок |\n|---|---|---|\n| | **Этап 1** | |\n"
        "| 1 | Приказ | май |\n\n| 2 | Сайт | июнь |\n"
    )
    said = answer(text.encode())
    assert lists(said) == [
        ["1", "Этап 1", "Приказ", "май", [], None, None],
        ["2", "Этап 1", "Сайт", "июнь", [], None, None],
    ]


def test_headers_and_cells_one_a_line():
    text = (
        "Дорожная карта\n№ п/п\nМероприятия\nСроки\nОтветственные\nПервый этап\n1\nПриказ\n"
        "и положение\nмай 2031\nДиректор\n2\nСайт\nв течение года\nКуратор\n3\nСлёт\n"
    )
    said = answer(text.encode())
    assert [one[2:5] for one in lists(said)] == [
        ["Приказ и положение", "май 2031", ["Директор"]],
        ["Сайт", "в течение года", ["Куратор"]],
        ["Слёт", "", []],
    ]
    assert [left["line"] for left in said["left_over"]] == [1, 2, 3, 4, 5, 6]


def test_a_header_repeated_on_a_page_is_no_activity_and_a_cut_row_is_joined():
    header = ["№", "Мероприятие", "Срок"]
    said = table(
        header,
        ["1", "2", "3"],
        ["1", "Отбор в", "май"],
        header,
        ["", "Программу", ""],
        ["2", "Слёт", "май"],
    )
    assert titles(said) == ["Отбор в Программу", "Слёт"]


def test_a_cell_of_several_lines_is_one_cell():
    text = (
        "№\tМероприятие\tСрок\tИтог\n1\tДокументы:\n- приказ\tмай\tПакет\n- полный\n"
        '2\t"Сайт\nи газета"\tиюнь\tЕсть\n'
    )
    assert [[one[2], one[3], one[5]] for one in lists(answer(text.encode()))] == [
        ["Документы: - приказ", "май", "Пакет - полный"],
        ["Сайт и газета", "июнь", "Есть"],
    ]


def test_numbers_inside_the_title_are_taken():
    said = table(["Мероприятие", "Срок"], ["1. Запуск", ""], ["1.1. Приказ", "май"])
    assert [one[:3] for one in lists(said)] == [["1.1", "1. Запуск", "Приказ"]]


def test_two_tables_with_headings_between_them():
    text = "План мероприятий\n\nМероприятие\tСрок\nПриказ\tмай\n\nЭтап 2\n\nМероприятие\tСрок\nСлёт\tиюнь\n"
    assert [one[1:3] for one in lists(answer(text.encode()))] == [
        [None, "Приказ"],
        ["Этап 2", "Слёт"],
    ]


def test_terms_shared_by_two_activities_of_a_row():
    row = ["<p>1) Опрос</p><p>2) Разбор</p>", "<p>май</p><p>июнь</p>", "Куратор"]
    said = table(["Мероприятие", "Срок", "Ответственный"], row)
    assert [one[2:5] for one in lists(said)] == [
        ["1) Опрос", "май", ["Куратор"]],
        ["2) Разбор", "июнь", ["Куратор"]],
    ]
    assert len(said["warnings"]) == 1


def test_sections_keep_their_term_and_owners():
    roadmap = read_roadmap(read_document(text_of("two_owners"), "a.txt"))
    section = roadmap.sections[0]
    assert section.heading == "1. Подготовка"
    assert section.term_text == "Май-октябрь 2031 г."
    assert section.responsible == ("Специалисты УО", "ЦРО")


def test_a_target_that_is_no_number_is_said():
    text = "Показатель\t2031\t2032 год\nДоля\tвырастет\tне менее 5\n"
    said = answer(text.encode())
    assert said["indicators"] == [{"name": "Доля", "targets": {"2031": None, "2032": 5}}]
    assert "«вырастет»" in said["warnings"][0]


def test_the_command_prints_the_roadmap(tmp_path, capsys):
    path = tmp_path / "plan.txt"
    path.write_text("План\n\n№\tМероприятие\tСрок\n1\tСлёт\tдо 01.09.2031\n", encoding="utf-8")
    assert main(["read-roadmap", str(path), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["activities"][0]["term"]["end"] == "2031-09-01"
    assert main(["read-roadmap", str(path)]) == 0
    assert "1 · Слёт · до 01.09.2031" in capsys.readouterr().out
    path.write_bytes(b"{\\rtf1 }")
    assert main(["read-roadmap", str(path)]) == 1
    assert ".docx" in capsys.readouterr().err


GOALS = {
    "Цель: к концу 2031 года не менее 10% учеников вовлечены\n\nк концу 2033 года не менее 70 % учеников вовлечены": {
        "учеников вовлечены": {"2031": 10, "2033": 70}
    },
    "Цель программы: охватить не менее 12,5 процентов учеников к 2031 году": {
        "охватить учеников": {"2031": 12.5}
    },
    # which share belongs to which year would be a guess; at most is no goal to reach; the past is no plan
    "к концу 2031 года 10%, к концу 2033 года 70% учеников": {},
    "к концу 2031 года не более 5% отказов": {},
    "В 2031 году вовлечены 30% учеников": {},
}


@pytest.mark.parametrize("text", GOALS, ids=range(len(GOALS)))
def test_a_goal_in_a_sentence_is_an_indicator(text):
    said = table(
        ["Мероприятие", "Срок"], ["Слёт", "май 2031"], before=f"Дорожная карта\n\n{text}\n\n"
    )
    assert {one["name"]: one["targets"] for one in said["indicators"]} == GOALS[text]
    assert titles(said) == ["Слёт"]


def test_indicators_go_on_over_the_next_page():
    parts = [
        [["Показатель", "2031"], ["Доля тех, кто", "5"]],
        [["доволен", ""], ["Доля других", "7"]],
        [["Показатель", "2032"], ["Число", "1"]],
    ]
    said = answer(rebuilding.as_docx(["Цели", *parts[:2], "Ещё", parts[2]]), "a.docx")
    assert said["indicators"] == [
        {"name": "Доля тех, кто доволен", "targets": {"2031": 5}},
        {"name": "Доля других", "targets": {"2031": 7}},
        {"name": "Число", "targets": {"2032": 1}},
    ]


def test_the_next_page_of_a_table_without_a_header_goes_on():
    first = [["№", "Мероприятие", "Срок"], ["1", "Отбор", "май"]]
    second = [["", "наставников", ""], ["2", "Слёт", "июнь"]]
    other = [["№", "ФИО", "Роль"], ["1", "Примеров А.Б.", "куратор"]]
    wide = [["3", "Примеров", "куратор", "x"]]
    said = answer(rebuilding.as_docx([first, second, other, "Приложение", wide]), "a.docx")
    assert titles(said) == ["Отбор наставников", "Слёт"]
    said = answer(rebuilding.as_docx([first, "5", [first[0], *second]]), "a.docx")
    assert titles(said) == ["Отбор наставников", "Слёт"]


def test_a_number_cell_with_words_and_a_cell_beyond_the_header():
    text = "№\tМероприятие\tСрок\n1. Сайт\tшколы\tмай\nБез\tСлёт\tиюнь\tв зале\n"
    said = answer(text.encode())
    assert [(one["number"], one["title"], one.get("notes")) for one in said["activities"]] == [
        ("1", "Сайт школы", None),
        (None, "Без Слёт", "в зале"),
    ]


def test_a_capital_half_after_a_page_end_is_joined_under_its_title():
    text = "№\tМероприятие\tСрок\n1\tПриказ.\tмай\n\n\tПоложение.\t\n2\tСлёт\tиюнь\n"
    assert titles(answer(text.encode())) == ["Приказ. Положение.", "Слёт"]


def test_rows_that_repeat_merged_cells_are_one_activity():
    rows = [
        ["№", "Мероприятие", "Ответственный"],
        ["1", "Слёт", "Директор"],
        ["1", "Слёт", "Куратор"],
    ]
    said = answer(rebuilding.as_xlsx([rows]), "a.xlsx")
    assert [one[4] for one in lists(said)] == [["Директор", "Куратор"]]


@pytest.mark.parametrize(
    ("lines", "approved_on"),
    [
        (["УТВЕРЖДАЮ", "01.09.2031"], "2031-09-01"),
        (["Утверждено", "«1» сентября 2031 г."], "2031-09-01"),
        (["УТВЕРЖДЕН", "31.02.2031"], None),
        (["Согласовано", "01.09.2031"], None),
    ],
)
def test_the_date_of_approval(lines, approved_on):
    before = "\n".join([*lines, "", "Дорожная карта", "", ""])
    assert (
        table(["Мероприятие", "Срок"], ["Слёт", "май"], before=before)["approved_on"] == approved_on
    )


def test_fewer_owners_than_activities_stay_with_the_first():
    row = ["<p>Опрос</p><p>Разбор</p><p>Слёт</p>", "<p>май</p><p>июнь</p><p>июль</p>"]
    said = table(["Мероприятие", "Срок", "Ответственный"], [*row, "<p>Директор</p><p>Куратор</p>"])
    assert [one[4] for one in lists(said)] == [["Директор", "Куратор"], [], []]


def test_pasted_text_needs_no_file():
    assert (
        read_roadmap(read_document("Мероприятие\tСрок\nСлёт\tмай".encode(), "")).activities[0].title
        == "Слёт"
    )
