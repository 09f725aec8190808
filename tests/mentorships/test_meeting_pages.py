"""Pages of meetings: who sees which half, one press, a month on one screen, pairs by risk."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.mentorships.scenes import more_pairs, pair_of, run_pairs, seat_mentor

from nastavnik.consents.actions import withdraw_consent
from nastavnik.consents.models import Consent
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.hooks.attention import Urgency, items_for
from nastavnik.mentorships import actions
from nastavnik.mentorships.choices import Mark, MeetingStatus
from nastavnik.mentorships.models import Meeting
from nastavnik.mentorships.queries import Voice
from nastavnik.people.actions import grant_role
from nastavnik.people.models import User
from nastavnik.programmes.choices import Side

S = MeetingStatus
SECRET = ("трудно", "hard", "нужна помощь<", "просит помощи", "asks a grown-up")


def signed_in(user):
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


@pytest.fixture
def pair(cast):
    run_pairs(cast.school)
    found = pair_of(cast.school)
    seat_mentor(cast, found)
    return found


def press(client, pair, word, meeting=None, **more):
    """Press a button of a meeting as it is seen now, the first one unless told otherwise."""
    meeting = meeting or pair.meetings.first()
    data = {
        "meeting": meeting.pk, "seen_status": meeting.status, "seen_on": meeting.planned_on.isoformat(), "press": word,
    }  # fmt: skip
    return client.post(f"/pairs/{pair.pk}/note/", {**data, **more})


def test_each_side_marks_its_own_half_only(cast, pair):
    mentor, mentee = (signed_in(cast.users[role]) for role in (Role.MENTOR, Role.MENTEE))
    press(mentor, pair, "good-mentee")
    meeting = pair.meetings.first()
    assert (meeting.status, meeting.mentor_mark, meeting.mentee_mark) == (S.HELD, "good", "")
    press(mentee, pair, "plain-mentor")
    meeting.refresh_from_db()
    assert (meeting.mentor_mark, meeting.mentee_mark) == ("good", "plain")
    # whose word it is comes from the account, the day and the curator's note do not
    press(mentee, pair, "missed", pair.meetings.all()[1], words="выдумка", on="2020-01-01")
    second = pair.meetings.all()[1]
    assert (second.status, second.note) == (S.MISSED, "")


@pytest.mark.parametrize(
    ("side", "reader"),
    [(Side.MENTEE, Role.MENTOR), (Side.MENTOR, Role.MENTEE), (Side.MENTEE, Role.DIRECTOR),
     (Side.MENTEE, Role.CLASS_TEACHER), (Side.MENTOR, Role.SOCIAL_TEACHER)],
)  # fmt: skip
def test_a_mark_reaches_nobody_else_in_any_byte(cast, pair, side, reader):
    client = signed_in(cast.users[reader])
    pages = ["/today/", "/pairs/own/", "/pairs/", f"/pairs/{pair.pk}/", "/pairs/?risk=help"]
    first, second, third, *_rest = pair.meetings.all()
    for meeting in (first, second, third):
        actions.note_meeting(meeting, S.HELD, by=cast.anna)

    def shown():
        plain = [client.get(page).content.decode() for page in pages]
        return [re.sub(r"csrfmiddlewaretoken.{0,120}|nonce-\S+", "", page) for page in plain]

    before = shown()
    note = {"voice": Voice(side), "by": cast.anna}
    for meeting in (first, second):
        meeting.refresh_from_db()
        actions.note_meeting(meeting, S.HELD, mark=Mark.HARD, **note)
    third.refresh_from_db()
    actions.note_meeting(third, None, mark=Mark.HELP, **note)
    assert shown() == before


@pytest.mark.parametrize("role", [Role.CURATOR, Role.PSYCHOLOGIST])
@pytest.mark.parametrize("side", Side)
def test_a_call_for_help_is_on_top_for_curator_and_psychologist(cast, pair, role, side):
    user = User.objects.get(pk=cast.users[role].pk)
    assert all(item.state != "sos" for item in items_for(user))
    caller = cast.users[Role.MENTOR if side == Side.MENTOR else Role.MENTEE]
    press(signed_in(caller), pair, "help")
    first = items_for(user)[0]
    assert (first.urgency, first.state) == (Urgency.NOW, "sos")
    client = signed_in(user)
    assert f"/pairs/{pair.pk}/" in client.get("/today/").content.decode()
    meeting = pair.meetings.first()
    client.post(f"/pairs/{pair.pk}/help/", {"meeting": meeting.pk, "words": "поговорили"})
    assert all(item.state != "sos" for item in items_for(user))
    assert "поговорили" in client.get(f"/pairs/{pair.pk}/").content.decode()


def test_a_curator_who_is_a_mentor_does_not_read_the_own_mentee(cast, pair):
    mentor = cast.users[Role.MENTOR]
    grant_role(mentor, cast.school.organisation, Role.CURATOR, by=None)
    for meeting in pair.meetings.all()[:2]:
        actions.note_meeting(
            meeting, S.HELD, voice=Voice(Side.MENTEE), mark=Mark.HARD, by=cast.anna
        )
    page = signed_in(mentor).get(f"/pairs/{pair.pk}/").content.decode()
    assert 'class="b"' not in page
    assert "трудно" not in page
    assert 'class="b"' in signed_in(cast.anna).get(f"/pairs/{pair.pk}/").content.decode()


def test_strangers_find_no_pair_and_no_meeting(cast, pair):
    run_pairs(cast.other)
    foreign = pair_of(cast.other)
    for user in (cast.anna, cast.users[Role.MENTOR], cast.users[Role.MENTEE]):
        assert press(signed_in(user), foreign, "held").status_code == 404
    other = pair_of(cast.school, "novice")
    assert press(signed_in(cast.users[Role.MENTEE]), other, "held").status_code == 404
    # a meeting of another pair under the address of the own one
    assert press(signed_in(cast.anna), pair, "held", foreign.meetings.first()).status_code == 404
    name = f"meeting-{foreign.meetings.first().pk}-planned-{foreign.meetings.first().planned_on}"
    signed_in(cast.anna).post(month_of(pair.meetings.first()), {name: "held"})
    assert not Meeting.objects.exclude(status=S.PLANNED).exists()


def test_one_press_of_the_curator_and_taking_it_back(cast, pair):
    client = signed_in(cast.anna)
    assert press(client, pair, "postponed").url == f"/pairs/{pair.pk}/"
    page = client.get(f"/pairs/{pair.pk}/").content.decode()
    assert f"/pairs/{pair.pk}/undo/" in page
    meeting = Meeting.objects.get(status=S.POSTPONED)
    client.post(f"/pairs/{pair.pk}/undo/", {"meeting": meeting.pk})
    assert set(pair.meetings.values_list("status", flat=True)) == {S.PLANNED}
    on = today() - dt.timedelta(3)
    press(client, pair, "held", on=on.isoformat(), words="в библиотеке")
    held = pair.meetings.get(status=S.HELD)
    assert (held.held_on, held.note) == (on, "в библиотеке")
    assert "в библиотеке" in client.get(f"/pairs/{pair.pk}/").content.decode()


@pytest.mark.parametrize("word", ["", "good", "dance", "held-stranger"])
def test_a_press_that_says_nothing_changes_nothing(cast, pair, word):
    assert press(signed_in(cast.anna), pair, word).status_code == 302
    assert set(pair.meetings.values_list("status", flat=True)) == {S.PLANNED}


@pytest.mark.parametrize("address", ["undo", "help"])
def test_an_address_without_a_meeting_is_not_found(cast, pair, address):
    for key in ("", "x", "999999"):
        response = signed_in(cast.anna).post(f"/pairs/{pair.pk}/{address}/", {"meeting": key})
        assert response.status_code == 404


def test_the_timeline_tells_everything(cast, pair):
    person = cast.school.people["younger"]
    press(signed_in(cast.anna), pair, "missed", words="карантин")
    withdraw_consent(Consent.objects.filter(person=person).first(), by=cast.anna)
    page = signed_in(cast.anna).get(f"/pairs/{pair.pk}/").content.decode()
    line = page[page.index('class="timeline"') :]
    for told in ("карантин", "№ 5-о", person.short_name):
        assert told in line


def month_of(meeting):
    return f"/pairs/month/{meeting.planned_on.year}-{meeting.planned_on.month}/"


def cells(page):
    """Return the names of the buttons on a month's page."""
    return sorted(set(re.findall(r'name="(meeting-[^"]+)"', page)))


