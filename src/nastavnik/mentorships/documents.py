"""What the order on pairs says: facts of the pairs in the words of the template (method.md §7.1 D19, §7.4)."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nastavnik.documents import adapter
from nastavnik.documents.adapter import Case, counted, enumeration
from nastavnik.documents.choices import Ask
from nastavnik.documents.models import Document
from nastavnik.documents.texts import BLANK, fill, points, template
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.organisations.models import Organisation
from nastavnik.people.choices import PersonKind
from nastavnik.people.models import Person
from nastavnik.people.queries import curator_account_of, group_names
from nastavnik.programmes.choices import ApprovingBody
from nastavnik.programmes.models import MentoringForm, Programme


def pair_order_content(
    document: Document | None, programme: Programme, pairs: Iterable[Mentorship]
) -> dict[str, Any]:
    """Return the order as plain data.

    Args:
        document: the draft whose number, date and answers are printed; None before there is one.
        programme: with organisation fetched.
        pairs: with form, mentor's person and, of the ties the order is about, the mentees and the mentors replaced fetched.
    """
    text = template("pair_order")
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
    day = document.dated_on if document else None
    number = document.number if document else ""
    return {
        "organisation": organisation.full_name,
        "word": "ПРИКАЗ",
        "date": adapter.day_or_blank(day),
        "number": number or BLANK,
        "town": organisation.town,
        "title": _title(pairs),
        "preamble": fill(text["preamble"], facts),
        "order_word": text["order_word"],
        "points": points(text["points"], facts),
        "labels": text["labels"],
        "head_position": _capital(organisation.head_position) or BLANK,
        "head_name": _signature(organisation),
        "acquainted_word": text["acquainted"],
        "acquainted": _acquainted(charged, pairs),
        "annex": {
            "caption": [
                "Приложение",
                f"к приказу от {adapter.day_or_blank(day)} № {number or BLANK}",
            ],
            "title": text["annex"]["title"],
            "columns": text["annex"]["columns"],
            "parts": _parts(pairs),
        },
        "asks": asks,
        "curator_post": charged.curator_post,
        "doubts": charged.words.doubts,
        "is_mixed": _is_mixed(pairs),
        "has_acts": bool(acts),
        "has_head": bool(organisation.head_name),
    }


def _title(pairs: list[Mentorship]) -> str:
    text = template("pair_order")
    kind = "title"
    if pairs and all(tie.moved_from for pair in pairs for tie in pair.ties.all()):
        kind = "title_of_replacement"
    elif _has_staff(pairs) and not _is_mixed(pairs):
        kind = "title_of_staff"
    title: str = text[kind]
    return title


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
    only_staff = _has_staff(pairs) and not _is_mixed(pairs)
    return {
        "according": template("pair_order")["according_of_staff" if only_staff else "according"],
        "acts": f" и локальными актами организации ({'; '.join(acts)})" if acts else "",
        "programme": programme.title,
        "period": _period(programme, pairs),
        "n_pairs": _counted(pairs),
        "council_forms": _titles(forms, ApprovingBody.METHOD_COUNCIL),
        "commission_forms": _titles(forms, ApprovingBody.CYCLE_COMMISSION),
        "has_staff_mentors": "1" if _has_staff(pairs) else "",
        "replaced": "; ".join(_replaced(pairs)),
    }


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
            return f"{BLANK} ({template('pair_order')['executor']})"
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
        return BLANK
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


def _parts(pairs: list[Mentorship]) -> list[dict[str, Any]]:
    """Return the annex form by form: rows of plain cells, where None goes on with the cell above."""
    text = template("pair_order")["annex"]
    groups = group_names(_people(pairs))
    parts: dict[tuple[int, bool], dict[str, Any]] = {}
    before: tuple[int, int, bool] | None = None
    for number, pair in enumerate(sorted(pairs, key=_by_mentor), 1):
        group = text["group"] if pair.is_group else ""
        title = fill(text["form"], {"form": pair.form.title, "group": group})
        part = parts.setdefault((pair.form_id, pair.is_group), {"title": title, "rows": []})
        person = pair.mentor.person
        leader = [person.full_name, adapter.what(person, groups.get(person.pk, ""))]
        same = before == (pair.mentor_id, pair.form_id, pair.is_group)
        before = (pair.mentor_id, pair.form_id, pair.is_group)
        part["rows"] += _rows(pair, [str(number), *([None, None] if same else leader)], groups)
    return list(parts.values())


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
