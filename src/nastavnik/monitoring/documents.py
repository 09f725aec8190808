"""What the papers of monitoring say: only what people gave, and what it comes to."""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import cast

from django.utils.translation import gettext as _

from nastavnik.documents import adapter
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import Composed, Wanted
from nastavnik.documents.texts import TableFacts, Value
from nastavnik.engine.statistics.agreement import ScorerAgreement
from nastavnik.engine.statistics.suppression import FEWEST, CountOfPeople, hide_small
from nastavnik.mentorships.models import Tie
from nastavnik.monitoring.catalogues import process_rules, scorecard_rules
from nastavnik.monitoring.choices import SCORECARD_PAPER
from nastavnik.monitoring.models import Scorecard, ScoreSheet
from nastavnik.monitoring.queries.effects import EffectGroup, SatisfactionRow, published_effects
from nastavnik.monitoring.queries.process import process_numbers
from nastavnik.monitoring.queries.scorecards import CardResult, IndicatorRow, SheetSum, result_of
from nastavnik.organisations.models import Organisation
from nastavnik.programmes.models import Programme
from nastavnik.schoolpapers.documents import programmes_of

CANNOT = "не оценивается"


def compose_scorecard(document: Document) -> Composed | None:
    """Return what a scorecard says as it stands; None where it is gone."""
    card = (
        Scorecard.objects.filter(pk=document.subject_id or 0)
        .select_related("programme__year", "organisation")
        .first()
    )
    if card is None:
        return None
    sheets = ScoreSheet.objects.filter(scorecard=card)
    result = result_of(sheets.select_related("scorer").prefetch_related("marks"))
    remarks = list(_remarks(result))
    conclusion = [line.strip() for line in card.conclusion.splitlines() if line.strip()]
    sums = [_sum_said(one) for one in result.sums]
    facts: dict[str, Value] = {
        "organisation": card.organisation.full_name,
        "year": str(card.programme.year),
        "programme": card.programme.title,
        "scorers": ", ".join(one.name for one in result.sums),
        "rows": [
            TableFacts({"criterion": criterion}, [_row(one) for one in rows])
            for criterion, rows in groupby(result.rows, key=lambda one: one.indicator.criterion)
        ],
        "sums": sums,
        "has_sums": "1" if sums else "",
        "outcome": _outcome(result),
        "agreement": agreement_said(result.agreement),
        "remarks": remarks,
        "has_remarks": "1" if remarks else "",
        "conclusion": conclusion,
        "has_conclusion": "1" if conclusion else "",
        "curator": "",
    }
    kept = {
        "scored": bool(result.sums),
        "closed": bool(card.closed_on),
        "concluded": bool(conclusion),
    }
    return Composed(facts, kept=kept)


def findings_of_scorecard(document: Document) -> list[str]:
    """Return what a draft scorecard lacks, in sentences."""
    lacks = {
        "scored": _("Nobody has handed in a sheet."),
        "closed": _("The scorecard is still open: its points may change."),
        "concluded": _("No conclusion is written down."),
    }
    return [words for name, words in lacks.items() if not document.content.get(name)]


def paper_of(card: Scorecard) -> Document | None:
    """Return the paper of a card in the register, if it is there."""
    rows = Document.objects.filter(organisation_id=card.organisation_id, kind=SCORECARD_PAPER)
    return rows.filter(subject_id=card.pk).first()


def cards_wanted(organisation: Organisation, wanted: Wanted) -> Iterator[Document]:
    """Yield the scorecards of an organisation as papers: those in the register, else ones that are not kept."""
    if not wanted.is_any:
        return
    cards = Scorecard.objects.filter(organisation=organisation)
    for card in cards.select_related("programme__year", "organisation").order_by("pk"):
        yield paper_of(card) or Document(
            organisation=card.organisation,
            year=card.programme.year,
            kind=SCORECARD_PAPER,
            subject_id=card.pk,
        )


