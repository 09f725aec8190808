"""People of one family: noted on the card, kept apart by every matching."""

import pytest
from django.urls import reverse
from tests.pages import signed_in

from nastavnik.core.access import Role
from nastavnik.core.errors import RefusedError
from nastavnik.matching.actions import engine_input, run_matching
from nastavnik.matching.queries import run_view
from nastavnik.mentorships.actions import approve_run
from nastavnik.people.actions import join_family, leave_family
from nastavnik.people.models import Household, Person
from nastavnik.people.queries import family_of, surnames
from nastavnik.programmes.models import Participation


def fresh(cast, name):
    return Person.objects.get(pk=cast.school.people[name].pk)


def family(cast, name):
    return {one.pk for one in family_of(cast.anna, fresh(cast, name))}


def keys(cast, *names):
    return {cast.school.people[name].pk for name in names}


@pytest.mark.both
def test_families_grow_together_and_fall_apart(cast):
    join_family(fresh(cast, "older"), fresh(cast, "younger"), by=cast.anna)
    join_family(fresh(cast, "oldest"), fresh(cast, "youngest"), by=cast.anna)
    assert family(cast, "older") == keys(cast, "younger")
    join_family(fresh(cast, "younger"), fresh(cast, "oldest"), by=cast.anna)
    assert family(cast, "older") == keys(cast, "younger", "oldest", "youngest")
    assert Household.objects.count() == 1
    leave_family(fresh(cast, "younger"), by=cast.anna)
    leave_family(fresh(cast, "younger"), by=cast.anna)
    assert family(cast, "younger") == set()
    assert family(cast, "older") == keys(cast, "oldest", "youngest")
    leave_family(fresh(cast, "oldest"), by=cast.anna)
    leave_family(fresh(cast, "older"), by=cast.anna)
    # one person alone is no family: nothing is kept
    assert Household.objects.count() == 0
    assert not Person.objects.exclude(household=None).exists()


def test_a_family_is_within_one_organisation_and_of_two(cast):
    for other in (fresh(cast, "older"), cast.other.people["older"]):
        with pytest.raises(RefusedError):
            join_family(fresh(cast, "older"), other, by=cast.anna)
    assert Household.objects.count() == 0


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Иванов", "Иванова", True),
        ("Берёзкин", "березкина", True),
        ("Орловский", "Орловская", True),
        ("Белый", "Белая", True),
        ("Орлова-Белая", "Белый", True),
        ("Шевченко", "Шевченко", True),
        ("Иванов", "Ивановский", False),
        ("Калин", "Калинин", False),
    ],
)
def test_last_names_of_men_and_women_are_one(one, other, is_same):
    assert bool(surnames(one) & surnames(other)) == is_same


def proposed(cast):
    run = run_matching(cast.school.programme, by=cast.anna)
    return run, {
        row.mentee_id: row.mentor_id for row in run.proposals.all() if row.mentor_id is not None
    }


def test_matching_keeps_a_family_apart(cast):
    younger = cast.school.records["younger"]
    _run, before = proposed(cast)
    mentor = Participation.objects.get(pk=before[younger.pk])
    join_family(mentor.person, younger.person, by=cast.anna)
    given = engine_input(cast.school.programme)
    of_family = {one.family for one in (*given.mentors, *given.mentees)} - {""}
    assert len(of_family) == 1
    run, after = proposed(cast)
    assert after.get(younger.pk) != mentor.pk
    # with no one else it is said why
    for key, other in cast.school.records.items():
        if other.is_mentor and other.pk != mentor.pk and key != "teacher":
            join_family(other.person, younger.person, by=cast.anna)
    run, after = proposed(cast)
    assert younger.pk not in after
    (alone,) = (
        one for one in run_view(cast.anna, run).left_out if one.proposal.mentee_id == younger.pk
    )
    assert alone.reason == "Подходят только члены той же семьи."
    approve_run(run, by=cast.anna)


def test_the_same_last_name_is_asked_about_and_stays_off_the_paper(cast):
    younger = cast.school.records["younger"]
    _run, before = proposed(cast)
    mentor = Participation.objects.get(pk=before[younger.pk])
    Person.objects.filter(pk=mentor.person_id).update(last_name="Младшова")
    page = signed_in(cast.anna).get(reverse("matching:workspace")).content.decode()
    assert "The same last name" in page
    run, _after = proposed(cast)
    cards = [card for group in run_view(cast.anna, run).groups for card in group.cards]
    asked = [card for card in cards if any("Одна фамилия" in one for one in card.reasons)]
    assert asked
    assert all(any("Одна фамилия" in one for one in card.secret) for card in asked)


def test_the_page_offers_the_same_last_name_first(cast):
    person = fresh(cast, "younger")
    address = reverse("people:family", args=[person.pk])
    client = signed_in(cast.anna)
    page = client.get(address).content.decode()
    assert cast.school.people["youngest"].full_name in page  # of the same last name
    assert cast.school.people["oldest"].full_name not in page
    found = client.get(address, {"q": cast.school.people["oldest"].last_name[:4].lower()})
    assert cast.school.people["oldest"].full_name in found.content.decode()
    assert "called so" in client.get(address, {"q": "Никого"}).content.decode()
    other = cast.school.people["oldest"]
    answer = client.post(address, {"person": other.pk, "is": "yes"}, follow=True).content.decode()
    assert "The next matching keeps them apart" in answer
    card = client.get(reverse("people:card", args=[person.pk])).content.decode()
    assert other.full_name in card
    client.post(address, {"person": other.pk, "is": "no"})
    assert family(cast, "younger") == set()
    refused = client.post(address, {"person": person.pk, "is": "yes"}, follow=True)
    assert "Choose another person" in refused.content.decode()
    for wrong in ("", "x", str(cast.other.people["older"].pk)):
        assert client.post(address, {"person": wrong, "is": "yes"}).status_code == 404


def test_only_who_keeps_the_roster_knows_of_families(cast):
    person = fresh(cast, "younger")
    join_family(person, fresh(cast, "oldest"), by=cast.anna)
    card = reverse("people:card", args=[person.pk])
    for role in (Role.DIRECTOR, Role.CLASS_TEACHER):
        client = signed_in(cast.users[role])
        assert client.get(reverse("people:family", args=[person.pk])).status_code == 403
        page = client.get(card)
        if page.status_code == 200:
            assert cast.school.people["oldest"].full_name not in page.content.decode()
    assert signed_in(cast.vera).get(reverse("people:family", args=[person.pk])).status_code == 404
