"""Where there is no undo a page asks first: GET changes nothing and says what will happen, POST does it."""

import pytest
from django.test import Client
from tests.guards.world import add_list

from nastavnik.consents.models import Consent
from nastavnik.core.access import Role
from nastavnik.core.models import AuditEntry
from nastavnik.people.actions import enrol, mark_left, open_group, take_back
from nastavnik.people.models import Enrolment, Membership, Person, RosterImport
from nastavnik.programmes.models import Participation

pytestmark = pytest.mark.django_db


def asked(cast):
    """Return address → (what the page names, whether it has happened)."""
    school = cast.school
    consent = Consent.objects.filter(person=school.people["younger"]).first()
    draft = add_list(school, 2)
    role = Membership.objects.filter(organisation=school.organisation).filter(role=Role.MENTOR)[0]
    waiting, record = school.people["waiting"], school.records["waiting"]
    return {
        f"/consents/{consent.pk}/withdraw/": (
            "Младшов Миша Ильич",
            lambda: Consent.objects.get(pk=consent.pk).withdrawn_on is not None,
        ),
        f"/people/{waiting.pk}/left/": (
            "Ждунов Женя",
            lambda: Person.objects.get(pk=waiting.pk).left_on is not None,
        ),
        f"/settings/accounts/{role.pk}/end/": (
            role.user.full_name,
            lambda: Membership.objects.get(pk=role.pk).ends_on is not None,
        ),
        f"/base/{record.pk}/leave/": (
            "Ждунов Женя",
            lambda: Participation.objects.get(pk=record.pk).status == "left",
        ),
        f"/people/import/{draft.pk}/discard/": (
            "Pasted table",
            lambda: not RosterImport.objects.filter(pk=draft.pk).exists(),
        ),
    }


def test_asks_first_and_does_it_then(cast):
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(cast.anna)
    for address, (name, has_happened) in asked(cast).items():
        before = AuditEntry.objects.count()
        response = client.get(address)
        text = response.content.decode()
        assert name in text, address
        assert "No, leave it" in text
        assert client.get(response.context["back"]).status_code == 200
        assert (AuditEntry.objects.count(), has_happened()) == (before, False)
        assert client.post(address).status_code == 302
        assert has_happened(), address


def test_who_has_left_is_not_asked_again_and_comes_back_into_the_class(cast):
    person = cast.school.people["younger"]
    client = Client()
    client.force_login(cast.anna)
    client.post(f"/people/{person.pk}/left/")
    assert client.get(f"/people/{person.pk}/left/").status_code == 302
    assert Person.objects.get(pk=person.pk).left_on is not None
    client.post(f"/people/{person.pk}/left/")
    assert Person.objects.get(pk=person.pk).left_on is None
    assert Enrolment.objects.get(person=person, ends_on=None).study_group.name == "5А"


def test_a_class_found_meanwhile_stays(cast):
    person, by = cast.school.people["younger"], cast.anna
    mark_left(person, by=by)
    group = open_group(cast.school.year, "5Б", by=by)
    enrol(person, group, starts_on=cast.school.year.starts_on, by=by)
    take_back(person, by=by)
    assert Enrolment.objects.get(person=person, ends_on=None).study_group.name == "5Б"


def test_somebody_without_a_class_comes_back(cast):
    person = cast.school.people["novice"]
    mark_left(person, by=cast.anna)
    assert take_back(person, by=cast.anna).left_on is None
