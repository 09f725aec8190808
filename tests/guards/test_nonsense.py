"""Nothing that is typed or forged into a form or an address ends in a failure of the site.

Every page of the curator, the coordinator and the mentor is opened, its forms are read, and each is sent with nonsense in
all of its fields and, in the long run, in one at a time; addresses take the same nonsense behind their «?».
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.http import HttpResponse
from tests.guards.routes import addresses, all_routes, one_of_each_state

pytestmark = pytest.mark.django_db
READERS = ("curator", "coordinator", "mentor")
# no key, a key no database has, a key of digits that are none of ours, a control and a direction mark, too long for any
# column, a day that no calendar has, a year that is the last one, a place outside
NONSENSE = (
    "abc",
    "9" * 30,
    "-1",
    "²",
    "\ufffe\u202e\x07",
    "Ж" * 300,
    "31.02.2027",
    "31.12.9999",
    "0001-01-01",
    "//elsewhere.example/",
)
ALWAYS = ("next", "page", "sort", "state", "tab", "q", "form", "kind", "group", "go", "question")
SIGNS_OUT = ("/sign-out/",)


@dataclass
class Form:
    """A form of a page: where it goes, how, and what it would send."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class Forms(HTMLParser):
    """Reads the forms of a page; a field outside of them belongs to the one it names."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.found = address, []
        self.by_id: dict[str, Form] = {}
        self.now: Form | None = None

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "form":
            action = said.get("action") or self.address
            self.now = Form(action, said.get("method", "get").lower())
            self.found.append(self.now)
            self.by_id[said.get("id", "")] = self.now
        elif tag in {"input", "select", "textarea", "button"} and said.get("name"):
            form = self.by_id.get(said["form"]) if "form" in said else self.now
            if form and said.get("type") != "file":
                form.fields.setdefault(said["name"], said.get("value") or "")

    def handle_endtag(self, tag):
        if tag == "form":
            self.now = None


def forms_of(page, address):
    reader = Forms(address)
    reader.feed(page)
    return [
        form
        for form in reader.found
        if form.action.startswith("/") and not form.action.startswith(SIGNS_OUT)
    ]


def nonsense_for(form, nonsense, *, deep):
    """Yield what to send: nonsense everywhere, then in one field while the others are as the page has them."""
    names = [name for name in form.fields if name != "csrfmiddlewaretoken"]
    yield dict.fromkeys(names, nonsense)
    if deep:
        for name in names:
            yield {**form.fields, name: nonsense}


def send(client, form, values):
    """Send a form; return the status, and leave no trace."""
    sid = transaction.savepoint()
    try:
        if form.method == "get":
            return client.get(form.action, values).status_code
        return client.post(form.action, values).status_code
    finally:
        transaction.savepoint_rollback(sid)


def shape(form):
    """Return what makes a form another one: the same button stands on many pages."""
    return form.method, re.sub(r"\d+", "#", form.action), frozenset(form.fields)


def failures(client, address, seen, *, deep):
    """Return what a page and its forms fail at; forms seen before are passed over."""
    page = client.get(address)
    if page.status_code != 200 or "text/html" not in page.headers.get("Content-Type", ""):
        return []
    found = [
        f"GET {address} with {nonsense!r}"
        for nonsense in NONSENSE
        if client.get(f"{address}?{urlencode(dict.fromkeys(ALWAYS, nonsense))}").status_code >= 500
    ]
    new = [form for form in forms_of(page.content.decode(), address) if shape(form) not in seen]
    seen.update(map(shape, new))
    for form in new:
        for nonsense in NONSENSE:
            found += [
                f"{form.method} {form.action} from {address}: {nonsense[:12]!r} in {list(values)}"
                for values in nonsense_for(form, nonsense, deep=deep)
                if send(client, form, values) >= 500
            ]
    return found


@pytest.fixture
def browser_of(world):
    def browser(actor):
        client = world.browser(actor)
        client.raise_request_exception = False
        return client

    return browser


@pytest.fixture(scope="module")
def seen():
    return set()


ROUTES = [route for route in all_routes() if not route.is_public]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_nonsense_is_answered(world, browser_of, route, seen, request):
    deep = request.config.getoption("--deep")
    actor = next((one for one in READERS if world.viewer(one).may(route.access)), None)
    if actor is None or "GET" not in str(getattr(route.pattern.callback, "methods", "GET")):
        return
    organisation = world.cast.school.organisation
    found = []
    for address in addresses(route, organisation, one_of_each_state)[: None if deep else 1]:
        sid = transaction.savepoint()
        found += failures(browser_of(actor), address, seen, deep=deep)
        transaction.savepoint_rollback(sid)
    assert not found


# ---------------------------------------------------------------- what is planted is caught

PAGE = """<form id="f" method="post" action="/x/7/"><input name="a" value="1"><select name="b"></select>
<input type="file" name="c"></form><button form="f" name="d" value="e">Go</button><form><input name="q"></form>
<form method="post" action="/sign-out/"><input name="z"></form><form action="https://elsewhere.example/"></form>"""


def test_the_forms_of_a_page_are_read():
    post, get = forms_of(PAGE, "/here/")
    assert (post.action, post.method, post.fields) == (
        "/x/7/",
        "post",
        {"a": "1", "b": "", "d": "e"},
    )
    assert (get.action, get.method, get.fields) == ("/here/", "get", {"q": ""})


class Failing:
    """A site that answers its page and fails at whatever is sent to it."""

    def get(self, address, values=None):
        plain = values is None and "?" not in address
        return HttpResponse(PAGE, status=200 if plain else 500)

    def post(self, _address, values):
        return HttpResponse(status=500 if values["a"] == "abc" else 302)


def test_a_failure_is_told_once_for_each_form():
    seen = set()
    found = failures(Failing(), "/here/", seen, deep=False)
    assert [one for one in found if one.startswith("post")] == [
        "post /x/7/ from /here/: 'abc' in ['a', 'b', 'd']"
    ]
    assert len([one for one in found if one.startswith("GET")]) == len(NONSENSE)
    assert not [one for one in failures(Failing(), "/here/", seen, deep=False) if "post" in one]
