"""A job: its states, done once whoever begins it, lost with its worker, cancelled, done anew, and who sees it."""

import contextlib
import datetime as dt
import random
import threading

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.urls import reverse
from django.utils import timezone, translation
from tests.jobs.working import counted, working
from tests.pages import signed_in, text

from nastavnik.core.access import Perm
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks.attention import items_for
from nastavnik.core.models import AuditEntry
from nastavnik.jobs import actions, kinds
from nastavnik.jobs.choices import NEXT, OPEN, JobState
from nastavnik.jobs.kinds import JobKind
from nastavnik.jobs.models import Job
from nastavnik.jobs.tasks import is_worked, work_on
from nastavnik.jobs.tasks import worker as working_module

pytestmark = pytest.mark.django_db
S = JobState


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def kind():
    """A kind of job whose work the test decides; it keeps one line of the trail for each time it writes."""
    done = []

    def keep(order, found):
        done.append(found)
        return {"found": found}

    made = JobKind(
        code="tests.any",
        heading="Anything",
        busy="It is being done already.",
        perm=Perm.MATCHING_EDIT,
        find=lambda order, _watch: order.given["say"],
        keep=keep,
        arrive=lambda _request, _ended: "/",
        back=lambda _given: "/",
        tells=lambda _given: "Something.",
    )
    kinds.register(made)
    yield made, done
    kinds._kinds.pop(made.code)


def ask(cast, kind, **options):
    options = {"given": {"say": 1}, "by": cast.anna} | options
    return actions.ask_for_job(kind, cast.school.organisation.pk, **options)


# ---------------------------------------------------------------- states

WAYS = ("begin", "finish", "fail", "cancel", "lose", "retry", "back")


def go(job, way):
    """Try one way of a job; a refusal is an answer too."""
    current = Job.objects.get(pk=job.pk)
    does = {
        "begin": lambda: actions.begin_job(current, by=None),
        "finish": lambda: actions.finish_job(current, 1, by=None),
        "fail": lambda: actions.fail_job(current, by=None),
        "cancel": lambda: actions.cancel_job(current, by=None),
        "lose": lambda: actions.lose_jobs(by=None),
        "retry": lambda: actions.retry_job(current, by=None),
        "back": lambda: actions.put_job_back(current, by=None),
    }
    with contextlib.suppress(RefusedError):
        does[way]()


def test_whatever_is_tried_only_what_the_table_says_happens(cast, kind, request):
    made, done = kind
    chance = random.Random(14)
    seen = set()
    for _ in range(2000 if request.config.getoption("--deep") else 30):
        job, n_done, n_finished = ask(cast, made), len(done), 0
        for way in chance.choices(WAYS, k=12):
            before = Job.objects.get(pk=job.pk)
            go(job, way)
            after = Job.objects.get(pk=job.pk)
            if after.state != before.state:
                assert after.state in NEXT[S(before.state)]
                seen.add((before.state, after.state))
            assert (after.ended_at is None) == (after.state in OPEN)
            n_finished += after.state == S.DONE != before.state
        # what is kept is kept with the state, and once
        assert len(done) - n_done == n_finished <= 1
        Job.objects.all().delete()
    # the walks did go everywhere
    assert seen == {(before, after) for before in S for after in NEXT[before]}


def test_a_way_that_is_not_in_the_table_would_be_seen(cast, kind, monkeypatch):
    """The control: let a cancelled job be finished, and the walk of above sees it."""
    first = actions.begin_job(ask(cast, kind[0]), by=None)
    actions.cancel_job(first, by=None)
    Job.objects.filter(pk=first.pk).update(state=S.RUNNING, ended_at=None)
    actions.finish_job(first, 1, by=None)
    assert Job.objects.get(pk=first.pk).state not in NEXT[S.CANCELLED]


def test_every_state_can_be_reached_and_left_as_it_should():
    reached = {S.WAITING}
    for _ in S:
        reached |= {after for state in reached for after in NEXT[state]}
    assert reached == set(S) == set(NEXT)
    assert not NEXT[S.DONE]


