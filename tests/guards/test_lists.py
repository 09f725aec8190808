"""Every list can be taken out: a page with a table of rows offers Excel and print, and both are given."""

import re

import pytest
from tests.guards.crawl import answer
from tests.guards.routes import addresses, all_routes, one_of_each_state

pytestmark = pytest.mark.django_db
READERS = ("curator", "coordinator")
TABLE = re.compile(r'<table class="table\b')
OFFERED = re.compile(
    r'href="[^"]*as(?:=|%3D)(xlsx|print)'
)  # at once, or after the question what it is for
# Route → why its table is no list to take out
NO_LIST = {
    **dict.fromkeys(
        ("programmes:describe", "programmes:add-to-base", "programmes:collect", "programmes:add-meeting",
         "programmes:grid", "programmes:meeting", "mentorships:base-files",
         "closing:meetings", "closing:words", "closing:completion", "closing:next-year",
         "closing:talks", "closing:results", "pairpapers:awards",
         "plans:make", "plans:edit", "plans:library", "monitoring:sheet", "monitoring:indicator",
         "mentorships:this-month", "mentorships:ending-order", "mentorships:complete", "mentorships:month", "people:slips", "people:next-year", "programmes:go-on", "matching:people", "districts:lines"),
        "filled in, not read: the list behind it is taken out where it is read",
    ),
    **dict.fromkeys(
        ("people:import", "people:import-preview", "people:import-errors", "roadmaps:draft", "mentorships:base-draft"),
        "what a file says, with a file of its own to correct",
    ),
    **dict.fromkeys(
        ("roadmaps:show", "roadmaps:check", "roadmaps:archived", "districts:asked", "districts:school", "districts:table", "roadmaps:overview"),
        "a roadmap is given as .docx, .pdf and .xlsx, the table of the district as .xlsx of its own",
    ),
    **dict.fromkeys(
        ("consents:person", "mentorships:card", "pairpapers:paper", "plans:plan", "people:card", "people:family", "documents:card", "programmes:overview", "matching:past", "people:merge"),
        "about one thing",
    ),
    "consents:pack": "what was printed; its files are what is taken out",
    "consents:missing": "the ledger in other words, with a text to copy; the ledger is taken out",
    "consents:texts": "what comes with the site",
    "cabinet:components": "shows how things look",
    "cabinet:how-to": "a text",
    "questionnaires:instruments": "what comes with the site; each is taken out as a file of its own",
    "questionnaires:wave": "about one wave; its answers are taken out from the page of results",
    "cabinet:search": "what was found, and the keys",
}  # fmt: skip


def without_a_way_out(pages):
    """Return the pages with a table and without Excel or print.

    Args:
        pages: route → text of its page.
    """
    return sorted(
        route
        for route, text in pages
        if TABLE.search(text) and set(OFFERED.findall(text)) != {"xlsx", "print"}
    )


@pytest.mark.parametrize("reader", READERS)
def test_every_list_is_taken_out(world, reader):
    client = world.browser(reader)
    organisation = world.cast.school.organisation
    pages = []
    for route in all_routes():
        if route.name in NO_LIST:
            continue
        for address in addresses(route, organisation, one_of_each_state)[:4]:
            page = answer(world, reader, "GET", address)
            if page.status_code == 200 and page.is_html:
                pages.append((f"{route.name} {address}", page.content.decode()))
    assert len(pages) > 5
    wrong = without_a_way_out(pages)
    assert not wrong, "\n".join(wrong)
    for name, text in pages:
        address = name.partition(" ")[2]
        for kind in set(OFFERED.findall(text)):
            assert client.get(address, {"as": kind}).status_code == 200, (address, kind)


def test_nothing_is_left_out_that_is_not_there():
    assert set(NO_LIST) <= {route.name for route in all_routes()}


@pytest.mark.parametrize(
    "text", ['<table class="table stack">', '<table class="table"><a href="?as=print">']
)
def test_a_list_without_a_way_out_is_caught(text):
    assert without_a_way_out([("a", text)]) == ["a"]
