"""Nothing that is typed or forged into a form or an address ends in a failure of the site.

Every page of the curator, the coordinator, the mentor and of nobody is opened, its forms are read, and each is sent with
nonsense in all of its fields (a quarter of the kinds, in the long run all of them and in one field at a time too); addresses take the same nonsense behind their «?», keys
no database has in their place, headers and cookies theirs. What got into the rows all the same breaks no file.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from urllib.parse import urlencode
from xml.etree.ElementTree import ParseError
from zlib import crc32

import pytest
from django.apps import apps
from django.db import models, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Concat, Left
from django.http import HttpResponse
from django.urls import reverse
from openpyxl import load_workbook
from tests.guards.routes import addresses, all_routes, one_of_each_state

from nastavnik.core.privacy import DataClass, classification
from nastavnik.core.ui import listing
from nastavnik.core.ui.listing import Column, Table, as_xlsx

pytestmark = pytest.mark.django_db
READERS = ("curator", "coordinator", "mentor")
# no key, a letter no text of PostgreSQL has, a key no database has, a key of digits that are none of ours, a control and a direction mark, too long for any
# column, a day that no calendar has, a year that is the last one, a place outside
NONSENSE = (
    "abc",
    "\x00",
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
KEYS = (0, 2**63, 10**30)
# Tried on PostgreSQL in the ordinary run too: pages of each kind of form; in the long run all are.
SAMPLE = {
    "people:sign-in", "people:add", "people:accounts", "people:list", "organisations:settings", "programmes:limits",
    "programmes:add-meeting", "matching:workspace", "mentorships:note", "roadmaps:show", "roadmaps:add", "districts:add-school",
}  # fmt: skip


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


def given_to(what, *, whole=True):
    """Return the nonsense a page or a form is given: all of it, or a quarter that differs from one to the next."""
    return NONSENSE if whole else NONSENSE[crc32(str(what).encode()) % 4 :: 4]


def failures(client, address, seen, *, deep, whole=True):
    """Return what a page and its forms fail at; forms seen before are passed over."""
    page = client.get(address)
    if page.status_code != 200 or "text/html" not in page.headers.get("Content-Type", ""):
        return []
    found = [
        f"GET {address} with {nonsense!r}"
        for nonsense in given_to(address, whole=whole)
        if client.get(f"{address}?{urlencode(dict.fromkeys(ALWAYS, nonsense))}").status_code >= 500
    ]
    new = [form for form in forms_of(page.content.decode(), address) if shape(form) not in seen]
    seen.update(map(shape, new))
    for form in new:
        for nonsense in given_to(sorted(form.fields), whole=whole):
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


ROUTES = [
    pytest.param(route, id=route.name, marks=pytest.mark.both if route.name in SAMPLE else ())
    for route in all_routes()
]


def reader_of(world, route):
    """Return who is to read a page: the first of the readers who may, nobody for a public page."""
    if route.is_public:
        return "anonymous"
    return next((one for one in READERS if world.viewer(one).may(route.access)), None)


@pytest.mark.parametrize("route", ROUTES)
def test_nonsense_is_answered(world, browser_of, route, seen, request):
    deep = request.config.getoption("--deep")
    actor = reader_of(world, route)
    if actor is None or "GET" not in str(getattr(route.pattern.callback, "methods", "GET")):
        return
    organisation = world.cast.school.organisation
    found = []
    for address in addresses(route, organisation, one_of_each_state)[: None if deep else 1]:
        sid = transaction.savepoint()
        found += failures(browser_of(actor), address, seen, deep=deep, whole=deep)
        transaction.savepoint_rollback(sid)
    assert not found


@pytest.mark.both
def test_a_key_that_no_database_has_is_of_nothing(world, browser_of):
    browser, found = browser_of("curator"), []
    keyed = [route for route in all_routes() if "pk" in route.arguments]
    for route in keyed:
        for key in KEYS:
            others = dict.fromkeys(set(route.arguments) - {"pk"}, "x")
            address = reverse(route.name, kwargs={"pk": key} | others)
            for method in ("GET", "POST"):
                sid = transaction.savepoint()
                status = browser.generic(method, address).status_code
                transaction.savepoint_rollback(sid)
                found += [f"{method} {address}: {status}"] if status >= 500 else []
    assert len(keyed) > 30
    assert not found


COOKIES = ("sessionid", "csrftoken", "messages", "django_language", "theme", "keys", "visit", "x")
HEADERS = ("referer", "accept-language", "user-agent", "accept", "if-modified-since", "range", "x-forwarded-for")  # fmt: skip


@pytest.mark.both
@pytest.mark.parametrize("address", ["/sign-in/", "/", "/people/", "/how-to/"])
def test_nonsense_in_headers_and_cookies_is_answered(world, browser_of, address):
    for nonsense in NONSENSE:
        browser, sent = browser_of("curator"), nonsense.encode().decode("latin-1")
        signed_in = "; ".join(f"{name}={one.value}" for name, one in browser.cookies.items())
        browser.cookies.clear()
        for cookies in (signed_in, ""):
            given = {
                **{f"HTTP_{name.upper().replace('-', '_')}": sent for name in HEADERS},
                "HTTP_COOKIE": "; ".join([cookies, *(f"{name}={sent}" for name in COOKIES[1:])]),
            }
            for method in ("GET", "POST"):
                sid = transaction.savepoint()
                status = browser.generic(method, address, **given).status_code
                transaction.savepoint_rollback(sid)
                assert status < 500, f"{method} {address} with {nonsense!r}"


def test_a_header_that_claims_another_place_moves_no_address(client):
    answer = client.get("/people/", SCRIPT_NAME="/elsewhere")
    assert answer.headers["Location"].startswith("/sign-in/?")
    page = client.get("/sign-in/", SCRIPT_NAME="/elsewhere").content.decode()
    assert "elsewhere" not in page


# ---------------------------------------------------------------- what stands in the rows

# names of columns and of files, which no person types
NO_WORDS = {"roadmaps.RoadmapChange.field", "questionnaires.InstrumentVersion.code"}
DIRT = "\x07\x0b\ufffe\uffff\u202e<&"


def texts_of(model):
    """Return the columns of a model in which people's words stand, and how much goes into them."""
    classes = classification(model)
    return {
        field.name: field.max_length
        for field in model._meta.concrete_fields
        if type(field) in {models.CharField, models.TextField}
        and not field.choices
        and not field.unique
        and str(field) not in NO_WORDS
        and classes[field.name] not in {DataClass.TECHNICAL, DataClass.SECRET}
    }


