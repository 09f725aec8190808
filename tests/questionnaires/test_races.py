"""Fifty presses at one moment on one link: one answer, whichever page they were sent from."""

import threading

import pytest
from django.db import connection
from django.test import Client
from tests.cast import build_cast
from tests.questionnaires.asking import link_of, sent, wave_of

from nastavnik.core.models import AuditEntry
from nastavnik.questionnaires.actions import load_instruments
from nastavnik.questionnaires.models import Response

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]
AT_ONCE = 50


def test_fifty_presses_at_once_store_one_answer():
    load_instruments(by=None)
    school = build_cast().school
    address = f"{link_of(wave_of(school), school, 'younger')}?all=1"
    start, came_to = threading.Barrier(AT_ONCE), []

    def press(number):
        try:
            start.wait(30)
            answer = Client().post(address, sent(f"page {number}", before="yes", comfort="7"))
            came_to.append((answer.status_code, answer.headers.get("Location")))
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[number]) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(came_to) == AT_ONCE
    assert came_to.count((302, "/a/sent/")) == 1
    assert {status for status, _place in came_to} == {302, 404}
    assert Response.objects.count() == 1
    assert AuditEntry.objects.filter(action="answered").count() == 1
