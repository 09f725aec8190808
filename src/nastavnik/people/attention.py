"""Slips that wait for a second person or were given without one; a second step somebody else has ended."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import today
from nastavnik.core.hooks.attention import AttentionItem, Urgency
from nastavnik.organisations.models import AcademicYear
from nastavnik.people.models import SecondStep, SlipHalf
from nastavnik.people.queries import DAYS_AROUND_END, year_to_leave


def items(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield each slip somebody else has given that this user can add the second half to, or should know of."""
    if not user.viewer.may(Perm.SLIP_WITNESS):
        return
    for row in SlipHalf.objects.visible_to(user).select_related("user", "given_by"):
        names = {"name": row.user.full_name, "giver": row.given_by.full_name}
        yield AttentionItem(
            Urgency.WEEK,
            "wait" if row.half else "risk",
            _("Waits for a second person") if row.half else _("Given by one alone"),
            _("Slip for signing in: %(name)s") % names,
            _(
                "%(giver)s gives the first half, you the second: then nobody but the owner knows the password."
            )
            % names
            if row.half
            else _(
                "%(giver)s saw the whole password, there was no second person. Look whether this account is right."
            )
            % names,
            _("Open"),
            reverse("people:slip-halves"),
            place=5,
        )


def ended_steps(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield the own second step somebody else has ended, until it is read."""
    if not user.viewer.may(Perm.SECOND_STEP):
        return
    for step in SecondStep.objects.filter(
        user_id=user.viewer.user_id, is_noted=False
    ).select_related("ended_by"):
        yield AttentionItem(
            Urgency.WEEK,
            "risk",
            _("Ended by somebody else"),
            _("The second step of your sign-in is off"),
            _(
                "%(name)s has ended it. Did you ask for that? If not, change the password and switch the step on again."
            )
            % {"name": step.ended_by.full_name}
            if step.ended_by
            else _(
                "Whoever keeps the server has ended it. Did you ask for that? If not, change the password and switch the step on again."
            ),
            _("Open"),
            reverse("people:second-step"),
            place=5,
        )


def classes_to_take(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield, at the end of a year and at the beginning of the next, that its classes are to be taken over."""
    if not user.viewer.may(Perm.ROSTER_EDIT):
        return
    day, near = today(), dt.timedelta(DAYS_AROUND_END)
    own = user.viewer.organisations(Perm.ROSTER_EDIT)
    # asked in the middle of a year it costs one question
    ending = AcademicYear.objects.filter(
        organisation__in=own, ends_on__range=(day - near, day + near)
    ).select_related("organisation")
    year = next(filter(None, (year_to_leave(one.organisation) for one in ending[:1])), None)
    if year is None or day < year.ends_on - near:
        return
    is_over = today() > year.ends_on
    yield AttentionItem(
        Urgency.WEEK if is_over else Urgency.NEXT,
        "wait",
        _("The next year"),
        _("Take the classes over into the next year"),
        _("5A becomes 6A, the last class becomes alumni: one page, one press."),
        _("Open"),
        reverse("people:next-year"),
        place=6,
    )
