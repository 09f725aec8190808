"""A form led in groups: one mentor with several mentees is one mentorship, from the matching to the last meeting."""

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from tests.cast import approve_pairs
from tests.mentorships.scenes import run_pairs
from tests.pages import signed_in
from tests.papers import annex_of, points_of, tables_of

from nastavnik.consents.actions import withdraw_consent
from nastavnik.consents.models import Consent
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks.digest import digest_for
from nastavnik.documents.actions import register_document, set_requisites
from nastavnik.matching.actions import engine_input, run_matching
from nastavnik.matching.queries import run_view
from nastavnik.mentorships.actions import (
    answer_help,
    leave_group,
    note_meeting,
    pause_mentee,
    replace_mentor,
    resume_mentee,
    seat_mentee,
    set_pair_status,
    undo_note,
)
from nastavnik.mentorships.choices import EndCause, Mark, MeetingStatus, MentorshipStatus
from nastavnik.mentorships.models import Meeting, Mentorship, Tie
from nastavnik.mentorships.queries import (
    Voice,
    moods_of,
    own_due_meetings,
    voices_of,
)
from nastavnik.people.models import Person
from nastavnik.programmes.actions import (
    change_form,
    change_participation,
    set_participation_status,
)
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import Participation


def led_in_groups(cast, limit=5):
    """Let the eldest take everybody who is younger, as one group."""
    form = cast.school.programme.forms.get(code="pupil_pupil")
    change_form(form, is_group=True, max_mentees=limit, by=cast.anna)
    records = cast.school.records
    change_participation(records["oldest"], capacity=limit, by=cast.anna)
    change_participation(records["older"], areas=[], interests=[], by=cast.anna)
    records["older"].refresh_from_db()
    return form


def the_group():
    """Return the largest group there is."""
    groups = Mentorship.objects.filter(is_group=True)
    return max(groups, key=lambda one: one.ties.count())


@pytest.fixture
def group(cast):
    """A group of two that has run for weeks, led by the eldest."""
    led_in_groups(cast)
    run_pairs(cast.school)
    found = the_group()
    assert found.ties.count() == 2
    return found


def newcomer(cast, ties):
    """Take one mentee out of a group and let them wait for a mentor again."""
    leave_group(ties[0], reason="другой кружок", by=cast.anna)
    record = Participation.objects.get(pk=ties[0].mentee_id)
    assert record.status == "ready"
    return record


def test_the_form_and_its_limit_reach_the_engine(cast):
    led_in_groups(cast)
    rule = engine_input(cast.school.programme).rules.forms["pupil_pupil"]
    assert (rule.is_group, rule.mentor_max_mentees) == (True, 5)


def test_the_workspace_says_that_a_mentor_leads_a_group(cast):
    before = run_view(cast.anna, run_matching(cast.school.programme, by=cast.anna))
    assert not any(group.is_group for group in before.groups)
    led_in_groups(cast)
    after = run_view(cast.anna, run_matching(cast.school.programme, by=cast.anna))
    for group in after.groups:
        own = {card.proposal.form.code for card in group.cards}
        assert group.is_group == (own == {"pupil_pupil"})
    assert any(group.is_group for group in after.groups)


@pytest.mark.both
def test_an_approval_makes_one_mentorship_of_a_group_and_one_of_each_pair(cast):
    led_in_groups(cast)
    run = run_matching(cast.school.programme, by=cast.anna)
    proposed = {}
    for one in run.proposals.exclude(mentor=None).select_related("form"):
        key = (one.mentor_id, one.form_id if one.form.is_group else one.pk)
        proposed.setdefault(key, set()).add(one.mentee_id)
    approve_pairs(cast.school)
    made = {
        (pair.mentor_id, frozenset(pair.ties.values_list("mentee_id", flat=True)))
        for pair in Mentorship.objects.all()
    }
    assert made == {(mentor, frozenset(who)) for (mentor, _key), who in proposed.items()}
    assert max(map(len, proposed.values())) == 2
    for pair in Mentorship.objects.select_related("form", "mentor"):
        assert pair.is_group == pair.form.is_group
        assert pair.mentor.active_count == sum(
            one.ties.count() for one in pair.mentor.mentorships_as_mentor.all()
        )


