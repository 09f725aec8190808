"""Keys and boxes in a real browser; and the same pages with scripts switched off."""

import pytest
from playwright.sync_api import expect
from tests.browser.test_pages import filled, sign_in  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)
FOCUSED = "document.activeElement.id"


@pytest.fixture
def opened(context, page, live_server, filled):  # noqa: F811 - the fixture
    sign_in(context, live_server, filled.anna)
    page.goto("/people/")
    return page


def test_slash_focuses_the_search_and_esc_clears_it(opened):
    opened.keyboard.press("/")
    assert opened.evaluate(FOCUSED) == "find"
    assert opened.input_value("#find") == ""
    opened.keyboard.type("gt/?")  # in a field they are letters
    assert opened.input_value("#find") == "gt/?"
    assert opened.url.endswith("/people/")
    opened.keyboard.press("Escape")
    assert opened.input_value("#find") == ""
    assert opened.evaluate(FOCUSED) == "find"
    opened.keyboard.press("Escape")
    assert opened.evaluate(FOCUSED) != "find"


def test_the_search_by_keyboard_alone(opened):
    opened.keyboard.press("/")
    opened.keyboard.type("МЛАДШОВА")
    with opened.expect_navigation():
        opened.keyboard.press("Enter")
    link = opened.locator("h3 a", has_text="Младшова Маша Ильинична").first
    link.focus()
    with opened.expect_navigation():
        opened.keyboard.press("Enter")
    assert "Младшова" in opened.inner_text("h1")


@pytest.mark.parametrize(
    ("letter", "address"), [("t", "/today/"), ("p", "/pairs/"), ("m", "/matching/")]
)
def test_g_and_a_letter_go_to_a_section(opened, letter, address):
    opened.keyboard.press("g")
    with opened.expect_navigation():
        opened.keyboard.press(letter)
    assert opened.url.endswith(address)


def test_the_russian_layout_is_read_by_place(opened):
    send = """([key, code, shiftKey]) => document.body.dispatchEvent(
        new KeyboardEvent("keydown", {key, code, shiftKey, bubbles: true, cancelable: true}))"""
    opened.evaluate(send, ["п", "KeyG", False])
    with opened.expect_navigation():
        opened.evaluate(send, ["ь", "KeyM", False])
    assert opened.url.endswith("/matching/")
    opened.evaluate(send, [".", "Slash", False])
    assert opened.evaluate(FOCUSED) == "find"
    opened.evaluate("document.activeElement.blur()")
    with opened.expect_navigation():
        opened.evaluate(send, [",", "Slash", True])
    assert opened.url.endswith("/search/#keys")


def test_the_question_mark_opens_the_list_of_keys(opened):
    with opened.expect_navigation():
        opened.keyboard.press("?")
    assert opened.url.endswith("/search/#keys")
    expect(opened.locator("kbd").first).to_be_visible()


def test_a_letter_alone_or_with_ctrl_does_nothing(opened):
    for keys in ("t", "m", "Control+g", "t", "g", "x", "t", "Alt+g", "p"):
        opened.keyboard.press(keys)
    opened.wait_for_timeout(200)
    assert opened.url.endswith("/people/")


def test_keys_switched_off_are_silent(opened):
    opened.goto("/search/")
    opened.click("button[name=keys][value=off]")
    opened.goto("/people/")
    for key in ("/", "g", "t", "?"):
        opened.keyboard.press(key)
    opened.wait_for_timeout(200)
    assert opened.url.endswith("/people/")
    assert opened.evaluate(FOCUSED) != "find"


def test_on_a_phone_the_slash_opens_the_page_of_search(opened):
    opened.set_viewport_size({"width": 360, "height": 740})
    with opened.expect_navigation():
        opened.keyboard.press("/")
    assert opened.url.endswith("/search/")
    opened.keyboard.press("/")
    assert opened.evaluate(FOCUSED) == "find-here"


@pytest.mark.parametrize(
    ("address", "name"), [("/consents/", "people"), ("/base/mentor/add/", "people")]
)
def test_tick_all_and_the_count(opened, address, name):
    opened.goto(address)
    boxes = opened.locator(f"input[name={name}]")
    number, ticked = boxes.count(), opened.locator("[data-ticked]")
    assert number > 1
    expect(ticked).to_have_text("0")
    boxes.first.check()
    expect(ticked).to_have_text("1")
    assert opened.locator("[data-tick-all]").evaluate("box => box.indeterminate")
    opened.locator("[data-tick-all]").check()
    expect(ticked).to_have_text(str(number))
    assert opened.locator(f"input[name={name}]:checked").count() == number
    opened.locator("[data-tick-all]").uncheck()
    expect(ticked).to_have_text("0")
    assert opened.locator("tr.picked").count() == 0


def test_ticking_by_keyboard_alone(opened):
    opened.goto("/base/mentor/add/")
    opened.locator("[data-tick-all]").focus()
    opened.keyboard.press("Space")
    assert opened.locator("input[name=people]:not(:checked)").count() == 0


def test_without_scripts_the_box_is_not_there_and_the_search_works(browser, live_server, filled):  # noqa: F811
    plain = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    sign_in(plain, live_server, filled.anna)
    page = plain.new_page()
    page.goto("/consents/")
    expect(page.locator("[data-tick-all]")).to_be_hidden()
    page.fill("#find", "младшова")
    page.press("#find", "Enter")
    page.wait_for_url("**/search/?q=*")
    assert page.locator(".todo li").count() == 3
    plain.close()
