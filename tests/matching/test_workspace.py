"""The workspace beyond one run: rules and their effect, all runs, two side by side, counted anew, put together."""

from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import translation
from tests.matching.test_matching import run
from tests.pages import said, signed_in, text

from nastavnik.core.access import Role
from nastavnik.core.errors import RefusedError
from nastavnik.core.models import AuditEntry
from nastavnik.engine.matching.proposing import Wishes
from nastavnik.matching.actions import (
    engine_input,
    is_override,
    lift_ruling,
    rule_pair,
    run_matching,
    set_rules,
)
from nastavnik.matching.adapter import effect_of, recount
from nastavnik.matching.catalogues import shipped_rules
from nastavnik.matching.choices import Ruling
from nastavnik.matching.models import PairRuling, RuleSet
from nastavnik.matching.queries import compare_runs, rules_in_force
from nastavnik.mentorships.actions import approve_run
from nastavnik.mentorships.models import Mentorship
from nastavnik.programmes.actions import set_participation_status
from nastavnik.programmes.choices import ParticipationStatus
from nastavnik.programmes.models import Participation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    """Refusals outside of a page speak the language of the installation; here it is that of the tests."""
    with translation.override("en"):
        yield


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


def test_the_effect_tells_how_many_choices_are_met_where_there_are_any(cast):
    shown = signed_in(cast.anna).post(reverse("matching:rules"), RULES | {"show": "1"})
    assert shown.context["tells_choices"] is False
    given = engine_input(cast.school.programme)
    met = given.run().pairs[0]
    wishes = Wishes(mentees={met.mentee: (met.mentor,)}, mentors={})
    deaf = replace(given.rules, rank_weight=0)
    effect = effect_of(replace(given, wishes=wishes), replace(given, wishes=wishes, rules=deaf))
    assert effect.n_chosen == (1, 1)
    apart = frozenset({(met.mentor, met.mentee)})
    assert effect_of(given, replace(given, wishes=wishes, forbidden=apart)).n_chosen == (0, 0)


def test_a_request_is_met_whatever_points_the_rules_give_for_it(cast):
    given = engine_input(cast.school.programme)
    silent = replace(given.rules, weights=dict(given.rules.weights) | {"area": 0})
    effect = effect_of(given, replace(given, rules=silent))
    assert effect.moved == ()
    assert effect.n_area[0] == effect.n_area[1] > 0
    run(cast)
    client = signed_in(cast.anna)
    shown = client.get("/matching/").context["board"].n_area
    set_rules(cast.school.organisation, silent, by=cast.anna)
    run(cast)
    assert client.get("/matching/").context["board"].n_area == shown > 0


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
    rule_pair(pair.mentor, pair.mentee, Ruling.FORBID, reason="так решено", by=cast.anna)
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


def test_who_is_without_a_mentor_leads_to_deciding_by_hand(cast):
    client = signed_in(cast.anna)
    set_participation_status(cast.school.records["oldest"], ParticipationStatus.LEFT, by=cast.anna)
    run(cast)
    page = client.get("/matching/")
    alone = page.context["board"].left_out[0].proposal
    address = f"?mentee={alone.mentee_id}#by-hand"
    assert address in text(page)
    chosen = client.get(f"/matching/{address}").context["form"]["mentee"].value()
    assert chosen == str(alone.mentee_id)
    strange = text(client.get("/matching/?mentee=x"))
    assert "by-hand" in strange
    director = signed_in(cast.users[Role.DIRECTOR]).get("/matching/")
    assert "#by-hand" not in text(director)


def moves_between(before, after):
    mentors = [dict(one.proposals.values_list("mentee_id", "mentor_id")) for one in (before, after)]
    return sum(mentors[0][key] != mentors[1][key] for key in mentors[0])


