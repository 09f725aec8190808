"""Two browsers: the district sets lines, the school takes them over and sends, the district agrees, lateness shows."""

import datetime as dt

import pytest
from django.test import Client

from nastavnik.core.dates import today
from nastavnik.districts.models import Adoption, Agreement, DistrictLine
from nastavnik.roadmaps.actions import make_from_catalogue
from nastavnik.roadmaps.choices import RoadmapLevel
from nastavnik.roadmaps.models import Activity

pytestmark = pytest.mark.django_db(transaction=True)


def press(page, selector):
    """Press and wait for the page that follows."""
    with page.expect_navigation():
        page.locator(selector).first.click()


def enter(context, user, url):
    """Go on as this person."""
    client = Client()
    client.force_login(user)
    context.clear_cookies()
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}]
    )


def test_a_line_goes_from_the_district_to_the_school_and_back(page, context, live_server, cast):
    own = make_from_catalogue(cast.school.year, RoadmapLevel.SCHOOL, by=cast.anna)
    # the district makes its roadmap and sets two lines of it for the schools
    enter(context, cast.coordinator, live_server.url)
    page.goto("/roadmap/")
    press(page, "main .btn-primary")
    press(page, "main .btn-primary")
    ticks = page.locator("[name=line]")
    while page.locator("[name=line]:checked").count():
        page.locator("[name=line]:checked").first.uncheck()
    for one in (ticks.first, ticks.last):
        one.check()
    press(page, ".bulk .btn-primary")
    first, second = DistrictLine.objects.standing().select_related("activity")
    assert "2 строки" in page.locator(".answer").inner_text()
    page.goto(f"/roadmap/lines/{first.activity_id}/")
    over, ahead = today() - dt.timedelta(days=3), today() + dt.timedelta(days=30)
    page.fill("[name=starts_on]", "")
    page.fill("[name=ends_on]", over.isoformat())
    press(page, "button:has-text('Сохранить')")
    # the school finds them by itself, takes them over, and asks for a later day
    enter(context, cast.anna, live_server.url)
    page.goto("/today/")
    press(page, "a:has-text('Район задал или изменил 2 строки карты')")
    press(page, "button[value=all]")
    assert Adoption.objects.count() == 2
    one = Adoption.objects.get(line=first)
    page.goto(f"/roadmap/lines/{one.activity_id}/")
    page.fill("[name=starts_on]", "")
    page.fill("[name=ends_on]", ahead.isoformat())
    press(page, "button:has-text('Сохранить')")
    page.goto(f"/roadmap/{own.pk}/district/")
    press(page, "button[value=send]")
    assert "напишите почему" in page.locator(".said").inner_text()
    page.fill(f"#r{one.pk}", "Ждём приказа")
    press(page, f"form:has(#r{one.pk}) button")
    press(page, "button[value=send]")
    assert "ждёт района" in page.locator(".answer").inner_text()
    # the district sees who is late, reads the reason, returns, and agrees to the second version
    enter(context, cast.coordinator, live_server.url)
    page.goto("/district/")
    assert "Опаздывают 2 школы" in page.locator(".todo").inner_text()
    press(page, "a:has-text('прислала карту на согласование')")
    assert "Ждём приказа" in page.locator("main").inner_text()
    assert "просрочено на 3 дня" in page.locator("main").inner_text()
    page.fill("[name=remark]", "Добавьте слёт наставников")
    press(page, "button[value=returned]")
    enter(context, cast.anna, live_server.url)
    page.goto("/today/")
    press(page, "a:has-text('Район вернул карту с замечанием')")
    assert "Добавьте слёт" in page.locator("main").inner_text()
    press(page, "button[value=send]")
    enter(context, cast.coordinator, live_server.url)
    page.goto(f"/district/roadmaps/{cast.school.organisation.pk}/")
    press(page, "button[value=agreed]")
    assert Agreement.objects.get().status == "agreed"
    # the later day counts now; the other school has taken nothing over and is late
    assert "Опаздывает 1 школа" in page.locator(".answer").inner_text()
    cells = page.locator(".matrix tbody td").all_inner_texts()
    assert "–3" in cells
    assert "!3" not in cells
    # and what the district changes comes back to the school
    page.goto(f"/roadmap/lines/{second.activity_id}/")
    page.fill("[name=result]", "протокол")
    press(page, "button:has-text('Сохранить')")
    enter(context, cast.anna, live_server.url)
    page.goto(f"/roadmap/{own.pk}/district/")
    press(page, "button[value=take]")
    assert Activity.objects.get(adoption__line=second).result == "протокол"
    # on a phone nothing but the table scrolls sideways
    enter(context, cast.coordinator, live_server.url)
    page.set_viewport_size({"width": 360, "height": 740})
    for address in (
        "/district/roadmaps/", "/district/lines/", "/district/", "/district/schools/add/",
        f"/district/roadmaps/{cast.school.organisation.pk}/", f"/district/roadmaps/?line={first.pk}",
    ):  # fmt: skip
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
