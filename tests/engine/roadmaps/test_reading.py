"""Invented roadmaps in the layouts schools use, in every format, and the rules one by one."""

import subprocess
from pathlib import Path

import pytest
import yaml
from tests.readers import rebuilding

from nastavnik.engine.roadmaps.payload import read_roadmap_json
from nastavnik.engine.roadmaps.reading import read_roadmap
from nastavnik.readers.documents import read_document, read_pasted_text

FOLDER = Path(__file__).parent / "invented"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
FIELDS = ("number", "section", "title", "term_text", "responsible", "result", "document")


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


@pytest.mark.parametrize("kind", ["docx", "xlsx", "html", "odt"])
@pytest.mark.parametrize("name", NAMES)
def test_the_same_in_another_format_is_read_the_same(name, kind):
    parts = rebuilding.parts_of(read_document(text_of(name), "a.txt"))
    said = answer(getattr(rebuilding, f"as_{kind}")(parts), f"a.{kind}")
    want = expected(name)
    assert lists(said) == want["activities"]
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
    "header", [["Этапы", "Мероприятия", "Результат"], ["Ответственный", "Направления", "Сроки"]]
)
def test_a_table_that_says_neither_what_nor_when_is_no_roadmap(header):
    assert titles(table(header, ["1", "Слёт", "май"])) == []


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


def test_pasted_text_needs_no_file():
    assert (
        read_roadmap(read_pasted_text("Мероприятие\tСрок\nСлёт\tмай")).activities[0].title == "Слёт"
    )