def test_of_many_who_have_another_mentor_only_the_number_is_told(cast, monkeypatch):
    monkeypatch.setattr("nastavnik.matching.tasks.CHANGES_TOLD", 0)
    made = run(cast)
    first = made.proposals.exclude(mentor=None).first()
    rule_pair(first.mentor, first.mentee, Ruling.FORBID, reason="так надо", by=cast.anna)
    client = signed_in(cast.anna)
    answer = client.post(reverse("matching:run"), follow=True)
    moved = moves_between(made, cast.school.programme.runs.first())
    assert moved >= 1
    assert f"{moved} mentee" in said(answer)[0]
    assert "who, is said in the margin" in said(answer)[0]
    again = client.post(reverse("matching:run"), follow=True)
    assert said(again) == [f"{again.context['board'].n_pairs} pairs are proposed."]


def test_another_mentor_is_put_in_place_at_once(cast):
    """One press: the lock and the matching anew, and the newest matching has the pair."""
    made = run(cast)
    proposal = next(
        one for one in made.proposals.exclude(mentor=None) if one.explanation["alternatives"]
    )
    other = int(proposal.explanation["alternatives"][0]["mentor"])
    client = signed_in(cast.anna)
    assert 'name="again"' in text(client.get("/matching/"))
    asked = {"mentee": proposal.mentee_id, "mentor": other, "ruling": "lock", "again": "1"}
    why = client.post(reverse("matching:rule"), asked, follow=True)
    assert not PairRuling.objects.exists()
    assert 'name="again"' in text(why)
    answer = client.post(
        reverse("matching:rule"), asked | {"reason": "сами попросили"}, follow=True
    )
    newest = cast.school.programme.runs.first()
    assert newest.number == made.number + 1
    moved = moves_between(made, newest)
    assert moved >= 1
    [words] = said(answer)  # whom it cost a mentor is told at once, not in the margin alone
    assert words.count(": was ") == moved
    assert proposal.mentee.person.short_name in words.partition("together. ")[2]
    assert newest.proposals.get(mentee=proposal.mentee_id).mentor_id == other
    assert PairRuling.objects.get().ruling == Ruling.LOCK


def test_who_may_not_match_sees_the_runs_and_has_no_buttons(cast):
    made = run(cast)
    client = signed_in(cast.users[Role.DIRECTOR])
    assert "recount" not in text(client.get(reverse("matching:past", args=[made.pk])))
    assert client.get(reverse("matching:history")).status_code == 200
    assert client.get(reverse("matching:rules")).status_code == 403
    assert client.post(reverse("matching:recount", args=[made.pk])).status_code == 403


# ---------------------------------------------------------------- the reason of an override


def proposed(cast):
    made = run(cast)
    return made.proposals.exclude(mentor=None).select_related("mentee", "mentor").first()


def other_mentor(cast, proposal):
    names = ("older", "oldest") if proposal.mentor != cast.school.records["teacher"] else ("older",)
    return next(one for one in map(cast.school.records.get, names) if one != proposal.mentor)


def test_an_ordinary_lock_needs_no_reason(cast):
    pair = proposed(cast)
    assert not is_override(pair.mentor, pair.mentee, Ruling.LOCK)
    row = rule_pair(pair.mentor, pair.mentee, Ruling.LOCK, by=cast.anna)
    assert row.reason == ""
    again = rule_pair(pair.mentor, pair.mentee, Ruling.LOCK, reason="дружат", by=cast.anna)
    assert (again.pk, again.reason) == (row.pk, "дружат")
    assert AuditEntry.objects.filter(action="ruling-explained", subject_id=row.pk).count() == 1


@pytest.mark.parametrize("ruling", [Ruling.FORBID, Ruling.LOCK])
def test_what_goes_against_the_proposal_needs_a_reason(cast, ruling):
    pair = proposed(cast)
    mentor = pair.mentor if ruling == Ruling.FORBID else other_mentor(cast, pair)
    with pytest.raises(RefusedError, match="Write why"):
        rule_pair(mentor, pair.mentee, ruling, reason="  ", by=cast.anna)
    assert not PairRuling.objects.exists()
    row = rule_pair(mentor, pair.mentee, ruling, reason="сами попросили", by=cast.anna)
    entry = AuditEntry.objects.get(action=f"pair-{ruling}", subject_id=row.pk)
    assert "reason" in entry.fields


