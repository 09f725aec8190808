"""What the order on pairs says: facts of the pairs in the words of the template (method.md §7.1 D19, §7.4)."""

from collections.abc import Iterable, Iterator, Mapping

from django.utils.translation import gettext as _

from nastavnik.documents import adapter
from nastavnik.documents.adapter import Case, enumeration
from nastavnik.documents.choices import Ask
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import Composed
from nastavnik.documents.texts import TableFacts
from nastavnik.mentorships.documents.common import (
    BODIES,
    Charged,
    acts_of,
    charged_by,
    findings_of_frame,
    frame_of,
    is_of_staff,
    kept_of_frame,
    n_pairs_in_words,
    yes,
)
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.mentorships.queries import pairs_of_order
from nastavnik.people.models import Person
from nastavnik.people.queries import group_names
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
    acts = acts_of(programme)
    entered = document.entered if document else {}
    charged = charged_by(programme, entered, has_staff=_has_staff(pairs))
    facts = _facts(programme, pairs, acts) | charged.facts(entered)
    facts["ground"] = entered.get("ground", "")
    asks = _asks(facts, charged)
    for body, ask in BODIES.items():
        if entered.get(f"{ask}_absent"):
            facts[f"{body}_forms"] = ""
    parts = _parts(pairs)
    return Composed(
        {
            **facts,
            **frame_of(document, organisation),
            "acquainted": _acquainted(charged, pairs),
            "parts": parts,
        },
        asks,
        charged.words.doubts,
        {
            **kept_of_frame(programme, charged),
            "is_mixed": _is_mixed(pairs),
            "has_pairs": bool(parts),
        },
    )


def findings_of_pair_order(document: Document) -> list[str]:
    """Return what a draft order on pairs lacks, in sentences."""
    content = document.content
    found = findings_of_frame(document)
    if not content.get("has_pairs"):
        found.append(_("There is no pair in the annex."))
    return found


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
        "is_replacement": yes(
            pairs and all(tie.moved_from for pair in pairs for tie in pair.ties.all())
        ),
        "is_staff": yes(_has_staff(pairs) and not _is_mixed(pairs)),
        "acts": "; ".join(acts),
        "programme": programme.title,
        "period": _period(programme, pairs),
        "n_pairs": n_pairs_in_words(pairs),
        "council_forms": _titles(forms, ApprovingBody.METHOD_COUNCIL),
        "commission_forms": _titles(forms, ApprovingBody.CYCLE_COMMISSION),
        "has_staff_mentors": yes(_has_staff(pairs)),
        "replaced": "; ".join(_replaced(pairs)),
    }


def _asks(facts: Mapping[str, str], charged: Charged) -> list[str]:
    """Return what this order asks of the curator before it is signed."""
    asked = {
        Ask.CURATOR_POST: bool(charged.curator),
        Ask.METHOD_COUNCIL: bool(facts["council_forms"]),
        Ask.CYCLE_COMMISSION: bool(facts["commission_forms"]),
        Ask.AGREEMENTS: bool(facts["has_staff_mentors"]),
        Ask.GROUND: bool(facts["replaced"]),
    }
    return [ask.value for ask, is_asked in asked.items() if is_asked]


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


def _acquainted(charged: Charged, pairs: list[Mentorship]) -> list[str]:
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
