"""A large matching in the background: its page, cancelled, failed, never half-written."""

import threading
import time

import pytest
from django.urls import reverse
from django.utils import translation
from tests.jobs.working import counted, working
from tests.pages import counts, said, signed_in, text

from nastavnik.core.access import Role
from nastavnik.core.errors import RefusedError
from nastavnik.core.models import AuditEntry
from nastavnik.engine.matching.watching import report_progress
from nastavnik.jobs.actions import begin_job, cancel_job, finish_job
from nastavnik.jobs.choices import JobState
from nastavnik.jobs.models import Job
from nastavnik.jobs.tasks import attempts, work_on
from nastavnik.matching.actions import engine_input, run_matching
from nastavnik.matching.choices import RunStatus
from nastavnik.matching.models import MatchingRun, PairRuling
from nastavnik.matching.queries import n_pairs_to_look_at
from nastavnik.programmes.models import Participation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    """Refusals outside of a page speak the language of the installation; here it is that of the tests."""
    with translation.override("en"):
        yield


S = JobState
begin = counted


def run_of(row):
    return MatchingRun.objects.get(pk=row.result["run"])


def page(cast, row, user=None, **options):
    client = signed_in(user or cast.anna)
    return client.get(reverse("jobs:progress", args=[row.pk]), **options)


def test_the_pairs_looked_at_are_mentors_times_mentees(cast):
    programme = cast.school.programme
    assert n_pairs_to_look_at(programme, list(programme.forms.all())) == 3 * 3
    staff = [programme.forms.get(code="teacher_teacher")]
    assert n_pairs_to_look_at(programme, staff) == 1
    assert n_pairs_to_look_at(programme, []) == 0


def test_what_is_counted_is_what_a_run_would_have_been(cast):
    at_once = run_matching(cast.school.programme, by=cast.anna)
    row = begin(cast)
    work_on(row)
    row.refresh_from_db()
    assert (row.state, run_of(row).status) == (S.DONE, RunStatus.PROPOSED)
    assert run_of(row).snapshot == at_once.snapshot
    pairs = [run.proposals.values_list("mentee", "mentor") for run in (at_once, run_of(row))]
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
    address = reverse("jobs:progress", args=[row.pk])
    assert address in text(signed_in(cast.anna).get("/matching/"))
    with pytest.raises(RefusedError, match="already"):
        begin(cast)


def test_cancelled_means_nothing_is_written(cast):
    before = run_matching(cast.school.programme, by=cast.anna)
    row = begin_job(begin(cast), by=None)
    given = engine_input(cast.school.programme)
    signed_in(cast.anna).post(reverse("jobs:cancel", args=[row.pk]))
    rows = counts()
    assert finish_job(row, (given, given.run()), by=cast.anna) is None
    assert counts() == rows
    before.refresh_from_db()
    assert before.status == RunStatus.PROPOSED
    shown = text(page(cast, row))
    assert "Nothing was written" in shown
    assert 'http-equiv="refresh"' not in shown
    assert Job.objects.get().state == S.CANCELLED
    begin(cast)


def test_a_refusal_is_told_in_its_own_words(cast):
    Participation.objects.filter(programme=cast.school.programme, side="mentee").delete()
    row = begin(cast)
    work_on(row)
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
    work_on(row)
    row.refresh_from_db()
    assert (row.state, row.why) == (S.FAILED, "")
    assert "ZeroDivisionError" in caplog.text
    assert "Something went wrong in the program" in text(page(cast, row))
    assert not MatchingRun.objects.exists()


