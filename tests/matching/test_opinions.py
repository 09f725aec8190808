"""The psychologist's outcome: who gives it, what it does to a matching, who reads it, nothing else is kept."""

import pytest
from django.urls import reverse
from django.utils import translation
from tests.matching.test_matching import run
from tests.pages import counts, said, signed_in, text

from nastavnik.core.access import Role
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks.attention import items_for
from nastavnik.core.models import AuditEntry
from nastavnik.matching.actions import give_opinion, mark_discussed, rule_pair
from nastavnik.matching.adapter import recount
from nastavnik.matching.choices import OpinionOutcome, Ruling
from nastavnik.matching.models import Opinion, PairRuling
from nastavnik.mentorships.actions import approve_run
from nastavnik.mentorships.models import Mentorship
from nastavnik.people.models import User
from nastavnik.programmes.models import Participation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    """Refusals outside of a page speak the language of the installation; here it is that of the tests."""
    with translation.override("en"):
        yield


def opine(cast, outcome, *, mentor=None, mentee=None):
    records = cast.school.records
    return give_opinion(
        mentor=records[mentor] if mentor else None,
        mentee=records[mentee] if mentee else None,
        outcome=outcome,
        by=cast.users[Role.PSYCHOLOGIST],
    )


def proposal_for(made, cast, mentee):
    return made.proposals.get(mentee=cast.school.records[mentee])


def test_a_no_parts_the_pair_in_the_next_matching(cast):
    before = proposal_for(run(cast), cast, "younger")
    name = "older" if before.mentor == cast.school.records["older"] else "oldest"
    opine(cast, OpinionOutcome.AGAINST, mentor=name, mentee="younger")
    made = run(cast)
    assert proposal_for(made, cast, "younger").mentor_id not in (None, before.mentor_id)
    pair = [str(before.mentor_id), str(before.mentee_id)]
    assert [list(row) for row in made.snapshot["advised"]] == [pair]
    assert pair in [list(row) for row in made.snapshot["forbidden"]]
    assert recount(made.snapshot).total_score == made.total_score


def test_a_no_on_a_person_rules_out_every_pair_and_says_whose_word_it_is(cast):
    opine(cast, OpinionOutcome.AGAINST, mentee="younger")
    made = run(cast)
    alone = proposal_for(made, cast, "younger")
    assert alone.mentor is None
    assert alone.explanation["n_advised"] > 0
    assert alone.explanation["change"]["code"] == "ask_psychologist"
    words = "The psychologist does not recommend anyone who would fit."
    assert words in text(signed_in(cast.anna).get("/matching/"))
    assert words in text(signed_in(cast.users[Role.PSYCHOLOGIST]).get("/matching/"))
    director = text(signed_in(cast.users[Role.DIRECTOR]).get("/matching/"))
    assert "psychologist" not in director.lower()


def test_a_ban_of_the_curator_is_told_otherwise(cast):
    for mentor in ("older", "oldest"):
        rule_pair(
            cast.school.records[mentor],
            cast.school.records["younger"],
            Ruling.FORBID,
            reason="нет",
            by=cast.anna,
        )
    made = run(cast)
    explanation = proposal_for(made, cast, "younger").explanation
    assert "n_advised" not in explanation
    assert explanation["change"]["code"] == "unforbid"
    assert "You have ruled out" in text(signed_in(cast.anna).get("/matching/"))


def test_a_ban_and_a_no_together_are_both_told(cast):
    rule_pair(
        cast.school.records["older"],
        cast.school.records["younger"],
        Ruling.FORBID,
        reason="нет",
        by=cast.anna,
    )
    opine(cast, OpinionOutcome.AGAINST, mentor="oldest", mentee="younger")
    run(cast)
    page = text(signed_in(cast.anna).get("/matching/"))
    assert "ruled out by hand or not recommended by the psychologist" in page


