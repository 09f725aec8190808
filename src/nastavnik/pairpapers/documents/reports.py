"""What the final papers of a pair say: both reports and the talk of the head (method.md §3.4, §7.1 D23–D25, §7.4)."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from nastavnik.core.dates import today
from nastavnik.documents import adapter
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import Composed
from nastavnik.documents.texts import TableFacts, Value
from nastavnik.engine.instruments import Item, ItemClass, ItemKind
from nastavnik.mentorships.choices import CLOSED
from nastavnik.mentorships.documents.common import frame_of, is_of_staff, yes
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.pairpapers.choices import DAYS_FOR_REPORTS
from nastavnik.pairpapers.documents.common import (
    Assembled,
    Origin,
    day_said,
    named,
    origins_of,
    told_of,
    whom,
)
from nastavnik.pairpapers.queries import (
    last_answers,
    last_day_of,
    meeting_lines,
    plan_of,
    talk_of,
    tie_of_document,
)
from nastavnik.people.queries import group_names
from nastavnik.plans.models import IndividualPlan
from nastavnik.questionnaires.adapter import instrument_of
from nastavnik.questionnaires.models import Response

# method.md §7.4: six results; pupils never read of work and discipline
RESULTS_OF_STAFF = (
    "овладение навыками по должности",
    "освоение рациональных и безопасных приёмов труда",
    "знание нормативных правовых актов",
    "мотивация к работе",
    "самостоятельность",
    "дисциплинированность",
)
RESULTS_OF_OTHERS = (
    "новые знания и умения",
    "разумные и безопасные способы работы",
    "знание правил, по которым идёт общее дело",
    "интерес к учёбе и делу",
    "самостоятельность",
    "ответственность за обещанное",
)


def facts_of_tie(document: Document, tie: Tie) -> dict[str, Value]:
    """Return what every paper about one mentee says of the pair."""
    pair, mentee = tie.mentorship, tie.mentee.person
    mentor = pair.mentor.person
    groups = group_names([mentor, mentee])
    last = tie.ends_on or pair.ended_on or pair.ends_on
    return {
        **frame_of(document, pair.organisation),
        "mentor": named(mentor, groups),
        "mentor_short": mentor.short_name,
        "mentee": named(mentee, groups),
        "mentee_short": mentee.short_name,
        "form": pair.form.title,
        "period": f"{tie.starts_on:%d.%m.%Y} – {last:%d.%m.%Y}",
        "is_staff": yes(is_of_staff(pair, tie)),
    }


def _due(pair: Mentorship) -> str:
    """Return until when a report is handed in, once the pair has ended."""
    if pair.status not in CLOSED or pair.ended_on is None:
        return ""
    return day_said(pair.ended_on + dt.timedelta(days=DAYS_FOR_REPORTS))


def _plan_facts(plan: IndividualPlan | None) -> dict[str, Value]:
    items = [one for one in plan.items.all() if not one.is_dropped] if plan else []
    n_done = sum(one.done_on is not None for one in items)
    rows: list[list[str | None]] = [
        [str(place), one.title, day_said(one.due_on), day_said(one.done_on), one.done_words]
        for place, one in enumerate(items, 1)
    ]
    goals: list[list[str | None]] = [
        [str(place), one.text, one.criterion, ""]
        for place, one in enumerate(plan.goals.all() if plan else (), 1)
    ]
    share = ""
    if items:
        word = adapter.counted(len(items), "мероприятия", "мероприятий", "мероприятий")
        share = f"{n_done} из {word} ({round(100 * n_done / len(items))} %)"
    return {
        "items": [TableFacts({}, rows)],
        "goals": [TableFacts({}, goals)],
        "share": share,
    }


def _plan_origin(plan: IndividualPlan | None) -> tuple[Origin, ...]:
    if plan is None:
        return ()
    words = _("Plan: its goals and items, as they were ticked.")
    return (Origin(words, reverse("plans:plan", args=[plan.pk])),)


# ---------------------------------------------------------------- report of the mentor


def assemble_mentor_report(document: Document) -> Assembled | None:
    """Return what the mentor reports at the end about one mentee; None where the mentee is gone."""
    tie = tie_of_document(document)
    if tie is None:
        return None
    pair = tie.mentorship
    lines = meeting_lines(pair)
    plan = plan_of(tie)
    facts = {
        **facts_of_tie(document, tie),
        **_plan_facts(plan),
        "by_day": day_said(min(last_day_of(pair), today())),
        "told": told_of(lines),
        "due": _due(pair),
        "results": [TableFacts({}, _results(is_staff=is_of_staff(pair, tie)))],
    }
    return Assembled(Composed(facts), (*origins_of(pair, lines, 0), *_plan_origin(plan)))


def _results(*, is_staff: bool) -> list[list[str | None]]:
    titles = RESULTS_OF_STAFF if is_staff else RESULTS_OF_OTHERS
    return [[str(place), title, "", ""] for place, title in enumerate(titles, 1)]


# ---------------------------------------------------------------- report of the mentee


def assemble_mentee_report(document: Document) -> Assembled | None:
    """Return what a mentee reports at the end, with the assessment of the mentor by the own closed answers.

    It is not for the mentor: what is answered there stands in no paper of the pair but this one.
    """
    tie = tie_of_document(document)
    if tie is None:
        return None
    pair = tie.mentorship
    lines = meeting_lines(pair)
    plan = plan_of(tie)
    response = last_answers(tie)
    rows = _answer_rows(response) if response else []
    words = adapter.Words(document.entered.get("words", {}))
    facts = {
        **facts_of_tie(document, tie),
        **whom(pair.organisation, words),
        "share": _plan_facts(plan)["share"],
        "by_day": day_said(min(last_day_of(pair), today())),
        "told": told_of(lines),
        "due": _due(pair),
        "answers": [TableFacts({}, rows)],
        "has_answers": yes(rows),
        "answered_on": day_said(response.submitted_at.date())
        if rows and response and response.submitted_at
        else "",
    }
    origins = (*origins_of(pair, lines, 0), *_plan_origin(plan))
    if rows and response:
        told = _("Assessment: the named answers of the mentee to «%(title)s».")
        page = reverse("questionnaires:results", args=[response.wave_id])
        origins = (*origins, Origin(told % {"title": response.wave.version.title}, page))
    return Assembled(Composed(facts, doubts=words.doubts), origins)


def _answer_rows(response: Response) -> list[list[str | None]]:
    """Return the closed answers that everybody who reads the results may read, as rows; nothing psychological, no text."""
    rows: list[list[str | None]] = []
    for item in instrument_of(response.wave.version).items:
        if item.privacy != ItemClass.PERSONAL or item.seen_by is not None:
            continue
        said = _answer_said(item, response.answers.get(item.code))
        if said:
            rows.append([str(len(rows) + 1), _asked(item), said])
    return rows


def _asked(item: Item) -> str:
    """Return a question; of a scale with what its two ends mean."""
    if not item.ends:
        return item.text
    low, high = item.ends
    return f"{item.text} ({item.minimum} – {low}, {item.maximum} – {high})"


def _answer_said(item: Item, answer: object) -> str:
    """Return the answer to a closed question of one answer; nothing to others, or where there is none."""
    if answer is None:
        return ""
    if item.kind == ItemKind.SCALE:
        return f"{answer} из {item.maximum}"
    if item.kind in {ItemKind.CHOICE, ItemKind.YES_NO}:
        return next((one.text for one in item.options if one.code == answer), "")
    return ""


# ---------------------------------------------------------------- talk of the head


def assemble_talk(document: Document) -> Assembled | None:
    """Return the record of the talk of the head with a mentee; what was not noted is a line to write on."""
    tie = tie_of_document(document)
    if tie is None:
        return None
    talk = talk_of(tie)
    facts = {
        **facts_of_tie(document, tie),
        "held_on": adapter.day_or_blank(talk.held_on if talk else None),
        "held_by": talk.held_by if talk else "",
        "said": _sentence(talk.words) if talk else "",
    }
    page = reverse("closing:talks")
    words = (
        _("The talk: noted at the close of the year.")
        if talk
        else _("The talk is not noted yet: note it at the close of the year.")
    )
    return Assembled(Composed(facts), (Origin(words, page),))


def _sentence(text: str) -> str:
    said = text.strip()
    if not said:
        return ""
    return said if said.endswith((".", "!", "?", "…")) else f"{said}."
