"""Rows reach a page only through `visible_to`, and a stranger finds nothing at all."""

import ast
import io
import json
import re
import zipfile
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from fpdf import FPDF
from openpyxl import Workbook
from pdfminer.high_level import extract_text
from tests.cast import CANARY
from tests.guards.crawl import addresses_of, answer, answers_at, asked_of, may_open, pages_for
from tests.guards.routes import OBJECTS, VALUES, all_routes, rows_of
from tests.guards.world import MARK, people_of

import nastavnik
from nastavnik.consents.models import Consent
from nastavnik.core.access import Perm, Role
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.matching.choices import RunStatus
from nastavnik.matching.models import MatchingRun, PairRuling, Proposal
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.models import Mentorship
from nastavnik.people.choices import ImportStatus
from nastavnik.people.models import Membership, Person, RosterImport, StudyGroup, User
from nastavnik.programmes.choices import ParticipationStatus
from nastavnik.programmes.models import Attendance, Participation
from nastavnik.questionnaires.choices import WaveStatus
from nastavnik.questionnaires.models import Wave
from nastavnik.roadmaps.choices import ActivityStatus
from nastavnik.roadmaps.models import Activity

pytestmark = pytest.mark.django_db
ROOT = Path(nastavnik.__file__).parent

# ---------------------------------------------------------------- what the code says

BOUNDARY = sorted(
    path
    for name in ("views", "forms", "api", "tables")
    for path in (*ROOT.glob(f"*/{name}.py"), *ROOT.glob(f"*/{name}/*.py"))
)
MANAGERS = {"objects", "_default_manager", "_base_manager"}
STARTS = {"visible_to", "none"}
# «Model.method» → reason: rows that belong to no organisation.
EXCEPTIONS = {"MentoringForm.directory": "the forms shipped with the program are public data"}


def unscoped(source):
    """Return line → text of every manager in some code that does not begin with whom it is for."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
            after = parents[node]
            method = after.attr if isinstance(after, ast.Attribute) else ""
            if method not in STARTS and f"{ast.unparse(node.value)}.{method}" not in EXCEPTIONS:
                found[node.lineno] = ast.unparse(after)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("_or_404",)):
            first = node.args[0]
            if isinstance(first, ast.Name) and first.id[0].isupper():
                found[node.lineno] = ast.unparse(node)
    return found


@pytest.mark.parametrize("path", BOUNDARY, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_every_query_of_a_boundary_module_names_its_viewer(path):
    assert unscoped(path.read_text()) == {}, "begin with Model.objects.visible_to(user)"


def test_the_boundary_is_found():
    assert len(BOUNDARY) > 10


@pytest.mark.parametrize(
    "planted",
    [
        "Person.objects.filter(pk=1)",
        "Person.objects.all()",
        "rows = Person.objects",
        "Person._default_manager.get(pk=1)",
        "get_object_or_404(Person, pk=1)",
        "get_list_or_404(Person)",
        "Participation.forms.through.objects.filter(pk=1)",
        "Person.objects.directory()",
        "f(Person.objects.visible_to(user), Person.objects.count())",
    ],
)
def test_a_query_for_nobody_is_seen(planted):
    assert len(unscoped(planted)) == 1


def test_an_exception_no_longer_needed_is_seen():
    whole = "".join(path.read_text() for path in BOUNDARY)
    for exception in EXCEPTIONS:
        assert exception.replace(".", ".objects.") in whole


# ---------------------------------------------------------------- what the pages show

ROUTES = all_routes()
KEYED = [route for route in ROUTES if route.has_key]
# state → where it must occur, so that "in all states" is true of the world
STATES = [
    (Document, DocumentStatus, set()),
    (MatchingRun, RunStatus, set()),
    (Mentorship, MentorshipStatus, set()),
    (Participation, ParticipationStatus, set()),
    (RosterImport, ImportStatus, set()),
    (Activity, ActivityStatus, set()),
    (Wave, WaveStatus, set()),
]


def text_of(response):
    """Return everything a response carries: headers, text without tags, what lies in archives."""
    is_file = getattr(response, "streaming", False)
    body = b"".join(response.streaming_content) if is_file else response.content
    parts = [unquote(f"{name}: {value}") for name, value in response.headers.items()]
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts += archive.namelist()
            bodies = [archive.read(name) for name in archive.namelist()]
    elif body[:5] == b"%PDF-":
        bodies = [extract_text(io.BytesIO(body)).encode()]
    else:
        bodies = [body]
    for one in bodies:
        text = unescape(one.decode(errors="ignore"))
        if "json" in response.headers.get("Content-Type", ""):
            text = json.dumps(json.loads(text), ensure_ascii=False)
        parts += [text, re.sub(r"<[^>]*>", "", text), unquote(text)]
    return "\n".join(parts).replace("\N{NO-BREAK SPACE}", " ").replace("ё", "е").casefold()


def seen_in(text, words):
    """Return which of some words a text holds, whatever their case."""
    flat = {word.replace("\N{NO-BREAK SPACE}", " ").replace("ё", "е").casefold() for word in words}
    return sorted(word for word in flat if word and word in text)


def pages(world, actor, organisation, *, routes=ROUTES):
    """Yield route, address and text of every page an actor can open, with its neighbours' keys too."""
    for route, answered in pages_for(world, actor, organisation, routes):
        yield route, answered.address, answered.status_code, text_of(answered)


