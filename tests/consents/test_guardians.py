"""Representatives: who may sign is chosen from them, and from the eighteenth birthday their consent covers no more."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from tests.cast import CANARY
from tests.consents.test_blanks import pack_of, said_by
from tests.pages import said, signed_in, text, years_ago

from nastavnik.consents.actions import add_guardian, change_guardian, record_consents
from nastavnik.consents.choices import NEEDED_FOR_BASE, Purpose, Relation, Signer
from nastavnik.consents.models import Consent, Guardian
from nastavnik.consents.queries import coming_of_age, held_purposes, majority_on
from nastavnik.core.access import Role
from nastavnik.core.dates import age_on, today
from nastavnik.core.errors import RefusedError
from nastavnik.people.models import Person

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
MOTHER, FATHER = "Ждунова Жанна Ильинична", "Ждунов Жан Ильич"


def note(cast, name=MOTHER, *, key="waiting", **more):
    said = {"relation": Relation.MOTHER, "full_name": name} | more
    return add_guardian(cast.school.people[key], by=cast.anna, **said)


def sign(cast, *purposes, key="waiting", **more):
    return record_consents(
        [cast.school.people[key]], purposes, signed_on=today(), by=cast.anna, **more
    )


def test_the_only_one_who_may_signs_and_of_two_nobody_is_guessed(cast):
    mother = note(cast, may_sign=[Purpose.DATA])
    [data, other] = sign(cast, Purpose.DATA, Purpose.PARTICIPATION)
    assert (data.guardian, other.guardian) == (mother, None)
    note(cast, FATHER, relation=Relation.FATHER)
    [photo] = sign(cast, Purpose.PUBLICATION)
    assert photo.guardian is not None  # the mother may not sign it
    note(cast, "Ждунова Алла", may_sign=[Purpose.CONTACTS])
    [contacts] = sign(cast, Purpose.CONTACTS)
    assert contacts.guardian is None


def test_whoever_may_not_sign_is_refused(cast):
    mother = note(cast, may_sign=[Purpose.DATA])
    with pytest.raises(RefusedError, match=MOTHER):
        sign(cast, Purpose.DATA, Purpose.PUBLICATION, guardian=mother)
    with pytest.raises(RefusedError):
        sign(cast, Purpose.DATA, key="younger", guardian=mother)
    change_guardian(
        mother, full_name=MOTHER, relation="mother", may_sign=["data"], ended_on=today(), by=None
    )
    with pytest.raises(RefusedError):
        sign(cast, Purpose.DATA, guardian=mother)
    assert not Consent.objects.filter(person=cast.school.people["waiting"]).exists()
    [paper] = sign(cast, Purpose.DATA)
    assert paper.guardian is None


def test_a_grown_up_signs_alone_whoever_is_noted(cast):
    note(cast, key="teacher")
    [paper] = sign(cast, Purpose.PUBLICATION, key="teacher")
    assert (paper.signer, paper.guardian) == (Signer.PERSON, None)


def test_one_of_a_name_is_noted_once(cast):
    mother = note(cast)
    with pytest.raises(RefusedError):
        note(cast)
    father = note(cast, FATHER)
    with pytest.raises(RefusedError):
        change_guardian(father, full_name=MOTHER, by=cast.anna)
    with pytest.raises(IntegrityError), transaction.atomic():
        Guardian.objects.create(
            organisation=mother.organisation,
            person=mother.person,
            full_name=MOTHER,
            relation="other",
        )


def test_the_representative_stands_on_the_blank(cast):
    note(cast, basis="свидетельство о рождении I-АА № 000000")
    [_cover, sheet] = said_by(cast, pack_of(cast, "waiting", purposes=[Purpose.DATA]))
    assert f"Я, {MOTHER}," in sheet
    assert "мать, законный представитель на основании: свидетельство о рождении" in sheet
    note(cast, FATHER)
    [_cover, sheet] = said_by(cast, pack_of(cast, "waiting", purposes=[Purpose.DATA]))
    assert MOTHER not in sheet
    assert "Я, ____" in sheet


@pytest.mark.parametrize(
    ("born", "comes"),
    [("2008-05-05", "2026-05-05"), ("2008-02-29", "2026-03-01"), ("2004-12-31", "2022-12-31")],
)
def test_majority_is_the_first_day_of_that_age(born, comes):
    born_on, on = dt.date.fromisoformat(born), dt.date.fromisoformat(comes)
    assert majority_on(born_on) == on
    assert (age_on(born_on, on), age_on(born_on, on - DAY)) == (18, 17)


def born(cast, key, day):
    Person.objects.filter(pk=cast.school.people[key].pk).update(birth_date=day)
    return cast.school.people[key]


def titles(user):
    return [item.title for item in signed_in(user).get("/today/").context["items"]]


@pytest.mark.parametrize(("days", "soon"), [(40, False), (15, True), (1, True)])
def test_before_the_birthday_today_asks_for_an_own_consent(cast, days, soon):
    person = born(cast, "oldest", years_ago(18) + days * DAY)
    found = [one.person for one in coming_of_age(cast.anna, today())]
    assert found == ([person] if soon else [])
    assert ("1 person will soon be 18" in titles(cast.anna)) == soon
    assert held_purposes([person.pk], today())[person.pk] == set(NEEDED_FOR_BASE)
    assert coming_of_age(cast.vera, today()) == []


def test_on_the_birthday_the_paper_covers_no_more_until_an_own_one_is_there(cast):
    person = born(cast, "oldest", years_ago(18))
    Consent.objects.filter(person=person).update(signed_on=today() - 30 * DAY)
    assert held_purposes([person.pk], today()) == {}
    assert "1 person is 18: an own consent is needed" in titles(cast.anna)
    person.refresh_from_db()
    record_consents([person], NEEDED_FOR_BASE, signed_on=today(), by=cast.anna)
    assert coming_of_age(cast.anna, today()) == []
    assert not any("is 18" in title for title in titles(cast.anna))


def test_a_representative_is_noted_corrected_and_signs_on_the_pages(cast):
    client, person = signed_in(cast.anna), cast.school.people["waiting"]
    page = reverse("consents:person", args=[person.pk])
    add = reverse("consents:guardian-add", args=[person.pk])
    assert add in text(client.get(page))
    given = {"full_name": MOTHER, "relation": "mother", "basis": "", "may_sign": ["data"]}
    assert client.post(add, given | {"may_sign": []}).status_code == 422
    assert client.post(add, given)["Location"] == page
    assert client.post(add, given).status_code == 422  # twice
    mother = Guardian.objects.get()
    assert MOTHER in text(client.get(page))
    edit = reverse("consents:guardian", args=[mother.pk])
    assert client.get(edit).context["form"].initial["may_sign"] == ["data"]
    signed = reverse("consents:signed", args=[person.pk])
    papers = {"purposes": ["participation"], "guardian": mother.pk, "signed_on": str(today())}
    assert client.post(signed, papers).status_code == 422  # may sign data only
    client.post(edit, given | {"may_sign": ["data", "participation", "publication"]})
    photo = {"purposes": ["publication"], "signed_on": str(today()), "conditions": "Только имя"}
    assert "Только имя" in text(client.post(signed, photo, follow=True))
    done = client.post(signed, papers, follow=True)
    assert "1 paper is ticked off" in said(done)[-1]
    assert f"legal representative ({MOTHER})" in text(done)
    card = reverse("people:card", args=[person.pk])
    assert MOTHER in text(client.get(card))
    client.post(edit, given | {"ended_on": str(today())})
    assert "signs no more from" in text(client.get(page))
    assert MOTHER not in text(client.get(card))


def test_strangers_reach_no_representative(cast):
    mother = add_guardian(
        cast.other.people["waiting"], full_name=CANARY, relation="mother", by=cast.vera
    )
    client = signed_in(cast.anna)
    for address in (
        reverse("consents:guardian", args=[mother.pk]),
        reverse("consents:guardian-add", args=[mother.person_id]),
        reverse("consents:signed", args=[mother.person_id]),
    ):
        assert client.get(address).status_code == 404
    own = note(cast)
    teacher = signed_in(cast.users[Role.CLASS_TEACHER])
    assert teacher.get(reverse("consents:guardian", args=[own.pk])).status_code == 404
    assert (
        signed_in(cast.users[Role.DIRECTOR])
        .get(reverse("consents:guardian", args=[own.pk]))
        .status_code
        == 403
    )
