"""What training asks of a curator, and what it will bring."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.hooks.attention import AttentionItem, Urgency
from nastavnik.core.hooks.upcoming import UpcomingEvent
from nastavnik.programmes.choices import Side
from nastavnik.programmes.queries import current_programme, is_closing, marks_of_bases
from nastavnik.training.choices import TrainingAudience
from nastavnik.training.models import TrainingCourse, TrainingSession
from nastavnik.training.queries import unnoted_sessions


def items(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield sessions whose attendance nobody has noted, and mentors who are not trained."""
    if not user.viewer.may(Perm.TRAINING_EDIT):
        return
    for session in unnoted_sessions(user)[:1]:
        yield AttentionItem(
            Urgency.WEEK, "wait", _("Waits for you"),
            _("Session of %(day)s: %(theme)s") % {"day": f"{session.held_on:%d.%m}", "theme": session.theme},
            _("Tick off who was there: the register is what training is proved by."), _("Tick off"),
            f"{reverse('training:course', args=[session.course_id])}#register", place=10,
        )  # fmt: skip
    programme = current_programme(user)
    if programme is None or is_closing(user, programme):
        return
    n = marks_of_bases(user, programme, ("untrained",))[Side.MENTOR, "untrained"]
    if not n:
        return
    course = (
        TrainingCourse.objects.visible_to(user)
        .filter(audience=TrainingAudience.MENTORS, year=programme.year_id)
        .order_by("-pk")
        .first()
    )
    yield AttentionItem(
        Urgency.LATER, "wait", _("Selection and training"),
        ngettext("%(n)s mentor is not trained", "%(n)s mentors are not trained", n) % {"n": n},
        _("Pairs can be made all the same; the model asks for mentors who are ready to work.")
        if course else _("There is no course yet: take the ready one, set the days, put the mentors on the list."),
        _("To the register") if course else _("Open a course"),
        reverse("training:course", args=[course.pk]) if course else reverse("training:courses"),
        other=(_("Who they are"), f"{reverse('programmes:mentors')}?status=untrained"), place=21,
    )  # fmt: skip


def coming(user: SignedIn, first: dt.date, last: dt.date) -> Iterator[UpcomingEvent]:
    """Yield the sessions of the next days."""
    sessions = TrainingSession.objects.visible_to(user).filter(held_on__range=(first, last))
    for session in sessions:
        url = reverse("training:course", args=[session.course_id])
        yield UpcomingEvent(
            session.held_on, _("Training: %(theme)s") % {"theme": session.theme}, url
        )
