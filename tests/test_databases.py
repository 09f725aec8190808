"""The suite really runs on the database it says."""

import pytest
from django.db import connection

pytestmark = [pytest.mark.both, pytest.mark.django_db]


def test_the_database_is_the_one_asked_for(request):
    asked = request.config.getoption("--database")
    expected = {"sqlite": "sqlite", "postgres": "postgresql"}[asked]
    assert connection.vendor == expected
    with connection.cursor() as cursor:
        if expected == "postgresql":
            cursor.execute("SELECT version()")
            assert cursor.fetchone()[0].startswith("PostgreSQL")
        else:
            cursor.execute("PRAGMA journal_mode")
            assert cursor.fetchone()[0] == "wal"
