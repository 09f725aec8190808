"""Erasing a person is complete: a canary in every text the guard knows is looked for in the whole database."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.utils import timezone
from tests.pages import signed_in, text

from nastavnik.blanks.models import PrintRun
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.hooks import holdings
from nastavnik.core.hooks.holdings import Holding
from nastavnik.core.models import AuditEntry
from nastavnik.core.privacy import DataClass, classification
from nastavnik.dossiers import actions
from nastavnik.dossiers.choices import EraseGround
from nastavnik.dossiers.tasks import erase_due
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.people.models import Enrolment, Membership, Person
from nastavnik.programmes.models import Participation
from nastavnik.questionnaires.models import Response

pytestmark = pytest.mark.django_db
OURS = [model for model in apps.get_models() if model.__module__.startswith("nastavnik.")]
CANARY = "zzcanary"
LAST, FIRST = "Zzcanaryeva", "Zzcanaryanna"
# where the name or a text stays, and until when is said on the page
EVIDENCE = {
    "consents_consent", "consents_consentevent", "consents_consentscan", "consents_consentlink", "consents_guardian",
    "dossiers_erasure",
}  # fmt: skip
REGISTER = {"documents_document"}


def texts(model):
    """Return the fields of a model a canary fits into: words, not codes of closed lists."""
    known = classification(model)
    return [
        one
        for one in model._meta.concrete_fields
        if isinstance(one, models.CharField | models.TextField | models.JSONField)
        and not isinstance(one, models.FileField)
        and not one.choices
        and known[one.name] not in {DataClass.TECHNICAL, DataClass.PUBLIC, DataClass.SECRET}
    ]


def canary(field):
    if isinstance(field, models.JSONField):
        default = field.get_default()
        return [CANARY] if isinstance(default, list) else {CANARY: CANARY}
    return CANARY[: field.max_length or len(CANARY)]


def filled(person):
    """Put a canary into every text of every row about a person; return the tables that have one."""
    Person.objects.filter(pk=person.pk).update(last_name=LAST, first_name=FIRST, search_name=f"{LAST} {FIRST}".lower())  # fmt: skip
    Participation.objects.filter(person=person).update(interviewed_on=today())
    is_mentor = person.participations.filter(side="mentor").exists()
    full = set()
    for one in holdings.holdings():
        # a mentor's plans are another person's
        if one.model in {Person, Response} or (is_mentor and one.model._meta.app_label == "plans"):
            continue
        values = {field.name: canary(field) for field in texts(one.model) if field.name not in ("struck", "mentee_marks")}  # fmt: skip
        rows = one.rows(person.pk)
        if values and rows.exists():
            rows.update(**values)
            full.add(one.model._meta.label)
    for response in Response.objects.filter(invitation__person=person):
        Response.objects.filter(pk=response.pk).update(texts={"a": CANARY}, guarded={"b": CANARY})
        full.add("questionnaires.Response")
    PrintRun.objects.filter(blanks__person=person).update(pdf=CANARY.encode())
    return full


def found():
    """Return the tables of the database with a canary in any column of any row."""
    tables = {model._meta.db_table for model in OURS} | {"django_session"}
    there = set()
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                if any(CANARY in _text(value) for value in row):
                    there.add(table)
    return there


def _text(value):
    if isinstance(value, memoryview):
        value = bytes(value)
    return (value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)).lower()


def at_rest(person):
    """End whatever keeps somebody in the programme, as rows: how it ends is another test."""
    own = Participation.objects.filter(person=person)
    pairs = Mentorship.objects.filter(mentor__in=own) | Mentorship.objects.filter(
        ties__mentee__in=own, is_group=False
    )
    Tie.objects.filter(mentorship__in=pairs.values("pk"), ends_on=None).update(ends_on=today())
    Tie.objects.filter(mentee__in=own, ends_on=None).update(ends_on=today())
    Mentorship.objects.filter(pk__in=pairs.values("pk"), ended_on=None).update(
        status="cancelled", ended_on=today()
    )
    own.update(status="left", ends_on=today(), active_count=0, goes_on=None)
    Membership.objects.filter(user__person=person).exclude(
        role__in=[Role.MENTOR, Role.MENTEE]
    ).delete()


def fullest(world):
    """Return a mentee and a mentor of the first school with the most tables about them."""
    people = Person.objects.filter(organisation=world.cast.school.organisation)

    def n_tables(person):
        return sum(one.rows(person.pk).exists() for one in holdings.holdings())

    return {
        side: max(people.filter(participations__side=side).distinct(), key=n_tables)
        for side in ("mentee", "mentor")
    }


def erased(person, by):
    planned = actions.plan_erasure(person, ground=EraseGround.PERSON, by=by)
    return actions.erase_person(planned, by=None)


@pytest.mark.both
@pytest.mark.parametrize("side", ["mentee", "mentor"])
def test_no_canary_is_left_but_in_what_the_page_says(world, side):
    person = fullest(world)[side]
    at_rest(person)
    n_pairs, n_answers = Mentorship.objects.count(), Response.objects.count()
    full = filled(person)
    assert len(full) >= (9 if side == "mentee" else 4), full
    before = found()
    assert len(before) > len(full) / 2  # control: they were there
    erasure = erased(person, world.cast.anna)
    assert found() - EVIDENCE - REGISTER == set()
    person.refresh_from_db()
    assert person.full_name == f"Стёрто № {person.pk}"
    assert not Enrolment.objects.filter(person=person).exists()
    # what others are counted by stays
    assert (Mentorship.objects.count(), Response.objects.count()) == (n_pairs, n_answers)
    if erasure.kept_name:
        assert LAST in erasure.kept_name
        actions.forget_evidence(timezone.now() + dt.timedelta(days=5000), by=None)
        assert found() - REGISTER == set()


def test_a_field_left_out_is_caught(world, monkeypatch):
    """The control: were the request no part of what is emptied, the canary would be found."""
    person = fullest(world)["mentee"]
    at_rest(person)
    filled(person)
    (base,) = [one for one in holdings.holdings() if one.model is Participation]
    left = {name: getattr(base, name) for name in Holding.__dataclass_fields__}
    left["clears"] = tuple(name for name in base.clears if name != "request")
    monkeypatch.setitem(holdings._holdings, Participation, Holding(**left))
    erased(person, world.cast.anna)
    assert "programmes_participation" in found()


def test_it_can_be_taken_back_until_its_day_and_not_afterwards(world):
    person = fullest(world)["mentee"]
    at_rest(person)
    name = person.full_name
    browser = signed_in(world.cast.anna)
    page = text(browser.get(f"/people/{person.pk}/data/erase/"))
    assert "by law" in page
    browser.post(f"/people/{person.pk}/data/erase/", {"ground": "person"})
    assert erase_due() == 0
    browser.post(f"/people/{person.pk}/data/keep/")
    person = Person.objects.get(pk=person.pk)
    assert person.full_name == name
    assert not hasattr(person, "erasure")
    erased(person, world.cast.anna)
    answer = browser.post(f"/people/{person.pk}/data/keep/", follow=True)
    assert "no way back" in text(answer)
    assert "Стёрто" in text(answer)
    done = set(AuditEntry.objects.filter(subject="dossiers.erasure").values_list("action", flat=True))  # fmt: skip
    assert {"erasure-planned", "erasure-taken-back", "person-erased"} <= done


def test_who_takes_part_is_not_erased_and_the_page_says_why(world):
    record = Participation.objects.filter(
        organisation=world.cast.school.organisation, status="paired", side="mentee"
    ).first()
    address = f"/people/{record.person_id}/data/erase/"
    page = text(signed_in(world.cast.anna).get(address))
    assert "end the pair" in page
    assert '<button class="btn btn-danger"' not in page
    with transaction.atomic():
        answer = signed_in(world.cast.anna).post(address, {"ground": "person"})
    assert "end the pair" in text(answer)
    assert not hasattr(Person.objects.get(pk=record.person_id), "erasure")


def test_nobody_but_who_answers_for_the_school_erases(world):
    person = fullest(world)["mentee"]
    address = f"/people/{person.pk}/data/erase/"
    may = {role for role, user in world.cast.users.items() if signed_in(user).get(address).status_code == 200}  # fmt: skip
    assert may == {Role.CURATOR, Role.DIRECTOR}
    assert signed_in(world.cast.vera).get(address).status_code == 404
