"""Lines that tick themselves: by what the system knows, all of it, and never by less."""

import datetime as dt
from pathlib import Path

import pytest
import yaml
from django.urls import reverse
from tests.cast import approve_pairs

from nastavnik.consents.actions import record_consents, withdraw_consent
from nastavnik.consents.choices import NEEDED_FOR_BASE, Purpose
from nastavnik.consents.models import Consent
from nastavnik.core.dates import today
from nastavnik.core.hooks.facts import Fact, facts_of
from nastavnik.districts.actions import answer_roadmap, send_roadmap
from nastavnik.districts.choices import AgreementStatus
from nastavnik.documents.actions import register_document, set_requisites
from nastavnik.events.catalogues import kinds
from nastavnik.mentorships.choices import Mark, MeetingKind, MeetingStatus, MentorshipStatus
from nastavnik.mentorships.models import Meeting, Mentorship
from nastavnik.programmes.actions import (
    AttendeeWishes,
    change_participation,
    give_preferences,
    make_ready,
    note_attendance,
    plan_group_meeting,
)
from nastavnik.programmes.choices import ParticipationStatus
from nastavnik.programmes.models import Attendance, Participation, Programme
from nastavnik.roadmaps.actions import (
    add_activity,
    change_activity,
    change_roadmap,
    make_from_catalogue,
    make_from_document,
    start_reading,
)
from nastavnik.roadmaps.catalogues import entries
from nastavnik.roadmaps.choices import RoadmapLevel
from nastavnik.roadmaps.models import Activity, Roadmap
from nastavnik.roadmaps.queries import DONE, lines_of, needed_facts

pytestmark = pytest.mark.django_db

FIVE = yaml.safe_load((Path(__file__).parent / "lines_of_five.yaml").read_text(encoding="utf-8"))
ACTS = """Положение о программе наставничества, утверждено 01.09.2026 № 12
приказ от 01.09.2026 № 95 «О внедрении целевой модели наставничества»
приказ от 01.09.2026 № 96 «О назначении куратора программы наставничества»
"""
# how many lines of each tick themselves when everything the system can know has happened
MOST = {"000": 11, "001": 3, "002": 17, "003": 6, "004": 8}


def roadmap_of(cast, name):
    """Make the roadmap of a year of one of the five, in place of the one there is."""
    Roadmap.objects.filter(year=cast.school.year).delete()
    table = "".join(f"{n}\t{title}\tпостоянно\tКуратор\n" for n, title in enumerate(FIVE[name], 1))
    draft = start_reading(
        cast.school.organisation,
        file_name="",
        text=f"Дорожная карта наставничества\n№\tМероприятие\tСрок\tОтветственный\n{table}",
        by=cast.anna,
    )
    begins_in = cast.school.year.starts_on.year
    made = make_from_document(draft, begins_in=begins_in, level=RoadmapLevel.SCHOOL, by=cast.anna)
    assert made.activities.count() == len(FIVE[name])
    return made


def approve(cast, roadmap):
    """Let the head approve it and the district agree to it."""
    change_roadmap(roadmap, title=roadmap.title, approved_on=today(), by=cast.anna)
    sent = send_roadmap(roadmap, by=cast.anna)
    answer_roadmap(sent, AgreementStatus.AGREED, by=cast.coordinator)


def ticked(cast, roadmap):
    return [line for line in lines_of(cast.anna, roadmap, today()) if line.state == DONE]


def told(cast):
    year = cast.school.year
    return facts_of(cast.school.organisation.pk, year.starts_on, year.ends_on)


def gather(school):
    """Hold a group meeting at which everybody ready came and said whom they would like."""
    records = list(Participation.objects.filter(programme=school.programme))
    meeting = plan_group_meeting(school.programme, records, held_on=today(), by=school.curator)
    rows = Attendance.objects.filter(meeting=meeting)
    note_attendance(meeting, {row.pk for row in rows}, by=school.curator)
    choosing = rows.exclude(record__status=ParticipationStatus.CANDIDATE)
    give_preferences(meeting, {row.pk: AttendeeWishes(()) for row in choosing}, by=school.curator)


