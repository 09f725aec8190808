"""What the order on pairs says: facts of the pairs in the words of the template (method.md §7.1 D19, §7.4)."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from nastavnik.documents import adapter
from nastavnik.documents.adapter import Case, counted, enumeration
from nastavnik.documents.choices import Ask
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import Composed
from nastavnik.documents.texts import BLANK, TableFacts
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.mentorships.queries import pairs_of_order
from nastavnik.organisations.models import Organisation
from nastavnik.people.choices import PersonKind
from nastavnik.people.models import Person
from nastavnik.people.queries import curator_account_of, group_names
from nastavnik.programmes.choices import ApprovingBody
from nastavnik.programmes.models import MentoringForm, Programme


def compose_pair_order(document: Document) -> Composed | None:
    """Return what an order says as things are; None where its programme is gone."""
    programmes = Programme.objects.select_related("organisation", "year")
    programme = programmes.filter(pk=document.subject_id or 0).first()
    if programme is None:
        return None
    return pair_order(document, programme, pairs_of_order(document))


def pair_order(
    document: Document | None, programme: Programme, pairs: Iterable[Mentorship]
) -> Composed:
    """Return the facts of an order on pairs.

    Args:
        document: the draft whose number, date and answers are printed; None before there is one.
        programme: with organisation fetched.
        pairs: with form, mentor's person and, of the ties the order is about, the mentees and the mentors replaced fetched.
    """
    pairs = list(pairs)
    organisation = programme.organisation
    acts = [line.strip(" ;.") for line in programme.acts.splitlines() if line.strip(" ;.")]
    entered = document.entered if document else {}
    charged = _charged(programme, entered, has_staff=_has_staff(pairs))
    facts = _facts(programme, pairs, acts) | charged.facts(entered)
    asks = _asks(facts, charged)
    for body, ask in _BODIES.items():
        if entered.get(f"{ask}_absent"):
            facts[f"{body}_forms"] = ""
    parts = _parts(pairs)
    return Composed(
        {
            **facts,
            "organisation": organisation.full_name,
            "date": adapter.day_or_blank(document.dated_on if document else None),
            "number": document.number if document else "",
            "town": organisation.town,
            "head_position": _capital(organisation.head_position),
            "head_name": _signature(organisation),
            "acquainted": _acquainted(charged, pairs),
            "parts": parts,
        },
        asks,
        charged.words.doubts,
        {
            "curator_post": charged.curator_post,
            "is_mixed": _is_mixed(pairs),
            "has_acts": bool(acts),
            "has_head": bool(organisation.head_name),
            "has_pairs": bool(parts),
        },
    )


def findings_of_pair_order(document: Document) -> list[str]:
    """Return what a draft order on pairs lacks, in sentences."""
    content = document.content
    found = []
    if not content.get("has_acts"):
        found.append(
            _(
                "The organisation's own acts (regulation, order on introduction) are not named: write them in the programme."
            )
        )
    if not content.get("has_head"):
        found.append(_("The head is not named: fill the organisation's card."))
    if not content.get("has_pairs"):
        found.append(_("There is no pair in the annex."))
    return found


def is_of_staff(pair: Mentorship, tie: Tie) -> bool:
    """Tell whether both are staff: their work is that of article 351.8 of the Labour Code (method.md §9.5)."""
    kinds = {pair.mentor.person.kind, tie.mentee.person.kind}
    return kinds == {PersonKind.TEACHER}


def _of_staff(pairs: Iterable[Mentorship]) -> list[bool]:
    return [is_of_staff(pair, tie) for pair in pairs for tie in pair.ties.all()]


def _has_staff(pairs: Iterable[Mentorship]) -> bool:
    return any(_of_staff(pairs))


def _is_mixed(pairs: Iterable[Mentorship]) -> bool:
    return len(set(_of_staff(pairs))) > 1


def _people(pairs: Iterable[Mentorship]) -> list[Person]:
    return [
        person
        for pair in pairs
        for person in (pair.mentor.person, *(tie.mentee.person for tie in pair.ties.all()))
    ]


def _facts(programme: Programme, pairs: list[Mentorship], acts: list[str]) -> dict[str, str]:
    forms = {pair.form.pk: pair.form for pair in pairs}.values()
    return {
        "is_replacement": _yes(
            pairs and all(tie.moved_from for pair in pairs for tie in pair.ties.all())
        ),
        "is_staff": _yes(_has_staff(pairs) and not _is_mixed(pairs)),
        "acts": "; ".join(acts),
        "programme": programme.title,
        "period": _period(programme, pairs),
        "n_pairs": _counted(pairs),
        "council_forms": _titles(forms, ApprovingBody.METHOD_COUNCIL),
        "commission_forms": _titles(forms, ApprovingBody.CYCLE_COMMISSION),
        "has_staff_mentors": _yes(_has_staff(pairs)),
        "replaced": "; ".join(_replaced(pairs)),
    }


def _yes(holds: object) -> str:
    """Return a fact that is only asked whether it holds."""
    return "1" if holds else ""


@dataclass
class _Charged:
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
            **{f"{body}_minutes": _minutes(entered, ask) for body, ask in _BODIES.items()},
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


_BODIES = {"council": Ask.METHOD_COUNCIL, "commission": Ask.CYCLE_COMMISSION}


def _charged(programme: Programme, entered: Mapping[str, Any], *, has_staff: bool) -> _Charged:
    account = curator_account_of(programme.organisation)
    person = account.person if account else None
    return _Charged(
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


def _asks(facts: Mapping[str, str], charged: _Charged) -> list[str]:
    """Return what this order asks of the curator before it is signed."""
    asked = {
        Ask.CURATOR_POST: bool(charged.curator),
        Ask.METHOD_COUNCIL: bool(facts["council_forms"]),
        Ask.CYCLE_COMMISSION: bool(facts["commission_forms"]),
        Ask.AGREEMENTS: bool(facts["has_staff_mentors"]),
    }
    return [ask.value for ask, is_asked in asked.items() if is_asked]


def _counted(pairs: list[Mentorship]) -> str:
    n_groups = sum(pair.is_group for pair in pairs)
    said = []
    if n_groups < len(pairs) or not pairs:
        said.append(counted(len(pairs) - n_groups, "пара", "пары", "пар"))
    if n_groups:
        said.append(counted(n_groups, "группа", "группы", "групп"))
    return " и ".join(said)


def _replaced(pairs: Iterable[Mentorship]) -> Iterator[str]:
    """Yield who led the mentees before; why is nobody's business in an order."""
    moved: dict[int, list[Tie]] = {}
    for tie in (tie for pair in pairs for tie in pair.ties.all() if tie.moved_from):
        moved.setdefault(tie.moved_from_id or 0, []).append(tie)
    for ties in moved.values():
        before = ties[0].moved_from
        mentees = [adapter.full_name(tie.mentee.person, Case.NOMINATIVE) for tie in ties]
        word = "наставляемый" if len(ties) == 1 else "наставляемые"
        if before:
            name = adapter.full_name(before.mentor.person, Case.NOMINATIVE)
            yield f"{name} ({word}: {enumeration(mentees)})"


