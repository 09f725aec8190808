"""What orders say of pairs after their beginning: more time and its way back, and the end of those that have ended."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import translation
from tests.mentorships.scenes import pair_of, run_pairs
from tests.pages import signed_in, text
from tests.papers import annex_of, points_of, title_of

from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.documents.actions import (
    enter_particulars,
    refresh_document,
    register_document,
    set_requisites,
    take_back_registration,
)
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.mentorships.actions import (
    complete_pairs,
    draft_ending_order,
    drop_order_line,
    extend_pair,
    note_meeting,
    reopen_pair,
    replace_mentor,
    set_pair_status,
)
from nastavnik.mentorships.choices import (
    ENDING_ORDER,
    EXTENSION_ORDER,
    ExtensionCause,
    MeetingKind,
    MeetingStatus,
    MentorshipStatus,
)
from nastavnik.mentorships.models import Meeting, Mentorship, OrderLine
from nastavnik.mentorships.queries import ended_without_order
from nastavnik.programmes.models import Participation

pytestmark = pytest.mark.django_db
MONTH = dt.timedelta(days=35)


@pytest.fixture(autouse=True)
def in_english():
    """Refusals outside of a page speak the language of the installation; here it is that of the tests."""
    with translation.override("en"):
        yield


@pytest.fixture
def running(cast):
    """The pairs of the school have run for twenty days and end in fifty."""
    run_pairs(cast.school, ago=dt.timedelta(days=20))
    for pair in Mentorship.objects.all():
        Meeting.objects.filter(mentorship=pair, planned_on__gt=today() + dt.timedelta(48)).delete()
        Mentorship.objects.filter(pk=pair.pk).update(ends_on=today() + dt.timedelta(50))
        Meeting.objects.get_or_create(
            mentorship=pair,
            kind=MeetingKind.FINAL,
            defaults={"organisation": pair.organisation, "planned_on": today() + dt.timedelta(47)},
        )
    return cast


def signed(order, by, number="12-н"):
    set_requisites(order, number=number, dated_on=today(), by=by)
    return register_document(order, by=by)


def extended(cast, pair, days=MONTH):
    return extend_pair(
        pair, ends_on=pair.ends_on + days, cause=ExtensionCause.ABSENCE, by=cast.anna
    )


def days_of(pair):
    return list(pair.meetings.values_list("kind", "planned_on", "status").order_by("pk"))


def test_more_time_comes_with_the_order_and_not_before(running):
    pair = pair_of(running.school)
    before, last = days_of(pair), pair.ends_on
    order = extended(running, pair)
    pair.refresh_from_db()
    assert (order.kind, order.status, pair.ends_on) == (EXTENSION_ORDER, DocumentStatus.DRAFT, last)
    assert days_of(pair) == before
    signed(order, running.anna)
    pair.refresh_from_db()
    assert pair.ends_on == last + MONTH
    final = pair.meetings.get(kind=MeetingKind.FINAL)
    assert last < final.planned_on <= pair.ends_on
    added = len(days_of(pair)) - len(before)
    assert added >= 2
    assert all(row in days_of(pair) for row in before if row[0] != MeetingKind.FINAL)


def test_the_order_names_both_days_and_no_cause(running):
    pair = pair_of(running.school)
    order = extended(running, pair)
    assert title_of(order) == order.title == "О продлении срока наставничества"
    cells = " ".join(str(cell) for row in annex_of(order) for cell in row)
    assert f"{pair.ends_on:%d.%m.%Y}" in cells
    assert f"{pair.ends_on + MONTH:%d.%m.%Y}" in cells
    assert pair.mentor.person.full_name in cells
    assert "1\xa0пара" in points_of(order)[0]
    assert "болезн" not in str(order.content)


def test_taking_the_registration_back_gives_the_old_day_and_meetings_again(running):
    pair = pair_of(running.school)
    before, last = days_of(pair), pair.ends_on
    order = signed(extended(running, pair), running.anna)
    take_back_registration(order, reason="не тот срок", by=running.anna)
    pair.refresh_from_db()
    assert pair.ends_on == last
    kept = [row for row in days_of(pair) if row[0] != MeetingKind.FINAL]
    assert kept == [row for row in before if row[0] != MeetingKind.FINAL]
    assert pair.meetings.get(kind=MeetingKind.FINAL).planned_on <= last
    assert OrderLine.objects.get().ended_before is None


def test_a_final_meeting_that_was_missed_comes_again_and_back(running):
    pair = pair_of(running.school)
    final = pair.meetings.get(kind=MeetingKind.FINAL)
    missed = {"status": MeetingStatus.MISSED, "planned_on": today() - dt.timedelta(2)}
    Meeting.objects.filter(pk=final.pk).update(**missed, note="никто не пришёл")
    order = signed(extended(running, pair), running.anna)
    pair.refresh_from_db()
    final.refresh_from_db()
    assert final.status == MeetingStatus.PLANNED
    assert pair.ends_on - dt.timedelta(14) <= final.planned_on <= pair.ends_on
    take_back_registration(order, reason="не тот срок", by=running.anna)
    final.refresh_from_db()
    assert {name: getattr(final, name) for name in missed} == missed
    assert final.note == "никто не пришёл"
    assert OrderLine.objects.get().final_before is None


def test_a_draft_on_more_time_says_what_stands_against_it(running):
    pair = pair_of(running.school)
    order = extended(running, pair)
    Meeting.objects.filter(mentorship=pair, kind=MeetingKind.FINAL).update(
        status=MeetingStatus.HELD, held_on=today(), planned_on=today()
    )
    with pytest.raises(RefusedError, match="final meeting was held already"):
        signed(order, running.anna)
    pair.refresh_from_db()
    assert OrderLine.objects.get().ended_before is None


def test_a_completed_pair_lasted_no_longer_than_its_term(running):
    pair = pair_of(running.school)
    last = today() - dt.timedelta(9)
    Mentorship.objects.filter(pk=pair.pk).update(ends_on=last)
    set_pair_status(pair, MentorshipStatus.COMPLETED, by=running.anna)
    (order,) = draft_ending_order([pair], by=running.anna)
    cells = " ".join(str(cell) for row in annex_of(order) for cell in row)
    assert f"{last:%d.%m.%Y}" in cells
    assert f"{today():%d.%m.%Y}" not in cells


def test_time_in_which_they_have_met_is_not_taken_back(running):
    pair = pair_of(running.school)
    order = signed(extended(running, pair), running.anna)
    late = pair.meetings.filter(planned_on__gt=pair.ends_on, kind=MeetingKind.REGULAR).first()
    note_meeting(late, MeetingStatus.POSTPONED, by=running.anna)
    with pytest.raises(RefusedError, match="noted a meeting"):
        take_back_registration(order, reason="не тот срок", by=running.anna)


def test_days_that_give_no_time_or_too_much_are_refused(running):
    pair = pair_of(running.school)
    for days, said in ((dt.timedelta(0), "after"), (dt.timedelta(400), "one year")):
        with pytest.raises(RefusedError, match=said):
            extended(running, pair, days)
    page = signed_in(running.anna).post(
        reverse("mentorships:extend", args=[pair.pk]),
        {"ends_on": pair.ends_on.isoformat(), "cause": "trip"},
    )
    assert page.status_code == 422
    assert not OrderLine.objects.exists()


def test_who_waits_for_an_order_or_has_ended_gets_no_time(running):
    pair = pair_of(running.school)
    ended = set_pair_status(pair, MentorshipStatus.COMPLETED, by=running.anna)
    with pytest.raises(RefusedError, match="Only a pair that runs"):
        extended(running, ended)


def test_the_end_takes_a_pair_out_of_the_draft_on_more_time(running):
    pair = pair_of(running.school)
    order = extended(running, pair)
    set_pair_status(pair, MentorshipStatus.COMPLETED, by=running.anna)
    assert not Document.objects.filter(pk=order.pk).exists()


def test_two_pairs_share_a_draft_and_one_leaves_it(running):
    first, second = Mentorship.objects.order_by("pk")[:2]
    order = extended(running, first)
    assert extended(running, second) == order
    drop_order_line(OrderLine.objects.get(mentorship=first), by=running.anna)
    order.refresh_from_db()
    assert first.mentor.person.full_name not in str(annex_of(order)) or (
        first.mentor == second.mentor
    )
    assert [line.mentorship for line in order.order_lines.all()] == [second]


def test_one_order_names_all_that_have_ended(running):
    first, second = Mentorship.objects.order_by("pk")[:2]
    set_pair_status(first, MentorshipStatus.COMPLETED, by=running.anna)
    set_pair_status(second, MentorshipStatus.CANCELLED, reason="уехали", by=running.anna)
    client = signed_in(running.anna)
    page = client.get(reverse("mentorships:ending-order"))
    assert first.names in text(page)
    response = client.post(reverse("mentorships:ending-order"), {"pairs": [first.pk, second.pk]})
    order = Document.objects.get(kind=ENDING_ORDER)
    assert response.url == reverse("documents:card", args=[order.pk])
    assert title_of(order) == "О завершении и досрочном прекращении наставничества"
    assert "уехали" not in str(order.content)
    assert not ended_without_order(Mentorship.objects.all()).exists()
    assert "1\xa0пара" in points_of(order)[0]
    assert "1\xa0пара" in points_of(order)[1]


def test_the_ground_stands_on_the_paper_once_entered(running):
    pair = pair_of(running.school)
    order = extended(running, pair)
    assert "Основание" not in str(order.content)
    enter_particulars(order, {"ground": "служебная записка от 01.03.2027 № 4"}, by=running.anna)
    assert "Основание: служебная записка" in str(refresh_document(order, by=running.anna).content)


def test_a_replaced_pair_asks_for_no_order_on_its_end(running):
    pair = pair_of(running.school)
    others = Participation.objects.filter(pk__in=Mentorship.objects.values("mentor"))
    other = others.exclude(pk=pair.mentor_id).first()
    Participation.objects.filter(pk=other.pk).update(capacity=9)
    other.refresh_from_db()
    replace_mentor(pair, other, cause="asked", by=running.anna)
    assert not ended_without_order(Mentorship.objects.filter(pk=pair.pk)).exists()


def test_a_registered_order_keeps_the_end_and_a_draft_does_not(running):
    pair = pair_of(running.school)
    set_pair_status(pair, MentorshipStatus.COMPLETED, by=running.anna)
    (order,) = draft_ending_order([pair], by=running.anna)
    reopened = reopen_pair(pair, by=running.anna)
    assert reopened.status == MentorshipStatus.ACTIVE
    assert not Document.objects.filter(pk=order.pk).exists()
    set_pair_status(pair, MentorshipStatus.COMPLETED, by=running.anna)
    (order,) = draft_ending_order([pair], by=running.anna)
    signed(order, running.anna)
    with pytest.raises(RefusedError, match="says that it has ended"):
        reopen_pair(pair, by=running.anna)
    page = text(signed_in(running.anna).get(reverse("mentorships:card", args=[pair.pk])))
    assert "says that it has ended" in page
    assert reverse("mentorships:reopen", args=[pair.pk]) not in page


def test_a_pair_that_goes_on_is_in_no_order_on_ends(running):
    pair = pair_of(running.school)
    with pytest.raises(RefusedError, match="no pair"):
        draft_ending_order([pair], by=running.anna)


def test_today_asks_for_the_order(running):
    set_pair_status(pair_of(running.school), MentorshipStatus.COMPLETED, by=running.anna)
    assert reverse("mentorships:ending-order") in text(
        signed_in(running.anna).get(reverse("cabinet:home"))
    )


def test_a_stranger_finds_nothing(running):
    pair = pair_of(running.school)
    order = extended(running, pair)
    line = OrderLine.objects.get()
    stranger = signed_in(running.vera)
    assert stranger.get(reverse("mentorships:extend", args=[pair.pk])).status_code == 404
    answer = stranger.post(reverse("mentorships:leave-order", args=[pair.pk]), {"line": line.pk})
    assert answer.status_code == 404
    set_pair_status(pair, MentorshipStatus.COMPLETED, by=running.anna)
    stranger.post(reverse("mentorships:ending-order"), {"pairs": [pair.pk]})
    assert not Document.objects.filter(kind=ENDING_ORDER).exists()
    assert order.kind == EXTENSION_ORDER


def to_their_end(cast):
    """Let every pair hold its final meeting today; return them."""
    pairs = list(Mentorship.objects.order_by("pk"))
    for pair in pairs:
        for meeting in pair.meetings.exclude(kind=MeetingKind.FINAL):
            if meeting.status == MeetingStatus.PLANNED and meeting.planned_on <= today():
                note_meeting(meeting, MeetingStatus.HELD, by=cast.anna)
        note_meeting(
            pair.meetings.get(kind=MeetingKind.FINAL), MeetingStatus.HELD, on=today(), by=cast.anna
        )
    return pairs


def test_a_year_of_pairs_is_completed_in_one_press_with_its_order(running):
    pairs = to_their_end(running)
    client = signed_in(running.anna)
    page = client.get(reverse("mentorships:complete"))
    assert text(page).count(" checked") == len(pairs) + 1
    response = client.post(
        reverse("mentorships:complete"), {"pairs": [pair.pk for pair in pairs], "order": "1"}
    )
    order = Document.objects.get(kind=ENDING_ORDER)
    assert response.url == reverse("documents:card", args=[order.pk])
    assert set(Mentorship.objects.values_list("status", flat=True)) == {MentorshipStatus.COMPLETED}
    assert order.order_lines.count() == len(pairs)
    assert "No pair has come to its end yet" in text(client.get(reverse("mentorships:complete")))


def test_who_has_not_met_is_not_ticked_and_nothing_happens_without_a_tick(running):
    pair = to_their_end(running)[0]
    pair.meetings.exclude(kind=MeetingKind.FINAL).delete()
    pair.meetings.update(status=MeetingStatus.PLANNED, held_on=None)
    Mentorship.objects.filter(pk=pair.pk).update(
        starts_on=today() - dt.timedelta(9), ends_on=today() - dt.timedelta(1)
    )
    client = signed_in(running.anna)
    page = text(client.get(reverse("mentorships:complete")))
    assert pair.names in page
    assert page.count(" checked") == Mentorship.objects.count()  # all others, and the order
    client.post(reverse("mentorships:complete"), {})
    assert not Mentorship.objects.filter(status=MentorshipStatus.COMPLETED).exists()


def test_pairs_are_completed_all_or_none(running):
    first, second = to_their_end(running)[:2]
    set_pair_status(second, MentorshipStatus.CANCELLED, reason="уехали", by=running.anna)
    with pytest.raises(RefusedError, match="no step"):
        complete_pairs([first, second], with_order=True, by=running.anna)
    first.refresh_from_db()
    assert first.status == MentorshipStatus.ACTIVE
    assert not Document.objects.filter(kind=ENDING_ORDER).exists()
