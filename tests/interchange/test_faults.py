"""A package with a fault is refused with table, line and reason, all faults at once, and nothing of it is written."""

import io
import json
import zipfile

import pytest
from django.core.management import CommandError, call_command
from tests.interchange import handmade

from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.models import AuditEntry
from nastavnik.interchange.actions import PackageRefusedError, import_package
from nastavnik.interchange.adapter import files as package_files
from nastavnik.interchange.adapter.files import read_files
from nastavnik.interchange.models import PackageKey
from nastavnik.organisations.models import Organisation
from nastavnik.organisations.queries import year_bounds
from nastavnik.people.models import Person, User

pytestmark = pytest.mark.django_db


def made():
    return handmade.tables(year_bounds(today())[0].year - 1)


def packed(tables):
    return {
        name: handmade.as_csv(handmade.COLUMNS.get(name, "id"), rows)
        for name, rows in tables.items()
    }


def faults_of(files):
    """Return the faults of a package that is refused, after a look that nothing was written."""
    before = [model.objects.count() for model in (Organisation, Person, PackageKey, AuditEntry)]
    with pytest.raises(PackageRefusedError) as refused:
        import_package(files, by=None)
    after = [model.objects.count() for model in (Organisation, Person, PackageKey, AuditEntry)]
    assert after == before
    return refused.value.faults


def column(table, name):
    return handmade.COLUMNS[table].split(",").index(name)


# table, number of its row from 0, column, what is put there, a part of the reason
CASES = [
    ("organisation", 0, "full_name", "", "Пусто"),
    ("organisation", 0, "town", "Г" * 101, "Длиннее 100"),
    ("years", 1, "code", "", "Пусто"),
    ("years", 0, "starts_on", "01.09.2025", "не дата вида"),
    ("years", 0, "ends_on", "2001-01-01", "не позже"),
    ("people", 5, "id", "ч-001", "есть уже в строке 2"),
    ("people", 5, "kind", "ученик", "не из списка: pupil, student"),
    ("people", 5, "kind", "", "Пусто"),
    ("people", 5, "birth_date", "2999-01-01", "ещё не наступило"),
    ("people", 5, "birth_date", "2015-02-30", "не дата вида"),
    ("people", 5, "last_name", "я\x00", "нулевой знак"),
    ("groups", 3, "person", "ч-999", "нет в таблице people"),
    ("groups", 3, "year", "1999", "нет в таблице years"),
    ("groups", 2, "person", "ч-001", "записан уже в строке 2"),
    ("programmes", 1, "ends_on", "2001-01-01", "раньше, чем starts_on"),
    ("participations", 0, "side", "", "Пусто"),
    ("participations", 0, "side", "наставник", "не из списка"),
    ("participations", 0, "form", "no_such", "формы «no_such» нет"),
    ("participations", 0, "left_on", "", "status finished без left_on"),
    ("participations", 2, "left_on", "2999-01-01", "left_on есть, а status"),
    ("consents", 0, "signed_on", "2999-01-01", "ещё впереди"),
    ("consents", 0, "withdrawn_on", "2001-01-01", "раньше, чем signed_on"),
    ("consents", 1, "purpose", "data", "Действующее согласие на это есть уже в строке 2"),
    ("consents", 0, "signed_by", "мама", "не из списка"),
    ("pairs", 0, "mentor", "прог/1-0-mentee", "не mentor"),
    ("pairs", 1, "mentor", "прог/1-0-mentor", "из другой программы"),
    ("pairs", 0, "mentor", "ч-001", "нет в таблице participations"),
    ("pairs", 0, "form", "", "Пусто"),
    ("pairs", 0, "order_on", "", "бывают только вместе"),
    ("pairs", 2, "order_on", "2001-01-02", "другая дата"),
    ("pairs", 1, "end_cause", "asked", "end_cause есть, а ended_on нет"),
    ("ties", 0, "mentee", "прог/1-0-mentor", "не mentee"),
    ("ties", 3, "mentee", "прог/2-0-mentee", "стоит уже в паре строки 3"),
    ("meetings", 0, "held_on", "", "не сходится с held_on"),
    ("meetings", 1, "word_of_mentor", "good", "без встречи"),
    ("meetings", 1, "kind", "acquaintance", "есть уже в строке 2"),
    ("meetings", 0, "pair", "пара", "нет в таблице pairs"),
    ("waves", 0, "instrument", "no_such", "анкеты «no_such» нет"),
    ("waves", 0, "version", "7", "версии 7 анкеты"),
    ("waves", 0, "version", "1.0", "не целое число"),
    ("waves", 0, "closes_on", "2001-01-01", "раньше, чем opens_on"),
    ("waves", 0, "programme", "прог", "нет в таблице programmes"),
    ("answers", 0, "wave", "опрос", "нет в таблице waves"),
    ("answers", 4, "person", "ч-999", "нет в таблице people"),
    ("answers", 4, "person", "", "Пусто"),
    ("answers", 5, "item", "no_such", "Такого вопроса в анкете нет"),
    ("answers", 5, "item", "hello", "здесь нечему отвечать"),
    ("answers", 5, "value", "11", "от 1 до 10"),
    ("answers", 5, "value", "много", "от 1 до 10"),
    ("answers", 3, "value", "maybe", "Такого варианта"),
    ("answers", 3, "value", "no", "не задаётся"),
    ("answers", 61, "value", "ч-999", "Этого человека нет в списке"),
    ("answers", 61, "value", "ч-165", "на двух местах"),
    ("answers", 5, "person", "ч-181", "несколько ответов"),
    ("answers", 1, "value", "я" * 301, "Сократите до 300"),
    ("answers", 63, "value", "я" * 4001, "Длиннее 4000"),
]
# told elsewhere than where it was changed: at the question that is not asked, at the last of too many
LINES = {
    ("answers", 3, "value", "no", "не задаётся"): 6,
    ("answers", 61, "value", "ч-165", "на двух местах"): 64,
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}.{case[2]}-{case[4][:20]}")
def test_each_kind_of_fault_is_told_where_it_stands(case):
    table, place, name, value, reason = case
    tables = made()
    tables[table][place][column(table, name)] = value
    told = faults_of(packed(tables))
    # the head is line 1
    assert any(
        (one.table, one.line) == (table, LINES.get(case, place + 2)) and reason in one.reason
        for one in told
    ), told


