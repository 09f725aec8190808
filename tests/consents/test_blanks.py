"""Blanks: who signs follows from age, what is printed is what is signed, and what comes back keeps its version."""

import datetime as dt
import io

import pdfplumber
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from docx import Document as WordFile
from tests.cast import CANARY
from tests.pages import counts, said, signed_in, text

from nastavnik.consents.actions import (
    add_guardian,
    change_guardian,
    change_text,
    print_blanks,
    record_consents,
    record_returned,
)
from nastavnik.consents.choices import MOST_BLANKS, NEEDED_FOR_BASE, Purpose
from nastavnik.consents.documents import compose_pack
from nastavnik.consents.models import BlankSheet, Consent, ConsentText, Guardian, PrintPack
from nastavnik.consents.queries import asked_for, current_texts, missing_by_class, sheets_of
from nastavnik.consents.texts import purposes
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.writers.blocks import texts_of

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def pack_of(cast, *keys, purposes=NEEDED_FOR_BASE):
    people = [cast.school.people[key] for key in keys]
    asked = asked_for(people, purposes, only_missing=False)
    return print_blanks(cast.school.organisation, asked, title="испытание", by=cast.anna)


def said_by(cast, pack):
    """Return what each page of a pack says, the cover first."""
    pages = [[]]
    for block in compose_pack(pack, sheets_of(cast.anna, pack)):
        if type(block).__name__ == "Annex":
            pages.append([])
        pages[-1].extend(texts_of([block]))
    return ["\n".join(page) for page in pages]


@pytest.mark.parametrize(
    ("key", "signs", "does_not"),
    [
        ("younger", ["Законный представитель: ____"], ["Участник: "]),
        ("older", ["Законный представитель: ____", "Участник: Старшов Олег Петрович"], []),
        ("teacher", ["Участник: Учителева Ульяна Юрьевна"], ["Законный представитель"]),
    ],
)
def test_the_right_people_sign_by_age(cast, key, signs, does_not):
    [_cover, sheet] = said_by(cast, pack_of(cast, key, purposes=[Purpose.DATA]))
    assert all(words in sheet for words in signs)
    assert not any(words in sheet for words in does_not)
    assert cast.school.people[key].full_name in sheet
    assert cast.school.organisation.full_name in sheet
    assert "редакция 2026-2" in sheet


def test_a_pack_is_sorted_by_class_and_name_and_each_purpose_is_a_sheet(cast):
    pack = pack_of(cast, "oldest", "waiting", "youngest", "younger", "older")
    cover, *sheets = said_by(cast, pack)
    order = ["Младшов Миша", "Младшова Маша", "Ждунов", "Старшов Олег", "Старшова Ольга"]
    assert [cover.index(name) for name in order] == sorted(cover.index(name) for name in order)
    assert len(sheets) == 10
    for sheet, name in zip(sheets[::2], order, strict=True):
        assert name in sheet
        assert purposes()[Purpose.DATA].title in sheet
    assert all(purposes()[Purpose.PARTICIPATION].title in sheet for sheet in sheets[1::2])


def test_every_shipped_text_fits_one_page_with_the_lines_for_signatures(cast):
    pack = pack_of(cast, "older", purposes=list(Purpose))
    client = signed_in(cast.anna)
    address = reverse("consents:pack-file", args=[pack.pk, "pdf"])
    with pdfplumber.open(io.BytesIO(client.get(address).content)) as pdf:
        _cover, *pages = [page.extract_text() for page in pdf.pages]
    assert len(pages) == len(Purpose)
    assert all("Участник: Старшов Олег Петрович" in page for page in pages)
    word = client.get(reverse("consents:pack-file", args=[pack.pk, "docx"])).content
    paragraphs = [one.text for one in WordFile(io.BytesIO(word)).paragraphs]
    assert sum(line.startswith("Бланк ") and "редакция" in line for line in paragraphs) == 6
    assert client.get(reverse("consents:pack-file", args=[pack.pk, "exe"])).status_code == 404


def test_only_what_is_missing_is_printed(cast):
    people = list(cast.school.people.values())
    asked = asked_for(people, NEEDED_FOR_BASE, only_missing=True)
    assert asked == [(cast.school.people["waiting"], NEEDED_FOR_BASE)]
    before = counts()
    with pytest.raises(RefusedError):
        print_blanks(cast.school.organisation, [], title="", by=cast.anna)
    crowd = [(people[0], [Purpose.DATA])] * (MOST_BLANKS + 1)
    with pytest.raises(RefusedError, match=str(MOST_BLANKS)):
        print_blanks(cast.school.organisation, crowd, title="", by=cast.anna)
    assert counts() == before


