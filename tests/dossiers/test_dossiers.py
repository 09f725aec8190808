"""Everything about one person: who gives it out, what is in it and what of others is not."""

import io
import json
import zipfile

import pytest
from django.urls import reverse
from tests.cast import CANARY, approve_pairs, forbid
from tests.pages import signed_in, text

from nastavnik.core.access import Perm, Role
from nastavnik.core.hooks.holdings import Asking
from nastavnik.core.models import AuditEntry, Look
from nastavnik.dossiers.adapter import DATA, PAPER
from nastavnik.dossiers.choices import Ground
from nastavnik.dossiers.queries import dossier_of, held
from nastavnik.matching.actions import run_matching
from nastavnik.matching.models import Proposal
from nastavnik.mentorships.choices import MeetingStatus, SpokenWith
from nastavnik.mentorships.models import Contact, Meeting, Mentorship
from nastavnik.people.actions import add_account, grant_role
from nastavnik.people.models import Person, User
from nastavnik.plans.models import IndividualPlan
from nastavnik.readers.documents import read_document

pytestmark = pytest.mark.django_db
PAGE, FILE = "dossiers:person", "dossiers:archive"


def taken(user, person, ground=Ground.PERSON):
    return signed_in(user).post(reverse(FILE, args=[person.pk]), {"ground": ground})


def opened(response):
    data = io.BytesIO(b"".join(response.streaming_content))
    with zipfile.ZipFile(data) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def tables(files):
    return {one["table"]: one for one in json.loads(files[DATA])["tables"]}


@pytest.fixture
def met(cast):
    """A pair has met: both have left a mark, the curator a note."""
    approve_pairs(cast.school)
    pair = Mentorship.objects.filter(organisation=cast.school.organisation, is_group=False).first()
    Meeting.objects.create(
        organisation=pair.organisation, mentorship=pair, kind="trial", status=MeetingStatus.HELD,
        planned_on=pair.starts_on, held_on=pair.starts_on, mentor_mark="hard", mentee_mark="good", note="Маша плакала",
    )  # fmt: skip
    return pair


def test_who_answers_for_the_whole_school_gives_it_out(cast):
    person = cast.school.people["younger"]
    may = {role for role, user in cast.users.items() if signed_in(user).get(reverse(PAGE, args=[person.pk])).status_code == 200}  # fmt: skip
    assert may == {Role.CURATOR, Role.DIRECTOR, Role.PSYCHOLOGIST}
    link = reverse(PAGE, args=[person.pk])
    assert link in text(signed_in(cast.anna).get(reverse("people:card", args=[person.pk])))
    assert link not in text(signed_in(cast.staff_curator).get(reverse("people:card", args=[person.pk])))  # fmt: skip
    assert signed_in(cast.staff_curator).get(link).status_code == 404


def test_a_stranger_gives_nothing(cast):
    person = cast.school.people["younger"]
    assert signed_in(cast.vera).get(reverse(PAGE, args=[person.pk])).status_code == 404
    assert taken(cast.vera, person).status_code == 404
    assert not AuditEntry.objects.filter(action="dossier-given").exists()


def test_the_archive_is_read_by_people_and_machines_and_leaves_its_ground(cast, met):
    person = met.mentor.person
    response = taken(cast.anna, person, Ground.REPRESENTATIVE)
    assert "no-store" in response["Cache-Control"]
    files = opened(response)
    assert tables(files)["people.person"]["rows"][0]["last_name"] == person.last_name
    paper = str(read_document(files[PAPER], PAPER))
    assert person.last_name in paper
    assert "законный представитель" in paper.lower()
    line = AuditEntry.objects.get(action="dossier-given")
    assert (line.subject_id, line.purpose, line.actor_id) == (person.pk, "representative", cast.anna.pk)  # fmt: skip
    assert Look.objects.filter(person_id=person.pk, page="dossier", kind="exported").exists()
    journal = text(signed_in(cast.anna).get(reverse("cabinet:trail")))
    assert "по запросу законного представителя" in journal


def test_of_others_only_the_names_of_those_the_person_works_with(cast, met):
    mentee, mentor = met.ties.first().mentee.person, met.mentor.person
    known = {mentee.pk, mentor.pk}
    files = opened(taken(cast.anna, mentee))
    words = files[DATA].decode()
    others = [one for one in Person.objects.exclude(pk__in=known) if one.full_name in words]
    assert others == []
    assert mentor.full_name in words
    assert str(mentor.birth_date or "1900-01-01") not in words
    assert CANARY not in words


def test_of_a_meeting_the_own_mark_and_not_that_of_the_other_side(cast, met):
    mentee = met.ties.first().mentee.person
    meetings = tables(opened(taken(cast.anna, mentee)))["mentorships.meeting"]["rows"]
    (row,) = [one for one in meetings if one["own_mark"]]
    other = tables(opened(taken(cast.anna, met.mentor.person)))["mentorships.meeting"]["rows"]
    (theirs,) = [one for one in other if one["own_mark"]]
    assert theirs["own_mark"] != row["own_mark"]
    # a director reads no mark, so gives none
    of_director = tables(opened(taken(cast.users[Role.DIRECTOR], mentee)))
    (hidden,) = [one for one in of_director["mentorships.meeting"]["rows"] if one["own_mark"]]
    assert "её выдаёт" in hidden["own_mark"]


