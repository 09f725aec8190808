"""Prices of «why not», told of a part of the pairs and proven over all of them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.matching.oracles import by_ortools, some
from tests.engine.matching.people import crowd, mentee, mentor, schools
from tests.engine.matching.strategies import cases

from nastavnik.engine.matching import compiled, network, prices, proposing
from nastavnik.engine.matching.candidates import standard_rules
from nastavnik.engine.matching.pool import find_candidates
from nastavnik.engine.matching.proposing import Price, Wishes, propose

RULES = standard_rules()
#: Mentors of two places each for sixty mentees: from far too few to some to spare.
N_MENTORS = st.sampled_from((10, 25, 32, 45))


def forced(found, mentee, mentor):
    """Return what OR-Tools finds where one pair is made: people and score of all."""
    rows = [found.row(i) for i in range(len(found.mentees))]
    points = rows[mentee][mentor].score
    rows[mentee] = {}
    indptr, indices, score = [0], [], []
    for row in rows:
        indices += row
        score += [edge.score for edge in row.values()]
        indptr.append(len(indices))
    capacity = list(found.capacity)
    capacity[mentor] -= 1
    n_matched, total = by_ortools(*map(np.array, (indptr, indices, score, capacity)))
    return n_matched + 1, total + points


@given(seed=st.integers(0, 2**32), n_best=st.integers(1, 3), n_mentors=st.sampled_from((4, 7, 10)))
@some(4)
def test_of_a_part_of_the_pairs_the_cheapest_others_of_all_are_told(seed, n_best, n_mentors):
    law = replace(RULES, load_cost=0)
    mentors, mentees = crowd(seed, 14, n_mentors)
    whole = find_candidates(mentors, mentees, law)
    told = propose(mentors, mentees, law, n_best=n_best)
    best = told.n_matched, told.total_score
    number = {one.key: n for n, one in enumerate(whole.mentees)}
    place = {one.key: n for n, one in enumerate(whole.mentors)}
    for pair in told.pairs:
        i = number[pair.mentee]
        others = {j: forced(whole, i, j) for j in whole.row(i) if j != place[pair.mentor]}
        costs = sorted((best[0] - n, best[1] - points) for n, points in others.values())
        assert [(one.price.people, one.price.points) for one in pair.alternatives] == costs[:3]
        for one in pair.alternatives:
            people, points = others[place[one.mentor]]
            assert (best[0] - people, best[1] - points) == (one.price.people, one.price.points)


@given(seed=st.integers(0, 2**32), n_best=st.integers(1, 3), n_mentors=N_MENTORS)
@some(6)
def test_nothing_that_is_told_depends_on_how_many_pairs_were_kept(seed, n_best, n_mentors):
    mentors, mentees = crowd(seed, 60, n_mentors)
    few = find_candidates(mentors, mentees, RULES, n_best=n_best)
    assert len(few.indices) < few.n_possible
    assert propose(mentors, mentees, RULES, n_best=n_best) == propose(mentors, mentees, RULES)


def rounds(monkeypatch):
    """Note of each look at the pairs left out how many came back."""
    noted, look = [], proposing.reopened

    def noting(candidates, **values):
        wider = look(candidates, **values)
        is_for_prices = not isinstance(values["slack"], int)
        noted.append((is_for_prices, len(wider.indices) - len(candidates.indices) if wider else 0))
        return wider

    monkeypatch.setattr(proposing, "reopened", noting)
    return noted


def test_few_pairs_come_back_in_few_looks(monkeypatch):
    noted = rounds(monkeypatch)
    mentors, mentees = crowd(5, 120, 60)
    found = propose(mentors, mentees, RULES, n_best=4)
    assert found == propose(mentors, mentees, RULES)
    for_prices = [n for is_for_prices, n in noted if is_for_prices]
    assert len(for_prices) <= 2
    kept = len(find_candidates(mentors, mentees, RULES, n_best=4).indices)
    back = sum(n for _, n in noted)
    assert 0 < sum(for_prices) <= back < (found.n_candidates - kept) / 2


def test_where_all_pairs_are_kept_none_is_looked_for(monkeypatch):
    noted = rounds(monkeypatch)
    propose(*crowd(5, 20, 8), RULES)
    assert {n for _, n in noted} == {0}


def differs(seeds, n_best=2):
    """Return in how many crowds what is told of a part is not what is told of all."""
    count = 0
    for seed in seeds:
        mentors, mentees = crowd(seed, 60, 32)
        part = propose(mentors, mentees, RULES, n_best=n_best)
        whole = propose(mentors, mentees, RULES)
        assert [(p.mentor, p.mentee) for p in part.pairs] == [
            (p.mentor, p.mentee) for p in whole.pairs
        ]
        count += part != whole
    return count


def test_without_looking_again_prices_would_be_wrong(monkeypatch):
    monkeypatch.setattr(proposing, "_priced", lambda _asked, *found: found)
    assert differs(range(3)) == 3


def by_points(points, capacity):
    """Make people of whom just these pairs are possible, with these points."""
    tags = {pair: frozenset(f"{pair} {n}" for n in range(most)) for pair, most in points.items()}
    givers, takers = ({pair[side] for pair in points} for side in (1, 0))
    mentors = [
        mentor(one, competences=some_of(tags, 1, one), capacity=capacity.get(one, 1))
        for one in givers
    ]
    mentees = [mentee(one, areas=some_of(tags, 0, one)) for one in takers]
    nobody = {(a, b) for a in givers for b in takers if (b, a) not in points}
    law = replace(RULES, weights={"area": 1}, load_cost=0)
    return mentors, mentees, law, frozenset(nobody)


def some_of(tags, side, key):
    return frozenset().union(*(words for pair, words in tags.items() if pair[side] == key))


def ring(name, n, to):
    """Let `name` and n others each have a mentor of the own, and swap nearly for nothing with `name`."""
    points = {(name, to): 300}
    for k in range(n):
        points[name, f"{to}{k}"] = 299 - k
        points[f"{name}{k}", f"{to}{k}"] = 300
        points[f"{name}{k}", to] = 299
    return points


def spare(n):
    """Let `l` have places to spare, and n others whom it would suit better than anybody else."""
    return {(f"q{k}", f"m{k}"): 400 for k in range(n)} | {(f"q{k}", "l"): 350 for k in range(n)}


#: Put with `j`, `i` sends `k` to `l`: a pair that was left out, and far dearer than the three swaps told of `k`.
ONE_MOVE = {("i", "h"): 300, ("i", "j"): 290, ("k", "l"): 100} | ring("k", 3, "j") | spare(4)
#: The same, but `i` sends `w` on, whose own three swaps are cheap as well, and only `w` sends `k` on.
TWO_MOVES = (
    {("i", "h"): 300, ("i", "g"): 290, ("w", "j"): 260, ("k", "l"): 100}
    | ring("w", 3, "g")
    | ring("k", 4, "j")
    | spare(5)
)


def told_of_part_and_all(points, n_best):
    mentors, mentees, law, nobody = by_points(points, {"l": 2})
    few = find_candidates(mentors, mentees, law, forbidden=nobody, n_best=n_best)
    assert few.n_possible - len(few.indices) == 1  # k with l
    return [propose(mentors, mentees, law, forbidden=nobody, n_best=n) for n in (n_best, None)]


def price_of(found, who, other):
    (pair,) = (one for one in found.pairs if one.mentee == who)
    return next(one.price for one in pair.alternatives if one.mentor == other)


@pytest.mark.parametrize(
    ("points", "n_best", "other", "price"),
    [(ONE_MOVE, 4, "j", Price(0, 10 + 200)), (TWO_MOVES, 5, "g", Price(0, 10 + 40 + 200))],
)
def test_a_pair_left_out_may_be_the_cheapest_way_for_somebody_else(
    monkeypatch, points, n_best, other, price
):
    part, whole = told_of_part_and_all(points, n_best)
    assert part == whole
    assert price_of(part, "i", other) == price
    monkeypatch.setattr(prices.Standing, "_carried", lambda _self, left: [0] * len(left))
    part, whole = told_of_part_and_all(points, n_best)
    assert price_of(part, "i", other) > price_of(whole, "i", other)


@pytest.mark.parametrize("n", range(6))
def test_a_pair_that_comes_out_equal_by_one_left_out_may_be_told_instead(n):
    # four others at one price, of whom the hashes choose three; one of them is so cheap only by `k` with `l`
    who = f"i{n}"
    points = {(who if a == "i" else a, b): most for (a, b), most in ONE_MOVE.items()}
    points |= {(who, f"x{k}"): 90 for k in range(3)}
    part, whole = told_of_part_and_all(points, 4)
    assert part == whole
    (pair,) = (one for one in whole.pairs if one.mentee == who)
    assert {one.price for one in pair.alternatives} == {Price(0, 210)}


def test_what_is_left_to_spend_is_carried_on_from_move_to_move(monkeypatch):
    monkeypatch.setattr(prices.Standing, "_carried", lambda _self, left: left)
    part, whole = told_of_part_and_all(ONE_MOVE, 4)
    assert part == whole
    part, whole = told_of_part_and_all(TWO_MOVES, 5)
    assert price_of(part, "i", "g") > price_of(whole, "i", "g")


@pytest.mark.parametrize("n_best", [1, 3])
def test_compiled_and_plain_tell_the_same_prices(monkeypatch, n_best):
    if not compiled.is_installed():
        pytest.skip("the extra `district` is not installed")
    mentors, mentees = crowd(11, 60, 32)
    plain = propose(mentors, mentees, RULES, n_best=n_best)
    monkeypatch.setattr(network, "N_PAIRS_COMPILED", 0)
    assert propose(mentors, mentees, RULES, n_best=n_best) == plain


@given(schools(max_mentors=5, max_mentees=8), st.data())
def test_with_a_load_wishes_and_numbers_of_any_size_prices_are_those_of_all(school, data):
    mentors, mentees, forbidden = school
    wishes = Wishes(
        mentors={
            one.key: tuple(data.draw(st.permutations([m.key for m in mentees]))[:2])
            for one in mentors[::2]
        }
    )
    law = replace(
        RULES,
        load_cost=data.draw(st.sampled_from((0, 1, 50, 10**30))),
        rank_weight=data.draw(st.sampled_from((0, 20, 10**25))),
    )
    given_ = {"forbidden": forbidden, "wishes": wishes}
    whole = propose(mentors, mentees, law, **given_)
    assert propose(mentors, mentees, law, **given_, n_best=1) == whole


@given(cases(max_mentees=6, max_mentors=5))
def test_what_is_left_to_spend_is_never_more_than_the_way_out(case):
    standing = case.solve().standing
    slack = standing.slack(3)
    for i, j in enumerate(standing.mate.tolist()):
        if j < 0:
            assert slack[i] == -1
            continue
        told = standing.nth(standing.prices(i, 3)[2], 3)
        assert told <= slack[i] <= max(told, standing.exits[j] - 1)
