"""The command `import-people`."""

import io
import json
import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from tests.killing import SOURCE
from tests.people.conftest import make_school

from nastavnik.people.models import Person, RosterImport

LIST = (
    "Список 5А класса;;\n"
    "ФИО;Д.р.;Примечание\n"
    "ПРИМЕРОВА АННА ИВАНОВНА;12.3.14;\n"
    "Образцов Борис;;без даты\n"
)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "Список.csv"
    path.write_bytes(LIST.encode("cp1251"))
    return path


def run(*arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command("import_people", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_dry_run_prints_the_json_and_touches_no_database(file):
    # without the mark `django_db` any query of this test would fail
    out, err = run(file, "--dry-run", "--json", "--today", "2026-11-21")
    assert err == ""
    assert json.loads(out) == {
        "kind": "pupils",
        "header_row": 2,
        "columns": {"full_name": "ФИО", "birth_date": "Д.р."},
        "people": [
            {
                "last_name": "Примерова",
                "first_name": "Анна",
                "patronymic": "Ивановна",
                "birth_date": "2014-03-12",
                "group": "5А",
                "position": "",
                "subject": "",
                "gender": "",
            }
        ],
        "doubts": [],
        "lists": [
            {
                "kind": "pupils",
                "place": "",
                "header_row": 2,
                "columns": {"full_name": "ФИО", "birth_date": "Д.р."},
                "n_people": 1,
            }
        ],
        "errors": [
            {
                "row": 4,
                "column": "Д.р.",
                "reason": "Нет даты рождения. Впишите её: от возраста зависит, кто подписывает согласие, "
                "ученик или родитель.",
            }
        ],
    }


def test_dry_run_for_people(file):
    out, err = run(file, "--dry-run")
    assert out.startswith("1 ")
    assert "Нет даты рождения" in err


def test_the_sheet_with_most_people_is_read(tmp_path, workbook):
    path = tmp_path / "a.xlsx"
    header = ["ФИО", "Дата рождения", "Класс"]
    anna, clara = ["Примерова Анна", "12.03.2014", "5А"], ["Учебная Клара", "30.09.2012", "6Б"]
    path.write_bytes(
        workbook(Правила=[["Впишите"]], Один=[header, anna], Все=[header, anna, clara])
    )
    out, err = run(path, "--dry-run", "--json")
    assert len(json.loads(out)["people"]) == 2
    assert "Один" in err
    out, _err = run(path, "--dry-run", "--json", "--sheet", "Один", "--kind", "pupils")
    assert len(json.loads(out)["people"]) == 1
    with pytest.raises(CommandError, match="Правила, Один, Все") as caught:
        run(path, "--dry-run", "--sheet", "Другой")
    assert caught.value.returncode == 2


@pytest.mark.django_db
def test_it_loads_into_the_only_organisation(file, school):
    out, err = run(file)
    assert out == ""
    assert err
    assert Person.objects.get().organisation == school
    assert RosterImport.objects.get().status == "accepted"


@pytest.mark.django_db
def test_several_organisations_need_a_name(file, school):
    other = make_school("Школа № 9")
    with pytest.raises(CommandError) as caught:
        run(file)
    assert caught.value.returncode == 2
    run(file, "--organisation", "Школа № 9")
    run(file, "--organisation", school.pk)
    assert set(Person.objects.values_list("organisation", flat=True)) == {school.pk, other.pk}
    with pytest.raises(CommandError):
        run(file, "--organisation", "Школа № 0")


@pytest.mark.django_db
def test_a_refused_list_leaves_no_draft(file, db):
    make_school("Школа без года", with_year=False)
    with pytest.raises(CommandError):
        run(file)
    assert not RosterImport.objects.exists()


@pytest.mark.django_db
def test_an_empty_installation_is_told_so(file):
    with pytest.raises(CommandError):
        run(file)


def test_exit_codes_and_streams(tmp_path, file):
    picture = tmp_path / "a.csv"
    picture.write_bytes(b"\x89PNG\r\n")
    data = tmp_path / "data"
    data.mkdir()
    for arguments, code in (
        ([file, "--json"], 0),
        ([picture], 1),
        ([tmp_path / "none.csv"], 1),
        ([file, "--kind", "cats"], 2),
        ([file, "--today", "yesterday"], 2),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "nastavnik", "import-people", "--dry-run", *arguments],
            env=os.environ | {"NASTAVNIK_DATA": str(data), "PYTHONPATH": str(SOURCE)},
            capture_output=True,
            check=False,
        )
        assert done.returncode == code, done.stderr.decode()
        assert bool(done.stdout) == (code == 0)
        assert done.stderr or code == 0
    assert not list(data.glob("*.sqlite3"))
