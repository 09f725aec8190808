"""The beginning of a year: those who have said that they go on come into the bases of the new programme."""

from collections.abc import Iterable

from django.db import models, transaction
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.errors import RefusedError
from nastavnik.people.models import Person
from nastavnik.programmes.access import capacity_refusal
from nastavnik.programmes.actions.bases import add_to_base
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import Participation, Programme

#: What was said of a person stays true over the summer; a request and the times to meet are of their year.
KEPT: dict[Side, tuple[str, ...]] = {
    Side.MENTEE: ("interests", "meeting_places", "languages"),
    Side.MENTOR: (
        "areas", "interests", "meeting_places", "languages", "capacity", "experience_years", "trained_on", "cleared_on",
        "cleared_until",
    ),
}  # fmt: skip


@transaction.atomic
def take_on(
    programme: Programme, records: Iterable[Participation], *, by: models.Model | None
) -> tuple[list[Participation], list[tuple[Person, str]]]:
    """Put people into the bases of a programme as they stood in those of the one before: new records, in preparation.

    Args:
        programme: the new one.
        records: of the old one, with their people to be fetched; on one side a person comes once.
        by: the person who does it.

    Returns:
        The new records, and the people whom no form of the programme takes with the reason; who is in the base already is in
        neither.

    Raises:
        RefusedError: nobody is named.
    """
    records = list(records)
    if not records:
        raise RefusedError(_("Tick who goes on: nobody is ticked."))
    added: list[Participation] = []
    refused: list[tuple[Person, str]] = []
    for side in Side:
        before = {one.person_id: one for one in records if one.side == side}
        people = [one.person for one in before.values()]
        entered, outside = add_to_base(programme, people, side, by=by)
        for record in entered:
            _remember(record, before[record.person_id])
        Participation.objects.bulk_update(entered, KEPT[side], batch_size=200)
        audit.record_many("base-carried-over", entered, by=by, fields=[*KEPT[side], "forms"])
        added += entered
        refused += outside
    return added, refused


def _remember(record: Participation, before: Participation) -> None:
    """Bring a new record in memory in step with the one of the year before; the forms are kept at once."""
    same = set(before.forms.values_list("pk", flat=True))
    fitting = list(record.forms.all())
    if own := [form for form in fitting if form.pk in same]:
        fitting = own
        record.forms.set(own)
    for name in KEPT[Side(record.side)]:
        known = getattr(before, name)
        if name == "capacity" and capacity_refusal(record, known, fitting):
            continue
        if name == "trained_on" and record.trained_on:  # a course told a newer day already
            known = max(record.trained_on, known or record.trained_on)
        setattr(record, name, known)