def test_a_lock_the_rules_would_never_propose_needs_a_reason(cast):
    """A teacher and a pupil have no form in common here; nothing has been proposed yet."""
    records = cast.school.records
    assert is_override(records["teacher"], records["younger"], Ruling.LOCK)
    assert not is_override(records["older"], records["younger"], Ruling.LOCK)
    assert not is_override(records["older"], records["younger"], Ruling.FORBID)


def test_the_button_leads_to_the_question_and_back(cast):
    pair = proposed(cast)
    client = signed_in(cast.anna)
    asked = {"mentee": pair.mentee_id, "mentor": pair.mentor_id, "ruling": "forbid"}
    page = client.post(reverse("matching:rule"), asked, follow=True)
    assert page.request["QUERY_STRING"]
    assert "why not" in text(page)
    assert "they were a pair before" in text(page)
    client.post(reverse("matching:rule"), asked | {"reason": "уже были парой"})
    assert PairRuling.objects.get().reason == "уже были парой"
    assert "уже были парой" in text(client.get("/matching/"))
    for wrong in ({}, {"mentee": "0", "mentor": "0", "ruling": "lock"}):
        assert client.get(reverse("matching:rule"), wrong).status_code == 302
    foreign = cast.other.records
    strange = {"mentee": foreign["younger"].pk, "mentor": foreign["older"].pk, "ruling": "lock"}
    assert client.get(reverse("matching:rule"), strange).status_code == 302


def test_the_reason_of_a_swap_names_who_was_proposed(cast):
    pair = proposed(cast)
    other = other_mentor(cast, pair)
    asked = {"mentee": pair.mentee_id, "mentor": other.pk, "ruling": "lock"}
    page = signed_in(cast.anna).get(reverse("matching:rule"), asked)
    assert pair.mentor.person.short_name in text(page)
    assert "required" in text(page)
    lock = asked | {"mentor": pair.mentor_id}
    assert "may be left out" in text(signed_in(cast.anna).get(reverse("matching:rule"), lock))


def test_the_reason_stays_with_the_run_the_pair_and_the_history(cast):
    pair = proposed(cast)
    other = other_mentor(cast, pair)
    row = rule_pair(other, pair.mentee, Ruling.LOCK, reason="сами попросили", by=cast.anna)
    made = run(cast)
    approve_run(made, by=cast.anna)
    lift_ruling(row, by=cast.anna)
    client = signed_in(cast.anna)
    past = text(client.get(reverse("matching:past", args=[made.pk])))
    assert "Put together by hand: сами попросили." in past
    pair = Mentorship.objects.get(ties__mentee=pair.mentee)
    card = text(client.get(reverse("mentorships:card", args=[pair.pk])))
    assert "Put together by hand" in card
    assert "сами попросили" in card
    history = client.get(reverse("matching:history"))
    assert [one.pk for one in history.context["rulings"]] == [row.pk]
    assert "taken back" in text(history)
    teacher = signed_in(cast.users[Role.CLASS_TEACHER])
    seen = teacher.get(reverse("mentorships:card", args=[pair.pk]))
    assert "сами попросили" not in text(seen)


# ---------------------------------------------------------------- the result as a table


def table(cast, user=None, **asked):
    asked = {"view": "table", **asked}
    return signed_in(user or cast.anna).get(reverse("matching:workspace"), asked)