@pytest.mark.parametrize("outcome", [OpinionOutcome.FOR, OpinionOutcome.DISCUSS])
def test_the_other_outcomes_change_no_matching(cast, outcome):
    before = {p.mentee_id: p.mentor_id for p in run(cast).proposals.all()}
    opine(cast, outcome, mentor="older", mentee="younger")
    opine(cast, outcome, mentor="oldest")
    assert {p.mentee_id: p.mentor_id for p in run(cast).proposals.all()} == before


def test_a_no_takes_a_lock_back_and_no_new_one_is_made(cast):
    records = cast.school.records
    lock = rule_pair(records["older"], records["younger"], Ruling.LOCK, by=cast.anna)
    other = rule_pair(records["oldest"], records["youngest"], Ruling.LOCK, by=cast.anna)
    opine(cast, OpinionOutcome.AGAINST, mentor="older", mentee="younger")
    lock.refresh_from_db()
    assert lock.lifted_at
    assert list(PairRuling.objects.standing()) == [other]
    with pytest.raises(RefusedError, match="psychologist"):
        rule_pair(records["older"], records["younger"], Ruling.LOCK, reason="надо", by=cast.anna)
    opine(cast, OpinionOutcome.AGAINST, mentor="oldest")
    assert not PairRuling.objects.standing().exists()


def test_a_no_after_the_matching_stops_its_approval(cast):
    made = run(cast)
    pair = proposal_for(made, cast, "younger")
    give_opinion(
        mentor=None,
        mentee=pair.mentee,
        outcome=OpinionOutcome.AGAINST,
        by=cast.users[Role.PSYCHOLOGIST],
    )
    with pytest.raises(RefusedError, match="does not recommend it"):
        approve_run(made, by=cast.anna)
    assert not Mentorship.objects.exists()
    opine(cast, None, mentee="younger")
    approve_run(made, by=cast.anna)
    assert Mentorship.objects.exists()


def test_an_outcome_is_changed_and_taken_back_with_a_line_in_the_trail(cast):
    first = opine(cast, OpinionOutcome.FOR, mentor="older", mentee="younger")
    again = opine(cast, OpinionOutcome.DISCUSS, mentor="older", mentee="younger")
    assert (again.pk, Opinion.objects.get().outcome) == (first.pk, OpinionOutcome.DISCUSS)
    mark_discussed(again, by=cast.anna)
    anew = opine(cast, OpinionOutcome.DISCUSS, mentor="older", mentee="younger")
    assert anew.discussed_on is None
    opine(cast, None, mentor="older", mentee="younger")
    opine(cast, None, mentor="older", mentee="younger")
    assert not Opinion.objects.exists()
    actions = AuditEntry.objects.filter(subject="matching.opinion").values_list("action", flat=True)
    assert sorted(actions) == [
        *["opinion-discussed"], *["opinion-given"] * 3, "opinion-taken-back",
    ]  # fmt: skip


def test_only_a_mentor_and_a_mentee_of_one_programme(cast):
    records, foreign = cast.school.records, cast.other.records
    for mentor, mentee in (
        (None, None),
        (records["younger"], None),
        (None, records["older"]),
        (records["older"], foreign["younger"]),
    ):
        with pytest.raises(RefusedError, match="one programme"):
            give_opinion(mentor=mentor, mentee=mentee, outcome=OpinionOutcome.FOR, by=None)
    assert not Opinion.objects.exists()


def test_on_the_page_by_one_press(cast):
    pair = proposal_for(run(cast), cast, "younger")
    client = signed_in(cast.users[Role.PSYCHOLOGIST])
    address = reverse("matching:opine")
    assert address in text(client.get("/matching/"))
    given = {"mentee": pair.mentee_id, "mentor": pair.mentor_id, "outcome": "against"}
    answer = client.post(address, given, follow=True)
    assert "does not recommend" in said(answer)[0]
    assert "does not recommend" in text(signed_in(cast.anna).get("/matching/"))
    before = counts()
    for wrong in ({"outcome": "ill"}, {"mentee": "", "mentor": ""}):
        client.post(address, given | wrong)
    client.post(address, given | {"mentee": cast.other.records["younger"].pk})
    assert counts() == before
    assert "Taken back." in said(client.post(address, given | {"outcome": ""}, follow=True))
    assert not Opinion.objects.exists()


