"""The bases as files: both of them and the sub-bases, out and in."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nastavnik.consents.choices import Purpose
from nastavnik.core import looks
from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires, takes_files
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.core.ui import listing
from nastavnik.core.ui.downloads import download
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.jobs.queries import unfinished
from nastavnik.jobs.tasks import ask_and_wait
from nastavnik.mentorships import actions, tasks
from nastavnik.mentorships.adapter import MOST_BYTES
from nastavnik.mentorships.catalogues import base_columns
from nastavnik.mentorships.documents import base_paper, base_title
from nastavnik.mentorships.forms import BaseFileForm, BaseFilesFilter
from nastavnik.mentorships.models import BaseDraft
from nastavnik.mentorships.queries import base_file, compare_base, sub_bases
from nastavnik.mentorships.tables import base_entries_table
from nastavnik.people.choices import PersonKind
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import Programme
from nastavnik.programmes.queries import current_programme
from nastavnik.writers.looks import WIDE_TABLE
from nastavnik.writers.wordfiles import draw_docx

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMATS = ("xlsx", "docx")


@require_http_methods(["GET", "POST"])
@requires(Perm.BASE_EDIT)
@takes_files(most_megabytes=12)
def base_files(request: Request) -> HttpResponse:
    """Show both bases and the sub-bases with their files, and who is in none for want of a paper; give a file, take one."""
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
    upload = BaseFileForm(request.POST or None, request.FILES or None)
    may_load = programme.organisation_id in request.user.viewer.answers_for(Perm.BASE_EDIT)
    if request.method == "POST":
        if not may_load:
            messages.error(request, _("A file of a base is read in by the curator of all forms."))
        elif address := _read(request, upload, programme):
            return redirect(address)
    files = {side: base_file(request.user, programme, side, form=form) for side in Side}
    return render(
        request,
        "mentorships/base_files.html",
        {
            "programme": programme,
            "upload": upload if may_load else None,
            "drafts": BaseDraft.objects.visible_to(request.user).defer("rows")[:20],
            "jobs": unfinished(request.user, tasks.BASE),
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


def _read(request: Request, form: BaseFileForm, programme: Programme) -> str:
    """Read a file in the background; return where to go on, or say a refusal beside the field."""
    if not form.is_valid():
        return ""
    file = form.cleaned_data["file"]
    try:
        return ask_and_wait(
            request,
            tasks.BASE,
            given=tasks.given_for(file.name, programme),
            # one byte over the limit is enough for a refusal
            upload=file.read(MOST_BYTES + 1),
            organisation_id=programme.organisation_id,
            by=request.user,
        )
    except RefusedError as refusal:
        form.add_error("file", list(refusal.reasons))
        return ""


@require_http_methods(["GET", "POST"])
@requires(Perm.BASE_EDIT)
def base_draft(request: Request, pk: int) -> HttpResponse:
    """Show what a file that came back says otherwise than the base; take the ticked rows, or throw it away."""
    drafts = BaseDraft.objects.visible_to(request.user).select_related("programme__organisation")
    draft = get_object_or_404(drafts, pk=pk)
    if request.POST.get("do") == "discard":
        actions.discard_base_draft(draft, by=request.user)
        messages.success(request, _("The file is thrown away; the base stays as it is."))
        return redirect("mentorships:base-files")
    if request.POST.get("do") == "take":
        chosen = {int(one) for one in request.POST.getlist("rows") if one.isdecimal()}
        with refusals_told(request):
            done = actions.take_base_draft(
                draft, chosen, seen=request.POST.get("seen", ""), by=request.user
            )
            messages.success(
                request,
                _("Taken from the file: changed %(changed)s, new %(new)s.")
                % {"changed": done.count("changed"), "new": done.count("new")},
            )
            is_mentors = draft.side == Side.MENTOR
            return redirect("programmes:mentors" if is_mentors else "programmes:mentees")
    compared = compare_base(request.user, draft.programme, Side(draft.side), draft.rows)
    return render(
        request,
        "mentorships/base_draft.html",
        {
            "draft": draft,
            "title": base_title(Side(draft.side), ""),
            "compared": compared,
            "changing": [one for one in compared.rows if one.verdict in {"new", "changed"}],
            "waiting": [one for one in compared.rows if one.reason],
            "untaken": [one for one in compared.rows if one.untaken],
            **{f"n_{word}": compared.count(word) for word in ("new", "changed", "same")},
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
