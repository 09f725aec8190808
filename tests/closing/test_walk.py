"""The year is closed from «Today» in a walk of steps, each one press for the whole school."""

import datetime as dt
import re

import pytest
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from tests.mentorships.scenes import run_pairs
from tests.pages import counts, said, signed_in, text

from nastavnik.closing.actions import (
    ask_last_words,
    forget_talk_words,
    hold_final_meetings,
    note_talks,
)
from nastavnik.closing.choices import ClosingStage, StageState
from nastavnik.closing.models import ClosingTalk, Thanks
from nastavnik.closing.queries import last_words, steps_of_closing
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks import attention
from nastavnik.core.hooks.facts import facts_of
from nastavnik.documents.models import Document
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.models import Meeting, Mentorship
from nastavnik.programmes.actions import change_participation
from nastavnik.programmes.choices import ParticipationStatus as S
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import Participation, Programme
from nastavnik.questionnaires.actions import enter_answers, open_wave
from nastavnik.questionnaires.models import Invitation, Wave
from nastavnik.questionnaires.queries import AudienceRule

pytestmark = pytest.mark.django_db
STEPS = ("meetings", "words", "completion", "talks", "results", "next-year")


@pytest.fixture
def ending(cast):
    """Let the pairs of the first school run, and the programme and they end today; all has been said but the end."""
    run_pairs(cast.school)
    Programme.objects.filter(pk=cast.school.programme.pk).update(ends_on=today())
    pairs = Mentorship.objects.filter(organisation=cast.school.organisation)
    pairs.update(ends_on=today())
    meetings = Meeting.objects.filter(mentorship__in=pairs)
    meetings.exclude(kind="final").filter(planned_on__gt=today()).delete()
    meetings.exclude(kind="final").update(status="held", held_on=today())
    meetings.filter(kind="final").update(planned_on=today())
    return cast


def own(cast, model):
    return model.objects.filter(organisation=cast.school.organisation)


CARRIED = re.compile(
    r'name="(all|meetings|word|fresh|to_thank|results|thanks)"\s+value="([^"]+)"', re.ASCII
)


def pressed(page):
    """Return what the button of a step that names the whole school sends: every field the page offers, whom it shows."""
    form = page.context.get("form", None)
    sent = {}
    for bound in form or ():
        if bound.value() is not False:
            sent[bound.html_name] = bound.value() or ""
    for name, value in CARRIED.findall(text(page)):
        sent.setdefault(name, []).append(value)
    return sent


def press(client, step, **also):
    """Open a step and press its button for all."""
    url = reverse(f"closing:{step}")
    return client.post(url, {**pressed(client.get(url)), **also}, follow=True)


def test_a_school_is_closed_in_seven_presses_or_fewer(ending):
    client = signed_in(ending.anna)
    n_pairs = own(ending, Mentorship).count()
    today_page = client.get("/today/")
    item = next(one for one in today_page.context["items"] if "/closing/" in one.url)
    assert item.url in text(today_page)
    urls = [one.url for one in today_page.context["items"]]
    assert reverse("mentorships:complete") not in urls
    page, presses, seen = client.get(item.url), 1, []
    for _turn in range(8):
        here = page.request["PATH_INFO"]
        if here == reverse("closing:year"):
            break
        seen.append(here)
        assert "What follows" in text(page)
        sent = pressed(page)
        if here == reverse("closing:next-year"):
            sent["rest"] = "1"
        if here == reverse("closing:talks"):
            sent["held_on"] = today()
        page = client.post(here, sent, follow=True)
        assert page.status_code == 200, text(page)
        presses += 1
    assert seen == [reverse(f"closing:{step}") for step in STEPS]
    assert presses <= 7
    finals = own(ending, Meeting).filter(kind="final")
    assert finals.filter(status="held", held_on=today()).count() == n_pairs
    assert own(ending, Wave).filter(version__stage="after").count() == 4
    assert set(own(ending, Mentorship).values_list("status", flat=True)) == {"completed"}
    assert own(ending, Document).filter(kind="ending_order", status="draft").count() == 1
    assert not own(ending, Participation).exclude(status__in=(S.FINISHED, S.LEFT)).exists()
    n_mentees = own(ending, Participation).filter(side="mentee", ties__isnull=False).count()
    assert own(ending, ClosingTalk).count() == n_mentees > 0
    assert set(own(ending, ClosingTalk).values_list("held_by", "words")) == {
        (ending.school.organisation.head_name, "")
    }
    paired = own(ending, Participation).filter(
        Q(ties__isnull=False) | Q(mentorships_as_mentor__isnull=False)
    )
    assert not paired.filter(results="").exists()
    assert not own(ending, Participation).exclude(pk__in=paired).exclude(results="").exists()
    thanked = own(ending, Thanks).values_list("record__side", "kind").distinct()
    assert set(thanked) == {("mentor", "gratitude")}
    year = ending.school.year
    told = facts_of(ending.school.organisation.pk, year.starts_on, year.ends_on)
    assert told["closing_talks"].n == told["closing_talks"].of == n_mentees
    assert told["results_in_bases"].n == paired.distinct().count()
    # nobody has answered, so nobody goes on or stops: it is left unsaid
    assert not own(ending, Participation).exclude(goes_on=None).exists()
    assert "ending_order" not in text(page)
    assert str(own(ending, Document).get(kind="ending_order").title) in text(page)


