"""Stage 1: numbers of the process and their snapshots, open answers sorted into four fields, and what stays hidden."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone
from tests.cast import CANARY, approve_pairs
from tests.pages import signed_in, text
from tests.questionnaires.asking import wave_of

from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks import attention
from nastavnik.documents.actions import (
    register_document,
    set_requisites,
    take_back_registration,
)
from nastavnik.mentorships.actions import set_pair_status
from nastavnik.mentorships.choices import Mark, MeetingStatus, MentorshipStatus
from nastavnik.mentorships.models import Meeting, Mentorship, PairStep, Tie
from nastavnik.monitoring.actions import add_swot_note, sort_answers, take_snapshot
from nastavnik.monitoring.models import ProcessSnapshot, SwotNote
from nastavnik.monitoring.queries.process import (
    frozen_numbers,
    has_begun,
    open_answers,
    process_numbers,
    shared_words,
)
from nastavnik.questionnaires.choices import Mode, WaveStatus
from nastavnik.questionnaires.models import Response

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("within_the_year")]


def running(cast):
    order = approve_pairs(cast.school)
    set_requisites(order, number="7-н", dated_on=today(), by=cast.anna)
    register_document(order, by=cast.anna)
    return list(Meeting.objects.filter(mentorship__programme=cast.school.programme))


def counted(cast):
    return {one.code: (one.n, one.total) for one in process_numbers(cast.school.programme)}


def test_a_pair_that_never_ran_is_counted_nowhere(cast):
    order = approve_pairs(cast.school)
    never, back, runs = Mentorship.objects.filter(ties__order=order).order_by("pk")
    set_pair_status(never, MentorshipStatus.CANCELLED, reason="передумали", by=cast.anna)
    set_requisites(order, number="7-н", dated_on=today(), by=cast.anna)
    register_document(order, by=cast.anna)
    assert counted(cast)["early"] == (0, 2)
    take_back_registration(order, reason="ошиблись номером", by=cast.anna)
    assert counted(cast)["early"] == (0, 0)
    assert not has_begun(cast.school.programme)
    back.refresh_from_db()
    set_pair_status(back, MentorshipStatus.CANCELLED, reason="передумали", by=cast.anna)
    set_requisites(order, number="8-н", dated_on=today(), by=cast.anna)
    register_document(order, by=cast.anna)
    told = counted(cast)
    assert (told["early"], told["contacts"]) == ((0, 1), (0, 1))
    assert list(Tie.objects.begun().values_list("mentorship", flat=True)) == [runs.pk]
    runs.refresh_from_db()
    set_pair_status(runs, MentorshipStatus.CANCELLED, reason="переезд", by=cast.anna)
    assert counted(cast)["early"] == (
        1,
        1,
    )  # ran and was ended: once, whatever number of steps it has


def test_of_a_pair_that_came_without_its_steps_the_order_decides(cast):
    running(cast)
    pair = Mentorship.objects.filter(programme=cast.school.programme).first()
    set_pair_status(pair, MentorshipStatus.CANCELLED, reason="переезд", by=cast.anna)
    PairStep.objects.all().delete()
    n_pairs = Mentorship.objects.filter(programme=cast.school.programme).count()
    assert counted(cast)["early"] == (1, n_pairs)
    Tie.objects.filter(mentorship=pair).update(order=None)
    assert counted(cast)["early"] == (0, n_pairs - 1)


def answered(cast, *texts, school=None, is_closed=True, mode=Mode.CONFIDENTIAL):
    """Let people have written these words in a wave of their own."""
    school = school or cast.school
    wave = wave_of(school, mode=mode, title=f"Опрос {len(texts)}")
    Response.objects.bulk_create(
        Response(
            organisation=school.organisation, wave=wave, version_sha256=wave.version.sha256, mode=mode,
            texts={"words": words}, guarded={"mood": ["calm"]},
        )
        for words in texts
    )  # fmt: skip
    if is_closed:
        wave.status, wave.closed_at = WaveStatus.CLOSED, timezone.now()
        wave.save()
    return wave


FIVE = ("Встречи помогли", "встречи были редко", "Мало времени", "Мало времени", "Понравился поход")


def test_numbers_count_what_their_words_say(cast):
    assert set(counted(cast).values()) == {(0, 0)}
    meetings = running(cast)
    n_pairs = Mentorship.objects.filter(programme=cast.school.programme).count()
    assert counted(cast) == {
        "meetings": (0, sum(one.planned_on <= today() for one in meetings)), "rhythm": (0, n_pairs),
        "words": (0, 0), "calls": (0, 0), "contacts": (0, n_pairs), "early": (0, n_pairs),
    }  # fmt: skip
    one = meetings[0]
    Meeting.objects.filter(pk=one.pk).update(
        status=MeetingStatus.HELD, planned_on=today(), held_on=today(), mentor_mark=Mark.HELP
    )
    found = counted(cast)
    assert (found["words"], found["calls"]) == ((1, 1), (0, 1))
    assert found["rhythm"] == (1, n_pairs)
    assert found["meetings"][0] == 1
    Meeting.objects.filter(pk=one.pk).update(held_on=today() - dt.timedelta(30))
    assert counted(cast)["rhythm"] == (0, n_pairs)
    Mentorship.objects.filter(pk=one.mentorship_id).update(pause_from=today(), pause_until=today())
    assert counted(cast)["rhythm"] == (0, n_pairs - 1)


def test_a_snapshot_is_frozen_and_one_a_day(cast):
    take_snapshot(cast.school.programme, assessment="Начали", by=cast.anna)
    first = ProcessSnapshot.objects.get()
    running(cast)
    assert {(one.n, one.total) for one in frozen_numbers(first)} == {(0, 0)}
    take_snapshot(cast.school.programme, assessment="Начали всерьёз", by=cast.anna)
    again = ProcessSnapshot.objects.get()
    assert again.assessment == "Начали всерьёз"
    assert any(one.total for one in frozen_numbers(again))
    page = signed_in(cast.anna, "ru").get("/monitoring/process/")
    assert "Начали всерьёз" in text(page)


def test_marks_are_kept_from_who_does_not_read_them(cast):
    one = running(cast)[0]
    Meeting.objects.filter(pk=one.pk).update(
        status=MeetingStatus.HELD, planned_on=today(), held_on=today(), mentor_mark=Mark.HELP
    )
    take_snapshot(cast.school.programme, assessment="", by=cast.anna)
    assert (
        text(signed_in(cast.users[Role.DIRECTOR]).get("/monitoring/process/")).count(
            "made of marks"
        )
        == 4
    )
    assert "made of marks" not in text(signed_in(cast.anna).get("/monitoring/process/"))
    printed = signed_in(cast.users[Role.DIRECTOR]).get("/monitoring/process/", {"as": "print"})
    assert text(printed).count("made of marks") == 4


def test_today_asks_for_a_snapshot_in_december_once(cast):
    urls = lambda: [item.url for item in attention.items_for(cast.anna, at_most=None)]  # noqa: E731 - asked three times
    assert "/monitoring/process/" not in urls()
    with time_machine.travel(
        dt.datetime(cast.school.year.starts_on.year, 12, 10, 9, tzinfo=dt.UTC)
    ):
        assert "/monitoring/process/" not in urls()  # no pair has begun
        running(cast)
        assert "/monitoring/process/" in urls()
        take_snapshot(cast.school.programme, assessment="", by=cast.anna)
        assert "/monitoring/process/" not in urls()


def test_only_closed_confidential_answers_of_five_come_to_be_sorted(cast):
    answered(cast, *FIVE[:4])
    answered(cast, *FIVE, is_closed=False)
    answered(cast, *(f"{CANARY} {one}" for one in FIVE), school=cast.other)
    assert open_answers(cast.anna, cast.school.programme) == []
    wave = answered(cast, *FIVE)
    found = open_answers(cast.anna, cast.school.programme)
    assert {(one.words, one.n_said) for one in found} == {
        (FIVE[0], 1), (FIVE[1], 1), ("Мало времени", 2), (FIVE[4], 1),
    }  # fmt: skip
    assert {one.wave for one in found} == {wave}
    assert open_answers(cast.users[Role.DIRECTOR], cast.school.programme) == []  # reads no answers
    page = text(signed_in(cast.anna).get("/monitoring/swot/"))
    assert CANARY not in page
    assert "Мало времени" in page
    assert "Мало времени" not in text(signed_in(cast.users[Role.DIRECTOR]).get("/monitoring/swot/"))


def test_shared_words_are_of_at_least_two_answers(cast):
    answered(cast, *FIVE)
    shared = shared_words(open_answers(cast.anna, cast.school.programme))
    assert [(one.shown, one.n) for one in shared] == [("встречи", 2)]


def test_an_answer_is_sorted_in_its_own_words_and_once(cast):
    wave = answered(cast, *FIVE)
    client = signed_in(cast.anna)
    (chosen,) = [one for one in open_answers(cast.anna, cast.school.programme) if one.n_said == 2]
    client.post(
        "/monitoring/swot/sort/", {f"into_{chosen.digest}": "weakness", "into_invented": "threat"}
    )
    note = SwotNote.objects.get()
    assert (note.words, note.n_said, note.field, note.wave) == ("Мало времени", 2, "weakness", wave)
    assert len(open_answers(cast.anna, cast.school.programme)) == 3
    client.post("/monitoring/swot/sort/", {f"into_{chosen.digest}": "threat"})
    assert SwotNote.objects.count() == 1
    with pytest.raises(RefusedError):
        sort_answers(cast.school.programme, {"x": "feelings"}, among=[], by=cast.anna)
    client.post(f"/monitoring/swot/{note.pk}/remove/")
    assert len(open_answers(cast.anna, cast.school.programme)) == 4


def test_strangers_and_readers_write_nothing(cast):
    mine = add_swot_note(cast.school.programme, field="threat", words="Мало времени", by=cast.anna)
    other = add_swot_note(cast.other.programme, field="threat", words=CANARY, by=cast.vera)
    client = signed_in(cast.anna)
    assert client.get(f"/monitoring/swot/{other.pk}/remove/").status_code == 404
    assert CANARY not in text(client.get("/monitoring/swot/"))
    director = signed_in(cast.users[Role.DIRECTOR])
    assert "Мало времени" in text(director.get("/monitoring/swot/"))
    for address in (
        f"/monitoring/swot/{mine.pk}/remove/",
        "/monitoring/swot/add/",
        "/monitoring/process/snapshot/",
    ):
        assert director.post(address).status_code == 403
    # a curator of some forms sees nothing of the whole and writes nothing into it
    staff = signed_in(cast.staff_curator)
    assert "Мало времени" not in text(staff.get("/monitoring/swot/"))
    staff.post("/monitoring/swot/add/", {"field": "threat", "words": "Чужое"})
    staff.post("/monitoring/process/snapshot/", {})
    assert SwotNote.objects.count() == 2
    assert not ProcessSnapshot.objects.exists()
