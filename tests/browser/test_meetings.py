"""Meetings in a real browser: a month by keyboard alone, one press on the page of a pair, no script needed."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from tests.mentorships.scenes import pair_of, run_pairs, seat_mentor

from nastavnik.core.access import Role
from nastavnik.mentorships.choices import MeetingStatus
from nastavnik.mentorships.models import Meeting
from nastavnik.people.models import User

pytestmark = pytest.mark.django_db(transaction=True)
S = MeetingStatus


@pytest.fixture
def pair(cast):
    run_pairs(cast.school)
    found = pair_of(cast.school)
    seat_mentor(cast, found)
    return found


def sign_in(context, live_server, user):
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    morsel = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": morsel.value, "url": live_server.url}]
    )


def focused(page):
    """Return the name and the value of what has the focus."""
    return page.evaluate("[document.activeElement.name || '', document.activeElement.value || '']")


def tab_to(page, fits):
    for _ in range(80):
        page.keyboard.press("Tab")
        if fits(*focused(page)):
            return
    raise AssertionError("the keyboard does not get there")


def clean(page):
    return [one["id"] for one in Axe().run(page, options={"preload": False}).response["violations"]]


def test_a_month_is_entered_by_keyboard_alone(cast, pair, context, live_server, page):
    sign_in(context, live_server, cast.anna)
    first = pair.meetings.first()
    page.goto(f"/pairs/month/{first.planned_on.year}-{first.planned_on.month}/")
    assert clean(page) == []
    n_open = len({box.get_attribute("name") for box in page.locator("[type=radio]").all()})
    assert n_open >= 2
    names = []
    for arrows in (1, 3):  # yes; no
        tab_to(page, lambda name, _value: name.startswith("meeting-") and name not in names)
        names.append(focused(page)[0])
        for _ in range(arrows):
            page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    noted = {str(m.pk): m.status for m in Meeting.objects.exclude(noted_at=None)}
    assert noted == {names[0].split("-")[1]: S.HELD, names[1].split("-")[1]: S.MISSED}
    assert page.locator("[role=status]").inner_text()
    # the rest by one button, reached by the keyboard as well
    tab_to(page, lambda name, value: (name, value) == ("all", "held"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert Meeting.objects.exclude(noted_at=None).count() == n_open
    assert page.locator("[type=radio]").count() == 0


def followed(page, words):
    """Tab to a link by its words, press Enter."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText || ''").strip() == words:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"the keyboard does not get to «{words}»")


def test_the_table_of_pairs_is_walked_by_keyboard_alone(cast, pair, context, live_server, page):
    sign_in(context, live_server, cast.anna)
    page.goto("/today/")
    page.keyboard.press("g")
    with page.expect_navigation():
        page.keyboard.press("p")
    assert clean(page) == []
    followed(page, "Наставник")  # the head of a column
    assert page.locator("th[aria-sort='ascending']").inner_text().strip() == "Наставник"
    names = [one.strip() for one in page.locator("tbody th a").all_inner_texts()]
    assert names == sorted(names)
    followed(page, "Наставник")
    assert page.locator("tbody th a").first.inner_text().strip() == names[-1]
    name = pair.mentor.person.short_name
    followed(page, name)
    assert page.url.endswith(f"/pairs/{pair.pk}/")
    tab_to(page, lambda field, value: (field, value) == ("press", "held"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert pair.meetings.first().status == S.HELD


def press(page, word):
    with page.expect_navigation():
        page.locator(f"button[value='{word}']").first.click()


def test_one_press_on_the_page_of_a_pair_and_back(cast, pair, context, live_server, page):
    sign_in(context, live_server, cast.anna)
    page.goto(f"/pairs/{pair.pk}/")
    assert page.locator(".chain > li").count() == 5
    press(page, "held")
    assert pair.meetings.first().status == S.HELD
    assert page.locator(".node .ok").count() == 1
    assert clean(page) == []
    with page.expect_navigation():
        page.locator("form[action$='/undo/'] button").click()
    assert pair.meetings.first().status == S.PLANNED
    press(page, "help-mentee")
    assert page.locator(".call").count() == 1
    assert clean(page) == []


def test_both_sides_on_a_phone(cast, pair, context, live_server, page):
    page.set_viewport_size({"width": 360, "height": 740})
    for role, word, half in ((Role.MENTOR, "good", ".a"), (Role.MENTEE, "hard", ".b")):
        sign_in(context, live_server, cast.users[role])
        page.goto("/pairs/own/")
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        press(page, word)
        assert page.locator(f".node {half}").count() == 1
        assert page.locator(".node .a, .node .b").count() == 1
        assert clean(page) == []
    first, second = pair.meetings.all()[:2]
    assert first.mentor_mark == "good"
    assert "hard" in {first.mentee_mark, second.mentee_mark}