def test_the_table_has_everybody_and_who_is_alone_first(cast):
    rule_pair(
        cast.school.records["teacher"],
        cast.school.records["novice"],
        Ruling.FORBID,
        reason="нет",
        by=cast.anna,
    )
    made = run(cast)
    page = table(cast)
    lines = page.context["lines"]
    assert {line.mentee.pk for line in lines} == set(
        made.proposals.values_list("mentee", flat=True)
    )
    assert [line.mentor is None for line in lines] == [True, False, False]
    assert lines[0].mentee == cast.school.records["novice"]
    assert "You have ruled out everyone" in text(page)
    assert 'aria-sort="ascending"' in text(page)


@pytest.mark.parametrize("sort", ["mentee", "mentor", "fit", "form"])
def test_the_table_is_sorted_by_its_columns_both_ways(cast, sort):
    run(cast)
    there = [line.mentee.pk for line in table(cast, sort=sort).context["lines"]]
    back = [line.mentee.pk for line in table(cast, sort=f"-{sort}").context["lines"]]
    assert sorted(there) == sorted(back)
    key = {
        "mentee": lambda line: line.mentee.person.search_name,
        "mentor": lambda line: line.mentor.person.search_name,
        "fit": lambda line: -line.proposal.score,
        "form": lambda line: line.proposal.form.title,
    }[sort]
    keys = [key(line) for line in table(cast, sort=sort).context["lines"]]
    assert keys == sorted(keys)
    assert sort == "fit" or len(set(keys)) > 1
    turned = [key(line) for line in table(cast, sort=f"-{sort}").context["lines"]]
    assert turned == sorted(keys, reverse=True)


def test_the_table_is_narrowed_to_a_form(cast):
    opened = cast.school.records
    rule_pair(opened["teacher"], opened["novice"], Ruling.FORBID, reason="нет", by=cast.anna)
    run(cast)
    for code, mentees in (
        ("teacher_teacher", {"novice"}),
        ("pupil_pupil", {"younger", "youngest"}),
        ("no-such", {"novice", "younger", "youngest"}),
    ):
        lines = table(cast, form=code, sort="nonsense").context["lines"]
        assert {line.mentee.pk for line in lines} == {opened[name].pk for name in mentees}
    assert "view=table" in text(table(cast, form="pupil_pupil"))


def test_what_was_said_in_confidence_stays_off_the_paper(cast):
    """Choices of people and a «not with» carry the class that print leaves out; the other reasons do not."""
    records = cast.school.records
    for mentor in ("older", "oldest"):
        rule_pair(records[mentor], records["younger"], Ruling.FORBID, reason="нет", by=cast.anna)
    made = run(cast)
    proposal = made.proposals.get(mentee=records["youngest"])
    proposal.explanation = {**proposal.explanation, "chosen": {"by_mentee": 1, "by_mentor": None}}
    proposal.save()
    lines = {line.mentee.pk: line for line in table(cast).context["lines"]}
    alone, chosen = lines[records["younger"].pk], lines[records["youngest"].pk]
    assert alone.secret[0].startswith("You have ruled out")
    assert alone.words == ()
    assert chosen.secret == ("The mentee chose the mentor: choice 1.",)
    assert chosen.words[0].startswith("The request meets the skill")
    assert '<small class="secret">The mentee chose' in text(table(cast))


def test_pairs_are_ticked_and_approved_in_the_table_by_who_may(cast):
    made = run(cast)
    assert 'name="proposals"' in text(table(cast))
    director = text(table(cast, cast.users[Role.DIRECTOR]))
    assert 'name="proposals"' not in director
    past = signed_in(cast.anna).get(reverse("matching:past", args=[made.pk]), {"view": "table"})
    assert len(past.context["lines"]) == made.n_mentees


def test_a_table_of_many_asks_no_more_of_the_database(cast, django_assert_max_num_queries):
    run(cast)
    client = signed_in(cast.anna)
    client.get(reverse("matching:workspace"))
    with django_assert_max_num_queries(40) as asked:
        client.get(reverse("matching:workspace"))
    plain = len(asked)
    with django_assert_max_num_queries(plain + 1):
        client.get(reverse("matching:workspace"), {"view": "table", "form": "pupil_pupil"})
