"""What a class teacher does, of the own class only; the teacher of another class and the other school are strangers."""

import pytest
from django.urls import reverse
from django.utils.translation import override
from tests.cast import PASSWORD, approve_pairs
from tests.pages import said, signed_in, text

from nastavnik.consents.actions import withdraw_consent
from nastavnik.consents.choices import Purpose
from nastavnik.consents.models import Consent
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.hooks import attention
from nastavnik.core.models import AuditEntry
from nastavnik.mentorships.models import Mentorship
from nastavnik.people.actions import add_account, appoint_class_teacher, grant_role
from nastavnik.people.models import Person, StudyGroup, User
from nastavnik.programmes.actions import (
    AttendeeWishes,
    give_preferences,
    note_attendance,
    plan_group_meeting,
)
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import Attendance, Participation, Preference

pytestmark = pytest.mark.django_db
PROPOSE = "/base/mentee/add/"
REQUEST = {"request": "хочет увереннее решать задачи", "areas": ["maths"]}


@pytest.fixture
def teacher(cast):
    """Ульяна leads 5А with the two youngest."""
    return User.objects.get(pk=cast.users[Role.CLASS_TEACHER].pk)


@pytest.fixture
def neighbour(cast):
    """Нина leads 6Б with the one who waits."""
    user = add_account(
        "neighbour",
        PASSWORD,
        full_name="Новикова Нина",
        person=cast.school.people["novice"],
        by=None,
    )
    group = StudyGroup.objects.get(organisation=cast.school.organisation, name="6Б")
    appoint_class_teacher(group, cast.school.people["novice"], by=cast.anna)
    grant_role(user, cast.school.organisation, Role.CLASS_TEACHER, by=cast.anna)
    return User.objects.get(pk=user.pk)


def emptied(cast):
    """Take everybody out of the bases."""
    cast.school.programme.participations.all().delete()


def titles(user):
    with override("en"):
        return [item.title for item in attention.items_for(User.objects.get(pk=user.pk))]


# ---------------------------------------------------------------- proposing


def test_mentees_of_the_own_class_are_proposed_into_being_prepared(cast, teacher):
    emptied(cast)
    client, people = signed_in(teacher), cast.school.people
    page = client.get(PROPOSE)
    assert {person for person, _group in page.context["rows"]} == {
        people["younger"],
        people["youngest"],
    }
    client.post(PROPOSE, {"people": [people["younger"].pk]})
    record = Participation.objects.get(person=people["younger"])
    assert (record.side, record.status) == (Side.MENTEE, ParticipationStatus.CANDIDATE)
    assert AuditEntry.objects.filter(action="base-entered").last().actor_id == teacher.pk


@pytest.mark.parametrize("key", ["waiting", "oldest", "teacher"])
def test_nobody_of_another_class_is_proposed(cast, teacher, key):
    emptied(cast)
    signed_in(teacher).post(PROPOSE, {"people": [cast.school.people[key].pk]})
    signed_in(teacher).post(PROPOSE, {"people": [cast.other.people["younger"].pk]})
    assert not cast.school.programme.participations.exists()


def test_mentors_and_the_gate_stay_with_the_curator(cast, teacher):
    client, record = signed_in(teacher), cast.school.records["younger"]
    assert client.get("/base/mentor/add/").status_code == 404
    assert client.post("/base/mentee/ready/", {"records": [record.pk]}).status_code == 403
    assert client.post(reverse("programmes:leave", args=[record.pk])).status_code == 403
    assert (
        client.get(reverse("programmes:record", args=[cast.school.records["older"].pk])).status_code
        == 404
    )


def test_a_psychologist_who_leads_a_class_proposes_of_the_class_only(cast, teacher):
    """What one reads by one role one does not write by another."""
    grant_role(teacher, cast.school.organisation, Role.PSYCHOLOGIST, by=None)
    emptied(cast)
    teacher = User.objects.get(pk=teacher.pk)
    assert Person.objects.visible_to(teacher).count() > 3
    shown = {person for person, _group in signed_in(teacher).get(PROPOSE).context["rows"]}
    assert shown == {cast.school.people["younger"], cast.school.people["youngest"]}
    signed_in(teacher).post(PROPOSE, {"people": [cast.school.people["waiting"].pk]})
    assert not cast.school.programme.participations.exists()


# ---------------------------------------------------------------- requests


def test_a_request_is_written_for_the_own_class(cast, teacher):
    record = cast.school.records["younger"]
    address = reverse("programmes:record", args=[record.pk])
    client = signed_in(teacher)
    assert address in text(client.get("/mentees/"))
    fields = set(client.get(address).context["form"].fields)
    assert {"request", "areas"} <= fields
    assert not fields & {"forms", "capacity", "trained_on", "cleared_on", "experience_years"}
    assert client.post(address, REQUEST).status_code == 302
    record.refresh_from_db()
    assert (record.request, record.areas) == (REQUEST["request"], ["maths"])
    assert record.forms.exists()


