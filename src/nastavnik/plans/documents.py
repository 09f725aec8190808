"""What the paper of an individual plan says (method.md §3.4, §7.1 D20, §7.4)."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from nastavnik.documents import adapter
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import Composed
from nastavnik.documents.texts import TableFacts, Value
from nastavnik.mentorships.documents.common import frame_of
from nastavnik.people.queries import group_names
from nastavnik.plans.access import is_covered
from nastavnik.plans.choices import Doer, PlanItemKind
from nastavnik.plans.models import IndividualPlan, PlanItem
from nastavnik.plans.queries import is_staff_tie, plan_of_document

# the words of the paper are Russian by nature
KINDS = {
    PlanItemKind.WORKPLACE: "ознакомление с рабочим местом и коллективом",
    PlanItemKind.DUTIES: "ознакомление с должностными обязанностями, квалификационными требованиями",
    PlanItemKind.ADAPTATION: "меры профессиональной и должностной адаптации",
    PlanItemKind.THEORY: "изучение теоретических и практических вопросов",
    PlanItemKind.PRACTICE: "практические задания",
    PlanItemKind.HOLD: "закрепление знаний и навыков",
    PlanItemKind.ASSIST: "содействие в выполнении обязанностей",
    PlanItemKind.OTHER: "другие",
}
DOERS = {
    Doer.BOTH: "наставник, наставляемый",
    Doer.MENTOR: "наставник",
    Doer.MENTEE: "наставляемый",
}


def compose_plan_paper(document: Document) -> Composed | None:
    """Return what the paper of a plan says as things are; None where the plan is gone or may not be read today."""
    plan = plan_of_document(document)
    if plan is None or not is_covered(plan):
        return None
    return compose_plan(plan, document)


def compose_plan(plan: IndividualPlan, document: Document | None = None) -> Composed:
    """Return what a plan says on paper; its people are to be fetched; what was taken out of it is not said."""
    tie = plan.tie
    pair, mentor, mentee = tie.mentorship, tie.mentorship.mentor.person, tie.mentee.person
    groups = group_names([mentor, mentee])
    is_staff = is_staff_tie(tie)
    items = list(plan.items.live())
    goals = [
        [str(place), goal.text, _day(goal.until), goal.criterion]
        for place, goal in enumerate(plan.goals.all(), 1)
    ]

    def named(person: object, name: str, key: int) -> str:
        what = adapter.what(person, groups.get(key, ""))  # type: ignore[arg-type]
        return ", ".join(part for part in (name, what) if part)

    facts: dict[str, Value] = {
        **frame_of(document, plan.organisation),
        "approved": adapter.day_or_blank(plan.approved_on),
        "mentor": named(mentor, mentor.full_name, mentor.pk),
        "mentor_short": mentor.short_name,
        "mentee": mentee.full_name,
        "mentee_said": named(mentee, mentee.full_name, mentee.pk),
        "form": pair.form.title,
        "variant_said": f", {plan.variant}" if plan.variant else "",
        "period": f"{pair.starts_on:%d.%m.%Y} – {pair.ends_on:%d.%m.%Y}",
        "edition": str(plan.edition),
        "strengths": plan.strengths,
        "growth": plan.growth,
        "format": plan.format,
        "goals": [TableFacts({}, goals)],
        "staff_items": [TableFacts({}, _rows(items, is_staff=True) if is_staff else [])],
        "items": [TableFacts({}, [] if is_staff else _rows(items, is_staff=False))],
        "acquainted": [mentee.full_name],
    }
    kept = {"has_goals": bool(goals), "has_items": bool(items), "has_head": bool(plan.organisation.head_name)}  # fmt: skip
    return Composed(facts, kept=kept)


def _rows(items: Sequence[PlanItem], *, is_staff: bool) -> list[list[str | None]]:
    rows: list[list[str | None]] = []
    for place, item in enumerate(items, 1):
        kind = [KINDS.get(PlanItemKind(item.kind), "")] if is_staff else []
        told = (_day(item.done_on), item.done_words) if item.done_on else ()
        done = ". ".join(filter(None, told))
        rows.append(
            [
                str(place), *kind, item.title, _day(item.due_on), DOERS[Doer(item.doer)],
                item.result, done,
            ]
        )  # fmt: skip
    return rows


def _day(day: dt.date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else ""


def findings_of_plan(document: Document) -> list[str]:
    """Return what a draft of the paper of a plan lacks, in sentences."""
    found = []
    if not document.content.get("has_goals"):
        found.append(_("The plan has no goal yet: write at least one."))
    if not document.content.get("has_items"):
        found.append(_("There is nothing to do in the plan yet: write at least one item."))
    if not document.content.get("has_head"):
        found.append(_("The head is not named: fill the organisation's card."))
    return found
