"""Events: who is invited, who came, what the roadmap learns, moved and cancelled ones, and that strangers see nothing."""

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from tests.cast import CANARY
from tests.pages import signed_in, text
from tests.questionnaires.asking import invitation_of, wave_of

from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks import attention, upcoming
from nastavnik.core.hooks.facts import facts_of
from nastavnik.documents.actions import refresh_document
from nastavnik.documents.models import Document
from nastavnik.documents.rendering import blocks_of
from nastavnik.events.actions import (
    answer_invitation,
    cancel_event,
    change_event,
    forget_who_came,
    invite_guests,
    keep_event_minutes,
    make_event_links,
    note_invitations_given,
    note_who_came,
    plan_event,
    remove_event,
    restore_event,
    uninvite_guests,
)
from nastavnik.events.catalogues import kinds
from nastavnik.events.choices import MINUTES_PAPER, EventAudience
from nastavnik.events.documents import findings_of_minutes, invitations
from nastavnik.events.models import EventGuest, ProgrammeEvent
from nastavnik.events.queries import event_rows
from nastavnik.people.actions import grant_role
from nastavnik.roadmaps.catalogues import entries
from nastavnik.writers.blocks import texts_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("within_the_year")]


def planned(cast, *keys, kind="seminar", in_days=0, school=None, is_family=False, **fields):
    school = school or cast.school
    event = plan_event(
        school.year, kind=kind, title=f"Событие {kind}", held_on=today() + dt.timedelta(in_days), by=school.curator, **fields
    )  # fmt: skip
    people = [school.people[key] for key in keys]
    guests = invite_guests(event, people, is_family=is_family, by=school.curator)
    return event, {one.person_id: one for one in guests}


def came(cast, event, *keys, n_others=None):
    rows = {one.person_id: one.pk for one in EventGuest.objects.filter(event=event)}
    here = {rows[cast.school.people[key].pk] for key in keys}
    return note_who_came(event, here, among=set(rows.values()), n_others=n_others, by=cast.anna)


def keys_of(event):
    return list(event.guests.order_by("pk").values_list("pk", flat=True))


def told(cast, school=None):
    school = school or cast.school
    return facts_of(school.organisation.pk, school.year.starts_on, school.year.ends_on)


# ---------------------------------------------------------------- who came


def test_nobody_is_ticked_before_and_an_empty_page_says_nothing(cast):
    event, _guests = planned(cast, "older", "oldest")
    client, page = signed_in(cast.anna), f"/events/{event.pk}/"
    assert "checked" not in text(client.get(page)).split('id="register"')[0]
    client.post(f"{page}register/", {"shown": ",".join(map(str, keys_of(event)))})
    assert set(EventGuest.objects.values_list("came", flat=True)) == {None}
    assert "mentors_community" not in told(cast)


def test_one_ticked_notes_all_and_all_came_is_one_press(cast):
    event, guests = planned(cast, "older", "oldest")
    client, page = signed_in(cast.anna), f"/events/{event.pk}/register/"
    shown = ",".join(str(one.pk) for one in guests.values())
    mine = guests[cast.school.people["older"].pk].pk
    client.post(page, {"shown": shown, "came": mine, "n_others": "4"})
    assert sorted(EventGuest.objects.values_list("came", flat=True)) == [False, True]
    assert "5" in told(cast)["mentors_community"].words
    client.post(page, {"shown": shown, "go": "all"})
    assert set(EventGuest.objects.values_list("came", flat=True)) == {True}
    forget_who_came(event, by=cast.anna)
    assert set(EventGuest.objects.values_list("came", flat=True)) == {None}


def test_an_old_page_speaks_of_those_it_showed_and_takes_back_no_tick_of_others(cast):
    event, _guests = planned(cast, "older", "oldest")
    older, oldest = keys_of(event)
    address, shown = f"/events/{event.pk}/register/", f"{older},{oldest}"
    client = signed_in(cast.anna)
    invite_guests(event, [cast.school.people["youngest"]], by=cast.anna)
    client.post(address, {"shown": shown, "came": older})
    (late,) = set(keys_of(event)) - {older, oldest}
    came_now = lambda: dict(event.guests.values_list("pk", "came"))  # noqa: E731 - asked three times
    assert came_now() == {older: True, oldest: False, late: None}
    # opened before the tick of `older` was kept, and pressed after it
    client.post(address, {"shown": f"{shown},{late}", "came": oldest})
    assert came_now() == {older: True, oldest: True, late: False}
    client.post(address, {"shown": shown, "was": f"{older},{oldest}", "came": oldest})
    assert came_now() == {older: False, oldest: True, late: False}


