"""What the killed process does: a roster with one class, and a list that changes and adds people."""

from django.core.management import call_command

from nastavnik.core.models import AuditEntry
from nastavnik.people import actions
from nastavnik.people.models import Enrolment, Organisation, Person, RosterImport, StudyGroup

FIRST = "ФИО\tДата рождения\tКласс\nПримерова Анна Ивановна\t12.03.2014\t5А\n"
SECOND = FIRST.replace("5А", "6Б") + "Образцов Борис Петрович\t01.11.2013\t6Б\n"


def load(text):
    [draft] = actions.start_import(
        Organisation.objects.get(), kind=None, file_name="", text=text, by=None
    )
    return draft


def prepare():
    from tests.people.conftest import make_school

    call_command("migrate", verbosity=0)
    make_school("Школа № 1")
    actions.accept_import(load(FIRST), by=None)
    load(SECOND)


def work():
    actions.accept_import(RosterImport.objects.get(status="draft"), by=None)


def look():
    return repr(
        (
            list(Person.objects.values_list("search_name", flat=True)),
            [(e.person_id, e.study_group.name, e.ends_on) for e in Enrolment.objects.all()],
            list(StudyGroup.objects.values_list("name", flat=True)),
            list(RosterImport.objects.order_by("pk").values_list("status", "summary")),
            AuditEntry.objects.count(),
        )
    )
