"""A wave that was held ticks its line of the roadmap; an open one only says how far it is."""

import pytest
from django.test import Client
from tests.questionnaires.asking import BODY, link_of, sent, wave_of

from nastavnik.core.hooks.facts import facts_of
from nastavnik.questionnaires.actions import close_wave
from nastavnik.questionnaires.models import InstrumentVersion

pytestmark = pytest.mark.django_db


def told(school):
    year = school.year
    return facts_of(
        school.organisation.pk, year.starts_on, year.ends_on, wanted={"mentees_measured"}
    ).get("mentees_measured")


@pytest.fixture
def before(cast):
    """A wave of a sheet that is asked before it begins."""
    wave = wave_of(cast.school)
    InstrumentVersion.objects.filter(code=BODY["code"]).update(stage="before")
    return wave


def test_a_closed_wave_ticks_its_line_and_an_open_one_says_how_far_it_is(cast, before):
    assert told(cast.school) is None
    for key in ("younger", "youngest", "novice"):
        Client().post(f"{link_of(before, cast.school, key)}?all=1", sent(before="no"))
    assert not told(cast.school).holds
    close_wave(before, by=cast.anna)
    fact = told(cast.school)
    assert fact.holds
    assert fact.url == f"/questionnaires/{before.pk}/"


def test_a_wave_nobody_answered_tells_nothing(cast, before):
    close_wave(before, by=cast.anna)
    assert told(cast.school) is None


def test_a_wave_of_another_sheet_tells_nothing(cast):
    close_wave(wave_of(cast.school), by=cast.anna)
    assert told(cast.school) is None
