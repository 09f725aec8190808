"""«Кто и что менял» and «Кто видел карточку»: who sees which lines, in which words, and what a look costs."""

import ast
import datetime as dt
import io
import logging
import re
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook
from tests.cast import CANARY, approve_pairs
from tests.pages import signed_in, text

import nastavnik
from nastavnik.cabinet.catalogues import field_in_words, trail_words
from nastavnik.cabinet.queries.trail import seen, told, trail
from nastavnik.core import anchors, audit, looks
from nastavnik.core.access import Role
from nastavnik.core.models import AuditEntry, Look, LookKind
from nastavnik.districts.choices import AgreementStatus
from nastavnik.documents.actions import set_requisites
from nastavnik.matching.actions import give_opinion
from nastavnik.matching.choices import OpinionOutcome, Ruling
from nastavnik.mentorships.models import Mentorship
from nastavnik.oversight.choices import RecommendationStatus
from nastavnik.people.actions import change_person
from nastavnik.people.models import Membership, Person, User
from nastavnik.plans.choices import PlanStatus

pytestmark = pytest.mark.django_db
ROOT = Path(nastavnik.__file__).parent
EXPANDED = {
    "f'pair-{ruling}'": [f"pair-{one}" for one in Ruling],
    "f'roadmap-{status.value}'": [f"roadmap-{one}" for one in (AgreementStatus.AGREED, AgreementStatus.RETURNED)],
    "f'recommendation-{status.value}'": [f"recommendation-{one}" for one in RecommendationStatus],
    "f'plan-{to.value}'": [f"plan-{one}" for one in PlanStatus if one != PlanStatus.REPLACED],
    "audit.CREATED": ["created"], "audit.CHANGED": ["changed"], "audit.DELETED": ["deleted"],
}  # fmt: skip


def recorded():
    """Return every act and every literal field the program writes into the trail."""
    acts, fields = set(), set()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) not in (
                "audit.record",
                "audit.record_many",
            ):
                continue
            said = node.args[0]
            if isinstance(said, ast.Name):
                continue  # handed on by a function of the same file, which says it in words
            parts = [said.body, said.orelse] if isinstance(said, ast.IfExp) else [said]
            for part in map(ast.unparse, parts):
                acts |= set(EXPANDED.get(part, [part.strip("'")]))
            for word in node.keywords:
                if word.arg == "fields":
                    fields |= {
                        one.value
                        for one in ast.walk(word.value)
                        if isinstance(one, ast.Constant) and isinstance(one.value, str)
                    }
    return acts, fields


def test_every_act_and_field_of_the_program_has_words():
    acts, fields = recorded()
    assert len(acts) > 80
    assert acts - set(trail_words()["acts"]) == set()
    assert not [act for act in acts if "{" in act]  # another f-string: say above what it may be
    wordless = {
        name for name in fields if not re.search("[а-я]", field_in_words("people.person", name))
    }
    own = {field.name for model in OURS for field in model._meta.fields if has_own_word(field)}
    assert wordless <= own


OURS = [model for model in apps.get_models() if model.__module__.startswith("nastavnik.")]


def has_own_word(field):
    """Tell whether the model itself says how people call a field; the other words are of the code."""
    return str(field.verbose_name) != field.name.replace("_", " ")


def test_every_field_of_every_thing_has_words():
    """Also those whose names the program works out: a name of the code on the page would be seen by the curator."""
    known = set(trail_words()["fields"])
    of_things = set(trail_words()["things"])
    missing = {
        f"{model._meta.label_lower}.{field.name}"
        for model in OURS
        if model._meta.label_lower in of_things
        for field in model._meta.fields
        if field.name != "id" and field.name not in known and not has_own_word(field)
    }
    assert missing == set()


def test_every_thing_the_trail_speaks_of_has_a_word_and_a_kind(cast):
    approve_pairs(cast.school)
    subjects = set(AuditEntry.objects.values_list("subject", flat=True))
    words = trail_words()
    assert subjects <= set(words["things"])
    assert {label for one in words["kinds"].values() for label in one} == set(words["things"])
    assert set(words["kinds"]) < set(words["kind_words"])


