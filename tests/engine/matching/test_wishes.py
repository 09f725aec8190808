"""What naming somebody can do to whoever names: for all people, over crowds drawn at random."""

from dataclasses import replace
from itertools import product
from random import Random

import pytest
from tests.engine.matching.people import FORMS, mentee, mentor

from nastavnik.engine.matching.candidates import standard_rules
from nastavnik.engine.matching.pool import find_candidates
from nastavnik.engine.matching.proposing import Wishes, busy_points, propose

RULES = standard_rules()
#: Choices stand above the fit, count beside it, or weigh a point only: what is shown holds for any weight.
WEIGHTS = (1_000_000, 20, 1)
SIDES = ("mentees", "mentors")


class Crowd:
    """A few people with fewer places than mentees more often than not, and what they wish."""

    def __init__(self, seed):
        self.random = random = Random(seed)
        words = ("алгебра", "чтение", "пение")
        self.mentors = [
            mentor(
                f"m{n}",
                grade=random.choice((8, 9, 10, 11)),
                capacity=random.choice((1, 1, 2)),
                n_led=random.choice((0, 0, 1)),
                competences=self.some(words),
                forms=frozenset(random.sample(FORMS[:2], random.choice((1, 2)))) | {FORMS[0]},
            )
            for n in range(random.randint(1, 4))
        ]
        self.mentees = [
            mentee(f"e{n}", grade=random.choice((5, 7, 9)), areas=self.some(words))
            for n in range(random.randint(1, 5))
        ]
        pairs = [(one.key, other.key) for one in self.mentors for other in self.mentees]
        self.rules = replace(RULES, rank_weight=random.choice(WEIGHTS))
        self.given = {"forbidden": frozenset(random.sample(pairs, random.choice((0, 1))))}
        if random.random() < 0.25:
            giver, taker = random.choice(pairs)
            self.given["locked"] = {taker: giver}
        if random.random() < 0.25:
            giver, taker = random.choice(pairs)
            self.given["previous"] = {taker: giver}
        self.wishes = {
            "mentees": {one.key: self.chosen(self.mentors) for one in self.mentees},
            "mentors": {one.key: self.chosen(self.mentees) for one in self.mentors},
        }

    def some(self, words):
        return frozenset(self.random.sample(words, self.random.randint(0, 2)))

    def chosen(self, people):
        named = [one.key for one in people]
        return tuple(self.random.sample(named, self.random.randint(0, min(3, len(named)))))

    def people(self):
        return [(side, who) for side in SIDES for who in self.wishes[side]]

    def others(self, side):
        return self.mentors if side == "mentees" else self.mentees

    def matched(self, side, who, wishes):
        """Return the whole matching and whom one person has, with these wishes of that person."""
        said = {**self.wishes, side: {**self.wishes[side], who: wishes}}
        found = propose(self.mentors, self.mentees, self.rules, wishes=Wishes(**said), **self.given)
        assert found.certificate.ok
        whole = {(pair.mentee, pair.mentor) for pair in found.pairs}
        if side == "mentees":
            return whole, {giver for taker, giver in whole if taker == who}
        return whole, {taker for taker, giver in whole if giver == who}


def harm(crowd, side, who, wishes, without=()):
    """Return what own wishes changed that they may not change; ``without`` is what was wished before, in its order."""
    whole, mine = crowd.matched(side, who, wishes)
    before, had = crowd.matched(side, who, without)
    if had and not mine:
        return "left out"
    if not mine & (set(wishes) - set(without)) and whole != before:
        return "neither the same nor a wish"
    return ""


@pytest.mark.parametrize("block", range(8))
def test_naming_somebody_brings_the_same_or_one_of_those_named(block, request):
    """Of every person: with own wishes either everything is as without them, or one of those named is there."""
    n_crowds = 1000 if request.config.getoption("--deep") else 15
    for seed in range(block * n_crowds, (block + 1) * n_crowds):
        crowd = Crowd(seed)
        for side, who in crowd.people():
            wishes = crowd.wishes[side][who] or crowd.chosen(crowd.others(side))
            assert harm(crowd, side, who, wishes) == "", (seed, side, who)