def _row(row: IndicatorRow) -> list[str | None]:
    given = [CANNOT if points is None else str(points) for points in row.given]
    mean = "" if row.mean is None or len(given) < 2 else comma(row.mean)  # noqa: PLR2004 - of one there is no mean
    return [row.indicator.code, row.indicator.title, ", ".join(given), mean]


def comma(value: float) -> str:
    """Return a number as Russian writes it, two digits at most, cut and not rounded."""
    hundredths = int(value * 100 + 1e-9)
    return f"{hundredths // 100},{hundredths % 100:02d}".rstrip("0").rstrip(",")


def _sum_said(one: SheetSum) -> str:
    """Return what one sheet comes to, in Russian; a level only where all nine are scored (method.md C9)."""
    if one.level:
        return f"{one.name}: {one.total} из {one.most} – {one.level.words}."
    n_all = len(scorecard_rules().indicators)
    n_scored = sum(points is not None for points in one.points.values())
    said = (
        f"{one.name}: оценено {n_scored} из {n_all} показателей, {one.total} из {one.most} баллов"
    )
    if one.share_level is None:
        return f"{said}."
    return (
        f"{said} ({one.percent} % возможных). Уровень определён только для всех девяти показателей; "
        f"по доле от возможного это отвечало бы строке «{one.share_level.words}»."
    )


def _outcome(result: CardResult) -> str:
    if result.mean is None or result.level is None:
        return ""
    most = scorecard_rules().most
    if result.n_whole == 1:
        return f"Сумма: {comma(result.mean)} из {most} – {result.level.words}."
    return (
        f"Среднее сумм по {result.n_whole} полным листам: {comma(result.mean)} из {most} – {result.level.words}. "
        "Среднее между двумя уровнями отнесено к низшему."
    )


def agreement_said(found: ScorerAgreement) -> str:
    """Return how far scorers agree, in Russian; empty where there is nothing to compare."""
    if not found.n_compared:
        return ""
    said = (
        f"Согласие оценивших: из {found.n_compared} сравнений двух оценок одного показателя совпали {found.n_equal}, "
        f"разошлись на балл {found.n_near}, на два балла {found.n_far}."
    )
    if found.apart:
        said += f" Разошлись на два балла по показателям: {', '.join(found.apart)}."
    return said


def _remarks(result: CardResult) -> Iterator[str]:
    """Yield why somebody could not score an indicator."""
    for row in result.rows:
        for why in row.reasons:
            yield f"Показатель {row.indicator.code} не оценён: {why}"


# ---------------------------------------------------------------- the year

_WHO = {"mentee": "наставляемые", "mentor": "наставники", "parent": "родители", "class_teacher": "классные руководители"}  # fmt: skip
_HIDDEN = "не показано"
#: So many of each stand on the one page for the council.
_ON_ONE_PAGE = 4


def report_facts(document: Document, _words: adapter.Words) -> dict[str, Value]:
    """Return what the report of a year says: sums over people, no count of fewer than five, nobody's name."""
    programmes = programmes_of(document)
    counted = [_counts(one) for one in programmes]
    cards = [said for one in programmes if (said := _scored(one))]
    known = [published_effects(one) for one in programmes]
    groups = [group for one in known for group in one.groups]
    rows = [row for one in known for row in one.satisfaction]
    found, in_short = (
        [line for group in groups if group.why is None for line in _found(group, is_short=short)]
        for short in (False, True)
    )
    facts: dict[str, Value] = {
        "of_programme": "",
        "group": "",
        "counts": [one for table, _hidden, _sums in counted if (one := table)],
        "hidden": [line for _table, hidden, _sums in counted for line in hidden],
        "sums": [line for _table, _hidden, sums in counted for line in sums],
        "process": [line for one in programmes for line in _process(one)],
        "scores": cards,
        "found": found or ["Судить о переменах не по чему."],
        "found_in_short": in_short or ["Судить о переменах не по чему."],
        "effects": [_effect_table(one) for one in groups if _is_told(one)],
        "silent": [line for group in groups if (line := _silent(group))],
        "satisfied": [_satisfied(row) for row in rows],
        "satisfied_in_short": [_satisfied(row, is_short=True) for row in rows],
    }
    return facts | {f"has_{name}": "1" if value else "" for name, value in facts.items()}


