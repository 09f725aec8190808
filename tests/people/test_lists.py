"""Lists into the roster: matched, changed, refused, all or nothing."""

import datetime as dt
import io
import json
import threading
from pathlib import Path

import openpyxl
import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from tests.killing import nothing_half_written
from tests.people.conftest import make_school

from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.models import AuditEntry
from nastavnik.core.text import plain
from nastavnik.organisations.choices import OrganisationKind
from nastavnik.organisations.models import AcademicYear
from nastavnik.people import actions, adapter
from nastavnik.people.choices import ColumnMeaning, RosterKind
from nastavnik.people.models import Enrolment, Person, RosterImport, StudyGroup

pytestmark = pytest.mark.django_db

HEADER = "ФИО\tДата рождения\tКласс\n"
ANNA = "Примерова Анна Ивановна\t12.03.2014\t5А\n"
BORIS = "Образцов Борис Петрович\t01.11.2013\t5А\n"
CLARA = "Учебная Клара\t30.09.2012\t6Б\n"
STAFF = "ФИО\tДолжность\tПредмет\n"


def draft_of(school, text, kind=None):
    [draft] = actions.start_import(school, kind=kind, file_name="", text=text, by=None)
    return draft


def load(school, text, kind=None):
    return actions.accept_import(draft_of(school, text, kind), by=None).summary


def counts(summary):
    return tuple(summary[f"n_{name}"] for name in ("new", "changed", "same", "waiting"))


def classes():
    return {
        row.person.last_name: row.study_group.name
        for row in Enrolment.objects.filter(ends_on=None).select_related("person", "study_group")
    }


ROSTER = {
    ("Примерова", "Анна", "Ивановна", dt.date(2014, 3, 12), "female", "5А"),
    ("Образцов", "Борис", "Петрович", dt.date(2013, 11, 1), "male", "5А"),
    ("Учебная", "Клара", "", dt.date(2012, 9, 30), "", "6Б"),
}


@pytest.mark.parametrize("layout", ["one cell", "three columns", "classes between the rows"])
def test_three_layouts_give_one_roster(school, workbook, layout):
    files = {
        "one cell": ("a.csv", ("\ufeff" + HEADER + ANNA + BORIS + CLARA).encode()),
        "three columns": (
            "b.xlsx",
            workbook(
                Список=[
                    ["МБОУ «Школа № 1» г. Примерск"],
                    [],
                    ["№ п/п", "Фамилия", "Имя", "Отчество", "Дата рожд.", "Класс", "Литер"],
                    [1, "ПРИМЕРОВА", "АННА", "ИВАНОВНА", dt.date(2014, 3, 12), 5, "а"],
                    [2, "Образцов", "Борис", "Петрович", "1 ноября 2013 г.", 5, "А"],
                    [3, "Учебная", "Клара", "-", 41182, 6, "Б"],
                    ["Всего: 3"],
                ]
            ),
        ),
        "classes between the rows": (
            "c.csv",
            (
                "Ф.И.О. ученика;Д.р.\n5 «А» класс;\nПримерова Анна Ивановна;12.03.14\n"
                "Образцов Борис Петрович;1.11.2013\n6Б;\nУчебная Клара;30.09.2012\n"
            ).encode("cp1251"),
        ),
    }
    name, data = files[layout]
    [draft] = actions.start_import(school, kind=None, file_name=name, data=data, by=None)
    actions.accept_import(draft, by=None)
    found = classes()
    assert {
        (p.last_name, p.first_name, p.patronymic, p.birth_date, p.gender, found[p.last_name])
        for p in Person.objects.all()
    } == ROSTER
    assert list(StudyGroup.objects.values_list("name", "grade")) == [("5А", 5), ("6Б", 6)]
    assert set(Person.objects.values_list("kind", flat=True)) == {"pupil"}
    assert Person.objects.get(last_name="Учебная").search_name == "учебная клара"


def test_a_repeated_load_knows_everybody(school):
    assert counts(load(school, HEADER + ANNA + BORIS + CLARA)) == (3, 0, 0, 0)
    again = (HEADER + ANNA + BORIS + CLARA).upper().replace("Ё", "Е")
    before = AuditEntry.objects.filter(subject="people.person").count()
    assert counts(load(school, again)) == (0, 0, 3, 0)
    assert Person.objects.count() == 3
    assert AuditEntry.objects.filter(subject="people.person").count() == before


