"""A computer room: one address, a code each, no names on the screens, one answer a code."""

import datetime as dt
import re

import pytest
import time_machine
from django.utils import timezone
from tests.cast import CANARY
from tests.pages import guest, said, signed_in, text
from tests.questionnaires.asking import crowd_of, invitation_of, link_of, sent, wave_of

from nastavnik.consents.actions import withdraw_consent
from nastavnik.consents.models import Consent
from nastavnik.core import tries
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.links import fresh_token
from nastavnik.questionnaires.actions import close_wave, open_room
from nastavnik.questionnaires.choices import AnswerSource, InvitationState, Mode
from nastavnik.questionnaires.models import Invitation, Response, Wave

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(cast):
    return cast.school


def room_of(wave, school, invitations=None):
    """Return the address of a fresh room and the code of each by key."""
    rows = invitations or list(Invitation.objects.filter(wave=wave))
    opened = open_room(wave, rows, by=school.curator)
    return f"/r/{opened.token}/", {one.pk: code for one, code in opened.slips}


def seat(address, code):
    browser = guest()
    answer = browser.post(address, {"code": code})
    assert answer.headers.get("Location") == f"{address}answer/"
    return browser


def test_a_class_answers_side_by_side_each_under_the_own_name(school):
    wave = wave_of(school)
    rows = crowd_of(wave, school)
    address, codes = room_of(wave, school, rows)
    browsers = [(row, seat(address, codes[row.pk])) for row in rows]
    for number, (_row, browser) in enumerate(browsers):
        page = browser.get(f"{address}answer/?all=1")
        assert "Тит" not in text(page)  # no name on the screen
        done = browser.post(
            f"{address}answer/?all=1", sent(f"k{number}", comfort=str(number + 1), before="no")
        )
        assert done.headers["Location"] == address
        assert "The answers have arrived" in text(browser.get(address))
    given = {row.invitation_id: row for row in Response.objects.all()}
    for number, (row, _browser) in enumerate(browsers):
        assert given[row.pk].answers["comfort"] == number + 1
        assert given[row.pk].source == AnswerSource.ROOM


def test_a_code_works_once_and_the_computer_forgets_who_sat_there(school):
    wave = wave_of(school)
    address, codes = room_of(wave, school)
    row = invitation_of(wave, school, "younger")
    browser = seat(address, codes[row.pk])
    old = browser.cookies["seat"].value
    browser.post(f"{address}answer/?all=1", sent("one", before="no"))
    assert browser.get(f"{address}answer/").headers["Location"] == address
    assert "The answers have arrived" in text(browser.get(address))
    wrong = guest().post(address, {"code": codes[row.pk]})
    assert wrong.status_code == 422
    assert "This code opens nothing" in text(wrong)
    # the seat kept by hand opens nothing either; the same press once more is the same answer
    other = guest()
    other.cookies["seat"] = old
    again = other.get(f"{address}answer/").headers["Location"]
    assert again == f"{address}?why=sent"
    assert "are sent already" in text(other.get(again))
    other.cookies["seat"] = old
    other.post(f"{address}answer/?all=1", sent("one", before="yes"))
    assert Response.objects.get().answers == {"before": "no"}


def test_a_code_is_typed_as_people_type_it_and_kept_nowhere(school):
    wave = wave_of(school)
    address, codes = room_of(wave, school)
    row = invitation_of(wave, school, "younger")
    seat(address, f" {codes[row.pk][:3].lower()}-{codes[row.pk][3:].lower()} ")
    assert codes[row.pk] not in str(Invitation.objects.values().get(pk=row.pk))


def test_wrong_yesterday_s_closed_and_replaced_rooms_are_one_page(school):
    wave = wave_of(school)
    wrong = guest().get(f"/r/{fresh_token()}/")
    assert wrong.status_code == 404
    first, codes = room_of(wave, school)
    assert guest().get(first).status_code == 200
    row = invitation_of(wave, school, "younger")
    sitting = seat(first, codes[row.pk])
    second, fresh = room_of(wave, school)
    assert guest().get(first).content == wrong.content
    assert sitting.get(f"{first}answer/").content == wrong.content
    assert guest().post(second, {"code": codes[row.pk]}).status_code == 422
    seat(second, fresh[row.pk])
    closed = wave_of(school)
    third, _codes = room_of(closed, school)
    close_wave(closed, by=school.curator)
    assert guest().get(third).content == wrong.content
    tomorrow = dt.datetime.combine(today() + dt.timedelta(days=1), dt.time(9), dt.UTC)
    with time_machine.travel(tomorrow, tick=False):
        assert guest().get(second).content == wrong.content


def test_a_code_of_another_room_opens_nothing_here(cast, school):
    mine, theirs = wave_of(school), wave_of(cast.other)
    address, _codes = room_of(mine, school)
    _other, codes = room_of(theirs, cast.other)
    assert {guest().post(address, {"code": one}).status_code for one in codes.values()} == {422}


def test_guessed_codes_are_slowed_and_a_right_one_waits_too(school):
    wave = wave_of(school)
    address, codes = room_of(wave, school)
    right = codes[invitation_of(wave, school, "younger").pk]
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(tries.LINK.at_once * 2):  # right ones cost nothing
            seat(address, right)
        statuses = [
            guest().post(address, {"code": f"{n:06}"}).status_code
            for n in range(tries.LINK.at_once)
        ]
        assert set(statuses) == {422}
        late = guest().post(address, {"code": right})
        assert late.status_code == 429
        assert "Too many wrong codes" in text(late)
        assert "seat" not in {name for name, one in late.cookies.items() if one.value}
        clock.shift(dt.timedelta(minutes=1))
        seat(address, right)
    assert not Response.objects.exists()


