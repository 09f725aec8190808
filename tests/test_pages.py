"""The birth dates that tests make up are true on every day."""

import datetime as dt

import pytest
import time_machine
from tests.pages import years_ago

from nastavnik.core.dates import age_on

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    "day", ["2026-11-30", "2027-02-28", "2028-02-29", "2028-03-01", "2027-12-31"]
)
@pytest.mark.parametrize("years", [1, 4, 9, 14, 18])
def test_years_ago_is_the_latest_day_of_that_age(day, years):
    today = dt.date.fromisoformat(day)
    with time_machine.travel(dt.datetime.combine(today, dt.time(9), dt.UTC)):
        born_on = years_ago(years)
        assert years_ago(years, days=3) == born_on - 3 * DAY
    assert age_on(born_on, today) == years
    assert age_on(born_on + DAY, today) == years - 1