def test_yo_is_ye_and_the_card_keeps_it(school):
    load(school, HEADER + "Семёнов Пётр Примерович\t01.02.2013\t5А\n")
    assert counts(load(school, HEADER + "Семенов Петр Примерович\t01.02.2013\t5А\n"))[2] == 1
    assert Person.objects.get().full_name == "Семёнов Пётр Примерович"


def test_a_move_to_another_class(school):
    load(school, HEADER + ANNA + BORIS)
    assert counts(load(school, HEADER + ANNA.replace("5А", "5Б") + BORIS)) == (0, 1, 1, 0)
    assert classes() == {"Примерова": "5Б", "Образцов": "5А"}
    ended = Enrolment.objects.get(ends_on__isnull=False)
    assert ended.study_group.name == "5А"
    assert AuditEntry.objects.filter(action="enrolment-ended", subject_id=ended.pk).exists()


def test_the_same_class_of_a_new_year_is_a_move(school):
    year = AcademicYear.objects.get()
    summer = year.ends_on
    load(school, HEADER + ANNA)
    actions_year = AcademicYear.objects.create(
        organisation=school,
        starts_on=summer + dt.timedelta(days=1),
        ends_on=summer + dt.timedelta(days=365),
    )
    draft = draft_of(school, HEADER + ANNA)
    done = actions.accept_import(draft, by=None, day=actions_year.starts_on)
    assert counts(done.summary) == (0, 1, 0, 0)
    group = Enrolment.objects.get(ends_on=None).study_group
    assert (group.name, group.year) == ("5А", actions_year)


def test_what_the_list_knows_better_goes_to_the_card(school):
    load(school, STAFF + "Образцова Ольга\tучитель\tматематика\n")
    load(school, STAFF + "Учителев Ульян Примерович\tучитель\tфизика\n")
    summary = load(school, STAFF + "Учителев Ульян Примерович\tучитель высшей категории\t\n")
    assert counts(summary) == (0, 1, 0, 0)
    person = Person.objects.get(last_name="Учителев")
    assert (person.position, person.subject) == ("учитель высшей категории", "физика")
    assert (person.kind, person.gender) == ("teacher", "male")


def test_a_list_of_grown_ups_says_who_is_no_staff(school):
    rows = (
        "Образцова Ольга Примеровна\tучитель\tматематика\n"
        "Ветеранов Виктор Примерович\tВетеран педагогического труда\t\n"
        "Волонтёрова Вера Примеровна\tВолонтёр\t\n"
        "Институтов Иван Примерович\tсотрудник ИРО\t\n"
        "Учителев Ульян Примерович\tветеран труда, учитель\t\n"
    )
    assert counts(load(school, STAFF + rows))[0] == 5
    assert dict(Person.objects.values_list("last_name", "kind")) == {
        "Образцова": "teacher",
        "Ветеранов": "veteran",
        "Волонтёрова": "volunteer",
        "Институтов": "institute",
        "Учителев": "teacher",
    }
    # the same list again doubles nobody; a parent of the name of a teacher is another card
    assert counts(load(school, STAFF + rows)) == (0, 0, 5, 0)
    parent = "Образцова Ольга Примеровна\tродитель\t\n"
    assert counts(load(school, STAFF + parent)) == (1, 0, 0, 0)
    assert Person.objects.filter(last_name="Образцова", kind="parent").count() == 1


def test_a_birth_date_and_a_patronymic_are_filled_in(school):
    actions.add_person(
        school,
        kind="pupil",
        last_name="Примерова",
        first_name="Анна",
        patronymic="Ивановна",
        by=None,
    )
    actions.add_person(
        school, kind="pupil", last_name="Образцов", first_name="Борис",
        birth_date=dt.date(2013, 11, 1), by=None,
    )  # fmt: skip
    assert counts(load(school, HEADER + ANNA + BORIS)) == (0, 2, 0, 0)
    assert set(Person.objects.values_list("search_name", "birth_date", "gender")) == {
        ("примерова анна ивановна", dt.date(2014, 3, 12), ""),
        ("образцов борис петрович", dt.date(2013, 11, 1), "male"),
    }


