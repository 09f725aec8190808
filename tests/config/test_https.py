"""What a site with https in its address insists on: asked of a process of its own, for settings are read once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"
ASKED = """
import json
import django
from django.conf import settings

django.setup()
from django.test import Client

client = Client(HTTP_HOST="school.example")
answers = {path: client.get(path) for path in ("/people/", "/health")}
safe = client.get("/health", secure=True)
print(json.dumps({
    "settings": {name: getattr(settings, name) for name in (
        "DEBUG", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SECURE",
        "CSRF_COOKIE_SAMESITE",
    )},
    "statuses": {path: answer.status_code for path, answer in answers.items()},
    "leads": answers["/people/"].headers.get("Location", ""),
    "hsts": safe.headers.get("Strict-Transport-Security", ""),
}))
"""


def asked(tmp_path, public_url):
    """Return what a site with this address says of itself; its database is not there."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("NASTAVNIK_")
    } | {
        "PYTHONPATH": str(SOURCE),
        "DJANGO_SETTINGS_MODULE": "nastavnik.config.settings",
        "NASTAVNIK_DATA": str(tmp_path),
        "NASTAVNIK_PUBLIC_URL": public_url,
    }
    done = subprocess.run(
        [sys.executable, "-c", ASKED], env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def safe(tmp_path_factory):
    return asked(tmp_path_factory.mktemp("https"), "https://school.example")


def test_what_a_site_with_https_insists_on(safe):
    assert safe["settings"] == {
        "DEBUG": False,
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SECURE": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
    }
    assert safe["hsts"] == f"max-age={60 * 60 * 24 * 365}"


def test_pages_go_to_https_and_the_health_answer_does_not(safe):
    assert safe["statuses"]["/people/"] == 301
    assert safe["leads"] == "https://school.example/people/"
    assert safe["statuses"]["/health"] in {200, 503}


def test_without_https_nothing_is_promised(tmp_path):
    """The control: it is the address that turns it on."""
    said = asked(tmp_path, "http://school.example")
    assert not said["settings"]["SESSION_COOKIE_SECURE"]
    assert said["statuses"]["/people/"] == 302
    assert said["hsts"] == ""
