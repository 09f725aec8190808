"""Pairs somebody has to decide on: Today names those the psychologist does not recommend, to who may know."""

import pytest
from django.urls import reverse
from tests.mentorships.scenes import pair_of, run_pairs
from tests.pages import signed_in

from nastavnik.core.access import Role
from nastavnik.matching.actions import give_opinion
from nastavnik.matching.choices import OpinionOutcome
from nastavnik.mentorships.actions import set_pair_status
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.queries import ties_advised_against


@pytest.fixture
def pair(cast):
    run_pairs(cast.school)
    return pair_of(cast.school)


def advised(user):
    return set(ties_advised_against(user).values_list("mentorship_id", flat=True))


@pytest.mark.both
@pytest.mark.parametrize("about", ["pair", "mentor", "mentee"])
def test_a_running_pair_the_psychologist_is_against_is_to_be_decided(cast, pair, about):
    assert advised(cast.anna) == set()
    mentee = pair.ties.get().mentee
    give_opinion(
        mentor=None if about == "mentee" else pair.mentor,
        mentee=None if about == "mentor" else mentee,
        outcome=OpinionOutcome.AGAINST,
        by=cast.users[Role.PSYCHOLOGIST],
    )
    led = set(pair.mentor.mentorships_as_mentor.values_list("pk", flat=True))
    assert advised(cast.anna) == (led if about == "mentor" else {pair.pk})
    page = signed_in(cast.anna).get(reverse("cabinet:home")).content.decode()
    assert "does not recommend this pair" in page
    assert reverse("mentorships:card", args=[pair.pk]) in page


def test_it_is_told_only_to_who_may_know_and_while_the_pair_goes_on(cast, pair):
    mentee = pair.ties.get().mentee
    opinion = {"mentor": pair.mentor, "mentee": mentee, "by": cast.users[Role.PSYCHOLOGIST]}
    give_opinion(outcome=OpinionOutcome.AGAINST, **opinion)
    for role in (Role.CLASS_TEACHER, Role.DIRECTOR, Role.MENTOR):
        page = signed_in(cast.users[role]).get(reverse("cabinet:home")).content.decode()
        assert "does not recommend" not in page
    assert advised(cast.vera) == set()
    give_opinion(outcome=OpinionOutcome.FOR, **opinion)
    assert advised(cast.anna) == set()
    give_opinion(outcome=OpinionOutcome.AGAINST, **opinion)
    set_pair_status(pair, MentorshipStatus.CANCELLED, reason="решили", by=cast.anna)
    assert advised(cast.anna) == set()


@pytest.mark.parametrize("about", ["pair", "mentor", "mentee"])
def test_the_page_of_the_pair_says_it_and_lets_the_curator_decide(cast, pair, about):
    mentee = pair.ties.get().mentee
    opinion = {
        "mentor": None if about == "mentee" else pair.mentor,
        "mentee": None if about == "mentor" else mentee,
        "outcome": OpinionOutcome.AGAINST,
        "by": cast.users[Role.PSYCHOLOGIST],
    }
    client, address = signed_in(cast.anna), reverse("mentorships:card", args=[pair.pk])
    assert "does not recommend" not in client.get(address).content.decode()
    give_opinion(**opinion)
    page = client.get(address).content.decode()
    assert "The psychologist does not recommend" in page
    assert "We have spoken: it goes on" in page
    psychologist = signed_in(cast.users[Role.PSYCHOLOGIST]).get(address).content.decode()
    assert "does not recommend" in psychologist
    assert "We have spoken" not in psychologist
    director = signed_in(cast.users[Role.DIRECTOR]).get(address).content.decode()
    assert "psychologist" not in director.lower()
    keep = reverse("mentorships:keep", args=[pair.pk])
    assert signed_in(cast.users[Role.PSYCHOLOGIST]).post(keep).status_code == 403
    page = client.post(keep, follow=True).content.decode()
    assert "does not recommend" not in page
    assert "you have spoken about it, and it goes on" in page
    assert advised(cast.anna) == set()
    give_opinion(**opinion)  # said once more: to be decided once more
    assert pair.pk in advised(cast.anna)
    set_pair_status(pair, MentorshipStatus.CANCELLED, reason="решили", by=cast.anna)
    assert "does not recommend" not in client.get(address).content.decode()


def test_what_the_psychologist_said_of_others_is_not_told_on_the_page_of_a_pair(cast, pair):
    other = pair_of(cast.school, "youngest")
    give_opinion(
        mentor=None,
        mentee=other.ties.get().mentee,
        outcome=OpinionOutcome.AGAINST,
        by=cast.users[Role.PSYCHOLOGIST],
    )
    page = signed_in(cast.anna).get(reverse("mentorships:card", args=[pair.pk])).content.decode()
    assert "does not recommend" not in page