def test_whoever_left_is_back(school):
    load(school, HEADER + ANNA)
    actions.mark_left(Person.objects.get(), by=None)
    assert counts(load(school, HEADER + ANNA)) == (0, 1, 0, 0)
    assert Person.objects.get().left_on is None
    assert classes() == {"Примерова": "5А"}


def person_of_roster(school, **fields):
    named = {"kind": "teacher", "last_name": "Тёзкина", "first_name": "Тамара"}
    return actions.add_person(school, by=None, **(named | fields))


@pytest.mark.parametrize(
    "cards",
    [
        [{"patronymic": "Ивановна"}, {"patronymic": "Ивановна"}],  # two fit alike
        [{"patronymic": ""}],  # nothing but the name agrees
    ],
)
def test_ambiguous_rows_wait(school, cards):
    for card in cards:
        person_of_roster(school, **card)
    summary = load(
        school, STAFF + "Тёзкина Тамара Ивановна\tучитель\tхимия\nИная Инна Ивановна\tпсихолог\t\n"
    )
    assert counts(summary) == (1, 0, 0, 1)
    assert [error["row"] for error in summary["errors"]] == [2]
    assert set(Person.objects.filter(last_name="Тёзкина").values_list("position", flat=True)) == {
        ""
    }


def test_two_rows_that_name_one_person_wait(school):
    load(school, HEADER + ANNA)
    both = HEADER + ANNA + ANNA.replace("5А", "5Б") + BORIS
    assert counts(load(school, both)) == (1, 0, 0, 2)
    new_twice = HEADER + BORIS + CLARA + CLARA.replace("6Б", "7Б")
    assert counts(load(school, new_twice)) == (0, 0, 1, 2)
    assert Person.objects.count() == 2


def test_the_surer_of_two_rows_wins(school):
    person_of_roster(school, kind="pupil", patronymic="Ивановна", birth_date=dt.date(2014, 3, 12))
    rows = "Тёзкина Тамара\t12.03.2014\t5А\nТёзкина Тамара Ивановна\t12.03.2014\t5А\n"
    summary = load(school, HEADER + rows)
    assert counts(summary) == (0, 1, 0, 1)
    assert [error["row"] for error in summary["errors"]] == [2]


def test_namesakes_of_other_dates_and_fathers_are_others(school):
    load(school, HEADER + ANNA)
    rows = ANNA.replace("2014", "2013") + ANNA.replace("Ивановна", "Петровна")
    assert counts(load(school, HEADER + rows)) == (2, 0, 0, 0)


def test_a_stranger_of_the_same_name_is_not_touched(school):
    other = make_school("Школа № 3")
    load(other, HEADER + ANNA)
    assert counts(load(school, HEADER + ANNA)) == (1, 0, 0, 0)
    assert Person.objects.filter(organisation=other).count() == 1


def test_too_long_a_value_waits_instead_of_breaking_the_load(school):
    summary = load(
        school,
        STAFF + f"Длинная Дарья Ивановна\t{'учитель ' * 40}\t\nИная Инна Ивановна\tучитель\t\n",
    )
    assert counts(summary) == (1, 0, 0, 1)
    limits = {
        name: Person._meta.get_field(name).max_length
        for name in adapter._LONGEST
        if name != "group"
    }
    limits["group"] = StudyGroup._meta.get_field("name").max_length
    assert limits == adapter._LONGEST


def test_students_of_a_college(db):
    load(
        make_school("Колледж", kind=OrganisationKind.COLLEGE),
        HEADER + "Примерова Анна Ивановна\t12.03.2008\tИС-21\n",
    )
    assert (Person.objects.get().kind, StudyGroup.objects.get().grade) == ("student", None)


def test_no_year_no_classes(db):
    school = make_school("Школа без года", with_year=False)
    with pytest.raises(RefusedError):
        load(school, HEADER + ANNA)
    assert not Person.objects.exists()
    assert counts(load(school, STAFF + "Иная Инна Ивановна\tучитель\t\n")) == (1, 0, 0, 0)


def test_nothing_good_is_refused(school):
    draft = draft_of(school, "ФИО\tКласс\nПримерова Анна\t5А\n", RosterKind.PUPILS)
    with pytest.raises(RefusedError):
        actions.accept_import(draft, by=None)
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_a_file_that_cannot_be_read_is_refused(school):
    with pytest.raises(RefusedError, match="не таблица"):
        actions.start_import(school, kind=None, file_name="a.pdf", data=b"%PDF-1.4", by=None)


