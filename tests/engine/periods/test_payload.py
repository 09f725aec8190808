"""`read-term`: plain data in and out, on the command line as well."""

import datetime as dt
import io
import json
import sys

import pytest
from django.utils import timezone

from nastavnik import __main__ as program
from nastavnik.engine.periods.payload import read_term_json


def test_the_answer():
    assert read_term_json({"text": "до 30 сентября", "year": 2025}) == {
        "kind": "by",
        "start": None,
        "end": "2025-09-30",
        "recurs": None,
        "rest": "",
    }
    answer = read_term_json({"text": "май (каникулы), ежегодно", "year": "2025"})
    assert answer == {
        "kind": "range",
        "start": "2026-05-01",
        "end": "2026-05-31",
        "recurs": "yearly",
        "rest": "каникулы",
    }
    assert read_term_json({"text": "май"})["start"] is None
    assert json.dumps(answer)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"text": 5, "year": 2025},
        {"text": "май", "year": "скоро"},
        {"text": "май", "year": True},
        {"text": "май", "year": 25},
        {"text": "май", "year": 2025.5},
    ],
)
def test_refusals(asked):
    with pytest.raises(ValueError, match=r"Поле «(text|year)»: нуж"):
        read_term_json(asked)


def test_the_word(capsys):
    assert program.main(["read-term", "1 раз в квартал", "--year", "2025", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["recurs"] == "quarterly"
    assert program.main(["read-term", "май (каникулы), ежегодно", "--year", "2025"]) == 0
    assert capsys.readouterr().out == (
        "с первого по последний день 01.05.2026 — 31.05.2026; каждый год; не понято: «каникулы»\n"
    )
    assert program.main(["read-term", "до 1 мая", "--year", "2025"]) == 0
    assert capsys.readouterr().out == "не позднее 01.05.2026\n"
    assert program.main(["read-term", "май", "--year", "25"]) == 1
    assert "Поле «year»" in capsys.readouterr().err


def test_without_a_year_it_is_the_academic_year_of_today(capsys):
    assert program.main(["read-term", "октябрь", "--json"]) == 0
    start = dt.date.fromisoformat(json.loads(capsys.readouterr().out)["start"])
    # from 1 August, two months before that October, to 31 July, ten months after its first day
    assert -304 <= (start - timezone.localdate()).days <= 62


def test_lines(monkeypatch, capsys):
    asked = '{"text": "сентябрь", "year": 2025}\n{"year": 2025}\n{"text": "", "year": 2025}\n'
    monkeypatch.setattr(sys, "stdin", io.StringIO(asked))
    assert program.main(["read-term", "--lines"]) == 1
    first, second, third = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["start"], first["end"]) == ("2025-09-01", "2025-09-30")
    assert "text" in second["error"]
    assert third["kind"] == "unknown"
