"""Groups under one mentor: who is put together, and that the whole is the best there is."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.matching.oracles import by_ortools
from tests.engine.matching.people import mentee, mentor, schools

from nastavnik.engine.matching.candidates import FormRule, standard_rules
from nastavnik.engine.matching.payload import match_json
from nastavnik.engine.matching.pool import find_candidates
from nastavnik.engine.matching.proposing import propose

PUPILS = frozenset({"pupil"})


def rules(most, **values):
    """The standard rules, in which the form among pupils is led in groups of so many."""
    standard = standard_rules()
    form = FormRule(
        code="pupil_pupil",
        mentor_kinds=PUPILS,
        mentee_kinds=PUPILS,
        min_grade_gap=1,
        mentor_max_mentees=most,
        is_group=True,
    )
    return replace(standard, forms={**standard.forms, "pupil_pupil": form}, **values)


@given(schools(max_mentees=9), st.integers(1, 5))
def test_groups_hold_no_more_than_the_form_allows_and_nobody_is_in_two(school, most):
    mentors, mentees, forbidden = school
    found = propose(mentors, mentees, rules(most), forbidden=forbidden)
    places = {one.key: one.capacity for one in mentors}
    members = [key for group in found.groups for key in group.mentees]
    assert len(members) == len(set(members))
    assert len({(group.mentor, group.form) for group in found.groups}) == len(found.groups)
    for group in found.groups:
        assert 1 <= len(group.mentees) <= min(most, places[group.mentor])
    in_groups = {(p.mentor, p.mentee) for p in found.pairs if p.form == "pupil_pupil"}
    assert {(g.mentor, key) for g in found.groups for key in g.mentees} == in_groups
    for load in found.loads:
        assert load.n_mentees <= places[load.mentor]


@given(schools(max_mentees=9), st.integers(1, 5))
def test_no_other_groups_would_hold_more_people_or_fit_better(school, most):
    mentors, mentees, forbidden = school
    law = rules(most, load_cost=0)
    found = propose(mentors, mentees, law, forbidden=forbidden)
    able = find_candidates(mentors, mentees, law, forbidden=forbidden)
    places = np.array(able.capacity, dtype=np.int64)
    best = by_ortools(able.indptr, able.indices, able.score, places)
    assert (found.n_matched, found.total_score) == best


def test_a_group_larger_than_three_is_one_mentorship_where_the_form_says_so():
    people = [mentor("m1", capacity=5), mentor("m2", capacity=5, grade=5)]
    others = [mentee(f"e{n}") for n in range(6)]
    found = propose(people, others, rules(5))
    (group,) = found.groups
    assert (group.mentor, group.form, len(group.mentees)) == ("m1", "pupil_pupil", 5)
    assert found.n_matched == 5
    assert propose(people, others, standard_rules()).groups == ()


def test_the_form_says_it_in_plain_data_too():
    form = {
        "code": "circle",
        "mentor_kinds": ["pupil"],
        "mentee_kinds": ["pupil"],
        "mentor_max_mentees": 12,
        "is_group": True,
    }
    person = {"kind": "pupil", "forms": ["circle"]}
    answer = match_json(
        {
            "mentors": [person | {"key": "Оля", "capacity": 12}],
            "mentees": [person | {"key": name} for name in ("Аня", "Боря")],
            "rules": {"forms": [form]},
        }
    )
    assert answer["groups"] == [{"mentor": "Оля", "form": "circle", "mentees": ("Аня", "Боря")}]
