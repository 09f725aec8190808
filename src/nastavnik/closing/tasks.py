"""What is done of the close beside the requests: words of talks are forgotten at their term."""

import datetime as dt

from nastavnik.closing import actions
from nastavnik.closing.models import ClosingTalk
from nastavnik.core.hooks.retention import RetentionRule


def _n_old(before: dt.datetime) -> int:
    return ClosingTalk.objects.exclude(words="").filter(noted_at__lt=before).count()


def _forget(before: dt.datetime) -> int:
    return actions.forget_talk_words(before, by=None)


TALK_WORDS = RetentionRule(
    "closing-words", "слова заключительных бесед руководителя с наставляемыми", _n_old, _forget
)
