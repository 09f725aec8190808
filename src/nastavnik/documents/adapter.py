"""People and days of our rows in the cases of Russian papers: the only place that asks the engine of wording."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from nastavnik.engine.wording.cases import Case, NameGender, Wording
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


def _gender(person: Person) -> NameGender | None:
    if person.gender:
        return NameGender(person.gender)
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


@dataclass
class Words:
    """Names and positions in their cases, as a paper wants them; what nobody can know is kept as a doubt.

    Attributes:
        kept: forms a person has settled for this paper, by `case|text`.
        doubts: the forms to ask about: `key`, `given`, `case` and `made`, plain texts.
    """

    kept: Mapping[str, str]
    doubts: list[dict[str, str]] = field(default_factory=list)

    def person(self, person: Person, case: Case) -> str:
        """Return the name of a person of the roster; a form kept on the card wins."""
        made = Wording(full_name(person, case), is_sure(person, case))
        return self._settled(person.full_name, case, made)

    def name(self, text: str, case: Case) -> str:
        """Return a name typed in one line."""
        made = name_of_text(text, case)
        return self._settled(text, case, Wording(str(made), made.sure))

    def position(self, title: str, case: Case) -> str:
        """Return a position."""
        return self._settled(title, case, decline_position(title, case=case))

    def _settled(self, given: str, case: Case, made: Wording) -> str:
        key = f"{case.value}|{given}"
        said = self.kept.get(key) or made.text
        if not made.sure and all(one["key"] != key for one in self.doubts):
            self.doubts.append({"key": key, "given": given, "case": case.value, "made": said})
        return said


def what(person: Person, group: str) -> str:
    """Return what a person is, as a column of a table says it: «5А класс», «учитель физики», «инженер, АО «Завод»»."""
    if person.is_learner:
        return f"{group} класс" if group else class_phrase("", gender=_gender(person))
    place = person.partner.name if person.partner else ""
    return ", ".join(part for part in (person.position, place) if part)


def day_or_blank(day: dt.date | None) -> str:
    """Return a day in words, or the line to write it on."""
    return date_in_words(day) if day else "«____» ______________ 20___ г."