def test_all_faults_are_told_at_once_in_their_order():
    tables = made()
    tables["people"][7][column("people", "kind")] = "?"
    tables["people"][3][column("people", "birth_date")] = "вчера"
    tables["meetings"][9][column("meetings", "planned_on")] = ""
    tables["years"][0][column("years", "starts_on")] = "x"
    told = faults_of(packed(tables))
    assert [(one.table, one.line) for one in told if one.line in {2, 5, 9, 11}][:3] == [
        ("years", 2), ("people", 5), ("people", 9),
    ]  # fmt: skip
    assert ("meetings", 11) in {(one.table, one.line) for one in told}


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        ("id,last_name\n1,Ёлкин\n".encode("cp1251"), 2, "не UTF-8"),
        (b'id,last_name,kind\n1,"a,pupil\n', 2, "проверьте кавычки"),
        (b"id,last_name,kind\n1,a,pupil,x\n", 2, "В строке 4 ячеек, а столбцов 3"),
        (b"id,id,last_name,kind\n1,1,a,pupil\n", 1, "Столбец id стоит дважды"),
        (b"id,last_name\n1,a\n", 1, "Нет столбца kind"),
    ],
)
def test_a_file_that_is_no_table_says_why(data, line, reason):
    told = faults_of(packed({"organisation": made()["organisation"]}) | {"people": data})
    assert any((one.line == line) and reason in one.reason for one in told), told


