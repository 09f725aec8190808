"""The same press writes once: a double click, a page sent again after a time-out, a button pressed on the way back.

Each page that is opened carries a random key in its forms: Django masks the token against forged requests anew for every
page. A press is that token with everything that was sent beside it. The first line of the trail an action writes (`audit`)
lays down the press in the same transaction, so what was written and the press stand or fall together, whatever process
wrote them; the unique constraint refuses the second. The second press gets the answer of the first. A page opened once
more has another key: two equal entries meant as two stay possible (docs/decisions/0023).
"""

import hashlib
import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import timedelta

from django.contrib import messages
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core.http import pressed_on
from nastavnik.core.models import Press

TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of the field
KEPT_FOR = timedelta(days=1)
#: So long the same press is a double click, and what was told with the first is what is to be told.
SAME_MOMENT = timedelta(minutes=1)
PATIENCE_SECONDS = 3.0
_LOOKS_EVERY_SECONDS = 0.05
_TOLD = "messages"  # the cookie the messages of a page travel in

log = logging.getLogger(__name__)


class PressedBeforeError(Exception):
    """The press has been written already; the transaction of the second one is rolled back by this."""


class Pressing:
    """One press on its way."""

    def __init__(self, key: str) -> None:
        self.key = key
        self._is_kept = False
        self._keep = self._stands  # one object, to be found again among those that wait

    @property
    def is_claimed(self) -> bool:
        """Tell whether the row stands, in a transaction that has ended or in the one that runs."""
        return self._is_kept or any(
            waiting[1] is self._keep for waiting in connection.run_on_commit
        )

    def _stands(self) -> None:
        self._is_kept = True

    def claim(self) -> None:
        """Lay down the row.

        Raises:
            PressedBeforeError: another press of this key has.
        """
        try:
            with transaction.atomic():
                Press.objects.create(key=self.key, at=timezone.now())
        except IntegrityError as error:
            raise PressedBeforeError from error
        transaction.on_commit(self._keep)


_now: ContextVar[Pressing | None] = ContextVar("press", default=None)


def claim() -> None:
    """Lay down the press that is being answered, once; called with every line of the trail."""
    pressing = _now.get()
    if pressing and not pressing.is_claimed:
        pressing.claim()


def key_of_press(request: HttpRequest) -> str:
    """Return the digest of who sends what where, from which page; empty where nothing says from which."""
    if request.method != "POST" or not request.POST.get(TOKEN):
        return ""
    whole = hashlib.sha256(repr((request.user.pk, request.get_full_path())).encode())
    whole.update(repr(sorted(request.POST.lists())).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            whole.update(repr((name, file.name, file.size)).encode())
            for chunk in file.chunks():
                whole.update(chunk)
            file.seek(0)
    return whole.hexdigest()


class Presses:
    """Gives a press that has been written its first answer, and keeps the answer of one that has just written."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        token = _now.set(None)
        try:
            response = self.get_response(request)
            pressing = _now.get()
        finally:
            _now.reset(token)
        if pressing is None or getattr(request, "is_pressed_again", False):
            return response
        if pressing.is_claimed:
            _keep_answer(request, pressing, response)
            return response
        # refused, perhaps because an equal press at the same moment has written
        return answered_before(request, pressing.key) or response

    def process_view(
        self, request: HttpRequest, _view: object, _arguments: object, _named: object
    ) -> HttpResponse | None:
        """Answer a press known already without opening the page; called when the token has been checked."""
        if not (key := key_of_press(request)):
            return None
        if again := answered_before(request, key):
            return again
        _now.set(Pressing(key))
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a press that came second, and one that met another writing the same."""
        pressing = _now.get()
        if isinstance(error, PressedBeforeError) and pressing:
            return answered_before(request, pressing.key)
        if isinstance(error, IntegrityError) and request.method == "POST" and _is_double(error):
            log.error("%s: %s", request.path, error)
            messages.error(
                request,
                _(
                    "The same was written at this very moment from another place, so nothing of this press is saved. Look at the page as it is now; press once more if it is still needed."
                ),
            )
            return HttpResponseRedirect(pressed_on(request) or "/")
        return None


def _is_double(error: IntegrityError) -> bool:
    """Tell whether a unique constraint refused: both databases say the word."""
    return "unique" in str(error).lower()


def _keep_answer(request: HttpRequest, pressing: Pressing, response: HttpResponse) -> None:
    answer = response.headers.get("Location", "") or pressed_on(request) or "/"
    told = response.cookies.get(_TOLD)
    try:
        with transaction.atomic():
            Press.objects.filter(key=pressing.key).update(
                answer=answer, told=told.OutputString() if told else ""
            )
            forget()
    except DatabaseError:
        # what was asked for is done; only an equal press would hear less
        log.exception("the answer of a press is not kept")


def forget() -> int:
    """Delete what is kept long enough; return how many."""
    return Press.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()[0]


def answered_before(request: HttpRequest, key: str) -> HttpResponse | None:
    """Return the answer to a press that has been written already, None when it has not."""
    row = Press.objects.filter(key=key).first()
    until = time.monotonic() + PATIENCE_SECONDS
    while row and not row.answer and time.monotonic() < until:
        time.sleep(_LOOKS_EVERY_SECONDS)
        row = Press.objects.filter(key=key).first()
    if row is None:
        return None
    request.is_pressed_again = True  # type: ignore[attr-defined]
    response = HttpResponseRedirect(row.answer or pressed_on(request) or "/")
    if row.told and timezone.now() - row.at < SAME_MOMENT:
        response.cookies.load(row.told)
    else:
        messages.info(
            request,
            _(
                "This press is done already, at %(time)s; nothing has been written twice. If it is needed once more, press on this fresh page."
            )
            % {"time": timezone.localtime(row.at).strftime("%H:%M")},
        )
    return response
