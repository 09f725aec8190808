"""A form led in groups: one card in the workspace, the fellows on the page of a pair, the annex."""

from django.urls import reverse
from tests.cast import approve_pairs
from tests.pages import signed_in

from nastavnik.matching.actions import engine_input, run_matching
from nastavnik.matching.queries import board
from nastavnik.mentorships.models import Mentorship
from nastavnik.mentorships.queries import fellows_of
from nastavnik.programmes.actions import change_form, change_participation


def led_in_groups(cast):
    """Let the eldest take everybody who is younger, as one group."""
    form = cast.school.programme.forms.get(code="pupil_pupil")
    change_form(form, is_group=True, max_mentees=5, by=cast.anna)
    records = cast.school.records
    change_participation(records["oldest"], capacity=5, by=cast.anna)
    change_participation(records["older"], areas=[], interests=[], by=cast.anna)
    records["older"].refresh_from_db()
    return form


def grouped(cast):
    led_in_groups(cast)
    order = approve_pairs(cast.school)
    pairs = Mentorship.objects.filter(order=order, form__code="pupil_pupil")
    by_mentor = {}
    for pair in pairs.select_related("form"):
        by_mentor.setdefault(pair.mentor_id, []).append(pair)
    return order, max(by_mentor.values(), key=len)


def test_the_form_and_its_limit_reach_the_engine(cast):
    led_in_groups(cast)
    rule = engine_input(cast.school.programme).rules.forms["pupil_pupil"]
    assert (rule.is_group, rule.mentor_max_mentees) == (True, 5)


def test_the_workspace_says_that_a_mentor_leads_a_group(cast):
    before = board(cast.anna, run_matching(cast.school.programme, by=cast.anna))
    assert not any(group.is_group for group in before.groups)
    led_in_groups(cast)
    after = board(cast.anna, run_matching(cast.school.programme, by=cast.anna))
    for group in after.groups:
        own = {leg.proposal.form.code for leg in group.legs}
        assert group.is_group == (own == {"pupil_pupil"})
    assert any(group.is_group for group in after.groups)


def test_a_pair_of_a_group_names_its_fellows_and_no_other_pair_does(cast):
    _, pairs = grouped(cast)
    assert len(pairs) == 2
    one, other = pairs
    assert fellows_of(cast.anna, one) == [other]
    page = signed_in(cast.anna).get(reverse("mentorships:card", args=[one.pk]))
    assert page.context["fellows"] == [other]
    assert other.ties.get().mentee.person.full_name in page.content.decode()
    alone = Mentorship.objects.exclude(form__code="pupil_pupil").select_related("form").first()
    assert fellows_of(cast.anna, alone) == []


def test_a_group_that_lost_a_mentee_goes_on_without_them(cast):
    _, (one, other) = grouped(cast)
    Mentorship.objects.filter(pk=other.pk).update(
        status="cancelled", ended_on=cast.school.year.starts_on
    )
    assert fellows_of(cast.anna, one) == []


def test_the_annex_lists_a_group_together(cast):
    order, pairs = grouped(cast)
    (part,) = (p for p in order.content["annex"]["parts"] if p["title"].endswith(", группы"))
    mentors = [row[0] for row in part["rows"]]
    assert len(mentors) - len(set(mentors)) == len(pairs) - 1
    assert mentors == sorted(mentors)
