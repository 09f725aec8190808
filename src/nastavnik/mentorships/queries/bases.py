"""The bases as their files have them: one row a record, in the columns of method.md §7.3."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nastavnik.consents.choices import Purpose
from nastavnik.consents.queries import held_purposes
from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import today
from nastavnik.documents.adapter import what
from nastavnik.mentorships.catalogues import base_columns, subbases
from nastavnik.mentorships.models import Tie
from nastavnik.people.choices import PersonKind
from nastavnik.people.models import Person
from nastavnik.people.queries import enrolments_on
from nastavnik.programmes import catalogues
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import Participation, ParticipationQuerySet, Programme

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
    across = _across(records, side)
    people = {record.person_id: record.person for record in records}
    people |= {one.person_id: one.person for some in across.values() for one, _form in some}
    held = held_purposes(people, today())
    covered = {key for key in people if Purpose.DATA in held.get(key, frozenset())}
    day = min(today(), programme.ends_on)
    groups = {row.person_id: row.study_group.name for row in enrolments_on(day, list(people))}
    kept = [record for record in records if record.person_id in covered]
    entries: list[BaseEntry] = []
    unnamed: dict[int, Person] = {}
    for number, record in enumerate(kept, 1):
        others = across.get(record.pk, [])
        named = [(one, title) for one, title in others if one.person_id in covered]
        unnamed |= {
            one.person_id: one.person for one, _title in others if one.person_id not in covered
        }
        entries.append(BaseEntry(record, _cells(number, record, named, groups)))
    left_out = [record.person for record in records if record.person_id not in covered]
    keys = {person.pk for person in left_out}
    rest = [person for key, person in unnamed.items() if key not in keys]
    return BaseFile(tuple(entries), tuple(left_out), tuple(rest))


def _across(
    records: Iterable[Participation], side: Side
) -> dict[int, list[tuple[Participation, str]]]:
    """Return the key of a record → those across it in pairs of any state but cancelled before they began, with the form."""
    keys = [record.pk for record in records]
    ties = (
        Tie.objects.present()
        .select_related(
            "mentee__person__partner", "mentorship__mentor__person__partner", "mentorship__form"
        )
        .order_by("starts_on", "pk")
    )
    found: dict[int, list[tuple[Participation, str]]] = {}
    if side == Side.MENTOR:
        for tie in ties.filter(mentorship__mentor__in=keys):
            found.setdefault(tie.mentorship.mentor_id, []).append(
                (tie.mentee, tie.mentorship.form.title)
            )
        return found
    for tie in ties.filter(mentee__in=keys):
        found.setdefault(tie.mentee_id, []).append(
            (tie.mentorship.mentor, tie.mentorship.form.title)
        )
    return found


def _cells(
    number: int,
    record: Participation,
    others: list[tuple[Participation, str]],
    groups: Mapping[int, str],
) -> dict[str, str]:
    person = record.person
    is_finished = record.status == ParticipationStatus.FINISHED
    ended = f"{record.ends_on:%d.%m.%Y}" if is_finished and record.ends_on else ""
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
        "entered": f"{record.starts_on:%d.%m.%Y}",
        "others": BETWEEN.join(one.person.full_name for one, _form in others),
        "form": BETWEEN.join(dict.fromkeys(forms)),
        "place": BETWEEN.join(dict.fromkeys(place for place in places if place)),
        "ended": ended,
        "results": record.results,
        "case_link": record.case_link,
        "mark": "программа пройдена" if is_finished else "",
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