def test_the_button_of_the_curator_does_nothing_for_a_class_teacher(cast, teacher):
    record = cast.school.records["younger"]
    Participation.objects.filter(pk=record.pk).update(status=ParticipationStatus.CANDIDATE)
    address = reverse("programmes:record", args=[record.pk])
    signed_in(teacher).post(address, REQUEST | {"ready": "1"})
    record.refresh_from_db()
    assert record.status == ParticipationStatus.CANDIDATE


@pytest.mark.parametrize("who", ["neighbour", "vera", "psychologist_too"])
def test_the_request_of_another_class_is_out_of_reach(cast, teacher, neighbour, who):
    record = cast.school.records["younger" if who != "psychologist_too" else "waiting"]
    user = {"neighbour": neighbour, "vera": cast.vera, "psychologist_too": teacher}[who]
    if who == "psychologist_too":
        grant_role(teacher, cast.school.organisation, Role.PSYCHOLOGIST, by=None)
        user = User.objects.get(pk=teacher.pk)
    address = reverse("programmes:record", args=[record.pk])
    client = signed_in(user)
    assert client.get(address).status_code == 404
    assert client.post(address, REQUEST).status_code == 404
    assert address not in text(client.get("/mentees/"))


def test_who_has_finished_is_the_curators(cast, teacher):
    record = cast.school.records["younger"]
    Participation.objects.filter(pk=record.pk).update(
        status=ParticipationStatus.FINISHED, ends_on=today()
    )
    assert signed_in(teacher).get(reverse("programmes:record", args=[record.pk])).status_code == 404


# ---------------------------------------------------------------- papers


def test_papers_of_the_own_class_are_ticked_and_a_slip_is_taken_back(cast, teacher):
    person = cast.school.people["younger"]
    Consent.objects.filter(person=person).delete()
    client = signed_in(teacher)
    given = {"people": [person.pk], "purposes": [Purpose.DATA], "signed_on": today().isoformat()}
    assert client.post("/consents/", given).status_code == 302
    paper = Consent.objects.get(person=person)
    assert paper.recorded_by == teacher
    address = reverse("consents:mistaken", args=[paper.pk])
    assert address in text(client.get(reverse("consents:person", args=[person.pk])))
    client.post(address)
    paper.refresh_from_db()
    assert paper.mistaken_on == today()


@pytest.mark.parametrize("stranger", ["neighbour", "psychologist_too"])
def test_papers_of_another_class_are_not_ticked(cast, teacher, neighbour, stranger):
    person, user = cast.school.people["younger"], neighbour
    if stranger == "psychologist_too":
        grant_role(neighbour, cast.school.organisation, Role.PSYCHOLOGIST, by=None)
        user = User.objects.get(pk=neighbour.pk)
    Consent.objects.filter(person=person).delete()
    given = {"people": [person.pk], "purposes": [Purpose.DATA], "signed_on": today().isoformat()}
    signed_in(user).post("/consents/", given)
    assert not Consent.objects.filter(person=person).exists()


def test_what_the_curator_ticked_is_not_a_class_teachers_mistake(cast, teacher):
    paper = Consent.objects.filter(person=cast.school.people["younger"]).first()
    client = signed_in(teacher)
    assert client.post(reverse("consents:mistaken", args=[paper.pk])).status_code == 404
    assert client.post(reverse("consents:withdraw", args=[paper.pk])).status_code == 403


# ---------------------------------------------------------------- choices


@pytest.fixture
def gathered(cast):
    """A group meeting to which both classes and a mentor came."""
    records = [cast.school.records[key] for key in ("older", "younger", "youngest")]
    meeting = plan_group_meeting(cast.school.programme, records, held_on=today(), by=cast.anna)
    rows = {row.record.person_id: row for row in Attendance.objects.filter(meeting=meeting)}
    note_attendance(meeting, {row.pk for row in rows.values()}, by=cast.anna)
    return {key: rows[cast.school.people[key].pk] for key in ("older", "younger", "youngest")}


def test_the_slips_of_the_own_class_are_typed_in(cast, teacher, gathered):
    client, row = signed_in(teacher), gathered["younger"]
    address = reverse("programmes:choose", args=[row.pk])
    assert address in text(client.get("/choices/"))
    response = client.post(address, {"rank_1": gathered["older"].pk})
    assert response["Location"] == "/choices/"
    assert Preference.objects.get(chooser=row).chosen == gathered["older"]
    assert client.get(address).status_code == 200  # one's own typing can be put right


