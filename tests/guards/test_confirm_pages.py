"""What a page offers is not refused: a question that is asked, a link to it, a button that needs nothing but a press.

Every page of the curator, the director and a class teacher is opened. Where it asks («No, leave it» stands on it) its own form is sent as it is;
where it links to such a question, the question must be there; where a form holds nothing to fill in, it is pressed.
Whatever answers with an error says that the page offered what the site knew it would refuse.
"""

import re
from html.parser import HTMLParser

import pytest
from django.contrib.messages import ERROR, get_messages
from django.contrib.messages.storage.base import Message
from django.db import transaction
from django.http import HttpResponse
from tests.guards.crawl import answer, pages_for
from tests.guards.routes import all_routes

pytestmark = pytest.mark.django_db
ACTORS = ("curator", "director", pytest.param("class_teacher", marks=pytest.mark.deep))
GALLERY = "/components/"  # shows how a question looks
LEAVE_IT = {"No, leave it", "Нет, оставить"}
REASON = "так вышло"
# a press of it is no change of the site: it signs out
LEFT_OUT = ("/sign-out/",)
FREE = {"text", "textarea", "number", "date", "file", "select", "checkbox", "radio", "email", "password", "search"}  # fmt: skip


class Page(HTMLParser):
    """Reads the POST forms of a page with what they would send, what is left to fill in, and the links."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.forms, self.links = address, [], []
        self.by_id: dict[str, dict] = {}
        self.now: dict | None = None

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "a" and said.get("href", "").startswith("/"):
            self.links.append(said["href"])
        elif tag == "form":
            action = (said.get("action") or self.address).partition("#")[0]
            self.now = {
                "action": action,
                # a form that is hidden is filled in by a script
                "post": said.get("method", "").lower() == "post" and "hidden" not in said,
                "fields": [],
                "free": [],
                "buttons": [],
            }
            self.forms.append(self.now)
            self.by_id[said.get("id", "")] = self.now
        elif tag in {"input", "select", "textarea", "button"}:
            self._field(tag, said)

    def _field(self, tag, said):
        form = self.by_id.get(said["form"]) if "form" in said else self.now
        if form is None or "disabled" in said:
            return
        kind = said.get("type", "text") if tag == "input" else tag
        name, value = said.get("name"), said.get("value") or ""
        if kind == "button":
            form["buttons"].append((name, value, said.get("formaction")))
        elif kind == "hidden" and name != "csrfmiddlewaretoken":
            form["fields"].append((name, value))
        elif kind in FREE and name:
            form["free"].append((name, kind))

    def handle_endtag(self, tag):
        if tag == "form":
            self.now = None


def read(get, address):
    """Return the page of an address, None where it gives none."""
    answered = get(address)
    if answered.status_code != 200 or "html" not in answered.headers.get("Content-Type", ""):
        return None, ""
    page = Page(address)
    text = answered.content.decode()
    page.feed(text)
    return page, text


def asks(text):
    """Tell whether a page is one that asks before it does something."""
    return any(f">{words}</a>" in text for words in LEAVE_IT)


def refusal(browser, address, data):
    """Press in a browser of its own; return what the site answers as an error, and leave no trace."""
    with transaction.atomic():
        answer = browser().post(address, data)
        said = [str(one) for one in get_messages(answer.wsgi_request) if one.level == ERROR]
        transaction.set_rollback(True)
    if answer.status_code not in {200, 302}:
        said.append(f"status {answer.status_code}")
    return "; ".join(said)


def presses(page, text):
    """Yield what can be sent without filling anything in but a reason: address and data."""
    for form in page.forms:
        if not form["post"] or form["action"].startswith(LEFT_OUT):
            continue
        kinds = {kind for _name, kind in form["free"]}
        if asks(text) and form["action"] == page.address.partition("?")[0]:
            if kinds - {"text", "textarea"}:
                continue
        elif form["free"]:
            continue
        data: dict[str, list[str]] = {}
        for name, value in [*form["fields"], *((name, REASON) for name, _kind in form["free"])]:
            data.setdefault(name, []).append(value)
        for name, value, elsewhere in form["buttons"] or [(None, "", None)]:
            yield elsewhere or form["action"], {**data, **({name: value} if name else {})}


def shape(address, data):
    return re.sub(r"\d+", "#", address), frozenset(data)


def offered_and_refused(get, browser, found, *, n_each):
    """Return what pages offer although the site refuses it.

    Args:
        get: gives the page of an address.
        browser: makes a browser in which somebody is signed in; what was said in one is not said in another.
        found: addresses to open.
        n_each: how many presses of one shape are tried, those of a question all.
    """
    tried: dict[object, int] = {}
    known: dict[str, bool] = {}
    wrong = []
    for address in found:
        page, text = read(get, address)
        if page is None:
            continue
        if (is_asking := asks(text)) and not is_question(address) and address != GALLERY:
            wrong.append(f"{address} asks before it does something: name it in QUESTIONS")
        for where, data in presses(page, text):
            key = shape(where, data)
            tried[key] = tried.get(key, 0) + 1
            is_tried = is_asking or tried[key] <= n_each
            if is_tried and (said := refusal(browser, where, data)):
                wrong.append(f"{address} offers {where} {sorted(data)}: {said}")
        links = [link for link in dict.fromkeys(page.links) if is_question(link)]
        wrong += [
            f"{address} links to {link}, which asks nothing"
            for link in links
            if not is_asked(get, link, known)
        ]
    return wrong


def is_question(address):
    return QUESTIONS.fullmatch(address.partition("?")[0]) is not None


def is_asked(get, address, known):
    if address not in known:
        known[address] = asks(read(get, address)[1])
    return known[address]


# what asks before it does something; a page that asks and is not named here is found as well
QUESTIONS = re.compile(
    r"/documents/\d+/(register|take-back)/"
    r"|/matching/\d+/take-back/"
    r"|/pairs/\d+/end/"
    r"|/people/\d+/left/"
    r"|/people/\d+/data/erase/"
    r"|/people/import/\d+/discard/"
    r"|/settings/accounts/\d+/(end|second-step)/"
    r"|/consents/\d+/(withdraw|mistaken)/"
    r"|/consents/links/\d+/close/"
    r"|/consents/scans/\d+/remove/"
    r"|/base/\d+/leave/"
    r"|/closing/talks/\d+/remove/"
    r"|/plans/\d+/discard/"
    r"|/monitoring/swot/\d+/remove/"
    r"|/events/\d+/(remove|cancel|register/forget)/"
    r"|/training/(materials/)?\d+/remove/"
    r"|/questionnaires/drafts/\d+/(publish|delete)/"
    r"|/questionnaires/\d+/close/"
    r"|/questionnaires/invitations/\d+/take-back/"
)


@pytest.mark.parametrize("actor", ACTORS)
def test_what_is_offered_is_not_refused(world, actor, request):
    organisation = world.cast.school.organisation
    opened = pages_for(world, actor, organisation, all_routes())
    found = [answered.address for _route, answered in opened]
    n_each = 100 if request.config.getoption("--deep") else 5
    wrong = offered_and_refused(
        lambda address: answer(world, actor, "GET", address),
        lambda: world.browser(actor),
        found,
        n_each=n_each,
    )
    assert not wrong, "\n".join(wrong)


# ---------------------------------------------------------------- planted violations


class Planted:
    """A browser of a site with one page that asks, and one that links to it."""

    def __init__(self, rf, pages, refuses):
        self.rf, self.pages, self.refuses = rf, pages, refuses

    def get(self, address):
        page = self.pages.get(address)
        return HttpResponse(page or "", status=200 if page else 302)

    def post(self, address, data):
        answer = HttpResponse(status=302)
        answer.wsgi_request = self.rf.post(address, data)
        answer.wsgi_request._messages = [Message(ERROR, "so nicht")] if self.refuses else []
        return answer


QUESTION = """<form method="post"><input type="hidden" name="how" value="x"><button>Да</button>
<a href="/x/">Нет, оставить</a></form>"""


@pytest.mark.parametrize(
    ("pages", "refuses", "word"),
    [
        ({"/base/1/leave/": QUESTION}, True, "so nicht"),
        ({"/x/": '<form method="post"><button>Да</button></form>'}, True, "so nicht"),
        ({"/x/": '<a href="/base/1/leave/">Убрать</a>'}, False, "asks nothing"),
        ({"/x/": QUESTION}, False, "QUESTIONS"),
    ],
)
def test_an_offer_that_is_refused_is_caught(rf, pages, refuses, word):
    planted = Planted(rf, pages, refuses)
    (said,) = offered_and_refused(planted.get, lambda: planted, pages, n_each=1)
    assert word in said


def test_an_offer_that_is_kept_is_fine(rf):
    pages = {"/base/1/leave/": QUESTION, "/x/": '<a href="/base/1/leave/">Убрать</a>'}
    planted = Planted(rf, pages, False)
    assert offered_and_refused(planted.get, lambda: planted, pages, n_each=1) == []
