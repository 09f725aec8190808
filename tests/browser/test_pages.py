"""Every page: accessible in light and dark, no sideways scroll on a phone, light on a slow line."""

import gzip

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import get_resolver, reverse
from tests.browser import lists
from tests.cast import approve_pairs
from tests.jobs.working import counted_for
from tests.questionnaires import asking

from nastavnik.consents.actions import print_blanks
from nastavnik.consents.choices import Purpose
from nastavnik.core.access import Role
from nastavnik.documents.models import Document
from nastavnik.jobs.models import Job
from nastavnik.mentorships.actions import keep_base_draft
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.people.actions import start_import
from nastavnik.people.models import Person, RosterImport, StudyGroup
from nastavnik.plans.actions import open_plans
from nastavnik.plans.models import IndividualPlan
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import MentoringForm
from nastavnik.questionnaires.actions import copy_instrument
from nastavnik.questionnaires.models import InstrumentVersion, Wave
from nastavnik.roadmaps.actions import (
    add_evidence,
    change_activity,
    make_from_catalogue,
    remove_activity,
    start_reading,
)
from nastavnik.roadmaps.choices import RoadmapLevel
from nastavnik.roadmaps.models import Activity, Roadmap, RoadmapDraft

pytestmark = pytest.mark.django_db(transaction=True)

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# pages that only answer a POST, or give a file
NO_PAGE = {
    "documents:download", "documents:pdf", "roadmaps:paper", "roadmaps:pdf", "roadmaps:evidence-file", "roadmaps:table", "roadmaps:calendar", "districts:workbook", "people:import-errors", "health", "cabinet:set-up", "cabinet:front",
    "events:by-link", "events:by-link-capitals", "events:invitations", "cabinet:calendar-feed", "monitoring:indicator", "monitoring:target",
    "questionnaires:by-link", "consents:by-link", "consents:by-link-capitals", "consents:thanks", "questionnaires:by-link-capitals", "questionnaires:file", "interchange:archive", "dossiers:archive",
    "questionnaires:room-enter", "questionnaires:room-enter-capitals", "questionnaires:room-answer",
    "mentorships:month",  # mentorships:this-month leads to it
}  # fmt: skip


def a_counting(school):
    return Job.objects.open().first() or counted_for(school, by=school.curator)


def keys(cast):
    """The object each page with a key is opened with, in the first school."""
    school = cast.school
    return {
        "people:card": school.people["younger"].pk,
        "people:edit": school.people["younger"].pk,
        "dossiers:person": school.people["younger"].pk,
        "dossiers:erase": school.people["younger"].pk,
        "people:group": StudyGroup.objects.filter(organisation=school.organisation).first().pk,
        "people:merge": school.people["older"].pk,
        "people:import-preview": RosterImport.objects.first().pk,
        "consents:person": school.people["younger"].pk,
        "consents:signed": school.people["younger"].pk,
        "consents:guardian-add": school.people["younger"].pk,
        "consents:pack": print_blanks(
            school.organisation, [(school.people["younger"], list(Purpose))], title="5А", by=None
        ).pk,
        "programmes:edit": school.programme.pk,
        "programmes:go-on": school.programme.pk,
        "plans:plan": IndividualPlan.objects.first().pk,
        "plans:edit": IndividualPlan.objects.first().pk,
        "programmes:limits": MentoringForm.objects.filter(organisation=school.organisation)
        .first()
        .pk,
        "programmes:record": school.records["older"].pk,
        "mentorships:base-draft": keep_base_draft(
            school.programme, Side.MENTEE, [], file_name="база.xlsx", by=None
        ).pk,
        "matching:past": school.programme.runs.first().pk,
        "jobs:progress": a_counting(school).pk,
        "mentorships:replace": Mentorship.objects.filter(organisation=school.organisation)
        .first()
        .pk,
        "mentorships:card": Mentorship.objects.filter(organisation=school.organisation).first().pk,
        **{
            f"roadmaps:{name}": Roadmap.objects.first().pk
            for name in ("show", "add", "again", "edit", "check", "history")
        },
        **{
            f"questionnaires:{name}": Wave.objects.get().pk
            for name in ("wave", "links", "paper", "room", "results", "last-day", "close")
        },
        **{
            f"questionnaires:{name}": InstrumentVersion.objects.get(status="draft").pk
            for name in ("draft", "draft-preview")
        },
        "roadmaps:activity": Activity.objects.first().pk,
        "roadmaps:draft": RoadmapDraft.objects.first().pk,
        **dict.fromkeys(("documents:card", "documents:check-paper"), Document.objects.first().pk),
    }