def test_a_month_saves_what_was_picked_and_leaves_the_rest(cast, pair):
    client, address = signed_in(cast.anna), month_of(pair.meetings.first())
    names = cells(client.get(address).content.decode())
    assert len(names) >= 3
    data = dict.fromkeys(names, "") | {names[0]: "held", names[1]: "missed"}
    assert client.post(address, data).status_code == 302
    assert Meeting.objects.exclude(noted_at=None).count() == 2
    keys = [int(name.split("-")[1]) for name in names[:2]]
    states = dict(Meeting.objects.filter(pk__in=keys).values_list("pk", "status"))
    assert states == {keys[0]: S.HELD, keys[1]: S.MISSED}


def test_all_met_is_about_the_filter_and_spares_what_was_picked(cast, pair):
    client, address = signed_in(cast.anna), month_of(pair.meetings.first())
    filtered = f"{address}?form=pupil_pupil"
    names = cells(client.get(filtered).content.decode())
    client.post(filtered, {names[0]: "missed", "all": "held"})
    noted = Meeting.objects.exclude(noted_at=None)
    assert noted.filter(status=S.MISSED).count() == 1
    assert noted.filter(status=S.HELD).count() == len(names) - 1
    assert not noted.exclude(mentorship__form__code="pupil_pupil").exists()


