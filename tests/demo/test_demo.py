"""The demo is built through actions, always the same, plainly invented."""

import datetime as dt
from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from nastavnik.closing.choices import ClosingStage
from nastavnik.closing.models import ClosingTalk, Thanks
from nastavnik.closing.queries import next_step, steps_of_closing
from nastavnik.core.dates import today
from nastavnik.core.models import AuditEntry
from nastavnik.demo import names, scenario
from nastavnik.documents.models import Document
from nastavnik.mentorships.models import Meeting, Mentorship, Tie
from nastavnik.organisations.models import Organisation, Partner
from nastavnik.people.models import Person, User
from nastavnik.plans.models import IndividualPlan
from nastavnik.programmes.models import Participation
from nastavnik.programmes.queries import current_programme
from nastavnik.questionnaires.models import Response
from nastavnik.training.models import Trainee

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


@pytest.mark.deep
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


def end_states(model, *fields):
    return Counter(getattr(model, "objects", model).values_list(*fields))


@pytest.mark.django_db
def test_the_finished_demo_is_a_whole_year_with_ends_of_every_kind():
    """Also run with `--on DATE`: the year is one of its own that ends on the day it is."""
    scenario.build("finished")
    assert set(end_states(Mentorship, "status")) == {("completed",), ("cancelled",)}
    assert {("asked",), ("",)} == set(end_states(Mentorship, "end_cause"))
    reports = Document.objects.filter(kind="annual_report")
    assert any("вышло больше, чем ждали" in str(one.content) for one in reports)
    orders = set(end_states(Document.objects.exclude(kind="annual_report"), "kind", "status"))
    assert orders == {
        (kind, "registered")
        for kind in ("pair_order", "extension_order", "pause_order", "ending_order")
    }
    held = Meeting.objects.filter(status="held")
    assert held.earliest("held_on").held_on < today() - dt.timedelta(days=200)
    assert held.latest("held_on").held_on <= today()
    stages = end_states(Response, "wave__version__stage", "wave__version__role")
    assert (
        min(stages[stage, side] for stage in ("before", "after") for side in ("mentee", "mentor"))
        > 10
    )
    assert IndividualPlan.objects.filter(status="approved").exists()
    assert Trainee.objects.exclude(finished_on=None).exists()
    records = Participation.objects.filter(status="finished")
    assert {True, False, None} == set(records.values_list("goes_on", flat=True))
    completed = Tie.objects.filter(mentorship__status="completed")
    assert ClosingTalk.objects.count() == completed.values("mentee").distinct().count()
    assert not records.filter(pk__in=completed.values("mentee"), results="").exists()
    assert set(end_states(Thanks, "kind")) == {
        (kind,) for kind in ("best", "gratitude", "honour", "parents")
    }


@pytest.mark.deep
@pytest.mark.django_db
def test_the_closing_demo_waits_for_its_first_step():
    scenario.build("closing")
    curator = User.objects.get(login="kurator")
    step = next_step(steps_of_closing(curator, current_programme(curator)))
    assert step.stage == ClosingStage.MEETINGS
    assert Mentorship.objects.filter(status="active").count() > 30
    assert not Meeting.objects.filter(kind="final", status="held").exists()
