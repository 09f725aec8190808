"""The group meeting: who came, the minutes, whom people choose, and that nobody else reads it."""

import datetime as dt
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from PIL import Image
from tests.cast import CANARY, forbid
from tests.pages import said, signed_in, text

from nastavnik.consents.actions import withdraw_consent
from nastavnik.consents.choices import Purpose
from nastavnik.consents.models import Consent
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks import attention
from nastavnik.core.models import AuditEntry
from nastavnik.core.privacy import DataClass, classification
from nastavnik.matching.actions import engine_input, rule_pair, run_matching
from nastavnik.matching.adapter import recount
from nastavnik.matching.choices import Ruling
from nastavnik.matching.models import MatchingRun, PairRuling, Proposal
from nastavnik.matching.queries import ScorePoints, run_view
from nastavnik.people.models import User
from nastavnik.programmes.actions import (
    AttendeeWishes,
    change_form,
    change_participation,
    close_choices,
    give_preferences,
    invite_to_meeting,
    keep_minutes,
    note_attendance,
    open_choices,
    plan_group_meeting,
    set_participation_status,
)
from nastavnik.programmes.choices import ParticipationStatus
from nastavnik.programmes.models import Attendance, GroupMeeting, Participation, Preference
from nastavnik.programmes.queries import choices_of, guests_of, invitable, last_group_meeting

pytestmark = pytest.mark.django_db
ALL = ("older", "oldest", "teacher", "younger", "youngest", "novice")


def hold(cast, *keys, came=None, school=None):
    """Plan a meeting of people of the cast and note who came; all of them unless `came` says."""
    school = school or cast.school
    made = plan_group_meeting(
        school.programme,
        [school.records[key] for key in keys or ALL],
        held_on=today(),
        place="актовый зал",
        by=school.curator,
    )
    rows = {key: row_of(made, school.records[key]) for key in keys or ALL}
    note_attendance(made, {rows[key].pk for key in came or rows}, by=school.curator)
    return made, {key: row_of(made, school.records[key]) for key in rows}


def row_of(meeting, record):
    return Attendance.objects.get(meeting=meeting, record=record)


def wish(rows, *ranked, no=()):
    return AttendeeWishes(
        tuple(rows[key].pk for key in ranked), frozenset(rows[key].pk for key in no)
    )


def give(cast, meeting, rows, who, *ranked, no=(), by=None):
    return give_preferences(meeting, {rows[who].pk: wish(rows, *ranked, no=no)}, by=by or cast.anna)


def pairs(cast, run):
    names = {record.pk: key for key, record in cast.school.records.items()} | {None: None}
    return {names[row.mentee_id]: names[row.mentor_id] for row in Proposal.objects.filter(run=run)}


# ---------------------------------------------------------------- the event


def test_a_meeting_invites_people_of_both_bases(cast):
    meeting, rows = hold(cast, "older", "younger")
    assert [row.came for row in rows.values()] == [True, True]
    assert AuditEntry.objects.filter(subject="programmes.groupmeeting", action="created").exists()
    with pytest.raises(RefusedError):
        plan_group_meeting(
            cast.school.programme, [cast.school.records["older"]], held_on=today(), by=cast.anna
        )
    with pytest.raises(RefusedError):
        plan_group_meeting(
            cast.school.programme,
            list(cast.school.records.values()),
            held_on=cast.school.programme.ends_on + dt.timedelta(1),
            by=cast.anna,
        )
    again = invite_to_meeting(
        meeting,
        [cast.school.records["older"], cast.school.records["oldest"], cast.other.records["older"]],
        by=cast.anna,
    )
    assert [row.record for row in again] == [cast.school.records["oldest"]]


def test_who_did_not_come_after_all_loses_the_choices_of_and_about(cast):
    meeting, rows = hold(cast)
    give(cast, meeting, rows, "younger", "older", "oldest")
    give(cast, meeting, rows, "older", "younger", no=["youngest"])
    here = {row.pk for key, row in rows.items() if key != "older"}
    assert note_attendance(meeting, here, by=cast.anna) == len(here)
    left = Preference.objects.all()
    assert [(word.chooser, word.chosen) for word in left] == [(rows["younger"], rows["oldest"])]
    rows["older"].refresh_from_db()
    assert (rows["older"].came, rows["older"].answered_at) == (False, None)


def test_a_curator_notes_only_those_on_the_own_screen(cast):
    meeting, rows = hold(cast)
    seen = Attendance.objects.visible_to(cast.staff_curator).filter(meeting=meeting)
    assert {row.record for row in seen} == {
        cast.school.records[key] for key in ("teacher", "novice")
    }
    signed_in(cast.staff_curator).post(reverse("programmes:attendance", args=[meeting.pk]), {})
    came = Attendance.objects.filter(meeting=meeting, came=True)
    assert {row.pk for row in came} == {rows[k].pk for k in ALL if k not in ("teacher", "novice")}