def test_ticks_are_not_lost_when_a_number_is_refused(cast):
    event, _guests = planned(cast, "older", "oldest")
    older, oldest = keys_of(event)
    sent = {"shown": f"{older},{oldest}", "came": oldest, "n_others": "999999"}
    page = signed_in(cast.anna).post(f"/events/{event.pk}/register/", sent)
    assert page.status_code == 422
    assert re.findall(r'name="came" value="(\d+)"\s+checked', text(page)) == [str(oldest)]


def test_nobody_else_came_is_nothing_noted(cast):
    event, _guests = planned(cast)
    note_who_came(event, set(), among=set(), n_others=0, by=cast.anna)
    event.refresh_from_db()
    assert event.n_others is None


def test_who_only_reads_the_events_of_another_school_writes_nothing_there(cast):
    mine, _ = planned(cast, "older", in_days=3)
    other, _ = planned(cast, in_days=3, school=cast.other)
    grant_role(cast.anna, cast.other.organisation, Role.PSYCHOLOGIST, by=None)
    client = signed_in(cast.anna)
    assert client.get(f"/events/{other.pk}/").status_code == 200
    assert "/edit/" not in text(client.get(f"/events/{other.pk}/"))
    for page in (
        "edit",
        "cancel",
        "restore",
        "remove",
        "people",
        "people/off",
        "given",
        "minutes",
        "register",
        "register/forget",
    ):
        assert client.post(f"/events/{other.pk}/{page}/", {}).status_code == 404, page
    assert client.post(f"/events/{mine.pk}/restore/", {}).status_code == 302


def test_what_has_minutes_is_neither_moved_nor_cancelled(cast):
    event, _guests = planned(cast, "older")
    keep_event_minutes(event, chair="", secretary="", heard="", decided="Да", by=cast.anna)
    with pytest.raises(RefusedError, match=r"minutes|протокол"):
        change_event(event, held_on=today() + dt.timedelta(1), by=cast.anna)
    with pytest.raises(RefusedError, match=r"minutes|протокол"):
        cancel_event(event, by=cast.anna)


def test_a_moved_event_has_its_invitations_to_be_given_anew(cast):
    event, _guests = planned(cast, "older", in_days=2)
    note_invitations_given(event, invited_on=today(), by=cast.anna)
    assert change_event(event, held_on=today() + dt.timedelta(3), by=cast.anna).invited_on is None


def test_a_class_teacher_counts_the_own_class_alone(cast):
    event, _guests = planned(cast, "younger")
    came(cast, event, "younger", n_others=5)
    teacher = cast.users[Role.CLASS_TEACHER]
    assert [row.n_came for row in event_rows(teacher) if row.pk == event.pk] == [1]
    assert [row.n_came for row in event_rows(cast.anna) if row.pk == event.pk] == [6]
    assert "1 person came" in text(signed_in(teacher).get(f"/events/{event.pk}/"))


def test_what_is_ahead_or_cancelled_is_not_noted(cast):
    event, _guests = planned(cast, "older", in_days=3)
    with pytest.raises(RefusedError):
        came(cast, event, "older")
    change_event(event, held_on=today(), by=cast.anna)
    cancel_event(event, by=cast.anna)
    with pytest.raises(RefusedError):
        came(cast, event, "older")
    with pytest.raises(RefusedError):
        keep_event_minutes(event, chair="", secretary="", heard="", decided="Да", by=cast.anna)


def test_a_stranger_of_the_other_school_is_never_put_on_the_list(cast):
    event, _guests = planned(cast)
    assert not invite_guests(event, [cast.other.people["older"]], by=cast.anna)
    made = invite_guests(event, [cast.school.people["teacher"]], is_family=True, by=cast.anna)
    assert not made, "a member of staff has no representatives here"


def test_the_database_keeps_an_answer_with_its_day(cast):
    _event, guests = planned(cast, "older")
    with pytest.raises(IntegrityError), transaction.atomic():
        EventGuest.objects.filter(pk__in=[one.pk for one in guests.values()]).update(will_come=True)


# ---------------------------------------------------------------- the roadmap


