"""The folder of a year holds what is registered and what exists of the pairs, and says truly what is missing."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document as read_docx  # noqa: N813 - a function, whatever its name
from tests.mentorships.scenes import pair_of, run_pairs
from tests.pages import signed_in, text

from nastavnik.core.access import Role
from nastavnik.documents.actions import begin_paper
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.jobs.actions import ask_for_job, cancel_job
from nastavnik.jobs.choices import JobState
from nastavnik.mentorships.actions import set_pair_status
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.pairpapers.choices import CLOSING_TALK, JOURNAL, MENTOR_REPORT
from nastavnik.pairpapers.models import PaperFile
from nastavnik.pairpapers.papers import folder_papers
from nastavnik.pairpapers.queries import pairs_with_papers
from nastavnik.pairpapers.tasks import FOLDER, given_for_folder
from nastavnik.writers.blocks import Bullets, Paragraph
from nastavnik.writers.pdfs import draw_folder_pdf

pytestmark = pytest.mark.django_db
URL = "/papers/folder/"


def words_of(data):
    docx = read_docx(BytesIO(data))
    cells = [cell.text for table in docx.tables for row in table.rows for cell in row.cells]
    return "\n".join([one.text for one in docx.paragraphs] + cells)


def test_one_press_assembles_what_there_is_and_says_what_is_not(cast):
    run_pairs(cast.school)
    pair = pair_of(cast.school)
    set_pair_status(pair, MentorshipStatus.COMPLETED, by=cast.anna)
    draft = begin_paper(cast.school.programme.year, "introduction_order", by=cast.anna)
    client = signed_in(cast.anna, "ru")
    page = text(client.get(URL))
    assert draft.title in page
    client.post(URL, {"form": "zip"})
    made = PaperFile.objects.get()
    with ZipFile(BytesIO(bytes(made.data))) as archive:
        names = archive.namelist()
        files = {name: words_of(archive.read(name)) for name in names}
    contents = files.pop(names[0])
    assert names[0] == "000_Содержание.docx"
    assert made.n_papers == len(files)
    registered = Document.objects.filter(
        organisation=cast.school.organisation, status=DocumentStatus.REGISTERED
    )
    assert registered.exists()
    for one in registered:
        assert f"{one.title}" in contents
        assert any(one.number in words for words in files.values())
    # the draft is told, never put in
    assert f"{draft.title}: проект, не зарегистрирован" in contents
    assert not any(draft.title.upper() in words.upper() for words in files.values())
    # nobody noted a talk nor answered: said, not drawn empty
    assert "беседа не отмечена – 1" in contents
    assert "нет ответов наставляемого в итоговой анкете – 1" in contents
    assert not any("заключительной беседы" in name.lower() for name in names)
    # nobody of the other school is in it
    assert not any(cast.other.organisation.short_name in words for words in files.values())
    link = client.get(URL).content.decode()
    assert "/take-out/?next=" in link
    for stranger in (cast.vera, cast.users[Role.DIRECTOR], cast.users[Role.MENTOR]):
        assert signed_in(stranger).get(f"/papers/files/{made.pk}/").status_code in {403, 404}


def test_only_pairs_that_are_over_leave_final_papers(cast):
    run_pairs(cast.school)
    pair = pair_of(cast.school)
    seen = lambda: folder_papers(cast.anna, pairs_with_papers(cast.anna))  # noqa: E731
    assert {code for code, _subject in seen()} == {JOURNAL}
    set_pair_status(pair, MentorshipStatus.COMPLETED, by=cast.anna)
    assert {MENTOR_REPORT, CLOSING_TALK} <= {code for code, _subject in seen()}


def test_what_was_changed_in_the_database_is_left_out_and_told(cast):
    run_pairs(cast.school)
    signed = Document.objects.filter(status=DocumentStatus.REGISTERED).first()
    Document.objects.filter(pk=signed.pk).update(number="777-ПОДМЕНА")
    signed_in(cast.anna, "ru").post(URL, {"form": "zip"})
    with ZipFile(BytesIO(bytes(PaperFile.objects.get().data))) as archive:
        names = archive.namelist()
        assert "изменён в базе после регистрации" in words_of(archive.read(names[0]))
    assert not any("777" in name for name in names)


def test_an_empty_year_makes_no_folder(cast):
    client = signed_in(cast.vera, "ru")
    assert client.post(URL, {"form": "zip"}).status_code == 422
    assert not PaperFile.objects.exists()


def test_a_cancelled_folder_keeps_nothing(cast):
    run_pairs(cast.school)
    papers = folder_papers(cast.anna, pairs_with_papers(cast.anna))
    given = given_for_folder(cast.school.programme, papers, "pdf")
    job = ask_for_job(FOLDER, cast.school.organisation.pk, given=given, by=cast.anna)
    cancel_job(job, by=cast.anna)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert not PaperFile.objects.exists()


def test_the_contents_of_a_pdf_name_the_page_each_paper_begins_on():
    told, asked = [], []
    papers = [(f"Бумага {n}", [Paragraph("текст " * 1500)]) for n in range(3)]

    def contents(pages):
        asked.append(list(pages))
        return [Bullets(tuple(f"строка {n}" for n in range(70)))]

    data = draw_folder_pdf("Папка", papers, contents, told.append)
    assert told == [1, 2, 3]
    first, second, third = asked[-1]
    n_contents = first - 1
    assert n_contents == 2
    assert first < second < third
    assert second - first == third - second > 1
    assert data.count(b"/Type /Page\n") == n_contents + 3 * (second - first)