@pytest.fixture
def pairs(cast):
    """Everybody ready and trained, a group meeting, pairs in a registered order, every meeting held and marked."""
    school, by = cast.school, cast.anna
    Programme.objects.filter(pk=school.programme.pk).update(acts=ACTS)
    record_consents([school.people["waiting"]], NEEDED_FOR_BASE, signed_on=today(), by=by)
    make_ready([school.records["waiting"]], by=by)
    for record in Participation.objects.filter(programme=school.programme, side="mentor"):
        change_participation(record, trained_on=today(), by=by)
    gather(school)
    order = approve_pairs(school)
    set_requisites(order, number="118-о", dated_on=today(), by=by)
    register_document(order, by=by)
    Meeting.objects.filter(mentorship__organisation=school.organisation).update(
        status=MeetingStatus.HELD, held_on=today(), mentor_mark=Mark.GOOD, mentee_mark=Mark.GOOD
    )
    return list(Mentorship.objects.filter(organisation=school.organisation))


@pytest.mark.parametrize("name", FIVE)
@pytest.mark.usefixtures("within_the_year")
def test_lines_tick_when_all_that_the_system_can_know_has_happened(cast, pairs, name):
    roadmap = roadmap_of(cast, name)
    approve(cast, roadmap)
    assert len(ticked(cast, roadmap)) == MOST[name]


def test_as_many_as_the_five_roadmaps_promise():
    assert MOST["002"] >= 16
    assert sum(MOST.values()) >= 44


@pytest.mark.parametrize("name", FIVE)
def test_nothing_ticks_where_nothing_has_happened(cast, name):
    Programme.objects.filter(organisation=cast.school.organisation).delete()
    roadmap = roadmap_of(cast, name)
    assert ticked(cast, roadmap) == []
    assert not any(line.told for line in lines_of(cast.anna, roadmap, today()))


def numbers(cast, roadmap):
    return {line.activity.number for line in ticked(cast, roadmap)}


@pytest.mark.both
def test_the_35_lines_tick_one_after_another(cast):
    school = cast.school
    roadmap = roadmap_of(cast, "002")
    # the forms are chosen, the base of mentors is complete; one mentee waits for consents
    assert numbers(cast, roadmap) == {"5", "8", "10", "12"}
    record_consents([school.people["waiting"]], NEEDED_FOR_BASE, signed_on=today(), by=cast.anna)
    make_ready([school.records["waiting"]], by=cast.anna)
    assert numbers(cast, roadmap) == {"5", "7", "8", "10", "12"}
    gather(school)
    assert numbers(cast, roadmap) == {"5", "7", "8", "10", "12", "17", "18"}
    order = approve_pairs(school)
    assert numbers(cast, roadmap) == {"5", "7", "8", "10", "11", "12", "17", "18", "19"}
    set_requisites(order, number="1", dated_on=today(), by=cast.anna)
    register_document(order, by=cast.anna)
    assert "20" in numbers(cast, roadmap)


CHAIN = [
    (MeetingKind.ACQUAINTANCE, "21", "знакомство"),
    (MeetingKind.TRIAL, "22", "пробная встреча"),
    (MeetingKind.PLANNING, "23", "встреча-планирование"),
    (MeetingKind.REGULAR, "24", "регулярные встречи прошли"),
    (MeetingKind.FINAL, "26", "заключительная встреча"),
]


