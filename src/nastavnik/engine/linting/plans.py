"""The plan of a year and its indicators: values, terms, owners (C5, C10–C12, C14, C15)."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from nastavnik.engine.linting.findings import LintFinding, LintRule, found_at, said_day
from nastavnik.engine.linting.lexicon import Lexicon
from nastavnik.engine.linting.model import CheckedPaper, Place, plain
from nastavnik.engine.periods.reading import read_term
from nastavnik.engine.roadmaps.blocks import SourceRow, SourceTable
from nastavnik.engine.roadmaps.checking import (
    CheckRule,
    Plan,
    PlanLine,
    check_plan,
    first_step,
    promised_by,
)
from nastavnik.engine.roadmaps.checking import Finding as PlanFinding
from nastavnik.engine.roadmaps.knowing import known_codes
from nastavnik.engine.roadmaps.preface import date_in
from nastavnik.engine.roadmaps.reading import ParsedActivity, ParsedRoadmap

# ---------------------------------------------------------------- indicators

_INDICATOR = re.compile(r"показател|индикатор|критери", re.IGNORECASE)
_VALUE = re.compile(r"значени|план\b|цель\b|планируем", re.IGNORECASE)
_HEAD_LENGTH = 60


def find_targets(document: CheckedPaper, _lexicon: Lexicon) -> Iterator[LintFinding]:
    """Yield indicators without a value; a table with none at all is a form to fill in."""
    indicators = document.indicators
    if any(value is not None for one in indicators for value in one.targets.values()):
        for one in indicators:
            blank = [str(year) for year, value in one.targets.items() if value is None]
            if blank and not one.unread:
                yield _empty(one.sources[0].line, one.name, ", ".join(blank))
    for table in document.tables:
        yield from _of_values(table)


def _of_values(table: SourceTable) -> Iterator[LintFinding]:
    """Yield indicators without a value in a table that has a column of values and no years."""
    head = [plain(cell) for cell in table.rows[0].cells] if table.rows else []
    name = next((n for n, cell in enumerate(head) if _INDICATOR.search(cell)), None)
    values = [n for n, cell in enumerate(head) if n != name and _is_value(cell)]
    if name is None or not values or any(re.search(r"20\d\d", cell) for cell in head):
        return
    value = values[0]
    rows = [row for row in table.rows[1:] if _cell(row, name)]
    blank = [row for row in rows if not _cell(row, value)]
    if len(blank) * 2 < len(rows):
        for row in blank:
            if sum(bool(cell.strip()) for cell in row.cells) > 1:  # one cell is a section
                yield _empty(row.sources[0].line if row.sources else 0, row.cells[name], "")


def _is_value(cell: str) -> bool:
    return len(cell) < _HEAD_LENGTH and bool(_VALUE.search(cell))


def _cell(row: SourceRow, column: int) -> str:
    return row.cells[column].strip(" -–—") if column < len(row.cells) else ""


def _empty(line: int, name: str, years: str) -> LintFinding:
    return LintFinding(
        LintRule.EMPTY_TARGET,
        line,
        _short(name, 140),
        f"У показателя нет планового значения{f' на {years}' if years else ''}. Пусто – это не ноль.",
        f"The indicator has no planned value{f' for {years}' if years else ''}.",
        "Впишите значение или уберите показатель.",
        "Put a value or drop the indicator.",
    )


# ---------------------------------------------------------------- lines of the plan

_TOLD = {
    CheckRule.BEFORE_APPROVAL: LintRule.BEFORE_APPROVAL,
    CheckRule.TWO_TERMS: LintRule.TWO_DATES,
    CheckRule.OUT_OF_ORDER: LintRule.OUT_OF_ORDER,
    CheckRule.LONG_GAP: LintRule.OUT_OF_ORDER,
    CheckRule.BEGINS_EARLY: LintRule.OUT_OF_ORDER,
    CheckRule.NO_OWNER: LintRule.NO_OWNER,
}
_SURE = (CheckRule.BEFORE_APPROVAL, CheckRule.NO_OWNER, CheckRule.TWO_TERMS)
_MOST_HAVE = 0.7  # of the lines name somebody: then one that does not was forgotten


def find_days(document: CheckedPaper, lexicon: Lexicon) -> Iterator[LintFinding]:
    """Yield what does not fit in the plan of a year."""
    plan = document.roadmap
    lines = [
        _plan_line(key, one, plan.first_year, lexicon) for key, one in enumerate(plan.activities)
    ]
    yield from _of_plan(document, lines, lexicon)
    yield from _of_promises(document, lines)


def _plan_line(key: int, one: ParsedActivity, year: int | None, lexicon: Lexicon) -> PlanLine:
    term = read_term(one.term_text, year=year)
    return PlanLine(
        key=key,
        codes=known_codes(one.title, lexicon.signs),
        text=f"{one.title} {one.result} {one.document}",
        starts_on=term.start,
        ends_on=term.end,
        number=one.number or "",
        has_term=bool(one.term_text.strip()),
        has_owner=bool(one.responsible),
    )


def _of_plan(
    document: CheckedPaper, lines: Sequence[PlanLine], lexicon: Lexicon
) -> Iterator[LintFinding]:
    plan = document.roadmap
    has_owners = sum(one.has_owner for one in lines) >= len(lines) * _MOST_HAVE
    checked = Plan(
        tuple(lines), plan.title, plan.first_year or 0, plan.approved_on or document.dated_on
    )
    for one in check_plan(checked, lexicon.usual):
        if one.rule not in _TOLD or not one.lines:
            continue
        is_owner = one.rule is CheckRule.NO_OWNER
        if is_owner and not (has_owners and lines[one.lines[0]].has_term):
            continue
        yield _of_line(one, plan)


def _of_line(one: PlanFinding, plan: ParsedRoadmap) -> LintFinding:
    activity = plan.activities[one.lines[0]]
    other = plan.activities[one.lines[1]] if len(one.lines) > 1 else None
    (why, why_en), (advice, advice_en) = _words(one, activity, other)
    return LintFinding(
        _TOLD[one.rule],
        _line(activity),
        _short(activity.title, 140),
        why,
        why_en,
        advice,
        advice_en,
        sure=one.rule in _SURE,
        against=_line(other) if other else 0,
    )


def _words(
    one: PlanFinding, activity: ParsedActivity, other: ParsedActivity | None
) -> tuple[tuple[str, str], tuple[str, str]]:
    day = said_day(one.day) if one.day else ""
    term = _short(activity.term_text, 60)
    than = f"«{_short(other.title, 60)}» (строка {_line(other)}, {day})" if other else ""
    than_en = f"line {_line(other)} ({day})" if other else ""
    move = ("Переставьте сроки.", "Change the terms.")
    return {
        CheckRule.BEFORE_APPROVAL: (
            (
                f"Срок «{term}» раньше, чем утверждён документ: {day}.",
                f"The term is before the paper was approved: {day}.",
            ),
            ("Исправьте срок или дату утверждения.", "Correct the term or the day of approval."),
        ),
        CheckRule.TWO_TERMS: (
            (
                f"Одно и то же назначено на разные дни: здесь «{term}», а раньше – {than}.",
                f"One activity has two terms: here and in {than_en}.",
            ),
            ("Оставьте один срок.", "Keep one term."),
        ),
        CheckRule.OUT_OF_ORDER: (
            (
                f"Заканчивается раньше, чем то, без чего не обойтись: {than}.",
                f"It ends before what it needs has ended: {than_en}.",
            ),
            move,
        ),
        CheckRule.BEGINS_EARLY: (
            (
                f"Начинается раньше, чем то, без чего не обойтись: {than}.",
                f"It begins before what it needs has begun: {than_en}.",
            ),
            move,
        ),
        CheckRule.LONG_GAP: (
            (
                f"Идёт больше чем через полгода после того, за чем следует: {than}.",
                f"It comes more than half a year after what it follows: {than_en}.",
            ),
            ("Проверьте год в сроке.", "Check the year."),
        ),
        CheckRule.NO_OWNER: (
            (
                "В строке нет ответственного, хотя у других строк он есть.",
                "The line names nobody responsible though other lines do.",
            ),
            ("Впишите, кто отвечает.", "Name who answers for it."),
        ),
    }[one.rule]


def _line(activity: ParsedActivity) -> int:
    return activity.sources[0].line if activity.sources else 0


def _short(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]}…"


# ---------------------------------------------------------------- days in running text

_PROMISE = re.compile(
    r"не менее|не ниже|\d\s*%|охва|довести|увелич|вовлеч|достич|обеспеч", re.IGNORECASE
)
_DAY = r"(\d{1,2}\.\d{1,2}\.20\d\d|[«\"]?\d{1,2}[»\"]?\s[а-я]{3,8}\s20\d\d)"
_DEADLINE = re.compile(
    rf"(?:\b(?:в\s+срок\s+)?до|не\s+позднее|не\s+позже|срок(?:и)?(?:\s+(?:исполнения|выполнения|сдачи))?\s*[:-])\s*{_DAY}",
    re.IGNORECASE,
)
_OVER = re.compile(r"действова|работал|\bбыл[аио]?\b|истек|продл", re.IGNORECASE)
_FROM_TO = re.compile(
    rf"\b(?:с|период)\s+{_DAY}\s*(?:г\.|года)?\s*(?:по|до|-)\s*{_DAY}", re.IGNORECASE
)
_SPAN = re.compile(r"(?<![\d.])(\d{1,2}\.\d{1,2}\.20\d\d)\s*-\s*(\d{1,2}\.\d{1,2}\.20\d\d)(?!\d)")


def _of_promises(document: CheckedPaper, lines: Sequence[PlanLine]) -> Iterator[LintFinding]:
    begins = first_step(lines) or document.dated_on
    for one in document.passages if begins else ():
        until = promised_by(one.plain)
        if begins and until and until < begins and _PROMISE.search(one.plain):
            at = one.plain.find(str(until.year))
            yield found_at(
                Place(one, at, at + 4),
                LintRule.PAST_TARGET,
                (
                    f"Обещано к {until.year} году, а первый шаг – {said_day(begins)}: срок уже прошёл.",
                    f"It is promised by {until.year}; the first step is on {said_day(begins)}.",
                ),
                ("Исправьте год или уберите прошедшую цель.", "Correct the year or drop the goal."),
            )


def find_deadlines(document: CheckedPaper, _lexicon: Lexicon) -> Iterator[LintFinding]:
    """Yield terms in running text that are over before the paper, or end before they begin."""
    told = {source.line for one in document.roadmap.activities for source in one.sources}
    for one in document.passages:
        for found in _DEADLINE.finditer(one.plain):
            until, day = date_in(found[1]), document.dated_on
            is_over = until and day and until < day and one.lines[0] not in told
            if until and day and is_over and not _OVER.search(one.sentence(found.start())):
                yield _over(Place(one, *found.span()), until, day)
        for found in (*_FROM_TO.finditer(one.plain), *_SPAN.finditer(one.plain)):
            first, last = date_in(found[1]), date_in(found[2])
            if first and last and last < first:
                yield found_at(
                    Place(one, *found.span()),
                    LintRule.TERM_REVERSED,
                    (
                        f"Срок кончается раньше, чем начинается: с {said_day(first)} по {said_day(last)}.",
                        f"The term ends before it begins: {said_day(first)} to {said_day(last)}.",
                    ),
                    ("Исправьте даты.", "Correct the dates."),
                )


def _over(place: Place, until: dt.date, day: dt.date) -> LintFinding:
    why = (
        f"Срок {said_day(until)} раньше даты самого документа, {said_day(day)}.",
        f"The term {said_day(until)} is before the paper itself, {said_day(day)}.",
    )
    advice = (
        "Исправьте срок или дату документа.",
        "Correct the term or the date of the paper.",
    )
    return found_at(place, LintRule.BEFORE_APPROVAL, why, advice)
