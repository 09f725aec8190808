"""The bases as their files have them: one row a record, in the columns of method.md §7.3."""

import datetime as dt
import hashlib
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from nastavnik.consents.choices import Purpose
from nastavnik.consents.queries import held_purposes
from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import today
from nastavnik.core.text import fold, plain
from nastavnik.documents.adapter import what
from nastavnik.mentorships.catalogues import BaseColumn, base_columns, subbases
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.models import BaseDraft, Tie
from nastavnik.people.choices import PersonKind
from nastavnik.people.models import Person
from nastavnik.people.queries import enrolments_on
from nastavnik.programmes import catalogues
from nastavnik.programmes.access import fits_form
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import (
    MentoringForm,
    Participation,
    ParticipationQuerySet,
    Programme,
)
from nastavnik.programmes.queries import areas_offered

BETWEEN = "; "


@dataclass(frozen=True, slots=True)
class BaseEntry:
    """A record of a base as its file has it: `cells` by the names of `base_columns`."""

    record: Participation
    cells: Mapping[str, str]

    def cell(self, name: str) -> str:
        """Return what stands in a column, "" where nothing was entered."""
        return self.cells[name]


@dataclass(frozen=True, slots=True)
class BaseFile:
    """What a file of a base holds, and who is not in it.

    Attributes:
        entries: the rows.
        uncovered: people of the base of whom no live consent to personal data is there: nothing of them goes out.
        unnamed: people across whom the rows do not name for the same reason.
    """

    entries: tuple[BaseEntry, ...]
    uncovered: tuple[Person, ...]
    unnamed: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class SubBase:
    """A base or a part of it by kind of people (empty: all), with the number of rows its file has and of those left out."""

    side: Side
    kind: str
    n: int
    n_uncovered: int


def base_of_file(
    user: SignedIn, programme: Programme, side: Side, *, kind: str = "", form: str = ""
) -> ParticipationQuerySet:
    """Return the records of a base somebody may take out or change; who has left is not in it."""
    records = (
        Participation.objects.visible_to(user)
        .within(user, Perm.BASE_EDIT)
        .of(side)
        .filter(programme=programme)
    )
    if kind:
        records = records.filter(person__kind=kind)
    if form:
        records = records.filter(
            pk__in=Participation.forms.through.objects.filter(mentoringform__code=form).values(
                "participation_id"
            )
        )
    return records


def base_file(
    user: SignedIn, programme: Programme, side: Side, *, kind: str = "", form: str = ""
) -> BaseFile:
    """Return what the file of a base holds today; people without a live consent to personal data are left out of it."""
    records = list(
        base_of_file(user, programme, side, kind=kind, form=form)
        .select_related("person__partner")
        .prefetch_related("forms")
        .order_by("person__search_name", "pk")
    )
    across, passed = _across(records, side), _passed(records, side)
    people = {record.person_id: record.person for record in records}
    people |= {one.person_id: one.person for some in across.values() for one, _form, _day in some}
    held = held_purposes(people, today())
    covered = {key for key in people if Purpose.DATA in held.get(key, frozenset())}
    day = min(today(), programme.ends_on)
    groups = {row.person_id: row.study_group.name for row in enrolments_on(day, list(people))}
    kept = [record for record in records if record.person_id in covered]
    entries: list[BaseEntry] = []
    unnamed: dict[int, Person] = {}
    for number, record in enumerate(kept, 1):
        others = across.get(record.pk, [])
        named = [(one, title) for one, title, _day in others if one.person_id in covered]
        unnamed |= {
            one.person_id: one.person
            for one, _title, _day in others
            if one.person_id not in covered
        }
        # a base is often typed in when its pairs have met for weeks: nobody entered later than the own pair began
        entered = min([record.starts_on, *(day for _one, _title, day in others)])
        cells = _cells(number, record, named, groups, entered, has_passed=record.pk in passed)
        entries.append(BaseEntry(record, cells))
    left_out = [record.person for record in records if record.person_id not in covered]
    keys = {person.pk for person in left_out}
    rest = [person for key, person in unnamed.items() if key not in keys]
    return BaseFile(tuple(entries), tuple(left_out), tuple(rest))


