"""The workspace beyond one run: rules and their effect, all runs, two side by side, counted anew, put together."""

from dataclasses import replace

import pytest
from django.urls import reverse
from tests.matching.test_matching import run
from tests.pages import said, signed_in, text

from nastavnik.core.access import Role
from nastavnik.matching.actions import engine_input, rule_pair, run_matching, set_rules
from nastavnik.matching.adapter import effect_of, recount
from nastavnik.matching.catalogues import shipped_rules
from nastavnik.matching.choices import Ruling
from nastavnik.matching.models import PairRuling, RuleSet
from nastavnik.matching.queries import compare_runs, rules_in_force
from nastavnik.programmes.models import Participation

pytestmark = pytest.mark.django_db

RULES = {
    "area": 0,
    "subject": 0,
    "interest": 100,
    "schedule": 10,
    "place": 10,
    "language": 20,
    "grade_near": 5,
    "organisation": 0,
    "load_cost": 3,
    "rank_weight": 20,
}


def test_the_rules_of_a_school_are_those_shipped_until_it_sets_its_own(cast):
    school, other = cast.school.organisation, cast.other.organisation
    assert rules_in_force(school.pk) == shipped_rules()
    own = replace(shipped_rules(), weights={"area": 7}, load_cost=9)
    set_rules(school, own, by=cast.anna)
    now = rules_in_force(school.pk)
    assert (now.weights["area"], now.weights["interest"], now.load_cost) == (7, 10, 9)
    assert now.version == f"{shipped_rules().version}/1"
    assert rules_in_force(other.pk) == shipped_rules()


def test_a_run_goes_by_the_rules_in_force_and_keeps_them(cast):
    set_rules(cast.school.organisation, replace(shipped_rules(), weights={"area": 1}), by=cast.anna)
    made = run(cast)
    assert made.snapshot["rules"]["weights"]["area"] == 1
    assert made.snapshot["rules"]["version"].endswith("/1")


def test_the_effect_is_shown_before_anything_is_kept(cast):
    client = signed_in(cast.anna)
    response = client.post(reverse("matching:rules"), RULES | {"show": "1"})
    assert response.context["effect"].n_matched == (3, 3)
    assert not RuleSet.objects.exists()
    client.post(reverse("matching:rules"), RULES | {"keep": "1"})
    assert rules_in_force(cast.school.organisation.pk).weights["interest"] == 100
    assert client.get(reverse("matching:rules")).context["form"]["interest"].value() == 100
    client.post(reverse("matching:shipped"))
    kept = rules_in_force(cast.school.organisation.pk)
    assert (kept.weights, kept.load_cost) == (
        dict(shipped_rules().weights),
        shipped_rules().load_cost,
    )


@pytest.mark.parametrize(
    "wrong", [{"area": "-1"}, {"area": "1001"}, {"rank_weight": "7"}, {"load_cost": ""}]
)
def test_rules_out_of_range_are_not_kept(cast, wrong):
    response = signed_in(cast.anna).post(reverse("matching:rules"), RULES | wrong | {"keep": "1"})
    assert set(response.context["form"].errors) == set(wrong)
    assert not RuleSet.objects.exists()


def test_the_effect_names_who_would_get_another_mentor(cast):
    now = engine_input(cast.school.programme)
    # whichever of equal mentors the keys made it propose
    pair = now.run().pairs[0]
    mentor, mentee = (
        Participation.objects.select_related("person").get(pk=key)
        for key in (pair.mentor, pair.mentee)
    )
    rule_pair(mentor, mentee, Ruling.FORBID, by=cast.anna)
    then = engine_input(cast.school.programme)
    effect = effect_of(now, then)
    assert (pair.mentee, pair.mentor) in {moved[:2] for moved in effect.moved}
    assert effect.n_matched[1] <= effect.n_matched[0]


def test_with_nobody_waiting_there_is_nothing_to_compare_on(cast):
    cast.school.programme.participations.update(status="candidate")
    response = signed_in(cast.anna).post(reverse("matching:rules"), RULES | {"show": "1"})
    assert response.context["is_empty"]


def test_a_matching_counted_anew_comes_out_the_same(cast):
    made = run(cast)
    assert recount(made.snapshot).total_score == made.total_score
    client = signed_in(cast.anna)
    (words,) = said(client.post(reverse("matching:recount", args=[made.pk]), follow=True))
    assert words.startswith("Counted anew from what was kept: the same")


def old_person(key, grade, **values):
    """A person as runs kept one before times, places and languages were asked."""
    base = {
        "key": key,
        "kind": "pupil",
        "forms": ["pupil_pupil"],
        "interests": [],
        "grade": grade,
        "age": None,
        "group": None,
        "subject": "",
        "family": "",
        "organisation": "",
    }
    return base | values