def test_every_list_that_can_be_taken_out_has_a_word():
    names = set()
    for path in ROOT.glob("*/tables.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Table":
                names |= {one.value for one in [node.args[0]] if isinstance(one, ast.Constant)}
    assert len(names) > 5
    assert names <= set(trail_words()["lists"])


def page_of(user, **query):
    return text(signed_in(user).get("/trail/", query))


def test_the_page_says_who_when_and_what_in_words_and_no_value(cast):
    person = cast.school.people["younger"]
    change_person(person, by=cast.anna, position="Тайная должность")
    page = page_of(cast.anna, q=person.last_name)
    line = page[page.index("Изменено") - 400 : page.index("Изменено") + 400]
    assert cast.anna.full_name in line
    assert f"карточка человека: {person.full_name}" in line
    assert "должность" in line
    assert "Тайная" not in page
    assert CANARY not in page


def test_the_filters_narrow_and_leave_something(cast):
    approve_pairs(cast.school)
    every = trail(cast.anna).count()
    for narrowed in (
        {"kind": "people"},
        {"kind": "pairs"},
        {"actor": str(cast.anna.pk)},
        {"q": cast.school.people["younger"].last_name},
        {"of": f"people.person:{cast.school.people['younger'].pk}"},
    ):
        assert 0 < trail(cast.anna, **narrowed).count() < every, narrowed
    assert trail(cast.anna, day=timezone.localdate()).count() == every
    assert trail(cast.anna, day=timezone.localdate() - dt.timedelta(days=1)).count() == 0


def test_the_history_of_a_person_has_the_pairs_and_not_another_person(cast):
    order = approve_pairs(cast.school)
    set_requisites(order, number="5", dated_on=cast.school.year.starts_on, by=cast.anna)
    younger = cast.school.people["younger"]
    subjects = set(
        trail(cast.anna, of=f"people.person:{younger.pk}").values_list("subject", flat=True)
    )
    assert {"people.person", "consents.consent", "programmes.participation"} <= subjects
    assert "mentorships.tie" in subjects or "mentorships.mentorship" in subjects
    of = trail(cast.anna, of=f"people.person:{younger.pk}", kind="people")
    assert set(of.filter(subject="people.person").values_list("subject_id", flat=True)) == {
        younger.pk
    }
    assert trail(cast.anna, of=f"documents.document:{order.pk}").count() >= 2
    pair = Mentorship.objects.filter(organisation=cast.school.organisation).first()
    for address in (f"/people/{younger.pk}/", f"/pairs/{pair.pk}/", f"/documents/{order.pk}/"):
        page = text(signed_in(cast.anna).get(address))
        (link,) = re.findall(r'href="(/trail/\?of=[^"]+)"', page)
        assert signed_in(cast.anna).get(link).status_code == 200
        assert "/trail/" not in text(signed_in(cast.users[Role.PSYCHOLOGIST]).get(address)) or (
            signed_in(cast.users[Role.PSYCHOLOGIST]).get(address).status_code != 200
        )


@pytest.mark.parametrize(
    "of", ["people.user:1", "people.person:x", "people.person:" + "9" * 30, "nothing", "a:b:c"]
)
def test_no_history_of_what_has_none(cast, of):
    assert signed_in(cast.anna).get("/trail/", {"of": of}).status_code == 404


def test_no_history_of_a_person_of_another_school(cast):
    stranger = cast.other.people["younger"]
    assert signed_in(cast.anna).get("/trail/", {"of": f"people.person:{stranger.pk}"}).status_code == 404  # fmt: skip
    assert signed_in(cast.anna).get(f"/trail/people/{stranger.pk}/").status_code == 404


def test_a_director_reads_nothing_of_the_psychologist(cast):
    psychologist, director = cast.users[Role.PSYCHOLOGIST], cast.users[Role.DIRECTOR]
    give_opinion(
        mentor=cast.school.records["older"],
        mentee=cast.school.records["younger"],
        outcome=OpinionOutcome.AGAINST,
        by=psychologist,
    )
    audit.record("help-answered", cast.school.people["younger"], by=psychologist, fields=["note"])
    audit.record("preferences-given", cast.school.people["younger"], by=psychologist)
    page = page_of(director)
    for words in ("психолог", "помощи", "Выбор"):
        assert words not in page.partition("<table")[2]
    assert "Заключение психолога записано" in page_of(cast.anna)
    assert not trail(director, of=f"people.person:{cast.school.people['younger'].pk}").filter(action="opinion-given")  # fmt: skip


def test_a_curator_of_some_forms_sees_no_line(cast):
    assert trail(cast.anna).exists()
    assert not trail(cast.staff_curator).exists()


def test_the_list_goes_out_and_the_export_itself_stands_in_it(cast):
    client = signed_in(cast.anna)
    answer = client.get("/trail/", {"as": "xlsx", "kind": "people"})
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet.max_row - 1 == trail(cast.anna, kind="people").count()
    page = page_of(cast.anna, kind="exports")
    assert "Кто и что менял, файл Excel" in page
    assert f"строк: {sheet.max_row - 1}" in page
    assert client.get("/trail/", {"as": "print"}).status_code == 200


def test_more_lines_ask_no_more_queries(cast):
    def number(rows):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            told(cast.anna, rows)
        return len(asked)

    rows = list(trail(cast.anna).filter(subject="people.person"))
    assert len(rows) > 3
    assert number(rows) == number(rows[:1])


def test_the_page_says_whether_the_journal_is_whole(cast, settings, tmp_path):
    settings.DATA = tmp_path
    audit.seal_all()
    audit.check_and_keep()
    link = audit.last_link(cast.school.organisation.pk)
    page = page_of(cast.anna)
    assert audit.code_of(link) in page
    assert "it is as it was sealed" in page
    AuditEntry.objects.filter(organisation_id=cast.school.organisation.pk).first().delete()
    audit.check_and_keep()
    assert anchors.read().checked[str(cast.school.organisation.pk)] == 1
    assert "Link 1 does not fit" in page_of(cast.anna)


# ---------------------------------------------------------------- who has seen


def card(person):
    return f"/people/{person.pk}/"


def inserts(asked):
    return [one["sql"] for one in asked if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


@pytest.mark.both
def test_a_look_is_noted_once_a_sitting_and_the_second_writes_nothing(cast):
    person, client = cast.school.people["younger"], signed_in(cast.anna)
    with CaptureQueriesContext(connection) as first:
        client.get(card(person))
    with CaptureQueriesContext(connection) as second:
        client.get(card(person))
    assert len(inserts(first)) == 1
    assert inserts(second) == []
    (look,) = Look.objects.all()
    assert (look.person_id, look.actor_id, look.role, look.page, look.kind) == (
        person.pk, cast.anna.pk, "curator", "card", "looked",
    )  # fmt: skip
    signed_in(cast.anna).get(card(person))
    assert Look.objects.count() == 2  # another sitting
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        signed_in(cast.anna).get(card(person))
    assert Look.objects.count() == 3


def test_pages_of_a_person_and_of_a_pair_are_noted(cast):
    approve_pairs(cast.school)
    pair = Mentorship.objects.filter(organisation=cast.school.organisation).first()
    mentee = pair.ties.get().mentee
    client = signed_in(cast.anna)
    for address in (
        f"/pairs/{pair.pk}/",
        f"/base/{mentee.pk}/",
        f"/consents/people/{mentee.person_id}/",
        f"/people/{mentee.person_id}/edit/",
    ):
        assert client.get(address).status_code == 200
    pages = Look.objects.filter(person_id=mentee.person_id).values_list("page", flat=True)
    assert sorted(pages) == ["card", "consents", "pair", "request"]
    assert Look.objects.filter(person_id=pair.mentor.person_id, page="pair").exists()


def test_a_page_that_is_refused_is_no_look(cast):
    person = cast.school.people["younger"]
    assert signed_in(cast.vera).get(card(person)).status_code == 404
    assert not Look.objects.exists()


def test_ones_own_card_is_no_look(cast):
    user = User.objects.get(pk=cast.anna.pk)
    user.person = Person.objects.create(
        organisation=cast.school.organisation, kind="teacher", last_name="Своя", first_name="Анна"
    )
    user.save()
    signed_in(user).get(card(user.person))
    assert not Look.objects.exists()


def test_a_disk_that_takes_no_more_stops_nobody_from_reading(cast, monkeypatch, caplog):
    def full(*_args, **_more):
        raise DatabaseError("disk full")

    monkeypatch.setattr(type(Look.objects), "bulk_create", full)
    with caplog.at_level(logging.WARNING):
        assert signed_in(cast.anna).get(card(cast.school.people["younger"])).status_code == 200
    assert any("not noted" in record.message for record in caplog.records)


@pytest.mark.parametrize("address", ["/people/", "/consents/", "/mentees/", "/mentors/", "/pairs/"])  # fmt: skip
@pytest.mark.parametrize("kind", ["xlsx", "print"])
def test_a_list_taken_out_names_everybody_in_it(cast, address, kind):
    approve_pairs(cast.school)
    client = signed_in(cast.anna)
    client.get(address)
    assert not Look.objects.exists()  # on the screen a list is no look
    client.get(address, {"as": kind})
    rows = Look.objects.all()
    assert rows.count() >= 2
    assert {row.kind for row in rows} == {LookKind.EXPORTED if kind == "xlsx" else LookKind.PRINTED}
    of_school = set(Person.objects.filter(organisation=cast.school.organisation).values_list("pk", flat=True))  # fmt: skip
    assert {row.person_id for row in rows} <= of_school


def test_who_saw_my_child_is_answered_by_role_and_day_without_names(cast):
    person = cast.school.people["younger"]
    psychologist = cast.users[Role.PSYCHOLOGIST]
    signed_in(cast.anna).get(card(person))
    signed_in(psychologist).get(card(person))
    signed_in(cast.anna).get("/people/", {"as": "xlsx"})
    change_person(person, by=cast.anna, position="староста")
    other = cast.school.people["older"]
    signed_in(cast.users[Role.DIRECTOR]).get(card(other))
    lines = {(line.role, line.how, line.what) for line in seen(cast.anna, person)}
    curator, helper = "куратор", "психолог"
    roles = {line[0].lower() for line in lines}
    assert {curator, helper} <= roles
    assert "директор" not in roles  # he looked at somebody else
    assert any(line[1] == "выгрузили в файл" for line in lines)
    assert any(line[1:] == ("изменили", "карточка человека") for line in lines)
    printed = text(signed_in(cast.anna).get(f"/trail/people/{person.pk}/", {"as": "print"}))
    table = printed.partition("<table")[2]
    assert "смотрели" in table
    for user in (cast.anna, psychologist):
        assert user.full_name not in table


def test_a_role_of_that_day_is_told_and_not_the_one_of_today(cast):
    person = cast.school.people["younger"]
    change_person(person, by=cast.anna, position="староста")
    today = timezone.localdate()
    Membership.objects.filter(user=cast.anna).update(ends_on=today)
    Membership.objects.create(
        organisation=cast.school.organisation, user=cast.anna, role=Role.DIRECTOR, starts_on=today + dt.timedelta(days=1)
    )  # fmt: skip
    with time_machine.travel(timezone.now() + dt.timedelta(days=2)):
        user = User.objects.get(pk=cast.anna.pk)
        changed = [line for line in seen(user, person) if line.how == "изменили"]
    assert {line.role.lower() for line in changed} <= {"куратор", "сам сайт"}
    assert changed


def test_looks_are_forgotten_at_their_term(cast):
    signed_in(cast.anna).get(card(cast.school.people["younger"]))
    now = timezone.now()
    assert looks.LOOKS.forget(now - dt.timedelta(days=1)) == 0
    assert looks.LOOKS.forget(now + dt.timedelta(days=1)) == 1
