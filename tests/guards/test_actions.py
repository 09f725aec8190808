"""Every write is an action, says who acts, is all or nothing, and leaves a line in the audit trail."""

import ast
import dataclasses
import datetime as dt
import inspect
import pkgutil
import textwrap
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.guards.world import add_list, add_pupils, make_room, pair_of, read_roadmap
from tests.jobs.working import counted_for
from tests.people.stepping import code_now, next_code, turn_on
from tests.questionnaires.asking import WHOLE, crowd_of, version

import nastavnik
from nastavnik.blanks import actions as blanks
from nastavnik.blanks.adapter import DrawnSheets, ReadPile
from nastavnik.blanks.choices import ScanState
from nastavnik.blanks.models import Blank, Intake, PrintRun, ScannedPage
from nastavnik.cabinet import actions as cabinet
from nastavnik.cabinet.choices import Step
from nastavnik.closing import actions as closing
from nastavnik.closing.choices import ThanksKind
from nastavnik.closing.models import ClosingTalk, Thanks
from nastavnik.closing.queries import YearResult, last_words
from nastavnik.consents import actions as consents
from nastavnik.consents.choices import Purpose
from nastavnik.consents.models import Consent
from nastavnik.consents.queries import ByLink
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.models import AuditEntry
from nastavnik.districts import actions as districts
from nastavnik.districts.choices import AgreementStatus
from nastavnik.districts.models import Adoption, DistrictLine
from nastavnik.documents import actions as documents
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.dossiers import actions as dossiers
from nastavnik.dossiers.choices import EraseGround, Ground
from nastavnik.events import actions as events
from nastavnik.events.models import EventGuest, ProgrammeEvent
from nastavnik.interchange import actions as interchange
from nastavnik.jobs import actions as jobs
from nastavnik.jobs.models import Job
from nastavnik.matching import actions as matching
from nastavnik.matching.actions.inputs import review_input
from nastavnik.matching.actions.runs import save_run
from nastavnik.matching.catalogues import shipped_rules
from nastavnik.matching.choices import OpinionOutcome, Ruling, RunStatus
from nastavnik.matching.models import MatchingRun, Opinion, PairRuling
from nastavnik.mentorships import actions as mentorships
from nastavnik.mentorships.choices import (
    PAIR_ORDER,
    EndCause,
    ExtensionCause,
    Mark,
    MeetingStatus,
    MentorshipStatus,
    SpokenWith,
)
from nastavnik.mentorships.models import BaseDraft, Mentorship
from nastavnik.mentorships.queries import Concern, Voice, compare_base
from nastavnik.monitoring import actions as monitoring
from nastavnik.monitoring.catalogues import indicator_rules, scorecard_rules
from nastavnik.monitoring.models import Scorecard, SwotNote
from nastavnik.monitoring.queries.process import OpenAnswer
from nastavnik.organisations import actions as organisations
from nastavnik.organisations.choices import Level, OrganisationKind
from nastavnik.organisations.models import Organisation
from nastavnik.oversight import actions as oversight
from nastavnik.oversight.choices import RecommendationStatus
from nastavnik.oversight.models import Recommendation
from nastavnik.pairpapers import actions as pairpapers
from nastavnik.people import actions as people
from nastavnik.people.actions.roster import enrol_all
from nastavnik.people.adapter import Understanding
from nastavnik.people.choices import ImportStatus, PersonKind, RosterKind
from nastavnik.people.models import (
    Membership,
    Person,
    PersonMerge,
    RosterImport,
    SlipHalf,
    StudyGroup,
    User,
)
from nastavnik.plans import actions as plans
from nastavnik.plans.choices import PLAN_PAPER, PlanStatus
from nastavnik.plans.models import IndividualPlan, LibraryItem, PlanItem
from nastavnik.programmes import actions as programmes
from nastavnik.programmes.choices import AfterEnd, ParticipationStatus, Side
from nastavnik.programmes.models import GroupMeeting, MentoringForm, Participation, Programme
from nastavnik.questionnaires import actions as questionnaires
from nastavnik.questionnaires.adapter import returned_sheets
from nastavnik.questionnaires.choices import SHEETS, AnswerSource
from nastavnik.questionnaires.models import InstrumentVersion, Invitation, Wave
from nastavnik.questionnaires.queries import AudienceRule
from nastavnik.readers.piles import PageRead, PageTrouble
from nastavnik.roadmaps import actions as roadmaps
from nastavnik.roadmaps.choices import ActivityStatus, RoadmapLevel
from nastavnik.roadmaps.models import Activity, Evidence, Roadmap, RoadmapDraft
from nastavnik.training import actions as training
from nastavnik.training.models import Trainee, TrainingCourse, TrainingMaterial, TrainingSession

ROOT = Path(nastavnik.__file__).parent
# What an actions module offers besides writes, because it belongs to them: no `by`, nothing written.
READS = {
    "people.first_day": "the day an enrolment of today begins",
    "people.read_lists": "the reader asked for the lists of a file, outside of every transaction",
    "people.grade_of": "a rule of the name of a class",
    "matching.engine_input": "what a run would be given, for the run and for its proof",
    "matching.substitutes": "the engine asked who could take a pair over",
    "matching.least_disturbance": "the engine asked who would have to move",
    "matching.check_substitute": "the rules asked by the action that replaces a mentor",
    "mentorships.lock_drafts": "drafts of orders locked before pairs, as a registration does",
    "mentorships.lock_people": "the records of both sides locked in one order, for the actions that change pairs",
    "mentorships.check_consents": "the papers asked by the actions that let people go on",
    "matching.check_locks": "the places asked before a run",
    "matching.is_override": "whether a word needs a reason, asked by the action and its page",
    "programmes.gate": "the gate, asked by the actions that pass it",
}
WRITES = {
    "save", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "delete", "update",
    "set_password",
}  # fmt: skip
# A manager or a queryset stands before them; `update` alone is also a method of dict and set.
AMBIGUOUS = {"update"}


def action_modules():
    """Yield the app and every module of its actions."""
    for package in pkgutil.iter_modules(nastavnik.__path__):
        folder = ROOT / package.name
        if (folder / "actions.py").exists() or (folder / "actions").is_dir():
            module = import_module(f"nastavnik.{package.name}.actions")
            yield package.name, module
            for inner in pkgutil.iter_modules(getattr(module, "__path__", ())):
                yield package.name, import_module(f"{module.__name__}.{inner.name}")


def public_functions():
    """Return «app.name» → function for everything public in the actions."""
    return {
        f"{app}.{name}": function
        for app, module in action_modules()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_") and inspect.unwrap(function).__module__ == module.__name__
    }


FUNCTIONS = public_functions()
ACTIONS = {name: function for name, function in FUNCTIONS.items() if name not in READS}


def actor_fault(function):
    """Return what is wrong with how an action takes its actor, empty when nothing is."""
    by = inspect.signature(function).parameters.get("by")
    if by is None:
        return "has no `by`"
    if by.kind is not inspect.Parameter.KEYWORD_ONLY:
        return "`by` is to be keyword-only"
    return "" if by.default is inspect.Parameter.empty else "`by` has a default"


def tree_of(function):
    return ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function)))).body[0]


def calls(tree):
    """Return the names called in some code, with what stands before the dot."""
    return [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]


def writes(tree):
    """Return the calls of some code that write to the database."""
    return [
        call
        for call in calls(tree)
        if "." in call
        and (name := call.rpartition(".")[2]) in WRITES
        and (name not in AMBIGUOUS or ".objects." in call)
    ]


def is_atomic(tree):
    marks = [ast.unparse(one) for one in tree.decorator_list]
    return "transaction.atomic" in marks or "transaction.atomic" in calls(tree)


def unaudited(tree, actions):
    """Tell whether a function writes or claims to, and neither records nor hands on to an action."""
    called = {call.rpartition(".")[2] for call in calls(tree)}
    return not called & {"record", "record_many", *actions}


def helpers_that_record(module):
    """Return the private functions of a module that record: an action may hand on to them."""
    return {
        name
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if name.startswith("_")
        and {"audit.record", "audit.record_many"} & set(calls(tree_of(function)))
    }


def names_of_actions(function):
    own = inspect.unwrap(function)
    known = {name.rpartition(".")[2] for name in ACTIONS} - {own.__name__}
    return known | helpers_that_record(inspect.getmodule(own))


def test_the_actions_are_found():
    assert len(ACTIONS) > 35
    assert {name.partition(".")[0] for name in ACTIONS} >= {"people", "matching", "mentorships"}


@pytest.mark.parametrize("name", ACTIONS)
def test_action_names_its_actor(name):
    assert actor_fault(ACTIONS[name]) == ""


@pytest.mark.parametrize("name", ACTIONS)
def test_action_is_all_or_nothing(name):
    assert is_atomic(tree_of(ACTIONS[name]))


@pytest.mark.parametrize("name", ACTIONS)
def test_action_records_or_hands_on(name):
    assert not unaudited(tree_of(ACTIONS[name]), names_of_actions(ACTIONS[name]))


@pytest.mark.parametrize("name", READS)
def test_a_read_among_the_actions_writes_nothing(name):
    assert writes(tree_of(FUNCTIONS[name])) == []


OUTSIDE = sorted(
    path
    for name in ("access", "adapter", "queries", "receivers", "tasks", "forms", "tables", "documents", "views", "api")
    for path in (*ROOT.glob(f"*/{name}.py"), *ROOT.glob(f"*/{name}/*.py"), *ROOT.glob("*/management/commands/*.py"))
)  # fmt: skip