@pytest.mark.parametrize("block", range(8))
def test_naming_one_more_after_those_named_brings_the_same_or_the_new_one(block, request):
    n_crowds = 1000 if request.config.getoption("--deep") else 15
    for seed in range(block * n_crowds, (block + 1) * n_crowds):
        crowd = Crowd(-1 - seed)
        for side, who in crowd.people():
            named = crowd.wishes[side][who]
            left = [one.key for one in crowd.others(side) if one.key not in named]
            if left:
                more = (*named, crowd.random.choice(left))
                assert harm(crowd, side, who, more, named) == "", (seed, side, who)


def test_a_wish_that_costs_when_not_met_is_caught():
    """The rule of before: it takes points off a pair that being left out does not."""

    class Costly(Crowd):
        def matched(self, side, who, wishes):
            whole = self._with_cost({**self.wishes, side: {**self.wishes[side], who: wishes}})
            place, other = (0, 1) if side == "mentees" else (1, 0)
            return whole, {pair[other] for pair in whole if pair[place] == who}

        def _with_cost(self, said):
            def steps(side, who, whom):
                named = said[side][who]
                return (named.index(whom) if whom in named else 3) if named else 0

            def worth(pairs):
                cost = sum(
                    steps("mentees", taker, giver) + steps("mentors", giver, taker)
                    for taker, giver in pairs
                )
                return len(pairs), -cost, sorted(pairs, reverse=True)

            return set(max(possible(self), key=worth))

    found = {
        harm(crowd, side, who, crowd.wishes[side][who])
        for crowd in map(Costly, range(60))
        for side, who in crowd.people()
    }
    assert "left out" in found


def possible(crowd):
    """Return all that is possible at all without locks: lists of (mentee, mentor)."""
    found = find_candidates(
        crowd.mentors, crowd.mentees, crowd.rules, forbidden=crowd.given["forbidden"]
    )
    keys = [one.key for one in found.mentors]
    choices = [[None, *found.choices(n).tolist()] for n in range(len(found.mentees))]
    for chosen in product(*choices):
        loads = [chosen.count(n) for n in range(len(keys))]
        if all(n <= most for n, most in zip(loads, found.capacity, strict=True)):
            yield [
                (taker.key, keys[n])
                for taker, n in zip(found.mentees, chosen, strict=True)
                if n is not None
            ]


