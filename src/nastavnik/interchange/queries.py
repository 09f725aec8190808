"""Reads of the whole of an organisation, table by table, as the package has them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import F, Func, Q, QuerySet, Subquery

from nastavnik.consents.queries import held_purposes, missing_purposes
from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import today
from nastavnik.documents.choices import DocumentStatus
from nastavnik.engine.instruments import Instrument, Item
from nastavnik.engine.packages.schema import TableSchema
from nastavnik.interchange import catalogues
from nastavnik.interchange.catalogues import BY_NAME, SHEETS, PackageSheet
from nastavnik.interchange.models import PackageKey
from nastavnik.mentorships.choices import ORDERS
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.organisations.choices import Level
from nastavnik.organisations.models import AcademicYear, Organisation
from nastavnik.people.models import Enrolment, Person
from nastavnik.programmes.models import MentoringForm, Participation
from nastavnik.questionnaires.adapter import ReadingRights, answer_to, instrument_of
from nastavnik.questionnaires.choices import InvitationState, Mode
from nastavnik.questionnaires.models import InstrumentVersion, Response, Wave
from nastavnik.questionnaires.queries import NEEDED_TO_ASK

# what one side said of a meeting: left out of pairs in which the reader stands
WORDS = ("mentor_mark", "mentee_mark", "mentee_marks", "help_answered_on")


def offices_named(wanted: str) -> list[Organisation]:
    """Return the offices of a key or short name."""
    is_key = wanted.isascii() and wanted.isdecimal()
    named = {"pk": int(wanted)} if is_key else {"short_name": wanted}
    return list(Organisation.objects.exclude(level=Level.ORGANISATION).filter(**named))


def pairs_hidden_from(user: SignedIn, organisation: Organisation) -> frozenset[int]:
    """Return the pairs of an organisation whose marks a user may not read: those the user stands in, or all."""
    every = Mentorship.objects.filter(organisation=organisation)
    return frozenset(every.values_list("pk", flat=True)) - frozenset(
        every.with_marks_for(user).values_list("pk", flat=True)
    )


# the keeper of the site, who has the database anyway
WHOLE = ReadingRights(texts=True, curator=True, guarded=True)


def rights_of(user: SignedIn) -> ReadingRights | None:
    """Return what of the answers a user takes out; None: nothing."""
    viewer = user.viewer
    if not viewer.may(Perm.ANSWER_VIEW):
        return None
    return ReadingRights(
        texts=True, curator=viewer.may(Perm.WAVE_EDIT), guarded=viewer.may(Perm.ANSWER_GUARDED)
    )


def items_taken(instrument: Instrument, rights: ReadingRights) -> list[Item]:
    """Return the items whose answers may be read; not what is asked only after one that may not: it would tell of it."""
    kept: list[Item] = []
    left: set[str] = set()
    for item in instrument.asked:
        if rights.read(item) and left.isdisjoint(one.item for one in item.when):
            kept.append(item)
        else:
            left.add(item.code)
    return kept


def leaves_answers(organisation: Organisation, rights: ReadingRights) -> bool:
    """Tell whether questions were asked whose answers stay behind for whoever has these rights."""
    asked = InstrumentVersion.objects.filter(
        pk__in=Response.objects.filter(organisation=organisation, mode=Mode.NAMED).values(
            "wave__version"
        )
    )
    return any(
        len(items_taken(instrument, rights)) < len(instrument.asked)
        for instrument in map(instrument_of, asked)
    )


def manager_of(model: type[models.Model]) -> models.Manager[Any]:
    """Return the manager of a model of the package: each has one."""
    manager: models.Manager[Any] = model._meta.default_manager  # type: ignore[assignment]
    return manager


def rows_of(sheet: PackageSheet, organisation: Organisation) -> QuerySet[Any]:
    """Return the rows of a sheet, in the order in which they were made."""
    model = sheet.model
    names = {field.name for field in model._meta.concrete_fields}
    whose: dict[str, Any] = {"organisation": organisation}
    if model is Organisation:
        whose = {"pk": organisation.pk}
    elif "organisation" not in names:
        whose = {"form__organisation": organisation}
    if model is InstrumentVersion:
        asked = Wave.objects.filter(organisation=organisation).values("version")
        of_package = Q(organisation=organisation) | Q(organisation=None, pk__in=asked)
        return manager_of(model).filter(of_package).order_by("pk")
    # the keys of answers tell no order
    order = ("wave_id", "invitation_id") if model is Response else ("pk",)
    return manager_of(model).filter(**whose, **sheet.only).order_by(*order)


@dataclass(frozen=True, slots=True)
class CountedTable:
    """How many rows a table of the package has."""

    title: str
    n: int


def counted(organisation: Organisation, *, with_answers: bool = True) -> list[CountedTable]:
    """Return how many rows each table of the core has, in its order; of answers how many sheets. One query."""
    sheets = [
        sheet
        for sheet in SHEETS
        if sheet.is_core
        and sheet.model is not Organisation
        and (with_answers or sheet.model is not Response)
    ]
    counts = Organisation.objects.filter(pk=organisation.pk).values_list(
        *(_number(rows_of(sheet, organisation)) for sheet in sheets)
    )
    return [CountedTable(sheet.title, n) for sheet, n in zip(sheets, counts.get(), strict=True)]


def _number(rows: QuerySet[Any]) -> Subquery:
    """Return the number of some rows as a part of another query."""
    one = rows.order_by().annotate(n_in_all=Func(F("pk"), function="COUNT"))
    return Subquery(one.values("n_in_all"), output_field=models.IntegerField())


class SchoolPackage:
    """What an organisation has, as the tables of the package.

    Args:
        organisation: whose.
        hidden: keys of the pairs whose marks are left out.
        rights: what of the answers to questionnaires is taken; None: nothing.
        only_covered: whether answers are left out that no consent of today covers.
    """

    def __init__(
        self,
        organisation: Organisation,
        *,
        hidden: Collection[int] = (),
        rights: ReadingRights | None = WHOLE,
        only_covered: bool = False,
    ) -> None:
        self.organisation = organisation
        self.rights = rights
        self.only_covered = only_covered
        self.hidden = frozenset(hidden)
        self.n_rows = 0

    def tables(self) -> Iterator[tuple[TableSchema, Iterator[list[Any]]]]:
        """Yield every table with its rows, each a list of values in the order of the header."""
        for sheet in SHEETS:
            core, more = catalogues.core_table(sheet), catalogues.details_table(sheet)
            columns = dict(sheet.columns)
            if more is not None:
                columns |= catalogues.details_of(sheet)
            rows = self._rows(sheet, columns)
            self.n_rows += len(rows)
            yield core, ([row[name] for name in core.header] for row in rows)
            if more is not None:
                yield more, ([row[name] for name in more.header] for row in rows)

    @property
    def people(self) -> frozenset[int]:
        """Return the people who are in it."""
        return frozenset(self._keys[BY_NAME["people"].model])

    # ------------------------------------------------------------ keys

    @cached_property
    def _kept(self) -> dict[str, dict[int, str]]:
        kept: dict[str, dict[int, str]] = defaultdict(dict)
        rows = PackageKey.objects.filter(organisation=self.organisation)
        for table, row_id, key in rows.values_list("table", "row_id", "key"):
            kept[table][row_id] = key
        return kept

    @cached_property
    def _keys(self) -> dict[type[models.Model], dict[int, str]]:
        """Return for each model that is referred to: key of the row → what the package calls it."""
        return {sheet.model: self._keys_of(sheet) for sheet in SHEETS if len(sheet.key) == 1}

    def _keys_of(self, sheet: PackageSheet) -> dict[int, str]:
        rows = rows_of(sheet, self.organisation)
        if sheet.model is MentoringForm:
            # a form of the directory is called as the school's own copy of it
            return dict(
                MentoringForm.objects.filter(organisation=self.organisation).values_list(
                    "pk", "code"
                )
            )
        if sheet.model is AcademicYear:
            own = {year.pk: str(year) for year in rows}
        else:
            own = {pk: str(pk) for pk in rows.values_list("pk", flat=True)}
        kept = self._kept.get(sheet.name, {})
        return _unlike({pk: name for pk, name in own.items() if pk not in kept}, kept) | {
            pk: kept[pk] for pk in own if pk in kept
        }

    # ------------------------------------------------------------ rows

    def _rows(self, sheet: PackageSheet, columns: Mapping[str, str]) -> list[dict[str, Any]]:
        if sheet.model is Response:
            return list(self._answers())
        read = [(one, self._reader(sheet, one, name)) for one, name in columns.items()]
        rows = []
        for row in rows_of(sheet, self.organisation):
            said = {one: value(row) for one, value in read}
            if sheet.name == "meetings" and row.mentorship_id in self.hidden:
                said |= {one: None for one, name in columns.items() if name in WORDS}
            rows.append(said)
        return rows

    def _reader(self, sheet: PackageSheet, column: str, name: str) -> Callable[[Any], Any]:
        if not name:
            return self._computed(sheet, column)
        field = sheet.model._meta.get_field(name)
        if field.many_to_many:
            return self._codes(sheet, name)
        if (sheet.name, name) == ("meetings", "mentee_marks"):
            return lambda row: self._by_number(row.mentee_marks)
        if (sheet.name, name) == ("pairs", "struck"):
            return self._struck
        if field.is_relation:
            keys = self._keys[field.related_model]  # type: ignore[index]
            attribute = f"{name}_id"
            return lambda row: keys.get(getattr(row, attribute))
        return lambda row: getattr(row, name)

    def _computed(self, sheet: PackageSheet, column: str) -> Callable[[Any], Any]:
        if (column,) == sheet.key:
            keys = self._keys[sheet.model]
            return lambda row: keys[row.pk]
        return {
            ("groups", "year"): lambda row: self._groups[row.study_group_id][0],
            ("groups", "group"): lambda row: self._groups[row.study_group_id][1],
            ("participations", "form"): lambda row: next(iter(self._forms(row.pk)), None),
            ("documents", "programme"): self._programme_of,
            ("pairs", "order_number"): lambda row: self._orders.get(row.pk, (None, None))[0],
            ("pairs", "order_on"): lambda row: self._orders.get(row.pk, (None, None))[1],
            ("waves", "instrument"): lambda row: self._versions[row.version_id].code,
            ("waves", "version"): lambda row: self._numbers_of_versions[row.version_id],
            ("instruments", "version"): lambda row: self._numbers_of_versions[row.pk],
            ("invitations", "state"): _state,
            ("invitations", "source"): lambda row: getattr(
                self._sheets.get(row.pk), "source", None
            ),
            ("invitations", "submitted_at"): lambda row: getattr(
                self._sheets.get(row.pk), "submitted_at", None
            ),
        }[sheet.name, column]

    def _struck(self, pair: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a row of pairs
        """Return the meetings an end has struck; marks may be in them."""
        if pair.pk in self.hidden:
            return []
        return [one | {"mentee_marks": self._by_number(one["mentee_marks"])} for one in pair.struck]

    def _programme_of(self, document: Any) -> str | None:  # noqa: ANN401 - a row of the register
        programmes = self._keys[BY_NAME["programmes"].model]
        return programmes.get(document.subject_id) if document.kind in ORDERS else None

    @cached_property
    def _groups(self) -> dict[int, tuple[str, str]]:
        years = self._keys[AcademicYear]
        rows = Enrolment.objects.filter(organisation=self.organisation).order_by()
        found = rows.values_list("study_group_id", "study_group__year_id", "study_group__name")
        return {pk: (years[year], name) for pk, year, name in found.distinct()}

    @cached_property
    def _orders(self) -> dict[int, tuple[str, Any]]:
        """Return of each pair number and date of the first registered order that attaches a mentee to its mentor."""
        rows = Tie.objects.filter(
            organisation=self.organisation, order__status=DocumentStatus.REGISTERED
        ).order_by("-pk")
        found = rows.values_list("mentorship_id", "order__number", "order__dated_on")
        return {pair: (number, day) for pair, number, day in found}

    # ------------------------------------------------------------ answers

    @cached_property
    def _versions(self) -> dict[int, InstrumentVersion]:
        return {row.pk: row for row in rows_of(BY_NAME["instruments"], self.organisation)}

    @cached_property
    def _numbers_of_versions(self) -> dict[int, int]:
        """Return of each questionnaire the number by which the package calls it.

        It is its own, but where one that came in with a package has the code and number of a shipped one.
        """
        own = [row for row in self._versions.values() if row.organisation_id is not None]
        taken = {(row.code, row.number) for row in own}
        found = {row.pk: row.number for row in own}
        for row in self._versions.values():
            if row.organisation_id is None:
                number = row.number
                while (row.code, number) in taken:
                    number += 1
                taken.add((row.code, number))
                found[row.pk] = number
        return found

    @cached_property
    def _sheets(self) -> dict[int, Response]:
        """Return the answers that are taken by the key of who was asked."""
        if self.rights is None:
            return {}
        rows = list(
            rows_of(BY_NAME["answers"], self.organisation).select_related("invitation", "wave")
        )
        if self.only_covered:
            held = held_purposes([row.invitation.person_id for row in rows], today())
            rows = [
                row
                for row in rows
                if not missing_purposes(
                    held.get(row.invitation.person_id, frozenset()), NEEDED_TO_ASK
                )
            ]
        return {row.invitation_id: row for row in rows}

    def _answers(self) -> Iterator[dict[str, Any]]:
        """Yield a row for each value of each answer, in the order of the questions; ranked people in their order."""
        if self.rights is None:
            return
        waves, people = self._keys[Wave], self._keys[Person]
        items = {
            pk: items_taken(instrument_of(version), self.rights)
            for pk, version in self._versions.items()
        }
        for row in self._sheets.values():
            for item in items[row.wave.version_id]:
                answer = answer_to(row, item)
                for value in answer if isinstance(answer, list) else [answer]:
                    said = people.get(int(value)) if item.of and value is not None else value
                    if said is not None:
                        yield {
                            "wave": waves[row.wave_id],
                            "person": people[row.invitation.person_id],  # type: ignore[union-attr]
                            "item": item.code,
                            "value": said,
                        }

    @cached_property
    def _forms_by_record(self) -> dict[int, list[str]]:
        return self._links(Participation.forms.through, "participation_id", Participation)

    def _forms(self, pk: int) -> list[str]:
        return self._forms_by_record.get(pk, [])

    def _codes(self, sheet: PackageSheet, name: str) -> Callable[[Any], list[str]]:
        through = getattr(sheet.model, name).through
        links = self._links(through, f"{sheet.model._meta.model_name}_id", sheet.model)
        return lambda row: links.get(row.pk, [])

    def _links(
        self,
        through: Any,  # noqa: ANN401 - made by Django
        column: str,
        model: type[models.Model],
    ) -> dict[int, list[str]]:
        whose = manager_of(model).filter(organisation=self.organisation).values("pk")
        rows = through.objects.filter(**{f"{column}__in": whose})
        found: dict[int, list[str]] = defaultdict(list)
        ordered = rows.order_by("mentoringform__order", "mentoringform__code")
        for pk, code in ordered.values_list(column, "mentoringform__code"):
            found[pk].append(code)
        return found

    @cached_property
    def _numbers(self) -> dict[str, str]:
        """Return key of a tie → its number in its pair, from 1, in the order of the table."""
        n_in: dict[int, int] = defaultdict(int)
        found = {}
        rows = Tie.objects.filter(organisation=self.organisation).order_by("pk")
        for pk, pair in rows.values_list("pk", "mentorship_id"):
            n_in[pair] += 1
            found[str(pk)] = str(n_in[pair])
        return found

    def _by_number(self, marks: Mapping[str, str]) -> dict[str, str]:
        return {self._numbers[tie]: mark for tie, mark in marks.items() if tie in self._numbers}


def _state(invitation: Any) -> str:  # noqa: ANN401 - a row of invitations
    """Return how far somebody has come: what is only begun is sealed and does not travel."""
    is_done = invitation.state == InvitationState.ANSWERED
    return InvitationState.ANSWERED.value if is_done else InvitationState.INVITED.value


def _unlike(own: Mapping[int, str], taken: Mapping[int, str]) -> dict[int, str]:
    """Return names none of which is taken or there twice."""
    used, found = set(taken.values()), {}
    for pk, name in own.items():
        free, number = name, 1
        while free in used:
            number += 1
            free = f"{name}-{number}"
        used.add(free)
        found[pk] = free
    return found
