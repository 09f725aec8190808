"""What the pages cost at 5, 50, 200 and 500 pairs: statements, bytes, and CPU against a bare view of 50 rows.

A benchmark, never a test. It fills a database of its own in a temporary folder:

    .venv/bin/python tools/measure_pages.py
"""

import argparse
import datetime as dt
import gzip
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

N_SHOWN = 50
PAGES = (
    "/today/", "/pairs/", "/people/", "/consents/", "/mentees/", "/mentors/", "/base/mentee/add/", "/classes/",
    "/documents/", "/settings/accounts/", "/roadmap/", "/matching/", "/matching/past/", "/group-meetings/",
    "/search/?q=а",
)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Fill, measure and print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="5,50,200,500")
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "NASTAVNIK_DATA": folder,
            "DJANGO_SETTINGS_MODULE": "nastavnik.config.settings",
        }
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0, skip_checks=True)
        call_command("collectstatic", interactive=False, verbosity=0)
        for size in map(int, options.sizes.split(",")):
            call_command("flush", interactive=False, verbosity=0)
            school = fill(size)
            report(school, size, options.repeats)
    return 0


@dataclass(frozen=True)
class Measured:
    """A filled school: its row, its curator, one of its pairs, one of its group meetings."""

    organisation: Any
    curator: Any
    first_pair: int
    meeting: int


def fill(size: int) -> Measured:
    """Make a school with `size` running pairs, each with the meetings of its year."""
    from nastavnik.mentorships.actions import plan_meetings
    from nastavnik.mentorships.choices import MentorshipStatus
    from nastavnik.mentorships.models import Mentorship, Tie

    school, year, curator, programme = open_school()
    mentors, mentees = fill_bases(programme, size)
    pairs = Mentorship.objects.bulk_create(
        Mentorship(
            organisation=school, programme=programme, form=programme.forms.get(), mentor=mentor,
            starts_on=year.starts_on, ends_on=year.ends_on, status=MentorshipStatus.ACTIVE,
        )
        for mentor in mentors
    )  # fmt: skip
    Tie.objects.bulk_create(
        Tie(organisation=school, mentorship=pair, mentee=mentee, starts_on=pair.starts_on)
        for pair, mentee in zip(pairs, mentees, strict=True)
    )
    plan_meetings(pairs, by=curator)
    return Measured(school, curator, pairs[0].pk, fill_other_lists(programme, mentors, curator))


def open_school() -> tuple[Any, Any, Any, Any]:
    """Set a school up as a curator would; return it with its year, its curator and its programme."""
    from nastavnik.cabinet.actions import set_up
    from nastavnik.core.dates import today
    from nastavnik.organisations.queries import year_bounds
    from nastavnik.programmes.actions import load_directory, open_programme
    from nastavnik.programmes.models import MentoringForm

    first, last = year_bounds(today())
    curator = set_up(
        municipality="Примерский район", year_starts_on=first, year_ends_on=last,
        curator_name="Кураторова Анна Ивановна", login="curator", password="три слова подряд",  # noqa: S106 - of a database that is thrown away
        kind="school", full_name="Школа", short_name="Школа", town="Примерск",
        head_name="Образцова Вера Сергеевна", head_position="директор", by=None,
    )  # fmt: skip
    school = curator.workplace
    year = school.years.get()
    load_directory(by=None)
    programme = open_programme(
        year, title="Программа", starts_on=first, ends_on=last.replace(month=5, day=25),
        forms=MentoringForm.objects.directory().filter(code="pupil_pupil"), by=curator,
    )  # fmt: skip
    return school, year, curator, programme


