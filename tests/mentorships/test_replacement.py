"""A mentor is replaced: who fits, what it costs, one press, the history of both pairs, the order."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import translation
from tests.cast import approve_pairs
from tests.mentorships.scenes import pair_of, run_pairs
from tests.pages import counts, said, signed_in, text
from tests.papers import annex_of, points_of, title_of

from nastavnik.consents.actions import withdraw_consent
from nastavnik.consents.models import Consent
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.models import AuditEntry
from nastavnik.documents.choices import DocumentStatus
from nastavnik.matching.actions import PairChange, least_disturbance, rule_pair, substitutes
from nastavnik.matching.choices import Ruling
from nastavnik.matching.models import PairRuling
from nastavnik.mentorships.actions import replace_mentor, set_pair_status
from nastavnik.mentorships.choices import PAIR_ORDER, EndCause, MentorshipStatus
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.mentorships.queries import standing_pairs
from nastavnik.programmes.choices import ParticipationStatus
from nastavnik.programmes.models import Participation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    """Refusals outside of a page speak the language of the installation; here it is that of the tests."""
    with translation.override("en"):
        yield


@pytest.fixture
def running(cast):
    """The pairs of the school run; each of the two older pupils has room for one more."""
    run_pairs(cast.school, ago=dt.timedelta(days=20))
    free(cast, "older", "oldest")
    return cast


def free(cast, *names, places=1):
    for name in names:
        record = record_of(cast, name)
        Participation.objects.filter(pk=record.pk).update(capacity=record.active_count + places)


def record_of(cast, name):
    return Participation.objects.get(pk=cast.school.records[name].pk)


def other_of(cast, pair):
    """The older pupil who does not lead the pair."""
    names = ("older", "oldest")
    return next(one for one in (record_of(cast, n) for n in names) if one != pair.mentor)


def change_of(pair):
    mentees = frozenset(pair.ties.values_list("mentee_id", flat=True))
    return PairChange(pair.mentor_id, mentees, standing_pairs(pair))


def replaced(cast, pair, **words):
    given = {"mentor": other_of(cast, pair).pk, "cause": "asked", "words": "", **words}
    return signed_in(cast.anna).post(reverse("mentorships:replace", args=[pair.pk]), given)


def test_the_page_offers_who_fits_with_reasons_and_price(running):
    pair = pair_of(running.school)
    page = signed_in(running.anna).get(reverse("mentorships:replace", args=[pair.pk]))
    (one,) = page.context["candidates"]
    assert one.mentor == other_of(running, pair)
    assert one.reasons[0].startswith("The request meets the skill")
    assert one.price == "costs nothing"
    assert one.mentor.person.short_name in text(page)
    card = signed_in(running.anna).get(reverse("mentorships:card", args=[pair.pk]))
    assert reverse("mentorships:replace", args=[pair.pk]) in text(card)


def test_one_press_ends_the_old_pair_and_makes_the_new_one(running):
    pair = pair_of(running.school)
    mentee, other = pair.ties.get().mentee, other_of(running, pair)
    places = (pair.mentor.active_count, other.active_count)
    response = replaced(running, pair, words="так удобнее обоим")
    made = Mentorship.objects.get(ties__moved_from=pair)
    assert response.url == reverse("mentorships:card", args=[made.pk])
    pair.refresh_from_db()
    assert (pair.status, pair.end_cause) == (MentorshipStatus.CANCELLED, EndCause.ASKED)
    assert (pair.end_reason, pair.ended_on) == ("так удобнее обоим", today())
    assert (made.status, made.mentor, made.form) == (MentorshipStatus.APPROVED, other, pair.form)
    assert (made.starts_on, made.ends_on) == (today(), pair.ends_on)
    assert Tie.objects.get(mentee=mentee, ends_on=None).mentorship == made
    now = [Participation.objects.get(pk=one.pk).active_count for one in (pair.mentor, other)]
    assert now == [places[0] - 1, places[1] + 1]
    assert Participation.objects.get(pk=mentee.pk).status == ParticipationStatus.PAIRED
    entry = AuditEntry.objects.get(action="mentor-replaced")
    assert (entry.subject_id, entry.actor_id) == (made.pk, running.anna.pk)
    assert "ties" in entry.fields


def test_the_history_stands_on_both_pages(running):
    pair = pair_of(running.school)
    replaced(running, pair, words="так удобнее обоим")
    made = Mentorship.objects.get(ties__moved_from=pair)
    client = signed_in(running.anna)
    before = text(client.get(reverse("mentorships:card", args=[pair.pk])))
    after = text(client.get(reverse("mentorships:card", args=[made.pk])))
    assert f"the mentor now is {made.mentor.person.short_name}" in before
    assert f"instead of {pair.mentor.person.short_name}: the mentor or the mentee asked" in after
    assert reverse("mentorships:card", args=[made.pk]) in before
    assert reverse("mentorships:card", args=[pair.pk]) in after


def test_the_order_names_the_change_and_not_the_cause(running):
    pair = pair_of(running.school)
    replaced(running, pair, words="так удобнее обоим")
    made = Mentorship.objects.get(ties__moved_from=pair)
    assert (made.ties.get().order.kind, made.ties.get().order.status) == (
        PAIR_ORDER,
        DocumentStatus.DRAFT,
    )
    assert made.ties.get().order != pair.ties.get().order
    assert made.ties.get().order.title == title_of(made.ties.get().order) == "О замене наставника"
    assert title_of(pair.ties.get().order) == "О закреплении наставников за наставляемыми"
    points = " ".join(points_of(made.ties.get().order))
    assert "В связи с заменой наставника" in points
    assert pair.mentor.person.full_name in points
    assert "удобнее" not in str(made.ties.get().order.content)
    assert "заменой" not in " ".join(points_of(pair.ties.get().order))


def test_a_draft_order_takes_the_new_pair_in(cast):
    order = approve_pairs(cast.school)
    free(cast, "older", "oldest")
    pair = pair_of(cast.school)
    made = replace_mentor(pair, other_of(cast, pair), cause=EndCause.CONTRACT, by=cast.anna)
    assert made.ties.get().order == order
    order.refresh_from_db()
    assert made.mentor.person.full_name in str(annex_of(order))
    assert title_of(order) == "О закреплении наставников за наставляемыми"


def test_something_else_needs_words(running):
    pair = pair_of(running.school)
    before = counts()
    response = replaced(running, pair, cause="other")
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"words"}
    assert replaced(running, pair, cause="").status_code == 422
    with pytest.raises(RefusedError):
        replace_mentor(pair, other_of(running, pair), cause=EndCause.OTHER, by=running.anna)
    assert counts() == before
    replaced(running, pair, cause="other", words="переезд класса")
    assert Mentorship.objects.filter(ties__moved_from=pair).exists()


@pytest.mark.parametrize("wrong", ["ban", "full", "stranger", "no consent"])
def test_who_does_not_fit_cannot_take_over(running, wrong):
    pair = pair_of(running.school)
    other = other_of(running, pair)
    if wrong == "ban":
        rule_pair(other, pair.ties.get().mentee, Ruling.FORBID, reason="нет", by=running.anna)
    elif wrong == "full":
        Participation.objects.filter(pk=other.pk).update(capacity=max(other.active_count, 1))
        if not other.active_count:
            Participation.objects.filter(pk=other.pk).update(status=ParticipationStatus.CANDIDATE)
    elif wrong == "stranger":
        other = running.other.records["older"]
    else:
        withdraw_consent(Consent.objects.filter(person=other.person).first(), by=running.anna)
    before = counts()
    with pytest.raises(RefusedError, match="cannot take this pair over"):
        replace_mentor(pair, other, cause=EndCause.ASKED, by=running.anna)
    # with nobody free the page offers moves of others instead, and those have not been looked at
    assert replaced(running, pair, mentor=other.pk).status_code in {302, 422}
    assert counts() == before
    pair.refresh_from_db()
    assert pair.status == MentorshipStatus.ACTIVE


def test_a_mentee_without_consent_gets_no_new_pair(running):
    pair = pair_of(running.school)
    mentee = pair.ties.get().mentee
    withdraw_consent(Consent.objects.filter(person=mentee.person).first(), by=running.anna)
    before = counts()
    with pytest.raises(RefusedError, match="no consent"):
        replace_mentor(pair, other_of(running, pair), cause=EndCause.ASKED, by=running.anna)
    assert counts() == before


def test_an_ended_pair_is_not_replaced(running):
    pair = pair_of(running.school)
    set_pair_status(pair, MentorshipStatus.COMPLETED, by=running.anna)
    with pytest.raises(RefusedError, match="ended"):
        replace_mentor(pair, other_of(running, pair), cause=EndCause.ASKED, by=running.anna)
    client = signed_in(running.anna)
    page = client.get(reverse("mentorships:replace", args=[pair.pk]), follow=True)
    assert said(page) == ["This pair has ended already."]


def test_only_who_approves_pairs_of_the_school_and_form_replaces(running):
    pair = pair_of(running.school)
    address = reverse("mentorships:replace", args=[pair.pk])
    before = counts()
    for role in (Role.DIRECTOR, Role.PSYCHOLOGIST, Role.CLASS_TEACHER, Role.MENTOR):
        assert signed_in(running.users[role]).get(address).status_code == 403
    for stranger in (running.vera, running.staff_curator):
        assert signed_in(stranger).get(address).status_code == 404
        answer = signed_in(stranger).post(address, {"mentor": "1", "cause": "asked"})
        assert answer.status_code == 404
    assert counts() == before


def test_a_lock_of_the_old_pair_does_not_come_back(running):
    pair = pair_of(running.school)
    mentee = pair.ties.get().mentee
    PairRuling.objects.create(
        organisation=pair.organisation, mentor=pair.mentor, mentee=mentee, ruling=Ruling.LOCK
    )
    made = replace_mentor(pair, other_of(running, pair), cause=EndCause.ASKED, by=running.anna)
    assert made.mentor != pair.mentor


def test_with_nobody_free_the_fewest_moves_are_shown(cast):
    """The other is full: that pair would move to the mentor who becomes free, and nothing else."""
    records = cast.school.records
    Participation.objects.filter(pk__in=[records["older"].pk, records["oldest"].pk]).update(
        capacity=1
    )
    run_pairs(cast.school, ago=dt.timedelta(days=20))
    pair, other = pair_of(cast.school), pair_of(cast.school, "youngest")
    assert pair.mentor != other.mentor
    change = change_of(pair)
    assert substitutes(cast.school.programme, pair.form, change) == ()
    moved = least_disturbance(cast.school.programme, pair.form, change)
    mentee, second = pair.ties.get().mentee_id, other.ties.get().mentee_id
    assert moved == (
        (str(mentee), "", str(other.mentor_id)),
        (str(second), str(other.mentor_id), str(pair.mentor_id)),
    )
    page = signed_in(cast.anna).get(reverse("mentorships:replace", args=[pair.pk]))
    assert [move.mentee.pk for move in page.context["moved"]] == [mentee, second]
    seen = page.context["seen"]
    client = signed_in(cast.anna)
    address = reverse("mentorships:replace", args=[pair.pk])
    before = counts()
    assert client.post(address, {"cause": "", "seen": seen}).status_code == 422
    stale = client.post(address, {"cause": "asked", "seen": "1,,2"}, follow=True)
    assert "meanwhile" in said(stale)[0]
    assert counts() == before
    # who has left leads nobody else, and these moves need it
    assert page.context["leads_on"]
    for cause in ("contract", "duties"):
        refused = client.post(address, {"cause": cause, "seen": seen})
        assert refused.status_code == 422
        assert "cannot lead anybody else" in refused.content.decode()
    assert counts() == before
    client.post(address, {"cause": "asked", "seen": seen})
    made, along = (
        Mentorship.objects.get(ties__moved_from=pair),
        Mentorship.objects.get(ties__moved_from=other),
    )
    assert (made.mentor, along.mentor) == (other.mentor, pair.mentor)
    assert made.ties.get().order == along.ties.get().order
    other.refresh_from_db()
    assert other.end_reason.startswith("Moved along")
    for name in ("older", "oldest"):
        assert record_of(cast, name).active_count == 1


def test_a_swap_that_cannot_be_done_whole_is_not_done_at_all(cast):
    records = cast.school.records
    keys = [records["older"].pk, records["oldest"].pk]
    Participation.objects.filter(pk__in=keys).update(capacity=1)
    run_pairs(cast.school, ago=dt.timedelta(days=20))
    pair, other = pair_of(cast.school), pair_of(cast.school, "youngest")
    change = change_of(pair)
    rule_pair(pair.mentor, other.ties.get().mentee, Ruling.FORBID, reason="нет", by=cast.anna)
    before = counts()
    with pytest.raises(RefusedError, match="cannot take this pair over"):
        replace_mentor(
            pair, other.mentor, cause=EndCause.ASKED, others={other: pair.mentor}, by=cast.anna
        )
    assert counts() == before
    page = signed_in(cast.anna).get(reverse("mentorships:replace", args=[pair.pk]))
    assert least_disturbance(cast.school.programme, pair.form, change) == ()
    assert "A new mentor is needed" in text(page)
    nothing = signed_in(cast.anna).post(
        reverse("mentorships:replace", args=[pair.pk]), {"cause": "asked", "seen": ""}
    )
    assert nothing.status_code == 422
    assert counts() == before


def test_without_other_pairs_nothing_can_be_moved(running):
    pair = pair_of(running.school)
    change = PairChange(pair.mentor_id, change_of(pair).mentees)
    assert least_disturbance(running.school.programme, pair.form, change) == ()


def test_a_place_that_somebody_waits_for_says_so(running):
    """One free place, wanted by a mentee who waits: the price names the one who would wait on."""
    pair = pair_of(running.school)
    other = other_of(running, pair)
    Participation.objects.exclude(pk=other.pk).filter(
        side="mentor", programme=running.school.programme
    ).exclude(pk=pair.mentor_id).update(status=ParticipationStatus.CANDIDATE)
    youngest = pair_of(running.school, "youngest")
    set_pair_status(youngest, MentorshipStatus.CANCELLED, reason="переезд", by=running.anna)
    other.refresh_from_db()
    Participation.objects.filter(pk=other.pk).update(capacity=other.active_count + 1)
    Participation.objects.filter(pk=pair.mentor_id).update(capacity=10, active_count=10)
    (found,) = substitutes(running.school.programme, pair.form, change_of(pair))
    assert (found.mentor, found.people) == (str(other.pk), 1)
