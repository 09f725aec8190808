"""Closed lists of people."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Role


class PersonKind(models.TextChoices):
    """What a person is for a form of mentoring: the kinds its mentor and mentee may be (method.md §1.1)."""

    PUPIL = "pupil", _("Pupil")
    STUDENT = "student", _("Student")
    TEACHER = "teacher", _("Member of staff")
    EMPLOYER = "employer", _("Partner's employee")
    ALUMNUS = "alumnus", _("Alumnus")
    PARENT = "parent", _("Parent")


LEARNERS = (PersonKind.PUPIL, PersonKind.STUDENT)
OUTSIDERS = (PersonKind.EMPLOYER, PersonKind.ALUMNUS, PersonKind.PARENT)


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