def test_the_other_school_is_not_touched_and_the_stranger_sees_none_of_it(ending):
    before = own(ending, Mentorship).count()
    vera = signed_in(ending.vera)
    for step in STEPS:
        page = vera.get(reverse(f"closing:{step}"))
        for person in ending.school.people.values():
            assert person.full_name not in text(page)
            assert person.short_name not in text(page)
        vera.post(
            reverse(f"closing:{step}"),
            {
                "all": "1",
                "rest": "1",
                "closes_on": today(),
                "held_on": today(),
                "held_by": "Кто-то",
            },
        )
    assert own(ending, Mentorship).filter(status="active").count() == before
    assert not own(ending, Wave).exists()
    for role in (Role.DIRECTOR, Role.CLASS_TEACHER, Role.PSYCHOLOGIST, Role.MENTOR):
        assert signed_in(ending.users[role]).get(reverse("closing:year")).status_code == 403


def test_a_final_meeting_that_has_not_come_is_not_noted_without_its_day(ending):
    finals = own(ending, Meeting).filter(kind="final")
    late = finals.first()
    Meeting.objects.filter(pk=late.pk).update(planned_on=today() + dt.timedelta(days=3))
    late.refresh_from_db()
    before = counts()
    with pytest.raises(RefusedError, match=f"{late.planned_on:%d.%m}"):
        hold_final_meetings([late], on=None, by=ending.anna)
    assert counts() == before
    client = signed_in(ending.anna)
    press(client, "meetings")
    late.refresh_from_db()
    assert late.status == "planned"
    assert finals.filter(status="held").count() == finals.count() - 1
    answer = client.post(
        reverse("closing:meetings"),
        {"pairs": late.mentorship_id, "on": today() + dt.timedelta(days=1)},
    )
    assert answer.status_code == 422
    client.post(reverse("closing:meetings"), {"pairs": late.mentorship_id, "on": today()})
    late.refresh_from_db()
    assert (late.status, late.held_on) == ("held", today())


def test_what_was_just_noted_is_taken_back_by_its_author_only(ending):
    client = signed_in(ending.anna)
    press(client, "meetings")
    back = pressed(client.get(reverse("closing:meetings")))
    signed_in(ending.vera).post(reverse("closing:meetings-back"), back)
    finals = own(ending, Meeting).filter(kind="final")
    assert not finals.exclude(status="held").exists()
    page = client.get(reverse("closing:meetings"))
    assert "Take it back" in text(page)
    client.post(reverse("closing:meetings-back"), {"meetings": "0"})
    assert not finals.exclude(status="held").exists()
    client.post(reverse("closing:meetings-back"), back)
    assert set(finals.values_list("status", "held_on")) == {("planned", None)}
    assert "Take it back" not in text(client.get(reverse("closing:meetings")))


