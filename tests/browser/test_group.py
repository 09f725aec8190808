"""A group in a real browser: from the tick in the form to the mark of each mentee, one leaving, another joining."""

import pytest
from django.urls import reverse
from tests.browser.test_matching import press
from tests.browser.test_pages import sign_in

from nastavnik.core.access import Role
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.programmes.actions import change_participation

pytestmark = pytest.mark.django_db(transaction=True)


def match_and_sign(page, number):
    """Match, approve all and register the order, as a curator does."""
    page.goto(reverse("matching:workspace"))
    press(page, "form[action$='/run/'] button")
    page.locator(".asked > summary").click()
    press(page, "button[name=all]")
    page.fill("[name=number]", number)
    page.evaluate("document.querySelector('[name=dated_on]').valueAsDate = new Date()")
    press(page, "button[name=register]")
    press(page, "main form .btn-primary")  # the question: what follows


def test_a_group_from_the_form_to_its_meetings(context, page, live_server, cast):
    records = cast.school.records
    form = cast.school.programme.forms.get(code="pupil_pupil")
    change_participation(records["older"], areas=[], interests=[], by=cast.anna)
    sign_in(context, live_server, cast.anna)
    page.goto(reverse("programmes:limits", args=[form.pk]))
    page.check("[name=is_group]")
    press(page, "main form .btn-primary")
    change_participation(records["oldest"], capacity=3, by=cast.anna)
    match_and_sign(page, "11-о")
    group = max(Mentorship.objects.filter(is_group=True), key=lambda one: one.ties.count())
    one, other = group.ties.select_related("mentee__person")
    page.goto(reverse("mentorships:list"))
    press(page, f"tbody a[href='{reverse('mentorships:card', args=[group.pk])}']")
    assert page.locator("[aria-labelledby=mentees] tbody tr").count() == 2
    # each mentee marks alone
    press(page, "button[value=held]")
    user = cast.users[Role.MENTEE]
    user.person = one.mentee.person
    user.save(update_fields=["person"])
    sign_in(context, live_server, user)
    page.goto(reverse("mentorships:own"))
    assert other.mentee.person.short_name in page.inner_text("main")
    press(page, "button[value=hard]")
    meeting = group.meetings.get(status="held")
    assert meeting.mentee_marks == {str(one.pk): "hard"}
    # one leaves with a reason, and joins again by the next matching
    sign_in(context, live_server, cast.anna)
    page.goto(reverse("mentorships:card", args=[group.pk]))
    row = f"tr:has(#leave-{one.pk})"
    page.locator(f"{row} summary").click()
    page.fill(f"#leave-{one.pk}", "другой кружок")
    press(page, f"{row} [value=leave]")
    assert page.locator("[aria-labelledby=mentees] tbody tr").count() == 1
    match_and_sign(page, "12-о")
    assert Tie.objects.open().get(mentee=one.mentee).mentorship == group
    page.goto(reverse("mentorships:card", args=[group.pk]))
    papers = page.inner_text("aside, .margin")
    assert "11-о" in papers
    assert "12-о" in papers
