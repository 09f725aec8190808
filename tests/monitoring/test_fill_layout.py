"""`fill-layout`: facts of a school in the cells of a form, what is not known blank and never nought, refusals in words."""

import json

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from tests.cast import approve_pairs

from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.documents.actions import register_document, set_requisites
from nastavnik.mentorships.models import Tie
from nastavnik.monitoring.actions import enter_count, set_target
from nastavnik.monitoring.adapter import MappedCell, read_mapping, written_mapping
from nastavnik.monitoring.catalogues import indicator_rule
from nastavnik.monitoring.queries.layout_facts import facts_of, values_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(within_the_year, cast):
    order = approve_pairs(cast.school)
    set_requisites(order, number="7-н", dated_on=today(), by=cast.anna)
    register_document(order, by=cast.anna)
    Tie.objects.update(starts_on=today())
    place, year = cast.school.organisation, today().year
    enter_count(place, indicator_rule("K1b"), year, value=8, basis="ОО-1", by=cast.anna)
    set_target(place, indicator_rule("K1b"), year, value=10.0, by=cast.anna)
    return place


def form(folder):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Отчёт"
    sheet["B2"].number_format = "0.0%"
    sheet["D2"] = "=B2*2"
    sheet["B9"] = 77
    path = folder / "форма.xlsx"
    book.save(path)
    return path


def mapping(folder, *cells, name="карта.json"):
    path = folder / name
    path.write_bytes(written_mapping("Отчёт", cells))
    return path


def at(ref, fact, **more):
    return MappedCell("Отчёт", ref, fact, **more)


def test_a_form_is_filled_with_the_facts_of_a_year(place, tmp_path, capsys):
    cells = [
        at("B2", "K1b.value"), at("C2", "K1b.value"), at("A2", "K1b.title"), at("B3", "K1b.target"), at("B4", "mentees"),
        at("B5", "K4.value"), at("B6", "K4.value", empty="nodata"), at("B7", "mentees", year_offset=-1), at("B8", "on"),
        at("B9", "K3.value"), at("A1", "organisation.short_name"), at("B10", "pairs.met"),
    ]  # fmt: skip
    out = tmp_path / "готово.xlsx"
    call_command(
        "fill_layout",
        str(form(tmp_path)),
        mapping=mapping(tmp_path, *cells),
        year=today().year,
        out=out,
        organisation=place.short_name,
    )
    sheet = openpyxl.load_workbook(out)["Отчёт"]
    # 4 of 8: a share where the cell shows per cent, per cent elsewhere
    assert (sheet["B2"].value, sheet["C2"].value) == (0.5, 50)
    assert sheet["A2"].value == indicator_rule("K1b").title
    assert (sheet["B3"].value, sheet["B4"].value, sheet["B7"].value) == (10, 3, 0)
    # not known: blank also where something stood, or the words; never nought
    assert (sheet["B5"].value, sheet["B6"].value, sheet["B9"].value) == (None, "нет данных", None)
    assert sheet["B8"].value == f"31.12.{today().year}"
    assert (sheet["A1"].value, sheet["D2"].value) == (place.short_name, "=B2*2")
    assert sheet["B10"].value == 0
    assert "Отчёт!B5" in capsys.readouterr().err


@pytest.mark.parametrize(
    "cell", [at("B2", "K9.value"), at("D2", "mentees"), MappedCell("Нет", "A1", "mentees")]
)
def test_what_cannot_be_filled_is_refused_and_nothing_is_written(place, tmp_path, cell):
    out = tmp_path / "готово.xlsx"
    with pytest.raises(CommandError):
        call_command(
            "fill_layout",
            str(form(tmp_path)),
            mapping=mapping(tmp_path, cell),
            year=today().year,
            out=out,
            organisation=place.short_name,
        )
    assert not out.exists()


@pytest.mark.parametrize(
    "said",
    ["", "[]", '{"cells": 1}', '{"cells": [1]}', '{"cells": [{"sheet": "a", "cell": "A1"}]}', '{"version": 2, "cells": []}',
     '{"cells": [{"sheet": "a", "cell": "A1", "fact": "year", "year": 99}]}', '{"cells": [{"sheet": "a", "cell": "A1", "fact": "year", "empty": "zero"}]}'],
)  # fmt: skip
def test_what_is_no_mapping_is_refused(said):
    with pytest.raises(RefusedError):
        read_mapping(said.encode())


def test_every_fact_of_the_list_has_a_value_of_its_kind(place):
    values, facts = values_of(place, today().year), facts_of(place)
    assert values.keys() == facts.keys()
    kinds = {"number": (int, float), "percent": (int, float), "text": str, "day": str}
    for code, value in values.items():
        assert value is None or isinstance(value, kinds[facts[code].kind]), code
    cells = [at("A1", code, year_offset=-2, empty="nodata") for code in facts]
    assert read_mapping(written_mapping("х", cells)) == cells
    assert json.loads(written_mapping("х", cells))["version"] == 1
