"""Certificates and thanks name who finished or was thanked, in a case that is certain or in none; many go into one file."""

import datetime as dt
import time
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from docx import Document as read_docx  # noqa: N813 - a function, whatever its name
from tests.jobs.working import working
from tests.mentorships.scenes import pair_of, run_pairs
from tests.pages import signed_in, text

from nastavnik.closing.actions import thank_people
from nastavnik.closing.choices import ThanksKind
from nastavnik.consents.models import Consent
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.hooks import retention
from nastavnik.jobs.actions import ask_for_job, cancel_job
from nastavnik.jobs.choices import JobState
from nastavnik.jobs.models import Job
from nastavnik.mentorships.actions import set_pair_status
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.pairpapers.choices import AwardKind
from nastavnik.pairpapers.documents import award_lines
from nastavnik.pairpapers.models import PaperFile
from nastavnik.pairpapers.tasks import AWARDS, given_for
from nastavnik.people.models import Person
from nastavnik.programmes.models import Participation
from nastavnik.writers.awards import Award, draw_award_docx, draw_awards_pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def finished(cast):
    """Complete a pair of pupils; both of it have finished."""
    run_pairs(cast.school)
    pair = pair_of(cast.school)
    set_pair_status(pair, MentorshipStatus.COMPLETED, by=cast.anna)
    Participation.objects.filter(pk__in=records_of(pair)).update(status="finished")
    return pair


def records_of(pair):
    return [pair.mentor_id, pair.ties.get().mentee_id]


def lines(cast, kind=AwardKind.CERTIFICATE):
    return award_lines(cast.anna, cast.school.programme, kind)


def test_a_certificate_is_for_whoever_finished_after_a_pair(cast, finished):
    assert {one.record.pk for one in lines(cast)} == set(records_of(finished))
    as_what = {one.record.pk: one.award.text for one in lines(cast)}
    assert "в качестве наставника" in as_what[finished.mentor_id]
    assert "в качестве наставляемого" in as_what[records_of(finished)[1]]
    assert all(cast.school.programme.title in one for one in as_what.values())


def test_the_command_line_draws_the_sheets_the_page_has(cast, finished, tmp_path):
    shown = {one.record.person_id: one.award for one in lines(cast)}
    assert len(shown) == 2
    for key, award in shown.items():
        out = tmp_path / f"{key}.docx"
        call_command("document", "certificate", person=key, out=out, stdout=StringIO())
        assert out.read_bytes() == draw_award_docx(award)
    any_pdf = tmp_path / "any.pdf"
    call_command("document", "certificate", out=any_pdf, stdout=StringIO())
    assert any_pdf.read_bytes().startswith(b"%PDF")
    stranger = cast.school.people["waiting"].pk
    for kind, words in (("certificate", {"person": stranger}), ("gratitude", {})):
        with pytest.raises(CommandError):
            call_command("document", kind, out=tmp_path / "none.docx", stdout=StringIO(), **words)
    assert not (tmp_path / "none.docx").exists()


def test_thanks_are_for_whom_they_were_noted_of(cast, finished):
    mentor = Participation.objects.get(pk=finished.mentor_id)
    assert lines(cast, AwardKind.GRATITUDE) == []
    thank_people([mentor], ThanksKind.GRATITUDE, on=today(), by=cast.anna)
    thank_people([mentor], ThanksKind.PARENTS, on=today(), by=cast.anna)
    (line,) = lines(cast, AwardKind.GRATITUDE)
    assert line.award.word == "БЛАГОДАРНОСТЬ"
    (letter,) = lines(cast, AwardKind.PARENTS)
    assert letter.award.lead.startswith("родителям (законным представителям)")
    Person.objects.filter(pk=mentor.person_id).update(kind="teacher")
    assert lines(cast, AwardKind.PARENTS) == []


def test_a_name_of_no_certain_case_stands_in_the_nominative(cast, finished):
    person = finished.mentor.person
    Person.objects.filter(pk=person.pk).update(
        last_name="Кваша", first_name="Ли", patronymic="", gender="", dative=""
    )
    line = next(one for one in lines(cast) if one.record.pk == finished.mentor_id)
    assert not line.is_sure
    assert (line.award.lead, line.award.name) == ("получает", "Кваша Ли")
    Person.objects.filter(pk=person.pk).update(dative="Кваше Ли")
    line = next(one for one in lines(cast) if one.record.pk == finished.mentor_id)
    assert line.is_sure
    assert (line.award.lead, line.award.name) == ("вручается", "Кваше Ли")


def test_nobody_whom_no_consent_covers_is_on_a_sheet(cast, finished):
    person = finished.mentor.person
    Consent.objects.filter(person=person).update(withdrawn_on=today())
    line = next(one for one in lines(cast) if one.record.pk == finished.mentor_id)
    assert line.award is None
    assert line.lacks
    client = signed_in(cast.anna, "ru")
    assert client.get(f"/papers/awards/{finished.mentor_id}/").status_code == 404
    page = text(client.get("/papers/awards/"))
    assert "не хватает согласия" in page


def test_one_press_draws_all_into_one_file(cast, finished):
    client = signed_in(cast.anna, "ru")
    page = client.get("/papers/awards/")
    keys = ",".join(map(str, page.context["drawable"]))
    client.post("/papers/awards/", {"kind": "certificate", "all": keys, "form": "pdf"})
    made = PaperFile.objects.get()
    assert made.n_papers == 2
    named = {one.person for one in made.named.all()}
    assert named == {finished.mentor.person, finished.ties.get().mentee.person}
    given = client.get(f"/papers/files/{made.pk}/")
    assert given.content.startswith(b"%PDF")
    assert made.file_name in text(client.get("/papers/awards/"))
    for stranger in (cast.vera, cast.users[Role.DIRECTOR], cast.users[Role.MENTOR]):
        assert signed_in(stranger).get(f"/papers/files/{made.pk}/").status_code in {403, 404}


