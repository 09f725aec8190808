"""What is decided about erasing somebody comes true on its day or never, and wipes nobody else."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone, translation
from tests.pages import signed_in

from nastavnik.consents.actions import record_consents
from nastavnik.consents.choices import Purpose
from nastavnik.consents.models import Consent, ConsentLink, Guardian
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks.holdings import Wiping, stands_in
from nastavnik.core.models import AuditEntry
from nastavnik.core.text import fold
from nastavnik.dossiers import actions
from nastavnik.dossiers.access import may_erase
from nastavnik.dossiers.choices import DAYS_TO_TAKE_BACK, EraseGround
from nastavnik.dossiers.models import Erasure
from nastavnik.dossiers.queries import consequences_of
from nastavnik.dossiers.tasks import erase_due
from nastavnik.people.actions import (
    correct_person,
    mark_left,
    merge_people,
    register_person,
    take_back,
)
from nastavnik.people.choices import PersonKind
from nastavnik.people.models import Person, PersonMerge
from nastavnik.programmes.actions import add_to_base
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import Participation

pytestmark = pytest.mark.django_db


def card(cast, last="Стираева", **said):
    return register_person(
        cast.school.organisation, kind=PersonKind.TEACHER, last_name=last, first_name="Ирина",
        by=cast.anna, **{"patronymic": "", "birth_date": None, **said},
    )  # fmt: skip


def planned(cast, person):
    return actions.plan_erasure(person, ground=EraseGround.PERSON, by=cast.anna)


def erased(cast, person):
    return actions.erase_person(planned(cast, person), by=None)


def on_the_day(days=0):
    return time_machine.travel(timezone.now() + dt.timedelta(days=DAYS_TO_TAKE_BACK + days))


def test_a_decision_refused_on_its_day_never_fires_later(cast):
    back, goes = card(cast), card(cast, "Уходящева")
    planned(cast, back)
    planned(cast, goes)
    add_to_base(cast.school.programme, [back], Side.MENTEE, by=cast.anna)
    with on_the_day():
        assert erase_due() == 1
    assert AuditEntry.objects.filter(action="erasure-taken-back").count() == 1
    Participation.objects.filter(person=back).delete()
    with on_the_day(days=200):
        assert may_erase(back)
        assert erase_due() == 0
    back.refresh_from_db()
    assert back.last_name == "Стираева"
    assert planned(cast, back)  # decided afresh


def test_one_that_fails_does_not_hold_up_the_others(cast, monkeypatch):
    bad, good, kept = (
        planned(cast, card(cast, name)) for name in ("Падаева", "Годнева", "Оставина")
    )
    real = actions.erase_person

    def erase(erasure, *, by):
        if erasure.pk == bad.pk:
            Erasure.objects.filter(pk=kept.pk).delete()  # taken back while this one was at it
            raise OSError("no space")
        return real(erasure, by=by)

    monkeypatch.setattr("nastavnik.dossiers.tasks.erase_person", erase)
    with on_the_day():
        assert erase_due() == 1
    good.refresh_from_db()
    assert good.done_at
    assert Person.objects.filter(last_name="Оставина").exists()
    assert Erasure.objects.get(pk=bad.pk).done_at is None


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("prepare", [planned, erased])
def test_a_card_to_be_erased_is_merged_with_none(cast, prepare, turned):
    one, other = card(cast), card(cast, patronymic="Юрьевна")
    prepare(cast, one)
    Person.objects.update(left_on=None)
    kept, gone = (other, one) if turned else (one, other)
    with translation.override("en"), pytest.raises(RefusedError, match="eras"):
        merge_people(kept, gone, taken={}, by=cast.anna)
    Erasure.objects.all().delete()  # the control
    merge_people(kept, gone, taken={}, by=cast.anna)


def test_an_erased_card_is_not_filled_again(cast):
    person, other = card(cast), card(cast, "Другова")
    erased(cast, person)
    person.refresh_from_db()
    with pytest.raises(RefusedError):
        take_back(person, by=cast.anna)
    with pytest.raises(RefusedError):
        correct_person(person, last_name="Новая", by=cast.anna)
    planned(cast, other)  # the control: decided is not done
    correct_person(other, last_name="Новая", by=cast.anna)
    take_back(mark_left(other, by=cast.anna), by=cast.anna)


def test_an_erased_card_offers_no_press_that_is_refused(cast):
    person, other = card(cast), card(cast, "Другова")
    mark_left(other, by=cast.anna)
    erased(cast, person)
    client = signed_in(cast.anna)
    shown = client.get(reverse("people:card", args=[person.pk])).content.decode()
    control = client.get(reverse("people:card", args=[other.pk])).content.decode()
    for name in ("edit", "left"):
        assert reverse(f"people:{name}", args=[person.pk]) not in shown
        assert reverse(f"people:{name}", args=[other.pk]) in control


def test_what_stays_as_evidence_is_not_counted_among_what_goes(cast):
    person = card(cast)
    record_consents(
        [person], [Purpose.CONTACTS, Purpose.PUBLICATION], signed_on=today(), by=cast.anna
    )
    wrong = Consent.objects.filter(person=person, purpose=Purpose.PUBLICATION)
    assert told_of(cast, person) == (2, {})
    wrong.update(mistaken_on=today())
    assert told_of(cast, person) == (1, {"Согласия": 1})
    # what was said before is what is done
    assert erased(cast, person).counts["Согласия"] == 1
    assert Consent.objects.filter(person=person).count() == 1


def told_of(cast, person):
    follows = consequences_of(cast.anna, person)
    gone = {one.title: one.n for one in follows.gone if "оглас" in one.title}
    return follows.n_consents, gone


def test_only_the_evidence_of_before_is_forgotten(cast):
    person = card(cast)
    record_consents([person], [Purpose.CONTACTS], signed_on=today(), by=cast.anna)
    erasure = erased(cast, person)
    assert erasure.kept_until
    later = Consent.objects.get(person=person)
    later.pk, later.purpose, later.recorded_at = None, Purpose.PUBLICATION, timezone.now()
    later.save()
    Erasure.objects.update(kept_name="")  # the term counts, not the name
    far = timezone.now() + dt.timedelta(days=5000)
    assert actions.forget_evidence(far, by=None) == 1
    assert list(Consent.objects.filter(person=person)) == [later]
    assert actions.forget_evidence(far, by=None) == 0


@pytest.mark.parametrize("signed", [False, True])
def test_where_nothing_was_signed_nothing_is_left_to_prove(cast, signed):
    person = card(cast)
    if signed:
        record_consents([person], [Purpose.CONTACTS], signed_on=today(), by=cast.anna)
    school = cast.school.organisation
    mother = Guardian.objects.create(
        organisation=school, person=person, full_name="Мать", relation="mother"
    )
    ConsentLink.objects.create(
        organisation=school, person=person, guardian=mother, versions={}, token_sha256="1" * 64,
        expires_on=today(), closed_at=timezone.now(), used_at=timezone.now(),
    )  # fmt: skip
    erased(cast, person)
    assert Guardian.objects.filter(person=person).exists() is signed
    assert ConsentLink.objects.filter(person=person).exists() is signed


def test_cards_merged_one_into_another_are_wiped_to_the_last(cast):
    first, second, third = (
        card(cast),
        card(cast, patronymic="Юрьевна"),
        card(cast, subject="физика"),
    )
    merge_people(second, first, taken={}, by=cast.anna)
    merge_people(third, second, taken={}, by=cast.anna)
    second.refresh_from_db()
    assert not may_erase(second)
    answer = signed_in(cast.anna).get(f"/people/{second.pk}/data/")
    assert answer.headers["Location"] == f"/people/{third.pk}/data/"
    with pytest.raises(RefusedError):
        planned(cast, second)
    third.refresh_from_db()
    erased(cast, third)
    names = set(
        Person.objects.filter(pk__in=[first.pk, second.pk, third.pk]).values_list(
            "last_name", flat=True
        )
    )
    assert names == {"Стёрто"}
    assert not PersonMerge.objects.exists()


def test_short_names_are_found_as_whole_words():
    for text in ("Цой Анна", "о Цое", "с Цоем", "Цою", "(Цоя)"):
        assert stands_in("Цой", fold(text)), text
    for text in ("цоколь", "концом", "свой", "цо"):
        assert not stands_in("Цой", fold(text)), text
    assert stands_in("Ли", fold("Ли Анна"))
    assert not stands_in("Ли", fold("если лист"))
    assert Wiping(1, 1, "Ли", "Анна").names({"кто": ["Ли", "Анна"]})
    assert not Wiping(1, 1, "Ли", "Ян").names("узнать ли")
    assert Wiping(1, 1, "Иванова", "Юля").names(
        "Ивановой"
    )  # as ever: a short first name says nothing
