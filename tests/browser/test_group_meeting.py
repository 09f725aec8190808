"""A group meeting from the invitation to the matching, by the curator's screen and a pupil's phone."""

import pytest
from tests.browser.test_meetings import clean, sign_in

from nastavnik.core.access import Role
from nastavnik.matching.models import Proposal
from nastavnik.programmes.models import Attendance, GroupMeeting

pytestmark = pytest.mark.django_db(transaction=True)


def click(page, words):
    with page.expect_navigation():
        page.get_by_role("button", name=words).click()


def test_from_the_invitation_to_the_matching(cast, context, live_server, browser, page):
    names = {key: person.short_name for key, person in cast.school.people.items()}
    sign_in(context, live_server, cast.anna)
    page.goto("/group-meetings/add/")
    assert clean(page) == []
    click(page, "Назначить и пригласить")
    meeting = GroupMeeting.objects.get()
    assert page.locator("input[name=came]:checked").count() == 0
    for one in page.locator("input[name=came]").all():
        one.check()
    page.get_by_label(f"{names['teacher']}: на встрече").uncheck()
    click(page, "Сохранить, кто пришёл")
    assert clean(page) == []
    assert Attendance.objects.filter(meeting=meeting, came=True).count() == 5

    # the pupil, on a phone: asked on the first page, offered only who came
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(context, live_server, cast.users[Role.MENTEE])
    page.goto("/today/")
    with page.expect_navigation():
        page.locator(".todo a.btn").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert clean(page) == []
    first = page.get_by_label("Прежде всего")
    offered = first.locator("option").all_inner_texts()
    assert len(offered) == 3  # nobody, and the two mentors who came
    assert not [one for one in offered if names["teacher"] in one]
    first.select_option(label=f"{names['oldest']}, 10А")
    page.get_by_label(f"{names['older']}, 9А").check()
    click(page, "Сохранить выбор")
    assert page.get_by_text("ваш выбор сохранён").is_visible()
    assert clean(page) == []

    # the curator reads it, the matching uses it, and then it stands
    page.set_viewport_size({"width": 1366, "height": 768})
    sign_in(context, live_server, cast.anna)
    page.goto(f"/group-meetings/{meeting.pk}/")
    row = page.locator("tbody tr", has_text=names["younger"])
    assert f"1. {names['oldest']}" in row.inner_text()
    assert names["older"] in row.locator("td").nth(2).inner_text()
    page.emulate_media(media="print")
    assert not row.locator("td").nth(1).is_visible()  # in confidence: not on paper
    page.emulate_media(media="screen")
    page.goto("/matching/")
    click(page, "Подобрать")
    records = cast.school.records
    proposal = Proposal.objects.get(mentee=records["younger"])
    assert proposal.mentor == records["oldest"]
    assert "Наставляемый выбрал наставника: 1-й выбор." in page.locator("main").inner_text()
    assert clean(page) == []
    sign_in(context, live_server, cast.users[Role.MENTEE])
    page.goto("/choices/")
    assert page.get_by_text("Сейчас выбирать нечего.").is_visible()