def test_a_pair_of_which_something_is_unsaid_is_not_completed_with_the_others(ending):
    client = signed_in(ending.anna)
    press(client, "meetings")
    left = own(ending, Mentorship).first()
    met = left.meetings.exclude(kind="final").first()
    Meeting.objects.filter(pk=met.pk).update(status="planned", held_on=None)
    press(client, "completion")
    left.refresh_from_db()
    assert left.status == MentorshipStatus.ACTIVE
    assert own(ending, Mentorship).filter(status="completed").exists()
    page = client.get(reverse("closing:completion"))
    assert left.mentor.person.last_name in text(page)
    answer = client.post(reverse("closing:completion"), {"all": "1"}, follow=True)
    assert "no pair is ticked" in said(answer)[0]
    client.post(reverse("closing:completion"), {"pairs": left.pk})
    left.refresh_from_db()
    assert left.status == MentorshipStatus.COMPLETED


def test_who_goes_on_is_filled_in_from_the_own_answer_and_nobody_else(ending):
    client = signed_in(ending.anna)
    press(client, "meetings")
    press(client, "words", closes_on=today())
    person = ending.school.people["younger"]
    asked = Invitation.objects.get(person=person, wave__version__code="mentee_after")
    enter_answers(asked, {"continue": "yes"}, submit_key="one", by=ending.anna)
    press(client, "completion")
    page = client.get(reverse("closing:next-year"))
    assert page.context["n_said"] == 1
    rows = {record.person_id: field.value() for record, _g, field, _s in page.context["rows"]}
    assert rows.pop(person.pk) == "goes_on"
    assert set(rows.values()) == {""}
    client.post(reverse("closing:next-year"), pressed(page))
    record = Participation.objects.get(person=person)
    assert (record.status, record.goes_on) == (S.FINISHED, True)
    others = own(ending, Participation).exclude(pk=record.pk)
    assert not others.exclude(goes_on=None).exists()


def test_words_are_asked_once_and_an_empty_base_is_told(ending):
    client = signed_in(ending.anna)
    for _again in range(2):
        press(client, "words", closes_on=today())
    asked = own(ending, Wave).values_list("version__stage", "side", "form__code")
    assert len(set(asked)) == asked.count() > 0
    page = client.get(reverse("closing:words"))
    assert "Silent:" in text(page)
    Programme.objects.filter(pk=ending.other.programme.pk).update(ends_on=today())
    own_records = Participation.objects.filter(organisation=ending.other.organisation)
    own_records.update(status=S.LEFT, ends_on=today())
    vera = signed_in(ending.vera)
    assert "Nobody may be asked" in text(vera.get(reverse("closing:words")))
    answer = press(vera, "words", closes_on=today())
    assert "Nobody could be asked" in said(answer)[0]


def test_nothing_is_said_of_the_close_before_its_time(cast):
    run_pairs(cast.school)
    assert not [one for one in attention.items_for(cast.anna) if "/closing/" in one.url]
    page = signed_in(cast.anna).get(reverse("closing:year"))
    assert page.status_code == 200
    assert reverse("closing:year") in text(signed_in(cast.anna).get("/today/"))


def completed(cast):
    client = signed_in(cast.anna)
    press(client, "meetings")
    press(client, "completion")
    return client


def test_a_talk_is_read_by_head_and_curator_and_never_by_the_mentor_it_may_be_about(ending):
    client = completed(ending)
    record = ending.school.records["younger"]
    words = "хочет заниматься и летом"
    sent = {
        "records": record.pk,
        "held_on": today(),
        "held_by": "Директорова",
        f"words-{record.pk}": words,
    }
    head = signed_in(ending.users[Role.DIRECTOR])
    item = next(
        one for one in attention.items_for(ending.users[Role.DIRECTOR]) if "/closing/" in one.url
    )
    assert item.url == reverse("closing:talks")
    head.post(item.url, sent)
    talk = ClosingTalk.objects.get()
    assert (talk.record_id, talk.words) == (record.pk, words)
    for reader in (client, head):
        assert words in text(reader.get(item.url))
    for role in (Role.CLASS_TEACHER, Role.PSYCHOLOGIST, Role.MENTOR, Role.DEPUTY_DIRECTOR):
        assert signed_in(ending.users[role]).get(item.url).status_code == 403
    assert words not in text(signed_in(ending.vera).get(item.url))
    remove = reverse("closing:remove-talk", args=[talk.pk])
    assert signed_in(ending.vera).post(remove).status_code == 404
    # the curator who leads the pair reads nothing of it
    pair = Mentorship.objects.get(ties__mentee=record)
    type(ending.anna).objects.filter(person=pair.mentor.person).update(person=None)
    ending.anna.person = pair.mentor.person
    ending.anna.save(update_fields=["person"])
    assert words not in text(signed_in(ending.anna).get(item.url))
    assert signed_in(ending.anna).get(remove).status_code == 404
    assert head.get(remove).status_code == 200
    assert ClosingTalk.objects.exists()
    head.post(remove)
    assert not ClosingTalk.objects.exists()