@pytest.mark.parametrize(("kind", "number", "words"), CHAIN)
@pytest.mark.usefixtures("within_the_year")
def test_what_holds_for_some_pairs_says_for_how_many(cast, client, pairs, kind, number, words):
    roadmap = roadmap_of(cast, "002")
    Meeting.objects.filter(mentorship=pairs[0], kind=kind).update(
        status=MeetingStatus.PLANNED, held_on=None, mentor_mark="", mentee_mark=""
    )
    if kind == MeetingKind.FINAL:
        assert "25" not in numbers(cast, roadmap)
    assert number not in numbers(cast, roadmap)
    client.force_login(cast.anna)
    text = client.get(reverse("roadmaps:show", args=[roadmap.pk])).content.decode()
    some = f"{words}: {len(pairs) - 1} из {len(pairs)} пар"
    assert some in text.replace("\xa0", " ")
    line = roadmap.activities.get(number=number)
    assert some in client.get(reverse("roadmaps:activity", args=[line.pk])).content.decode()


def test_a_pair_that_ended_early_owes_no_meeting(cast, pairs):
    roadmap = roadmap_of(cast, "002")
    Meeting.objects.filter(mentorship=pairs[0]).update(
        status=MeetingStatus.MISSED, held_on=None, mentor_mark="", mentee_mark=""
    )
    assert "21" not in numbers(cast, roadmap)
    Mentorship.objects.filter(pk=pairs[0].pk).update(
        status=MentorshipStatus.CANCELLED, ended_on=today()
    )
    assert "21" in numbers(cast, roadmap)


def test_regular_meetings_are_not_over_while_the_pair_goes_on(cast, pairs):
    Meeting.objects.filter(kind=MeetingKind.FINAL).update(
        status=MeetingStatus.PLANNED, held_on=None, mentor_mark="", mentee_mark=""
    )
    Mentorship.objects.update(ends_on=today() + dt.timedelta(days=30))
    assert "met_regular" not in told(cast)
    Mentorship.objects.update(
        ends_on=today() - dt.timedelta(days=1), starts_on=today() - dt.timedelta(days=9)
    )
    assert "met_final" not in told(cast)


def test_a_pair_without_an_order_leaves_the_line_of_the_order_open(cast, pairs):
    roadmap = roadmap_of(cast, "002")
    assert "20" in numbers(cast, roadmap)
    pairs[0].ties.update(order=None)
    assert "20" not in numbers(cast, roadmap)
    assert f"{len(pairs) - 1} из {len(pairs)}" in told(cast)["pairs_ordered"].words


def test_consents_are_counted_by_who_signs(cast):
    # twelve to seventeen: the representative; the two teachers sign alone; one pupil has signed nothing
    facts = told(cast)
    assert (facts["adults_agreed"].n, facts["adults_agreed"].of) == (2, 2)
    assert (facts["minors_agreed"].n, facts["minors_agreed"].of) == (4, 5)
    withdraw_consent(
        Consent.objects.get(person=cast.school.people["teacher"], purpose=Purpose.DATA),
        by=cast.anna,
    )
    assert (told(cast)["adults_agreed"].n, told(cast)["mentors_agreed"].n) == (1, 2)


def test_a_base_says_how_many_are_ready(cast):
    fact = told(cast)["mentee_base"]
    assert (fact.holds, fact.n, fact.of) == (False, 3, 4)
    assert "3 из 4" in fact.words
    Participation.objects.filter(pk=cast.school.records["waiting"].pk).update(
        status=ParticipationStatus.LEFT, ends_on=today()
    )
    assert told(cast)["mentee_base"].holds


def test_a_meeting_ahead_or_of_one_side_is_no_group_meeting(cast):
    gather(cast.school)
    Attendance.objects.filter(record__side="mentor").update(
        came=False, answered_at=None, answered_by=None
    )
    assert "group_meeting" not in told(cast)


@pytest.mark.parametrize(
    ("acts", "facts"),
    [
        (ACTS, {"regulation", "introduced_by", "curator_appointed"}),
        ("", set()),
        ("Положение о наставничестве (готовится)", set()),
        ("Положение об оплате труда № 4", set()),
        ("приказ № 7 «О назначении кураторов» от 02.09.2026", {"curator_appointed"}),
    ],
)
def test_only_an_act_with_a_number_or_a_date_is_one(cast, acts, facts):
    Programme.objects.filter(pk=cast.school.programme.pk).update(acts=acts)
    assert set(told(cast)) & {"regulation", "introduced_by", "curator_appointed"} == facts


