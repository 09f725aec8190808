"""Pauses of pairs: the draft, what registration moves, silence, taking it back, an early end."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction
from tests.cast import approve_pairs
from tests.pages import signed_in, text

from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks.pair_notes import notes_on
from nastavnik.documents.actions import (
    register_document,
    set_requisites,
    take_back_registration,
)
from nastavnik.documents.models import Document
from nastavnik.documents.rendering import blocks_of
from nastavnik.mentorships.actions import end_pause, extend_pair, pause_pair, resume_pause
from nastavnik.mentorships.choices import ExtensionCause, MeetingKind, MeetingStatus
from nastavnik.mentorships.models import Meeting, Mentorship, OrderLine
from nastavnik.mentorships.queries.pauses import shift_of
from nastavnik.mentorships.queries.risk import PairSpan, limits_of, risk_of
from nastavnik.writers.blocks import texts_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("within_the_year")]
CAUSE = ExtensionCause.ABSENCE


@pytest.fixture
def pair(cast):
    order = approve_pairs(cast.school)
    set_requisites(order, number="1-н", dated_on=today(), by=cast.anna)
    register_document(order, by=cast.anna)
    return Mentorship.objects.filter(organisation=cast.school.organisation).earliest("pk")


def drawn(cast, pair, begins=7, days=20):
    first = today() + dt.timedelta(begins)
    order = pause_pair(
        pair, first=first, last=first + dt.timedelta(days - 1), cause=CAUSE, by=cast.anna
    )
    return order, first, first + dt.timedelta(days - 1)


def noon(day):
    return time_machine.travel(dt.datetime.combine(day, dt.time(9), dt.UTC))


def lived(pair):
    pair.refresh_from_db()
    return pair.pause_from, pair.pause_until


def signed(cast, order, number="7-н"):
    set_requisites(order, number=number, dated_on=today(), by=cast.anna)
    return register_document(order, by=cast.anna)


def days_of(pair):
    return dict(Meeting.objects.filter(mentorship=pair).values_list("pk", "planned_on"))


def test_a_draft_moves_nothing_and_its_registration_all_of_it(cast, pair):
    before, ends_on = days_of(pair), pair.ends_on
    order, first, last = drawn(cast, pair)
    assert days_of(pair) == before
    told = shift_of(pair, first, last)
    signed(cast, order)
    pair.refresh_from_db()
    assert pair.ends_on == told.ends_on == ends_on + dt.timedelta(20)
    after = days_of(pair)
    assert {key: day for key, day in after.items() if key in told.moved} == told.moved
    assert all(after[key] == day for key, day in before.items() if day < first)
    assert not [day for day in after.values() if first <= day <= last], "a meeting inside the pause"
    assert max(after.values()) <= pair.ends_on
    assert after[pair.meetings.get(kind=MeetingKind.FINAL).pk] == told.final_on
    said = " ".join(texts_of(blocks_of(Document.objects.get(pk=order.pk).content)))
    assert f"{first:%d.%m.%Y} – {last:%d.%m.%Y}" in said


def test_taken_back_everything_is_where_it_was(cast, pair):
    before, ends_on = days_of(pair), pair.ends_on
    order, *_days = drawn(cast, pair)
    take_back_registration(signed(cast, order), reason="ошибка", by=cast.anna)
    pair.refresh_from_db()
    assert (days_of(pair), pair.ends_on, pair.pause_from) == (before, ends_on, None)


def test_what_was_noted_since_keeps_the_order(cast, pair):
    order, *_days = drawn(cast, pair, begins=0)
    signed(cast, order)
    Meeting.objects.filter(pk=pair.meetings.earliest("pk").pk).update(
        status=MeetingStatus.HELD, held_on=today()
    )
    with pytest.raises(RefusedError):
        take_back_registration(Document.objects.get(pk=order.pk), reason="ошибка", by=cast.anna)


def test_days_that_do_not_fit_are_refused(cast, pair):
    for begins, days in ((7, 0), (7, 400), (-60, 90), (1000, 10)):
        with pytest.raises(RefusedError):
            drawn(cast, pair, begins=begins, days=days)
    Meeting.objects.filter(pk=pair.meetings.earliest("pk").pk).update(
        status=MeetingStatus.HELD, held_on=today()
    )
    with pytest.raises(RefusedError):
        drawn(cast, pair, begins=0)
    extend_pair(pair, ends_on=pair.ends_on + dt.timedelta(5), cause=CAUSE, by=cast.anna)
    with pytest.raises(RefusedError):
        drawn(cast, pair)
    assert not OrderLine.objects.filter(kind="pause").exists()


def test_another_pause_waits_until_the_first_is_over_and_leaves_its_days(cast, pair):
    order, first, last = drawn(cast, pair, begins=0, days=5)
    signed(cast, order)
    for begins in (2, 10):
        with pytest.raises(RefusedError, match=f"{last:%d.%m.%Y}"):
            drawn(cast, pair, begins=begins)
    with noon(last + dt.timedelta(1)):
        second, *days = drawn(cast, pair, begins=0, days=3)
        signed(cast, second, number="8-н")
        assert lived(pair) == tuple(days)
        take_back_registration(Document.objects.get(pk=second.pk), reason="ошибка", by=cast.anna)
        assert lived(pair) == (first, last)
        signed(cast, second, number="8-н")
    with noon(days[1] + dt.timedelta(1)), pytest.raises(RefusedError, match=f"{first:%d.%m.%Y}"):
        drawn(cast, pair, begins=(first - today()).days, days=2)


def test_a_draft_is_not_signed_beside_a_pause_that_lasts_again(cast, pair):
    order, first, last = drawn(cast, pair, begins=0, days=30)
    signed(cast, order)
    with noon(first + dt.timedelta(3)):
        end_pause(pair, by=cast.anna)
        second, *_days = drawn(cast, pair, begins=3, days=5)
        resume_pause(pair, by=cast.anna)
        with pytest.raises(RefusedError, match=f"{last:%d.%m.%Y}"):
            signed(cast, second, number="8-н")
        end_pause(pair, by=cast.anna)
        signed(cast, second, number="8-н")


def test_signed_late_only_its_lateness_is_no_fault(cast, pair):
    order, first, last = drawn(cast, pair, begins=0, days=5)
    with noon(first + dt.timedelta(40)):
        meeting = pair.meetings.earliest("pk")
        rows = Meeting.objects.filter(pk=meeting.pk)
        rows.update(status=MeetingStatus.HELD, held_on=last)
        with pytest.raises(RefusedError, match=f"{last:%d.%m.%Y}"):
            signed(cast, order)
        rows.update(status=MeetingStatus.PLANNED, held_on=None)
        signed(cast, order)


def test_a_pause_ahead_is_done_without_and_stands_again(cast, pair):
    order, first, last = drawn(cast, pair)
    signed(cast, order)
    pair.refresh_from_db()
    ends_on, days = pair.ends_on, days_of(pair)
    card = f"/pairs/{pair.pk}/"
    with noon(today() + dt.timedelta(2)):
        client = signed_in(cast.anna)
        assert f"{first:%d.%m.%Y}" in text(client.get(card))
        assert client.post(f"{card}pause/end/").status_code == 302
        pair.refresh_from_db()
        assert (lived(pair), pair.ends_on, days_of(pair)) == ((None, None), ends_on, days)
        assert 'value="back"' in client.get(card).content.decode()
        client.post(f"{card}pause/end/", {"go": "back"})
        assert lived(pair) == (first, last)
        end_pause(pair, by=cast.anna)
        drawn(cast, pair)


def test_more_time_is_refused_beside_a_draft_of_a_pause(cast, pair):
    drawn(cast, pair)
    with pytest.raises(RefusedError):
        extend_pair(pair, ends_on=pair.ends_on + dt.timedelta(5), cause=CAUSE, by=cast.anna)
    assert signed_in(cast.anna).get(f"/pairs/{pair.pk}/extend/").status_code == 302


def test_the_database_wants_both_days(pair):
    with pytest.raises(IntegrityError), transaction.atomic():
        Mentorship.objects.filter(pk=pair.pk).update(pause_from=today())
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderLine.objects.create(
            organisation_id=pair.organisation_id, mentorship=pair, order=Document.objects.first(),
            kind="pause", ends_on=pair.ends_on, cause=CAUSE,
        )  # fmt: skip


def silence(pair, day):
    span = PairSpan(pair.status, pair.starts_on, pair.ends_on, pair.pause_from, pair.pause_until)
    meetings = list(Meeting.objects.filter(mentorship=pair))
    risk = risk_of(span, meetings, day=day, limits=limits_of(), may_read=True)
    return next((one.n for one in risk.concerns if one.code == "silent"), None)


def test_nobody_is_silent_in_a_pause_and_days_count_anew_after_it(cast, pair):
    late = today() + dt.timedelta(25)
    assert silence(pair, late), "a pair nobody has heard of is silent"
    order, first, last = drawn(cast, pair, begins=3, days=40)
    signed(cast, order)
    pair.refresh_from_db()
    assert silence(pair, late) is None
    assert silence(pair, last + dt.timedelta(14)) is None
    assert silence(pair, last + dt.timedelta(30)) == 30
    assert first < late < last


def test_a_pause_ends_early_and_lasts_again(cast, pair):
    order, _first, last = drawn(cast, pair, begins=0, days=30)
    signed(cast, order)
    pair.refresh_from_db()
    ends_on, days = pair.ends_on, days_of(pair)
    end_pause(pair, by=cast.anna)
    assert lived(pair) == (None, None), "one that begins today leaves no days"
    resume_pause(pair, by=cast.anna)
    with noon(today() + dt.timedelta(9)):
        assert [one for one in notes_on(cast.anna, [pair.pk])[pair.pk] if one.state == "stop"]
        end_pause(pair, by=cast.anna)
        pair.refresh_from_db()
        assert (pair.is_paused, pair.ends_on, days_of(pair)) == (False, ends_on, days)
        with pytest.raises(RefusedError):
            end_pause(pair, by=cast.anna)
        resume_pause(pair, by=cast.anna)
        pair.refresh_from_db()
        assert pair.is_paused
        assert pair.pause_until == last


def test_the_page_says_what_moves_before_anything_is_saved(cast, pair):
    client, page = signed_in(cast.anna), f"/pairs/{pair.pk}/pause/"
    first = today() + dt.timedelta(7)
    sent = {
        "first": first.isoformat(),
        "last": (first + dt.timedelta(9)).isoformat(),
        "cause": "trip",
    }
    said = text(client.post(page, sent | {"go": "look"}))
    assert f"{pair.ends_on + dt.timedelta(10):%d.%m.%Y}" in said
    assert not OrderLine.objects.exists()
    assert client.post(page, sent | {"go": "order"}).status_code == 302
    assert OrderLine.objects.get().pause_from == first
    assert client.get(f"/pairs/{pair.pk}/").status_code == 200
    assert signed_in(cast.vera).get(page).status_code == 404
