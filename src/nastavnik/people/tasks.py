"""What is done beside the requests: lists that nobody needs any more."""

import datetime as dt

from nastavnik.core.retention import Rule
from nastavnik.people import actions
from nastavnik.people.queries import old_lists


def _n_old(before: dt.datetime) -> int:
    return old_lists(before).count()


def _forget(before: dt.datetime) -> int:
    return actions.forget_old_lists(before, by=None)


LISTS = Rule(
    "lists", "списки, которые не загрузили, и непринятые строки загруженных", _n_old, _forget
)
