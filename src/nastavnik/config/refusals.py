"""How it looks when a request is not let in: a page of ours, drawn once, for it is wanted when there is no time."""

from functools import cache

from django.conf import settings
from django.http import parse_cookie
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from nastavnik.config.door import BUSY, TIMEOUT, TOO_LARGE

HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "no-store"),
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
]
RETRY_SECONDS = 5


def refused(status: int, cookies: str) -> tuple[list[tuple[str, str]], bytes]:
    """Return headers and page of a refusal, in the language of the person."""
    language = parse_cookie(cookies).get(settings.LANGUAGE_COOKIE_NAME, "")
    known = {code for code, _name in settings.LANGUAGES}
    page = _page(status, language if language in known else settings.LANGUAGE_CODE)
    more = [("Retry-After", str(RETRY_SECONDS))] if status == BUSY else []
    return [*HEADERS, *more], page


def draw_all() -> None:
    """Draw the pages before they are wanted."""
    for status in (TIMEOUT, TOO_LARGE, BUSY):
        for language, _name in settings.LANGUAGES:
            _page(status, language)


@cache
def _page(status: int, language: str) -> bytes:
    with translation.override(language):
        heading, text = {
            TIMEOUT: (
                _("It took too long to send"),
                _(
                    "The connection is too slow or broke off. Nothing was saved: go back and send it once more."
                ),
            ),
            TOO_LARGE: (
                _("That is too much at once"),
                _(
                    "This page does not take so much. Nothing was saved: go back and send less, or a smaller file."
                ),
            ),
            BUSY: (
                _("Many people are here right now"),
                _(
                    "Wait a few seconds and try once more. If you were sending a form, it is not saved yet: send it again."
                ),
            ),
        }[status]
        return render_to_string("refused.html", {"heading": heading, "text": text}).encode()