@pytest.mark.both
@pytest.mark.parametrize(
    "wrong",
    [{"state": S.DONE}, {"ended_at": timezone.now()}, {"state": S.RUNNING, "tries": 0}],
)
def test_the_database_keeps_a_state_with_its_moments(cast, kind, wrong):
    job = ask(cast, kind[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(**wrong)


@pytest.mark.both
def test_of_one_thing_one_job_at_a_time(cast, kind):
    first = ask(cast, kind[0], alone="a")
    with pytest.raises(RefusedError, match="already"):
        ask(cast, kind[0], alone="a")
    ask(cast, kind[0], alone="b")
    actions.cancel_job(first, by=cast.anna)
    second = ask(cast, kind[0], alone="a")
    with pytest.raises(RefusedError, match="already"):
        actions.retry_job(first, by=cast.anna)
    work_on(second)
    actions.retry_job(first, by=cast.anna)
    assert Job.objects.get(pk=first.pk).state == S.WAITING


def test_a_crowd_of_jobs_is_refused(cast, kind, monkeypatch):
    monkeypatch.setattr(actions, "MOST_OPEN", 2)
    for _ in range(2):
        ask(cast, kind[0])
    with pytest.raises(RefusedError, match="Too much"):
        ask(cast, kind[0])
    actions.ask_for_job(kind[0], cast.other.organisation.pk, given={}, by=cast.vera)


# ---------------------------------------------------------------- done once


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_once_one_does_it(cast, kind):
    """The control: without asking whether it still waits, both would."""
    made, done = kind
    jobs = [ask(cast, made, given={"say": number}) for number in range(8)]
    barrier = threading.Barrier(2)

    def all_of_them():
        try:
            for job in jobs:
                barrier.wait(120)
                work_on(job)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=all_of_them) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == list(range(8))
    assert set(Job.objects.values_list("state", "tries")) == {(S.DONE, 1)}
    assert AuditEntry.objects.filter(action="job-begun").count() == 8


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_one_worker_works_and_the_next_takes_over(cast, kind, monkeypatch):
    monkeypatch.setattr(working_module, "STAND_BY_SECONDS", 0.05)
    made, done = kind
    assert not is_worked()
    with working():
        until(is_worked)
        with working():
            job = ask(cast, made, given={"say": 5})
            until(lambda: Job.objects.get(pk=job.pk).state == S.DONE)
    assert done == [5]
    assert not is_worked()


def until(true):
    for _ in range(600):
        if true():
            return
        threading.Event().wait(0.05)
    pytest.fail("waited half a minute for nothing")


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_short_ones_are_done_beside_a_long_one(cast, kind, settings):
    made, done = kind
    go_on, begun = threading.Event(), threading.Event()

    def long(order, _watch):
        begun.set()
        assert go_on.wait(120)
        return "long"

    from dataclasses import replace

    kinds.register(replace(made, find=long))
    short = replace(made, code="tests.short", is_short=True)
    kinds.register(short)
    try:
        with working():
            slow = ask(cast, made)
            assert begun.wait(120)
            quick = ask(cast, short, given={"say": "short"})
            until(lambda: Job.objects.get(pk=quick.pk).state == S.DONE)
            assert Job.objects.get(pk=slow.pk).state == S.RUNNING
            go_on.set()
            until(lambda: Job.objects.get(pk=slow.pk).state == S.DONE)
    finally:
        kinds._kinds.pop("tests.short")
    assert done == ["short", "long"]


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_stopped_leaves_its_job_to_the_next(cast, kind):
    made, done = kind
    begun = threading.Event()

    def endless(_order, watch):
        begun.set()
        while True:
            watch("", 0, 0)
            threading.Event().wait(0.02)

    from dataclasses import replace

    kinds.register(replace(made, find=endless))
    with working():
        job = ask(cast, made)
        assert begun.wait(120)
    job.refresh_from_db()
    assert (job.state, job.tries) == (S.WAITING, 1)
    kinds.register(made)
    with working():
        until(lambda: Job.objects.get(pk=job.pk).state == S.DONE)
    assert done == [1]


# ---------------------------------------------------------------- what comes of it on the pages


def page(user, job, follow=False):
    return signed_in(user).get(reverse("jobs:progress", args=[job.pk]), follow=follow)


def test_cancelled_while_it_waits_it_is_never_begun(cast, kind):
    made, done = kind
    job = ask(cast, made)
    signed_in(cast.anna).post(reverse("jobs:cancel", args=[job.pk]))
    work_on(job)
    assert done == []
    assert "Cancelled" in text(page(cast.anna, job))


def test_what_ended_meanwhile_is_not_cancelled(cast, kind):
    job = ask(cast, kind[0])
    work_on(job)
    signed_in(cast.anna).post(reverse("jobs:cancel", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == S.DONE
    assert page(cast.anna, job)["Location"] == "/"


def test_a_late_end_of_an_attempt_before_is_not_written(cast, kind):
    """Cancelled and asked for anew while the first attempt still counts: only the second may write."""
    made, done = kind
    first = actions.begin_job(ask(cast, made), by=None)
    actions.cancel_job(first, by=cast.anna)
    second = actions.begin_job(actions.retry_job(first, by=cast.anna), by=None)
    assert actions.finish_job(first, "late", by=None) is None
    assert actions.fail_job(first, by=None) is None
    assert not Job.objects.goes_on(first)
    assert not Job.objects.note(first, "", 1, 2)
    actions.finish_job(second, "right", by=None)
    assert done == ["right"]


def test_lost_it_is_told_on_the_first_page_and_done_anew_by_a_press(cast, kind):
    made, done = kind
    job = actions.begin_job(ask(cast, made), by=None)
    assert actions.lose_jobs(by=None) == 1
    assert actions.lose_jobs(by=None) == 0
    titles = [item.title for item in items_for(cast.anna, at_most=None)]
    assert "Anything" in titles
    assert "Anything" not in [item.title for item in items_for(cast.vera, at_most=None)]
    shown = text(page(cast.anna, job))
    assert "was restarted" in shown
    assert "Do it anew" in shown
    answer = signed_in(cast.anna).post(reverse("jobs:again", args=[job.pk]))
    assert answer["Location"] == reverse("jobs:progress", args=[job.pk])
    assert done == [1]


def test_while_another_of_the_same_is_done_it_is_not_offered_anew_and_the_page_says_why(cast, kind):
    made, _done = kind
    first = actions.begin_job(ask(cast, made, alone="x"), by=None)
    actions.lose_jobs(by=None)
    second = ask(cast, made, alone="x")
    shown = text(page(cast.anna, first))
    assert "another of the same is being done" in shown
    assert reverse("jobs:progress", args=[second.pk]) in shown
    assert "Do it anew" not in shown
    actions.cancel_job(second, by=cast.anna)
    assert "Do it anew" in text(page(cast.anna, first))


def test_refused_with_a_file_it_cannot_be_done_anew(cast, kind):
    """The file is gone with the refusal: nothing is kept that nobody needs."""
    made, _done = kind

    def refuse(_order, _watch):
        raise RefusedError(["Not this one.", "Try another."])

    from dataclasses import replace

    kinds.register(replace(made, find=refuse))
    job = ask(cast, made, given={"file_name": "a.pdf"}, upload=b"%PDF")
    work_on(job)
    job.refresh_from_db()
    assert (job.state, job.why, job.upload) == (S.FAILED, "Not this one.\nTry another.", None)
    shown = text(page(cast.anna, job))
    assert "Not this one." in shown
    assert "Do it anew" not in shown
    assert "was restarted" not in shown
    signed_in(cast.anna).post(reverse("jobs:again", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == S.FAILED


def test_a_file_is_kept_until_it_is_read_and_no_longer(cast, kind):
    made, _done = kind
    job = ask(cast, made, given={"file_name": "a", "say": 1}, upload=b"bytes")
    actions.begin_job(job, by=None)
    actions.lose_jobs(by=None)
    job.refresh_from_db()
    assert bytes(job.upload) == b"bytes"
    assert job.may_be_retried
    work_on(actions.retry_job(job, by=cast.anna))
    job.refresh_from_db()
    assert (job.state, job.upload) == (S.DONE, None)


def test_what_nobody_came_back_for_is_forgotten(cast, kind):
    job = actions.begin_job(ask(cast, kind[0], given={"file_name": "a"}, upload=b"bytes"), by=None)
    actions.fail_job(job, by=None)
    Job.objects.filter(pk=job.pk).update(ended_at=timezone.now() - dt.timedelta(days=31))
    late = ask(cast, kind[0])
    assert actions.forget_old_jobs(timezone.now() - dt.timedelta(days=30), by=None) == 1
    assert list(Job.objects.all()) == [late]


def test_where_nobody_works_the_page_says_so(cast, kind):
    job = ask(cast, kind[0])
    assert "does not answer" not in text(page(cast.anna, job))
    Job.objects.update(asked_at=timezone.now() - dt.timedelta(minutes=2))
    assert "does not answer" in text(page(cast.anna, job))


def test_the_page_works_without_a_script(cast):
    job = counted(cast)
    shown = text(page(cast.anna, job))
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in shown


def test_progress_is_written_at_most_once_a_second(cast, kind, django_assert_num_queries):
    from nastavnik.jobs.tasks.attempts import _Watch

    job = actions.begin_job(ask(cast, kind[0]), by=None)
    watch = _Watch(job, threading.Event())
    writes = []

    def noting(execute, sql, params, many, context):
        writes.extend(["."] if sql.startswith("UPDATE") else [])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(noting):
        until_moment = timezone.now() + dt.timedelta(seconds=2.2)
        n = 0
        while timezone.now() < until_moment:
            n += 1
            watch("step", n, 10**6)
    assert n > 100
    assert 1 <= len(writes) <= 2
