"""What is not seen is not stored: at the door of every form, out of every file, and in whatever is taken out."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document as Docx
from openpyxl import Workbook, load_workbook
from tests.pages import signed_in

from nastavnik.core.models import AuditEntry
from nastavnik.core.text import plain, plain_within
from nastavnik.organisations.models import Partner
from nastavnik.people.models import Person, RosterImport, User
from nastavnik.roadmaps.models import RoadmapDraft

UNSEEN = "\x00\x07\x1f\x7f\x9b\xad\u061c\u200b\u200d\u200e\u202e\u2066\u2069\ufeff\ufffe\uffff\U0001fffe\U000e0041"
# What people do write: a letter with a mark above, a quotation, a dash, a number sign, another alphabet, a picture.
WRITTEN = "Ёжик «Йод» — № 5, Әлия, Ä\u00a0b\tв\nг 👍 e\u0301"


@pytest.mark.parametrize("sign", UNSEEN)
def test_a_sign_that_is_not_seen_goes(sign):
    assert plain(f"Ма{sign}ма") == "Мама"


def test_what_people_write_stays():
    assert plain(WRITTEN) == WRITTEN


@pytest.mark.parametrize("sign", "\x0b\x0c\x85\u2028\u2029")
def test_an_end_of_a_line_of_another_program_parts_words(sign):
    assert plain(f"Мама{sign}мыла") == "Мама мыла"


def test_a_whole_json_is_made_plain():
    assert plain_within({"a": ["б\u202eв", {"г": "\ufffe"}, 5, None]}) == {"a": ["бв", {"г": ""}, 5, None]}  # fmt: skip


def dirty(word):
    return f"\u202e{word[:2]}\u200b\x07\ufffe{word[2:]}"


@pytest.mark.django_db
@pytest.mark.both
def test_a_form_stores_the_letters_alone(cast):
    signed_in(cast.anna).post(
        "/people/add/",
        {
            "kind": "teacher",
            "last_name": dirty("Невидимова"),
            "first_name": dirty("Нина"),
            "position": dirty("учитель"),
        },
    )
    person = Person.objects.get(last_name="Невидимова")
    assert (person.first_name, person.position) == ("Нина", "учитель")


@pytest.mark.django_db
def test_an_address_and_a_search_are_cleaned_too(cast):
    page = signed_in(cast.anna).get("/people/", {"q": dirty("Младшова")}).content.decode()
    assert 'value="Младшова"' in page


@pytest.mark.django_db
def test_a_password_stays_as_it_is_typed(cast):
    word = "три\u200bслова и 7"
    User.objects.filter(pk=cast.anna.pk).update(one_time_until=None)
    user = User.objects.get(pk=cast.anna.pk)
    user.set_password(word)
    user.save()
    client = signed_in(cast.anna)
    client.logout()
    sent = {"login": user.login, "password": word}
    assert client.post("/sign-in/", sent).status_code == 302


@pytest.mark.django_db
def test_a_list_and_a_roadmap_come_in_clean(cast):
    client, school = signed_in(cast.anna), cast.school.organisation
    book = Workbook()
    book.active.append(["ФИО", "Класс", "Дата рождения"])
    book.active.append(["Ли\u202eстова Анна\u200b Петровна", "8А", "01.03.2012"])
    stream = io.BytesIO()
    book.save(stream)
    file = SimpleUploadedFile("спи\u202eсок.xlsx", stream.getvalue())
    client.post("/people/import/", {"kind": "pupils", "file": file})
    draft = RosterImport.objects.filter(organisation=school).latest("pk")
    assert "Листова Анна Петровна" in str(draft.rows)
    assert draft.file_name == "список.xlsx"
    paper = Docx()
    table = paper.add_table(rows=2, cols=4)
    for cell, word in zip(table.rows[0].cells, ["№", "Мероприятие", "Сроки", "Ответственный"], strict=True):  # fmt: skip
        cell.text = word
    for cell, word in zip(table.rows[1].cells, ["1", "Сл\u202eёт\u200b", "май", "Директор"], strict=True):  # fmt: skip
        cell.text = word
    stream = io.BytesIO()
    paper.save(stream)
    client.post("/roadmap/read/", {"file": SimpleUploadedFile("карта.docx", stream.getvalue())})
    assert "Слёт" in str(RoadmapDraft.objects.filter(organisation=school).latest("pk").content)


@pytest.mark.django_db
def test_what_was_stored_before_goes_out_clean(cast):
    """A line of an older version holds U+FFFE, which no .xlsx may hold: the file is made all the same."""
    client = signed_in(cast.anna)
    person = cast.school.people["younger"]
    Person.objects.filter(pk=person.pk).update(first_name="Ни\ufffe\u202eна")
    Partner.objects.update(name="За\ufffeвод")
    answer = client.get("/people/", {"as": "xlsx"})
    assert answer.status_code == 200
    sheet = load_workbook(io.BytesIO(answer.content)).active
    words = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    assert "Нина" in words
    assert AuditEntry.objects.filter(action="list-exported").exists()
