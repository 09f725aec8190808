"""Matched anew after a word of the curator's, the other pairs stay as far as they can."""

import re

import pytest
from django.urls import reverse
from tests.guards.world import add_pupils
from tests.jobs.working import counted
from tests.pages import signed_in, text

from nastavnik.jobs.tasks import work_on
from nastavnik.matching import adapter
from nastavnik.matching.actions import (
    engine_input,
    rule_pair,
    run_matching,
    set_rules,
)
from nastavnik.matching.catalogues import shipped_rules
from nastavnik.matching.choices import Ruling
from nastavnik.matching.models import MatchingRun
from nastavnik.matching.queries import proposed_now, run_view
from nastavnik.matching.queries.explanations import price_words
from nastavnik.mentorships.actions import approve_run
from nastavnik.programmes.actions import change_participation
from nastavnik.programmes.models import Participation

pytestmark = pytest.mark.django_db


@pytest.fixture
def turned(cast):
    """A proposal that points alone would turn round by now: younger with one mentor, youngest with the other."""
    records = cast.school.records
    for key, area in (("older", "exam"), ("oldest", "reading")):
        change_participation(records[key], areas=[area], interests=[], capacity=1, by=cast.anna)
    for key, area in (("younger", "exam"), ("youngest", "reading")):
        change_participation(records[key], areas=[area], interests=[], by=cast.anna)
    first = run_matching(cast.school.programme, by=cast.anna)
    pairs = pairs_of(first)
    assert pairs[records["younger"].pk] == records["older"].pk
    for key, area in (("younger", "reading"), ("youngest", "exam")):
        change_participation(
            Participation.objects.get(pk=records[key].pk), areas=[area], by=cast.anna
        )
    return pairs


def pairs_of(run):
    return dict(run.proposals.exclude(mentor=None).values_list("mentee_id", "mentor_id"))


def test_what_is_proposed_stays_where_that_is_asked(cast, turned):
    programme = cast.school.programme
    kept = run_matching(programme, keeps=True, by=cast.anna)
    assert pairs_of(kept) == turned
    assert kept.snapshot["previous"] == {str(a): str(b) for a, b in turned.items()}
    anew = run_matching(programme, by=cast.anna)
    assert pairs_of(anew) != turned
    # the fit of both is told without what keeping counts for, and both are counted anew to the point
    assert 0 <= kept.total_score < anew.total_score
    for made in (kept, anew):
        answer = adapter.recount(made.snapshot)
        assert answer.is_same_sum
        assert (answer.total_score, answer.is_certified) == (made.total_score, True)
        assert {int(k): int(v) for k, v in answer.mentor_of.items()} == pairs_of(made)


def test_a_word_on_two_leaves_the_other_pairs_alone(cast, turned):
    records = cast.school.records
    teacher = records["teacher"].pk
    novice = next(mentee for mentee, mentor in turned.items() if mentor == teacher)
    answer = signed_in(cast.anna).post(
        reverse("matching:rule"),
        {"mentee": novice, "mentor": teacher, "ruling": "lock", "again": "1"},
        follow=True,
    )
    assert answer.status_code == 200
    newest = MatchingRun.objects.order_by("-number").first()
    assert newest.number == 2
    assert pairs_of(newest) == turned


def test_the_prices_say_how_many_pairs_would_change(cast, turned):
    kept = run_matching(cast.school.programme, keeps=True, by=cast.anna)
    cards = [card for group in run_view(cast.anna, kept).groups for card in group.cards]
    prices = {other.price for card in cards for other in card.others}
    assert "изменились бы 2 пары, предложенные раньше" in prices
    assert "1" in price_words({"people": 0, "points": 90}, kept_points=100)
    assert price_words({"people": 0, "points": 0}, kept_points=100) == "ничего не теряется"


def test_the_page_asks_whether_to_keep(cast, turned):
    client, address = signed_in(cast.anna), reverse("matching:run")
    assert 'name="keeps"' in text(client.get(reverse("matching:workspace")))
    client.post(address, {"keeps": "1"})
    assert proposed_now(cast.school.programme, list(cast.school.programme.forms.all())) == turned
    client.post(address, {})
    newest = MatchingRun.objects.order_by("-number").first()
    assert pairs_of(newest) != turned


def test_a_matching_in_the_background_keeps_as_well(cast, turned):
    programme = cast.school.programme
    work_on(counted(cast, keeps=True))
    assert pairs_of(programme.runs.first()) == turned


def test_who_is_new_is_matched_and_nobody_moves_for_points(cast, turned):
    records = cast.school.records
    change_participation(
        Participation.objects.get(pk=records["oldest"].pk), capacity=3, by=cast.anna
    )
    add_pupils(cast.school, 1, start=60)
    set_rules(cast.school.organisation, shipped_rules(), by=cast.anna)
    kept = pairs_of(run_matching(cast.school.programme, keeps=True, by=cast.anna))
    assert {key: kept[key] for key in turned} == turned
    assert len(kept) >= len(turned)


def test_a_pair_that_is_forbidden_does_not_stay(cast, turned):
    records = cast.school.records
    younger, mentor = (
        records["younger"],
        Participation.objects.get(pk=turned[records["younger"].pk]),
    )
    rule_pair(mentor, younger, Ruling.FORBID, reason="испытание", by=cast.anna)
    kept = pairs_of(run_matching(cast.school.programme, keeps=True, by=cast.anna))
    assert kept[younger.pk] == records["oldest"].pk
    assert kept[records["youngest"].pk] == mentor.pk


def test_what_was_left_when_some_were_approved_stays(cast, turned):
    records = cast.school.records
    first = MatchingRun.objects.get()
    one = first.proposals.get(mentee=records["novice"])
    approve_run(first, only=[one.pk], by=cast.anna)
    first.refresh_from_db()
    left = {key: mentor for key, mentor in turned.items() if key != records["novice"].pk}
    assert proposed_now(cast.school.programme, list(cast.school.programme.forms.all())) == left
    page = text(signed_in(cast.anna).get(reverse("matching:workspace")))
    assert re.search(r'name="keeps"[^>]*checked', page)
    assert adapter.recount(first.snapshot).is_same_sum
    kept = run_matching(cast.school.programme, keeps=True, by=cast.anna)
    assert pairs_of(kept) == left
    # a pair that was made and has ended is not proposed again for having been one
    approve_run(kept, by=cast.anna)
    assert proposed_now(cast.school.programme, list(cast.school.programme.forms.all())) == {}


def test_the_load_of_a_mentor_counts_on_from_the_pairs_that_run(cast, turned):
    approve_run(MatchingRun.objects.get(), by=cast.anna)
    mentor = Participation.objects.get(pk=cast.school.records["older"].pk)
    change_participation(mentor, capacity=3, by=cast.anna)
    [given] = [
        one for one in engine_input(cast.school.programme).mentors if one.key == str(mentor.pk)
    ]
    assert (given.n_led, given.capacity) == (1, 2)
