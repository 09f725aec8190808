"""What the order on pairs says: facts of the pairs in the words of the template (method.md §7.1 D19, §7.4)."""

from collections.abc import Iterable, Iterator
from typing import Any

from nastavnik.documents import adapter
from nastavnik.documents.adapter import Case, counted, enumeration
from nastavnik.documents.models import Document
from nastavnik.documents.texts import BLANK, fill, points, template
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.organisations.models import Organisation
from nastavnik.people.choices import PersonKind
from nastavnik.people.models import Person
from nastavnik.people.queries import curator_of, group_names
from nastavnik.programmes.choices import ApprovingBody
from nastavnik.programmes.models import MentoringForm, Programme


def pair_order_content(
    document: Document | None, programme: Programme, pairs: Iterable[Mentorship]
) -> dict[str, Any]:
    """Return the order as plain data.

    Args:
        document: the draft whose number and date are printed; None before there is one.
        programme: with organisation fetched.
        pairs: with form, mentor's person and, of the ties the order is about, the mentees and the mentors replaced fetched.
    """
    text = template("pair_order")
    pairs = list(pairs)
    organisation = programme.organisation
    acts = [line.strip(" ;.") for line in programme.acts.splitlines() if line.strip(" ;.")]
    facts = _facts(programme, pairs, acts)
    groups = group_names(_people(pairs))
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
        "head_position": _capital(organisation.head_position) or BLANK,
        "head_name": _signature(organisation),
        "acquainted_word": text["acquainted"],
        "acquainted": _acquainted(pairs),
        "annex": {
            "caption": [
                "Приложение",
                f"к приказу от {adapter.day_or_blank(day)} № {number or BLANK}",
            ],
            "title": text["annex"]["title"],
            "columns": text["annex"]["columns"],
            "parts": _parts(pairs, groups),
        },
        "unsure": _unsure(pairs),
        "has_acts": bool(acts),
        "has_head": bool(organisation.head_name),
    }


def _title(pairs: list[Mentorship]) -> str:
    text = template("pair_order")
    only_replaced = bool(pairs) and all(tie.moved_from for p in pairs for tie in p.ties.all())
    title: str = text["title_of_replacement"] if only_replaced else text["title"]
    return title


def _unsure(pairs: Iterable[Mentorship]) -> list[str]:
    """Return the mentees whose names may be declined wrongly in the annex."""
    return [
        tie.mentee.person.full_name
        for pair in pairs
        for tie in pair.ties.all()
        if not adapter.is_sure(tie.mentee.person, Case.INSTRUMENTAL)
    ]


def _people(pairs: Iterable[Mentorship]) -> list[Person]:
    return [
        person
        for pair in pairs
        for person in (pair.mentor.person, *(tie.mentee.person for tie in pair.ties.all()))
    ]


def _facts(programme: Programme, pairs: list[Mentorship], acts: list[str]) -> dict[str, str]:
    forms = {pair.form.pk: pair.form for pair in pairs}.values()
    curator = curator_of(programme.organisation)
    staff = any(
        pair.mentor.person.kind == PersonKind.TEACHER
        and any(tie.mentee.person.kind == PersonKind.TEACHER for tie in pair.ties.all())
        for pair in pairs
    )
    return {
        "acts": f" и локальными актами организации ({'; '.join(acts)})" if acts else "",
        "programme": programme.title,
        "period": _period(programme, pairs),
        "n_pairs": _counted(pairs),
        "council_forms": _titles(forms, ApprovingBody.METHOD_COUNCIL),
        "commission_forms": _titles(forms, ApprovingBody.CYCLE_COMMISSION),
        "curator_dative": _curator(curator),
        "has_staff_mentors": "1" if staff else "",
        "replaced": "; ".join(_replaced(pairs)),
    }


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


def _curator(name: str) -> str:
    return str(adapter.name_of_text(name, Case.DATIVE)) if name else ""


def _signature(organisation: Organisation) -> str:
    if not organisation.head_name:
        return BLANK
    return adapter.name_of_text(organisation.head_name, Case.NOMINATIVE).initials_and_last


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _acquainted(pairs: list[Mentorship]) -> list[str]:
    """Return who signs the order as read: grown-up mentors; minors sign nothing here."""
    seen = {
        pair.mentor.person_id: adapter.full_name(pair.mentor.person, Case.NOMINATIVE)
        for pair in pairs
        if not pair.mentor.person.is_learner
    }
    return list(seen.values())


def _parts(pairs: list[Mentorship], groups: dict[int, str]) -> list[dict[str, Any]]:
    parts: dict[tuple[int, bool], dict[str, Any]] = {}
    for pair in sorted(pairs, key=lambda pair: (pair.form.order, pair.mentor.person.search_name)):
        led = ", группы" if pair.is_group else ""
        title = f"Форма «{pair.form.title}»{led}"
        part = parts.setdefault((pair.form_id, pair.is_group), {"title": title, "rows": []})
        mentees = [_line(tie.mentee.person, groups, Case.INSTRUMENTAL) for tie in pair.ties.all()]
        starts_on = min(tie.starts_on for tie in pair.ties.all())
        part["rows"].append(
            [
                _line(pair.mentor.person, groups, Case.NOMINATIVE),
                ";\n".join(mentees),
                f"{starts_on:%d.%m.%Y} – {pair.ends_on:%d.%m.%Y}",
            ]
        )
    return list(parts.values())


def _line(person: Person, groups: dict[int, str], case: Case) -> str:
    what = adapter.who(person, groups.get(person.pk, ""), case)
    name = adapter.full_name(person, case)
    return f"{name}, {what}" if what else name