def test_a_group_of_a_whole_class_keeps_its_page_in_hand(cast, group):
    """Thirty names are no heading, and thirty red buttons no question: a few are shown, the others on demand."""
    tie = group.ties.select_related("mentee__person").first()
    for number in range(28):
        person = Person.objects.get(pk=tie.mentee.person_id)
        person.pk, person.first_name = None, f"Имя{number:02}"
        person.save(force_insert=True)
        record = Participation.objects.get(pk=tie.mentee_id)
        record.pk, record.person = None, person
        record.save(force_insert=True)
        Tie.objects.create(
            organisation=group.organisation, mentorship=group, mentee=record, starts_on=today()
        )
    client = signed_in(cast.anna)
    html = client.get(reverse("mentorships:card", args=[group.pk])).content.decode()
    heading = re.search(r"<h1.*?</h1>", html, re.DOTALL).group()
    assert "28 more" in heading
    assert heading.count("Имя") <= 2
    assert html.count("tok tok-b") == 3 + 30  # the emblem, and the table of who is in the group
    asked = html.partition("Help is needed by")[2].partition("</form>")[0]
    assert "help-mentee" not in asked.partition("<details>")[0]
    assert asked.count("help-mentee") == 30
    margin = html.partition("Mentor and mentees")[2].partition("</section>")[0]
    assert margin.partition("<details>")[0].count("<li>") == 4
    assert "27 more" in margin
    assert margin.count("<li>") == 31
    listed = client.get(reverse("mentorships:list")).content.decode()
    assert listed.count("Имя") < 10
    assert "27 more" in listed


def test_a_group_is_called_a_group_on_its_page(cast, group):
    client = signed_in(cast.anna)
    page = client.get(reverse("mentorships:card", args=[group.pk])).content.decode()
    assert "Group: running" in page
    assert "Pair: " not in page
    form = {"status": "suspended", "reason": ""}
    answer = client.post(reverse("mentorships:status", args=[group.pk]), form, follow=True)
    assert "Done. The group: stopped for now" in answer.content.decode()
    answer = client.get(reverse("mentorships:replace", args=[group.pk])).content.decode()
    assert "Back to the group" in answer


@pytest.mark.both
def test_a_mentor_leads_one_group_of_a_form_whatever_is_written(group):
    group.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        group.save(force_insert=True)


def test_a_group_has_one_chain_of_meetings(group):
    assert Meeting.objects.filter(mentorship=group, kind="acquaintance").count() == 1
    assert group.status == MentorshipStatus.ACTIVE


def test_the_annex_lists_a_group_together(cast):
    led_in_groups(cast)
    order = approve_pairs(cast.school)
    (rows,) = (rows for title, rows in tables_of(order).items() if title.endswith(", группы"))
    first, second = rows
    assert "Старшова" in first[1]
    assert [cell is None for cell in second] == [True, True, True, False, False, True]
    assert "1 группа)" in points_of(order)[0].replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.both
def test_whoever_is_matched_later_joins_the_group_with_an_order_of_their_own(cast, group):
    ties = list(group.ties.all())
    record = newcomer(cast, ties)
    before = timezone.now()
    order = approve_pairs(cast.school)
    tie = Tie.objects.open().get(mentee=record)
    told = [one.words for one in digest_for(cast.users[Role.DIRECTOR], before)]
    assert "в 1 группе новый человек" in told
    assert tie.mentorship == group
    assert (tie.order, tie.starts_on) == (order, today())
    assert Mentorship.objects.filter(is_group=True).count() == 1
    # the order names who joins, not who is there
    (row,) = annex_of(order)
    assert record.person.last_name[:4] in row[3]
    waits = "st-wait"
    page = signed_in(cast.anna).get(reverse("mentorships:card", args=[group.pk]))
    assert waits in mentees_of(page)
    set_requisites(order, number="9-о", dated_on=today(), by=cast.anna)
    register_document(order, by=cast.anna)
    page = signed_in(cast.anna).get(reverse("mentorships:card", args=[group.pk]))
    assert waits not in mentees_of(page)
    assert "№&nbsp;9-о" in page.content.decode()
    assert "№&nbsp;5-о" in page.content.decode()
    group.refresh_from_db()
    assert group.status == MentorshipStatus.ACTIVE


