"""What the core of a package leaves open is made of what it says; whatever is filled in otherwise is noted."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.consents.models import Consent
from nastavnik.consents.queries import signer_for
from nastavnik.core.dates import today
from nastavnik.core.text import fold
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import title_of
from nastavnik.engine.instruments import digest, parse_instrument
from nastavnik.engine.packages.reading import PackageRow
from nastavnik.mentorships.choices import PAIR_ORDER, MeetingKind, MeetingStatus, MentorshipStatus
from nastavnik.mentorships.models import Meeting, Mentorship, Tie
from nastavnik.monitoring.models import HandCount
from nastavnik.organisations.models import AcademicYear, Organisation
from nastavnik.people.actions import grade_of
from nastavnik.people.models import Enrolment, Person, StudyGroup
from nastavnik.programmes.choices import ParticipationStatus
from nastavnik.programmes.models import Participation, Programme
from nastavnik.questionnaires.choices import VersionStatus, WaveStatus
from nastavnik.questionnaires.models import InstrumentVersion, Wave
from nastavnik.writers.blocks import Paragraph, as_plain

S = ParticipationStatus


@dataclass(slots=True)
class FillNotes:
    """How often something was filled in: table and sentence → lines."""

    lines: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, table: str, what: str, line: int) -> None:
        """Note that a row was taken otherwise than it stands."""
        self.lines[table, what].append(line)

    def __iter__(self) -> Any:  # noqa: ANN401 - of sentences
        for (table, what), lines in self.lines.items():
            n = len(lines)
            rows = ngettext("%(n)s row", "%(n)s rows", n) % {"n": n}
            yield f"{table}: {what} ({rows}: {', '.join(map(str, lines[:10]))}{', …' if n > 10 else ''})"  # noqa: PLR2004 - enough to look


@dataclass
class ArrivingPackage:
    """A package on its way in.

    Attributes:
        organisation: the new one.
        rows: the tables as read.
        ids: model → what the package calls a row → its key here.
        made: table → its rows as read and as written.
    """

    organisation: Organisation
    rows: Mapping[str, list[PackageRow]]
    ids: dict[type[models.Model], dict[str, int]] = field(default_factory=dict)
    made: dict[str, list[tuple[PackageRow, Any]]] = field(default_factory=dict)
    notes: FillNotes = field(default_factory=FillNotes)
    groups: dict[tuple[str, str], int] = field(default_factory=dict)

    @cached_property
    def years(self) -> dict[str, PackageRow]:
        """Return the years by their codes."""
        return {row["code"]: row for row in self.rows["years"]}

    @cached_property
    def pairs(self) -> dict[str, PackageRow]:
        """Return the pairs as the package calls them."""
        return {row["id"]: row for row in self.rows["pairs"]}

    @cached_property
    def ties(self) -> dict[str, list[PackageRow]]:
        """Return of each pair its rows of `ties`."""
        return _grouped(self.rows["ties"], "pair")

    @cached_property
    def people(self) -> dict[int, Person]:
        """Return the people that are written already."""
        return {person.pk: person for _row, person in self.made["people"]}

    @cached_property
    def last_class(self) -> dict[str, Any]:
        """Return of each person the first day of the year of the last class."""
        found: dict[str, dt.date] = {}
        for row in self.rows["groups"]:
            begins = self.years[row["year"]]["starts_on"]
            found[row["person"]] = max(found.get(row["person"], begins), begins)
        return found

    @cached_property
    def led(self) -> Counter[str]:
        """Return how many open ties of open pairs a record has, as mentor and as mentee."""
        found: Counter[str] = Counter()
        for row in self.rows["ties"]:
            pair = self.pairs[row["pair"]]
            if row["ended_on"] is None and pair["ended_on"] is None:
                found[row["mentee"]] += 1
                found[pair["mentor"]] += 1
        return found

    @cached_property
    def orders(self) -> dict[tuple[str, str], int]:
        """Return the registered orders by year and number; those the register of the package lacks are put there."""
        rows = self.made["documents"]
        found = {
            (row["year"], row["number"]): one.pk
            for row, one in rows
            if row["kind"] == PAIR_ORDER and row["number"]
        }
        fresh: dict[tuple[str, str], Document] = {}
        for row in self.rows["pairs"]:
            key = (self.year_of[row["programme"]], row["order_number"])
            if row["order_number"] and key not in found and key not in fresh:
                fresh[key] = self._order(key[0], row)
        Document.objects.bulk_create(fresh.values())
        return found | {key: one.pk for key, one in fresh.items()}

    def _order(self, year: str, row: PackageRow) -> Document:
        words = _(
            "The text of this order did not come with the package: the paper is in the file of orders."
        )
        one = Document(
            organisation=self.organisation,
            year_id=self.ids[AcademicYear][year],
            kind=PAIR_ORDER,
            subject_id=self.ids[Programme][row["programme"]],
            title=title_of(PAIR_ORDER),
            number=row["order_number"],
            dated_on=row["order_on"],
            status=DocumentStatus.REGISTERED,
            content={"title": title_of(PAIR_ORDER), "blocks": as_plain([Paragraph(words)])},
            registered_at=timezone.now(),
        )
        one.search_text = fold(f"{one.title} {one.number}")
        one.digest = one.digest_now()
        return one

    def order_of(self, pair: PackageRow) -> int | None:
        """Return the order of a pair by its number in the core."""
        if not pair["order_number"]:
            return None
        return self.orders[self.year_of[pair["programme"]], pair["order_number"]]

    @cached_property
    def year_of(self) -> dict[str, str]:
        """Return of each programme its year."""
        return {row["id"]: row["year"] for row in self.rows["programmes"]}

    @cached_property
    def versions(self) -> dict[tuple[str, int], InstrumentVersion]:
        """Return the questionnaires by the code and version the package calls them: those it does not bring are shipped."""
        found = {(one.code, one.number): one for one in self._shipped.values()}
        for row in self.rows["instruments"]:
            if (known := self._shipped.get(digest(row["body"]))) is not None:
                found[row["instrument"], row["version"]] = known
        return found | {
            (row["instrument"], row["version"]): one for row, one in self.made["instruments"]
        }

    @property
    def strange_instruments(self) -> list[PackageRow]:
        """Return the questionnaires of the package that did not come with the program: they are the organisation's own."""
        return [row for row in self.rows["instruments"] if digest(row["body"]) not in self._shipped]

    @cached_property
    def _shipped(self) -> dict[str, InstrumentVersion]:
        return {one.sha256: one for one in InstrumentVersion.objects.shipped().order_by("number")}

    @cached_property
    def _ties_made(self) -> dict[str, list[Tie]]:
        found: dict[str, list[Tie]] = defaultdict(list)
        for row, tie in self.made["ties"]:
            found[row["pair"]].append(tie)
        return found

    def by_tie(self, pair: str, marks: Mapping[str, str]) -> dict[str, str]:
        """Return the marks of a group by the keys of its ties, which the package numbers from 1."""
        ties = self._ties_made[pair]
        return {str(ties[int(number) - 1].pk): mark for number, mark in marks.items()}

    def codes(self, table: str, row: PackageRow) -> list[str]:
        """Return the forms of a record or of a programme: as its details say, else those that are named."""
        if row["forms"] is not None:
            return list(dict.fromkeys(row["forms"]))
        if table == "participations":
            return [row["form"]] if row["form"] else []
        return self._forms_named.get(row["id"], [])

    @cached_property
    def _forms_named(self) -> dict[str, list[str]]:
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for row in (*self.rows["participations"], *self.rows["pairs"]):
            if row["form"]:
                found[row["programme"]][row["form"]] = None
        return {key: list(codes) for key, codes in found.items()}


