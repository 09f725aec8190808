"""A real browser that fails a test on anything a visitor's browser would complain of."""

import os
import shutil
from urllib.parse import urlsplit

import pytest

# Playwright's synchronous calls keep an event loop in this thread; the tests themselves are not
# asynchronous, so the ORM is safe to use.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


def pytest_collection_modifyitems(items):
    for item in items:
        if "/tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser():
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("no Chromium here")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield launched
        launched.close()


class Watch:
    """What the browser complained of: errors, broken policy, requests to other hosts."""

    def __init__(self, own):
        self.own = urlsplit(own).netloc
        self.complaints = []
        self.expected = []

    def follow(self, page):
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("request", self._request)

    def expect(self, part):
        """Let complaints that contain `part` pass, such as a 404 the test asks for."""
        self.expected.append(part)

    def unexpected(self):
        return [line for line in self.complaints if not any(part in line for part in self.expected)]

    def _console(self, message):
        # Chromium asks for /favicon.ico by itself on what is not a page.
        of_icon = str(message.location.get("url", "")).endswith("/favicon.ico")
        if message.type in {"error", "warning"} and not of_icon:
            self.complaints.append(f"console: {message.text}")

    def _request(self, request):
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != self.own:
            self.complaints.append(f"foreign: {request.url}")


@pytest.fixture
def watch(live_server):
    return Watch(live_server.url)


@pytest.fixture
def context(browser, watch, live_server):
    """A browser profile: an ordinary school screen, Russian; pages of it are all watched."""
    opened = browser.new_context(
        base_url=live_server.url,
        locale="ru-RU",
        timezone_id="Europe/Moscow",
        viewport={"width": 1366, "height": 768},
    )
    opened.on("page", watch.follow)
    yield opened
    opened.close()
    assert watch.unexpected() == []


@pytest.fixture
def page(context):
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    return opened