def mentees_of(page):
    """Return the part of a page that says who is in the group."""
    return page.content.decode().partition('id="mentees"')[2].partition("</section>")[0]


def test_a_full_group_takes_nobody_more(cast, group):
    change_form(group.form, max_mentees=2, by=cast.anna)
    spare = Participation.objects.get(pk=cast.school.records["oldest"].pk)
    assert spare.capacity - spare.active_count == 3
    given = engine_input(cast.school.programme)
    assert str(spare.pk) not in {one.key for one in given.mentors if one.capacity}


def test_a_place_over_the_limit_is_refused_with_the_name(cast, group):
    record = newcomer(cast, list(group.ties.all()))
    change_form(group.form, max_mentees=1, by=cast.anna)
    group.refresh_from_db()
    order = group.ties.first().order
    with pytest.raises(RefusedError, match=r"не больше 1"):
        seat_mentee(group, record, order, starts_on=today(), by=cast.anna)
    assert not Tie.objects.open().filter(mentee=record).exists()


@pytest.mark.both
def test_one_leaves_and_the_others_go_on(cast, group):
    one, other = group.ties.all()
    mentor = Participation.objects.get(pk=group.mentor_id)
    leave_group(one, reason="переезд", by=cast.anna)
    one.refresh_from_db()
    assert (one.ends_on, one.end_reason) == (today(), "переезд")
    group.refresh_from_db()
    assert group.status == MentorshipStatus.ACTIVE
    assert list(Tie.objects.open().filter(mentorship=group)) == [other]
    assert Participation.objects.get(pk=mentor.pk).active_count == mentor.active_count - 1
    page = signed_in(cast.anna).get(reverse("mentorships:card", args=[group.pk])).content.decode()
    assert "Left the group" in page
    assert "переезд" in page
    # the last one does not leave: the group ends
    with pytest.raises(RefusedError, match="целиком"):
        leave_group(other, reason="переезд", by=cast.anna)
    with pytest.raises(RefusedError):
        leave_group(one, reason="ещё раз", by=cast.anna)


def test_leaving_needs_a_reason(cast, group):
    with pytest.raises(RefusedError, match="одной строки"):
        leave_group(group.ties.first(), reason="  ", by=cast.anna)


def test_the_end_of_a_group_frees_everybody(cast, group):
    set_pair_status(group, MentorshipStatus.COMPLETED, by=cast.anna)
    assert not Tie.objects.open().filter(mentorship=group).exists()
    counts = Participation.objects.filter(ties__mentorship=group)
    assert set(counts.values_list("active_count", flat=True)) == {0}
    assert Participation.objects.get(pk=group.mentor_id).active_count == 0


@pytest.mark.both
def test_a_withdrawn_consent_stops_one_of_a_group_and_the_last_one_stops_it(cast, group):
    one, other = group.ties.select_related("mentee__person")
    withdraw(cast, one)
    one.refresh_from_db()
    group.refresh_from_db()
    assert (one.paused_on, group.status) == (today(), MentorshipStatus.ACTIVE)
    with pytest.raises(RefusedError, match=one.mentee.person.last_name):
        resume_mentee(one, by=cast.anna)
    page = signed_in(cast.anna).get(reverse("mentorships:list") + "?status=suspended")
    assert group.pk in [pair.pk for pair in page.context["pairs"]]
    today_page = signed_in(cast.anna).get(reverse("cabinet:home")).content.decode()
    assert "stopped" in today_page
    withdraw(cast, other)
    group.refresh_from_db()
    other.refresh_from_db()
    assert (other.paused_on, group.status) == (None, MentorshipStatus.SUSPENDED)


def withdraw(cast, tie):
    for consent in Consent.objects.filter(person=tie.mentee.person, withdrawn_on=None):
        withdraw_consent(consent, by=cast.anna)


def test_who_sits_out_is_not_asked_and_goes_on_by_a_press(cast, group):
    one, _other = group.ties.all()
    user = seat(cast, one)
    assert own_due_meetings(user)
    pause_mentee(one, by=cast.anna)
    assert own_due_meetings(user) == []
    page = signed_in(cast.anna).post(
        reverse("mentorships:mentee", args=[group.pk]), {"tie": one.pk, "step": "resume"}
    )
    assert page.status_code == 302
    one.refresh_from_db()
    assert one.paused_on is None
    assert own_due_meetings(user)