def _across(
    records: Iterable[Participation], side: Side
) -> dict[int, list[tuple[Participation, str, dt.date]]]:
    """Return the key of a record → those across it in pairs that have begun, with the form and the first day together."""
    keys = [record.pk for record in records]
    ties = (
        Tie.objects.present()
        .begun()
        .select_related(
            "mentee__person__partner", "mentorship__mentor__person__partner", "mentorship__form"
        )
        .order_by("starts_on", "pk")
    )
    found: dict[int, list[tuple[Participation, str, dt.date]]] = {}
    if side == Side.MENTOR:
        for tie in ties.filter(mentorship__mentor__in=keys):
            found.setdefault(tie.mentorship.mentor_id, []).append(
                (tie.mentee, tie.mentorship.form.title, tie.starts_on)
            )
        return found
    for tie in ties.filter(mentee__in=keys):
        found.setdefault(tie.mentee_id, []).append(
            (tie.mentorship.mentor, tie.mentorship.form.title, tie.starts_on)
        )
    return found


def _passed(records: Iterable[Participation], side: Side) -> set[int]:
    """Return the keys of those who have finished with a pair that was completed: of others no programme is passed."""
    keys = [one.pk for one in records if one.status == ParticipationStatus.FINISHED]
    record = "mentorship__mentor" if side == Side.MENTOR else "mentee"
    completed = Tie.objects.present().filter(mentorship__status=MentorshipStatus.COMPLETED)
    return set(completed.filter(**{f"{record}__in": keys}).values_list(record, flat=True))


def _cells(
    number: int,
    record: Participation,
    others: list[tuple[Participation, str]],
    groups: Mapping[int, str],
    entered: dt.date,
    *,
    has_passed: bool,
) -> dict[str, str]:
    person = record.person
    ended = f"{record.ends_on:%d.%m.%Y}" if has_passed and record.ends_on else ""
    forms = [title for _other, title in others] or [form.title for form in record.forms.all()]
    places = [what(one.person, groups.get(one.person_id, "")) for one, _form in others]
    said = {
        "number": str(number),
        "person": person.full_name,
        "contacts": record.contacts,
        "born": str(person.birth_date.year) if person.birth_date else "",
        "workplace": what(person, groups.get(person.pk, "")),
        "request": record.request or titles_of(record.areas, catalogues.areas()),
        "areas": titles_of(record.areas, catalogues.areas()),
        "achievements": record.achievements,
        "interests": titles_of(record.interests, catalogues.interests()),
        "wanted_ages": record.wanted_ages,
        "time": titles_of(record.time_slots, catalogues.time_slots()),
        "entered": f"{entered:%d.%m.%Y}",
        "others": BETWEEN.join(one.person.full_name for one, _form in others),
        "form": BETWEEN.join(dict.fromkeys(forms)),
        "place": BETWEEN.join(dict.fromkeys(place for place in places if place)),
        "ended": ended,
        "results": record.results,
        "case_link": record.case_link,
        "mark": "программа пройдена" if has_passed else "",
    }
    return {column.name: said[column.name] for column in base_columns(record.side)}


def titles_of(codes: Iterable[str], known: Mapping[str, catalogues.ListEntry]) -> str:
    """Return the words of codes in the order of their list; what the list has no more is left out."""
    chosen = set(codes)
    return BETWEEN.join(entry.title for code, entry in known.items() if code in chosen)


def sub_bases(files: Mapping[Side, BaseFile]) -> list[SubBase]:
    """Return both bases and the sub-bases of mentors: the four kept always, others where somebody is in them."""
    told = []
    for side, found in files.items():
        n = Counter(entry.record.person.kind for entry in found.entries)
        n_out = Counter(person.kind for person in found.uncovered)
        told.append(SubBase(side, "", n.total(), n_out.total()))
        if side == Side.MENTOR:
            shown = [one for one in PersonKind if one in subbases() or n[one] or n_out[one]]
            told += [SubBase(side, one.value, n[one], n_out[one]) for one in shown]
    return told


# ---------------------------------------------------------------- in


def same_words(text: str) -> str:
    """Return the words of a cell as they are compared: one line, nothing unseen."""
    return " ".join(unicodedata.normalize("NFC", plain(text)).split())


