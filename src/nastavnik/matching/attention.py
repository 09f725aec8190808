"""What matching asks of a curator."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.hooks.attention import AttentionItem, Urgency
from nastavnik.matching.choices import OpinionOutcome, RunStatus
from nastavnik.matching.queries import latest_run, open_questions, outcomes_open
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import Programme
from nastavnik.programmes.queries import base_counts, current_programme, is_closing

AT_MOST = 3


def items(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield a matching that waits to be run or approved."""
    programme = current_programme(user)
    if programme is None or not user.viewer.may(Perm.MATCHING_EDIT):
        return
    yield from _questions(user, programme)
    run = latest_run(user, programme)
    if run and run.status == RunStatus.PROPOSED:
        yield AttentionItem(
            Urgency.NEXT, "wait", _("Waits for you"), _("The matching is not approved yet"),
            ngettext("%(n)s pair is proposed.", "%(n)s pairs are proposed.", run.n_matched) % {"n": run.n_matched},
            _("Open"), reverse("matching:workspace"), place=5,
        )  # fmt: skip
        return
    if is_closing(user, programme):
        return
    waiting = base_counts(user, programme, Side.MENTEE).ready
    if waiting and base_counts(user, programme, Side.MENTOR).total:
        yield AttentionItem(
            Urgency.LATER, "go", _("May go on"),
            ngettext("%(n)s mentee waits for a mentor", "%(n)s mentees wait for a mentor", waiting) % {"n": waiting},
            _("Press «Match»: nothing is fixed until you approve."), _("Match"), reverse("matching:workspace"), place=20,
        )  # fmt: skip


def _questions(user: SignedIn, programme: Programme) -> Iterator[AttentionItem]:
    """Yield what the psychologist wants to discuss; what about, they tell each other."""
    if OpinionOutcome.DISCUSS not in outcomes_open(user):
        return
    for row in open_questions(user, programme)[:AT_MOST]:
        people = [side.person for side in (row.mentor, row.mentee) if side]
        yield AttentionItem(
            Urgency.WEEK, "wait", _("Waits for you"), _("The psychologist wants to discuss a pair") if len(people) > 1
            else _("The psychologist wants to discuss a person"),
            ", ".join(person.short_name for person in people),
            _("Open"), f"{reverse('matching:workspace')}#psychologist", tuple(person.initials for person in people),
        )  # fmt: skip