def test_each_kind_ticks_its_line_once_it_was_held(cast):
    waiting = [one for one in kinds().values() if one.fact and one.fact != "contests"]
    assert len(waiting) > 8
    for kind in waiting:
        event, _guests = planned(cast, "older", kind=kind.code)
        assert kind.fact not in told(cast), kind.code
        came(cast, event, "older")
        if kind.decides:
            assert kind.fact not in told(cast), "a council without a decision"
            said = {"chair": "", "secretary": "", "heard": "", "decided": "Начать"}
            keep_event_minutes(event, **said, by=cast.anna)
        assert told(cast)[kind.fact].holds
        assert told(cast)[kind.fact].happened_on == event.held_on
        assert kind.fact not in told(cast, cast.other)
        forget_who_came(event, by=cast.anna)
        assert kind.fact not in told(cast)


def test_one_contest_is_no_system_of_contests(cast):
    for n in (1, 2):
        event, _guests = planned(cast, kind="contest")
        came(cast, event, n_others=5)
        assert told(cast)["contests"].holds is (n == 2)


def test_guests_of_the_public_event_are_invited_when_families_and_others_are(cast):
    event, _guests = planned(cast, "older", kind="public_event", in_days=3)
    note_invitations_given(event, invited_on=today(), by=cast.anna)
    assert "public_event_invited" not in told(cast)
    invite_guests(event, [cast.school.people["younger"]], is_family=True, by=cast.anna)
    assert "public_event_invited" not in told(cast)
    change_event(event, invited_others="управление образования, партнёры", by=cast.anna)
    assert told(cast)["public_event_invited"].happened_on == today()
    cancel_event(event, by=cast.anna)
    assert "public_event_invited" not in told(cast)


def test_every_fact_of_a_kind_is_waited_for_by_the_catalogue():
    waited = {fact for entry in entries().values() for fact in entry.facts}
    assert {one.fact for one in kinds().values() if one.fact} <= waited
    assert {one for kind in kinds().values() for one in kind.audience} <= set(EventAudience)


# ---------------------------------------------------------------- moved, cancelled, answered


def test_a_moved_event_says_so_and_asks_anew(cast):
    event, guests = planned(cast, "older", in_days=3)
    (guest,) = guests.values()
    answer_invitation(guest, will_come=True, by=None)
    day = today() + dt.timedelta(5)
    event = change_event(event, held_on=day, by=cast.anna)
    guest.refresh_from_db()
    assert (event.moved_from, guest.will_come) == (today() + dt.timedelta(3), None)
    page = text(signed_in(cast.users[Role.MENTOR]).get("/events/own/"))
    assert f"{event.moved_from:%d.%m.%Y}" in page
    event = change_event(event, held_on=today() + dt.timedelta(3), by=cast.anna)
    assert event.moved_from is None


def test_a_cancelled_event_says_so_takes_no_answer_and_comes_back(cast):
    event, guests = planned(cast, "older", in_days=3)
    (guest,) = guests.values()
    cancel_event(event, reason="карантин", by=cast.anna)
    client = signed_in(cast.users[Role.MENTOR])
    assert "карантин" in text(client.get("/events/own/"))
    with pytest.raises(RefusedError):
        answer_invitation(guest, will_come=True, by=None)
    with pytest.raises(RefusedError):
        invite_guests(event, [cast.school.people["oldest"]], by=cast.anna)
    restore_event(event, by=cast.anna)
    client.post(f"/events/own/{guest.pk}/answer/", {"go": "no"})
    guest.refresh_from_db()
    assert guest.will_come is False


def test_what_was_held_is_neither_moved_nor_cancelled_nor_removed(cast):
    event, guests = planned(cast, "older")
    came(cast, event, "older")
    for forbidden in (
        lambda: change_event(event, held_on=today() + dt.timedelta(1), by=cast.anna),
        lambda: cancel_event(event, by=cast.anna),
        lambda: remove_event(event, by=cast.anna),
        lambda: uninvite_guests(event, guests.values(), by=cast.anna),
    ):
        with pytest.raises(RefusedError):
            forbidden()
    assert ProgrammeEvent.objects.filter(pk=event.pk, cancelled_on=None, guests__came=True).exists()


# ---------------------------------------------------------------- who sees what