def test_nothing_else_writes():
    found = {
        f"{path.relative_to(ROOT)}: {call}"
        for path in OUTSIDE
        for call in writes(ast.parse(path.read_text()))
    }
    allowed = {
        # of openpyxl, python-docx and Pillow: a file, not the database
        call for call in found if call.rpartition(": ")[2] in {"book.save", "cut.save", "document.save", "redrawn.save", "workbook.save"}
    }  # fmt: skip
    assert len(OUTSIDE) > 20
    assert found - allowed == set()


# ---------------------------------------------------------------- every action, done once


class Scene:
    """The first school as the database has it now, Anna who acts, and what was prepared for the action."""

    def __init__(self, world, prepare):
        self.world = world
        self.by = world.cast.anna
        self.school = world.cast.school
        self.organisation = Organisation.objects.get(pk=self.school.organisation.pk)
        self.year = self.school.year
        self.programme = Programme.objects.get(pk=self.school.programme.pk)
        self.it = prepare(self)

    def person(self, key):
        return Person.objects.get(pk=self.school.people[key].pk)

    def record(self, key):
        return Participation.objects.get(pk=self.school.records[key].pk)

    def first(self, model, **conditions):
        return model.objects.filter(organisation=self.organisation, **conditions).first()

    def order(self):
        return self.first(Document, status=DocumentStatus.DRAFT)

    def gathering(self):
        return self.first(GroupMeeting, closed_at=None)

    def meeting(self):
        return pair_of(self.school, "younger").meetings.first()

    def asking(self):
        return self.first(Wave, status="open")

    def asked(self):
        return self.first(Invitation, wave=self.asking(), state="invited")

    def spare(self):
        run = self.first(PrintRun)
        return Blank.objects.create(
            organisation=self.organisation, run=run, number=8_888_888, is_spare=True
        )

    def scan(self, state=ScanState.READ, blank=None):
        """Return a page that came back, of a sheet of nobody unless told otherwise."""
        return ScannedPage.objects.create(
            organisation=self.organisation,
            intake=self.first(Intake),
            file_name="a.jpg",
            file_page=1,
            state=state,
            picture=b"x",
            answers={"before": "yes"},
            blank=blank or self.spare(),
        )

    def returned(self, person=None):
        blank = self.spare()
        Blank.objects.filter(pk=blank.pk).update(person=person)
        scan = self.scan(blank=blank)
        (wave,) = Wave.objects.filter(pk=scan.intake.subject_id)
        return next(one for one in returned_sheets(wave) if one.blank.pk == blank.pk)

    def ballots(self):
        """Accept a sheet in a confidential wave, of somebody who is asked."""
        wave = self.asking()
        crowd_of(wave, self.school)
        sheets = []
        for number in range(1, 6):
            spare = Blank.objects.create(
                organisation=self.organisation, run=self.first(PrintRun), number=8_888_000 + number
            )
            self.scan(blank=spare)
            sheets += [one for one in returned_sheets(wave) if one.blank.pk == spare.pk]
        Wave.objects.filter(pk=wave.pk).update(mode="confidential")
        people = list(Invitation.objects.filter(wave=wave, state="invited")[:5])
        return questionnaires.accept_ballots(self.asking(), sheets, people, by=self.by)

    def let_act(self, user):
        """Let somebody else act than the curator, whose right it is not."""
        self.by = user

    def half(self, half):
        given_by = self.world.cast.users[Role.DIRECTOR]
        user = self.world.cast.users[Role.PSYCHOLOGIST]
        return SlipHalf.objects.create(
            organisation=self.organisation, user=user, half=half, given_by=given_by
        )

    def job(self, state):
        return Job.objects.filter(organisation_id=self.organisation.pk, state=state).first()

    def draft(self):
        return self.first(RosterImport, status=ImportStatus.DRAFT)

    def run(self):
        return self.first(MatchingRun, status=RunStatus.PROPOSED)


def _end_calendar_link(scene):
    cabinet.make_calendar_link(scene.by, by=scene.by)
    return cabinet.end_calendar_link(scene.by, by=scene.by)


def _newcomer(scene):
    return people.add_person(scene.organisation, by=scene.by, **NEWCOMER)


def _pair_to_hand_over(scene):
    pair = pair_of(scene.school, "younger")
    led = pair.mentor.pk == scene.school.records["older"].pk
    other = "oldest" if led else "older"
    make_room(scene.school, other)
    return pair, scene.record(other)


def _group_and_newcomer(scene):
    """Make a group of a pair and return it with somebody who waits and the order."""
    pair = pair_of(scene.school, "younger")
    type(pair).objects.filter(pk=pair.pk).update(is_group=True)
    type(pair.mentor).objects.filter(pk=pair.mentor_id).update(capacity=9)
    pair.refresh_from_db()
    return pair, add_pupils(scene.school, 1, start=72)[0], scene.order()


def _signed(order):
    """Return an order as it is registered, before anybody has heard of it."""
    order.number, order.dated_on, order.status = "79", today(), DocumentStatus.REGISTERED
    order.save()
    return order


def _approved_run(scene):
    """Match and approve everybody who is ready."""
    run = matching.run_matching(scene.programme, by=scene.by)
    mentorships.approve_run(run, by=scene.by)
    return run


def _registered(scene):
    """Register the order on pairs that have just been approved."""
    order = mentorships.approve_run(
        matching.run_matching(scene.programme, by=scene.by), by=scene.by
    )
    documents.set_requisites(order, number="80", dated_on=today(), by=scene.by)
    return documents.register_document(order, by=scene.by)


def _drafted(order):
    """Return an order as its registration is taken back, before anybody has heard of it."""
    order.status = DocumentStatus.DRAFT
    order.save()
    return order


def _contact(scene):
    """Note a conversation with a pair."""
    return mentorships.note_contact(
        pair_of(scene.school, "younger"), Concern("silent", 20), spoken_with=SpokenWith.MENTOR, words="встретятся в пятницу",
        by=scene.by,
    )  # fmt: skip


def _asked(scene):
    """Let the mentee of a pair ask for another mentor."""
    return mentorships.ask_replacement(
        pair_of(scene.school, "younger"),
        Voice(Side.MENTEE),
        words="не хватает времени",
        by=scene.by,
    )


def _ended_pair(scene):
    """Complete a pair that has a meeting ahead."""
    pair = pair_of(scene.school, "younger")
    pair.meetings.filter(kind="final").update(planned_on=today() + timedelta(days=1))
    return mentorships.set_pair_status(pair, MentorshipStatus.COMPLETED, by=scene.by)


def _extension(scene):
    """Put more time for a pair into a draft; return the line of the order."""
    pair = pair_of(scene.school, "younger")
    mentorships.extend_pair(
        pair, ends_on=pair.ends_on + timedelta(days=60), cause=ExtensionCause.TRIP, by=scene.by
    )
    return pair.order_lines.get()


def _extension_signed(scene):
    """Return an order on more time as it is registered, before anybody has heard of it."""
    return _signed(_extension(scene).order)


def _extension_given(scene):
    order = _extension_signed(scene)
    mentorships.give_time(order, by=scene.by)
    return order


def _pause(scene):
    """Put a pause into a draft; return the order."""
    pair = pair_of(scene.school, "younger")
    first = max(today(), pair.starts_on)
    return mentorships.pause_pair(
        pair, first=first, last=first + timedelta(days=9), cause=ExtensionCause.TRIP, by=scene.by
    )


def _pause_begun(scene):
    order = _signed(_pause(scene))
    mentorships.begin_pauses(order, by=scene.by)
    return order


def _pausing(scene):
    """Return a pair in the midst of an ordered pause."""
    order = _signed(_pause(scene))
    line = order.order_lines.get()
    days = {"pause_from": today() - timedelta(days=3), "pause_until": today() + timedelta(days=3)}
    type(line).objects.filter(pk=line.pk).update(**days)
    type(line.mentorship).objects.filter(pk=line.mentorship_id).update(**days)
    type(order).objects.filter(pk=order.pk).update(
        status="registered", registered_at=timezone.now()
    )
    return type(line.mentorship).objects.get(pk=line.mentorship_id)


def _longer_pair(scene):
    """Return a pair whose last day has moved, and its meetings have not."""
    pair = pair_of(scene.school, "younger")
    pair.ends_on += timedelta(days=60)
    pair.save()
    return pair


def _pair_without_order(scene):
    pair = pair_of(scene.school, "younger")
    pair.ties.update(order=None)
    return pair


def _order_and_an_empty_one(scene):
    order = scene.order()
    made = documents.draft_document(
        scene.year, PAIR_ORDER, subject_id=order.subject_id, by=scene.by
    )
    return order, made


def _order_with_one_stopped(scene):
    order = _signed(scene.order())
    Mentorship.objects.filter(ties__order=order).update(status=MentorshipStatus.SUSPENDED)
    return order


def _one_of_a_group(scene):
    return mentorships.seat_mentee(*_group_and_newcomer(scene), starts_on=today(), by=scene.by)


def _ready_pair(scene):
    mentor = add_pupils(scene.school, 1, start=70, side=Side.MENTOR)[0]
    return mentor, add_pupils(scene.school, 1, start=71)[0]


def _scanned(scene):
    paper = Consent.objects.filter(person=scene.person("older"), withdrawn_on=None).first()
    return consents.attach_scan(paper, ContentFile(b"%PDF-1.4 ", "лист.pdf"), by=scene.by)


