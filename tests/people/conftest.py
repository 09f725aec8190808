"""Two schools with a curator each, made by the same actions as real ones."""

import datetime as dt
import io

import pytest
from openpyxl import Workbook

from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.organisations.actions import add_organisation, open_year
from nastavnik.organisations.choices import Level, OrganisationKind
from nastavnik.organisations.queries import year_bounds
from nastavnik.people.actions import add_account, grant_role


def make_school(name, *, kind=OrganisationKind.SCHOOL, with_year=True):
    school = add_organisation(
        None,
        level=Level.ORGANISATION,
        kind=kind,
        full_name=f"МБОУ «{name}»",
        short_name=name,
        town="Примерск",
        by=None,
    )
    if with_year:
        first, last = year_bounds(today())
        open_year(school, starts_on=first, ends_on=last, by=None)
    return school


def make_curator(school, login):
    user = add_account(login, None, full_name="Кураторова Кира", by=None)
    grant_role(user, school, Role.CURATOR, starts_on=dt.date(2020, 9, 1), by=None)
    return user


@pytest.fixture
def school(db):
    return make_school("Школа № 1")


@pytest.fixture
def curator(school):
    return make_curator(school, "kurator")


@pytest.fixture
def stranger(db):
    """A curator of another school."""
    return make_curator(make_school("Школа № 2"), "sosed")


@pytest.fixture
def site(client, curator):
    """A browser in which the curator is signed in."""
    client.force_login(curator, backend="nastavnik.people.access.Accounts")
    return client


def workbook(**sheets):
    """Return the bytes of an .xlsx with sheets of rows."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture(name="workbook")
def workbook_fixture():
    return workbook
