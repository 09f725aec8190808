"""A simulated year of sixty pairs with planted trouble, read by the rules of pairs every Monday.

The school is made without the rules: each pair meets by its plan with slips, late words and now and then a hard day; some have a
hidden trouble from a day on. The curator reads the list on Mondays, as many lines as it shows, and speaks with each pair on it, which
puts the line off. Nothing she says mends a planted trouble: it is to be seen whether the list comes to it at all.
"""

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass, field

from nastavnik.mentorships.catalogues import cycle
from nastavnik.mentorships.choices import Mark, MeetingStatus, MentorshipStatus
from nastavnik.mentorships.queries import (
    AT_MOST_A_WEEK,
    KNOWN_DAYS,
    Concern,
    PairSpan,
    Risk,
    limits_of,
    loud,
    place_of,
    risk_of,
)
from nastavnik.programmes.catalogues import pair_rules

FIRST, LAST = dt.date(2026, 9, 7), dt.date(2027, 5, 28)
N_PAIRS = 60
PLANTED = {"silent": 5, "unhappy": 5, "stuck": 4, "overloaded": 3, "asking": 2}
# from when on a grown-up who knew all that is written down would call it trouble: method.md §2.2 asks for a meeting in two weeks
PATIENCE = dt.timedelta(14)
S, HELD = MeetingStatus, MeetingStatus.HELD


@dataclass
class SimMeeting:
    """A meeting as the site knows it, and what the pair will still say of it."""

    kind: str
    planned_on: dt.date
    status: str = S.PLANNED
    held_on: dt.date | None = None
    postponed_from: dt.date | None = None
    n_postponed: int = 0
    mentor_mark: str = ""
    mentee_mark: str = ""
    help_answered_on: dt.date | None = None
    to_say: list = field(default_factory=list)


@dataclass
class SimPair:
    """A pair: its plan, its trouble from a day on, since when that could be seen, when the list came to it."""

    key: int
    meetings: list
    trouble: str = ""
    begins: dt.date = LAST
    seen_from: dt.date | None = None
    found: dt.date | None = None
    n_hard: int = 0
    quiet: dict = field(default_factory=dict)  # code → (until, number)
    known: dict = field(default_factory=dict)  # code → the day it was spoken about


@dataclass(frozen=True)
class YearRead:
    """What a year showed: days from visible to found (None: never), lines on each Monday, lines shown, without a trouble."""

    days: dict
    waiting: list
    shown: list
    n_idle: int


def school(chance):
    """Return sixty pairs, some of them with a trouble that begins between October and March."""
    pairs = []
    for key in range(N_PAIRS):
        starts = FIRST + dt.timedelta(chance.randrange(21))
        pairs.append(SimPair(key, [SimMeeting(k, day) for k, day in cycle().days(starts, LAST)]))
    troubles = [name for name, n in PLANTED.items() for _ in range(n)]
    for pair, trouble in zip(chance.sample(pairs, len(troubles)), troubles, strict=True):
        pair.trouble, pair.begins = trouble, FIRST + dt.timedelta(chance.randrange(35, 200))
    return pairs


def live_a_day(pair, day, chance):
    """Let a pair do what it does on a day, and say what it has to say."""
    troubled = pair.trouble if day >= pair.begins else ""
    for meeting in pair.meetings:
        _say(meeting, day)
        if _is_open(meeting) and meeting.planned_on == day and not meeting.to_say:
            _meet(pair, meeting, day, troubled, chance)
    if pair.seen_from is None and troubled in {"asking", "overloaded"}:
        pair.seen_from = day
        if troubled == "asking":
            pair.meetings[-1].mentee_mark = Mark.HELP
    if pair.seen_from is None and troubled == "silent" and _is_silent(pair, day):
        pair.seen_from = day


def _say(meeting, day):
    for when, change in list(meeting.to_say):
        if when <= day:
            meeting.to_say.remove((when, change))
            for name, value in change.items():
                setattr(meeting, name, value)


def _is_open(meeting):
    return meeting.status in {S.PLANNED, S.POSTPONED}


def _is_silent(pair, day):
    told = [m.held_on or m.postponed_from for m in pair.meetings]
    due = any(_is_open(m) and m.planned_on <= day for m in pair.meetings)
    return due and day - max(filter(None, told), default=FIRST) > PATIENCE


