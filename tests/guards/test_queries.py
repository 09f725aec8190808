"""A page asks the database as often for thirty rows as for three, and never more than twelve times, but for what is said below."""

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.guards import crawl
from tests.guards.crawl import REFUSED_AS_SUCH
from tests.guards.routes import addresses, all_routes, one_of_each_state
from tests.guards.world import ACTORS, grow

pytestmark = pytest.mark.django_db
FEW, MANY, AT_MOST = 3, 30, 12
STATES = 3  # of an object, of which a page is measured in the ordinary run
ROUTES = [route for route in all_routes() if not route.is_public]
# Page → most queries it may ask, with the reason.
DEARER: dict[str, int] = {
    # what ticks a line is asked of each app that tells it, events among them
    "roadmaps:overview": 14,
    "roadmaps:show": 14,
    # every app is asked what needs the person and whether its first step is done; twelve where nobody waits at the gate of a base and no district asks
    # who comes of age; what is open in the training of mentors
    # and, in one, what the plans of the pairs ask for; whom one has spoken with since, of each line about pairs
    # and which events wait, which are one's own, which are of the week
    "cabinet:home": 47,  # who of a pair asks for a replacement; in December whether numbers of the process were frozen and the scorecard begun; how many have not answered in the waves that are open; whether a second step was ended by somebody else; and of a line of the roadmap that is due what ticks it; and what was interrupted in the background; and what the district recommends
    # beside the nine indicators stands what the site counts: a question a count, and those of the page of the roadmap
    "monitoring:scorecard": 27,
    # what is counted, entered, planned on the page and in the roadmap, and who answered that they are satisfied
    "monitoring:indicators": 14,
    # each number of the process is so many of so many: a question for either
    "monitoring:process": 16,
    # the board, the people to choose from, the rulings, the outcomes of the psychologist and the choices of both sides
    # stand on one screen, and whether one is being counted; what the engine would be given now is asked as for a matching,
    # to say what has changed since: the bases, their gate, classes, rulings, outcomes, choices
    "matching:workspace": 31,
    # the engine is asked anew with all it goes by: the bases, their gate, classes, rulings, outcomes, choices and rules
    "mentorships:replace": 21,
    # whether this sitting has looked at these people already, so that a look is noted once
    # and what stands beside the pair: its plan, whether the consents open it, when it was approved
    # and whom one has spoken with
    "mentorships:card": 23,  # and its pause, and who of it asks for a replacement
    # what a paper says: the pair with its people, classes, consents, meetings, plans; whom it is handed in to
    "pairpapers:paper": 18,
    # each line of the week: the pairs, their people, whom one has spoken with, consents that end
    "mentorships:week": 13,
    # beside each pair its plan
    "mentorships:list": 15,
    # both bases in one: their people, forms, pairs, papers and classes, each once a base
    "mentorships:base-files": 18,
    # beside what a step is about it says how far each of the six steps is: pairs, waves, talks, results, bases
    "closing:year": 16,
    "closing:meetings": 19,
    "closing:words": 30,  # and whom each questionnaire that is not asked yet would ask
    "closing:completion": 18,
    "closing:talks": 17,
    "closing:results": 23,  # and what came of the year: pairs, ties, meetings, items of plans, thanks
    "closing:next-year": 21,  # and both bases with classes and what people have answered
    # and which papers of the school are registered: they tick lines
    # and what is recommended to the schools
    "cabinet:district": 14,
    # the stages, the pairs, what troubles them, papers, and of each app what the week holds
    "cabinet:overview": 17,  # and which papers of the school are registered
    # whose blanks they are with classes, representatives and consents, their texts; the line of the trail and who was taken out
    "consents:pack-file": 14,
    # who has not answered with classes and consents, what was printed and loaded, what came back and whose it is, what is read now
    "questionnaires:sheets": 15,
    # one for each sort of thing that has a name of its own: a line of the journal tells of any of them
    "cabinet:trail": 17,
    # each sort of text that may name the person is searched, besides what is counted in one
    "dossiers:erase": 31,
    # the whole of a school: each of its tables once and the keys of those others refer to
    "interchange:archive": 74,
}