def _grouped(rows: Iterable[PackageRow], column: str) -> dict[str, list[PackageRow]]:
    found: dict[str, list[PackageRow]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found


# ---------------------------------------------------------------- of each table


def _person(_arriving: ArrivingPackage, _row: PackageRow, one: Person) -> None:
    one.search_name = fold(one.full_name)


def _study_group(_arriving: ArrivingPackage, _row: PackageRow, one: StudyGroup) -> None:
    if one.grade is None:
        one.grade = grade_of(one.name)


def _enrolment(arriving: ArrivingPackage, row: PackageRow, one: Enrolment) -> None:
    """Put a person into a class of the year: from its first day; the last class goes on while its year does."""
    one.study_group_id = _group_of(arriving, row["year"], row["group"])
    year = arriving.years[row["year"]]
    if row["starts_on"] is None:
        one.starts_on = year["starts_on"]
        goes_on = (
            arriving.last_class[row["person"]] == year["starts_on"] and year["ends_on"] >= today()
        )
        one.ends_on = None if goes_on else year["ends_on"]


def _group_of(arriving: ArrivingPackage, year: str, name: str) -> int:
    if not arriving.groups:
        for row, one in arriving.made["study_groups"]:
            arriving.groups[row["year"], row["group"]] = one.pk
        wanted = {(row["year"], row["group"]) for row in arriving.rows["groups"]}
        fresh = [
            StudyGroup(
                organisation=arriving.organisation,
                year_id=arriving.ids[AcademicYear][year],
                name=name,
                grade=grade_of(name),
            )
            for year, name in sorted(wanted - arriving.groups.keys())
        ]
        StudyGroup.objects.bulk_create(fresh)
        codes = {pk: code for code, pk in arriving.ids[AcademicYear].items()}
        arriving.groups |= {(codes[one.year_id], one.name): one.pk for one in fresh}
    return arriving.groups[year, name]


def _record(arriving: ArrivingPackage, row: PackageRow, one: Participation) -> None:
    """Count the open pairs of a record, and let its state agree with them."""
    one.active_count = arriving.led[row["id"]]
    if row["capacity"] is None:
        one.capacity = max(1, one.active_count)
    if not row["status"]:
        one.status = _state(one)
        arriving.notes.add("participations", _("state taken from dates and pairs"), row.line)
    elif one.active_count and one.status in (S.CANDIDATE, S.READY):
        one.status = S.PAIRED
        arriving.notes.add("participations", _("has an open pair, so is “paired”"), row.line)
    elif not one.active_count and one.status == S.PAIRED:
        one.status = S.READY
        arriving.notes.add("participations", _("has no open pair, so is “ready”"), row.line)


def _state(one: Participation) -> ParticipationStatus:
    if one.ends_on is not None:
        return S.LEFT
    return S.PAIRED if one.active_count else S.CANDIDATE


def _consent(arriving: ArrivingPackage, row: PackageRow, one: Consent) -> None:
    if not row["signed_by"]:
        one.signer = signer_for(arriving.people[one.person_id], one.signed_on)
        arriving.notes.add("consents", _("who signed is taken from the age"), row.line)


def _document(arriving: ArrivingPackage, row: PackageRow, one: Document) -> None:
    one.search_text = fold(f"{one.title} {one.number}")
    if row["programme"] is not None:
        one.subject_id = arriving.ids[Programme][row["programme"]]


def _pair(arriving: ArrivingPackage, row: PackageRow, one: Mentorship) -> None:
    ties = arriving.ties.get(row["id"], [])
    if row["is_group"] is None:
        one.is_group = len(ties) > 1
    if row["status"]:
        return
    if one.ended_on is None:
        one.status = MentorshipStatus.ACTIVE if row["order_number"] else MentorshipStatus.APPROVED
    elif one.end_cause or one.ended_on < one.ends_on:
        one.status = MentorshipStatus.CANCELLED
    else:
        one.status = MentorshipStatus.COMPLETED


def _tie(arriving: ArrivingPackage, row: PackageRow, one: Tie) -> None:
    pair = arriving.pairs[row["pair"]]
    if row["order"] is None:
        one.order_id = arriving.order_of(pair)
    if one.ends_on is None and pair["ended_on"] is not None:
        one.ends_on = pair["ended_on"]
        arriving.notes.add("ties", _("ended with its pair"), row.line)


def _meeting(arriving: ArrivingPackage, row: PackageRow, one: Meeting) -> None:
    if not row["kind"]:
        one.kind = MeetingKind.REGULAR
        arriving.notes.add("meetings", _("kind taken as “regular”"), row.line)
    if not row["status"]:
        one.status = MeetingStatus.HELD if one.held_on else MeetingStatus.PLANNED
        arriving.notes.add("meetings", _("state taken from held_on"), row.line)
    if one.status == MeetingStatus.POSTPONED and not row["n_postponed"]:
        one.n_postponed, one.postponed_from = 1, one.planned_on
    if row["mentee_marks"]:
        one.mentee_marks = arriving.by_tie(row["pair"], row["mentee_marks"])


def _instrument(_arriving: ArrivingPackage, row: PackageRow, one: InstrumentVersion) -> None:
    instrument = parse_instrument(row["body"])
    one.number = row["version"]
    one.sha256 = digest(one.body)
    one.title, one.role, one.stage = instrument.title, instrument.role, instrument.stage
    one.forms = list(instrument.forms)
    if one.status != VersionStatus.DRAFT and one.published_at is None:
        one.published_at = timezone.now()


def _wave(arriving: ArrivingPackage, row: PackageRow, one: Wave) -> None:
    one.version = arriving.versions[row["instrument"], row["version"]]
    one.title = one.title or one.version.title
    if not row["status"]:
        one.status = WaveStatus.CLOSED if one.closes_on < today() else WaveStatus.OPEN
        arriving.notes.add("waves", _("state taken from closes_on"), row.line)
    if one.status == WaveStatus.CLOSED and one.closed_at is None:
        one.closed_at = timezone.now()


def _count(arriving: ArrivingPackage, row: PackageRow, one: HandCount) -> None:
    """Say of a denominator where it is from, and when it came in where no day is said."""
    one.basis = one.basis or _("data package")
    if row["signed_on"] is None:
        one.entered_on = today()
        arriving.notes.add("denominators", _("has no day, so has the one of today"), row.line)


COMPLETE: Mapping[str, Callable[[ArrivingPackage, PackageRow, Any], None]] = {
    "people": _person,
    "study_groups": _study_group,
    "groups": _enrolment,
    "participations": _record,
    "consents": _consent,
    "documents": _document,
    "pairs": _pair,
    "ties": _tie,
    "meetings": _meeting,
    "instruments": _instrument,
    "waves": _wave,
    "denominators": _count,
}