def council_facts(document: Document, words: adapter.Words) -> dict[str, Value]:
    """Return the main things of a report, few enough for one page."""
    told = report_facts(document, words)
    told |= {name: told[f"{name}_in_short"] for name in ("found", "satisfied")}
    names = ("sums", "hidden", "process", "scores", "found", "satisfied", "silent")
    facts: dict[str, Value] = {}
    for name in names:
        lines = [str(one) for one in cast("Sequence[str]", told[name])]
        facts[name] = lines[:_ON_ONE_PAGE]
        facts[f"has_{name}"] = "1" if lines else ""
        more = len(lines) - _ON_ONE_PAGE
        if more > 0:
            facts[name] = [*lines[:_ON_ONE_PAGE], f"Остальное ({more}) – в годовом отчёте."]
    # what is not shown is said of a table; here it is told why there are no numbers
    return facts | {"has_hidden": "" if told["has_sums"] else facts["has_hidden"]}


def findings_of_report(document: Document) -> list[str]:
    """Return what a reader of the report has to know: its counts are of the day it is drawn."""
    if document.status == DocumentStatus.REGISTERED:
        return []
    return [_("The counts are those of today: register the report when the year is over.")]


#: Form of mentoring, mentee, mentor, pair: the keys of the people and of the pair.
PairRow = tuple[str, int, int, int]


def _counts(programme: Programme) -> tuple[TableFacts | None, list[str], list[str]]:
    """Return who took part in a programme, as `counts_of`."""
    ties = Tie.objects.begun().filter(mentorship__programme=programme)
    names = (
        "mentorship__form__title",
        "mentee__person",
        "mentorship__mentor__person",
        "mentorship",
    )
    return counts_of(programme.title, list(ties.values_list(*names)))


def counts_of(
    title: str, told: Iterable[PairRow]
) -> tuple[TableFacts | None, list[str], list[str]]:
    """Return who took part by form as a table, what of it is not shown and why, and the totals."""
    people: dict[str, tuple[set[int], set[int], set[int]]] = {}
    for form, mentee, mentor, pair in told:
        of = people.setdefault(form, (set(), set(), set()))
        for kept, key in zip(of, (mentee, mentor, pair), strict=True):
            kept.add(key)
    forms = sorted(people)
    if not forms:
        return None, [], ["Ни одна пара или группа ещё не начата приказом."]
    rows = [[len(one) for one in people[form]] for form in forms]
    columns = [hide_small([CountOfPeople(row[side]) for row in rows]) for side in range(3)]
    # a row is hidden whole: a pair is a mentor and a mentee, one of its counts would give the other away
    hidden = {place for shown in columns for place, n in enumerate(shown.counts) if n is None}
    totals = [shown.total for shown in columns]
    # of each side everybody once, also in two forms: that bounds the rows and tells none of them
    n_people = [len(set().union(*(people[form][side] for form in forms))) for side in range(2)]
    if any(one is None for one in totals) or any(map(_is_small, n_people)):
        return None, [f"Участников по формам слишком мало: числа не показаны, иначе были бы видны числа меньше {FEWEST}."], []  # fmt: skip
    cells: list[list[str | None]] = [
        [form, *([_HIDDEN] * 3 if place in hidden else map(str, rows[place]))]
        for place, form in enumerate(forms)
    ]
    cells.append(["Всего", *map(str, totals)])
    why = f"Где стоит «{_HIDDEN}», человек или пар меньше {FEWEST} либо по этой строке можно узнать такую; в итог они входят."
    sums = f"Пар и групп, начатых приказом: {totals[2]}. Наставляемых: {n_people[0]}, наставников: {n_people[1]}; каждый посчитан один раз."
    return TableFacts({"of_programme": title}, cells), [why] if hidden else [], [sums]


def _is_small(count: int) -> bool:
    """Tell whether a count is of somebody, and of fewer people than may be told of."""
    return 0 < count < FEWEST