def _linked(scene):
    wanted = [ByLink(scene.person("teacher"), None, (Purpose.DATA,))]
    return consents.make_consent_links(scene.organisation, wanted, by=scene.by)[0].link


def _linked_anew(scene):
    """Return a link that has something to ask: what was signed on paper is withdrawn."""
    for paper in Consent.objects.filter(person=scene.person("teacher"), ends_on=None):
        consents.withdraw_consent(paper, by=scene.by)
    return _linked(scene)


def _guardian(scene):
    return consents.add_guardian(
        scene.person("waiting"), full_name="Ждунова Анна", relation="mother", by=scene.by
    )


def _printed(scene):
    asked = [(scene.person("waiting"), [Purpose.DATA])]
    return consents.print_blanks(scene.organisation, asked, title="6Б", by=scene.by)


def _candidate(scene):
    record = add_pupils(scene.school, 1, start=60)[0]
    return programmes.set_participation_status(record, ParticipationStatus.CANDIDATE, by=scene.by)


def _free_year(scene):
    start = scene.year.starts_on
    return organisations.open_year(
        scene.organisation,
        starts_on=start.replace(year=start.year + 1),
        ends_on=start.replace(year=start.year + 2),
        by=scene.by,
    )


def _programme_of_next_year(scene):
    year = _free_year(scene)
    return programmes.open_programme(
        year,
        title="П",
        starts_on=year.starts_on,
        ends_on=year.ends_on,
        forms=scene.programme.forms.all(),
        by=scene.by,
    )


def _archived(scene):
    return scene.first(Roadmap, archived_at__isnull=False)


def _restored(scene):
    """Return the roadmap that held and is in the archive now, and the one that holds instead."""
    before = scene.first(Roadmap, archived_at=None)
    return before, roadmaps.restore_roadmap(_archived(scene), by=scene.by)


def _ready_and_gone(scene):
    record = add_pupils(scene.school, 1, start=61)[0]
    people.mark_left(record.person, by=scene.by)


def _newcomer_and_class(scene):
    return _newcomer(scene), people.open_group(scene.year, "3Г", by=scene.by), None


NEWCOMER = {
    "kind": PersonKind.TEACHER,
    "last_name": "Пробный",
    "first_name": "Павел",
    "position": "учитель",
}
PASSWORD = "три слова и 7"
NEXT_YEAR = today().replace(year=today().year + 1, day=1)


# Action → what must be there before it, when the cast does not have it.
def _base_taken(s):
    draft = s.first(BaseDraft)
    seen = compare_base(s.by, draft.programme, Side(draft.side), draft.rows).mark
    return mentorships.take_base_draft(draft, [2], seen=seen, by=s.by)


PREPARED = {
    "people.confirm_second_step": lambda s: people.begin_second_step(s.by, by=s.by),
    **dict.fromkeys(
        ("people.pass_second_step", "people.renew_recovery_codes", "people.end_second_step"),
        lambda s: turn_on(s.by),
    ),
    "people.switch_off_second_step": lambda s: s.let_act(s.world.cast.users[Role.DIRECTOR]),
    "people.note_second_step_off": lambda s: (
        turn_on(s.by),
        people.switch_off_second_step(s.by, by=None),
    ),
    # the run of the scene may hold somebody whose consent has been withdrawn since
    "mentorships.approve_run": lambda scene: matching.run_matching(scene.programme, by=scene.by),
    "cabinet.set_up": lambda scene: scene.world and User.objects.all().delete(),
    "matching.rule_pair": _ready_pair,
    "jobs.finish_job": lambda scene: matching.engine_input(scene.programme),
    "matching.save_run": lambda scene: matching.engine_input(scene.programme),
    "matching.review_input": _ready_and_gone,
    "mentorships.replace_mentor": _pair_to_hand_over,
    "mentorships.seat_mentee": _group_and_newcomer,
    "mentorships.leave_group": _one_of_a_group,
    "mentorships.pause_mentee": _one_of_a_group,
    "mentorships.resume_mentee": _one_of_a_group,
    "documents.refresh_document": lambda scene: documents.redraw_document(
        scene.order(), {}, by=scene.by
    ),
    "mentorships.start_pairs": lambda scene: _signed(scene.order()),
    "mentorships.attach_anew": _pair_without_order,
    "mentorships.leave_out_of_order": _order_with_one_stopped,
    "mentorships.plan_meetings": lambda scene: (
        scene.meeting().mentorship.meetings.all().delete() and pair_of(scene.school, "younger")
    ),
    "mentorships.undo_note": lambda scene: mentorships.postpone_meeting(
        scene.meeting(), by=scene.by
    ),
    "questionnaires.load_instruments": lambda _scene: (
        InstrumentVersion.objects.shipped().filter(code="mentee_after").delete()
    ),
    "questionnaires.take_back_answers": lambda scene: questionnaires.enter_answers(
        scene.asked(), WHOLE, submit_key="", by=scene.by
    ),
    "mentorships.wake_concern": _contact,
    "mentorships.withdraw_replacement": _asked,
    "mentorships.answer_replacement": _asked,
    "mentorships.answer_help": lambda scene: mentorships.note_meeting(
        scene.meeting(), None, voice=Voice(Side.MENTEE), mark=Mark.HELP, by=scene.by
    ),
    "districts.make_municipal": lambda scene: Roadmap.objects.filter(
        organisation=scene.organisation.parent
    ).delete(),
    "districts.add_school": lambda scene: scene.let_act(scene.world.cast.coordinator),
    "districts.name_coordinator": lambda scene: Membership.objects.filter(
        organisation=scene.organisation.parent
    ).delete(),
    "districts.recall_roadmap": lambda scene: districts.send_roadmap(
        scene.first(Roadmap), by=scene.by
    ),
    "districts.answer_roadmap": lambda scene: districts.send_roadmap(
        scene.first(Roadmap), by=scene.by
    ),
    "documents.join_document": lambda scene: documents.split_document(scene.order(), by=scene.by),
    "mentorships.part_staff_pairs": _order_and_an_empty_one,
    "mentorships.join_pairs": _order_and_an_empty_one,
    "documents.register_document": lambda scene: documents.set_requisites(
        scene.order(), number="78", dated_on=today(), by=scene.by
    ),
    "people.enrol_all": _newcomer_and_class,
    "people.leave_family": lambda scene: people.join_family(
        scene.person("older"), scene.person("teacher"), by=scene.by
    ),
    "people.take_transfer_back": lambda scene: people.take_classes_over(
        scene.year, {scene.year.study_groups.first(): "12Я"}, by=scene.by
    ),
    "people.merge_people": lambda scene: [
        people.register_person(scene.organisation, by=scene.by, **{**NEWCOMER, "first_name": name})
        for name in ("Яна", "Яня")
    ],
    "people.take_back": lambda scene: people.mark_left(scene.person("waiting"), by=scene.by),
    "people.accept_import": lambda scene: add_list(scene.school, 2, start=50),
    "roadmaps.make_from_catalogue": _free_year,
    "roadmaps.shift_from": _free_year,
    "roadmaps.make_from_document": lambda scene: read_roadmap(scene.school),
    "roadmaps.restore_roadmap": _archived,
    "districts.follow_roadmap": _restored,
    "roadmaps.take_copy": lambda scene: read_roadmap(scene.school, roadmap=scene.first(Roadmap)),
    "programmes.load_directory": lambda scene: (
        MentoringForm.objects.directory().update(version=0) or scene
    ),
    "programmes.add_to_base": _newcomer,
    "programmes.make_ready": _candidate,
    "programmes.review_ready": _ready_and_gone,
    "programmes.review_people": _ready_and_gone,
    "training.close_course": lambda scene: training.open_course(
        scene.year, title="Пустой", hours=1, by=scene.by
    ),
    "programmes.take_place": lambda scene: make_room(scene.school, "older"),
}
PREPARED |= {
    "mentorships.drop_order_line": _extension,
    "mentorships.drop_drafts_on": lambda scene: _extension(scene).mentorship,
    "mentorships.draft_ending_order": _ended_pair,
    "mentorships.give_time": _extension_signed,
    "mentorships.take_time_back": _extension_given,
    "mentorships.begin_pauses": lambda scene: _signed(_pause(scene)),
    "mentorships.take_pauses_back": _pause_begun,
    "mentorships.end_pause": _pausing,
    "mentorships.resume_pause": lambda scene: mentorships.end_pause(_pausing(scene), by=scene.by),
    "mentorships.stretch_meetings": _longer_pair,
    "mentorships.shorten_meetings": _longer_pair,
    "mentorships.take_back_run": _approved_run,
    "mentorships.halt_pairs": lambda scene: _drafted(_registered(scene)),
    "documents.take_back_registration": _registered,
    "matching.mark_run_proposed": _approved_run,
    "mentorships.reopen_pair": _ended_pair,
    "mentorships.restore_meetings": _ended_pair,
    "programmes.note_next_year": lambda scene: _ended_pair(scene).ties.get().mentee,
    "consents.answer_consent_link": _linked_anew,
    "programmes.take_on": _programme_of_next_year,
    "programmes.take_up_again": lambda scene: _ended_pair(scene).ties.get().mentee,
}


def _plan_gone(scene, status="acquainted"):
    """Throw away a plan in work; return whose it was."""
    plan = scene.first(IndividualPlan, status=status)
    tie = plan.tie
    plan.delete()
    return tie


