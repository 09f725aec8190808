"""Training: courses, the register, what the base learns, warnings, the paper list, and that strangers see nothing."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from openpyxl import load_workbook
from tests.cast import CANARY
from tests.pages import said, signed_in, text

from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks import attention, upcoming
from nastavnik.core.hooks.facts import facts_of
from nastavnik.core.models import AuditEntry
from nastavnik.programmes.actions import (
    add_to_base,
    change_participation,
    set_participation_status,
)
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import Participation
from nastavnik.programmes.queries import base_rows, marks_of_bases
from nastavnik.training.actions import (
    RegisterEntry,
    cancel_session,
    change_course,
    close_course,
    drop_trainees,
    enrol_trainees,
    keep_material,
    keep_register,
    open_course,
    plan_session,
)
from nastavnik.training.catalogues import examples
from nastavnik.training.choices import TrainingAudience
from nastavnik.training.models import SessionVisit, Trainee, TrainingCourse, TrainingMaterial

pytestmark = pytest.mark.django_db
MENTORS = ("older", "oldest", "teacher")


def opened(cast, *keys, school=None, title="Школа наставника", **fields):
    """Open a course with a session of today and people of the cast on its list."""
    school = school or cast.school
    course = open_course(school.year, title=title, hours=6, by=school.curator, **fields)
    session = plan_session(course, held_on=today(), theme="Знакомство", by=school.curator)
    people = [school.people[key] for key in keys]
    rows = {one.person_id: one for one in enrol_trainees(course, people, by=school.curator)}
    return course, session, {key: rows[school.people[key].pk] for key in keys}


def finish(cast, course, trainee, on, number=""):
    return keep_register(course, {trainee.pk: RegisterEntry({}, on, number)}, by=cast.anna)


def trained(cast, key):
    return Participation.objects.get(pk=cast.school.records[key].pk).trained_on


# ---------------------------------------------------------------- what the base learns


def test_a_result_is_told_to_the_base_and_taken_back(cast):
    course, _session, rows = opened(cast, "older", "oldest")
    assert finish(cast, course, rows["older"], today(), "7") == 1
    assert trained(cast, "older") == today()
    assert trained(cast, "oldest") is None
    assert AuditEntry.objects.filter(action="training-finished").count() == 1
    assert finish(cast, course, rows["older"], today(), "7") == 0
    assert finish(cast, course, rows["older"], None) == 1
    assert trained(cast, "older") is None


def test_of_two_courses_the_newest_result_that_holds_counts(cast):
    before, after = today() - dt.timedelta(30), today() - dt.timedelta(3)
    first, _, one = opened(cast, "older")
    second, _, other = opened(cast, "older", title="Ещё раз")
    finish(cast, second, other["older"], after)
    finish(cast, first, one["older"], before)
    assert trained(cast, "older") == after
    finish(cast, second, other["older"], None)
    assert trained(cast, "older") == before


def test_a_later_day_written_by_hand_stays(cast):
    course, _, rows = opened(cast, "older")
    change_participation(cast.school.records["older"], trained_on=today(), by=cast.anna)
    finish(cast, course, rows["older"], today() - dt.timedelta(5))
    finish(cast, course, rows["older"], None)
    assert trained(cast, "older") == today()


def test_an_earlier_day_written_by_hand_is_back_with_the_result_taken_off(cast):
    by_hand = today() - dt.timedelta(200)
    change_participation(cast.school.records["older"], trained_on=by_hand, by=cast.anna)
    course, _, rows = opened(cast, "older")
    finish(cast, course, rows["older"], today())
    assert trained(cast, "older") == today()
    finish(cast, course, rows["older"], today() - dt.timedelta(1))
    finish(cast, course, rows["older"], None)
    assert trained(cast, "older") == by_hand


def test_a_course_for_curators_says_nothing_of_mentors(cast):
    course, _, rows = opened(cast, "teacher", audience=TrainingAudience.CURATORS)
    finish(cast, course, rows["teacher"], today())
    assert trained(cast, "teacher") is None
    with pytest.raises(RefusedError):
        change_course(course, audience=TrainingAudience.MENTORS, by=cast.anna)
    assert TrainingCourse.objects.get(pk=course.pk).audience == TrainingAudience.CURATORS


def test_who_was_trained_before_enters_a_base_trained(cast):
    course, _, rows = opened(cast, "older")
    finish(cast, course, rows["older"], today())
    set_participation_status(cast.school.records["older"], ParticipationStatus.LEFT, by=cast.anna)
    added, _refused = add_to_base(
        cast.school.programme, [cast.school.people["older"]], Side.MENTOR, by=cast.anna
    )
    assert [record.trained_on for record in added] == [today()]
    assert Participation.objects.get(pk=added[0].pk).trained_on == today()


# ---------------------------------------------------------------- the register


def test_nobody_ticked_is_not_nobody_there(cast):
    course, session, rows = opened(cast, "older", "oldest")
    page = f"/training/{course.pk}/register/"
    blank = {
        f"{row.pk}-{name}": ""
        for row in rows.values()
        for name in ("finished_on", "certificate_number")
    }
    client = signed_in(cast.anna)
    client.post(page, blank)
    assert not SessionVisit.objects.exists()
    client.post(page, blank | {"came": f"{rows['older'].pk}-{session.pk}"})
    came = dict(SessionVisit.objects.values_list("trainee__person", "came"))
    assert came == {cast.school.people["older"].pk: True, cast.school.people["oldest"].pk: False}


def test_everybody_who_was_there_gets_a_result_and_a_number_in_one_press(cast):
    course, session, rows = opened(cast, *MENTORS)
    sent = {
        f"{row.pk}-{name}": ""
        for row in rows.values()
        for name in ("finished_on", "certificate_number")
    }
    sent |= {
        "came": [f"{rows[key].pk}-{session.pk}" for key in ("older", "teacher")],
        "go": "finish",
        "finish_on": today().isoformat(),
        "first_number": "41",
    }
    signed_in(cast.anna).post(f"/training/{course.pk}/register/", sent)
    said_ = Trainee.objects.filter(finished_on=today()).order_by("certificate_number")
    assert [row.certificate_number for row in said_] == ["41", "42"]
    assert {row.pk for row in said_} == {rows["older"].pk, rows["teacher"].pk}
    assert trained(cast, "oldest") is None


def test_a_certificate_without_a_result_and_a_result_of_tomorrow_are_refused_whole(cast):
    course, session, rows = opened(cast, "older", "oldest")
    visits = {session.pk: True}
    for wrong in (
        RegisterEntry(visits, None, "5"),
        RegisterEntry(visits, today() + dt.timedelta(1), ""),
    ):
        entries = {rows["older"].pk: RegisterEntry(visits, today()), rows["oldest"].pk: wrong}
        with pytest.raises(RefusedError, match=cast.school.people["oldest"].last_name):
            keep_register(course, entries, by=cast.anna)
    assert not SessionVisit.objects.exists()
    assert not Trainee.objects.filter(finished_on__isnull=False).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Trainee.objects.filter(pk=rows["older"].pk).update(certificate_number="5")


def test_a_wrong_cell_comes_back_with_what_was_ticked(cast):
    course, session, rows = opened(cast, "older")
    row = rows["older"].pk
    sent = {
        f"{row}-finished_on": "вчера",
        f"{row}-certificate_number": "",
        "came": f"{row}-{session.pk}",
    }
    answer = signed_in(cast.anna, "ru").post(f"/training/{course.pk}/register/", sent)
    assert answer.status_code == 422
    assert cast.school.people["older"].short_name in text(answer)
    assert not SessionVisit.objects.exists()


def test_the_register_of_a_stranger_is_not_written_through_ones_own(cast):
    course, _session, rows = opened(cast, "older")
    _alien, other, strange = opened(cast, "older", school=cast.other)
    keep_register(
        course, {strange["older"].pk: RegisterEntry({other.pk: True}, today())}, by=cast.anna
    )
    keep_register(course, {rows["older"].pk: RegisterEntry({other.pk: True})}, by=cast.anna)
    assert not SessionVisit.objects.exists()
    assert not Trainee.objects.filter(finished_on__isnull=False).exists()


# ---------------------------------------------------------------- schedule, list, materials


def test_the_schedule_keeps_what_has_been_noted(cast):
    course, session, rows = opened(cast, "older")
    with pytest.raises(RefusedError):
        plan_session(course, held_on=today(), theme="Знакомство", by=cast.anna)
    with pytest.raises(RefusedError):
        plan_session(
            course, held_on=cast.school.year.ends_on + dt.timedelta(1), theme="Позже", by=cast.anna
        )
    keep_register(course, {rows["older"].pk: RegisterEntry({session.pk: True})}, by=cast.anna)
    with pytest.raises(RefusedError):
        cancel_session(session, by=cast.anna)
    with pytest.raises(RefusedError):
        drop_trainees(rows.values(), by=cast.anna)
    with pytest.raises(RefusedError):
        close_course(course, by=cast.anna)
    keep_register(course, {rows["older"].pk: RegisterEntry({session.pk: False})}, by=cast.anna)
    cancel_session(session, by=cast.anna)
    drop_trainees(rows.values(), by=cast.anna)
    close_course(course, by=cast.anna)
    assert not TrainingCourse.objects.exists()


def test_two_courses_of_one_name_in_a_year_are_refused(cast):
    opened(cast)
    with pytest.raises(RefusedError):
        open_course(cast.school.year, title="Школа наставника", hours=1, by=cast.anna)


def test_materials_are_handed_out_as_they_were_given_and_only_what_is_kept(cast):
    course, _, _ = opened(cast)
    sheet = b"%PDF-1.4 words"
    keep_material(
        course, title="", source="ИРО", file=SimpleUploadedFile("Памятка.pdf", sheet), by=cast.anna
    )
    kept = TrainingMaterial.objects.get()
    answer = signed_in(cast.users[Role.DIRECTOR]).get(f"/training/materials/{kept.pk}/")
    assert answer.content == sheet
    assert answer["Content-Disposition"].startswith("attachment")
    assert signed_in(cast.vera).get(f"/training/materials/{kept.pk}/").status_code == 404
    for name, data in (("page.html", b"<script>"), ("sheet.pdf", b"not a pdf")):
        with pytest.raises(RefusedError):
            keep_material(
                course, title="", source="", file=SimpleUploadedFile(name, data), by=cast.anna
            )
    name, _storage = kept.file.name, kept.file.storage
    client = signed_in(cast.anna)
    assert client.get(f"/training/materials/{kept.pk}/remove/").status_code == 200
    assert TrainingMaterial.objects.exists()
    with transaction.atomic():
        client.post(f"/training/materials/{kept.pk}/remove/")
    assert not TrainingMaterial.objects.exists()


# ---------------------------------------------------------------- warnings and today


def test_a_mentor_without_training_is_warned_about_and_let_through(cast):
    row = base_rows([cast.school.records["older"]])[0]
    assert row.verdict
    assert "Ещё не обучен." in row.warnings
    course, _, rows = opened(cast, "older")
    finish(cast, course, rows["older"], today())
    told = base_rows([Participation.objects.get(pk=row.record.pk)])[0]
    assert "Ещё не обучен." not in told.warnings
    assert base_rows([cast.school.records["younger"]])[0].warnings == ()
    listed = text(signed_in(cast.anna).get("/mentors/?status=untrained"))
    assert cast.school.people["oldest"].full_name in listed
    assert cast.school.people["older"].full_name not in listed


def test_today_counts_who_is_not_trained(cast):
    def untrained():
        found = [
            one
            for one in attention.items_for(cast.anna, at_most=None)
            if "untrained" in str(one.other)
        ]
        return [int(one.title.split()[0]) for one in found]

    n = marks_of_bases(cast.anna, cast.school.programme, ("untrained",))[Side.MENTOR, "untrained"]
    assert untrained() == [n]
    course, _, rows = opened(cast, "older")
    finish(cast, course, rows["older"], today())
    assert untrained() == [n - 1]


def test_a_session_that_is_over_asks_for_its_register(cast):
    course, session, rows = opened(cast, "older")
    urls = [one.url for one in attention.items_for(cast.anna, at_most=None)]
    assert f"/training/{course.pk}/#register" in urls
    keep_register(course, {rows["older"].pk: RegisterEntry({session.pk: True})}, by=cast.anna)
    urls = [one.url for one in attention.items_for(cast.anna, at_most=None)]
    assert f"/training/{course.pk}/#register" not in urls


def test_facts_tell_the_roadmap(cast):
    year = cast.school.year

    def told():
        return facts_of(cast.school.organisation.pk, year.starts_on, year.ends_on)

    codes = {"training_planned", "training_materials", "curators_trained", "sent_to_training"}
    assert codes.isdisjoint(told())
    course, _, _ = opened(cast, "older", provider="ИРО")
    curators, _, rows = opened(cast, "teacher", title="Кураторы", audience="curators")
    assert {"training_planned", "sent_to_training"} <= set(told())
    assert "curators_trained" not in told()
    finish(cast, curators, rows["teacher"], today())
    fact = told()["curators_trained"]
    assert (fact.n, fact.of, fact.happened_on) == (1, 1, today())
    keep_material(
        course, title="", source="", file=SimpleUploadedFile("a.pdf", b"%PDF-1"), by=cast.anna
    )
    assert "training_materials" in told()
    other = cast.other
    strange = facts_of(other.organisation.pk, other.year.starts_on, other.year.ends_on)
    assert codes.isdisjoint(strange)


def test_sessions_of_the_week_are_announced(cast):
    course, _, _ = opened(cast)
    week = upcoming.week_of(cast.anna, today())
    found = [event.url for _day, events in week for event in events]
    assert f"/training/{course.pk}/" in found


# ---------------------------------------------------------------- pages


def test_a_course_is_opened_from_the_ready_one(cast):
    client = signed_in(cast.anna, "ru")
    assert "Взять готовый курс" in text(client.get("/training/"))
    example = examples()["mentors_school"]
    page = client.get("/training/add/?example=mentors_school")
    assert example.title in page.content.decode()
    sent = {
        "title": example.title,
        "audience": "mentors",
        "hours": "6",
        "themes": "А\nБ",
        "provider": "",
    }
    made = client.post("/training/add/", sent)
    course = TrainingCourse.objects.get()
    assert made["Location"] == f"/training/{course.pk}/"
    assert course.year == cast.school.year
    page = client.get(f"/training/{course.pk}/")
    assert cast.school.people["older"].short_name in text(page)
    keys = [cast.school.people[key].pk for key in MENTORS]
    client.post(f"/training/{course.pk}/people/", {"people": keys})
    assert Trainee.objects.filter(course=course).count() == len(MENTORS)
    strange = cast.other.people["older"].pk
    client.post(f"/training/{course.pk}/people/", {"people": [strange]})
    assert not Trainee.objects.filter(person=strange).exists()


def test_the_list_goes_out_as_a_table_to_sign(cast):
    course, session, rows = opened(cast, *MENTORS)
    keep_register(course, {rows["older"].pk: RegisterEntry({session.pk: True})}, by=cast.anna)
    client = signed_in(cast.anna, "ru")
    sheet = load_workbook(io.BytesIO(client.get(f"/training/{course.pk}/?as=xlsx").content)).active
    cells = {row[0]: row[2] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert cells[cast.school.people["older"].full_name] == "да"
    assert cells[cast.school.people["oldest"].full_name] in (None, "")
    assert "Знакомство" in text(client.get(f"/training/{course.pk}/?as=print"))


def test_who_reads_and_who_writes(cast):
    course, _, _ = opened(cast, "older")
    for role in (Role.DIRECTOR, Role.DEPUTY_DIRECTOR, Role.PSYCHOLOGIST):
        client = signed_in(cast.users[role])
        page = client.get(f"/training/{course.pk}/")
        assert page.status_code == 200
        assert '<form method="post" action="/training' not in page.content.decode()
        assert client.post(f"/training/{course.pk}/sessions/", {}).status_code == 403
    for role in (Role.MENTOR, Role.MENTEE, Role.CLASS_TEACHER, Role.COORDINATOR):
        assert signed_in(cast.users[role]).get("/training/").status_code == 403
    alien, _, _ = opened(cast, "older", school=cast.other, title=f"Чужой {CANARY}")
    client = signed_in(cast.anna)
    assert CANARY not in said(client.get("/training/"))
    assert client.get(f"/training/{alien.pk}/").status_code == 404