def test_a_refused_month_says_why_and_keeps_what_was_picked(cast, pair):
    client, meeting = signed_in(cast.anna), pair.meetings.first()
    names = cells(client.get(month_of(meeting)).content.decode())
    name = next(one for one in names if one.startswith(f"meeting-{meeting.pk}-"))
    other = next(one for one in names if one != name)
    actions.note_meeting(meeting, S.HELD, by=cast.anna)
    response = client.post(month_of(meeting), {name: "missed", other: "held"})
    assert response.status_code == 422
    page = response.content.decode()
    assert 'role="alert"' in page
    assert re.search(rf'name="{other}" value="held" checked', page)
    assert Meeting.objects.exclude(noted_at=None).count() == 1


@pytest.mark.parametrize("address", ["2026-13", "2026-0", "0-5", "99999-1", "9999-12"])
def test_a_month_that_is_none_is_not_found(cast, address):
    assert signed_in(cast.anna).get(f"/pairs/month/{address}/").status_code == 404


def test_the_month_of_today_and_names_that_are_no_meeting(cast, pair):
    client = signed_in(cast.anna)
    address = f"/pairs/month/{today().year}-{today().month}/"
    assert client.get("/pairs/month/").url == address
    wrong = {"meeting-1-dancing-2026-01-01": "held", "meeting-1-planned-2026-02-31": "held"}
    assert client.post(address, wrong).status_code == 302
    assert not Meeting.objects.exclude(noted_at=None).exists()


def test_a_long_month_comes_by_pages_and_going_on_saves_what_is_picked(cast, pair):
    more_pairs(cast.school, 60)
    client, address = signed_in(cast.anna), f"{month_of(pair.meetings.first())}?form=pupil_pupil"
    first, second = (
        cells(client.get(address, {"form": "pupil_pupil", "page": n}).content.decode())
        for n in (1, 2)
    )
    assert first
    assert second
    assert not set(first) & set(second)
    page = client.get(address)
    assert page.content.decode().count("<tr>") == 51
    assert page.context["n_waiting"] == len(first) + len(second)
    response = client.post(address, {first[0]: "held", "go": "2"})
    assert response.url == f"{address}&page=2"
    assert cells(client.get(response.url).content.decode()) == second
    assert Meeting.objects.exclude(noted_at=None).count() == 1
    # «all» is about the screen, nothing picked is no news, and back leads back
    client.post(response.url, {"all": "held"})
    assert Meeting.objects.filter(status=S.HELD).count() == 1 + len(second)
    response = client.post(response.url, {"go": "1"}, follow=True)
    assert response.redirect_chain[-1][0] == f"{address}&page=1"
    assert "Nothing has changed" not in response.content.decode()
    assert client.post(address, {"go": "../evil"}).url == address


def queries(client, address, data=None):
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address) if data is None else client.post(address, data)
    assert response.status_code in {200, 302}
    return len(captured)


