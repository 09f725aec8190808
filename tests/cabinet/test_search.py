"""The page of search: who finds what, in how many queries; the keys are switched off and on."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import CANARY, approve_pairs

from nastavnik.core.access import Role
from nastavnik.core.hooks import search
from nastavnik.documents.actions import set_requisites
from nastavnik.documents.models import Document
from nastavnik.mentorships.actions import set_pair_status
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.people.actions import change_person, mark_left
from nastavnik.people.models import User

pytestmark = pytest.mark.django_db


def fresh(user):
    """Return the user as the next request sees it."""
    return User.objects.get(pk=user.pk)


def found(user, question):
    """Return group → titles of what a user finds."""
    return {
        group.hits[0].kind: [hit.title.replace("\N{NO-BREAK SPACE}", " ") for hit in group.hits]
        for group in search.find(fresh(user), question)
    }


def page(user, question="", language="en"):
    client = Client()
    client.cookies["django_language"] = language
    client.force_login(user)
    return client.get("/search/", {"q": question})


@pytest.fixture
def paired(cast):
    cast.school.order = approve_pairs(cast.school)
    set_requisites(cast.school.order, number="118-О", dated_on=None, by=cast.anna)
    approve_pairs(cast.other)
    return cast


def test_a_curator_finds_people_records_pairs_and_papers(paired):
    assert found(paired.anna, "младшова")["person"] == ["Младшова Маша Ильинична"]
    assert found(paired.anna, "младшова")["record"] == ["Младшова Маша Ильинична"]
    (pair,) = found(paired.anna, "младшова")["pair"]
    assert "Младшова Маша" in pair
    assert found(paired.anna, "118-о") == {"paper": [f"{paired.school.order.title} № 118-О"]}


@pytest.mark.parametrize("question", ["ЁЛКИН", "елкин", "Ёлки", "е\u0308лкин", "петрович Ёлкин"])
def test_case_and_yo_are_one(paired, question):
    change_person(paired.school.people["older"], last_name="Ёлкин", by=paired.anna)
    assert found(paired.anna, question)["person"] == ["Ёлкин Олег Петрович"]


@pytest.mark.parametrize("question", ["%", "_", "младш%", "' OR 1=1 --", "младшова ульяна", "ъъъ"])
def test_what_is_not_there_is_not_found(paired, question):
    assert found(paired.anna, question) == {}


@pytest.mark.both
def test_both_sides_of_a_pair_are_asked_word_by_word(paired):
    pair = Mentorship.objects.get(ties__mentee=paired.school.records["younger"])
    sides = f"{pair.mentor.person.last_name} младшов миша"
    assert len(found(paired.anna, sides)["pair"]) == 1


def test_those_who_left_come_last_and_are_marked(paired):
    mark_left(paired.school.people["younger"], by=paired.anna)
    groups = search.find(fresh(paired.anna), "младшов")
    assert [hit.title for hit in groups[0].hits] == [
        "Младшова Маша Ильинична",
        "Младшов Миша Ильич",
    ]
    assert "Left on" in page(paired.anna, "младшов").content.decode()


@pytest.mark.parametrize("question", [CANARY, CANARY.upper(), CANARY[2:7]])
def test_a_stranger_finds_nothing(paired, question):
    for user in (*paired.users.values(), paired.staff_curator, paired.coordinator):
        assert found(user, question) == {}
    assert found(paired.vera, question)["person"]
    assert found(paired.vera, "118-о") == {}


def test_a_class_teacher_finds_the_own_class_only(paired):
    teacher = paired.users[Role.CLASS_TEACHER]
    assert found(teacher, "младшова")["person"] == ["Младшова Маша Ильинична"]
    assert set(found(teacher, "младшова")) == {"person", "record", "pair"}
    assert found(teacher, "ждунов") == {}
    assert found(teacher, "новикова") == {}
    assert found(teacher, paired.school.order.title) == {}


def test_a_class_teacher_is_not_told_of_a_pupil_of_another_class_in_a_group(paired):
    pair = Mentorship.objects.get(ties__mentee=paired.school.records["younger"])
    Tie.objects.create(
        organisation=pair.organisation,
        mentorship=pair,
        mentee=paired.school.records["waiting"],
        starts_on=pair.starts_on,
    )
    teacher = paired.users[Role.CLASS_TEACHER]
    assert "Ждунов" not in found(teacher, "младшов миша")["pair"][0]
    assert found(teacher, "ждунов") == {}
    assert "Ждунов" in found(paired.anna, "младшов миша")["pair"][0]


@pytest.mark.parametrize(("role", "key"), [(Role.MENTOR, "older"), (Role.MENTEE, "younger")])
def test_a_mentor_and_a_mentee_find_their_own_pair_only(paired, role, key):
    user, me = paired.users[role], paired.school.people[key]
    assert set(found(user, me.last_name)) == {"pair"}
    others = [
        person.search_name
        for name, person in paired.school.people.items()
        if name in {"waiting", "novice", "teacher"}
    ]
    assert [found(user, name) for name in others] == [{}, {}, {}]
    pair = Mentorship.objects.open().filter(mentor__person=me).first() or Mentorship.objects.get(
        ties__mentee__person=me
    )
    response = page(user, me.last_name)
    assert 'href="/pairs/own/"' in response.content.decode()
    assert f"/pairs/{pair.pk}/" not in response.content.decode()
    set_pair_status(pair, MentorshipStatus.CANCELLED, reason="конец", by=paired.anna)
    left = Mentorship.objects.open().filter(mentor__person=me).count()
    assert len(found(user, me.last_name).get("pair", [])) == left


def test_one_who_left_a_group_is_not_named_to_it(paired):
    pair = Mentorship.objects.get(ties__mentee=paired.school.records["younger"])
    tie = Tie.objects.create(
        organisation=pair.organisation,
        mentorship=pair,
        mentee=paired.school.records["waiting"],
        starts_on=pair.starts_on,
        ends_on=pair.starts_on,
    )
    assert found(paired.anna, "ждунов младшов") == {}
    assert tie.mentee.person.short_name not in found(paired.anna, "младшов миша")["pair"][0]


def test_who_only_reads_is_led_to_the_line_of_the_base(paired):
    groups = search.find(fresh(paired.users[Role.DIRECTOR]), "старшова")
    (record,) = next(group.hits for group in groups if group.hits[0].kind == "record")
    assert record.url.startswith("/mentors/?q=")


def test_every_hit_opens(paired):
    for user in (
        paired.anna,
        *(paired.users[role] for role in (Role.DIRECTOR, Role.CLASS_TEACHER)),
    ):
        client = Client()
        client.force_login(user)
        for question in ("младшов", "старшов", "118", "прик"):
            for group in search.find(fresh(user), question):
                for hit in group.hits:
                    assert client.get(hit.url).status_code == 200, hit


@pytest.mark.parametrize("question", ["а", "младшов миша", "118-о", "ъъъ"])
def test_at_most_six_queries(paired, question):
    user = fresh(paired.anna)
    assert user.viewer
    with CaptureQueriesContext(connection) as captured:
        search.find(user, question)
    assert len(captured) <= 6


def test_the_page_has_the_field_its_answer_and_the_keys(paired):
    text = page(paired.anna, "младшова").content.decode()
    assert 'value="младшова"' in text
    assert "Found: 3." in text
    assert "<kbd>g</kbd> <kbd>m</kbd>" in text
    assert "Nothing is found." in page(paired.anna, "ъъъ").content.decode()
    assert "Ничего не нашлось." in page(paired.anna, "ъъъ", "ru").content.decode()
    assert "A part of a name" in page(paired.anna).content.decode()


def test_a_question_is_escaped_and_cut(paired):
    text = page(paired.anna, '"><script>' + "я" * 500).content.decode()
    assert "<script>я" not in text
    assert "я" * 101 not in text


def test_a_coordinator_has_no_field(paired):
    text = page(paired.coordinator, "младшов").content.decode()
    assert "data-find" not in text
    assert "Младшов" not in text
    assert "numbers only" in page(paired.coordinator).content.decode()


def test_the_keys_are_switched_off_and_on(cast):
    client = Client()
    client.force_login(cast.anna)
    assert "data-keys>" in client.get("/people/").content.decode()
    assert client.post("/keys/", {"keys": "off"}).headers["Location"] == "/search/"
    assert "data-keys>" not in client.get("/people/").content.decode()
    client.post("/keys/", {"keys": "on"})
    assert "data-keys>" in client.get("/people/").content.decode()


@pytest.mark.parametrize("role", [Role.CURATOR, Role.DIRECTOR])
def test_only_a_curator_sees_the_page_of_components(cast, role):
    client = Client()
    client.force_login(cast.users[role])
    is_curator = role is Role.CURATOR
    assert client.get("/components/").status_code == (200 if is_curator else 403)
    assert ("/components/" in client.get("/settings/").content.decode()) is is_curator


def test_the_example_table_sorts_by_its_address(cast):
    client = Client()
    client.force_login(cast.anna)
    up, down = (client.get("/components/", {"sort": s}).content.decode() for s in ("name", "-name"))
    assert up.index("Глобусова Ася</a>") < up.index("Звонков Матвей</a>")
    assert down.index("Глобусова Ася</a>") > down.index("Звонков Матвей</a>")
    assert 'aria-sort="descending"' in down


@pytest.mark.both
def test_the_key_of_a_paper_follows_title_and_number(paired):
    paper = Document.objects.get(pk=paired.school.order.pk)
    assert paper.search_text.endswith("118-о")
    set_requisites(paper, number="Ё-7", dated_on=None, by=paired.anna)
    assert found(paired.anna, "е-7")
    assert found(paired.anna, "118-о") == {}
