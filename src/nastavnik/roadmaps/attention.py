"""What the roadmap asks of a curator."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import NOBODY, Perm, SignedIn
from nastavnik.core.audit import CHANGED
from nastavnik.core.dates import today
from nastavnik.core.hooks.attention import AttentionItem, Urgency
from nastavnik.core.hooks.digest import DigestKind
from nastavnik.core.hooks.upcoming import DAYS, UpcomingEvent
from nastavnik.core.request_cache import cached
from nastavnik.roadmaps.adapter.checks import answers_for
from nastavnik.roadmaps.choices import ActivityStatus
from nastavnik.roadmaps.models import Activity
from nastavnik.roadmaps.queries import DONE, GOING, LATE, NEXT, ActivityLine, facts_for, line_of


def items(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield the late lines of the roadmap of this year, and those whose term ends within a week.

    A curator is told of all, others of those they answer for.
    """
    if not user.viewer.may(Perm.ROADMAP_VIEW):
        return
    lines = _due_lines(user, today())
    late = [line for line in lines if line.state == LATE]
    if late:
        yield _late(late, may_edit=user.viewer.may(Perm.ROADMAP_EDIT))
    for line in [line for line in lines if line.state in (GOING, NEXT)][:2]:
        yield AttentionItem(
            Urgency.LATER, "go", _("Due by %(date)s") % {"date": f"{line.activity.due_on:%d.%m}"}, line.activity.title,
            _("A line of the roadmap is due within a week."), _("Open"),
            reverse("roadmaps:activity", args=[line.activity.pk]), place=5,
        )  # fmt: skip


def _own(user: SignedIn, due: list[Activity]) -> list[Activity]:
    viewer = user.viewer
    edited = viewer.organisations(Perm.ROADMAP_EDIT)
    return [
        one
        for one in due
        if one.organisation_id in edited
        or answers_for(
            one,
            [g.role for g in viewer.grants if g.organisation_id == one.organisation_id],
            str(user),
        )
    ]


# A month often ends with a dozen lines, and lines are long: the margin says what kind of day it is.
MOST_A_DAY = 3
MOST_OF_TITLE = 80


def coming(user: SignedIn, first: dt.date, last: dt.date) -> Iterator[UpcomingEvent]:
    """Yield the lines of the roadmap whose term ends in these days: a few of each day, the others as a number."""
    if not user.viewer.may(Perm.PROGRAMME_VIEW):
        return
    by_day: dict[dt.date, list[Activity]] = defaultdict(list)
    is_long = last - first >= dt.timedelta(days=DAYS)
    lines = _find_due_lines(user, first, last) if is_long else _due_lines(user, first)
    for line in lines:
        ends_on = line.activity.due_on
        if ends_on is not None and first <= ends_on <= last and line.state != DONE:
            by_day[ends_on].append(line.activity)
    for day, activities in by_day.items():
        shown = activities if len(activities) <= MOST_A_DAY + 1 else activities[:MOST_A_DAY]
        for activity in shown:
            title = Truncator(activity.title).chars(MOST_OF_TITLE)
            yield UpcomingEvent(day, title, reverse("roadmaps:activity", args=[activity.pk]))
        if n_more := len(activities) - len(shown):
            words = ngettext(
                "%(n)s more line of the roadmap", "%(n)s more lines of the roadmap", n_more
            )
            whole = reverse("roadmaps:show", args=[activities[0].roadmap_id])
            yield UpcomingEvent(day, words % {"n": n_more}, whole)


def _due_lines(user: SignedIn, day: dt.date) -> list[ActivityLine]:
    """Return the open lines of this year that are late or due within a week; asked once a page."""
    return cached(
        ("due_lines", user.viewer.user_id, day),
        lambda: _find_due_lines(user, day, day + dt.timedelta(days=DAYS - 1)),
    )


def _find_due_lines(user: SignedIn, day: dt.date, last: dt.date) -> list[ActivityLine]:
    until = last + dt.timedelta(days=1)
    due = (
        Activity.objects.visible_to(user)
        .filter(
            status__in=(ActivityStatus.PLANNED, ActivityStatus.GOING),
            roadmap__year__starts_on__lte=day,
            roadmap__year__ends_on__gte=day,
        )
        .exclude(ends_on=None)
        .select_related("roadmap__year")
    )
    # of several times the first is due long before the last day of the line
    soon = due.filter(Q(ends_on__lt=until) | ~Q(stretches=[]))
    found = [one for one in soon if one.due_on and one.due_on < until]
    return _open_lines(_own(user, found), day)


def _open_lines(due: list[Activity], day: dt.date) -> list[ActivityLine]:
    """Return the lines nothing ticks; facts are asked for only where one could tick a line."""
    facts = facts_for(due, due[0].roadmap) if due else {}
    return [line_of(activity, facts, NOBODY, day, proofs=()) for activity in due]


def _late(late: list[ActivityLine], *, may_edit: bool) -> AttentionItem:
    worst = max(late, key=lambda line: line.late_days)
    only = len(late) == 1
    return AttentionItem(
        Urgency.WEEK, "risk", worst.words if only else _("Late"),
        worst.activity.title
        if only
        else ngettext("%(n)s line of the roadmap is late", "%(n)s lines of the roadmap are late", len(late))
        % {"n": len(late)},
        _("Mark it as done with the paper that proves it, or give it another term.")
        if may_edit
        else _("You answer for it: tell the curator when it is done."),
        _("Open"),
        reverse("roadmaps:activity", args=[worst.activity.pk])
        if only
        else f"{reverse('roadmaps:show', args=[worst.activity.roadmap_id])}?state={LATE}", place=2,
    )  # fmt: skip


NEWS = (
    DigestKind(
        30, CHANGED, "roadmaps.activity", Perm.PROGRAMME_VIEW, Activity.objects.visible_to,
        lambda n: ngettext("%(n)s line of the roadmap changed", "%(n)s lines of the roadmap changed", n) % {"n": n},
        "roadmaps:overview",
    ),
)  # fmt: skip
