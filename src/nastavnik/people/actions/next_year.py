"""Classes taken over into the next academic year, and back."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.errors import RefusedError
from nastavnik.organisations.actions import open_year
from nastavnik.organisations.models import AcademicYear, Organisation
from nastavnik.people.actions.roster import (
    appoint_class_teacher,
    enrol_all,
    grade_of,
    open_group,
)
from nastavnik.people.choices import PersonKind
from nastavnik.people.models import ClassTransfer, Enrolment, Person, StudyGroup
from nastavnik.people.queries import GRADUATES, next_year_bounds, why_transfer_stays


@transaction.atomic
def take_classes_over(
    year: AcademicYear, plan: Mapping[StudyGroup, str], *, by: models.Model | None
) -> ClassTransfer:
    """Put the pupils of classes into those of the next year, from its first day; until then nothing changes for them.

    Args:
        year: whose classes they are.
        plan: class → its name next year, or `GRADUATES`: their last class ends with the year and they become alumni.
        by: the person who does it.

    Raises:
        RefusedError: no class is named, two get one name, or nobody is left in them.
    """
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=year.organisation_id)
    if not plan:
        raise RefusedError(_("Choose at least one class to take over."))
    names = Counter(name for name in plan.values() if name != GRADUATES)
    if twice := sorted(name for name, n in names.items() if n > 1):
        raise RefusedError(
            _("Two classes would have one name next year: %(names)s. Give each its own.")
            % {"names": ", ".join(twice)}
        )
    first, last = next_year_bounds(year)
    after = open_year(organisation, starts_on=first, ends_on=last, by=by)
    there = set(StudyGroup.objects.filter(year=after).values_list("pk", flat=True))
    ended: list[int] = []
    made: list[Enrolment] = []
    graduates: dict[str, str] = {}
    groups: list[int] = []
    for group, name in plan.items():
        rows = _pupils_of(group)
        ended += [row.pk for row in rows]
        if name == GRADUATES:
            graduates |= {str(row.person_id): row.person.kind for row in rows}
            _graduate(rows, year.ends_on, by=by)
            continue
        opened = open_group(after, name, grade=grade_of(name), by=by)
        if opened.pk not in there:
            groups.append(opened.pk)
            if group.class_teacher:
                appoint_class_teacher(opened, group.class_teacher, by=by)
        made += enrol_all([(row.person, opened, row) for row in rows], starts_on=first, by=by)
    if not ended:
        raise RefusedError(_("Nobody of these classes waits for the next year any more."))
    transfer = ClassTransfer.objects.create(
        organisation=organisation,
        from_year=year,
        to_year=after,
        moves={
            "ended": ended,
            "made": {str(row.pk): row.person_id for row in made},
            "groups": groups,
            "graduates": graduates,
        },
    )
    audit.record("classes-taken-over", transfer, by=by, fields=["from_year", "to_year", "moves"])
    return transfer


def _pupils_of(group: StudyGroup) -> list[Enrolment]:
    """Return who is in a class now and has not left, held to the end of the transaction."""
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("person")
    return list(rows.filter(study_group=group, ends_on=None, person__left_on=None).order_by("pk"))


def _graduate(rows: list[Enrolment], last: dt.date, *, by: models.Model | None) -> None:
    for row in rows:
        row.ends_on = max(row.starts_on, last)
    Enrolment.objects.bulk_update(rows, ["ends_on"])
    audit.record_many("enrolment-ended", rows, by=by, fields=["ends_on"])
    people = [row.person for row in rows]
    Person.objects.filter(pk__in=[one.pk for one in people]).update(kind=PersonKind.ALUMNUS)
    audit.record_many(audit.CHANGED, people, by=by, fields=["kind"])


@transaction.atomic
def take_transfer_back(transfer: ClassTransfer, *, by: models.Model | None) -> None:
    """Put everybody back into the class of before; the classes opened by it go where nobody is in them.

    Raises:
        RefusedError: it was taken back already, is too old, or somebody has changed the class since.
    """
    transfer = ClassTransfer.objects.select_for_update().get(pk=transfer.pk)
    if reasons := why_transfer_stays(transfer):
        raise RefusedError(reasons)
    moves = transfer.moves
    made = Enrolment.objects.filter(pk__in=[int(key) for key in moves["made"]])
    audit.record_many(audit.DELETED, list(made), by=by, fields=["person", "study_group"])
    made.delete()
    ended = list(Enrolment.objects.filter(pk__in=moves["ended"], person__left_on=None))
    Enrolment.objects.filter(pk__in=[row.pk for row in ended]).update(ends_on=None)
    audit.record_many("enrolment-reopened", ended, by=by, fields=["ends_on"])
    was = {int(key): kind for key, kind in moves["graduates"].items()}
    people = list(Person.objects.filter(pk__in=was, kind=PersonKind.ALUMNUS))
    for person in people:
        person.kind = was[person.pk]
    Person.objects.bulk_update(people, ["kind"])
    audit.record_many(audit.CHANGED, people, by=by, fields=["kind"])
    empty = StudyGroup.objects.filter(pk__in=moves["groups"], enrolments=None)
    audit.record_many(audit.DELETED, list(empty), by=by, fields=["name"])
    StudyGroup.objects.filter(pk__in=[group.pk for group in empty]).delete()
    transfer.taken_back_at = timezone.now()
    transfer.save(update_fields=["taken_back_at"])
    audit.record("transfer-taken-back", transfer, by=by, fields=["taken_back_at"])
