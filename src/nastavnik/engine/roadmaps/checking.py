"""What does not fit in a plan of a year: missing, out of order, late, contradicting itself.

The rules are those a person found in five real roadmaps (method.md §10, C10–C15). They warn: a line may be right and a
rule wrong, so a finding names the lines and the days it speaks of and decides nothing.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

LEAD_DAYS = 31  # work on a deadline that names no first day begins at most so long before it
GAP_DAYS = 183  # half a year: what should follow soon and comes later than that has been forgotten
FIRST_MONTH = 9  # an academic year begins in September


class CheckRule(StrEnum):
    """What a finding says; in brackets where it comes from."""

    MISSING = "missing"  # an activity of the catalogue is in no line (method.md §8)
    OUT_OF_ORDER = "out-of-order"  # ends before what it needs has ended (C14, C15)
    BEGINS_EARLY = "begins-early"  # begins before what it needs has begun (C14)
    LONG_GAP = "long-gap"  # follows what it should follow soon after half a year (C14)
    AFTER_DEADLINE = "after-deadline"  # ends after a day set by others (C31)
    BEFORE_APPROVAL = "before-approval"  # is due before the plan was approved (C11)
    PAST_TARGET = "past-target"  # promises something by a day before the first step (C10)
    TWO_TERMS = "two-terms"  # the same activity is due on two days (C12)
    ANNEX = "annex"  # names an annex, is done, and nothing is attached (C13)
    TITLE_YEARS = "title-years"  # the title names other years than those of the plan (C13)
    TWO_NAMES = "two-names"  # one office under two names (C13)
    NO_TERM = "no-term"
    NO_OWNER = "no-owner"


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line of a plan.

    Attributes:
        key: what findings call it.
        codes: the activities of the catalogue it means.
        text: all its words, for what is promised in them and for annexes.
        starts_on: first day; a deadline has none.
        ends_on: last day.
        number: «1.4.1», to know a line under another.
        has_term: whether a term is written.
        has_owner: whether somebody answers.
        lacks_proof: whether it is done and nothing proves it.
    """

    key: int
    codes: tuple[str, ...] = ()
    text: str = ""
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    number: str = ""
    has_term: bool = True
    has_owner: bool = True
    lacks_proof: bool = False


@dataclass(frozen=True, slots=True)
class Usual:
    """What the catalogue says of an activity.

    Attributes:
        after: codes of what it needs first.
        soon_after: codes of what it should follow within half a year.
        deadline: month and day by which others want it, whatever the year; None if nobody does.
        once: whether it happens once in a year.
    """

    after: tuple[str, ...] = ()
    soon_after: tuple[str, ...] = ()
    deadline: tuple[int, int] | None = None
    once: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not fit.

    Attributes:
        rule: which rule says so.
        lines: keys; the first is the line to go to, the second what it is compared with.
        code: the missing activity, or the one both lines mean.
        day: the day it is measured against.
    """

    rule: CheckRule
    lines: tuple[int, ...] = ()
    code: str = ""
    day: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan to check: its lines in their order, title, first calendar year, day of approval if known."""

    lines: tuple[PlanLine, ...]
    title: str
    begins_in: int
    approved_on: dt.date | None = None


def check_plan(
    plan: Plan, catalogue: Mapping[str, Usual], *, needed: Iterable[str] = ()
) -> list[Finding]:
    """Return what does not fit, first what is missing, then by line in the order of the plan.

    Args:
        plan: the plan.
        catalogue: what is known of activities, by code; `after` must not go in circles.
        needed: codes a plan of this level should have.
    """
    there = {code for line in plan.lines for code in line.codes}
    missing = [Finding(CheckRule.MISSING, code=code) for code in needed if code not in there]
    place = {line.key: number for number, line in enumerate(plan.lines)}
    found = [
        *_of_order(plan.lines, catalogue),
        *_of_gaps(plan.lines, catalogue),
        *_of_days(plan, catalogue),
        *_of_words(plan),
        *_of_names(plan.lines),
        *_of_twins(plan.lines, catalogue),
    ]
    found.sort(key=lambda one: place[one.lines[0]])
    return [*missing, *_of_title(plan), *found]


# ---------------------------------------------------------------- order