def test_the_next_one_at_a_computer_does_not_go_on_with_another_s_answers(school):
    wave = wave_of(school)
    address, codes = room_of(wave, school)
    code = codes[invitation_of(wave, school, "younger").pk]
    browser = seat(address, code)
    page = browser.get(f"{address}answer/")
    assert f"Your code ends with {code[-2:]}" in text(page)
    assert "you may close the page" not in text(page)
    assert f'href="{address}"' in page.content.decode()
    browser.post(f"{address}answer/?s=1", {"go": "next", "key": "one", "a-comfort": "7"})
    browser.get(address)
    assert browser.get(f"{address}answer/").headers["Location"] == address
    # the same code goes on where it was left
    page = seat(address, code).get(f"{address}answer/?s=1").content.decode()
    assert re.search(r'value="7"\s+checked', page)


def test_a_seat_lasts_while_pages_come_and_says_when_it_is_over(school):
    wave = wave_of(school)
    address, codes = room_of(wave, school)
    code = codes[invitation_of(wave, school, "younger").pk]
    noon = dt.datetime.combine(today(), dt.time(9), dt.UTC)
    with time_machine.travel(noon, tick=False) as clock:
        browser = seat(address, code)
        for _ in range(3):
            clock.shift(dt.timedelta(minutes=80))
            assert browser.get(f"{address}answer/").status_code == 200
        clock.shift(dt.timedelta(minutes=100))
        over = browser.post(f"{address}answer/", sent("one", before="no")).headers["Location"]
        assert over == f"{address}?why=time"
        assert "time of this code at this computer is over" in text(browser.get(over))
        assert not Response.objects.exists()
        assert seat(address, code).get(f"{address}answer/").status_code == 200


def test_a_confidential_wave_keeps_nobody_s_name_in_a_room(school):
    wave = wave_of(school, mode=Mode.CONFIDENTIAL)
    address, codes = room_of(wave, school)
    row = invitation_of(wave, school, "younger")
    seat(address, codes[row.pk]).post(f"{address}answer/?all=1", sent("one", before="no"))
    found = Response.objects.get()
    assert (found.invitation, found.source, found.submitted_at) == (None, "", None)
    row.refresh_from_db()
    assert row.state == InvitationState.ANSWERED


def test_the_curator_makes_slips_of_a_class_and_they_are_seen_once(cast, school):
    wave = wave_of(school)
    personal = link_of(wave, school, "younger")
    curator, page = signed_in(school.curator), f"/questionnaires/{wave.pk}/room/"
    assert page in text(curator.get(f"/questionnaires/{wave.pk}/"))
    shown = curator.post(page, {"who": "=5А"})
    assert [person.last_name for person, _group, _code in shown.context["slips"]] == [
        "Младшов",
        "Младшова",
    ]
    address = shown.context["strip"].address
    assert address in text(shown)
    assert address not in text(curator.get(page))
    assert guest().get(personal).status_code == 200  # links stay
    assert "Nobody of these" in said(curator.post(page, {"who": "=99Ю"}, follow=True))[0]
    assert signed_in(cast.other.curator).get(page).status_code == 404
    assert CANARY not in text(curator.get(page))
    close_wave(wave, by=school.curator)
    assert "Answers are not taken today" in text(curator.get(page))
    with pytest.raises(RefusedError):
        open_room(wave, [], by=school.curator)


def test_whose_consent_does_not_hold_gets_no_code_and_is_named(school):
    wave = wave_of(school)
    row = invitation_of(wave, school, "younger")
    curator, page = signed_in(school.curator), f"/questionnaires/{wave.pk}/room/"
    assert "They get no code" not in text(curator.get(page))
    n = len(curator.post(page, {"who": "all"}).context["slips"])
    for consent in Consent.objects.filter(person=row.person):
        withdraw_consent(consent, by=school.curator)
    named = curator.get(page)
    assert "They get no code" in text(named)
    assert (
        f'<a href="/consents/people/{row.person_id}/">{row.person.short_name}</a>'
        in named.content.decode()
    )
    slips = curator.post(page, {"who": "all", "sure": "1"}).context["slips"]
    assert len(slips) == n - 1
    assert row.person not in {person for person, _group, _code in slips}
    with pytest.raises(RefusedError, match=r"Nobody|никого"):
        open_room(wave, [row], by=school.curator)


def test_a_class_at_work_is_not_sent_away_by_one_press(school):
    wave = wave_of(school)
    curator, page = signed_in(school.curator), f"/questionnaires/{wave.pk}/room/"
    address, codes = room_of(wave, school)
    row = invitation_of(wave, school, "younger")
    browser = seat(address, codes[row.pk])
    browser.post(f"{address}answer/?s=1", {"go": "next", "key": "one", "a-comfort": "7"})
    asked = curator.post(page, {"who": "all"})
    assert "End the room that is open today?" in text(asked)
    assert "Have begun of them: 1." in text(asked)
    assert browser.get(f"{address}answer/").status_code == 200
    assert curator.post(page, {"who": "all", "sure": "1"}).context["slips"]
    assert browser.get(f"{address}answer/").status_code == 404
    # the control: nobody is asked where nobody is at work
    Invitation.objects.filter(wave=wave).update(room_code_sha256=None)
    assert curator.post(page, {"who": "all"}).context["slips"]
    Wave.objects.update(room_on=today() - dt.timedelta(days=1))
    assert curator.post(page, {"who": "all"}).context["slips"]
