"""Writes of programmes and bases."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from nastavnik.consents.choices import Purpose
from nastavnik.consents.queries import held_purposes
from nastavnik.core import audit
from nastavnik.core.access import Verdict
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.organisations.models import AcademicYear, Organisation
from nastavnik.people.models import Person
from nastavnik.programmes import catalogues
from nastavnik.programmes.access import capacity_refusal, fits_form, may_be_ready
from nastavnik.programmes.choices import GOES_ON, AfterEnd, ParticipationStatus, Side
from nastavnik.programmes.models import MentoringForm, Participation, Programme, RoleVariant
from nastavnik.programmes.queries import areas_offered, base_rows
from nastavnik.programmes.signals import base_entered

S = ParticipationStatus

Stopped = list[tuple[Participation, tuple[str, ...]]]


@transaction.atomic
def load_directory(*, by: models.Model | None) -> int:
    """Bring the directory of forms in step with the shipped file; return how many records changed.

    Organisations' own copies are not touched.
    """
    n_changed = 0
    for order, record in enumerate(catalogues.read("forms.yaml")):
        fields: dict[str, Any] = {**record, "order": order}
        variants = fields.pop("variants")
        code = fields.pop("code")
        known = MentoringForm.objects.directory().filter(code=code).first()
        if known and known.version >= fields["version"]:
            continue
        form = MentoringForm.objects.update_or_create(
            organisation=None, code=code, defaults=fields
        )[0]
        form.variants.all().delete()
        RoleVariant.objects.bulk_create(
            RoleVariant(form=form, title=title, order=place) for place, title in enumerate(variants)
        )
        audit.record("form-loaded", form, by=by, fields=fields)
        n_changed += 1
    return n_changed


NEXT: dict[ParticipationStatus, frozenset[ParticipationStatus]] = {
    # who never got a pair has finished at the close of a year
    S.CANDIDATE: frozenset({S.READY, S.FINISHED, S.LEFT}),
    S.READY: frozenset({S.CANDIDATE, S.PAIRED, S.FINISHED, S.LEFT}),
    S.PAIRED: frozenset({S.CANDIDATE, S.READY, S.FINISHED, S.LEFT}),
    # back into the base of the same year; into a pair that is reopened by `take_place`
    S.FINISHED: frozenset({S.CANDIDATE}),
    S.LEFT: frozenset(),
}
ENDED = frozenset({S.FINISHED, S.LEFT})


@transaction.atomic
def adopt_form(
    organisation: Organisation, form: MentoringForm, *, by: models.Model | None
) -> MentoringForm:
    """Copy a form of the directory into an organisation, or return the copy it already has."""
    own = MentoringForm.objects.filter(organisation=organisation, code=form.code).first()
    if own:
        return own
    variants = list(form.variants.all())
    own = MentoringForm.objects.get(pk=form.pk)
    own.pk, own.organisation = None, organisation
    own._state.adding = True
    own.save()
    RoleVariant.objects.bulk_create(
        RoleVariant(form=own, title=variant.title, order=variant.order) for variant in variants
    )
    audit.record("form-adopted", own, by=by, fields=["code", "version"])
    return own


@transaction.atomic
def change_form(form: MentoringForm, *, by: models.Model | None, **fields: Any) -> MentoringForm:
    """Change the limits of an organisation's own copy; the directory stays as shipped."""
    if form.organisation_id is None:
        raise RefusedError(
            _("A form of the directory cannot be changed: take it into your programme first.")
        )
    for name, value in fields.items():
        setattr(form, name, value)
    form.save(update_fields=list(fields))
    audit.record(audit.CHANGED, form, by=by, fields=fields)
    return form