def leaks(world, actor, organisation, words):
    """Return the addresses on which an actor reads what is not for them."""
    return leaks_of_each(pages(world, actor, organisation), words)[0]


def leaks_of_each(opened, *questions):
    """Return for each list of words the addresses on which it is read; every page is opened once."""
    found = [{} for _words in questions]
    for _route, address, _status, text in opened:
        for words, shown in zip(questions, found, strict=True):
            if seen := seen_in(text, words):
                shown[address] = seen
    return found


# Whose pages two tests read: for the words that may not be there, and for those that must.
READ_TWICE = {("curator", "school"), ("vera", "other")}


@pytest.fixture(scope="module")
def opened(world):
    """Return a function that opens all pages of an actor, of those read twice once a module: the world stays the same."""
    kept = {}

    def all_pages(actor, of):
        organisation = getattr(world.cast, of).organisation
        if (actor, of) not in READ_TWICE:
            return pages(world, actor, organisation)
        if (actor, of) not in kept:
            kept[actor, of] = list(pages(world, actor, organisation))
        return kept[actor, of]

    return all_pages


@pytest.mark.parametrize(
    ("model", "choices", "without"), STATES, ids=lambda one: getattr(one, "__name__", "")
)
def test_the_world_has_rows_in_every_state(world, model, choices, without):
    for school in (world.cast.school, world.cast.other):
        states = {row.status for row in rows_of(model, school.organisation)}
        assert states == set(choices.values) - without


def test_the_world_has_withdrawn_consents_and_ended_roles(world):
    for school in (world.cast.school, world.cast.other):
        at = {"organisation": school.organisation}
        assert Consent.objects.filter(**at).exclude(withdrawn_on=None).exists()
        assert Membership.objects.filter(**at).exclude(ends_on=None).exists()


@pytest.mark.parametrize("route", KEYED, ids=lambda route: route.name)
@pytest.mark.parametrize(("stranger", "of"), [("vera", "school"), ("curator", "other")])
def test_a_stranger_finds_nothing(world, route, stranger, of):
    """404 for every row of the other school, in every state, by every method; 403 where the page is not of the role."""
    own = addresses_of(
        route, world.cast.other.organisation if of == "school" else world.cast.school.organisation
    )
    foreign = addresses_of(route, getattr(world.cast, of).organisation)
    assert not set(own) & set(foreign)
    refusal = 404 if may_open(world, route, stranger) else 403
    statuses = set()
    for answered in answers_at(world, route, stranger, foreign):
        statuses.add(answered.status_code)
        said = f"{answered.method} {answered.address}"
        assert answered.status_code in {refusal, 405}, said
    assert refusal in statuses


@pytest.mark.parametrize(
    ("actor", "of", "words"),
    [
        ("curator", "school", [CANARY]),
        ("vera", "other", [MARK, "Ролева", "Методистова"]),
        # with the keys of the other school as well: refusals and 404 pages may not name anything either
        ("vera", "school", [MARK, "Ролева", "Методистова"]),
        *((role.value, "other", [CANARY]) for role in Role if role is not Role.COORDINATOR),
        ("staff_curator", "other", [CANARY]),
        ("anonymous", "school", [MARK, CANARY]),
    ],
)
def test_no_byte_of_the_other_school(opened, actor, of, words):
    assert leaks_of_each(opened(actor, of), words) == [{}]


# Pages that answer with a picture: there is no word in it.
PICTURES = {"questionnaires:page", "questionnaires:crop"}