def _plan_paper(scene):
    plan = scene.first(IndividualPlan, status="acquainted")
    paper = documents.draft_document(scene.year, PLAN_PAPER, subject_id=plan.pk, by=scene.by)
    return documents.set_requisites(paper, number="ИП-1", dated_on=today(), by=scene.by)


def _plan_registered(scene):
    return documents.register_document(_plan_paper(scene), by=scene.by)


def _final(scene):
    """Return the final meeting of a pair that runs, its day come."""
    final = pair_of(scene.school, "younger").meetings.get(kind="final")
    type(final).objects.filter(pk=final.pk).update(planned_on=today())
    final.refresh_from_db()
    return final


def _resulted(scene):
    record = scene.record("waiting")
    programmes.change_participation(record, results="Встреч: 1.", by=scene.by)
    return record


def _final_held(scene):
    final = _final(scene)
    closing.hold_final_meetings([final], on=None, by=scene.by)
    return final


def _paper_file(scene):
    return pairpapers.keep_paper_file(
        scene.school.organisation,
        b"%PDF",
        title="Сертификаты",
        file_name="1.pdf",
        n_papers=1,
        people=[scene.record("waiting").person_id],
        by=scene.by,
    )


PREPARED |= {
    "pairpapers.forget_paper_files": _paper_file,
    "closing.hold_final_meetings": _final,
    "closing.take_final_meetings_back": _final_held,
    "closing.take_results_back": _resulted,
}
PREPARED |= dict.fromkeys(
    (
        "events.cancel_event",
        "events.restore_event",
        "events.remove_event",
        "events.answer_invitation",
        "events.make_event_links",
    ),
    lambda scene: events.plan_event(
        scene.year, kind="other", title="Впереди", held_on=scene.year.ends_on, by=scene.by
    ),
)


def _no_card(scene):
    Scorecard.objects.filter(programme=scene.programme).delete()


def _fresh_sheet(scene, *, is_whole=False):
    """Have a card with one sheet of the curator, empty or whole."""
    _no_card(scene)
    sheet = monitoring.begin_scorecard(scene.programme, scorer=scene.by, by=scene.by).sheets.get()
    if is_whole:
        said = {one.code: monitoring.Scored(2) for one in scorecard_rules().indicators}
        monitoring.keep_marks(sheet, said, by=scene.by)
    return sheet


def _handed_in(scene):
    return monitoring.hand_in(_fresh_sheet(scene, is_whole=True), by=scene.by)


PREPARED |= {
    "monitoring.begin_scorecard": _no_card,
    "monitoring.sort_answers": lambda scene: OpenAnswer(
        scene.first(Wave), "words", "?", "Мало встреч", 2
    ),
    "monitoring.drop_sheet": _fresh_sheet,
    "monitoring.keep_marks": _fresh_sheet,
    "monitoring.hand_in": lambda scene: _fresh_sheet(scene, is_whole=True),
    "monitoring.take_sheet_back": _handed_in,
    "monitoring.close_scorecard": lambda scene: _handed_in(scene).scorecard,
    "monitoring.reopen_scorecard": lambda scene: monitoring.close_scorecard(
        _handed_in(scene).scorecard, by=scene.by
    ),
}
PREPARED |= {
    "plans.open_plans": _plan_gone,
    "plans.open_edition": lambda scene: _plan_gone(scene, status="draft"),
    "plans.approve_by_paper": _plan_paper,
    "plans.unapprove_by_paper": _plan_registered,
}


def _gone(scene):
    return Person.objects.create(
        organisation=scene.organisation, kind="pupil", last_name="Синичкин", first_name="Ушедший"
    )


def _leaving(scene):
    return dossiers.plan_erasure(_gone(scene), ground=EraseGround.PERSON, by=scene.by)


def _evidence(scene):
    erasure = _leaving(scene)
    erasure.done_at = erasure.kept_until = timezone.now()
    erasure.kept_name = "Синичкин"
    erasure.save()
    return erasure


PREPARED |= {
    "dossiers.plan_erasure": _gone,
    "dossiers.take_erasure_back": _leaving,
    "dossiers.erase_person": _leaving,
    "dossiers.forget_evidence": _evidence,
}


