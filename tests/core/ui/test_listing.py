"""A list taken out: every row of the filter, nothing the viewer may not see, never a formula, always in the trail."""

import datetime as dt
import io
import re

import pytest
from openpyxl import load_workbook
from tests.cast import CANARY, approve_pairs
from tests.mentorships.scenes import run_pairs
from tests.pages import signed_in, text

from nastavnik.consents.models import Consent
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.models import AuditEntry
from nastavnik.core.ui.listing import XLSX, Column, Table, as_xlsx
from nastavnik.matching.actions import run_matching
from nastavnik.mentorships.choices import MeetingStatus
from nastavnik.mentorships.models import Meeting
from nastavnik.people.actions import change_person
from nastavnik.people.models import Person
from nastavnik.programmes.actions import plan_group_meeting

pytestmark = pytest.mark.django_db
LISTS = [
    "/people/", "/consents/", "/mentees/", "/mentors/", "/pairs/", "/documents/", "/matching/",
    "/classes/", "/settings/accounts/", "/group-meetings/", "/matching/past/",
]  # fmt: skip


def book_of(response):
    assert response["Content-Type"] == XLSX
    return load_workbook(io.BytesIO(response.content)).active


def rows(sheet):
    head, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(head, line, strict=True)) for line in lines]


def taken(client, address, **wanted):
    return rows(book_of(client.get(address, {**wanted, "as": "xlsx"})))


def live(cast):
    """Let there be a row in each list."""
    approve_pairs(cast.school)
    records = [cast.school.records[key] for key in ("older", "waiting")]
    plan_group_meeting(cast.school.programme, records, held_on=today(), place="зал", by=cast.anna)


def crowd(cast, n):
    return Person.objects.bulk_create(
        Person(organisation=cast.school.organisation, kind="pupil", last_name="Многов", first_name=f"П{k:03}", search_name=f"многов п{k:03}")
        for k in range(n)
    )  # fmt: skip


def test_the_file_holds_the_filtered_rows_of_all_pages(cast):
    crowd(cast, 120)
    client = signed_in(cast.anna)
    found = taken(client, "/people/", q="многов", page="2")
    assert len(found) == 120
    assert [row["Full name"] for row in found] == sorted(row["Full name"] for row in found)
    assert len(taken(client, "/people/")) == Person.objects.filter(organisation=cast.school.organisation).count()  # fmt: skip
    printed = text(client.get("/people/", {"q": "многов", "as": "print"}))
    assert printed.count("<tr>") == 121
    assert "120 rows. Name: многов." in printed
    assert 'href="/people/?q=%D0%BC%D0%BD%D0%BE%D0%B3%D0%BE%D0%B2"' in printed


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("kind", ["xlsx", "print"])
def test_each_list_goes_out_and_leaves_a_line_in_the_trail(cast, address, kind):
    live(cast)
    client = signed_in(cast.anna)
    client.get(address)
    before = AuditEntry.objects.count()
    response = client.get(address, {"as": kind})
    assert response.status_code == 200
    (entry,) = AuditEntry.objects.order_by("pk")[before:]
    assert (entry.action, entry.actor_id) == ("list-exported", cast.anna.pk)
    assert entry.organisation_id == cast.school.organisation.pk
    counted = entry.n_rows
    assert kind in entry.what.split()
    assert entry.fields
    assert not any("rows:" in word or word == kind for word in entry.fields)
    if kind == "xlsx":
        assert len(rows(book_of(response))) == counted > 0
        assert CANARY not in str(rows(book_of(response)))
    else:
        assert text(response).count("<tr>") == counted + 1
        assert CANARY not in text(response)
    assert not any(person.last_name in str(entry.fields) for person in Person.objects.all())


@pytest.mark.parametrize("address", LISTS)
def test_the_buttons_keep_the_filter_and_leave_the_page(cast, address):
    if address != "/matching/":
        live(cast)
    else:
        run_matching(cast.school.programme, by=cast.anna)
    client = signed_in(cast.anna)
    client.post("/take-out/", {"purpose": "work"})
    page = text(client.get(address, {"q": "а", "name": "", "page": "1"}))
    links = re.findall(r'href="(\?[^"]*as=(?:xlsx|print)[^"]*)"', page)
    assert len(links) == 2
    assert all("page=" not in link and "q=" in link for link in links)


def test_a_class_teacher_takes_out_the_own_class_only(cast):
    client = signed_in(cast.users[Role.CLASS_TEACHER])
    assert {row["Class"] for row in taken(client, "/people/")} == {"5А"}
    assert {row["Class"] for row in taken(client, "/mentees/")} == {"5А"}


@pytest.mark.parametrize("address", LISTS)
def test_who_may_not_open_the_page_takes_nothing_out(cast, address):
    for role in (Role.MENTOR, Role.MENTEE):
        assert signed_in(cast.users[role]).get(address, {"as": "xlsx"}).status_code == 403


