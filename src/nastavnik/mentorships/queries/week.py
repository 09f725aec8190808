"""The list of the week: which pairs need a look, why, and what to do next; and what was said with them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Q

from nastavnik.consents.choices import NEEDED_FOR_BASE
from nastavnik.consents.queries import held_until
from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import today
from nastavnik.core.hooks.attention import Urgency
from nastavnik.core.request_cache import cached
from nastavnik.mentorships.choices import OPEN, RUNNING
from nastavnik.mentorships.models import Contact, ContactQuerySet, Mentorship, Tie
from nastavnik.mentorships.queries.pairs import PairRow, pair_rows
from nastavnik.mentorships.queries.risk import (
    Concern,
    PairNow,
    Risk,
    form_limits,
    limits_of,
    pairs_now,
)
from nastavnik.programmes.catalogues import pair_rules
from nastavnik.programmes.models import Participation
from nastavnik.programmes.queries import OUTSIDE

# as many as somebody goes through in a week beside all else
AT_MOST_A_WEEK = 10
# for how long what was spoken about is no news when it comes back
KNOWN_DAYS = 60
# rules that lie in papers and in numbers: known to the list of the week, not to every list of pairs
NOT_OF_MEETINGS = ("consent_ends", "clearance_ends", "overload")


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A pair that needs a look.

    Attributes:
        pair: as lists show it.
        risk: the reasons that are not quiet, the most important first.
        contact: the last time somebody spoke with them, as far as the user may read it.
        may_speak: the user may note a conversation with them.
    """

    pair: PairRow
    risk: Risk
    contact: Contact | None = None
    may_speak: bool = False

    @property
    def concern(self) -> Concern:
        """Return the most important reason."""
        return self.risk.concerns[0]

    @property
    def others(self) -> tuple[Concern, ...]:
        """Return the other reasons."""
        return self.risk.concerns[1:]


@dataclass(frozen=True, slots=True)
class Week:
    """The list of the week.

    Attributes:
        rows: the pairs shown, the most urgent first.
        n_all: how many need a look, shown or not.
        quiet: the conversations after which a reason is off the list.
    """

    rows: list[WeekRow]
    n_all: int
    quiet: list[Contact]

    @property
    def n_more(self) -> int:
        """Return how many are not shown."""
        return self.n_all - len(self.rows)


class Talk(NamedTuple):
    """A conversation as the lists need it: the pair, code of each reason → its number, until when they are quiet."""

    pair: int
    reasons: dict[str, int]
    quiet_until: dt.date | None
    spoken_on: dt.date


def _talks(user: SignedIn) -> list[Talk]:
    """Return the conversations that still bear on the lists; once a page.

    Not narrowed by who may read them: a pair is not told of to one who is told nothing of it.
    """
    day = today()
    rows = Contact.objects.filter(
        Q(quiet_until__gte=day) | Q(spoken_on__gte=day - dt.timedelta(KNOWN_DAYS)),
        organisation__in=user.viewer.organisations(Perm.PAIR_VIEW),
    ).order_by("spoken_on", "pk")
    values = rows.values_list("mentorship_id", "reasons", "quiet_until", "spoken_on")
    return cached(("talks", user.viewer.user_id), lambda: [Talk(*row) for row in values])


def quiet_now(user: SignedIn) -> dict[int, dict[str, int]]:
    """Return pair → rule → its number when somebody spoke with them, of what is off the lists today."""
    day, rules, found = today(), pair_rules(), dict[int, dict[str, int]]()
    for talk in _talks(user):
        if talk.quiet_until is None or talk.quiet_until < day:
            continue
        # each for its own days: what presses more comes back before what the conversation was about
        age = (day - talk.spoken_on).days
        reasons = {
            code: n
            for code, n in talk.reasons.items()
            if code in rules and age <= rules[code].quiet_days
        }
        if reasons:
            found.setdefault(talk.pair, {}).update(reasons)
    return found


