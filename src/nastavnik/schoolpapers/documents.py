"""What the papers of an organisation and its programme say: only what somebody entered, a line to write on for the rest."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from nastavnik.documents import adapter
from nastavnik.documents.adapter import Case
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import Composed, PaperQuestion, Papers, Reply, Wanted
from nastavnik.documents.texts import BLANK, TableFacts, Value
from nastavnik.mentorships.documents.common import acts_of, frame_of, yes
from nastavnik.organisations.models import Organisation
from nastavnik.people.choices import PersonKind
from nastavnik.people.queries import curator_account_of
from nastavnik.programmes.models import MentoringForm, Programme
from nastavnik.schoolpapers.choices import BODIES

Extra = Callable[[Document, adapter.Words], Mapping[str, Value]]


def programme_of(document: Document) -> Programme | None:
    """Return the programme of the year of a paper, of several the first."""
    programmes = Programme.objects.filter(
        organisation=document.organisation_id, year=document.year_id
    )
    return programmes.order_by("starts_on", "pk").first()


def composer(
    questions: Sequence[PaperQuestion], extra: Extra | None = None
) -> Callable[[Document], Composed]:
    """Return what composes a paper of an organisation: its frame, its programme, what was answered, and `extra`."""

    def compose(document: Document) -> Composed:
        words = adapter.Words(document.entered.get("words", {}))
        facts: dict[str, Value] = {
            **frame_of(document, document.organisation),
            **_of_programme(document),
            **_curator(document, words),
            **_answers(questions, document.entered),
        }
        if extra is not None:
            facts |= extra(document, words)
        return Composed(facts, doubts=words.doubts)

    return compose


def drawable(code: str) -> Papers:
    """Return what finds the papers of a kind of an organisation: those in the register, else one that is not kept."""

    def find(organisation: Organisation, wanted: Wanted) -> Iterator[Document]:
        if not wanted.is_any:
            return
        kept = list(Document.objects.filter(organisation=organisation, kind=code).order_by("pk"))
        yield from kept
        year = organisation.years.order_by("-starts_on").first()
        if not kept and year is not None:
            yield Document(organisation=organisation, year=year, kind=code, entered={})

    return find


# ---------------------------------------------------------------- what they have in common


def _of_programme(document: Document) -> dict[str, Value]:
    programme = programme_of(document)
    forms = list(programme.forms.all()) if programme else []
    kinds = {kind for form in forms for kind in form.mentee_kinds}
    return {
        "year": str(document.year),
        "programme": programme.title if programme else "",
        "period": f"с {programme.starts_on:%d.%m.%Y} по {programme.ends_on:%d.%m.%Y}"
        if programme
        else "",
        "forms": ", ".join(f"«{form.title}»" for form in forms),
        "forms_list": [f"«{form.title}»" for form in forms],
        "acts": "; ".join(acts_of(programme)) if programme else "",
        "has_staff": yes(any(_is_of_staff(form) for form in forms)),
        "has_learners": yes(kinds - {PersonKind.TEACHER}),
    }


def _is_of_staff(form: MentoringForm) -> bool:
    """Tell whether staff mentor staff in a form: only there the rules of labour apply (method.md §9.5, §10 C18)."""
    return PersonKind.TEACHER in form.mentor_kinds and PersonKind.TEACHER in form.mentee_kinds


def _curator(document: Document, words: adapter.Words) -> dict[str, Value]:
    """Return the curator of today, or the one that was written; empty where neither is known."""
    entered = document.entered
    account = curator_account_of(document.organisation)
    person = account.person if account else None
    name = entered.get("curator_name") or (account.full_name if account else "")
    is_of_roster = person is not None and not entered.get("curator_name")
    post = entered.get("curator_post") or (person.position if person and is_of_roster else "")
    if "куратор" in post.lower():
        post = ""

    def said(case: Case) -> str:
        if not name:
            return ""
        if person is not None and is_of_roster:
            return words.person(person, case)
        return words.name(name, case)

    return {
        "curator": name,
        "curator_accusative": said(Case.ACCUSATIVE),
        "curator_dative": said(Case.DATIVE),
        "curator_post_accusative": words.position(post, Case.ACCUSATIVE) if post else "",
        "curator_list": [name] if name else [],
        "has_curator": yes(name),
    }


def _answers(questions: Sequence[PaperQuestion], entered: Mapping[str, Any]) -> dict[str, Value]:
    """Return what was answered, each under its name; of lines a list, and `has_…`; `…_unsaid` where nothing was."""
    told: dict[str, Value] = {}
    for one in questions:
        said = entered.get(one.name) or ""
        if one.reply == Reply.LINES:
            told[one.name] = lines_of(said)
            told[f"has_{one.name}"] = yes(told[one.name])
        elif one.reply == Reply.DAY:
            told[one.name] = adapter.date_in_words(dt.date.fromisoformat(said)) if said else ""
        else:
            told[one.name] = said
        told[f"{one.name}_unsaid"] = yes(not told[one.name])
    return told


def lines_of(text: str) -> list[str]:
    """Return the lines somebody wrote, without what ends them."""
    return [line for one in text.splitlines() if (line := one.strip().rstrip(";").strip())]


# ---------------------------------------------------------------- the working group


def group_table(document: Document, _words: adapter.Words) -> dict[str, Value]:
    """Return who is in the working group: name and post of each, parted at the first comma; a line where nobody is named."""
    entered = document.entered
    roles = (("group_chair", "председатель"), ("group_secretary", "секретарь"))
    named = [(entered.get(name) or BLANK, role) for name, role in roles]
    members = lines_of(entered.get("members") or "") or [BLANK]
    named += [(one, "член рабочей группы") for one in members]
    rows: list[list[str | None]] = []
    for place, (who, role) in enumerate(named, 1):
        name, _comma, post = who.partition(",")
        rows.append([str(place), name.strip(), post.strip() or BLANK, role])
    return {"group": [TableFacts({}, rows)]}


# ---------------------------------------------------------------- minutes


def body_facts(document: Document, _words: adapter.Words) -> dict[str, Value]:
    """Return who met, in the genitive."""
    body = document.entered.get("body") or ""
    return {"body_genitive": BODIES.get(body, ""), "is_group": yes(body == "рабочая группа")}
