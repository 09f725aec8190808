"""Lines of several times, «октябрь, апрель»: days, states, reminders, calendar and picture."""

import datetime as dt
import re
import uuid

import pytest
from django.urls import reverse
from django.utils.translation import override

from nastavnik.core.dates import today
from nastavnik.organisations.actions import open_year
from nastavnik.roadmaps.actions import (
    add_activity,
    change_activity,
    finish_lines,
    make_from_document,
    move_lines,
    set_activity_status,
    shift_from,
    start_reading,
)
from nastavnik.roadmaps.attention import coming, items
from nastavnik.roadmaps.choices import ActivityStatus, RoadmapLevel
from nastavnik.roadmaps.documents import events_of, spans_of
from nastavnik.roadmaps.models import Activity, Roadmap
from nastavnik.roadmaps.queries import lines_of, parts_of

pytestmark = pytest.mark.django_db
S = ActivityStatus

CASE = """Дорожная карта наставничества
№\tМероприятие\tСрок\tОтветственный
1\tАнкетирование до и после\tоктябрь, апрель\tКуратор
2\tСобрать согласия\tдо 15.10.2026\tКуратор
3\tСверка списков\tдо 15 октября\tКуратор
4\tКонсультации\t1 раз в 2 недели\tПсихолог
"""


@pytest.fixture
def year(cast):
    return cast.school.year.starts_on.year


@pytest.fixture
def roadmap(cast, year):
    draft = start_reading(cast.school.organisation, file_name="", text=CASE, by=cast.anna)
    return make_from_document(draft, begins_in=year, level=RoadmapLevel.SCHOOL, by=cast.anna)


@pytest.fixture
def line(roadmap):
    return roadmap.activities.get(number="1")


def state_on(user, line, day):
    found = lines_of(user, line.roadmap, day)
    return next((one.state, one.words) for one in found if one.activity.pk == line.pk)


def test_two_times_are_two_events_and_two_reminders(cast, client, roadmap, year):
    client.force_login(cast.anna)
    text = client.get(reverse("roadmaps:calendar", args=[roadmap.pk])).content.decode()
    text = text.replace("\r\n ", "")
    events = [one for one in text.split("BEGIN:VEVENT")[1:] if "до и после" in one]
    assert [re.findall(r"DTSTART;VALUE=DATE:(\d+)", one) for one in events] == [
        [f"{year}1001"],
        [f"{year + 1}0401"],
    ]
    assert [re.findall(r"DTEND;VALUE=DATE:(\d+)", one) for one in events] == [
        [f"{year}1101"],
        [f"{year + 1}0501"],
    ]
    assert [one.count("BEGIN:VALARM") for one in events] == [1, 1]


def test_what_was_held_reminds_no_more(cast, line, year):
    set_activity_status(line, S.DONE, done_on=min(today(), dt.date(year, 10, 20)), by=cast.anna)
    lines = lines_of(cast.anna, line.roadmap, dt.date(year, 12, 1))
    first, second = [one for one in events_of(lines) if "до и после" in one.title]
    assert (first.remind_days, second.remind_days) == (None, 7)


def test_a_line_is_the_same_at_every_export_and_like_no_other(cast, roadmap):
    day = today()
    keys = [event.key for event in events_of(lines_of(cast.anna, roadmap, day))]
    assert len(set(keys)) == len(keys)
    again = Roadmap.objects.get(pk=roadmap.pk)
    assert [event.key for event in events_of(lines_of(cast.anna, again, day))] == keys
    # another installation counts its rows from one as well
    Roadmap.objects.filter(pk=roadmap.pk).update(calendar_key=uuid.uuid4())
    other = Roadmap.objects.get(pk=roadmap.pk)
    theirs = {event.key for event in events_of(lines_of(cast.anna, other, day))}
    assert not theirs & set(keys)


def test_each_time_is_due_for_itself(cast, line, year):
    one = cast.anna
    assert line.due_on == dt.date(year, 10, 31)
    assert (line.starts_on, line.ends_on) == (dt.date(year, 10, 1), dt.date(year + 1, 4, 30))
    assert state_on(one, line, dt.date(year, 9, 10)) == ("next", "впереди")
    assert state_on(one, line, dt.date(year, 10, 10))[0] == "go"
    assert state_on(one, line, dt.date(year, 11, 10))[0] == "risk"
    Activity.objects.filter(pk=line.pk).update(n_held=1, status=S.GOING)
    assert state_on(one, line, dt.date(year, 11, 10)) == ("next", f"снова с 01.04.{year + 1}")
    assert state_on(one, line, dt.date(year + 1, 4, 10))[0] == "go"
    assert state_on(one, line, dt.date(year + 1, 5, 10))[0] == "risk"


def test_what_is_due_this_week_is_told_at_each_time(cast, roadmap, line, year):
    def told(first):
        last = first + dt.timedelta(days=6)
        return [one.on for one in coming(cast.anna, first, last) if one.title == line.title]

    assert told(dt.date(year, 10, 28)) == [dt.date(year, 10, 31)]
    # between the times nothing is due, and then the second one is
    Activity.objects.filter(pk=line.pk).update(n_held=1, status=S.GOING)
    assert told(dt.date(year, 10, 27)) == []
    assert told(dt.date(year + 1, 4, 29)) == [dt.date(year + 1, 4, 30)]


