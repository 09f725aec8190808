"""Matching in a real browser: read the reasons, keep one, part one, match anew, compare, approve; then by keys alone."""

import pytest
from django.urls import reverse
from tests.browser.test_pages import sign_in
from tests.jobs.working import counted
from tests.mentorships.scenes import pair_of, run_pairs

from nastavnik.jobs.choices import JobState
from nastavnik.jobs.tasks import work_on
from nastavnik.matching.choices import RunStatus
from nastavnik.matching.models import MatchingRun, PairRuling
from nastavnik.mentorships.models import Mentorship
from nastavnik.programmes.models import Participation

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workspace(context, page, live_server, cast):
    sign_in(context, live_server, cast.anna)
    page.goto(reverse("matching:workspace"))
    return page, cast


def press(page, selector):
    with page.expect_navigation():
        page.locator(selector).first.click()


def reach_by_keys(page, selector):
    """Go to a button with Tab, as a hand on the keyboard does."""
    wanted = page.locator(selector).first.element_handle()
    for _ in range(200):
        if page.evaluate("one => document.activeElement === one", wanted):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector}")


def press_by_keys(page, selector):
    """Go to a button with Tab and press it."""
    reach_by_keys(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def open_up(page, selector, push):
    """Unfold what a button first says, by the hand that `push` is."""
    if push is press_by_keys:
        reach_by_keys(page, selector)
        page.keyboard.press("Enter")
    else:
        page.locator(selector).click()


@pytest.mark.parametrize("push", [press, press_by_keys], ids=["mouse", "keys"])
def test_from_the_first_matching_to_approved_pairs(workspace, push):
    page, cast = workspace
    push(page, "form[action$='/run/'] button")
    first = MatchingRun.objects.get()
    assert page.locator(".leg .why b").count() == first.n_matched
    push(page, ".leg .btn-icon[value=lock]")
    push(page, ".leg .btn-icon[value=forbid]")
    page.wait_for_selector("[name=reason]:focus")
    page.keyboard.type("уже были парой")
    push(page, "main .btn-primary")
    assert PairRuling.objects.get(ruling="forbid").reason == "уже были парой"
    assert {row.ruling for row in PairRuling.objects.all()} == {"lock", "forbid"}
    parted = PairRuling.objects.get(ruling="forbid")
    push(page, "form[action$='/run/'] button")
    second = MatchingRun.objects.exclude(pk=first.pk).get()
    assert not second.proposals.filter(mentor=parted.mentor, mentee=parted.mentee).exists()
    push(page, f"a[href='{reverse('matching:history')}']")
    page.select_option("[name=before]", str(first.pk))
    page.select_option("[name=after]", str(second.pk))
    push(page, "form.comparing button")
    assert parted.mentee.person.short_name in page.inner_text("section[aria-labelledby=cmp]")
    push(page, f"main a[href='{reverse('matching:workspace')}']")
    push(page, ".views a:last-child")
    assert page.locator("tbody tr").count() == second.n_mentees
    push(page, "thead th:nth-child(2) a")
    assert page.get_attribute("thead th:nth-child(2)", "aria-sort") == "ascending"
    push(page, ".views a:first-child")
    open_up(page, ".asked > summary", push)
    push(page, "button[name=all]")
    second.refresh_from_db()
    assert second.status == RunStatus.APPROVED
    assert (
        Mentorship.objects.filter(organisation=cast.school.organisation).count() == second.n_matched
    )


@pytest.fixture
def paired(context, page, live_server, cast):
    """Running pairs of the first school; the mentor of one may be replaced by the other."""
    run_pairs(cast.school)
    for name in ("older", "oldest"):
        record = Participation.objects.get(pk=cast.school.records[name].pk)
        record.capacity = record.active_count + 1
        record.save()
    sign_in(context, live_server, cast.anna)
    return page, cast


@pytest.mark.parametrize("push", [press, press_by_keys], ids=["mouse", "keys"])
def test_a_mentor_is_replaced_from_the_page_of_the_pair(paired, push):
    page, cast = paired
    pair = pair_of(cast.school)
    page.goto(reverse("mentorships:card", args=[pair.pk]))
    push(page, f"a[href='{reverse('mentorships:replace', args=[pair.pk])}']")
    assert page.locator("input[name=mentor]").count() == 1
    assert page.locator("input[name=mentor]").is_checked()
    page.select_option("[name=cause]", "asked")
    page.fill("[name=words]", "так удобнее обоим")
    push(page, "main .btn-primary")
    made = Mentorship.objects.get(ties__moved_from=pair)
    assert page.url.endswith(reverse("mentorships:card", args=[made.pk]))
    assert pair.mentor.person.short_name.replace("\xa0", " ") in page.inner_text(
        ".timeline"
    ).replace("\xa0", " ")


@pytest.mark.parametrize("push", [press, press_by_keys], ids=["mouse", "keys"])
def test_a_matching_in_the_background_is_cancelled(workspace, push):
    page, cast = workspace
    row = counted(cast, n_pairs=30_000)
    page.goto(reverse("matching:workspace"))
    push(page, ".note a")
    assert page.locator("progress").is_visible()
    before = page.inner_text("[role=status]")
    page.wait_for_function(
        "was => document.querySelector('[role=status]').innerText !== was", arg=before
    )
    push(page, f"form[action='{reverse('jobs:cancel', args=[row.pk])}'] button")
    row.refresh_from_db()
    assert row.state == JobState.CANCELLED
    assert not page.locator("progress").is_visible()
    assert not MatchingRun.objects.exists()


def test_a_matching_in_the_background_leads_to_its_result_by_itself(workspace):
    page, cast = workspace
    row = counted(cast, n_pairs=30_000)
    page.goto(reverse("jobs:progress", args=[row.pk]))
    work_on(row)
    page.wait_for_url(f"**{reverse('matching:workspace')}")
    assert page.locator(".leg").count() == MatchingRun.objects.get().n_matched


def test_a_mentee_is_dragged_to_another_mentor(workspace):
    page, cast = workspace
    # both rows well inside the window, whatever the font: a drag near its edge scrolls the page away
    page.set_viewport_size({"width": 1366, "height": 1100})
    press(page, "form[action$='/run/'] button")
    made = MatchingRun.objects.get()
    first, second = (
        made.proposals.get(mentee=cast.school.records[name]) for name in ("younger", "youngest")
    )
    assert first.mentor != second.mentor
    card = f".group[data-mentor='{second.mentor_id}']"
    chip = page.locator(f"[data-mentee='{first.mentee_id}'] > .chip")
    chip.drag_to(page.locator(f".group[data-mentor='{first.mentor_id}'] > .chip"))
    assert PairRuling.objects.count() == 0
    with page.expect_navigation():
        chip.drag_to(page.locator(f"{card} > .chip"))
    page.fill("[name=reason]", "сами попросили")
    press(page, "main .btn-primary")
    newest = MatchingRun.objects.first()
    assert newest.number == made.number + 1
    assert newest.proposals.get(mentee=first.mentee).mentor == second.mentor
    assert PairRuling.objects.get().reason == "сами попросили"