def _process(programme: Programme) -> list[str]:
    """Return the numbers of the process not made of marks; one that tells of fewer than five is left out and that is said."""
    quiet = {one.code for one in process_rules().numbers if one.is_quiet}
    lines = []
    for one in process_numbers(programme):
        if one.code in quiet or not one.total:
            continue
        small = any(map(_is_small, (one.n, one.total - one.n, one.total)))
        told = (
            f"не показано: по числу можно узнать меньше {FEWEST}"
            if small
            else f"{one.n} из {one.total}"
        )
        lines.append(f"{one.words[:1].upper()}{one.words[1:]}: {told}.")
    return lines


def _scored(programme: Programme) -> str:
    """Return the sum and level of a closed scorecard."""
    card = Scorecard.objects.filter(programme=programme).exclude(closed_on=None).first()
    if card is None:
        return ""
    sheets = ScoreSheet.objects.filter(scorecard=card)
    return _outcome(result_of(sheets.select_related("scorer").prefetch_related("marks")))


def _named(group: EffectGroup) -> str:
    return f"{group.title or 'все формы'}, {_WHO.get(group.role, group.role)}"


def _is_told(group: EffectGroup) -> bool:
    return any(one.is_judged for one in group.parameters)


def _found(group: EffectGroup, *, is_short: bool = False) -> list[str]:
    """Return the plain conclusions of a group, each with how many it is of; the questions of one verdict together.

    In short they are counted, not named.
    """
    by_words: dict[tuple[str, int], list[str]] = {}
    for one in group.parameters:
        if one.is_judged:
            by_words.setdefault((one.words, one.change.n_pairs), []).append(one.after.text)
    return [
        f"{_named(group)} (оба раза ответили {n}): {words} – "
        + (f"вопросов: {len(asked)}." if is_short else f"{', '.join(f'«{one}»' for one in asked)}.")
        for (words, n), asked in by_words.items()
    ]


def _silent(group: EffectGroup) -> str:
    """Return why nothing is said of a group that answered at all; its own small counts are not told."""
    if group.why is not None or _is_told(group) or not group.parameters:
        return ""
    return f"{_named(group)}: судить нельзя, оба раза ответили слишком немногие."


def _effect_table(group: EffectGroup) -> TableFacts:
    rows: list[list[str | None]] = []
    for one in group.parameters:
        change = one.change
        if not one.is_judged or change.mean_before is None or change.mean_after is None:
            continue
        shift = f"{change_said(change.shift)} (от {change_said(change.shift_from)} до {change_said(change.shift_to)})"
        rows.append([one.after.text, str(change.n_pairs), comma(change.mean_before), comma(change.mean_after), shift, one.words])  # fmt: skip
    return TableFacts({"group": _named(group)}, rows)


def change_said(value: float | None) -> str:
    """Return a change with its sign, as Russian writes it; a true minus, nothing for none."""
    if value is None:
        return ""
    return f"+{comma(value)}" if value > 0 else f"−{comma(-value)}" if value < 0 else "0"


def _satisfied(row: SatisfactionRow, *, is_short: bool = False) -> str:
    """Return how many are satisfied, of whom; in short without the bounds of the share."""
    more = "" if row.n_from == row.n_to else " или больше" if row.n_to == row.n_answered else " или меньше"  # fmt: skip
    n = row.n_to if row.n_to != row.n_answered else row.n_from
    if is_short:
        return f"«{row.wave.title}»: довольны {n}{more} из {row.n_answered} ответивших, спросили {row.n_asked}."
    low, high = row.of_asked or (0.0, 1.0)
    bounds = f"от {math.floor(low * 100 + 1e-9)} до {math.ceil(high * 100 - 1e-9)} %"
    return (
        f"«{row.wave.title}»: довольны ({row.least} и больше из {row.most}) {n}{more} из {row.n_answered} ответивших; "
        f"спросили {row.n_asked}, доля среди всех спрошенных – {bounds} в 95 таких группах из 100."
    )