def test_what_comes_back_keeps_the_version_of_its_blank(cast):
    pack = pack_of(cast, "waiting")
    change_text(
        cast.school.organisation, Purpose.DATA, title="Согласие", body="Иначе.", by=cast.anna
    )
    data, _taking_part = BlankSheet.objects.filter(pack=pack).select_related("person", "pack")
    with pytest.raises(RefusedError, match=f"{today():%d.%m.%Y}"):
        record_returned([data], signed_on=today() - DAY, by=cast.anna)
    [paper] = record_returned([data], signed_on=today(), by=cast.anna)
    assert (paper.purpose, paper.text_version) == (Purpose.DATA, "2026-2")
    kept = ConsentText.objects.get(purpose=Purpose.DATA, version="2026-2")
    assert kept.body == purposes()[Purpose.DATA].body
    [other] = record_consents(
        [cast.school.people["younger"]], [Purpose.PUBLICATION], signed_on=today(), by=cast.anna
    )
    assert other.text_version == ""  # the school's own blank
    assert record_returned([data], signed_on=today(), by=cast.anna) == []


def test_what_was_printed_first_and_comes_back_keeps_its_own_version(cast):
    first = pack_of(cast, "waiting", purposes=[Purpose.DATA])
    change_text(cast.school.organisation, Purpose.DATA, title="Иное", body="Иначе.", by=cast.anna)
    pack_of(cast, "waiting", purposes=[Purpose.DATA])
    sheets = BlankSheet.objects.filter(pack=first).select_related("person", "pack")
    [paper] = record_returned(sheets, signed_on=today(), by=cast.anna)
    assert paper.text_version == "2026-2"


def test_who_stands_on_a_blank_must_be_the_one_who_may_sign_on_the_day(cast):
    person = cast.school.people["waiting"]
    mother = add_guardian(person, full_name="Ждунова Жанна", relation="mother", by=cast.anna)
    pack = pack_of(cast, "waiting", purposes=[Purpose.DATA])
    sheets = BlankSheet.objects.filter(pack=pack).select_related("person", "pack")
    PrintPack.objects.filter(pk=pack.pk).update(printed_on=today() - DAY)
    change_guardian(mother, full_name=mother.full_name, ended_on=today(), by=cast.anna)
    add_guardian(person, full_name="Ждунов Жан", relation="father", ended_on=None, by=cast.anna)
    Guardian.objects.filter(full_name="Ждунов Жан").update(may_sign=["participation"])
    with pytest.raises(RefusedError, match="Ждунова Жанна"):
        record_returned(sheets.all(), signed_on=today(), by=cast.anna)
    assert not Consent.objects.filter(person=person).exists()
    [paper] = record_returned(sheets.all(), signed_on=today() - DAY, by=cast.anna)
    assert paper.guardian == mother


def test_a_changed_text_is_a_version_and_the_next_blank_has_it(cast):
    school, more = cast.school.organisation, {"by": cast.anna}
    first = current_texts(school)[Purpose.DATA]
    with pytest.raises(RefusedError):
        change_text(school, Purpose.DATA, title=first.title, body=first.body, **more)
    change_text(school, Purpose.DATA, title=first.title, body="Раз.\n\n- точка", **more)
    change_text(school, Purpose.DATA, title=first.title, body="Два.", **more)
    assert current_texts(school)[Purpose.DATA].version == "own-2"
    assert current_texts(cast.other.organisation)[Purpose.DATA] == first
    [_cover, sheet] = said_by(cast, pack_of(cast, "older", purposes=[Purpose.DATA]))
    assert "Два." in sheet
    assert "редакция школы, 2" in sheet
    row = ConsentText.objects.filter(organisation=school).first()
    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        ConsentText.objects.update(body="иное")


@pytest.mark.both
def test_the_database_keeps_numbers_and_versions_apart(cast):
    pack = pack_of(cast, "older")
    sheet = pack.sheets.first()
    for wrong in ({"number": sheet.number, "purpose": "transfer"}, {"number": 99}):
        row = {"purpose": sheet.purpose} | wrong
        with pytest.raises(IntegrityError), transaction.atomic():
            BlankSheet.objects.create(
                organisation=pack.organisation, pack=pack, person=sheet.person, **row
            )
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentText.objects.create(
            organisation=pack.organisation, purpose="data", version="2026-2", title="а", body="б"
        )


