"""Results: who may read what, from how many answers, and a file no spreadsheet runs."""

import io

import pytest
from openpyxl import load_workbook
from tests.guards.world import add_pupils
from tests.pages import signed_in
from tests.questionnaires.asking import wave_of

from nastavnik.consents.actions import withdraw_consent
from nastavnik.consents.models import Consent
from nastavnik.core.access import Role
from nastavnik.questionnaires.actions import close_wave, submit_answers
from nastavnik.questionnaires.choices import AnswerSource, Mode
from nastavnik.questionnaires.models import Response

pytestmark = pytest.mark.django_db
FORMULA = "=HYPERLINK(1)"


def answer_all(wave, n=None, **more):
    """Let people answer one after the other, each another number."""
    rows = list(wave.invitations.all())[:n]
    for place, row in enumerate(rows):
        said = {
            "comfort": 1 + place % 10,
            "before": "no",
            "mood": ["calm"],
            "words": f"слово {place}",
        }
        submit_answers(row, {**said, **more}, submit_key="", source=AnswerSource.LINK, by=None)
    return rows


def page(user, wave, query=""):
    return signed_in(user).get(f"/questionnaires/{wave.pk}/results/{query}")


def test_the_curator_reads_names_and_not_what_only_the_psychologist_reads(cast):
    wave = wave_of(cast.school)
    answer_all(wave)
    of_curator = page(cast.anna, wave).content.decode()
    assert "слово 0" in of_curator
    assert "Младшова Маша" in of_curator
    assert "стало спокойнее" not in of_curator
    of_psychologist = page(cast.users[Role.PSYCHOLOGIST], wave).content.decode()
    assert "стало спокойнее" in of_psychologist
    assert "слово 0" in of_psychologist


def test_a_director_reads_numbers_of_five_and_no_words(cast):
    wave = wave_of(cast.school)
    answer_all(wave)
    few = page(cast.users[Role.DIRECTOR], wave).content.decode()
    assert "Fewer than 5" in few
    add_pupils(cast.school, 4)
    from nastavnik.questionnaires.actions import invite_people

    invite_people(wave, by=cast.anna)
    answer_all_left(wave)
    many = page(cast.users[Role.DIRECTOR], wave)
    assert "Насколько было комфортно?" in many.content.decode()
    assert "слово" not in many.content.decode()
    assert "Младшов" not in many.content.decode()
    assert (
        page(cast.users[Role.DIRECTOR], wave, "?as=xlsx")
        .headers["Content-Type"]
        .startswith("text/html")
    )


def answer_all_left(wave):
    for row in wave.invitations.exclude(state="answered"):
        submit_answers(
            row,
            {"comfort": 5, "before": "no", "words": "слово"},
            submit_key="",
            source=AnswerSource.LINK,
            by=None,
        )


def test_a_confidential_wave_tells_nothing_before_its_close(cast):
    add_pupils(cast.school, 4)
    wave = wave_of(cast.school, mode=Mode.CONFIDENTIAL)
    answer_all(wave)
    before = page(cast.anna, wave).content.decode()
    assert "слово" not in before
    assert "Насколько было комфортно?" not in before
    assert page(cast.anna, wave, "?as=xlsx").headers["Content-Type"].startswith("text/html")
    close_wave(wave, by=cast.anna)
    after = page(cast.anna, wave).content.decode()
    assert "слово 0" in after
    assert "Младшова" not in after


def test_closing_lays_confidential_answers_anew(cast):
    """Neither key nor place of a row tells when it came: of all rows the keys are other ones, and the order is."""
    add_pupils(cast.school, 27)
    wave = wave_of(cast.school, mode=Mode.CONFIDENTIAL)
    rows = answer_all(wave)
    before = set(Response.objects.values_list("pk", flat=True))
    close_wave(wave, by=cast.anna)
    laid = [row.texts["words"] for row in Response.objects.order_by("pk")]
    assert not before & set(Response.objects.values_list("pk", flat=True))
    assert len(laid) == len(rows)
    assert laid != [f"слово {n}" for n in range(len(rows))]
    assert sorted(laid) == sorted(f"слово {n}" for n in range(len(rows)))
    assert set(wave.invitations.values_list("submit_key", flat=True)) == {""}


def test_the_file_holds_every_answer_and_runs_none(cast):
    wave = wave_of(cast.school)
    answer_all(wave, words=FORMULA)
    answer = page(cast.anna, wave, "?as=xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    heads = [cell.value for cell in sheet[1]]
    assert "Насколько было комфортно?" in heads
    assert "Что изменилось?" not in heads
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    (formula, *_others) = [cell for cell in cells if cell.value == FORMULA]
    assert formula.data_type == "s"
    assert sheet.max_row == 1 + wave.invitations.count()


def test_a_file_of_a_confidential_wave_has_no_names_and_no_words(cast):
    add_pupils(cast.school, 4)
    wave = wave_of(cast.school, mode=Mode.CONFIDENTIAL)
    answer_all(wave)
    close_wave(wave, by=cast.anna)
    sheet = load_workbook(io.BytesIO(page(cast.anna, wave, "?as=xlsx").content)).active
    values = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert not any("слово" in value or "Младшов" in value for value in values)
    assert sheet.max_row == 1 + wave.invitations.count()


def test_a_scale_is_counted_by_those_who_answered_it(cast):
    wave = wave_of(cast.school)
    first, second, _third = wave.invitations.all()
    for row, comfort in ((first, 10), (second, None)):
        submit_answers(
            row,
            {"comfort": comfort, "before": "no"},
            submit_key="",
            source=AnswerSource.LINK,
            by=None,
        )
    said = page(cast.anna, wave).content.decode()
    assert "answered by 1 of 2" in said
    assert "On average 10" in said


def test_what_no_consent_covers_any_more_is_neither_shown_nor_taken_out(cast):
    wave = wave_of(cast.school)
    answer_all(wave)
    paper = Consent.objects.get(person=cast.school.people["youngest"], purpose="data")
    assert "Младшова Маша" in page(cast.anna, wave).content.decode()
    withdraw_consent(paper, by=cast.anna)
    after = page(cast.anna, wave).content.decode()
    assert "Младшова Маша" not in after
    assert "1 answer is not shown" in after
    sheet = load_workbook(io.BytesIO(page(cast.anna, wave, "?as=xlsx").content)).active
    assert sheet.max_row == wave.invitations.count()


def test_a_stranger_finds_no_results(cast):
    wave = wave_of(cast.school)
    answer_all(wave)
    assert page(cast.vera, wave).status_code == 404