def test_the_pages_ask_as_often_for_sixty_pairs_as_for_five(cast, pair):
    client, address = signed_in(cast.anna), month_of(pair.meetings.first())
    pages = ("/pairs/", address, f"/pairs/{pair.pk}/", "/today/")
    client.get("/pairs/")
    client.get(f"/pairs/{pair.pk}/")  # the first look in a sitting is noted
    counts, saves = [], []
    for number in (2, 55):
        more_pairs(cast.school, number)
        counts.append([queries(client, page) for page in pages])
        due = cells(client.get(address).content.decode())
        saves.append(queries(client, address, dict.fromkeys(due[: number + 1], "held")))
    assert counts[0] == counts[1]
    assert saves[0] == saves[1]
    assert counts[0][1] <= 12
    assert counts[0][0] <= 13, counts  # with the pauses of its pairs
    # with its plan, its pause, what was said with it and who of it asks for a replacement
    assert counts[0][2] <= 20, counts


def test_pairs_stand_by_risk_with_the_reason(cast, pair):
    plain, low, postponed, silent, asking = more_pairs(cast.school, 5)
    for one in (plain, low, postponed, asking):
        for meeting in one.meetings.filter(planned_on__lte=today()):
            mark = Mark.HARD if one == low else Mark.GOOD
            actions.note_meeting(meeting, S.HELD, voice=Voice(Side.MENTEE), mark=mark, by=cast.anna)
    moving = postponed.meetings.filter(planned_on__gt=today()).first()
    actions.postpone_meeting(actions.postpone_meeting(moving, by=cast.anna), by=cast.anna)
    actions.note_meeting(
        asking.meetings.first(), None, voice=Voice(Side.MENTOR), mark=Mark.HELP, by=cast.anna
    )
    client = signed_in(cast.anna)
    page = client.get("/pairs/").content.decode()
    order = [page.index(f'"/pairs/{one.pk}/"') for one in (asking, silent, postponed, low, plain)]
    assert order == sorted(order)
    for code, one in (
        ("help", asking), ("silent", silent), ("postponed", postponed), ("low", low),
    ):  # fmt: skip
        keys = re.findall(r'"/pairs/(\d+)/"', client.get(f"/pairs/?risk={code}").content.decode())
        assert str(one.pk) in keys
        assert str(plain.pk) not in keys
    wanted = [(Urgency.NOW, 0), (Urgency.TODAY, 5), (Urgency.WEEK, 2), (Urgency.WEEK, 4)]
    items = items_for(User.objects.get(pk=cast.anna.pk))
    assert [
        one for one in ((item.urgency, item.place) for item in items) if one in wanted
    ] == wanted


def test_both_sides_are_asked_on_their_first_page(cast, pair):
    for role in (Role.MENTOR, Role.MENTEE):
        user = User.objects.get(pk=cast.users[role].pk)
        item = items_for(user)[0]
        assert item.url == "/pairs/own/"
        assert 'href="/pairs/own/"' in signed_in(user).get("/today/").content.decode()
    for meeting in pair.meetings.filter(planned_on__lte=today()):
        actions.note_meeting(
            meeting, S.HELD, voice=Voice(Side.MENTOR), mark=Mark.GOOD, on=today(), by=cast.anna
        )
    # what is left to the mentor is no meeting: the pair has no plan yet
    left = items_for(User.objects.get(pk=cast.users[Role.MENTOR].pk))
    assert [item.urgency for item in left] == [Urgency.LATER]
    # the mentee has not said how it was
    assert len(items_for(User.objects.get(pk=cast.users[Role.MENTEE].pk))) == 3


def test_each_row_shows_its_chain_and_says_it_in_words(cast, pair):
    first, second, *_rest = pair.meetings.filter(planned_on__lte=today())
    actions.note_meeting(first, S.HELD, voice=Voice(Side.MENTEE), mark=Mark.HARD, by=cast.anna)
    actions.note_meeting(second, S.MISSED, by=cast.anna)
    page = signed_in(cast.users[Role.DIRECTOR]).get("/pairs/").content.decode()
    row = page[page.index(f'"/pairs/{pair.pk}/"') :].partition("</tr>")[0]
    picture = row[row.index('<svg class="row-chain"') :].partition("</svg>")[0]
    n_all, n_due = pair.meetings.count(), pair.meetings.filter(planned_on__lte=today()).count()
    assert picture.count("<circle") + picture.count("<path") == n_all
    assert (picture.count('class="held"'), picture.count('class="no"')) == (1, 1)
    words = picture.partition('aria-label="')[2].partition('"')[0]
    assert list(map(int, re.findall(r"\d+", words))) == [1, 1, n_due - 2, n_all - n_due]
    assert "row-chain" not in signed_in(cast.anna).get("/pairs/?as=print").content.decode()
