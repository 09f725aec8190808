from collections import Counter
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.matching.people import FORMS, mentee, mentor, schools
from tests.engine.matching.strategies import Case

from nastavnik.engine.matching import proposing
from nastavnik.engine.matching.candidates import (
    WISHES,
    Edge,
    FormRule,
    ScorePart,
    judge,
    standard_rules,
)
from nastavnik.engine.matching.pool import find_candidates
from nastavnik.engine.matching.proposing import HelpfulChange, Price, Shortage, Wishes, propose

RULES = standard_rules()
ALGEBRA, READING = frozenset({"алгебра"}), frozenset({"чтение"})


def only(people, others, rules=RULES, **values):
    """Return the one unmatched person of a proposal."""
    (lone,) = propose(people, others, rules, **values).unmatched
    return lone


def with_form(**values):
    base = {
        "code": "pupil_pupil",
        "mentor_kinds": frozenset({"pupil"}),
        "mentee_kinds": frozenset({"pupil"}),
    }
    return replace(RULES, forms={"pupil_pupil": FormRule(**{**base, **values})})


def sums_up(found, rules):
    """Parts add up to each score, scores and the load to what is proven the most."""
    for pair in found.pairs:
        assert pair.score == sum(part.points for part in pair.parts)
        for other in pair.alternatives:
            assert other.score == sum(part.points for part in other.parts)
    assert found.total_score == sum(pair.score for pair in found.pairs)
    q = [n * (n - 1) // 2 for n in (load.n_mentees for load in found.loads)]
    assert found.load_points == -rules.load_cost * sum(q)
    assert found.certificate.ok


@given(schools())
def test_a_proposal_is_feasible_proven_and_sums_up(school):
    mentors, mentees, forbidden = school
    found = propose(mentors, mentees, RULES, forbidden=forbidden)
    assert found.certificate.ok
    sums_up(found, RULES)
    assert found.n_matched == len(found.pairs) == len(mentees) - len(found.unmatched)
    givers, takers = {m.key: m for m in mentors}, {m.key: m for m in mentees}
    for pair in found.pairs:
        edge = judge(givers[pair.mentor], takers[pair.mentee], RULES, forbidden=forbidden)
        assert (edge.form, edge.score, edge.parts) == (pair.form, pair.score, pair.parts)
        assert len(pair.alternatives) <= 3
        prices = [other.price for other in pair.alternatives]
        assert prices == sorted(prices)
        assert pair.margin == (prices[0] if prices else None)
        assert all(price >= Price(0, 0) for price in prices)
    for load in found.loads:
        own = [pair for pair in found.pairs if pair.mentor == load.mentor]
        assert load.n_mentees == len(own) <= load.capacity


@given(schools(), st.randoms(use_true_random=False))
def test_the_order_of_people_changes_nothing(school, random):
    mentors, mentees, forbidden = school
    mixed = random.sample(mentors, len(mentors)), random.sample(mentees, len(mentees))
    one = propose(mentors, mentees, RULES, forbidden=forbidden)
    assert one == propose(*mixed, RULES, forbidden=forbidden)


def apply(change, mentors, mentees, forbidden, lone, rules):
    """Carry out a change by hand; rules go back with the people."""
    if change.code == "raise_capacity":
        mentors = [
            replace(m, capacity=change.value) if m.key == change.mentor else m for m in mentors
        ]
    elif change.code == "unforbid":
        forbidden = forbidden - {(change.mentor, lone)}
    elif change.code == "allow_form":
        group, key = (mentors, change.mentor) if change.who == "mentor" else (mentees, lone)
        group[:] = [replace(p, forms=p.forms | {change.form}) if p.key == key else p for p in group]
    elif change.code == "relax_grade_gap":
        form = replace(rules.forms[change.form], min_grade_gap=change.value)
        rules = replace(rules, forms={**rules.forms, change.form: form})
    return mentors, mentees, rules, forbidden


@given(schools(), st.lists(st.integers(0, 4), min_size=3, max_size=3))
def test_the_change_advised_gives_one_more_pair(school, limits):
    mentors, mentees, forbidden = school
    forms = {
        code: replace(RULES.forms[code], mentor_max_mentees=limit)
        for code, limit in zip(FORMS, limits, strict=True)
    }
    rules = replace(RULES, forms=forms)
    found = propose(mentors, mentees, rules, forbidden=forbidden)
    for lone in found.unmatched:
        if lone.change.code in {"add_mentor", "fill_grade"}:
            continue
        people = apply(lone.change, list(mentors), list(mentees), forbidden, lone.mentee, rules)
        again = propose(*people[:3], forbidden=people[3])
        assert again.n_matched > found.n_matched


@given(schools())
def test_a_shortage_shows_more_people_than_places(school):
    mentors, mentees, forbidden = school
    takers = {m.key: m for m in mentees}
    for lone in propose(mentors, mentees, RULES, forbidden=forbidden).unmatched:
        if lone.shortage is None:
            assert lone.code != "all_full"
            continue
        shown = lone.shortage
        mentees = [lone.mentee, *shown.holders]
        assert lone.mentee not in shown.holders
        assert shown.places < len(mentees)
        outside = [m for m in mentors if m.key not in shown.mentors]
        for key in mentees:
            for one in outside:
                assert not isinstance(judge(one, takers[key], RULES, forbidden=forbidden), Edge)


@given(schools())
def test_locking_the_whole_proposal_keeps_it(school):
    mentors, mentees, forbidden = school
    found = propose(mentors, mentees, RULES, forbidden=forbidden)
    locks = {pair.mentee: pair.mentor for pair in found.pairs}
    again = propose(mentors, mentees, RULES, locked=locks, forbidden=forbidden)
    assert {pair.mentee: pair.mentor for pair in again.pairs} == locks
    assert again.total_score == found.total_score
    assert all(pair.flags[0] == "locked" for pair in again.pairs)
    assert all(pair.alternatives == () for pair in again.pairs)


def test_the_price_of_an_alternative_is_what_the_others_lose():
    people = [
        mentor("a", competences=ALGEBRA, grade=11),
        mentor("b", competences=READING, grade=11),
    ]
    others = [mentee("x", areas=ALGEBRA, grade=1), mentee("y", areas=ALGEBRA | READING, grade=1)]
    found = propose(people, others, replace(RULES, load_cost=0))
    x, y = found.pairs
    assert (x.mentor, y.mentor) == ("a", "b")
    assert x.alternatives[0].mentor == "b"
    assert x.margin == y.margin == Price(0, 40)
    assert found.loads[0].gain == Price(0, 0)


def test_a_full_school_shows_who_shares_which_places_and_whom_to_ask():
    lone = only([mentor(capacity=1)], [mentee("x"), mentee("y")])
    assert lone.code == "all_full"
    assert lone.shortage == Shortage(("x",), ("m1",), 1)
    assert lone.change == HelpfulChange("raise_capacity", mentor="m1", value=2)


def test_at_the_limit_of_the_form_another_mentor_is_asked_for():
    lone = only([mentor(capacity=3)], [mentee(str(n)) for n in range(4)])
    assert lone.change == HelpfulChange("add_mentor", form="pupil_pupil")


def two_forms(**second):
    """Pupils in one form of three places, and in another of one place only."""
    base = {"mentor_kinds": frozenset({"pupil"}), "mentee_kinds": frozenset({"pupil"})}
    wide = FormRule(code="wide", mentor_max_mentees=3, **base)
    narrow = FormRule(**{"code": "narrow", "mentor_max_mentees": 1, **base, **second})
    return replace(RULES, forms={"wide": wide, "narrow": narrow})


WIDE, NARROW = frozenset({"wide"}), frozenset({"narrow"})
ADD = HelpfulChange("add_mentor", form="narrow")


def test_a_stricter_form_in_which_nobody_can_be_paired_limits_no_place():
    rules = two_forms(mentor_kinds=frozenset({"teacher"}))
    lone = only([mentor(forms=WIDE | NARROW)], [mentee(n, forms=WIDE) for n in "xy"], rules)
    assert lone.change == HelpfulChange("raise_capacity", mentor="m1", value=2)


@pytest.mark.parametrize(
    ("forms", "bans", "rules", "change"),
    [
        (WIDE | NARROW, {("m1", "z")}, two_forms(), ADD),
        (WIDE | NARROW, set(), two_forms(min_grade_gap=5), ADD),
        (WIDE, set(), two_forms(), HelpfulChange("allow_form", "m1", "wide", who="mentee")),
    ],
)
def test_no_change_is_advised_that_costs_others_their_places(forms, bans, rules, change):
    """In the narrow form the mentor would have one place, and leads two already in the wide one."""
    others = [mentee("x", forms=WIDE), mentee("y", forms=WIDE), mentee("z", forms=NARROW)]
    alone = only([mentor(forms=forms, capacity=3)], others, rules, forbidden=frozenset(bans))
    assert (alone.mentee, alone.change) == ("z", change)


def test_a_rule_is_not_relaxed_at_the_cost_of_another_mentor():
    """The second mentor has room for `z`; with the rule relaxed the first would be left one place of two."""
    people = [mentor("m1", forms=WIDE | NARROW, capacity=2), mentor("m2", forms=NARROW)]
    rules = two_forms(min_grade_gap=5)
    others = [mentee("x", forms=WIDE | NARROW), mentee("y", forms=WIDE | NARROW)]
    alone = only(people, [*others, mentee("z", forms=NARROW)], rules)
    assert alone.change == ADD
    alone = only(
        [*people[1:], mentor("m1", forms=WIDE, capacity=2)],
        [*others, mentee("z", forms=NARROW)],
        rules,
    )
    assert alone.change == HelpfulChange("relax_grade_gap", "m2", "narrow", 4)


def test_a_gap_is_not_relaxed_where_other_pairs_would_then_fit_better_in_a_stricter_form():
    """Near grades count for less where a smaller gap is allowed: `x` would go over to the form of one place."""
    rules = two_forms(min_grade_gap=1)
    loose = replace(rules.forms["wide"], code="loose", min_grade_gap=1)
    rules = replace(rules, forms={**rules.forms, "loose": loose})
    both = frozenset({"loose", "narrow"})
    x, z = mentee("x", grade=7, forms=both), mentee("z", grade=8, forms=frozenset({"loose"}))
    assert propose([mentor(grade=8, forms=both, capacity=2)], [x], rules).pairs[0].form == "loose"
    alone = only([mentor(grade=8, forms=both, capacity=2)], [x, z], rules)
    assert alone.change == HelpfulChange("add_mentor", form="loose")
    relaxed = replace(rules, forms={**rules.forms, "loose": replace(loose, min_grade_gap=0)})
    assert len(propose([mentor(grade=8, forms=both, capacity=2)], [x, z], relaxed).pairs) == 1


def test_one_more_place_is_asked_of_the_mentor_whose_place_is_worth_most():
    people = [mentor("a", grade=11), mentor("b", competences=ALGEBRA, grade=11)]
    lone = only(people, [mentee(n, areas=ALGEBRA, grade=1) for n in "xyz"])
    assert lone.change == HelpfulChange("raise_capacity", mentor="b", value=2)


@pytest.mark.parametrize(
    ("code", "change", "one", "other", "rules"),
    [
        (
            "no_mentors",
            HelpfulChange("add_mentor", form=""),
            None,
            mentee(forms=frozenset()),
            RULES,
        ),
        (
            "no_mentors",
            HelpfulChange("add_mentor", form="pupil_pupil"),
            mentor("e1"),
            mentee(),
            RULES,
        ),
        (
            "no_mentor_of_form",
            HelpfulChange("allow_form", "m1", "pupil_pupil", who="mentor"),
            mentor(forms=frozenset({"teacher_pupil"})),
            mentee(),
            RULES,
        ),
        (
            "no_mentor_of_form",
            HelpfulChange("allow_form", "m1", "pupil_pupil", who="mentee"),
            mentor(),
            mentee(forms=frozenset({"teacher_pupil"})),
            RULES,
        ),
        (
            "no_mentor_of_form",
            HelpfulChange("add_mentor", form="pupil_pupil"),
            mentor(kind="teacher"),
            mentee(),
            RULES,
        ),
        (
            "all_too_young",
            HelpfulChange("relax_grade_gap", "m1", "pupil_pupil", 0),
            mentor(grade=6),
            mentee(grade=6),
            RULES,
        ),
        (
            "all_too_young",
            HelpfulChange("add_mentor", form="pupil_pupil"),
            mentor(grade=5),
            mentee(grade=6),
            RULES,
        ),
        (
            "all_too_young",
            HelpfulChange("relax_age_gap", "m1", "pupil_pupil", 1),
            mentor(age=12),
            mentee(age=11),
            with_form(min_age_gap=2),
        ),
        (
            "mentee_too_young",
            HelpfulChange("relax_mentee_min_age", "m1", "pupil_pupil", 9),
            mentor(),
            mentee(age=9),
            with_form(mentee_min_age=10),
        ),
        (
            "no_common_subject",
            HelpfulChange("relax_subject", "m1", "pupil_pupil"),
            mentor(),
            mentee(),
            with_form(same_subject=True),
        ),
        (
            "none_in_organisation",
            HelpfulChange("relax_organisation", "m1", "pupil_pupil"),
            mentor(organisation="а"),
            mentee(),
            with_form(same_organisation=True),
        ),
        (
            "grade_missing",
            HelpfulChange("fill_grade", "m1", "pupil_pupil"),
            mentor(),
            mentee(grade=None),
            RULES,
        ),
        (
            "age_missing",
            HelpfulChange("fill_age", "m1", "pupil_pupil"),
            mentor(),
            mentee(),
            with_form(mentee_min_age=10),
        ),
        (
            "all_family",
            HelpfulChange("add_mentor", form="pupil_pupil"),
            mentor(family="семья"),
            mentee(family="семья"),
            RULES,
        ),
        (
            "only_class_teacher",
            HelpfulChange("add_mentor", form="pupil_pupil"),
            mentor(),
            mentee(class_teachers=frozenset({"m1"})),
            with_form(forbid_class_teacher=True),
        ),
    ],
)
def test_the_reason_for_staying_alone_and_what_would_help(code, change, one, other, rules):
    lone = only([one] if one else [], [other], rules)
    assert (lone.code, lone.change) == (code, change)


def test_a_ban_is_the_reason_only_where_nothing_else_stands_in_the_way():
    ban = frozenset({("m1", "e1")})
    lone = only([mentor(), mentor("m2", grade=2)], [mentee()], forbidden=ban)
    assert lone.code == "all_forbidden"
    assert lone.change == HelpfulChange("unforbid", "m1")
    assert dict(lone.refusals) == {"forbidden": 1, "grade_gap": 1}


def test_no_change_is_advised_to_a_mentor_who_is_full():
    people = [mentor(capacity=0, forms=frozenset({"teacher_pupil"}))]
    assert only(people, [mentee()]).change.code == "add_mentor"


def test_what_a_person_has_locked_stands_against_rules_and_limits_and_is_flagged():
    found = propose(
        [mentor(capacity=1, grade=3)],
        [mentee("x", grade=2), mentee("y"), mentee("z", grade=1)],
        RULES,
        locked={"x": "m1", "y": "m1"},
    )
    x, y = found.pairs
    assert x.flags == ("locked",)
    assert x.score == 15
    assert y.flags == ("locked", "lock_not_eligible:grade_gap")
    assert (y.form, y.score) == ("", 0)
    assert found.loads[0].capacity == 2
    assert [lone.mentee for lone in found.unmatched] == ["z"]
    assert found.certificate.ok


@pytest.mark.parametrize("locked", [{"нет": "m1"}, {"e1": "нет"}])
def test_a_lock_of_an_unknown_person_is_refused(locked):
    with pytest.raises(ValueError, match="такого человека нет"):
        propose([mentor()], [mentee()], RULES, locked=locked)


def test_a_locked_mentee_has_no_alternatives():
    locked = Case(({0: (1, 0, 0), 1: (1, 0, 0)},), (1, 1), (0,)).solve()
    with pytest.raises(ValueError, match="is locked"):
        locked.alternatives(0, 3)


def test_who_leads_as_many_as_the_form_allows_is_not_asked_for_one_more():
    people = [mentee("e1"), mentee("e2")]
    assert only([mentor(n_led=1)], people).change == HelpfulChange("raise_capacity", "m1", value=2)
    assert only([mentor(n_led=2)], people).change.code == "add_mentor"


def test_load_cost_of_the_rules_spreads_the_work():
    people = [mentor(key, capacity=3) for key in "ab"]
    found = propose(people, [mentee(key) for key in "wxyz"], replace(RULES, load_cost=1))
    assert [load.n_mentees for load in found.loads] == [2, 2]


def gain(wishes, who, whom, of):
    """Count by hand what a met choice brings: three for the first who can be had, two, one; nothing for who was not named."""
    chosen = getattr(wishes, of).get(who, ())
    return 3 - chosen.index(whom) if whom in chosen else 0


@given(schools(), st.data())
def test_wishes_cost_no_person_a_place_and_come_before_the_score(school, data):
    mentors, mentees, forbidden = school
    of_mentees = {
        one.key: tuple(data.draw(st.permutations([m.key for m in mentors]))[:3]) for one in mentees
    }
    of_mentors = {
        one.key: tuple(data.draw(st.permutations([m.key for m in mentees]))[:2]) for one in mentors
    }
    wishes = Wishes(mentees=of_mentees, mentors=of_mentors)
    plain = propose(mentors, mentees, RULES, forbidden=forbidden)
    found = propose(mentors, mentees, RULES, forbidden=forbidden, wishes=wishes)
    assert found.certificate.ok
    assert found.n_matched == plain.n_matched
    sums_up(found, RULES)

    ways = find_candidates(mentors, mentees, RULES, forbidden=forbidden)
    taker = {one.key: n for n, one in enumerate(ways.mentees)}
    giver = {one.key: n for n, one in enumerate(ways.mentors)}
    able = Wishes(
        {
            a: tuple(b for b in of if ways.position(taker[a], giver[b]) >= 0)
            for a, of in of_mentees.items()
        },
        {
            b: tuple(a for a in of if ways.position(taker[a], giver[b]) >= 0)
            for b, of in of_mentors.items()
        },
    )

    def met(pair):
        return gain(able, pair.mentee, pair.mentor, "mentees") + gain(
            able, pair.mentor, pair.mentee, "mentors"
        )

    assert sum(map(met, found.pairs)) >= sum(map(met, plain.pairs))
    for pair in found.pairs:
        places = wishes.place(pair.mentor, pair.mentee)
        assert (pair.mentee_choice, pair.mentor_choice) == places
        assert pair.wish_gain == met(pair)
        wished = [part for part in pair.parts if part.code == WISHES]
        assert [(part.points, part.items) for part in wished] == (
            [(RULES.rank_weight * pair.wish_gain, (str(pair.wish_gain),))] if pair.wish_gain else []
        )
        assert [place is None or place >= 1 for place in places] == [True, True]


def test_a_first_choice_beats_a_better_fit():
    both = {"competences": ALGEBRA | READING, "capacity": 1}
    people = [mentor("m1", **both), mentor("m2", capacity=1)]
    others = [mentee("e1", areas=ALGEBRA), mentee("e2", areas=ALGEBRA | READING)]
    plain = propose(people, others, RULES)
    assert {(p.mentee, p.mentor) for p in plain.pairs} == {("e1", "m2"), ("e2", "m1")}
    wishes = Wishes(mentees={"e1": ("m1",)})
    chosen = propose(people, others, RULES, wishes=wishes)
    assert {(p.mentee, p.mentor) for p in chosen.pairs} == {("e1", "m1"), ("e2", "m2")}
    without = propose(people, others, replace(RULES, rank_weight=0), wishes=wishes)
    assert {(p.mentee, p.mentor) for p in without.pairs} == {("e1", "m2"), ("e2", "m1")}


def test_a_locked_pair_says_whose_choice_it_was():
    wishes = Wishes(mentees={"e1": ("m2", "m1")})
    found = propose(
        [mentor("m1"), mentor("m2")], [mentee()], RULES, locked={"e1": "m1"}, wishes=wishes
    )
    (pair,) = found.pairs
    assert (pair.mentee_choice, pair.mentor_choice) == (2, None)
    assert pair.wish_gain == 2
    assert pair.parts[-1] == ScorePart(WISHES, 2 * RULES.rank_weight, ("2",))
    sums_up(found, RULES)
    against = propose(
        [mentor("m1", grade=1)], [mentee()], RULES, locked={"e1": "m1"}, wishes=wishes
    )
    (lock,) = against.pairs
    assert (lock.wish_gain, lock.parts, lock.score) == (0, (), 0)
    assert against.certificate.ok


def test_without_a_weight_wishes_are_no_part():
    wishes = Wishes(mentees={"e1": ("m1", "m2")})
    law = replace(RULES, rank_weight=0)
    (pair,) = propose([mentor()], [mentee()], law, wishes=wishes).pairs
    assert pair.wish_gain == 3
    assert WISHES not in {part.code for part in pair.parts}


def test_parts_that_do_not_add_up_to_what_is_proven_break_the_certificate(monkeypatch):
    given_ = ([mentor()], [mentee()], RULES)
    assert propose(*given_).certificate.ok
    monkeypatch.setattr(proposing, "_load_points", lambda _run: -1)
    broken = propose(*given_).certificate
    assert [reason.code for reason in broken.reasons] == ["wrong_total"]


def every_way(mentors, mentees, forbidden):
    """Yield every matching there is: mentee → mentor with the score and what the loads take off."""
    found = find_candidates(mentors, mentees, RULES, forbidden=forbidden)
    rows = [
        {-1: 0, **{j: edge.score for j, edge in found.row(i).items()}}
        for i in range(len(found.mentees))
    ]
    for way in product(*rows):
        loads = Counter(j for j in way if j >= 0)
        if all(n <= found.capacity[j] for j, n in loads.items()):
            score = sum(row[j] for row, j in zip(rows, way, strict=True))
            load = RULES.load_cost * sum(
                n * (n - 1) // 2 + n * found.mentors[j].n_led for j, n in loads.items()
            )
            keys = {found.mentees[i].key: found.mentors[j].key for i, j in enumerate(way) if j >= 0}
            yield keys, score - load


@given(schools(max_mentors=3, max_mentees=4), st.data())
def test_of_those_with_the_most_people_the_one_nearest_to_before_is_proposed(school, data):
    mentors, mentees, forbidden = school
    mentors = [replace(one, n_led=data.draw(st.integers(0, 3))) for one in mentors]
    names = [one.key for one in mentors] + ["gone"]
    previous = {one.key: data.draw(st.sampled_from(names)) for one in mentees[:3]}
    here = {key: was for key, was in previous.items() if was != "gone"}
    found = propose(mentors, mentees, RULES, forbidden=forbidden, previous=previous)
    assert found.certificate.ok

    def worth(way):
        keys, points = way
        kept = sum(here.get(mentee) == mentor for mentee, mentor in keys.items())
        return len(keys), kept, points

    told = {pair.mentee: pair.mentor for pair in found.pairs}
    points = sum(part.points for pair in found.pairs for part in pair.parts if part.code != "kept")
    fit = points + found.load_points
    assert worth((told, fit)) == max(map(worth, every_way(mentors, mentees, forbidden)))
    assert (found.kept_points > 0) == bool(here)


def test_points_do_not_part_who_was_proposed_but_a_person_does():
    people = [
        mentor("a", competences=ALGEBRA, capacity=1, grade=11),
        mentor("b", competences=READING, capacity=1, grade=11),
    ]
    x, y, z = (
        mentee(key, areas=areas, grade=1)
        for key, areas in (("x", ALGEBRA), ("y", READING), ("z", READING))
    )
    turned = {"x": "b", "y": "a"}
    stays = propose(people, [x, y], RULES, previous=turned)
    assert {pair.mentee: pair.mentor for pair in stays.pairs} == turned
    assert [pair.fit for pair in stays.pairs] == [0, 0]
    assert {pair.parts[-1] for pair in stays.pairs} == {ScorePart("kept", stays.kept_points)}
    price = stays.pairs[0].alternatives[0].price
    assert (price.people, round(price.points / stays.kept_points)) == (0, 2)
    # who had a place keeps it, though another would fit better
    three = propose(people, [x, y, z], RULES, previous=turned)
    assert {pair.mentee: pair.mentor for pair in three.pairs} == turned
    # z can go only to b: for one person more x goes to a
    apart = frozenset({("a", "z")})
    two = propose(people, [x, z], RULES, forbidden=apart, previous=turned)
    assert {pair.mentee: pair.mentor for pair in two.pairs} == {"x": "a", "z": "b"}
    sums_up(two, RULES)


def test_the_load_counts_on_from_who_is_led_already():
    people = [mentor("busy", n_led=2, grade=11), mentor("free", grade=11)]
    lone = mentee("x", areas=frozenset(), grade=1)
    [pair] = propose(people, [lone], RULES).pairs
    assert pair.mentor == "free"
    turned = [replace(people[0], n_led=0), replace(people[1], n_led=1)]
    [pair] = propose(turned, [lone], RULES).pairs
    assert pair.mentor == "busy"
    skilled = replace(people[0], competences=ALGEBRA)
    [pair] = propose([skilled, people[1]], [replace(lone, areas=ALGEBRA)], RULES).pairs
    assert (pair.mentor, pair.fit) == ("busy", 40)
    assert pair.parts[-1] == ScorePart("busy", -2 * RULES.load_cost)
    assert pair.score == 40 - 2 * RULES.load_cost