def test_the_marks_are_there_to_be_found(opened):
    """The search above would find them: the own school's mark is on nearly every page."""
    for actor, of, word in (("curator", "school", MARK), ("vera", "other", CANARY)):
        marked = {
            route.name: word.casefold() in text
            for route, _address, status, text in opened(actor, of)
            if status == 200 and not route.is_public
        }
        without = {name for name, found in marked.items() if not found}
        assert len(marked) > 20
        assert without == PICTURES
        assert marked["documents:download"]
        assert marked["people:import-errors"]


def names_of(people):
    return [
        name
        for p in people
        for name in (p.full_name, p.short_name, f"{p.last_name} {p.first_name}")
    ]


def test_the_coordinator_reads_no_name(world):
    people = list(Person.objects.all())
    users = [user.full_name for user in User.objects.exclude(pk=world.cast.coordinator.pk)]
    heads = ["Дина Дмитриевна"]
    names = [*names_of(people), *{person.last_name for person in people}, *users, *heads]
    for school in (world.cast.school, world.cast.other):
        assert leaks(world, "coordinator", school.organisation, names) == {}


def test_the_class_teacher_reads_of_the_own_class_only(world):
    school = world.cast.school
    teacher = school.people["teacher"]
    own = {
        *Person.objects.filter(enrolments__study_group__class_teacher=teacher).values_list(
            "pk", flat=True
        ),
        teacher.pk,
    }
    assert len(own) == 3
    pairs = Mentorship.objects.filter(ties__mentee__person__in=own)
    own |= set(pairs.values_list("mentor__person", flat=True))
    others = [person for person in people_of(school) if person.pk not in own]
    groups = StudyGroup.objects.filter(organisation=school.organisation).exclude(
        class_teacher=teacher
    )
    assert len(others) > 5
    shown, of_groups = leaks_of_each(
        pages(world, "class_teacher", school.organisation),
        names_of(others),
        [f">{group.name}<" for group in groups],
    )
    assert shown == {}
    assert reverse("people:groups") not in of_groups
    for route in KEYED:
        found = [
            _address(route, row)
            for row in rows_of(OBJECTS[route.name], school.organisation)
            if (person := getattr(row, "person_id", row.pk if isinstance(row, Person) else None))
            and person not in own
        ]
        for address in asked_of(world, route, "class_teacher", found):
            answered = answer(world, "class_teacher", "GET", address)
            assert answered.status_code in {403, 404, 405}


def _address(route, row):
    others = {name: VALUES[name][0] for name in route.arguments if name in VALUES}
    return reverse(route.name, kwargs={"pk": row.pk, **others})


@pytest.mark.parametrize(("actor", "key"), [("mentor", "older"), ("mentee", "younger")])
def test_a_mentor_and_a_mentee_read_of_their_own_pairs_only(world, actor, key):
    from django.db.models import Q

    school = world.cast.school
    me = school.people[key]
    pairs = Mentorship.objects.open().filter(
        Q(mentor__person=me) | Q(ties__mentee__person=me, ties__ends_on=None)
    )
    own = {me.pk, *pairs.values_list("mentor__person", flat=True)}
    own |= set(pairs.values_list("ties__mentee__person", flat=True))
    assert len(own) >= 2
    partner = next(person for person in people_of(school) if person.pk in own - {me.pk})
    # who came to the same group meeting may be chosen, and so is named
    mine = Attendance.objects.filter(record__person=me, came=True, meeting__closed_at=None)
    met = Attendance.objects.filter(meeting__in=mine.values("meeting"), came=True)
    own |= set(met.values_list("record__person", flat=True))
    others = [person for person in people_of(school) if person.pk not in own]
    strangers, shown = leaks_of_each(
        pages(world, actor, school.organisation), names_of(others), [partner.short_name]
    )
    assert strangers == {}
    # of the own pair, and of the own plan
    assert [page for page in shown if not page.startswith("/plans/")] == ["/pairs/own/"]


# The roster, the orders and the events are the school's; a curator of one направление reads them whole.
OF_THE_WHOLE_SCHOOL = {
    "people:merge", "people:doubles", "people:unmerge", "events:event", "events:invitations", "events:links",
    "people:list", "people:card", "people:family", "people:left", "people:edit", "people:accounts", "people:group",
    "people:import-preview", "people:import-errors", "people:groups", "consents:person", "consents:withdraw",
    "consents:mistaken", "consents:signed", "consents:scan", "consents:scan-remove", "consents:link-close", "consents:guardian", "consents:guardian-add", "people:slips",  # names whom the list of accounts names
    "programmes:add-to-base", "documents:card", "documents:check-paper", "documents:download", "documents:pdf",
}  # fmt: skip


