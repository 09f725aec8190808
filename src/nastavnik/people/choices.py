"""Closed lists of people."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Role
from nastavnik.core.text import fold


class PersonKind(models.TextChoices):
    """What a person is for a form of mentoring: the kinds its mentor and mentee may be (method.md §1.1)."""

    PUPIL = "pupil", _("Pupil")
    STUDENT = "student", _("Student")
    TEACHER = "teacher", _("Member of staff")
    EMPLOYER = "employer", _("Partner's employee")
    ALUMNUS = "alumnus", _("Alumnus")
    PARENT = "parent", _("Parent")
    VETERAN = "veteran", _("Veteran of pedagogical work")
    VOLUNTEER = "volunteer", _("Volunteer")
    INSTITUTE = "institute", _("Institute of teachers' training")


LEARNERS = (PersonKind.PUPIL, PersonKind.STUDENT)
#: Who may be under age: without a birth date a representative signs for them.
MAY_BE_MINORS = (*LEARNERS, PersonKind.VOLUNTEER)
OUTSIDERS = (
    PersonKind.EMPLOYER,
    PersonKind.ALUMNUS,
    PersonKind.PARENT,
    PersonKind.VETERAN,
    PersonKind.VOLUNTEER,
    PersonKind.INSTITUTE,
)

#: What a list of grown-ups writes in place of a position → who that is; whole cells only, lower case, «ё» as «е».
SAID_AS: dict[str, PersonKind] = {
    **dict.fromkeys(("родитель", "член совета родителей", "член родительского совета"), PersonKind.PARENT),
    **dict.fromkeys(("ветеран педагогического труда", "ветеран"), PersonKind.VETERAN),
    **dict.fromkeys(("волонтер", "доброволец"), PersonKind.VOLUNTEER),
    **dict.fromkeys(("сотрудник иро", "сотрудник института развития образования"), PersonKind.INSTITUTE),
    **dict.fromkeys(("выпускник", "выпускница"), PersonKind.ALUMNUS),
}  # fmt: skip


def kind_said(position: str) -> PersonKind:
    """Return who somebody of a list without classes is by what stands for the position; whoever it does not say is staff."""
    return SAID_AS.get(fold(position), PersonKind.TEACHER)


# how long two cards made one can be taken apart again; then the empty card is deleted
MERGE_UNDO_DAYS = 30


class Gender(models.TextChoices):
    """Grammatical gender, for papers only."""

    MALE = "male", _("Male")
    FEMALE = "female", _("Female")


class ImportStatus(models.TextChoices):
    DRAFT = "draft", _("Being checked")
    ACCEPTED = "accepted", _("Loaded")


class RosterKind(models.TextChoices):
    PUPILS = "pupils", _("Pupils")
    STAFF = "staff", _("Staff")


class ColumnMeaning(models.TextChoices):
    """What a column of a list may hold; the values are those of the engine of tables."""

    IGNORE = "ignore", _("not needed")
    FULL_NAME = "full_name", _("full name in one cell")
    LAST_NAME = "last_name", _("last name")
    FIRST_NAME = "first_name", _("first name")
    PATRONYMIC = "patronymic", _("patronymic")
    BIRTH_DATE = "birth_date", _("birth date")
    BIRTH_DAY = "birth_day", _("day of birth")
    BIRTH_MONTH = "birth_month", _("month of birth")
    BIRTH_YEAR = "birth_year", _("year of birth")
    GENDER = "gender", _("gender")
    GROUP = "group", _("class or group")
    GRADE = "grade", _("number of the class")
    LETTER = "letter", _("letter of the class")
    POSITION = "position", _("position")
    SUBJECT = "subject", _("subject")
    NUMBER = "number", _("number in the list")


ROLE_TITLES = {
    Role.CURATOR: _("Curator"),
    Role.DIRECTOR: _("Director"),
    Role.DEPUTY_DIRECTOR: _("Deputy director"),
    Role.CLASS_TEACHER: _("Class teacher"),
    Role.PSYCHOLOGIST: _("Psychologist"),
    Role.SOCIAL_TEACHER: _("Social teacher"),
    Role.MENTOR: _("Mentor"),
    Role.MENTEE: _("Mentee"),
    Role.COORDINATOR: _("District coordinator"),
}
ROLE_CHOICES = [(role.value, title) for role, title in ROLE_TITLES.items()]