def test_minutes_are_kept_as_words_and_as_a_file_given_back_unopened(cast, settings):
    meeting, _rows = hold(cast, "older", "younger")
    client = signed_in(cast.anna)
    address = reverse("programmes:minutes", args=[meeting.pk])
    paper = SimpleUploadedFile("Протокол № 1.docx", b"PK\x03\x04 as Word begins")
    client.post(address, {"text": "Познакомились.", "file": paper})
    meeting.refresh_from_db()
    assert (meeting.minutes, meeting.minutes_name) == ("Познакомились.", "Протокол № 1.docx")
    assert "Протокол" not in meeting.minutes_file.name
    back = client.get(reverse("programmes:minutes-file", args=[meeting.pk]))
    assert (back.content, back["Content-Type"]) == (
        b"PK\x03\x04 as Word begins",
        "application/octet-stream",
    )
    assert back["Content-Disposition"].startswith("attachment")
    wrong = client.post(address, {"text": "Ещё", "file": SimpleUploadedFile("a.html", b"<b>")})
    assert wrong.status_code == 422
    assert "Ещё" in text(wrong)  # nothing typed is lost
    meeting.refresh_from_db()
    assert meeting.minutes == "Познакомились."


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.pdf", b"%PDF-" + b"x" * 10 * 1024 * 1024, "10 МБ"),
        ("a.pdf", b"MZ", "не то, что говорит его имя"),
        ("a.exe", b"MZ", "Принимаются файлы"),
    ],
)
def test_what_is_no_file_of_minutes_is_refused_and_nothing_changes(cast, name, data, words):
    meeting, _rows = hold(cast, "older", "younger")
    with pytest.raises(RefusedError, match=words):
        keep_minutes(meeting, text="Всё", file=SimpleUploadedFile(name, data), by=cast.anna)
    meeting.refresh_from_db()
    assert (meeting.minutes, meeting.minutes_file.name) == ("", "")


def test_a_photo_of_the_minutes_is_kept_without_its_place(cast):
    meeting, _rows = hold(cast, "older", "younger")
    exif, stream = Image.Exif(), io.BytesIO()
    exif[0x010F] = "КАНАРЕЙКА"  # who made the camera
    Image.new("RGB", (8, 4)).save(stream, "JPEG", exif=exif)
    photo = SimpleUploadedFile("a.jpg", stream.getvalue())
    meeting = keep_minutes(meeting, text="", file=photo, by=cast.anna)
    with meeting.minutes_file.open("rb") as file:
        assert not Image.open(file).getexif()


def test_a_new_file_of_minutes_takes_the_place_of_the_old_one(
    cast, django_capture_on_commit_callbacks
):
    meeting, _rows = hold(cast, "older", "younger")
    meeting = keep_minutes(
        meeting, text="", file=SimpleUploadedFile("1.pdf", b"%PDF-1"), by=cast.anna
    )
    storage, old = meeting.minutes_file.storage, meeting.minutes_file.name
    with django_capture_on_commit_callbacks(execute=True):
        meeting = keep_minutes(
            meeting, text="", file=SimpleUploadedFile("2.pdf", b"%PDF-2"), by=cast.anna
        )
    assert not storage.exists(old)
    storage.delete(meeting.minutes_file.name)
    gone = signed_in(cast.anna).get(reverse("programmes:minutes-file", args=[meeting.pk]))
    assert gone.status_code == 404


# ---------------------------------------------------------------- whom people choose


def test_choices_are_kept_in_order_and_replaced(cast):
    meeting, rows = hold(cast)
    assert give(cast, meeting, rows, "younger", "oldest", "older", no=["teacher"]) == 1
    assert choices_of(cast.school.programme).of_mentees == {
        cast.school.records["younger"].pk: (
            cast.school.records["oldest"].pk,
            cast.school.records["older"].pk,
        )
    }
    give(cast, meeting, rows, "younger")  # no wishes is an answer too
    rows["younger"].refresh_from_db()
    assert rows["younger"].answered_at
    assert rows["younger"].answered_by == cast.anna
    assert not Preference.objects.exists()
    line = AuditEntry.objects.filter(action="preferences-given").last()
    assert line.fields == ["comment", "preferences"]  # that it was said, never what


@pytest.mark.parametrize(
    ("who", "ranked", "no"),
    [
        ("younger", ["youngest"], []),  # of the own side
        ("younger", ["oldest"], []),  # who did not come
        ("younger", ["older", "older"], []),
        ("younger", ["older"], ["older"]),
        ("oldest", ["younger"], []),  # who did not come does not choose
        ("older", ["younger", "youngest", "novice", "younger"], []),
    ],
)
def test_what_may_not_be_chosen_is_refused(cast, who, ranked, no):
    meeting, rows = hold(cast, came=[key for key in ALL if key != "oldest"])
    with pytest.raises(RefusedError):
        give(cast, meeting, rows, who, *ranked, no=no)
    assert not Preference.objects.exists()


def test_at_most_three_choices_are_counted(cast):
    meeting, rows = hold(cast)
    extra = [rows[key].pk for key in ("younger", "youngest", "novice")]
    with pytest.raises(RefusedError, match="3"):
        give_preferences(meeting, {rows["older"].pk: AttendeeWishes((*extra, 10**9))}, by=cast.anna)