def test_a_curator_of_one_form_reads_no_record_of_another(world):
    school = world.cast.school
    pupils = [person for person in people_of(school) if person.is_learner]
    routes = [route for route in ROUTES if route.name not in OF_THE_WHOLE_SCHOOL]
    of_pupils, shown = leaks_of_each(
        pages(world, "staff_curator", school.organisation, routes=routes),
        names_of(pupils),
        names_of([school.people["novice"]]),
    )
    assert of_pupils == {}
    assert "/pairs/" in shown
    foreign = {
        Participation: Participation.objects.filter(person__in=pupils),
        Mentorship: Mentorship.objects.filter(form__code="pupil_pupil"),
        PairRuling: PairRuling.objects.filter(mentee__person__in=pupils),
    }
    for route in KEYED:
        found = [
            _address(route, row)
            for row in foreign.get(OBJECTS[route.name], ())
            if row.organisation_id == school.organisation.pk
        ]
        for answered in answers_at(world, route, "staff_curator", found):
            said = f"{answered.method} {answered.address}"
            # 403 where the page is of those who stand in a pair themselves
            refused = {404, 405} if may_open(world, route, "staff_curator") else {403, 405}
            assert answered.status_code in refused, said


def test_a_curator_of_one_form_approves_no_pair_of_another(world):
    school = world.cast.school
    run = MatchingRun.objects.get(organisation=school.organisation, status=RunStatus.PROPOSED)
    proposals = Proposal.objects.filter(run=run).exclude(mentor=None)
    assert proposals.exclude(form__code="teacher_teacher").exists()
    before = Mentorship.objects.count()
    browser = world.browser("staff_curator")
    for data in ({"all": "1"}, {"proposals": list(proposals.values_list("pk", flat=True))}):
        browser.post(f"/matching/{run.pk}/approve/", data)
        assert Mentorship.objects.count() == before
    run.refresh_from_db()
    assert run.status == RunStatus.PROPOSED  # the head curator's matching still waits for her


# ---------------------------------------------------------------- planted violations


FONT = next(Path(nastavnik.__file__).parent.rglob("PT_Serif*Regular.ttf"))


def _pdf(text):
    paper = FPDF()
    paper.add_font("serif", fname=FONT)
    paper.add_page()
    paper.set_font("serif", size=12)
    paper.write(text=text)
    return HttpResponse(bytes(paper.output()), content_type="application/pdf")


def _xlsx(text):
    book, stream = Workbook(), io.BytesIO()
    book.active["A1"] = text
    book.save(stream)
    return HttpResponse(stream.getvalue(), content_type="application/vnd.ms-excel")


@pytest.mark.parametrize(
    "planted",
    [
        HttpResponse(f"<p>{CANARY}</p>"),
        HttpResponse("<p>Канарей<b>кин</b></p>"),
        HttpResponse("".join(f"&#{ord(letter)};" for letter in CANARY)),
        HttpResponse(CANARY.upper()),
        _pdf(CANARY),
        HttpResponse("", headers={"Content-Disposition": "filename*=utf-8''%D0%9A%D0%B0%D0%BD%D0%B0%D1%80%D0%B5%D0%B9%D0%BA%D0%B8%D0%BD.docx"}),
        HttpResponse("<a href='?q=%D0%9A%D0%B0%D0%BD%D0%B0%D1%80%D0%B5%D0%B9%D0%BA%D0%B8%D0%BD'>"),
        JsonResponse({"name": CANARY}),
        _xlsx(CANARY),
    ],
)  # fmt: skip
def test_a_canary_is_seen_wherever_it_hides(planted):
    assert seen_in(text_of(planted), [CANARY])


def test_a_page_without_a_canary_is_silent():
    assert not seen_in(text_of(HttpResponse("<p>Канарейка</p>")), [CANARY])


def _forgetful(rows, _user):
    return rows.all()


def test_a_page_that_forgets_its_viewer_is_caught(world, monkeypatch):
    """With the scope of people taken away the stranger reads the roster, and the guard says so."""
    from nastavnik.people.models import PersonQuerySet

    assert not seen_in(text_of(world.browser("curator").get(reverse("people:list"))), [CANARY])
    monkeypatch.setattr(PersonQuerySet, "visible_to", _forgetful)
    assert seen_in(text_of(world.browser("curator").get(reverse("people:list"))), [CANARY])


def test_the_permissions_are_no_substitute_for_scope(world):
    """Both curators hold every right of the other: only the rows differ."""
    anna, vera = world.viewer("curator"), world.viewer("vera")
    assert all(anna.may(perm) == vera.may(perm) for perm in Perm)
