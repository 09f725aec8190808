"""Nothing of printed sheets is kept longer than somebody may need it."""

import datetime as dt

from nastavnik.blanks import actions
from nastavnik.blanks.queries import old_intakes, old_prints
from nastavnik.core.hooks.retention import RetentionRule


def _n_old_prints(before: dt.datetime) -> int:
    return old_prints(before).count()


def _forget_prints(before: dt.datetime) -> int:
    return actions.forget_old_prints(before, by=None)


PRINTS = RetentionRule(
    "prints", "файлы .pdf напечатанных листов, с именами", _n_old_prints, _forget_prints
)


def _n_old_intakes(before: dt.datetime) -> int:
    return old_intakes(before).count()


def _forget_intakes(before: dt.datetime) -> int:
    return actions.forget_old_intakes(before, by=None)


SCANS = RetentionRule(
    "scans", "сканы и снимки листов, которые не приняты", _n_old_intakes, _forget_intakes
)
