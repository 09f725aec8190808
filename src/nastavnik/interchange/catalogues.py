"""The tables of the package: which model each holds, by which columns its rows are named.

The columns of the core are a promise and never change. What else a model keeps goes into a second table of it,
`…_details`, made of the model itself: a new field is carried from the day it is there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import models

from nastavnik.closing.models import ClosingTalk, Thanks
from nastavnik.consents.models import Consent, ConsentText, Guardian
from nastavnik.documents.models import Document
from nastavnik.engine.instruments.answering import LONGEST_STORY
from nastavnik.engine.packages.schema import ColumnType, PackageField, TableReference, TableSchema
from nastavnik.events.models import EventGuest, ProgrammeEvent
from nastavnik.mentorships.models import Meeting, Mentorship, OrderLine, PairStep, Tie
from nastavnik.monitoring.catalogues import indicator_rules
from nastavnik.monitoring.models import HandCount, YearTarget
from nastavnik.organisations.models import AcademicYear, Organisation, Partner
from nastavnik.people.models import Enrolment, Household, Person, StudyGroup
from nastavnik.programmes.models import MentoringForm, Participation, Programme, RoleVariant
from nastavnik.questionnaires.choices import AnswerSource, InvitationState, Mode
from nastavnik.questionnaires.models import InstrumentVersion, Invitation, Response, Wave
from nastavnik.roadmaps.models import (
    Activity,
    IndicatorTarget,
    Roadmap,
    RoadmapSection,
)
from nastavnik.training.models import SessionVisit, Trainee, TrainingCourse, TrainingSession

VERSION = 1
# columns that are computed, and not a field of the model (queries.COMPUTED, actions)
COMPUTED = ""


@dataclass(frozen=True, slots=True, eq=False)
class PackageSheet:
    """A table of the package.

    Attributes:
        name: of the table.
        title: for people.
        model: whose rows it holds.
        columns: its columns, each with the field it holds; a reference to another sheet holds its key.
        key: the columns others name a row by; empty: nobody does.
        required: the columns that may not be empty.
        left_out: fields that are carried nowhere: made anew on arrival, or not the school's.
        match: the columns that say in `…_details` which row is meant; rows that are alike are taken in their order.
        is_core: whether its columns are a promise.
        only: which rows of the model it holds, as words of a filter; no words: all of the organisation.
    """

    name: str
    title: str
    model: type[models.Model]
    columns: Mapping[str, str]
    key: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    left_out: frozenset[str] = frozenset()
    match: tuple[str, ...] = ()
    is_core: bool = True
    only: Mapping[str, Any] = field(default_factory=dict)

    @property
    def details(self) -> str:
        """Return the name of the table of what else there is."""
        return f"{self.name}_details"

    @property
    def named_by(self) -> tuple[str, ...]:
        """Return the columns by which the details say which row they speak of."""
        return self.match or self.key


SHEETS: tuple[PackageSheet, ...] = (
    PackageSheet(
        "organisation",
        "Организация",
        Organisation,
        {name: name for name in ("full_name", "short_name", "town", "head_name", "head_position")},
        required=("full_name", "short_name", "town"),
        match=("short_name",),
        left_out=frozenset({"parent", "path", "level"}),
    ),
    PackageSheet(
        "years",
        "Учебные годы",
        AcademicYear,
        {"code": COMPUTED, "starts_on": "starts_on", "ends_on": "ends_on"},
        key=("code",),
        required=("code", "starts_on", "ends_on"),
    ),
    PackageSheet(
        "partners",
        "Организации-партнёры",
        Partner,
        {"id": COMPUTED, "name": "name"},
        key=("id",),
        required=("id", "name"),
        is_core=False,
    ),
    PackageSheet(
        "households",
        "Семьи",
        Household,
        {"id": COMPUTED},
        key=("id",),
        required=("id",),
        is_core=False,
    ),
    PackageSheet(
        "people",
        "Люди",
        Person,
        {
            "id": COMPUTED,
            **{
                name: name
                for name in (
                    "last_name",
                    "first_name",
                    "patronymic",
                    "birth_date",
                    "kind",
                    "position",
                    "work_started_on",
                )
            },
        },
        key=("id",),
        required=("id", "last_name", "kind"),
        left_out=frozenset({"search_name"}),
    ),
    PackageSheet(
        "study_groups",
        "Классы и группы",
        StudyGroup,
        {"year": "year", "group": "name", "grade": "grade", "class_teacher": "class_teacher"},
        key=("year", "group"),
        required=("year", "group"),
        is_core=False,
    ),
    PackageSheet(
        "groups",
        "Кто в каком классе",
        Enrolment,
        {"year": COMPUTED, "person": "person", "group": COMPUTED},
        required=("year", "person", "group"),
        match=("year", "person", "group"),
        left_out=frozenset({"study_group"}),
    ),
    PackageSheet(
        "forms",
        "Формы наставничества",
        MentoringForm,
        {"form": "code", "title": "title"},
        key=("form",),
        required=("form",),
        is_core=False,
    ),
    PackageSheet(
        "form_variants",
        "Варианты взаимодействия",
        RoleVariant,
        {"form": "form", "title": "title", "order": "order"},
        required=("form", "title"),
        is_core=False,
    ),
    PackageSheet(
        "programmes",
        "Программы",
        Programme,
        {
            "id": COMPUTED,
            **{name: name for name in ("year", "title", "starts_on", "ends_on")},
        },
        key=("id",),
        required=("id", "year", "title", "starts_on", "ends_on"),
    ),
    PackageSheet(
        "participations",
        "База наставников и база наставляемых",
        Participation,
        {
            "id": COMPUTED,
            "programme": "programme",
            "person": "person",
            "side": "side",
            "form": COMPUTED,
            "request": "request",
            "entered_on": "starts_on",
            "left_on": "ends_on",
            "status": "status",
        },
        key=("id",),
        required=("id", "programme", "person", "side", "entered_on"),
        left_out=frozenset({"active_count"}),
    ),
    PackageSheet(
        "training_courses",
        "Обучение",
        TrainingCourse,
        {
            "id": COMPUTED,
            "year": "year",
            "title": "title",
            "audience": "audience",
            "hours": "hours",
        },
        key=("id",),
        required=("id", "year", "title", "audience", "hours"),
        is_core=False,
    ),
    PackageSheet(
        "training_sessions",
        "Занятия обучения",
        TrainingSession,
        {"id": COMPUTED, "course": "course", "held_on": "held_on", "theme": "theme"},
        key=("id",),
        required=("id", "course", "held_on", "theme"),
        is_core=False,
    ),
    PackageSheet(
        "trainees",
        "Кто обучается и обучен",
        Trainee,
        {
            "id": COMPUTED,
            "course": "course",
            "person": "person",
            "finished_on": "finished_on",
            "certificate_number": "certificate_number",
        },
        key=("id",),
        required=("id", "course", "person"),
        is_core=False,
    ),
    PackageSheet(
        "training_visits",
        "Кто был на занятиях",
        SessionVisit,
        {"session": "session", "trainee": "trainee", "came": "came"},
        required=("session", "trainee", "came"),
        is_core=False,
    ),
    PackageSheet(
        "events",
        "События программы",
        ProgrammeEvent,
        {"id": COMPUTED, **{name: name for name in ("year", "kind", "title", "held_on", "place")}},
        key=("id",),
        required=("id", "year", "kind", "title", "held_on"),
        is_core=False,
    ),
    PackageSheet(
        "event_guests",
        "Кто приглашён на события и кто был",
        EventGuest,
        {
            "event": "event",
            "person": "person",
            "is_family": "is_family",
            "will_come": "will_come",
            "came": "came",
        },
        required=("event", "person", "is_family"),
        is_core=False,
    ),
    PackageSheet(
        "guardians",
        "Законные представители",
        Guardian,
        {"id": COMPUTED, "person": "person", "full_name": "full_name", "relation": "relation"},
        key=("id",),
        required=("id", "person", "full_name", "relation"),
        is_core=False,
    ),
    # the words people have signed: without them a version would name another text where the package arrives
    PackageSheet(
        "consent_texts",
        "Тексты согласий",
        ConsentText,
        {name: name for name in ("purpose", "version", "title", "body", "is_own")},
        required=("purpose", "version", "title", "body"),
        left_out=frozenset({"made_at", "made_by"}),
        is_core=False,
    ),
    PackageSheet(
        "consents",
        "Согласия",
        Consent,
        {
            "person": "person",
            "purpose": "purpose",
            "signed_by": "signer",
            "signed_on": "signed_on",
            "withdrawn_on": "withdrawn_on",
        },
        required=("person", "purpose", "signed_on"),
        match=("person", "purpose", "signed_by", "signed_on", "withdrawn_on"),
        left_out=frozenset({"recorded_by", "mistaken_on"}),
        only={"mistaken_on": None},
    ),
    # apart: whoever reads the core only must not take them for consents
    PackageSheet(
        "mistaken_consents",
        "Ошибочные отметки о согласиях",
        Consent,
        {
            "person": "person",
            "purpose": "purpose",
            "signed_by": "signer",
            "guardian": "guardian",
            "signed_on": "signed_on",
            "ends_on": "ends_on",
            "text_version": "text_version",
            "recorded_at": "recorded_at",
            "mistaken_on": "mistaken_on",
        },
        required=("person", "purpose", "signed_by", "signed_on", "mistaken_on"),
        left_out=frozenset({"recorded_by", "withdrawn_on"}),
        is_core=False,
        only={"mistaken_on__isnull": False},
    ),
    PackageSheet(
        "documents",
        "Реестр документов",
        Document,
        {
            "id": COMPUTED,
            "year": "year",
            "kind": "kind",
            "programme": COMPUTED,
            **{name: name for name in ("title", "number", "dated_on", "status")},
        },
        key=("id",),
        required=("id", "year", "kind", "title", "status"),
        left_out=frozenset({"search_text", "subject_id", "created_at", "changed_at"}),
        is_core=False,
    ),
    PackageSheet(
        "pairs",
        "Пары и группы",
        Mentorship,
        {
            "id": COMPUTED,
            "programme": "programme",
            "form": "form",
            "mentor": "mentor",
            "starts_on": "starts_on",
            "ends_on": "ends_on",
            "order_number": COMPUTED,
            "order_on": COMPUTED,
            "ended_on": "ended_on",
            "end_cause": "end_cause",
        },
        key=("id",),
        required=("id", "programme", "form", "mentor", "starts_on", "ends_on"),
        left_out=frozenset({"run"}),
    ),
    PackageSheet(
        "ties",
        "Наставляемые в парах",
        Tie,
        {
            "pair": "mentorship",
            "mentee": "mentee",
            "starts_on": "starts_on",
            "ended_on": "ends_on",
        },
        required=("pair", "mentee", "starts_on"),
        match=("pair", "mentee", "starts_on", "ended_on"),
    ),
    PackageSheet(
        "pair_steps",
        "Ход пар",
        PairStep,
        {"pair": "mentorship", "status": "status", "on": "on"},
        required=("pair", "status", "on"),
        is_core=False,
    ),
    # what orders say of pairs after their beginning
    PackageSheet(
        "closing_talks",
        "Заключительные беседы руководителя",
        ClosingTalk,
        {"participation": "record", **{name: name for name in ("held_on", "held_by", "words")}},
        required=("participation", "held_on", "held_by"),
        left_out=frozenset({"noted_at", "noted_by"}),
        is_core=False,
    ),
    PackageSheet(
        "thanks",
        "Поощрения",
        Thanks,
        {"participation": "record", "kind": "kind", "given_on": "given_on"},
        required=("participation", "kind", "given_on"),
        is_core=False,
    ),
    PackageSheet(
        "order_lines",
        "Продления и окончания пар в приказах",
        OrderLine,
        {
            "pair": "mentorship",
            "document": "order",
            **{
                name: name
                for name in (
                    "kind",
                    "ends_on",
                    "ended_before",
                    "cause",
                    "pause_from",
                    "pause_until",
                )
            },
        },
        required=("pair", "document", "kind"),
        is_core=False,
    ),
    PackageSheet(
        "meetings",
        "Встречи",
        Meeting,
        {
            "pair": "mentorship",
            "kind": "kind",
            "planned_on": "planned_on",
            "held_on": "held_on",
            "status": "status",
            "word_of_mentor": "mentor_mark",
            "word_of_mentee": "mentee_mark",
        },
        required=("pair", "planned_on"),
        match=("pair", "kind", "planned_on", "held_on", "status"),
        left_out=frozenset({"noted_by", "before"}),
    ),
    PackageSheet(
        "roadmaps",
        "Дорожные карты",
        Roadmap,
        {"id": COMPUTED, "year": "year", "title": "title"},
        key=("id",),
        required=("id", "year", "title"),
        left_out=frozenset({"made_at", "calendar_key"}),
        is_core=False,
    ),
    PackageSheet(
        "roadmap_sections",
        "Разделы дорожных карт",
        RoadmapSection,
        {
            "roadmap": "roadmap",
            **{
                name: name
                for name in ("title", "term_text", "responsible", "result", "document_text")
            },
        },
        required=("roadmap", "title"),
        is_core=False,
    ),
    PackageSheet(
        "activities",
        "Мероприятия дорожных карт",
        Activity,
        {
            "id": COMPUTED,
            "roadmap": "roadmap",
            **{
                name: name
                for name in (
                    "position",
                    "number",
                    "title",
                    "term_text",
                    "starts_on",
                    "ends_on",
                    "status",
                    "done_on",
                )
            },
        },
        key=("id",),
        required=("id", "roadmap", "position", "title", "status"),
        is_core=False,
    ),
    PackageSheet(
        "indicator_targets",
        "Плановые значения показателей",
        IndicatorTarget,
        {
            "roadmap": "roadmap",
            **{name: name for name in ("position", "name", "unit", "year", "value", "source_line")},
        },
        required=("roadmap", "position", "name", "year", "source_line"),
        is_core=False,
    ),
    # by calendar year; whose account entered a number stays behind, the name travels
    PackageSheet(
        "denominators",
        "Знаменатели показателей",
        HandCount,
        {
            "year": "year",
            "indicator": "code",
            "value": "value",
            "signed_by": "signed_by",
            "signed_on": "entered_on",
        },
        key=("year", "indicator"),
        required=("year", "indicator"),
    ),
    PackageSheet(
        "targets",
        "Плановые значения показателей по годам",
        YearTarget,
        {"year": "year", "indicator": "code", "value": "value"},
        key=("year", "indicator"),
        required=("year", "indicator"),
    ),
    # the own ones, and of the shipped ones those that were asked: another installation may number them otherwise
    PackageSheet(
        "instruments",
        "Анкеты",
        InstrumentVersion,
        {
            "instrument": "code",
            "version": COMPUTED,
            **{name: name for name in ("status", "published_at", "body")},
        },
        key=("instrument", "version"),
        required=("instrument", "version", "body"),
        left_out=frozenset({"number", "title", "role", "stage", "forms", "sha256"}),
        is_core=False,
    ),
    PackageSheet(
        "waves",
        "Опросы",
        Wave,
        {
            "id": COMPUTED,
            "programme": "programme",
            "instrument": COMPUTED,
            "version": COMPUTED,
            "opens_on": "opens_on",
            "closes_on": "closes_on",
        },
        key=("id",),
        required=("id", "programme", "instrument", "version", "opens_on", "closes_on"),
        left_out=frozenset({"version"}),
    ),
    # of a confidential wave nobody: who answered is kept apart from what, and what does not travel
    PackageSheet(
        "invitations",
        "Кого спросили",
        Invitation,
        {
            "wave": "wave",
            "person": "person",
            "state": COMPUTED,
            "answered_on": "answered_on",
            "source": COMPUTED,
            "submitted_at": COMPUTED,
        },
        required=("wave", "person"),
        left_out=frozenset({"about", "token_sha256", "room_code_sha256", "submit_key", "state"}),
        is_core=False,
        only={"wave__mode": Mode.NAMED, "about": ""},
    ),
    # a row for each value of an answer
    PackageSheet(
        "answers",
        "Ответы на анкеты",
        Response,
        {"wave": "wave", "person": COMPUTED, "item": COMPUTED, "value": COMPUTED},
        required=("wave", "person", "item", "value"),
        left_out=frozenset(
            {
                "version_sha256",
                "mode",
                "invitation",
                "answers",
                "texts",
                "guarded",
                "source",
                "submitted_at",
            }
        ),
        only={"mode": Mode.NAMED, "invitation__about": ""},
    ),
)

BY_NAME = {sheet.name: sheet for sheet in SHEETS}
BY_MODEL = {sheet.model: sheet for sheet in reversed(SHEETS)}

#: What columns without a field are: their type, the sheet they refer to.
_COMPUTED: Mapping[tuple[str, str], tuple[ColumnType, str]] = {
    ("groups", "year"): (ColumnType.STRING, "years"),
    ("groups", "group"): (ColumnType.STRING, ""),
    ("participations", "form"): (ColumnType.STRING, ""),
    ("documents", "programme"): (ColumnType.STRING, "programmes"),
    ("pairs", "order_number"): (ColumnType.STRING, ""),
    ("pairs", "order_on"): (ColumnType.DATE, ""),
    ("instruments", "version"): (ColumnType.INTEGER, ""),
    ("waves", "version"): (ColumnType.INTEGER, ""),
    ("invitations", "submitted_at"): (ColumnType.DATETIME, ""),
    ("answers", "person"): (ColumnType.STRING, "people"),
}
#: What may stand in columns without a field, and in codes the database does not bound; an answer that is only begun is sealed and does not travel.
_MEMBERS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("invitations", "state"): (InvitationState.INVITED.value, InvitationState.ANSWERED.value),
    ("invitations", "source"): tuple(AnswerSource.values),
    ("denominators", "indicator"): tuple(rule.code for rule in indicator_rules()),
    ("targets", "indicator"): tuple(rule.code for rule in indicator_rules()),
}
#: Columns without a field that may hold more than a key.
_LONGER = {("answers", "value"): LONGEST_STORY}

_TYPES: tuple[tuple[type[Any], ColumnType], ...] = (
    (models.DateTimeField, ColumnType.DATETIME),
    (models.DateField, ColumnType.DATE),
    (models.BooleanField, ColumnType.BOOLEAN),
    (models.FloatField, ColumnType.NUMBER),
    (models.IntegerField, ColumnType.INTEGER),
    (models.ManyToManyField, ColumnType.ARRAY),
)
_SMALL, _LARGE = 32767, 2147483647  # what every database keeps
_NOT_NEGATIVE = (
    models.PositiveSmallIntegerField,
    models.PositiveIntegerField,
    models.PositiveBigIntegerField,
)
_LONGEST_NAME = 200  # characters of a key others made


@cache
def details_of(sheet: PackageSheet) -> dict[str, str]:
    """Return the columns of `…_details`: every field of the model that is neither in the sheet nor left out."""
    meta = sheet.model._meta
    known = {*sheet.columns.values(), *sheet.left_out, "organisation"}
    return {
        field.name: field.name
        for field in (*meta.concrete_fields, *meta.many_to_many)
        if field.name not in known and not field.primary_key and is_carried(field)
    }


def is_carried(field: models.Field[Any, Any]) -> bool:
    """Tell whether a field can be carried: of what points elsewhere only what points into the package; files are not."""
    if isinstance(field, models.FileField):
        return False
    return not field.is_relation or field.related_model in BY_MODEL


@cache
def core_table(sheet: PackageSheet) -> TableSchema:
    """Return the schema of a sheet."""
    return _table(sheet, sheet.name, sheet.title, sheet.columns, sheet.key, sheet.required)


@cache
def details_table(sheet: PackageSheet) -> TableSchema | None:
    """Return the schema of `…_details`, None where nothing is left to say."""
    if not (more := details_of(sheet)):
        return None
    columns = {name: sheet.columns[name] for name in sheet.named_by} | more
    required = tuple(name for name in sheet.named_by if name in sheet.required)
    return _table(sheet, sheet.details, f"{sheet.title}: остальное", columns, sheet.key, required)


def _table(
    sheet: PackageSheet,
    name: str,
    title: str,
    columns: Mapping[str, str],
    key: tuple[str, ...],
    required: tuple[str, ...],
) -> TableSchema:
    fields = tuple(_field(sheet, one, columns[one], one in required) for one in columns)
    references = [
        TableReference((one,), to.name, to.key)
        for one, to in referred(sheet, columns)
        if len(to.key) == 1
    ]
    if name == sheet.details:
        kept = tuple(one for one in sheet.named_by if one in columns)
        if sheet.key:
            references.append(TableReference(kept, sheet.name, kept))
    return TableSchema(name, fields, title, key, tuple(references))


def referred(sheet: PackageSheet, columns: Mapping[str, str]) -> Iterator[tuple[str, PackageSheet]]:
    """Yield the columns that name a row of another sheet; lists of codes do it in words of JSON."""
    for column, name in columns.items():
        if not name:
            _type, to = _COMPUTED.get((sheet.name, column), (ColumnType.STRING, ""))
            if to:
                yield column, BY_NAME[to]
            continue
        field = sheet.model._meta.get_field(name)
        # forms are those of the directory too: the rules say which code nobody knows
        if (
            field.is_relation
            and not field.many_to_many
            and field.related_model is not MentoringForm
        ):
            yield column, BY_MODEL[field.related_model]  # type: ignore[index]


def _field(sheet: PackageSheet, column: str, name: str, required: bool) -> PackageField:  # noqa: FBT001 - one of four
    if not name:
        kind, _to = _COMPUTED.get((sheet.name, column), (ColumnType.STRING, ""))
        longest = _LONGER.get((sheet.name, column), _LONGEST_NAME)
        most = longest if kind == ColumnType.STRING else None
        members = _MEMBERS.get((sheet.name, column), ())
        least = None
        if kind == ColumnType.INTEGER:
            most, least = _SMALL, 0
        return PackageField(
            column, kind, required=required, most=most, least=least, members=members
        )
    field = sheet.model._meta.get_field(name)
    assert isinstance(field, models.Field)  # noqa: S101 - no sheet names the other side of a relation
    title = str(getattr(field, "verbose_name", ""))
    if field.is_relation and not field.many_to_many:
        return PackageField(column, ColumnType.STRING, title, required, most=_LONGEST_NAME)
    kind = type_of(field)
    members = _MEMBERS.get((sheet.name, column)) or tuple(
        str(code) for code, _word in field.flatchoices if code
    )
    most = getattr(field, "max_length", None) if kind == ColumnType.STRING else None
    least = None
    if kind == ColumnType.INTEGER:
        most = (
            _SMALL
            if isinstance(field, models.SmallIntegerField | models.PositiveSmallIntegerField)
            else _LARGE
        )
        least = 0 if isinstance(field, _NOT_NEGATIVE) else None
    return PackageField(
        column, kind, title, required, most=None if members else most, least=least, members=members
    )


def type_of(field: models.Field[Any, Any]) -> ColumnType:
    """Return the type of a field in a table schema."""
    if isinstance(field, models.JSONField):
        return ColumnType.ARRAY if field.default is list else ColumnType.OBJECT
    return next((kind for model, kind in _TYPES if isinstance(field, model)), ColumnType.STRING)


def tables() -> Iterator[tuple[PackageSheet, TableSchema]]:
    """Yield every table of the package with its sheet, in the order in which they are read."""
    for sheet in SHEETS:
        yield sheet, core_table(sheet)
        if (more := details_table(sheet)) is not None:
            yield sheet, more