@transaction.atomic
def open_programme(
    year: AcademicYear,
    *,
    title: str,
    starts_on: dt.date,
    ends_on: dt.date,
    forms: Iterable[MentoringForm],
    acts: str = "",
    by: models.Model | None,
) -> Programme:
    """Open a programme of a year with forms of the directory or of the organisation.

    Raises:
        RefusedError: no form is chosen, or the days are the wrong way round.
    """
    forms = list(forms)
    if not forms:
        raise RefusedError(_("Choose at least one form of mentoring."))
    if ends_on < starts_on:
        raise RefusedError(_("The last day comes before the first: swap or correct them."))
    programme = Programme.objects.create(
        organisation=year.organisation,
        year=year,
        title=title,
        starts_on=starts_on,
        ends_on=ends_on,
        acts=acts,
    )
    programme.forms.set([adopt_form(year.organisation, form, by=by) for form in forms])
    audit.record(
        audit.CREATED, programme, by=by, fields=["title", "starts_on", "ends_on", "forms", "acts"]
    )
    return programme


@transaction.atomic
def change_programme(
    programme: Programme, *, forms: Iterable[MentoringForm], by: models.Model | None, **fields: Any
) -> Programme:
    """Change title, days and forms; a form that people of the bases hold cannot be dropped."""
    forms = list(forms)
    kept = {form.code for form in forms}
    used = (
        MentoringForm.objects.filter(participations__programme=programme)
        .exclude(participations__status__in=ENDED)
        .distinct()
    )
    dropped = [form.title for form in used if form.code not in kept]
    if dropped:
        raise RefusedError(
            _("People of the bases are in these forms, so they stay in the programme: %(forms)s.")
            % {"forms": ", ".join(dropped)}
        )
    if not forms:
        raise RefusedError(_("Choose at least one form of mentoring."))
    for name, value in fields.items():
        setattr(programme, name, value)
    programme.save(update_fields=list(fields))
    programme.forms.set([adopt_form(programme.organisation, form, by=by) for form in forms])
    audit.record(audit.CHANGED, programme, by=by, fields=[*fields, "forms"])
    return programme


@transaction.atomic
def add_to_base(
    programme: Programme,
    people: Iterable[Person],
    side: Side,
    *,
    forms: Iterable[MentoringForm] | None = None,
    by: models.Model | None,
) -> tuple[list[Participation], list[tuple[Person, str]]]:
    """Put people of the roster into a base; forms not named are all those of the programme that take the person.

    Returns:
        The new records, and the people who could not enter with the reason; those already in the base are in neither.
    """
    offered = list(forms) if forms is not None else list(programme.forms.all())
    people = list(people)
    # one at a time: who has come in beside this is seen below
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    known = set(
        Participation.objects.filter(programme=programme, side=side, person__in=people)
        .exclude(status=S.LEFT)
        .values_list("person_id", flat=True)
    )
    day = today()
    added: list[Participation] = []
    refused: list[tuple[Person, str]] = []
    for person in people:
        if person.pk in known:
            continue
        verdicts = [(form, fits_form(person, form, side, day)) for form in offered]
        fitting = [form for form, verdict in verdicts if verdict]
        if not fitting:
            refused.append(
                (
                    person,
                    verdicts[0][1].reasons[0] if verdicts else _("The programme has no forms."),
                )
            )
            continue
        record = Participation.objects.create(
            organisation_id=programme.organisation_id,
            programme=programme,
            person=person,
            side=side,
            capacity=1,
            starts_on=day,
        )
        record.forms.set(fitting)
        added.append(record)
    audit.record_many("base-entered", added, by=by, fields=["person", "side", "forms"])
    if added:
        base_entered.send(sender=Participation, records=added, by=by)
        _learn_trained(added)
    return added, refused


def _learn_trained(added: list[Participation]) -> None:
    """Bring the records in hand in step with what was noted of them on entering."""
    days = dict(
        Participation.objects.filter(
            pk__in=[record.pk for record in added], trained_on__isnull=False
        ).values_list("pk", "trained_on")
    )
    for record in added:
        record.trained_on = days.get(record.pk)


