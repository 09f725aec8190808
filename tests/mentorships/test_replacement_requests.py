"""Who of a pair asks for a replacement: by one press, read by curator and psychologist alone, answered with words."""

import pytest
from django.db import IntegrityError, transaction
from tests.mentorships.scenes import pair_of, run_pairs, seat_mentor
from tests.pages import signed_in, text

from nastavnik.core.access import Role
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks.attention import items_for
from nastavnik.core.models import AuditEntry
from nastavnik.mentorships import actions
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.models import ReplacementRequest
from nastavnik.mentorships.queries import Voice
from nastavnik.people.models import User
from nastavnik.programmes.choices import Side

WHY = "хочу заниматься химией"


@pytest.fixture
def pair(cast):
    run_pairs(cast.school)
    found = pair_of(cast.school)
    seat_mentor(cast, found)
    return found


def account(user):
    return User.objects.get(pk=user.pk)


def browser(cast, role):
    return signed_in(account(cast.users[role]))


def asked(cast, pair):
    browser(cast, Role.MENTEE).post(f"/pairs/{pair.pk}/ask/", {"words": WHY})
    return ReplacementRequest.objects.get()


def test_one_press_asks_and_another_asks_no_second_time(cast, pair):
    mentee = browser(cast, Role.MENTEE)
    assert "I ask for another mentor" in text(mentee.get("/pairs/own/"))
    row = asked(cast, pair)
    assert (row.tie, row.words) == (pair.ties.get(), WHY)
    mentee.post(f"/pairs/{pair.pk}/ask/")
    assert ReplacementRequest.objects.count() == 1
    assert "You have asked for a replacement on" in text(mentee.get("/pairs/own/"))


def test_the_curator_finds_it_on_today_and_answers_and_the_mentee_reads_it(cast, pair):
    row = asked(cast, pair)
    titles = {item.title for item in items_for(account(cast.anna)) if "замены" in item.state_words}
    assert titles == {pair.ties.get().mentee.person.short_name}
    curator = signed_in(account(cast.anna))
    assert WHY in text(curator.get(f"/pairs/{pair.pk}/"))
    curator.post(f"/pairs/asked/{row.pk}/answer/", {"words": ""})
    row.refresh_from_db()
    assert row.answered_on is None  # without words nothing is answered
    curator.post(f"/pairs/asked/{row.pk}/answer/", {"words": "В среду познакомим с Ольгой"})
    assert "В среду познакомим с Ольгой" in text(browser(cast, Role.MENTEE).get("/pairs/own/"))
    assert not [item for item in items_for(account(cast.anna)) if "замены" in item.state_words]


@pytest.mark.parametrize("role", [Role.MENTOR, Role.DIRECTOR, Role.CLASS_TEACHER])
def test_nobody_else_reads_of_it(cast, pair, role):
    row = asked(cast, pair)
    reader = browser(cast, role)
    pages = ["/today/", "/pairs/own/", "/pairs/", f"/pairs/{pair.pk}/", "/trail/"]
    shown = " ".join(reader.get(page).content.decode() for page in pages)
    assert WHY not in shown
    assert "asks for another mentor" not in shown
    assert "Asks for a replacement" not in shown
    assert "Просьба о замене" not in shown
    assert reader.post(f"/pairs/asked/{row.pk}/answer/", {"words": "нет"}).status_code in {403, 404}
    assert reader.post(f"/pairs/asked/{row.pk}/withdraw/").status_code in {403, 404}
    # the control: whoever may, reads just these words
    assert WHY in text(signed_in(account(cast.anna)).get(f"/pairs/{pair.pk}/"))


def test_a_stranger_of_the_other_school_neither_reads_nor_answers(cast, pair):
    row = asked(cast, pair)
    stranger = signed_in(account(cast.other.curator))
    assert stranger.post(f"/pairs/asked/{row.pk}/answer/", {"words": "нет"}).status_code == 404
    assert not ReplacementRequest.objects.visible_to(account(cast.other.curator))


def test_who_asked_takes_it_back_until_it_is_answered(cast, pair):
    row, mentee = asked(cast, pair), account(cast.users[Role.MENTEE])
    actions.withdraw_replacement(row, by=mentee)
    with pytest.raises(RefusedError):
        actions.answer_replacement(row, words="решено", by=account(cast.anna))
    again = actions.ask_replacement(pair, Voice(Side.MENTEE), by=mentee)
    actions.answer_replacement(again, words="решено", by=account(cast.anna))
    actions.answer_replacement(
        again, words="решено", by=account(cast.anna)
    )  # a button pressed twice
    with pytest.raises(RefusedError):
        actions.answer_replacement(again, words="иначе", by=account(cast.anna))
    with pytest.raises(RefusedError):
        actions.withdraw_replacement(again, by=mentee)
    lines = AuditEntry.objects.filter(action__startswith="replacement-").order_by("pk")
    assert [line.action for line in lines] == [
        "replacement-asked", "replacement-withdrawn", "replacement-asked", "replacement-answered",
    ]  # fmt: skip


def test_a_pair_that_has_ended_is_asked_nothing_and_leaves_today(cast, pair):
    asked(cast, pair)
    actions.set_pair_status(pair, MentorshipStatus.CANCELLED, reason="переезд", by=cast.anna)
    assert not [item for item in items_for(account(cast.anna)) if "замены" in item.state_words]
    pair.refresh_from_db()
    with pytest.raises(RefusedError):
        actions.ask_replacement(pair, Voice(Side.MENTOR), by=account(cast.users[Role.MENTOR]))


@pytest.mark.both
def test_the_database_holds_one_open_request_of_a_side(cast, pair):
    row = asked(cast, pair)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReplacementRequest.objects.create(
            organisation=row.organisation, mentorship=pair, tie=row.tie, asked_on=row.asked_on
        )
    ReplacementRequest.objects.create(
        organisation=row.organisation, mentorship=pair, asked_on=row.asked_on
    )