def test_whose_consent_is_gone_neither_chooses_nor_is_chosen(cast):
    meeting, rows = hold(cast)
    set_participation_status(
        cast.school.records["older"], ParticipationStatus.CANDIDATE, by=cast.anna
    )
    for who, whom in (("older", "younger"), ("younger", "older")):
        with pytest.raises(RefusedError):
            give(cast, meeting, rows, who, whom)


def test_with_the_consent_go_the_words_of_and_about_a_person(cast):
    meeting, rows = hold(cast)
    give(cast, meeting, rows, "older", "younger")
    give(cast, meeting, rows, "younger", "oldest", no=["older"])
    give(cast, meeting, rows, "youngest", "oldest")
    paper = Consent.objects.filter(person=cast.school.people["older"], purpose=Purpose.DATA).first()
    withdraw_consent(paper, by=cast.anna)
    left = {(word.chooser, word.chosen) for word in Preference.objects.all()}
    assert left == {(rows["younger"], rows["oldest"]), (rows["youngest"], rows["oldest"])}
    rows["older"].refresh_from_db()
    assert (rows["older"].came, rows["older"].answered_at) == (True, None)
    assert AuditEntry.objects.filter(action="preferences-forgotten").exists()


def test_a_curator_of_one_form_writes_down_choices_among_the_own_people(cast):
    _meeting, rows = hold(cast)
    address = reverse("programmes:choose", args=[rows["novice"].pk])
    page = text(signed_in(cast.staff_curator).get(address))
    assert cast.school.people["teacher"].short_name in page
    assert cast.school.people["older"].short_name not in page
    pupil = reverse("programmes:choose", args=[rows["younger"].pk])
    assert signed_in(cast.staff_curator).get(pupil).status_code == 404
    assert cast.school.people["older"].short_name in text(signed_in(cast.anna).get(pupil))


def offered(cast, rows, who):
    """Return whom the page of a choice offers, by the keys of the cast."""
    page = signed_in(cast.anna).get(reverse("programmes:choose", args=[rows[who].pk]))
    keys = {row.pk: key for key, row in rows.items()}
    return {keys[key] for key, _name in page.context["form"].fields["rank_1"].choices if key}


def test_only_those_are_offered_with_whom_the_form_allows_a_pair(cast):
    _meeting, rows = hold(cast)
    assert offered(cast, rows, "novice") == {"teacher"}
    assert offered(cast, rows, "younger") == {"older", "oldest"}
    assert offered(cast, rows, "teacher") == {"novice"}
    # a class must lie between mentor and mentee: whoever is of the same class is nobody to choose
    grades = {key: grade_of_record(rows[key].record) for key in ("younger", "youngest", "older")}
    form = cast.school.programme.forms.get(code="pupil_pupil")
    change_form(form, min_grade_gap=grades["older"] - grades["younger"] + 1, by=cast.anna)
    assert "older" not in offered(cast, rows, "younger")
    assert "younger" not in offered(cast, rows, "older")
    pupil = reverse("programmes:choose", args=[rows["younger"].pk])
    assert "not offered: the form allows no such pair." in text(signed_in(cast.anna).get(pupil))
    refused = signed_in(cast.anna).post(pupil, {"rank_1": rows["older"].pk})
    assert refused.status_code == 200
    assert not Preference.objects.exists()


def grade_of_record(record):
    return record.person.enrolments.get().study_group.grade


def test_nobody_is_ticked_as_having_come_before_the_curator_ticks(cast):
    meeting, rows = hold(cast, "older", "younger")
    rows_of = Attendance.objects.filter(meeting=meeting)
    rows_of.update(came=None)
    client = signed_in(cast.anna)
    address = reverse("programmes:meeting", args=[meeting.pk])
    assert 'name="came"' in text(client.get(address))
    assert " checked" not in text(client.get(address))
    attendance = reverse("programmes:attendance", args=[meeting.pk])
    page = text(client.post(attendance, {}, follow=True))
    assert "Nobody is ticked, so nothing is saved." in page
    assert set(rows_of.values_list("came", flat=True)) == {None}
    client.post(attendance, {"came": [rows["older"].pk]})
    assert text(client.get(address)).count(" checked") == 1
    client.post(attendance, {})  # a correction may take all off
    assert set(rows_of.values_list("came", flat=True)) == {False}


def test_choices_stand_once_a_matching_has_used_them_until_they_are_opened(cast):
    meeting, rows = hold(cast)
    run_matching(cast.school.programme, by=cast.anna)
    meeting.refresh_from_db()
    assert meeting.closed_at is None  # nobody has chosen: there was nothing to use
    give(cast, meeting, rows, "younger", "older")
    run_matching(cast.school.programme, by=cast.anna)
    meeting.refresh_from_db()
    assert meeting.closed_at
    for refused in (
        lambda: give(cast, meeting, rows, "younger", "oldest"),
        lambda: note_attendance(meeting, set(), by=cast.anna),
        lambda: invite_to_meeting(meeting, [], by=cast.anna),
    ):
        with pytest.raises(RefusedError):
            refused()
    open_choices(meeting, by=cast.anna)
    give(cast, meeting, rows, "younger", "oldest")
    staff = cast.school.programme.forms.filter(code="teacher_teacher")
    run_matching(cast.school.programme, forms=staff, by=cast.anna)
    meeting.refresh_from_db()
    assert meeting.closed_at is None  # the pupils' choices wait for the matching of their form
    mentees = [cast.school.records["younger"].pk]
    assert close_choices(cast.school.programme, mentees, by=cast.anna) == [meeting]


