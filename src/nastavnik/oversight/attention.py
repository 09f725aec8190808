"""Recommendations on «Today»: of the school what waits for its answer, of the district what waits for a decision."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import today
from nastavnik.core.hooks.attention import AttentionItem, Urgency
from nastavnik.oversight.choices import RecommendationStatus
from nastavnik.oversight.models import Recommendation
from nastavnik.oversight.queries import asked_of


def items(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield what the district waits for, and what waits for the district."""
    if user.viewer.may(Perm.ROADMAP_EDIT) and not user.viewer.may(Perm.DISTRICT_VIEW):
        yield from map(_of_school, asked_of(user))
    if user.viewer.may(Perm.DISTRICT_EDIT):
        yield from _of_district(user)


def _of_school(one: Recommendation) -> AttentionItem:
    is_late = one.due_on < today()
    is_back = one.status == RecommendationStatus.RETURNED
    return AttentionItem(
        Urgency.WEEK if is_late or is_back else Urgency.NEXT,
        "risk" if is_late else "wait",
        _("Late") if is_late else one.get_status_display().capitalize(),
        _("The district recommends, answer until %(day)s") % {"day": f"{one.due_on:%d.%m.%Y}"},
        one.words[:200], _("Answer"), reverse("oversight:recommendation", args=[one.pk]), place=6,
    )  # fmt: skip


def _of_district(user: SignedIn) -> Iterator[AttentionItem]:
    open_ones = Recommendation.objects.below(user).exclude(
        status__in=(RecommendationStatus.SETTLED, RecommendationStatus.WITHDRAWN)
    )
    standing = list(open_ones.order_by().values_list("status", "due_on"))
    url = reverse("oversight:recommendations")
    if n := sum(status == RecommendationStatus.ANSWERED for status, _day in standing):
        yield AttentionItem(
            Urgency.NEXT, "wait", _("Waits for the district"),
            ngettext("%(n)s school has answered a recommendation", "%(n)s answers to recommendations have come", n) % {"n": n},
            _("Settle it, or return it with a remark."), _("Open"), url, place=5,
        )  # fmt: skip
    late = sum(
        day < today() and status != RecommendationStatus.ANSWERED for status, day in standing
    )
    if late:
        yield AttentionItem(
            Urgency.LATER, "risk", _("Late"),
            ngettext("%(n)s recommendation has no answer in time", "%(n)s recommendations have no answer in time", late)
            % {"n": late},
            _("The day of the answer is over."), _("Open"), url, place=5,
        )  # fmt: skip
