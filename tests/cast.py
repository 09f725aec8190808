"""The named cast: one district, two schools. Whoever is right about the first school is a stranger to the second.

Every text of the second school carries `CANARY`, so that one search finds any byte of it that leaks.
"""

import datetime as dt
from dataclasses import dataclass, field

from tests.remembered import remembered_step

from nastavnik.consents.actions import record_consents
from nastavnik.consents.choices import NEEDED_FOR_BASE
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.documents.models import Document
from nastavnik.matching.actions import rule_pair, run_matching
from nastavnik.matching.choices import Ruling
from nastavnik.mentorships.actions import approve_run
from nastavnik.organisations.actions import add_organisation, add_partner, open_year
from nastavnik.organisations.choices import Level, OrganisationKind
from nastavnik.organisations.models import AcademicYear, Organisation
from nastavnik.organisations.queries import year_bounds
from nastavnik.people.actions import (
    add_account,
    appoint_class_teacher,
    grant_role,
    register_person,
)
from nastavnik.people.choices import PersonKind
from nastavnik.people.models import Person, StudyGroup, User
from nastavnik.programmes.actions import (
    add_to_base,
    change_participation,
    make_ready,
    open_programme,
)
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import MentoringForm, Participation, Programme

CANARY = "Канарейкин"
PASSWORD = "три слова и 7"


@dataclass
class School:
    """A school with its programme, two pupils' pairs approved, and people still waiting."""

    organisation: Organisation
    year: AcademicYear
    programme: Programme
    curator: User
    people: dict[str, Person] = field(default_factory=dict)
    records: dict[str, Participation] = field(default_factory=dict)
    order: Document | None = None


@dataclass
class Cast:
    """Anna runs the first school, Vera the second; each role of the first school has an account."""

    district: Organisation
    school: School
    other: School
    users: dict[Role, User]
    staff_curator: User
    coordinator: User

    @property
    def anna(self) -> User:
        return self.users[Role.CURATOR]

    @property
    def vera(self) -> User:
        return self.other.curator


def build_school(district: Organisation, number: int, *, mark: str = "") -> School:
    """Build a school through actions; `mark` goes into every text of it."""
    start, end = year_bounds(today())
    organisation = add_organisation(
        district,
        level=Level.ORGANISATION,
        kind=OrganisationKind.SCHOOL,
        full_name=f"Муниципальное бюджетное общеобразовательное учреждение «Школа № {number}» {mark}".strip(),
        short_name=f"Школа № {number} {mark}".strip(),
        town=f"г. Примерск {mark}".strip(),
        head_name=f"{mark or 'Директорова'} Дина Дмитриевна",
        head_position="директор",
        by=None,
    )
    year = open_year(organisation, starts_on=start, ends_on=end, by=None)
    curator = add_account(
        f"curator{number}", PASSWORD, full_name=f"{mark or 'Кураторова'} Анна Ивановна", by=None
    )
    grant_role(curator, organisation, Role.CURATOR, starts_on=start, by=None)
    directory = MentoringForm.objects.directory()
    forms = directory.filter(code__in=["pupil_pupil", "teacher_teacher"])
    programme = open_programme(
        year,
        title=f"Программа {number} {mark}".strip(),
        starts_on=start,
        ends_on=end,
        forms=forms,
        by=curator,
    )
    school = School(organisation, year, programme, curator)
    add_partner(organisation, name=f"Завод {mark}".strip(), by=curator)
    _people(school, mark)
    _bases(school)
    return school


def _people(school: School, mark: str) -> None:
    this_year = today().year
    plan = [
        ("older", PersonKind.PUPIL, "Старшов", "Олег", "Петрович", 16, "9А", ""),
        ("oldest", PersonKind.PUPIL, "Старшова", "Ольга", "Петровна", 17, "10А", ""),
        ("younger", PersonKind.PUPIL, "Младшов", "Миша", "Ильич", 12, "5А", ""),
        ("youngest", PersonKind.PUPIL, "Младшова", "Маша", "Ильинична", 12, "5А", ""),
        ("waiting", PersonKind.PUPIL, "Ждунов", "Женя", "", 13, "6Б", ""),
        (
            "teacher",
            PersonKind.TEACHER,
            "Учителева",
            "Ульяна",
            "Юрьевна",
            45,
            "",
            "учитель математики",
        ),
        ("novice", PersonKind.TEACHER, "Новикова", "Нина", "Юрьевна", 23, "", "учитель физики"),
    ]
    for key, kind, last, first, patronymic, age, group, position in plan:
        school.people[key] = register_person(
            school.organisation,
            group=group,
            kind=kind,
            last_name=f"{last}-{mark}" if mark else last,
            first_name=first,
            patronymic=patronymic,
            birth_date=dt.date(this_year - age, 1, 15),
            position=position,
            subject="",
            by=school.curator,
        )
    group = StudyGroup.objects.get(organisation=school.organisation, name="5А")
    appoint_class_teacher(group, school.people["teacher"], by=school.curator)


