"""Matching in a real browser: read the reasons, keep one, part one, match anew, compare, approve; then by keys alone."""

import pytest
from django.urls import reverse
from tests.browser.test_pages import sign_in

from nastavnik.matching.choices import RunStatus
from nastavnik.matching.models import MatchingRun, PairRuling
from nastavnik.mentorships.models import Mentorship

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workspace(context, page, live_server, cast):
    sign_in(context, live_server, cast.anna)
    page.goto(reverse("matching:workspace"))
    return page, cast


def press(page, selector):
    with page.expect_navigation():
        page.locator(selector).first.click()


def press_by_keys(page, selector):
    """Go to a button with Tab, as a hand on the keyboard does, and press it."""
    wanted = page.locator(selector).first.element_handle()
    for _ in range(200):
        if page.evaluate("one => document.activeElement === one", wanted):
            break
        page.keyboard.press("Tab")
    else:
        raise AssertionError(f"Tab does not reach {selector}")
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize("push", [press, press_by_keys], ids=["mouse", "keys"])
def test_from_the_first_matching_to_approved_pairs(workspace, push):
    page, cast = workspace
    push(page, "form[action$='/run/'] button")
    first = MatchingRun.objects.get()
    assert page.locator(".leg .why b").count() == first.n_matched
    push(page, ".leg .btn-icon[value=lock]")
    push(page, ".leg .btn-icon[value=forbid]")
    assert {row.ruling for row in PairRuling.objects.all()} == {"lock", "forbid"}
    parted = PairRuling.objects.get(ruling="forbid")
    push(page, "form[action$='/run/'] button")
    second = MatchingRun.objects.exclude(pk=first.pk).get()
    assert not second.proposals.filter(mentor=parted.mentor, mentee=parted.mentee).exists()
    push(page, f"a[href='{reverse('matching:history')}']")
    page.select_option("[name=before]", str(first.pk))
    page.select_option("[name=after]", str(second.pk))
    push(page, "form.filters button")
    assert parted.mentee.person.short_name in page.inner_text("section[aria-labelledby=cmp]")
    push(page, f"main a[href='{reverse('matching:workspace')}']")
    push(page, "button[name=all]")
    second.refresh_from_db()
    assert second.status == RunStatus.APPROVED
    assert (
        Mentorship.objects.filter(organisation=cast.school.organisation).count() == second.n_matched
    )
