"""The tree, the years and the card of an organisation."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from tests.pages import said, signed_in

from nastavnik.core.access import Role
from nastavnik.organisations.actions import add_organisation, add_partner, open_year
from nastavnik.organisations.choices import Level, OrganisationKind
from nastavnik.organisations.models import AcademicYear, Organisation, Partner
from nastavnik.organisations.queries import is_set_up, year_bounds, year_for
from nastavnik.people.actions import add_account, grant_role

pytestmark = pytest.mark.django_db


def node(parent, name, level=Level.ORGANISATION):
    kind = OrganisationKind.SCHOOL if level == Level.ORGANISATION else OrganisationKind.OFFICE
    return add_organisation(
        parent, level=level, kind=kind, full_name=name, short_name=name, town="Примерск", by=None
    )


def coordinator_of(organisation):
    user = add_account("rita", None, full_name="Районова Рита", by=None)
    grant_role(user, organisation, Role.COORDINATOR, by=None)
    return user


def test_the_path_is_the_chain_from_the_root():
    assert not is_set_up()
    region = node(None, "Область", Level.REGION)
    district = node(region, "Район", Level.MUNICIPALITY)
    school = node(district, "Школа")
    assert region.path == f"/{region.pk}/"
    assert school.path == f"/{region.pk}/{district.pk}/{school.pk}/"
    assert is_set_up()


def test_a_coordinator_sees_the_schools_under_the_own_office_only():
    region = node(None, "Область", Level.REGION)
    district = node(region, "Район", Level.MUNICIPALITY)
    neighbour = node(region, "Соседний район", Level.MUNICIPALITY)
    own = {node(district, "Школа 1"), node(district, "Школа 2")}
    node(neighbour, "Школа 3")
    node(region, "Школа области")
    user = coordinator_of(district)
    assert set(Organisation.objects.below(user)) == own


def test_a_coordinator_of_the_region_sees_every_school_and_no_office():
    region = node(None, "Область", Level.REGION)
    schools = {node(node(region, f"Район {n}", Level.MUNICIPALITY), f"Школа {n}") for n in (1, 2)}
    assert set(Organisation.objects.below(coordinator_of(region))) == schools


def test_keys_that_begin_alike_do_not_mix():
    """Node 1 must not take in what lies under node 11."""
    nodes = [node(None, f"Район {n}", Level.MUNICIPALITY) for n in range(12)]
    alike = [(a, b) for a in nodes for b in nodes if str(b.pk).startswith(str(a.pk)) and a != b]
    if not alike:  # PostgreSQL goes on counting: make such a pair
        first = nodes[0]
        longer = Organisation.objects.create(
            pk=int(f"{first.pk}7"), level=Level.MUNICIPALITY, path=f"/{first.pk}7/"
        )
        alike = [(first, longer)]
    short, longer = alike[0]
    node(longer, "Чужая школа")
    own = node(short, "Своя школа")
    assert list(Organisation.objects.below(coordinator_of(short))) == [own]


def test_a_curator_is_below_nobody(cast):
    assert not Organisation.objects.below(cast.anna).exists()
    assert list(Organisation.objects.visible_to(cast.anna)) == [cast.school.organisation]


@pytest.mark.parametrize(
    ("day", "first"),
    [("2026-08-31", 2025), ("2026-09-01", 2026), ("2027-01-01", 2026), ("2026-12-31", 2026)],
)
def test_the_academic_year_turns_on_the_first_of_september(day, first):
    assert year_bounds(dt.date.fromisoformat(day)) == (
        dt.date(first, 9, 1),
        dt.date(first + 1, 8, 31),
    )


@pytest.fixture
def school():
    return node(None, "Школа")


def test_the_same_year_is_opened_once(school):
    first, last = dt.date(2026, 9, 1), dt.date(2027, 8, 31)
    year = open_year(school, starts_on=first, ends_on=last, by=None)
    assert open_year(school, starts_on=first, ends_on=last, by=None) == year
    assert str(year) == "2026/27"


@pytest.mark.both
def test_the_database_keeps_years_apart_and_the_right_way_round(school):
    day = dt.date(2026, 9, 1)
    open_year(school, starts_on=day, ends_on=day + dt.timedelta(days=364), by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        AcademicYear.objects.create(organisation=school, starts_on=day, ends_on=dt.date(2028, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        AcademicYear.objects.create(
            organisation=school, starts_on=dt.date(2028, 9, 1), ends_on=dt.date(2028, 9, 1)
        )


def test_the_year_of_a_day_or_the_latest(school):
    assert year_for(school, dt.date(2026, 10, 1)) is None
    years = [
        open_year(school, starts_on=dt.date(n, 9, 1), ends_on=dt.date(n + 1, 5, 31), by=None)
        for n in (2024, 2025)
    ]
    assert year_for(school, dt.date(2024, 10, 1)) == years[0]
    assert year_for(school, dt.date(2026, 7, 1)) == years[1]  # the holidays between two years


def test_a_partner_is_kept_once(school):
    assert add_partner(school, name="АО «Завод»", by=None) == add_partner(
        school, name="АО «Завод»", by=None
    )


CARD = {
    "full_name": "МБОУ «Школа № 1»",
    "short_name": "Школа № 1",
    "kind": "school",
    "town": "г. Примерск",
    "time_zone": "Asia/Omsk",
    "head_name": "Директорова Дина Дмитриевна",
    "head_position": "директор",
}


def test_the_settings_show_the_own_organisation(cast):
    response = signed_in(cast.anna).get("/settings/")
    assert response.context["organisation"] == cast.school.organisation
    assert [year.pk for year in response.context["years"]] == [cast.school.year.pk]
    assert [one.organisation_id for one in response.context["partners"]] == [
        cast.school.organisation.pk
    ]


def test_a_reader_sees_the_settings_without_buttons(cast):
    response = signed_in(cast.users[Role.DEPUTY_DIRECTOR]).get("/settings/")
    assert response.status_code == 200
    assert not response.context["may_edit"]
    assert "/settings/years/" not in response.content.decode()


def test_the_card_is_changed(cast):
    client = signed_in(cast.anna)
    assert client.get("/settings/organisation/").status_code == 200
    response = client.post("/settings/organisation/", CARD | {"town": "пос. Новый"}, follow=True)
    assert response.redirect_chain == [("/settings/", 302)]
    cast.school.organisation.refresh_from_db()
    assert cast.school.organisation.town == "пос. Новый"
    assert cast.school.organisation.time_zone == "Asia/Omsk"
    assert cast.school.organisation.path  # the tree itself stays


@pytest.mark.parametrize(
    "wrong", [{"head_name": ""}, {"full_name": ""}, {"kind": "office"}, {"time_zone": "Mars/Base"}]
)
def test_a_card_with_a_gap_is_not_saved(cast, wrong):
    response = signed_in(cast.anna).post("/settings/organisation/", CARD | {"town": "Х"} | wrong)
    assert response.status_code == 200
    assert set(wrong) == set(response.context["form"].errors)
    cast.school.organisation.refresh_from_db()
    assert cast.school.organisation.town == "г. Примерск"


def test_a_year_is_opened_and_a_wrong_one_is_not(cast):
    client = signed_in(cast.anna)
    client.post("/settings/years/", {"starts_on": "2031-09-01", "ends_on": "2032-08-31"})
    client.post("/settings/years/", {"starts_on": "2033-09-01", "ends_on": "2033-08-31"})
    response = client.post("/settings/years/", {"starts_on": "завтра"}, follow=True)
    assert said(response)
    starts = AcademicYear.objects.filter(organisation=cast.school.organisation).values_list(
        "starts_on", flat=True
    )
    assert list(starts) == [dt.date(2031, 9, 1), cast.school.year.starts_on]


def test_a_partner_is_added_by_name(cast):
    client = signed_in(cast.anna)
    client.post("/settings/partners/", {"name": "ООО «Пекарня»"})
    client.post("/settings/partners/", {"name": " "})
    own = Partner.objects.filter(organisation=cast.school.organisation)
    assert set(own.values_list("name", flat=True)) == {"Завод", "ООО «Пекарня»"}


def test_names_are_what_a_person_reads(school):
    assert str(school) == "Школа"
    assert str(add_partner(school, name="АО «Завод»", by=None)) == "АО «Завод»"
