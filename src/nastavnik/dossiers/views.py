"""Pages of everything kept about one person."""

import tempfile
from typing import cast

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nastavnik.core import looks
from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.dossiers import actions
from nastavnik.dossiers.access import may_erase
from nastavnik.dossiers.adapter import LANGUAGE, write_dossier
from nastavnik.dossiers.choices import DAYS_TO_TAKE_BACK, EraseGround, Ground
from nastavnik.dossiers.forms import EraseForm, GroundForm
from nastavnik.dossiers.queries import (
    consequences_of,
    dossier_of,
    erasable,
    erasure_of,
    held,
    people_of,
)
from nastavnik.people.models import Person
from nastavnik.people.queries import merged_into

IN_MEMORY = 8 * 1024 * 1024  # bytes; a bigger archive waits in a file without a name


@require_GET
@requires(Perm.DOSSIER_GIVE)
def person(request: Request, pk: int) -> HttpResponse:
    """Say what is kept about a person, and offer all of it; of an emptied card, on the page of the one that was kept."""
    person = get_object_or_404(people_of(request.user), pk=pk)
    if kept := merged_into(person):
        return redirect("dossiers:person", pk=kept.pk)
    return _page(request, person, GroundForm())


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
            "erasure": erasure_of(request.user, person),
            "may_erase": (may := erasable(request.user).filter(pk=person.pk).exists()),
            "refusals": may_erase(person).reasons if may else (),
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


@require_http_methods(["GET", "POST"])
@requires(Perm.DOSSIER_ERASE)
def erase(request: Request, pk: int) -> HttpResponse:
    """Say what erasing a person takes away and what it leaves; decide it, with some days to take it back."""
    person = get_object_or_404(erasable(request.user), pk=pk)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            planned = actions.plan_erasure(
                person, ground=EraseGround(form.cleaned_data["ground"]), by=request.user
            )
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            messages.success(
                request,
                _("The data will be erased on %(day)s. Until then it can be taken back here.")
                % {"day": planned.due_on.strftime("%d.%m.%Y")},
            )
            return redirect("dossiers:person", pk=pk)
    if erasure_of(request.user, person):
        return redirect("dossiers:person", pk=pk)
    looks.note_look(request, "dossier", [person.pk], organisation_id=person.organisation_id)
    context = {
        "person": person,
        "form": form,
        "follows": consequences_of(request.user, person),
        "refusals": may_erase(person).reasons,
        "days": DAYS_TO_TAKE_BACK,
    }
    return render(request, "dossiers/erase.html", context)


@require_POST
@requires(Perm.DOSSIER_ERASE)
def keep(request: Request, pk: int) -> HttpResponse:
    """Take the decision to erase back."""
    person = get_object_or_404(erasable(request.user), pk=pk)
    if planned := erasure_of(request.user, person):
        with refusals_told(request):
            actions.take_erasure_back(planned, by=request.user)
            messages.success(request, _("Nothing is erased: everything stays as it is."))
    return redirect("dossiers:person", pk=pk)
