"""The page from which a school takes out all that is its own."""

import io

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.text import get_valid_filename
from django.views.decorators.http import require_GET

from nastavnik.core import looks
from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.dates import today
from nastavnik.core.http import Request
from nastavnik.interchange import actions
from nastavnik.interchange.adapter.files import write_archive
from nastavnik.interchange.queries import (
    SchoolPackage,
    counted,
    leaves_answers,
    pairs_hidden_from,
    rights_of,
)
from nastavnik.organisations.models import Organisation


def _own(request: Request) -> Organisation:
    """Return the organisation of which the user may take everything: a curator of some forms may not."""
    organisation = request.user.workplace
    if organisation.pk not in request.user.viewer.answers_for(Perm.PACKAGE_EXPORT):
        raise Http404
    return organisation


@require_GET
@requires(Perm.PACKAGE_EXPORT)
def package(request: Request) -> HttpResponse:
    """Say what the package holds and offer it."""
    organisation = _own(request)
    n_hidden = len(pairs_hidden_from(request.user, organisation))
    rights = rights_of(request.user)
    return render(
        request,
        "interchange/package.html",
        {
            "counted": counted(organisation, with_answers=rights is not None),
            "n_hidden": n_hidden,
            "has_answers": rights is not None,
            "leaves_answers": rights is not None and leaves_answers(organisation, rights),
        },
    )


@require_GET
@requires(Perm.PACKAGE_EXPORT)
def archive(request: Request) -> HttpResponse:
    """Give the package as a .zip."""
    organisation = _own(request)
    stream = io.BytesIO()
    # one moment of the database for all tables
    with transaction.atomic():
        whole = SchoolPackage(
            organisation,
            hidden=pairs_hidden_from(request.user, organisation),
            rights=rights_of(request.user),
            only_covered=True,
        )
        write_archive(whole, stream)
        actions.note_package_taken(organisation, n_rows=whole.n_rows, by=request.user)
        looks.note_taken_out(request, "package", whole.people, as_file=True)
    name = get_valid_filename(f"{organisation.short_name} {today():%Y-%m-%d}")
    header = content_disposition_header(as_attachment=True, filename=f"{name}.zip")
    return HttpResponse(
        stream.getvalue(),
        content_type="application/zip",
        headers={"Content-Disposition": header or "attachment"},
    )
