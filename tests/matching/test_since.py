"""A matching that is looked at later: whose numbers are said, what has changed since, what is to be done."""

import pytest
from django.urls import reverse
from django.utils import translation
from tests.matching.test_matching import run
from tests.pages import signed_in, text

from nastavnik.core.access import Role
from nastavnik.matching.actions import run_matching, set_rules
from nastavnik.matching.catalogues import shipped_rules
from nastavnik.matching.queries import run_view
from nastavnik.matching.queries.since import changed_since
from nastavnik.mentorships.actions import approve_run
from nastavnik.programmes.actions import change_participation, set_participation_status
from nastavnik.programmes.choices import ParticipationStatus as S
from nastavnik.programmes.models import Participation

pytestmark = pytest.mark.django_db
WORKSPACE = reverse("matching:workspace")
CHANGED = "Something has changed since this matching was counted"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def since(cast):
    return signed_in(cast.anna).get(WORKSPACE).context["since"]


def test_a_matching_just_made_is_of_today(cast):
    run(cast)
    page = signed_in(cast.anna).get(WORKSPACE)
    assert page.context["since"] == ()
    assert CHANGED not in text(page)


def test_another_number_of_places_is_said_by_name_and_matching_anew_is_offered(cast):
    run(cast)
    older = change_participation(cast.school.records["older"], capacity=3, by=cast.anna)
    page = signed_in(cast.anna).get(WORKSPACE)
    assert page.context["since"] == (f"other numbers of places: {older.person.short_name}",)
    note = text(page).partition(CHANGED)[2].partition("</div>")[0]
    assert 'form="run"' in note
    viewed = text(signed_in(cast.users[Role.DIRECTOR]).get(WORKSPACE))
    assert CHANGED in viewed
    assert 'form="run"' not in viewed
    run(cast)
    assert since(cast) == ()


def test_who_came_who_went_what_was_asked_and_the_rules_are_told_apart(cast):
    records = cast.school.records
    run_matching(cast.school.programme, without=[records["novice"].pk], by=cast.anna)
    assert since(cast) == ()  # who was to sit it out is no news
    set_participation_status(records["youngest"], S.CANDIDATE, by=cast.anna)
    change_participation(records["younger"], areas=["physics"], by=cast.anna)
    set_rules(cast.school.organisation, shipped_rules(), by=cast.anna)
    gone, said, rules = since(cast)
    assert gone == f"not matched any more: {records['youngest'].person.short_name}"
    assert said.endswith(records["younger"].person.short_name)
    assert rules == "the rules of matching"
    run(cast)
    set_participation_status(records["youngest"], S.READY, by=cast.anna)
    assert since(cast)[0] == f"ready for matching since: {records['youngest'].person.short_name}"


def test_of_many_only_a_few_are_named_and_choices_only_to_who_may_know(cast):
    people = [{"key": str(one.pk), "grade": 5} for one in cast.school.records.values()]
    now = {"mentors": [], "mentees": people, "rules": {}, "wishes": {"mentees": {"1": ["2"]}}}
    kept = {**now, "mentees": [], "wishes": {}}
    words, choices = changed_since(cast.anna, kept, now, with_choices=True)
    assert words.endswith(f"and {len(people) - 3} more")
    assert choices == "choices after the group meeting"
    assert changed_since(cast.anna, kept, now, with_choices=False) == (words,)
    # of another school nobody is named
    assert changed_since(cast.vera, kept, now, with_choices=False) == (
        f"ready for matching since: {len(people)}",
    )


def test_an_approved_matching_counts_the_places_of_its_day(cast):
    change_participation(cast.school.records["older"], capacity=2, by=cast.anna)
    made = run(cast)
    before = [(group.load, group.capacity) for group in run_view(cast.anna, made).groups]
    approve_run(made, by=cast.anna)
    made.refresh_from_db()
    assert [(group.load, group.capacity) for group in run_view(cast.anna, made).groups] == before
    page = text(signed_in(cast.anna).get(reverse("matching:past", args=[made.pk])))
    assert "Places and advice are of that day." in page
    assert "2 of 1" not in page


def test_advice_counts_the_mentees_led_already_and_ends_when_it_is_followed(cast):
    records = cast.school.records
    set_participation_status(records["oldest"], S.LEFT, by=cast.anna)
    key = records["older"].pk
    Participation.objects.filter(pk=key).update(status=S.PAIRED, capacity=2, active_count=1)
    made = run(cast)
    [alone] = [row for row in made.proposals.all() if row.mentor_id is None]
    assert alone.explanation["change"]["value"] == 3  # two places, both taken then
    [out] = run_view(cast.anna, made).left_out
    assert out.help.endswith("took one more mentee (3).")
    change_participation(Participation.objects.get(pk=key), capacity=3, by=cast.anna)
    [out] = run_view(cast.anna, made).left_out
    assert out.help.endswith("takes more by now: match anew.")
