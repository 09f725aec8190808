"""Papers of an organisation and its programme: what is entered stands on them, what is not is a line; nothing else."""

import re

import pytest
from tests.cast import approve_pairs
from tests.pages import signed_in, text

from nastavnik.core.access import Role
from nastavnik.core.hooks.facts import facts_of
from nastavnik.documents import paper_kinds, texts
from nastavnik.documents.actions import enter_particulars, refresh_document, set_requisites
from nastavnik.documents.forms import ParticularsForm
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import Reply, Wanted
from nastavnik.documents.queries import content_of, drawn, findings
from nastavnik.organisations.models import AcademicYear, Organisation
from nastavnik.people.models import Person
from nastavnik.programmes.models import MentoringForm, Programme
from nastavnik.roadmaps.catalogues import entries
from nastavnik.schoolpapers.choices import (
    BODY_MINUTES,
    CURATOR,
    GROUP,
    INTRODUCTION,
    PROGRAMME,
    REGULATION,
)
from nastavnik.schoolpapers.papers import KINDS

pytestmark = pytest.mark.django_db
CODES = [kind.code for kind in KINDS]
SAID = "Мартышкина Глафира Львовна, заведующая складом"


def words(content):
    """Return every text of a paper."""

    def each(value):
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for one in value.values():
                yield from each(one)
        elif isinstance(value, list | tuple):
            for one in value:
                yield from each(one)

    return list(each(content["blocks"]))


def faults(content):
    """Return what no paper may say."""
    wrong = re.compile(r"None|[{}]|\(\s*\)|  |«»|, ?,|\.\.|, \.| ,|<|\bот №|c \d")
    return [one for one in [content["title"], *words(content)] if wrong.search(one)]


def draft(year, code, entered=None):
    return Document(organisation=year.organisation, year=year, kind=code, entered=entered or {})


def answers(kind, document):
    """Return an answer to every question of a kind."""
    told = {}
    for one in kind.questions:
        if one.reply == Reply.DAY:
            told[one.name] = "2026-10-15"
        elif one.choices is not None:
            told[one.name] = one.choices(document)[0][0]
        elif one.reply == Reply.LINES:
            told[one.name] = f"{SAID}\nВторая строка {one.name};\n\n"
        else:
            told[one.name] = f"Ответ на {one.name}"
    return told


def content(kind, document):
    return content_of(kind.code, kind.compose(document))


@pytest.mark.parametrize("kind", KINDS, ids=CODES)
def test_a_paper_of_an_empty_school_has_lines_and_invents_nothing(kind, db):
    school = Organisation.objects.create(
        level="organisation", full_name="Школа № 9 посёлка Пустошь", short_name="Школа № 9"
    )
    year = AcademicYear.objects.create(
        organisation=school, starts_on="2026-09-01", ends_on="2027-08-31"
    )
    year.refresh_from_db()
    said = content(kind, draft(year, kind.code))
    assert faults(said) == []
    assert "Школа № 9 посёлка Пустошь" in " ".join(words(said))
    assert "_____" in " ".join(words(said))
    assert said["title"]
    of_rows = {"course", "form"}
    told = set(kind.compose(draft(year, kind.code)).facts)
    assert texts.places_of(texts.form_of(kind.code)) <= told | of_rows


@pytest.mark.parametrize("kind", KINDS, ids=CODES)
def test_a_paper_says_what_was_answered_and_names_nobody_else(kind, cast):
    approve_pairs(cast.school)
    document = draft(cast.school.year, kind.code)
    document.entered = answers(kind, document)
    said = content(kind, document)
    assert faults(said) == []
    whole = " ".join(words(said)) + said["title"]
    for one in kind.questions:
        given = document.entered[one.name]
        if one.reply == Reply.LINES:
            assert f"Вторая строка {one.name}" in whole
            assert f"Вторая строка {one.name};" not in whole
        elif one.reply == Reply.LINE:
            assert given in whole or one.name.startswith("curator_")
    curator = {cast.anna.person_id}
    for person in Person.objects.exclude(pk__in=curator):
        assert person.full_name not in whole, person
        assert person.short_name not in whole


@pytest.mark.parametrize("kind", KINDS, ids=CODES)
def test_every_kind_is_offered_and_drawn_from_the_command_line(kind, cast):
    assert paper_kinds.kind_of(draft(cast.school.year, kind.code)) == kind
    assert kind.offer is not None
    assert set(kind.offer.lines) <= set(entries())
    (found, *_others) = drawn(kind, cast.school.organisation, Wanted())
    assert found.title
    assert not list(drawn(kind, cast.school.organisation, Wanted(pair=1)))
    assert not Document.objects.exists()
    names = [one.name for one in kind.questions]
    assert len(set(names)) == len(names)
    assert all(not name.startswith("word") for name in names)


