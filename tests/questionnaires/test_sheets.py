"""Sheets of a wave on paper: whom they are printed for, what stands on them, who gets them."""

from io import BytesIO

import pypdfium2
import pytest
from tests.pages import said, signed_in, text
from tests.questionnaires.asking import invitation_of, wave_of

from nastavnik.blanks.models import Blank, PrintRun
from nastavnik.consents.actions import withdraw_consent
from nastavnik.consents.models import Consent
from nastavnik.core.access import Role
from nastavnik.questionnaires.actions import close_wave, enter_answers
from nastavnik.questionnaires.choices import Mode
from nastavnik.questionnaires.models import Invitation

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(cast):
    return cast.school


@pytest.fixture
def wave(school):
    return wave_of(school)


@pytest.fixture
def desk(school):
    return signed_in(school.curator)


def page_of(wave):
    """Return the address of the page of sheets."""
    return f"/questionnaires/{wave.pk}/sheets/"


def pdf_of(run):
    """Return the address of the file of a print."""
    return f"/questionnaires/sheets/{run.pk}/"


def printed(desk, wave, **given):
    """Print and return the print with its text."""
    answer = desk.post(page_of(wave), {"who": "", "spare": "0", **given})
    assert answer.status_code == 302, text(answer)
    run = PrintRun.objects.latest("pk")
    assert answer.headers["Location"] == f"{page_of(wave)}#print-{run.pk}"
    data = b"".join(desk.get(pdf_of(run)))
    with pypdfium2.PdfDocument(BytesIO(data)) as pdf:
        return run, "\n".join(page.get_textpage().get_text_range() for page in pdf)


def test_the_wave_leads_there_and_a_sheet_carries_the_name_and_its_number(school, wave, desk):
    assert page_of(wave) in text(desk.get(f"/questionnaires/{wave.pk}/"))
    run, words = printed(desk, wave, spare="1")
    asked = Invitation.objects.filter(wave=wave).count()
    assert (run.n_personal, run.n_spare) == (asked, 1)
    blanks = Blank.objects.filter(run=run)
    assert {one.person_id for one in blanks if one.person_id} == set(
        Invitation.objects.filter(wave=wave).values_list("person_id", flat=True)
    )
    for person in (school.people["younger"],):
        assert person.full_name in words
    for blank in blanks:
        number = f"{blank.number:07}"
        assert f"{number[:3]}-{number[3:]}" in words


def test_only_who_has_not_answered_and_whose_consent_holds_unless_all_are_wanted(
    school, wave, desk
):
    mine = invitation_of(wave, school, "younger")
    enter_answers(mine, {"before": "no"}, submit_key="a", by=school.curator)
    other = Invitation.objects.filter(wave=wave).exclude(pk=mine.pk).first()
    for consent in Consent.objects.filter(person=other.person, purpose="data", withdrawn_on=None):
        withdraw_consent(consent, by=school.curator)
    run, _words = printed(desk, wave, spare="1")
    people = set(run.blanks.values_list("person_id", flat=True))
    assert mine.person_id not in people
    assert other.person_id not in people
    run, _words = printed(desk, wave, who="all")
    people = set(run.blanks.values_list("person_id", flat=True))
    assert mine.person_id in people
    assert other.person_id not in people


def test_a_confidential_wave_prints_numbers_and_keeps_no_person(school, desk):
    wave = wave_of(school, mode=Mode.CONFIDENTIAL)
    assert 'name="who"' not in text(desk.get(page_of(wave)))
    run, words = printed(desk, wave, who="all", spare="3")
    assert list(run.blanks.values_list("person_id", flat=True)) == [None] * 3
    assert school.people["younger"].last_name not in words


def test_nothing_to_print_is_said_and_nothing_is_kept(school, wave, desk):
    for one in Invitation.objects.filter(wave=wave):
        enter_answers(one, {"before": "no"}, submit_key="a", by=school.curator)
    answer = desk.post(page_of(wave), {"who": "", "spare": "0"})
    assert answer.status_code == 422
    assert "nobody to print for" in text(answer)
    assert not PrintRun.objects.exists()


def test_a_closed_wave_prints_nothing(school, wave, desk):
    close_wave(wave, by=school.curator)
    assert 'name="spare"' not in text(desk.get(page_of(wave)))
    answer = desk.post(page_of(wave), {"who": "", "spare": "1"}, follow=True)
    assert "The wave is closed" in said(answer)[0]
    assert not PrintRun.objects.exists()


def test_the_other_school_and_a_class_teacher_get_no_sheet(cast, school, wave, desk):
    run, _words = printed(desk, wave, spare="1")
    address = pdf_of(run)
    assert signed_in(cast.other.curator).get(address).status_code == 404
    assert signed_in(cast.users[Role.CLASS_TEACHER]).get(address).status_code == 403
    PrintRun.objects.update(pdf=None)
    assert desk.get(address).status_code == 404
    assert address not in text(desk.get(page_of(wave)))
