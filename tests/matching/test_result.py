"""The result on its page: who is left out for one reason stands together, a few are looked at alone, a hand stays where it was."""

import re
from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import translation
from tests.matching.test_matching import lock, run
from tests.matching.test_opinions import opine
from tests.pages import said, signed_in, text

from nastavnik.core.access import Role
from nastavnik.matching.choices import OpinionOutcome, Ruling
from nastavnik.matching.models import Proposal
from nastavnik.matching.queries import KeptShortage, LeftOut
from nastavnik.matching.tables import AT_MOST_NAMED, UnmatchedRow, unmatched_lines
from nastavnik.matching.views import results
from nastavnik.mentorships.actions import approve_run
from nastavnik.programmes.actions import set_participation_status
from nastavnik.programmes.choices import ParticipationStatus

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def left_out(key, *holders, places=2, helps="Ask Ivan."):
    """Return a mentee who lacks one of the places that `holders` have."""
    shortage = KeptShortage(frozenset(holders), frozenset(), places)
    reason = f"All suitable places are taken: {places + 1} people ask for {places} places."
    proposal = Proposal(mentee_id=key, explanation={"code": "all_full"})
    return LeftOut(proposal, "5А", reason, helps, shortage)


def keys_of(line):
    return [one.proposal.mentee_id for one in line.people]


def test_who_lacks_the_same_places_stands_together_and_all_are_counted():
    [line] = unmatched_lines([left_out(key, "7", "8") for key in (1, 2, 3)], {1, 2, 3})
    assert keys_of(line) == [1, 2, 3]
    assert line.reason == "All suitable places are taken: 5 people ask for 2 places."


def test_who_lacks_other_places_or_has_another_help_stands_apart():
    alike, other, helped = left_out(1, "7"), left_out(2, "8"), left_out(3, "7", helps="Ask Olga.")
    lines = unmatched_lines([alike, other, helped], {1, 2, 3})
    assert [keys_of(line) for line in lines] == [[1], [2], [3]]
    assert [line.reason for line in lines] == [one.reason for one in (alike, other, helped)]


def test_a_narrowed_page_names_fewer_and_counts_all():
    rows = [left_out(key, "7", "8") for key in (1, 2, 3)]
    [line] = unmatched_lines(rows, {2})
    assert keys_of(line) == [2]
    assert "5 people ask for 2 places" in line.reason
    assert unmatched_lines(rows, set()) == []


def shown(cast, user=None, **params):
    return signed_in(user or cast.anna).get(reverse("matching:workspace"), params)


def mentees(page):
    return {card.proposal.mentee_id for own in page.context["groups"] for card in own.cards}


def test_a_few_are_looked_at_alone(cast):
    made = run(cast)
    records = cast.school.records
    younger = made.proposals.get(mentee=records["younger"])
    assert mentees(shown(cast)) == {one.mentee_id for one in made.proposals.all()}
    assert mentees(shown(cast, name="младшов")) >= {younger.mentee_id}
    by_mentor = shown(cast, name=younger.mentor.person.last_name.upper())
    assert younger.mentee_id in mentees(by_mentor)
    assert records["novice"].pk not in mentees(by_mentor)
    nobody = shown(cast, name="никто-такой")
    assert mentees(nobody) == set()
    assert "Nobody fits the filter." in text(nobody)
    assert mentees(shown(cast, form="teacher_teacher")) == {records["novice"].pk}
    assert mentees(shown(cast, kind="ruled")) == set()
    names = {record.pk: name for name, record in records.items()}
    lock(cast, names[younger.mentor_id], "younger")
    opine(cast, OpinionOutcome.DISCUSS, mentor=names[younger.mentor_id], mentee="younger")
    for kind in ("ruled", "advised"):
        assert younger.mentee_id in mentees(shown(cast, kind=kind))
        assert records["novice"].pk not in mentees(shown(cast, kind=kind))
    assert shown(cast, kind="no-such").context["n_shown"] == made.n_matched
    assert mentees(shown(cast, kind="alone")) == set()
    table = shown(cast, view="table", name="младшов").context["lines"]
    assert {line.mentee.pk for line in table} >= {younger.mentee_id}


def test_only_who_may_know_what_was_chosen_and_advised_narrows_by_it(cast):
    run(cast)
    director = shown(cast, cast.users[Role.DIRECTOR]).context["filters"]
    assert [code for code, _words in director.fields["kind"].choices] == ["", "alone", "ruled"]
    curator = shown(cast).context["filters"]
    assert "advised" in dict(curator.fields["kind"].choices)


def test_a_decision_leads_back_to_its_line_on_the_page_as_it_was(cast):
    made = run(cast)
    pair = made.proposals.exclude(mentor=None).first()
    client = signed_in(cast.anna)
    asked = {"mentee": pair.mentee_id, "mentor": pair.mentor_id, "ruling": "lock"}
    place = "name=%D0%B0&form=&next=//example.org"
    line = f"{reverse('matching:workspace')}?name=%D0%B0#mentee-{pair.mentee_id}"
    assert client.post(reverse("matching:rule"), asked | {"place": place}).url == line
    assert f'id="mentee-{pair.mentee_id}"' in text(client.get(line))
    row = pair.mentee.rulings_as_mentee.get()
    assert client.post(reverse("matching:lift", args=[row.pk]), {"place": place}).url == line
    ban = asked | {"ruling": Ruling.FORBID, "place": place}
    why = client.post(reverse("matching:rule"), ban, follow=True)
    assert why.context["back"] == line
    assert client.post(reverse("matching:rule"), ban | {"reason": "так решено"}).url == line