def test_only_who_matches_sees_and_cancels(cast):
    row = begin(cast)
    addresses = [reverse(f"jobs:{name}", args=[row.pk]) for name in ("progress", "cancel", "again")]
    others = [cast.users[role] for role in (Role.DIRECTOR, Role.PSYCHOLOGIST, Role.MENTOR)]
    # of the whole school's matching a curator of one form learns nothing
    for user in (*others, cast.vera, cast.staff_curator):
        client = signed_in(user)
        assert client.get(addresses[0]).status_code == 404
        assert [client.post(one).status_code for one in addresses[1:]] == [404, 404]
    row.refresh_from_db()
    assert row.state == S.WAITING
    cancel_job(row, by=cast.anna)
    own = begin(cast, by=cast.staff_curator)
    assert page(cast, own, cast.staff_curator).status_code == 200
    assert page(cast, own).status_code == 200


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_above_the_limit_the_button_counts_in_the_background(cast, settings):
    """Through the real worker; what is ready while the page waits is shown at once."""
    settings.MATCHING_PAIRS_AT_ONCE, settings.JOBS_AT_ONCE = 8, False
    settings.JOB_PATIENCE_SECONDS = 60
    client = signed_in(cast.anna)
    with working():
        answer = client.post(reverse("matching:run"))
        row = Job.objects.get()
        assert row.state == S.DONE
        assert answer.url == reverse("matching:workspace")
        proposal = run_of(row).proposals.exclude(mentor=None).first()
        asked = {"mentee": proposal.mentee_id, "mentor": proposal.mentor_id, "ruling": "lock"}
        answer = client.post(reverse("matching:rule"), asked | {"again": "1"}, follow=True)
        assert any("together" in one for one in said(answer))
    assert PairRuling.objects.count() == 1
    assert Job.objects.filter(state=S.DONE).count() == 2
    settings.MATCHING_PAIRS_AT_ONCE, settings.JOBS_AT_ONCE = 8, False
    settings.JOB_PATIENCE_SECONDS = 0
    answer = client.post(reverse("matching:run"))  # nobody works
    assert answer.url == reverse("jobs:progress", args=[Job.objects.first().pk])
    settings.MATCHING_PAIRS_AT_ONCE = 9
    assert client.post(reverse("matching:run")).url == reverse("matching:workspace")
    assert Job.objects.count() == 3


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_a_cancelled_counting_stops_soon_and_the_next_may_begin(cast, settings, monkeypatch):
    """The engine is given work without an end: only the watch, which asks the database, can end it."""
    begun, given_up, ended = threading.Event(), threading.Event(), threading.Event()

    def endless(*_args, **_kwargs):
        begun.set()
        try:
            for number in range(60_000):
                report_progress("reasons", number, 60_000)
                time.sleep(0.001)
            given_up.set()
        finally:
            ended.set()

    settings.MATCHING_PAIRS_AT_ONCE, settings.JOBS_AT_ONCE = 8, False
    settings.JOB_PATIENCE_SECONDS = 0
    client = signed_in(cast.anna)
    rows = counts()
    with working():
        with monkeypatch.context() as patched:
            patched.setattr("nastavnik.matching.adapter.propose", endless)
            client.post(reverse("matching:run"))
            row = Job.objects.get()
            assert begun.wait(120)
            time.sleep(2 * attempts.NOTE_SECONDS)
            assert not ended.is_set()
            shown = text(page(cast, row))
            assert "Step 3 of 3" in shown
            assert 'max="60000" value="' in shown
            client.post(reverse("jobs:cancel", args=[row.pk]))
            pressed_at = time.monotonic()
            assert ended.wait(20)
        assert not given_up.is_set()
        assert time.monotonic() - pressed_at < 10
        row.refresh_from_db()
        assert (row.state, row.result, row.why) == (S.CANCELLED, {}, "")
        changed = {name for name, n in counts().items() if n != rows[name]}
        assert changed == {"jobs.Job", "core.AuditEntry"}
        settings.JOB_PATIENCE_SECONDS = 60
        client.post(reverse("matching:run"))
        assert Job.objects.first().state == S.DONE


@pytest.mark.both
def test_the_engine_itself_ends_where_it_is_cancelled(cast, monkeypatch):
    """Asked at every step; the second time, with what is found before the reasons, it is cancelled."""
    monkeypatch.setattr(attempts, "ASK_SECONDS", 0)
    steps = []

    def told(row, cancel_at):
        class Telling(attempts._Watch):
            def __call__(self, step, n_done, n_all):
                steps.append(step)
                if step == cancel_at:
                    cancel_job(row, by=cast.anna)
                super().__call__(step, n_done, n_all)

        return Telling

    for cancel_at, state, last in (
        ("candidates", S.CANCELLED, 1),
        ("reasons", S.CANCELLED, 2),
        ("", S.DONE, 4),
    ):
        row = begin(cast)
        steps.clear()
        with monkeypatch.context() as patched:
            patched.setattr(attempts, "_Watch", told(row, cancel_at))
            work_on(row)
        row.refresh_from_db()
        assert row.state == state
        assert len(steps) == last, steps
        assert MatchingRun.objects.exists() == (state == S.DONE)
        assert AuditEntry.objects.filter(action="job-failed").count() == 0


@pytest.mark.parametrize(
    ("step", "n_done", "n_all", "words", "bar"),
    [
        ("candidates", 0, 4000, "Step 1 of 3", ' max="4000" value="0"'),
        ("pairs", 0, 0, "Step 2 of 3", ""),
        ("reasons", 1200, 4000, "Step 3 of 3", ' max="4000" value="1200"'),
        ("", 0, 0, "Is being done", ""),
    ],
)
def test_the_page_says_how_far_it_is(cast, step, n_done, n_all, words, bar):
    row = begin_job(begin(cast), by=None)
    Job.objects.note(row, step, n_done, n_all)
    shown = text(page(cast, row))
    assert words in shown
    assert f'<progress id="job"{bar}>' in shown
