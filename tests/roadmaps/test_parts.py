"""What stands behind the pages of roadmaps: the catalogue, terms of a year, the picture, the calendar."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from nastavnik.core.errors import RefusedError
from nastavnik.core.text import fold
from nastavnik.programmes.models import MentoringForm
from nastavnik.roadmaps import catalogues
from nastavnik.roadmaps.actions import add_evidence, make_from_catalogue, take_copy
from nastavnik.roadmaps.adapter import usual_days
from nastavnik.roadmaps.choices import RoadmapLevel
from nastavnik.roadmaps.models import Activity, Evidence, RoadmapDraft
from nastavnik.roadmaps.rendering.charts import NARROW, Span, draw_chart
from nastavnik.writers.calendars import Event, render_calendar

YEAR = (dt.date(2026, 9, 1), dt.date(2027, 8, 31))


def test_the_default_roadmap_of_a_school_has_the_35_lines_of_the_source():
    chosen = catalogues.chosen("school", with_learners=True)
    assert [entry.line for entry in chosen] == list(range(1, 36))
    assert {entry.source for entry in chosen} == {"002"}
    assert chosen[0].title.startswith("Информирование педагогического сообщества")
    assert all(entry.owners and 1 <= entry.stage <= 7 for entry in catalogues.entries().values())
    assert catalogues.code_of(f"{chosen[6].title}. ") == "A31"
    assert catalogues.code_of("Нечто иное") == ""


def test_titles_are_told_apart():
    titles = [fold(entry.title) for entry in catalogues.entries().values()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(
    ("code", "start", "first", "last"),
    [
        ("A31", dt.date(2026, 9, 1), dt.date(2026, 10, 1), dt.date(2026, 11, 30)),
        ("A31", dt.date(2027, 1, 11), dt.date(2027, 2, 1), dt.date(2027, 3, 31)),
        ("A31", dt.date(2027, 5, 3), dt.date(2027, 5, 1), dt.date(2027, 5, 31)),
        ("A50", dt.date(2026, 10, 1), dt.date(2027, 1, 1), dt.date(2027, 5, 31)),
        ("A50", dt.date(2027, 2, 1), dt.date(2027, 5, 1), dt.date(2027, 5, 31)),
        ("A66", dt.date(2026, 9, 1), None, dt.date(2027, 1, 20)),
        ("A10", dt.date(2026, 9, 1), dt.date(2026, 8, 1), dt.date(2026, 8, 31)),
    ],
)
def test_usual_days_move_with_a_late_start(code, start, first, last):
    days = usual_days(catalogues.entries()[code], 2026, start)
    assert (days.starts_on, days.ends_on) == (first, last)
    assert days.term_text


@pytest.mark.django_db
@pytest.mark.parametrize("level", RoadmapLevel)
def test_staff_alone_need_no_lines_on_pupils(cast, level):
    forms = MentoringForm.objects.filter(code="teacher_teacher")
    made = make_from_catalogue(cast.school.year, level, forms=forms, by=cast.anna)
    codes = set(made.activities.values_list("catalogue_code", flat=True))
    assert codes
    assert not codes & {"A20", "A21", "A30"}


@pytest.mark.django_db
def test_the_database_holds_the_rules(cast):
    made = make_from_catalogue(cast.school.year, RoadmapLevel.SCHOOL, by=cast.anna)
    rows = Activity.objects.filter(pk=made.activities.first().pk)
    for wrong in (
        {"status": "done"},
        {"done_on": YEAR[0]},
        {"title": ""},
        {"stage": 8},
        {"starts_on": YEAR[1], "ends_on": YEAR[0]},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.create(organisation=made.organisation, activity=rows.get())


@pytest.mark.django_db
def test_a_paper_of_another_school_proves_nothing(cast):
    from tests.cast import approve_pairs

    foreign = approve_pairs(cast.other)
    made = make_from_catalogue(cast.school.year, RoadmapLevel.SCHOOL, by=cast.anna)
    with pytest.raises(RefusedError):
        add_evidence(made.activities.first(), document=foreign, by=cast.anna)
    draft = RoadmapDraft.objects.create(organisation=made.organisation, content={"activities": []})
    with pytest.raises(RefusedError):
        take_copy(draft, by=cast.anna)


def chart(*spans, today=dt.date(2026, 11, 22), **more):
    return draw_chart([("Этап", spans)], first=YEAR[0], last=YEAR[1], today=today, **more)


def test_lines_of_the_same_days_are_one_bar_and_overlapping_ones_lie_under_each_other():
    november = Span(dt.date(2026, 11, 1), dt.date(2026, 11, 30), "done")
    later = Span(dt.date(2026, 11, 15), dt.date(2027, 1, 31), "go")
    apart = Span(dt.date(2027, 3, 1), dt.date(2027, 3, 31), "next")
    [row] = chart(november, november, later, apart).rows
    assert [(bar.state, bar.n) for bar in row.bars] == [("done", 2), ("go", 1), ("next", 1)]
    assert row.bars[0].y < row.bars[1].y
    assert row.bars[2].y == row.bars[0].y
    assert row.bars[0].count_x is not None
    assert row.bars[0].has_sign


def test_deadlines_open_ends_and_lines_without_days():
    [row] = chart(
        Span(None, dt.date(2027, 1, 20), "late"), Span(dt.date(2026, 9, 1), None, "go"),
        Span(None, None, "next"),
    ).rows  # fmt: skip
    assert [bar.state for bar in row.bars] == ["go", "late"]
    assert row.bars[0].x + row.bars[0].width > 780


def test_a_plan_of_years_shows_quarters_and_today_may_lie_outside():
    drawn = chart(Span(dt.date(2026, 9, 1), dt.date(2029, 8, 31), "next"), today=YEAR[0].replace(year=2020))  # fmt: skip
    assert len(drawn.months) == 12
    assert drawn.today_x is None


def test_on_a_telephone_the_whole_year_stands_on_the_screen_and_labels_above():
    november = Span(dt.date(2026, 11, 1), dt.date(2026, 11, 30), "done")
    whole = Span(YEAR[0], YEAR[1], "go")
    drawn = chart(november, november, whole, frame=NARROW)
    [row] = drawn.rows
    assert drawn.width == NARROW.width
    assert all(bar.x >= 0 and bar.x + bar.width <= NARROW.width for bar in row.bars)
    assert row.y < min(bar.y for bar in row.bars)
    counted = next(bar for bar in row.bars if bar.n == 2)
    # there is room for the figure or for the tick, and the figure says more
    assert counted.count_x is not None
    assert not counted.has_sign


def test_what_waits_for_what_is_tied_once_and_broken_if_any_of_its_lines_is():
    first = Span(dt.date(2026, 9, 1), dt.date(2026, 9, 30), "done", 1)
    second = Span(dt.date(2026, 11, 1), dt.date(2026, 11, 30), "next", 2)
    twin = Span(dt.date(2026, 11, 1), dt.date(2026, 11, 30), "next", 3)
    ties = [(1, 2, False), (1, 3, True), (2, 3, True), (1, 9, True), (3, 1, False)]
    drawn = chart(first, second, twin, ties=ties)
    [row] = drawn.rows
    assert [tie.is_broken for tie in drawn.ties] == [True, False]
    there, back = drawn.ties
    assert (there.y, there.end_y) == (row.bars[0].middle, row.bars[1].middle)
    assert there.x < there.end_x == row.bars[1].x
    assert back.end_x < back.x


def test_a_calendar_keeps_lines_short_and_signs_safe():
    event = Event(
        "a@b", YEAR[0], YEAR[0], "Слёт; «Наставник, это я»\\ " + "ё" * 90, "Директор\nКуратор"
    )
    data = render_calendar("Карта", [event], made_at=timezone.now())
    assert max(map(len, data.split(b"\r\n"))) <= 75
    text = data.decode().replace("\r\n ", "")
    assert "SUMMARY:Слёт\\; «Наставник\\, это я»\\\\ " + "ё" * 90 in text
    assert "DESCRIPTION:Директор\\nКуратор" in text
    assert "DTEND;VALUE=DATE:20260902" in text
