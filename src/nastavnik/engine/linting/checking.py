"""All rules over one document."""

from collections.abc import Sequence
from dataclasses import dataclass

from nastavnik.engine.linting import acts, annexes, counts, names, plans, schools, stages, titles
from nastavnik.engine.linting.findings import LintFinding
from nastavnik.engine.linting.lexicon import Lexicon
from nastavnik.engine.linting.model import paper_of
from nastavnik.engine.linting.pairs import NamedRow, named_rows
from nastavnik.engine.roadmaps.blocks import Block

_RULES = (
    schools.find_foreign,
    names.find_two_names,
    names.find_two_approvers,
    counts.find_counts,
    counts.find_registers,
    stages.find_stages,
    annexes.find_annexes,
    titles.find_titles,
    plans.find_targets,
    plans.find_days,
    plans.find_deadlines,
    acts.find_acts,
    acts.find_own_numbers,
)


@dataclass(frozen=True, slots=True)
class LintedPaper:
    """What was found in a document, and the rows that may name pairs, to be held against the base."""

    findings: tuple[LintFinding, ...]
    rows: tuple[NamedRow, ...]


def lint(blocks: Sequence[Block], lexicon: Lexicon) -> LintedPaper:
    """Return what a checker would find in a document, by line, each thing once.

    Args:
        blocks: the document, as `readers.documents` reads it.
        lexicon: words of the field and legal acts.
    """
    paper = paper_of(blocks)
    found = [one for rule in _RULES for one in rule(paper, lexicon)]
    once = {(one.rule, one.line, one.why): one for one in found}
    by_line = sorted(once.values(), key=lambda one: (one.line, one.rule))
    return LintedPaper(tuple(by_line), named_rows(paper))