def needs_of(code: str, catalogue: Mapping[str, Usual], dated: Container[str]) -> dict[str, int]:
    """Return what an activity needs, with the distance: 1 is direct.

    What a plan gives no days to is looked through: what it needs in its turn is needed as well.
    """
    found: dict[str, int] = {}
    step, distance = [code], 0
    while step:
        distance += 1
        needed = [one for c in step for one in (catalogue[c].after if c in catalogue else ())]
        fresh = [one for one in dict.fromkeys(needed) if one not in found]
        found |= dict.fromkeys(fresh, distance)
        step = [one for one in fresh if one not in dated]
    return found


def _of_order(lines: Sequence[PlanLine], catalogue: Mapping[str, Usual]) -> Iterator[Finding]:
    by_code = _by_code(line for line in lines if line.starts_on or line.ends_on)
    for line in lines:
        before = [
            (one, distance)
            for code in line.codes
            for needed, distance in needs_of(code, catalogue, by_code).items()
            if needed not in line.codes
            for one in by_code.get(needed, ())
            if one.key != line.key
        ]
        yield from _late_needs(line, before)
        yield from _early_beginnings(line, [one for one, _distance in before])


def _late_needs(line: PlanLine, before: Iterable[tuple[PlanLine, int]]) -> Iterator[Finding]:
    late = [one for one, distance in before if _ends_after(one, line, distance)]
    if late:
        worst = max(late, key=lambda one: one.ends_on or dt.date.min)
        yield Finding(CheckRule.OUT_OF_ORDER, (line.key, worst.key), day=worst.ends_on)


def _ends_after(needed: PlanLine, line: PlanLine, distance: int) -> bool:
    if needed.ends_on is None or line.ends_on is None:
        return False
    if needed.ends_on == line.ends_on:
        # two deadlines on one day, and something else has to happen in between
        return distance > 1 and needed.starts_on is None and line.starts_on is None
    return needed.ends_on > line.ends_on


def _early_beginnings(line: PlanLine, before: Iterable[PlanLine]) -> Iterator[Finding]:
    if line.starts_on is None or line.starts_on == line.ends_on:
        return
    begins = [
        (first, one) for one in before if (first := _beginning(one)) and first > line.starts_on
    ]
    # whatever ends too late is said already
    begins = [(first, one) for first, one in begins if not _ends_after(one, line, 1)]
    if begins:
        first, one = max(begins, key=lambda pair: pair[0])
        yield Finding(CheckRule.BEGINS_EARLY, (line.key, one.key), day=first)


def _beginning(line: PlanLine) -> dt.date | None:
    if line.starts_on is None and line.ends_on is not None:
        return line.ends_on - dt.timedelta(days=LEAD_DAYS)
    return line.starts_on


def _of_gaps(lines: Sequence[PlanLine], catalogue: Mapping[str, Usual]) -> Iterator[Finding]:
    by_code = _by_code(lines)
    for line in lines:
        wanted = [one for c in line.codes if c in catalogue for one in catalogue[c].soon_after]
        earlier = [
            (one.ends_on, one.key)
            for code in wanted
            for one in by_code.get(code, ())
            if one.ends_on and one.key != line.key
        ]
        if earlier and line.ends_on:
            day, key = max(earlier)
            if (line.ends_on - day).days > GAP_DAYS:
                yield Finding(CheckRule.LONG_GAP, (line.key, key), day=day)


def _by_code(lines: Iterable[PlanLine]) -> dict[str, list[PlanLine]]:
    found: dict[str, list[PlanLine]] = defaultdict(list)
    for line in lines:
        for code in line.codes:
            found[code].append(line)
    return found


# ---------------------------------------------------------------- days


def _of_days(plan: Plan, catalogue: Mapping[str, Usual]) -> Iterator[Finding]:
    for line in plan.lines:
        if not line.has_term:
            yield Finding(CheckRule.NO_TERM, (line.key,))
        if not line.has_owner:
            yield Finding(CheckRule.NO_OWNER, (line.key,))
        if line.ends_on is None:
            continue
        if plan.approved_on and line.ends_on < plan.approved_on:
            yield Finding(CheckRule.BEFORE_APPROVAL, (line.key,), day=plan.approved_on)
        for code in line.codes:
            deadline = catalogue[code].deadline if code in catalogue else None
            if deadline and line.ends_on > (day := _deadline(deadline, line.ends_on)):
                yield Finding(CheckRule.AFTER_DEADLINE, (line.key,), code, day)