def soil():
    """Write control characters into every word of every row, as an old version or another program might have."""
    n_columns = 0
    for model in apps.get_models():
        if model.__module__.startswith("nastavnik."):
            for name, longest in texts_of(model).items():
                dirty = Concat(F(name), Value(DIRT))
                # past managers that keep what is signed from being written over
                rows = QuerySet(model).exclude(**{name: ""})
                n_columns += bool(rows.update(**{name: Left(dirty, longest) if longest else dirty}))
    return n_columns


def test_no_page_and_no_file_breaks_of_what_stands_in_the_rows(world, browser_of, request):
    at_most = 3 if request.config.getoption("--deep") else 1  # addresses of a route
    sid = transaction.savepoint()
    assert soil() > 20
    organisation, found, n_files = world.cast.school.organisation, [], 0
    for route in all_routes():
        actor = reader_of(world, route)
        for address in addresses(route, organisation, one_of_each_state)[:at_most] if actor else ():
            for query in ("", "?as=xlsx", "?as=print"):
                answer = browser_of(actor).get(f"{address}{query}")
                n_files += "html" not in answer.headers.get("Content-Type", "")
                found += [f"{address}{query}"] if answer.status_code >= 500 else []
    transaction.savepoint_rollback(sid)
    assert n_files > 12
    assert not found


@pytest.mark.parametrize("sign", [*"\x00\x07\x1f\ufffe\uffff", "\ud800"], ids=ascii)
def test_a_sign_the_format_cannot_hold_is_left_out_of_a_workbook(sign):
    column = Column("name", f"Имя{sign}", lambda row: f"{row}{sign}ов")
    table = Table(f"list{sign}", f"Список{sign}", [column], ["Петр"])
    book = load_workbook(BytesIO(as_xlsx(table)))
    assert [cell.value for cell in book.active["A"]] == ["Имя", "Петров"]


def test_a_workbook_written_as_given_would_break(monkeypatch):
    monkeypatch.setattr(listing, "plain", lambda text: text)
    table = Table("list", "Список", [Column("name", "Имя", lambda row: f"{row}\ufffe")], ["Петр"])
    with pytest.raises((ParseError, ValueError)):
        load_workbook(BytesIO(as_xlsx(table)))


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


def test_a_quarter_for_each_is_all_for_a_few():
    quarters = [given_to(n, whole=False) for n in range(20)]
    assert {len(one) for one in quarters} == {2, 3}
    assert {one for quarter in quarters for one in quarter} == set(NONSENSE)


def test_a_failure_is_told_once_for_each_form():
    seen = set()
    found = failures(Failing(), "/here/", seen, deep=False)
    assert [one for one in found if one.startswith("post")] == [
        "post /x/7/ from /here/: 'abc' in ['a', 'b', 'd']"
    ]
    assert len([one for one in found if one.startswith("GET")]) == len(NONSENSE)
    assert not [one for one in failures(Failing(), "/here/", seen, deep=False) if "post" in one]
