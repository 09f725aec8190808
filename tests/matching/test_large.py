"""What asks the engine for a whole matching goes into the background where the base is large: the same answers."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.cast import approve_pairs
from tests.jobs.working import working
from tests.pages import said, signed_in, text

from nastavnik.jobs.choices import JobState
from nastavnik.jobs.models import Job
from nastavnik.matching.actions import run_matching
from nastavnik.matching.catalogues import shipped_rules
from nastavnik.matching.models import RuleSet
from nastavnik.mentorships.models import Mentorship

pytestmark = pytest.mark.django_db(transaction=True)
S = JobState


@pytest.fixture
def site(cast, settings):
    settings.JOBS_AT_ONCE, settings.JOB_PATIENCE_SECONDS = False, 60
    return signed_in(cast.anna)


def typed(**changes):
    shipped = shipped_rules()
    values = {
        **shipped.weights,
        "load_cost": shipped.load_cost,
        "rank_weight": shipped.rank_weight,
    }
    return values | changes


def shown(page):
    """Return what a page says of the effect, without what differs from press to press."""
    body = text(page)
    return body[body.index('id="effect"') : body.index('<form method="post" class="block">')]


def test_the_preview_of_rules_is_the_same_at_once_and_in_the_background(cast, site, settings):
    address, asked = reverse("matching:rules"), typed(area=0, interest=40)
    at_once = shown(site.post(address, asked | {"show": "1"}))
    settings.MATCHING_PAIRS_AT_ONCE = 17  # two times nine are looked at
    with working():
        page = site.post(address, asked | {"show": "1"}, follow=True)
    job = Job.objects.get()
    assert (job.kind, job.state) == ("matching.effect", S.DONE)
    assert page.redirect_chain == [(f"{address}?job={job.pk}", 302)]
    assert shown(page) == at_once
    assert page.context["form"]["area"].value() == 0
    assert not RuleSet.objects.exists()
    site.post(f"{address}?job={job.pk}", asked | {"keep": "1"})
    assert RuleSet.objects.get().weights["interest"] == 40
    # a stranger's key, and what is no key, show no effect
    assert 'id="effect"' not in text(signed_in(cast.vera).get(f"{address}?job={job.pk}"))
    assert 'id="effect"' not in text(site.get(f"{address}?job=x"))


def test_an_old_matching_is_counted_anew_in_the_background_as_well(cast, site, settings):
    made = run_matching(cast.school.programme, by=cast.anna)
    settings.MATCHING_PAIRS_AT_ONCE = 8
    address = reverse("matching:recount", args=[made.pk])
    with working():
        page = site.post(address, follow=True)
        assert page.redirect_chain == [(reverse("matching:past", args=[made.pk]), 302)]
        assert "proven again" in said(page)[0]
        made.snapshot["mentors"] = [{"strange": 1}] * 3
        made.save(update_fields=["snapshot"])
        assert "another version" in said(site.post(address, follow=True))[-1]
    assert list(Job.objects.values_list("state", flat=True)) == [S.FAILED, S.DONE]


def test_another_mentor_is_looked_for_in_the_background_and_chosen(cast, site, settings):
    approve_pairs(cast.school)
    pair = Mentorship.objects.filter(form__code="pupil_pupil").first()
    address = reverse("mentorships:replace", args=[pair.pk])
    at_once = site.get(address).context
    settings.MATCHING_PAIRS_AT_ONCE = -1
    page = text(site.get(address))
    assert "Look for another mentor" in page
    assert not Job.objects.exists()  # looking at a page begins nothing
    with working():
        page = site.post(address, {"look": "1"}, follow=True)
    job = Job.objects.get()
    assert page.redirect_chain == [(f"{address}?job={job.pk}", 302)]
    for name in ("candidates", "moved", "seen"):
        assert page.context[name] == at_once[name]
    if page.context["candidates"]:
        chosen = page.context["candidates"][0].mentor.pk
        sent = {"mentor": chosen, "cause": "asked", "words": "так удобнее"}
        site.post(f"{address}?job={job.pk}", sent)
        assert Mentorship.objects.filter(ties__moved_from=pair).exists()


def test_an_answer_of_before_is_not_believed(cast, site, settings):
    approve_pairs(cast.school)
    pair, other = Mentorship.objects.filter(organisation=cast.school.organisation)[:2]
    settings.MATCHING_PAIRS_AT_ONCE = -1
    address = reverse("mentorships:replace", args=[pair.pk])
    with working():
        site.post(address, {"look": "1"})
    job = Job.objects.get()
    elsewhere = reverse("mentorships:replace", args=[other.pk])
    assert "Look for another mentor" in text(site.get(f"{elsewhere}?job={job.pk}"))
    assert "Look for another mentor" not in text(site.get(f"{address}?job={job.pk}"))
    Job.objects.update(ended_at=timezone.now() - dt.timedelta(minutes=11))
    assert "Look for another mentor" in text(site.get(f"{address}?job={job.pk}"))
