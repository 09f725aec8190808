"""The workspace: what is run, what is proposed and why, what the curator decides by hand."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from tests.cast import CANARY, approve_pairs, forbid
from tests.pages import said, signed_in, text, years_ago

from nastavnik.consents.actions import withdraw_consent
from nastavnik.consents.models import Consent
from nastavnik.core.access import Role
from nastavnik.core.errors import RefusedError
from nastavnik.engine.matching.candidates import FormRule, Mentee, Mentor, Rules
from nastavnik.engine.matching.proposing import REASONS, propose
from nastavnik.matching.actions import engine_input, lift_ruling, rule_pair, run_matching
from nastavnik.matching.choices import Ruling, RunStatus
from nastavnik.matching.models import MatchingRun, PairRuling, Proposal
from nastavnik.matching.queries import KeptShortage, latest_run, run_view
from nastavnik.matching.queries.explanations import (
    change_words,
    left_out_words,
    price_words,
    proof_words,
)
from nastavnik.matching.queries.shortages import shortage_of
from nastavnik.mentorships.actions import approve_run
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.people.actions import change_person, mark_left, register_person
from nastavnik.people.models import Person
from nastavnik.programmes.actions import (
    add_to_base,
    change_form,
    change_participation,
    set_participation_status,
)
from nastavnik.programmes.choices import ParticipationStatus as S
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import Participation

pytestmark = pytest.mark.django_db


def run(cast):
    return run_matching(cast.school.programme, by=cast.anna)


def names(cast):
    return {record.pk: key for key, record in cast.school.records.items()}


def pairs(cast, made):
    """Return mentee → mentor of a run by the keys of the cast, None where nobody was found."""
    known = names(cast) | {None: None}
    return {
        known[row.mentee_id]: known.get(row.mentor_id, row.mentor_id)
        for row in Proposal.objects.filter(run=made)
    }


def lock(cast, mentor, mentee, ruling=Ruling.LOCK):
    records = cast.school.records
    return rule_pair(records[mentor], records[mentee], ruling, reason="так", by=cast.anna)


def test_everyone_ready_gets_a_mentor_of_the_own_form(cast):
    made = run(cast)
    found = pairs(cast, made)
    assert set(found) == {"younger", "youngest", "novice"}  # who is not ready is not asked about
    assert found["novice"] == "teacher"
    assert {found["younger"], found["youngest"]} == {"older", "oldest"}
    assert (made.number, made.n_mentees, made.n_matched, made.is_certified) == (1, 3, 3, True)
    assert made.total_score == sum(row.score for row in Proposal.objects.filter(run=made))
    assert {row.form.organisation for row in Proposal.objects.filter(run=made)} == {
        cast.school.organisation
    }


def test_the_same_people_give_the_same_pairs(cast):
    first, second = run(cast), run(cast)
    assert pairs(cast, first) == pairs(cast, second)
    assert first.snapshot == second.snapshot


def rebuilt(snapshot):
    """Read a stored input back into the engine's own terms."""

    def person(kind, fields):
        sets = {"forms", "interests", "competences", "areas", "class_teachers"}
        return kind(
            **{
                k: frozenset(v) if k in sets or isinstance(v, list) else v
                for k, v in fields.items()
            }
        )

    rules = snapshot["rules"]
    forms = {
        code: FormRule(**{k: frozenset(v) if isinstance(v, list) else v for k, v in form.items()})
        for code, form in rules["forms"].items()
    }
    return propose(
        [person(Mentor, one) for one in snapshot["mentors"]],
        [person(Mentee, one) for one in snapshot["mentees"]],
        Rules(**rules | {"forms": forms}),
        locked=snapshot["locked"],
        forbidden=frozenset(map(tuple, snapshot["forbidden"])),
    )


def test_an_old_result_is_computed_again_from_what_was_kept(cast):
    forbid(cast.school, "older", "younger")
    made = run(cast)
    change_participation(cast.school.records["older"], areas=[], interests=[], by=cast.anna)
    made.refresh_from_db()
    again = rebuilt(made.snapshot)
    stored = {
        (str(row.mentor_id), str(row.mentee_id))
        for row in Proposal.objects.filter(run=made).exclude(mentor=None)
    }
    assert {(pair.mentor, pair.mentee) for pair in again.pairs} == stored
    assert again.total_score == made.total_score
    assert made.snapshot["rules"]["version"]


