"""Who could take a pair over, by the engine alone: for one mentee, for a group, by moving others."""

from types import MappingProxyType

import pytest

from nastavnik.engine.matching.candidates import FormRule, Mentee, Mentor, Rules
from nastavnik.engine.matching.proposing import Wishes
from nastavnik.matching.adapter import Input, fewest_moves, form_for, substitutes

FORM = FormRule(code="pupils", mentor_kinds=frozenset(["pupil"]), mentee_kinds=frozenset(["pupil"]))
RULES = Rules(
    forms=MappingProxyType({"pupils": FORM}), weights={"area": 10, "interest": 3}, version="1"
)


def mentor(key, *, capacity=1, areas=(), interests=()):
    return Mentor(
        key=key, kind="pupil", forms=frozenset(["pupils"]), capacity=capacity,
        competences=frozenset(areas), interests=frozenset(interests),
    )  # fmt: skip


def mentee(key, *areas, interests=()):
    return Mentee(
        key=key, kind="pupil", forms=frozenset(["pupils"]),
        areas=frozenset(areas), interests=frozenset(interests),
    )  # fmt: skip


def given(mentors, mentees, *, forbidden=(), wishes=None):
    return Input(
        tuple(mentors), tuple(mentees), RULES, {}, frozenset(forbidden), wishes or Wishes()
    )


def test_the_best_three_stand_in_order_with_what_each_costs():
    mentors = [
        mentor("a", areas=["maths"]),
        mentor("b", interests=["chess"]),
        mentor("c"),
        mentor("d"),
    ]
    found = substitutes(given(mentors, [mentee("E", "maths", interests=["chess"])]), ["E"])
    assert [one.mentor for one in found[:2]] == ["a", "b"]
    assert len(found) == 3
    assert [(one.people, one.points) for one in found] == [(0, 0), (0, 7), (0, 10)]
    assert [(part.code, part.points) for part in found[0].parts if part.points] == [("area", 10)]


def test_choices_of_both_sides_are_told_apart():
    wishes = Wishes(mentees={"E": ("b", "a")}, mentors={"a": ("E",)})
    found = substitutes(given([mentor("a"), mentor("b")], [mentee("E")], wishes=wishes), ["E"])
    assert {one.mentor: one.choices for one in found} == {"a": (2, 1), "b": (1, None)}


def test_a_place_wanted_by_who_waits_is_priced_in_people():
    """Two who wait can go to the one mentor there is: the best matching leaves the pair's mentee out."""
    everyone = [mentee("E"), mentee("W", "maths")]
    found = substitutes(given([mentor("a", areas=["maths"])], everyone), ["E"])
    assert [(one.mentor, one.people) for one in found] == [("a", 1)]


def test_a_group_needs_room_and_a_fit_for_each():
    mentors = [
        mentor("small", areas=["maths"]),
        mentor("wide", capacity=2),
        mentor("able", capacity=3, areas=["maths"]),
        mentor("barred", capacity=2, areas=["maths"]),
    ]
    group = [mentee("E", "maths"), mentee("F", "maths")]
    found = substitutes(given(mentors, group, forbidden=[("barred", "F")]), ["E", "F"])
    assert [(one.mentor, one.points, one.people) for one in found] == [
        ("able", 0, 0),
        ("wide", 20, 0),
    ]
    (part,) = [part for part in found[0].parts if part.points]
    assert (part.code, part.points, part.items) == ("area", 20, ("maths",))


def test_nobody_is_nobody():
    assert substitutes(given([], [mentee("E")]), ["E"]) == ()


@pytest.mark.parametrize(
    ("who", "form"), [("wide", "pupils"), ("small", ""), ("barred", ""), ("unknown", "")]
)
def test_the_form_of_who_may_take_all_over(who, form):
    mentors = [mentor("small"), mentor("wide", capacity=2), mentor("barred", capacity=2)]
    group = [mentee("E"), mentee("F")]
    assert form_for(given(mentors, group, forbidden=[("barred", "F")]), who, ["E", "F"]) == form


def test_the_fewest_others_move_and_not_the_best_fit_of_all():
    """E can only have x; the mentee of x goes to the free z, though a rotation of three would fit better."""
    mentors = [
        mentor("old", capacity=0),
        mentor("x", capacity=0, areas=["maths"]),
        mentor("y", capacity=0, areas=["music"]),
        mentor("z"),
    ]
    everyone = [mentee("E"), mentee("X", "music"), mentee("Y", "maths")]
    barred = [("old", "E"), ("y", "E"), ("z", "E")]
    kept = {"X": "x", "Y": "y"}
    moved = fewest_moves(given(mentors, everyone, forbidden=barred), ["E"], "old", kept)
    assert moved == (("E", "", "x"), ("X", "x", "z"))


def test_the_mentor_who_goes_is_asked_last():
    mentors = [mentor("old"), mentor("x", capacity=0)]
    everyone = [mentee("E"), mentee("X")]
    moved = fewest_moves(
        given(mentors, everyone, forbidden=[("old", "E")]), ["E"], "old", {"X": "x"}
    )
    assert moved == (("E", "", "x"), ("X", "x", "old"))


def test_a_pair_against_the_rules_and_one_whose_mentor_is_gone_stay():
    mentors = [mentor("old", capacity=0), mentor("x", capacity=0)]
    everyone = [mentee("E"), mentee("X"), mentee("G")]
    barred = [("old", "E"), ("x", "X")]
    kept = {"X": "x", "G": "gone"}
    assert fewest_moves(given(mentors, everyone, forbidden=barred), ["E"], "old", kept) == ()
