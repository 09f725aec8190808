"""What ends by itself and is kept by Django and axes: sessions, failed sign-ins."""

import datetime as dt

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session

from nastavnik.core.retention import Rule


def _n_sessions(before: dt.datetime) -> int:
    return Session.objects.filter(expire_date__lt=before).count()


def _forget_sessions(before: dt.datetime) -> int:
    return Session.objects.filter(expire_date__lt=before).delete()[0]


def _n_attempts(before: dt.datetime) -> int:
    number: int = AccessAttempt.objects.filter(attempt_time__lt=before).count()
    return number


def _forget_attempts(before: dt.datetime) -> int:
    number: int = AccessAttempt.objects.filter(attempt_time__lt=before).delete()[0]
    return number


SESSIONS = Rule("sessions", "сеансы, которые закончились", _n_sessions, _forget_sessions)
ATTEMPTS = Rule("failed-sign-ins", "неудачные попытки входа", _n_attempts, _forget_attempts)
