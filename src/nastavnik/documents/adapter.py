"""People and days of our rows in the cases of Russian papers: the only place that asks the engine of wording."""

import datetime as dt

from nastavnik.engine.wording.cases import Case, Gender
from nastavnik.engine.wording.names import FullName, decline_name, guess_gender, split_name
from nastavnik.engine.wording.phrases import (
    class_phrase,
    counted,
    date_in_words,
    enumeration,
    period_in_words,
)
from nastavnik.engine.wording.positions import decline_position
from nastavnik.people.models import Person

__all__ = [
    "Case",
    "counted",
    "date_in_words",
    "enumeration",
    "period_in_words",
]  # passed on to those who write papers


def _gender(person: Person) -> Gender | None:
    if person.gender:
        return Gender(person.gender)
    return guess_gender(person.last_name, person.first_name, person.patronymic)


def full_name(person: Person, case: Case) -> str:
    """Return a name in a case; a form kept on the card wins over the engine's."""
    return _kept(person, case) or str(_declined(person, case))


def is_sure(person: Person, case: Case) -> bool:
    """Tell whether a name's form is certain: kept on the card, or known to the engine."""
    return bool(_kept(person, case)) or _declined(person, case).sure


def _kept(person: Person, case: Case) -> str:
    return {
        Case.GENITIVE: person.genitive,
        Case.DATIVE: person.dative,
        Case.INSTRUMENTAL: person.instrumental,
    }.get(case, "")


def _declined(person: Person, case: Case) -> FullName:
    return decline_name(
        person.last_name,
        person.first_name,
        person.patronymic,
        case=case,
        gender=_gender(person),
    )


def name_of_text(text: str, case: Case) -> FullName:
    """Return a name typed in one line in a case."""
    return decline_name(*split_name(text), case=case)


def position(title: str, case: Case) -> str:
    """Return a position in a case."""
    return decline_position(title, case=case).text


def who(person: Person, group: str, case: Case) -> str:
    """Return what a person is, in a case: «ученице 5А класса», «учителю физики», «инженеру, АО «Завод»»."""
    if person.is_learner:
        return class_phrase(group, case=case, gender=_gender(person))
    words = position(person.position, case) if person.position else ""
    place = person.partner.name if person.partner else ""
    return ", ".join(part for part in (words, place) if part)


def day_or_blank(day: dt.date | None) -> str:
    """Return a day in words, or the line to write it on."""
    return date_in_words(day) if day else "«____» ______________ 20___ г."
