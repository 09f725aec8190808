"""What was decided by hand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core.access import SignedIn
from nastavnik.core.hooks.timeline import Subject, TimelineEvent
from nastavnik.core.request_cache import cached
from nastavnik.matching.choices import Ruling
from nastavnik.matching.models import PairRuling
from nastavnik.programmes.models import Programme


@dataclass(frozen=True, slots=True)
class Rulings:
    """What the curator has decided by hand."""

    locks: tuple[PairRuling, ...]
    bans: tuple[PairRuling, ...]


def standing_rulings(user: SignedIn, programme_id: int) -> list[PairRuling]:
    """Return the rulings of a programme that hold, with both people; asked once a request."""

    def ask() -> list[PairRuling]:
        rows = PairRuling.objects.visible_to(user).standing()
        people = ("mentor__person", "mentee__person")
        return list(rows.filter(mentee__programme_id=programme_id).select_related(*people))

    return cached(("matching.rulings", user.viewer.user_id, programme_id), ask)


def rulings_of(user: SignedIn, programme: Programme) -> Rulings:
    """Return the locks and bans of a programme that hold."""
    rows = standing_rulings(user, programme.pk)
    return Rulings(
        locks=tuple(row for row in rows if row.ruling == Ruling.LOCK),
        bans=tuple(row for row in rows if row.ruling == Ruling.FORBID),
    )


def ruled_otherwise(programme_id: int, pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return those of some (mentor, mentee) who are kept apart by hand, or the mentee put together with somebody else."""
    standing = PairRuling.objects.standing().filter(mentee__programme_id=programme_id)
    rows = list(standing.values_list("mentor_id", "mentee_id", "ruling"))
    bans = {(mentor, mentee) for mentor, mentee, ruling in rows if ruling == Ruling.FORBID}
    locks = {mentee: mentor for mentor, mentee, ruling in rows if ruling == Ruling.LOCK}
    return {
        (mentor, mentee)
        for mentor, mentee in pairs
        if (mentor, mentee) in bans or locks.get(mentee, mentor) != mentor
    }


def all_rulings(user: SignedIn, programme: Programme) -> QuerySet[PairRuling]:
    """Return everything decided by hand in a programme, what was taken back as well, the latest first."""
    rows = PairRuling.objects.visible_to(user).filter(mentee__programme=programme)
    return rows.select_related("mentor__person", "mentee__person").order_by("-made_at", "-pk")


def timeline_events(user: SignedIn, subject: Subject) -> Iterator[TimelineEvent]:
    """Yield what was decided by hand of the two sides of a pair, with its reason."""
    rulings = PairRuling.objects.visible_to(user).filter(
        mentor__person__in=subject.people, mentee__person__in=subject.people
    )
    for row in rulings:
        together = row.ruling == Ruling.LOCK
        title = _("Put together by hand") if together else _("Kept apart by hand")
        yield TimelineEvent(timezone.localdate(row.made_at), "done", title, row.reason)
        if row.lifted_at:
            on = timezone.localdate(row.lifted_at)
            yield TimelineEvent(on, "next", _("Taken back: %(what)s") % {"what": title.lower()})