def test_without_a_ground_nothing_is_given(cast):
    person = cast.school.people["younger"]
    response = signed_in(cast.anna).post(reverse(FILE, args=[person.pk]), {"ground": "curiosity"})
    assert "zip" not in response["Content-Type"]
    assert not AuditEntry.objects.filter(action="dossier-given").exists()


def test_somebody_of_whom_little_is_kept_has_a_whole_archive_too(cast):
    lonely = Person.objects.create(
        organisation=cast.school.organisation, kind="pupil", last_name="Одинокий", first_name="Пётр"
    )
    assert set(tables(opened(taken(cast.anna, lonely)))) >= {"people.person"}
    assert "Карточка" in text(signed_in(cast.anna).get(reverse(PAGE, args=[lonely.pk])))


def test_whoever_a_matching_left_without_a_pair_has_an_archive_too(cast):
    for mentor in ("older", "oldest"):
        forbid(cast.school, mentor, "younger")
    run_matching(cast.school.programme, by=cast.anna)
    assert Proposal.objects.filter(mentor=None).exists()
    told = {}
    for key, person in cast.school.people.items():
        dossier = dossier_of(cast.anna, person)
        told[key] = [row["form"] for one in dossier.chapters if one.code == "matching.proposal" for row in one.rows]  # fmt: skip
    assert told["younger"] == ["пара не нашлась"]
    assert told["novice"]
    assert "пара не нашлась" not in told["novice"]


def test_words_about_two_are_left_out_and_it_is_said(cast, met):
    met.end_reason = "наставник нарушал дисциплину"
    met.save()
    tie = met.ties.first()
    tie.end_reason = "наставник нарушал порядок"
    tie.save()
    plan = IndividualPlan.objects.create(
        organisation=met.organisation, tie=tie, strengths="хорошо считает", notes="робеет"
    )
    for person in (tie.mentee.person, met.mentor.person):
        files = opened(taken(cast.anna, person))
        found, words = tables(files), files[DATA].decode() + str(read_document(files[PAPER], PAPER))
        assert not [one for one in ("нарушал", "плакала", "робеет") if one in words]
        for table in ("mentorships.mentorship", "mentorships.meeting", plan._meta.label_lower):
            assert [one for one in found[table]["left_out"] if "решает куратор" in one["why"]]
        # of the mentee alone: to the mentee
        assert ("хорошо считает" in words) == (person == tie.mentee.person)


def test_rows_that_are_not_given_are_counted_everywhere(cast, met):
    for side in (SpokenWith.MENTOR, SpokenWith.MENTEE):
        Contact.objects.create(
            organisation=met.organisation, mentorship=met, rule="silent", spoken_with=side,
            spoken_on=met.starts_on, words="договорились", quiet_until=None,
        )  # fmt: skip
    mentee = met.ties.first().mentee.person
    files = opened(taken(cast.anna, mentee))
    (said,) = [one for one in json.loads(files[DATA])["given_in_part"] if "Разговоры" in one["title"]]  # fmt: skip
    assert (said["n"], said["n_not_given"]) == (2, 1)
    assert len(tables(files)["mentorships.contact"]["rows"]) == 1
    assert "из них не приведено 1 (" in str(read_document(files[PAPER], PAPER))
    page = text(signed_in(cast.anna).get(reverse(PAGE, args=[mentee.pk])))
    assert said["why"] in page
    # where all is given nothing is said
    assert said["why"] not in text(signed_in(cast.anna).get(reverse(PAGE, args=[cast.school.people["waiting"].pk])))  # fmt: skip


def test_a_right_of_another_school_gives_nothing_here(cast, met):
    both = add_account("both", "три слова и 8", full_name="Двойная Дора", by=None)
    here, there = cast.school, cast.other
    day = here.year.starts_on
    grant_role(both, here.organisation, Role.PSYCHOLOGIST, starts_on=day, by=None)
    grant_role(both, there.organisation, Role.CURATOR, starts_on=day, by=None)
    both = User.objects.get(pk=both.pk)
    mentee = met.ties.first().mentee.person
    titles = {one.title: one.giver for one in held(both, mentee)}
    assert titles["Кто менял"]
    of_here = dossier_of(both, mentee)
    assert "core.auditentry" not in {one.code for one in of_here.chapters}
    # the own right in the other school is no less, and a curator here gives it
    of_there = dossier_of(both, there.people["younger"])
    assert "core.auditentry" in {one.code for one in of_there.chapters}
    assert "core.auditentry" in {one.code for one in dossier_of(cast.anna, mentee).chapters}
    # guarded answers: the psychologist's here, not by being one elsewhere
    assert Asking(mentee.pk, mentee.organisation_id, both).may(Perm.ANSWER_GUARDED)
    assert not Asking(0, there.organisation.pk, both).may(Perm.ANSWER_GUARDED)
