"""`document`: every kind of paper from the command line, and nothing of it in the database; `gallery`: all of them."""

import json
from io import StringIO
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from tests.cast import approve_pairs

from nastavnik.core.models import AuditEntry
from nastavnik.documents import paper_kinds
from nastavnik.documents.models import Document
from nastavnik.mentorships.models import Mentorship

pytestmark = pytest.mark.django_db


def said(*words, **options):
    out = StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def rows():
    return Document.objects.count(), AuditEntry.objects.count()


def words_of(path):
    return ZipFile(path).read("word/document.xml").decode()


def test_the_list_names_every_kind_and_what_it_is_of():
    listed = json.loads(said("document", "--list", "--json"))
    assert [one["kind"] for one in listed] == [
        kind.code for kind in (*paper_kinds.kinds(), *paper_kinds.sheet_kinds())
    ]
    assert {frozenset(one) for one in listed} == {frozenset({"kind", "title", "of"})}
    assert {"pair_order": "pair", "monthly_word": "month", "individual_plan": "person"}.items() <= {
        one["kind"]: one["of"] for one in listed
    }.items()
    assert "pair_order" in said("document", "--list")


def test_a_paper_is_drawn_and_nothing_is_kept(cast, tmp_path):
    order = approve_pairs(cast.school)
    first, second = Mentorship.objects.order_by("pk")[:2]
    before = rows()
    said("document", "pair_order", "--out", str(tmp_path / "order.pdf"))
    assert (tmp_path / "order.pdf").read_bytes().startswith(b"%PDF")
    said("document", "pair_order", "--pair", str(second.pk), "--out", str(tmp_path / "order.docx"))
    assert second.mentor.person.full_name in words_of(tmp_path / "order.docx")
    said("document", "meeting_journal", "--out", str(tmp_path / "any.docx"))
    assert first.mentor.person.full_name in words_of(tmp_path / "any.docx")
    person = str(second.mentees[0].pk)
    said("document", "meeting_journal", "--person", person, "--out", str(tmp_path / "of.docx"))
    journal = words_of(tmp_path / "of.docx")
    assert second.mentor.person.full_name in journal
    assert first.mentor.person.full_name not in journal
    assert rows() == before
    assert Document.objects.get() == order


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nothing", "--out", "a.docx"], "Бумаги вида «nothing» нет"),
        (["pair_order"], "куда положить"),
        (["pair_order", "--out", "a.txt"], "куда положить"),
        (["pair_order", "--month", "2026-11", "--out", "a.pdf"], "уберите --month"),
        (["event_minutes", "--pair", "1", "--out", "a.pdf"], "уберите --pair"),
        (["monthly_word", "--month", "2026-13", "--out", "a.pdf"], "2026-11"),
        (["pair_order", "--out", "a.pdf"], "пока не из чего"),
        (["pair_order", "--pair", "999999", "--out", "a.pdf"], "По названному"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(cast, tmp_path, monkeypatch, words, sentence):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError, match=sentence):
        call_command("document", *words)
    assert not list(tmp_path.iterdir())


def test_without_an_organisation_it_says_so(tmp_path):
    with pytest.raises(CommandError, match="Организации ещё нет"):
        call_command("document", "pair_order", "--out", str(tmp_path / "a.pdf"))


def test_the_gallery_shows_every_paper_of_one_school(cast, tmp_path):
    approve_pairs(cast.school)
    before = rows()
    said("gallery", "--out", str(tmp_path / "papers"))
    page = (tmp_path / "papers" / "index.html").read_text()
    assert (tmp_path / "papers" / "pair_order.docx").exists()
    assert (tmp_path / "papers" / "pair_order-1.png").read_bytes().startswith(b"\x89PNG")
    assert '<img src="pair_order-1.png"' in page
    assert all(str(kind.title) in page for kind in paper_kinds.kinds())
    assert rows() == before
    with pytest.raises(CommandError, match="не пуста"):
        call_command("gallery", "--out", str(tmp_path / "papers"))
