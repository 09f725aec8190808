"""Lists in: a draft of each sheet, the columns as guessed or changed, and loading all or nothing."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.text import fold
from nastavnik.organisations.choices import OrganisationKind
from nastavnik.organisations.models import AcademicYear, Organisation
from nastavnik.organisations.queries import year_for
from nastavnik.people import adapter
from nastavnik.people.actions.roster import enrol_all, first_day, grade_of
from nastavnik.people.choices import ImportStatus, PersonKind, RosterKind, kind_said
from nastavnik.people.models import Person, RosterImport, StudyGroup
from nastavnik.people.queries import known_people, old_lists

MOST_LISTS = 60  # classes of a large school, each on a sheet of its own


def start_import(
    organisation: Organisation,
    *,
    kind: RosterKind | None,
    file_name: str,
    data: bytes | None = None,
    text: str = "",
    sheet: str | None = None,
    by: models.Model | None,
) -> list[RosterImport]:
    """Read a list and keep it as drafts, in one go: for what is pasted, and for the command line.

    Args:
        organisation: whose list it is.
        kind: who is in it; None lets the list itself show.
        file_name: the name the curator knows it by, "" for a pasted table.
        data: the bytes of a file, or None with `text` for a pasted table.
        text: the pasted table.
        sheet: the name of the only sheet wanted; None takes all.
        by: who loads it.

    Raises:
        RefusedError: the file cannot be read.
    """
    found = read_lists(kind=kind, file_name=file_name, data=data, text=text, sheet=sheet)
    with transaction.atomic():
        return keep_lists(organisation, found, file_name=file_name, by=by)


def read_lists(
    *,
    kind: RosterKind | None,
    file_name: str,
    data: bytes | None = None,
    text: str = "",
    sheet: str | None = None,
    look: Callable[[], None] | None = None,
) -> list[adapter.FoundList]:
    """Return the lists of a file or of a pasted table: those that name people.

    Of a workbook without such a sheet it is the first, so that its columns can be named by hand. What `look` raises
    meanwhile ends the reading.

    Raises:
        RefusedError: the file cannot be read, or holds too many lists.
    """
    try:
        sheets = adapter.read_list(file_name=file_name, data=data, text=text, look=look)
    except adapter.ReaderError as error:
        raise RefusedError(str(error)) from error
    read = [
        found
        for one in sheets
        if sheet in (None, one.name)
        for found in adapter.lists_in(one, kind=kind)
    ]
    day = today()
    wanted = [one for one in read if adapter.lists_people(one.rows, one.found, today=day)]
    if len(wanted) > MOST_LISTS:
        raise RefusedError(
            _(
                "There are %(n)s lists in this file: load at most %(most)s at once, a file each for the rest."
            )
            % {"n": len(wanted), "most": MOST_LISTS}
        )
    return wanted or read[:1]


@transaction.atomic
def keep_lists(
    organisation: Organisation,
    found: Iterable[adapter.FoundList],
    *,
    file_name: str,
    by: models.Model | None,
) -> list[RosterImport]:
    """Keep the lists of a file as drafts, one each."""
    drafts = [
        RosterImport.objects.create(
            organisation=organisation,
            kind=one.found.kind,
            file_name=file_name[:200],
            rows=adapter.stored(one.rows),
            header_row=one.found.layout.header_row,
            columns=one.found.columns,
        )
        for one in found
    ]
    audit.record_many(audit.CREATED, drafts, by=by, fields=["kind", "rows", "columns"])
    return drafts


@transaction.atomic
def change_columns(
    draft: RosterImport, found: adapter.Understanding, *, by: models.Model | None
) -> RosterImport:
    """Read a draft another way than was guessed.

    When only who is in the list changes, the columns are guessed anew: staff and pupils have other headers.

    Raises:
        RefusedError: the list is loaded already.
    """
    draft = _locked(draft)
    before = adapter.Understanding.of(draft)
    if found.kind is not before.kind and found.layout == before.layout:
        rows = adapter.restored(draft.rows)
        guessed = adapter.understand(rows, kind=found.kind, sheet=found.sheet)
        found = replace(guessed, place=before.place, marks=before.marks)
    if found != before:
        draft.kind = found.kind
        draft.header_row, draft.columns = found.layout.header_row, found.columns
        draft.save(update_fields=["kind", "header_row", "columns"])
        audit.record(audit.CHANGED, draft, by=by, fields=["kind", "header_row", "columns"])
    return draft


@transaction.atomic
def answer_rows(
    draft: RosterImport,
    *,
    taken: Iterable[int] = (),
    corrected: Mapping[int, Mapping[str, str]] | None = None,
    returned: Iterable[int] = (),
    by: models.Model | None,
) -> RosterImport:
    """Keep what somebody says about rows that wait; the list itself stays as it was read.

    Args:
        draft: the list.
        taken: rows to take in spite of a question.
        corrected: row → what it should say, by the names of `adapter.Field`.
        returned: rows of which everything said is forgotten.
        by: who says it.

    Raises:
        RefusedError: the list is loaded already.
    """
    draft = _locked(draft)
    gone = set(returned)
    before = adapter.answers_of(draft)
    kept = {
        row: {str(field): text for field, text in values.items()}
        for row, values in before.corrected.items()
    }
    answers = {
        "taken": sorted({*before.taken, *taken} - gone),
        "corrected": {
            str(row): dict(values)
            for row, values in sorted({**kept, **(corrected or {})}.items())
            if row not in gone
        },
    }
    if answers != draft.answers:
        draft.answers = answers
        draft.save(update_fields=["answers"])
        audit.record(audit.CHANGED, draft, by=by, fields=["answers"])
    return draft


@transaction.atomic
def discard_import(draft: RosterImport, *, by: models.Model | None) -> None:
    """Throw a draft away; what is loaded stays in the record.

    Raises:
        RefusedError: the list is loaded already.
    """
    draft = _locked(draft)
    audit.record(audit.DELETED, draft, by=by)
    draft.delete()


@transaction.atomic
def forget_old_lists(before: dt.datetime, *, by: models.Model | None) -> int:
    """Throw away the drafts loaded before a moment, and the waiting rows of lists accepted before it; return how many."""
    old = list(old_lists(before).defer("rows", "answers", "summary").select_for_update())
    drafts = [one for one in old if one.status == ImportStatus.DRAFT]
    accepted = [one for one in old if one.status == ImportStatus.ACCEPTED]
    audit.record_many(audit.DELETED, drafts, by=by)
    audit.record_many("waiting-rows-forgotten", accepted, by=by, fields=["rows", "summary"])
    RosterImport.objects.filter(pk__in=[one.pk for one in drafts]).delete()
    for one in accepted:
        one.rows, one.summary = [], {**one.summary, "errors": []}
        one.save(update_fields=["rows", "summary"])
    return len(old)


def _locked(draft: RosterImport) -> RosterImport:
    """Hold the row of a draft to the end of the transaction."""
    held = RosterImport.objects.select_for_update().filter(pk=draft.pk).first()
    if held is None:
        raise RefusedError(_("This list has been thrown away meanwhile. Load the file again."))
    if held.status != ImportStatus.DRAFT:
        raise RefusedError(_("This list is loaded already; nothing has been loaded twice."))
    return held


def accept_import(
    draft: RosterImport, *, by: models.Model | None, day: dt.date | None = None
) -> RosterImport:
    """Load a draft into the roster: all of its good rows or, if anything fails, none.

    People are matched by `adapter.compare`; classes are opened in the academic year of the day. Rows with errors are
    left out and kept in `summary` for correction. The number of statements does not grow with the rows but for the
    batches of the database.

    Raises:
        RefusedError: it is loaded already, no row is good, there is no academic year for classes, or somebody
            changed the roster at the same moment.
    """
    try:
        with transaction.atomic():
            return _load(_locked(draft), day or today(), by=by)
    except IntegrityError as error:
        raise RefusedError(
            _(
                "The roster was changed at the same moment, so nothing is loaded. Load the list again."
            )
        ) from error


def _load(draft: RosterImport, day: dt.date, *, by: models.Model | None) -> RosterImport:
    # two lists of one school go one after the other
    organisation = Organisation.objects.select_for_update().get(pk=draft.organisation_id)
    found = adapter.Understanding.of(draft)
    year = year_for(organisation, day)
    roster = adapter.read_sheet(
        adapter.restored(draft.rows), found, today=day, answers=adapter.answers_of(draft)
    )
    compared = adapter.compare(
        roster, known_people(organisation, found.kind, year), kind=found.kind
    )
    if not compared.outcomes:
        raise RefusedError(_("No row of this list can be loaded yet: look at the columns."))
    people = _save_people(organisation, compared, found.kind, by=by)
    if found.kind is RosterKind.PUPILS:
        if year is None:
            raise RefusedError(
                _("There is no academic year yet: open one in the settings, then load the list.")
            )
        _place_all(compared, people, year, day, by=by)
    draft.status, draft.accepted_at = ImportStatus.ACCEPTED, timezone.now()
    draft.summary = {
        **{f"n_{verdict}": compared.count(verdict) for verdict in adapter.RowVerdict},
        "n_waiting": compared.n_waiting,
        "errors": [asdict(reason) for reason in compared.reasons],
    }
    # nobody needs the rest any more, and it would go into every backup
    rows = adapter.restored(draft.rows)
    waiting = {reason.row for reason in compared.reasons}
    draft.rows, draft.answers = adapter.stored(adapter.rows_to_keep(rows, found, waiting)), {}
    fields = ["status", "accepted_at", "summary", "rows", "answers"]
    draft.save(update_fields=fields)
    audit.record("import-accepted", draft, by=by, fields=fields)
    return draft


def _save_people(
    organisation: Organisation,
    compared: adapter.RosterComparison,
    kind: RosterKind,
    *,
    by: models.Model | None,
) -> dict[int, Person]:
    """Add the new and change the known people; return row number → person."""
    is_college = organisation.kind == OrganisationKind.COLLEGE
    learner = PersonKind.STUDENT if is_college else PersonKind.PUPIL
    people: dict[int, Person] = {}
    changed: dict[tuple[str, ...], list[Person]] = defaultdict(list)
    for outcome in compared.outcomes:
        number = outcome.row.row
        if outcome.known is None:
            is_learner = kind is RosterKind.PUPILS
            who = learner if is_learner else kind_said(outcome.row.position)
            people[number] = _person_of(organisation, who, outcome.row)
            continue
        person = people[number] = outcome.known.person
        if fields := _take_over(person, outcome.changes):
            changed[fields].append(person)
    new = [people[one.row.row] for one in compared.outcomes if one.known is None]
    Person.objects.bulk_create(new)
    audit.record_many(audit.CREATED, new, by=by, fields=[*_FROM_LISTS, "kind", "gender"])
    for fields, ones in sorted(changed.items()):
        Person.objects.bulk_update(ones, [*fields, "search_name"])
        audit.record_many(audit.CHANGED, ones, by=by, fields=fields)
    return people


_FROM_LISTS = ("last_name", "first_name", "patronymic", "birth_date", "position", "subject")


def _person_of(organisation: Organisation, kind: PersonKind, row: adapter.PersonRow) -> Person:
    person = Person(
        organisation=organisation, kind=kind, gender=row.gender or adapter.gender_of(row.patronymic)
    )
    for name in _FROM_LISTS:
        setattr(person, name, getattr(row, name))
    person.search_name = fold(person.full_name)
    return person


def _take_over(person: Person, changes: tuple[adapter.FieldChange, ...]) -> tuple[str, ...]:
    """Set what a list knows better; return the names of the fields."""
    fields = [change.field for change in changes if change.field != "group"]
    for change in changes:
        if change.field != "group":
            setattr(person, change.field, change.new)
    if "patronymic" in fields and not person.gender:
        person.gender = adapter.gender_of(person.patronymic)
        fields.append("gender")
    person.search_name = fold(person.full_name)
    return tuple(sorted(fields))


def _place_all(
    compared: adapter.RosterComparison,
    people: dict[int, Person],
    year: AcademicYear,
    day: dt.date,
    *,
    by: models.Model | None,
) -> None:
    """Open the classes a list names and enrol those who are new in them."""
    movers = [
        one
        for one in compared.outcomes
        if one.known is None or any(change.field == "group" for change in one.changes)
    ]
    groups = {group.name: group for group in StudyGroup.objects.filter(year=year)}
    missing = sorted({one.row.group for one in movers} - set(groups))
    opened = StudyGroup.objects.bulk_create(
        StudyGroup(organisation_id=year.organisation_id, year=year, name=name, grade=grade_of(name))
        for name in missing
    )
    audit.record_many(audit.CREATED, opened, by=by, fields=["name", "grade"])
    groups |= {group.name: group for group in opened}
    places = [
        (people[one.row.row], groups[one.row.group], one.known.enrolment if one.known else None)
        for one in movers
    ]
    enrol_all(places, starts_on=first_day(year, day), by=by)