def _meet(pair, meeting, day, troubled, chance):
    late = day + dt.timedelta(min(int(chance.expovariate(1 / 2)), 12))
    if troubled == "silent":
        return
    roll = chance.random()
    if troubled == "stuck" or roll < 0.08:
        meeting.n_postponed += 1
        meeting.postponed_from, meeting.status = day, S.POSTPONED
        meeting.planned_on = min(day + dt.timedelta(chance.choice([5, 7])), LAST)
        if troubled == "stuck" and meeting.n_postponed > 1 and pair.seen_from is None:
            pair.seen_from = day
        return
    if roll < 0.11:
        meeting.to_say.append((late, {"status": S.MISSED}))
        return
    if roll < 0.16:
        return  # they met and nobody says so
    mentor, mentee = (
        chance.choices([Mark.GOOD, Mark.PLAIN, Mark.HARD, Mark.NONE], [60, 22, 3, 15])[0]
        for _ in range(2)
    )
    if troubled == "unhappy":
        mentee, mentor = Mark.HARD, chance.choice([Mark.GOOD, Mark.PLAIN, Mark.PLAIN, Mark.NONE])
        pair.n_hard += 1
        # once may be a bad day; good to the one and hard to the other is said at once
        if pair.seen_from is None and (pair.n_hard > 1 or mentor == Mark.GOOD):
            pair.seen_from = late
    meeting.to_say.append(
        (late, {"status": HELD, "held_on": day, "mentor_mark": mentor, "mentee_mark": mentee})
    )


def read_a_year(seed, *, without=(), at_most=AT_MOST_A_WEEK, lottery=False):
    """Live a year and read it on Mondays.

    Args:
        seed: of the school and its chances.
        without: rules that are switched off, as a control.
        at_most: lines the curator reads.
        lottery: she speaks with as many pairs by lot instead, as a control.
    """
    chance, lot = random.Random(seed), random.Random(f"lot {seed}")
    pairs, limits = school(chance), limits_of()
    waiting, shown, n_idle = [], [], 0
    day = FIRST
    while day <= LAST:
        for pair in pairs:
            live_a_day(pair, day, chance)
        if day.weekday() == 0:
            risks = {pair.key: _risk(pair, day, limits, without) for pair in pairs}
            keys = [key for key, risk in risks.items() if risk.concerns]
            keys.sort(key=lambda key: place_of(risks[key], key, _known(pairs[key], day)))
            read = lot.sample(range(N_PAIRS), at_most) if lottery else keys[:at_most]
            waiting.append(len(keys))
            shown.append(len(read))
            n_idle += sum(day < pairs[key].begins for key in read)
            for key in read:
                _speak(pairs[key], risks[key], day)
        day += dt.timedelta(1)
    days = {}
    for pair in pairs:
        if pair.trouble and pair.seen_from is not None and pair.seen_from <= LAST - dt.timedelta(7):
            found = None if pair.found is None else (pair.found - pair.seen_from).days
            days.setdefault(pair.trouble, []).append(found)
    return YearRead(days, waiting, shown, n_idle)


def _known(pair, day):
    since = {code: (day - when).days for code, when in pair.known.items()}
    return {code: days for code, days in since.items() if days <= KNOWN_DAYS}


def _speak(pair, risk, day):
    """Let the curator speak with a pair: what was so is off the list for its days, a call for help is answered."""
    if pair.found is None and pair.seen_from is not None and pair.seen_from <= day:
        pair.found = day
    for one in risk.concerns:
        pair.quiet[one.code] = (day + dt.timedelta(one.rule.quiet_days), one.n)
        pair.known[one.code] = day
        if one.code == "help":
            pair.meetings[-1].help_answered_on = day


def _risk(pair, day, limits, without):
    span = PairSpan(MentorshipStatus.ACTIVE, FIRST, LAST)
    told = risk_of(span, pair.meetings, day=day, limits=limits, may_read=True)
    concerns = list(told.concerns)
    if pair.trouble == "overloaded" and day >= pair.begins:
        concerns.append(Concern("overload", 5))
    codes = list(pair_rules())
    concerns.sort(key=lambda one: codes.index(one.code))
    kept = tuple(one for one in concerns if one.code not in without)
    quiet = {code: n for code, (until, n) in pair.quiet.items() if until >= day}
    return loud(Risk(kept, told.callers, told.status), quiet)


def summed(years, within=7):
    """Return per trouble and for all how many were found within some days, of how many."""
    found, of = Counter(), Counter()
    for year in years:
        for trouble, days in year.days.items():
            for name in (trouble, "all"):
                of[name] += len(days)
                found[name] += sum(one is not None and one <= within for one in days)
    return {name: (found[name], of[name]) for name in of}