def test_each_sheet_with_names_is_a_draft(school, workbook):
    header, anna = ["ФИО", "Дата рождения"], ["Примерова Анна Ивановна", "12.03.2014"]
    boris = ["Образцов Борис Петрович", "01.11.2013"]
    data = workbook(
        **{"Как заполнять": [["Впишите детей"]], "5А": [header, anna], "Лист-6": [header, boris]}
    )
    drafts = actions.start_import(school, kind=None, file_name="a.xlsx", data=data, by=None)
    assert [draft.columns["sheet"] for draft in drafts] == ["5А", "Лист-6"]
    # the name of a sheet names the class, that of Excel's own does not
    assert [draft.columns["group"] for draft in drafts] == ["5А", ""]
    actions.accept_import(drafts[0], by=None)
    assert classes() == {"Примерова": "5А"}
    bare = actions.start_import(
        school, kind=None, file_name="b.xlsx", data=workbook(А=[["1"]], Б=[["2"]]), by=None
    )
    assert [draft.columns["sheet"] for draft in bare] == ["А"]


def test_columns_can_be_changed(school):
    draft = draft_of(school, "Анна\tПримерова\t12.03.2014\n")
    layout = adapter.SheetLayout(
        None,
        {0: adapter.Field.FIRST_NAME, 1: adapter.Field.LAST_NAME, 2: adapter.Field.BIRTH_DATE},
    )
    actions.change_columns(draft, adapter.Understanding(RosterKind.PUPILS, layout, "5А"), by=None)
    draft.refresh_from_db()
    actions.accept_import(draft, by=None)
    assert Person.objects.get().full_name == "Примерова Анна"
    with pytest.raises(RefusedError):
        actions.change_columns(draft, adapter.Understanding.of(draft), by=None)
    with pytest.raises(RefusedError):
        actions.discard_import(draft, by=None)


def test_another_kind_is_guessed_anew(school):
    draft = draft_of(school, "Педагог\tДолжность\nИная Инна Ивановна\tучитель\n", RosterKind.PUPILS)
    before = adapter.Understanding.of(draft)
    staff = adapter.Understanding(RosterKind.STAFF, before.layout)
    changed = actions.change_columns(draft, staff, by=None)
    assert changed.columns["fields"]["0"] == "full_name"
    assert changed.kind == "staff"


def test_columns_mean_what_the_engine_knows():
    assert set(ColumnMeaning.values) == {str(field) for field in adapter.Field}


@pytest.mark.parametrize(
    ("patronymic", "gender"),
    [
        ("Ивановна", "female"), ("Ильинична", "female"), ("Никитишна", "female"), ("Мамед кызы", "female"),
        ("Иванович", "male"), ("Ильич", "male"), ("Мамед оглы", "male"), ("", ""), ("Жан", ""),
    ],
)  # fmt: skip
def test_gender_only_where_it_shows(patronymic, gender):
    assert adapter.gender_of(patronymic) == gender


