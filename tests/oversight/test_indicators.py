"""Schools × indicators: sums as each school counts itself, no small count to be worked out, no name, as many queries for forty as for ten."""

import datetime as dt
import re
from time import perf_counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import CANARY, approve_pairs
from tests.pages import signed_in as signed_in_as
from tests.pages import text

from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.documents.actions import register_document, set_requisites
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.monitoring.catalogues import indicator_rule, indicator_rules
from nastavnik.monitoring.models import HandCount
from nastavnik.monitoring.queries.indicators import certificates_of
from nastavnik.organisations.choices import Level, OrganisationKind
from nastavnik.organisations.models import Organisation
from nastavnik.oversight.queries import counted_rules, found_by_school, is_part, roll_up
from nastavnik.people.choices import PersonKind
from nastavnik.people.models import Person
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import MentoringForm, Participation

pytestmark = pytest.mark.django_db
PAGE = "/district/indicators/"
NOW = today().year
HIDDEN = r">\s*скрыто\s*<"


def signed_in(user):
    return signed_in_as(user, "ru")


def school_in(cast, number):
    made = Organisation.objects.create(
        parent=cast.district, level=Level.ORGANISATION, kind=OrganisationKind.SCHOOL,
        full_name=f"Школа {number}", short_name=f"Школа {number:04}", town="Примерск",
    )  # fmt: skip
    made.path = f"{cast.district.path}{made.pk}/"
    made.save()
    return made


def enter(school, whole, year=NOW, codes=None):
    HandCount.objects.bulk_create(
        HandCount(organisation=school, code=code, year=year, value=whole, basis="ОО-1", entered_on=today())
        for code in codes or [rule.code for rule in indicator_rules()]
    )  # fmt: skip


def running_pairs(cast, schools, n_pairs, *, starts_on=None):
    """Give each school as many pupils' pairs as said, in few writes: the mentees are twelve, the mentors sixteen."""
    wanted = [(school, n) for school in schools for n in range(n_pairs[school.pk])]
    started = starts_on or today()

    def base(side, age):
        people = Person.objects.bulk_create(
            Person(
                organisation=school, kind=PersonKind.PUPIL, last_name=f"Сводный{CANARY}", first_name=f"{n}",
                search_name=f"{side} {n} {place}", birth_date=dt.date(NOW - age, 3, 1),
            )
            for place, (school, n) in enumerate(wanted)
        )  # fmt: skip
        return Participation.objects.bulk_create(
            Participation(
                organisation=one.organisation, programme=cast.school.programme, person=one, side=side,
                status=ParticipationStatus.READY, starts_on=started, active_count=int(side == Side.MENTOR),
            )
            for one in people
        )  # fmt: skip

    form = MentoringForm.objects.filter(code="pupil_pupil").earliest("pk")
    pairs = Mentorship.objects.bulk_create(
        Mentorship(
            organisation=mentor.organisation, programme=cast.school.programme, form=form, mentor=mentor,
            status=MentorshipStatus.ACTIVE, starts_on=started, ends_on=started + dt.timedelta(200),
        )
        for mentor in base(Side.MENTOR, 16)
    )  # fmt: skip
    Tie.objects.bulk_create(
        Tie(organisation=pair.organisation, mentorship=pair, mentee=mentee, starts_on=started)
        for pair, mentee in zip(pairs, base(Side.MENTEE, 12), strict=True)
    )


def district_of(cast, numbers, whole=100):
    """Add schools with so many pairs each, and whole pupils of each."""
    schools = [school_in(cast, place) for place, _n in enumerate(numbers, 10)]
    running_pairs(cast, schools, {one.pk: n for one, n in zip(schools, numbers, strict=True)})
    for one in schools:
        enter(one, whole)
    return schools


def column(cast, code, year=NOW):
    rolled = roll_up(cast.coordinator, year)
    place = rolled.rules.index(indicator_rule(code))
    return {row.pk: row.cells[place] for row in (rolled.total, *rolled.schools)}


def test_counts_and_wholes_are_summed_and_never_shares(cast):
    small, large = district_of(cast, [10, 30])
    HandCount.objects.filter(organisation=small).update(value=20)
    HandCount.objects.filter(organisation=large).update(value=300)
    cells = column(cast, "K1")
    assert (cells[small.pk].n, cells[large.pk].n) == (10, 30)
    assert (cells[None].n, cells[None].whole) == (40, 320)
    # 12.5 and not the mean of 50 and 10
    assert cells[None].share.percent == pytest.approx(12.5)
    assert "40 из 320, 12,5 %" in text(signed_in(cast.coordinator).get(PAGE))


def test_a_school_counts_the_same_for_itself(cast):
    order = approve_pairs(cast.school)
    set_requisites(order, number="1-н", dated_on=today(), by=cast.anna)
    register_document(order, by=cast.anna)
    own = cast.school.organisation
    district_of(cast, [9])
    told = {one.rule.code: one.found.n for one in certificates_of(cast.anna, own, NOW)}
    assert told["K1"] == 2
    told = {code: told[code] for code in told if code not in {"K5", "K6"}}
    found = found_by_school(cast.coordinator, counted_rules(), NOW)[own.pk]
    assert {code: one.n for code, one in found.items()} == told
    # and two are too few to be told the district
    assert column(cast, "K1")[own.pk].n is None


def test_small_counts_are_hidden_and_with_them_what_gives_them_away(cast):
    three, nine, many = district_of(cast, [3, 9, 40])
    cells = column(cast, "K1")
    assert [cells[one.pk].n for one in (three, nine, many)] == [None, None, 40]
    assert cells[None].n == 52
    page = text(signed_in(cast.coordinator).get(PAGE))
    assert re.search(HIDDEN, page)
    assert "3 из 100" not in page
    assert "9 из 100" not in page