@pytest.mark.parametrize("name", ["=1+1", "+7", "-2", "@SUM(A1)", "=HYPERLINK(\"http://x\")", "\tx"])  # fmt: skip
def test_what_looks_like_a_formula_is_text(cast, name):
    change_person(cast.school.people["waiting"], position=name, by=cast.anna)
    response = signed_in(cast.anna).get("/people/", {"as": "xlsx"})
    sheet = book_of(response)
    cells = [
        cell
        for row in sheet.iter_rows()
        for cell in row
        if cell.value == name.strip() or cell.value == name
    ]
    assert cells
    assert {(cell.data_type, cell.quotePrefix) for cell in cells} == {("s", True)}


def test_days_are_days_and_numbers_numbers(cast):
    approve_pairs(cast.school)
    client = signed_in(cast.anna)
    born = taken(client, "/people/", q="ждунов")[0]["Birth date"]
    assert born.date() == cast.school.people["waiting"].birth_date
    pair = taken(client, "/pairs/")[0]
    assert isinstance(pair["Since"], dt.datetime)
    assert isinstance(taken(client, "/mentors/")[0]["Places"], int)


def test_the_sheet_is_ready_for_paper(cast):
    sheet = book_of(signed_in(cast.anna).get("/people/", {"kind": "pupil", "as": "xlsx"}))
    assert sheet.freeze_panes == "B2"
    assert sheet.print_title_rows == "$1:$1"
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0
    assert "Who: Pupil" in sheet.oddHeader.left.text
    assert sheet.column_dimensions["A"].width > 20
    assert sheet.auto_filter.ref.startswith("A1:")


def test_what_no_file_can_hold_is_left_out():
    table = Table("odd", "A [very]: long/title* of a list & more than it takes", [Column("a", "=A & B", lambda row: row)], ["x\x00y", None, 3, dt.date(2026, 2, 28)])  # fmt: skip
    sheet = load_workbook(io.BytesIO(as_xlsx(table))).active
    assert [cell.value for cell in sheet["A"]] == [
        "=A & B",
        "xy",
        None,
        3,
        dt.datetime(2026, 2, 28),  # noqa: DTZ001 - the format knows no zones
    ]
    assert sheet["A1"].data_type == "s"
    assert len(sheet.title) <= 31


def test_an_empty_list_is_an_empty_sheet(cast):
    assert taken(signed_in(cast.anna), "/people/", q="никого такого") == []


def test_what_was_said_in_confidence_stays_off_the_file_of_a_matching(cast):
    approve_pairs(cast.school)
    for row in taken(signed_in(cast.anna), "/matching/"):
        assert "psychologist" not in str(row).lower()


def test_pairs_show_their_last_and_next_meeting(cast):
    run_pairs(cast.school)
    first, second = Meeting.objects.filter(mentorship__organisation=cast.school.organisation).order_by("mentorship", "planned_on")[:2]  # fmt: skip
    assert first.mentorship_id == second.mentorship_id
    held, ahead = today() - dt.timedelta(days=9), today() - dt.timedelta(days=1)
    Meeting.objects.filter(pk=first.pk).update(
        status=MeetingStatus.HELD, planned_on=held, held_on=held
    )
    rest = Meeting.objects.filter(mentorship=first.mentorship_id).exclude(pk=first.pk)
    rest.update(planned_on=ahead)
    client = signed_in(cast.anna)
    found = [row for row in taken(client, "/pairs/") if row["Last meeting"]]
    assert [(row["Last meeting"].date(), row["Next meeting"].date()) for row in found] == [
        (held, ahead)
    ]
    page = text(client.get("/pairs/"))
    assert f"<small>was {held:%d.%m}<br>not noted {ahead:%d.%m}<" in page
    assert "none yet" in page
    rest.filter(pk=second.pk).update(planned_on=today() + dt.timedelta(days=3))
    (found,) = [row for row in taken(client, "/pairs/") if row["Last meeting"]]
    assert found["Next meeting"].date() == today() + dt.timedelta(days=3)
    assert f"next {today() + dt.timedelta(days=3):%d.%m}" in text(client.get("/pairs/"))


def test_people_are_counted_by_kind_and_the_filter_is_named(cast):
    client = signed_in(cast.anna)
    whole = text(client.get("/people/"))
    pupils = Person.objects.filter(organisation=cast.school.organisation, kind="pupil").count()
    assert f"on the roster: {pupils} pupils, " in whole
    assert "members of staff" in whole
    narrowed = text(client.get("/people/", {"group": "6Б"}))
    assert "fit the filter: " in narrowed
    assert "Class: 6Б." in narrowed


def test_a_row_of_a_base_says_one_reason_and_folds_the_others(cast):
    record = cast.school.records["waiting"]
    record.areas, record.request = [], ""
    record.save()
    Consent.objects.filter(person=record.person).delete()
    client = signed_in(cast.anna)
    page = text(client.get("/mentees/", {"q": "ждунов"}))
    assert re.search(r"<summary>No signed consent: [^<]*\. and 1 more</summary><p>There is no request yet", page)  # fmt: skip
    (row,) = taken(client, "/mentees/", q="ждунов")
    assert "No signed consent" in row["Still missing"]
    assert "There is no request yet" in row["Still missing"]