def test_the_curator_begins_a_paper_answers_and_registers_it(cast):
    client = signed_in(cast.anna, "ru")
    page = text(client.get("/documents/new/"))
    assert all(str(kind.title) in page for kind in KINDS)
    address = client.post("/documents/new/", {"kind": GROUP})["Location"]
    assert client.post("/documents/new/", {"kind": GROUP})["Location"] == address
    paper = Document.objects.get()
    assert "Члены группы" in " ".join(findings(paper))
    form = ParticularsForm(
        paper, {"asked": "1", "group_chair": SAID, "members": f"{SAID} (по согласованию)\n"}
    )
    assert form.is_valid()
    sent = {
        "asked": "1",
        "group_chair": SAID,
        "members": f"{SAID} (по согласованию)\n",
        "number": "7",
        "dated_on": "2026-10-01",
        "register": "1",
    }
    asked = client.post(address, sent)
    client.post(asked["Location"])
    paper.refresh_from_db()
    assert paper.status == "registered"
    whole = " ".join(words(paper.content))
    assert "заведующая складом (по согласованию)" in whole
    frozen = paper.content
    cast.school.organisation.head_name = "Другой Олег Олегович"
    cast.school.organisation.save()
    refresh_document(paper, by=None)
    paper.refresh_from_db()
    assert paper.content == frozen
    again = client.post("/documents/new/", {"kind": GROUP})["Location"]
    assert again != address


def test_each_press_begins_other_minutes(cast):
    client = signed_in(cast.anna, "ru")
    first = client.post("/documents/new/", {"kind": BODY_MINUTES})["Location"]
    assert client.post("/documents/new/", {"kind": BODY_MINUTES})["Location"] != first


def test_the_title_of_minutes_names_who_met(cast):
    (kind,) = (one for one in KINDS if one.code == BODY_MINUTES)
    said = content(kind, draft(cast.school.year, kind.code, {"body": "цикловая комиссия"}))
    assert said["title"] == "Протокол заседания цикловой комиссии"


def test_what_is_not_offered_is_refused_in_words(cast):
    client = signed_in(cast.anna, "ru")
    page = text(client.post("/documents/new/", {"kind": "pair_order"}, follow=True))
    assert "Такой бумаги нет" in page
    assert not Document.objects.exists()


def test_a_registered_order_ticks_its_line(cast):
    year = cast.school.year
    Programme.objects.update(acts="")
    known = facts_of(year.organisation_id, year.starts_on, year.ends_on)
    assert "curator_appointed" not in known
    client = signed_in(cast.anna, "ru")
    for code, number in ((CURATOR, "1"), (INTRODUCTION, "2")):
        client.post("/documents/new/", {"kind": code})
        paper = Document.objects.get(kind=code)
        set_requisites(paper, number=number, dated_on=year.starts_on, by=cast.anna)
        client.post(f"/documents/{paper.pk}/register/")
    known = facts_of(year.organisation_id, year.starts_on, year.ends_on)
    assert {"curator_appointed", "introduced_by"} <= set(known)


def test_who_may_not_write_papers_begins_none(cast):
    for user in (cast.users[Role.DIRECTOR], cast.users[Role.PSYCHOLOGIST], cast.users[Role.MENTOR]):
        assert signed_in(user, "ru").post("/documents/new/", {"kind": GROUP}).status_code == 403
    assert not Document.objects.exists()


def test_a_paper_of_another_school_is_not_seen(cast):
    client = signed_in(cast.anna, "ru")
    address = client.post("/documents/new/", {"kind": GROUP})["Location"]
    stranger = signed_in(cast.other.curator, "ru")
    assert stranger.get(address).status_code == 404
    assert "рабочей группы" not in text(stranger.get("/documents/new/")).replace(
        "Приказ о рабочей группе", ""
    )


def test_answers_are_kept_as_they_were_written(cast):
    client = signed_in(cast.anna, "ru")
    client.post("/documents/new/", {"kind": CURATOR})
    paper = enter_particulars(Document.objects.get(), {"stand_in": SAID}, by=cast.anna)
    paper = refresh_document(paper, by=cast.anna)
    assert f"исполняет: {SAID}." in " ".join(words(paper.content))


def test_words_of_labour_law_stand_only_where_staff_mentor_staff(cast):
    (kind,) = (one for one in KINDS if one.code == REGULATION)
    programme = cast.school.programme
    whole = " ".join(words(content(kind, draft(cast.school.year, kind.code))))
    assert "351.8" in whole
    programme.forms.set(programme.forms.exclude(code="teacher_teacher"))
    whole = " ".join(words(content(kind, draft(cast.school.year, kind.code))))
    assert "Трудового кодекса" not in whole
    assert "трудового договора" not in whole
    assert "должност" not in whole


def test_the_programme_describes_the_forms_that_were_chosen(cast):
    (kind,) = (one for one in KINDS if one.code == PROGRAMME)
    said = content(kind, draft(cast.school.year, kind.code))
    tables = [one.get("heading") for one in said["blocks"] if one.get("heading")]
    told = " ".join(str(one) for one in tables)
    for form in MentoringForm.objects.directory():
        chosen = cast.school.programme.forms.filter(code=form.code).exists()
        assert (f"«{form.title}»" in told) == chosen
    sections = [one for one in words(said) if re.fullmatch(r"\d\. .*", one)]
    assert len(sections) == 9


def test_the_regulation_has_seven_sections(cast):
    (kind,) = (one for one in KINDS if one.code == REGULATION)
    said = content(kind, draft(cast.school.year, kind.code))
    assert len([one for one in words(said) if re.fullmatch(r"\d\. .*", one)]) == 7