def known_now(user: SignedIn) -> dict[int, dict[str, int]]:
    """Return pair → rule about which somebody has spoken with them of late → days since."""
    day, found = today(), dict[int, dict[str, int]]()
    for talk in _talks(user):
        days = (day - talk.spoken_on).days
        found.setdefault(talk.pair, {}).update(dict.fromkeys(talk.reasons, days))
    return found


def loud(risk: Risk, quiet: Mapping[str, int]) -> Risk:
    """Return a risk without the reasons spoken about: one that has become worse since stays."""
    if not quiet:
        return risk
    off = {
        one.code
        for one in risk.concerns
        if one.rule.quiet_days
        and (one.rule.like in quiet or one.code in quiet)
        and not (one.rule.worsens and one.n > quiet[one.code])
    }
    return risk.without(off)


def loud_pairs(user: SignedIn) -> list[tuple[PairNow, Risk]]:
    """Return the open pairs a user sees, each with the reasons that are not quiet."""
    quiet = quiet_now(user)
    return [
        (pair, loud(pair.risk, quiet.get(pair.pk, {})))
        for pair in pairs_now(user)
        if pair.status in OPEN
    ]


def week_of_pairs(user: SignedIn, *, at_most: int | None = AT_MOST_A_WEEK) -> Week:
    """Return the list of the week; as many statements whatever the number of pairs."""
    more = _by_papers(user)
    codes = list(pair_rules())
    quiet = quiet_now(user)
    risks: dict[int, Risk] = {}
    for pair in pairs_now(user):
        if pair.status in OPEN:
            found = (*pair.risk.concerns, *more.get(pair.pk, ()))
            told = Risk(
                tuple(sorted(found, key=lambda one: codes.index(one.code))),
                pair.risk.callers,
                pair.status,
            )
            risk = loud(told, quiet.get(pair.pk, {}))
            if risk.concerns:
                risks[pair.pk] = risk
    known = known_now(user)
    keys = sorted(risks, key=lambda pk: place_of(risks[pk], pk, known.get(pk, {})))
    shown = keys[:at_most]
    rows = {
        row.pk: row
        for row in pair_rows(user, Mentorship.objects.visible_to(user).filter(pk__in=shown))
    }
    said = last_contacts(user, shown)
    readable: set[int] = set()
    if user.viewer.may(Perm.HELP_ANSWER):
        own = Mentorship.objects.with_marks_for(user).filter(pk__in=shown)
        readable = set(own.values_list("pk", flat=True))
    return Week(
        [
            WeekRow(rows[pk], risks[pk], said.get(pk), may_speak=pk in readable)
            for pk in shown
            if pk in rows
        ],
        len(keys),
        list(quiet_contacts(user)),
    )


def place_of(risk: Risk, pk: int, known: Mapping[str, int]) -> tuple[int, ...]:
    """Return by what a pair that needs a look stands in the list.

    Calls for help first; then what nobody has spoken about before what has come back (`known`), so that ten pairs nothing helps
    do not hide the eleventh; then urgency, place of the rule, the worse number. A silence that began after the conversation is a
    new one.
    """
    first = risk.concerns[0]
    days = known.get(first.code)
    is_new = days is None or (first.code == "silent" and first.n < days)
    return (
        first.rule.urgency != Urgency.NOW,
        not is_new,
        first.rule.urgency,
        first.rule.place,
        first.by_number,
        pk,
    )


def quiet_contacts(user: SignedIn) -> ContactQuerySet:
    """Return the conversations after which a reason is off the lists, as far as the user may read them."""
    rows = Contact.objects.visible_to(user).filter(
        quiet_until__gte=today(), mentorship__status__in=OPEN
    )
    return rows.select_related("mentorship__mentor__person").order_by("quiet_until", "pk")


def last_contacts(user: SignedIn, pairs: Iterable[int]) -> dict[int, Contact]:
    """Return pair → the last conversation, as far as the user may read it; one query."""
    rows = Contact.objects.visible_to(user).filter(mentorship__in=list(pairs))
    return {one.mentorship_id: one for one in rows.order_by("spoken_on", "pk")}


