"""The demo is built through actions, always the same, plainly invented."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from nastavnik.core.models import AuditEntry
from nastavnik.demo import names, scenario
from nastavnik.mentorships.models import Meeting, Mentorship
from nastavnik.organisations.models import Organisation, Partner
from nastavnik.people.models import Person, User
from nastavnik.programmes.models import Participation

SURNAMES = {form for pair in names.SURNAMES for form in pair}


def facts():
    return (
        list(Person.objects.order_by("pk").values_list("search_name", "birth_date", "gender")),
        list(Participation.objects.order_by("pk").values_list("person_id", "status", "capacity")),
        list(Mentorship.objects.order_by("pk").values_list("mentor_id", "status")),
        list(
            Meeting.objects.order_by("pk").values_list(
                "kind", "planned_on", "status", "mentee_mark"
            )
        ),
    )


@pytest.mark.django_db
def test_the_running_demo_is_a_district_with_two_schools():
    out = StringIO()
    call_command("demo", stage="running", stdout=out)
    school, other = Organisation.objects.filter(level="organisation").order_by("pk")
    assert school.parent == other.parent
    assert Person.objects.filter(organisation=school, kind="pupil").count() == 120
    assert Person.objects.filter(organisation=school, kind="teacher").count() == 25
    assert Partner.objects.filter(organisation=school).count() == 2
    assert Mentorship.objects.filter(organisation=school, status="active").count() > 25
    assert Mentorship.objects.filter(organisation=other, status="active").exists()
    assert {person.last_name for person in Person.objects.all()} <= SURNAMES
    for account in scenario.accounts():
        assert User.objects.get(login=account.login).check_password(scenario.PASSWORD)
        assert account.login in out.getvalue()
    assert AuditEntry.objects.filter(subject="people.person").count() >= 145


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("stage", "n_people", "n_pairs"), [("empty", 0, 0), ("enrolment", 168, 0), ("matching", 168, 0)]
)
def test_each_stage_stops_where_it_says(stage, n_people, n_pairs):
    scenario.build(stage)
    assert Person.objects.count() == n_people
    assert Mentorship.objects.count() == n_pairs
    waiting = Participation.objects.filter(status="ready").exists()
    assert waiting == (stage in {"enrolment", "matching"})


@pytest.mark.django_db(transaction=True)
def test_it_is_always_the_same():
    # both times from an empty database: other tests leave the counters of keys where they were
    call_command("flush", interactive=False, verbosity=0, reset_sequences=True)
    scenario.build("running")
    first = facts()
    call_command("flush", interactive=False, verbosity=0, reset_sequences=True)
    scenario.build("running")
    assert facts() == first


@pytest.mark.django_db
def test_it_never_mixes_with_own_data():
    scenario.build("empty")
    with pytest.raises(CommandError, match="пустую"):
        call_command("demo", stage="running")
    before = Organisation.objects.count()
    call_command("demo", stage="running", if_empty=True, stdout=StringIO())
    assert Organisation.objects.count() == before


@pytest.mark.django_db
def test_a_demo_that_others_can_open_has_a_fresh_password(settings, tmp_path):
    settings.DATA = tmp_path
    printed = []
    for is_reachable in (False, True, True):
        settings.IS_REACHABLE = is_reachable
        out = StringIO()
        call_command("demo", stage="empty", if_empty=bool(printed), stdout=out)
        printed.append(out.getvalue())
    assert scenario.PASSWORD in printed[0]
    assert scenario.PASSWORD not in printed[1]
    assert printed[1] == printed[2]
    fresh = printed[1].split()[-1]
    assert (tmp_path / "demo-password").stat().st_mode & 0o077 == 0
    found = User.objects.filter(login__in=[account.login for account in scenario.accounts()])
    assert found
    for user in found:
        assert user.check_password(fresh)
        assert not user.check_password(scenario.PASSWORD)