def _deadline(deadline: tuple[int, int], ends_on: dt.date) -> dt.date:
    """Return the deadline in the academic year in which a line ends."""
    begins_in = ends_on.year if ends_on.month >= FIRST_MONTH else ends_on.year - 1
    month, day = deadline
    return dt.date(begins_in if month >= FIRST_MONTH else begins_in + 1, month, day)


def _of_twins(lines: Sequence[PlanLine], catalogue: Mapping[str, Usual]) -> Iterator[Finding]:
    for code, several in _by_code(lines).items():
        if code not in catalogue or not catalogue[code].once:
            continue
        dated = [line for line in several if line.ends_on]
        for place, line in enumerate(dated):
            before = next((one for one in dated[:place] if _contradict(one, line)), None)
            if before is not None:
                yield Finding(CheckRule.TWO_TERMS, (line.key, before.key), code, before.ends_on)


def _contradict(one: PlanLine, other: PlanLine) -> bool:
    """Tell whether two lines that both mean an activity disagree: apart in time, neither a part of the other."""
    if _is_under(one.number, other.number) or _is_under(other.number, one.number):
        return False
    first, last = sorted((one, other), key=lambda line: line.ends_on or dt.date.max)
    if first.ends_on is None or last.ends_on is None or first.ends_on == last.ends_on:
        return False
    return last.starts_on is None or last.starts_on > first.ends_on


def _is_under(number: str, above: str) -> bool:
    number, above = number.rstrip("."), above.rstrip(".")
    return bool(above) and number.startswith(f"{above}.")


# ---------------------------------------------------------------- words

_PROMISED = re.compile(r"\b(?:к|до)\s+(?:конц[ау]\s+)?(20\d\d)(?!\s*[-–—]\s*\d)\s*г", re.IGNORECASE)
# «приложение 2 к методическим рекомендациям» is an annex of somebody else's paper
_ANNEX = re.compile(r"\bприложени\w+\s*(?:№\s*)?\d+(?!\d)(?!\s+к\b)", re.IGNORECASE)
# «информационно-методического отдела»: what the name begins with, what it goes on with, what office it is
_OFFICE = re.compile(r"\b([а-яё]{5,})-([а-яё]{5,})\s+(отдел|центр|кабинет|служб|сектор|управлени)")
_STEM = 6  # letters that stay the same in every case
_YEARS = re.compile(r"(?<![\d.])(20\d\d)(?:\s*[-–—/]\s*(20\d\d|\d\d))?(?!\d)")


def promised_by(text: str) -> dt.date | None:
    """Return the last day of the year by which a text promises something: «к концу 2020 года»."""
    years = [int(found) for found in _PROMISED.findall(text)]
    return dt.date(min(years), 12, 31) if years else None


def first_step(lines: Iterable[PlanLine]) -> dt.date | None:
    """Return the first day on which anything is planned."""
    return min((day for line in lines if (day := line.starts_on or line.ends_on)), default=None)


def _of_words(plan: Plan) -> Iterator[Finding]:
    begins = first_step(plan.lines)
    for line in plan.lines:
        until = promised_by(line.text)
        if begins and until and until < begins:
            yield Finding(CheckRule.PAST_TARGET, (line.key,), day=until)
        if line.lacks_proof and _ANNEX.search(line.text):
            yield Finding(CheckRule.ANNEX, (line.key,))


def _of_names(lines: Iterable[PlanLine]) -> Iterator[Finding]:
    """Tell where an office is called otherwise than before: «информационно-методический» and «-организационный»."""
    first: dict[tuple[str, str], tuple[str, int]] = {}
    for line in lines:
        for begins, differs, office in _OFFICE.findall(line.text.lower()):
            stem = differs[:_STEM]
            known, key = first.setdefault((begins, office), (stem, line.key))
            if known != stem:
                yield Finding(CheckRule.TWO_NAMES, (line.key, key))
                break


def _of_title(plan: Plan) -> Iterator[Finding]:
    named = [
        (int(first), int(last[-2:] or first[-2:])) for first, last in _YEARS.findall(plan.title)
    ]
    year = plan.begins_in
    if named and not any(
        first <= year + 1 and year <= first // 100 * 100 + last for first, last in named
    ):
        yield Finding(CheckRule.TITLE_YEARS)