# what stands in the place of a word of an address; of the how-tos such as have lists, tables, code
GIVEN = {
    "side": ("mentor", "mentee"),
    "instrument": (asking.BODY["code"],),
    "purpose": ("publication",),
    "name": ("first-evening", "lists", "install"),
}


def addresses(cast):
    """Every address that shows a page."""
    objects = keys(cast)
    found = []
    for app, (_prefix, resolver) in get_resolver().namespace_dict.items():
        for route in resolver.url_patterns:
            name = f"{app}:{route.name}"
            if name in NO_PAGE:
                continue
            converters = route.pattern.converters
            if given := [one for word, ones in GIVEN.items() if word in converters for one in ones]:
                found += [reverse(name, args=[one]) for one in given]
            elif "pk" in converters:
                if name in objects:
                    found.append(reverse(name, args=[objects[name]]))
            else:
                found.append(reverse(name))
    found.append(reverse("monitoring:indicator", args=["K1", cast.school.year.starts_on.year]))
    found.append(f"{reverse('roadmaps:overview')}?edit={objects['roadmaps:activity']}")
    return sorted(set(found))


@pytest.fixture
def filled(cast):
    """The cast with pairs, a draft order, a matching and a list on its way."""
    approve_pairs(cast.school)
    open_plans(Tie.objects.all()[:1], by=cast.anna)
    asking.wave_of(cast.school)
    copy_instrument(asking.version(), organisation=cast.school.organisation, by=cast.anna)
    roadmap = make_from_catalogue(cast.school.year, RoadmapLevel.SCHOOL, by=cast.anna)
    table = (
        "№\tМероприятие\tСроки\tОтветственный\n1\tПедсовет\tкогда-нибудь\tДиректор\n2\tСлёт\tмай\t"
    )
    start_reading(cast.school.organisation, file_name="", text=table, by=cast.anna)
    add_evidence(roadmap.activities.first(), note="протокол", by=cast.anna)
    remove_activity(roadmap.activities.last(), by=cast.anna)  # missing, and told in the history
    change_activity(roadmap.activities.first(), responsible="", by=cast.anna)  # looked at
    start_import(
        cast.school.organisation,
        kind="pupils",
        file_name="klassy.xlsx",
        data=lists.workbook(),
        by=cast.anna,
    )
    return cast


def sign_in(context, live_server, user):
    client = Client()
    client.force_login(user, backend="nastavnik.people.access.Accounts")
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}]
    )
    return client


ALL_RULES = {"type": "tag", "values": TAGS}
COLOURS = {"type": "rule", "values": ["color-contrast"]}


def violations(page, rules=ALL_RULES):
    """Return what axe finds on a page as tall as it is: a bar that sticks to the window covers whatever is just below it."""
    height = page.evaluate("document.documentElement.scrollHeight")
    usual = page.viewport_size
    page.set_viewport_size({"width": usual["width"], "height": max(usual["height"], height + 10)})
    found = Axe().run(page, options={"runOnly": rules, "preload": False})
    page.set_viewport_size(usual)
    return [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]


# By login and address whether there is a page: every test fills the same cast anew, so what one has asked is known to the others.
_is_page: dict[tuple[str, str], bool] = {}


def open_pages(context, page, live_server, user, cast):
    """Open every page the user may see, in turn."""
    client = sign_in(context, live_server, user)
    for address in addresses(cast):
        # what answers only a POST, or not this role, is no page to look at
        if (key := (user.login, address)) not in _is_page:
            _is_page[key] = client.get(address, HTTP_HOST="localhost").status_code == 200
        if _is_page[key]:
            assert page.goto(address).status == 200
            yield address


def test_every_page_is_accessible_in_light_and_dark(context, page, live_server, filled, request):
    """In the dark only the colours are others; in the long run all is looked at in both."""
    n_pages, found, deep = 0, [], request.config.getoption("--deep")
    for theme, rules in (("light", ALL_RULES), ("dark", ALL_RULES if deep else COLOURS)):
        context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
        for address in open_pages(context, page, live_server, filled.anna, filled):
            n_pages += 1
            found += [f"{theme} {address} {line}" for line in violations(page, rules)]
    assert n_pages > 40
    assert not found, "\n".join(found[:40])


def test_the_pages_before_sign_in_are_accessible(page, db):
    for address in ("/setup/", "/sign-in/"):
        if page.goto(address).status == 200:
            assert violations(page) == []