# Action → how to do it.
DONE = {
    "cabinet.set_up": lambda s: cabinet.set_up(
        municipality="Примерск", kind=OrganisationKind.SCHOOL, full_name="Школа", short_name="Школа", town=s.organisation.town,
        year_starts_on=today(), year_ends_on=NEXT_YEAR, curator_name="Анна", login="new", password=PASSWORD,
        by=None,
    ),
    "consents.record_consents": lambda s: consents.record_consents(
        [s.person("waiting")], [Purpose.DATA], signed_on=today(), by=s.by
    ),
    "consents.print_blanks": _printed,
    "consents.add_guardian": _guardian,
    "consents.attach_scan": _scanned,
    "consents.remove_scan": lambda s: consents.remove_scan(_scanned(s), by=s.by),
    "consents.make_consent_links": _linked,
    "consents.answer_consent_link": lambda s: consents.answer_consent_link(
        s.it, [Purpose.DATA], by=s.by
    ),
    "consents.close_consent_link": lambda s: consents.close_consent_link(_linked(s), by=s.by),
    "consents.change_guardian": lambda s: consents.change_guardian(
        _guardian(s), full_name="Иная Анна", by=s.by
    ),
    "consents.note_blanks_taken": lambda s: consents.note_blanks_taken(
        _printed(s), "pdf", 1, by=s.by
    ),
    "consents.record_returned": lambda s: consents.record_returned(
        _printed(s).sheets.all(), signed_on=today(), by=s.by
    ),
    "consents.change_text": lambda s: consents.change_text(
        s.organisation, Purpose.DATA, title="Согласие", body="Иначе.", by=s.by
    ),
    "cabinet.make_calendar_link": lambda s: cabinet.make_calendar_link(s.by, by=s.by),
    "cabinet.end_calendar_link": _end_calendar_link,
    "cabinet.put_step_aside": lambda s: cabinet.put_step_aside(s.programme, Step.ORDER, by=s.by),
    "cabinet.take_step_up": lambda s: cabinet.take_step_up(s.programme, Step.MEETING, by=s.by),
    "consents.mark_mistaken": lambda s: consents.mark_mistaken(
        [s.first(Consent, person=s.person("older"), withdrawn_on=None)], by=s.by
    ),
    "consents.withdraw_consent": lambda s: consents.withdraw_consent(
        s.first(Consent, person=s.person("older"), withdrawn_on=None), by=s.by
    ),
    "districts.make_municipal": lambda s: districts.make_municipal(s.organisation.parent, by=s.by),
    "districts.set_lines": lambda s: districts.set_lines(
        Roadmap.objects.get(organisation=s.organisation.parent), [], by=s.by
    ),
    "districts.adopt_lines": lambda s: districts.adopt_lines(
        s.first(Roadmap), DistrictLine.objects.all(), by=s.by
    ),
    "districts.take_over": lambda s: districts.take_over(s.first(Adoption, line__withdrawn_on=None), by=s.by),
    "districts.keep_own": lambda s: districts.keep_own(s.first(Adoption, line__withdrawn_on=None), by=s.by),
    "districts.explain_delay": lambda s: districts.explain_delay(s.first(Adoption), "ремонт", by=s.by),
    "districts.make_own": lambda s: districts.make_own(
        s.first(Adoption, line__withdrawn_on__isnull=False), by=s.by
    ),
    "districts.send_roadmap": lambda s: districts.send_roadmap(s.first(Roadmap), by=s.by),
    "districts.recall_roadmap": lambda s: districts.recall_roadmap(s.it, by=s.by),
    "districts.answer_roadmap": lambda s: districts.answer_roadmap(s.it, AgreementStatus.AGREED, by=s.by),
    "districts.add_school": lambda s: districts.add_school(
        s.organisation.parent, kind=OrganisationKind.SCHOOL, full_name="Ш", short_name="Ш", town="Т", curator_name="К", login="k",
        password=PASSWORD, by=s.by,
    ),
    "districts.name_coordinator": lambda s: districts.name_coordinator(
        s.organisation.parent, full_name="К", login="k", password=PASSWORD, by=s.by
    ),
    "oversight.give_recommendation": lambda s: oversight.give_recommendation(
        s.organisation, words="Собрать базу", due_on=today(), by=s.by
    ),
    "oversight.answer_recommendation": lambda s: oversight.answer_recommendation(
        s.first(Recommendation, status="given"), "Собрана", by=s.by
    ),
    "oversight.decide_recommendation": lambda s: oversight.decide_recommendation(
        s.first(Recommendation, status="answered"), RecommendationStatus.SETTLED, "Принято", by=s.by
    ),
    "documents.draft_document": lambda s: documents.draft_document(
        s.year, PAIR_ORDER, subject_id=None, by=s.by
    ),
    "documents.begin_paper": lambda s: documents.begin_paper(s.year, "curator_order", by=s.by),
    "documents.redraw_document": lambda s: documents.redraw_document(s.order(), {"a": 1}, by=s.by),
    "documents.set_requisites": lambda s: documents.set_requisites(s.order(), number="77", dated_on=today(), by=s.by),
    "documents.register_document": lambda s: documents.register_document(s.it, by=s.by),
    "documents.enter_particulars": lambda s: documents.enter_particulars(s.order(), {"curator_post": "методист"}, by=s.by),
    "documents.split_document": lambda s: documents.split_document(s.order(), by=s.by),
    "documents.join_document": lambda s: documents.join_document(s.it, by=s.by),
    "matching.run_matching": lambda s: matching.run_matching(s.programme, by=s.by),
    "matching.review_input": lambda s: review_input(s.programme, list(s.programme.forms.all()), (), by=s.by),
    "matching.save_run": lambda s: save_run(s.programme, list(s.programme.forms.all()), s.it, s.it.run(), by=s.by),
    "matching.rule_pair": lambda s: matching.rule_pair(*s.it, Ruling.FORBID, by=s.by),
    "matching.set_rules": lambda s: matching.set_rules(s.organisation, shipped_rules(), by=s.by),
    "matching.lift_locks": lambda s: matching.lift_locks(
        [row.mentee_id for row in PairRuling.objects.filter(organisation=s.organisation)], by=s.by
    ),
    "jobs.ask_for_job": lambda s: counted_for(s.school, by=s.by, alone=""),
    "jobs.begin_job": lambda s: jobs.begin_job(s.job("waiting"), by=s.by),
    "jobs.finish_job": lambda s: jobs.finish_job(s.job("running"), (s.it, s.it.run()), by=s.by),
    "jobs.fail_job": lambda s: jobs.fail_job(s.job("running"), by=s.by),
    "jobs.cancel_job": lambda s: jobs.cancel_job(s.job("running"), by=s.by),
    "jobs.retry_job": lambda s: jobs.retry_job(jobs.cancel_job(s.job("running"), by=s.by), by=s.by),
    "jobs.put_job_back": lambda s: jobs.put_job_back(s.job("running"), by=s.by),
    "jobs.lose_jobs": lambda s: jobs.lose_jobs(by=s.by),
    "jobs.forget_old_jobs": lambda s: jobs.forget_old_jobs(timezone.now(), by=s.by),
    "matching.give_opinion": lambda s: matching.give_opinion(
        mentor=s.record("older"), mentee=s.record("younger"), outcome=OpinionOutcome.FOR, by=s.by
    ),
    "matching.mark_discussed": lambda s: matching.mark_discussed(s.first(Opinion), by=s.by),
    "matching.lift_ruling": lambda s: matching.lift_ruling(s.first(PairRuling), by=s.by),
    "matching.mark_run_approved": lambda s: matching.mark_run_approved(s.run(), by=s.by, at=timezone.now()),
    "mentorships.approve_run": lambda s: mentorships.approve_run(s.run(), by=s.by),
    "mentorships.set_pair_status": lambda s: mentorships.set_pair_status(
        pair_of(s.school, "younger"), MentorshipStatus.SUSPENDED, by=s.by
    ),
    "mentorships.replace_mentor": lambda s: mentorships.replace_mentor(*s.it, cause=EndCause.ASKED, by=s.by),
    "mentorships.part_staff_pairs": lambda s: mentorships.part_staff_pairs(*s.it, by=s.by),
    "mentorships.join_pairs": lambda s: mentorships.join_pairs(*s.it, by=s.by),
    "documents.refresh_document": lambda s: documents.refresh_document(s.it, by=s.by),
    "mentorships.plan_meetings": lambda s: mentorships.plan_meetings([s.it], by=s.by),
    "mentorships.strike_meetings": lambda s: mentorships.strike_meetings(pair_of(s.school, "younger"), by=s.by),
    "mentorships.seat_mentee": lambda s: mentorships.seat_mentee(*s.it, starts_on=today(), by=s.by),
    "mentorships.leave_group": lambda s: mentorships.leave_group(s.it, reason="переезд", by=s.by),
    "mentorships.pause_mentee": lambda s: mentorships.pause_mentee(s.it, by=s.by),
    "mentorships.resume_mentee": lambda s: mentorships.resume_mentee(
        mentorships.pause_mentee(s.it, by=s.by), by=s.by
    ),
    "mentorships.note_meeting": lambda s: mentorships.note_meeting(s.meeting(), MeetingStatus.HELD, by=s.by),
    "mentorships.postpone_meeting": lambda s: mentorships.postpone_meeting(s.meeting(), by=s.by),
    "mentorships.enter_month": lambda s: mentorships.enter_month(
        {s.meeting(): mentorships.Note(status=MeetingStatus.HELD)}, by=s.by
    ),
    "mentorships.undo_note": lambda s: mentorships.undo_note(s.it, by=s.by),
    "mentorships.note_contact": _contact,
    "mentorships.ask_replacement": _asked,
    "mentorships.withdraw_replacement": lambda s: mentorships.withdraw_replacement(s.it, by=s.by),
    "mentorships.answer_replacement": lambda s: mentorships.answer_replacement(
        s.it, words="поговорим в среду", by=s.by
    ),
    "mentorships.keep_base_draft": lambda s: mentorships.keep_base_draft(
        s.school.programme, Side.MENTEE, [], file_name="база.xlsx", by=s.by
    ),
    "mentorships.discard_base_draft": lambda s: mentorships.discard_base_draft(
        s.first(BaseDraft), by=s.by
    ),
    "mentorships.forget_old_base_drafts": lambda s: mentorships.forget_old_base_drafts(
        timezone.now(), by=s.by
    ),
    "mentorships.take_base_draft": _base_taken,
    "mentorships.wake_concern": lambda s: mentorships.wake_concern(s.it, by=s.by),
    "mentorships.answer_help": lambda s: mentorships.answer_help(s.it, by=s.by),
    "mentorships.start_pairs": lambda s: mentorships.start_pairs(s.it, by=s.by),
    "mentorships.draft_order": lambda s: mentorships.draft_order(s.programme, by=s.by),
    "mentorships.attach_anew": lambda s: mentorships.attach_anew(s.it, by=s.by),
    "mentorships.leave_out_of_order": lambda s: mentorships.leave_out_of_order(s.it, by=s.by),
    "organisations.add_organisation": lambda s: organisations.add_organisation(
        s.organisation.parent, level=Level.ORGANISATION, kind=OrganisationKind.SCHOOL, full_name="Ш", short_name="Ш", town="Т",
        by=s.by,
    ),
    "organisations.change_organisation": lambda s: organisations.change_organisation(
        s.organisation, town="г. Новый", by=s.by
    ),
    "organisations.open_year": lambda s: organisations.open_year(
        s.organisation, starts_on=today() + dt.timedelta(days=1), ends_on=NEXT_YEAR, by=s.by
    ),
    "organisations.add_partner": lambda s: organisations.add_partner(s.organisation, name="Новый завод", by=s.by),
    "people.add_account": lambda s: people.add_account("n", None, full_name="Н", by=s.by),
    "people.change_password": lambda s: people.change_password(User.objects.get(pk=s.by.pk), PASSWORD, by=s.by),
    "people.end_other_sessions": lambda s: people.end_other_sessions(User.objects.get(pk=s.by.pk), by=s.by),
    "people.grant_role": lambda s: people.grant_role(User.objects.get(login="mentor"), s.organisation, Role.SOCIAL_TEACHER, by=s.by),
    "people.end_role": lambda s: people.end_role(s.first(Membership, role=Role.DEPUTY_DIRECTOR), by=s.by),
    "people.add_person": lambda s: people.add_person(s.organisation, by=s.by, **NEWCOMER),
    "people.change_person": lambda s: people.change_person(s.person("older"), subject="физика", by=s.by),
    "people.correct_person": lambda s: people.correct_person(s.person("older"), subject="физика", by=s.by),
    "people.merge_people": lambda s: people.merge_people(*s.it, taken={}, by=s.by),
    "people.unmerge_people": lambda s: people.unmerge_people(s.first(PersonMerge), by=s.by),
    "people.forget_old_merges": lambda s: people.forget_old_merges(timezone.now(), by=s.by),
    "people.register_person": lambda s: people.register_person(s.organisation, by=s.by, **NEWCOMER),
    "people.take_back": lambda s: people.take_back(s.it, by=s.by),
    "people.take_classes_over": lambda s: people.take_classes_over(
        s.year, {s.year.study_groups.first(): "12Я"}, by=s.by
    ),
    "people.take_transfer_back": lambda s: people.take_transfer_back(s.it, by=s.by),
    "people.join_family": lambda s: people.join_family(s.person("older"), s.person("teacher"), by=s.by),
    "people.leave_family": lambda s: people.leave_family(s.person("older"), by=s.by),
    "people.mark_left": lambda s: people.mark_left(s.person("waiting"), by=s.by),
    "people.open_group": lambda s: people.open_group(s.year, "11Я", by=s.by),
    "people.appoint_class_teacher": lambda s: people.appoint_class_teacher(
        s.first(StudyGroup, name="6Б"), s.person("teacher"), by=s.by
    ),
    "people.enrol": lambda s: people.enrol(
        s.person("older"), s.first(StudyGroup, name="5А"), starts_on=today(), by=s.by
    ),
    "people.enrol_all": lambda s: enrol_all([s.it], starts_on=today(), by=s.by),
    "people.invite": lambda s: people.invite(
        s.organisation, person=None, full_name="Н", role=Role.SOCIAL_TEACHER, login="n", by=s.by
    ),
    "people.begin_second_step": lambda s: people.begin_second_step(s.by, by=s.by),
    "people.confirm_second_step": lambda s: people.confirm_second_step(s.by, code_now(s.by), by=s.by),
    "people.pass_second_step": lambda s: people.pass_second_step(s.by, next_code(s.by), by=s.by),
    "people.renew_recovery_codes": lambda s: people.renew_recovery_codes(s.by, next_code(s.by), by=s.by),
    "people.end_second_step": lambda s: people.end_second_step(s.by, next_code(s.by), by=s.by),
    "people.switch_off_second_step": lambda s: people.switch_off_second_step(
        s.world.cast.users[Role.PSYCHOLOGIST], by=s.by
    ),
    "people.note_second_step_off": lambda s: people.note_second_step_off(s.by, by=s.by),
    "people.show_half": lambda s: people.show_half(s.half("9tbw-m3np"), by=s.by),
    "people.note_alone": lambda s: people.note_alone(s.half(""), by=s.by),
    "people.give_one_time_password": lambda s: people.give_one_time_password(
        User.objects.get(login="mentor"), by=s.by
    ),
    "people.give_slips": lambda s: people.give_slips(
        [], [s.person("waiting")], organisation=s.organisation, role=Role.MENTEE, by=s.by
    ),
    "people.start_import": lambda s: people.start_import(
        s.organisation, kind=RosterKind.STAFF, file_name="", by=s.by,
        text="ФИО\tДолжность\nПробная Пелагея Петровна\tучитель химии",
    ),
    "people.keep_lists": lambda s: people.keep_lists(
        s.organisation, people.read_lists(kind=None, file_name="", text="ФИО\tКласс\nОльхин Артём Сергеевич\t7А"),
        file_name="", by=s.by,
    ),
    "people.change_columns": lambda s: people.change_columns(
        s.draft(), dataclasses.replace(Understanding.of(s.draft()), group="1А"), by=s.by
    ),
    "people.answer_rows": lambda s: people.answer_rows(s.draft(), taken=[2], by=s.by),
    "people.accept_import": lambda s: people.accept_import(s.it, by=s.by),
    "people.forget_old_lists": lambda s: people.forget_old_lists(timezone.now(), by=s.by),
    "people.discard_import": lambda s: people.discard_import(s.draft(), by=s.by),
    "programmes.plan_group_meeting": lambda s: programmes.plan_group_meeting(
        s.programme, [s.record("older"), s.record("waiting")], held_on=today(), by=s.by
    ),
    "programmes.invite_to_meeting": lambda s: programmes.invite_to_meeting(s.gathering(), [s.record("waiting")], by=s.by),
    "programmes.note_attendance": lambda s: programmes.note_attendance(s.gathering(), set(), by=s.by),
    "programmes.keep_minutes": lambda s: programmes.keep_minutes(s.gathering(), text="Были.", by=s.by),
    "programmes.give_preferences": lambda s: programmes.give_preferences(
        s.gathering(), {s.gathering().attendances.first().pk: programmes.AttendeeWishes()}, by=s.by
    ),
    "programmes.forget_preferences": lambda s: programmes.forget_preferences(s.person("older").pk, by=s.by),
    "programmes.close_choices": lambda s: programmes.close_choices(s.programme, [s.gathering().attendances.get(record__side=Side.MENTEE).record_id], by=s.by),
    "programmes.open_choices": lambda s: programmes.open_choices(s.first(GroupMeeting, closed_at__isnull=False), by=s.by),
    "programmes.load_directory": lambda s: programmes.load_directory(by=s.by),
    "programmes.adopt_form": lambda s: programmes.adopt_form(
        s.organisation,
        MentoringForm.objects.directory().exclude(code__in=s.programme.forms.values("code")).first(),
        by=s.by,
    ),
    "programmes.change_form": lambda s: programmes.change_form(s.programme.forms.first(), max_mentees=2, by=s.by),
    "programmes.open_programme": lambda s: programmes.open_programme(
        s.year, title="П", starts_on=today(), ends_on=today(), forms=MentoringForm.objects.directory()[:1], by=s.by
    ),
    "programmes.change_programme": lambda s: programmes.change_programme(
        s.programme, forms=s.programme.forms.all(), title="Новая", by=s.by
    ),
    "programmes.add_to_base": lambda s: programmes.add_to_base(s.programme, [s.it], Side.MENTOR, by=s.by),
    "programmes.describe_each": lambda s: programmes.describe_each(
        {s.record("older").pk: {"areas": ["maths"]}}, by=s.by
    ),
    "programmes.change_participation": lambda s: programmes.change_participation(
        s.record("waiting"), request="другое", by=s.by
    ),
    "programmes.set_participation_status": lambda s: programmes.set_participation_status(
        s.record("waiting"), ParticipationStatus.LEFT, by=s.by
    ),
    "programmes.describe_many": lambda s: programmes.describe_many(
        [s.record("waiting")], areas=["robotics"], by=s.by
    ),
    "programmes.make_ready": lambda s: programmes.make_ready([s.it], by=s.by),
    "programmes.review_people": lambda s: programmes.review_people(
        Participation.objects.filter(programme=s.programme).values_list("person_id", flat=True), by=s.by
    ),
    "programmes.review_ready": lambda s: programmes.review_ready(s.programme, by=s.by),
    "programmes.take_place": lambda s: programmes.take_place(s.record("older"), by=s.by),
    "programmes.note_next_year": lambda s: programmes.note_next_year([s.it], goes_on=True, by=s.by),
    "programmes.take_on": lambda s: programmes.take_on(s.it, [s.record("waiting")], by=s.by),
    "programmes.take_up_again": lambda s: programmes.take_up_again(s.it, by=s.by),
    "programmes.settle_next_year": lambda s: programmes.settle_next_year(
        [s.record("waiting")], after=AfterEnd.GOES_ON, by=s.by
    ),
    "mentorships.extend_pair": lambda s: mentorships.extend_pair(
        pair_of(s.school, "younger"),
        ends_on=pair_of(s.school, "younger").ends_on + timedelta(days=60),
        cause=ExtensionCause.ABSENCE,
        by=s.by,
    ),
    "mentorships.pause_pair": _pause,
    "mentorships.begin_pauses": lambda s: mentorships.begin_pauses(s.it, by=s.by),
    "mentorships.take_pauses_back": lambda s: mentorships.take_pauses_back(s.it, by=s.by),
    "mentorships.end_pause": lambda s: mentorships.end_pause(s.it, by=s.by),
    "mentorships.resume_pause": lambda s: mentorships.resume_pause(s.it, by=s.by),
    "mentorships.complete_pairs": lambda s: mentorships.complete_pairs(
        [pair_of(s.school, "younger")], with_order=True, by=s.by
    ),
    "closing.hold_final_meetings": lambda s: closing.hold_final_meetings([s.it], on=None, by=s.by),
    "closing.take_final_meetings_back": lambda s: closing.take_final_meetings_back([s.it], by=s.by),
    "closing.ask_last_words": lambda s: closing.ask_last_words(
        s.programme, last_words(s.by, s.programme), closes_on=today(), by=s.by
    ),
    "closing.note_talks": lambda s: closing.note_talks(
        {s.record("waiting"): ""}, held_on=today(), held_by="Директор", by=s.by
    ),
    "closing.drop_talk": lambda s: closing.drop_talk(s.first(ClosingTalk), by=s.by),
    "closing.forget_talk_words": lambda s: closing.forget_talk_words(
        timezone.now() + timedelta(days=2), by=s.by
    ),
    "closing.write_results": lambda s: closing.write_results(
        [YearResult(s.record("waiting"), "Встреч: 1.", ())], by=s.by
    ),
    "closing.take_results_back": lambda s: closing.take_results_back(
        [YearResult(s.it, "Встреч: 1.", ())], by=s.by
    ),
    "closing.thank_people": lambda s: closing.thank_people(
        [s.record("waiting")], ThanksKind.GRATITUDE, on=today(), by=s.by
    ),
    "closing.take_thanks_back": lambda s: closing.take_thanks_back([s.first(Thanks)], by=s.by),
    "pairpapers.keep_paper_file": _paper_file,
    "pairpapers.forget_paper_files": lambda s: pairpapers.forget_paper_files(
        timezone.now() + timedelta(days=2), by=s.by
    ),
    "closing.settle_year": lambda s: closing.settle_year({s.record("waiting"): AfterEnd.GOES_ON}, by=s.by),
    "mentorships.drop_order_line": lambda s: mentorships.drop_order_line(s.it, by=s.by),
    "mentorships.drop_drafts_on": lambda s: mentorships.drop_drafts_on(s.it, by=s.by),
    "mentorships.draft_ending_order": lambda s: mentorships.draft_ending_order([s.it], by=s.by),
    "mentorships.give_time": lambda s: mentorships.give_time(s.it, by=s.by),
    "mentorships.take_time_back": lambda s: mentorships.take_time_back(s.it, by=s.by),
    "mentorships.stretch_meetings": lambda s: mentorships.stretch_meetings(s.it, by=s.by),
    "mentorships.shorten_meetings": lambda s: mentorships.shorten_meetings(
        s.it, final=None, by=s.by
    ),
    "mentorships.reopen_pair": lambda s: mentorships.reopen_pair(s.it, by=s.by),
    "mentorships.take_back_run": lambda s: mentorships.take_back_run(s.it, by=s.by),
    "mentorships.halt_pairs": lambda s: mentorships.halt_pairs(s.it, by=s.by),
    "matching.mark_run_proposed": lambda s: matching.mark_run_proposed(s.it, by=s.by),
    "documents.take_back_registration": lambda s: documents.take_back_registration(
        s.it, reason="ошибка", by=s.by
    ),
    "documents.discard_document": lambda s: documents.discard_document(s.order(), by=s.by),
    "mentorships.restore_meetings": lambda s: mentorships.restore_meetings(s.it, by=s.by),
    "programmes.free_place": lambda s: programmes.free_place(s.record("younger"), by=s.by),
    "roadmaps.make_from_catalogue": lambda s: roadmaps.make_from_catalogue(s.it, RoadmapLevel.COLLEGE, by=s.by),
    "roadmaps.keep_reading": lambda s: roadmaps.keep_reading(
        s.organisation, s.first(RoadmapDraft).content, file_name="", by=s.by
    ),
    "roadmaps.start_reading": lambda s: read_roadmap(s.school),
    "roadmaps.forget_old_drafts": lambda s: roadmaps.forget_old_drafts(timezone.now(), by=s.by),
    "roadmaps.discard_draft": lambda s: roadmaps.discard_draft(s.first(RoadmapDraft), by=s.by),
    "roadmaps.make_from_document": lambda s: roadmaps.make_from_document(
        s.it, begins_in=s.year.starts_on.year - 9, level=RoadmapLevel.SCHOOL, opens_year=True, by=s.by
    ),
    "roadmaps.restore_roadmap": lambda s: roadmaps.restore_roadmap(s.it, by=s.by),
    "districts.follow_roadmap": lambda s: districts.follow_roadmap(*reversed(s.it), by=s.by),
    "roadmaps.shift_from": lambda s: roadmaps.shift_from(s.first(Roadmap), s.it, by=s.by),
    "roadmaps.change_activity": lambda s: roadmaps.change_activity(s.first(Activity), title="Иначе", by=s.by),
    "roadmaps.add_activity": lambda s: roadmaps.add_activity(s.first(Roadmap), title="Ещё", by=s.by),
    "roadmaps.add_usual": lambda s: roadmaps.add_usual(s.first(Roadmap), {"A72", "A71", "A70"}, by=s.by),
    "roadmaps.change_roadmap": lambda s: roadmaps.change_roadmap(
        s.first(Roadmap), title="Иначе", approved_on=today(), by=s.by
    ),
    "roadmaps.finish_lines": lambda s: roadmaps.finish_lines([s.first(Activity, status="planned")], by=s.by),
    "roadmaps.move_lines": lambda s: roadmaps.move_lines([s.first(Activity, ends_on__isnull=False)], 7, by=s.by),
    "roadmaps.appoint_owner": lambda s: roadmaps.appoint_owner([s.first(Activity)], "Завуч", by=s.by),
    "roadmaps.set_activity_status": lambda s: roadmaps.set_activity_status(
        s.first(Activity, status="planned"), ActivityStatus.GOING, by=s.by
    ),
    "roadmaps.remove_activity": lambda s: roadmaps.remove_activity(s.first(Activity), by=s.by),
    "roadmaps.add_evidence": lambda s: roadmaps.add_evidence(s.first(Activity), note="есть", by=s.by),
    "roadmaps.prove_by_another": lambda s: roadmaps.prove_by_another(
        s.first(Evidence, document__isnull=False), s.order(), by=s.by
    ),
    "roadmaps.remove_evidence": lambda s: roadmaps.remove_evidence(s.first(Evidence), by=s.by),
    "roadmaps.take_copy": lambda s: roadmaps.take_copy(s.it, by=s.by),
    "interchange.import_package": lambda s: interchange.import_package(
        {"organisation": "full_name,short_name,town\nШкола,Школа,Примерск\n".encode()}, by=s.by
    ),
    "dossiers.plan_erasure": lambda s: dossiers.plan_erasure(s.it, ground=EraseGround.PERSON, by=s.by),
    "dossiers.take_erasure_back": lambda s: dossiers.take_erasure_back(s.it, by=s.by),
    "dossiers.erase_person": lambda s: dossiers.erase_person(s.it, by=s.by),
    "dossiers.forget_evidence": lambda s: dossiers.forget_evidence(timezone.now() + dt.timedelta(days=1), by=s.by),
    "dossiers.note_dossier_given": lambda s: dossiers.note_dossier_given(
        s.person("younger"), ground=Ground.PERSON, by=s.by
    ),
    "interchange.note_package_taken": lambda s: interchange.note_package_taken(
        s.year.organisation, n_rows=1, by=s.by
    ),
    "blanks.keep_print": lambda s: blanks.keep_print(
        s.organisation, DrawnSheets(b"%PDF", {"pages": []}, {1: None}), kind=SHEETS, subject_id=s.asking().pk, by=s.by
    ),
    "blanks.keep_intake": lambda s: blanks.keep_intake(
        s.organisation, ReadPile([("a.jpg", PageRead(1, None, {}, {}, PageTrouble.NO_SHEET))], [("b", "нет")], 2),
        kind=SHEETS, subject_id=s.asking().pk, by=s.by,
    ),
    "blanks.judge_items": lambda s: blanks.judge_items(s.scan(), {"before": "no"}, by=s.by),
    "blanks.check_items": lambda s: blanks.check_items(s.scan(), {"before": True}, by=s.by),
    "blanks.assign_blank": lambda s: blanks.assign_blank(s.spare(), s.asked().person, by=s.by),
    "blanks.release_blank": lambda s: blanks.release_blank(s.spare(), by=s.by),
    "blanks.drop_pages": lambda s: blanks.drop_pages(s.scan().blank, by=s.by),
    "blanks.use_blanks": lambda s: blanks.use_blanks([s.spare()], by=s.by),
    "blanks.drop_unread": lambda s: (s.scan(ScanState.TROUBLE), blanks.drop_unread(
        s.organisation, SHEETS, s.asking().pk, by=s.by
    )),
    "blanks.forget_old_intakes": lambda s: (s.scan(), blanks.forget_old_intakes(timezone.now(), by=s.by)),
    "questionnaires.accept_sheets": lambda s: questionnaires.accept_sheets(s.asking(), [s.returned(s.asked().person)], by=s.by),
    "questionnaires.accept_sheet": lambda s: questionnaires.accept_sheet(s.returned(s.asked().person), by=s.by),
    "questionnaires.accept_ballots": lambda s: s.ballots(),
    "blanks.forget_old_prints": lambda s: blanks.forget_old_prints(timezone.now(), by=s.by),
    "questionnaires.load_instruments": lambda s: questionnaires.load_instruments(by=s.by),
    "questionnaires.copy_instrument": lambda s: questionnaires.copy_instrument(
        version(), s.organisation, by=s.by
    ),
    "questionnaires.take_instrument": lambda s: questionnaires.take_instrument(
        s.organisation, version().body, by=s.by
    ),
    "questionnaires.change_draft": lambda s: questionnaires.change_draft(
        s.first(InstrumentVersion, status="draft"), version().body, by=s.by
    ),
    "questionnaires.publish_draft": lambda s: questionnaires.publish_draft(
        s.first(InstrumentVersion, status="draft"), by=s.by
    ),
    "questionnaires.delete_draft": lambda s: questionnaires.delete_draft(
        s.first(InstrumentVersion, status="draft"), by=s.by
    ),
    "programmes.note_trained": lambda s: programmes.note_trained({s.person("older").pk: (None, today())}, by=s.by),
    "plans.open_plans": lambda s: plans.open_plans([s.it], by=s.by),
    "plans.take_back_plans": lambda s: plans.take_back_plans([s.first(IndividualPlan, status="draft")], by=s.by),
    "plans.keep_plan": lambda s: plans.keep_plan(
        (plan := s.first(IndividualPlan, status="draft")), plans.PlanContent(plan.version, {}, [], []), by=s.by
    ),
    "plans.restore_item": lambda s: plans.restore_item(s.first(PlanItem, plan__status="draft"), by=s.by),
    "plans.move_plan": lambda s: plans.move_plan(
        s.first(IndividualPlan, status="drawn"), PlanStatus.DRAFT, by=s.by
    ),
    "plans.approve_plans": lambda s: plans.approve_plans([s.first(IndividualPlan, status="acquainted")], by=s.by),
    "plans.open_edition": lambda s: plans.open_edition(s.it.plans.get(), by=s.by),
    "plans.tick_items": lambda s: plans.tick_items(
        (plan := s.first(IndividualPlan, status="acquainted")), plan.items.all(), by=s.by
    ),
    "plans.untick_item": lambda s: plans.untick_item(
        s.first(PlanItem, plan__status="approved", done_on__isnull=False), by=s.by
    ),
    "plans.add_library_item": lambda s: plans.add_library_item(
        s.programme.forms.first(), s.organisation, kind="other", title="Ещё", by=s.by
    ),
    "plans.drop_library_item": lambda s: plans.drop_library_item(s.first(LibraryItem), by=s.by),
    "plans.hide_library_item": lambda s: plans.hide_library_item(
        s.programme.forms.first(), s.organisation, "pupil-aim", by=s.by
    ),
    "plans.approve_by_paper": lambda s: plans.approve_by_paper(s.it, by=s.by),
    "plans.unapprove_by_paper": lambda s: plans.unapprove_by_paper(s.it, by=s.by),
    "monitoring.begin_scorecard": lambda s: monitoring.begin_scorecard(s.programme, scorer=None, by=s.by),
    "monitoring.invite_scorer": lambda s: monitoring.invite_scorer(
        s.first(Scorecard), s.world.cast.users[Role.DIRECTOR], by=s.by
    ),
    "monitoring.drop_sheet": lambda s: monitoring.drop_sheet(s.it, by=s.by),
    "monitoring.keep_marks": lambda s: monitoring.keep_marks(s.it, {"1": monitoring.Scored(1)}, by=s.by),
    "monitoring.hand_in": lambda s: monitoring.hand_in(s.it, by=s.by),
    "monitoring.take_sheet_back": lambda s: monitoring.take_sheet_back(s.it, by=s.by),
    "monitoring.conclude_scorecard": lambda s: monitoring.conclude_scorecard(
        s.first(Scorecard), conclusion="Иначе", by=s.by
    ),
    "monitoring.close_scorecard": lambda s: monitoring.close_scorecard(s.it, by=s.by),
    "monitoring.reopen_scorecard": lambda s: monitoring.reopen_scorecard(s.it, by=s.by),
    "monitoring.take_snapshot": lambda s: monitoring.take_snapshot(s.programme, assessment="Так", by=s.by),
    "monitoring.sort_answers": lambda s: monitoring.sort_answers(
        s.programme, {s.it.digest: "threat"}, among=[s.it], by=s.by
    ),
    "monitoring.add_swot_note": lambda s: monitoring.add_swot_note(
        s.programme, field="threat", words="Мало времени", by=s.by
    ),
    "monitoring.enter_count": lambda s: monitoring.enter_count(
        s.organisation, indicator_rules()[0], 2026, value=100, basis="ОО-1", by=s.by
    ),
    "monitoring.set_target": lambda s: monitoring.set_target(
        s.organisation, indicator_rules()[0], 2026, value=7.5, by=s.by
    ),
    "monitoring.drop_swot_note": lambda s: monitoring.drop_swot_note(s.first(SwotNote), by=s.by),
    "events.plan_event": lambda s: events.plan_event(
        s.year, kind="other", title="Ещё", held_on=s.year.starts_on, by=s.by
    ),
    "events.change_event": lambda s: events.change_event(s.first(ProgrammeEvent), title="Ещё", by=s.by),
    "events.cancel_event": lambda s: events.cancel_event(s.it, by=s.by),
    "events.restore_event": lambda s: events.restore_event(events.cancel_event(s.it, by=s.by), by=s.by),
    "events.remove_event": lambda s: events.remove_event(s.it, by=s.by),
    "events.invite_guests": lambda s: events.invite_guests(
        s.first(ProgrammeEvent), [s.person("teacher")], by=s.by
    ),
    "events.uninvite_guests": lambda s: events.uninvite_guests(
        s.first(ProgrammeEvent, kind="seminar"), EventGuest.objects.filter(event=s.first(ProgrammeEvent, kind="seminar"), is_family=True), by=s.by
    ),
    "events.note_who_came": lambda s: events.note_who_came(
        s.first(ProgrammeEvent, kind="seminar"), set(), among=set(), n_others=7, by=s.by
    ),
    "events.forget_who_came": lambda s: events.forget_who_came(s.first(ProgrammeEvent, kind="seminar"), by=s.by),
    "events.note_invitations_given": lambda s: events.note_invitations_given(
        s.first(ProgrammeEvent), invited_on=today(), by=s.by
    ),
    "events.keep_event_minutes": lambda s: events.keep_event_minutes(
        s.first(ProgrammeEvent, kind="seminar"), chair="Иванова", secretary="", heard="", decided="", by=s.by
    ),
    "events.make_event_links": lambda s: events.make_event_links(
        s.it, events.invite_guests(s.it, [s.person("older")], by=s.by), by=s.by
    ),
    "events.answer_invitation": lambda s: events.answer_invitation(
        events.invite_guests(s.it, [s.person("older")], by=s.by)[0], will_come=True, by=s.by
    ),
    "training.open_course": lambda s: training.open_course(s.year, title="Ещё", hours=1, by=s.by),
    "training.change_course": lambda s: training.change_course(s.first(TrainingCourse), hours=9, by=s.by),
    "training.close_course": lambda s: training.close_course(s.it, by=s.by),
    "training.plan_session": lambda s: training.plan_session(
        s.first(TrainingCourse), held_on=today(), theme="Ещё", by=s.by
    ),
    "training.cancel_session": lambda s: training.cancel_session(
        s.first(TrainingSession, visits=None), by=s.by
    ),
    "training.enrol_trainees": lambda s: training.enrol_trainees(
        s.first(TrainingCourse), [s.person("teacher")], by=s.by
    ),
    "training.drop_trainees": lambda s: training.drop_trainees(
        [s.first(Trainee, finished_on=None)], by=s.by
    ),
    "training.keep_register": lambda s: training.keep_register(
        s.first(TrainingCourse), {s.first(Trainee, finished_on=None).pk: training.RegisterEntry({}, today())}, by=s.by
    ),
    "training.keep_material": lambda s: training.keep_material(
        s.first(TrainingCourse), title="", source="", file=SimpleUploadedFile("a.pdf", b"%PDF-1"), by=s.by
    ),
    "training.drop_material": lambda s: training.drop_material(s.first(TrainingMaterial), by=s.by),
    "questionnaires.open_wave": lambda s: questionnaires.open_wave(
        s.programme, version(), title="", rule=AudienceRule(), opens_on=today(), closes_on=today(), by=s.by
    ),
    "questionnaires.invite_people": lambda s: (
        Invitation.objects.filter(wave=s.asking()).delete(),
        questionnaires.invite_people(s.asking(), by=s.by),
    ),
    "questionnaires.make_links": lambda s: questionnaires.make_links(s.asking(), [s.asked()], by=s.by),
    "questionnaires.transfer_answers": lambda s: questionnaires.transfer_answers(
        s.asking(), {s.record("waiting").pk: {"request": "другое"}}, by=s.by
    ),
    "questionnaires.take_back_transfer": lambda s: questionnaires.take_back_transfer(
        s.asking(), {s.record("waiting").pk: {"request": ["прежнее", s.record("waiting").request]}}, by=s.by
    ),
    "questionnaires.close_wave": lambda s: questionnaires.close_wave(s.asking(), by=s.by),
    "questionnaires.open_room": lambda s: questionnaires.open_room(s.asking(), [s.asked()], by=s.by),
    "questionnaires.close_overdue_waves": lambda s: (
        ScannedPage.objects.all().delete(),
        Wave.objects.filter(pk=s.asking().pk).update(
            opens_on=today() - dt.timedelta(days=20), closes_on=today() - dt.timedelta(days=10)
        ),
        questionnaires.close_overdue_waves(by=s.by),
    ),
    "questionnaires.reopen_wave": lambda s: questionnaires.reopen_wave(
        s.first(Wave, status="closed", mode="named"), closes_on=today(), by=s.by
    ),
    "questionnaires.move_last_day": lambda s: questionnaires.move_last_day(s.asking(), closes_on=today(), by=s.by),
    "questionnaires.keep_draft": lambda s: questionnaires.keep_draft(s.asked(), WHOLE, by=s.by),
    "questionnaires.submit_answers": lambda s: questionnaires.submit_answers(
        s.asked(), WHOLE, submit_key="", source=AnswerSource.ACCOUNT, by=s.by
    ),
    "questionnaires.enter_answers": lambda s: questionnaires.enter_answers(s.asked(), WHOLE, submit_key="", by=s.by),
    "questionnaires.take_back_answers": lambda s: questionnaires.take_back_answers(
        s.first(Invitation, response__source="paper"), by=s.by
    ),
}  # fmt: skip


