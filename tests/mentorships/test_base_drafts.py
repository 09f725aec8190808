"""Files of bases that come back: unchanged they change nothing, changed they show every difference, nothing silent."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from tests.mentorships.scenes import run_pairs

from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.ui import listing
from nastavnik.mentorships.actions import keep_base_draft, take_base_draft
from nastavnik.mentorships.adapter import ReaderError, rows_of_base
from nastavnik.mentorships.catalogues import base_columns
from nastavnik.mentorships.documents import base_paper
from nastavnik.mentorships.models import BaseDraft
from nastavnik.mentorships.queries import base_file, compare_base
from nastavnik.mentorships.tables import base_entries_table
from nastavnik.people.actions import register_person
from nastavnik.people.choices import PersonKind
from nastavnik.programmes.actions import change_participation
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import Participation
from nastavnik.readers.documents import read_document
from nastavnik.readers.sheets import read_sheets
from nastavnik.writers.looks import WIDE_TABLE
from nastavnik.writers.wordfiles import draw_docx

PAGE = "/base/files/"
WORDS = st.text(max_size=90)


def out(cast, side, kind):
    found = base_file(cast.anna, cast.school.programme, side)
    columns = base_columns(side)
    if kind == "xlsx":
        return listing.as_xlsx(base_entries_table("base", "База", columns, found.entries))
    paper = base_paper(cast.school.organisation, "База", [], columns, found.entries, today())
    return draw_docx("База", paper, WIDE_TABLE)


def back(data, kind):
    if kind == "xlsx":
        return rows_of_base([sheet.rows for sheet in read_sheets(data, "база.xlsx")])
    tables = [one for one in read_document(data, "база.docx") if hasattr(one, "rows")]
    return rows_of_base([[row.cells for row in table.rows] for table in tables])


def compared(cast, side, kind="xlsx", data=None):
    read = back(data or out(cast, side, kind), kind)
    assert read["side"] == side.value
    return compare_base(cast.anna, cast.school.programme, side, read["rows"])


def edited(cast, side, **cells):
    """The base as .xlsx with some cells of the row of the first named person changed."""
    book = load_workbook(io.BytesIO(out(cast, side, "xlsx")))
    sheet = book.active
    names = [column.name for column in base_columns(side)]
    who = cells.pop("who")
    line = next(row for row in sheet.iter_rows(min_row=2) if who in row[1].value)
    for name, words in cells.items():
        line[names.index(name)].value = words
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("kind", ["xlsx", "docx"])
@settings(
    max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(contacts=WORDS, results=WORDS, link=WORDS)
@example(contacts="=1+1\n\tй", results="а\x0cб\u2028\u200bв  г.", link="00012; 1.5")
def test_unchanged_it_changes_nothing(cast, side, kind, contacts, results, link):
    """0 new, 0 changed, 0 gone, nothing waits and nothing is left untaken, whatever the cells hold."""
    for name in ("younger", "older"):
        record = cast.school.records[name]
        Participation.objects.filter(pk=record.pk).update(
            contacts=contacts.replace("\x00", ""),
            results=results.replace("\x00", ""),
            case_link=link.replace("\x00", ""),
        )
    found = compared(cast, side, kind)
    assert {one.verdict for one in found.rows} == {"same"}
    assert not found.gone
    assert not [one for one in found.rows if one.untaken]


def test_with_pairs_nothing_changes_either(cast):
    run_pairs(cast.school)
    for side in Side:
        found = compared(cast, side)
        assert {one.verdict for one in found.rows} == {"same"}
        assert not [one for one in found.rows if one.untaken]


def test_a_file_is_loaded_looked_over_and_taken(cast, client):
    """Through the door of the readers, on the pages: what was typed into the file is in the base, and nothing else."""
    client.force_login(cast.anna)
    data = edited(
        cast, Side.MENTOR, who="Учителева", achievements="курс для молодых учителей",
        areas="методика предмета; Планирование и анализ урока", form="не эта", time="",
    )  # fmt: skip
    upload = SimpleUploadedFile("база наставников.xlsx", data)
    answer = client.post(PAGE, {"file": upload}, follow=True)
    draft = BaseDraft.objects.get()
    page = answer.content.decode()
    assert "курс для молодых учителей" in page
    assert "не эта" in page
    seen = answer.context["compared"].mark
    rows = [one.row for one in answer.context["changing"]]
    client.post(f"{PAGE}{draft.pk}/", {"do": "take", "rows": rows, "seen": seen})
    record = cast.school.records["teacher"]
    record.refresh_from_db()
    assert record.achievements == "курс для молодых учителей"
    assert record.areas == ["lesson", "subject_method"]
    assert not BaseDraft.objects.exists()


def test_an_emptied_cell_empties_nothing_and_is_told(cast):
    record = cast.school.records["younger"]
    change_participation(record, results="прочитал книгу", by=cast.anna)
    found = compared(
        cast, Side.MENTEE, data=edited(cast, Side.MENTEE, who="Младшов Миша", results=None)
    )
    (row,) = [one for one in found.rows if one.untaken]
    assert row.verdict == "same"
    assert [(one.before, one.after) for one in row.untaken] == [("прочитал книгу", "")]


def test_what_cannot_be_kept_makes_the_row_wait(cast):
    data = edited(cast, Side.MENTOR, who="Учителева", areas="чтение мыслей", results="да")
    (row,) = [one for one in compared(cast, Side.MENTOR, data=data).rows if one.reason]
    assert "чтение мыслей" in row.reason
    long = edited(cast, Side.MENTOR, who="Учителева", wanted_ages="а" * 101)
    assert [one for one in compared(cast, Side.MENTOR, data=long).rows if one.reason]


def test_rows_of_people_without_paper_or_card_wait(cast):
    """Who is on the roster without a consent, and who is nowhere, are told and not written."""
    rows = [
        {"row": 2, "cells": {"person": "Ждунов Женя", "request": "новое"}},
        {"row": 3, "cells": {"person": "Никтов Никита"}},
        {"row": 4, "cells": {"person": "", "request": "чей-то"}},
        {"row": 5, "cells": {"person": "Младшов Миша Ильич"}},
        {"row": 6, "cells": {"person": "младшов миша ильич", "request": "второй раз"}},
    ]
    found = compare_base(cast.anna, cast.school.programme, Side.MENTEE, rows)
    assert [one.verdict for one in found.rows] == [
        "waiting", "waiting", "waiting", "same", "waiting",
    ]  # fmt: skip


def test_somebody_of_the_roster_comes_into_the_base(cast):
    from nastavnik.consents.actions import record_consents
    from nastavnik.consents.choices import Purpose

    school = cast.school
    person = register_person(
        school.organisation, group="5А", kind=PersonKind.PUPIL, last_name="Новосёлов", first_name="Ян",
        patronymic="", birth_date=school.people["younger"].birth_date, position="", subject="", by=cast.anna,
    )  # fmt: skip
    rows = [{"row": 2, "cells": {"person": "Новоселов Ян", "request": "дроби"}}]
    found = compare_base(cast.anna, school.programme, Side.MENTEE, rows)
    assert found.count("new") == 0
    record_consents([person], [Purpose.DATA], signed_on=today(), by=cast.anna)
    found = compare_base(cast.anna, school.programme, Side.MENTEE, rows)
    assert found.count("new") == 1
    draft = keep_base_draft(school.programme, Side.MENTEE, rows, file_name="б.xlsx", by=cast.anna)
    take_base_draft(draft, [2], seen=found.mark, by=cast.anna)
    assert Participation.objects.get(person=person).request == "дроби"


def test_what_was_not_seen_is_not_taken(cast):
    school, record = cast.school, cast.school.records["younger"]
    rows = [{"row": 2, "cells": {"person": record.person.full_name, "results": "из файла"}}]
    draft = keep_base_draft(school.programme, Side.MENTEE, rows, file_name="б.xlsx", by=cast.anna)
    seen = compare_base(cast.anna, school.programme, Side.MENTEE, rows).mark
    change_participation(record, results="написано тем временем", by=cast.anna)
    with pytest.raises(RefusedError):
        take_base_draft(draft, [2], seen=seen, by=cast.anna)
    record.refresh_from_db()
    assert record.results == "написано тем временем"


def test_another_table_is_no_base(cast, client):
    book = Workbook()
    book.active.append(["ФИО", "Класс", "Телефон"])
    book.active.append(["Младшов Миша", "5А", "1"])
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(ReaderError):
        back(stream.getvalue(), "xlsx")


def test_the_other_school_sees_no_file(cast, client):
    draft = keep_base_draft(
        cast.school.programme, Side.MENTEE, [], file_name="б.xlsx", by=cast.anna
    )
    client.force_login(cast.vera)
    assert client.get(f"{PAGE}{draft.pk}/").status_code == 404
    assert client.post(f"{PAGE}{draft.pk}/", {"do": "discard"}).status_code == 404
    client.force_login(cast.anna)
    client.post(f"{PAGE}{draft.pk}/", {"do": "discard"})
    assert not BaseDraft.objects.exists()