def _period(programme: Programme, pairs: list[Mentorship]) -> str:
    days = (tie.starts_on for pair in pairs for tie in pair.ties.all())
    starts_on = min(days, default=programme.starts_on)
    ends_on = max((pair.ends_on for pair in pairs), default=programme.ends_on)
    return adapter.period_in_words(starts_on, ends_on)


def _titles(forms: Iterable[MentoringForm], body: ApprovingBody) -> str:
    titles = [form.title for form in forms if form.approving_body == body]
    # the template puts the outer quotes around the whole list
    return enumeration([f"«{title}»" for title in titles]).removeprefix("«").removesuffix("»")


def _signature(organisation: Organisation) -> str:
    if not organisation.head_name:
        return ""
    return adapter.name_of_text(organisation.head_name, Case.NOMINATIVE).initials_and_last


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _acquainted(charged: _Charged, pairs: list[Mentorship]) -> list[str]:
    """Return who signs the order as read: whom it charges, grown-up mentors, staff; minors sign nothing here."""
    said = [charged.curator_person.full_name if charged.curator_person else charged.curator]
    said.append(charged.agreements_by)
    for pair in sorted(pairs, key=_by_mentor):
        if not pair.mentor.person.is_learner:
            said.append(pair.mentor.person.full_name)
        said += [tie.mentee.person.full_name for tie in pair.ties.all() if is_of_staff(pair, tie)]
    return list(dict.fromkeys(filter(None, said)))


def _by_mentor(pair: Mentorship) -> tuple[int, int, bool, str, int, int]:
    mentor = pair.mentor
    form = (pair.form.order, pair.form_id, pair.is_group)
    return (*form, mentor.person.search_name, mentor.pk, pair.pk)


def _parts(pairs: list[Mentorship]) -> list[TableFacts]:
    """Return the annex form by form."""
    people = group_names(_people(pairs))
    parts: dict[tuple[int, bool], tuple[dict[str, str], list[list[str | None]]]] = {}
    before: tuple[int, int, bool] | None = None
    for number, pair in enumerate(sorted(pairs, key=_by_mentor), 1):
        groups = ", группы" if pair.is_group else ""
        said = {"form": pair.form.title, "groups": groups}
        _said, rows = parts.setdefault((pair.form_id, pair.is_group), (said, []))
        person = pair.mentor.person
        leader = [person.full_name, adapter.what(person, people.get(person.pk, ""))]
        same = before == (pair.mentor_id, pair.form_id, pair.is_group)
        before = (pair.mentor_id, pair.form_id, pair.is_group)
        rows += _rows(pair, [str(number), *([None, None] if same else leader)], people)
    return [TableFacts(said, rows) for said, rows in parts.values()]


def _rows(
    pair: Mentorship, leader: list[str | None], groups: dict[int, str]
) -> Iterator[list[str | None]]:
    before = None
    for tie in pair.ties.all():
        person = tie.mentee.person
        term = f"с\u00a0{tie.starts_on:%d.%m.%Y}\nпо\u00a0{pair.ends_on:%d.%m.%Y}"
        mentee = [person.full_name, adapter.what(person, groups.get(person.pk, ""))]
        yield [*leader, *mentee, None if term == before else term]
        leader, before = [None] * len(leader), term