def test_a_line_is_that_of_the_file_also_after_a_cell_of_several_lines():
    tables = {"organisation": made()["organisation"], "people": made()["people"][:3]}
    tables["people"][0][column("people", "position")] = "две\nстроки"
    tables["people"][2][column("people", "kind")] = "?"
    [told] = faults_of(packed(tables))
    assert told.line == 5


@pytest.mark.both
def test_a_rule_only_the_database_knows_is_told_with_its_row():
    tables = made()
    files = packed(tables)
    files["pairs_details"] = handmade.as_csv(
        "id,is_group", [[tables["pairs"][1][0], "true"], [tables["pairs"][3][0], "true"]]
    )
    # both groups of one mentor and form
    tables["pairs"][3][column("pairs", "mentor")] = tables["pairs"][1][column("pairs", "mentor")]
    files["pairs"] = packed(tables)["pairs"]
    [told] = faults_of(files)
    assert (told.table, told.line) == ("pairs", 5)
    assert "group_of_mentor_once" in told.reason or "mentorship" in told.reason


def test_details_of_a_row_that_is_not_there_are_a_fault():
    files = packed({"organisation": made()["organisation"], "people": made()["people"]})
    files["people_details"] = b"id,gender\r\nnobody,male\r\n"
    [told] = faults_of(files)
    assert (told.table, told.line) == ("people_details", 2)


def test_the_command_prints_each_fault_and_ends_with_one(tmp_path):
    tables = made()
    tables["people"][5][column("people", "kind")] = "ученик"
    for name, data in packed(tables).items():
        (tmp_path / f"{name}.csv").write_bytes(data)
    said = io.StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("import_data", tmp_path, stderr=said)
    assert refused.value.returncode == 1
    assert said.getvalue().startswith("people.csv, строка 7: kind: «ученик» — не из списка")
    assert not User.objects.exists()


# ---------------------------------------------------------------- hostile archives


def archive(tmp_path, entries):
    path = tmp_path / "package.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as stream:
        for name, data in entries:
            stream.writestr(name, data)
    return path


@pytest.mark.parametrize(
    "name",
    ["../people.csv", "/etc/people.csv", "a/../../people.csv", "C:\\people.csv", "..\\people.csv"],
)
def test_a_name_that_leads_outside_is_refused(tmp_path, name):
    with pytest.raises(RefusedError):
        read_files(archive(tmp_path, [(name, "id\n")]))


def test_a_description_that_leads_outside_is_refused(tmp_path):
    (tmp_path / "secret.csv").write_text("id\n")
    folder = tmp_path / "in"
    folder.mkdir()
    for path in ("../secret.csv", "http://127.0.0.1/people.csv", str(tmp_path / "secret.csv")):
        said = json.dumps({"resources": [{"name": "people", "path": path}]})
        (folder / "datapackage.json").write_text(said)
        with pytest.raises(RefusedError):
            read_files(folder)


def test_a_link_that_leads_outside_is_refused(tmp_path):
    (tmp_path / "secret.csv").write_text("id\n")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "people.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(RefusedError):
        read_files(folder)


def test_what_grows_without_end_is_refused_while_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(package_files, "MOST_FILE", 1_000_000)
    small = archive(tmp_path, [("people.csv", "a" * 900_000)])
    assert len(read_files(small)["people"]) == 900_000
    with pytest.raises(RefusedError, match=r"people\.csv"):
        read_files(archive(tmp_path, [("people.csv", "a" * 50_000_000)]))


def test_what_is_no_archive_is_refused(tmp_path):
    path = tmp_path / "package.zip"
    path.write_bytes(b"PK\x03\x04 and nothing")
    with pytest.raises(RefusedError):
        read_files(path)


def test_tables_lie_where_the_description_says(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x.csv").write_bytes(b"id\r\n")
    (tmp_path / "datapackage.json").write_text(
        '\ufeff{"resources": [{"name": "people", "path": "data/x.csv"}]}'
    )
    assert read_files(tmp_path) == {"people": b"id\r\n"}