def test_strangers_see_nothing(cast):
    theirs, guests = planned(cast, "older", school=cast.other, in_days=2)
    client = signed_in(cast.anna)
    for page in ("", "edit/", "cancel/", "remove/"):
        assert client.get(f"/events/{theirs.pk}/{page}").status_code == 404
    (guest,) = guests.values()
    assert client.post(f"/events/own/{guest.pk}/answer/", {"go": "yes"}).status_code == 404
    assert CANARY not in text(client.get("/events/"))


def test_a_class_teacher_sees_the_own_class_and_no_minutes(cast):
    event, _guests = planned(cast, "younger", "teacher", "oldest")
    hidden, _ = planned(cast, "teacher")
    keep_event_minutes(event, chair="", secretary="", heard="Тайное", decided="", by=cast.anna)
    client = signed_in(cast.users[Role.CLASS_TEACHER])
    seen = EventGuest.objects.visible_to(cast.users[Role.CLASS_TEACHER]).filter(event=event)
    assert 0 < seen.count() < 3
    page = text(client.get(f"/events/{event.pk}/"))
    assert "Тайное" not in page
    assert client.get(f"/events/{hidden.pk}/").status_code == 404
    assert client.post(f"/events/{event.pk}/register/", {}).status_code == 403


def test_today_leads_to_what_waits(cast):
    event, _guests = planned(cast, in_days=2)
    said = [one.url for one in attention.items_for(cast.anna, at_most=None)]
    assert f"/events/{event.pk}/#people" in said
    invite_guests(event, [cast.school.people["older"]], by=cast.anna)
    said = [one.url for one in attention.items_for(cast.anna, at_most=None)]
    assert f"/events/{event.pk}/#people" not in said
    day = event.held_on
    assert any(
        one.url == f"/events/{event.pk}/"
        for _on, some in upcoming.week_of(cast.anna, day)
        for one in some
    )
    past, _ = planned(cast, "older", in_days=-1)
    said = [one.url for one in attention.items_for(cast.anna, at_most=None)]
    assert f"/events/{past.pk}/#register" in said
    came(cast, past, "older")
    said = [one.url for one in attention.items_for(cast.anna, at_most=None)]
    assert f"/events/{past.pk}/#register" not in said


def test_one_asked_in_a_wave_and_invited_to_an_event_reads_of_both_on_today(cast):
    wave = wave_of(cast.school)
    asked = f"/questionnaires/answer/{invitation_of(wave, cast.school, 'younger').pk}/"
    mentee = signed_in(cast.users[Role.MENTEE])
    alone = text(mentee.get("/today/"))
    event, _guests = planned(cast, "younger", in_days=3)
    both = text(mentee.get("/today/"))
    assert asked in alone
    assert asked in both
    assert event.title not in alone
    assert event.title in both


# ---------------------------------------------------------------- pages


def test_whom_the_form_means(cast):
    event, _ = planned(cast)
    client, page = signed_in(cast.anna), f"/events/{event.pk}/people/"
    assert client.post(page, {}).status_code == 422
    assert client.post(page, {"names": "Никтонев Никто"}).status_code == 422
    older = cast.school.people["older"]
    client.post(page, {"names": f"{older.last_name} {older.first_name}"})
    assert EventGuest.objects.get(event=event).person_id == older.pk
    client.post(page, {"mentors": "on", "staff": "on", "mentees": "on"})
    people = set(
        EventGuest.objects.filter(event=event).values_list("person__organisation", flat=True)
    )
    assert people == {cast.school.organisation.pk}
    assert client.post(page, {"staff": "on", "is_family": "on"}).status_code == 422
    client.post(page, {"mentees": "on", "is_family": "on"})
    assert EventGuest.objects.filter(event=event, is_family=True).exists()


def test_the_pages_open_and_the_list_is_taken_out(cast):
    client = signed_in(cast.anna)
    assert "There is no event yet" in text(client.get("/events/"))
    made = client.post(
        "/events/add/?kind=seminar",
        {"kind": "seminar", "held_on": today().isoformat()},
        follow=True,
    )
    event = ProgrammeEvent.objects.get()
    assert event.title == "Семинар для наставников"
    assert made.status_code == 200
    for page in ("/events/", f"/events/{event.pk}/", f"/events/{event.pk}/edit/", "/events/own/"):
        assert client.get(page).status_code == 200
    assert client.get("/events/?as=xlsx").status_code == 200
    assert client.post(f"/events/{event.pk}/remove/").status_code == 302
    assert not ProgrammeEvent.objects.exists()


# ---------------------------------------------------------------- links, papers


