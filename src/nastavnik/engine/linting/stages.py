"""The seven stages: missing, mixed, in another order (C2)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nastavnik.engine.linting.findings import LintFinding, LintRule
from nastavnik.engine.linting.lexicon import Lexicon
from nastavnik.engine.linting.model import CheckedPaper, plain
from nastavnik.engine.roadmaps.blocks import SourceRow

_ENOUGH = 4  # stages that make a table one of stages
_LONG = 160  # characters: a stage is a heading
_MANY_ROWS = 25  # a roadmap is no table of stages
_NUMBERED = re.compile(
    r"^(?:этап\s*)?(?:№\s*)?(?:\d+|[IVX]+)\s*(?:-?й\s+)?(?:этап)?[.):\s-]+", re.IGNORECASE
)
_BASES = {1, 2}  # whichever of the two bases comes first


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    head: str
    rest: str


def find_stages(document: CheckedPaper, lexicon: Lexicon) -> Iterator[LintFinding]:
    """Yield stages that a table or a numbered list of them lacks, mixes up or has in another order."""
    for table in document.tables:
        yield from _of_stages([_row(row) for row in table.rows], lexicon)
    for listed in _lists(document):
        yield from _of_stages(listed, lexicon)


def _row(row: SourceRow) -> _Row:
    """Return a row: its heading is the first cell, or the one after its number."""
    at = 1 if len(row.cells) > 1 and re.fullmatch(r"\W*(?:\d+|[IVX]+)\W*", row.cells[0]) else 0
    line = row.sources[0].line if row.sources else 0
    head = plain(" ".join(row.cells[at].split())) if row.cells else ""
    return _Row(line, head, plain(" ".join(row.cells[at + 1 :])))


def _lists(document: CheckedPaper) -> Iterator[list[_Row]]:
    """Yield the headings of numbered lists, whatever stands between them."""
    listed: list[_Row] = []
    last = 0
    for one in document.passages:
        number = re.match(r"\d+", one.plain.removeprefix("Этап").strip(" №"))
        if one.row or not number or not _NUMBERED.match(one.plain) or len(one.text) > _LONG:
            continue
        if int(number[0]) <= last:
            yield listed
            listed = []
        last = int(number[0])
        listed.append(_Row(one.lines[0], one.plain, ""))
    yield listed


def _of_stages(rows: Sequence[_Row], lexicon: Lexicon) -> Iterator[LintFinding]:
    hit = _hit(rows, lexicon)
    named = [row for row in rows if row.head]
    if len(named) > _MANY_ROWS or len(hit) < _ENOUGH or len(hit) * 2 < len(named):
        return
    first = next(iter(hit.values()))
    for n, stage in enumerate(lexicon.stages):
        if n not in hit:
            yield _found(
                LintRule.STAGE_MISSING,
                first,
                f"Среди этапов нет «{stage.title}»: по Р-145 их семь.",
                f"A stage of the seven is missing: “{stage.title}”.",
            )
        elif (
            stage.other_base
            and stage.other_base.search(hit[n].rest)
            and not stage.sign.search(hit[n].rest)
        ):
            yield _found(
                LintRule.STAGE_MIXED,
                hit[n],
                f"Под этапом «{hit[n].head}» описана работа другого этапа.",
                f"Under the stage “{hit[n].head}” the work of another one is described.",
            )
    for before, after in pairwise(hit):
        if after < before and {before, after} != _BASES:
            names = lexicon.stages[after].title, lexicon.stages[before].title
            yield _found(
                LintRule.STAGE_ORDER,
                hit[after],
                f"Этап «{names[0]}» стоит после этапа «{names[1]}», а идёт раньше него.",
                f"The stage “{names[0]}” stands after “{names[1]}” and comes before it.",
            )
            return


def _hit(rows: Sequence[_Row], lexicon: Lexicon) -> dict[int, _Row]:
    """Return which stages are named, in the order they are."""
    hit: dict[int, _Row] = {}
    for row in rows:
        if len(row.head) <= _LONG:
            signs = (n for n, stage in enumerate(lexicon.stages) if stage.sign.search(row.head))
            n = next(signs, None)
            if n is not None:
                hit.setdefault(n, row)
    return hit


def _found(rule: LintRule, row: _Row, why: str, why_en: str) -> LintFinding:
    advice = "Сверьте этапы с Р-145: семь, по порядку, у каждой базы свой."
    advice_en = "Hold the stages against Р-145: seven, in order, one for each base."
    return LintFinding(rule, row.line, row.head, why, why_en, advice, advice_en)
