"""Many people on one page: what is typed is read, what is wrong stands beside the cell, what nobody touched stays."""

import re

import pytest
from django.urls import reverse
from django.utils import translation
from tests.pages import said, signed_in, text
from tests.programmes.test_group_meetings import ALL, give, hold

from nastavnik.core.access import Role
from nastavnik.core.errors import RefusedError
from nastavnik.programmes import catalogues
from nastavnik.programmes.actions import (
    change_participation,
    describe_each,
    note_attendance,
    set_participation_status,
)
from nastavnik.programmes.adapter import read_areas
from nastavnik.programmes.choices import ParticipationStatus as S
from nastavnik.programmes.models import Attendance, Participation, Preference

pytestmark = pytest.mark.django_db
LEARNERS = catalogues.area_choices(learner=True)
MENTORS = reverse("programmes:grid", args=["mentor"])
MENTEES = reverse("programmes:grid", args=["mentee"])


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("математика", ["maths"]),
        ("Физика и математика", ["maths", "physics"]),
        ("физ, мат", ["maths", "physics"]),
        ("химия", ["chemistry"]),
        ("химия и биология; физика", ["physics", "chemistry"]),
        ("музыка, рисование, театр", ["arts"]),
        ("1) олимпиады 2) спорт", ["olympiad", "sport"]),
        ("мaтемaтика", ["maths"]),
        ("УЧИТЬСЯ ПЛАНИРОВАТЬ СВОЕ ВРЕМЯ", ["organising"]),
        ("", []),
    ],
)
def test_areas_are_read_as_people_type_them(typed, codes):
    assert read_areas(typed, LEARNERS).codes == tuple(codes)
    assert read_areas(typed, LEARNERS).unknown == ()


def test_what_is_no_area_is_told_with_what_looks_like_it():
    read = read_areas("матиматика, вышивание, пр, физика", LEARNERS)
    assert read.codes == ("physics",)
    assert read.unknown == (("матиматика", "математика"), ("вышивание", ""), ("пр", ""))


@pytest.mark.parametrize("code", [code for code, _title in LEARNERS])
def test_every_title_and_all_together_are_read_back(code):
    titles = dict(LEARNERS)
    assert read_areas(titles[code], LEARNERS).codes == (code,)
    together = read_areas("; ".join(titles.values()), LEARNERS)
    assert (together.codes, together.unknown) == (tuple(titles), ())


def sent(page):
    """Return what the form of a page would send as it stands."""
    data = {}
    for row in page.context.get("rows") or [
        row for _side, rows in page.context["sides"] for row in rows
    ]:
        for field in row.form:
            value = field.value()
            if value not in (None, False, ""):
                data[field.html_name] = "on" if value is True else value
    return data


def cell(record, name):
    return f"r{record.pk}-{name}"


def test_many_people_are_entered_in_one_press(cast):
    records, client = cast.school.records, signed_in(cast.anna)
    data = sent(client.get(MENTORS))
    data[cell(records["older"], "areas")] = "физика и химия"
    data[cell(records["older"], "capacity")] = "3"
    data[cell(records["oldest"], "capacity")] = "2"
    before = records["teacher"].areas
    answer = client.post(MENTORS, data, follow=True)
    assert said(answer) == ["2 rows are saved."]
    for record in records.values():
        record.refresh_from_db()
    assert (records["older"].areas, records["older"].capacity) == (["physics", "chemistry"], 3)
    assert records["oldest"].capacity == 2
    assert records["teacher"].areas == before
    data = sent(client.get(MENTEES))
    data[cell(records["younger"], "request")] = "готовиться к олимпиаде"
    data[cell(records["younger"], "areas")] = "олимп"
    client.post(MENTEES, data)
    records["younger"].refresh_from_db()
    assert records["younger"].request == "готовиться к олимпиаде"
    assert records["younger"].areas == ["olympiad"]
    assert said(client.post(MENTEES, sent(client.get(MENTEES)), follow=True)) == [
        "Nothing was changed."
    ]


