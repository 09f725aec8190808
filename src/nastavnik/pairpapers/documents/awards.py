"""What certificates and thanks say (method.md §3.4, §7.1 D32): who, as whom, in which programme; nothing is praised that nobody noted.

A name whose case nobody can be sure of stands in the nominative, in words that ask for no other.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from django.db.models import Q

from nastavnik.closing.models import Thanks
from nastavnik.closing.queries import year_results
from nastavnik.consents.choices import NEEDED_FOR_BASE
from nastavnik.consents.queries import who_lacks
from nastavnik.core.access import SignedIn
from nastavnik.core.dates import today
from nastavnik.documents import adapter
from nastavnik.documents.adapter import Case, date_in_words
from nastavnik.documents.paper_kinds import DrawnSheet, SheetKind, Wanted
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.documents.common import frame_of
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.organisations.models import Organisation
from nastavnik.pairpapers.choices import AwardKind
from nastavnik.people.choices import Gender
from nastavnik.people.models import Person
from nastavnik.people.queries import group_names
from nastavnik.programmes.choices import ParticipationStatus
from nastavnik.programmes.models import Participation, Programme
from nastavnik.writers.awards import Award, draw_award_docx, draw_awards_pdf


@dataclass(frozen=True, slots=True)
class AwardLine:
    """Somebody a sheet is for.

    Attributes:
        record: of the base, with the person.
        what: class or post.
        award: what the sheet says; None where nothing may be written about the person today.
        is_sure: whether the case of the name is certain, or none is asked for.
        lacks: why there is no sheet, in words.
    """

    record: Participation
    what: str
    award: Award | None
    is_sure: bool = True
    lacks: str = ""


def award_lines(user: SignedIn, programme: Programme, kind: AwardKind) -> list[AwardLine]:
    """Return whom a kind of sheet is for, by name: those who finished after a pair, or whom such thanks were noted of."""
    if kind == AwardKind.CERTIFICATE:
        records = [one.record for one in year_results(user, programme)]
    else:
        rows = Thanks.objects.visible_to(user).filter(kind=kind.value, record__programme=programme)
        records = [one.record for one in rows.select_related("record__person__partner")]
    records.sort(key=lambda one: (one.person.search_name, one.pk))
    return lines_of(programme, kind, records)


def lines_of(
    programme: Programme, kind: AwardKind, records: Iterable[Participation]
) -> list[AwardLine]:
    """Return whom among some records of a base a kind of sheet is for, in their order; their people are to be fetched."""
    records = list(records)
    people = [one.person for one in records]
    groups = group_names(people)
    closed = {person.pk: purpose for person, purpose in who_lacks(people, NEEDED_FOR_BASE)}
    found = []
    for record in records:
        person = record.person
        what = adapter.what(person, groups.get(person.pk, ""))
        if purpose := closed.get(person.pk):
            found.append(AwardLine(record, what, None, lacks=str(purpose.label)))
        elif kind == AwardKind.PARENTS and not person.is_learner:
            continue
        else:
            award, is_sure = award_of(programme, kind, record, what)
            found.append(AwardLine(record, what, award, is_sure))
    return found


WORDS: Mapping[AwardKind, str] = {
    AwardKind.CERTIFICATE: "СЕРТИФИКАТ",
    AwardKind.GRATITUDE: "БЛАГОДАРНОСТЬ",
    AwardKind.HONOUR: "ПОЧЁТНАЯ ГРАМОТА",
    AwardKind.BEST: "ГРАМОТА «ЛУЧШИЙ НАСТАВНИК»",
    AwardKind.PARENTS: "БЛАГОДАРСТВЕННОЕ ПИСЬМО",
}


TITLES: Mapping[AwardKind, str] = {
    AwardKind.CERTIFICATE: "Сертификаты",
    AwardKind.GRATITUDE: "Благодарности",
    AwardKind.HONOUR: "Почётные грамоты",
    AwardKind.BEST: "Грамоты «Лучший наставник»",
    AwardKind.PARENTS: "Благодарственные письма родителям",
}


def award_title(kind: AwardKind) -> str:
    """Return what many sheets of a kind are called."""
    return TITLES[kind]


def award_of(
    programme: Programme, kind: AwardKind, record: Participation, what: str
) -> tuple[Award, bool]:
    """Return what a sheet says, and whether the case of the name in it is certain."""
    person, organisation = record.person, programme.organisation
    lead, name, is_sure = _to(kind, person)
    role = "наставника" if record.is_mentor else "наставляемого"
    texts = {
        AwardKind.CERTIFICATE: f"за участие в качестве {role}",
        AwardKind.PARENTS: "за воспитание и поддержку наставника",
    }
    text = texts.get(kind, "за работу в качестве наставника")
    frame = frame_of(None, organisation)
    award = Award(
        organisation=organisation.full_name,
        word=WORDS[kind],
        lead=lead,
        name=name,
        what=what,
        text=f"{text} ({_of_programme(programme)})",
        position=str(frame["head_position"]),
        signer=str(frame["head_name"]),
        place=_place(organisation),
    )
    return award, is_sure


def _to(kind: AwardKind, person: Person) -> tuple[str, str, bool]:
    """Return the line over the name, the name, and whether its case is certain."""
    if kind in {AwardKind.HONOUR, AwardKind.BEST}:
        return "награждается", person.full_name, True
    if kind == AwardKind.PARENTS:
        if adapter.is_sure(person, Case.GENITIVE) and person.gender:
            pupil = "ученика" if person.gender == Gender.MALE else "ученицы"
            lead = f"родителям (законным представителям) {pupil}"
            return lead, adapter.full_name(person, Case.GENITIVE), True
        return "родителям (законным представителям). Обучающийся:", person.full_name, False
    if adapter.is_sure(person, Case.DATIVE):
        lead = "объявляется" if kind == AwardKind.GRATITUDE else "вручается"
        return lead, adapter.full_name(person, Case.DATIVE), True
    lead = "за труд наставника получает" if kind == AwardKind.GRATITUDE else "получает"
    return lead, person.full_name, False


def _of_programme(programme: Programme) -> str:
    if "учебный год" in programme.title.lower():
        return programme.title
    first, last = programme.year.starts_on.year, programme.year.ends_on.year
    years = f"{first}/{last} учебный год" if last > first else f"{first} год"
    return f"{programme.title}, {years}"


def _place(organisation: Organisation) -> str:
    return ", ".join(filter(None, (organisation.town, date_in_words(today()))))


# ---------------------------------------------------------------- without a page


def sheets_of(kind: AwardKind) -> SheetKind:
    """Return how sheets of a kind are asked for by the command line: one of each person that may have one."""

    def sheets(organisation: Organisation, wanted: Wanted) -> Iterator[DrawnSheet]:
        for programme in organisation.programmes.order_by("-starts_on", "-pk"):
            for line in lines_of(programme, kind, _records(programme, kind, wanted)):
                if line.award is not None:
                    title = f"{kind.label}: {line.record.person.short_name}"
                    yield DrawnSheet(
                        title,
                        partial(draw_award_docx, line.award),
                        partial(draw_awards_pdf, title, [line.award]),
                    )

    return SheetKind(code=kind.value, title=kind.label, sheets=sheets)


def _records(programme: Programme, kind: AwardKind, wanted: Wanted) -> list[Participation]:
    """Return whose sheets are asked for, as `award_lines` has them for a curator of the whole programme."""
    records = Participation.objects.filter(programme=programme).select_related("person__partner")
    if kind == AwardKind.CERTIFICATE:
        ran = Mentorship.objects.filter(programme=programme, status=MentorshipStatus.COMPLETED)
        led, had = (
            Q(mentorships_as_mentor__in=ran),
            Q(ties__in=Tie.objects.present().filter(mentorship__in=ran)),
        )
        records = records.filter(led | had, status=ParticipationStatus.FINISHED)
    else:
        records = records.filter(thanks__kind=kind.value)
    if wanted.person:
        records = records.filter(person_id=wanted.person)
    if wanted.pair:
        of_pair = Q(mentorships_as_mentor=wanted.pair) | Q(ties__mentorship=wanted.pair)
        records = records.filter(of_pair)
    return list(records.distinct().order_by("person__search_name", "pk"))
