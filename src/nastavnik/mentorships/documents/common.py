"""What the papers of pairs have in common: the head, whom they charge, who mentors staff."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from nastavnik.documents import adapter
from nastavnik.documents.adapter import Case, counted
from nastavnik.documents.choices import Ask
from nastavnik.documents.models import Document
from nastavnik.documents.texts import BLANK, Value
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.organisations.models import Organisation
from nastavnik.people.choices import PersonKind
from nastavnik.people.models import Person
from nastavnik.people.queries import curator_account_of
from nastavnik.programmes.models import Programme


def is_of_staff(pair: Mentorship, tie: Tie) -> bool:
    """Tell whether both are staff: their work is that of article 351.8 of the Labour Code (method.md §9.5)."""
    kinds = {pair.mentor.person.kind, tie.mentee.person.kind}
    return kinds == {PersonKind.TEACHER}


def frame_of(document: Document | None, organisation: Organisation) -> dict[str, Value]:
    """Return the facts every order of an organisation has: whose it is, number, date, town, who signs."""
    return {
        "organisation": organisation.full_name,
        "date": adapter.day_or_blank(document.dated_on if document else None),
        "number": document.number if document else "",
        "town": organisation.town,
        "head_position": _capital(organisation.head_position),
        "head_name": _signature(organisation),
    }


def _signature(organisation: Organisation) -> str:
    if not organisation.head_name:
        return ""
    return adapter.name_of_text(organisation.head_name, Case.NOMINATIVE).initials_and_last


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def n_pairs_in_words(pairs: Collection[Mentorship]) -> str:
    """Return «3 пары и 1 группа»."""
    n_groups = sum(pair.is_group for pair in pairs)
    said = []
    if n_groups < len(pairs) or not pairs:
        said.append(counted(len(pairs) - n_groups, "пара", "пары", "пар"))
    if n_groups:
        said.append(counted(n_groups, "группа", "группы", "групп"))
    return " и ".join(said)


def acts_of(programme: Programme) -> list[str]:
    """Return the organisation's own acts a programme names, one an item."""
    lines = (line.strip(" ;.") for line in programme.acts.splitlines())
    return [line for line in lines if line]


def kept_of_frame(programme: Programme, charged: "Charged") -> dict[str, Any]:
    """Return what `findings_of_frame` asks for later."""
    return {
        "curator_post": charged.curator_post,
        "has_acts": bool(acts_of(programme)),
        "has_head": bool(programme.organisation.head_name),
    }


def findings_of_frame(document: Document) -> list[str]:
    """Return what a draft order lacks of what every order has, in sentences."""
    found = []
    if not document.content.get("has_acts"):
        found.append(
            _(
                "The organisation's own acts (regulation, order on introduction) are not named: write them in the programme."
            )
        )
    if not document.content.get("has_head"):
        found.append(_("The head is not named: fill the organisation's card."))
    return found


def yes(holds: object) -> str:
    """Return a fact that is only asked whether it holds."""
    return "1" if holds else ""


@dataclass
class Charged:
    """Whom the order charges with something, and the cases of their names."""

    words: adapter.Words
    curator: str
    curator_person: Person | None
    curator_post: str
    agreements_by: str
    agreements_post: str

    def facts(self, entered: Mapping[str, Any]) -> dict[str, str]:
        """Return what the points say of them; who was not named is a line to write on."""
        post = self.curator_post.strip()
        if "куратор" in post.lower() or not post:
            said = ""
        else:
            said = f"{self.words.position(post, Case.DATIVE)}, "
        return {
            "curator_dative": self._curator(),
            "curator_post": said,
            "agreements_by": self._agreements_by(),
            "agreements_until": adapter.day_or_blank(_day(entered.get("agreements_until"))),
            **{f"{body}_minutes": _minutes(entered, ask) for body, ask in BODIES.items()},
        }

    def _curator(self) -> str:
        if self.curator_person is not None:
            return self.words.person(self.curator_person, Case.DATIVE)
        return self.words.name(self.curator, Case.DATIVE) if self.curator else ""

    def _agreements_by(self) -> str:
        if not self.agreements_by:
            return ""
        said = self.words.name(self.agreements_by, Case.DATIVE)
        if self.agreements_post:
            said += f", {self.words.position(self.agreements_post, Case.DATIVE)},"
        return said


BODIES = {"council": Ask.METHOD_COUNCIL, "commission": Ask.CYCLE_COMMISSION}


def charged_by(programme: Programme, entered: Mapping[str, Any], *, has_staff: bool) -> Charged:
    """Return whom an order charges; `entered` as `Document.entered`, agreements are a matter of staff only."""
    account = curator_account_of(programme.organisation)
    person = account.person if account else None
    return Charged(
        words=adapter.Words(entered.get("words", {})),
        curator=account.full_name if account else "",
        curator_person=person,
        curator_post=entered.get("curator_post") or (person.position if person else ""),
        agreements_by=entered.get("agreements_by", "") if has_staff else "",
        agreements_post=entered.get("agreements_post", ""),
    )


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _minutes(entered: Mapping[str, Any], ask: Ask) -> str:
    """Return «от 10 сентября 2026 г. № 3», each with its line where it was not entered."""
    day = adapter.day_or_blank(_day(entered.get(f"{ask}_on")))
    return f"от {day} №\u00a0{entered.get(f'{ask}_number') or BLANK}"