def linked(cast, event, **how):
    guests = EventGuest.objects.filter(event=event)
    return {
        guest.person_id: f"/e/{token}/"
        for guest, token in make_event_links(event, guests, by=cast.anna, **how)
    }


def test_a_link_takes_an_answer_and_names_nobody_else(cast):
    event, _guests = planned(cast, "younger", "older", in_days=2, place="актовый зал")
    pages = linked(cast, event)
    page, browser = pages[cast.school.people["older"].pk], Client()
    said = text(browser.get(page))
    assert "актовый зал" in said
    assert cast.school.people["younger"].last_name not in said
    browser.post(page, {"go": "yes"})
    assert EventGuest.objects.get(person=cast.school.people["older"]).will_come is True
    browser.post(page.replace("/e/", "/E/"), {"go": "no"})
    assert EventGuest.objects.get(person=cast.school.people["older"]).will_come is False
    assert EventGuest.objects.get(person=cast.school.people["younger"]).will_come is None


def test_wrong_renewed_taken_off_and_late_links_look_alike(cast):
    event, guests = planned(cast, "younger", "older", in_days=2)
    first = linked(cast, event)
    assert linked(cast, event) == {}, "those who have one keep it"
    fresh = linked(cast, event, again=True)
    browser, key = Client(), cast.school.people["older"].pk
    gone = browser.get("/e/0123456789ABCDEFGHJKMNPQRS/")
    assert gone.status_code == 404
    assert browser.get(first[key]).content == gone.content
    assert browser.get(fresh[key]).status_code == 200
    uninvite_guests(event, [guests[key]], by=cast.anna)
    assert browser.get(fresh[key]).content == gone.content
    other = fresh[cast.school.people["younger"].pk]
    ProgrammeEvent.objects.update(held_on=today() - dt.timedelta(1))
    assert browser.get(other).content == gone.content
    with pytest.raises(RefusedError):
        linked(cast, event)


def test_the_link_of_a_moved_or_cancelled_event_says_so(cast):
    event, _guests = planned(cast, "older", in_days=2)
    page = linked(cast, event)[cast.school.people["older"].pk]
    change_event(event, held_on=today() + dt.timedelta(4), by=cast.anna)
    assert f"{today() + dt.timedelta(2):%d.%m.%Y}" in text(Client().get(page))
    cancel_event(event, reason="карантин", by=cast.anna)
    said = Client().get(page)
    assert "карантин" in text(said)
    assert b"<form" not in said.content
    Client().post(page, {"go": "yes"})
    assert EventGuest.objects.get().will_come is None


def test_invitations_are_printed_for_families_too(cast):
    event, _guests = planned(cast, "older", in_days=2, place="зал", agenda="Открытие\nНаграды")
    invite_guests(event, [cast.school.people["younger"]], is_family=True, by=cast.anna)
    client = signed_in(cast.anna)
    for address in ("pdf/", "pdf/?sheet=1", "docx/?sheet=1"):
        assert client.get(f"/events/{event.pk}/invitations/{address}").status_code == 200
    assert client.get(f"/events/{event.pk}/invitations/exe/").status_code == 404
    rows = [(one, "") for one in event.guests.select_related("person")]
    for one_a_page in (True, False):
        said = " ".join(texts_of(invitations(event, rows, one_a_page=one_a_page)))
        assert "Родителям (законным представителям)" in said
        assert "Награды" in said


def test_minutes_say_only_what_was_entered(cast):
    event, _guests = planned(cast, "older")
    client = signed_in(cast.anna)
    client.post(f"/events/{event.pk}/paper/")
    paper = Document.objects.get(kind=MINUTES_PAPER)
    said = " ".join(texts_of(blocks_of(paper.content)))
    for word in ("Присутствовали", "СЛУШАЛИ", "РЕШИЛИ", "Секретарь:"):
        assert word not in said
    assert len(findings_of_minutes(paper)) == 4
    came(cast, event, "older", n_others=2)
    keep_event_minutes(
        event, chair="Иванова И. И.", secretary="", heard="", decided="Продолжить", by=cast.anna
    )
    paper = refresh_document(paper, by=cast.anna)
    said = " ".join(texts_of(blocks_of(paper.content)))
    assert "Присутствовали: 3 чел." in said
    assert "Продолжить" in said
    assert "Секретарь:" not in said
    client.post(f"/events/{event.pk}/paper/")
    assert Document.objects.filter(kind=MINUTES_PAPER).count() == 1