def test_what_is_kept_holds_no_names(cast):
    kept = str(run(cast).snapshot)
    for person in cast.school.people.values():
        assert person.last_name not in kept
        assert person.first_name not in kept


@pytest.mark.parametrize("side", list(Side))
def test_with_nobody_ready_on_a_side_there_is_no_run(cast, side):
    rows = Participation.objects.filter(programme=cast.school.programme, side=side)
    for record in rows.filter(status=S.READY):
        set_participation_status(record, S.CANDIDATE, by=cast.anna)
    with pytest.raises(RefusedError):
        run(cast)
    assert not MatchingRun.objects.exists()
    client = signed_in(cast.anna)
    response = client.post("/matching/run/", follow=True)
    assert response.redirect_chain == [("/matching/", 302)]
    assert said(response)


def test_a_second_run_replaces_the_first_and_says_what_changed(cast):
    first = run(cast)
    before = pairs(cast, first)
    forbid(cast.school, before["younger"], "younger")
    second = run(cast)
    first.refresh_from_db()
    assert (first.status, second.status, second.number) == (
        RunStatus.SUPERSEDED,
        RunStatus.PROPOSED,
        2,
    )
    shown = run_view(cast.anna, second)
    assert shown.n_same == 1  # the staff pair
    assert len(shown.changes) == 2  # the two pupils changed places
    assert "Младшов Миша" in " ".join(shown.changes)
    assert run_view(cast.anna, first).changes == ()


def test_an_approved_run_is_not_what_changes_are_counted_from(cast):
    approve_pairs(cast.school)
    mentor = cast.school.records["older"]
    change_participation(mentor, capacity=3, by=cast.anna)
    _waiting_is_ready(cast)
    second = run(cast)
    assert (second.number, second.n_mentees, second.n_matched) == (2, 1, 1)
    assert run_view(cast.anna, second).changes == ()
    assert MatchingRun.objects.get(number=1).status == RunStatus.APPROVED


def _waiting_is_ready(cast):
    from nastavnik.consents.actions import record_consents
    from nastavnik.consents.choices import NEEDED_FOR_BASE

    record_consents(
        [cast.school.people["waiting"]],
        NEEDED_FOR_BASE,
        signed_on=cast.school.year.starts_on,
        by=cast.anna,
    )
    set_participation_status(cast.school.records["waiting"], S.READY, by=cast.anna)


def test_a_mentor_keeps_the_places_already_taken(cast):
    approve_pairs(cast.school)
    _waiting_is_ready(cast)
    with pytest.raises(RefusedError):  # every mentor is full: nobody can be given
        run(cast)


@pytest.mark.parametrize("mentor", ["older", "oldest"])
def test_a_lock_is_kept(cast, mentor):
    lock(cast, mentor, "younger")
    made = run(cast)
    assert pairs(cast, made)["younger"] == mentor
    row = Proposal.objects.get(run=made, mentee=cast.school.records["younger"])
    assert row.is_locked
    assert Proposal.objects.filter(run=made, is_locked=True).count() == 1


@pytest.mark.parametrize("mentor", ["older", "oldest"])
def test_a_ban_is_kept(cast, mentor):
    forbid(cast.school, mentor, "younger")
    assert pairs(cast, run(cast))["younger"] not in (mentor, None)


def test_a_lock_against_the_rules_is_kept_and_says_so(cast):
    lock(cast, "teacher", "younger")
    made = run(cast)
    assert pairs(cast, made)["younger"] == "teacher"
    row = Proposal.objects.get(run=made, mentee=cast.school.records["younger"])
    assert row.form.code == "pupil_pupil"
    with translation.override("en"):
        reasons = [card.reasons for g in run_view(cast.anna, made).groups for card in g.cards]
    assert any("would not have proposed" in " ".join(one) for one in reasons)


def test_a_new_lock_replaces_the_mentees_old_one_and_a_ban_its_lock(cast):
    lock(cast, "older", "younger")
    lock(cast, "oldest", "younger")
    rows = PairRuling.objects.standing().filter(mentee=cast.school.records["younger"])
    assert [(row.mentor, row.ruling) for row in rows] == [
        (cast.school.records["oldest"], Ruling.LOCK)
    ]
    lock(cast, "oldest", "younger", Ruling.FORBID)
    assert [row.ruling for row in rows.all()] == [Ruling.FORBID]
    lift_ruling(rows.get(), by=cast.anna)
    assert not rows.all().exists()
    kept = PairRuling.objects.filter(lifted_at__isnull=False)
    assert [row.ruling for row in kept] == [Ruling.LOCK, Ruling.LOCK, Ruling.FORBID]