@transaction.atomic
def note_trained(
    days: Mapping[int, tuple[dt.date | None, dt.date | None]], *, by: models.Model | None
) -> list[Participation]:
    """Tell the bases of mentors when people were trained; return the records changed.

    A later day that somebody wrote into the base stays; an earlier one is kept beside, and is back when the results that
    came over it hold no more.

    Args:
        days: key of a person → the day that held until now, and the newest one that holds (None: none does).
        by: who knows it.
    """
    records = (
        Participation.objects.select_for_update()
        .filter(person__in=days, side=Side.MENTOR)
        .exclude(status__in=ENDED)
        .order_by("pk")
    )
    changed = []
    for record in records:
        before, newest = days[record.person_id]
        is_of_course = before is not None and record.trained_on == before
        known = record.trained_before if is_of_course else record.trained_on
        told = max((day for day in (known, newest) if day), default=None)
        covered = known if told != known else None
        if (told, covered) != (record.trained_on, record.trained_before):
            record.trained_on, record.trained_before = told, covered
            changed.append(record)
    fields = ["trained_on", "trained_before"]
    Participation.objects.bulk_update(changed, fields, batch_size=200)
    audit.record_many(audit.CHANGED, changed, by=by, fields=["trained_on"])
    return changed


@transaction.atomic
def change_participation(
    record: Participation,
    *,
    forms: Iterable[MentoringForm] | None = None,
    by: models.Model | None,
    **fields: Any,
) -> Participation:
    """Change what a record says; one ready for matching that no longer passes the gate goes back a step.

    Raises:
        RefusedError: capacity under the pairs the mentor already has, or above the limit of the forms; contacts of somebody
            whose paper does not hold.
    """
    chosen = list(forms) if forms is not None else list(record.forms.all())
    if record.side == Side.MENTOR and "capacity" in fields:
        refusal = capacity_refusal(record, fields["capacity"], chosen)
        if refusal:
            raise RefusedError(refusal)
    if fields.get("contacts", "") not in {"", record.contacts}:
        held = held_purposes([record.person_id], today()).get(record.person_id, frozenset())
        if Purpose.DATA not in held:
            raise RefusedError(
                _("Contacts are not written down yet: the paper “%(paper)s” is missing.")
                % {"paper": Purpose.DATA.label}
            )
    for name, value in fields.items():
        setattr(record, name, value)
    record.save(update_fields=list(fields))
    if forms is not None:
        record.forms.set(chosen)
    names = [*fields, "forms"] if forms is not None else list(fields)
    audit.record(audit.CHANGED, record, by=by, fields=names)
    if record.status == S.READY and not gate(record):
        set_participation_status(record, S.CANDIDATE, by=by)
    return record


@transaction.atomic
def describe_many(
    records: Iterable[Participation],
    *,
    areas: Iterable[str],
    capacity: int | None = None,
    by: models.Model | None,
) -> tuple[list[Participation], Stopped]:
    """Add areas to many records at once, and say how many mentees each of the mentors takes.

    Of the areas each record takes those that are meant for it: a pupil none of a teacher's.

    Returns:
        The records that changed, and those that did not with their reasons.
    """
    asked, chosen = _locked(records), set(areas)
    described: list[Participation] = []
    stopped: Stopped = []
    for record in asked:
        forms = list(record.forms.all())
        own = {code for code, _title in areas_offered(record, forms)} & chosen
        places = record.capacity if capacity is None else capacity
        refusal = capacity_refusal(record, places, forms)
        if not own:
            refusal = _("None of the ticked areas is meant for this person.")
        if refusal:
            stopped.append((record, (refusal,)))
            continue
        record.capacity = places
        record.areas = [code for code in catalogues.areas() if code in own | set(record.areas)]
        described.append(record)
    fields = ["areas"] if capacity is None else ["areas", "capacity"]
    Participation.objects.bulk_update(described, fields)
    audit.record_many(audit.CHANGED, described, by=by, fields=fields)
    return described, stopped


@transaction.atomic
def describe_each(
    rows: Mapping[int, Mapping[str, Any]], *, by: models.Model | None
) -> list[Participation]:
    """Change what each of many records says, all of them or none; those that no longer pass the gate go back a step.

    Args:
        rows: key of a record → fields as in `change_participation`.
        by: who changes them.

    Raises:
        RefusedError: what stands against one of them, with the name.
    """
    changed = []
    for record in _locked(Participation.objects.filter(pk__in=rows)):
        try:
            changed.append(change_participation(record, by=by, **rows[record.pk]))
        except RefusedError as refusal:
            name = record.person.short_name
            raise RefusedError([f"{name}: {reason}" for reason in refusal.reasons]) from refusal
    return changed


