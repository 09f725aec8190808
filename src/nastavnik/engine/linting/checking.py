"""All rules over one document."""

from collections.abc import Sequence

from nastavnik.engine.linting import acts, annexes, counts, names, plans, schools, stages, titles
from nastavnik.engine.linting.findings import LintFinding
from nastavnik.engine.linting.lexicon import Lexicon
from nastavnik.engine.linting.model import document_of
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


def lint(blocks: Sequence[Block], lexicon: Lexicon) -> tuple[LintFinding, ...]:
    """Return what a checker would find in a document, by line; each thing once.

    Args:
        blocks: the document, as `readers.documents` reads it.
        lexicon: words of the field and legal acts.
    """
    document = document_of(blocks)
    found = [one for rule in _RULES for one in rule(document, lexicon)]
    once = {(one.rule, one.line, one.why): one for one in found}
    return tuple(sorted(once.values(), key=lambda one: (one.line, one.rule)))
