"""Where boxes stand: inside the codes, off the folds, apart from each other, the same whenever it is asked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastavnik.engine.blanks.layout import (
    BOX,
    CODE,
    CORNER_PLACES,
    EDGE,
    FOLD_ACROSS,
    FOLDS_DOWN,
    HEIGHT,
    REFERENCES,
    WIDTH,
    PrintedOption,
    PrintedQuestion,
    broken,
    lay_out,
)


def measure(text, size, bold):
    return len(text) * size * (0.2 if bold else 0.18)


LABELS = st.integers(1, 60).map(lambda n: ("слово и дело " * 5)[:n].strip() or "да")


@st.composite
def questions(draw):
    asked = []
    for n in range(draw(st.integers(1, 14))):
        kind = draw(st.sampled_from(["scale", "labels", "written", "note"]))
        options = ()
        if kind == "scale":
            options = tuple(PrintedOption(k, str(k)) for k in range(draw(st.integers(2, 11))))
        elif kind == "labels":
            labels = draw(st.lists(LABELS, min_size=2, max_size=12))
            options = tuple(PrintedOption(f"o{k}", label) for k, label in enumerate(labels))
        code = "" if kind == "note" else f"q{n}"
        heading = draw(st.sampled_from(["", "", "Раздел"]))
        lines = draw(st.integers(1, 3)) if kind == "written" else 0
        asked.append(
            PrintedQuestion(code, draw(LABELS) * 3, options, draw(st.booleans()), lines, heading)
        )
    return asked


@given(questions())
def test_every_box_has_a_place_of_its_own(asked):
    pages = lay_out(asked, measure)
    placed = [(box.item, box.value) for page in pages for box in page.boxes]
    assert placed == [(one.code, option.value) for one in asked for option in one.options]
    for page in pages:
        centres = np.array([box.centre for box in page.boxes] + list(REFERENCES))
        apart = np.abs(centres[:, None] - centres[None]).max(2) + 1000 * np.eye(len(centres))
        assert apart.min() >= BOX + 2 * 1.75
        for x, y in centres:
            for left, top in CORNER_PLACES.values():
                assert (
                    max(abs(x - left - CODE / 2), abs(y - top - CODE / 2)) > (CODE + BOX) / 2 + 1.5
                )
            assert x - BOX / 2 >= EDGE
            assert x + BOX / 2 <= WIDTH - EDGE
            assert 18 < y < HEIGHT - 12


@given(questions())
def test_no_box_lies_on_a_fold(asked):
    for page in lay_out(asked, measure):
        for box in page.boxes:
            x, y = box.centre
            assert abs(x - FOLD_ACROSS) >= BOX / 2 + 2.5 - 1e-9
            assert all(abs(y - fold) >= BOX / 2 + 2.5 - 1e-9 for fold in FOLDS_DOWN)


def test_sheets_printed_before_are_read_as_they_were_printed():
    """Places no key tells: changing them would misread every sheet that is out."""
    assert (EDGE, CODE, BOX) == (8.0, 18.0, 5.0)
    across = (36.1, 46.7, 57.3, 67.9, 142.1, 152.7, 163.3, 173.9)
    assert tuple((x, y) for y in (24.0, 280.0) for x in across) == REFERENCES


def test_nineteen_scales_fit_one_page():
    scale = tuple(PrintedOption(n, str(n)) for n in range(1, 11))
    asked = [PrintedQuestion(f"q{n}", "Насколько это было полезно тебе?", scale) for n in range(19)]
    assert [len(page.boxes) for page in lay_out(asked, measure)] == [190]


def test_more_pages_than_a_code_can_tell_are_refused():
    story = [PrintedQuestion(f"q{n}", "Расскажи", lines=12) for n in range(30)]
    with pytest.raises(ValueError, match="не больше 9"):
        lay_out(story, measure)


def test_a_question_larger_than_a_page_is_refused():
    many = tuple(PrintedOption(n, "слово " * 8) for n in range(60))
    with pytest.raises(ValueError, match="не помещается"):
        lay_out([PrintedQuestion("q", "Что?", many)], measure)


def test_an_answer_longer_than_two_lines_is_refused():
    long = (PrintedOption(1, "слово " * 60), PrintedOption(2, "нет"))
    with pytest.raises(ValueError, match="слишком длинный"):
        lay_out([PrintedQuestion("q", "Что?", long)], measure)


@given(st.text("абв ", max_size=200), st.integers(5, 40))
def test_lines_lose_no_letter_and_are_not_wider(text, width):
    lines = broken(text, width, measure, 10)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(measure(line, 10, False) <= width for line in lines)