def test_every_action_is_done_below():
    assert set(ACTIONS) - set(DONE) == set(), "say in DONE how to do the new action"
    assert set(PREPARED) <= set(DONE)
    assert set(DONE) - set(ACTIONS) == set(), "no such action any more"


def recorded(do):
    """Do something; return the lines it left in the audit trail."""
    last = max(AuditEntry.objects.values_list("pk", flat=True), default=0)
    do()
    return list(AuditEntry.objects.filter(pk__gt=last))


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(DONE))
def test_action_leaves_a_line_with_its_actor(world, name):
    scene = Scene(world, PREPARED.get(name, str))
    lines = recorded(lambda: DONE[name](scene))
    assert lines
    if name != "cabinet.set_up":  # nobody has an account yet
        assert {line.actor_id for line in lines} == {scene.by.pk}


# ---------------------------------------------------------------- planted violations


def _positional(person, by):
    """An action whose actor can be forgotten among the arguments."""


def _defaulted(person, *, by=None):
    person.save(update_fields=["last_name"])


def _nobody(person):
    person.save()


@pytest.mark.parametrize("planted", [_positional, _defaulted, _nobody])
def test_an_action_without_an_actor_is_seen(planted):
    assert actor_fault(planted)


def test_a_write_without_a_line_is_seen():
    assert unaudited(tree_of(_defaulted), names_of_actions(people.add_person))
    assert not is_atomic(tree_of(_defaulted))


@pytest.mark.parametrize(
    "planted",
    [
        "form.save()",
        "Person.objects.create(a=1)",
        "Person.objects.filter(pk=1).update(a=1)",
        "row.delete()",
    ],
)
def test_a_write_outside_the_actions_is_seen(planted):
    assert writes(ast.parse(planted))


@pytest.mark.django_db
def test_a_silent_write_leaves_no_line(world):
    older = Participation.objects.get(pk=world.cast.school.records["older"].pk)
    assert recorded(lambda: older.save(update_fields=["status"])) == []
