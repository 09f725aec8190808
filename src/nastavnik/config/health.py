"""The answer to "is the site up?", for `run.py` and whatever watches the machine."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from nastavnik import __version__
from nastavnik.core import condition
from nastavnik.core.access.view_access import public
from nastavnik.files.running import is_second_here


@require_safe
@never_cache
@public
def health(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers, 503 when it does not.

    `status` is `ok`, `limited` where reading goes on and `trouble` says why the rest does not, or `failing`.
    """
    said = {"status": "ok", "database": "ok", "version": __version__}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse(said | {"status": "failing", "database": "unreachable"}, status=503)
    troubles = condition.everything()
    if is_second_here(settings.DATA):
        troubles.append(condition.Trouble.TWO_SERVERS)
    if troubles:
        words = [condition.sentence(one) for one in troubles]
        return JsonResponse(said | {"status": "limited", "trouble": troubles, "words": words})
    return JsonResponse(said)
