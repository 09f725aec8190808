"""Answers entered from paper: what is stored, what is said, who may, and the way back."""

import datetime as dt

import pytest
from tests.pages import said, signed_in, text
from tests.questionnaires.asking import (
    invitation_of,
    link_of,
    sent,
    wave_of,
)

from nastavnik.consents.actions import withdraw_consent
from nastavnik.consents.models import Consent
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.models import AuditEntry
from nastavnik.engine.instruments import check_answers
from nastavnik.questionnaires.actions import (
    close_wave,
    enter_answers,
    keep_draft,
    take_back_answers,
)
from nastavnik.questionnaires.adapter import instrument_of
from nastavnik.questionnaires.choices import AnswerSource, InvitationState, Mode
from nastavnik.questionnaires.models import Draft, Invitation, Response, Wave

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


def page_of(wave, who=None):
    """Return the address of the page on which somebody's paper is entered."""
    return f"/questionnaires/{wave.pk}/paper/" + (f"?who={who.pk}" if who else "")


def test_the_wave_leads_there_and_the_page_shows_every_question_with_its_keys(school, wave, desk):
    assert page_of(wave) in text(desk.get(f"/questionnaires/{wave.pk}/"))
    page = text(desk.get(page_of(wave, invitation_of(wave, school, "younger"))))
    assert "Младшов" in page
    for question in ("Насколько было комфортно?", "Где?", "Что запомнилось?"):
        assert question in page
    assert 'value="10"\n            data-key="0"' in page
    assert page.count('type="radio"') == 10 + 2 + 2  # and «no answer» of both


def test_what_is_entered_is_stored_as_paper_and_the_next_person_comes(school, wave, desk):
    mine = invitation_of(wave, school, "younger")
    answer = desk.post(page_of(wave, mine), sent(comfort="10", before="yes", where="в лагере"))
    row = Response.objects.get(wave=wave)
    assert (row.invitation, row.source) == (mine, AnswerSource.PAPER)
    assert row.answers == {"comfort": 10, "before": "yes"}
    assert row.texts == {"where": "в лагере"}
    follower = answer.headers["Location"].partition("who=")[2]
    assert Invitation.objects.get(pk=follower).state == InvitationState.INVITED
    assert int(follower) != mine.pk


def test_the_journal_names_who_entered_and_for_whom(school, wave, desk):
    mine = invitation_of(wave, school, "younger")
    desk.post(page_of(wave, mine), sent(before="no"))
    entry = AuditEntry.objects.get(action="answer-entered")
    assert (entry.actor_id, entry.subject_id) == (school.curator.pk, mine.pk)
    assert not AuditEntry.objects.filter(action="answered").exists()


def test_blanks_stay_blank_on_paper_even_where_a_screen_asks_again(school, wave, desk):
    mine = invitation_of(wave, school, "younger")
    desk.post(page_of(wave, mine), sent(comfort="3"))
    assert Response.objects.get().answers == {"comfort": 3}
    asked = instrument_of(wave.version)
    assert set(check_answers(asked, {"comfort": "3"}).faults) == {"before"}


def test_a_press_on_an_empty_page_is_no_answer(school, wave, desk):
    mine = invitation_of(wave, school, "younger")
    answer = desk.post(page_of(wave, mine), sent(comfort="", words="  "))
    assert answer.status_code == 422
    assert "Nothing is marked" in text(answer)
    assert not Response.objects.exists()


def test_what_another_answer_rules_out_is_not_kept_and_said(school, wave, desk):
    mine = invitation_of(wave, school, "younger")
    answer = desk.post(page_of(wave, mine), sent(before="no", where="нигде"), follow=True)
    assert Response.objects.get().texts == {}
    assert any("«Где?»" in line for line in said(answer))
    second = invitation_of(wave, school, "youngest")
    answer = desk.post(page_of(wave, second), sent(before="yes", where="там"), follow=True)
    assert not any("«Где?»" in line for line in said(answer))


def test_a_fault_keeps_what_was_entered(school, wave, desk):
    mine = invitation_of(wave, school, "younger")
    answer = desk.post(page_of(wave, mine), sent(mood=["calm", "none"], words="Поход."))
    assert answer.status_code == 422
    assert "Поход." in text(answer)
    assert 'href="#a-mood"' in text(answer)
    assert not Response.objects.exists()


def test_the_same_press_twice_is_one_answer(school, wave, desk):
    mine = invitation_of(wave, school, "younger")
    for _press in range(2):
        assert desk.post(page_of(wave, mine), sent(before="no")).status_code == 302
    assert Response.objects.count() == 1


