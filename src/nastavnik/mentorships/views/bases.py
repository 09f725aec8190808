"""The bases as files: both of them and the sub-bases, out."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import get_valid_filename
from django.views.decorators.http import require_GET

from nastavnik.consents.choices import Purpose
from nastavnik.core import looks
from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.dates import today
from nastavnik.core.http import Request
from nastavnik.core.ui import listing
from nastavnik.core.ui.downloads import download
from nastavnik.mentorships.catalogues import base_columns
from nastavnik.mentorships.documents import base_paper, base_title
from nastavnik.mentorships.forms import BaseFilesFilter
from nastavnik.mentorships.queries import base_file, sub_bases
from nastavnik.mentorships.tables import base_entries_table
from nastavnik.people.choices import PersonKind
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import Programme
from nastavnik.programmes.queries import current_programme
from nastavnik.writers.looks import WIDE_TABLE
from nastavnik.writers.wordfiles import draw_docx

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMATS = ("xlsx", "docx")


@require_GET
@requires(Perm.BASE_EDIT)
def base_files(request: Request) -> HttpResponse:
    """Show both bases and the sub-bases with their files, and who is in none for want of a paper; give a file."""
    programmes = Programme.objects.visible_to(request.user).select_related("organisation", "year")
    named = request.GET.get("programme", "")
    current = current_programme(request.user)
    programme = next((one for one in programmes if str(one.pk) == named), current)
    if programme is None:
        return redirect("programmes:mentees")
    filters = BaseFilesFilter(
        programmes, programme, {"programme": str(programme.pk), "form": request.GET.get("form", "")}
    )
    filters.is_valid()
    form = filters.cleaned_data.get("form", "")
    if "as" in request.GET:
        return _file(request, programme, form, filters)
    files = {side: base_file(request.user, programme, side, form=form) for side in Side}
    return render(
        request,
        "mentorships/base_files.html",
        {
            "programme": programme,
            "filters": filters,
            "form_code": form,
            "is_filtered": bool(form),
            "bases": [(one, base_title(one.side, one.kind)) for one in sub_bases(files)],
            "uncovered": [person for found in files.values() for person in found.uncovered],
            "unnamed": list(
                {one.pk: one for found in files.values() for one in found.unnamed}.values()
            ),
            "paper": Purpose.DATA.label,
        },
    )


def _file(
    request: Request, programme: Programme, form: str, filters: BaseFilesFilter
) -> HttpResponse:
    asked, side, kind = (request.GET.get(name, "") for name in ("as", "side", "kind"))
    if asked not in FORMATS or side not in Side.values or kind not in ("", *PersonKind.values):
        raise Http404
    found = base_file(request.user, programme, Side(side), kind=kind, form=form)
    title, columns = base_title(Side(side), kind), base_columns(side)
    table = base_entries_table(
        f"base-file-of-{side}s", title, columns, found.entries, listing.narrowed_by(filters)
    )
    listing.note_export(table, asked, programme.organisation, by=request.user)
    whose = {entry.record.person_id for entry in found.entries}
    looks.note_taken_out(request, table.name, whose, as_file=True)
    name = get_valid_filename(f"{title} {today():%Y-%m-%d}")
    if asked == "xlsx":
        return download(listing.as_xlsx(table), f"{name}.xlsx", listing.XLSX)
    told = [f"{programme.title}, {programme.year} учебный год."]
    told += [f"Форма наставничества: {one.title}." for one in programme.forms.filter(code=form)]
    paper = base_paper(programme.organisation, title, told, columns, found.entries, today())
    return download(draw_docx(title, paper, WIDE_TABLE), f"{name}.docx", DOCX)
