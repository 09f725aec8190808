from dataclasses import replace

import pytest
from tests.engine.matching.people import mentee, mentor

from nastavnik.engine.matching.candidates import (
    REFUSALS,
    Edge,
    FormRule,
    ScorePart,
    judge,
    standard_rules,
)

RULES = standard_rules()


def with_form(**values):
    base = {
        "code": "pupil_pupil",
        "mentor_kinds": frozenset({"pupil"}),
        "mentee_kinds": frozenset({"pupil"}),
    }
    return replace(RULES, forms={"pupil_pupil": FormRule(**{**base, **values})})


def test_the_score_is_told_in_parts():
    one = mentor(
        competences=frozenset({"алгебра", "пение"}),
        interests=frozenset({"театр"}),
        subject="физика",
    )
    other = mentee(
        areas=frozenset({"алгебра", "чтение"}),
        interests=frozenset({"театр", "футбол"}),
        subject="физика",
        grade=8,
    )
    edge = judge(one, other, RULES)
    assert edge == Edge(
        "pupil_pupil",
        90,
        (
            ScorePart("area", 40, ("алгебра",)),
            ScorePart("subject", 30, ("физика",)),
            ScorePart("interest", 10, ("театр",)),
            ScorePart("grade_near", 10, ("2",)),
        ),
    )


def together(**values):
    """Tell the parts of a pair that has in common what is given, and only that."""
    both = {name: frozenset(items) for name, items in values.items()}
    return judge(mentor(grade=10, **both), mentee(grade=5, **both), RULES).parts


def test_common_times_count_up_to_three_and_are_all_told():
    assert together(slots=["среда"]) == (ScorePart("schedule", 10, ("среда",)),)
    days = ("вторник", "понедельник", "пятница", "среда", "четверг")
    assert together(slots=days) == (ScorePart("schedule", 30, days),)


def test_one_place_and_one_language_are_enough():
    assert together(venues=["онлайн", "школа"]) == (ScorePart("place", 10, ("онлайн", "школа")),)
    both = ("татарский", "удмуртский")
    assert together(languages=both) == (ScorePart("language", 20, both),)


def test_who_says_nothing_of_time_place_and_language_gains_and_loses_nothing():
    said = {"slots": frozenset({"среда"}), "venues": frozenset({"школа"})}
    assert judge(mentor(**said), mentee(), RULES) == judge(mentor(), mentee(), RULES)
    assert judge(mentor(), mentee(**said), RULES) == judge(mentor(), mentee(), RULES)


@pytest.mark.parametrize(("grade", "points"), [(9, 15), (8, 10), (7, 5), (6, 0), (1, 0)])
def test_nearness_of_grades_falls_by_one_step_per_grade(grade, points):
    assert judge(mentor(grade=10), mentee(grade=grade), RULES).score == points


@pytest.mark.parametrize(
    ("code", "one", "other", "rules"),
    [
        ("self", mentor("x"), mentee("x"), RULES),
        ("form", mentor(forms=frozenset({"teacher_pupil"})), mentee(), RULES),
        ("form", mentor(forms=frozenset({"нет"})), mentee(forms=frozenset({"нет"})), RULES),
        ("kind", mentor(kind="teacher"), mentee(), RULES),
        ("kind", mentor(), mentee(kind="teacher"), RULES),
        ("grade_gap", mentor(grade=6), mentee(grade=6), RULES),
        ("unknown_grade", mentor(grade=None), mentee(), RULES),
        ("unknown_grade", mentor(), mentee(grade=None), RULES),
        ("age_gap", mentor(age=12), mentee(age=11), with_form(min_age_gap=2)),
        ("unknown_age", mentor(), mentee(age=11), with_form(min_age_gap=2)),
        ("unknown_age", mentor(age=12), mentee(), with_form(min_age_gap=2)),
        ("unknown_age", mentor(), mentee(), with_form(mentee_min_age=10)),
        ("too_young", mentor(), mentee(age=9), with_form(mentee_min_age=10)),
        ("subject", mentor(subject="физика"), mentee(), with_form(same_subject=True)),
        ("subject", mentor(), mentee(), with_form(same_subject=True)),
        ("organisation", mentor(organisation="а"), mentee(), with_form(same_organisation=True)),
        (
            "class_teacher",
            mentor(),
            mentee(class_teachers=frozenset({"m1"})),
            with_form(forbid_class_teacher=True),
        ),
        ("same_family", mentor(family="семья"), mentee(family="семья"), RULES),
    ],
)
def test_each_hard_rule_refuses_by_its_code(code, one, other, rules):
    assert judge(one, other, rules) == code
    assert code in REFUSALS


@pytest.mark.parametrize(
    ("one", "other", "rules"),
    [
        (mentor(grade=7), mentee(grade=6), RULES),
        (mentor(age=13), mentee(age=11), with_form(min_age_gap=2)),
        (mentor(), mentee(age=10), with_form(mentee_min_age=10)),
        (mentor(subject="физика"), mentee(subject="физика"), with_form(same_subject=True)),
        (mentor(), mentee(class_teachers=frozenset({"m1"})), RULES),
        (mentor(family=""), mentee(family=""), RULES),
    ],
)
def test_what_just_meets_the_rule_is_possible(one, other, rules):
    assert isinstance(judge(one, other, rules), Edge)


def test_a_family_key_is_a_flag_where_the_rule_allows_it():
    rules = replace(RULES, forbid_family=False)
    assert judge(mentor(family="семья"), mentee(family="семья"), rules).flags == ("same_family",)
    assert judge(mentor(), mentee(), rules).flags == ()


def test_forbidden_is_counted_only_where_all_else_fits():
    ban = frozenset({("m1", "e1")})
    assert judge(mentor(), mentee(), RULES, forbidden=ban) == "forbidden"
    assert judge(mentor(grade=5), mentee(), RULES, forbidden=ban) == "grade_gap"


def test_the_form_with_most_points_is_chosen():
    both = frozenset({"near", "far"})
    forms = {
        code: FormRule(
            code=code,
            mentor_kinds=frozenset({"pupil"}),
            mentee_kinds=frozenset({"pupil"}),
            min_grade_gap=gap,
        )
        for code, gap in (("near", 4), ("far", 1))
    }
    rules = replace(RULES, forms=forms)
    edge = judge(mentor(forms=both), mentee(forms=both), rules)
    assert (edge.form, edge.score) == ("near", 15)
    assert judge(mentor(forms=both, grade=8), mentee(forms=both), rules).form == "far"
    assert judge(mentor(forms=both), mentee(forms=both, grade=1), rules).form == "far"


@pytest.mark.parametrize("weights", [{"возраст": 1}, {"area": -1}])
def test_unknown_or_negative_weights_are_refused(weights):
    with pytest.raises(ValueError, match="не подходит"):
        replace(RULES, weights=weights)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"load_cost": -1}, "«load_cost» — целое число не меньше нуля, а здесь -1"),
        ({"rank_weight": -5}, "«rank_weight» — целое число не меньше нуля, а здесь -5"),
        (
            {"forms": {str(n): RULES.forms["pupil_pupil"] for n in range(256)}},
            "форм 256, а можно не больше 255",
        ),
    ],
)
def test_rules_that_cannot_be_kept_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(RULES, **change)


def test_a_form_cannot_have_fewer_places_than_none():
    with pytest.raises(ValueError, match="у формы «pupil_pupil» мест у наставника -1"):
        with_form(mentor_max_mentees=-1)
