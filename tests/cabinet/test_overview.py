"""The programme on one page: numbers that add up, by what the reader may see."""

import pytest
from django.urls import reverse
from tests.cast import CANARY
from tests.mentorships.scenes import pair_of, run_pairs
from tests.pages import signed_in, text

from nastavnik.cabinet.queries.overview import overview_of
from nastavnik.core.access import Role
from nastavnik.core.ui.components import load
from nastavnik.documents.models import Document
from nastavnik.mentorships.actions import note_meeting, set_pair_status
from nastavnik.mentorships.choices import Mark, MentorshipStatus
from nastavnik.mentorships.models import Mentorship
from nastavnik.mentorships.queries import Voice, moods_of
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import Programme

pytestmark = pytest.mark.django_db
PAGE = reverse("cabinet:overview")


def test_the_numbers_add_up_and_lead_to_as_many_rows(cast):
    run_pairs(cast.school)
    set_pair_status(
        pair_of(cast.school), MentorshipStatus.CANCELLED, reason="переезд", by=cast.anna
    )
    n_pairs = Mentorship.objects.filter(organisation=cast.school.organisation).count()
    told = overview_of(cast.anna, cast.school.programme)
    assert told.n_pairs == n_pairs == sum(one.n for one in told.pairs)
    client = signed_in(cast.anna)
    for one in told.pairs:
        assert len(client.get(one.url).context["page"].paginator.object_list) == one.n
    assert told.n_troubled == sum(one.n for one in told.troubles) > 0
    drafts = Document.objects.filter(organisation=cast.school.organisation, status="draft")
    assert told.n_papers == drafts.count()


def test_head_and_curator_see_it_strangers_and_the_small_roles_do_not(cast):
    run_pairs(cast.school)
    pair = pair_of(cast.school)
    meeting = pair.meetings.exclude(kind="final").first()
    note_meeting(meeting, None, voice=Voice(Side.MENTEE), mark=Mark.HELP, by=cast.anna)
    page = text(signed_in(cast.anna).get(PAGE))
    assert "rule=help" in page
    head = text(signed_in(cast.users[Role.DIRECTOR]).get(PAGE))
    assert "rule=help" not in head  # marks are not the head's to read, nor to count
    for said in (page, head):
        assert CANARY not in said
    for role in (Role.CLASS_TEACHER, Role.MENTOR, Role.MENTEE):
        assert signed_in(cast.users[role]).get(PAGE).status_code == 403
    for user in (cast.anna, cast.users[Role.DIRECTOR]):
        assert PAGE in text(signed_in(user).get("/today/"))


def test_without_a_programme_it_says_so(cast):
    Programme.objects.all().delete()
    assert "No programme is open yet" in text(signed_in(cast.anna).get(PAGE))


def test_moods_are_drawn_with_breaks_where_nobody_said_anything(cast):
    run_pairs(cast.school)
    pair = pair_of(cast.school)
    due = sorted(pair.meetings.exclude(kind="final"), key=lambda one: one.planned_on)[:4]
    for place, meeting in enumerate(due):
        type(meeting).objects.filter(pk=meeting.pk).update(
            status="held",
            held_on=meeting.planned_on,
            mentor_mark="good",
            mentee_mark="" if place == 1 else "hard",
        )
    picture = moods_of(pair.meetings.all()).picture
    mentor, mentee = picture.lines
    assert (mentor.is_mentor, mentor.path.count("M"), mentor.path.count("L")) == (True, 1, 3)
    assert (mentee.is_mentor, mentee.path.count("M"), mentee.path.count("L")) == (False, 2, 1)
    assert len(mentee.points) == 3
    heights = {y for _x, y, _words in mentee.points}
    assert min(heights) > max(y for _x, y, _words in mentor.points)
    card = reverse("mentorships:card", args=[pair.pk])
    assert "chart-moods" in text(signed_in(cast.anna).get(card))
    assert "chart-moods" not in text(signed_in(cast.users[Role.DIRECTOR]).get(card))
    pair.meetings.filter(pk=due[0].pk).delete()
    assert moods_of(pair.meetings.all()).picture is None  # of three nothing is said in sum


def test_places_are_drawn_as_cells_taken_and_free():
    drawn = load(2, 3)
    assert (drawn.count("<rect"), drawn.count('class="on"')) == (3, 2)
    assert 'aria-hidden="true"' in drawn
    assert load(0, 0) == ""
    assert load(1, 40) == ""