def test_a_talk_has_a_day_that_has_come_and_somebody_who_spoke(ending):
    completed(ending)
    record = Participation.objects.select_related("person").get(
        pk=ending.school.records["younger"].pk
    )
    before = counts()
    for talks, day, head in (
        ({}, today(), "Д"),
        ({record: ""}, today() + dt.timedelta(1), "Д"),
        ({record: ""}, today(), " "),
    ):
        with pytest.raises(RefusedError):
            note_talks(talks, held_on=day, held_by=head, by=ending.anna)
    assert counts() == before


def test_words_of_a_talk_are_forgotten_and_the_talk_stays(ending):
    completed(ending)
    record = ending.school.records["younger"]
    note_talks({record: "слова"}, held_on=today(), held_by="Д", by=ending.anna)
    now = timezone.now()
    assert forget_talk_words(now - dt.timedelta(days=1), by=None) == 0
    assert forget_talk_words(now + dt.timedelta(days=2), by=None) == 1
    talk = ClosingTalk.objects.get()
    assert (talk.words, talk.held_on) == ("", today())


def test_results_say_what_was_entered_and_leave_what_somebody_wrote(ending):
    client = completed(ending)
    record = ending.school.records["younger"]
    change_participation(
        ending.school.records["youngest"], results="своими словами", by=ending.anna
    )
    pair = Mentorship.objects.get(ties__mentee=record)
    n_met = pair.meetings.filter(status="held").count()
    press(client, "results", kind="")
    assert not Thanks.objects.exists()
    record.refresh_from_db()
    assert re.findall(r"\d+", record.results) == ["1", str(n_met)]
    other = Participation.objects.get(pk=ending.school.records["youngest"].pk)
    assert other.results == "своими словами"
    page = client.get(reverse("closing:results"))
    assert "Take the results back" in text(page)
    client.post(reverse("closing:results-back"), {"results": "0"})
    assert Participation.objects.get(pk=record.pk).results
    client.post(reverse("closing:results-back"), {"results": ",".join(pressed(page)["results"])})
    record.refresh_from_db()
    other.refresh_from_db()
    assert (record.results, other.results) == ("", "своими словами")


def test_mentors_are_thanked_once_a_kind_and_taken_back_the_same_day(ending):
    client = completed(ending)
    for _again in range(2):
        press(client, "results", kind="best")
    thanks = own(ending, Thanks)
    mentors = own(ending, Mentorship).values("mentor").distinct().count()
    assert thanks.count() == mentors
    shown = {"thanks": pressed(client.get(reverse("closing:results")))["thanks"]}
    signed_in(ending.vera).post(reverse("closing:results-back"), shown)
    assert thanks.count() == mentors
    client.post(reverse("closing:results-back"), shown)
    assert not thanks.exists()


def test_the_field_of_the_search_stays_empty_on_every_step(ending):
    client = signed_in(ending.anna)
    press(client, "words", closes_on=today())
    for step in STEPS:
        page = text(client.get(reverse(f"closing:{step}")))
        assert re.findall(r'name="q" value="([^"]*)"', page) == [""], step