def test_a_zip_holds_a_file_for_each(cast, finished):
    client = signed_in(cast.anna)
    client.post("/papers/awards/", {"records": records_of(finished), "form": "zip"})
    with ZipFile(BytesIO(bytes(PaperFile.objects.get().data))) as archive:
        names = archive.namelist()
        assert len(names) == 2
        words = "\n".join(one.text for one in read_docx(BytesIO(archive.read(names[0]))).paragraphs)
    assert "СЕРТИФИКАТ" in words
    assert "\ue000" not in words


def test_nothing_is_drawn_for_others_or_for_nobody(cast, finished):
    client = signed_in(cast.anna, "ru")
    foreign = Participation.objects.filter(organisation=cast.other.organisation).first()
    for sent in ({}, {"records": [foreign.pk]}, {"all": "nonsense"}):
        answer = client.post("/papers/awards/", {"form": "pdf", **sent})
        assert answer.status_code == 422
        assert "никто не отмечен" in text(answer)
    assert not PaperFile.objects.exists()
    assert signed_in(cast.vera).get("/papers/awards/").context["n_all"] == 0
    for role in (Role.DIRECTOR, Role.MENTOR, Role.CLASS_TEACHER):
        assert signed_in(cast.users[role]).get("/papers/awards/").status_code == 403


def test_one_sheet_is_given_by_itself(cast, finished):
    client = signed_in(cast.anna)
    url = f"/papers/awards/{finished.mentor_id}/"
    assert client.get(url).content.startswith(b"%PDF")
    assert client.get(f"{url}?as=docx").content.startswith(b"PK")
    assert client.get(f"{url}?kind=best").status_code == 404
    assert signed_in(cast.vera).get(url).status_code == 404


def test_a_page_is_empty_before_anybody_finishes(cast):
    page = text(signed_in(cast.anna).get("/papers/awards/"))
    assert "Nobody has finished after a pair yet." in page


def test_files_are_forgotten_after_a_week(cast, finished):
    client = signed_in(cast.anna)
    client.post("/papers/awards/", {"records": records_of(finished), "form": "pdf"})
    PaperFile.objects.update(made_at=timezone.now() - dt.timedelta(days=6))
    retention.forget_all()
    assert PaperFile.objects.exists()
    PaperFile.objects.update(made_at=timezone.now() - dt.timedelta(days=8))
    retention.forget_all()
    assert not PaperFile.objects.exists()


def test_a_cancelled_job_keeps_nothing(cast, finished):
    given = given_for(cast.school.programme, AwardKind.CERTIFICATE, records_of(finished), "pdf")
    job = ask_for_job(AWARDS, cast.school.organisation.pk, given=given, by=cast.anna)
    cancel_job(job, by=cast.anna)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert not PaperFile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_worker_draws_them(cast, finished, settings):
    settings.JOBS_AT_ONCE = False
    given = given_for(cast.school.programme, AwardKind.CERTIFICATE, records_of(finished), "pdf")
    job = ask_for_job(AWARDS, cast.school.organisation.pk, given=given, by=cast.anna)
    with working():
        end = time.monotonic() + 20
        while Job.objects.get(pk=job.pk).is_open and time.monotonic() < end:
            time.sleep(0.05)
    job = Job.objects.get(pk=job.pk)
    assert job.state == JobState.DONE
    made = PaperFile.objects.get()
    assert (made.made_by, made.n_papers) == (cast.anna, 2)


# ---------------------------------------------------------------- the sheets themselves

SHEET = Award(
    organisation="Школа № 1 & <Ко>", word="СЕРТИФИКАТ", lead="вручается", name="Скрепкину Артёму", what="9А класс",
    text="за участие", position="Директор", signer="", place="г. Примерск",
)  # fmt: skip


def test_a_place_within_a_name_stays_a_text():
    import dataclasses

    odd = dataclasses.replace(SHEET, name="\ue000text\ue001 {word} </w:t>")
    words = "\n".join(one.text for one in read_docx(BytesIO(draw_award_docx(odd))).paragraphs)
    assert "\ue000text\ue001 {word} </w:t>" in words
    assert "Школа № 1 & <Ко>" in words
    assert draw_award_docx(odd) == draw_award_docx(odd)


def test_a_long_name_stays_within_its_line():
    import dataclasses

    long = dataclasses.replace(
        SHEET, name="Константинопольскому-Переяславскому Максимилиану Аполлинарьевичу"
    )
    assert draw_awards_pdf("Листы", [SHEET, long]).count(b"/Type /Page\n") == 2


def test_who_counts_may_end_it():
    def told(number):
        if number == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        draw_awards_pdf("Листы", [SHEET] * 5, told)


@pytest.mark.deep
def test_five_hundred_sheets_are_drawn_in_a_moment():
    begun = time.process_time()
    one_file = draw_awards_pdf("Листы", [SHEET] * 500)
    of_pdf = time.process_time() - begun
    begun = time.process_time()
    files = [draw_award_docx(SHEET) for _ in range(500)]
    of_docx = time.process_time() - begun
    assert of_pdf < 10
    assert of_docx < 10
    assert len(one_file) < 5_000_000
    assert len(files) == 500
