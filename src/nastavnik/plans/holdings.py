"""What individual plans keep of a person."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from nastavnik.core.hooks.holdings import Asking, Holding, Wiping
from nastavnik.plans.models import IndividualPlan, PlanGoal, PlanItem

_TIE = ("tie__mentee__person", "tie__mentorship__mentor__person")
_PLAN = tuple(f"plan__{path}" for path in _TIE)


def _of_tie(tie: Any, asking: Asking) -> str:  # noqa: ANN401 - a place in a pair
    mentor = tie.mentorship.mentor.person
    return asking.name(tie.mentee.person if mentor.pk == asking.person_id else mentor)


def _of_mentee(name: str) -> Callable[[Any, Asking], str]:
    """Return how words about the mentee are told: to the mentee; to the mentor only that there are some."""

    def told(row: Any, asking: Asking) -> str:  # noqa: ANN401 - a plan
        words = str(getattr(row, name))
        if not words or row.tie.mentee.person_id == asking.person_id:
            return words
        return "есть: сказано о наставляемом"

    return told


def _of_plan(row: Any, asking: Asking) -> str:  # noqa: ANN401 - a row of a plan
    return _of_tie(row.plan.tie, asking)


OF_THE_MENTEE = "план наставляемого стирается целиком; у наставника остаётся план другого человека"


def drop_plans(rows: QuerySet[Any], wiping: Wiping) -> None:
    """Take away the plans of a mentee, with their goals and items; of a mentor only the own notes go."""
    rows.filter(tie__mentee__person=wiping.person_id).delete()


HELD = (
    Holding(
        IndividualPlan,
        "Индивидуальные планы",
        _TIE,
        told={
            "tie": lambda row, asking: _of_tie(row.tie, asking),
            "strengths": _of_mentee("strengths"),
            "growth": _of_mentee("growth"),
        },
        left_out={"notes": "слова наставника о наставляемом; что из них сообщить, решает куратор"},
        words={
            "tie": "с кем",
            "acquainted_on_paper": "ознакомлен на бумаге",
            "approved_on_paper": "утверждён на бумаге",
        },
        wipe=drop_plans,
        clears=("notes",),
        stays=dict.fromkeys(
            (
                "status",
                "variant",
                "strengths",
                "growth",
                "format",
                "acquainted_on",
                "acquainted_on_paper",
                "approved_on",
                "approved_on_paper",
            ),
            OF_THE_MENTEE,
        ),
    ),
    Holding(
        PlanGoal,
        "Цели плана",
        _PLAN,
        told={"plan": _of_plan},
        words={"plan": "с кем"},
        stays=dict.fromkeys(("text", "until", "criterion"), OF_THE_MENTEE),
    ),
    Holding(
        PlanItem,
        "Дела плана",
        _PLAN,
        told={
            "plan": _of_plan,
            "meeting": lambda row, _asking: row.meeting and row.meeting.planned_on,
        },
        words={"plan": "с кем", "meeting": "на встрече"},
        stays=dict.fromkeys(
            ("kind", "title", "due_on", "doer", "result", "done_on", "done_words"), OF_THE_MENTEE
        ),
    ),
)