CELL = st.one_of(
    st.none(), st.text(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
    st.dates(), st.datetimes(),
)  # fmt: skip


@given(st.lists(st.lists(CELL, max_size=4), max_size=4))
def test_no_cell_is_lost_on_the_way_through_json(rows):
    whole = [[plain(c) if isinstance(c, str) else c for c in row] for row in rows]
    back = adapter.restored(json.loads(json.dumps(adapter.stored(rows))))
    assert back == whole
    assert [[type(c) for c in row] for row in back] == [[type(c) for c in row] for row in whole]


def test_what_no_database_keeps_is_left_out():
    assert adapter.stored([["\ud800а", float("inf")]]) == [["а", "inf"]]


# --- all or nothing ---------------------------------------------------------------------


def everything():
    return (
        list(Person.objects.values_list("pk", "patronymic")),
        list(Enrolment.objects.values_list("person_id", "study_group__name", "ends_on")),
        list(StudyGroup.objects.values_list("name", flat=True)),
        list(RosterImport.objects.values_list("status", flat=True)),
        AuditEntry.objects.count(),
    )


@pytest.mark.both
def test_a_failure_in_the_middle_leaves_nothing(school):
    load(school, HEADER + ANNA)
    draft = draft_of(school, HEADER + ANNA.replace("5А", "7В") + BORIS)
    table = Enrolment._meta.db_table
    before = everything()
    connection.check_constraints()  # PostgreSQL makes no index while checks are pending
    with connection.cursor() as cursor:
        # people and classes are written before the enrolments, which now fail
        cursor.execute(f"CREATE UNIQUE INDEX planted ON {table} ((1))")
    with pytest.raises(RefusedError):
        actions.accept_import(draft, by=None)
    assert everything() == before
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX planted")
    actions.accept_import(draft, by=None)
    assert classes() == {"Примерова": "7В", "Образцов": "5А"}


@pytest.mark.both
def test_a_second_accept_is_refused(school):
    draft = draft_of(school, HEADER + ANNA)
    actions.accept_import(draft, by=None)
    before = everything()
    with pytest.raises(RefusedError, match=r"уже загружен|loaded already"):
        actions.accept_import(draft, by=None)
    assert everything() == before


def test_a_discarded_draft_is_refused(school):
    draft = draft_of(school, HEADER + ANNA)
    actions.discard_import(RosterImport.objects.get(), by=None)
    with pytest.raises(RefusedError):
        actions.accept_import(draft, by=None)
    assert not Person.objects.exists()


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("drafts", ["one list accepted twice", "two lists of one class"])
def test_a_race_doubles_nobody(drafts):
    school = make_school("Школа № 1")
    first = draft_of(school, HEADER + ANNA + BORIS)
    second = first if drafts.startswith("one") else draft_of(school, HEADER + ANNA + BORIS)
    start = threading.Barrier(2)
    said = []

    def accept(draft):
        start.wait()
        try:
            said.append(counts(actions.accept_import(draft, by=None).summary))
        except RefusedError:
            said.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=accept, args=(draft,)) for draft in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    then = "refused" if second is first else (0, 0, 2, 0)
    assert sorted(map(str, said)) == sorted([str((2, 0, 0, 0)), str(then)])
    assert Person.objects.count() == 2
    assert Enrolment.objects.count() == 2


def pupils(n):
    letters = "абвгдежзиклмнопрстуф"
    names = [f"Пример{letters[i // 20]}{letters[i % 20]}ов" for i in range(n)]
    return HEADER + "".join(
        f"{name} Иван Петрович\t{1 + i % 28:02}.0{1 + i % 9}.2013\t{5 + i % 5}А\n"
        for i, name in enumerate(names)
    )


@pytest.mark.both
def test_the_number_of_statements_does_not_grow_with_the_rows(db):
    n_statements = {}
    for n in (5, 200):
        school = make_school(f"Школа {n}")
        for step, text in (("new", pupils(n)), ("moved", pupils(n).replace("А\n", "Б\n"))):
            draft = draft_of(school, text)
            with CaptureQueriesContext(connection) as captured:
                actions.accept_import(draft, by=None)
            n_statements[n, step] = len(captured)
        assert Person.objects.filter(organisation=school).count() == n
    # a bulk write goes in batches
    assert n_statements[200, "new"] <= n_statements[5, "new"] + 10
    assert n_statements[200, "moved"] <= n_statements[5, "moved"] + 10


def test_killed_in_the_middle_nothing_is_half_written(tmp_path, begin_migrated):
    script = Path(__file__).with_name("killed_import.py")
    begin_migrated(tmp_path / "data")
    nothing_half_written(script, tmp_path / "data", at_least=8)


def test_ages_are_judged_on_the_day_given(school):
    draft = draft_of(school, HEADER + ANNA)
    with pytest.raises(RefusedError):
        actions.accept_import(draft, by=None, day=dt.date(2015, 9, 1))
    actions.accept_import(draft, by=None, day=today())


def test_a_file_of_countless_lists_leaves_no_drafts(cast):
    book = openpyxl.Workbook()
    for number in range(70):
        sheet = book.create_sheet(f"{number}")
        sheet.append(["ФИО", "Класс"])
        sheet.append([f"Ольхин Артём{number} Сергеевич", "7А"])
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(RefusedError, match="70 списков"):
        actions.start_import(
            cast.school.organisation,
            kind=None,
            file_name="все.xlsx",
            data=stream.getvalue(),
            by=cast.anna,
        )
    assert not RosterImport.objects.exists()
