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
