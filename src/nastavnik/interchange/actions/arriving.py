"""A package comes in: a new organisation with all that is its own, in one transaction."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from nastavnik.consents.models import ConsentEvent
from nastavnik.consents.queries import events_of_whole
from nastavnik.core import audit
from nastavnik.core.errors import RefusedError
from nastavnik.engine.packages.reading import PackageFault, PackageRow
from nastavnik.interchange.actions.asking import AskedAndAnswered
from nastavnik.interchange.actions.completing import COMPLETE, ArrivingPackage
from nastavnik.interchange.adapter.reading import PackageReading, read_package
from nastavnik.interchange.catalogues import BY_MODEL, BY_NAME, SHEETS, PackageSheet, details_of
from nastavnik.interchange.models import PackageKey
from nastavnik.interchange.queries import manager_of
from nastavnik.mentorships.models import Mentorship
from nastavnik.monitoring.models import HandCount
from nastavnik.organisations.actions import add_organisation
from nastavnik.organisations.choices import Level, OrganisationKind
from nastavnik.organisations.models import Organisation
from nastavnik.programmes.actions import adopt_form
from nastavnik.programmes.models import MentoringForm, RoleVariant
from nastavnik.questionnaires.models import InstrumentVersion, Invitation, Response

BATCH = 500  # rows of one statement


class PackageRefusedError(RefusedError):
    """A package that may not come in, with everything that is wrong with it."""

    def __init__(self, faults: Iterable[PackageFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(str(fault) for fault in self.faults)


@dataclass(frozen=True, slots=True)
class ArrivedPackage:
    """What came in.

    Attributes:
        organisation: the new one.
        n_rows: how many rows of each table were read.
        notes: what was filled in or left as it is, in sentences.
    """

    organisation: Organisation
    n_rows: Mapping[str, int]
    notes: tuple[str, ...] = field(default_factory=tuple)


def import_package(
    files: Mapping[str, bytes], *, parent: Organisation | None = None, by: models.Model | None
) -> ArrivedPackage:
    """Make a new organisation of the tables of a package, whole or not at all.

    Nothing is ever joined to an organisation that is there, not even to one of the same name.

    Args:
        files: name of a table → its csv (`adapter.files.read_files`).
        parent: the office it stands under.
        by: who brings it in; None at the command line.

    Raises:
        PackageRefusedError: with every row that breaks a rule.
    """
    reading = read_package(files)
    if reading.faults:
        raise PackageRefusedError(reading.faults)
    with transaction.atomic():
        return _write(reading, parent=parent, by=by)


def _write(
    reading: PackageReading, *, parent: Organisation | None, by: models.Model | None
) -> ArrivedPackage:
    arriving = ArrivingPackage(_organisation(reading, parent, by=by), reading.rows)
    arriving.ids[Organisation] = {}
    for sheet in SHEETS:
        if sheet.model is Organisation:
            continue
        if sheet.model is MentoringForm:
            _adopt(arriving, by=by)
        elif sheet.model is InstrumentVersion:
            _make(sheet, arriving, arriving.strange_instruments)
        elif sheet.model not in (RoleVariant, Invitation, Response):
            _make(sheet, arriving, _entered(arriving) if sheet.model is HandCount else None)
    AskedAndAnswered(arriving).write()
    _finish(arriving)
    n_rows = {name: len(rows) for name, rows in reading.rows.items()}
    audit.record(
        "package-imported",
        arriving.organisation,
        by=by,
        what="package",
        n_rows=sum(n_rows.values()),
    )
    notes = [str(note) for note in arriving.notes]
    if reading.ignored:
        notes.append(_("Not read: %(names)s.") % {"names": ", ".join(reading.ignored)})
    if reading.by_person:
        notes.append(
            _(
                "Mentors and mentees of pairs are named as people: their records were found by programme and side."
            )
        )
    return ArrivedPackage(arriving.organisation, n_rows, tuple(notes))


def _organisation(
    reading: PackageReading, parent: Organisation | None, *, by: models.Model | None
) -> Organisation:
    row = reading.rows["organisation"][0]
    more = {name: row[name] for name in ("time_zone",) if row[name]}
    core = {name: row[name] or "" for name in BY_NAME["organisation"].columns}
    kind = OrganisationKind(row["kind"] or OrganisationKind.SCHOOL)
    return add_organisation(parent, level=Level.ORGANISATION, kind=kind, by=by, **core, **more)


# ---------------------------------------------------------------- forms


def _adopt(arriving: ArrivingPackage, *, by: models.Model | None) -> None:
    """Give the organisation the forms its rows name: those of the package, and copies of the directory."""
    said = {row["form"]: row for row in arriving.rows["forms"]}
    directory = {form.code: form for form in MentoringForm.objects.directory()}
    ids = arriving.ids[MentoringForm] = {}
    for code in dict.fromkeys([*said, *_codes_named(arriving)]):
        if code in directory:
            form = adopt_form(arriving.organisation, directory[code], by=by)
        else:
            form = MentoringForm(organisation=arriving.organisation, code=code, title=code)
        if code in said:
            _set_limits(form, said[code])
            _set_variants(form, arriving.rows["form_variants"])
        ids[code] = form.pk


def _codes_named(arriving: ArrivingPackage) -> Iterator[str]:
    for table in ("participations", "pairs", "programmes", "waves"):
        for row in arriving.rows[table]:
            yield from [row["form"]] if row["form"] else []
            yield from row["forms"] or []


def _set_limits(form: MentoringForm, row: PackageRow) -> None:
    for name in ("title", *details_of(BY_NAME["forms"])):
        if row[name] is not None:
            setattr(form, name, row[name])
    form.save()


def _set_variants(form: MentoringForm, rows: list[PackageRow]) -> None:
    """Take the variants of a package over; of one without the table those of the directory stay."""
    if not rows:
        return
    form.variants.all().delete()
    RoleVariant.objects.bulk_create(
        RoleVariant(form=form, title=row["title"], order=row["order"] or 0)
        for row in rows
        if row["form"] == form.code
    )


def _entered(arriving: ArrivingPackage) -> list[PackageRow]:
    """Return the denominators that are there: a row without a number is the same as no row."""
    rows = arriving.rows["denominators"]
    for row in rows:
        if row["value"] is None:
            arriving.notes.add("denominators", _("has no number, so is left out"), row.line)
    return [row for row in rows if row["value"] is not None]


# ---------------------------------------------------------------- rows


def _make(
    sheet: PackageSheet, arriving: ArrivingPackage, rows: Iterable[PackageRow] | None = None
) -> None:
    """Write the rows of a sheet, or some of them, and remember how the package calls them."""
    complete = COMPLETE.get(sheet.name)
    fill = _filler(sheet, arriving)
    made: list[tuple[PackageRow, Any]] = []
    for row in arriving.rows[sheet.name] if rows is None else rows:
        one = fill(row)
        if complete is not None:
            complete(arriving, row, one)
        made.append((row, one))
    _insert(sheet, made)
    if len(sheet.key) == 1:
        arriving.ids[sheet.model] = {row[sheet.key[0]]: one.pk for row, one in made}
        _remember(sheet, made, arriving)
    arriving.made[sheet.name] = made
    _link(sheet, made, arriving)


def _filler(sheet: PackageSheet, arriving: ArrivingPackage) -> Callable[[PackageRow], Any]:
    """Return what makes an instance of a row: what is empty keeps the default of its field."""
    meta = sheet.model._meta
    columns = {column: name for column, name in sheet.columns.items() if name}
    fields = {
        column: meta.get_field(name) for column, name in (columns | details_of(sheet)).items()
    }
    plain = [(column, one.name) for column, one in fields.items() if not one.is_relation]
    related = [
        (column, one.attname, arriving.ids[one.related_model])  # type: ignore[union-attr,index]
        for column, one in fields.items()
        if one.is_relation and not one.many_to_many and one.related_model is not sheet.model
    ]
    has_place = any(one.name == "organisation" for one in meta.concrete_fields)

    def fill(row: PackageRow) -> Any:  # noqa: ANN401 - of the model of the sheet
        one: Any = sheet.model()
        if has_place:
            one.organisation_id = arriving.organisation.pk
        for column, name in plain:
            if (value := row[column]) is not None:
                setattr(one, name, value)
        for column, name, ids in related:
            if (key := row[column]) is not None:
                setattr(one, name, ids[key])
        return one

    return fill


def _insert(sheet: PackageSheet, made: list[tuple[PackageRow, Any]]) -> None:
    """Insert rows; where the database refuses, find the first row it refuses and say which.

    Raises:
        PackageRefusedError: a row breaks a rule only the database knows.
    """
    rows = manager_of(sheet.model)
    try:
        with transaction.atomic():
            rows.bulk_create([one for _row, one in made], batch_size=BATCH)
    except IntegrityError:
        _refuse_first(sheet, made)


def _refuse_first(sheet: PackageSheet, made: list[tuple[PackageRow, Any]]) -> NoReturn:
    """Insert rows one by one until the database refuses one, and refuse the package for it."""
    for row, one in made:
        try:
            with transaction.atomic():
                one.pk, one._state.adding = None, True
                one.save(force_insert=True)
        except IntegrityError as error:
            reason = _rule_broken(sheet, str(error))
            raise PackageRefusedError([PackageFault(sheet.name, row.line, reason)]) from error
    raise AssertionError(sheet.name)  # one of them was refused together with the others


def _rule_broken(sheet: PackageSheet, error: str) -> str:
    """Return which constraint a row breaks; databases name it each in their own way, never with values of ours."""
    named = [one.name for one in sheet.model._meta.constraints if one.name in error]
    return _("Breaks a rule of the database: %(rule)s.") % {
        "rule": named[0] if named else sheet.model._meta.db_table
    }


def _remember(
    sheet: PackageSheet, made: list[tuple[PackageRow, Any]], arriving: ArrivingPackage
) -> None:
    if sheet.columns[sheet.key[0]]:
        return  # its own code names it
    PackageKey.objects.bulk_create(
        [
            PackageKey(
                organisation=arriving.organisation,
                table=sheet.name,
                row_id=one.pk,
                key=row[sheet.key[0]],
            )
            for row, one in made
        ],
        batch_size=BATCH,
    )


def _link(
    sheet: PackageSheet, made: list[tuple[PackageRow, Any]], arriving: ArrivingPackage
) -> None:
    """Write what points to rows of the same sheet, and the forms of programmes and records."""
    for known in sheet.model._meta.many_to_many:
        through = getattr(sheet.model, known.name).through
        column = f"{sheet.model._meta.model_name}_id"
        ids = arriving.ids[MentoringForm]
        through.objects.bulk_create(
            [
                through(**{column: one.pk, "mentoringform_id": ids[code]})
                for row, one in made
                for code in arriving.codes(sheet.name, row)
            ],
            batch_size=BATCH,
        )
    for column, name in details_of(sheet).items():
        field = sheet.model._meta.get_field(name)
        if field.is_relation and field.related_model is sheet.model:
            ids = arriving.ids[BY_MODEL[sheet.model].model]
            pointing = [(row, one) for row, one in made if row[column] is not None]
            for row, one in pointing:
                setattr(one, f"{name}_id", ids[row[column]])
            manager_of(sheet.model).bulk_update(
                [one for _row, one in pointing], [name], batch_size=BATCH
            )


def _finish(arriving: ArrivingPackage) -> None:
    """Give consents their events; let the meetings an end has struck name the ties that are there by now."""
    tables = ("consents", "mistaken_consents")
    papers = (one for name in tables for _row, one in arriving.made[name])
    ConsentEvent.objects.bulk_create(events_of_whole(papers), batch_size=BATCH)
    pairs = [(row, one) for row, one in arriving.made["pairs"] if row["struck"]]
    for row, one in pairs:
        one.struck = [
            kept | {"mentee_marks": arriving.by_tie(row["id"], kept["mentee_marks"])}
            for kept in row["struck"]
        ]
    Mentorship.objects.bulk_update([one for _row, one in pairs], ["struck"], batch_size=BATCH)