def test_a_matching_of_before_new_parts_of_the_score_comes_out_as_it_did():
    form = {
        "code": "pupil_pupil",
        "mentor_kinds": ["pupil"],
        "mentee_kinds": ["pupil"],
        "min_grade_gap": 1,
        "min_age_gap": None,
        "same_subject": False,
        "same_organisation": False,
        "mentee_min_age": None,
        "mentor_max_mentees": 3,
        "forbid_class_teacher": False,
    }
    weights = {"area": 40, "subject": 30, "interest": 10, "grade_near": 5, "organisation": 0}
    answer = recount(
        {
            "mentors": [
                old_person("1", 10, capacity=1, competences=["maths", "physics"]),
                old_person("2", 9, capacity=1, competences=["maths"], interests=["chess"]),
            ],
            "mentees": [
                old_person("3", 6, areas=["maths"], interests=["chess"], class_teachers=[]),
                old_person("4", 8, areas=["physics"], class_teachers=[]),
            ],
            "rules": {
                "version": "2026-2",
                "load_cost": 3,
                "rank_weight": 1_000_000,
                "weights": weights,
                "forms": {"pupil_pupil": form},
            },
            "locked": {},
            "forbidden": [],
            "wishes": {"mentees": {}, "mentors": {}},
        }
    )
    assert answer.mentor_of == {"3": "2", "4": "1"}
    assert answer.total_score == (40 + 10 + 5) + (40 + 10)
    assert answer.is_certified


def test_a_matching_that_was_tampered_with_does_not_come_out_the_same(cast):
    made = run(cast)
    made.proposals.exclude(mentor=None).first().delete()
    client = signed_in(cast.anna)
    (words,) = said(client.post(reverse("matching:recount", args=[made.pk]), follow=True))
    assert "differs for 1" in words


def test_a_matching_kept_in_another_way_says_so(cast):
    made = run(cast)
    made.snapshot = {"mentors": [{"strange": 1}]}
    made.save()
    client = signed_in(cast.anna)
    (words,) = said(client.post(reverse("matching:recount", args=[made.pk]), follow=True))
    assert "another version" in words


def test_two_matchings_side_by_side(cast):
    first = run(cast)
    records = cast.school.records
    pair = first.proposals.exclude(mentor=None).get(mentee=records["younger"])
    rule_pair(pair.mentor, pair.mentee, Ruling.FORBID, by=cast.anna)
    second = run(cast)
    found = compare_runs(cast.anna, first, second)
    assert [move.mentee for move in found.moved] == [
        one.mentee
        for one in second.proposals.select_related("mentee__person").order_by(
            "mentee__person__search_name"
        )
        if one.mentor_id != first.proposals.get(mentee=one.mentee).mentor_id
    ]
    assert found.moved
    assert found.n_same + len(found.moved) == first.proposals.count()
    client = signed_in(cast.anna)
    page = client.get(reverse("matching:history"), {"before": first.pk, "after": second.pk})
    assert page.context["comparison"].moved == found.moved
    assert [one.pk for one in client.get(reverse("matching:history")).context["page"]] == [
        second.pk,
        first.pk,
    ]


def test_a_run_of_another_school_is_not_compared(cast):
    own = run(cast)
    foreign = run_matching(cast.other.programme, by=cast.other.curator)
    page = signed_in(cast.anna).get(
        reverse("matching:history"), {"before": own.pk, "after": foreign.pk}
    )
    assert page.context["comparison"] is None
    assert page.context["form"].errors


def test_another_mentor_is_put_in_place_at_once(cast):
    """One press: the lock and the matching anew, and the newest matching has the pair."""
    made = run(cast)
    proposal = next(
        one for one in made.proposals.exclude(mentor=None) if one.explanation["alternatives"]
    )
    other = int(proposal.explanation["alternatives"][0]["mentor"])
    client = signed_in(cast.anna)
    assert 'name="again"' in text(client.get("/matching/"))
    client.post(
        reverse("matching:rule"),
        {"mentee": proposal.mentee_id, "mentor": other, "ruling": "lock", "again": "1"},
    )
    newest = cast.school.programme.runs.first()
    assert newest.number == made.number + 1
    assert newest.proposals.get(mentee=proposal.mentee_id).mentor_id == other
    assert PairRuling.objects.get().ruling == Ruling.LOCK


def test_who_may_not_match_sees_the_runs_and_has_no_buttons(cast):
    made = run(cast)
    client = signed_in(cast.users[Role.DIRECTOR])
    assert "recount" not in text(client.get(reverse("matching:past", args=[made.pk])))
    assert client.get(reverse("matching:history")).status_code == 200
    assert client.get(reverse("matching:rules")).status_code == 403
    assert client.post(reverse("matching:recount", args=[made.pk])).status_code == 403
