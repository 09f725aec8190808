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
from typing import Any

N_SHOWN = 50
PAGES = ("/today/", "/pairs/", "/people/", "/consents/", "/mentees/", "/mentors/", "/matching/")


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


def fill(size: int) -> Any:  # noqa: ANN401 - a school of the demo, whose class is known after the set-up
    """Make a school with `size` running pairs, each with the meetings of its year."""
    from nastavnik.core.dates import today
    from nastavnik.demo.names import people
    from nastavnik.demo.scenario import School, _school
    from nastavnik.mentorships.actions import plan_meetings
    from nastavnik.mentorships.choices import MentorshipStatus
    from nastavnik.mentorships.models import Mentorship, Tie
    from nastavnik.organisations.actions import add_organisation
    from nastavnik.organisations.choices import Kind, Level
    from nastavnik.people.models import Enrolment, Person, StudyGroup
    from nastavnik.programmes.actions import load_directory
    from nastavnik.programmes.choices import ParticipationStatus, Side
    from nastavnik.programmes.models import Participation

    load_directory(by=None)
    district = add_organisation(
        None, level=Level.MUNICIPALITY, kind=Kind.OFFICE, full_name="Район", short_name="Район",
        town="Примерск", by=None,
    )  # fmt: skip
    school: School = _school(district, "Школа", "Образцова Вера Сергеевна", "Кураторова Анна", 1)
    programme = school._open_programme()
    at, year = school.organisation, school.year
    group = StudyGroup.objects.create(organisation=at, year=year, name="9А", grade=9)
    names = people()
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
            organisation=at, programme=programme, person=one, side=side, capacity=1, active_count=1,
            status=ParticipationStatus.PAIRED, starts_on=year.starts_on, request="подтянуть математику",
            areas=["maths"],
        )
        for side, half in ((Side.MENTOR, everybody[:size]), (Side.MENTEE, everybody[size:]))
        for one in half
    )  # fmt: skip
    form = programme.forms.get(code="pupil_pupil")
    through = Participation.forms.through
    through.objects.bulk_create(
        through(participation_id=one.pk, mentoringform_id=form.pk) for one in records
    )
    pairs = Mentorship.objects.bulk_create(
        Mentorship(
            organisation=at, programme=programme, form=form, mentor=mentor, starts_on=year.starts_on,
            ends_on=year.ends_on, status=MentorshipStatus.ACTIVE,
        )
        for mentor in records[:size]
    )  # fmt: skip
    Tie.objects.bulk_create(
        Tie(organisation=at, mentorship=pair, mentee=mentee)
        for pair, mentee in zip(pairs, records[size:], strict=True)
    )
    plan_meetings(pairs, by=school.curator)
    school.first_pair = pairs[0].pk  # type: ignore[attr-defined]
    school.month = f"{today():%Y-%m}"  # type: ignore[attr-defined]
    return school


def report(school: Any, size: int, repeats: int) -> None:  # noqa: ANN401 - as above
    """Print a line a page: statements, kilobytes, kilobytes on the wire, CPU against the bare view."""
    from django.db import connection
    from django.test import Client

    client = Client(HTTP_HOST="localhost")
    client.force_login(school.curator, backend="django.contrib.auth.backends.ModelBackend")
    plain = cpu(bare_view(school, client), repeats)
    print(f"\n{size} pairs; a bare view of {N_SHOWN} rows takes {1000 * plain:.1f} ms of CPU")
    for address in (*PAGES, f"/pairs/{school.first_pair}/", "/pairs/month/"):
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

    def wrap(execute: Callable[..., object], sql: str, *rest: Any) -> object:  # noqa: ANN401 - as Django passes them
        statements.append(sql)
        return execute(sql, *rest)

    return wrap


def bare_view(school: Any, client: Any) -> Callable[[], object]:  # noqa: ANN401 - as above
    """Return a call of the plainest signed-in Django list of fifty people, with a new project's middleware."""
    from django.test import override_settings

    bare.organisation = school.organisation  # type: ignore[attr-defined]

    def call() -> object:
        with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=BARE_MIDDLEWARE):
            return client.get("/bare/")

    return call


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
