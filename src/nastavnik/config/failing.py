"""Pages for what went wrong: the machine (503, in words, with what was typed), the clock (403), and ourselves (500)."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

from nastavnik.core import condition
from nastavnik.core.dates import today
from nastavnik.people.queries import role_not_of_today

SECRETS = ("password", "csrf", "token", "word", "code")
LONG = 15  # a shorter answer is typed again as quickly as it is copied


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 in words where the machine is at fault, else 500; Django calls it while the exception is handled."""
    trouble = condition.of_error(sys.exc_info()[1])
    if trouble is None:
        return HttpResponse(loader.render_to_string("500.html"), status=500)
    shown = {
        "sentence": condition.sentence(trouble),
        "was_sent": request.method == "POST",
        "typed": _typed(request),
    }
    # without the request: no context processor may ask the database that has just failed
    page = HttpResponse(loader.render_to_string("503.html", shown), status=503)
    page["Retry-After"] = "60"
    page["Cache-Control"] = "no-store"
    return page


def _typed(request: HttpRequest) -> list[str]:
    """Return the texts that were sent, so that nobody has to write them again."""
    try:
        sent = list(request.POST.items())
    except Exception:  # noqa: BLE001 - what was sent could not even be read
        return []
    return [
        str(text)
        for name, text in sent
        if not any(word in name.lower() for word in SECRETS) and len(str(text).strip()) > LONG
    ]


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django gives it
    """Answer 403; a person whose roles are of other days is told of the days and the clock."""
    user = getattr(request, "user", None)
    role = role_not_of_today(user) if user is not None and user.is_authenticated else None
    return render(request, "403.html", {"role": role, "today": today()}, status=403)
