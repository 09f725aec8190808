"""Indicators: the worked example of docs/algorithms/indicators.md, bounds to the day, no value without its denominator, plans, strangers."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import CANARY, approve_pairs
from tests.pages import signed_in, text

from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.documents.actions import register_document, set_requisites
from nastavnik.engine.statistics.shares import CountedShare
from nastavnik.mentorships.models import Tie
from nastavnik.monitoring.actions import enter_count
from nastavnik.monitoring.catalogues import indicator_rule, indicator_rules
from nastavnik.monitoring.models import HandCount
from nastavnik.monitoring.queries.indicators import (
    Found,
    certificates_of,
    code_by_name,
    found_by,
)
from nastavnik.people.choices import PersonKind
from nastavnik.people.models import Person

PUPIL, STAFF, GUEST = PersonKind.PUPIL, PersonKind.TEACHER, PersonKind.EMPLOYER


def people_of_the_example():
    born = [
        dt.date(2016, 12, 31),
        dt.date(2008, 1, 1),
        dt.date(2007, 12, 31),
        dt.date(2017, 1, 1),
        None,
    ]
    pupils = [Person(pk=n, kind=PUPIL, birth_date=day) for n, day in enumerate(born, 1)]
    staff = [
        Person(pk=n, kind=STAFF, work_started_on=day)
        for n, day in enumerate([dt.date(2023, 12, 31), dt.date(2023, 12, 30)], 6)
    ]
    mentors = [
        Person(pk=8, kind=PUPIL, birth_date=dt.date(2011, 12, 31)),
        *(
            Person(pk=n, kind=GUEST, partner_id=partner)
            for n, partner in ((9, 1), (10, 1), (11, None))
        ),
    ]
    return [*pupils, *staff, *mentors], {1, 2, 3, 4, 5, 6, 7}, {3, 8, 9, 10, 11}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("K1", Found(2, 2, 1)), ("K1a", Found(3, 1, 1)), ("K1b", Found(6, 0, 0)),
        ("K2", Found(2, 0, 0)), ("K3", Found(1, 1, 0)), ("K4", Found(1, 0, 1)),
    ],
)  # fmt: skip
def test_the_worked_example(code, found):
    people, mentees, mentors = people_of_the_example()
    rule = indicator_rule(code)
    assert found_by(rule, people, mentees=mentees, mentors=mentors, year=2026) == found


def test_the_share_of_the_worked_example_is_cut_and_compared_exactly():
    share = CountedShare(2, 300)
    assert (share.reaches(0.67), share.reaches(0.66)) == (False, True)
    assert CountedShare(3, 4).reaches(75) is True


@given(st.integers(0, 50), st.none() | st.integers(0, 50))
def test_a_share_is_never_born_of_nothing(n, whole):
    share = CountedShare(n, whole)
    if not whole or n > whole:
        assert share.percent is None
        assert share.reaches(0) is None
    else:
        assert share.percent * whole == 100 * n
        assert 0 <= share.percent <= 100


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (
            "Доля детей и молодежи в возрасте от 10 до 18 лет, вошедших в программы наставничества в роли наставляемого, %",
            "K1",
        ),
        ("Доля детей и молодёжи в возрасте от 15 до 19 лет … в роли наставника, %", "K2"),
        ("Доля учителей – молодых специалистов (с опытом работы от 0 до 3 лет)", "K3"),
        ("Доля предприятий (организаций) от общего количества предприятий", "K4"),
        ("не менее 70 % обучающихся вовлечены в различные формы наставничества", "K1b"),
        ("Уровень удовлетворенности наставляемых участием в программах наставничества", "K5"),
        ("Доля наставляемых, %", ""),
    ],
)
def test_a_plan_goes_to_the_one_indicator_its_name_fits(name, code):
    assert code_by_name(name) == code


def test_every_definition_says_all_of_itself():
    codes = [rule.code for rule in indicator_rules()]
    assert len(set(codes)) == len(codes) == 8
    for rule in indicator_rules():
        assert rule.counted
        assert rule.of
        assert code_by_name(rule.title) in (rule.code, "")


# ---------------------------------------------------------------- in a school


@pytest.fixture
def begun(within_the_year, cast):
    order = approve_pairs(cast.school)
    set_requisites(order, number="7-н", dated_on=today(), by=cast.anna)
    register_document(order, by=cast.anna)
    # the step before may have been laid down as of another day
    Tie.objects.update(starts_on=today())
    return today().year


@pytest.mark.django_db
@pytest.mark.usefixtures("within_the_year")
def test_a_pair_that_waits_for_its_order_counts_for_nothing(cast):
    approve_pairs(cast.school)
    rows = certificates_of(cast.anna, cast.school.organisation, today().year)
    # of those who are asked nobody was: that is no nought
    assert {row.found.n for row in rows} == {0, None}
    assert all((row.found.n is None) == row.rule.is_asked for row in rows)


@pytest.mark.django_db
def test_a_value_has_both_its_numbers_and_its_plan(cast, begun):
    unknown = certificates_of(cast.anna, cast.school.organisation, begun)
    assert [one.found for one in unknown if one.rule.code == "K3"] == [Found(0, 0, 1)]
    Person.objects.filter(pk=cast.school.people["novice"].pk).update(work_started_on=today())
    page, client = f"/monitoring/indicators/K3/{begun}/", signed_in(cast.anna)
    (row,) = [
        r
        for r in certificates_of(cast.anna, cast.school.organisation, begun)
        if r.rule.code == "K3"
    ]
    assert row.found == Found(1, 0, 0)
    assert row.share.percent is None
    assert "the denominator is not entered" in text(client.get(page))
    assert client.post(page, {"value": "0", "basis": "ОО-1"}).status_code == 422
    assert client.post(page, {"value": "40", "basis": " "}).status_code == 422
    client.post(page, {"value": "40", "basis": "ОО-1"})
    kept = HandCount.objects.get()
    assert (kept.value, kept.entered_by, kept.entered_on) == (40, cast.anna, today())
    assert f"{100 * row.found.n / 40:g} %".replace(".", ",") in text(client.get(page))
    assert "2,5 %" in text(client.get("/monitoring/indicators/"))
    before = certificates_of(cast.anna, cast.school.organisation, begun - 1)
    assert {one.found.n for one in before if not one.rule.is_asked} == {0}


@pytest.mark.django_db
def test_readers_and_strangers_enter_nothing(cast, begun):
    page = f"/monitoring/indicators/K1/{begun}/"
    sent = {"value": "40", "basis": "ОО-1"}
    director = signed_in(cast.users[Role.DIRECTOR])
    assert director.get(page).status_code == 200
    assert director.post(page, sent).status_code == 404
    assert signed_in(cast.users[Role.MENTOR]).get(page).status_code == 403
    assert signed_in(cast.staff_curator).post(page, sent).status_code == 404
    assert not HandCount.objects.exists()
    enter_count(
        cast.other.organisation, indicator_rules()[0], begun, value=7, basis=CANARY, by=cast.vera
    )
    assert CANARY not in text(signed_in(cast.anna).get(page))
    with pytest.raises(RefusedError):
        enter_count(
            cast.school.organisation,
            indicator_rules()[0],
            begun,
            value=0,
            basis="ОО-1",
            by=cast.anna,
        )
    for year in ("0000", "9999", "x", ""):
        assert (
            signed_in(cast.anna).get("/monitoring/indicators/", {"year": year}).status_code == 200
        )
    for wrong in ("/monitoring/indicators/K9/2026/", "/monitoring/indicators/K1/1900/"):
        assert signed_in(cast.anna).get(wrong).status_code == 404
