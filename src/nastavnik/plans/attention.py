"""What plans ask of the curator, the head and the mentor, and what is news of them."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.hooks.attention import AttentionItem, Urgency
from nastavnik.core.hooks.digest import DigestKind
from nastavnik.core.hooks.upcoming import UpcomingEvent
from nastavnik.plans.models import IndividualPlan, PlanItem
from nastavnik.plans.queries import (
    closed_among,
    plan_needs,
    plans_to_approve,
    ties_without_plan,
)

AT_MOST_OWN = 2


def items(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield what plans ask of this user."""
    viewer = user.viewer
    if viewer.may(Perm.PAIR_APPROVE):
        yield from _of_curator(user)
    elif viewer.may(Perm.PLAN_APPROVE):
        yield from _to_approve(
            plans_to_approve(user).count(),
            _("Drawn up by mentor and mentee, read by the mentee: look through them and approve them together."),
        )  # fmt: skip
    elif viewer.may(Perm.PLAN_EDIT):
        yield from _own(user)


def _to_approve(n: int, why: str) -> Iterator[AttentionItem]:
    if n:
        yield AttentionItem(
            Urgency.WEEK, "wait", _("Waits for approval"),
            ngettext("%(n)s individual plan waits for approval", "%(n)s individual plans wait for approval", n) % {"n": n},
            why, _("Open"), reverse("plans:approve"), place=6,
        )  # fmt: skip


def _of_curator(user: SignedIn) -> Iterator[AttentionItem]:
    needs = plan_needs(user)
    yield from _to_approve(
        needs.n_waiting, _("The head approves them on his page; signed on paper, note it here.")
    )
    if n := needs.n_bare:
        yield AttentionItem(
            Urgency.NEXT, "wait", _("Individual plan"),
            ngettext("%(n)s mentee should have a plan by now", "%(n)s mentees should have a plan by now", n) % {"n": n},
            _("Begin them all with one press: the goal comes from the request, the items from the library."),
            _("Draw up the plans"), reverse("plans:make"), place=4,
        )  # fmt: skip
    if n := needs.n_late:
        yield AttentionItem(
            Urgency.WEEK, "risk", _("Plan overdue"),
            ngettext("%(n)s plan has overdue items", "%(n)s plans have overdue items", n) % {"n": n},
            _("Ask what is done already: often it only is not ticked."), _("Open"),
            f"{reverse('plans:list')}?state=late", place=7,
        )  # fmt: skip


def _own(user: SignedIn) -> Iterator[AttentionItem]:
    me = user.viewer.person_id
    if me is None:
        return
    for tie in ties_without_plan(user).filter(mentorship__mentor__person_id=me)[:AT_MOST_OWN]:
        yield AttentionItem(
            Urgency.LATER, "wait", _("Individual plan"),
            _("There is no plan with %(name)s yet") % {"name": tie.mentee.person.short_name},
            _("It is begun with the request and ready items: you two only choose."), _("My pairs"),
            reverse("mentorships:own"), place=3,
        )  # fmt: skip


def coming(user: SignedIn, first: dt.date, last: dt.date) -> Iterator[UpcomingEvent]:
    """Yield the items of the own plans that are due."""
    viewer = user.viewer
    if viewer.may(Perm.PAIR_VIEW) or not viewer.may(Perm.PLAN_VIEW):
        return
    plans = IndividualPlan.objects.visible_to(user).current()
    due = (
        PlanItem.objects.live()
        .filter(plan__in=plans, done_on=None, due_on__range=(first, last))
        .select_related("plan__tie__mentee", "plan__tie__mentorship__mentor")
    )
    sides = {item.pk: _sides(item) for item in due}
    closed = closed_among(set().union(*sides.values()))
    for item in due:
        if closed & sides[item.pk]:
            continue
        assert item.due_on is not None  # noqa: S101 - the filter sees to it
        url = reverse("plans:plan", args=[item.plan_id])
        words = _("By the plan: %(what)s") % {"what": item.title}
        yield UpcomingEvent(item.due_on, words, url, outside=_("An item of the individual plan"))


def _sides(item: PlanItem) -> set[int]:
    tie = item.plan.tie
    return {tie.mentee.person_id, tie.mentorship.mentor.person_id}


NEWS = (
    DigestKind(
        14, "plan-acquainted", "plans.individualplan", Perm.PLAN_APPROVE, IndividualPlan.objects.visible_to,
        lambda n: ngettext("%(n)s plan was read by the mentee", "%(n)s plans were read by the mentees", n) % {"n": n},
        "plans:approve",
    ),
    DigestKind(
        14, "plan-approved", "plans.individualplan", Perm.PLAN_EDIT, IndividualPlan.objects.visible_to,
        lambda n: ngettext("%(n)s plan was approved", "%(n)s plans were approved", n) % {"n": n},
        "cabinet:home",
    ),
)  # fmt: skip