def test_all_is_whom_the_page_has_shown_and_nobody_who_came_since(ending):
    client = signed_in(ending.anna)
    finals = own(ending, Meeting).filter(kind="final")
    late = finals.first()
    n_others = finals.count() - 1
    Meeting.objects.filter(pk=late.pk).update(planned_on=today() + dt.timedelta(days=3))
    page = client.get(reverse("closing:meetings"))
    Meeting.objects.filter(pk=late.pk).update(planned_on=today())
    client.post(reverse("closing:meetings"), pressed(page))
    assert finals.filter(status="held").count() == n_others > 0
    assert finals.get(pk=late.pk).status == "planned"
    # the other waits are over meanwhile: the pair is whole when the button is pressed and was not when it was shown
    Mentorship.objects.filter(pk=late.mentorship_id).update(ends_on=today() - dt.timedelta(days=1))
    page = client.get(reverse("closing:completion"))
    Meeting.objects.filter(pk=late.pk).update(status="held", held_on=today())
    client.post(reverse("closing:completion"), pressed(page))
    assert own(ending, Mentorship).get(status="active").pk == late.mentorship_id
    page = client.get(reverse("closing:talks"))
    results = pressed(client.get(reverse("closing:results")))
    press(client, "completion")
    sent = pressed(page) | {"held_on": today()}
    client.post(reverse("closing:talks"), sent)
    client.post(reverse("closing:results"), results)
    fresh = own(ending, Participation).filter(ties__mentorship=late.mentorship_id)
    assert ClosingTalk.objects.exists()
    assert not ClosingTalk.objects.filter(record__in=fresh).exists()
    assert own(ending, Participation).exclude(results="").exists()
    assert not fresh.exclude(results="").exists()
    sent = pressed(client.get(reverse("closing:next-year"))) | {"rest": "1"}
    field = next(name for name in sent if name.startswith("after-"))
    del sent[field]
    there = own(ending, Participation).get(pk=int(field.removeprefix("after-")))
    client.post(reverse("closing:next-year"), sent)
    after = own(ending, Participation).get(pk=there.pk)
    assert (after.status, after.ends_on) == (there.status, there.ends_on)


def test_what_was_ticked_stays_ticked_when_nothing_is_done(ending):
    client = signed_in(ending.anna)
    finals = own(ending, Meeting).filter(kind="final")
    late = finals.first()
    Meeting.objects.filter(pk=late.pk).update(planned_on=today() + dt.timedelta(days=3))
    url, key = reverse("closing:meetings"), late.mentorship_id
    for day in (today() + dt.timedelta(days=1), ""):
        answer = client.post(url, {"pairs": key, "on": day})
        assert answer.status_code == 422
        ticks = re.findall(r'name="pairs" value="(\d+)"\s+checked', text(answer))
        assert ticks == [str(key)]
    assert said(answer)
    completed(ending)
    record = client.get(reverse("closing:talks")).context["rows"][0][0]
    sent = {"records": record.pk, "held_on": today() + dt.timedelta(days=1), "held_by": "Д"}
    answer = client.post(reverse("closing:talks"), sent)
    assert answer.status_code == 422
    assert re.findall(r'name="records" value="(\d+)"\s+checked', text(answer)) == [str(record.pk)]


def test_two_curators_at_once_ask_the_last_words_once(ending):
    """Both have read the page before either pressed: whoever is second opens nothing."""
    programme = ending.school.programme
    seen = [last_words(ending.anna, programme) for _curator in range(2)]
    opened = ask_last_words(programme, seen[0], closes_on=today(), by=ending.anna)
    before = counts()
    with translation.override("en"), pytest.raises(RefusedError, match="asked already"):
        ask_last_words(programme, seen[1], closes_on=today(), by=ending.anna)
    assert counts() == before
    assert own(ending, Wave).count() == len(opened) > 0


def test_of_one_asking_of_all_each_line_counts_its_own_people(ending):
    programme = ending.school.programme
    first = next(one for one in last_words(ending.anna, programme) if one.side == Side.MENTEE)
    wave = open_wave(
        programme, first.version, title="Всем", rule=AudienceRule("", None),
        opens_on=today(), closes_on=today(), by=ending.anna,
    )  # fmt: skip
    found = last_words(ending.anna, programme)
    lines = [one for one in found if one.wave == wave]
    assert lines
    for line in lines:
        assert line.form.code in wave.version.forms
        there = own(ending, Participation).filter(side="mentee", forms=line.form)
        people = set(there.values_list("person_id", flat=True))
        invited = {one.person_id for one in wave.invitations.all()} & people
        assert {one.person_id for one in line.invitations} == invited
        assert line.n_asked == len(line.silent) < wave.invitations.count()
    assert not any(one.wave for one in found if one.side == Side.MENTOR)
    assert all(one.wave is None for one in found if one.form.code not in wave.version.forms)


def test_without_a_pair_nothing_of_pairs_is_done(cast):
    steps = {one.stage: one.state for one in steps_of_closing(cast.anna, cast.school.programme)}
    assert {steps[ClosingStage.MEETINGS], steps[ClosingStage.COMPLETION]} == {StageState.WAIT}
