"""All pairs at once against one pair at a time, and a part of them against all."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.matching.people import AREAS, INTERESTS, crowd, mentee, mentor, schools

from nastavnik.engine.matching import eligibility, pool
from nastavnik.engine.matching.candidates import (
    PART_CODES,
    Edge,
    FormRule,
    Mentee,
    Mentor,
    Rules,
    judge,
    standard_rules,
)
from nastavnik.engine.matching.pool import find_candidates
from nastavnik.engine.matching.proposing import Wishes, propose

RULES = standard_rules()
KINDS = ("pupil", "teacher")
CODES = ("a", "b", "c")
HUGE = 10**30


def told(found):
    """Return every kept pair with all that is told of it."""
    return {(n, j): edge for n in range(len(found.mentees)) for j, edge in found.row(n).items()}


def check_against_judging(mentors, mentees, rules, forbidden):
    found = find_candidates(mentors, mentees, rules, forbidden=forbidden)
    refusals = Counter()
    for i, taker in enumerate(found.mentees):
        refused = Counter()
        row = found.row(i)
        for j, giver in enumerate(found.mentors):
            said = judge(giver, taker, rules, forbidden=forbidden)
            if isinstance(said, Edge):
                assert row.pop(j) == said
                assert found.score[found.position(i, j)] == said.score
            else:
                refused[said] += 1
        assert row == {}
        assert dict(found.refusals_of(i)) == refused
        refusals += refused
    assert dict(found.refusals) == refusals
    assert found.n_possible + refusals.total() == len(mentors) * len(mentees)
    for j, giver in enumerate(found.mentors):
        used = {edge.form for (_, other), edge in told(found).items() if other == j}
        limits = [rules.forms[code].mentor_max_mentees for code in used]
        assert found.capacity[j] == min([giver.capacity, *limits])


@given(schools())
def test_a_school_comes_out_as_judged_pair_by_pair(school):
    mentors, mentees, forbidden = school
    check_against_judging(mentors, mentees, RULES, forbidden)


NUMBERS = st.none() | st.integers(0, 12)
WORDS = st.sampled_from(("", "x", "y"))
SETS = {name: st.frozensets(st.sampled_from(AREAS + INTERESTS), max_size=4) for name in "abcde"}


@st.composite
def anybody(draw, side, key, others):
    """Draw a person of whom anything may be said."""
    said = {
        "key": key,
        "kind": draw(st.sampled_from(KINDS)),
        "forms": draw(st.frozensets(st.sampled_from((*CODES, "unknown")))),
        "interests": draw(SETS["a"]),
        "slots": draw(SETS["b"]),
        "venues": draw(SETS["c"]),
        "languages": draw(SETS["d"]),
        "grade": draw(NUMBERS),
        "age": draw(NUMBERS),
        "subject": draw(WORDS),
        "family": draw(WORDS),
        "organisation": draw(WORDS),
    }
    if side is Mentor:
        return Mentor(**said, competences=draw(SETS["e"]), capacity=draw(st.integers(0, 3)))
    teachers = st.frozensets(st.sampled_from(others), max_size=2)
    return Mentee(**said, areas=draw(SETS["e"]), class_teachers=draw(teachers))


@st.composite
def any_rules(draw):
    """Draw rules of which anything may be asked."""
    forms = {
        code: FormRule(
            code=code,
            mentor_kinds=draw(st.frozensets(st.sampled_from(KINDS))),
            mentee_kinds=draw(st.frozensets(st.sampled_from(KINDS))),
            min_grade_gap=draw(st.none() | st.integers(0, 3)),
            min_age_gap=draw(st.none() | st.integers(0, 3)),
            same_subject=draw(st.booleans()),
            same_organisation=draw(st.booleans()),
            mentee_min_age=draw(st.none() | st.integers(0, 12)),
            mentor_max_mentees=draw(st.integers(1, 3)),
            forbid_class_teacher=draw(st.booleans()),
        )
        for code in CODES
    }
    weights = draw(st.dictionaries(st.sampled_from(PART_CODES), st.integers(0, 9)))
    return Rules(forms=forms, weights=weights, version="x", forbid_family=draw(st.booleans()))


@st.composite
def worlds(draw):
    """Draw people of whom some stand on both sides, rules and bans."""
    keys = ("p0", "p1", "p2", "p3")
    givers = [draw(anybody(Mentor, key, keys)) for key in draw(st.sets(st.sampled_from(keys)))]
    takers = [draw(anybody(Mentee, key, keys)) for key in draw(st.sets(st.sampled_from(keys)))]
    pairs = st.tuples(st.sampled_from(keys), st.sampled_from(keys))
    return givers, takers, draw(any_rules()), draw(st.frozensets(pairs, max_size=4))


@given(worlds())
def test_whatever_the_rules_ask_it_comes_out_as_judged_pair_by_pair(world):
    check_against_judging(*world)


def test_blocks_join_without_a_seam(monkeypatch):
    monkeypatch.setattr(eligibility, "N_CELLS", 3)
    mentors = [mentor(f"m{n}", grade=6 + n % 4, interests=frozenset(INTERESTS)) for n in range(3)]
    mentees = [mentee(f"e{n}", grade=5 + n % 4, interests=frozenset(INTERESTS)) for n in range(7)]
    check_against_judging(mentors, mentees, RULES, frozenset({("m1", "e2"), ("m2", "e6")}))


def test_a_hundred_words_and_numbers_of_any_size_are_counted_exactly():
    words = frozenset(map(str, range(150)))
    one = mentor(competences=words, interests=words, grade=HUGE + 1, age=HUGE)
    other = mentee(areas=words, interests=words - {"7"}, grade=HUGE, age=3)
    check_against_judging([one], [other], RULES, frozenset())
    heavy = replace(RULES, weights={"area": HUGE, "interest": 1})
    found = find_candidates([one], [other], heavy)
    assert found.score.tolist() == [150 * HUGE + 149]
    far = replace(RULES.forms["pupil_pupil"], min_grade_gap=HUGE)
    check_against_judging([one], [other], replace(RULES, forms={"pupil_pupil": far}), frozenset())


def test_a_pair_that_is_none_has_nothing_to_tell():
    found = find_candidates([mentor(), mentor("m2", grade=1)], [mentee()], RULES)
    with pytest.raises(KeyError):
        found.edge(0, 1)


@given(schools(), st.randoms(use_true_random=False))
def test_the_order_of_people_changes_nothing(school, random):
    mentors, mentees, forbidden = school
    mixed = random.sample(mentors, len(mentors)), random.sample(mentees, len(mentees))
    one = find_candidates(mentors, mentees, RULES, forbidden=forbidden)
    other = find_candidates(*mixed, RULES, forbidden=forbidden)
    assert (one.mentors, one.refusals) == (other.mentors, other.refusals)
    assert told(one) == told(other)


def test_places_are_cut_to_what_the_form_allows():
    people = [mentor("a", capacity=9), mentor("b", capacity=2), mentor("c", capacity=9, grade=1)]
    found = find_candidates(people, [mentee()], RULES)
    assert found.capacity == (3, 2, 9)


def test_double_keys_and_negative_places_are_refused():
    with pytest.raises(ValueError, match="наставников ключ «m1» встречается дважды"):
        find_candidates([mentor(), mentor()], [], RULES)
    with pytest.raises(ValueError, match="наставляемых ключ «e1»"):
        find_candidates([], [mentee(), mentee()], RULES)
    with pytest.raises(ValueError, match="«m1» указано мест: -1"):
        find_candidates([mentor(capacity=-1)], [], RULES)
    with pytest.raises(ValueError, match="«m1» указано, что он уже ведёт: -1"):
        find_candidates([mentor(n_led=-1)], [], RULES)


@given(schools(max_mentors=6, max_mentees=9), st.integers(1, 2), st.data())
def test_with_the_best_of_each_the_pairs_are_those_of_all(school, n_best, data):
    mentors, mentees, forbidden = school
    wishes = Wishes(
        mentees={
            one.key: tuple(data.draw(st.permutations([m.key for m in mentors]))[:2])
            for one in mentees[::2]
        },
        mentors={
            one.key: tuple(data.draw(st.permutations([m.key for m in mentees]))[:2])
            for one in mentors[::3]
        },
    )
    law = replace(RULES, rank_weight=data.draw(st.sampled_from((0, 7, 10**6))))
    given_ = {"forbidden": forbidden, "wishes": wishes}
    if mentees and mentors:
        given_["locked"] = data.draw(
            st.dictionaries(
                st.sampled_from([m.key for m in mentees]),
                st.sampled_from([m.key for m in mentors]),
                max_size=1,
            )
        )
        given_["previous"] = data.draw(
            st.dictionaries(
                st.sampled_from([m.key for m in mentees]), st.sampled_from([m.key for m in mentors])
            )
        )
    mentors = [replace(one, n_led=data.draw(st.integers(0, 2))) for one in mentors]
    whole = propose(mentors, mentees, law, **given_)
    part = propose(mentors, mentees, law, **given_, n_best=n_best)
    assert part.certificate.ok
    assert part == whole


def test_no_wish_makes_a_pair_left_out_seem_to_cost_more_than_a_person():
    """Only with a mentor not chosen, of a pair left out at first, is there a place for all three."""
    words = frozenset(AREAS)
    mentors = [
        mentor("m1", competences=words, capacity=1),
        mentor("m2", capacity=2, interests=frozenset(INTERESTS)),
    ]
    mentees = [
        mentee("e1", areas=words, grade=3),
        mentee("e2", areas=words, grade=3),
        mentee("e3", interests=frozenset(INTERESTS), grade=3),
    ]
    given_ = {"wishes": Wishes(mentees={"e1": ("m1",)}), "forbidden": frozenset({("m2", "e2")})}
    law = replace(RULES, rank_weight=10**6)
    few = find_candidates(mentors, mentees, law, forbidden=given_["forbidden"], n_best=1)
    assert few.position(0, 1) == -1
    part = propose(mentors, mentees, law, **given_, n_best=1)
    assert part.n_matched == 3
    assert part == propose(mentors, mentees, law, **given_)


def test_the_best_of_each_side_and_what_is_named_are_kept():
    mentors, mentees = crowd(7, 40, 30)
    whole = find_candidates(mentors, mentees, RULES)
    worst = min(told(whole).items(), key=lambda one: one[1].score)[0]
    named = (whole.mentors[worst[1]].key, whole.mentees[worst[0]].key)
    few = find_candidates(mentors, mentees, RULES, n_best=2, always=[named])
    kept = told(few)
    assert worst in kept
    assert kept.items() <= told(whole).items()
    for side, people in ((0, whole.mentees), (1, whole.mentors)):
        for number in range(len(people)):
            mine = sorted((e.score for at, e in told(whole).items() if at[side] == number))[-2:]
            own = sorted((e.score for at, e in kept.items() if at[side] == number))[-2:]
            assert own == mine


def test_above_a_municipality_only_the_best_are_kept(monkeypatch):
    monkeypatch.setattr(pool, "N_PAIRS_ALL", 100)
    monkeypatch.setattr(pool, "N_BEST", 2)
    mentors, mentees = crowd(3, 60, 25)
    assert len(find_candidates(mentors, mentees, RULES).indices) < 60 * 25 / 2
    heavy = replace(RULES, weights={"area": 1 << 50})
    found = find_candidates(mentors, mentees, heavy)
    assert len(found.indices) == found.n_possible
