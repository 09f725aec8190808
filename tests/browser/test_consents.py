"""A parent signs by phone: one page, no account, no script."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from nastavnik.consents.actions import add_guardian, make_consent_links
from nastavnik.consents.choices import NEEDED_FOR_BASE, Way
from nastavnik.consents.models import Consent
from nastavnik.consents.queries import links_to_make

pytestmark = pytest.mark.django_db(transaction=True)


def clean(page):
    return [one["id"] for one in Axe().run(page, options={"preload": False}).response["violations"]]


def test_a_parent_signs_by_phone(cast, browser, watch, live_server, page):
    person, by = cast.school.people["waiting"], cast.anna
    add_guardian(person, full_name="Ждунова Жанна", relation="mother", by=by)
    ready, _rest = links_to_make([(person, NEEDED_FOR_BASE)])
    [made] = make_consent_links(cast.school.organisation, ready, by=by)
    address = f"{live_server.url}/c/{made.token}/"
    watch.expect("422")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(address)
    assert clean(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone = browser.new_context(
        viewport={"width": 360, "height": 740}, locale="ru-RU", java_script_enabled=False
    ).new_page()
    phone.goto(address)
    phone.get_by_role("button", name="Отправить").click()
    assert phone.get_by_role("alert").is_visible()
    for yes in phone.get_by_label("Да, даю согласие").all():
        yes.check()
    phone.get_by_label("Я – Ждунова Жанна").check()
    phone.get_by_role("button", name="Отправить").click()
    assert "Спасибо" in phone.inner_text("h1")
    phone.context.close()
    found = Consent.objects.filter(person=person)
    assert {one.purpose for one in found} == set(NEEDED_FOR_BASE)
    assert {one.way for one in found} == {Way.LINK}
