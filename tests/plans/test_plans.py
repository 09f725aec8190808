"""Individual plans: begun from request and library, written whole, read, approved, ticked, renewed; who sees what."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from tests.cast import CANARY, approve_pairs
from tests.pages import said, signed_in, text

from nastavnik.consents.actions import withdraw_consent
from nastavnik.consents.models import Consent
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks import attention
from nastavnik.core.hooks.facts import facts_of
from nastavnik.core.hooks.pair_notes import notes_on
from nastavnik.core.models import AuditEntry
from nastavnik.documents.actions import (
    draft_document,
    refresh_document,
    register_document,
    set_requisites,
    take_back_registration,
)
from nastavnik.mentorships.actions import set_pair_status
from nastavnik.mentorships.choices import MeetingStatus, MentorshipStatus
from nastavnik.mentorships.models import Meeting, Tie
from nastavnik.people.actions import grant_role
from nastavnik.people.models import User
from nastavnik.plans.actions import (
    GoalEntry,
    ItemEntry,
    PlanContent,
    add_library_item,
    approve_plans,
    hide_library_item,
    keep_plan,
    move_plan,
    open_edition,
    open_plans,
    restore_item,
    take_back_plans,
    tick_items,
    untick_item,
)
from nastavnik.plans.choices import NEXT, OF_STAFF, PLAN_PAPER, PlanStatus
from nastavnik.plans.models import IndividualPlan, PlanItem
from nastavnik.plans.queries import default_items, offered_to, plan_rows, ties_without_plan

pytestmark = pytest.mark.django_db
S = PlanStatus


def tie_of(school, key):
    return Tie.objects.select_related(
        "mentorship__form", "mentorship__mentor__person", "mentee__person"
    ).get(mentee=school.records[key], ends_on=None)


def begun(cast, key="younger", *, school=None, status=S.DRAFT):
    """Begin a plan of the cast and take it to a state."""
    school = school or cast.school
    if school.order is None:
        approve_pairs(school)
    (plan,) = open_plans([tie_of(school, key)], by=school.curator)
    for step in (S.DRAWN, S.ACQUAINTED, S.APPROVED):
        if plan.status != status:
            plan = move_plan(plan, step, on_paper=step != S.DRAWN, by=school.curator)
    return plan


def content(plan, *items, goals=("Подтянуть алгебру",), version=None, **words):
    return PlanContent(
        plan.version if version is None else version,
        words,
        [GoalEntry(one) for one in goals],
        items,
    )


# ---------------------------------------------------------------- beginning and writing


def test_a_plan_is_begun_with_the_request_and_the_library(cast):
    plan = begun(cast)
    record = cast.school.records["younger"]
    assert plan.goals.get().text.lower() == record.request.lower()
    titles = [one.title for one in default_items(plan.tie)]
    assert [item.title for item in plan.items.all()] == titles
    assert len(titles) >= 4
    pair = plan.tie.mentorship
    assert all(pair.starts_on <= item.due_on <= pair.ends_on for item in plan.items.all())
    assert open_plans([plan.tie], by=cast.anna) == []


def test_the_plan_of_staff_has_the_eight_kinds_and_that_of_pupils_none_of_them(cast):
    staff, pupils = begun(cast, "novice"), begun(cast, "younger")
    assert {item.kind for item in staff.items.all()} == set(OF_STAFF)
    assert not {item.kind for item in pupils.items.all()} & set(OF_STAFF[:-1])
    with pytest.raises(RefusedError):
        keep_plan(pupils, content(pupils, ItemEntry("Должность", kind="duties")), by=cast.anna)


def test_a_plan_is_written_whole_in_its_order_and_what_is_taken_out_comes_back(cast):
    plan = begun(cast)
    first, second, *_rest = plan.items.all()
    written = content(
        plan,
        ItemEntry("Олимпиада", kind="task"),
        ItemEntry(second.title, kind=second.kind, key=second.pk),
        ItemEntry(first.title, kind=first.kind, key=first.pk, is_dropped=True),
        strengths="Любит задачи",
    )
    plan = keep_plan(plan, written, by=cast.anna)
    assert plan.strengths == "Любит задачи"
    assert [one.title for one in plan.items.live()[:2]] == ["Олимпиада", second.title]
    assert first not in plan.items.live()
    restore_item(PlanItem.objects.select_related("plan").get(pk=first.pk), by=cast.anna)
    assert first in plan.items.live()


def test_nobody_writes_over_what_another_has_written(cast):
    plan = begun(cast)
    keep_plan(plan, content(plan, strengths="первое"), by=cast.anna)
    with pytest.raises(RefusedError):
        keep_plan(plan, content(plan, version=1, strengths="второе"), by=cast.anna)
    plan.refresh_from_db()
    assert plan.strengths == "первое"


def test_a_day_outside_of_the_pair_is_refused(cast):
    plan = begun(cast)
    after = plan.tie.mentorship.ends_on + dt.timedelta(1)
    with pytest.raises(RefusedError):
        keep_plan(plan, content(plan, ItemEntry("Поздно", kind="task", due_on=after)), by=cast.anna)
    assert not plan.items.filter(title="Поздно").exists()


def test_without_a_consent_nothing_is_begun_or_written(cast):
    plan = begun(cast, "youngest")
    keep_plan(plan, content(plan, ItemEntry("А", kind="task")), by=cast.anna)
    plan.refresh_from_db()
    for one in Consent.objects.filter(person=plan.tie.mentee.person, withdrawn_on=None):
        withdraw_consent(one, by=cast.anna)
    with pytest.raises(RefusedError):
        keep_plan(plan, content(plan, ItemEntry("Б", kind="task")), by=cast.anna)
    page = text(signed_in(cast.anna).get(f"/plans/{plan.pk}/"))
    assert plan.goals.get().text not in page
    assert signed_in(cast.anna).get(f"/plans/{plan.pk}/paper/").status_code == 302


# ---------------------------------------------------------------- states


def test_only_the_steps_of_the_table_are_taken(cast):
    plan = begun(cast)
    for status in S:
        for to in S:
            plan.refresh_from_db()
            if to in NEXT[status] and S.REPLACED not in {status, to}:
                continue
            IndividualPlan.objects.filter(pk=plan.pk).update(
                status=status,
                acquainted_on=today() if status in {S.ACQUAINTED, S.APPROVED, S.REPLACED} else None,
                approved_on=today() if status in {S.APPROVED, S.REPLACED} else None,
            )
            with pytest.raises(RefusedError):
                move_plan(plan, to, by=cast.anna)


def test_an_empty_plan_is_not_drawn_up(cast):
    plan = begun(cast)
    plan = keep_plan(plan, content(plan, goals=()), by=cast.anna)
    with pytest.raises(RefusedError):
        move_plan(plan, S.DRAWN, by=cast.anna)


def test_the_database_holds_the_states(cast):
    plan = begun(cast)
    for wrong in ({"status": S.APPROVED}, {"approved_on": today()}, {"acquainted_on": today()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            IndividualPlan.objects.filter(pk=plan.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        IndividualPlan.objects.create(organisation=plan.organisation, tie=plan.tie, edition=2)
    meeting = Meeting.objects.create(
        organisation=plan.organisation, mentorship=plan.tie.mentorship, kind="regular", planned_on=today()
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        plan.items.update(meeting=meeting)


def test_an_approved_plan_changes_by_a_new_edition_and_the_old_one_is_kept(cast):
    plan = begun(cast, status=S.APPROVED)
    with pytest.raises(RefusedError):
        keep_plan(plan, content(plan), by=cast.anna)
    item = plan.items.first()
    newer = open_edition(plan, by=cast.anna)
    with pytest.raises(RefusedError):
        open_edition(plan, by=cast.anna)
    tick_items(plan, [item], by=cast.anna)
    with pytest.raises(RefusedError):
        tick_items(newer, list(newer.items.all()), by=cast.anna)
    for step in (S.DRAWN, S.ACQUAINTED, S.APPROVED):
        newer = move_plan(newer, step, by=cast.anna)
    plan.refresh_from_db()
    assert (plan.status, newer.status) == (S.REPLACED, S.APPROVED)
    assert newer.items.get(origin=item).done_on == today()
    other = newer.items.filter(done_on=None).first()
    tick_items(newer, [other], by=cast.anna)
    move_plan(newer, S.ACQUAINTED, by=cast.anna)
    plan.refresh_from_db()
    assert plan.status == S.APPROVED
    assert PlanItem.objects.get(pk=other.origin_id).done_on == today()


def test_a_page_of_before_moves_no_plan(cast):
    """A tab left open at «drawn up» must not take the approval of the head back."""
    plan = begun(cast, status=S.APPROVED)
    mentor = signed_in(cast.users[Role.MENTOR])
    day = {"on": today().isoformat()}
    mentor.post(f"/plans/{plan.pk}/step/", {"to": "acquainted", "was": "drawn", **day})
    mentor.post(f"/plans/{plan.pk}/step/", {"to": "drawn", "was": "acquainted"})
    assert (
        mentor.post(f"/plans/{plan.pk}/step/", {"to": "acquainted", "was": "approved"}).status_code
        == 404
    )
    with pytest.raises(RefusedError):
        move_plan(plan, S.ACQUAINTED, was=S.DRAWN, by=cast.anna)
    plan.refresh_from_db()
    assert plan.status == S.APPROVED
    kept = AuditEntry.objects.filter(action="plan-acquainted").count()
    move_plan(plan, S.ACQUAINTED, was=S.APPROVED, by=cast.anna)
    assert AuditEntry.objects.filter(action="plan-approval-back").count() == 1
    assert AuditEntry.objects.filter(action="plan-acquainted").count() == kept


def test_a_reading_noted_by_the_mentor_is_on_paper_with_a_day(cast):
    plan = begun(cast, status=S.DRAWN)
    mentor = signed_in(cast.users[Role.MENTOR])
    mentor.post(f"/plans/{plan.pk}/step/", {"to": "acquainted", "was": "drawn"})
    plan.refresh_from_db()
    assert plan.status == S.DRAWN
    sent = {"to": "acquainted", "was": "drawn", "on": today().isoformat()}
    mentor.post(f"/plans/{plan.pk}/step/", sent)
    plan.refresh_from_db()
    assert (plan.status, plan.acquainted_on_paper) == (S.ACQUAINTED, True)


def test_a_tick_taken_back_meanwhile_is_no_tick_of_the_new_edition(cast):
    plan = begun(cast, status=S.APPROVED)
    item = plan.items.first()
    tick_items(plan, [item], words="сделано", by=cast.anna)
    newer = open_edition(plan, by=cast.anna)
    untick_item(item, by=cast.anna)
    for step in (S.DRAWN, S.ACQUAINTED, S.APPROVED):
        newer = move_plan(newer, step, by=cast.anna)
    anew = newer.items.get(origin=item)
    assert anew.done_on is None
    tick_items(newer, [anew], by=cast.anna)
    anew.refresh_from_db()
    assert anew.done_words == "сделано"


def test_the_words_of_a_closed_plan_are_in_no_list(cast):
    plan = begun(cast, status=S.ACQUAINTED)
    goal = plan.goals.first().text
    title = plan.items.live().exclude(due_on=None).earliest("due_on").title
    client = signed_in(cast.anna)
    assert title in text(client.get("/plans/"))
    assert goal in text(client.get("/plans/approve/"))
    person = plan.tie.mentee.person
    for paper in Consent.objects.filter(person=person, ends_on=None):
        withdraw_consent(paper, by=cast.anna)
    assert title not in text(client.get("/plans/"))
    assert goal not in text(client.get("/plans/approve/"))


def test_a_curator_who_is_the_mentee_reads_no_notes_of_the_mentor(cast):
    plan = begun(cast, status=S.DRAFT)
    keep_plan(plan, content(plan, notes="для себя"), by=cast.anna)
    url = f"/plans/{plan.pk}/"
    assert "для себя" in text(signed_in(cast.anna).get(url))
    mentee = User.objects.get(person=plan.tie.mentee.person)
    grant_role(mentee, cast.school.organisation, Role.CURATOR, by=None)
    client = signed_in(User.objects.get(pk=mentee.pk))
    assert client.get("/plans/").status_code == 200
    assert "для себя" not in text(client.get(url))
    assert client.get(f"{url}edit/").status_code == 404


def test_approval_is_not_before_the_reading_nor_ahead(cast):
    plan = begun(cast, status=S.ACQUAINTED)
    for day in (today() - dt.timedelta(1), today() + dt.timedelta(1)):
        with pytest.raises(RefusedError):
            approve_plans([plan], on=day, by=cast.anna)
    plan.refresh_from_db()
    assert plan.status == S.ACQUAINTED


def test_of_several_all_are_approved_or_none(cast):
    ready, other = begun(cast, status=S.ACQUAINTED), begun(cast, "youngest")
    with pytest.raises(RefusedError):
        approve_plans([ready, other], by=cast.anna)
    ready.refresh_from_db()
    assert ready.status == S.ACQUAINTED


def test_the_plan_of_a_pair_that_has_ended_stays(cast):
    plan = begun(cast)
    set_pair_status(plan.tie.mentorship, MentorshipStatus.CANCELLED, reason="переезд", by=cast.anna)
    with pytest.raises(RefusedError):
        move_plan(plan, S.DRAWN, by=cast.anna)
    assert signed_in(cast.anna).get(f"/plans/{plan.pk}/").status_code == 200


def test_plans_begun_by_a_slip_are_taken_back_until_something_is_done(cast):
    plan = begun(cast)
    assert take_back_plans([plan], by=cast.anna) == [plan]
    plan = begun(cast)
    tick_items(plan, plan.items.all()[:1], by=cast.anna)
    with pytest.raises(RefusedError):
        take_back_plans([plan], by=cast.anna)


# ---------------------------------------------------------------- what is done


def test_items_are_ticked_at_a_meeting_of_the_pair_only(cast):
    plan = begun(cast)
    pair = plan.tie.mentorship
    held = Meeting.objects.create(
        organisation=pair.organisation, mentorship=pair, kind="regular", status=MeetingStatus.HELD,
        planned_on=today(), held_on=today(),
    )  # fmt: skip
    (done,) = tick_items(plan, plan.items.all()[:1], meeting=held, words="решено", by=cast.anna)
    assert (done.done_on, done.meeting, done.done_words) == (today(), held, "решено")
    assert plan_rows(cast.anna, [pair.pk])[0].n_done == 1
    other = begun(cast, "youngest")
    with pytest.raises(RefusedError):
        tick_items(other, other.items.all(), meeting=held, by=cast.anna)
    with pytest.raises(RefusedError):
        tick_items(plan, plan.items.all(), on=today() + dt.timedelta(1), by=cast.anna)
    assert untick_item(done, by=cast.anna).done_on is None


def test_what_is_overdue_is_told_and_ticks_off(cast):
    plan = begun(cast, status=S.APPROVED)
    told = {item.title for item in attention.items_for(cast.anna, at_most=None)}
    plan.items.filter(pk=plan.items.first().pk).update(due_on=today() - dt.timedelta(1))
    late = {item.title for item in attention.items_for(cast.anna, at_most=None)} - told
    assert len(late) == 1
    tick_items(plan, plan.items.all()[:1], by=cast.anna)
    assert {item.title for item in attention.items_for(cast.anna, at_most=None)} == told


def test_the_roadmap_learns_how_many_are_approved(cast):
    begun(cast)
    year = cast.school.year
    span = year.starts_on, year.ends_on
    assert "plans_written" not in facts_of(cast.school.organisation.pk, *span)
    for tie in ties_without_plan(cast.anna):
        open_plans([tie], by=cast.anna)
    plans = IndividualPlan.objects.filter(organisation=cast.school.organisation)
    for n, begun_plan in enumerate(plans, 1):
        plan = begun_plan
        for step in (S.DRAWN, S.ACQUAINTED, S.APPROVED):
            plan = move_plan(plan, step, by=cast.anna)
        fact = facts_of(cast.school.organisation.pk, *span)["plans_written"]
        assert (fact.n, fact.of, fact.holds) == (n, len(plans), n == len(plans))


# ---------------------------------------------------------------- the library


def test_own_items_are_offered_and_shipped_ones_can_be_put_aside(cast):
    approve_pairs(cast.school)
    tie = tie_of(cast.school, "younger")
    form, school = tie.mentorship.form, cast.school.organisation
    shipped = default_items(tie)[0]
    own = add_library_item(form, school, kind="task", title="Музей школы", by=cast.anna)
    hide_library_item(form, school, shipped.code, by=cast.anna)
    hide_library_item(form, school, shipped.code, by=cast.anna)
    titles = {one.title for one in offered_to(tie, "")}
    assert own.title in titles
    assert shipped.title not in titles
    with pytest.raises(RefusedError):
        add_library_item(form, school, kind="task", title="Музей школы", by=cast.anna)
    approve_pairs(cast.other)
    theirs = {one.title for one in offered_to(tie_of(cast.other, "younger"), "")}
    assert own.title not in theirs
    assert shipped.title in theirs


def test_a_variant_brings_its_items(cast):
    approve_pairs(cast.school)
    tie = tie_of(cast.school, "novice")
    variant = "опытный предметник – неопытный предметник"
    more = {one.title for one in offered_to(tie, variant)} - {
        one.title for one in offered_to(tie, "")
    }
    assert len(more) == 1


# ---------------------------------------------------------------- the paper


def paper_of(cast, plan):
    document = draft_document(cast.school.year, PLAN_PAPER, subject_id=plan.pk, by=cast.anna)
    refresh_document(document, by=cast.anna)
    return set_requisites(document, number="ИП-1", dated_on=today(), by=cast.anna)


def test_a_signed_paper_approves_the_plan_and_taken_back_no_more(cast):
    plan = begun(cast, status=S.ACQUAINTED)
    document = register_document(paper_of(cast, plan), by=cast.anna)
    plan.refresh_from_db()
    assert (plan.status, plan.approved_on_paper) == (S.APPROVED, True)
    take_back_registration(document, reason="ошибка", by=cast.anna)
    plan.refresh_from_db()
    assert plan.status == S.ACQUAINTED


def test_the_paper_says_what_was_entered_and_to_pupils_nothing_of_posts(cast):
    plan, staff = begun(cast), begun(cast, "novice")
    keep_plan(
        plan,
        content(
            plan, ItemEntry("Олимпиада", kind="task"), strengths="Любит задачи", notes="тайное"
        ),
        by=cast.anna,
    )
    pupil = str(paper_of(cast, plan).content)
    for words in ("Олимпиада", "Любит задачи", "Подтянуть алгебру", "Старшов"):
        assert words in pupil
    for words in ("тайное", "должност", "квалификац"):
        assert words not in pupil.lower()
    draft = draft_document(cast.school.year, PLAN_PAPER, subject_id=staff.pk, by=cast.anna)
    assert "квалификационными" in str(refresh_document(draft, by=cast.anna).content)


@pytest.mark.parametrize("kind", ["docx", "pdf"])
def test_the_mentor_takes_the_paper_to_sign(cast, kind):
    plan = begun(cast)
    staff = begun(cast, "novice")
    for user, one in ((cast.users[Role.MENTOR], plan), (cast.anna, staff)):
        answer = signed_in(user).get(f"/plans/{one.pk}/paper/", {"as": kind})
        assert answer.status_code == 200
        assert answer.content[:2] in {b"PK", b"%P"}


# ---------------------------------------------------------------- who sees what


def test_each_sees_the_own_plan_and_the_mentee_not_the_notes(cast):
    plan, other = begun(cast), begun(cast, "novice")
    keep_plan(
        plan, content(plan, ItemEntry("Олимпиада", kind="task"), notes="тайное"), by=cast.anna
    )
    shown = {}
    for role in (Role.MENTOR, Role.MENTEE, Role.DIRECTOR, Role.CLASS_TEACHER, Role.CURATOR):
        client = signed_in(cast.users[role])
        answer = client.get(f"/plans/{plan.pk}/")
        assert answer.status_code == 200, role
        shown[role] = "тайное" in text(answer)
        is_whole = role in {Role.DIRECTOR, Role.CURATOR}
        assert (client.get(f"/plans/{other.pk}/").status_code == 200) == is_whole, role
        may_write = client.get(f"/plans/{plan.pk}/edit/").status_code == 200
        assert may_write == (role in {Role.MENTOR, Role.CURATOR}), role
    assert {role for role, is_shown in shown.items() if is_shown} == {Role.MENTOR, Role.CURATOR}


def test_the_stranger_finds_nothing(cast):
    plan = begun(cast)
    keep_plan(plan, content(plan, ItemEntry("Олимпиада", kind="task")), by=cast.anna)
    client = signed_in(cast.vera)
    for address in ("", "edit/", "paper/", "discard/"):
        assert client.get(f"/plans/{plan.pk}/{address}").status_code == 404
    assert (
        client.post(f"/plans/{plan.pk}/step/", {"to": "drawn", "was": "draft"}).status_code == 404
    )
    assert plan_rows(cast.vera, [plan.tie.mentorship_id]) == []
    begun(cast, school=cast.other)
    assert CANARY not in text(signed_in(cast.anna).get("/plans/"))


def test_a_minor_does_not_say_by_a_press_that_the_plan_was_read(cast):
    plan = begun(cast, status=S.DRAWN)
    client = signed_in(cast.users[Role.MENTEE])
    assert "/read/" not in text(client.get(f"/plans/{plan.pk}/"))
    client.post(f"/plans/{plan.pk}/read/")
    plan.refresh_from_db()
    assert plan.status == S.DRAWN


def test_the_head_approves_on_the_own_page_and_the_mentor_may_not(cast):
    plan = begun(cast, status=S.ACQUAINTED)
    mentor = signed_in(cast.users[Role.MENTOR])
    assert (
        mentor.post(f"/plans/{plan.pk}/step/", {"to": "approved", "was": "acquainted"}).status_code
        == 404
    )
    head = cast.users[Role.DIRECTOR]
    assert "/plans/approve/" in {item.url for item in attention.items_for(head)}
    client = signed_in(head)
    client.post("/plans/approve/", {"plans": [plan.pk]})
    plan.refresh_from_db()
    assert (plan.status, plan.approved_on_paper, plan.approved_by) == (S.APPROVED, False, head)
    client.post(f"/plans/{plan.pk}/step/", {"to": "acquainted", "was": "approved"})
    plan.refresh_from_db()
    assert plan.status == S.ACQUAINTED


# ---------------------------------------------------------------- pages


def fields_of(answer):
    """Return what the page of a plan would send as it stands."""
    sent = {}
    for form in (
        answer.context["form"],
        answer.context["goals"].management_form,
        answer.context["items"].management_form,
        *answer.context["goals"].forms,
        *answer.context["items"].forms,
    ):
        for field in form:
            value = field.value()
            if value is None and (choices := getattr(field.field, "choices", None)):
                value = next(iter(choices))[0]  # a browser sends the first of a list nobody touched
            if value not in (None, "", False):
                sent[field.html_name] = value
    return sent


def test_from_the_page_of_a_pair_to_an_approved_plan(cast):
    approve_pairs(cast.school)
    tie = tie_of(cast.school, "younger")
    client = signed_in(cast.anna)
    card = f"/pairs/{tie.mentorship_id}/"
    assert "/plans/open/" in text(client.get(card))
    page = client.post("/plans/open/", {"tie": tie.pk}, follow=True)
    plan = IndividualPlan.objects.get()
    assert page.redirect_chain[-1][0] == f"/plans/{plan.pk}/edit/"
    sent = fields_of(page)
    n = plan.items.count()
    sent |= {
        "items-0-ORDER": n, f"items-{n}-title": "Олимпиада", f"items-{n}-kind": "task",
        f"items-{n}-ORDER": 1, f"items-{n}-doer": "both", "items-1-DELETE": "on", "taken": "pupil-subject",
    }  # fmt: skip
    kept = client.post(f"/plans/{plan.pk}/edit/", sent)
    assert kept.status_code == 302, kept.context["form"].errors
    titles = [item.title for item in plan.items.live()]
    assert titles[0] == "Олимпиада"
    assert "Разобрать трудную тему по предмету" in titles
    assert plan.items.filter(is_dropped=True).count() == 1
    client.post(f"/plans/{plan.pk}/step/", {"to": "drawn", "was": "draft"})
    day = {"on": today().isoformat()}
    client.post(f"/plans/{plan.pk}/step/", {"to": "acquainted", "was": "drawn", **day})
    client.post(f"/plans/{plan.pk}/step/", {"to": "approved", "was": "acquainted", **day})
    plan.refresh_from_db()
    assert (plan.status, plan.approved_on_paper) == (S.APPROVED, True)
    first = plan.items.live().first()
    client.post(f"/plans/{plan.pk}/done/", {"items": [first.pk], "on": today().isoformat()})
    (note,) = notes_on(cast.anna, [tie.mentorship_id])[tie.mentorship_id]
    assert (
        note.topic
        == plan.items.live().filter(done_on=None, due_on__isnull=False).earliest("due_on").title
    )
    for page in (card, "/pairs/"):
        assert note.url in text(client.get(page))
    client.post(f"/plans/{plan.pk}/step/", {"to": "acquainted", "was": "approved"})
    plan.refresh_from_db()
    assert plan.status == S.ACQUAINTED


def test_all_plans_are_begun_with_one_press_and_taken_back_with_one(cast):
    approve_pairs(cast.school)
    client = signed_in(cast.anna)
    ties = list(ties_without_plan(cast.anna))
    assert len(ties) >= 2
    client.post("/plans/make/", {"ties": [tie.pk for tie in ties]})
    assert IndividualPlan.objects.count() == len(ties)
    assert "/plans/make/back/" in text(client.get("/plans/"))
    back = client.post("/plans/make/back/", follow=True)
    assert str(len(ties)) in said(back)[0]
    assert not IndividualPlan.objects.exists()


def test_the_mentor_draws_the_own_plan_up_and_no_other(cast):
    approve_pairs(cast.school)
    own, other = tie_of(cast.school, "younger"), tie_of(cast.school, "novice")
    client = signed_in(cast.users[Role.MENTOR])
    assert "/plans/open/" in text(client.get("/pairs/own/"))
    assert client.post("/plans/open/", {"tie": other.pk}).status_code == 404
    assert client.post("/plans/open/", {"tie": own.pk}).status_code == 302
    assert IndividualPlan.objects.get().tie == own


def test_no_plan_is_told_of_where_there_is_none(cast):
    client = signed_in(cast.anna)
    assert client.get("/plans/").status_code == 200
    assert client.get("/plans/make/").status_code == 200
    assert client.get("/plans/approve/").status_code == 200
    assert client.get("/plans/library/").status_code == 200
