"""The close of a year on «Today»: one line that leads from step to step."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.closing.queries import closes_now, next_step, steps_of_closing, talked_with
from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.hooks.attention import AttentionItem, Urgency
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import Programme
from nastavnik.programmes.queries import current_programme


def _covered() -> tuple[str, ...]:
    """Return the pages the steps lead through: their own lines on «Today» would say the same twice."""
    of_sides = [reverse("programmes:closing", args=[side.value]) for side in Side]
    return (reverse("mentorships:complete"), *of_sides)


def items(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield the next step of the close for who decides on pairs, the talks for the head, once its time has come."""
    viewer = user.viewer
    if not (viewer.may(Perm.PAIR_APPROVE) or viewer.may(Perm.TALK_NOTE)):
        return
    programme = current_programme(user)
    if programme is None or not closes_now(user, programme):
        return
    if not viewer.may(Perm.PAIR_APPROVE):
        yield from _talks(user, programme)
        return
    steps = steps_of_closing(user, programme)
    if step := next_step(steps):
        yield AttentionItem(
            Urgency.NEXT, "go", _("Closing the year"),
            _("Step %(n)s of %(total)s: %(title)s") % {"n": step.number, "total": len(steps), "title": step.title.lower()},
            _("Now: %(words)s. Each step is one press for the whole school.") % {"words": step.words},
            _("Go on"), step.url, other=(_("All steps"), reverse("closing:year")), place=0,
            covers=_covered(),
        )  # fmt: skip


def _talks(user: SignedIn, programme: Programme) -> Iterator[AttentionItem]:
    """Yield the mentees with whom the head has not spoken yet, for the head."""
    if n := talked_with(user, programme).filter(closing_talk=None).count():
        yield AttentionItem(
            Urgency.NEXT, "wait", _("Closing the year"),
            ngettext("A closing talk with %(n)s mentee is due", "Closing talks with %(n)s mentees are due", n) % {"n": n},
            _("Mentoring has ended: the head speaks with each by themselves. Note the day and, if you like, a few neutral words."),
            _("Note the talks"), reverse("closing:talks"),
        )  # fmt: skip