def old_base_drafts(before: dt.datetime) -> QuerySet[BaseDraft]:
    """Return files of bases that were read before a moment and never taken."""
    return BaseDraft.objects.filter(read_at__lt=before).order_by("pk")


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that differs: what stands in the base, what the file says; `value` is kept in `field`."""

    title: str
    before: str
    after: str
    field: str = ""
    value: str | tuple[str, ...] = ""


@dataclass(frozen=True, slots=True)
class ReadRow:
    """What taking one row of a file would do.

    Attributes:
        row: its number in the file.
        name: whose it is.
        record: the record of the base; None for somebody new or unknown.
        person: who would be taken into the base.
        changes: what would be written.
        untaken: what the file says otherwise and is not taken from it: an emptied cell, or what is changed on other pages.
        reason: why nothing can be done with the row; empty where something can.
    """

    row: int
    name: str
    record: Participation | None = None
    person: Person | None = None
    changes: tuple[CellChange, ...] = ()
    untaken: tuple[CellChange, ...] = ()
    reason: str = ""

    @property
    def verdict(self) -> str:
        """Return waiting, new, changed or same."""
        if self.reason:
            return "waiting"
        if self.person is not None:
            return "new"
        return "changed" if self.changes else "same"


@dataclass(frozen=True, slots=True)
class BaseComparison:
    """A file of a base beside the base: its rows, and who stands in the base and not in the file."""

    rows: tuple[ReadRow, ...]
    gone: tuple[BaseEntry, ...]

    def count(self, verdict: str) -> int:
        """Return how many rows have a verdict."""
        return sum(row.verdict == verdict for row in self.rows)

    @property
    def mark(self) -> str:
        """Return a mark that changes with anything taking the file would do."""
        told = [
            (one.row, one.verdict, one.changes, one.person and one.person.pk) for one in self.rows
        ]
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def compare_base(
    user: SignedIn, programme: Programme, side: Side, rows: Iterable[Mapping[str, Any]]
) -> BaseComparison:
    """Say what taking the rows of a file (`adapter.read_base`) would do to a base; what the file leaves empty stays."""
    found = base_file(user, programme, side)
    entries: dict[str, list[BaseEntry]] = {}
    for entry in found.entries:
        entries.setdefault(fold(entry.record.person.full_name), []).append(entry)
    uncovered = {fold(person.full_name) for person in found.uncovered}
    read: list[ReadRow] = []
    named: set[int] = set()
    strangers: list[Mapping[str, Any]] = []
    for one in rows:
        cells, key = one["cells"], fold(one["cells"]["person"])
        fits = entries.get(key, [])
        if len(fits) > 1 and cells.get("born"):
            fits = [entry for entry in fits if entry.cells.get("born") == cells["born"]]
        if not fits and key not in uncovered and key:
            strangers.append(one)
            continue
        reason = _why_no_row(key, fits, uncovered, named)
        if reason:
            read.append(ReadRow(one["row"], cells["person"], reason=reason))
            continue
        named.add(fits[0].record.pk)
        read.append(_beside(one, fits[0]))
    read += _newcomers(user, programme, side, strangers)
    gone = tuple(entry for entry in found.entries if entry.record.pk not in named)
    return BaseComparison(tuple(sorted(read, key=lambda one: one.row)), gone)


def _why_no_row(
    key: str, fits: Sequence[BaseEntry], uncovered: Collection[str], named: Collection[int]
) -> str:
    if not key:
        return _("There is no name in this row.")
    if len(fits) > 1:
        return _("Several people of this name are in the base: write here on their pages.")
    if fits and fits[0].record.pk in named:
        return _("An earlier row names the same person: leave one of them.")
    if not fits and key in uncovered:
        return _("The paper “%(paper)s” is missing, so nothing is written down.") % {
            "paper": Purpose.DATA.label
        }
    return ""


def _newcomers(
    user: SignedIn, programme: Programme, side: Side, rows: Sequence[Mapping[str, Any]]
) -> list[ReadRow]:
    """Say of the rows that name nobody of the base who of the roster they are."""
    names = {fold(one["cells"]["person"]) for one in rows}
    known: dict[str, list[Person]] = {}
    for person in (
        Person.objects.visible_to(user)
        .present()
        .filter(organisation=programme.organisation_id, search_name__in=names)
    ):
        known.setdefault(person.search_name, []).append(person)
    held = held_purposes([one.pk for some in known.values() for one in some], today())
    day, told, seen = today(), [], set()
    forms = list(programme.forms.all())
    for one in rows:
        cells = one["cells"]
        people = known.get(fold(cells["person"]), [])
        reason = ""
        if len(people) != 1:
            reason = (
                _(
                    "Several people of this name are on the roster: take the right one into the base there."
                )
                if people
                else _("Nobody of this name is on the roster: add the card first.")
            )
        elif people[0].pk in seen:
            reason = _("An earlier row names the same person: leave one of them.")
        elif Purpose.DATA not in held.get(people[0].pk, frozenset()):
            reason = _("The paper “%(paper)s” is missing, so nothing is written down.") % {
                "paper": Purpose.DATA.label
            }
        else:
            verdicts = [fits_form(people[0], form, side, day) for form in forms]
            if not any(verdicts):
                reason = verdicts[0].reasons[0] if verdicts else _("The programme has no forms.")
        if reason:
            told.append(ReadRow(one["row"], cells["person"], reason=reason))
            continue
        seen.add(people[0].pk)
        record = Participation(programme=programme, person=people[0], side=side, starts_on=day)
        empty = dict.fromkeys((column.name for column in base_columns(side)), "")
        row = _beside(one, BaseEntry(record, empty), forms)
        told.append(replace(row, record=None, person=None if row.reason else people[0], untaken=()))
    return told


def _beside(
    one: Mapping[str, Any], entry: BaseEntry, forms: Sequence[MentoringForm] | None = None
) -> ReadRow:
    """Compare a row with its record, cell by cell; a cell that cannot be kept makes the whole row wait."""
    cells, record = one["cells"], entry.record
    changes, untaken, reasons = [], [], []
    for column in base_columns(record.side):
        said, stands = cells.get(column.name), same_words(entry.cells[column.name])
        if column.name in {"number", "person"} or said is None or _is_same(said, stands):
            continue
        if not column.takes or not said:
            untaken.append(CellChange(column.title, stands, said))
            continue
        value, reason = _value_of(column, said, record, forms)
        if reason:
            reasons.append(f"{column.title}: {reason}")
        else:
            changes.append(CellChange(column.title, stands, said, column.takes, value))
    if reasons:
        return ReadRow(one["row"], cells["person"], reason=" ".join(reasons))
    return ReadRow(one["row"], cells["person"], record, None, tuple(changes), tuple(untaken))


def _is_same(said: str, stands: str) -> bool:
    # a reader cuts a cell that is too long for a note on a person
    return said == stands or (said.endswith("…") and stands.startswith(said[:-1]))


def _value_of(
    column: BaseColumn,
    said: str,
    record: Participation,
    forms: Sequence[MentoringForm] | None,
) -> tuple[str | tuple[str, ...], str]:
    """Return what a cell would write, and why it cannot be kept."""
    lists = {
        "areas": lambda: dict(areas_offered(record, forms or list(record.forms.all()))),
        "interests": lambda: {one.code: one.title for one in catalogues.interests().values()},
        "time_slots": lambda: {one.code: one.title for one in catalogues.time_slots().values()},
    }
    if column.takes not in lists:
        most = getattr(Participation._meta.get_field(column.takes), "max_length", None) or 0
        if len(said) > most:
            return "", _("longer than %(n)s characters: shorten it.") % {"n": most}
        return said, ""
    known = {fold(title): code for code, title in lists[column.takes]().items()}
    words = [one.strip() for one in said.split(BETWEEN.strip()) if one.strip()]
    unknown = [one for one in words if fold(one) not in known]
    if unknown:
        return "", _("“%(words)s” is not in the list; several are parted by “;”.") % {
            "words": unknown[0][:60]
        }
    chosen = {known[fold(one)] for one in words}
    return tuple(code for code in known.values() if code in chosen), ""
