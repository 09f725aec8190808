"""An academic year that is a slip of the hand is asked about, in the settings and at the set-up."""

import datetime as dt

import pytest
from django.urls import reverse
from tests.pages import signed_in

from nastavnik.cabinet.forms import SetUpForm
from nastavnik.organisations.forms import YearForm
from nastavnik.organisations.models import AcademicYear

pytestmark = pytest.mark.django_db
WRONG = [
    ("2027-09-01", "2027-08-31", "ends_on"),
    ("2027-09-01", "2027-09-01", "ends_on"),
    ("2027-09-01", "9999-12-31", "ends_on"),
    ("2027-09-01", "2030-05-31", "ends_on"),
    ("9998-09-01", "9999-08-31", "starts_on"),
    ("0207-09-01", "2028-08-31", "starts_on"),
]


@pytest.mark.parametrize(("first", "last", "wrong"), WRONG)
def test_a_year_that_cannot_be_is_not_opened(cast, first, last, wrong):
    before = set(AcademicYear.objects.values_list("pk", flat=True))
    form = YearForm({"starts_on": first, "ends_on": last})
    assert set(form.errors) == {wrong}
    page = signed_in(cast.anna).post(
        reverse("organisations:add-year"), {"starts_on": first, "ends_on": last}
    )
    assert page.status_code < 500
    assert set(AcademicYear.objects.values_list("pk", flat=True)) == before
    setup = SetUpForm({"year_starts_on": first, "year_ends_on": last})
    assert f"year_{wrong}" in setup.errors


@pytest.mark.parametrize(
    ("first", "last"), [("2027-09-01", "2028-08-31"), ("2028-02-29", "2029-02-28")]
)
def test_any_year_that_can_be_is_taken(first, last):
    form = YearForm({"starts_on": first, "ends_on": last})
    assert not form.errors
    assert form.cleaned_data["ends_on"] > dt.date.fromisoformat(first)
