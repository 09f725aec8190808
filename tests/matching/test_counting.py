"""A large matching in the background: its page, cancelled, failed, lost, never half-written."""

import datetime as dt
import threading
import time

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from tests.pages import counts, said, signed_in, text

from nastavnik.config import launch
from nastavnik.core.access import Role
from nastavnik.core.errors import RefusedError
from nastavnik.core.models import AuditEntry
from nastavnik.engine.matching.watching import look
from nastavnik.matching import tasks
from nastavnik.matching.actions import (
    LONGEST,
    cancel_counting,
    engine_input,
    fail_counting,
    fail_interrupted,
    finish_counting,
    run_matching,
    start_counting,
)
from nastavnik.matching.choices import CountingState, RunStatus
from nastavnik.matching.models import Counting, MatchingRun, PairRuling
from nastavnik.matching.queries import n_pairs_to_look_at
from nastavnik.programmes.models import Participation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    """Refusals outside of a page speak the language of the installation; here it is that of the tests."""
    with translation.override("en"):
        yield


S = CountingState


def begin(cast):
    programme = cast.school.programme
    return start_counting(programme, programme.forms.all(), n_pairs=9, by=cast.anna)


def page(cast, row, user=None, **options):
    client = signed_in(user or cast.anna)
    return client.get(reverse("matching:counting", args=[row.pk]), **options)


def test_the_pairs_looked_at_are_mentors_times_mentees(cast):
    programme = cast.school.programme
    assert n_pairs_to_look_at(programme, list(programme.forms.all())) == 3 * 3
    staff = [programme.forms.get(code="teacher_teacher")]
    assert n_pairs_to_look_at(programme, staff) == 1
    assert n_pairs_to_look_at(programme, []) == 0


def test_what_is_counted_is_what_a_run_would_have_been(cast):
    at_once = run_matching(cast.school.programme, by=cast.anna)
    row = begin(cast)
    tasks.count(row, by=cast.anna)
    row.refresh_from_db()
    assert (row.state, row.run.status) == (S.DONE, RunStatus.PROPOSED)
    assert row.run.snapshot == at_once.snapshot
    pairs = [run.proposals.values_list("mentee", "mentor") for run in (at_once, row.run)]
    assert set(pairs[0]) == set(pairs[1])
    at_once.refresh_from_db()
    assert at_once.status == RunStatus.SUPERSEDED
    shown = page(cast, row, follow=True)
    assert said(shown) == ["3 pairs are proposed."]


def test_while_it_is_counted_the_page_says_so_and_the_workspace_too(cast):
    row = begin(cast)
    shown = text(page(cast, row))
    for part in ("9 pairs are looked at", "<progress", 'http-equiv="refresh"', "live.js", "Cancel"):
        assert part in shown
    address = reverse("matching:counting", args=[row.pk])
    assert address in text(signed_in(cast.anna).get("/matching/"))
    with pytest.raises(RefusedError, match="already"):
        begin(cast)


def test_cancelled_means_nothing_is_written(cast):
    before = run_matching(cast.school.programme, by=cast.anna)
    row = begin(cast)
    given = engine_input(cast.school.programme)
    signed_in(cast.anna).post(reverse("matching:cancel", args=[row.pk]))
    rows = counts()
    assert finish_counting(row, given, given.run(), by=cast.anna) is None
    assert counts() == rows
    before.refresh_from_db()
    assert before.status == RunStatus.PROPOSED
    shown = text(page(cast, row))
    assert "Nothing was written" in shown
    assert 'http-equiv="refresh"' not in shown
    assert Counting.objects.get().state == S.CANCELLED
    begin(cast)


def test_what_has_ended_is_not_ended_again(cast):
    row = begin(cast)
    tasks.count(row, by=cast.anna)
    for end in (cancel_counting, fail_counting):
        end(row, by=cast.anna)
    assert Counting.objects.get().state == S.DONE
    actions = AuditEntry.objects.filter(subject="matching.counting").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "counting-started",
        "counting-read",
        "counting-done",
    ]


def test_a_refusal_is_told_in_its_own_words(cast):
    Participation.objects.filter(programme=cast.school.programme, side="mentee").delete()
    row = begin(cast)
    tasks.count(row, by=cast.anna)
    row.refresh_from_db()
    assert row.state == S.FAILED
    shown = text(page(cast, row))
    assert "No mentee is ready for matching" in shown
    assert not MatchingRun.objects.exists()


