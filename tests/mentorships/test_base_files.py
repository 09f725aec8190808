"""The bases as files: the columns of the recommendations, nothing of whom no paper covers."""

import datetime as dt
import io

import pytest
from docx import Document as OpenDocx
from openpyxl import load_workbook
from tests.cast import CANARY
from tests.mentorships.scenes import pair_of, run_pairs

from nastavnik.consents.actions import withdraw_consent
from nastavnik.consents.choices import Purpose
from nastavnik.consents.models import Consent
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.documents.actions import register_document, set_requisites, take_back_registration
from nastavnik.matching.actions import run_matching
from nastavnik.mentorships.actions import approve_run, set_pair_status
from nastavnik.mentorships.catalogues import base_columns
from nastavnik.mentorships.choices import MentorshipStatus as M
from nastavnik.mentorships.models import Tie
from nastavnik.programmes.actions import change_participation, settle_next_year
from nastavnik.programmes.choices import AfterEnd, ParticipationStatus, Side
from nastavnik.programmes.models import Participation

PAGE = "/base/files/"


def taken_out(client, **asked):
    answer = client.get(PAGE, asked)
    assert answer.status_code == 200
    return b"".join(answer) if answer.streaming else answer.content


def as_rows(data):
    sheet = load_workbook(io.BytesIO(data)).active
    return [[cell.value or "" for cell in row] for row in sheet.iter_rows()]


def as_table(data):
    table = OpenDocx(io.BytesIO(data)).tables[0]
    return [[cell.text for cell in row.cells] for row in table.rows]


def row_of(rows, name):
    titles = rows[0]
    found = next(row for row in rows[1:] if name in row[1])
    return dict(zip(titles, found, strict=True))


@pytest.mark.parametrize(("kind", "read"), [("xlsx", as_rows), ("docx", as_table)])
def test_the_base_of_mentees_goes_out_in_its_columns(cast, client, kind, read):
    run_pairs(cast.school)
    record = cast.school.records["younger"]
    change_participation(
        record, contacts="мама, 8 (900) 000-00-00", results="=закрыл четверть", by=cast.anna
    )
    client.force_login(cast.anna)
    rows = read(taken_out(client, side="mentee", **{"as": kind}))
    assert rows[0] == [column.title for column in base_columns(Side.MENTEE)]
    row = row_of(rows, "Младшов Миша")
    pair = pair_of(cast.school)
    assert row["ФИО наставника"] == pair.mentor.person.full_name
    assert row["Форма наставничества"] == pair.form.title
    assert row["Контактные данные для связи (данные представителя)"] == "мама, 8 (900) 000-00-00"
    assert row["Результаты программы"] == "=закрыл четверть"
    assert row["Отметка о прохождении программы"] == "" == row["Дата завершения программы"]
    assert row["Год рождения"] == str(record.person.birth_date.year)


OTHERS = {"mentee": "ФИО наставника", "mentor": "ФИО наставляемого (наставляемых)"}
PASSED = ("Отметка о прохождении программы", "Дата завершения программы")


def named_and_passed(client, person, side="mentee"):
    row = row_of(as_rows(taken_out(client, side=side, **{"as": "xlsx"})), person.full_name)
    return row[OTHERS[side]], *(row[title] for title in PASSED if title in row)


def test_only_who_has_completed_a_pair_has_passed_the_programme(cast, client):
    """Who has finished without a pair, or after one that was ended early, has passed nothing."""
    client.force_login(cast.anna)
    people, records = cast.school.people, cast.school.records
    settle_next_year([records["novice"]], after=AfterEnd.STOPS, by=cast.anna)
    run_pairs(cast.school)
    early, whole = pair_of(cast.school, "younger"), pair_of(cast.school, "youngest")
    for pair, status in ((early, M.CANCELLED), (whole, M.COMPLETED)):
        set_pair_status(pair, status, reason="конец", by=cast.anna)
    never = Participation.objects.get(pk=records["novice"].pk)
    gone = Participation.objects.get(pk=records["younger"].pk)
    if gone.status != ParticipationStatus.FINISHED:
        settle_next_year([gone], after=AfterEnd.STOPS, by=cast.anna)
    assert never.status == ParticipationStatus.FINISHED
    assert named_and_passed(client, people["novice"]) == ("", "", "")
    name = early.mentor.person.full_name
    assert named_and_passed(client, people["younger"]) == (name, "", "")
    mark, day = named_and_passed(client, people["youngest"])[1:]
    assert (mark, day) == ("программа пройдена", f"{today():%d.%m.%Y}")


def test_nobody_entered_later_than_the_own_pair_began(cast, client):
    """A base is often typed in when its pairs have met for weeks: the day of typing is no day of entering."""
    client.force_login(cast.anna)
    run_pairs(cast.school)
    pair = pair_of(cast.school, "younger")
    sides = [cast.school.records["younger"], pair.mentor]
    began = min(record.starts_on for record in sides) - dt.timedelta(days=5)
    Tie.objects.filter(mentorship=pair).update(starts_on=began)
    entered = "Дата вхождения в программу"
    for record in sides:
        rows = as_rows(taken_out(client, side=record.side, **{"as": "xlsx"}))
        assert row_of(rows, record.person.full_name)[entered] == f"{began:%d.%m.%Y}"
    Tie.objects.filter(mentorship=pair).update(starts_on=today() + dt.timedelta(days=1))
    rows = as_rows(taken_out(client, side="mentee", **{"as": "xlsx"}))
    first = sides[0]
    assert row_of(rows, first.person.full_name)[entered] == f"{first.starts_on:%d.%m.%Y}"


