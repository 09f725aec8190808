"""What is done beside the requests: documents that were read and never taken."""

import datetime as dt

from nastavnik.core.retention import Rule
from nastavnik.roadmaps import actions
from nastavnik.roadmaps.queries import old_drafts


def _n_old(before: dt.datetime) -> int:
    return old_drafts(before).count()


def _forget(before: dt.datetime) -> int:
    return actions.forget_old_drafts(before, by=None)


DRAFTS = Rule("roadmap-drafts", "документы, которые прочитаны, но картой не стали", _n_old, _forget)