def _locked(records: Iterable[Participation]) -> list[Participation]:
    """Return the records read anew and locked, with person and forms, in the order asked."""
    order = [record.pk for record in records]
    locked = {
        record.pk: record
        for record in Participation.objects.select_for_update(of=("self",))
        .filter(pk__in=order)
        .order_by("pk")
        .select_related("person")
        .prefetch_related("forms")
    }
    return [locked[key] for key in order]


def gate(record: Participation) -> Verdict:
    """Ask the gate of one record; for a list use `queries.base_rows`."""
    held = held_purposes([record.person_id], today()).get(record.person_id, frozenset())
    return may_be_ready(record, held, list(record.forms.all()), today())


@transaction.atomic
def set_participation_status(
    record: Participation, status: ParticipationStatus, *, by: models.Model | None
) -> Participation:
    """Move a record along `NEXT`; to `ready` only through the gate.

    Raises:
        RefusedError: the step does not exist, the gate is closed (all its reasons), or open pairs hold the record.
    """
    moved, stopped = _step([record], status, by=by)
    if stopped:
        raise RefusedError(stopped[0][1])
    return moved[0]


@transaction.atomic
def make_ready(
    records: Iterable[Participation], *, by: models.Model | None
) -> tuple[list[Participation], Stopped]:
    """Let everyone through the gate who passes it; return them and the others with their reasons."""
    return _step(records, S.READY, by=by)


@transaction.atomic
def review_ready(programme: Programme, *, by: models.Model | None) -> list[Participation]:
    """Take out of matching who no longer passes the gate: a paper was outgrown, a person has left."""
    ready = Participation.objects.filter(programme=programme, status=S.READY)
    return _step(_fallen(ready), S.CANDIDATE, by=by)[0]


@transaction.atomic
def review_people(people: Iterable[int], *, by: models.Model | None) -> list[Participation]:
    """Take out of matching which of some people no longer pass the gate, in whatever programme."""
    ready = Participation.objects.filter(person__in=list(people), status=S.READY)
    return _step(_fallen(ready), S.CANDIDATE, by=by)[0]


def _fallen(ready: models.QuerySet[Participation]) -> list[Participation]:
    """Return which of the records that are ready no longer pass the gate."""
    records = ready.select_related("person").prefetch_related("forms")
    return [row.record for row in base_rows(records) if not row.verdict]


def _step(
    records: Iterable[Participation], status: ParticipationStatus, *, by: models.Model | None
) -> tuple[list[Participation], Stopped]:
    """Move the records that may take the step, in as many queries for one as for a hundred.

    Returns:
        Those that moved and those that did not with their reasons, both in the order asked.
    """
    asked = _locked(records)
    closed: dict[int, tuple[str, ...]] = {}
    if status == S.READY:
        closed = {row.record.pk: row.verdict.reasons for row in base_rows(asked)}
    moved: list[Participation] = []
    stopped: Stopped = []
    for record in asked:
        if reasons := _step_reasons(record, status, closed.get(record.pk, ())):
            stopped.append((record, reasons))
            continue
        record.status, record.ends_on = status, today() if status in ENDED else None
        record.goes_on = None
        moved.append(record)
    Participation.objects.filter(pk__in=[record.pk for record in moved]).update(
        status=status, ends_on=today() if status in ENDED else None, goes_on=None
    )
    audit.record_many("base-status", moved, by=by, fields=["status"])
    return moved, stopped


def _step_reasons(
    record: Participation, status: ParticipationStatus, closed: tuple[str, ...]
) -> tuple[str, ...]:
    """Return why a locked record may not take a step; `closed` are the reasons of its gate."""
    if status not in NEXT[ParticipationStatus(record.status)]:
        return (
            _("From «%(before)s» there is no step to «%(after)s».")
            % {"before": record.get_status_display(), "after": status.label},
        )
    if closed:
        return closed
    if record.active_count:
        return (_("There is an open pair: end it first, then the record leaves the base."),)
    return ()