@pytest.mark.both
def test_the_database_keeps_one_word_on_a_person_and_one_person_a_rank(cast):
    _meeting, rows = hold(cast)
    organisation = cast.school.organisation
    first = {"organisation": organisation, "chooser": rows["younger"], "chosen": rows["older"]}
    Preference.objects.create(**first, rank=1)
    for wrong in (
        {**first, "rank": 2},
        {**first, "rank": None},
        {**first, "chosen": rows["oldest"], "rank": 1},
        {**first, "chosen": rows["oldest"], "rank": 0},
        {**first, "chosen": rows["younger"], "rank": 2},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Preference.objects.create(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendance.objects.filter(pk=rows["novice"].pk).update(
            came=False, answered_at="2026-01-01T00:00:00Z"
        )


# ---------------------------------------------------------------- matching uses them


@pytest.mark.parametrize("mentor", ["older", "oldest"])
def test_who_is_chosen_is_given(cast, mentor):
    meeting, rows = hold(cast)
    give(cast, meeting, rows, "younger", mentor)
    assert pairs(cast, run_matching(cast.school.programme, by=cast.anna))["younger"] == mentor


@pytest.mark.parametrize("mentor", ["older", "oldest"])
def test_a_mentors_choice_counts_as_well(cast, mentor):
    meeting, rows = hold(cast)
    give(cast, meeting, rows, mentor, "youngest")
    assert pairs(cast, run_matching(cast.school.programme, by=cast.anna))["youngest"] == mentor


def test_a_choice_weighs_more_than_any_fit_and_less_than_a_person_left_out(cast):
    change_participation(
        cast.school.records["older"], areas=["maths", "russian", "physics"], by=cast.anna
    )
    change_participation(
        cast.school.records["younger"], areas=["maths", "russian", "physics"], by=cast.anna
    )
    meeting, rows = hold(cast)
    give(cast, meeting, rows, "younger", "oldest")
    assert pairs(cast, run_matching(cast.school.programme, by=cast.anna))["younger"] == "oldest"
    open_choices(meeting, by=cast.anna)
    give(cast, meeting, rows, "youngest", "oldest")  # both want one who has one place
    found = pairs(cast, run_matching(cast.school.programme, by=cast.anna))
    assert {found["younger"], found["youngest"]} == {"older", "oldest"}


@pytest.mark.parametrize("side", ["mentee", "mentor"])
@pytest.mark.parametrize("mentor", ["older", "oldest"])
def test_not_with_is_never_broken(cast, mentor, side):
    meeting, rows = hold(cast)
    who, whom = ("younger", mentor) if side == "mentee" else (mentor, "younger")
    give(cast, meeting, rows, who, no=[whom])
    found = pairs(cast, run_matching(cast.school.programme, by=cast.anna))
    assert found["younger"] not in (mentor, None)


def test_the_last_meeting_counts_for_wishes_and_every_one_for_not_with(cast):
    first, rows = hold(cast)
    give(cast, first, rows, "younger", "older", no=["teacher"])
    second, others = hold(cast)
    newest = last_group_meeting(cast.anna, cast.school.programme)
    assert newest
    assert (newest.pk, newest.n_noted, newest.n_came, newest.n_chose) == (second.pk, 6, 6, 0)
    give(cast, second, others, "younger", "oldest")
    found = choices_of(cast.school.programme)
    records = cast.school.records
    assert found.of_mentees == {records["younger"].pk: (records["oldest"].pk,)}
    assert found.refused == {(records["teacher"].pk, records["younger"].pk)}


def test_wishes_for_people_who_are_not_matched_now_do_not_count(cast):
    meeting, rows = hold(cast)
    give(cast, meeting, rows, "younger", "oldest", "older")
    give(cast, meeting, rows, "youngest", "oldest")
    set_participation_status(
        cast.school.records["oldest"], ParticipationStatus.CANDIDATE, by=cast.anna
    )
    wishes = engine_input(cast.school.programme).wishes
    records = cast.school.records
    assert wishes.mentees == {str(records["younger"].pk): (str(records["older"].pk),)}
    assert run_matching(cast.school.programme, by=cast.anna).snapshot["wishes"]["mentees"] == {
        str(records["younger"].pk): [str(records["older"].pk)]
    }


# ---------------------------------------------------------------- who reads what


def test_the_words_are_psychological_data_wherever_they_lie():
    for model, name in (
        (Preference, "chosen"), (Preference, "rank"), (MatchingRun, "snapshot"), (Proposal, "explanation"),
    ):  # fmt: skip
        assert classification(model)[name] == DataClass.PSYCHOLOGICAL


def read(user, meeting):
    return {
        guest.row.record_id: (guest.chosen, guest.refused)
        for guest in guests_of(User.objects.get(pk=user.pk), meeting)
        if guest.chosen or guest.refused
    }


def test_choices_are_read_by_the_curator_and_not_with_by_the_psychologist_too(cast):
    meeting, rows = hold(cast)
    give(cast, meeting, rows, "younger", "oldest", no=["older"])
    key = cast.school.records["younger"].pk
    names = [cast.school.people[one].short_name for one in ("oldest", "older")]
    assert read(cast.anna, meeting) == {key: ((names[0],), (names[1],))}
    assert read(cast.users[Role.PSYCHOLOGIST], meeting) == {key: ((), (names[1],))}
    assert read(cast.users[Role.DIRECTOR], meeting) == {}
    assert read(cast.users[Role.DEPUTY_DIRECTOR], meeting) == {}
    assert read(cast.staff_curator, meeting) == {}
    assert not Preference.objects.visible_to(cast.vera).exists()
    for role in (Role.MENTOR, Role.MENTEE, Role.CLASS_TEACHER, Role.SOCIAL_TEACHER):
        assert not Preference.objects.visible_to(cast.users[role]).exists()


WORDS = "Мне проще по средам <после> шестого урока"


def comments(user, meeting):
    found = guests_of(User.objects.get(pk=user.pk), meeting)
    return [guest.comment for guest in found if guest.comment]


def test_what_is_said_in_own_words_is_kept_with_the_choices_and_goes_with_them(cast):
    meeting, rows = hold(cast)
    client = signed_in(cast.users[Role.MENTEE])
    address = reverse("programmes:choose", args=[rows["younger"].pk])
    client.post(address, {"rank_1": rows["oldest"].pk, "comment": f"  {WORDS}  "})
    assert Attendance.objects.get(pk=rows["younger"].pk).comment == WORDS
    assert AuditEntry.objects.filter(action="preferences-given").latest("pk").fields == [
        "comment", "preferences",
    ]  # fmt: skip
    assert "по средам" in text(client.get(address))
    assert client.post(address, {"comment": "я" * 301}).status_code != 302
    give(cast, meeting, rows, "younger", "oldest")
    assert Attendance.objects.get(pk=rows["younger"].pk).comment == ""
    client.post(address, {"comment": WORDS})
    withdraw_consent(
        Consent.objects.filter(person=cast.school.people["younger"], purpose=Purpose.DATA).first(),
        by=cast.anna,
    )
    assert Attendance.objects.get(pk=rows["younger"].pk).comment == ""


def test_what_is_said_in_own_words_is_read_as_the_choices_are(cast):
    meeting, rows = hold(cast)
    word = AttendeeWishes((rows["oldest"].pk,), comment=WORDS)
    give_preferences(meeting, {rows["younger"].pk: word}, by=cast.anna)
    address = reverse("programmes:meeting", args=[meeting.pk])
    assert comments(cast.anna, meeting) == [WORDS]
    assert "&lt;после&gt; шестого" in text(signed_in(cast.anna).get(address))
    for role in (Role.DIRECTOR, Role.DEPUTY_DIRECTOR, Role.PSYCHOLOGIST):
        assert comments(cast.users[role], meeting) == []
        assert "по средам" not in text(signed_in(cast.users[role]).get(address))
    assert comments(cast.staff_curator, meeting) == []
    assert classification(Attendance)["comment"] == DataClass.PSYCHOLOGICAL
    # a curator who stands in the meeting as a mentor does not read the side across
    User.objects.filter(person=cast.school.people["older"]).update(person=None)
    User.objects.filter(pk=cast.anna.pk).update(person=cast.school.people["older"])
    assert comments(cast.anna, meeting) == []


def test_a_curator_who_is_a_mentor_does_not_read_what_the_side_across_said(cast):
    meeting, rows = hold(cast)
    give(cast, meeting, rows, "younger", no=["older"])
    give(cast, meeting, rows, "oldest", "younger")
    User.objects.filter(person=cast.school.people["older"]).update(person=None)
    User.objects.filter(pk=cast.anna.pk).update(person=cast.school.people["older"])
    anna = User.objects.get(pk=cast.anna.pk)
    assert set(read(anna, meeting)) == {cast.school.records["oldest"].pk}
    client = signed_in(anna)
    assert client.get(reverse("programmes:choose", args=[rows["younger"].pk])).status_code == 404
    assert client.get(reverse("programmes:choose", args=[rows["oldest"].pk])).status_code == 200
    run = run_matching(cast.school.programme, by=anna)
    bonds = {
        card.proposal.mentor_id: card.bond for g in run_view(anna, run).groups for card in g.cards
    }
    assert bonds[cast.school.records["older"].pk] == "fit"


def workspace(user):
    return text(signed_in(user).get(reverse("matching:workspace")))


SECRET = ("in confidence", "confidential", "chose")


def test_a_bond_is_drawn_for_the_curator_alone(cast):
    meeting, rows = hold(cast)
    give(cast, meeting, rows, "younger", "oldest")
    give(cast, meeting, rows, "oldest", "younger")
    give(cast, meeting, rows, "youngest", "older")
    run = run_matching(cast.school.programme, by=cast.anna)
    shown = run_view(cast.anna, run)
    bonds = {card.proposal.mentee_id: card.bond for g in shown.groups for card in g.cards}
    records = cast.school.records
    assert bonds == {
        records["younger"].pk: "both", records["youngest"].pk: "one", records["novice"].pk: "fit",
    }  # fmt: skip
    assert shown.n_chosen == 2
    assert "They chose each other" in workspace(cast.anna)
    for role in (Role.DIRECTOR, Role.DEPUTY_DIRECTOR, Role.PSYCHOLOGIST):
        page = workspace(cast.users[role])
        assert "chose each other:" not in page
        assert "ln-both" not in page
        assert "ln-one" not in page


def points_of(user, run):
    user = User.objects.get(pk=user.pk)
    cards = [card for group in run_view(user, run).groups for card in group.cards]
    return {card.proposal.mentee_id: card.points for card in cards}


def test_the_steps_of_a_wish_are_a_part_of_the_score_for_the_curator_alone(cast):
    meeting, rows = hold(cast)
    give(cast, meeting, rows, "younger", "oldest")
    give(cast, meeting, rows, "youngest", "oldest")  # one of the two is met
    run = run_matching(cast.school.programme, by=cast.anna)
    shown = points_of(cast.anna, run)
    rows_of_run = run.proposals.exclude(mentor=None)
    assert sorted(points.wishes for points in shown.values()) == [0, 0, 3_000_000]
    for row in rows_of_run:
        parts = sum(part["points"] for part in row.explanation["parts"])
        points = shown[row.mentee_id]
        assert (points.total, points.fit) == (parts, row.score)
    fit = sum(row.score for row in rows_of_run)
    assert run.total_score == fit
    assert run.snapshot["totals"] == {"fit": fit, "wishes": 3_000_000, "load": 0}
    answer = recount(run.snapshot)
    assert (answer.total_score, answer.is_same_sum) == (fit, True)
    assert "choices that are met: 3,000,000; with them" in workspace(cast.anna)
    secret = r'<li class="secret">\s*choices that are met'
    table = signed_in(cast.anna).get(reverse("matching:workspace"), {"view": "table"})
    assert len(re.findall(secret, table.content.decode())) == 1
    # on paper not even an empty list shows that there was something
    bare = render_to_string("matching/points.html", {"points": ScorePoints((), -1), "whose": ""})
    assert bare.strip().startswith('<details class="small secret">')
    with_parts = ScorePoints((("time", 10),), -1)
    # runs of before choices were gains keep what was taken off
    before = render_to_string(
        "matching/points.html", {"points": ScorePoints((), -2_000_000), "whose": ""}
    )
    assert "−2" in before
    shown_too = render_to_string("matching/points.html", {"points": with_parts, "whose": ""})
    assert shown_too.strip().startswith('<details class="small">')
    for role in (Role.DIRECTOR, Role.DEPUTY_DIRECTOR, Role.PSYCHOLOGIST):
        told = points_of(cast.users[role], run)
        assert {key: (one.fit, one.total) for key, one in told.items()} == {
            row.mentee_id: (row.score, row.score) for row in rows_of_run
        }
        for view in ("", "table"):
            page = text(
                signed_in(cast.users[role]).get(reverse("matching:workspace"), {"view": view})
            )
            assert "that are met" not in page
            assert "000,000" not in page
    # a curator who is matched there would count back from it who chose her, whichever pair it stands at
    User.objects.filter(person=cast.school.people["teacher"]).update(person=None)
    User.objects.filter(pk=cast.anna.pk).update(person=cast.school.people["teacher"])
    assert [points.wishes for points in points_of(cast.anna, run).values()] == [0, 0, 0]


def test_a_matching_of_before_wishes_were_a_part_is_shown_and_counted_as_it_was(cast):
    meeting, rows = hold(cast)
    give(cast, meeting, rows, "younger", "oldest")
    give(cast, meeting, rows, "youngest", "oldest")
    run = run_matching(cast.school.programme, by=cast.anna)
    now = recount(run.snapshot)
    for row in run.proposals.exclude(mentor=None):
        row.explanation["parts"] = [p for p in row.explanation["parts"] if p["code"] != "wishes"]
        row.save()
    del run.snapshot["totals"]
    run.save()
    shown = points_of(cast.anna, run)
    assert {points.wishes for points in shown.values()} == {0}
    assert {points.fit for points in shown.values()} == {
        row.score for row in run.proposals.exclude(mentor=None)
    }
    assert recount(run.snapshot) == now
    assert now.total_score == run.total_score
    page = text(signed_in(cast.anna).post(reverse("matching:recount", args=[run.pk]), follow=True))
    assert "the same pairs, the same sum" in page
    run.snapshot["totals"] = {"fit": run.total_score, "wishes": 0, "load": 0}
    run.save()
    page = text(signed_in(cast.anna).post(reverse("matching:recount", args=[run.pk]), follow=True))
    assert "The rules of counting have changed" in page


def test_why_somebody_stays_alone_does_not_tell_others_of_not_with(cast):
    meeting, rows = hold(cast)
    give(cast, meeting, rows, "younger", no=["older", "oldest"])
    run_matching(cast.school.programme, by=cast.anna)
    for user in (cast.anna, cast.users[Role.PSYCHOLOGIST]):
        page = workspace(user)
        assert "ruled out by hand or by a confidential" in page
        assert "asked in confidence not to be with the other" in page
    director = workspace(cast.users[Role.DIRECTOR])
    assert "No mentor fits the rules." in director
    out = run_view(cast.users[Role.DIRECTOR], MatchingRun.objects.get()).left_out[0]
    assert out.help == ""
    assert not any(word in f"{out.reason}{out.help}" for word in SECRET)


def test_a_ban_by_hand_is_told_as_before(cast):
    forbid(cast.school, "older", "younger")
    forbid(cast.school, "oldest", "younger")
    run_matching(cast.school.programme, by=cast.anna)
    assert "You have ruled out everyone who would fit." in workspace(cast.anna)
    assert "to take back the ban" in workspace(cast.users[Role.DIRECTOR])


def test_a_lock_against_not_with_warns_the_curator_and_nobody_else(cast):
    meeting, rows = hold(cast)
    give(cast, meeting, rows, "younger", no=["older"])
    rule_pair(
        cast.school.records["older"], cast.school.records["younger"], Ruling.LOCK, by=cast.anna
    )
    run_matching(cast.school.programme, by=cast.anna)
    assert "asked in confidence not to be with the other" in workspace(cast.anna)
    director = workspace(cast.users[Role.DIRECTOR])
    assert "in confidence" not in director
    assert "would not have proposed" not in director
    assert PairRuling.objects.count() == 1


# ---------------------------------------------------------------- pages


def test_the_curator_plans_ticks_and_collects(cast):
    client = signed_in(cast.anna)
    page = text(client.get(reverse("programmes:add-meeting")))
    assert cast.school.people["younger"].short_name in page
    assert cast.school.people["waiting"].short_name not in page  # no consent, no questions
    people = [record.pk for record in invitable(cast.anna, cast.school.programme)]
    response = client.post(
        reverse("programmes:add-meeting"),
        {"held_on": f"{today():%Y-%m-%d}", "place": "зал", "people": people},
    )
    meeting = GroupMeeting.objects.get()
    assert response.url == reverse("programmes:meeting", args=[meeting.pk])
    assert titles(cast.anna, "Tick off who came")
    came = [row.pk for row in Attendance.objects.filter(meeting=meeting)]
    client.post(reverse("programmes:attendance", args=[meeting.pk]), {"came": came})
    assert titles(cast.anna, "collect the choices")
    row = row_of(meeting, cast.school.records["younger"])
    mentor = row_of(meeting, cast.school.records["oldest"])
    address = reverse("programmes:choose", args=[row.pk])
    back = client.post(address, {"rank_1": mentor.pk}, follow=True)
    assert back.redirect_chain == [(reverse("programmes:meeting", args=[meeting.pk]), 302)]
    assert f"1. {cast.school.people['oldest'].short_name}" in text(back)
    assert Preference.objects.get().chosen == mentor
    run_matching(cast.school.programme, by=cast.anna)
    assert not titles(cast.anna, "collect the choices")
    assert client.get(address).status_code == 404
    client.post(reverse("programmes:reopen", args=[meeting.pk]))
    assert client.get(address).status_code == 200
    assert "used" not in text(client.get(reverse("programmes:meetings")))


def titles(user, part):
    user = User.objects.get(pk=user.pk)
    from django.utils import translation

    with translation.override("en"):
        return [one for one in attention.items_for(user, at_most=99) if part in one.why]


def test_a_meeting_without_one_side_is_not_planned_and_nothing_typed_is_lost(cast):
    response = signed_in(cast.anna).post(
        reverse("programmes:add-meeting"),
        {
            "held_on": f"{today():%Y-%m-%d}",
            "place": "в спортзале",
            "people": [cast.school.records["younger"].pk],
        },
    )
    assert "at least one mentor and one mentee" in text(response)
    assert "в спортзале" in text(response)
    assert not GroupMeeting.objects.exists()


def test_more_people_are_invited_from_the_page(cast):
    meeting, _rows = hold(cast, "older", "younger")
    client = signed_in(cast.anna)
    page = text(client.get(reverse("programmes:meeting", args=[meeting.pk])))
    assert "Invite more: 4 people" in page
    keys = [cast.school.records["oldest"].pk, cast.other.records["older"].pk]
    client.post(reverse("programmes:invite", args=[meeting.pk]), {"people": keys})
    assert Attendance.objects.filter(meeting=meeting).count() == 3


@pytest.mark.parametrize(("role", "key", "other"), [
    (Role.MENTOR, "older", "youngest"), (Role.MENTEE, "younger", "oldest"),
])  # fmt: skip
def test_a_participant_chooses_among_those_present_in_the_own_cabinet(cast, role, key, other):
    meeting, rows = hold(cast, came=[one for one in ALL if one != "teacher"])
    client = signed_in(cast.users[role])
    response = client.get(reverse("programmes:choices"))
    assert response.url == reverse("programmes:choose", args=[rows[key].pk])
    page = text(client.get(response.url))
    assert cast.school.people[other].short_name in page
    assert cast.school.people["teacher"].short_name not in page
    done = client.post(response.url, {"rank_1": "", "rank_2": rows[other].pk}, follow=True)
    assert said(done)
    word = Preference.objects.get()
    assert (word.chooser, word.chosen, word.rank) == (rows[key], rows[other], 1)
    assert "your choice is kept" in text(done)
    for foreign in set(ALL) - {key}:
        address = reverse("programmes:choose", args=[rows[foreign].pk])
        assert client.get(address).status_code == 404
        assert client.post(address, {}).status_code == 404
    assert client.get(reverse("programmes:meeting", args=[meeting.pk])).status_code == 403


def test_the_participant_is_asked_on_the_first_page_until_the_choice_is_made(cast):
    meeting, rows = hold(cast)
    user = cast.users[Role.MENTEE]
    assert titles(user, "choose up to three")
    give(cast, meeting, rows, "younger", by=user)
    assert not titles(user, "choose up to three")


@pytest.mark.parametrize(
    "data",
    [
        {"rank_1": "older", "rank_2": "older"},
        {"rank_1": "older", "refused": "older"},
        {"rank_1": "youngest"},
        {"rank_1": "strange"},
    ],
)
def test_a_choice_that_cannot_be_is_said_at_the_form(cast, data):
    _meeting, rows = hold(cast)
    keys = {name: rows[value].pk if value in rows else value for name, value in data.items()}
    response = signed_in(cast.users[Role.MENTEE]).post(
        reverse("programmes:choose", args=[rows["younger"].pk]), keys
    )
    assert response.status_code == 200
    assert 'class="fault" role="alert"' in text(response)
    assert "missing" not in text(response)
    assert not Preference.objects.exists()


def test_nothing_to_choose_and_no_programme_say_so(cast):
    assert "nothing to choose" in text(
        signed_in(cast.users[Role.MENTEE]).get(reverse("programmes:choices"))
    )
    cast.school.programme.delete()
    client = signed_in(cast.anna)
    assert client.get(reverse("programmes:add-meeting")).url == reverse("programmes:add")
    assert client.get(reverse("programmes:meetings")).status_code == 200


def test_another_school_finds_nothing(cast):
    meeting, rows = hold(cast, school=cast.other)
    client = signed_in(cast.anna)
    for name in ("meeting", "minutes-file", "reopen", "attendance", "invite", "minutes"):
        address = reverse(f"programmes:{name}", args=[meeting.pk])
        assert client.get(address).status_code in (404, 405)
        assert client.post(address, {}).status_code in (404, 405)
    assert client.get(reverse("programmes:choose", args=[rows["older"].pk])).status_code == 404
    assert CANARY not in text(client.get(reverse("programmes:meetings")))


@pytest.mark.parametrize(("who", "whom"), [("younger", "teacher"), ("novice", "older"), ("teacher", "younger")])  # fmt: skip
def test_a_choice_that_no_form_allows_is_refused_whoever_writes_it(cast, who, whom):
    meeting, rows = hold(cast)
    before = list(Preference.objects.values_list("pk"))
    name = rows[whom].record.person.last_name
    with pytest.raises(RefusedError, match=name):
        give(cast, meeting, rows, who, whom)
    assert list(Preference.objects.values_list("pk")) == before
    assert Attendance.objects.get(pk=rows[who].pk).answered_at is None


def test_not_with_somebody_no_form_allows_harms_nothing(cast):
    meeting, rows = hold(cast)
    assert give(cast, meeting, rows, "younger", "older", no=["teacher"]) == 1


def test_today_leads_straight_to_the_ticks_and_to_the_table(cast):
    meeting = plan_group_meeting(
        cast.school.programme,
        [cast.school.records[key] for key in ("older", "younger")],
        held_on=today(),
        place="актовый зал",
        by=cast.anna,
    )
    straight = f"{reverse('programmes:meeting', args=[meeting.pk])}#came"
    client = signed_in(cast.anna)
    page = client.get("/today/")
    (item,) = [one for one in page.context["items"] if one.url == straight]
    assert item.action == "Tick off"
    assert text(page).count(straight) >= 2  # the list of what to do and the first step
    assert 'id="came"' in text(client.get(straight))
    Participation.objects.filter(programme=cast.school.programme).update(
        areas=[], request="", status=ParticipationStatus.CANDIDATE
    )
    page = client.get("/today/")
    for side in ("mentee", "mentor"):
        grid = f"{reverse('programmes:grid', args=[side])}?status=untold"
        assert grid in text(page)
        assert client.get(grid).context["rows"]