@pytest.mark.deep
@pytest.mark.parametrize("role", list(Role))
def test_every_page_of_every_role_is_accessible(context, page, live_server, filled, role):
    pages = open_pages(context, page, live_server, filled.users[role], filled)
    found = [f"{address} {line}" for address in pages for line in violations(page)]
    assert not found, "\n".join(found[:40])


def test_a_planted_page_is_seen(page, watch):
    watch.expect("404")
    page.route(
        "**/planted",
        lambda route: route.fulfill(
            content_type="text/html",
            body="<html><body><img src='x'><input><a href='#'></a><p style='color:#ccc;background:#fff'>Слабый текст</p></body></html>",
        ),
    )
    page.goto("/planted")
    kinds = {line.split(":")[0] for line in violations(page)}
    assert {"image-alt", "label", "link-name", "html-has-lang", "color-contrast"} <= kinds


# the words of the head as they are set, line by line, and the «?» beside them
TOUCHES = """() => {
  const mark = document.querySelector('.head .help')?.getBoundingClientRect();
  if (!mark) return [];
  const words = document.createRange(), boxes = [];
  for (const one of document.querySelectorAll('.head h1, .head .answer')) { words.selectNodeContents(one); boxes.push(...words.getClientRects()); }
  return boxes.filter(b => b.width && b.left < mark.right && b.right > mark.left && b.top < mark.bottom - 1 && b.bottom > mark.top + 1).map(b => b.top);
}"""


@pytest.mark.parametrize("width", [pytest.param(360, marks=pytest.mark.deep), 320])
def test_no_page_scrolls_sideways_and_the_mark_of_help_touches_no_word(
    context, page, live_server, filled, width
):
    page.set_viewport_size({"width": width, "height": 740})
    wide, touched = [], []
    for address in open_pages(context, page, live_server, filled.anna, filled):
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(address)
        if page.evaluate(TOUCHES):
            touched.append(address)
    assert (wide, touched) == ([], [])


# lists that are wider than their place; what is wide by its nature stands in a `.scroll` with a name of its own
SIDEWAYS = """() => [...document.querySelectorAll('.scroll > .table.stack')]
  .filter(one => one.scrollWidth > one.parentElement.clientWidth + 1).map(one => `${one.scrollWidth}: ${one.innerText.slice(0, 80)}`)"""
LISTS = ("/pairs/", "/pairs/month/", "/mentees/", "/mentors/", "/people/", "/consents/", "/documents/",
         "/settings/accounts/", "/classes/", "/matching/?view=table", "/matching/past/", "/roadmap/", "/trail/")  # fmt: skip
LONG = "Транспортирова"


def test_no_list_of_usual_names_is_moved_sideways_on_a_school_notebook(
    context, page, live_server, filled
):
    """1366 px with a bar of scrolling beside: the last column is seen without moving the table."""
    Person.objects.filter(organisation=filled.school.organisation).update(last_name=LONG)
    page.set_viewport_size({"width": 1366 - 17, "height": 768})
    sign_in(context, live_server, filled.anna)
    wide = []
    for address in LISTS:
        page.goto(address)
        wide += [(address, said) for said in page.evaluate(SIDEWAYS)]
    assert wide == []
    page.goto("/people/")
    page.evaluate("document.querySelector('table.stack').style.width = '200vw'")
    assert page.evaluate(SIDEWAYS) != []


def test_a_mark_that_touches_a_word_is_seen(page):
    page.set_content(
        "<div class='head' style='position:relative'><h1>Классы</h1><p class='answer'>" + "слово " * 99
        + "</p><a class='help' style='position:absolute;top:0;right:0;width:44px;height:99px'>?</a></div>"
    )  # fmt: skip
    assert page.evaluate(TOUCHES)


def test_the_first_view_is_light(context, page, live_server, filled):
    """All that a page and what its styles import weigh on the wire, compressed as the site does it."""
    sign_in(context, live_server, filled.anna)
    bodies = []
    page.on("response", lambda answer: bodies.append(answer.body()) if answer.ok else None)
    page.goto("/today/")
    page.wait_for_load_state("networkidle")
    assert sum(len(gzip.compress(body)) for body in bodies) < 100_000
    assert any(b"Bootstrap" in body[:300] for body in bodies)


def test_a_page_works_at_double_zoom(context, page, live_server, filled):
    sign_in(context, live_server, filled.anna)
    page.set_viewport_size({"width": 683, "height": 384})
    for address in ("/today/", "/mentees/", "/matching/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 683


def test_the_sections_open_by_keyboard_alone(context, page, live_server, filled):
    sign_in(context, live_server, filled.anna)
    page.goto("/today/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == "/mentees/":
            break
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/mentees/")