def test_the_most_people_and_then_the_most_points_choices_among_them():
    """Against everything that is possible at all, for small crowds."""
    gains = (3, 2, 1)
    for seed in range(150):
        crowd = Crowd(seed)
        crowd.given = {"forbidden": crowd.given["forbidden"]}
        said, law = Wishes(**crowd.wishes), crowd.rules
        candidates = find_candidates(crowd.mentors, crowd.mentees, law, **crowd.given)
        row = {one.key: candidates.row(n) for n, one in enumerate(candidates.mentees)}
        number = {one.key: n for n, one in enumerate(candidates.mentors)}
        busy = {one.key: busy_points(one, law) for one in crowd.mentors}

        def worth(pairs, said=said, law=law, row=row, number=number, busy=busy):
            points = 0
            for taker, giver in pairs:
                named = said.mentees[taker], said.mentors[giver]
                points += row[taker][number[giver]].score + busy[giver]
                able = (
                    [one for one in named[0] if number[one] in row[taker]],
                    [one for one in named[1] if number[giver] in row[one]],
                )
                for wishes, whom in zip(able, (giver, taker), strict=True):
                    points += law.rank_weight * dict(zip(wishes, gains, strict=False)).get(whom, 0)
            givers = [giver for _taker, giver in pairs]
            loads = [givers.count(giver) for giver in set(givers)]
            return len(pairs), points - law.load_cost * sum(n * (n - 1) // 2 for n in loads)

        found = propose(crowd.mentors, crowd.mentees, law, wishes=said, **crowd.given)
        assert (found.n_matched, found.total_score + found.load_points) == max(
            map(worth, possible(crowd))
        )


def test_with_too_few_places_a_met_first_choice_is_not_passed_over():
    """Sixteen places, twenty-two mentees: her first choice is free, and whoever chose nobody does not get him instead."""
    mentors = [mentor(f"m{n:02}", capacity=1) for n in range(16)]
    mentees = [mentee(f"e{n:02}") for n in range(22)]
    wishes = {f"e{n:02}": (f"m{n:02}", "m00") for n in range(6)}
    for said in (wishes, {"e05": ("m00", "m01", "m02")}):
        found = propose(mentors, mentees, RULES, wishes=Wishes(mentees=said))
        assert found.n_matched == 16
        mentor_of = {pair.mentee: pair.mentor for pair in found.pairs}
        assert {who: mentor_of.get(who) for who in said} == {
            who: named[0] for who, named in said.items()
        }


def test_who_takes_wishes_back_has_what_there_would_have_been_without():
    """Two who fit alike ask for one place: a wish may win it, so without the wish it may go to the other."""
    pair = [mentee("e1"), mentee("e2")]
    without = propose([mentor(capacity=1)], pair, RULES).pairs[0].mentee
    other = {"e1": "e2", "e2": "e1"}[without]
    named = propose([mentor(capacity=1)], pair, RULES, wishes=Wishes(mentees={other: ("m1",)}))
    assert [one.mentee for one in named.pairs] == [other]
    both = Wishes(mentees={"e1": ("m1",), "e2": ("m1",)})
    assert [
        one.mentee for one in propose([mentor(capacity=1)], pair, RULES, wishes=both).pairs
    ] == [without]


def gains(mentees, wishes):
    mentors = [mentor(f"m{n}", capacity=1) for n in range(5)]
    locked = {one: f"m{one[1:]}" for one in mentees}
    people = [mentee(key) for key in mentees]
    found = propose(mentors, people, RULES, locked=locked, wishes=wishes)
    return [pair.wish_gain for pair in found.pairs]


def test_a_choice_counts_by_its_place_and_after_the_third_as_a_third():
    named = tuple(f"m{n}" for n in range(5))
    everybody = [f"e{n}" for n in range(5)]
    assert gains(everybody, Wishes(mentees=dict.fromkeys(everybody, named))) == [3, 2, 1, 1, 1]
    assert gains(["e0"], Wishes({"e0": ("m0",)}, {"m0": ("e1", "e0")})) == [6]
    assert gains(["e0", "e1"], Wishes({"e0": ("m0",)}, {"m0": ("e1", "e0")})) == [5, 0]


def test_naming_somebody_who_cannot_be_had_first_weakens_no_other_choice():
    mentors = [mentor("m1", capacity=1), mentor("m2", grade=5)]
    said = {"e1": ("m1",), "e2": ("m1",)}
    mentees = [mentee("e1"), mentee("e2")]
    plain = propose(mentors, mentees, RULES, wishes=Wishes(said))
    for who in said:
        other = propose(mentors, mentees, RULES, wishes=Wishes({**said, who: ("m2", "m1")}))
        assert [one.mentee for one in other.pairs] == [one.mentee for one in plain.pairs]


def test_whether_choices_stood_before_all_else_is_told_by_the_numbers():
    mentors, mentees = [mentor("m1"), mentor("m2")], [mentee("e1"), mentee("e2")]
    wishes = Wishes({"e1": ("m1",)})
    assert propose(mentors, mentees, RULES, wishes=wishes).choices_first
    assert not propose(mentors, mentees, RULES).choices_first
    beside = replace(RULES, rank_weight=20)
    assert not propose(mentors, mentees, beside, wishes=wishes).choices_first
