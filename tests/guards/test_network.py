"""No page asks another host for anything, and every answer says what a browser may do with it."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from tests.guards.crawl import answers, fetched_elsewhere
from tests.guards.routes import addresses, all_routes, one_of_each_state

import nastavnik

pytestmark = pytest.mark.django_db
ROOT = Path(nastavnik.__file__).parent
SENT = sorted(
    path
    for folder in (*ROOT.glob("*/templates"), *ROOT.glob("*/static"))
    for path in folder.rglob("*")
    if path.suffix in {".html", ".css", ".js", ".mjs", ".svg", ".json", ".webmanifest"}
)
# A name of a vocabulary is no address: nothing is asked for.
NAMESPACES = re.compile(r"""\bxmlns(?::\w+)?=["']http://www\.w3\.org/[\w/.]+["']""")
FOREIGN = re.compile(r"""(?:https?|wss?|ftp)://|["'(=\s]//[\w\[]""", re.IGNORECASE)
COMMENTS = re.compile(r"/\*.*?\*/|<!--.*?-->|{#.*?#}|{% comment %}.*?{% endcomment %}", re.DOTALL)
EXACT = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ROUTES = all_routes()


def foreign(source):
    """Return the addresses of other hosts in a file that goes to the browser."""
    text = NAMESPACES.sub("", COMMENTS.sub("", source))
    return [text[max(0, m.start() - 20) : m.end() + 30] for m in FOREIGN.finditer(text)]


def lax(directives):
    """Return what a policy allows beyond this host."""
    found = [
        f"{name} {value}"
        for name, values in directives.items()
        for value in values
        if value not in {"'self'", "'none'"}
    ]
    found += [
        f"{name} is missing"
        for name in ("default-src", "form-action", "frame-ancestors", "base-uri")
        if name not in directives
    ]
    if directives.get("default-src") != ["'none'"]:
        found.append("default-src is to be 'none'")
    return found


def header_faults(response, *, signed_in):
    """Return what the headers of an answer lack."""
    headers = response.headers
    said = [
        f"{name}: {headers.get(name)}"
        for name, value in EXACT.items()
        if headers.get(name) != value
    ]
    policy = {
        words[0]: words[1:]
        for part in headers.get("Content-Security-Policy", "").split(";")
        if (words := part.split())
    }
    said += [f"policy: {one}" for one in lax(policy)]
    kind = headers.get("Content-Type", "")
    if kind.startswith("text/") and "charset=utf-8" not in kind:
        said.append(f"Content-Type: {kind}")
    if signed_in and "no-store" not in headers.get("Cache-Control", ""):
        said.append(f"Cache-Control: {headers.get('Cache-Control')}")
    return said


def test_the_files_are_found():
    assert {path.suffix for path in SENT} >= {".html", ".css", ".svg"}
    assert len(SENT) > 40


@pytest.mark.parametrize("path", SENT, ids=lambda path: path.name)
def test_no_file_of_ours_names_another_host(path):
    assert foreign(path.read_text()) == []


def test_what_the_theme_imports_is_shipped_with_it():
    theme = Path(finders.find("nastavnik/theme.css"))
    for address in re.findall(r"""@import\s+(?:url\()?["']?([^"')]+)""", theme.read_text()):
        assert finders.find(
            str(Path("nastavnik") / ".." / address)
            .replace("nastavnik/../../", "")
            .replace("nastavnik/../", "")
        )


def test_the_policy_allows_this_host_only():
    assert lax(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]) == []
    assert not getattr(settings, "CONTENT_SECURITY_POLICY_REPORT_ONLY", None)


@pytest.mark.parametrize("actor", ["anonymous", "curator", "coordinator", "mentee"])
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_answer_carries_the_headers(world, route, actor):
    # who has just signed out is nobody again
    signed_in = actor != "anonymous" and route.name != "people:sign-out"
    for answer in answers(world, route, actor):
        said = f"{answer.method} {answer.address}"
        assert header_faults(answer, signed_in=signed_in) == [], said
        assert answer.elsewhere == [], said


@pytest.mark.parametrize("address", ["/no-such-page/", "/static/no-such-file.css", "/people/1e9/"])
def test_a_page_that_is_not_there_carries_them_too(world, address):
    assert header_faults(world.browser("curator").get(address), signed_in=True) == []


@pytest.mark.parametrize("address", ["/", "/sign-in/", "/people/", "/health", "/no-such-page/"])
def test_another_site_is_told_nothing(world, address):
    for method in ("GET", "OPTIONS"):
        answer = world.browser("curator").generic(
            method,
            address,
            HTTP_ORIGIN="https://elsewhere.example",
            HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST",
        )
        assert [name for name in answer.headers if name.lower().startswith("access-control")] == []


def test_no_page_answers_trace_and_no_folder_is_listed(world):
    browser = world.browser("curator")
    statuses = {
        browser.generic("TRACE", address).status_code
        for route in ROUTES
        for address in addresses(route, world.cast.school.organisation, one_of_each_state)[:1]
    }
    assert statuses <= {403, 405}
    for folder in ("/static/", "/static/nastavnik/", "/files/"):
        assert browser.get(folder).status_code == 404


# ---------------------------------------------------------------- planted violations


@pytest.mark.parametrize(
    "planted",
    [
        '<script src="https://cdn.example/a.js"></script>',
        '<img src="//cdn.example/a.png">',
        "@import url(https://fonts.example/css);",
        "body { background: url(//cdn.example/a.png) }",
        "fetch('http://example.org')",
        "new WebSocket('wss://example.org')",
        "<link href=//cdn.example/a.css>",
    ],
)
def test_another_host_is_seen(planted):
    assert foreign(planted)


@pytest.mark.parametrize(
    "passing",
    [
        '<svg xmlns="http://www.w3.org/2000/svg">',
        "/* see https://example.org */",
        "a { color: red } // so",
        '<a href="/people/">',
    ],
)
def test_an_address_of_ours_passes(passing):
    assert foreign(passing) == []


def test_a_finished_page_that_fetches_elsewhere_is_seen():
    assert fetched_elsewhere(
        '<p><img alt="" src="https://example.org/a.png"><form action="//example.org">'
    )
    assert (
        fetched_elsewhere(
            '<link rel="icon" href="/static/a.svg"><form method="post" action="/language/">'
        )
        == []
    )


@pytest.mark.parametrize(
    "change",
    [
        {"script-src": ["'self'", "'unsafe-inline'"]},
        {"img-src": ["*"]},
        {"default-src": ["'self'"]},
        {"style-src": ["https:"]},
    ],
)
def test_a_lax_policy_is_seen(change):
    assert lax({**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"], **change})


def test_an_answer_without_headers_is_seen():
    said = header_faults(
        HttpResponse("ok", headers={"Cache-Control": "max-age=60"}), signed_in=True
    )
    assert len(said) >= len(EXACT) + 2
