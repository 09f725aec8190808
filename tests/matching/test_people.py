"""Whom a matching takes: who is left out by hand sits it out, who is not ready is shown with what is missing."""

import pytest
from django.urls import reverse
from tests.jobs.working import counted
from tests.pages import said, signed_in, text

from nastavnik.core.access import Role
from nastavnik.jobs.tasks import work_on
from nastavnik.matching.actions import run_matching
from nastavnik.matching.models import MatchingRun
from nastavnik.matching.queries import who_is_matched
from nastavnik.programmes.actions import set_participation_status
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import Participation

pytestmark = pytest.mark.django_db

RUN, PEOPLE = reverse("matching:run"), reverse("matching:people")


def matched_in(run):
    return set(run.proposals.values_list("mentee_id", flat=True))


def test_everybody_who_is_ready_is_there_and_the_others_with_their_reasons(cast):
    who = who_is_matched(cast.anna, cast.school.programme)
    ready = Participation.objects.filter(
        programme=cast.school.programme, status=ParticipationStatus.READY
    )
    assert who.keys == set(ready.values_list("pk", flat=True))
    assert {row.record.side for row in who.mentees} == {Side.MENTEE}
    waiting = cast.school.records["waiting"]
    assert waiting.pk in {row.record.pk for row in who.unready}
    response = signed_in(cast.anna).get(PEOPLE)
    page = text(response)
    for row in response.context["who"].unready:
        assert row.verdict.reasons
        for reason in row.verdict.reasons:
            assert reason in page


def test_a_mentor_without_a_free_place_is_not_asked_about(cast):
    mentor = cast.school.records["older"]
    Participation.objects.filter(pk=mentor.pk).update(
        status=ParticipationStatus.PAIRED, capacity=1, active_count=1
    )
    who = who_is_matched(cast.anna, cast.school.programme)
    assert mentor.pk not in who.keys | {row.record.pk for row in who.unready}


def test_who_is_not_ticked_sits_it_out_and_only_once(cast):
    client = signed_in(cast.anna)
    out = cast.school.records["younger"].pk
    keys = who_is_matched(cast.anna, cast.school.programme).keys
    assert out in keys
    client.post(RUN, {"picked": "1", "people": sorted(keys - {out})})
    run = MatchingRun.objects.get()
    assert out not in matched_in(run)
    assert str(out) not in {one["key"] for one in run.snapshot["mentees"]}
    client.post(RUN)
    assert out in matched_in(MatchingRun.objects.first())


def test_with_nobody_ticked_it_is_said_and_nothing_is_made(cast):
    client = signed_in(cast.anna)
    client.post(RUN, {"picked": "1"})
    assert not MatchingRun.objects.exists()
    # a stranger's key, and what is no key, tick nobody
    client.post(RUN, {"picked": "1", "people": [cast.other.records["younger"].pk, "x"]})
    assert not MatchingRun.objects.exists()


def test_in_the_background_they_sit_it_out_as_well(cast):
    out = cast.school.records["younger"].pk
    work_on(counted(cast, without=[out]))
    run = MatchingRun.objects.get()
    assert matched_in(run) == matched_in(
        run_matching(cast.school.programme, without=[out], by=cast.anna)
    )
    assert out not in matched_in(run)


def test_the_page_is_for_those_who_match(cast):
    assert signed_in(cast.users[Role.CLASS_TEACHER]).get(PEOPLE).status_code in {403, 404}
    cast.school.programme.delete()
    assert signed_in(cast.anna).get(PEOPLE)["Location"] == reverse("matching:workspace")


def test_who_lacks_nothing_is_let_in_by_one_press(cast):
    records = cast.school.records
    for name in ("younger", "older"):
        set_participation_status(records[name], ParticipationStatus.CANDIDATE, by=cast.anna)
    client = signed_in(cast.anna)
    page = client.get(PEOPLE)
    assert page.context["n_complete"] == 2
    assert "Let 2 into matching" in text(page)
    after = client.post(reverse("matching:let-in"), follow=True)
    assert said(after) == ["2 records are ready for matching."]
    assert {records["younger"].pk, records["older"].pk} <= after.context["who"].keys
    assert records["waiting"].pk not in after.context["who"].keys
    assert after.context["n_complete"] == 0
    assert reverse("matching:let-in") not in text(after)
