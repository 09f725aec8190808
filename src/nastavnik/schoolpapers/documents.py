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
from nastavnik.people.choices import LEARNERS, PersonKind
from nastavnik.people.queries import curator_account_of
from nastavnik.programmes.choices import ApprovingBody
from nastavnik.programmes.models import MentoringForm, Programme
from nastavnik.roadmaps.choices import RoadmapLevel
from nastavnik.roadmaps.models import Roadmap
from nastavnik.schoolpapers.catalogues import (
    FormWords,
    ProgrammeTables,
    form_words,
    programme_tables,
)
from nastavnik.schoolpapers.choices import BODIES
from nastavnik.training.choices import TrainingAudience
from nastavnik.training.models import TrainingCourse

Extra = Callable[[Document, adapter.Words], Mapping[str, Value]]


def programmes_of(document: Document) -> list[Programme]:
    """Return the programmes of the year of a paper; a paper of the organisation tells of all of them."""
    programmes = Programme.objects.filter(
        organisation=document.organisation_id, year=document.year_id
    )
    return list(programmes.order_by("starts_on", "pk").prefetch_related("forms__variants"))


def composer(
    questions: Sequence[PaperQuestion], more: Extra | None = None
) -> Callable[[Document], Composed]:
    """Return what composes a paper of an organisation: its frame, its programme, what was answered, and `more`."""

    def compose(document: Document) -> Composed:
        words = adapter.Words(document.entered.get("words", {}))
        facts: dict[str, Value] = {
            **frame_of(document, document.organisation),
            **_of_programme(document),
            **_curator(document, words),
            **_answers(questions, document.entered),
        }
        if more is not None:
            facts |= more(document, words)
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
    programmes, forms = programmes_of(document), _forms(document)
    # which of several runs when, one line cannot say: a person writes it
    programme = programmes[0] if len(programmes) == 1 else None
    kinds = {kind for form in forms for kind in form.mentee_kinds}
    return {
        "year": str(document.year),
        "programme": programme.title if programme else "",
        "period": f"с {programme.starts_on:%d.%m.%Y} по {programme.ends_on:%d.%m.%Y}"
        if programme
        else "",
        "forms": ", ".join(f"«{form.title}»" for form in forms),
        "learner_forms": ", ".join(f"«{form.title}»" for form in forms if not _is_of_staff(form)),
        "acts": "; ".join(dict.fromkeys(act for one in programmes for act in acts_of(one))),
        "has_staff": yes(any(_is_of_staff(form) for form in forms)),
        "has_learners": yes(has_learners := bool(kinds & set(LEARNERS))),
        "no_learners": yes(not has_learners),
        "has_pupil_mentors": yes(any(set(LEARNERS) & set(form.mentor_kinds) for form in forms)),
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


# ---------------------------------------------------------------- regulation and programme


def regulation_facts(document: Document, _words: adapter.Words) -> dict[str, Value]:
    """Return what the regulation takes from the forms: how many mentees a mentor has, who recommends the pairs."""
    forms = _forms(document)
    most = {form.max_mentees for form in forms}
    each = [f"«{form.title}» – не более {_mentees(form.max_mentees)}" for form in forms]
    return {
        "max_mentees": _mentees(*most) if len(most) == 1 else "",
        "limits": "; ".join(each) if len(most) > 1 else "",
        "council_forms": _approved_by(forms, ApprovingBody.METHOD_COUNCIL),
        "commission_forms": _approved_by(forms, ApprovingBody.CYCLE_COMMISSION),
        "no_staff": yes(not any(_is_of_staff(form) for form in forms)),
    }


def _forms(document: Document) -> list[MentoringForm]:
    """Return the forms of all programmes of the year, each once, in the order of the programmes."""
    every = [form for programme in programmes_of(document) for form in programme.forms.all()]
    return list({form.pk: form for form in every}.values())


def _mentees(n: int) -> str:
    return f"{n} {'наставляемого' if n % 10 == 1 and n % 100 != 11 else 'наставляемых'}"  # noqa: PLR2004 - grammar


def _approved_by(forms: Sequence[MentoringForm], body: ApprovingBody) -> str:
    return ", ".join(f"«{form.title}»" for form in forms if form.approving_body == body)


def programme_facts(document: Document, _words: adapter.Words) -> dict[str, Value]:
    """Return the tables of the programme and what it says of each form; its roadmap only once the head has approved it."""
    tables, forms, known = programme_tables(), _forms(document), form_words()
    roadmap = (
        Roadmap.objects.filter(
            organisation=document.organisation_id,
            year=document.year_id,
            level=RoadmapLevel.SCHOOL,
            archived_at=None,
            approved_on__isnull=False,
        )
        .order_by("-pk")
        .first()
    )
    day = roadmap.approved_on if roadmap else None
    partners = document.organisation.partners.all()
    return {
        "managers": [TableFacts({}, [list(row) for row in tables.managers])],
        "stages": [
            TableFacts({}, [[str(n), *row] for n, row in enumerate(tables.stages, 1)]),
        ],
        "criteria": [TableFacts({}, _criteria(tables))],
        "form_tables": [
            TableFacts({"form": form.title}, _form_rows(form, known[form.code]))
            for form in forms
            if form.code in known
        ],
        "unknown_forms": ", ".join(f"«{one.title}»" for one in forms if one.code not in known),
        "partners": ", ".join(one.name for one in partners),
        "roadmap": roadmap.title if roadmap else "",
        "roadmap_approved": adapter.date_in_words(day) if day else "",
        "no_roadmap": yes(roadmap is None),
    }


def _criteria(tables: ProgrammeTables) -> list[list[str | None]]:
    rows: list[list[str | None]] = []
    for criterion, indicators in tables.criteria:
        for place, indicator in enumerate(indicators):
            rows.append([None if place else criterion, str(len(rows) + 1), indicator, "2 / 1 / 0"])
    return rows


def _form_rows(form: MentoringForm, words: FormWords) -> list[list[str | None]]:
    variants = "; ".join(f"«{one.title}»" for one in form.variants.all())
    rows = [
        ("Цель", words.goal),
        ("Задачи", "; ".join(words.tasks)),
        ("Наставник", words.mentor),
        ("Наставляемый", words.mentee),
        ("Варианты взаимодействия", variants),
        ("Виды совместной работы", words.formats),
        ("Ожидаемые результаты", "; ".join(words.results)),
    ]
    return [[title, said] for title, said in rows if said]


# ---------------------------------------------------------------- training, texts to read


def training_facts(document: Document, _words: adapter.Words) -> dict[str, Value]:
    """Return the courses for mentors of the year: what they teach, when and by whom; only what was entered."""
    courses = list(
        TrainingCourse.objects.filter(
            organisation=document.organisation_id,
            year=document.year_id,
            audience=TrainingAudience.MENTORS,
        )
        .prefetch_related("sessions")
        .order_by("pk")
    )
    return {
        "has_courses": yes(courses),
        "no_courses": yes(not courses),
        "courses": [
            TableFacts({"course": _course(one)}, _numbered(lines_of(one.themes))) for one in courses
        ],
        "schedule": [
            TableFacts(
                {"course": one.title},
                [
                    [f"{held.held_on:%d.%m.%Y}", held.theme, held.place, held.leader]
                    for held in sorted(one.sessions.all(), key=lambda it: (it.held_on, it.pk))
                ],
            )
            for one in courses
        ],
        "has_schedule": yes(any(one.sessions.all() for one in courses)),
    }


def _course(course: TrainingCourse) -> str:
    hours = adapter.counted(course.hours, "час", "часа", "часов")
    by = f"; проводит {course.provider}" if course.provider else ""
    return f"{course.title} ({hours}{by})"


def _numbered(lines: Sequence[str]) -> list[list[str | None]]:
    return [[str(place), line] for place, line in enumerate(lines, 1)]


def partner_choices(document: Document) -> list[tuple[str, str]]:
    """Return the partners of the organisation a paper is of."""
    return [(one.name, one.name) for one in document.organisation.partners.all()]
