"""What the district's table costs: `python tools/measure_district.py [SCHOOLS] [LINES]`, 50 and 60 if nothing is said.

A municipality is made in bulk in a database of its own; one run opens the page and, by turns, a bare view that draws
a table of as many cells from ready words by Django's own templates, through the same middleware. Printed: statements,
bytes as they are and packed, CPU of both and their ratio. Not a test: the same number of statements for 3 and 50 schools is
proved in tests/districts.
"""

# ruff: noqa: E402 - Django is to be ready before the models are imported
import datetime as dt
import gzip
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src"
sys.path.insert(0, str(SOURCE))
FOLDER = tempfile.TemporaryDirectory(prefix="nastavnik-measure-")
os.environ["NASTAVNIK_DATA"] = FOLDER.name
os.environ["DJANGO_SETTINGS_MODULE"] = "nastavnik.config.settings"

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import Client, override_settings
from django.urls import include, path

from nastavnik.core.access import Role
from nastavnik.core.access.view_access import public
from nastavnik.core.dates import today
from nastavnik.districts import actions
from nastavnik.districts.models import DistrictLine
from nastavnik.organisations.actions import add_organisation, open_year
from nastavnik.organisations.choices import Level, OrganisationKind
from nastavnik.organisations.models import Organisation
from nastavnik.organisations.queries import year_bounds
from nastavnik.people.actions import add_account, grant_role
from nastavnik.people.models import User
from nastavnik.roadmaps.actions import make_from_catalogue
from nastavnik.roadmaps.choices import ActivityStatus, RoadmapLevel
from nastavnik.roadmaps.models import Activity

ROUNDS = 15
BARE = Template(
    "<!doctype html><title>bare</title><table>{% for name, cells in rows %}"
    "<tr><th>{{ name }}</th>{% for cell in cells %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"
)
SIZE = (50, 60)


@public
def bare(_request: HttpRequest) -> HttpResponse:
    """Draw as many cells from ready words."""
    n_schools, n_lines = SIZE
    words = ("done", "due", "late by 12 days", "not taken over")
    rows = [(f"School {n}", [words[(n + m) % 4] for m in range(n_lines)]) for n in range(n_schools)]
    return HttpResponse(BARE.render(Context({"rows": rows})))


urlpatterns = [path("bare/", bare), path("", include("nastavnik.config.urls"))]


def fill(n_schools: int, n_lines: int) -> User:
    """Make a municipality; return its coordinator. A quarter of the lines is done, some are late, some not taken over."""
    office = add_organisation(
        None, level=Level.MUNICIPALITY, kind=OrganisationKind.OFFICE, full_name="Управление", short_name="Район", town="Примерск",
        by=None,
    )  # fmt: skip
    rita = add_account("rita", None, full_name="Районова Рита", by=None)
    grant_role(rita, office, Role.COORDINATOR, by=None)
    roadmap = actions.make_municipal(office, by=rita)
    catalogue = list(roadmap.activities.all())
    first, last = year_bounds(today())
    for place in range(len(catalogue), n_lines):
        Activity.objects.create(
            organisation=office, roadmap=roadmap, position=place + 1, number=f"8.{place}",
            title=f"Дело района {place}: провести и описать, что получилось",
            ends_on=first + dt.timedelta(days=place * 5 % 300),
        )  # fmt: skip
    lines = actions.set_lines(roadmap, list(roadmap.activities.all()[:n_lines]), by=rita)
    for number in range(n_schools):
        school = add_organisation(
            office, level=Level.ORGANISATION, kind=OrganisationKind.SCHOOL, full_name=f"Школа № {number}",
            short_name=f"Школа № {number}", town="Примерск", by=None,
        )  # fmt: skip
        year = open_year(school, starts_on=first, ends_on=last, by=None)
        own = make_from_catalogue(year, RoadmapLevel.SCHOOL, by=None)
        lines = list(DistrictLine.objects.all())
        made = actions.adopt_lines(own, lines[number % 7 :], by=None)
        done = [one.activity_id for place, one in enumerate(made) if (place + number) % 4 == 0]
        Activity.objects.filter(pk__in=done).update(status=ActivityStatus.DONE, done_on=today())
        if number % 3:
            actions.send_roadmap(own, by=None)
    return rita


def cpu(client: Client, address: str) -> tuple[float, bytes]:
    """Return the CPU of one answer in milliseconds, and its bytes as they are."""
    began = time.process_time()
    response = client.get(address)
    took = (time.process_time() - began) * 1000
    if response.status_code != 200:  # noqa: PLR2004 - the answer is there
        raise SystemExit(f"{address}: {response.status_code}")
    return took, response.content


def _counting(statements: list[str]) -> Callable[..., object]:
    def wrapper(execute: Callable[..., object], sql: str, *rest: object) -> object:
        statements.append(sql)
        return execute(sql, *rest)

    return wrapper


def main(n_schools: int, n_lines: int) -> None:
    """Fill, measure by turns, print."""
    global SIZE  # noqa: PLW0603 - of the bare view, whose address takes nothing
    SIZE = (n_schools, n_lines)
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    rita = fill(n_schools, n_lines)
    client = Client()
    client.force_login(rita)
    with override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"]):
        cpu(client, "/district/roadmaps/")
        statements: list[str] = []
        with connection.execute_wrapper(_counting(statements)):
            _took, body = cpu(client, "/district/roadmaps/")
        ours, theirs = [], []
        for _round in range(ROUNDS):
            ours.append(cpu(client, "/district/roadmaps/")[0])
            theirs.append(cpu(client, "/bare/")[0])
    page, plain = sorted(ours)[ROUNDS // 2], sorted(theirs)[ROUNDS // 2]
    print(
        f"{Organisation.objects.below(rita).count()} schools x {DistrictLine.objects.count()} lines"
    )
    print(f"statements: {len(statements)}")
    print(f"bytes: {len(body)} raw, {len(gzip.compress(body, 6))} packed")
    print(
        f"CPU, median of {ROUNDS}: page {page:.1f} ms, bare view {plain:.1f} ms, ratio {page / plain:.2f}"
    )


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:3]]
    main(*(given or SIZE))
    FOLDER.cleanup()