def test_more_locks_than_places_are_refused_by_name(cast):
    lock(cast, "older", "younger")
    with pytest.raises(RefusedError) as refusal:
        lock(cast, "older", "youngest")
    assert "Старшов Олег" in str(refusal.value)
    assert PairRuling.objects.count() == 1


def test_a_refused_lock_leaves_the_old_one(cast):
    lock(cast, "older", "younger")
    lock(cast, "oldest", "youngest")
    with pytest.raises(RefusedError):
        lock(cast, "older", "youngest")
    assert (
        PairRuling.objects.get(mentee=cast.school.records["youngest"]).mentor
        == (cast.school.records["oldest"])
    )


def test_a_limit_lowered_after_the_locks_is_said_and_not_run_over(cast):
    change_participation(cast.school.records["older"], capacity=2, by=cast.anna)
    cast.school.records["older"].refresh_from_db()
    lock(cast, "older", "younger")
    lock(cast, "older", "youngest")
    assert set(pairs(cast, run(cast)).values()) == {"older", "teacher"}
    change_participation(cast.school.records["older"], capacity=1, by=cast.anna)
    with pytest.raises(RefusedError) as refusal:
        run(cast)
    assert "Старшов Олег" in str(refusal.value)


@pytest.mark.parametrize(
    ("one", "two"), [("younger", "older"), ("older", "oldest"), ("younger", "youngest")]
)
def test_only_a_mentor_and_a_mentee_are_put_together(cast, one, two):
    with pytest.raises(RefusedError):
        lock(cast, one, two)


def test_two_schools_are_not_put_together(cast):
    with pytest.raises(RefusedError):
        rule_pair(
            cast.school.records["older"], cast.other.records["younger"], Ruling.LOCK, by=cast.anna
        )


