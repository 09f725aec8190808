"""What goes out comes in again: every row of every table, on both databases."""

import csv
import datetime as dt
import io
import json
import shutil
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from tests.cast import CANARY
from tests.interchange import handmade
from tests.mentorships.scenes import run_pairs

from nastavnik.core.dates import today
from nastavnik.core.models import AuditEntry
from nastavnik.demo import scenario
from nastavnik.demo.whole_year import DAYS_LEFT
from nastavnik.documents.actions import refresh_document, register_document, set_requisites
from nastavnik.documents.models import Document
from nastavnik.interchange.actions import import_package
from nastavnik.interchange.adapter.files import package_files
from nastavnik.interchange.catalogues import SHEETS, core_table
from nastavnik.interchange.models import PackageKey
from nastavnik.interchange.queries import SchoolPackage
from nastavnik.mentorships.actions import draft_ending_order, extend_pair, set_pair_status
from nastavnik.mentorships.choices import ENDING_ORDER, ExtensionCause, MentorshipStatus
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.organisations.actions import add_organisation
from nastavnik.organisations.choices import Level, OrganisationKind
from nastavnik.organisations.models import Organisation
from nastavnik.organisations.queries import year_bounds
from nastavnik.people.models import Enrolment, Person, User
from nastavnik.programmes.models import Participation

pytestmark = pytest.mark.django_db


def out(organisation):
    """Return the tables of an organisation as files, without the description, which says when."""
    files = dict(package_files(SchoolPackage(organisation)))
    del files["datapackage.json"]
    return files


def taken_in(files):
    return import_package(
        {name.removesuffix(".csv"): data for name, data in files.items()}, by=None
    )


def school():
    return Organisation.objects.filter(level=Level.ORGANISATION).order_by("pk").first()


INSIDE_RUNNING = {"enrolment", "matching"}


@pytest.mark.both
@pytest.mark.parametrize(
    "stage",
    # a whole year is long, and what the first stages hold the running one holds too
    [
        pytest.param(one, marks=[pytest.mark.deep] * (one in {*DAYS_LEFT, *INSIDE_RUNNING}))
        for one in scenario.STAGES
    ],
)
def test_every_stage_of_the_demo_comes_back_as_it_was(stage):
    scenario.build(stage)
    before = out(school())
    arrived = taken_in(before)
    assert arrived.organisation != school()
    assert arrived.notes == ()
    assert out(arrived.organisation) == before
    assert out(school()) == before
    counts = Participation.objects.filter(organisation=school()).order_by("pk")
    again = Participation.objects.filter(organisation=arrived.organisation).order_by("pk")
    fields = ("active_count", "capacity", "status", "person__search_name")
    assert list(again.values_list(*fields)) == list(counts.values_list(*fields))


# ---------------------------------------------------------------- made by hand


def begins():
    """Return the year in which the academic year before this one began."""
    return year_bounds(today())[0].year - 1


def core_rows(files):
    """Return the rows of the core as an outsider reads them back."""
    return {
        name: list(csv.reader(io.StringIO(files[f"{name}.csv"].decode(), newline="")))
        for name in handmade.COLUMNS
    }


@pytest.mark.both
@pytest.mark.parametrize(
    "how", [{}, {"bom": True, "ends": "\n"}, {"extra": True}], ids=["plain", "bom", "extra"]
)
def test_a_package_made_by_hand_comes_in_and_goes_out_with_the_same_rows(how):
    arrived = import_package(handmade.files(begins(), **how), by=None)
    assert (arrived.n_rows["people"], arrived.n_rows["pairs"]) == (200, 40)
    extra = [f"{name}.примечание" for name in handmade.COLUMNS]
    told = " ".join(arrived.notes)
    assert all((one in told) == ("extra" in how) for one in extra)
    back = core_rows(out(arrived.organisation))
    for name, rows in handmade.tables(begins()).items():
        assert back[name] == [handmade.COLUMNS[name].split(","), *rows], name


@pytest.mark.both
def test_what_came_by_hand_works_as_if_it_had_been_entered_here():
    place = import_package(handmade.files(begins()), by=None).organisation
    running = Mentorship.objects.filter(organisation=place, status="active")
    assert running.count() == 20
    assert {tie.order.number for tie in Tie.objects.filter(organisation=place)} == {"17-о"}
    assert Document.objects.filter(organisation=place).count() == 2
    assert all(document.is_intact for document in Document.objects.filter(organisation=place))
    held = Participation.objects.filter(organisation=place, status="paired")
    assert set(held.values_list("active_count", flat=True)) == {1}
    now = Enrolment.objects.filter(organisation=place, ends_on=None)
    assert now.count() == 160
    assert set(now.values_list("study_group__year__starts_on__year", flat=True)) == {begins() + 1}
    assert Person.objects.filter(organisation=place, search_name="примеров7 иван ильич").exists()
    set_pair_status(running.first(), MentorshipStatus.CANCELLED, cause="asked", by=None)


@pytest.mark.parametrize("kept", [("organisation",), ("organisation", "years", "people")])
def test_tables_that_are_not_there_are_empty(kept):
    files = {name: data for name, data in handmade.files(begins()).items() if name in kept}
    arrived = import_package(files, by=None)
    assert arrived.notes == ()
    assert Person.objects.filter(organisation=arrived.organisation).count() == (
        200 if "people" in kept else 0
    )