def concerns_of(user: SignedIn, pair: Mentorship) -> list[Concern]:
    """Return all reasons why a pair needs a look now, the most important first."""
    papers = _by_papers(user).get(pair.pk, ())
    here = next((one.risk.concerns for one in pairs_now(user) if one.pk == pair.pk), ())
    codes = list(pair_rules())
    return sorted((*here, *papers), key=lambda one: codes.index(one.code))


def _by_papers(user: SignedIn) -> dict[int, tuple[Concern, ...]]:
    """Return pair → reasons that lie in papers and in numbers, not in meetings: consents, certificates, load."""
    pairs = Mentorship.objects.visible_to(user).filter(status__in=RUNNING).order_by("pk")
    rows = list(pairs.values_list("pk", "form_id", "mentor_id", "mentor__person_id").distinct())
    if not rows:
        return {}
    keys = [pk for pk, *_rest in rows]
    ties = Tie.objects.open().filter(mentorship__in=keys)
    mentees: dict[int, list[int]] = {}
    for pk, person in ties.values_list("mentorship_id", "mentee__person_id"):
        mentees.setdefault(pk, []).append(person)
    shipped, own = limits_of(), form_limits(user)
    load = _load(user, {person for *_rest, person in rows})
    cleared = _clearances(user, {mentor for _pk, _form, mentor, _person in rows})
    ending = _consents_that_end(user, rows, mentees, shipped, own)
    told: set[int] = set()
    found: dict[int, tuple[Concern, ...]] = {}
    for pk, form, mentor, person in rows:
        limits = own.get(form, shipped)
        some = []
        if pk in ending:
            some.append(Concern("consent_ends", ending[pk]))
        if (left := cleared.get(mentor)) is not None and left <= limits["clearance_ends"]:
            some.append(Concern("clearance_ends", left))
        # of a mentor once, at the pair that began first
        if person not in told and load.get(person, 0) > limits["overload"]:
            told.add(person)
            some.append(Concern("overload", load[person]))
        if some:
            found[pk] = tuple(some)
    return found


def _load(user: SignedIn, people: Iterable[int]) -> dict[int, int]:
    """Return mentor → mentees in all running pairs of the organisation."""
    ties = Tie.objects.open().filter(
        paused_on=None,
        mentorship__status__in=RUNNING,
        mentorship__mentor__person__in=list(people),
        organisation__in=user.viewer.organisations(Perm.PAIR_VIEW),
    )
    counted = ties.order_by().values("mentorship__mentor__person_id").annotate(n=Count("pk"))
    return dict(counted.values_list("mentorship__mentor__person_id", "n"))


def _clearances(user: SignedIn, mentors: Iterable[int]) -> dict[int, int]:
    """Return record of a mentor from outside → days its certificate still holds."""
    day = today()
    soon = day + dt.timedelta(days=pair_rules()["clearance_ends"].most)
    base = Participation.objects.visible_to(user).filter(
        OUTSIDE, pk__in=list(mentors), cleared_until__range=(day, soon)
    )
    rows = base.values_list("pk", "cleared_until")
    return {pk: (until - day).days for pk, until in rows if until is not None}


def _consents_that_end(
    user: SignedIn,
    rows: Iterable[tuple[int, int, int, int]],
    mentees: Mapping[int, list[int]],
    shipped: Mapping[str, int],
    own: Mapping[int, Mapping[str, int]],
) -> dict[int, int]:
    """Return pair → days the consents of its people still hold, where one that holds today ends within the limit."""
    if not user.viewer.may(Perm.CONSENT_VIEW):
        return {}
    of_pair = {pk: [person, *mentees.get(pk, ())] for pk, _form, _mentor, person in rows}
    limits = {pk: own.get(form, shipped)["consent_ends"] for pk, form, *_rest in rows}
    people = {one for some in of_pair.values() for one in some}
    day = today()
    last = day + dt.timedelta(days=max(limits.values()))
    until = held_until(people, NEEDED_FOR_BASE, day, last)
    left = {
        pk: min((until[one] - day).days for one in some if one in until)
        for pk, some in of_pair.items()
        if any(one in until for one in some)
    }
    return {pk: n for pk, n in left.items() if n <= limits[pk]}