@pytest.mark.both
def test_the_database_keeps_one_lock_one_proposal_and_a_form_for_a_pair(cast):
    lock(cast, "older", "younger")
    records = cast.school.records
    with pytest.raises(IntegrityError), transaction.atomic():
        PairRuling.objects.create(
            organisation=cast.school.organisation,
            mentor=records["oldest"],
            mentee=records["younger"],
            ruling=Ruling.LOCK,
        )
    made = run(cast)
    row = Proposal.objects.filter(run=made).first()
    for change in ({"form": None}, {"mentor": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Proposal.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.create(organisation=row.organisation, run=made, mentee=row.mentee)
    with pytest.raises(IntegrityError), transaction.atomic():
        MatchingRun.objects.filter(pk=made.pk).update(status=RunStatus.APPROVED)


def test_who_no_longer_passes_the_gate_is_not_matched(cast):
    """A birthday of 18 asks for an own consent; who left the school is not proposed."""
    Person.objects.filter(pk=cast.school.people["oldest"].pk).update(birth_date=years_ago(18))
    mark_left(cast.school.people["youngest"], by=cast.anna)
    found = pairs(cast, run(cast))
    assert set(found) == {"younger", "novice"}
    assert found["younger"] == "older"
    for key in ("oldest", "youngest"):
        cast.school.records[key].refresh_from_db()
        assert cast.school.records[key].status == S.CANDIDATE


def test_a_mentor_in_a_pair_without_consent_takes_nobody_more(cast):
    for key in ("older", "oldest"):
        change_participation(cast.school.records[key], capacity=3, by=cast.anna)
    approve_pairs(cast.school)
    _waiting_is_ready(cast)
    assert len(engine_input(cast.school.programme).mentors) == 2
    for key in ("older", "oldest"):
        paper = Consent.objects.filter(person=cast.school.people[key]).first()
        withdraw_consent(paper, by=cast.anna)
    assert engine_input(cast.school.programme).mentors == ()


def test_time_place_and_language_reach_the_engine_and_come_back_in_words(cast):
    said_ = {"time_slots": ["wed_day"], "meeting_places": ["online"], "languages": ["tt"]}
    before = {p.mentee_id: p.score for p in run(cast).proposals.exclude(mentor=None)}
    records = cast.school.records
    pair = cast.school.programme.runs.first().proposals.exclude(mentor=None).first()
    for record in (pair.mentor, pair.mentee):
        change_participation(record, by=cast.anna, **said_)
    given = engine_input(records["younger"].programme)
    mentor = next(one for one in given.mentors if one.key == str(pair.mentor_id))
    assert (mentor.slots, mentor.venues, mentor.languages) == (
        frozenset({"wed_day"}),
        frozenset({"online"}),
        frozenset({"tt"}),
    )
    made = run(cast)
    again = made.proposals.get(mentee=pair.mentee)
    assert again.mentor_id == pair.mentor_id
    assert again.score == before[pair.mentee_id] + 10 + 10 + 20
    (card,) = (
        card
        for group in run_view(cast.anna, made).groups
        for card in group.cards
        if card.proposal.pk == again.pk
    )
    words = " ".join(card.reasons)
    for title in ("среда, после уроков", "по видеосвязи", "татарский"):
        assert title in words


def test_who_is_left_out_hears_why_and_what_would_help(cast):
    forbid(cast.school, "older", "younger")
    forbid(cast.school, "oldest", "younger")
    made = run(cast)
    (out,) = run_view(cast.anna, made).left_out
    assert out.proposal.mentee == cast.school.records["younger"]
    assert out.group == "5А"
    assert out.proposal.explanation["code"] == "all_forbidden"
    with translation.override("en"):
        (out,) = run_view(cast.anna, made).left_out
    assert out.reason == "You have ruled out everyone who would fit."
    assert "take back the ban" in out.help


def test_too_few_places_are_counted(cast):
    _waiting_is_ready(cast)
    made = run(cast)
    with translation.override("en"):
        (out,) = run_view(cast.anna, made).left_out
    assert "3 people ask for 2 places" in out.reason
    assert "took one more mentee" in out.help


def test_the_numbers_of_the_board(cast):
    for key, mentor in (("novel", "teacher"),):
        person = register_person(
            cast.school.organisation,
            kind="teacher",
            last_name="Свободина",
            first_name=key,
            by=cast.anna,
        )
        (record,), _refused = add_to_base(
            cast.school.programme, [person], Side.MENTOR, by=cast.anna
        )
        assert mentor == "teacher"
        assert record.status == S.CANDIDATE
    made = run(cast)
    shown = run_view(cast.anna, made)
    assert shown.n_pairs == 3
    assert shown.n_area == 3
    # who is in the base and was not matched is nobody this matching left free
    assert shown.n_idle == 0
    records = cast.school.records
    fewer = run_matching(cast.school.programme, without=[records["novice"].pk], by=cast.anna)
    assert run_view(cast.anna, fewer).n_idle == 1
    assert [group.load for group in shown.groups] == [1, 1, 1]
    assert [group.places for group in shown.groups] == [[True]] * 3
    assert shown.groups[0].group == "9А"


PARTS = {
    "area": {"code": "area", "points": 40, "items": ["maths", "gone"]},
    "interest": {"code": "interest", "points": 10, "items": ["chess"]},
    "schedule": {"code": "schedule", "points": 10, "items": ["wed_day", "gone"]},
    "place": {"code": "place", "points": 10, "items": ["online"]},
    "language": {"code": "language", "points": 20, "items": ["tt"]},
    "subject": {"code": "subject", "points": 30, "items": []},
    "grade_near": {"code": "grade_near", "points": 5, "items": []},
    "organisation": {"code": "organisation", "points": 1, "items": []},
}


def reasons_of(cast, made, explanation):
    row = Proposal.objects.filter(run=made).exclude(mentor=None).first()
    row.explanation = explanation
    row.save()
    shown = run_view(cast.anna, made)
    return next(
        card for g in shown.groups for card in g.cards if card.proposal.pk == row.pk
    ).reasons


@pytest.mark.parametrize("code", list(PARTS))
def test_each_part_of_a_score_has_its_sentence(cast, code):
    made = run(cast)
    with translation.override("en"):
        nothing = reasons_of(cast, made, {"parts": []})
        (sentence,) = reasons_of(cast, made, {"parts": [PARTS[code]]})
        zero = reasons_of(cast, made, {"parts": [PARTS[code] | {"points": 0}]})
    assert sentence != nothing[0]
    assert zero == nothing
    assert reasons_of(cast, made, {"parts": [{"code": "new", "points": 1, "items": []}]})


def test_each_reason_of_the_engine_has_its_own_sentence():
    known = {code: left_out_words({"code": code}, {})[0] for code in sorted(set(REASONS.values()))}
    unknown = left_out_words({"code": "???"}, {})[0]
    assert unknown
    assert unknown not in known.values()
    assert len(set(known.values())) == len(known)
    shortage = KeptShortage(frozenset({"1"}), frozenset({"3"}), 1)
    assert "2" in left_out_words({"code": "all_full"}, {}, shortage=shortage)[0]


def test_a_shortage_is_kept_once_beside_the_run(cast):
    records = cast.school.records
    set_participation_status(records["older"], S.LEFT, by=cast.anna)
    change_participation(records["oldest"], capacity=1, by=cast.anna)
    made = run_matching(cast.school.programme, by=cast.anna)
    [one] = [one for one in run_view(cast.anna, made).left_out if one.shortage]
    assert one.proposal.explanation["shortage"] == 0
    [kept] = made.snapshot["shortages"]
    assert one.shortage == KeptShortage(
        frozenset(kept["holders"]), frozenset({str(records["oldest"].pk)}), 1
    )
    page = text(signed_in(cast.anna).get(reverse("matching:workspace")))
    named = page.partition("Who has these places")[2].partition("</details>")[0]
    assert records["oldest"].person.short_name in named
    assert one.proposal.mentee.person.short_name not in named
    assert "2" in one.reason


def test_runs_of_before_kept_the_shortage_beside_each_mentee():
    kept = {"shortage": {"mentees": ["1", "2"], "mentors": ["3"], "places": 1}}
    assert shortage_of(kept, 2, ()) == KeptShortage(frozenset({"1"}), frozenset({"3"}), 1)
    assert shortage_of({}, 2, ()) is None


CHANGES = [
    "raise_capacity",
    "allow_form",
    "unforbid",
    "relax_subject",
    "relax_grade_gap",
    "relax_age_gap",
    "fill_grade",
    "fill_age",
    "relax_organisation",
]


@pytest.mark.parametrize("code", CHANGES)
def test_each_change_that_would_help_names_the_mentor(cast, code):
    mentors = {"7": cast.school.records["older"]}
    words = change_words({"code": code, "mentor": "7", "form": "x", "value": 2}, mentors)
    assert "Старшов" in words
    assert "%(" not in words


def test_other_changes():
    assert "11" in change_words({"code": "relax_mentee_min_age", "value": 11}, {})
    assert change_words({"code": "add_mentor"}, {})
    assert change_words({"code": "unheard"}, {}) == ""
    assert change_words(None, {}) == ""


def test_the_price_of_another_mentor_is_said():
    with translation.override("en"):
        assert "1 mentee" in price_words({"people": 1, "points": 0})
        assert price_words({"people": 0, "points": 0}) == "costs nothing"
        assert "15 points" in price_words({"people": 0, "points": 15})
        wishes = {"people": 0, "points": 1_999_960}
        assert price_words(wishes, 1_000_000) == "people's wishes would be met worse"
        counted = price_words(wishes, 1_000_000, may_count=True)
        assert counted == "people's wishes would be met worse, by 2 steps"


def test_what_is_proven_is_said_in_the_order_of_goals():
    rules = {"rank_weight": 1_000_000}
    wished = {"mentees": {"2": ["1"]}, "mentors": {}}
    with translation.override("en"):
        plain = proof_words({"rules": rules, "wishes": {"mentees": {}, "mentors": {}}})
        assert [words.split(" ")[0] for words in plain] == ["no", "requests,"]
        first = {"rules": rules, "wishes": wished, "choices_first": True, "kept_points": 7}
        people, kept, choices, points = proof_words(first)
        assert "no more mentees" in people
        assert "proposed before" in kept
        assert "a first one counts three" in choices
        assert points.startswith("requests,")
        # where the fit of all could outweigh a choice, it is one number and nothing is claimed beyond it
        *_, together = proof_words(first | {"choices_first": False})
        assert together.startswith("choices, requests,")
        deaf = proof_words({"rules": {"rank_weight": 0}, "wishes": wished})
        assert deaf == plain


def test_other_mentors_are_offered_with_their_price(cast):
    made = run(cast)
    cards = [card for group in run_view(cast.anna, made).groups for card in group.cards]
    others = {card.proposal.mentee.person.first_name: card.others for card in cards}
    assert others["Миша"]
    assert all(other.price for other in others["Миша"])
    assert others["Нина"] == ()  # nobody else leads teachers
    gone = Proposal.objects.filter(run=made).exclude(mentor=None).first()
    gone.explanation["alternatives"] = [{"mentor": "999999", "price": {"people": 0, "points": 0}}]
    gone.save()
    assert run_view(cast.anna, made).n_pairs == 3


@pytest.mark.parametrize("size", [1, 8])
def test_the_board_costs_the_same_number_of_queries(cast, size, django_assert_num_queries):
    change_form(cast.school.programme.forms.get(code="pupil_pupil"), max_mentees=9, by=cast.anna)
    change_participation(cast.school.records["older"], capacity=9, by=cast.anna)
    from nastavnik.consents.actions import record_consents
    from nastavnik.consents.choices import NEEDED_FOR_BASE

    people = [
        register_person(
            cast.school.organisation,
            kind="pupil",
            group="5А",
            last_name=f"Многов{chr(0x430 + n)}",
            first_name="И",
            birth_date=years_ago(12, days=n),
            by=cast.anna,
        )
        for n in range(size)
    ]
    record_consents(people, NEEDED_FOR_BASE, signed_on=cast.school.year.starts_on, by=cast.anna)
    for record in add_to_base(cast.school.programme, people, Side.MENTEE, by=cast.anna)[0]:
        change_participation(record, areas=["maths"], by=cast.anna)
        set_participation_status(record, S.READY, by=cast.anna)
    made = run(cast)
    assert made.n_matched == 3 + size
    assert cast.anna.viewer
    with django_assert_num_queries(6):
        run_view(cast.anna, made)


def test_a_curator_of_one_direction_sees_its_mentees_only(cast):
    made = run(cast)
    shown = run_view(cast.staff_curator, made)
    assert [card.proposal.mentee for g in shown.groups for card in g.cards] == [
        cast.school.records["novice"]
    ]


def test_a_curator_of_one_direction_matches_and_approves_her_own_forms(cast):
    """Her matching takes nobody else's mentee, and what the head curator proposed stays to be approved."""
    whole = run(cast)
    client = signed_in(cast.staff_curator)
    approve = reverse("mentorships:approve", args=[whole.pk])
    (refusal,) = said(client.post(approve, {"all": "1"}, follow=True))
    assert "ученик – ученик" in refusal
    assert not Mentorship.objects.exists()
    client.post(reverse("matching:run"))
    own, before = cast.school.programme.runs.order_by("-number")
    assert [form.code for form in own.forms.all()] == ["teacher_teacher"]
    assert [one.mentee for one in own.proposals.all()] == [cast.school.records["novice"]]
    assert (own.status, before.status) == (RunStatus.PROPOSED, RunStatus.PROPOSED)
    client.post(reverse("mentorships:approve", args=[own.pk]), {"all": "1"})
    own.refresh_from_db()
    assert own.status == RunStatus.APPROVED
    before.refresh_from_db()
    assert before.status == RunStatus.PROPOSED
    assert [tie.mentee for tie in Tie.objects.all()] == [cast.school.records["novice"]]


def test_the_head_curator_matches_the_ticked_forms(cast):
    client = signed_in(cast.anna)
    form = cast.school.programme.forms.get(code="pupil_pupil")
    client.post(reverse("matching:run"), {"chosen": "1", "forms": [form.pk]})
    made = latest_run(cast.anna, cast.school.programme)
    assert [one.form for one in made.proposals.exclude(mentor=None)] == [form, form]
    refusal = said(client.post(reverse("matching:run"), {"chosen": "1"}, follow=True))[-1]
    assert refusal.startswith("Choose at least one form")
    assert latest_run(cast.anna, cast.school.programme) == made
    run(cast)
    made.refresh_from_db()
    assert made.status == RunStatus.SUPERSEDED
    assert client.get("/matching/").context["others"] == ()


def test_two_matchings_may_wait_and_each_is_shown(cast):
    whole = run(cast)
    signed_in(cast.staff_curator).post(reverse("matching:run"))
    page = signed_in(cast.anna).get("/matching/")
    assert page.context["others"] == (whole,)
    assert f"?run={whole.pk}" in text(page)
    other = signed_in(cast.anna).get(f"/matching/?run={whole.pk}")
    assert other.context["board"].run == whole


def test_the_workspace_of_the_curator(cast):
    client = signed_in(cast.anna)
    empty = client.get("/matching/")
    assert empty.context["board"] is None
    assert reverse("matching:run") in text(empty)
    client.post("/matching/run/")
    response = client.get("/matching/")
    assert response.context["board"].n_pairs == 3
    page = text(response)
    made = latest_run(cast.anna, cast.school.programme)
    assert reverse("mentorships:approve", args=[made.pk]) in page
    assert CANARY not in page


def test_deciding_by_hand_on_the_page(cast):
    client = signed_in(cast.anna)
    records = cast.school.records
    answers = {
        "mentor": records["older"].pk,
        "mentee": records["younger"].pk,
        "ruling": "lock",
        "reason": "дружат",
    }
    assert len(said(client.post("/matching/rule/", answers, follow=True))) == 1
    full = answers | {"mentee": records["youngest"].pk}
    client.post("/matching/rule/", full)
    ban = answers | {"mentor": records["oldest"].pk, "ruling": "forbid"}
    client.post("/matching/rule/", ban)
    for wrong in (
        {"ruling": "marry"},
        {"mentee": cast.other.records["younger"].pk},
        {"mentor": ""},
    ):
        client.post("/matching/rule/", answers | wrong)
    rows = PairRuling.objects.order_by("pk")
    assert [(r.mentor_id, r.mentee_id, r.ruling) for r in rows] == [
        (records["older"].pk, records["younger"].pk, "lock"),
        (records["oldest"].pk, records["younger"].pk, "forbid"),
    ]
    response = client.get("/matching/")
    assert len(response.context["rulings"].locks) == 1
    assert len(response.context["rulings"].bans) == 1
    assert "дружат" in text(response)
    address = reverse("matching:lift", args=[rows[0].pk])
    client.post(address)
    assert rows.standing().count() == 1
    lifted = rows[0].lifted_at
    again = client.post(address, follow=True)  # pressed twice, or in two windows
    assert "It has been taken back already." in text(again)
    assert rows[0].lifted_at == lifted


def test_a_word_on_people_who_are_paired_meanwhile_says_so(cast):
    """Somebody else has approved while the page was open: the button is still there."""
    shown = run(cast)
    one = shown.proposals.exclude(mentor=None).first()
    approve_run(shown, by=cast.anna)
    client = signed_in(cast.anna)
    asked = {"mentee": one.mentee_id, "mentor": one.mentor_id, "ruling": "lock"}
    answer = client.post("/matching/rule/", asked, follow=True)
    assert "One of the two can no longer be matched" in text(answer)
    answer = client.post("/matching/rule/", asked | {"mentor": ""}, follow=True)
    assert "Choose a mentee who waits and a mentor who is ready." in text(answer)


def test_a_ruling_of_another_school_is_out_of_reach(cast):
    row = rule_pair(
        cast.other.records["older"], cast.other.records["younger"], Ruling.LOCK, by=cast.vera
    )
    client = signed_in(cast.anna)
    assert client.post(reverse("matching:lift", args=[row.pk])).status_code == 404
    foreign = run_matching(cast.other.programme, by=cast.vera)
    assert client.get(reverse("matching:past", args=[foreign.pk])).status_code == 404


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.PSYCHOLOGIST])
def test_a_role_without_the_right_to_edit_sees_and_has_no_buttons(cast, role):
    made = run(cast)
    row = lock(cast, "older", "younger")
    client = signed_in(cast.users[role])
    for url in ("/matching/", reverse("matching:past", args=[made.pk])):
        response = client.get(url)
        assert response.status_code == 200
        page = text(response)
        assert "Младшов Миша" in page
        for action in ("matching/run/", "matching/rule/", "/lift/", "/approve/"):
            assert action not in page
    assert client.post("/matching/run/").status_code == 403
    assert client.post("/matching/rule/").status_code == 403
    assert client.post(reverse("matching:lift", args=[row.pk])).status_code == 403


def test_a_matching_of_before_can_be_read(cast):
    first = run(cast)
    run(cast)
    response = signed_in(cast.anna).get(reverse("matching:past", args=[first.pk]))
    assert response.context["board"].n_pairs == 3
    assert "№ 1" in text(response)
    page = text(response)
    for action in ("/approve/", "matching/rule/"):
        assert action not in page  # what was replaced is not decided on


def test_a_card_without_a_class_does_not_stop_a_run(cast):
    change_person(cast.school.people["novice"], birth_date=None, by=cast.anna)
    assert run(cast).n_matched == 3