def test_what_a_pupil_chose_alone_stays_between_pupil_and_curator(cast, teacher, gathered):
    row = gathered["younger"]
    meeting = row.meeting
    own = {row.pk: AttendeeWishes((), frozenset([gathered["older"].pk]), comment="тайна")}
    give_preferences(meeting, own, by=cast.users[Role.MENTEE])
    client, address = signed_in(teacher), reverse("programmes:choose", args=[row.pk])
    assert client.get(address).status_code == 404
    assert client.post(address, {"rank_1": gathered["older"].pk}).status_code == 404
    assert address not in text(client.get("/choices/"))
    assert Preference.objects.get(chooser=row).rank is None


def test_choices_of_another_class_are_out_of_reach(cast, neighbour, teacher, gathered):
    client = signed_in(neighbour)
    for key in ("younger", "older"):
        address = reverse("programmes:choose", args=[gathered[key].pk])
        assert client.get(address).status_code == 404
        assert client.post(address, {}).status_code == 404
    assert (
        signed_in(teacher)
        .get(reverse("programmes:choose", args=[gathered["older"].pk]))
        .status_code
        == 404
    )
    assert client.get("/choices/").status_code == 200


# ---------------------------------------------------------------- Today


def test_today_says_what_is_the_class_teachers_part(cast, teacher, neighbour):
    assert titles(teacher) == []
    record = cast.school.records["younger"]
    Participation.objects.filter(pk=record.pk).update(
        status=ParticipationStatus.CANDIDATE, request="", areas=[]
    )
    Consent.objects.filter(person=record.person).delete()
    assert titles(teacher) == [
        "1 person of your class has not signed",
        "1 pupil of your class has no request",
    ]
    assert "1 pupil of your class has no request" not in titles(neighbour)
    emptied(cast)
    assert titles(teacher) == ["Who of your class needs a mentor?"]
    assert "Who of your class needs a mentor?" not in titles(cast.anna)


def test_today_asks_for_the_slips_of_the_class(cast, teacher, neighbour, gathered):
    assert "Slips of your class after the group meeting" in titles(teacher)
    assert "Slips of your class after the group meeting" not in titles(neighbour)
    for key in ("younger", "youngest"):
        row = gathered[key]
        give_preferences(row.meeting, {row.pk: AttendeeWishes(())}, by=teacher)
    assert "Slips of your class after the group meeting" not in titles(teacher)


# ---------------------------------------------------------------- what the pair reads


def mentee_of_older(cast):
    pair = Mentorship.objects.get(mentor=cast.school.records["older"])
    return pair.ties.get().mentee


def test_the_mentor_reads_the_first_name_and_the_request(cast):
    approve_pairs(cast.school)
    record = mentee_of_older(cast)
    Participation.objects.filter(pk=record.pk).update(request="решать задачи увереннее")
    page = text(signed_in(cast.users[Role.MENTOR]).get("/pairs/own/"))
    assert "решать задачи увереннее" in page
    assert f"<b>{record.person.first_name}</b>" in page
    for secret in (f"{record.person.birth_date:%d.%m.%Y}", record.person.patronymic, "5А"):
        assert secret not in page


def test_without_the_consent_the_request_is_not_shown(cast):
    approve_pairs(cast.school)
    record = mentee_of_older(cast)
    Participation.objects.filter(pk=record.pk).update(request="решать задачи увереннее")
    Consent.objects.filter(person=record.person, purpose=Purpose.DATA).update(mistaken_on=today())
    page = text(signed_in(cast.users[Role.MENTOR]).get("/pairs/own/"))
    assert "решать задачи увереннее" not in page
    assert "The consent does not hold now" in page


def test_the_mentee_reads_whom_one_meets_and_no_request(cast):
    approve_pairs(cast.school)
    page = text(signed_in(cast.users[Role.MENTEE]).get("/pairs/own/"))
    assert "Whom you meet" in page
    assert "подтянуть предмет" not in page


def test_a_withdrawn_consent_hides_the_request_too(cast):
    approve_pairs(cast.school)
    record = mentee_of_older(cast)
    paper = Consent.objects.get(person=record.person, purpose=Purpose.DATA)
    withdraw_consent(paper, by=cast.anna)
    page = text(signed_in(cast.users[Role.MENTOR]).get("/pairs/own/"))
    assert "подтянуть предмет" not in page


def test_the_other_school_proposes_nobody_here(cast):
    emptied(cast)
    response = signed_in(cast.vera).post(
        PROPOSE, {"people": [cast.school.people["younger"].pk]}, follow=True
    )
    assert said(response) is not None
    assert not cast.school.programme.participations.exists()
