"""The list of the week finds planted trouble in simulated years: the figures of docs/algorithms/attention.md."""

import pytest
from tests.mentorships.year_of_sixty import PLANTED, read_a_year, summed

from nastavnik.mentorships.queries import AT_MOST_A_WEEK

# the rules were looked at with seeds below 100; these are apart
SEEDS = (1000, 1001)
MANY = range(1000, 1100)
WANTED = 0.9


def share(sums, name):
    found, of = sums[name]
    return found / of


def check(years):
    sums = summed(years)
    assert share(sums, "all") >= WANTED, sums
    assert max(max(year.shown) for year in years) <= AT_MOST_A_WEEK
    assert set(sums) == {*PLANTED, "all"}


def test_the_list_finds_what_is_planted_within_a_week():
    check([read_a_year(seed) for seed in SEEDS])


def test_without_a_rule_or_by_lot_it_does_not():
    without = summed([read_a_year(SEEDS[0], without=("silent", "no_word"))])
    assert share(without, "silent") < WANTED / 2
    assert share(without, "stuck") >= WANTED
    assert share(summed([read_a_year(SEEDS[0], lottery=True)]), "all") < WANTED / 2


@pytest.mark.deep
def test_a_hundred_years():
    years = [read_a_year(seed) for seed in MANY]
    check(years)
    sums = summed(years)
    for trouble in PLANTED:
        assert share(sums, trouble) >= 0.8, sums
