"""The signed paper as a file: who takes consents in keeps it, sees it, erases it; nobody else."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.cast import CANARY
from tests.pages import signed_in, text

from nastavnik.consents.actions import attach_scan, mark_mistaken, record_consents
from nastavnik.consents.choices import Purpose
from nastavnik.consents.models import Consent, ConsentScan
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_folder")]
PDF = b"%PDF-1.4 signed"


def paper_of(cast, key="younger", purpose=Purpose.DATA):
    return Consent.objects.get(person=cast.school.people[key], purpose=purpose)


def sheet(data=PDF, name="../Лист подписан.pdf"):
    return ContentFile(data, name)


def test_a_scan_is_kept_under_a_name_of_ours_and_replaced_whole(
    cast, django_capture_on_commit_callbacks
):
    first = attach_scan(paper_of(cast), sheet(), by=cast.anna)
    assert first.file_name == "Лист подписан.pdf"
    assert "подписан" not in first.file.name
    storage, name = first.file.storage, first.file.name
    with django_capture_on_commit_callbacks(execute=True):
        second = attach_scan(paper_of(cast), sheet(PDF + b" again"), by=cast.anna)
    assert [one.pk for one in ConsentScan.objects.all()] == [second.pk]
    assert not storage.exists(name)
    assert storage.exists(second.file.name)


@pytest.mark.parametrize(
    ("data", "name"), [(PDF, "лист.exe"), (b"<html>", "лист.pdf"), (b"\xff\xd8\xff", "лист.jpg")]
)
def test_what_is_no_picture_and_no_pdf_is_refused(cast, data, name):
    with pytest.raises(RefusedError):
        attach_scan(paper_of(cast), sheet(data, name), by=cast.anna)
    assert not ConsentScan.objects.exists()


def test_no_paper_of_a_mistake_and_none_of_special_categories(cast):
    paper = paper_of(cast)
    mark_mistaken([paper], by=cast.anna)
    paper.refresh_from_db()
    [special] = record_consents(
        [cast.school.people["younger"]], [Purpose.SPECIAL], signed_on=today(), by=cast.anna
    )
    for refused in (paper, special):
        with pytest.raises(RefusedError):
            attach_scan(refused, sheet(), by=cast.anna)


def test_the_file_of_a_mistaken_line_is_erased_with_it(cast, django_capture_on_commit_callbacks):
    paper = paper_of(cast)
    scan = attach_scan(paper, sheet(), by=cast.anna)
    address = reverse("consents:mistaken", args=[paper.pk])
    client = signed_in(cast.anna)
    assert "1 attached file is erased" in text(client.get(address))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address)
    assert not ConsentScan.objects.exists()
    assert not scan.file.storage.exists(scan.file.name)


def test_a_curator_of_some_forms_reaches_no_paper_of_the_others(cast):
    scan = attach_scan(paper_of(cast), sheet(), by=cast.anna)
    own = attach_scan(paper_of(cast, "teacher"), sheet(), by=cast.anna)
    client = signed_in(cast.staff_curator)
    for name, row, status in (
        ("scan-file", scan.pk, 404),
        ("scan-file", own.pk, 200),
        ("scan", scan.consent_id, 404),
        ("scan", own.consent_id, 200),
    ):
        assert client.get(reverse(f"consents:{name}", args=[row])).status_code == status


def test_a_scan_is_attached_taken_out_and_erased_on_the_pages(cast):
    client, paper = signed_in(cast.anna), paper_of(cast)
    person = reverse("consents:person", args=[paper.person_id])
    page = reverse("consents:scan", args=[paper.pk])
    assert page in text(client.get(person))
    wrong = {"file": SimpleUploadedFile("лист.exe", PDF)}
    assert client.post(page, wrong).status_code == 422
    assert client.post(page, {"file": SimpleUploadedFile("лист.pdf", PDF)})["Location"] == person
    assert "Scan is there" in text(client.get(person))
    scan = ConsentScan.objects.get()
    given = client.get(reverse("consents:scan-file", args=[scan.pk]))
    assert given.content == PDF
    assert given["Content-Disposition"].startswith("attachment")
    remove = reverse("consents:scan-remove", args=[scan.pk])
    assert "the consent stays" in text(client.get(remove))
    assert ConsentScan.objects.exists()
    client.post(remove)
    assert not ConsentScan.objects.exists()
    assert Consent.objects.filter(pk=paper.pk).exists()


def test_only_who_takes_consents_in_sees_the_paper(cast):
    own = attach_scan(paper_of(cast), sheet(), by=cast.anna)
    other = attach_scan(paper_of(cast, "older"), sheet(), by=cast.anna)
    strange = Consent.objects.filter(organisation=cast.other.organisation).first()
    theirs = attach_scan(strange, sheet(name=f"{CANARY}.pdf"), by=cast.vera)

    def status(user, row):
        return signed_in(user).get(reverse("consents:scan-file", args=[row.pk])).status_code

    teacher = cast.users[Role.CLASS_TEACHER]
    assert (status(teacher, own), status(teacher, other)) == (200, 404)
    assert status(cast.users[Role.DIRECTOR], own) == 403
    assert status(cast.anna, theirs) == 404
    assert signed_in(cast.anna).get(reverse("consents:scan", args=[strange.pk])).status_code == 404