def test_an_empty_school_comes_back_empty():
    empty = add_organisation(
        None, level=Level.ORGANISATION, kind=OrganisationKind.COLLEGE, full_name="Колледж", short_name="К", town="Примерск", by=None
    )  # fmt: skip
    before = out(empty)
    again = taken_in(before).organisation
    assert out(again) == before
    assert again.kind == OrganisationKind.COLLEGE


def test_names_of_people_in_pairs_are_read_where_there_are_no_others():
    made = handmade.tables(begins())
    person_of = {row[0]: row[2] for row in made["participations"]}
    for row in made["pairs"]:
        row[3] = person_of[row[3]]
    for row in made["ties"]:
        row[1] = person_of[row[1]]
    files = {name: handmade.as_csv(handmade.COLUMNS[name], rows) for name, rows in made.items()}
    arrived = import_package(files, by=None)
    back = core_rows(out(arrived.organisation))
    assert back["ties"][1:] == handmade.tables(begins())["ties"]
    assert len(arrived.notes) == 3  # one of them of the names


def test_nothing_of_another_school_is_in_the_package(cast):
    whole = b"".join(out(cast.school.organisation).values()).decode().casefold()
    assert CANARY.casefold() not in whole
    assert CANARY.casefold() in b"".join(out(cast.other.organisation).values()).decode().casefold()


def test_a_package_is_never_joined_to_what_is_there(cast):
    before = out(cast.school.organisation)
    arrived = taken_in(before).organisation
    assert arrived != cast.school.organisation
    assert arrived.full_name == cast.school.organisation.full_name
    assert out(cast.school.organisation) == before
    keys = PackageKey.objects.filter(organisation=arrived, table="people")
    assert keys.count() == Person.objects.filter(organisation=arrived).count() > 0
    entry = AuditEntry.objects.get(action="package-imported")
    assert entry.organisation_id == arrived.pk


def test_texts_that_look_like_formulas_come_back_as_they_are(cast):
    evil = [
        "=2+2",
        "+7 900",
        "-1",
        "@SUM(A1)",
        '=HYPERLINK("http://x")',
        "\tтаб",
        "а\r\nб",
        ' "к" ',
    ]
    people = list(Person.objects.filter(organisation=cast.school.organisation)[: len(evil)])
    for person, text in zip(people, evil, strict=False):
        person.position = text
        person.save()
    before = out(cast.school.organisation)
    place = taken_in(before).organisation
    assert out(place) == before
    kept = list(
        Person.objects.filter(organisation=place).order_by("pk").values_list("position", flat=True)
    )
    assert set(evil[: len(people)]) <= set(kept)


def test_what_orders_say_of_pairs_after_their_beginning_comes_back(cast):
    run_pairs(cast.school, ago=dt.timedelta(days=20))
    first, second = Mentorship.objects.order_by("pk")[:2]
    Mentorship.objects.update(ends_on=today() + dt.timedelta(50))
    longer = extend_pair(
        first, ends_on=today() + dt.timedelta(90), cause=ExtensionCause.TRIP, by=cast.anna
    )
    set_requisites(longer, number="31", dated_on=today(), by=cast.anna)
    register_document(longer, by=cast.anna)
    set_pair_status(second, MentorshipStatus.COMPLETED, by=cast.anna)
    draft_ending_order([second], by=cast.anna)
    before = out(cast.school.organisation)
    assert before["order_lines.csv"].count(b"\n") == 3
    place = taken_in(before).organisation
    assert out(place) == before
    # the draft can still be drawn there: it knows its programme
    draft = Document.objects.get(organisation=place, kind=ENDING_ORDER)
    assert "Считать завершённым" in str(refresh_document(draft, by=None).content)


# ---------------------------------------------------------------- commands


def test_the_commands_move_a_school_through_a_folder_and_a_zip(cast, tmp_path):
    with pytest.raises(CommandError, match="--organisation"):
        call_command("export_data", tmp_path / "all")
    said = StringIO()
    own = cast.school.organisation
    call_command("export_data", tmp_path / "out", organisation=str(own.pk), stdout=said)
    described = json.loads((tmp_path / "out" / "datapackage.json").read_text())
    names = [one["name"] for one in described["resources"]]
    assert set(handmade.COLUMNS) <= set(names)
    for sheet in SHEETS:
        table = core_table(sheet)
        if table.name in handmade.COLUMNS:
            assert table.header == handmade.COLUMNS[table.name].split(",")
    packed = shutil.make_archive(str(tmp_path / "packed"), "zip", tmp_path, "out")
    for source in (tmp_path / "out", packed):
        said = StringIO()
        call_command("import_data", source, stdout=said, stderr=said)
        login = said.getvalue().split(": ")[-1].split(" / ")[0]
        user = User.objects.get(login=login)
        assert user.must_change_password
        assert out(user.workplace) == out(own)
    with pytest.raises(CommandError):
        call_command("export_data", tmp_path / "out", organisation=str(own.pk))
