"""The annual report and the page for the council: sums with how many they are of, nobody's name, no small count, own words."""

import pytest
from tests.cast import approve_pairs
from tests.monitoring.test_effects import measured, school
from tests.pages import signed_in, text
from tests.papers import of_kind

from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.documents.actions import (
    draft_document,
    enter_particulars,
    refresh_document,
    register_document,
    set_requisites,
)
from nastavnik.documents.queries import findings
from nastavnik.mentorships.choices import Mark, MeetingStatus
from nastavnik.mentorships.models import Meeting, Tie
from nastavnik.monitoring.choices import ANNUAL_REPORT, COUNCIL_REPORT
from nastavnik.monitoring.documents import counts_of
from nastavnik.people.models import Person
from nastavnik.writers import blocks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("within_the_year")]
__all__ = ["school"]  # a fixture


def report_of(cast, code=ANNUAL_REPORT, **entered):
    made = draft_document(cast.school.year, code, subject_id=None, by=cast.anna)
    if entered:
        enter_particulars(made, entered, by=cast.anna)
    return refresh_document(made, by=cast.anna)


def running(cast):
    order = approve_pairs(cast.school)
    set_requisites(order, number="7-н", dated_on=today(), by=cast.anna)
    register_document(order, by=cast.anna)


def page_of(cast, made, user=None):
    return text(signed_in(user or cast.anna, "ru").get(f"/documents/{made.pk}/"))


def test_it_says_what_was_found_with_how_many_and_keeps_own_words(cast, school):
    running(cast)
    measured(school, 9)
    made = report_of(cast)
    page = page_of(cast, made)
    assert "(оба раза ответили 9): стало больше – «Хочется ли идти в школу?»" in page
    assert "довольны (7 и больше из 10) 5 или больше из 9 ответивших" in page
    assert "спокоен" not in page  # the psychologist's
    lack = "рекомендуете"
    assert any(lack in one or "recommend" in one for one in findings(made))
    enter_particulars(made, {"recommendations": "Учить наставников.\nНачать в сентябре."}, by=cast.anna)  # fmt: skip
    made = refresh_document(made, by=cast.anna)
    assert of_kind(made, blocks.Points)[-1].items == ("Учить наставников.", "Начать в сентябре.")
    assert of_kind(refresh_document(made, by=cast.anna), blocks.Points)[-1].items[0] == "Учить наставников."  # fmt: skip


def test_no_small_count_and_nobodys_name_is_in_it(cast, school):
    running(cast)
    measured(school, 9)
    n_mentees = Tie.objects.begun().values("mentee__person").distinct().count()
    assert 0 < n_mentees < 5
    for code in (ANNUAL_REPORT, COUNCIL_REPORT):
        page = str(report_of(cast, code).content)
        assert f"Наставляемых: {n_mentees}" not in page
        assert "числа не показаны" in page
        taking_part = Person.objects.filter(participations__programme=school.programme)
        assert taking_part.count() > 5
        assert not [one.last_name for one in taking_part if one.last_name in page]


def test_forms_of_few_are_hidden_with_another_one():
    """Three forms of 20, 3 and 9 pairs: beside the 3 the 9 is hidden too, else the total gives it away."""
    key = iter(range(10**4))
    pairs = [
        (form, next(key), next(key), next(key))
        for form, n in (("А", 20), ("Б", 3), ("В", 9))
        for _pair in range(n)
    ]
    table, why, sums = counts_of("Программа", pairs)
    assert [row[1] for row in table.rows] == ["20", "не показано", "не показано", "32"]
    assert why
    assert "Наставляемых: 32" in sums[0]
    (open_table, none, _sums) = counts_of("Программа", [one for one in pairs if one[0] != "Б"])
    assert [row[1] for row in open_table.rows] == ["20", "9", "29"]
    assert none == []


def test_marks_stay_out_of_what_everybody_reads(cast):
    running(cast)
    told = []
    for mark in (Mark.GOOD, Mark.HELP):
        Meeting.objects.filter(pk=Meeting.objects.first().pk).update(
            status=MeetingStatus.HELD, held_on=today(), planned_on=today(), mentor_mark=mark
        )
        told.append(report_of(cast).content)
    assert told[0] == told[1]
    page = page_of(cast, report_of(cast), cast.users[Role.DIRECTOR])
    assert "Как шла программа" in page
    assert "просьбы о помощи" not in page


def test_a_school_without_anything_gets_an_honest_sheet(cast):
    page = page_of(cast, report_of(cast))
    assert "Ни одна пара или группа ещё не начата приказом" in page
    assert "Судить о переменах не по чему" in page
    assert "Годовой отчёт о наставничестве" in text(signed_in(cast.anna, "ru").get("/monitoring/"))
