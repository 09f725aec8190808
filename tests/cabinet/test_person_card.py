"""A person's card says where the person stands: consents, bases, pairs, each as far as the viewer sees it."""

import pytest
from django.urls import reverse
from tests.cast import approve_pairs
from tests.pages import signed_in, text

from nastavnik.core.access import Role
from nastavnik.core.hooks import search

pytestmark = pytest.mark.django_db


def about(user, person):
    return {
        group.hits[0].kind: [hit.title for hit in group.hits]
        for group in search.about(user, person.pk)
    }


def test_the_curator_sees_consents_bases_and_pairs(cast):
    approve_pairs(cast.school)
    found = about(cast.anna, cast.school.people["younger"])
    assert found["consent"] == ["Подписаны все"]
    assert found["record"] == ["Наставляемый"]
    (pair,) = found["pair"]
    assert cast.school.people["younger"].short_name in pair
    page = text(
        signed_in(cast.anna).get(reverse("people:card", args=[cast.school.people["younger"].pk]))
    )
    for group in search.about(cast.anna, cast.school.people["younger"].pk):
        for hit in group.hits:
            assert f'href="{hit.url}"' in page


def test_a_mentor_has_the_pairs_of_the_other_side(cast):
    approve_pairs(cast.school)
    mentors = [
        key
        for key in ("older", "oldest", "teacher")
        if "pair" in about(cast.anna, cast.school.people[key])
    ]
    assert mentors
    for key in mentors:
        for title in about(cast.anna, cast.school.people[key])["pair"]:
            assert title.startswith(cast.school.people[key].short_name)


def test_who_has_not_signed_is_said_and_who_is_in_no_base_is_not_asked(cast):
    assert about(cast.anna, cast.school.people["waiting"])["consent"] == ["Подписаны не все"]
    person = cast.school.people["teacher"]
    cast.school.programme.participations.filter(person=person).delete()
    assert about(cast.anna, person) == {}
    page = text(signed_in(cast.anna).get(reverse("people:card", args=[person.pk])))
    assert "Stands in no base" in page or "ни в базах" in page


def test_each_sees_of_a_person_what_the_role_sees(cast):
    approve_pairs(cast.school)
    younger = cast.school.people["younger"]
    # the stranger: nothing at all; the coordinator: no names
    assert about(cast.vera, younger) == {}
    assert about(cast.coordinator, younger) == {}
    assert set(about(cast.users[Role.CLASS_TEACHER], younger)) <= {"consent", "record", "pair"}


def test_the_page_of_a_pair_links_the_cards_its_reader_may_open(cast):
    approve_pairs(cast.school)
    younger = cast.school.people["younger"]
    (hit,) = next(g.hits for g in search.about(cast.anna, younger.pk) if g.hits[0].kind == "pair")
    card = f'href="{reverse("people:card", args=[younger.pk])}"'
    assert card in text(signed_in(cast.anna).get(hit.url))
    teacher = signed_in(cast.users[Role.CLASS_TEACHER])
    page = text(teacher.get(hit.url))
    # the class teacher opens the cards of the own class, and no other's
    links = [part.split('"')[0] for part in page.split('href="/people/')[1:]]
    assert links
    assert {teacher.get(f"/people/{link}").status_code for link in links} == {200}
