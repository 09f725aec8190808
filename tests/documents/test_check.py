"""«Проверка документа»: a file, a paper of the register, pairs other than in the base; nothing is kept."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.cast import CANARY, approve_pairs
from tests.pages import signed_in, text

from nastavnik.core.models import AuditEntry
from nastavnik.documents.models import Document
from nastavnik.mentorships.models import Tie

pytestmark = pytest.mark.django_db

FAULTY = "ПРИКАЗ\n10.10.2025\nПредставить отчёт до 15.09.2025.\nСнижение числа состоящих на учёте в ПДН.\n"


def sent(client, words, name="order.txt"):
    file = SimpleUploadedFile(name, words if isinstance(words, bytes) else words.encode())
    return client.post(reverse("documents:check"), {"file": file})


def test_a_file_is_checked_and_nothing_of_it_is_kept(cast):
    before = [model.objects.count() for model in (Document, AuditEntry)]
    client = signed_in(cast.anna)
    page = sent(client, FAULTY)
    assert page.status_code == 200
    said = text(page)
    assert "2 remarks" in said
    assert "Line 3." in said
    assert "15.09.2025" in said
    assert [model.objects.count() for model in (Document, AuditEntry)] == before


def test_a_clean_file_says_so_and_a_foreign_one_why_not(cast):
    client = signed_in(cast.anna)
    assert "No mistake of those we know was found" in text(sent(client, "Слово о наставниках."))
    torn = sent(client, b"PK\x03\x04 torn", "a.docx")
    assert torn.status_code == 422
    assert "remarks" not in text(torn)
    empty = client.post(reverse("documents:check"), {})
    assert empty.status_code == 422
    assert "Choose a file" in text(empty)


def test_a_paper_of_the_register_is_reached_from_its_page_and_clean(cast):
    order = approve_pairs(cast.school)
    client = signed_in(cast.anna)
    address = reverse("documents:check-paper", args=[order.pk])
    assert address in client.get(reverse("documents:card", args=[order.pk])).content.decode()
    assert address in client.get(reverse("documents:check")).content.decode()
    assert reverse("documents:check") in client.get(reverse("documents:register")).content.decode()
    assert "0 remarks" in text(client.get(address))


def test_a_pair_other_than_in_the_base_is_told(cast):
    approve_pairs(cast.school)
    ties = list(Tie.objects.select_related("mentorship__mentor__person", "mentee__person"))
    one, other = next(
        (a, b) for a in ties for b in ties if a.mentorship.mentor_id != b.mentorship.mentor_id
    )
    mentor = one.mentorship.mentor.person.full_name
    client = signed_in(cast.anna)
    right = sent(client, f"Наставник: {mentor}, наставляемый: {one.mentee.person.full_name}.")
    wrong = sent(client, f"Наставник: {mentor}, наставляемый: {other.mentee.person.full_name}.")
    assert "in the base the mentor is" not in text(right)
    assert "in the base the mentor is" in text(wrong)
    stranger = sent(
        signed_in(cast.vera), f"Наставник: {mentor}, наставляемый: {other.mentee.person.full_name}."
    )
    assert "in the base the mentor is" not in text(stranger)


def test_the_stranger_sees_no_paper(cast):
    order = approve_pairs(cast.school)
    client = signed_in(cast.vera)
    assert client.get(reverse("documents:check-paper", args=[order.pk])).status_code == 404
    assert order.title not in text(client.get(reverse("documents:check")))
    assert CANARY not in text(signed_in(cast.anna).get(reverse("documents:check")))


def test_no_question_stands_without_an_answer(cast):
    page = signed_in(cast.anna).get(reverse("documents:check")).content.decode()
    assert re.search(r'class="help" href="[^"]+documents[^"]*"', page)