def test_paper_does_not_replace_what_the_person_has_sent(school, wave, desk):
    mine, address = invitation_of(wave, school, "younger"), link_of(wave, school, "younger")
    desk.post(f"{address}?all=1", sent(before="yes"))
    answer = desk.post(page_of(wave, mine), sent("two", before="no"), follow=True)
    assert any("taken no more" in line for line in said(answer))
    assert Response.objects.get().answers == {"before": "yes"}


def test_the_page_says_that_something_was_begun_and_paper_wins(school, wave, desk):
    mine = invitation_of(wave, school, "younger")
    assert "has begun" not in text(desk.get(page_of(wave, mine)))
    keep_draft(mine, {"comfort": "1"}, by=None)
    page = text(desk.get(page_of(wave, mine)))
    assert "has begun" in page
    desk.post(page_of(wave, mine), sent(before="no"))
    assert Response.objects.get().answers == {"before": "no"}
    assert not Draft.objects.exists()


def test_who_withdrew_the_consent_is_not_offered_but_named(school, wave, desk):
    mine = invitation_of(wave, school, "younger")
    for consent in Consent.objects.filter(person=mine.person):
        withdraw_consent(consent, by=school.curator)
    page = text(desk.get(page_of(wave)))
    assert f'value="{mine.pk}"' not in page
    assert "Not offered" in page
    with pytest.raises(RefusedError):
        enter_answers(mine, {"before": "no"}, submit_key="k", by=school.curator)


@pytest.mark.parametrize("days", [-1, 1])
def test_outside_of_its_days_a_wave_takes_no_paper(school, wave, desk, days):
    mine = invitation_of(wave, school, "younger")
    day = today() + dt.timedelta(days=days)
    Wave.objects.update(opens_on=day, closes_on=day)
    assert "not today" in text(desk.get(page_of(wave, mine)))
    desk.post(page_of(wave, mine), sent(before="no"))
    assert not Response.objects.exists()


def test_a_confidential_wave_takes_no_paper_by_name(school, desk):
    wave = wave_of(school, mode=Mode.CONFIDENTIAL)
    mine = invitation_of(wave, school, "younger")
    assert page_of(wave) not in text(desk.get(f"/questionnaires/{wave.pk}/"))
    assert "confidential" in text(desk.get(page_of(wave, mine)))
    desk.post(page_of(wave, mine), sent(before="no"))
    with pytest.raises(RefusedError):
        enter_answers(mine, {"before": "no"}, submit_key="k", by=school.curator)
    assert not Response.objects.exists()


def test_what_was_entered_by_mistake_is_taken_back_and_entered_again(school, wave, desk):
    mine = invitation_of(wave, school, "younger")
    desk.post(page_of(wave, mine), sent(before="no"))
    back = f"/questionnaires/invitations/{mine.pk}/take-back/"
    assert back in text(desk.get(page_of(wave)))
    assert "erased" in text(desk.get(back))
    assert Response.objects.exists()
    desk.post(back)
    assert not Response.objects.exists()
    desk.post(page_of(wave, mine), sent(before="yes"))
    assert Response.objects.get().answers == {"before": "yes"}


def test_what_the_person_sent_or_what_is_closed_is_not_taken_back(school, wave, desk):
    mine, address = invitation_of(wave, school, "younger"), link_of(wave, school, "younger")
    desk.post(f"{address}?all=1", sent(before="yes"))
    with pytest.raises(RefusedError):
        take_back_answers(mine, by=school.curator)
    second = invitation_of(wave, school, "youngest")
    desk.post(page_of(wave, second), sent(before="no"))
    close_wave(wave, by=school.curator)
    desk.post(f"/questionnaires/invitations/{second.pk}/take-back/")
    assert Response.objects.count() == 2


def test_strangers_and_those_who_only_read_enter_nothing(cast, school, wave):
    mine = invitation_of(wave, school, "younger")
    back = f"/questionnaires/invitations/{mine.pk}/take-back/"
    stranger = signed_in(cast.other.curator)
    for address in (page_of(wave, mine), back):
        assert stranger.get(address).status_code == 404
        assert stranger.post(address, sent(before="no")).status_code == 404
    reader = signed_in(cast.users[Role.DIRECTOR])
    assert page_of(wave) not in text(reader.get(f"/questionnaires/{wave.pk}/"))
    for address in (page_of(wave, mine), back):
        assert reader.post(address, sent(before="no")).status_code == 403
    assert not Response.objects.exists()


def test_an_invitation_of_another_wave_is_not_entered_here(school, wave, desk):
    elsewhere = invitation_of(wave_of(school, title="Другой"), school, "younger")
    desk.post(page_of(wave, elsewhere), sent(before="no"))
    assert not Response.objects.exists()
