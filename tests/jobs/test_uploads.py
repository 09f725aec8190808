"""Files that come from outside are read by the worker: pages answer at once, whatever the file asks for."""

import io
import threading
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook
from tests.jobs.working import working
from tests.pages import signed_in, text
from tests.readers.test_bounded import LIST, PLAN, nested_forms

from nastavnik.jobs.choices import JobState
from nastavnik.jobs.models import Job
from nastavnik.people.models import RosterImport
from nastavnik.readers import bounded
from nastavnik.roadmaps.models import RoadmapDraft

pytestmark = [pytest.mark.django_db(transaction=True)]
S = JobState
LISTS, ROADMAPS = reverse("people:import"), reverse("roadmaps:read")


@pytest.fixture(autouse=True)
def by_the_worker(settings):
    settings.JOBS_AT_ONCE = False
    settings.JOB_PATIENCE_SECONDS = 60


def send(user, address, name, data):
    return signed_in(user).post(address, {"file": SimpleUploadedFile(name, data)})


def until(true, seconds=300):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited for nothing"
        time.sleep(0.05)


@pytest.mark.both
@pytest.mark.parametrize(
    ("address", "name", "data", "model", "leads_to"),
    [
        (LISTS, "список.csv", LIST, RosterImport, "people:import-preview"),
        (ROADMAPS, "план.txt", PLAN, RoadmapDraft, "roadmaps:draft"),
    ],
)
def test_what_is_read_soon_is_shown_at_once(cast, address, name, data, model, leads_to):
    with working():
        answer = send(cast.anna, address, name, data)
    made = model.objects.get()
    assert answer.url == reverse(leads_to, args=[made.pk])
    assert made.file_name == name
    job = Job.objects.get()
    assert (job.state, job.upload) == (S.DONE, None)


def test_what_takes_longer_has_a_page_of_its_own_and_is_not_lost(cast, settings):
    settings.JOB_PATIENCE_SECONDS = 0
    answer = send(cast.anna, LISTS, "список.csv", LIST)  # nobody works yet
    job = Job.objects.get()
    progress = reverse("jobs:progress", args=[job.pk])
    assert answer.url == progress
    client = signed_in(cast.anna)
    assert "список.csv" in text(client.get(progress))
    assert progress in text(client.get(LISTS))
    assert progress not in text(signed_in(cast.vera).get(LISTS))
    with working():
        until(lambda: Job.objects.get().state == S.DONE)
    draft = RosterImport.objects.get()
    assert client.get(progress).url == reverse("people:import-preview", args=[draft.pk])
    assert progress not in text(client.get(LISTS))
    draft.delete()
    assert client.get(progress).url == LISTS  # thrown away meanwhile


@pytest.mark.parametrize(("address", "name"), [(LISTS, "a.pdf"), (ROADMAPS, "a.xlsx")])
def test_a_refusal_stands_beside_the_field_as_before(cast, address, name):
    with working():
        answer = send(cast.anna, address, name, b"%PDF-1.4 something")
    assert answer.status_code == 200
    assert answer.context["form"].errors["file"] == Job.objects.get().why.splitlines()
    job = Job.objects.get()
    assert (job.state, job.upload) == (S.FAILED, None)
    # it is said there and then; the page does not keep telling it
    assert reverse("jobs:progress", args=[job.pk]) not in text(signed_in(cast.anna).get(address))


@pytest.mark.both
def test_cancelled_in_the_middle_the_reading_ends_and_nothing_is_left(cast, settings, monkeypatch):
    settings.JOB_PATIENCE_SECONDS = 0
    children = []

    class Seen(bounded.subprocess.Popen):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            children.append(self)

    monkeypatch.setattr(bounded.subprocess, "Popen", Seen)
    client = signed_in(cast.anna)
    with working():
        answer = send(cast.anna, ROADMAPS, "план.pdf", nested_forms())
        until(lambda: children)
        client.post(reverse("jobs:cancel", args=[Job.objects.get().pk]))
        pressed_at = time.monotonic()
        until(lambda: children[0].poll() is not None, 10)
        assert time.monotonic() - pressed_at < 10
    assert children[0].returncode == -9
    job = Job.objects.get()
    assert (job.state, job.upload) == (S.CANCELLED, None)
    assert not RoadmapDraft.objects.exists()
    assert "Cancelled" in text(client.get(answer.url))


# ---------------------------------------------------------------- hostile ones


def many_sheets(n):
    book = Workbook()
    for number in range(n):
        sheet = book.create_sheet(f"Л{number}")
        sheet["A1"], sheet["A2"] = "ФИО", "Ольхин Артём Сергеевич"
    return written(book)


def far_cell(n):
    book = Workbook()
    for row in range(1, n):
        book.active.cell(row=row, column=16384, value="ФИО")
    return written(book)


def written(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


#: Name, address, bytes: small, and those of the long run.
HOSTILE = {
    "nested forms": (ROADMAPS, "план.pdf", lambda _deep: nested_forms()),
    "sheets": (LISTS, "список.xlsx", lambda deep: many_sheets(2000 if deep else 200)),
    "far cells": (LISTS, "далеко.xlsx", lambda deep: far_cell(20_000 if deep else 500)),
    "underscores": (
        ROADMAPS, "план.txt", lambda deep: ("УТВЕРЖДАЮ" + "_" * (70_000 if deep else 700)).encode()
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_handed_to_the_background_and_pages_go_on(cast, settings, request, case):
    address, name, made = HOSTILE[case]
    data = made(request.config.getoption("--deep"))
    settings.JOB_PATIENCE_SECONDS = 1.5
    client = signed_in(cast.anna)
    client.get(LISTS)
    with working():
        began = time.monotonic()
        answer = send(cast.anna, address, name, data)
        # the wait itself, and what a busy machine adds
        assert time.monotonic() - began < 1.5 + 8
        assert answer.status_code in {200, 302}
        assert client.get(LISTS).status_code == 200
        until(lambda: not Job.objects.open().exists(), 300)
    job = Job.objects.get()
    assert job.state in {S.DONE, S.FAILED}
    assert job.upload is None


def test_the_control_read_within_the_request_a_hostile_file_holds_it(cast, settings, monkeypatch):
    """The request itself does the work: the same press takes as long as the reading may."""
    settings.JOBS_AT_ONCE = True
    monkeypatch.setattr(bounded, "Bounds", lambda: BOUNDS)
    began = time.monotonic()
    answer = send(cast.anna, ROADMAPS, "план.pdf", nested_forms())
    assert time.monotonic() - began > 2
    assert answer.context["form"].errors["file"]


BOUNDS = bounded.Bounds(seconds=3)


def test_a_short_one_waits_for_no_long_one(cast, settings):
    """While two files are read that ask for all their time, pages of others are as quick as ever."""
    settings.JOB_PATIENCE_SECONDS = 0
    with working() as worker:
        for _ in range(2):
            send(cast.anna, ROADMAPS, "план.pdf", nested_forms())
        until(lambda: Job.objects.filter(state=S.RUNNING).count() == 2)
        assert signed_in(cast.vera).get(LISTS).status_code == 200
        assert threading.active_count() >= 3
        for job in Job.objects.open():
            signed_in(cast.anna).post(reverse("jobs:cancel", args=[job.pk]))
        worker.stop()