def test_who_sat_out_when_the_order_was_signed_gets_one_of_their_own(cast, group):
    record = newcomer(cast, list(group.ties.all()))
    order = approve_pairs(cast.school)
    tie = Tie.objects.open().get(mentee=record)
    pause_mentee(tie, by=cast.anna)
    set_requisites(order, number="9-о", dated_on=today(), by=cast.anna)
    register_document(order, by=cast.anna)
    tie.refresh_from_db()
    assert tie.order is None
    own = resume_mentee(tie, by=cast.anna).order
    assert own.status == "draft"
    (row,) = annex_of(own)
    assert record.person.last_name[:4] in row[3]
    group.refresh_from_db()
    assert group.status == MentorshipStatus.ACTIVE


def seat(cast, tie):
    """Give the account of the cast's mentee to a mentee of a group."""
    user = cast.users[Role.MENTEE]
    user.person = tie.mentee.person
    user.save(update_fields=["person"])
    return type(user).objects.get(pk=user.pk)


@pytest.mark.both
def test_each_mentee_of_a_group_marks_alone_and_none_sees_another(cast, group):
    one, other = group.ties.all()
    meeting = group.meetings.filter(planned_on__lte=today()).first()
    for tie, mark in ((one, Mark.GOOD), (other, Mark.HARD)):
        note_meeting(
            meeting, MeetingStatus.HELD, voice=Voice(Side.MENTEE, tie.pk), mark=mark, on=today(), by=cast.anna
        )  # fmt: skip
        meeting.refresh_from_db()
    assert meeting.mentee_marks == {str(one.pk): "good", str(other.pk): "hard"}
    assert meeting.mentee_mark == Mark.HARD
    group = Mentorship.objects.prefetch_related("ties__mentee__person").get(pk=group.pk)
    moods = moods_of([meeting], voices_of(group))
    assert [(who, row[0][1]) for who, row in moods.rows] == [
        ("Наставник", ""),
        (one.mentee.person.short_name, "хорошо"),
        (other.mentee.person.short_name, "трудно"),
    ]
    page = signed_in(seat(cast, one)).get(reverse("mentorships:own")).content.decode()
    assert other.mentee.person.short_name in page  # they meet together
    assert page.count('class="a"') == 0
    assert page.count('class="b"') == 1  # the own mark alone fills the chain
    card = signed_in(cast.anna).get(reverse("mentorships:card", args=[group.pk])).content.decode()
    assert "mood-frown" in card


def test_a_mentees_mark_of_a_group_needs_a_name_of_the_group(cast, group):
    meeting = group.meetings.first()
    elsewhere = Tie.objects.exclude(mentorship=group).first()
    for tie in (None, elsewhere.pk):
        with pytest.raises(RefusedError, match="кто из группы"):
            note_meeting(meeting, None, voice=Voice(Side.MENTEE, tie), mark=Mark.HELP, by=cast.anna)
    meeting.refresh_from_db()
    assert (meeting.mentee_mark, meeting.mentee_marks) == ("", {})


def test_the_other_is_still_asked_when_one_has_marked(cast, group):
    one, other = group.ties.all()
    meeting = group.meetings.order_by("planned_on").first()
    note_meeting(
        meeting, MeetingStatus.HELD, voice=Voice(Side.MENTEE, one.pk), mark=Mark.GOOD, on=today(), by=cast.anna
    )  # fmt: skip
    assert meeting.pk not in [m.pk for m in own_due_meetings(seat(cast, one))]
    assert meeting.pk in [m.pk for m in own_due_meetings(seat(cast, other))]
    # who came after it is not asked
    Tie.objects.filter(pk=other.pk).update(starts_on=today() + dt.timedelta(1))
    assert meeting.pk not in [m.pk for m in own_due_meetings(seat(cast, other))]