def test_today_tells_of_a_time_that_is_due(cast, line):
    soon, later = (today() + dt.timedelta(days=n) for n in (3, 60))
    change_activity(line, term_text=f"{soon:%d.%m.%Y}, {later:%d.%m.%Y}", by=cast.anna)
    line.roadmap.activities.exclude(pk=line.pk).delete()
    [item] = [one for one in items(cast.anna) if line.title in one.title]
    assert f"{soon:%d.%m}" in item.state_words


def test_a_line_is_done_when_every_time_was_held(cast, line):
    past = today() - dt.timedelta(days=60)
    first, second = past - dt.timedelta(days=10), today() - dt.timedelta(days=3)
    change_activity(line, term_text=f"{first:%d.%m.%Y}, {second:%d.%m.%Y}", by=cast.anna)
    one = set_activity_status(line, S.DONE, done_on=past, by=cast.anna)
    assert (one.status, one.n_held, one.done_on) == (S.GOING, 1, None)
    assert finish_lines([one], done_on=past, by=cast.anna) == 0
    one = set_activity_status(one, S.DONE, by=cast.anna)
    assert (one.status, one.n_held, one.done_on) == (S.DONE, 2, today())
    one = set_activity_status(one, S.PLANNED, by=cast.anna)
    assert (one.status, one.n_held) == (S.PLANNED, 0)


def test_what_is_done_late_finishes_all_that_had_begun(cast, line):
    first, second = (today() - dt.timedelta(days=n) for n in (40, 20))
    change_activity(line, term_text=f"{first:%d.%m.%Y}, {second:%d.%m.%Y}", by=cast.anna)
    assert set_activity_status(line, S.DONE, by=cast.anna).status == S.DONE


def test_times_move_one_by_one_and_follow_new_words(cast, line, year):
    move_lines([line], 7, by=cast.anna)
    line.refresh_from_db()
    assert line.times == [
        (dt.date(year, 10, 8), dt.date(year, 11, 7)),
        (dt.date(year + 1, 4, 8), dt.date(year + 1, 5, 7)),
    ]
    change_activity(line, term_text="ноябрь", by=cast.anna)
    assert (line.stretches, line.due_on) == ([], dt.date(year, 11, 30))
    change_activity(line, term_text="октябрь, апрель", by=cast.anna)
    change_activity(line, ends_on=dt.date(year + 1, 5, 5), by=cast.anna)
    assert line.stretches == []
    assert line.term_text == f"с 1 октября {year} г. по 5 мая {year + 1} г."


def test_next_year_has_the_same_times(cast, line, year):
    other = open_year(
        cast.school.organisation,
        starts_on=dt.date(year + 1, 9, 1),
        ends_on=dt.date(year + 2, 8, 31),
        by=cast.anna,
    )
    made = shift_from(line.roadmap, other, by=cast.anna)
    n = other.starts_on.year
    assert made.activities.get(number="1").times == [
        (dt.date(n, 10, 1), dt.date(n, 10, 31)),
        (dt.date(n + 1, 4, 1), dt.date(n + 1, 4, 30)),
    ]


def test_the_picture_draws_each_time(cast, line, year):
    set_activity_status(line, S.DONE, done_on=min(today(), dt.date(year, 10, 20)), by=cast.anna)
    [(_label, spans)] = spans_of(
        parts_of(lines_of(cast.anna, line.roadmap, dt.date(year, 11, 20)))[:1]
    )
    own = [
        span for span in spans if span.starts_on in (dt.date(year, 10, 1), dt.date(year + 1, 4, 1))
    ]
    assert [(span.state, bool(span.key)) for span in own] == [("done", False), ("next", True)]


def test_the_page_names_the_times(cast, client, line, year):
    client.force_login(cast.anna)
    text = " ".join(
        client.get(reverse("roadmaps:activity", args=[line.pk])).content.decode().split()
    )
    assert f"01.10.{year} – 31.10.{year}" in text
    assert f"отмечает срок с 01.10.{year} по 31.10.{year}" in text


def test_a_line_added_to_a_roadmap_has_its_times_too(cast, roadmap):
    one = add_activity(roadmap, title="Сверка баз", term_text="ноябрь, май", by=cast.anna)
    assert len(one.times) == 2


def test_a_day_of_many_lines_is_told_by_a_few_and_a_number(cast, roadmap, year):
    day = dt.date(year, 11, 30)
    for number in range(7):
        fields = {"title": f"Дело {number} " + "длинное " * 20, "term_text": f"{day:%d.%m.%Y}"}
        add_activity(roadmap, by=cast.anna, **fields)
    with override("ru"):
        told = list(coming(cast.anna, day, day))
    assert [one.title[:6] for one in told] == ["Дело 0", "Дело 1", "Дело 2", "Ещё 4 "]
    assert all(len(one.title) <= 80 for one in told)
    assert told[-1].url == reverse("roadmaps:show", args=[roadmap.pk])