def _bases(school: School) -> None:
    by = school.curator
    people = school.people
    everyone = list(people.values())
    record_consents(
        [p for p in everyone if p != people["waiting"]],
        NEEDED_FOR_BASE,
        signed_on=school.year.starts_on,
        by=by,
    )
    mentors = add_to_base(
        school.programme, [people["older"], people["oldest"], people["teacher"]], Side.MENTOR, by=by
    )[0]
    mentees = add_to_base(
        school.programme,
        [people["younger"], people["youngest"], people["waiting"], people["novice"]],
        Side.MENTEE,
        by=by,
    )[0]
    names = {person.pk: name for name, person in people.items()}
    for record in (*mentors, *mentees):
        staff = record.person.kind == PersonKind.TEACHER
        mark = " ".join(school.organisation.short_name.split()[3:])
        change_participation(
            record,
            areas=["lesson"] if staff else ["maths"],
            interests=["chess"],
            request="" if record.is_mentor else f"подтянуть предмет {mark}".strip(),
            by=by,
        )
        school.records[names[record.person_id]] = record
    make_ready([*mentors, *mentees], by=by)
    for record in school.records.values():
        record.refresh_from_db()


def build_cast(*, mark: str = "") -> Cast:
    """Build the district with both schools and an account for each role of the first one.

    `mark` goes into every text of the first school, as `CANARY` does into those of the second.
    """
    district = add_organisation(
        None,
        level=Level.MUNICIPALITY,
        kind=OrganisationKind.OFFICE,
        full_name="Управление образования Примерского района",
        short_name="Примерский район",
        town="г. Примерск",
        by=None,
    )
    school = build_school(district, 1, mark=mark)
    other = build_school(district, 2, mark=CANARY)
    start = school.year.starts_on
    users = {Role.CURATOR: school.curator}
    at_person = {
        Role.CLASS_TEACHER: school.people["teacher"],
        Role.MENTOR: school.people["older"],
        Role.MENTEE: school.people["younger"],
    }
    for role in Role:
        if role in (Role.CURATOR, Role.COORDINATOR):
            continue
        person = at_person.get(role)
        users[role] = add_account(
            role.value, PASSWORD, full_name=f"Ролева {role.value}", person=person, by=school.curator
        )
        grant_role(users[role], school.organisation, role, starts_on=start, by=None)
    coordinator = add_account("coordinator", PASSWORD, full_name="Районова Рита", by=None)
    grant_role(coordinator, district, Role.COORDINATOR, starts_on=start, by=None)
    users[Role.COORDINATOR] = coordinator
    staff_curator = add_account("staff-curator", PASSWORD, full_name="Методистова Мария", by=None)
    grant_role(
        staff_curator,
        school.organisation,
        Role.CURATOR,
        starts_on=start,
        form_codes=["teacher_teacher"],
        by=None,
    )
    return Cast(district, school, other, users, staff_curator, coordinator)


def approve_pairs(school: School) -> Document:
    """Match and approve everyone who is ready in a school; return the draft order."""

    def approve() -> int:
        run = run_matching(school.programme, by=school.curator)
        return approve_run(run, by=school.curator).pk

    order = remembered_step(f"approve the pairs of {school.organisation.pk}", approve)
    school.order = Document.objects.get(pk=order)
    return school.order


def forbid(school: School, mentor: str, mentee: str) -> None:
    """Keep two people of a school apart."""
    rule_pair(
        school.records[mentor],
        school.records[mentee],
        Ruling.FORBID,
        reason="испытание",
        by=school.curator,
    )
