"""The pages of lists: read, check, correct, load."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from tests.people.conftest import make_curator, make_school

from nastavnik.core.access import Role
from nastavnik.people import actions
from nastavnik.people.models import Person, RosterImport

pytestmark = pytest.mark.django_db

HEADER = "ФИО\tДата рождения\tКласс\n"
GOOD = "Примерова Анна Ивановна\t12.03.2014\t5А\n"
NO_DATE = "Канарейкина Клара Петровна\t\t5А\n"
NO_CLASS = "Образцов Борис Петрович\t01.11.2013\t\n"
LIST = HEADER + GOOD + NO_DATE + NO_CLASS


def paste(site, text=LIST, kind=""):
    site.post(reverse("people:import"), {"kind": kind, "pasted": text})
    return RosterImport.objects.first()


def preview(draft):
    return reverse("people:import-preview", args=[draft.pk])


def as_shown(site, draft, **changes):
    """Return what the browser sends from the preview: every control as it stands, but for changes."""
    form = site.get(preview(draft)).context["form"]
    shown = {field.name: field.initial if field.initial is not None else "" for field in form}
    return {name: str(value) for name, value in (shown | changes).items()}


def test_from_upload_to_roster(site, workbook):
    data = workbook(
        Список=[["ФИО", "Дата рождения", "Класс"], ["Примерова Анна Ивановна", "12.03.2014", "5А"]]
    )
    answer = site.post(
        reverse("people:import"), {"kind": "", "file": SimpleUploadedFile("5А.xlsx", data)}
    )
    draft = RosterImport.objects.get()
    assert answer.url == preview(draft)
    page = site.get(answer.url).content.decode()
    assert "Примерова Анна Ивановна" in page
    assert page.count("btn-primary") == 1
    assert not Person.objects.exists()
    site.post(preview(draft), as_shown(site, draft, do="accept"))
    assert Person.objects.get().full_name == "Примерова Анна Ивановна"
    assert "5А.xlsx" in site.get(preview(draft)).content.decode()
    assert "5А.xlsx" in site.get(reverse("people:import")).content.decode()


def test_the_answer_counts_people_and_rows(site):
    draft = paste(site)
    context = site.get(preview(draft)).context
    assert (context["n_read"], context["compared"].n_waiting) == (1, 2)
    page = site.get(preview(draft)).content.decode()
    assert "Нет даты рождения" in page
    assert "Не указан класс" in page
    assert "style=" not in page
    assert "<script>" not in page


def test_a_refusal_keeps_what_was_pasted(site):
    bad = SimpleUploadedFile("a.pdf", b"%PDF-1.4 something")
    answer = site.post(
        reverse("people:import"), {"kind": "staff", "file": bad, "pasted": "Моя таблица"}
    )
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Моя таблица" in page
    assert "Это не таблица" in page
    assert not RosterImport.objects.exists()


def a_class(name, *people):
    rows = "".join(f"{person};12.03.2014;{name}\n" for person in people)
    return SimpleUploadedFile(f"{name}.csv", f"ФИО;Дата рождения;Класс\n{rows}".encode())


def test_several_files_are_checked_and_loaded_one_after_the_other(site):
    files = [a_class("5А", "Примерова Анна Ивановна"), a_class("5Б", "Образцов Борис Петрович")]
    answer = site.post(reverse("people:import"), {"kind": "", "file": files})
    first, second = RosterImport.objects.order_by("pk")
    assert (first.file_name, second.file_name) == ("5А.csv", "5Б.csv")
    assert answer.url == preview(first)
    site.post(preview(first), as_shown(site, first, do="accept"))
    done = site.get(preview(first))
    assert done.context["next"] == second
    assert "5Б.csv" in done.content.decode()
    site.post(preview(second), as_shown(site, second, do="accept"))
    assert site.get(preview(second)).context["next"] is None
    assert Person.objects.count() == 2


def test_of_several_files_the_unreadable_is_named_and_the_others_are_kept(site):
    bad = SimpleUploadedFile("приказ.pdf", b"%PDF-1.4 something")
    files = [bad, a_class("5А", "Примерова Анна Ивановна")]
    answer = site.post(reverse("people:import"), {"kind": "", "file": files}, follow=True)
    assert RosterImport.objects.get().file_name == "5А.csv"
    words = [str(message) for message in answer.context["messages"]]
    assert [word for word in words if word.startswith("приказ.pdf: ")] == words


@pytest.mark.parametrize("sent", [{}, {"pasted": "   "}, {"kind": "cats", "pasted": LIST}])
def test_an_empty_form_is_asked_again(site, sent):
    assert site.post(reverse("people:import"), sent).status_code == 200
    assert not RosterImport.objects.exists()


def test_a_changed_guess_is_shown_before_it_is_loaded(site):
    draft = paste(site)
    sent = as_shown(site, draft, column_1="ignore", do="accept")
    assert site.post(preview(draft), sent).url == preview(draft)
    assert not Person.objects.exists()
    draft.refresh_from_db()
    assert draft.columns["fields"]["1"] == "ignore"
    assert site.get(preview(draft)).context["n_read"] == 0
    site.post(preview(draft), as_shown(site, draft, column_1="birth_date", group="7Б", do="read"))
    assert site.get(preview(draft)).context["n_read"] == 2
    site.post(preview(draft), as_shown(site, draft, do="accept"))
    assert Person.objects.count() == 2


def test_the_header_and_the_kind_are_changed_too(site):
    draft = paste(site)
    site.post(preview(draft), as_shown(site, draft, header_row="", do="read"))
    draft.refresh_from_db()
    assert draft.header_row is None
    site.post(preview(draft), as_shown(site, draft, kind="staff", do="read"))
    draft.refresh_from_db()
    assert (draft.kind, draft.header_row) == ("staff", 0)


@pytest.mark.parametrize(
    "changes", [{"column_1": "full_name"}, {"header_row": "99"}, {"column_0": "shoe_size"}]
)
def test_columns_that_cannot_be_are_marked(site, changes):
    draft = paste(site)
    answer = site.post(preview(draft), as_shown(site, draft, do="accept", **changes))
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert "invalid-feedback" in answer.content.decode()
    assert not Person.objects.exists()


def test_a_double_submit_loads_once(site):
    draft = paste(site)
    sent = as_shown(site, draft, do="accept")
    site.post(preview(draft), sent)
    answer = site.post(preview(draft), sent, follow=True)
    assert answer.status_code == 200
    assert "fault" in answer.content.decode()
    assert Person.objects.count() == 1


def test_a_school_without_a_year_is_told_so(client):
    curator = make_curator(make_school("Без года", with_year=False), "new")
    client.force_login(curator, backend="nastavnik.people.access.Accounts")
    draft = paste(client, HEADER + GOOD)
    page = client.get(preview(draft)).content.decode()
    assert 'value="accept"' not in page
    answer = client.post(preview(draft), as_shown(client, draft, do="accept"), follow=True)
    assert 'role="alert"' in answer.content.decode()
    assert not Person.objects.exists()


def test_what_changes_is_said(site, school):
    for text in (HEADER + GOOD, HEADER + GOOD.replace("5А", "6Б")):
        draft = paste(site, text)
        page = site.get(preview(draft)).content.decode()
        site.post(preview(draft), as_shown(site, draft, do="accept"))
    assert "5А → 6Б" in " ".join(page.split())
    actions.mark_left(Person.objects.get(), by=None)
    outcome = site.get(preview(paste(site, HEADER + GOOD))).context["page"].object_list[0]
    assert [change.field for change in outcome.changes] == ["left_on", "group"]


def test_staff_are_shown_with_their_position(site):
    draft = paste(
        site,
        "ФИО\tДолжность\tПредмет\nИная Инна Ивановна\tучитель\tхимия\nОна Ольга Ивановна\t\t\n",
    )
    page = site.get(preview(draft)).content.decode()
    assert "учитель, химия" in " ".join(page.split())
    site.post(preview(draft), as_shown(site, draft, do="accept"))
    changed = paste(site, "ФИО\tДолжность\tПредмет\nИная Инна Ивановна\tпсихолог\t\n")
    assert "учитель → психолог" in " ".join(site.get(preview(changed)).content.decode().split())


def test_the_next_sheet_is_offered(site, workbook):
    header = ["ФИО", "Дата рождения"]
    data = workbook(
        **{
            "5А": [header, ["Примерова Анна Ивановна", "12.03.2014"]],
            "6Б": [header, ["Учебная Клара", "30.09.2012"]],
        }
    )
    site.post(reverse("people:import"), {"file": SimpleUploadedFile("a.xlsx", data)})
    last, first = RosterImport.objects.all()
    site.post(preview(first), as_shown(site, first, do="accept"))
    assert preview(last) in site.get(preview(first)).content.decode()


def test_a_list_is_thrown_away(site):
    draft = paste(site)
    discard = reverse("people:import-discard", args=[draft.pk])
    # opening the address only asks
    assert site.get(discard).status_code == 200
    assert RosterImport.objects.exists()
    assert site.post(discard).url == reverse("people:import")
    assert not RosterImport.objects.exists()
    loaded = paste(site)
    site.post(preview(loaded), as_shown(site, loaded, do="accept"))
    site.post(reverse("people:import-discard", args=[loaded.pk]))
    assert RosterImport.objects.get().status == "accepted"


def table(answer):
    assert answer.status_code == 200
    sheet = load_workbook(io.BytesIO(answer.content)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()], sheet


def test_rows_that_wait_are_downloaded_before_and_after(site):
    draft = paste(site, "Список школы\n" + LIST)
    address = reverse("people:import-errors", args=[draft.pk])
    before, _sheet = table(site.get(address))
    assert [row[0] for row in before] == [
        "Список школы", "ФИО", "Канарейкина Клара Петровна", "Образцов Борис Петрович",
    ]  # fmt: skip
    assert before[1][3]
    assert "Нет даты рождения" in before[2][3]
    assert "Не указан класс" in before[3][3]
    site.post(preview(draft), as_shown(site, draft, do="accept"))
    after, _sheet = table(site.get(address))
    assert after == before


def test_corrected_rows_load(site, workbook):
    draft = paste(
        site,
        "ФИО\tДата рождения\n5 «А» класс\n"
        + NO_DATE.replace("\t5А", "")
        + "Образцов Борис Петрович\t01.11.2013\n",
    )
    rows, _sheet = table(site.get(reverse("people:import-errors", args=[draft.pk])))
    rows[2][1] = "12.03.2013"
    corrected = SimpleUploadedFile("b.xlsx", workbook(Исправить=rows))
    site.post(reverse("people:import"), {"file": corrected})
    again = RosterImport.objects.first()
    context = site.get(preview(again)).context
    assert [one.row.group for one in context["page"].object_list] == ["5А"]
    assert not context["waiting"].lines


LEFT = "ФИО\tДата рождения\tКласс\tПримечание\n"
GONE = "Ушедшая Уля Ивановна\t12.03.2014\t5А\tвыбыла\n"


def test_who_seems_to_have_left_waits_for_a_tick(site):
    draft = paste(site, LEFT + GOOD.strip() + "\t\n" + GONE)
    page = site.get(preview(draft))
    assert [line.row for line in page.context["waiting"].lines] == [3]
    assert "Похоже, человек выбыл" in page.content.decode()
    # loading without an answer leaves the row out and says so
    site.post(preview(draft), as_shown(site, draft, do="read", take_3="on"))
    page = site.get(preview(draft))
    assert not page.context["waiting"].lines
    assert 'name="back_3"' in page.content.decode()
    site.post(preview(draft), as_shown(site, draft, do="read", back_3="on"))
    assert [line.row for line in site.get(preview(draft)).context["waiting"].lines] == [3]
    site.post(preview(draft), as_shown(site, draft, do="read", take_all="on"))
    site.post(preview(draft), as_shown(site, draft, do="accept"))
    assert Person.objects.count() == 2


def test_without_a_tick_the_row_is_left_out_and_kept(site):
    draft = paste(site, LEFT + GOOD.strip() + "\t\n" + GONE)
    site.post(preview(draft), as_shown(site, draft, do="accept"))
    assert Person.objects.get().last_name == "Примерова"
    draft.refresh_from_db()
    assert draft.summary["n_waiting"] == 1
    # the table of these rows asks once more when it is loaded
    rows, _sheet = table(site.get(reverse("people:import-errors", args=[draft.pk])))
    again = paste(site, "\n".join("\t".join(cell or "" for cell in row) for row in rows))
    assert [line.row for line in site.get(preview(again)).context["waiting"].lines] == [2]


def corrections(line, **changes):
    """Return what the browser sends of a row that waits."""
    values = {field.name: field.initial for field in line.fields}
    return values | {f"row_{line.row}_{name}": value for name, value in changes.items()}


def test_a_bad_row_is_corrected_in_place(site):
    draft = paste(site)
    lines = site.get(preview(draft)).context["waiting"].lines
    assert [(line.row, [field.initial for field in line.fields]) for line in lines] == [
        (3, ["Канарейкина", "Клара", "Петровна", "", "5А"]),
        (4, ["Образцов", "Борис", "Петрович", "01.11.2013", ""]),
    ]
    sent = corrections(lines[0], birth_date="30.09.2012") | corrections(lines[1], group="7")
    # pressed together with loading, it is shown once more first
    site.post(preview(draft), as_shown(site, draft, do="accept") | sent)
    assert not Person.objects.exists()
    page = site.get(preview(draft))
    assert page.context["n_read"] == 3
    site.post(preview(draft), as_shown(site, draft, do="accept"))
    assert set(Person.objects.values_list("last_name", "birth_date__year")) == {
        ("Примерова", 2014), ("Канарейкина", 2012), ("Образцов", 2013),
    }  # fmt: skip


def test_what_was_typed_into_a_row_is_never_lost(site):
    draft = paste(site)
    (line, _other) = site.get(preview(draft)).context["waiting"].lines
    sent = corrections(line, birth_date="когда-то", first_name="Кларисса")
    # another field of the page is wrong: all stays as typed
    page = site.post(preview(draft), as_shown(site, draft, header_row="99", do="answers") | sent)
    assert page.status_code == 200
    assert "Кларисса" in page.content.decode()
    # the row is still wrong after reading: it shows what was typed
    site.post(preview(draft), as_shown(site, draft, do="answers") | sent)
    line = site.get(preview(draft)).context["waiting"].lines[0]
    assert [field.initial for field in line.fields][1:4] == ["Кларисса", "Петровна", "когда-то"]
    assert "не читается" in " ".join(line.reasons)


def test_a_list_loaded_again_unchanged_has_nothing_to_load(site):
    first = paste(site, HEADER + GOOD)
    assert 'value="accept"' in site.get(preview(first)).content.decode()
    site.post(preview(first), as_shown(site, first, do="accept"))
    again = site.get(preview(paste(site, HEADER + GOOD)))
    page = again.content.decode()
    assert again.context["n_changing"] == 0
    assert 'value="accept"' not in page
    assert "ничего не меняется" in page
    more = paste(site, HEADER + GOOD + GOOD.replace("Примерова", "Новая"))
    assert "Загрузить 1 человека" in site.get(preview(more)).content.decode()


def test_lists_of_one_sheet_are_checked_one_after_the_other(site):
    text = (
        "№\tФИО\tКласс\tДата рождения\n1\tПримерова Анна Ивановна\t5А\t12.03.2014\n\nПедагоги\n"
        "№\tФИО\tДолжность\tПредмет\n1\tИная Инна Ивановна\tучитель\tхимия\n"
    )
    site.post(reverse("people:import"), {"kind": "", "pasted": text})
    pupils, staff = RosterImport.objects.order_by("pk")
    assert (pupils.kind, staff.kind) == ("pupils", "staff")
    for draft in (pupils, staff):
        assert site.get(preview(draft)).context["n_read"] == 1
        site.post(preview(draft), as_shown(site, draft, do="accept"))
    assert set(Person.objects.values_list("last_name", "kind")) == {
        ("Примерова", "pupil"), ("Иная", "teacher"),
    }  # fmt: skip


def test_the_column_of_gender_fills_the_card(site):
    text = "ФИО\tПол\tДата рождения\tКласс\nУчебная Саша\tЖ\t12.03.2014\t5А\n"
    draft = paste(site, text)
    site.post(preview(draft), as_shown(site, draft, do="accept"))
    assert Person.objects.get().gender == "female"


def test_formulas_of_a_list_never_run(site):
    bad = ['=HYPERLINK("http://x")', "+1+1", "-2+3", "@SUM(A1)"]
    text = "ФИО\tДата рождения\tКласс\tПримечание\n" + "".join(
        f"Канарейкина Клара Петровна\t\t5А\t{value}\n" for value in bad
    )
    draft = paste(site, text)
    _rows, sheet = table(site.get(reverse("people:import-errors", args=[draft.pk])))
    cells = [sheet.cell(row, 4) for row in range(2, 6)]
    assert [cell.value for cell in cells] == bad
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells)


def test_a_long_list_is_shown_in_parts_and_loaded_whole(site):
    letters = "абвгдежзиклмнопрстуф"
    text = HEADER + "".join(
        f"Пример{letters[i // 20]}{letters[i % 20]}ов Иван Петрович\t12.03.2014\t5А\n"
        for i in range(205)
    )
    draft = paste(site, text)
    assert len(site.get(preview(draft)).context["page"].object_list) == 200
    assert len(site.get(preview(draft), {"page": 2}).context["page"].object_list) == 5
    site.post(preview(draft), as_shown(site, draft, do="accept"))
    assert Person.objects.count() == 205


def test_the_preview_asks_the_database_as_often_for_5_as_for_200(site):
    letters = "абвгдежзиклмнопрстуф"
    n_queries = []
    for n in (5, 200):
        text = HEADER + "".join(
            f"Пример{letters[i // 20]}{letters[i % 20]}ов Иван Петрович\t12.03.2014\t5А\n"
            for i in range(n)
        )
        draft = paste(site, text)
        with CaptureQueriesContext(connection) as captured:
            assert site.get(preview(draft)).context["n_read"] == n
        n_queries.append(len(captured))
    assert n_queries[0] == n_queries[1]


PAGES = ["people:import-preview", "people:import-errors", "people:import-discard"]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_the_list_of_another_school_is_not_there(site, stranger, client, name, method):
    draft = paste(site)
    client.force_login(stranger, backend="nastavnik.people.access.Accounts")
    answer = getattr(client, method)(reverse(name, args=[draft.pk]), {"do": "accept"})
    assert answer.status_code in (404, 405)
    assert (answer.status_code == 405) == ((name, method) == (PAGES[1], "post"))
    assert "Канарейкина" not in answer.content.decode()
    assert "Канарейкина" not in client.get(reverse("people:import")).content.decode()
    assert RosterImport.objects.get(pk=draft.pk).status == "draft"
    assert not Person.objects.exists()


def test_only_a_curator_loads_lists(site, school, client):
    draft = paste(site)
    teacher = actions.add_account("teacher", None, full_name="Учителева Ульяна", by=None)
    actions.grant_role(teacher, school, Role.DIRECTOR, by=None)
    client.force_login(teacher, backend="nastavnik.people.access.Accounts")
    assert client.get(reverse("people:import")).status_code == 403
    assert client.get(preview(draft)).status_code == 403
    client.logout()
    assert re.search("sign-in", client.get(preview(draft)).url)