def test_blanks_are_printed_and_come_back_on_the_pages(cast):
    client = signed_in(cast.anna)
    assert reverse("consents:print") in text(client.get("/consents/"))
    given = {"group": "6Б", "who": "missing", "purposes": ["data", "participation"]}
    response = client.post(reverse("consents:print"), given, follow=True)
    pack = PrintPack.objects.get()
    assert response.redirect_chain == [(reverse("consents:pack", args=[pack.pk]), 302)]
    assert (response.context["n"], response.context["n_back"]) == (2, 0)
    page = reverse("consents:pack", args=[pack.pk])
    assert text(client.get(page)).count(" checked") == 0
    assert text(client.get(page, {"all": "1"})).count(" checked") == 2
    back = {"sheets": [one.pk for one in pack.sheets.all()], "signed_on": today().isoformat()}
    early = client.post(page, back | {"signed_on": (today() - DAY).isoformat()})
    assert early.status_code == 422
    assert not Consent.objects.filter(person=cast.school.people["waiting"]).exists()
    done = client.post(page, back, follow=True)
    assert "2 papers are ticked off" in said(done)[-1]
    assert done.context["n_back"] == 2
    assert done.context["batch"].n == 2  # the way back
    again = client.post(reverse("consents:print"), given)
    assert again.status_code == 422
    assert "Nothing to print" in text(again)


def test_a_class_teacher_prints_for_the_own_class_only(cast):
    client = signed_in(cast.users[Role.CLASS_TEACHER])
    given = {"group": "", "who": "all", "purposes": ["data"]}
    client.post(reverse("consents:print"), given)
    own = PrintPack.objects.get()
    assert {sheet.person for sheet in own.sheets.all()} == {
        cast.school.people["younger"],
        cast.school.people["youngest"],
    }
    strange = pack_of(cast, "older")
    assert client.get(reverse("consents:pack", args=[strange.pk])).status_code == 404
    assert (
        client.post(reverse("consents:text-change", args=["data"]), {"title": "а"}).status_code
        == 403
    )
    back = {"sheets": [strange.sheets.first().pk], "signed_on": today().isoformat()}
    assert client.post(reverse("consents:pack", args=[own.pk]), back).status_code == 422


def test_the_packs_of_another_school_are_out_of_reach(cast):
    asked = [(cast.other.people["waiting"], [Purpose.DATA])]
    pack = print_blanks(cast.other.organisation, asked, title=CANARY, by=cast.vera)
    client = signed_in(cast.anna)
    for address in (
        reverse("consents:pack", args=[pack.pk]),
        reverse("consents:pack-file", args=[pack.pk, "pdf"]),
    ):
        assert client.get(address).status_code == 404
    assert CANARY not in text(client.get(reverse("consents:print")))


def test_who_is_missing_stands_by_class_with_a_text_to_copy(cast):
    client = signed_in(cast.anna)
    page = client.get(reverse("consents:missing"))
    assert page.context["n_missing"] == 1
    assert "6Б: Ждунов Женя" in text(page)
    photo = client.get(reverse("consents:missing"), {"purpose": "publication"})
    assert [one.group for one in photo.context["classes"]] == ["5А", "6Б", "9А", "10А", ""]
    assert "opens only what it covers" in text(photo)
    assert client.get(reverse("consents:missing"), {"purpose": "bogus"}).status_code == 200
    assert missing_by_class([], Purpose.DATA) == []


def test_the_texts_are_read_and_changed_on_a_page(cast):
    client = signed_in(cast.anna)
    page = reverse("consents:text", args=["publication"])
    assert page in text(client.get(reverse("consents:texts")))
    given = {"title": "Фото", "body": "Можно.\r\n\r\n- раз\r\n- два"}
    change = reverse("consents:text-change", args=["publication"])
    assert change in text(client.get(page))
    assert client.post(change, {"title": "Фото", "body": ""}).status_code == 422
    client.post(change, given)
    shown = text(client.get(page))
    assert "<li>раз</li>" in shown
    assert said(client.post(change, given, follow=True))  # the same again: refused, said
    assert ConsentText.objects.count() == 1
    assert client.get(reverse("consents:text", args=["bogus"])).status_code == 404