def fill_bases(programme: Any, size: int) -> tuple[list[Any], list[Any]]:  # noqa: ANN401 - a class known after the set-up
    """Put `size` mentors and as many mentees into the bases, in pairs already."""
    from nastavnik.demo.names import people
    from nastavnik.people.models import Enrolment, Person, StudyGroup
    from nastavnik.programmes.choices import ParticipationStatus, Side
    from nastavnik.programmes.models import Participation

    at, year, names = programme.organisation, programme.year, people()
    group = StudyGroup.objects.create(organisation=at, year=year, name="9А", grade=9)
    born = year.starts_on.replace(year=year.starts_on.year - 15)
    everybody = [
        Person(organisation=at, kind="pupil", birth_date=born - dt.timedelta(n), **next(names))
        for n in range(2 * size)
    ]
    for person in everybody:
        person.save()  # one by one: saving folds the name for the search
    Enrolment.objects.bulk_create(
        Enrolment(organisation=at, person=one, study_group=group, starts_on=year.starts_on)
        for one in everybody
    )
    records = Participation.objects.bulk_create(
        Participation(
            organisation=at, programme=programme, person=one, capacity=1, active_count=1,
            side=Side.MENTOR if n < size else Side.MENTEE, status=ParticipationStatus.PAIRED,
            starts_on=year.starts_on, request="подтянуть математику", areas=["maths"],
        )
        for n, one in enumerate(everybody)
    )  # fmt: skip
    through, form = Participation.forms.through, programme.forms.get()
    through.objects.bulk_create(
        through(participation_id=one.pk, mentoringform_id=form.pk) for one in records
    )
    return records[:size], records[size:]


def fill_other_lists(programme: Any, mentors: list[Any], curator: Any) -> int:  # noqa: ANN401 - as above
    """Give the lists that do not grow with the pairs fifty rows each; return the key of a group meeting."""
    from django.utils import timezone

    from nastavnik.core.access import Role
    from nastavnik.documents.models import Document
    from nastavnik.matching.models import MatchingRun
    from nastavnik.people.models import Membership, Person, StudyGroup, User
    from nastavnik.programmes.models import Attendance, GroupMeeting
    from nastavnik.roadmaps.actions import make_from_catalogue
    from nastavnik.roadmaps.choices import RoadmapLevel
    from nastavnik.roadmaps.models import Activity

    at, year, numbers = programme.organisation, programme.year, range(N_SHOWN)
    Document.objects.bulk_create(
        Document(
            organisation=at,
            year=year,
            kind="pair_order",
            title=f"Приказ о парах {n}",
            search_text="приказ",
        )
        for n in numbers
    )
    users = User.objects.bulk_create(
        User(login=f"user{n}", full_name=f"Сотрудникова Анна {n}") for n in numbers
    )
    Membership.objects.bulk_create(
        Membership(organisation=at, user=user, role=Role.SOCIAL_TEACHER, starts_on=year.starts_on)
        for user in users
    )
    MatchingRun.objects.bulk_create(
        MatchingRun(
            organisation=at,
            programme=programme,
            number=n + 1,
            n_mentees=30,
            n_matched=29,
            total_score=1,
            is_certified=True,
            status="approved",
            approved_at=timezone.now(),
            snapshot={"mentors": []},
        )
        for n in numbers
    )
    StudyGroup.objects.bulk_create(
        StudyGroup(organisation=at, year=year, name=f"5-{n}", grade=5) for n in numbers
    )
    idle = [
        Person(
            organisation=at,
            kind="pupil",
            last_name=f"Свободнова {n}",
            first_name="Аня",
            birth_date=year.starts_on,
        )
        for n in numbers
    ]
    for one in idle:
        one.save()
    roadmap = make_from_catalogue(year, RoadmapLevel.SCHOOL, by=curator)
    there = roadmap.activities.count()
    Activity.objects.bulk_create(
        Activity(
            organisation=at,
            roadmap=roadmap,
            position=n + 1,
            number=f"8.{n}",
            title=f"Дело {n}",
            responsible="Куратор",
            term_text="до 15 мая",
            ends_on=programme.ends_on,
        )
        for n in range(there, N_SHOWN)
    )
    GroupMeeting.objects.bulk_create(
        GroupMeeting(organisation=at, programme=programme, held_on=year.starts_on) for _ in numbers
    )
    meeting = GroupMeeting.objects.first()
    Attendance.objects.bulk_create(
        Attendance(organisation=at, meeting=meeting, record=record, came=True)
        for record in mentors[:N_SHOWN]
    )
    return int(meeting.pk) if meeting else 0