def test_what_is_wrong_stands_beside_its_cell_and_nothing_typed_is_lost(cast):
    records, client = cast.school.records, signed_in(cast.anna)
    data = sent(client.get(MENTORS))
    data[cell(records["older"], "areas")] = "матиматика"
    data[cell(records["oldest"], "capacity")] = "99"
    data[cell(records["teacher"], "areas")] = "методика"
    answer = client.post(MENTORS, data)
    page = text(answer)
    assert answer.status_code == 422
    assert "something is wrong in 2 rows" in page
    assert "«матиматика» is not in the list. Perhaps: математика." in page
    assert ">\nматиматика</textarea>" in page
    assert ">\nметодика</textarea>" in page
    assert re.search(r'value="99"[^>]*aria-invalid="true"', page)
    assert "allow 3 mentees at most" in page
    assert Participation.objects.get(pk=records["teacher"].pk).areas == records["teacher"].areas
    data[cell(records["older"], "areas")] = "математика"
    data[cell(records["oldest"], "capacity")] = "3"
    assert said(client.post(MENTORS, data, follow=True))[0].startswith(("2 rows", "3 rows"))


def test_a_row_nobody_touched_stays_and_one_both_changed_is_asked_about(cast):
    records, client = cast.school.records, signed_in(cast.anna)
    data = sent(client.get(MENTORS))
    change_participation(records["older"], areas=["sport"], by=cast.anna)
    change_participation(records["oldest"], areas=["sport"], by=cast.anna)
    data[cell(records["older"], "areas")] = "физика"
    answer = client.post(MENTORS, data)
    assert answer.status_code == 422
    assert "Somebody has changed this row meanwhile, it is now: спорт" in text(answer)
    assert Participation.objects.get(pk=records["older"].pk).areas == ["sport"]
    again = client.post(MENTORS, sent(answer), follow=True)
    assert said(again) == ["1 row is saved."]
    assert Participation.objects.get(pk=records["older"].pk).areas == ["physics"]
    assert Participation.objects.get(pk=records["oldest"].pk).areas == ["sport"]


def test_who_no_longer_passes_the_gate_goes_back_and_a_refusal_changes_nothing(cast):
    records = cast.school.records
    with pytest.raises(RefusedError, match=records["oldest"].person.short_name):
        describe_each(
            {records["older"].pk: {"capacity": 2}, records["oldest"].pk: {"capacity": 99}},
            by=cast.anna,
        )
    assert Participation.objects.get(pk=records["older"].pk).capacity == records["older"].capacity
    client = signed_in(cast.anna)
    data = sent(client.get(MENTORS))
    del data[cell(records["older"], "areas")]
    told = said(client.post(MENTORS, data, follow=True))
    assert told == [
        "1 row is saved.",
        "1 person is no longer ready for matching: what is missing, is said in the base.",
    ]
    assert Participation.objects.get(pk=records["older"].pk).status == S.CANDIDATE


def test_a_grid_shows_the_own_people_alone_and_is_found_where_it_is_asked_for(cast):
    page = text(signed_in(cast.anna).get(MENTORS))
    assert cast.school.people["older"].short_name in page
    assert cast.school.people["younger"].short_name not in page
    staff = text(signed_in(cast.staff_curator).get(MENTORS))
    assert cast.school.people["older"].short_name not in staff
    assert signed_in(cast.users[Role.PSYCHOLOGIST]).get(MENTORS).status_code == 403
    assert MENTORS in text(signed_in(cast.anna).get(reverse("programmes:mentors")))
    record = cast.school.records["older"]
    set_participation_status(record, S.CANDIDATE, by=cast.anna)
    Participation.objects.filter(pk=record.pk).update(areas=[])
    asked = reverse("programmes:describe", args=["mentor"])
    assert asked in text(signed_in(cast.anna).get(reverse("cabinet:home")))
    assert MENTORS in text(signed_in(cast.anna).get(asked))


def collect(meeting):
    return reverse("programmes:collect", args=[meeting.pk])


