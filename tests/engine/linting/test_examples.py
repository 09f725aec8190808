"""The worked examples of docs/algorithms/linting.md, and that every rule stands on the page."""

import pytest
from tests.docs.pages import page, table

from nastavnik.engine.linting.findings import LintRule
from nastavnik.readers.linting import lint_document

PAGE = page("algorithms/linting.md")
EXAMPLES = table(PAGE, "findings")


@pytest.mark.parametrize(("paper", "rules"), EXAMPLES)
def test_the_page_says_what_is_found(paper, rules):
    found = lint_document("\n".join(paper.split(" / ")).encode(), "paper.txt").findings
    assert ", ".join(one.rule for one in found) == rules.replace("–", "")


def test_a_finding_points_to_its_line_and_words():
    text = "Положение\n\nПо ст. 358.1 ТК РФ\nнаставничество оплачивается."
    (one,) = lint_document(text.encode(), "paper.txt").findings
    assert (one.line, one.rule) == (3, LintRule.ACT_MISQUOTED)
    assert "358.1" in one.text
    assert "351.8" in one.why
    assert "351.8" in one.why_en


def test_the_stop_of_an_article_ends_no_sentence():
    said = "Доплата положена по ст. 351.9 ТК РФ за наставничество."
    (one,) = lint_document(f"Положение\n\n{said}".encode(), "paper.txt").findings
    assert one.rule == LintRule.ACT_MISQUOTED
    # another article of the same code, in a sentence about something else, is none of ours
    other = "Наставничество ведётся весь год. Отпуск дают по ст. 351.9 ТК РФ."
    assert not lint_document(f"Положение\n\n{other}".encode(), "paper.txt").findings


@pytest.mark.parametrize("rule", set(LintRule) - {LintRule.OTHER_PAIR})
def test_the_page_names_every_rule(rule):
    assert f"`{rule}`" in PAGE
