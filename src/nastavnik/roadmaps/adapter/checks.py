"""A roadmap held against the catalogue: what is missing, out of order, late, contradictory."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Role
from nastavnik.core.request_cache import cached
from nastavnik.core.text import fold
from nastavnik.engine.roadmaps.checking import (
    CheckRule,
    Finding,
    Plan,
    PlanLine,
    Usual,
    check_plan,
    needs_of,
    promised_by,
)
from nastavnik.engine.roadmaps.knowing import Sign, known_codes, sign_of
from nastavnik.engine.roadmaps.owners import split_responsible
from nastavnik.roadmaps.catalogues import CatalogueActivity, chosen, entries
from nastavnik.roadmaps.models import Activity, Roadmap
from nastavnik.roadmaps.queries import GOING, LATE, NEXT, SKIPPED, ActivityLine

SEPTEMBER = 9


@cache
def usual() -> dict[str, Usual]:
    """Return what the catalogue says of each activity, as the engine has it."""
    return {
        code: Usual(
            after=entry.after,
            soon_after=entry.soon_after,
            deadline=None if entry.by is None else _month_and_day(*entry.by),
            once=entry.once,
        )
        for code, entry in entries().items()
    }


def _month_and_day(offset: int, day: int) -> tuple[int, int]:
    return (SEPTEMBER - 1 + offset) % 12 + 1, day


@cache
def _signs() -> dict[str, tuple[Sign, ...]]:
    return {code: tuple(map(sign_of, entry.signs)) for code, entry in entries().items()}


@lru_cache(maxsize=4096)
def codes_of_title(title: str) -> tuple[str, ...]:
    """Return which activities of the catalogue a title means, however it is worded."""
    return known_codes(title, _signs())


def codes_of(activity: Activity) -> tuple[str, ...]:
    """Return which activities of the catalogue a line is: the one it was made from, else by its words."""
    if activity.catalogue_code:
        return tuple(activity.catalogue_code.split())
    return codes_of_title(activity.title)


# ---------------------------------------------------------------- what needs what


def needs_of_lines(activities: Sequence[Activity]) -> dict[int, tuple[Activity, ...]]:
    """Return, for each line that needs others of the roadmap first, those lines; by its key."""
    codes = {one.pk: codes_of(one) for one in activities}
    by_code: dict[str, list[Activity]] = {}
    for one in activities:
        for code in codes[one.pk]:
            by_code.setdefault(code, []).append(one)
    found = {}
    for one in activities:
        needed = {
            needed
            for code in codes[one.pk]
            for needed in needs_of(code, usual(), by_code)
            if needed not in codes[one.pk]
        }
        lines = {line.pk: line for code in needed for line in by_code.get(code, ())}
        lines.pop(one.pk, None)
        if lines:
            found[one.pk] = tuple(sorted(lines.values(), key=lambda line: line.position))
    return found


# ---------------------------------------------------------------- whose turn it is


@dataclass(frozen=True, slots=True)
class OwnerLoad:
    """How many open lines somebody answers for; `late` and `soon` (two weeks) are among them."""

    owner: str
    still_open: int
    late: int
    soon: int


def owners_of(text: str) -> tuple[str, ...]:
    """Return the owners named in a text; a page asks of each text once."""
    return cached(("owners", text), lambda: split_responsible(text))


def loads_of(lines: Iterable[ActivityLine]) -> list[OwnerLoad]:
    """Return whose turn it is, those who are late first; a line of two owners counts for both."""
    counted: dict[str, tuple[str, list[ActivityLine]]] = {}
    for line in lines:
        if line.state in (GOING, NEXT, LATE):
            for owner in owners_of(line.activity.responsible):
                counted.setdefault(fold(owner), (owner, []))[1].append(line)
    found = [
        OwnerLoad(
            owner,
            len(own),
            sum(line.state == LATE for line in own),
            sum(line.is_soon for line in own),
        )
        for owner, own in counted.values()
    ]
    return sorted(found, key=lambda one: (-one.late, -one.soon, -one.still_open, one.owner))


# how roadmaps call those who have an account of their own (method.md §8, «Responsible»)
_CALLED = {
    Role.DIRECTOR: ("директор",),
    Role.DEPUTY_DIRECTOR: ("заместител", "зам.", "завуч"),
    Role.CLASS_TEACHER: ("классн", "кл. рук"),
    Role.PSYCHOLOGIST: ("психолог", "педагог-психолог"),
    Role.SOCIAL_TEACHER: ("социальн", "соцпедагог"),
}


def answers_for(activity: Activity, roles: Iterable[Role], full_name: str) -> bool:
    """Tell whether somebody answers for a line: by post, or by surname."""
    called = tuple(word for role in roles for word in _CALLED.get(role, ()))
    surname = fold(full_name).partition(" ")[0]
    owners = [fold(owner) for owner in owners_of(activity.responsible)]
    return any(
        (called and owner.startswith(called)) or (surname and surname in owner.split())
        for owner in owners
    )


# ---------------------------------------------------------------- findings


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding in words.

    Attributes:
        rule: which rule says so.
        words: what does not fit, one sentence.
        activity: the line to go to; None where it is about the whole roadmap.
        other: the line it is compared with, if any.
    """

    rule: CheckRule
    words: str
    activity: Activity | None
    other: Activity | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What does not fit in a roadmap."""

    missing: tuple[CatalogueActivity, ...]
    remarks: tuple[Remark, ...]

    @property
    def total(self) -> int:
        """Return how many things do not fit."""
        return len(self.missing) + len(self.remarks)

    @property
    def lines(self) -> frozenset[int]:
        """Return the keys of the lines something is said of."""
        return frozenset(one.activity.pk for one in self.remarks if one.activity)


def check_roadmap(
    roadmap: Roadmap, lines: Sequence[ActivityLine], *, with_learners: bool
) -> Checked:
    """Hold a roadmap against the catalogue (method.md §8, §10 C10–C15).

    Args:
        roadmap: with its year.
        lines: its lines; those not held are in no order, but neither are they missing.
        with_learners: False when only staff take part: lines on pupils and parents are not asked for.
    """
    plan = Plan(
        lines=tuple(_plan_line(line) for line in lines if line.state != SKIPPED),
        title=roadmap.title,
        begins_in=roadmap.year.starts_on.year,
        approved_on=roadmap.approved_on,
    )
    left_out = {c for line in lines if line.state == SKIPPED for c in codes_of(line.activity)}
    needed = [entry.code for entry in chosen(roadmap.level, with_learners=with_learners)]
    found = check_plan(plan, usual(), needed=[code for code in needed if code not in left_out])
    by_key = {line.activity.pk: line.activity for line in lines}
    return Checked(
        missing=tuple(entries()[one.code] for one in found if one.rule == CheckRule.MISSING),
        remarks=tuple(
            _remark(one, roadmap, by_key) for one in found if one.rule != CheckRule.MISSING
        ),
    )


def ties_of(
    needs: Mapping[int, Iterable[Activity]], checked: Checked
) -> list[tuple[int, int, bool]]:
    """Return what the picture ties together: needed line, line that needs it, whether their order is broken."""
    broken = {
        (one.other.pk, one.activity.pk)
        for one in checked.remarks
        if one.rule in (CheckRule.OUT_OF_ORDER, CheckRule.BEGINS_EARLY)
        and one.other
        and one.activity
    }
    return [
        (other.pk, key, (other.pk, key) in broken)
        for key, several in needs.items()
        for other in several
    ]


def _plan_line(line: ActivityLine) -> PlanLine:
    one = line.activity
    return PlanLine(
        key=one.pk,
        codes=codes_of(one),
        text=f"{one.title} {one.responsible} {one.result} {one.document_text}",
        # of several times the first is the one that others wait for
        starts_on=one.times[0][0],
        ends_on=one.times[0][1],
        number=one.number,
        has_term=bool(one.term_text),
        has_owner=bool(one.responsible),
        lacks_proof=line.is_unproved,
    )


_DUE_ONLY = _("It begins on %(begins)s, and what it needs is due only by %(day)s: «%(other)s».")
_WORDS = {
    CheckRule.OUT_OF_ORDER: _("It ends on %(ends)s, and what it needs first only on %(day)s: «%(other)s»."),
    CheckRule.BEGINS_EARLY: _("It begins on %(begins)s, and what it needs first only on %(day)s: «%(other)s»."),
    CheckRule.LONG_GAP: _("More than half a year passes after «%(other)s», which ends on %(day)s."),
    CheckRule.AFTER_DEADLINE: _("It is wanted by %(day)s, and the term is later."),
    CheckRule.BEFORE_APPROVAL: _("It is due before the roadmap was approved on %(day)s."),
    CheckRule.PAST_TARGET: _("It promises something by %(day)s, when nothing here has begun yet."),
    CheckRule.TWO_TERMS: _("The same stands in «%(other)s» with another term, until %(day)s."),
    CheckRule.ANNEX: _("It is done and names an annex, and no paper is attached."),
    CheckRule.TITLE_YEARS: _("The title names other years, and this is the roadmap of %(year)s."),
    CheckRule.TWO_NAMES: _("An office is called otherwise than in «%(other)s»: is it the same one?"),
    CheckRule.NO_TERM: _("No term is written."),
    CheckRule.NO_OWNER: _("Nobody is named who answers."),
}  # fmt: skip


def _remark(finding: Finding, roadmap: Roadmap, by_key: Mapping[int, Activity]) -> Remark:
    spoken_of = [by_key[key] for key in finding.lines]
    own = spoken_of[0] if spoken_of else None
    other = spoken_of[1] if len(spoken_of) > 1 else None
    words = _WORDS[finding.rule]
    if finding.rule == CheckRule.BEGINS_EARLY and other is not None and other.starts_on is None:
        words = _DUE_ONLY
    return Remark(
        finding.rule,
        words
        % {
            "day": _day(other.ends_on if words is _DUE_ONLY and other else finding.day),
            "begins": _day(own.starts_on if own else None),
            "ends": _day(own.ends_on if own else None),
            "other": f"{other.number} {other.title}".strip() if other else "",
            "year": roadmap.year,
        },
        own,
        other,
    )


def _day(day: dt.date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else ""


def past_promises(texts: Iterable[str], begins_on: dt.date | None) -> list[str]:
    """Return the texts that promise something by a day before a plan begins (method.md §10 C10)."""
    return [
        text for text in texts if begins_on and (until := promised_by(text)) and until < begins_on
    ]
