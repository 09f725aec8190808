"""Whether a frame shows ink: a word does, an empty one, grain and the edge of a shadow do not."""

import numpy as np
import pytest

from nastavnik.engine.blanks.frames import is_written
from nastavnik.engine.blanks.layout import SHOWN, WritingFrame

FRAME = WritingFrame("words", 8.0, 40.0, 194.0, 17.0)


@pytest.fixture
def page():
    grain = np.random.default_rng(1).normal(210, 6, (1485, 1050))
    return grain.clip(0, 255).astype(np.uint8)


def test_paper_with_grain_is_empty(page):
    assert not is_written(page, FRAME)


def test_the_edge_of_a_shadow_is_no_ink(page):
    page[:, 500:] = (page[:, 500:] * 0.55).astype(np.uint8)
    assert not is_written(page, FRAME)


@pytest.mark.parametrize("dark", [40, 160])  # a pen, a pale pencil
def test_a_short_word_is_ink(page, dark):
    top, left = round(46 * SHOWN), round(20 * SHOWN)
    for n in range(12):  # a zigzag of some millimetres
        x = left + n * 4
        for y in range(12):
            at = x + (y // 3 if n % 2 else (11 - y) // 3)
            page[top + y, at : at + 3] = dark
    assert is_written(page, FRAME)


def test_a_frame_of_no_size_is_looked_at(page):
    assert is_written(page, WritingFrame("words", 8.0, 40.0, 4.0, 4.0))
