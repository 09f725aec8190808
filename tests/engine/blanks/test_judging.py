"""The rule of doubt on invented ink: what is sure, and each reason to ask a person."""

import numpy as np
import pytest

from nastavnik.engine.blanks.answers import MarkDoubt
from nastavnik.engine.blanks.inks import BoxInks
from nastavnik.engine.blanks.judging import judge
from nastavnik.engine.blanks.layout import REFERENCES, SheetBox

N_ITEMS = 12
CROSS = 0.15


def seen(
    marks, *, several=False, blank=(), cover=None, around=None, outline=None, outside=None, line=0.3
):
    """Judge twelve items of five boxes; `marks` is the ink by item and box, every other item crossed in its first box."""
    boxes = [SheetBox(f"q{n}", k, several, 0, 0) for n in range(N_ITEMS) for k in range(5)]
    size = len(boxes) + len(REFERENCES)
    noise = np.random.default_rng(1).normal(0, 0.0004, size)
    ink, covers = 0.02 + noise, np.full(size, 0.05)
    for n in range(1, N_ITEMS):
        ink[n * 5] += CROSS
        covers[n * 5] = 0.4
    for (item, box), value in marks.items():
        ink[item * 5 + box] = 0.02 + value
    for place, value in enumerate(blank):
        ink[len(boxes) + place] += value
    beside, lines, lost = np.full(size, 0.01), np.full(size, line), np.zeros(size)
    for values, given in ((covers, cover), (beside, around), (lines, outline), (lost, outside)):
        for (item, box), value in (given or {}).items():
            values[item * 5 + box] = value
    return judge(boxes, BoxInks(ink, covers, beside, lines, lost, np.zeros((size, 2))))


def first(judgement):
    return judgement.answers["q0"], judgement.doubts.get("q0")


def test_one_mark_is_the_answer_and_none_is_no_answer():
    judgement = seen({(0, 3): 0.14})
    assert first(judgement) == (3, None)
    assert not judgement.doubts
    assert judgement.answers["q1"] == 0
    assert first(seen({})) == (None, None)


def test_a_slip_of_the_pen_is_no_second_mark():
    assert first(seen({(0, 3): 0.15, (0, 1): 0.02})) == (3, None)
    assert first(seen({(0, 3): 0.15, (0, 1): 0.06})) == (3, MarkDoubt.TWO_MARKS)


def test_filled_is_taken_back_and_crossed_counts():
    assert first(seen({(0, 2): 0.5, (0, 4): 0.15}, cover={(0, 2): 1.0, (0, 4): 0.4})) == (4, None)


def test_a_box_filled_no_darker_than_the_new_mark_is_asked_about():
    judgement = seen({(0, 2): 0.21, (0, 4): 0.2}, cover={(0, 2): 1.0, (0, 4): 0.4})
    assert judgement.doubts == {"q0": MarkDoubt.TWO_MARKS}


def test_one_filled_box_alone_is_the_answer():
    assert first(seen({(0, 2): 0.5}, cover={(0, 2): 1.0})) == (2, None)


def test_a_mark_weaker_than_the_writers_usual_one_is_asked_about():
    assert first(seen({(0, 2): 0.03})) == (2, MarkDoubt.WEAK_MARK)


def test_a_trace_of_ink_is_not_believed_to_be_nothing():
    assert first(seen({(0, 2): 0.006})) == (None, MarkDoubt.WEAK_MARK)
    assert first(seen({(0, 2): 0.002})) == (None, None)


def test_a_page_whose_blank_boxes_look_marked_believes_no_such_marks():
    assert first(seen({(0, 2): 0.06})) == (2, None)
    assert first(seen({(0, 2): 0.06}, blank=[0.06])) == (2, None)  # somebody wrote in one
    assert first(seen({(0, 2): 0.06}, blank=[0.06, 0.05]))[1] == MarkDoubt.PALE_SHEET


def test_ink_beside_the_boxes_is_asked_about():
    assert first(seen({}, around={(0, 2): 0.06})) == (None, MarkDoubt.MARK_BESIDE)


def test_blanks_of_a_pale_sheet_are_asked_about():
    pale = {(n, 0): 0.02 for n in range(1, N_ITEMS)}
    assert seen(pale).doubts["q0"] == MarkDoubt.PALE_SHEET


def test_a_box_that_is_not_seen_is_asked_about():
    assert first(seen({(0, 3): 0.15}, outline={(0, 1): 0.05}))[1] == MarkDoubt.BOX_NOT_SEEN
    assert first(seen({(0, 3): 0.15}, outside={(0, 1): 0.5}))[1] == MarkDoubt.BOX_NOT_SEEN


def test_many_doubts_put_the_whole_page_in_doubt():
    weak = {(n, 2): 0.12 for n in range(1, 5)}
    judgement = seen(weak)
    assert len(judgement.doubts) == N_ITEMS
    assert judgement.doubts["q9"] == MarkDoubt.POOR_PICTURE


def test_a_page_without_outlines_is_never_believed():
    none = {(n, k): 0.01 for n in range(N_ITEMS) for k in range(5)}
    assert len(seen({(0, 3): 0.15}, outline=none).doubts) == N_ITEMS


@pytest.mark.parametrize(
    ("marks", "cover", "answer"),
    [
        ({(0, 1): 0.15, (0, 3): 0.13}, {}, ((1, 3), None)),
        ({(0, 1): 0.15, (0, 3): 0.03}, {}, ((1,), MarkDoubt.WEAK_MARK)),
        ({}, {}, (None, None)),
        (
            {(0, 1): 0.15, (0, 3): 0.5},
            {(0, 1): 0.4, (0, 3): 1.0},
            ((1, 3), MarkDoubt.FILLED_AMONG_CROSSED),
        ),
    ],
)
def test_several(marks, cover, answer):
    assert first(seen(marks, several=True, cover=cover)) == answer


@pytest.mark.parametrize(("line", "is_poor"), [(0.05, True), (0.10, False)])
def test_a_page_whose_lines_are_washed_out_is_looked_at_whole(line, is_poor):
    """Where the printed lines are blurred away a pencil mark is, too: a mark was lost in silence at 0.040."""
    judgement = seen({(0, 3): 0.14}, line=line)
    assert bool(judgement.doubts) == is_poor
    assert set(judgement.doubts.values()) <= {MarkDoubt.POOR_PICTURE}
    assert len(judgement.doubts) in (0, N_ITEMS)