@transaction.atomic
def take_place(record: Participation, *, by: models.Model | None) -> None:
    """Count one more open pair of a record; the database refuses more than its capacity."""
    Participation.objects.filter(pk=record.pk).update(
        active_count=models.F("active_count") + 1, status=S.PAIRED, ends_on=None, goes_on=None
    )
    audit.record("place-taken", record, by=by, fields=["active_count", "status"])


@transaction.atomic
def free_place(
    record: Participation, *, after: AfterEnd = AfterEnd.AGAIN, by: models.Model | None
) -> None:
    """Count one open pair less; with none left the record is ready again, if it passes the gate, or finished.

    Args:
        record: in an open pair that ends.
        after: what is said of the person where the pair was completed; an end before the time leaves the base open.
        by: the person who ends the pair.
    """
    record = Participation.objects.select_for_update().select_related("person").get(pk=record.pk)
    record.active_count -= 1
    if record.active_count == 0 and record.status == S.PAIRED:
        if after == AfterEnd.AGAIN:
            record.status = S.READY if gate(record) else S.CANDIDATE
        else:
            record.status, record.ends_on = S.FINISHED, today()
            record.goes_on = GOES_ON[after]
    fields = ["active_count", "status", "ends_on", "goes_on"]
    record.save(update_fields=fields)
    audit.record("place-freed", record, by=by, fields=fields)


@transaction.atomic
def take_up_again(record: Participation, *, by: models.Model | None) -> Participation:
    """Put somebody who has finished back into the base of the same year.

    Raises:
        RefusedError: the participation has not ended.
    """
    if record.status != S.FINISHED:
        raise RefusedError(_("%(name)s has not finished yet.") % {"name": record.person.full_name})
    return set_participation_status(record, S.CANDIDATE, by=by)


@transaction.atomic
def note_next_year(
    records: Iterable[Participation], *, goes_on: bool | None, by: models.Model | None
) -> list[Participation]:
    """Keep what people whose participation has ended say of the next year; return those it changed.

    Raises:
        RefusedError: somebody has not finished, by name.
    """
    asked = _locked(records)
    if reasons := [
        _("%(name)s has not finished yet.") % {"name": record.person.full_name}
        for record in asked
        if record.status != S.FINISHED
    ]:
        raise RefusedError(reasons)
    changed = [record for record in asked if record.goes_on != goes_on]
    for record in changed:
        record.goes_on = goes_on
    Participation.objects.bulk_update(changed, ["goes_on"])
    audit.record_many("next-year-noted", changed, by=by, fields=["goes_on"])
    return changed


@transaction.atomic
def settle_next_year(
    records: Iterable[Participation], *, after: AfterEnd, by: models.Model | None
) -> list[Participation]:
    """Keep what is said of people at the close of a year, and return those it changed.

    Who is in a base without a pair has finished by it; of who has finished the answer alone changes. `AGAIN` puts those who
    have finished back into the base of the same year, and leaves the others where they are.

    Raises:
        RefusedError: somebody is in a pair or has left, by name. Nothing is written then.
    """
    asked = _locked(records)
    if reasons := [
        _("%(name)s is in a pair: complete the pair on its page.") % {"name": one.person.full_name}
        if one.active_count
        else _("%(name)s has left the base.") % {"name": one.person.full_name}
        for one in asked
        if one.active_count or one.status in (S.PAIRED, S.LEFT)
    ]:
        raise RefusedError(reasons)
    if after == AfterEnd.AGAIN:
        return _step([one for one in asked if one.status == S.FINISHED], S.CANDIDATE, by=by)[0]
    ended = _step([one for one in asked if one.status != S.FINISHED], S.FINISHED, by=by)[0]
    answered = note_next_year(asked, goes_on=GOES_ON[after], by=by)
    return list({one.pk: one for one in (*ended, *answered)}.values())