def test_who_gives_and_who_reads(cast):
    row = opine(cast, OpinionOutcome.DISCUSS, mentor="older", mentee="younger")
    before = counts()
    for role in (Role.CURATOR, Role.DIRECTOR, Role.SOCIAL_TEACHER, Role.CLASS_TEACHER, Role.MENTOR):
        client = signed_in(cast.users[role])
        assert client.post(reverse("matching:opine"), {"outcome": "for"}).status_code == 403
    for role in (Role.CURATOR, Role.PSYCHOLOGIST):
        assert list(Opinion.objects.visible_to(cast.users[role])) == [row]
    strangers = [cast.users[r] for r in (Role.DIRECTOR, Role.CLASS_TEACHER, Role.MENTOR)]
    for user in (*strangers, cast.vera, cast.staff_curator):
        assert not Opinion.objects.visible_to(user).exists()
    assert counts() == before
    assert (
        signed_in(cast.vera).post(reverse("matching:discussed", args=[row.pk])).status_code == 404
    )


def test_nobody_reads_what_is_said_of_oneself(cast):
    """A psychologist who also leads a pair sees the outcomes on others only."""
    opine(cast, OpinionOutcome.AGAINST, mentor="older")
    opine(cast, OpinionOutcome.FOR, mentor="oldest")
    opine(cast, OpinionOutcome.FOR, mentee="younger")
    User.objects.filter(person=cast.school.people["older"]).update(person=None)
    user = cast.users[Role.CURATOR]
    user.person = cast.school.people["older"]
    user.save()
    user = User.objects.get(pk=user.pk)
    seen = Opinion.objects.visible_to(user)
    assert {row.outcome for row in seen} == {OpinionOutcome.FOR}
    assert seen.count() == 2


def test_the_curator_is_told_until_they_have_spoken(cast):
    row = opine(cast, OpinionOutcome.DISCUSS, mentor="older", mentee="younger")
    (item,) = [one for one in items_for(cast.anna) if "psychologist" in one.title]
    assert item.url.endswith("#psychologist")
    assert "pair" in item.title
    client = signed_in(cast.anna)
    run(cast)
    assert "we have spoken" in text(client.get("/matching/"))
    client.post(reverse("matching:discussed", args=[row.pk]))
    fresh = User.objects.get(pk=cast.anna.pk)
    assert not [one for one in items_for(fresh) if "psychologist" in one.title]
    assert "we have spoken" not in text(client.get("/matching/"))
    opine(cast, OpinionOutcome.DISCUSS, mentor="older")
    fresh = User.objects.get(pk=cast.anna.pk)
    (item,) = [one for one in items_for(fresh) if "psychologist" in one.title]
    assert "person" in item.title


def test_nothing_but_the_outcome_can_be_kept():
    """No field of the model holds words."""
    kinds = {f.name: f.get_internal_type() for f in Opinion._meta.concrete_fields}
    assert [
        name for name, kind in kinds.items() if kind in {"TextField", "CharField", "JSONField"}
    ] == ["outcome"]


def test_a_replacement_keeps_to_it_as_well(cast):
    from tests.mentorships.test_replacement import free, other_of

    from nastavnik.mentorships.actions import replace_mentor
    from nastavnik.mentorships.choices import EndCause

    approve_run(run(cast), by=cast.anna)
    free(cast, "older", "oldest")
    pair = Mentorship.objects.get(ties__mentee=cast.school.records["younger"])
    other = other_of(cast, pair)
    opinion = give_opinion(
        mentor=Participation.objects.get(pk=other.pk),
        mentee=None,
        outcome=OpinionOutcome.AGAINST,
        by=None,
    )
    with pytest.raises(RefusedError, match="cannot take this pair over"):
        replace_mentor(pair, other, cause=EndCause.ASKED, by=cast.anna)
    assert opinion.outcome == OpinionOutcome.AGAINST