def test_a_pair_that_never_began_names_nobody(cast, client):
    client.force_login(cast.anna)
    run = run_matching(cast.school.programme, by=cast.anna)
    order = approve_run(run, starts_on=today(), by=cast.anna)
    pair, other = pair_of(cast.school, "younger"), pair_of(cast.school, "youngest")
    person, across = cast.school.people["younger"], pair.mentor.person
    assert pair.status == M.APPROVED
    assert named_and_passed(client, person)[0] == ""
    assert person.full_name not in named_and_passed(client, across, "mentor")[0]
    set_pair_status(pair, M.CANCELLED, reason="передумали", by=cast.anna)
    assert named_and_passed(client, person)[0] == ""
    set_requisites(order, number="5-о", dated_on=today(), by=cast.anna)
    register_document(order, by=cast.anna)
    assert named_and_passed(client, person)[0] == ""
    person = cast.school.people["youngest"]
    assert named_and_passed(client, person)[0] == other.mentor.person.full_name


def test_a_pair_whose_registration_was_taken_back_never_began(cast, client):
    client.force_login(cast.anna)
    order = run_pairs(cast.school)
    pair, other = pair_of(cast.school, "younger"), pair_of(cast.school, "youngest")
    take_back_registration(order, reason="ошиблись номером", by=cast.anna)
    set_pair_status(pair, M.CANCELLED, reason="передумали", by=cast.anna)
    assert named_and_passed(client, cast.school.people["younger"])[0] == ""
    assert (
        cast.school.people["younger"].full_name
        not in named_and_passed(client, pair.mentor.person, "mentor")[0]
    )
    set_requisites(order, number="6-о", dated_on=today(), by=cast.anna)
    register_document(order, by=cast.anna)
    assert named_and_passed(client, cast.school.people["younger"])[0] == ""
    person = cast.school.people["youngest"]
    assert named_and_passed(client, person)[0] == other.mentor.person.full_name


def test_the_sub_base_of_staff_holds_staff_only(cast, client):
    client.force_login(cast.anna)
    rows = as_rows(taken_out(client, side="mentor", kind="teacher", **{"as": "xlsx"}))
    assert [row[1] for row in rows[1:]] == [cast.school.people["teacher"].full_name]
    row = row_of(rows, "Учителева")
    assert row["Основные компетенции"] == "планирование и анализ урока"
    assert as_rows(taken_out(client, side="mentor", kind="alumnus", **{"as": "xlsx"}))[1:] == []


def test_nobody_goes_out_whom_no_paper_covers(cast, client):
    """A withdrawn consent takes the row out at once, the name out of the rows across, and the page says which paper."""
    run_pairs(cast.school)
    person = cast.school.people["younger"]
    pair = pair_of(cast.school)
    client.force_login(cast.anna)
    before = as_rows(taken_out(client, side="mentor", **{"as": "xlsx"}))
    assert (
        person.full_name
        in row_of(before, pair.mentor.person.full_name)["ФИО наставляемого (наставляемых)"]
    )
    paper = Consent.objects.get(person=person, purpose=Purpose.DATA)
    withdraw_consent(paper, by=cast.anna)
    for side in Side:
        for kind in ("xlsx", "docx"):
            data = taken_out(client, side=side.value, **{"as": kind})
            rows = as_rows(data) if kind == "xlsx" else as_table(data)
            assert all(person.full_name not in cell for row in rows for cell in row)
    page = client.get(PAGE).content.decode()
    assert person.full_name in page
    assert str(Purpose.DATA.label) in page


def test_contacts_wait_for_the_paper(cast):
    record = cast.school.records["waiting"]
    with pytest.raises(RefusedError):
        change_participation(record, contacts="8 900", by=cast.anna)
    record = cast.school.records["younger"]
    assert change_participation(record, contacts="8 900", by=cast.anna).contacts == "8 900"


def test_the_other_school_and_other_roles_get_nothing(cast, client):
    client.force_login(cast.anna)
    programme = cast.other.programme.pk
    rows = as_rows(taken_out(client, side="mentee", programme=programme, **{"as": "xlsx"}))
    assert len(rows) > 1
    assert all(CANARY not in str(cell) for row in rows for cell in row)
    client.force_login(cast.users[Role.CLASS_TEACHER])
    assert client.get(PAGE, {"side": "mentee", "as": "xlsx"}).status_code == 403


@pytest.mark.parametrize("asked", [{"as": "pdf"}, {"as": "xlsx", "side": "x"}, {"as": "docx"}])
def test_what_is_no_file_is_not_there(cast, client, asked):
    client.force_login(cast.anna)
    assert client.get(PAGE, asked).status_code == 404
