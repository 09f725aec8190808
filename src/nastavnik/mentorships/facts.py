"""What the pairs tell: that they have been approved, are in an order, and how far their meetings are."""

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from django.db.models import Count, Exists, Max, Min, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import Perm
from nastavnik.core.dates import today
from nastavnik.core.hooks import facts as registry
from nastavnik.core.hooks.facts import Fact
from nastavnik.documents.choices import DocumentStatus
from nastavnik.mentorships.choices import AHEAD, MeetingKind, MeetingStatus, MentorshipStatus
from nastavnik.mentorships.models import Mentorship, Tie

K = MeetingKind
GOING = ~Q(status=MentorshipStatus.CANCELLED)  # a pair that ended early owes no meeting


@dataclass(slots=True)
class _Kind:
    """What the meetings of one kind of a pair have come to."""

    n_held: int = 0
    n_ahead: int = 0
    n_marked: int = 0
    last_on: dt.date | None = None


@dataclass(slots=True)
class _Pair:
    ends_on: dt.date
    status: str
    kinds: dict[str, _Kind] = field(default_factory=dict)

    def of(self, kind: MeetingKind) -> _Kind:
        return self.kinds.get(kind, _Kind())

    @property
    def has_met_regularly(self) -> bool:
        """Tell whether its regular meetings are over: held, none ahead, and the pair comes to its end."""
        regular = self.of(K.REGULAR)
        is_over = self.status == MentorshipStatus.COMPLETED or self.ends_on < today()
        is_over = is_over or self.of(K.FINAL).n_held > 0
        return is_over and regular.n_held > 0 and not regular.n_ahead


def register() -> None:
    """Register who tells what: each asks one question, and only when a line waits for its answer."""
    registry.register("mentorships", of_pairs, ("pairs_approved", "pairs_ordered"))
    registry.register("meetings", of_meetings, list(_chain()))


def of_pairs(
    organisation_ids: Collection[int], first: dt.date, last: dt.date
) -> Iterator[tuple[int, Fact]]:
    """Yield the pairs approved in a time, and how many of those that did not end early are in a registered order."""
    open_tie = Tie.objects.filter(mentorship=OuterRef("pk")).filter(
        ~Q(order__status=DocumentStatus.REGISTERED) | Q(order=None)
    )
    rows = (
        Mentorship.objects.filter(
            organisation_id__in=organisation_ids, starts_on__range=(first, last)
        )
        .annotate(is_ordered=~Exists(open_tie))
        .order_by("organisation_id")
        .values_list("organisation_id")
        .annotate(
            n=Count("pk"),
            since=Min("starts_on"),
            n_going=Count("pk", filter=GOING),
            n_ordered=Count("pk", filter=GOING & Q(is_ordered=True)),
        )
    )
    for organisation_id, n, since, n_going, n_ordered in rows:
        words = ngettext("%(n)s pair approved", "%(n)s pairs approved", n) % {"n": n}
        url = reverse("mentorships:list")
        yield organisation_id, Fact("pairs_approved", words, since, url, Perm.PAIR_VIEW)
        if n_ordered:
            yield organisation_id, _counted("pairs_ordered", _("in an order"), n_ordered, n_going)


def of_meetings(
    organisation_ids: Collection[int], first: dt.date, last: dt.date
) -> Iterator[tuple[int, Fact]]:
    """Yield how far the chain of meetings is with the pairs approved in a time; those that ended early are left out."""
    held = Q(meetings__status=MeetingStatus.HELD)
    marked = held & ~Q(meetings__mentor_mark="") & ~Q(meetings__mentee_mark="")
    rows = (
        Mentorship.objects.filter(
            GOING, organisation_id__in=organisation_ids, starts_on__range=(first, last)
        )
        .order_by("organisation_id", "pk")
        .values_list("organisation_id", "pk", "ends_on", "status", "meetings__kind")
        .annotate(
            n_held=Count("meetings", filter=held),
            n_ahead=Count("meetings", filter=Q(meetings__status__in=AHEAD)),
            n_marked=Count("meetings", filter=marked),
            last_on=Max("meetings__held_on"),
        )
    )
    schools: dict[int, dict[int, _Pair]] = {}
    for organisation_id, key, ends_on, status, kind, *numbers in rows:
        pair = schools.setdefault(organisation_id, {}).setdefault(key, _Pair(ends_on, status))
        pair.kinds[kind] = _Kind(*numbers)
    for organisation_id, pairs in schools.items():
        for fact in _of_chain(list(pairs.values())):
            yield organisation_id, fact


def _chain() -> dict[str, tuple[str, Callable[[_Pair], bool], MeetingKind]]:
    """Return code of a fact → words before the number, which pairs it holds for, the meeting whose day is told."""
    return {
        "met_acquaintance": (_("acquaintance"), lambda one: one.of(K.ACQUAINTANCE).n_held > 0, K.ACQUAINTANCE),
        "met_trial": (_("trial meeting"), lambda one: one.of(K.TRIAL).n_held > 0, K.TRIAL),
        "met_planning": (_("planning meeting"), lambda one: one.of(K.PLANNING).n_held > 0, K.PLANNING),
        "met_regular": (_("regular meetings are over"), lambda one: one.has_met_regularly, K.REGULAR),
        "met_final": (_("final meeting"), lambda one: one.of(K.FINAL).n_held > 0, K.FINAL),
        "feedback": (_("marks of both sides after the final meeting"), lambda one: one.of(K.FINAL).n_marked > 0, K.FINAL),
    }  # fmt: skip


def _of_chain(pairs: Collection[_Pair]) -> Iterator[Fact]:
    for code, (name, holds, kind) in _chain().items():
        if of_those := [one for one in pairs if holds(one)]:
            days = [day for one in of_those if (day := one.of(kind).last_on)]
            yield _counted(code, name, len(of_those), len(pairs), max(days, default=None))


def _counted(code: str, what: str, n: int, of: int, happened_on: dt.date | None = None) -> Fact:
    words = ngettext("%(what)s: %(n)s of %(of)s pair", "%(what)s: %(n)s of %(of)s pairs", of)
    return Fact(
        code, words % {"what": what, "n": n, "of": of}, happened_on, reverse("mentorships:list"),
        Perm.PAIR_VIEW, n, of,
    )  # fmt: skip
