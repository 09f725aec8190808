"""Pages of everything kept about one person."""

import tempfile
from typing import cast

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.text import get_valid_filename
from django.views.decorators.http import require_GET, require_POST

from nastavnik.core import looks
from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.dates import today
from nastavnik.core.http import Request
from nastavnik.dossiers import actions
from nastavnik.dossiers.adapter import LANGUAGE, write_dossier
from nastavnik.dossiers.choices import Ground
from nastavnik.dossiers.forms import GroundForm
from nastavnik.dossiers.queries import dossier_of, held, people_of
from nastavnik.people.models import Person

IN_MEMORY = 8 * 1024 * 1024  # bytes; a bigger archive waits in a file without a name


@require_GET
@requires(Perm.DOSSIER_GIVE)
def person(request: Request, pk: int) -> HttpResponse:
    """Say what is kept about a person, and offer all of it."""
    return _page(request, get_object_or_404(people_of(request.user), pk=pk), GroundForm())


def _page(request: Request, person: Person, form: GroundForm) -> HttpResponse:
    looks.note_look(request, "dossier", [person.pk], organisation_id=person.organisation_id)
    tables = held(request.user, person)
    return render(
        request,
        "dossiers/person.html",
        {
            "person": person,
            "form": form,
            "tables": tables,
            "has_missing": any(one.giver for one in tables),
        },
    )


@require_POST
@requires(Perm.DOSSIER_GIVE)
def archive(request: Request, pk: int) -> HttpResponse:
    """Give everything about a person as a .zip; on whose word stands in the trail."""
    person = get_object_or_404(people_of(request.user).select_related("organisation"), pk=pk)
    form = GroundForm(request.POST)
    if not form.is_valid():
        return _page(request, person, form)
    ground = Ground(form.cleaned_data["ground"])
    with translation.override(LANGUAGE):
        words, dossier = str(ground.label), dossier_of(request.user, person)
    stream = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the answer closes it
    write_dossier(dossier, words, today(), stream)
    actions.note_dossier_given(person, ground=ground, by=request.user)
    looks.note_taken_out(request, "dossier", [person.pk], as_file=True)
    stream.seek(0)
    name = get_valid_filename(f"Сведения {person.short_name} {today():%Y-%m-%d}")
    # a stream is no HttpResponse to Django, though it answers as one
    return cast(
        "HttpResponse",
        FileResponse(
            stream, as_attachment=True, filename=f"{name}.zip", content_type="application/zip"
        ),
    )
