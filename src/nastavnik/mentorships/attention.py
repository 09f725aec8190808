"""What the pairs ask of each: help first, then silence, then papers; of both sides, a word about their meeting.

And what the next days hold, and what is news.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import today
from nastavnik.core.hooks.attention import AttentionItem, Urgency
from nastavnik.core.hooks.digest import DigestKind
from nastavnik.core.hooks.upcoming import DAYS, UpcomingEvent
from nastavnik.core.ui.components import few
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.mentorships.choices import (
    AHEAD,
    EXTENSION_ORDER,
    OPEN,
    ORDERS,
    PAIR_ORDER,
    PAUSE_ORDER,
    MeetingKind,
    MentorshipStatus,
)
from nastavnik.mentorships.models import Meeting, Mentorship
from nastavnik.mentorships.queries import (
    DAYS_FOR_ENDING_ORDER,
    PairNow,
    Risk,
    ended_without_order,
    loud_pairs,
    open_requests,
    own_due_meetings,
    pairs_now,
    people_of_pairs,
)
from nastavnik.people.models import Person
from nastavnik.programmes.catalogues import pair_rules
from nastavnik.programmes.choices import Side

HELP = "help"
AT_MOST_OWN = 3
AT_MOST_ADVISED = 3


def items(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield what the pairs ask of this user."""
    viewer = user.viewer
    if viewer.may(Perm.PAIR_VIEW):
        yield from _pairs(user)
    if viewer.may(Perm.HELP_ANSWER):
        yield from _asking(user)
    if viewer.may(Perm.DOCUMENT_VIEW):
        yield from _drafts(user)
    if viewer.may(Perm.OWN_PAIR_VIEW):
        yield from _own(user)


def _pairs(user: SignedIn) -> Iterator[AttentionItem]:
    told = loud_pairs(user)
    found: dict[str, dict[int, Risk]] = {code: {} for code in pair_rules()}
    for pair, risk in told:
        if risk.concerns:
            found[risk.code][pair.pk] = risk
    to_name = [pk for code, some in found.items() if code == HELP or len(some) == 1 for pk in some]
    pairs = [pair for pair, _risk in told]
    may_decide = user.viewer.may(Perm.PAIR_APPROVE)
    if may_decide:
        to_name += [pair.pk for pair in _advised(pairs)]
    named = people_of_pairs(user, to_name)
    titles = {pk: _title(people) for pk, people in named.items()}
    for pk, risk in found.pop(HELP).items():
        who = _("The mentee") if Side.MENTEE in risk.callers else _("The mentor")
        yield AttentionItem(
            Urgency.NOW, "sos", _("Help is needed"), titles[pk],
            _("%(who)s asks a grown-up for help. The other side of the pair does not see it.") % {"who": who},
            _("Open the pair"), reverse("mentorships:card", args=[pk]), _tokens(named[pk]),
        )  # fmt: skip
    for code, some in found.items():
        if not some:
            continue
        rule, worst = pair_rules()[code], max(some.values(), key=lambda risk: risk.n)
        one = next(iter(some)) if len(some) == 1 else None
        yield AttentionItem(
            rule.urgency, rule.state, rule.title,
            titles[one] if one else ngettext("%(n)s pair", "%(n)s pairs", len(some)) % {"n": len(some)},
            f"{_sentence(worst.words)} {rule.step}" if one else rule.step,
            _("Open"),
            reverse("mentorships:card", args=[one]) if one else f"{reverse('mentorships:week')}?rule={code}",
            _tokens(named[one]) if one else (), place=rule.place,
        )  # fmt: skip
    if may_decide:
        yield from _to_decide(pairs, named)
        yield from _to_complete(pairs)
        yield from _to_order(user)