@pytest.mark.parametrize(
    "title",
    [
        "Создание дорожной карты наставничества, определение внутренних и внешних ресурсов",
        "Выбор форм наставничества, ожидаемых результатов",
        "Разработка индивидуальных планов осуществления наставничества",
        "Информирование педагогов и родителей",
        "Формирование базы наставников. Информирование родителей",
        "Поход на лыжах",
    ],
)
def test_a_line_that_promises_more_than_is_known_stays_open(cast, pairs, title):
    roadmap = make_from_catalogue(cast.school.year, RoadmapLevel.SCHOOL, by=cast.anna)
    approve(cast, roadmap)
    line = add_activity(roadmap, title=title, by=cast.anna)
    assert line.pk not in {one.activity.pk for one in ticked(cast, roadmap)}


def test_a_line_of_other_words_is_another_line(cast):
    roadmap = make_from_catalogue(cast.school.year, RoadmapLevel.SCHOOL, by=cast.anna)
    line = roadmap.activities.get(catalogue_code="A35")
    change_activity(line, title="Формирование базы наставников из учителей", by=cast.anna)
    assert line.catalogue_code == "A35"
    change_activity(line, title="Экскурсия в музей", by=cast.anna)
    assert line.catalogue_code == ""
    change_activity(line, title="Формирование баз наставников и наставляемых", by=cast.anna)
    assert needed_facts(line) == ("mentee_base", "mentor_base")


def test_a_fact_of_none_holds_for_nobody():
    assert Fact("x", "", None, "", "home").holds
    assert Fact("x", "", None, "", "home", 3, 3).holds
    assert not Fact("x", "", None, "", "home", 29, 33).holds
    assert not Fact("x", "", None, "", "home", 0, 0).holds


def test_facts_of_another_school_tell_nothing_here(cast, pairs):
    year = cast.other.year
    theirs = facts_of(cast.other.organisation.pk, year.starts_on, year.ends_on)
    assert not {"pairs_approved", "group_meeting", "mentors_trained"} & set(theirs)


@pytest.mark.usefixtures("within_the_year")
def test_every_fact_the_catalogue_waits_for_is_told_or_named_as_not_told_yet(cast, pairs):
    roadmap = make_from_catalogue(cast.school.year, RoadmapLevel.SCHOOL, by=cast.anna)
    approve(cast, roadmap)
    waited = {fact for entry in entries().values() for fact in entry.facts}
    waited |= {fact for entry in entries().values() for _word, fact in entry.also}
    # a municipality approves its own
    untold = {"resources_named", "results_expected", "third_parties_asked", "plans_written"}
    # of waves, which nobody has held here: tests/questionnaires/test_facts.py
    of_waves = {"mentees_measured", "mentors_measured", "satisfaction_asked"}
    # of courses and interviews: tests/training, tests/programmes/test_selection.py
    of_training = {"training_planned", "training_materials", "curators_trained", "sent_to_training"}
    # of events: tests/events
    of_events = {one.fact for one in kinds().values() if one.fact} | {"public_event_invited"}
    # of the close of a year: tests/closing
    of_closing = {"closing_talks", "results_in_bases"}
    elsewhere = of_waves | of_training | of_events | of_closing
    named = untold | elsewhere | {"mentors_interviewed", "municipal_roadmap"}
    assert waited - set(told(cast)) == named


def test_a_municipality_that_approved_its_roadmap_has_done_so(cast):
    year = cast.school.year
    Roadmap.objects.filter(year=year).delete()
    roadmap = make_from_catalogue(year, RoadmapLevel.MUNICIPALITY, by=cast.anna)
    line = roadmap.activities.get(catalogue_code="A06")
    assert line not in [one.activity for one in ticked(cast, roadmap)]
    change_roadmap(roadmap, title=roadmap.title, approved_on=today(), by=cast.anna)
    assert Activity.objects.get(pk=line.pk) in [one.activity for one in ticked(cast, roadmap)]
