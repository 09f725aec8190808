"""Cells as people fill them in: each way of writing a list, and letters of the other keyboard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.matching.people import mentee, mentor

from nastavnik.engine.matching.payload import MOST_COMPARED, unmet_requests
from nastavnik.engine.matching.phrases import fold_phrase, nearest, phrases_of

BOTH = ["математика", "физика"]


@pytest.mark.parametrize(
    "line",
    [
        "математика и физика",
        "Математика, физика",
        "математика; физика;",
        "математика/физика",
        "математика\nфизика",
        "математика + физика",
        "математика+физика",
        "математика а также физика",
        "математика, и физика",
        "математика и/или физика",
        "1) математика 2) физика",
        "1)математика,2)физика",
        "1. Математика. 2. Физика.",
        "№ 1 математика № 2 физика",
        "а) математика б) физика",
        "(1) математика (2) физика",
        "- математика\n- физика",
        "• математика • физика",
        "математика — физика",
        "математика (физика)",
        "Математика. Физика",
        "мaтемaтикa и физикa",
        "МАТЕМАТИКА и ФИЗИКA",
    ],
)
def test_two_things_are_two_however_they_are_written(line):
    assert phrases_of(line) == BOTH


@pytest.mark.parametrize(
    ("line", "things"),
    [
        ("русский язык и литература", ["русский язык", "литература"]),
        ("англ. язык", ["англ язык"]),
        ("математика (9 класс)", ["математика"]),
        ("математика (базовый уровень)", ["математика"]),
        ("математика (алгебра, геометрия), химия", ["математика", "химия", "алгебра", "геометрия"]),
        ("3D-моделирование", ["3d моделирование"]),
        ("игра на гитаре", ["игра на гитаре"]),
        (
            "информационно-коммуникационные технологии",
            ["информационно коммуникационные технологии"],
        ),
        ("физика, физика", ["физика"]),
        ("нет", []),
        ("—", []),
        ("1) 2)", []),
        ("", []),
    ],
)
def test_what_is_one_thing_stays_one(line, things):
    assert phrases_of(line) == things


@pytest.mark.parametrize(
    ("one", "other"),
    [("C++", "С++"), ("IT", "it"), ("XOP", "хор"), ("Ёлка", "елка"), ("3D", "3d")],
)
def test_letters_that_look_alike_are_the_same(one, other):
    assert fold_phrase(one) == fold_phrase(other)


def test_words_of_another_language_stay_as_they_are():
    assert fold_phrase("Python") == "python"
    assert fold_phrase("IT") == "it"


@given(st.lists(st.sampled_from(["алгебра", "игра на гитаре", "C++", "3D-печать"]), unique=True))
def test_the_way_a_list_is_written_says_nothing(things):
    numbered = " ".join(f"{n}) {thing}" for n, thing in enumerate(things, start=1))
    bullets = "\n".join(f"- {thing}" for thing in things)
    ways = [", ".join(things), " и ".join(things), numbered, bullets]
    assert len({tuple(phrases_of(way)) for way in ways}) == 1
    assert len(phrases_of(numbered)) == len(things)


def test_what_nobody_offers_is_told_with_what_looks_like_it():
    offering = [mentor("m1", competences=frozenset({"математика"}))]
    asking = [
        mentee("e2", areas=frozenset({"математике", "физика"})),
        mentee("e1", areas=frozenset({"физика", "математика"})),
    ]
    assert unmet_requests(offering, asking) == [
        {"area": "математике", "mentees": ["e2"], "near": "математика"},
        {"area": "физика", "mentees": ["e1", "e2"], "near": ""},
    ]
    assert unmet_requests([], []) == []
    assert nearest("физика", []) == ""


def test_of_very_many_words_none_is_looked_for():
    offered = frozenset(f"слово {n}" for n in range(MOST_COMPARED))
    asked = [mentee("e1", areas=frozenset({"слов 1", "слово"}))]
    assert {one["near"] for one in unmet_requests([mentor("m1", competences=offered)], asked)} == {
        ""
    }