def _asking(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield who of a pair asks to be released or for another mentor."""
    for one in open_requests(user):
        person = one.tie.mentee.person if one.tie else one.mentorship.mentor.person
        yield AttentionItem(
            Urgency.TODAY, "risk", _("Asks for a replacement"), person.short_name,
            _("Speak in private, then answer on the page of the pair. The other side does not see the request."),
            _("Open the pair"), reverse("mentorships:card", args=[one.mentorship_id]), _tokens([person]), place=3,
        )  # fmt: skip


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _title(people: Iterable[Person]) -> str:
    return " + ".join(few([person.short_name for person in people]))


def _tokens(people: Iterable[Person]) -> tuple[str, ...]:
    return tuple(person.initials for person in people)


def _drafts(user: SignedIn) -> Iterator[AttentionItem]:
    drafts = Document.objects.visible_to(user).filter(kind__in=ORDERS, status=DocumentStatus.DRAFT)
    prepared = not user.viewer.may(Perm.DOCUMENT_EDIT)
    for document in drafts:
        yield AttentionItem(
            Urgency.WEEK, "wait", _("Waits for a signature"), document.title, _why_sign(document.kind, prepared=prepared),
            _("Open the order"), reverse("documents:card", args=[document.pk]), place=5,
        )  # fmt: skip


def _why_sign(kind: str, *, prepared: bool) -> str:
    """Return what a draft of an order waits for and what follows; `prepared` for who only signs it."""
    if kind == PAIR_ORDER:
        if prepared:
            return _("The curator has prepared it: the pairs begin to run when it is signed.")
        return _("Write the number and date, print, sign, register: the pairs begin to run.")
    if prepared:
        return _("The curator has prepared it for your signature.")
    if kind == EXTENSION_ORDER:
        return _("Write the number and date, print, sign, register: the pairs get more time.")
    if kind == PAUSE_ORDER:
        return _(
            "Write the number and date, print, sign, register: the pairs pause, their terms move."
        )
    return _("Write the number and date, print, sign, register.")


def _to_decide(
    pairs: Iterable[PairNow], named: Mapping[int, list[Person]]
) -> Iterator[AttentionItem]:
    """Yield the pairs that are stopped, the groups in which somebody sits out, and those the psychologist is against."""
    pairs = list(pairs)
    stopped = sum(one.status == MentorshipStatus.SUSPENDED or one.has_paused for one in pairs)
    if stopped:
        yield AttentionItem(
            Urgency.TODAY, "risk", _("Stopped"),
            ngettext("%(n)s pair is stopped", "%(n)s pairs are stopped", stopped) % {"n": stopped},
            _("A consent was withdrawn or you stopped it: decide whether it goes on."),
            _("Open"), f"{reverse('mentorships:list')}?status=suspended", place=2,
        )  # fmt: skip
    for pair in _advised(pairs):
        people = named[pair.pk]
        yield AttentionItem(
            Urgency.TODAY, "risk", _("To be decided"), _title(people),
            _("The psychologist does not recommend this pair: speak with each other and decide whether it goes on."),
            _("Open the pair"), reverse("mentorships:card", args=[pair.pk]), _tokens(people), place=1,
        )  # fmt: skip


def _to_complete(pairs: Iterable[PairNow]) -> Iterator[AttentionItem]:
    """Yield the pairs that have held their last meeting or are past their last day."""
    if n := sum(pair.is_over for pair in pairs):
        yield AttentionItem(
            Urgency.NEXT, "wait", _("Closing the year"),
            ngettext("%(n)s pair is to be completed", "%(n)s pairs are to be completed", n) % {"n": n},
            _("The last meeting was held or the last day is over: complete them together, with the order, or each on its page."),
            _("Complete"), reverse("mentorships:complete"), place=2,
        )  # fmt: skip


def _to_order(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield the pairs that have ended and are in no order on it."""
    since = today() - dt.timedelta(DAYS_FOR_ENDING_ORDER)
    if not any(pair.ended_on is not None and pair.ended_on >= since for pair in pairs_now(user)):
        return
    own = Mentorship.objects.visible_to(user).allowed_to(user, Perm.PAIR_APPROVE)
    if n := ended_without_order(own).count():
        yield AttentionItem(
            Urgency.NEXT, "wait", _("Order on the end"),
            ngettext("%(n)s pair has ended without an order", "%(n)s pairs have ended without an order", n) % {"n": n},
            _("One order names them all: completed and ended early."),
            _("Draft the order"), reverse("mentorships:ending-order"), place=3,
        )  # fmt: skip


def _advised(pairs: Iterable[PairNow]) -> list[PairNow]:
    return [pair for pair in pairs if pair.is_advised_against][:AT_MOST_ADVISED]


def _own(user: SignedIn) -> Iterator[AttentionItem]:
    for meeting in own_due_meetings(user)[:AT_MOST_OWN]:
        day = meeting.held_on or meeting.planned_on
        why = _("Say whether you met: one press is enough.")
        if meeting.status not in AHEAD:
            why = _("Say how it was: one press is enough.")
        yield AttentionItem(
            Urgency.TODAY, "wait", _("Waits for your word"), _("The meeting of %(day)s") % {"day": f"{day:%d.%m}"}, why,
            _("Mark it"), reverse("mentorships:own"),
        )  # fmt: skip


def coming(user: SignedIn, first: dt.date, last: dt.date) -> Iterator[UpcomingEvent]:
    """Yield the meetings planned: how many a day for who follows the pairs, the own ones for who is in a pair."""
    viewer = user.viewer
    if viewer.may(Perm.PAIR_VIEW):
        if last - first < dt.timedelta(days=DAYS):
            of_pairs = (pair.coming for pair in pairs_now(user) if pair.status in OPEN)
            days = Counter(day for some in of_pairs for day in some)
        else:
            days = Counter(_planned(user, first, last).values_list("planned_on", flat=True))
        may_enter = viewer.may(Perm.MEETING_EDIT)
        for day, n in sorted(days.items()):
            yield UpcomingEvent(
                day,
                ngettext("%(n)s meeting is planned", "%(n)s meetings are planned", n) % {"n": n},
                reverse("mentorships:month", args=[day.year, day.month])
                if may_enter
                else reverse("mentorships:list"),
            )
    elif viewer.may(Perm.OWN_PAIR_VIEW):
        for day, kind in _planned(user, first, last).values_list("planned_on", "kind"):
            words = _("Your meeting: %(kind)s") % {"kind": MeetingKind(kind).label.lower()}
            yield UpcomingEvent(day, words, reverse("mentorships:own"))


def _planned(user: SignedIn, first: dt.date, last: dt.date) -> QuerySet[Meeting]:
    """Return the meetings planned of the pairs that go on, in their order."""
    return Meeting.objects.visible_to(user).filter(
        planned_on__range=(first, last), status__in=AHEAD, mentorship__status__in=OPEN
    )


def _meetings_with_marks(user: SignedIn) -> QuerySet[Meeting]:
    readable = Mentorship.objects.visible_to(user).with_marks_for(user)
    return Meeting.objects.filter(mentorship__in=readable.values("pk"))


NEWS = (
    DigestKind(
        # a mark and a call for help are notes too: that there was one is told to those who may read it
        10, "meeting-noted", "mentorships.meeting", Perm.MARK_VIEW, _meetings_with_marks,
        lambda n: ngettext("%(n)s meeting was noted", "%(n)s meetings were noted", n) % {"n": n},
        "mentorships:list",
    ),
    DigestKind(
        11, "pair-approved", "mentorships.mentorship", Perm.PAIR_VIEW, Mentorship.objects.visible_to,
        lambda n: ngettext("%(n)s pair was approved", "%(n)s pairs were approved", n) % {"n": n},
        "mentorships:list",
    ),
    DigestKind(
        11, "pair-approved", "mentorships.mentorship", Perm.OWN_PAIR_VIEW, Mentorship.objects.visible_to,
        lambda n: ngettext("you have %(n)s new pair", "you have %(n)s new pairs", n) % {"n": n},
        "mentorships:own",
    ),
    *(
        DigestKind(
            12, "group-joined", "mentorships.mentorship", perm, Mentorship.objects.visible_to,
            lambda n: ngettext("somebody is new in %(n)s group", "somebody is new in %(n)s groups", n) % {"n": n},
            page,
        )
        for perm, page in ((Perm.PAIR_VIEW, "mentorships:list"), (Perm.OWN_PAIR_VIEW, "mentorships:own"))
    ),
    DigestKind(
        13, "pair-status", "mentorships.mentorship", Perm.PAIR_VIEW, Mentorship.objects.visible_to,
        lambda n: ngettext("%(n)s pair changed its state", "%(n)s pairs changed their state", n) % {"n": n},
        "mentorships:list",
    ),
)  # fmt: skip
