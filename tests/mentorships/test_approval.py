"""From people who are ready to an order: the whole chain through actions."""

from pathlib import Path

import pytest
from django.urls import reverse
from tests.cast import approve_pairs
from tests.killing import nothing_half_written
from tests.pages import signed_in
from tests.papers import docx_of

from nastavnik.core.errors import RefusedError
from nastavnik.documents.actions import register_document, set_requisites
from nastavnik.matching.actions import lift_ruling, rule_pair, run_matching
from nastavnik.matching.choices import Ruling
from nastavnik.mentorships.actions import approve_run
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.models import Mentorship


def test_everyone_who_is_ready_gets_into_the_annex(cast):
    order = approve_pairs(cast.school)
    assert Mentorship.objects.filter(ties__order=order).count() == 3
    docx = docx_of(order)
    annex = "\n".join(
        cell.text for table in docx.tables for row in table.rows for cell in row.cells
    )
    for name in (
        "Младшов Миша Ильич",
        "Младшова Маша Ильинична",
        "Новикова Нина Юрьевна",
    ):
        assert name in annex


def test_a_registered_order_lets_the_pairs_run(cast):
    order = approve_pairs(cast.school)
    set_requisites(order, number="12-о", dated_on=cast.school.year.starts_on, by=cast.anna)
    register_document(order, by=cast.anna)
    states = set(Mentorship.objects.filter(ties__order=order).values_list("status", flat=True))
    assert states == {MentorshipStatus.ACTIVE}


def test_an_approval_killed_in_the_middle_leaves_nothing_half_written(tmp_path, begin_migrated):
    script = Path(__file__).with_name("killed_approval.py")
    begin_migrated(tmp_path / "data")
    nothing_half_written(script, tmp_path / "data", at_least=21)


def proposed(run):
    return list(run.proposals.exclude(mentor=None).select_related("mentor", "mentee"))


def test_what_was_decided_by_hand_since_is_not_approved_over(cast):
    """Kept apart but not matched anew: approving all would make the very pair the curator has just forbidden."""
    run = run_matching(cast.school.programme, by=cast.anna)
    first, *others = proposed(run)
    ban = rule_pair(first.mentor, first.mentee, Ruling.FORBID, reason="так надо", by=cast.anna)
    with pytest.raises(RefusedError, match="Младшов") as refusal:
        approve_run(run, by=cast.anna)
    [reason] = refusal.value.reasons
    assert first.mentee.person.full_name in reason
    assert not Mentorship.objects.exists()
    lift_ruling(ban, by=cast.anna)
    elsewhere = next(one.mentor for one in others if one.mentor != first.mentor)
    rule_pair(elsewhere, first.mentee, Ruling.LOCK, reason="так надо", by=cast.anna)
    with pytest.raises(RefusedError, match="Младшов"):
        approve_run(run, by=cast.anna)
    approve_run(run, only=[one.pk for one in others], by=cast.anna)  # the others are not concerned


def test_a_lock_on_what_is_proposed_stands_in_nobodys_way(cast):
    run = run_matching(cast.school.programme, by=cast.anna)
    one = proposed(run)[0]
    rule_pair(one.mentor, one.mentee, Ruling.LOCK, reason="", by=cast.anna)
    approve_run(run, by=cast.anna)
    assert Mentorship.objects.filter(ties__mentee=one.mentee, mentor=one.mentor).exists()


def test_approving_the_ticked_with_nothing_ticked_says_what_to_do(cast):
    run = run_matching(cast.school.programme, by=cast.anna)
    address = reverse("mentorships:approve", args=[run.pk])
    answer = signed_in(cast.anna).post(address, follow=True)
    assert "Tick the pairs to approve: no pair is ticked." in answer.content.decode()
    assert not Mentorship.objects.exists()


def test_after_approving_some_it_is_said_what_becomes_of_the_others(cast):
    run = run_matching(cast.school.programme, by=cast.anna)
    first, *others = proposed(run)
    address = reverse("mentorships:approve", args=[run.pk])
    client = signed_in(cast.anna)
    answer = client.post(address, {"proposals": [first.pk], "sure": "1"}, follow=True)
    assert f"{len(others)} other pairs are not approved" in answer.content.decode()
    rest = run_matching(cast.school.programme, by=cast.anna)
    answer = client.post(
        reverse("mentorships:approve", args=[rest.pk]), {"all": "1"}, follow=True
    ).content.decode()
    assert "The pairs are approved." in answer
    assert "not approved" not in answer
