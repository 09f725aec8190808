"""The cast with everything that can happen to it, so that every page has something to show."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import ClientHandler
from django.utils import timezone
from fpdf import FPDF
from PIL import Image
from tests.cast import Cast, School, approve_pairs, build_cast
from tests.jobs.working import counted_for
from tests.people.stepping import turn_on
from tests.questionnaires.asking import version, wave_of

from nastavnik.blanks.actions import keep_intake, keep_print
from nastavnik.blanks.adapter import ReadPile, draw_sheets
from nastavnik.cabinet.actions import put_step_aside
from nastavnik.cabinet.choices import Step
from nastavnik.closing.actions import note_talks, thank_people
from nastavnik.closing.choices import ThanksKind
from nastavnik.consents.actions import (
    add_guardian,
    attach_scan,
    change_text,
    make_consent_links,
    print_blanks,
    record_consents,
    withdraw_consent,
)
from nastavnik.consents.choices import NEEDED_FOR_BASE, Purpose
from nastavnik.consents.models import Consent
from nastavnik.consents.queries import ByLink
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.districts.actions import (
    adopt_lines,
    answer_roadmap,
    explain_delay,
    make_municipal,
    send_roadmap,
    set_lines,
)
from nastavnik.districts.choices import AgreementStatus
from nastavnik.districts.models import DistrictLine
from nastavnik.documents.actions import register_document, set_requisites
from nastavnik.documents.models import Document
from nastavnik.engine.blanks.answers import MarkDoubt
from nastavnik.engine.blanks.codes import token_of
from nastavnik.engine.blanks.layout import PrintedOption, PrintedQuestion
from nastavnik.events.actions import (
    invite_guests,
    keep_event_minutes,
    note_who_came,
    plan_event,
)
from nastavnik.events.models import ProgrammeEvent
from nastavnik.jobs.actions import begin_job, cancel_job, fail_job, finish_job, lose_jobs
from nastavnik.jobs.models import Job
from nastavnik.matching.actions import (
    engine_input,
    give_opinion,
    rule_pair,
    run_matching,
)
from nastavnik.matching.choices import OpinionOutcome, Ruling
from nastavnik.mentorships.actions import (
    approve_run,
    ask_replacement,
    keep_base_draft,
    note_contact,
    set_pair_status,
)
from nastavnik.mentorships.choices import OPEN, MentorshipStatus, SpokenWith
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.mentorships.queries import Concern, Voice
from nastavnik.monitoring.actions import (
    Scored,
    add_swot_note,
    begin_scorecard,
    conclude_scorecard,
    hand_in,
    invite_scorer,
    keep_marks,
    take_snapshot,
)
from nastavnik.monitoring.catalogues import scorecard_rules
from nastavnik.organisations.actions import add_organisation, add_partner, open_year
from nastavnik.organisations.choices import Level, OrganisationKind
from nastavnik.oversight.actions import answer_recommendation, give_recommendation
from nastavnik.pairpapers.actions import keep_paper_file
from nastavnik.people.actions import (
    accept_import,
    add_account,
    end_role,
    grant_role,
    merge_people,
    open_group,
    register_person,
    start_import,
)
from nastavnik.people.choices import PersonKind, RosterKind
from nastavnik.people.models import ClassTransfer, Person, RosterImport, User
from nastavnik.plans.actions import (
    GoalEntry,
    ItemEntry,
    PlanContent,
    add_library_item,
    hide_library_item,
    keep_plan,
    move_plan,
    open_edition,
    open_plans,
    tick_items,
)
from nastavnik.plans.choices import PlanStatus
from nastavnik.plans.models import IndividualPlan
from nastavnik.programmes.actions import (
    AttendeeWishes,
    add_to_base,
    change_participation,
    close_choices,
    give_preferences,
    invite_to_meeting,
    keep_minutes,
    make_ready,
    note_attendance,
    open_choices,
    plan_group_meeting,
    set_participation_status,
)
from nastavnik.programmes.choices import AfterEnd, ParticipationStatus, Side
from nastavnik.programmes.models import Attendance, GroupMeeting, Participation, Programme
from nastavnik.questionnaires.actions import (
    change_draft,
    close_wave,
    copy_instrument,
    invite_people,
    keep_draft,
    submit_answers,
)
from nastavnik.questionnaires.choices import SHEETS, AnswerSource, Mode
from nastavnik.questionnaires.models import Wave
from nastavnik.readers.piles import PageRead
from nastavnik.roadmaps.actions import (
    add_activity,
    add_evidence,
    change_activity,
    make_from_catalogue,
    make_from_document,
    set_activity_status,
    shift_from,
    start_reading,
)
from nastavnik.roadmaps.choices import ActivityStatus, RoadmapLevel
from nastavnik.roadmaps.models import Activity, Roadmap, RoadmapDraft
from nastavnik.training.actions import (
    RegisterEntry,
    enrol_trainees,
    keep_material,
    keep_register,
    open_course,
    plan_session,
)
from nastavnik.training.models import TrainingCourse

# of all browsers: a new one would put up every middleware anew
HANDLER = ClientHandler(enforce_csrf_checks=False)
MARK = "Синичкин"  # in every text of the first school, as CANARY in those of the second


@dataclass
class World:
    """The cast, and a signed-in browser for each of its actors; `None` is nobody."""

    cast: Cast
    actors: dict[str, User | None] = field(default_factory=dict)
    sessions: dict[str, SimpleCookie] = field(default_factory=dict)

    def browser(self, actor: str) -> Client:
        """Return a new browser with the session of an actor."""
        client = Client()
        client.handler = HANDLER
        client.cookies = SimpleCookie(
            {name: morsel.value for name, morsel in self.sessions[actor].items()}
        )
        return client

    def viewer(self, actor: str):
        user = self.actors[actor]
        return None if user is None else User.objects.get(pk=user.pk).viewer


ACTORS = ("anonymous", *(role.value for role in Role), "staff_curator", "vera")


def build_world() -> World:
    """Build the cast, let both schools live through every state, sign everybody in."""
    cast = build_cast(mark=MARK)
    for school in (cast.school, cast.other):
        live(school)
    for school in (cast.school, cast.other):
        begin_job(counted_for(school, by=school.curator), by=school.curator)
        counted_for(school, by=school.curator, alone="")
    agree(cast)
    turn_on(cast.users[Role.PSYCHOLOGIST])
    world = World(cast)
    users = {role.value: user for role, user in cast.users.items()}
    world.actors = {"anonymous": None, **users}
    world.actors |= {"staff_curator": cast.staff_curator, "vera": cast.vera}
    for name, user in world.actors.items():
        client = Client()
        if user is not None:
            client.force_login(user)
        world.sessions[name] = client.cookies
    assert set(world.actors) == set(ACTORS)
    return world


def _double(school: School, number: int) -> Person:
    """Return a card of somebody who has two."""
    return register_person(
        school.organisation, group="", kind=PersonKind.TEACHER, last_name=f"Двойникова {_word(school)}",
        first_name="Дарья", patronymic="", birth_date=None, position=f"учитель {number} {_word(school)}",
        subject="", by=school.curator,
    )  # fmt: skip


def pair_of(school: School, mentee: str) -> Mentorship:
    """Return the open pair of a mentee of the cast."""
    return Mentorship.objects.get(
        ties__mentee=school.records[mentee], ties__ends_on=None, status__in=OPEN
    )


def live(school: School) -> None:
    """Let a school have papers, pairs, matchings, records and consents in every state."""
    by, state = school.curator, MentorshipStatus
    ClassTransfer.objects.create(
        organisation=school.organisation,
        from_year=school.year,
        to_year=school.year,
        moves={"ended": [], "made": {}, "groups": [], "graduates": {}},
        taken_back_at=timezone.now(),
    )
    merge_people(*(_double(school, n) for n in (1, 2)), taken={"position": True}, by=by)
    order = approve_pairs(school)
    set_requisites(order, number="1-о", dated_on=school.year.starts_on, by=by)
    register_document(order, by=by)
    set_pair_status(pair_of(school, "youngest"), state.CANCELLED, reason=_word(school), by=by)
    again = {school.records[key].pk: AfterEnd.AGAIN for key in ("novice", "teacher")}
    set_pair_status(pair_of(school, "novice"), state.COMPLETED, after=again, by=by)
    approve_pairs(school)
    set_pair_status(pair_of(school, "novice"), state.SUSPENDED, by=by)
    note_talks(
        {school.records["novice"]: f"доволен {_word(school)}"}, held_on=today(), held_by="Директор", by=by
    )  # fmt: skip
    thank_people([school.records["teacher"]], ThanksKind.GRATITUDE, on=today(), by=by)
    keep_paper_file(
        school.organisation,
        b"%PDF",
        title=f"Листы {_word(school)}",
        file_name=f"{_word(school)}.pdf",
        n_papers=1,
        people=[school.people["teacher"].pk],
        by=by,
    )
    ask_replacement(
        pair_of(school, "younger"), Voice(Side.MENTOR), words=f"Занят {_word(school)}", by=by
    )
    note_contact(
        pair_of(school, "younger"),
        Concern("silent", 15),
        spoken_with=SpokenWith.BOTH,
        words=f"Встретятся {_word(school)}",
        by=by,
    )
    keep_base_draft(
        school.programme,
        Side.MENTEE,
        [
            {
                "row": 2,
                "cells": {"person": school.people["younger"].full_name, "results": _word(school)},
            }
        ],
        file_name=f"{_word(school)}.xlsx",
        by=by,
    )
    extra = add_pupils(school, 4, start=90)
    for record in extra[:1]:
        set_participation_status(record, ParticipationStatus.LEFT, by=by)
    Participation.objects.filter(pk=extra[1].pk).update(
        status=ParticipationStatus.FINISHED, ends_on=today()
    )
    add_pupils(school, 1, start=80, side=Side.MENTOR)
    for _ in range(2):
        run_matching(school.programme, by=by)
    for mentor, ruling in (("older", Ruling.FORBID), ("oldest", Ruling.LOCK)):
        make_room(school, mentor)
        rule_pair(
            school.records[mentor], extra[2], ruling, reason=f"так решено {_word(school)}", by=by
        )
    give_opinion(
        mentor=school.records["older"], mentee=extra[2], outcome=OpinionOutcome.DISCUSS, by=by
    )
    jobs_of_every_end(school)
    give_opinion(mentor=school.records["older"], mentee=None, outcome=OpinionOutcome.FOR, by=by)
    put_step_aside(school.programme, Step.MEETING, by=by)
    ask(school)
    withdraw_consent(Consent.objects.filter(person=extra[3].person).first(), by=by)
    asked = [(extra[3].person, list(Purpose)), (extra[2].person, [Purpose.DATA])]
    print_blanks(school.organisation, asked, title=f"7А {_word(school)}", by=by)
    add_guardian(extra[3].person, full_name=f"Мать {_word(school)}", relation="mother", by=by)
    paper = Consent.objects.filter(person=extra[3].person, withdrawn_on=None).first()
    scan = SimpleUploadedFile(f"Согласие {_word(school)}.pdf", _sheet())
    attach_scan(paper, scan, by=by)
    wanted = [ByLink(school.people["teacher"], None, (Purpose.PARTICIPATION,))]
    make_consent_links(school.organisation, wanted, by=by)
    change_text(
        school.organisation, Purpose.DATA, title=f"Согласие {_word(school)}", body="Да.", by=by
    )
    gather(school, extra[2])
    train(school)
    hold_events(school)
    score(school)
    draw_up(school)
    plan(school, order)
    add_list(school, 2)
    accept_import(add_list(school, 3), by=by)
    gone = add_account(
        f"gone{school.organisation.pk}", None, full_name=f"Ушедшая {_word(school)}", by=by
    )
    end_role(
        grant_role(
            gone, school.organisation, Role.DIRECTOR, starts_on=school.year.starts_on, by=None
        ),
        by=None,
    )


def jobs_of_every_end(school: School) -> None:
    """Let something be done in the background with every end it can have."""
    by = school.curator
    reasons = (f"Не вышло: {_word(school)}.",)
    ends: list[Callable[[Job], object]] = [
        lambda job: fail_job(job, reasons=reasons, by=by),
        lambda job: finish_job(job, (given := engine_input(school.programme), given.run()), by=by),
        lambda job: cancel_job(job, by=by),
        lambda _job: lose_jobs(by=by),
    ]
    for end in ends:
        job = begin_job(counted_for(school, by=by), by=by)
        assert job is not None
        end(job)


def ask(school: School) -> None:
    """Let a school have a wave that is open, with an answer and a draft in it, one that is closed, a confidential one."""
    mark, by = _word(school), school.curator
    close_wave(wave_of(school, title=f"Прошлый опрос {mark}"), by=by)
    close_wave(wave_of(school, title=f"Тихий опрос {mark}", mode=Mode.CONFIDENTIAL), by=by)
    draft = copy_instrument(version(), school.organisation, by=by)
    change_draft(draft, dict(draft.body) | {"title": f"Черновик {mark}"}, by=by)
    wave = wave_of(school, title=f"Опрос {mark}")
    first, second, *_more = wave.invitations.exclude(person=school.people["younger"])
    said = {
        "before": "yes",
        "where": f"в лагере {mark}",
        "mood": ["calm"],
        "words": f"Поход {mark}",
    }
    submit_answers(first, said, submit_key="one", source=AnswerSource.LINK, by=by)
    keep_draft(second, said, by=by)
    question = PrintedQuestion(
        "before", "Был?", (PrintedOption("yes", "да"), PrintedOption("no", "нет"))
    )
    sheets = draw_sheets(
        f"Анкета {mark}", [question], [(second.person_id, second.person.full_name)], 0
    )
    keep_print(school.organisation, sheets, kind=SHEETS, subject_id=wave.pk, by=by)
    picture = BytesIO()
    Image.new("L", (1050, 1485), 255).save(picture, "JPEG")
    (number,) = sheets.people
    page = PageRead(
        1,
        token_of(number, 1),
        {"before": "yes"},
        {"before": MarkDoubt.TWO_MARKS},
        picture=picture.getvalue(),
    )
    pile = ReadPile([(f"скан {mark}.pdf", page)], [(f"чужое {mark}.txt", "Не прочитан.")], 2)
    keep_intake(school.organisation, pile, kind=SHEETS, subject_id=wave.pk, by=by)


def gather(school: School, mentee: Participation) -> None:
    """Hold two group meetings with a choice and a «not with»: one a matching has used, one that is open."""
    by = school.curator
    records = [school.records["older"], mentee]
    for _ in range(2):
        close_choices(school.programme, [mentee.pk], by=by)
        meeting = plan_group_meeting(
            school.programme, records, held_on=today(), place=f"зал {_word(school)}", by=by
        )
        come(meeting, by=by)
        mentor, other = Attendance.objects.filter(meeting=meeting).order_by("pk")
        words = {
            mentor.pk: AttendeeWishes(
                (other.pk,), comment=f"Хочу играть в шахматы {_word(school)}"
            ),
            other.pk: AttendeeWishes((), frozenset([mentor.pk])),
        }
        give_preferences(meeting, words, by=by)
    file = SimpleUploadedFile(f"{_word(school)}.pdf", _sheet())
    keep_minutes(meeting, text=f"Познакомились {_word(school)}", file=file, by=by)


def hold_events(school: School) -> None:
    """Hold an event with somebody who came and a family; plan another one to which a mentor is invited."""
    by, mark = school.curator, _word(school)
    held = plan_event(
        school.year, kind="seminar", title=f"Семинар {mark}", held_on=school.year.starts_on, place=f"Зал {mark}", by=by
    )  # fmt: skip
    (guest,) = invite_guests(held, [school.people["older"]], by=by)
    invite_guests(held, [school.people["younger"]], is_family=True, by=by)
    note_who_came(held, {guest.pk}, among={guest.pk}, n_others=3, by=by)
    keep_event_minutes(
        held, chair=f"Директор {mark}", secretary="", heard=f"Опыт {mark}", decided=f"Продолжить {mark}", by=by
    )  # fmt: skip
    ahead = plan_event(
        school.year, kind="group_closing", title=f"Итоги {mark}", held_on=school.year.ends_on, by=by
    )
    invite_guests(ahead, [school.people["older"], school.people["oldest"]], by=by)


def score(school: School) -> None:
    """Score the programme: a sheet handed in, another begun, by somebody of the staff."""
    by, mark = school.curator, _word(school)
    card = begin_scorecard(school.programme, scorer=by, by=by)
    said = {one.code: Scored(1, f"Замечание {mark}") for one in scorecard_rules().indicators}
    said["7"] = Scored(None, f"Партнёров нет {mark}")
    own = card.sheets.get()
    keep_marks(own, said, by=by)
    hand_in(own, by=by)
    deputy = add_account(
        f"deputy{school.organisation.pk}", None, full_name=f"Завучева {mark}", by=by
    )
    grant_role(
        deputy, school.organisation, Role.DEPUTY_DIRECTOR, starts_on=school.year.starts_on, by=None
    )
    keep_marks(invite_scorer(card, deputy, by=by), {"1": Scored(2)}, by=by)
    conclude_scorecard(card, conclusion=f"Вывод {mark}", by=by)
    take_snapshot(school.programme, assessment=f"Идёт {mark}", by=by)
    add_swot_note(school.programme, field="strength", words=f"Сильны {mark}", by=by)


def train(school: School) -> None:
    """Hold a course with a session, somebody with a result and somebody without, a material; the schedule is longer."""
    by, mark = school.curator, _word(school)
    course = open_course(school.year, title=f"Школа наставника {mark}", hours=6, by=by)
    held = plan_session(course, held_on=school.year.starts_on, theme=f"Знакомство {mark}", by=by)
    plan_session(course, held_on=school.year.ends_on, theme=f"Итоги {mark}", by=by)
    people = [school.people[key] for key in ("older", "oldest")]
    first, second = enrol_trainees(course, people, by=by)
    was = RegisterEntry({held.pk: True}, school.year.starts_on, "1")
    keep_register(course, {first.pk: was, second.pk: RegisterEntry({held.pk: False})}, by=by)
    file = SimpleUploadedFile(f"Памятка {mark}.pdf", _sheet())
    keep_material(course, title=f"Памятка {mark}", source="", file=file, by=by)


def draw_up(school: School) -> None:
    """Let a school have plans in every state: approved with a new edition in work, waiting, drawn up, begun; an own item."""
    by, mark = school.curator, _word(school)
    ties = Tie.objects.filter(
        organisation=school.organisation, ends_on=None, mentorship__status__in=OPEN
    )
    plans = open_plans(ties.order_by("pk"), by=by)
    states = (PlanStatus.APPROVED, PlanStatus.ACQUAINTED, PlanStatus.DRAWN)
    for plan, last in zip(plans, states, strict=False):
        words = {"strengths": f"Упорство {mark}", "notes": f"Помнить {mark}"}
        goals = [GoalEntry(f"Слёт {mark}", school.year.ends_on)]
        items = [
            ItemEntry(f"Поход {mark}", "other"),
            ItemEntry(f"Привал {mark}", "other", is_dropped=True),
        ]
        keep_plan(plan, PlanContent(1, words, goals, items), by=by)
        for step in (PlanStatus.DRAWN, PlanStatus.ACQUAINTED, PlanStatus.APPROVED):
            move_plan(plan, step, on_paper=True, by=by)
            if step == last:
                break
    first = IndividualPlan.objects.get(pk=plans[0].pk)
    tick_items(first, first.items.all()[:1], words=f"Вышло {mark}", by=by)
    open_edition(first, by=by)
    form = first.tie.mentorship.form
    add_library_item(form, school.organisation, kind="other", title=f"Музей {mark}", by=by)
    hide_library_item(form, school.organisation, "pupil-event", by=by)


def _sheet() -> bytes:
    """Return a PDF that is one: the guards read what a page hands out."""
    paper = FPDF()
    paper.add_page()
    return bytes(paper.output())


def come(meeting: GroupMeeting, *, by: User) -> None:
    """Let everybody who is invited come."""
    everybody = Attendance.objects.filter(meeting=meeting)
    note_attendance(meeting, set(everybody.values_list("pk", flat=True)), by=by)


def plan(school: School, order: Document) -> Roadmap:
    """Give a school a roadmap with a line in every state and proof of every kind, two drafts, and one in the archive."""
    by, mark = school.curator, _word(school)
    replaced = make_from_document(
        read_roadmap(school),
        begins_in=school.year.starts_on.year,
        level=RoadmapLevel.SCHOOL,
        by=by,
    )
    Roadmap.objects.filter(pk=replaced.pk).update(archived_at=timezone.now())
    roadmap = make_from_catalogue(school.year, RoadmapLevel.SCHOOL, by=by)
    roadmap.activities.filter(position__gt=3).delete()
    for number, status in enumerate(ActivityStatus):
        line = add_line(roadmap, number, mark, by=by)
        if status != ActivityStatus.PLANNED:
            set_activity_status(line, status, by=by)
    add_evidence(line, document=order, by=by)
    read_roadmap(school)
    read_roadmap(school, roadmap=roadmap)
    return roadmap


def agree(cast: Cast) -> Roadmap:
    """Let the district set lines, withdraw one and change another; both schools take them over and are answered."""
    roadmap = make_municipal(cast.district, by=cast.coordinator)
    roadmap.activities.filter(position__gt=5).delete()
    lines = list(roadmap.activities.all())
    set_lines(roadmap, lines, by=cast.coordinator)
    for school, answer in (
        (cast.school, AgreementStatus.AGREED), (cast.other, AgreementStatus.RETURNED),
    ):  # fmt: skip
        own = Roadmap.objects.live().get(year=school.year)
        made = adopt_lines(own, DistrictLine.objects.all()[:3], by=school.curator)
        later = made[0].activity
        change_activity(later, ends_on=school.year.ends_on, by=school.curator)
        for one in made:
            explain_delay(one, f"так решено {_word(school)}", by=school.curator)
        sent = send_roadmap(own, by=school.curator)
        answer_roadmap(sent, answer, remark="посмотрите сроки", by=cast.coordinator)
        change_activity(later, title="Иначе, чем согласовано", by=school.curator)
    for school in (cast.school, cast.other):
        given = [
            give_recommendation(
                school.organisation, words=f"Собрать базу {_word(school)}", due_on=today(), indicator="K1", by=cast.coordinator
            )
            for _n in range(2)
        ]  # fmt: skip
        answer_recommendation(given[0], f"Собрана {_word(school)}", by=school.curator)
    set_lines(roadmap, lines[1:], by=cast.coordinator)
    change_activity(lines[1], title="Иначе, чем взято", by=cast.coordinator)
    return roadmap


def add_line(roadmap: Roadmap, number: int, mark: str, *, by: User) -> Activity:
    """Add a line to a roadmap, with two proofs."""
    line = add_activity(
        roadmap,
        number=f"{100 + number}",
        title=f"Слёт {number} {mark}",
        term_text="постоянно",
        responsible=f"Директор {mark}{_letters(number)}",
        by=by,
    )
    add_evidence(line, note=f"протокол {mark}", by=by)
    add_evidence(line, link=f"https://example.invalid/{mark}", by=by)
    return line


def read_roadmap(
    school: School, *, roadmap: Roadmap | None = None, number: int = 2
) -> RoadmapDraft:
    """Read a document of a school into a draft."""
    mark = _word(school)
    lines = [f"{n}\tДело {n} {mark}\tмай\tДиректор {mark}" for n in range(1, number + 1)]
    text = "\n".join(["№\tМероприятие\tСроки\tОтветственный", *lines, f"Исполнитель {mark}"])
    return start_reading(
        school.organisation, file_name="", text=text, roadmap=roadmap, by=school.curator
    )


def make_room(school: School, mentor: str) -> None:
    """Let a mentor take one more."""
    record = school.records[mentor]
    record.refresh_from_db()
    change_participation(record, capacity=record.active_count + 1, by=school.curator)


def add_list(school: School, number: int, *, start: int = 0) -> RosterImport:
    """Load a list of `number` pupils as a draft; one row of it is wrong."""
    mark = _word(school)
    lines = [
        f"{n}\tСписков-{mark} Иван{_letters(start + n)}\t8А\t01.03.2012" for n in range(number)
    ]
    text = "\n".join(["№\tФИО\tКласс\tДата рождения", *lines, f"{number}\tСписков-{mark}\t8А\t"])
    draft = start_import(
        school.organisation,
        kind=RosterKind.PUPILS,
        file_name="",
        data=None,
        text=text,
        by=school.curator,
    )[0]
    assert draft.rows
    return draft


def _word(school: School) -> str:
    return " ".join(school.organisation.short_name.split()[3:])


def add_pupils(
    school: School, number: int, *, start: int = 0, side: Side = Side.MENTEE
) -> list[Participation]:
    """Put pupils with papers into a base, ready for matching."""
    by, year = school.curator, today().year
    mark = _word(school)
    people = [
        register_person(
            school.organisation,
            group="10Б" if side == Side.MENTOR else "6Б",
            kind=PersonKind.PUPIL,
            last_name=f"Запасов-{mark}",
            first_name=f"Пётр{_letters(start + n)}",
            patronymic="",
            birth_date=dt.date(year - (16 if side == Side.MENTOR else 12), 2, 1),
            by=by,
        )
        for n in range(number)
    ]
    record_consents(people, NEEDED_FOR_BASE, signed_on=school.year.starts_on, by=by)
    records, refused = add_to_base(school.programme, people, side, by=by)
    assert not refused
    for record in records:
        change_participation(record, areas=["maths"], request=_request(record, mark), by=by)
    passed, stopped = make_ready(records, by=by)
    assert not stopped
    return passed


def _request(record: Participation, mark: str) -> str:
    return "" if record.is_mentor else f"подтянуть предмет {mark}"


def _letters(number: int) -> str:
    return "".join("абвгдежзик"[int(figure)] for figure in str(number))


def grow(cast: Cast, number: int, *, start: int) -> None:
    """Give the district and its first school `number` more of everything a list can show."""
    school, by = cast.school, cast.anna
    for n in range(start, start + number):
        add_partner(school.organisation, name=f"Завод {n}", by=by)
        first = school.year.starts_on.replace(year=school.year.starts_on.year - 1 - n)
        open_year(
            school.organisation, starts_on=first, ends_on=first.replace(year=first.year + 1), by=by
        )
        open_group(school.year, f"7{_letters(n)}", grade=7, by=by)
        user = add_account(f"more{n}", None, full_name=f"Ещёва {n}", by=by)
        grant_role(user, school.organisation, Role.DIRECTOR, by=None)
        add_organisation(
            cast.district,
            level=Level.ORGANISATION,
            kind=OrganisationKind.SCHOOL,
            full_name=f"Школа {n}",
            short_name=f"Школа {n}",
            town="г. Примерск",
            by=None,
        )
        copy = Programme.objects.get(pk=school.programme.pk)
        copy.pk, copy._state.adding = None, True
        copy.starts_on -= dt.timedelta(days=365)
        copy.ends_on -= dt.timedelta(days=365)
        copy.save()
        copy.forms.set(school.programme.forms.all())
    add_list(school, number, start=start)
    accept_import(add_list(school, number, start=start + 100), by=by)
    roadmap = Roadmap.objects.live().get(year=school.year)
    for n in range(start, start + number):
        add_line(roadmap, n, MARK, by=by)
    for year in school.organisation.years.filter(roadmaps=None)[: number - 1]:
        shift_from(roadmap, year, by=by)
    RoadmapDraft.objects.filter(organisation=school.organisation).delete()
    for own in (None, roadmap):
        read_roadmap(school, roadmap=own, number=number)
    mentees = add_pupils(school, number, start=start)
    mentors = add_pupils(school, number, start=start + 1000, side=Side.MENTOR)
    for mentor, mentee in zip(mentors, mentees, strict=True):
        rule_pair(mentor, mentee, Ruling.LOCK, reason="вместе", by=by)
    order = approve_run(run_matching(school.programme, by=by), by=by)
    for n in range(start, start + number):
        order.pk, order._state.adding, order.number = None, True, f"{n}-копия"
        order.save()
    # and as many who only wait, with bans, in a matching that is still to be approved
    waiting = add_pupils(school, number, start=start + 2000)
    free = add_pupils(school, number, start=start + 3000, side=Side.MENTOR)
    for mentor, mentee in zip(free, reversed(waiting), strict=True):
        rule_pair(mentor, mentee, Ruling.FORBID, reason="врозь", by=by)
    gather_more(school, waiting, free, number, start=start)
    train_more(school, mentors, number, start=start)
    ask_more(school, number, start=start)


def train_more(school: School, mentors: list[Participation], number: int, *, start: int) -> None:
    """Put more people on the list of the course, and open more courses."""
    by = school.curator
    course = TrainingCourse.objects.filter(organisation=school.organisation).earliest("pk")
    enrol_trainees(course, [record.person for record in mentors], by=by)
    for n in range(start, start + number):
        open_course(school.year, title=f"Курс {n}", hours=1, by=by)
    ahead = ProgrammeEvent.objects.filter(organisation=school.organisation).earliest("pk")
    invite_guests(ahead, [record.person for record in mentors], by=by)
    for n in range(start, start + number):
        plan_event(
            school.year, kind="other", title=f"Событие {n}", held_on=school.year.starts_on, by=by
        )


def ask_more(school: School, number: int, *, start: int) -> None:
    """Ask everybody in the open wave, and begin and end more of them."""
    invite_people(
        Wave.objects.filter(organisation=school.organisation, status="open").latest("pk"),
        by=school.curator,
    )
    for n in range(start, start + number):
        close_wave(wave_of(school, title=f"Опрос {n}"), by=school.curator)


def gather_more(
    school: School,
    waiting: list[Participation],
    free: list[Participation],
    number: int,
    *,
    start: int,
) -> None:
    """Let more people come to the open meeting and choose, and plan more meetings; match them."""
    by = school.curator
    held = GroupMeeting.objects.filter(programme=school.programme, attendances__came=True)
    meeting = open_choices(held.latest("pk"), by=by)
    invite_to_meeting(meeting, [*waiting, *free], by=by)
    come(meeting, by=by)
    rows = list(Attendance.objects.filter(meeting=meeting).choosing().select_related("record"))
    mentors = [row for row in rows if row.record.is_mentor]
    mentees = [row for row in rows if not row.record.is_mentor]
    words = {
        row.pk: AttendeeWishes((mentors[-1].pk,), frozenset([mentors[0].pk])) for row in mentees
    }
    give_preferences(meeting, words, by=by)
    # the matching uses no choices here: the page of an open meeting is what is measured
    Attendance.objects.filter(meeting=meeting).update(answered_at=None)
    run_matching(school.programme, by=by)
    Attendance.objects.filter(pk__in=list(words)).update(answered_at=timezone.now())
    for n in range(start, start + number):
        plan_group_meeting(
            school.programme,
            [waiting[0], free[0]],
            held_on=school.year.starts_on,
            place=f"{n}",
            by=by,
        )


def people_of(school: School) -> list[Person]:
    """Return everybody on the roster of a school."""
    return list(Person.objects.filter(organisation=school.organisation))