def words(rows):
    """Return who named whom with which rank, by the keys of the cast."""
    keys = {row.pk: key for key, row in rows.items()}
    return {
        (keys[word.chooser_id], keys[word.chosen_id], word.rank)
        for word in Preference.objects.all()
    }


def test_slips_of_many_people_are_written_down_in_one_press(cast):
    meeting, rows = hold(cast)
    give(cast, meeting, rows, "youngest", "oldest", no=["older"])
    client = signed_in(cast.anna)
    assert collect(meeting) in text(client.get(reverse("programmes:meeting", args=[meeting.pk])))
    page = client.get(collect(meeting))
    data = sent(page)
    assert data[cell(rows["youngest"], "rank_1")] == rows["oldest"].pk
    data[cell(rows["younger"], "rank_1")] = rows["older"].pk
    data[cell(rows["younger"], "no_1")] = rows["oldest"].pk
    data[cell(rows["older"], "rank_1")] = rows["younger"].pk
    data[cell(rows["older"], "rank_2")] = rows["youngest"].pk
    data[cell(rows["novice"], "none")] = "on"
    assert said(client.post(collect(meeting), data, follow=True)) == [
        "The choices of 3 people are written down."
    ]
    assert words(rows) == {
        ("youngest", "oldest", 1), ("youngest", "older", None), ("younger", "older", 1),
        ("younger", "oldest", None), ("older", "younger", 1), ("older", "youngest", 2),
    }  # fmt: skip
    answered = {key for key, row in rows.items() if Attendance.objects.get(pk=row.pk).answered_at}
    assert answered == {
        "youngest",
        "younger",
        "older",
        "novice",
    }  # who was not touched has said nothing


def test_a_slip_that_contradicts_itself_is_told_in_its_row(cast):
    meeting, rows = hold(cast)
    client = signed_in(cast.anna)
    data = sent(client.get(collect(meeting)))
    data[cell(rows["younger"], "rank_1")] = data[cell(rows["younger"], "no_1")] = rows["older"].pk
    data[cell(rows["older"], "rank_1")] = rows["younger"].pk
    data[cell(rows["older"], "none")] = "on"
    data[cell(rows["novice"], "rank_1")] = rows["older"].pk  # the form allows no such pair
    data[cell(rows["oldest"], "rank_1")] = rows["younger"].pk
    answer = client.post(collect(meeting), data)
    page = text(answer)
    assert answer.status_code == 422
    assert "something is wrong in 3 rows" in page
    assert "One person is named twice" in page
    assert "leave one of the two" in page
    assert not Preference.objects.exists()
    assert sent(answer)[cell(rows["oldest"], "rank_1")] == str(rows["younger"].pk)


def test_a_choice_somebody_made_meanwhile_is_not_written_over_unseen(cast):
    meeting, rows = hold(cast)
    client = signed_in(cast.anna)
    data = sent(client.get(collect(meeting)))
    give(cast, meeting, rows, "younger", "oldest")
    give(cast, meeting, rows, "older", "younger")
    data[cell(rows["younger"], "rank_1")] = rows["older"].pk
    answer = client.post(collect(meeting), data)
    assert answer.status_code == 422
    name = cast.school.people["oldest"].short_name
    assert f"it is now: {name}" in text(answer)
    assert words(rows) == {("younger", "oldest", 1), ("older", "younger", 1)}
    client.post(collect(meeting), sent(answer))
    assert words(rows) == {("younger", "older", 1), ("older", "younger", 1)}


def test_only_the_curator_collects_and_only_where_somebody_chooses(cast):
    meeting, rows = hold(cast)
    for role in (Role.PSYCHOLOGIST, Role.DIRECTOR, Role.MENTEE):
        assert signed_in(cast.users[role]).get(collect(meeting)).status_code == 403
    assert signed_in(cast.vera).get(collect(meeting)).status_code == 404
    note_attendance(meeting, set(), by=cast.anna)
    page = text(signed_in(cast.anna).get(collect(meeting)))
    assert "Nobody chooses now" in page
    assert set(rows) == set(ALL)
