"""The demo: a district with two invented schools, built only through actions, always the same."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from nastavnik.consents.actions import add_guardian, print_blanks, record_consents
from nastavnik.consents.choices import NEEDED_FOR_BASE, Purpose, Relation
from nastavnik.consents.queries import AGE_OF_MAJORITY
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.hooks.facts import facts_of
from nastavnik.core.passwords import one_time_password
from nastavnik.demo.names import people
from nastavnik.demo.whole_year import (
    DAYS_LEFT,
    PREPARED,
    ask,
    close,
    end_otherwise,
    score,
    whole_year,
)
from nastavnik.districts.actions import (
    adopt_lines,
    answer_roadmap,
    make_municipal,
    send_roadmap,
    set_lines,
)
from nastavnik.districts.choices import AgreementStatus
from nastavnik.districts.models import DistrictLine
from nastavnik.documents.actions import (
    enter_particulars,
    refresh_document,
    register_document,
    set_requisites,
)
from nastavnik.events.actions import invite_guests, note_who_came, plan_event
from nastavnik.events.catalogues import kinds as kinds_of_events
from nastavnik.matching.actions import run_matching
from nastavnik.mentorships.actions import (
    Note,
    approve_run,
    enter_month,
    note_meeting,
    postpone_meeting,
)
from nastavnik.mentorships.choices import Mark, MeetingKind, MeetingStatus, MentorshipStatus
from nastavnik.mentorships.models import Meeting, Mentorship, Tie
from nastavnik.mentorships.queries import Voice, voice_of
from nastavnik.organisations.actions import add_organisation, add_partner, open_year
from nastavnik.organisations.choices import Level, OrganisationKind
from nastavnik.organisations.models import AcademicYear, Organisation
from nastavnik.organisations.queries import year_bounds
from nastavnik.people.actions import (
    accept_import,
    add_account,
    appoint_class_teacher,
    change_password,
    grant_role,
    register_person,
    start_import,
)
from nastavnik.people.choices import PersonKind, RosterKind
from nastavnik.people.models import Enrolment, Person, StudyGroup, User
from nastavnik.plans.actions import (
    GoalEntry,
    PlanContent,
    keep_plan,
    move_plan,
    open_plans,
    tick_items,
)
from nastavnik.plans.choices import PlanStatus
from nastavnik.plans.models import IndividualPlan
from nastavnik.programmes.actions import (
    AttendeeWishes,
    add_to_base,
    change_form,
    change_participation,
    give_preferences,
    keep_minutes,
    make_ready,
    note_attendance,
    open_programme,
    plan_group_meeting,
)
from nastavnik.programmes.choices import InterviewOutcome, ParticipationStatus, Side
from nastavnik.programmes.models import Attendance, MentoringForm, Participation, Programme
from nastavnik.roadmaps.actions import (
    add_evidence,
    change_activity,
    make_from_catalogue,
    set_activity_status,
)
from nastavnik.roadmaps.choices import ActivityStatus, RoadmapLevel
from nastavnik.roadmaps.models import Roadmap
from nastavnik.roadmaps.queries import needed_facts
from nastavnik.training.actions import (
    RegisterEntry,
    enrol_trainees,
    keep_register,
    open_course,
    plan_session,
)
from nastavnik.training.catalogues import examples
from nastavnik.training.models import TrainingCourse

STAGES = ("empty", "enrolment", "matching", "running", "closing", "finished")
PASSWORD = "наставник-2026"  # noqa: S105 - of the demo, printed at every start
OLDER_FROM = 9  # the grade from which pupils lead others
CLASSES = ("5А", "5Б", "6А", "6Б", "7А", "8А", "9А", "9Б", "10А", "11А")
PUPILS_IN_CLASS = 12
N_WITH_PARENT = 6  # mentees with a representative noted
POSITIONS = (
    ("учитель математики", "математика"), ("учитель математики", "математика"),
    ("учитель русского языка и литературы", "русский язык"), ("учитель русского языка и литературы", "русский язык"),
    ("учитель физики", "физика"), ("учитель химии и биологии", "химия"), ("учитель истории", "история"),
    ("учитель английского языка", "английский язык"), ("учитель английского языка", "английский язык"),
    ("учитель информатики", "информатика"), ("учитель физической культуры", "физическая культура"),
    ("учитель музыки", "музыка"), ("учитель начальных классов", ""), ("учитель географии", "география"),
    ("педагог-психолог", ""), ("социальный педагог", ""), ("педагог-организатор", ""),
    ("заместитель директора по воспитательной работе", ""),
    ("заместитель директора по учебно-воспитательной работе", ""), ("педагог-библиотекарь", ""),
    ("учитель технологии", "технология"), ("тьютор", ""), ("старший вожатый", ""), ("директор", ""),
    ("учитель математики", "математика"),
)  # fmt: skip
BEGAN_AGO = dt.timedelta(days=70)  # the pairs of the running demo have met for ten weeks
SILENT, POSTPONING, ASKING, LOW = 2, 4, 6, 8  # places of the pairs that need somebody
LEFT_OPEN = {SILENT: 3, POSTPONING: 1, ASKING: 1, LOW: 0}  # their last meetings nobody has noted
WITH_PLAN = 12  # each costs a start some milliseconds; the others are begun by one press
WAITING = (4, 9)
BEHIND = (2, 7)
PLAN_STEPS = (PlanStatus.DRAWN, PlanStatus.ACQUAINTED, PlanStatus.APPROVED)
STRENGTHS = ("любознательность, упорство", "умеет слушать, доводит до конца", "легко знакомится")
STAYED_AWAY = (3, 11)  # places in the list of the group meeting
SILENT_ONES = 3  # how many came and did not choose
MINUTES = (
    "Представились наставники и наставляемые. Куратор рассказала о программе и о том, как пройдут встречи. "
    "Каждый записал, с кем хотел бы работать."
)
REQUESTS = (
    ("подтянуть математику к концу четверти", ["maths"], ["chess", "football"]),
    ("привыкнуть к новому классу", ["adaptation", "communication"], ["drawing", "reading"]),
    ("научиться выступать перед классом", ["speaking"], ["theatre", "cinema"]),
    ("собрать робота для школьной выставки", ["robotics", "informatics"], ["robots", "games"]),
    ("писать без ошибок", ["russian"], ["reading", "music"]),
    ("успевать и уроки, и секцию", ["organising", "sport"], ["swimming", "volleyball"]),
    ("выбрать тему исследования", ["research"], ["nature", "travel"]),
    ("подготовиться к олимпиаде", ["olympiad", "physics"], ["coding", "chess"]),
)
# what the district asks of its schools: papers, partners, bases, cases, publication
OF_DISTRICT = ("A01", "A08", "A25", "A31", "A35", "A63", "A64")
PROOFS = {
    "1": "протокол педсовета № 1",
    "2": "протокол общешкольного родительского собрания",
    "4": "сценарий классного часа",
}
OFFERS = (
    (["maths", "physics", "olympiad"], ["chess", "coding"]),
    (["adaptation", "communication", "leadership"], ["volleyball", "cinema"]),
    (["russian", "speaking"], ["theatre", "reading"]),
    (["robotics", "informatics"], ["robots", "games"]),
    (["organising", "sport"], ["swimming", "football"]),
    (["research", "chemistry"], ["nature", "travel"]),
)


@dataclass
class Account:
    """A way into the demo."""

    role: str
    login: str


def accounts() -> list[Account]:
    """Return the ways into the demo, whatever its stage."""
    return [
        Account("куратор", "kurator"),
        Account("директор", "direktor"),
        Account("классный руководитель 5А", "klass"),
        Account("психолог", "psiholog"),
        Account("наставник, 9А", "nastavnik"),
        Account("наставляемый, 5А", "uchenik"),
        Account("куратор второй школы", "kurator2"),
        Account("координатор района", "rayon"),
    ]


@transaction.atomic
def settled_password() -> str:
    """Return the password of the demo's accounts: the one everybody knows while only this computer opens the site.

    Where others open it, the accounts get a fresh one, kept beside the data for the next start.
    """
    kept = settings.DATA / "demo-password"
    known = kept.read_text().strip() if kept.exists() else ""
    if not known and not settings.IS_REACHABLE:
        return PASSWORD
    fresh = known or one_time_password()
    for user in User.objects.filter(login__in=[account.login for account in accounts()]):
        if user.check_password(PASSWORD):
            change_password(user, fresh, by=None)
    kept.touch(mode=0o600)
    kept.write_text(fresh)
    return fresh


@transaction.atomic
def build(stage: str) -> None:
    """Build the demo up to a stage, all or nothing.

    Args:
        stage: one of `STAGES`: schools and accounts; lists, bases and half of the papers; everyone ready and a
            matching waiting for approval; pairs running; a whole year lived, to be closed now; the same year closed. The last two
            are a year of their own that ends today, whatever the day.
    """
    depth = STAGES.index(stage)
    left = DAYS_LEFT.get(stage)
    district = add_organisation(
        None,
        level=Level.MUNICIPALITY,
        kind=OrganisationKind.OFFICE,
        full_name="Управление образования Примерского района",
        short_name="Примерский район",
        town="г. Примерск",
        by=None,
    )
    coordinator = add_account("rayon", PASSWORD, full_name="Районова Римма Романовна", by=None)
    names = people()
    first = _school(
        district,
        "Средняя школа № 7",
        "Образцова Вера Сергеевна",
        "Кураторова Елена Викторовна",
        1,
        left,
    )
    second = _school(
        district, "Основная школа № 12", "Примеров Пётр Олегович", "Вторая Нина Петровна", 2, left
    )
    grant_role(coordinator, district, Role.COORDINATOR, starts_on=first.year.starts_on, by=None)
    if depth >= 1:
        first.fill(names, CLASSES, PUPILS_IN_CLASS, POSITIONS, ready=depth > 1)
        second.fill(names, CLASSES[:2] + CLASSES[6:7], 5, POSITIONS[:6], ready=depth > 1)
    first.add_accounts()
    if depth >= 2:  # noqa: PLR2004 - the place in STAGES
        first.match(approve=depth > 2)  # noqa: PLR2004 - as above
        second.match(approve=depth > 2)  # noqa: PLR2004 - as above
    if depth > 2:  # noqa: PLR2004 - as above
        _agree(district, coordinator, first, second)
    if left is not None:
        for school in (first, second):
            school.live_on(is_closed=stage == "finished")


def _last_day(year: AcademicYear) -> dt.date:
    """Return when the programme ends: with the lessons, or in summer with the year, so that pairs always run."""
    with_lessons = year.ends_on.replace(month=5, day=25)
    return with_lessons if today() < with_lessons.replace(day=1) else year.ends_on


def _agree(district: Organisation, coordinator: User, first: "School", second: "School") -> None:
    """Let the district set a few lines: the first school has them agreed, the second has taken some and is late."""
    own, curator = first.plan(), first.curator
    roadmap = make_municipal(district, by=coordinator)
    for activity in roadmap.activities.filter(ends_on__lt=today()):
        set_activity_status(activity, ActivityStatus.DONE, done_on=activity.ends_on, by=coordinator)
    chosen = roadmap.activities.filter(catalogue_code__in=OF_DISTRICT)
    set_lines(roadmap, chosen, by=coordinator)
    lines = list(DistrictLine.objects.standing().filter(activity__in=chosen))
    made = adopt_lines(own, lines, by=curator)
    known = first.facts()
    for activity in [one.activity for one in made]:
        is_over = activity.ends_on is not None and activity.ends_on < today()
        is_open = is_over and activity.status == ActivityStatus.PLANNED
        if is_open and known.isdisjoint(needed_facts(activity)):
            set_activity_status(activity, ActivityStatus.DONE, done_on=activity.ends_on, by=curator)
    sent = send_roadmap(own, by=curator)
    answer_roadmap(sent, AgreementStatus.AGREED, by=coordinator)
    adopt_lines(second.begin_roadmap(), lines[:3], by=second.curator)
    # after that the district says one thing otherwise: the first school sees it
    change_activity(
        lines[-1].activity, result="справка, фотографии, ссылка на страницу школы", by=coordinator
    )


def _wishes(came: list[Attendance]) -> dict[int, AttendeeWishes]:
    """Return whom people would like, by their places in the list: up to three of those in one form with them."""
    forms = {row.pk: {form.code for form in row.record.forms.all()} for row in came}
    wishes = {}
    for number, row in enumerate(came[:-SILENT_ONES]):
        across = [one for one in came if one.record.side != row.record.side]
        near = [one.pk for one in across if forms[one.pk] & forms[row.pk]]
        ranked = [near[(number + 5 * step) % len(near)] for step in range(3)] if near else []
        refused = [key for key in near[:1] if number % 9 == 4]  # noqa: PLR2004 - one in nine
        chosen = tuple(key for key in dict.fromkeys(ranked) if key not in refused)
        wishes[row.pk] = AttendeeWishes(chosen, frozenset(refused))
    return wishes


def _pairs_with_accounts(pairs: QuerySet[Mentorship]) -> QuerySet[Mentorship]:
    """Return the pairs in which somebody may sign in: they are to find a meeting that waits for them."""
    people = User.objects.exclude(person=None).values("person_id")
    return pairs.filter(
        Q(mentor__person__in=people) | Q(ties__mentee__person__in=people)
    ).distinct()


def _mentees(pair: Mentorship) -> list[Voice]:
    return [voice_of(pair, tie) for tie in pair.ties.all()]


def _story(number: int, place: int, mentees: list[Voice]) -> Note:
    """Return what is said of a meeting, by the place of the pair and of the meeting: always the same."""
    if (number + 3 * place) % 17 == 16:  # noqa: PLR2004 - some meeting, not the first ones
        return Note(status=MeetingStatus.MISSED, words="карантин в классе")
    marks = {Voice(Side.MENTOR): Mark.GOOD}
    for seat, mentee in enumerate(mentees):
        kind = Mark.HARD if number == LOW else (Mark.GOOD, Mark.PLAIN)[(number + place + seat) % 2]
        marks[mentee] = kind
    return Note(status=MeetingStatus.HELD, marks=marks)


@dataclass
class School:
    """One invented school and the steps of its curator."""

    organisation: Organisation
    year: AcademicYear
    curator: User
    number: int
    programme: Programme | None = None
    # of a year that is lived whole: the days until its programme ends
    days_left: int | None = None
    staff: list[Person] = field(default_factory=list)

    @property
    def began_on(self) -> dt.date:
        """The first day of the pairs."""
        if self.days_left is not None:
            return self.year.starts_on + PREPARED
        return max(self.year.starts_on, today() - BEGAN_AGO)

    def fill(
        self,
        names: Iterator[dict[str, str]],
        classes: tuple[str, ...],
        n_in_class: int,
        positions: tuple[tuple[str, str], ...],
        *,
        ready: bool,
    ) -> None:
        """Load the lists, open the programme, fill the bases; `ready` lets everyone pass the gate."""
        pupils = self._pupils(names, classes, n_in_class)
        self.staff = [self._employee(names, *place) for place in positions]
        if self.number == 1:
            group = StudyGroup.objects.get(organisation=self.organisation, name="5А")
            appoint_class_teacher(group, self.staff[12], by=self.curator)
        outsiders = self._outsiders(names) if self.number == 1 else []
        self.programme = self._open_programme()
        self._bases(pupils, outsiders, ready=ready)

    def _pupils(
        self, names: Iterator[dict[str, str]], classes: tuple[str, ...], n_in_class: int
    ) -> dict[str, list[Person]]:
        """Load one list of all classes, as a curator would, and return the pupils by class."""
        rows = ["Фамилия\tИмя\tОтчество\tДата рождения\tКласс"]
        for group in classes:
            born_in = self.year.starts_on.year - int(group[:-1]) - 6
            for number, name in enumerate(islice(names, n_in_class)):
                born = dt.date(born_in, 1 + number % 12, 3 + number)
                rows.append(
                    f"{name['last_name']}\t{name['first_name']}\t{name['patronymic']}\t{born:%d.%m.%Y}\t{group}"
                )
        [draft] = start_import(
            self.organisation,
            kind=RosterKind.PUPILS,
            file_name="",
            text="\n".join(rows),
            by=self.curator,
        )
        accept_import(draft, by=self.curator)
        groups: dict[str, list[Person]] = {group: [] for group in classes}
        enrolments = Enrolment.objects.filter(organisation=self.organisation).order_by("person_id")
        for row in enrolments.select_related("person", "study_group"):
            groups[row.study_group.name].append(row.person)
        return groups

    def _employee(self, names: Iterator[dict[str, str]], position: str, subject: str) -> Person:
        return register_person(
            self.organisation,
            kind=PersonKind.TEACHER,
            position=position,
            subject=subject,
            by=self.curator,
            **next(names),
        )

    def _outsiders(self, names: Iterator[dict[str, str]]) -> list[Person]:
        places = (("АО «Примерский завод»", "инженер"), ("Кафе «Образец»", "технолог"))
        return [
            register_person(
                self.organisation,
                kind=PersonKind.EMPLOYER,
                position=position,
                partner=add_partner(self.organisation, name=place, by=self.curator),
                birth_date=dt.date(1980, 5, 5),
                by=self.curator,
                **next(names),
            )
            for place, position in places
        ]

    def _open_programme(self) -> Programme:
        codes = ["pupil_pupil", "teacher_teacher"]
        if self.number == 1:
            codes.append("employer_pupil")
        year = self.year
        programme = open_programme(
            year,
            title=f"Программа наставничества на {year} учебный год",
            starts_on=year.starts_on,
            ends_on=_last_day(year)
            if self.days_left is None
            else today() + dt.timedelta(days=self.days_left),
            forms=MentoringForm.objects.directory().filter(code__in=codes),
            by=self.curator,
        )
        for form in programme.forms.filter(code="employer_pupil"):
            change_form(form, is_group=True, by=self.curator)
        return programme

    def _bases(
        self, pupils: dict[str, list[Person]], outsiders: list[Person], *, ready: bool
    ) -> None:
        programme = self.programme
        assert programme is not None  # noqa: S101 - `fill` has opened it
        young = [
            p
            for group, people_ in pupils.items()
            if int(group[:-1]) < OLDER_FROM
            for p in people_[:5]
        ]
        old = [
            p
            for group, people_ in pupils.items()
            if int(group[:-1]) >= OLDER_FROM
            for p in people_[:4]
        ]
        novices, masters = self.staff[-1:] + self.staff[4:5], self.staff[:3]
        mentees = add_to_base(programme, [*young, *novices], Side.MENTEE, by=self.curator)[0]
        seniors = [p for group, people_ in pupils.items() if group == "11А" for p in people_[6:8]]
        mentees += add_to_base(
            programme,
            seniors,
            Side.MENTEE,
            forms=programme.forms.filter(code="employer_pupil"),
            by=self.curator,
        )[0]
        mentors = add_to_base(
            programme, [*old, *masters, *outsiders], Side.MENTOR, by=self.curator
        )[0]
        self._describe(mentees, mentors)
        self._sign([*mentees, *mentors], everything=ready)
        make_ready([*mentees, *mentors] if ready else mentees[:6] + mentors[:4], by=self.curator)

    def _describe(self, mentees: list[Participation], mentors: list[Participation]) -> None:
        for record, (words, areas, interests) in zip(mentees, cycle(REQUESTS), strict=False):
            text, wanted = (words, areas)
            if record.person.kind == PersonKind.TEACHER:
                text, wanted = "увереннее вести урок", ["lesson", "classroom"]
            elif any(form.code == "employer_pupil" for form in record.forms.all()):
                text, wanted = "понять, подходит ли профессия инженера", ["career", "workplace"]
            change_participation(
                record, request=text, areas=wanted, interests=interests, by=self.curator
            )
        for number, (record, (areas, interests)) in enumerate(
            zip(mentors, cycle(OFFERS), strict=False)
        ):
            offered, years = areas, None
            is_left_out = number == STAYED_AWAY[0]
            if record.person.kind == PersonKind.TEACHER:
                offered, years = ["lesson", "subject_method", "classroom"], 18
            elif record.person.kind == PersonKind.EMPLOYER:
                offered, years = ["career", "workplace"], 9
            change_participation(
                record,
                areas=offered,
                interests=interests,
                capacity=1 + (number % 3 > 0),
                experience_years=years,
                cleared_on=self.year.starts_on
                if record.person.kind == PersonKind.EMPLOYER
                else None,
                interviewed_on=None if is_left_out else self.year.starts_on,
                interviewer="" if is_left_out else "куратор, педагог-психолог",
                interview_outcome="" if is_left_out else InterviewOutcome.RECOMMENDED,
                by=self.curator,
            )

    def _sign(self, records: list[Participation], *, everything: bool) -> None:
        people_ = [record.person for record in records]
        signed = people_ if everything else people_[: len(people_) * 2 // 3]
        for person in [one for one in people_ if one.is_learner][:N_WITH_PARENT]:
            add_guardian(
                person,
                full_name=f"{person.last_name} Мария Примеровна"
                if person.last_name.endswith("а")
                else f"{person.last_name} Пётр Примерович",
                relation=Relation.MOTHER if person.last_name.endswith("а") else Relation.FATHER,
                basis="свидетельство о рождении I-ПР № 000000",
                by=self.curator,
            )
        for person in signed:
            record_consents(
                [person], NEEDED_FOR_BASE, signed_on=self._signed_on(person), by=self.curator
            )
        if late := [person for person in people_ if person not in signed]:
            asked = [(person, NEEDED_FOR_BASE) for person in late]
            print_blanks(self.organisation, asked, title="Кого не хватает", by=self.curator)
        record_consents(
            signed[:5], [Purpose.PUBLICATION], signed_on=self.year.starts_on, by=self.curator
        )

    def _signed_on(self, person: Person) -> dt.date:
        """Return when a person's paper was signed: anew on the birthday by those who have come of age this year."""
        first = self.year.starts_on
        if person.birth_date is None:
            return first
        of_age_on = person.birth_date.replace(year=person.birth_date.year + AGE_OF_MAJORITY)
        return of_age_on if first < of_age_on <= today() else first

    def add_accounts(self) -> None:
        """Give accounts to the other roles of the school."""
        plan = (
            ("direktor", Role.DIRECTOR, "Образцова Вера Сергеевна", None),
            ("klass", Role.CLASS_TEACHER, "Классная Ирина Олеговна", 12),
            ("psiholog", Role.PSYCHOLOGIST, "Чуткова Ольга Ильинична", 14),
        )
        for login, role, person in self._pair_of_pupils():
            user = add_account(
                login, PASSWORD, full_name=person.full_name, person=person, by=self.curator
            )
            grant_role(user, self.organisation, role, starts_on=self.year.starts_on, by=None)
        for login, role, name, place in plan:
            own = self.staff[place] if place is not None and self.staff else None
            user = add_account(
                login,
                PASSWORD,
                full_name=name if own is None else own.full_name,
                person=own,
                by=self.curator,
            )
            grant_role(user, self.organisation, role, starts_on=self.year.starts_on, by=None)

    def _pair_of_pupils(self) -> list[tuple[str, Role, Person]]:
        pupils = Person.objects.filter(organisation=self.organisation)
        found = []
        for login, role, group in (
            ("nastavnik", Role.MENTOR, "9А"),
            ("uchenik", Role.MENTEE, "5А"),
        ):
            in_group = pupils.filter(enrolments__study_group__name=group)
            if person := in_group.order_by("pk").first():
                found.append((login, role, person))
        return found

    def match(self, *, approve: bool) -> None:
        """Run the matching; approved, its order is registered and a few new people wait again."""
        assert self.programme is not None  # noqa: S101 - `fill` has opened it
        self.gather(self.programme)
        run = run_matching(self.programme, by=self.curator)
        if not approve:
            return
        began_on = self.began_on
        if self.days_left is not None:
            ask(
                self.programme, "before", opens_on=began_on - dt.timedelta(days=14), by=self.curator
            )
        self.train(self.programme)
        self.hold_events()
        order = approve_run(run, starts_on=began_on, by=self.curator)
        set_requisites(order, number="118-о", dated_on=began_on, by=self.curator)
        answers = {
            "curator_post": "заместитель директора по воспитательной работе",
            "method_council_number": "2",
            "method_council_on": (began_on - dt.timedelta(days=3)).isoformat(),
            "agreements_by": "Кадрова Нина Павловна",
            "agreements_post": "специалист по кадрам",
            "agreements_until": (began_on + dt.timedelta(days=10)).isoformat(),
        }
        enter_particulars(order, answers, by=self.curator)
        refresh_document(order, by=self.curator)
        register_document(order, by=self.curator)
        self.meet()
        self.draw_up()

    def gather(self, programme: Programme) -> None:
        """Hold the group meeting of everybody who is ready; all but two come, all but three of those choose."""
        ready = Participation.objects.filter(programme=programme, status=ParticipationStatus.READY)
        meeting = plan_group_meeting(
            programme,
            ready.order_by("pk"),
            held_on=max(programme.starts_on, self.began_on - dt.timedelta(days=7)),
            place="актовый зал, после шестого урока",
            by=self.curator,
        )
        rows = list(
            Attendance.objects.filter(meeting=meeting)
            .select_related("record")
            .prefetch_related("record__forms")
            .order_by("pk")
        )
        came = [row for number, row in enumerate(rows) if number not in STAYED_AWAY]
        note_attendance(meeting, {row.pk for row in came}, by=self.curator)
        give_preferences(meeting, _wishes(came), by=self.curator)
        keep_minutes(meeting, text=MINUTES, by=self.curator)

    def train(self, programme: Programme) -> None:
        """Train the mentors by the ready course before the pairs begin: two were ill and have no result; and the curator."""
        first = max(programme.starts_on, self.began_on - dt.timedelta(days=21))
        course = self._course("mentors_school")
        sessions = [
            plan_session(
                course,
                held_on=first + dt.timedelta(days=7 * place),
                theme=theme,
                place="кабинет 24, 15:00",
                leader="куратор, педагог-психолог",
                by=self.curator,
            )
            for place, theme in enumerate(course.themes.splitlines()[::2])
        ]
        records = Participation.objects.filter(programme=programme).of(Side.MENTOR)
        mentors = [record.person for record in records.select_related("person").order_by("pk")]
        trainees = enrol_trainees(course, mentors, by=self.curator)
        entries = {}
        for number, trainee in enumerate(trainees):
            was_ill = number in STAYED_AWAY
            visits = {one.pk: not (was_ill and place) for place, one in enumerate(sessions)}
            entries[trainee.pk] = (
                RegisterEntry(visits)
                if was_ill
                else RegisterEntry(visits, sessions[-1].held_on, f"{number + 1}-н")
            )
        keep_register(course, entries, by=self.curator)
        if self.number == 1:
            outside = self._course("curators", provider="Институт развития образования")
            heads = [one for one in self.staff if one.position.startswith("заместитель директора")]
            sent = enrol_trainees(outside, heads, by=self.curator)
            done = {one.pk: RegisterEntry({}, first, f"У-{one.pk}") for one in sent}
            keep_register(outside, done, by=self.curator)

    def hold_events(self) -> None:
        """Hold the meetings with the staff and with parents; plan a seminar to which the mentors are invited."""
        first = max(self.year.starts_on, today() - BEGAN_AGO - dt.timedelta(days=40))
        pupils = Person.objects.filter(organisation=self.organisation, kind=PersonKind.PUPIL)
        of_class = pupils.filter(enrolments__study_group__name="5А").order_by("pk")
        for kind, invited, days, n_others in (
            ("informed_staff", self.staff, 0, None),
            ("informed_families", list(of_class), 7, 2),
        ):
            day = min(first + dt.timedelta(days=days), today())
            event = plan_event(
                self.year, kind=kind, title=kinds_of_events()[kind].title, held_on=day, place="актовый зал", by=self.curator
            )  # fmt: skip
            made = invite_guests(
                event, invited, is_family=kind == "informed_families", by=self.curator
            )
            keys = {one.pk for one in made}
            came = {one.pk for number, one in enumerate(made) if number % 6 != 5}  # noqa: PLR2004 - some were away
            note_who_came(event, came, among=keys, n_others=n_others, by=self.curator)
        mentors = Participation.objects.filter(programme=self.programme).of(Side.MENTOR)
        ahead = plan_event(
            self.year,
            kind="seminar",
            title="Семинар для наставников: трудные разговоры",
            held_on=min(today() + dt.timedelta(days=9), self.year.ends_on),
            starts_at=dt.time(15),
            place="кабинет 24",
            agenda="Разбор случаев\nВопросы психологу",
            by=self.curator,
        )
        guests = [record.person for record in mentors.select_related("person").order_by("pk")]
        invite_guests(ahead, guests, by=self.curator)

    def _course(self, code: str, *, provider: str = "") -> TrainingCourse:
        """Open a shipped course."""
        example = examples()[code]
        return open_course(
            self.year,
            title=example.title,
            hours=example.hours,
            audience=example.audience,
            themes="\n".join(example.themes),
            provider=provider,
            by=self.curator,
        )

    def meet(self) -> None:
        """Let the pairs meet: most as planned, one falls silent, one postpones, one asks for help, one finds it hard."""
        notes: dict[Meeting, Note] = {}
        pairs = Mentorship.objects.filter(organisation=self.organisation).order_by("pk")
        to_mark = set(_pairs_with_accounts(pairs).values_list("pk", flat=True))
        for number, pair in enumerate(pairs.prefetch_related("meetings", "ties")):
            # the final meeting ends a pair, and the demo shows pairs that go on
            due = [
                m
                for m in pair.meetings.all()
                if m.planned_on <= today() and m.kind != MeetingKind.FINAL
            ]
            if not due:
                continue
            left = LEFT_OPEN.get(number, int(pair.pk in to_mark)) if self.days_left is None else 0
            mentees = _mentees(pair)
            past = due[: len(due) - left]
            notes |= {m: _story(number, place, mentees) for place, m in enumerate(past)}
            if self.days_left is not None:
                continue
            if number == POSTPONING:
                postpone_meeting(postpone_meeting(due[-1], by=self.curator), by=self.curator)
            elif number == ASKING:
                note_meeting(due[-1], None, voice=mentees[0], mark=Mark.HELP, by=self.curator)
        enter_month(notes, by=self.curator)

    def draw_up(self) -> None:
        """Draw some individual plans up: most are approved and partly done, two wait, one is begun; many pairs have none yet."""
        ties = Tie.objects.filter(organisation=self.organisation, ends_on=None).order_by("pk")
        pairs = Mentorship.objects.filter(organisation=self.organisation)
        shown = set(_pairs_with_accounts(pairs).values_list("pk", flat=True))
        going = ties.filter(mentorship__status=MentorshipStatus.ACTIVE)
        begun = sorted(going, key=lambda tie: tie.mentorship_id not in shown)[:WITH_PLAN]
        if not begun:
            return
        since = max(begun[0].starts_on, self.began_on)
        for number, plan in enumerate(open_plans(begun, since=since, by=self.curator)):
            wished = list(plan.goals.all())
            content = PlanContent(
                plan.version,
                {
                    "strengths": STRENGTHS[number % len(STRENGTHS)],
                    "format": "встречи раз в две недели",
                },
                [GoalEntry(one.text, one.until, "видно по делам", one.pk) for one in wished]
                or [GoalEntry("Освоиться и найти своё дело")],
                (),
            )
            if number % 3 == 0 or number == len(begun) - 1 or not wished:
                keep_plan(plan, content, by=self.curator)
            n_steps = 2 if number in WAITING else len(PLAN_STEPS)
            if number == len(begun) - 1:
                n_steps = 0
            for step in PLAN_STEPS[:n_steps]:
                move_plan(plan, step, on_paper=step != PlanStatus.DRAWN, by=self.curator)
            self.tick(plan, behind=number in BEHIND)

    def tick(self, plan: IndividualPlan, *, behind: bool) -> None:
        """Tick what was due before today at the last meeting held; of a plan that is behind only the first item."""
        due = [item for item in plan.items.all() if item.due_on and item.due_on < today()]
        held = (
            Meeting.objects.filter(mentorship=plan.tie.mentorship_id, status=MeetingStatus.HELD)
            .order_by("held_on")
            .last()
        )
        if due and held:
            tick_items(plan, due[:1] if behind else due, meeting=held, by=self.curator)

    def live_on(self, *, is_closed: bool) -> None:
        """Let some pairs end otherwise than planned; `is_closed` goes through the close of the year."""
        assert self.programme is not None  # noqa: S101 - `fill` has opened it
        end_otherwise(self.programme, by=self.curator)
        if is_closed:
            close(self.programme, by=self.curator)
            scorers = User.objects.filter(memberships__organisation=self.organisation)
            chosen = scorers.filter(memberships__role__in=(Role.CURATOR, Role.PSYCHOLOGIST))
            score(self.programme, list(chosen.order_by("pk").distinct()), by=self.curator)

    def begin_roadmap(self) -> Roadmap:
        """Make the roadmap of the year from the catalogue."""
        programme = self.programme
        assert programme is not None  # noqa: S101 - `fill` has opened it
        return make_from_catalogue(
            self.year, RoadmapLevel.SCHOOL, forms=programme.forms.all(), by=self.curator
        )

    def facts(self) -> frozenset[str]:
        """Return what the system knows of the year by itself."""
        year = self.year
        return frozenset(facts_of(self.organisation.pk, year.starts_on, year.ends_on))

    def plan(self) -> Roadmap:
        """Make the roadmap of the year; what was due before today is done, but for one line."""
        roadmap = self.begin_roadmap()
        over = roadmap.activities.filter(ends_on__lt=today())
        known = self.facts()
        for activity in over.exclude(number="6"):
            # what the system knows of, all of it or in part, is not ticked by hand
            if not known.isdisjoint(needed_facts(activity)):
                continue
            set_activity_status(
                activity, ActivityStatus.DONE, done_on=activity.ends_on, by=self.curator
            )
            if activity.number in {"1", "2", "4"}:
                add_evidence(activity, note=PROOFS[activity.number], by=self.curator)
        return roadmap


def _school(
    district: Organisation, name: str, head: str, curator_name: str, number: int, left: int | None
) -> School:  # fmt: skip
    first, last = year_bounds(today()) if left is None else whole_year()
    organisation = add_organisation(
        district,
        level=Level.ORGANISATION,
        kind=OrganisationKind.SCHOOL,
        full_name=f"Муниципальное бюджетное общеобразовательное учреждение «{name}» города Примерска",
        short_name=f"{name} г. Примерска",
        town="г. Примерск",
        head_name=head,
        head_position="директор",
        by=None,
    )
    year = open_year(organisation, starts_on=first, ends_on=last, by=None)
    login = "kurator" if number == 1 else f"kurator{number}"
    curator = add_account(login, PASSWORD, full_name=curator_name, by=None)
    grant_role(curator, organisation, Role.CURATOR, starts_on=first, by=None)
    return School(organisation, year, curator, number, days_left=left)