def test_a_usual_reason_is_given_by_one_press(cast):
    pair = run(cast).proposals.exclude(mentor=None).first()
    asked = {"mentee": pair.mentee_id, "mentor": pair.mentor_id, "ruling": "forbid"}
    page = text(signed_in(cast.anna).get(reverse("matching:rule"), asked))
    assert 'name="reason" value="they were a pair before" formnovalidate' in page
    # the empty field stands first: the word of the button is what counts
    signed_in(cast.anna).post(reverse("matching:rule"), asked | {"reason": ["", "были парой"]})
    assert pair.mentee.rulings_as_mentee.get().reason == "были парой"


def test_what_was_said_in_confidence_stays_off_the_paper_in_columns_too(cast):
    records = cast.school.records
    for mentor in ("older", "oldest"):
        lock(cast, mentor, "younger", Ruling.FORBID)
    made = run(cast)
    proposal = made.proposals.get(mentee=records["youngest"])
    proposal.explanation = {**proposal.explanation, "chosen": {"by_mentee": 1, "by_mentor": None}}
    proposal.save()
    page = text(shown(cast))
    assert re.search(r'<b class="secret"\s*>The mentee chose the mentor: choice 1.</b>', page)
    assert '<p class="why-alone secret"><b>You have ruled out' in page


PARTS = ("people", "rules", "workspace", "history")


@pytest.mark.parametrize("here", PARTS)
def test_each_part_of_matching_leads_to_the_others(cast, here):
    run(cast)
    page = text(signed_in(cast.anna).get(reverse(f"matching:{here}")))
    nav = page[page.index('aria-label="Parts of matching"') :].partition("</nav>")[0]
    for part in PARTS:
        assert f'href="{reverse(f"matching:{part}")}"' in nav
    assert f'href="{reverse(f"matching:{here}")}" aria-current="page"' in nav


def test_who_only_reads_is_led_to_what_can_be_read(cast):
    run(cast)
    for name in ("workspace", "history"):
        page = text(signed_in(cast.users[Role.DIRECTOR]).get(reverse(f"matching:{name}")))
        assert reverse("matching:history") in page
        assert reverse("matching:rules") not in page
        assert reverse("matching:people") not in page


def test_after_some_are_approved_the_page_counts_pairs_and_says_how_to_go_on(cast):
    made = run(cast)
    one = made.proposals.exclude(mentor=None).first()
    approve_run(made, only=[one.pk], by=cast.anna)
    page = text(shown(cast))
    assert "1 mentee is in a pair." in page
    assert "Those who still wait are matched by «Match anew»" in page


def test_the_last_two_matchings_are_offered_for_comparison(cast):
    first, second = run(cast), run(cast)
    client = signed_in(cast.anna)
    form = client.get(reverse("matching:history")).context["form"]
    assert (form["before"].value(), form["after"].value()) == (first.pk, second.pk)
    assert not client.get(reverse("matching:history"), {"page": "1"}).context["form"].errors
    old = text(client.get(reverse("matching:past", args=[first.pk])))
    assert f"before={first.pk}&amp;after={second.pk}" in old
    assert "before=" not in text(client.get(reverse("matching:past", args=[second.pk])))


def test_more_changes_than_fit_the_margin_are_kept_within_reach(cast, monkeypatch):
    run(cast)
    assert "The others" not in text(shown(cast))
    board = results.run_view
    many = tuple(f"change {number}" for number in range(9))
    monkeypatch.setattr(results, "run_view", lambda *args: replace(board(*args), changes=many))
    words = text(shown(cast))
    assert all(one in words for one in many)
    assert "<b>9</b> mentees have another mentor" in words


def test_a_matching_without_a_pair_says_so_and_shows_no_empty_list(cast):
    for mentor in ("older", "oldest"):
        for mentee in ("younger", "youngest"):
            lock(cast, mentor, mentee, Ruling.FORBID)
    lock(cast, "teacher", "novice", Ruling.FORBID)
    page = signed_in(cast.anna).post(reverse("matching:run"), follow=True)
    assert said(page) == ["No pair was found: why, is said below."]
    assert page.context["board"].n_pairs == 0
    assert "Proposed pairs" not in text(page)
    assert "0 of 3 mentees get a mentor." in text(page)


def test_a_curator_of_one_direction_is_told_of_her_own_mentees_only(cast):
    run(cast)
    page = shown(cast, cast.staff_curator)
    assert "1 of 1 mentees get a mentor." in text(page)


def test_of_many_mentors_with_the_places_some_are_named():
    whole = UnmatchedRow((), "", "", is_secret=False, holding=(None,) * (AT_MOST_NAMED + 2))
    assert whole.n_more == 2
    assert UnmatchedRow((), "", "", is_secret=False).n_more == 0


def test_of_whom_the_base_has_outgrown_nothing_is_offered_and_the_page_says_why(cast):
    """A mentee who left since: no lock, no ban, no tick, no «approve all»; the others stay as they were."""
    proposals = list(run(cast).proposals.exclude(mentor=None).select_related("mentee__person"))
    gone, *others = proposals
    client = signed_in(cast.anna)
    workspace = reverse("matching:workspace")
    before = text(client.get(workspace))
    assert "Approve 3 pairs…" in before
    set_participation_status(gone.mentee, ParticipationStatus.LEFT, by=cast.anna)
    for view in ("", "?view=table"):
        shown = client.get(workspace + view)
        assert f"{gone.mentee.person.short_name}: no longer matched, match anew" in text(shown)
        assert "Approve 3 pairs…" not in text(shown)
        page = shown.content.decode()
        assert f'name="proposals" value="{gone.pk}"' not in page
        assert f'name="mentee" value="{gone.mentee_id}"' not in page
        assert f'data-mentee="{gone.mentee_id}"' not in page
        for one in others:
            assert f'name="proposals" value="{one.pk}"' in page