def reader_of(world, route):
    """Return the actor who reads a page: the curator, else whoever may."""
    first = ("curator", "coordinator", "mentor", *ACTORS[1:])
    return next(actor for actor in first if world.viewer(actor).may(route.access))


def count(browser, address):
    """Return status and number of queries of a page, the second time it is opened."""
    with transaction.atomic():
        browser.get(address)
        with CaptureQueriesContext(connection) as captured:
            status = browser.get(address).status_code
        transaction.set_rollback(True)
    return status, written_once([one["sql"] for one in captured.captured_queries])


def written_once(statements):
    """Return statements without the later batches of one insert of many rows: a database takes so many values at once."""
    kept, before = [], ""
    for sql in statements:
        table = sql.partition(" VALUES ")[0] if sql.startswith("INSERT") else ""
        if not (table and table == before):
            kept.append(sql)
        before = table if "), (" in sql else ""
    return kept


def measure(world, route):
    """Return the statements of a page for each state of its object; pages without keys have one."""
    browser = world.browser(reader_of(world, route))
    found = {}
    found_at = addresses(route, world.cast.school.organisation, one_of_each_state)
    for place, address in enumerate(found_at if crawl.is_whole else found_at[:STATES]):
        status, statements = count(browser, address)
        if status == 200:
            found[place] = statements
        elif status == REFUSED_AS_SUCH:
            break  # a page that is only written to, at whatever address
    return found


def grown(few, many):
    """Return what a page asks more of when there is more to show."""
    return {
        place: [
            sql[:300] for sql in many[place] if many[place].count(sql) > 1 or sql not in few[place]
        ]
        for place in few
        if len(few[place]) != len(many.get(place, few[place]))
    }


@pytest.fixture(scope="module")
def measured(world):
    """Every page, measured with few rows and with many."""
    sid = transaction.savepoint()
    # the clock stands: a session that is noted once a minute would be noted between two pages of a slow machine
    with time_machine.travel(timezone.now(), tick=False):
        grow(world.cast, FEW, start=10)
        few = {route.name: measure(world, route) for route in ROUTES}
        grow(world.cast, MANY - FEW, start=20)
        many = {route.name: measure(world, route) for route in ROUTES}
    transaction.savepoint_rollback(sid)
    return few, many


def test_the_lists_are_measured(measured):
    opened = {name for name, found in measured[0].items() if found}
    assert len(opened) > 20
    assert opened >= {
        "people:list",
        "consents:ledger",
        "mentorships:list",
        "cabinet:district",
        "mentorships:own",
    }


@pytest.mark.parametrize("name", [route.name for route in ROUTES])
def test_more_rows_ask_no_more_queries(measured, name):
    few, many = (found[name] for found in measured)
    assert {place: len(one) for place, one in few.items()} == {
        place: len(one) for place, one in many.items()
    }, grown(few, many)
    assert max(map(len, many.values()), default=0) <= DEARER.get(name, AT_MOST), many


# ---------------------------------------------------------------- planted violations


def test_only_batches_of_many_rows_count_as_one_insert():
    many, one = "INSERT INTO a VALUES (1), (2)", "INSERT INTO a VALUES (1)"
    assert written_once([many, many, one]) == [many]
    assert written_once([one, one, many]) == [one, one, many]
    assert written_once([many, "SELECT 1", many]) == [many, "SELECT 1", many]


@pytest.mark.django_db
def test_a_query_for_every_row_is_seen(world):
    from nastavnik.people.models import Person

    def statements(number):
        with CaptureQueriesContext(connection) as captured:
            for person in Person.objects.all()[:number]:
                str(person.organisation)
        return {0: [one["sql"] for one in captured.captured_queries]}

    assert grown(statements(3), statements(6))
    assert not grown(statements(3), statements(3))