def report(school: Measured, size: int, repeats: int) -> None:
    """Print a line a page: statements, kilobytes, kilobytes on the wire, CPU against the bare view."""
    from django.db import connection
    from django.test import Client

    # a client keeps the middleware of its first request: the bare project needs one of its own
    client, other = Client(HTTP_HOST="localhost"), Client(HTTP_HOST="localhost")
    client.force_login(school.curator, backend="nastavnik.people.access.Accounts")
    other.force_login(school.curator, backend=BARE_BACKEND)
    plain = cpu(bare_view(school, other), repeats)
    print(f"\n{size} pairs; a bare view of {N_SHOWN} rows takes {1000 * plain:.1f} ms of CPU")
    month = client.get("/pairs/month/").headers["Location"]
    of_one = (f"/pairs/{school.first_pair}/", f"/group-meetings/{school.meeting}/", month)
    for address in (*PAGES, *of_one):
        answer = client.get(address, follow=True)
        if answer.status_code != 200:  # noqa: PLR2004 - OK
            print(f"  {address:24} {answer.status_code}")
            continue
        statements: list[str] = []
        with connection.execute_wrapper(noting(statements)):
            client.get(address, follow=True)
        took = cpu(lambda address=address: client.get(address, follow=True), repeats)
        body = answer.content
        print(
            f"  {address:24} {len(statements):3} statements {len(body) / 1024:7.1f} kB"
            f" {len(gzip.compress(body)) / 1024:6.1f} kB gzip {1000 * took:7.1f} ms = {took / plain:.1f} x bare"
        )


def noting(statements: list[str]) -> Callable[..., object]:
    """Return a wrapper of statements that keeps their text."""

    def wrap(execute: Callable[..., object], sql: str, *rest: Any) -> object:
        statements.append(sql)
        return execute(sql, *rest)

    return wrap


def bare_view(school: Measured, client: Any) -> Callable[[], object]:  # noqa: ANN401 - Django's, after the set-up
    """Return a call of the plainest signed-in Django list of fifty people, with a new project's middleware."""
    from django.test import override_settings

    bare.organisation = school.organisation  # type: ignore[attr-defined]

    def call() -> object:
        with override_settings(
            ROOT_URLCONF=__name__,
            MIDDLEWARE=BARE_MIDDLEWARE,
            AUTHENTICATION_BACKENDS=[BARE_BACKEND],
        ):
            return client.get("/bare/")

    return call


BARE_BACKEND = "django.contrib.auth.backends.ModelBackend"
BARE_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROWS = """<!doctype html><title>{{ request.user }}</title><table>{% for one in people %}<tr><td>{{ one.last_name }}</td>
<td>{{ one.first_name }}</td><td>{{ one.patronymic }}</td><td>{{ one.birth_date|date:"d.m.Y" }}</td>
<td>{{ one.get_kind_display }}</td></tr>{% endfor %}</table>"""


def bare(request: Any) -> Any:  # noqa: ANN401 - as above
    """Show fifty people in a table."""
    from django.http import HttpResponse
    from django.template import engines

    from nastavnik.people.models import Person

    people = list(Person.objects.filter(organisation=bare.organisation)[:N_SHOWN])  # type: ignore[attr-defined]
    people = (people * N_SHOWN)[:N_SHOWN]
    if not hasattr(bare, "template"):
        bare.template = engines["django"].from_string(ROWS)  # type: ignore[attr-defined]
    return HttpResponse(bare.template.render({"people": people}, request))  # type: ignore[attr-defined]


def urls() -> list[Any]:
    """Return the one address of the bare project."""
    from django.urls import path

    return [path("bare/", bare)]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - urlpatterns are made when Django asks: not before its set-up
    if name == "urlpatterns":
        return urls()
    raise AttributeError(name)


def cpu(do: Callable[[], object], repeats: int) -> float:
    """Return the median CPU time of a call in seconds, the first one left out."""
    do()
    times = []
    for _ in range(repeats):
        started = time.process_time()
        do()
        times.append(time.process_time() - started)
    return statistics.median(times)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
