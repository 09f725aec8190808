"""What ends by itself and is kept by Django and core.tries: sessions, failed sign-ins."""

import datetime as dt

from django.contrib.sessions.models import Session

from nastavnik.core.hooks.retention import RetentionRule
from nastavnik.core.models import Tries


def _n_sessions(before: dt.datetime) -> int:
    return Session.objects.filter(expire_date__lt=before).count()


def _forget_sessions(before: dt.datetime) -> int:
    return Session.objects.filter(expire_date__lt=before).delete()[0]


def _n_attempts(before: dt.datetime) -> int:
    return Tries.objects.filter(free_at__lt=before).count()


def _forget_attempts(before: dt.datetime) -> int:
    return Tries.objects.filter(free_at__lt=before).delete()[0]


SESSIONS = RetentionRule("sessions", "сеансы, которые закончились", _n_sessions, _forget_sessions)
ATTEMPTS = RetentionRule(
    "failed-sign-ins", "неудачные попытки входа", _n_attempts, _forget_attempts
)