def test_satisfaction_is_asked_and_not_counted_here(cast):
    district_of(cast, [6])
    rolled = roll_up(cast.coordinator, NOW)
    assert [rule.code for rule in rolled.rules] == ["K1", "K1a", "K1b", "K2", "K3", "K4"]
    page = text(signed_in(cast.coordinator).get(PAGE))
    assert "Уровень удовлетворенности" not in page
    assert "K5, K6" in page


def test_nothing_summed_is_not_called_hidden(cast):
    district_of(cast, [8])
    HandCount.objects.all().delete()
    assert column(cast, "K1")[None].n_schools == 0
    assert not re.search(HIDDEN, text(signed_in(cast.coordinator).get(PAGE)))


def test_a_school_in_no_sum_is_told_as_such(cast):
    without, above, whole = district_of(cast, [7, 8, 20])
    HandCount.objects.filter(organisation=without).delete()
    HandCount.objects.filter(organisation=above).update(value=6)
    cells = column(cast, "K1")
    assert cells[None].n == 20
    assert cells[without.pk].whole is None
    assert cells[above.pk].is_above
    page = text(signed_in(cast.coordinator).get(PAGE))
    assert re.search(r">\s*7\s*</td>", page)
    assert "больше целого" in page
    assert cells[whole.pk].n == 20


def test_a_wider_indicator_gives_no_narrower_one_away(cast):
    (school,) = district_of(cast, [12])
    # twelve mentees of the twelve to eighteen; one of nineteen besides makes thirteen of K1a: one person between them
    person = Tie.objects.filter(organisation=school).latest("pk").mentee.person
    Person.objects.filter(pk=person.pk).update(birth_date=dt.date(NOW - 19, 3, 1))
    cells = {code: column(cast, code)[school.pk].n for code in ("K1", "K1a")}
    assert cells == {"K1": None, "K1a": 12}
    rules = {rule.code: rule for rule in indicator_rules()}
    assert is_part(rules["K1"], rules["K1a"])
    assert is_part(rules["K1a"], rules["K1b"])
    assert is_part(rules["K2"], rules["K1b"])
    assert not is_part(rules["K1a"], rules["K1"])
    assert not is_part(rules["K2"], rules["K1"])


def test_the_silent_come_first_and_any_year_can_be_asked(cast):
    busy, old = district_of(cast, [6, 8])
    Tie.objects.filter(organisation=old).update(
        starts_on=dt.date(NOW - 1, 2, 1), ends_on=dt.date(NOW - 1, 9, 1)
    )
    HandCount.objects.filter(organisation=old).update(year=NOW - 1)
    rolled = roll_up(cast.coordinator, NOW)
    silent = [row.pk for row in rolled.schools if row.is_silent]
    assert rolled.schools[-1].pk == busy.pk
    assert old.pk in silent
    assert [row.pk for row in rolled.schools[: len(silent)]] == silent
    before = {row.pk: row for row in roll_up(cast.coordinator, NOW - 1).schools}
    assert not before[old.pk].is_silent
    assert before[busy.pk].is_silent
    page = text(signed_in(cast.coordinator).get(f"{PAGE}?year={NOW - 1}"))
    assert "8 из 100, 8 %" in page
    assert f"?year={NOW}" in page
    assert str(NOW) in text(signed_in(cast.coordinator).get(f"{PAGE}?year=9999"))


def test_no_name_and_no_stranger(cast):
    approve_pairs(cast.other)
    district_of(cast, [6])
    browser = signed_in(cast.coordinator)
    page = text(browser.get(PAGE)).replace(cast.other.organisation.short_name, "")
    sheet = text(browser.get(f"{PAGE}?as=print")).replace(cast.other.organisation.short_name, "")
    assert CANARY not in page + sheet
    # a control: the name is there to be found, on a page of the school
    assert CANARY in text(signed_in(cast.vera).get("/people/"))
    for role in (Role.CURATOR, Role.DIRECTOR, Role.MENTOR):
        assert signed_in(cast.users[role]).get(PAGE).status_code == 403
    empty = Organisation.objects.create(
        level=Level.MUNICIPALITY, kind=OrganisationKind.OFFICE, full_name="Другой", short_name="Другой", town="Т",
    )  # fmt: skip
    empty.path = f"/{empty.pk}/"
    empty.save()
    cast.coordinator.memberships.update(organisation=empty)
    assert "Организации появятся здесь" in text(signed_in(cast.coordinator).get(PAGE))


def n_queries(cast):
    with CaptureQueriesContext(connection) as captured:
        roll_up(cast.coordinator, NOW)
    return len(captured)


def test_forty_schools_ask_no_more_than_ten(cast):
    district_of(cast, [6] * 10)
    n_queries(cast)  # once what is kept with the user
    few = n_queries(cast)
    district_of(cast, [6] * 30)
    assert n_queries(cast) == few <= 12


@pytest.mark.deep
def test_a_thousand_schools_are_summed_soon(cast):
    district_of(cast, [20] * 1000)
    browser = signed_in(cast.coordinator)
    browser.get(PAGE)
    began = perf_counter()
    page = browser.get(PAGE)
    took = perf_counter() - began
    began = perf_counter()
    ties = Tie.objects.filter(organisation__in=Organisation.objects.below(cast.coordinator)).begun()
    assert len(set(ties.values_list("organisation_id", "mentee__person_id"))) == 20_000
    bare = perf_counter() - began
    assert len(re.findall(r"20 из 100", page.content.decode())) >= 1000
    assert took < max(10, 30 * bare)
