"""The simulator of sheets counts what is wrong as wrong, and what is shown as shown."""

from collections import Counter

from tools.simulate_sheets import HARSH, Tally, _count, error, simulate

from nastavnik.engine.blanks.answers import MarkDoubt
from nastavnik.readers.piles import PageRead, PageTrouble

MEANT = {"a": 1, "b": None, "c": ("x",)}


def counted(page):
    tally = Tally()
    _count(tally, page, "40718351", MEANT, 0.5, "1 ball", Counter())
    return tally


def test_a_right_a_shown_and_a_wrong_item_are_told_apart():
    page = PageRead(1, "40718351", {"a": 1, "b": 2, "c": None}, {"c": MarkDoubt.WEAK_MARK})
    tally = counted(page)
    assert (tally.items, tally.shown, tally.wrong, tally.lost) == (3, 1, 1, 0)
    assert tally.wrongs == ["1 ball b: None read 2"]


def test_a_lost_page_and_another_page_are_lost():
    assert counted(PageRead(1, None, {}, {}, PageTrouble.NO_SHEET)).lost == 1
    assert counted(PageRead(1, "40718352", dict(MEANT), {})).lost == 1


def test_scans_are_read_without_an_error():
    tally = simulate(2, 5, "scan", None)["scan"]
    assert (tally.sheets, tally.lost, tally.wrong) == (2, 0, 0)
    assert tally.shown <= tally.items / 5
    assert "scan" not in HARSH


def test_the_share_of_errors_is_of_what_nobody_is_asked_about():
    assert error([Tally(items=10, shown=5, wrong=1), Tally(items=5)]) == 0.1
    assert error([]) == 0