def test_a_fault_of_the_program_is_told_and_logged_and_leaves_nothing(cast, monkeypatch, caplog):
    def broken(*_args, **_kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("nastavnik.matching.adapter.propose", broken)
    row = begin(cast)
    tasks.count(row, by=cast.anna)
    row.refresh_from_db()
    assert (row.state, row.why) == (S.FAILED, "")
    assert "ZeroDivisionError" in caplog.text
    assert "Something went wrong in the program" in text(page(cast, row))
    assert not MatchingRun.objects.exists()


def test_a_restart_is_told(cast):
    row = begin(cast)
    assert fail_interrupted(by=None) == 1
    assert fail_interrupted(by=None) == 0
    assert "was restarted meanwhile" in text(page(cast, row))
    assert launch.actions.fail_interrupted is fail_interrupted


def test_what_is_lost_blocks_nobody(cast):
    row = begin(cast)
    Counting.objects.update(started_at=timezone.now() - LONGEST - dt.timedelta(seconds=1))
    assert "restarted" in text(page(cast, row))
    assert begin(cast).pk != row.pk
    row.refresh_from_db()
    assert row.state == S.FAILED


def test_only_who_matches_these_forms_sees_and_cancels(cast):
    row = begin(cast)
    addresses = [reverse(f"matching:{name}", args=[row.pk]) for name in ("counting", "cancel")]
    for role in (Role.DIRECTOR, Role.PSYCHOLOGIST, Role.MENTOR):
        client = signed_in(cast.users[role])
        assert client.get(addresses[0]).status_code == 403
        assert client.post(addresses[1]).status_code == 403
    client = signed_in(cast.vera)
    assert client.get(addresses[0]).status_code == 404
    assert client.post(addresses[1]).status_code == 404
    row.forms.set(cast.school.programme.forms.filter(code="pupil_pupil"))
    assert page(cast, row, cast.staff_curator).status_code == 404
    row.refresh_from_db()
    assert row.state == S.RUNNING


@pytest.mark.django_db(transaction=True)
def test_above_the_limit_the_button_counts_in_the_background(cast, settings):
    settings.MATCHING_PAIRS_AT_ONCE = 8
    client = signed_in(cast.anna)
    answer = client.post(reverse("matching:run"))
    row = Counting.objects.get()
    assert answer.url == reverse("matching:counting", args=[row.pk])
    wait_for(row)
    assert row.state == S.DONE
    proposal = row.run.proposals.exclude(mentor=None).first()
    asked = {"mentee": proposal.mentee_id, "mentor": proposal.mentor_id, "ruling": "lock"}
    answer = client.post(reverse("matching:rule"), asked | {"again": "1"})
    row = Counting.objects.first()
    assert answer.url == reverse("matching:counting", args=[row.pk])
    assert PairRuling.objects.count() == 1
    wait_for(row)
    settings.MATCHING_PAIRS_AT_ONCE = 9
    assert client.post(reverse("matching:run")).url == reverse("matching:workspace")
    assert Counting.objects.count() == 2


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_a_cancelled_counting_stops_soon_and_the_next_may_begin(cast, settings, monkeypatch):
    """The engine is given work without an end: only the watch, which asks the database, can end it."""
    begun, given_up = threading.Event(), threading.Event()

    def endless(*_args, **_kwargs):
        begun.set()
        for number in range(60_000):
            look("reasons", number, 60_000)
            time.sleep(0.001)
        given_up.set()

    settings.MATCHING_PAIRS_AT_ONCE = 8
    client = signed_in(cast.anna)
    rows = counts()
    with monkeypatch.context() as patched:
        patched.setattr("nastavnik.matching.adapter.propose", endless)
        client.post(reverse("matching:run"))
        row = Counting.objects.get()
        thread = thread_of(row)
        assert begun.wait(30)
        time.sleep(2 * tasks.ASK_SECONDS)
        assert thread.is_alive()
        shown = text(page(cast, row))
        assert "Step 3 of 3" in shown
        assert 'max="60000" value="' in shown
        client.post(reverse("matching:cancel", args=[row.pk]))
        pressed_at = time.monotonic()
        thread.join(timeout=20)
    assert not thread.is_alive()
    assert not given_up.is_set()
    assert time.monotonic() - pressed_at < 10
    row.refresh_from_db()
    assert (row.state, row.run, row.why) == (S.CANCELLED, None, "")
    assert tasks.progress_of(row) is None
    changed = {name for name, n in counts().items() if n != rows[name]}
    assert changed == {"matching.Counting", "matching.Counting_forms", "core.AuditEntry"}
    client.post(reverse("matching:run"))
    later = Counting.objects.first()
    wait_for(later)
    assert later.state == S.DONE


@pytest.mark.both
def test_the_engine_itself_ends_where_it_is_cancelled(cast, monkeypatch):
    """Asked at every step; the second time, with what is found before the reasons, it is cancelled."""
    monkeypatch.setattr(tasks, "ASK_SECONDS", 0)
    steps = []

    def told(row, cancel_at):
        class Telling(tasks._Watch):
            def __call__(self, step, done, total):
                steps.append(step)
                if step == cancel_at:
                    cancel_counting(row, by=cast.anna)
                super().__call__(step, done, total)

        return Telling

    for cancel_at, state, last in (
        ("candidates", S.CANCELLED, 1),
        ("reasons", S.CANCELLED, 2),
        ("", S.DONE, 4),
    ):
        row = begin(cast)
        steps.clear()
        with monkeypatch.context() as patched:
            patched.setattr(tasks, "_Watch", told(row, cancel_at))
            tasks.count(row, by=cast.anna)
        row.refresh_from_db()
        assert row.state == state
        assert len(steps) == last, steps
        assert MatchingRun.objects.exists() == (state == S.DONE)
        assert AuditEntry.objects.filter(action="counting-failed").count() == 0


@pytest.mark.parametrize(
    ("progress", "words", "bar"),
    [
        (tasks.Progress("candidates", 0, 4000), "Step 1 of 3", ' max="4000" value="0"'),
        (tasks.Progress("pairs", 0, 0), "Step 2 of 3", ""),
        (tasks.Progress("reasons", 1200, 4000), "Step 3 of 3", ' max="4000" value="1200"'),
        (None, "Looking for the best pairs", ""),
    ],
)
def test_the_page_says_how_far_it_is(cast, monkeypatch, progress, words, bar):
    row = begin(cast)
    if progress:
        monkeypatch.setitem(tasks._progress, row.pk, progress)
    shown = text(page(cast, row))
    assert words in shown
    assert f'<progress id="counted"{bar}></progress>' in shown


def thread_of(row):
    return next(one for one in threading.enumerate() if one.name == f"matching-{row.pk}")


def wait_for(row):
    for thread in threading.enumerate():
        if thread.name == f"matching-{row.pk}":
            thread.join(timeout=30)
    row.refresh_from_db()