def test_a_call_of_one_is_named_to_the_curator_answered_and_taken_back(cast, group):
    one, _other = group.ties.select_related("mentee__person")
    user = seat(cast, one)
    page = signed_in(user)
    meeting = group.meetings.first()
    seen = {
        "meeting": meeting.pk, "seen_status": meeting.status, "seen_on": meeting.planned_on.isoformat(), "press": "help",
    }  # fmt: skip
    page.post(reverse("mentorships:note", args=[group.pk]), seen)
    meeting.refresh_from_db()
    assert meeting.mentee_marks == {str(one.pk): "help"}
    card = signed_in(cast.anna).get(reverse("mentorships:card", args=[group.pk])).content.decode()
    assert f"is asked for by: {one.mentee.person.short_name}" in card
    undo_note(meeting, by=user)
    meeting.refresh_from_db()
    assert (meeting.mentee_mark, meeting.mentee_marks) == ("", {})
    curators = {**seen, "press": f"help-mentee-{one.pk}"}
    signed_in(cast.anna).post(reverse("mentorships:note", args=[group.pk]), curators)
    meeting.refresh_from_db()
    assert meeting.mentee_marks == {str(one.pk): "help"}
    answer_help(meeting, by=cast.anna)
    meeting.refresh_from_db()
    assert meeting.help_answered_on == today()


def test_a_class_teacher_is_told_of_a_group_only_who_is_of_the_own_class(cast, group):
    waiting = cast.school.records["waiting"]
    Tie.objects.create(
        organisation=group.organisation, mentorship=group, mentee=waiting, starts_on=group.starts_on
    )
    name = waiting.person.short_name
    page = signed_in(cast.users[Role.CLASS_TEACHER])
    for address in (reverse("mentorships:card", args=[group.pk]), reverse("mentorships:list")):
        assert name not in page.get(address).content.decode()
        assert name in signed_in(cast.anna).get(address).content.decode()


def test_a_strange_curator_reaches_no_mentee_of_a_group(cast, group):
    answer = signed_in(cast.vera).post(
        reverse("mentorships:mentee", args=[group.pk]),
        {"tie": group.ties.first().pk, "step": "leave", "reason": "чужая"},
    )
    assert answer.status_code == 404
    assert Tie.objects.open().filter(mentorship=group).count() == 2


def hand_over(cast, group):
    """Let the other senior take a group over, with room enough; return what became of it."""
    heir = Participation.objects.get(pk=cast.school.records["older"].pk)
    assert heir.pk != group.mentor_id
    areas = Participation.objects.get(pk=group.mentor_id).areas
    change_participation(heir, capacity=5, areas=areas, by=cast.anna)
    set_participation_status(heir, ParticipationStatus.READY, by=cast.anna)
    heir.refresh_from_db()
    return replace_mentor(group, heir, cause=EndCause.ASKED, by=cast.anna), heir


def mentees_in(group):
    return set(Tie.objects.open().filter(mentorship=group).values_list("mentee_id", flat=True))


@pytest.mark.both
def test_a_group_is_handed_over_whole(cast, group):
    Mentorship.objects.filter(mentor=cast.school.records["older"]).delete()
    Participation.objects.filter(pk=cast.school.records["older"].pk).update(active_count=0)
    led = mentees_in(group)
    made, heir = hand_over(cast, group)
    assert (made.mentor, made.is_group, mentees_in(made)) == (heir, True, led)
    assert {tie.moved_from for tie in made.ties.all()} == {group}
    (point,) = (p for p in points_of(made.ties.first().order) if "прежнее" in p)
    assert "наставляемые:" in point
    page = signed_in(cast.anna).get(reverse("mentorships:card", args=[group.pk]))
    assert page.context["kin"].after == (made,)


@pytest.mark.both
def test_a_group_handed_to_one_who_leads_a_group_joins_it(cast, group):
    own = Mentorship.objects.filter(mentor=cast.school.records["older"], form=group.form).first()
    if own is None:
        own = Mentorship.objects.create(
            organisation=group.organisation,
            programme=group.programme,
            form=group.form,
            mentor=cast.school.records["older"],
            is_group=True,
            starts_on=group.starts_on,
            ends_on=group.ends_on,
        )
    before = mentees_in(own)
    led = mentees_in(group)
    made, _heir = hand_over(cast, group)
    assert made == own
    assert mentees_in(own) == before | led
    page = signed_in(cast.anna).get(reverse("mentorships:card", args=[own.pk])).content.decode()
    assert "Into the group" in page
    assert "instead of" in page
