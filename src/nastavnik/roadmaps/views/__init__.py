"""Pages of roadmaps."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires, takes_files
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import LONGEST_KEY, Request, ticked
from nastavnik.core.ui.downloads import download
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.documents.paper_kinds import PaperKind, offered_for
from nastavnik.jobs.queries import unfinished
from nastavnik.jobs.tasks import ask_and_wait
from nastavnik.organisations.models import AcademicYear
from nastavnik.organisations.queries import year_beginning_in, year_for
from nastavnik.roadmaps import actions, adapter, tasks
from nastavnik.roadmaps.adapter.checks import (
    check_roadmap,
    loads_of,
    needs_of_lines,
    owners_of,
    ties_of,
)
from nastavnik.roadmaps.catalogues import entries, layouts
from nastavnik.roadmaps.choices import ActivityStatus, RoadmapLevel
from nastavnik.roadmaps.documents import events_of, paper_of, spans_of
from nastavnik.roadmaps.forms import (
    AcceptForm,
    ActivityForm,
    BulkForm,
    DocumentForm,
    DoneForm,
    EvidenceForm,
    InlineForm,
    LinesFilter,
    NewActivityForm,
    QuestionsForm,
)
from nastavnik.roadmaps.models import Activity, Evidence, IndicatorTarget, Roadmap, RoadmapDraft
from nastavnik.roadmaps.queries import (
    ActivityLine,
    changes_of,
    counts_of,
    current_roadmap,
    facts_for,
    has_learners,
    line_of,
    lines_of,
    narrowed,
    needed_facts,
    parts_of,
    planned_in,
    roadmap_of_year,
    sections_in,
    sections_of,
    targets_of,
    weight_of,
)
from nastavnik.roadmaps.rendering.charts import NARROW, WIDE, Chart, draw_chart
from nastavnik.roadmaps.tables import bars_of, left_over_rows, months_of, part_lines, roadmap_table
from nastavnik.roadmaps.views.rows import activity_or_404, roadmap_or_404
from nastavnik.writers.blocks import Block
from nastavnik.writers.calendars import render_calendar
from nastavnik.writers.looks import LANDSCAPE
from nastavnik.writers.pdfs import draw_pdf
from nastavnik.writers.wordfiles import draw_docx

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
ICS = "text/calendar; charset=utf-8"
LEFT_OVER_SHOWN = 1000


def _year(request: Request) -> AcademicYear:
    year = year_for(request.user.workplace, today())
    if year is None:
        raise Http404
    return year


@require_GET
@requires(Perm.ROADMAP_VIEW)
def overview(request: Request) -> HttpResponse:
    """Show the roadmap of this year, or the ways to make one."""
    roadmap = current_roadmap(request.user, today())
    if roadmap is not None:
        return _shown(request, roadmap)
    return render(
        request, "roadmaps/none.html", {"may_edit": request.user.viewer.may(Perm.ROADMAP_EDIT)}
    )


@require_GET
@requires(Perm.ROADMAP_VIEW)
def show(request: Request, pk: int) -> HttpResponse:
    """Show one roadmap."""
    return _shown(request, roadmap_or_404(request, pk))


def _shown(request: Request, roadmap: Roadmap) -> HttpResponse:
    day = today()
    lines = lines_of(request.user, roadmap, day)
    may_edit = request.user.viewer.may(Perm.ROADMAP_EDIT)
    owners = {o for line in lines for o in owners_of(line.activity.responsible)}
    filters = LinesFilter(sorted(owners), request.GET or None)
    wanted = filters.cleaned_data if filters.is_bound and filters.is_valid() else {}
    shown = narrowed(lines, **wanted)
    checked = check_roadmap(roadmap, lines, with_learners=has_learners(request.user, roadmap))
    needs = needs_of_lines([line.activity for line in lines])
    years = AcademicYear.objects.visible_to(request.user).filter(
        organisation_id=roadmap.organisation_id
    )
    others = Roadmap.objects.visible_to(request.user).filter(
        organisation_id=roadmap.organisation_id
    )
    others = others.select_related("year").exclude(pk=roadmap.pk)
    archive = Roadmap.objects.visible_to(request.user, in_archive=True).filter(year=roadmap.year_id)
    edited = _edited(request, shown) if may_edit else None
    parts = part_lines(
        parts_of(shown),
        needs,
        doubtful=checked.lines,
        check_url=reverse("roadmaps:check", args=[roadmap.pk]),
        edit_url=_edit_url(request) if may_edit else "",
        edited=edited.instance if edited else None,
        sections=sections_of(request.user, roadmap),
    )
    taken = {roadmap.year_id, *(other.year_id for other in others)}
    return render(
        request,
        "roadmaps/show.html",
        {
            "roadmap": roadmap,
            "parts": list(parts),
            "targets": targets_of(request.user, roadmap),
            "counts": counts_of(lines),
            "n_shown": len(shown),
            "charts": _charts(roadmap, lines, ties_of(needs, checked)),
            "today": day,
            "filters": filters,
            "layouts": layouts().values(),
            "others": others,
            "archive": archive,
            "free_years": [year for year in years if year.pk not in taken],
            "late": [line for line in lines if line.late_days][:5],
            "checked": checked,
            "may_edit": may_edit,
            "loads": loads_of(lines),
            "needs": needs,
            "bulk_steps": BulkForm(initial={"done_on": day}).steps,
            "edited": edited,
        },
    )


def _edit_url(request: Request) -> str:
    """Return the address of this page with a line being changed, up to the key of the line."""
    query = request.GET.copy()
    query.pop("edit", None)
    return f"?{query.urlencode()}&edit=" if query else "?edit="


def _edited(request: Request, lines: Sequence[ActivityLine]) -> InlineForm | None:
    """Return the form of the row that is being changed in its place."""
    wanted = request.GET.get("edit", "")
    found = (line.activity for line in lines if str(line.activity.pk) == wanted)
    one = next(found, None)
    return InlineForm(instance=one) if one else None


def _charts(
    roadmap: Roadmap, lines: Sequence[ActivityLine], ties: Sequence[tuple[int, int, bool]]
) -> list[tuple[str, Chart, SafeString, SafeString]]:
    """Return the picture for a sheet and for a telephone, with months and bars; one of them is shown."""
    spans, year, day = spans_of(parts_of(lines)), roadmap.year, today()
    drawn = []
    for name, frame in (("chart-broad", WIDE), ("chart-narrow", NARROW)):
        chart = draw_chart(
            spans, first=year.starts_on, last=year.ends_on, today=day, ties=ties, frame=frame
        )
        drawn.append((name, chart, months_of(chart), bars_of(chart)))
    return drawn


@require_http_methods(["GET", "POST"])
@requires(Perm.ROADMAP_EDIT)
def make(request: Request) -> HttpResponse:
    """Ask three questions and make the roadmap of this year."""
    year = _year(request)
    form = QuestionsForm(
        request.user,
        year,
        request.POST or None,
        initial={"level": RoadmapLevel.SCHOOL, "start": year.starts_on},
    )
    if request.method == "POST" and form.is_valid():
        try:
            roadmap = actions.make_from_catalogue(year, by=request.user, **form.cleaned_data)
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            messages.success(request, _("The roadmap is ready: look at the terms and owners."))
            return redirect("roadmaps:show", pk=roadmap.pk)
    return render(request, "roadmaps/make.html", {"form": form, "year": year})


def _read(request: Request, form: DocumentForm, roadmap: Roadmap | None) -> str:
    """Read what was given, a file in the background; return where to go on, or say a refusal beside the field."""
    if not form.is_valid():
        return ""
    organisation = request.user.workplace if roadmap is None else roadmap.organisation
    file = form.cleaned_data["file"]
    try:
        if file:
            return ask_and_wait(
                request,
                tasks.DOCUMENT,
                given=tasks.given_for(file.name, roadmap),
                # one byte over the limit is enough for a refusal
                upload=file.read(adapter.MOST_BYTES + 1),
                organisation_id=organisation.pk,
                by=request.user,
            )
        found = actions.start_reading(
            organisation,
            file_name="",
            text=form.cleaned_data["pasted"],
            roadmap=roadmap,
            by=request.user,
        )
    except RefusedError as refusal:
        form.add_error("file" if file else "pasted", list(refusal.reasons))
        return ""
    return reverse("roadmaps:draft", args=[found.pk])


@require_http_methods(["GET", "POST"])
@requires(Perm.ROADMAP_EDIT)
@takes_files(most_megabytes=12)
def read(request: Request) -> HttpResponse:
    """Take a document with a roadmap."""
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and (address := _read(request, form, None)):
        return redirect(address)
    drafts = RoadmapDraft.objects.visible_to(request.user).defer("content")[:20]
    jobs = unfinished(request.user, tasks.DOCUMENT)
    return render(request, "roadmaps/read.html", {"form": form, "drafts": drafts, "jobs": jobs})


@require_http_methods(["GET", "POST"])
@requires(Perm.ROADMAP_EDIT)
@takes_files(most_megabytes=12)
def again(request: Request, pk: int) -> HttpResponse:
    """Take a copy of a roadmap that was edited by hand."""
    roadmap = roadmap_or_404(request, pk)
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and (address := _read(request, form, roadmap)):
        return redirect(address)
    return render(request, "roadmaps/again.html", {"form": form, "roadmap": roadmap})


def _draft(request: Request, pk: int) -> RoadmapDraft:
    rows = RoadmapDraft.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("organisation", "roadmap__year"), pk=pk)


@require_http_methods(["GET", "POST"])
@requires(Perm.ROADMAP_EDIT)
def draft(request: Request, pk: int) -> HttpResponse:
    """Show what a document says, what is uncertain and what is left over; take it."""
    found = _draft(request, pk)
    if found.roadmap is not None:
        return _copy(request, found, found.roadmap)
    if "into" in request.GET:
        return _copy(request, found, _other(request, found))
    content = found.content
    begins_in = content["year"] or _year(request).starts_on.year
    initial = {"title": content["title"], "begins_in": begins_in, "level": RoadmapLevel.SCHOOL}
    form = AcceptForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        begins_in = form.cleaned_data["begins_in"]
        if (response := _taken(request, found, form)) is not None:
            return response
    content = adapter.content_for(content, begins_in)
    rows, said = content["activities"], sections_in(content)
    there = roadmap_of_year(request.user, found.organisation_id, begins_in)
    return render(
        request,
        "roadmaps/draft.html",
        {
            "draft": found,
            "form": form,
            "rows": [(place, row, said.get(row["section"], "")) for place, row in enumerate(rows)],
            "ticked": set(ticked(request, "take")) if request.POST else set(range(len(rows))),
            "targets": planned_in(content),
            "n_doubted": sum(bool(row["doubts"]) for row in rows),
            "left_over": left_over_rows(content["left_over"])[:LEFT_OVER_SHOWN],
            "n_left_over": len(content["left_over"]),
            "n_missed": sum(one["kind"] == adapter.MISSED for one in content["left_over"]),
            "there": there,
            "weight": weight_of(there) if there else None,
            "new_year": _missing_year(found, begins_in) if request.POST else "",
            "moved": _years_moved(found, begins_in),
            "this_year": _year(request),
        },
    )


def _other(request: Request, found: RoadmapDraft) -> Roadmap:
    """Return the roadmap of the same school that lines of a document are to be taken into."""
    key = request.GET["into"]
    rows = Roadmap.objects.visible_to(request.user).select_related("year")
    return get_object_or_404(
        rows.filter(organisation=found.organisation_id),
        pk=int(key) if key.isdecimal() and len(key) <= LONGEST_KEY else 0,
    )


def _missing_year(found: RoadmapDraft, begins_in: int) -> str:
    """Return the academic year that the organisation has not, in words; empty when it has it."""
    there = year_beginning_in(found.organisation, begins_in)
    return "" if there else academic(begins_in)


def academic(begins_in: int) -> str:
    """Return an academic year in figures: «2026/27»."""
    return f"{begins_in}/{(begins_in + 1) % 100:02d}"


def _years_moved(found: RoadmapDraft, begins_in: int) -> tuple[str, str] | None:
    """Return from which academic year to which the terms of a document move, in words."""
    before = found.content["year"]
    if before is None or before == begins_in:
        return None
    return academic(before), academic(begins_in)


def _taken(request: Request, found: RoadmapDraft, form: AcceptForm) -> HttpResponse | None:
    """Take a document over as the pressed button says; None when something is to be asked or put right first."""
    begins_in, do = form.cleaned_data["begins_in"], request.POST.get("do", "")
    there = roadmap_of_year(request.user, found.organisation_id, begins_in)
    # what was said of the roadmap there is said of this one
    is_seen = there is not None and request.POST.get("there") == str(there.pk)
    if there is not None and do == "merge" and is_seen:
        address = f"{reverse('roadmaps:draft', args=[found.pk])}?into={there.pk}"
        return redirect(address)
    if there is not None and not (do == "replace" and is_seen):
        return None
    if _missing_year(found, begins_in) and do != "open":
        return None
    try:
        roadmap = actions.make_from_document(
            found,
            only=set(ticked(request, "take")),
            instead_of=there,
            opens_year=do == "open",
            by=request.user,
            **form.cleaned_data,
        )
    except RefusedError as refusal:
        form.add_error(None, list(refusal.reasons))
        return None
    messages.success(
        request,
        _("The roadmap is replaced; the one before it lies in the archive.")
        if there
        else _("The roadmap is taken over."),
    )
    return redirect("roadmaps:show", pk=roadmap.pk)


def _copy(request: Request, found: RoadmapDraft, roadmap: Roadmap) -> HttpResponse:
    """Show what a document says otherwise than a roadmap, and take what is ticked of it."""
    if request.method == "POST":
        actions.take_copy(
            found,
            into=roadmap,
            add=set(ticked(request, "add")),
            change=set(ticked(request, "change")),
            remove=set(ticked(request, "remove")),
            sections=set(ticked(request, "sections")),
            targets=set(ticked(request, "targets")),
            by=request.user,
        )
        messages.success(request, _("What you ticked is taken over."))
        return redirect("roadmaps:show", pk=roadmap.pk)
    lines = list(Activity.objects.visible_to(request.user).filter(roadmap=roadmap))
    content, begins_in = found.content, roadmap.year.starts_on.year
    if found.roadmap is None:
        content = adapter.content_for(content, begins_in)
    difference = adapter.compare(content, lines, is_copy=found.roadmap is not None)
    titles = {one.section for one in lines} | {row["section"] for row in difference.added}
    sections = sections_of(request.user, roadmap).values()
    targets = IndicatorTarget.objects.visible_to(request.user).filter(roadmap=roadmap)
    return render(
        request,
        "roadmaps/copy.html",
        {
            "draft": found,
            "moved": None if found.roadmap else _years_moved(found, begins_in),
            "roadmap": roadmap,
            "difference": difference,
            "beside": [
                (name, words, rows)
                for name, words, rows in (
                    (
                        "sections",
                        _("Said of sections"),
                        adapter.sections_otherwise(
                            content, sections, titles, is_copy=found.roadmap is not None
                        ),
                    ),
                    (
                        "targets",
                        _("Planned values of indicators"),
                        adapter.targets_otherwise(content, targets),
                    ),
                )
                if rows
            ],
        },
    )


@require_POST
@requires(Perm.ROADMAP_EDIT)
def discard(request: Request, pk: int) -> HttpResponse:
    """Throw a draft away."""
    found = _draft(request, pk)
    back = found.roadmap
    actions.discard_draft(found, by=request.user)
    messages.success(request, _("The document is put aside; nothing has changed."))
    return redirect("roadmaps:read") if back is None else redirect("roadmaps:show", pk=back.pk)


@require_POST
@requires(Perm.ROADMAP_EDIT)
def shift(request: Request, pk: int) -> HttpResponse:
    """Make the roadmap of another year out of this one."""
    roadmap = roadmap_or_404(request, pk)
    years = AcademicYear.objects.visible_to(request.user).filter(
        organisation_id=roadmap.organisation_id
    )
    year = get_object_or_404(years, pk=next(iter(ticked(request, "year")), 0))
    try:
        made = actions.shift_from(roadmap, year, by=request.user)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("roadmaps:show", pk=pk)
    messages.success(request, _("The roadmap of %(year)s is ready.") % {"year": year})
    n_before = sum(len(one.values) for one in targets_of(request.user, roadmap))
    n_after = sum(len(one.values) for one in targets_of(request.user, made))
    if n_after < n_before:
        messages.info(
            request,
            _("Planned values of years before it are not carried over: they stay in the roadmap of %(year)s.")
            % {"year": roadmap.year},
        )  # fmt: skip
    return redirect("roadmaps:show", pk=made.pk)


@require_GET
@requires(Perm.ROADMAP_VIEW)
def archived(request: Request, pk: int) -> HttpResponse:
    """Show a roadmap of the archive as it was put there."""
    roadmap = _of_archive(request, pk)
    lines = lines_of(request.user, roadmap, today())
    sections = sections_of(request.user, roadmap)
    return render(
        request,
        "roadmaps/archived.html",
        {
            "roadmap": roadmap,
            "parts": [(part, sections.get(part.title)) for part in parts_of(lines)],
            "targets": targets_of(request.user, roadmap),
            "counts": counts_of(lines),
            "current": roadmap_of_year(
                request.user, roadmap.organisation_id, roadmap.year.starts_on.year
            ),
            "may_edit": request.user.viewer.may(Perm.ROADMAP_EDIT),
        },
    )


@require_POST
@requires(Perm.ROADMAP_EDIT)
def restore(request: Request, pk: int) -> HttpResponse:
    """Bring a roadmap back from the archive; the one that holds goes there instead."""
    actions.restore_roadmap(_of_archive(request, pk), by=request.user)
    messages.success(request, _("The roadmap is back from the archive."))
    return redirect("roadmaps:show", pk=pk)


def _of_archive(request: Request, pk: int) -> Roadmap:
    rows = Roadmap.objects.visible_to(request.user, in_archive=True).select_related(
        "organisation", "year"
    )
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "POST"])
@requires(Perm.ROADMAP_EDIT)
def add(request: Request, pk: int) -> HttpResponse:
    """Add a line."""
    roadmap = roadmap_or_404(request, pk)
    lines = Activity.objects.visible_to(request.user).filter(roadmap=roadmap)
    sections = list(dict.fromkeys(lines.values_list("section", flat=True))) or [""]
    form = NewActivityForm(sections, request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = actions.add_activity(roadmap, by=request.user, **form.cleaned_data)
        messages.success(request, _("The line is added."))
        return redirect("roadmaps:activity", pk=made.pk)
    return render(request, "roadmaps/add.html", {"form": form, "roadmap": roadmap})


@require_http_methods(["GET", "POST"])
@requires(Perm.ROADMAP_VIEW)
def activity(request: Request, pk: int) -> HttpResponse:
    """Show a line with what proves it; a curator changes it in one form."""
    one = activity_or_404(request, pk)
    may_edit = one.organisation_id in request.user.viewer.organisations(Perm.ROADMAP_EDIT)
    bound = request.POST if request.method == "POST" and may_edit else None
    form = ActivityForm(bound, instance=one)
    if form.is_bound and _changed(request, form, pk):
        return redirect("roadmaps:activity", pk=pk)
    return render(request, "roadmaps/activity.html", _card(request, one, form))


def _changed(request: Request, form: ActivityForm, pk: int) -> bool:
    if not form.is_valid():
        return False
    actions.change_activity(activity_or_404(request, pk), by=request.user, **form.cleaned_data)
    messages.success(request, _("The line is saved."))
    return True


def _card(
    request: Request,
    one: Activity,
    form: ActivityForm | None = None,
    proof: EvidenceForm | None = None,
) -> dict[str, Any]:
    viewer = request.user.viewer
    facts = facts_for([one], one.roadmap)
    return {
        "activity": one,
        "line": line_of(one, facts, viewer, today(), proofs=one.evidence.all()),
        "steps": actions.NEXT[ActivityStatus(one.status)],
        "form": form or ActivityForm(instance=one),
        "done_form": DoneForm(initial={"done_on": today()}),
        "proof_form": proof or EvidenceForm(request.user),
        "known": [entries()[code] for code in one.catalogue_code.split() if code in entries()],
        "needs_facts": needed_facts(one),
        "changes": changes_of(request.user, one.roadmap, one)[:30],
        "needs": _needs(request, one),
        "papers": _papers(request, one),
        "may_edit": viewer.may(Perm.ROADMAP_EDIT),
    }


def _papers(request: Request, one: Activity) -> list[PaperKind]:
    """Return the papers a line asks for that its reader may begin."""
    own = request.user.viewer.organisations(Perm.DOCUMENT_EDIT)
    if (
        one.roadmap.organisation_id not in own
        or one.roadmap.organisation_id != request.user.workplace.pk
    ):
        return []
    return [kind for code in one.catalogue_code.split() for kind in offered_for(code)]


def _needs(request: Request, one: Activity) -> dict[str, Sequence[Activity]]:
    """Return the lines a line needs first, and those that need it."""
    rows = list(Activity.objects.visible_to(request.user).filter(roadmap=one.roadmap_id))
    needs = needs_of_lines(rows)
    return {
        "before": needs.get(one.pk, ()),
        "after": [row for row in rows if one in needs.get(row.pk, ())],
    }


@require_POST
@requires(Perm.ROADMAP_EDIT)
def state(request: Request, pk: int) -> HttpResponse:
    """Begin a line, finish it, leave it out, take that back, or take the line out for good."""
    one = activity_or_404(request, pk)
    if request.POST.get("do") == "remove":
        actions.remove_activity(one, by=request.user)
        messages.success(request, _("The line is taken out."))
        return redirect("roadmaps:show", pk=one.roadmap_id)
    form = DoneForm(request.POST)
    wanted = request.POST.get("do", "")
    if form.is_valid() and wanted in ActivityStatus.values:
        with refusals_told(request):
            actions.set_activity_status(
                one, ActivityStatus(wanted), by=request.user, **form.cleaned_data
            )
            messages.success(request, _("The state is saved."))
    else:
        messages.error(request, _("Write the day as it stands in the calendar."))
    return redirect("roadmaps:activity", pk=pk)


@require_POST
@requires(Perm.ROADMAP_EDIT)
@takes_files(most_megabytes=12)
def evidence(request: Request, pk: int) -> HttpResponse:
    """Add what proves a line."""
    one = activity_or_404(request, pk)
    form = EvidenceForm(request.user, request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.add_evidence(one, by=request.user, **form.cleaned_data)
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            messages.success(request, _("The proof is added."))
            return redirect("roadmaps:activity", pk=pk)
    return render(request, "roadmaps/activity.html", _card(request, one, proof=form), status=422)


@require_POST
@requires(Perm.ROADMAP_EDIT)
def remove_evidence(request: Request, pk: int) -> HttpResponse:
    """Take back what was said to prove a line."""
    proof = get_object_or_404(Evidence.objects.visible_to(request.user), pk=pk)
    actions.remove_evidence(proof, by=request.user)
    messages.success(request, _("The proof is taken back; the paper itself stays in the register."))
    return redirect("roadmaps:activity", pk=proof.activity_id)


# ---------------------------------------------------------------- out


def _file(data: bytes, content_type: str, roadmap: Roadmap, suffix: str) -> HttpResponse:
    name = get_valid_filename(f"{_('Roadmap')} {roadmap.year}".replace("/", "-"))
    return download(data, f"{name}.{suffix}", content_type)


def _paper(request: Request, roadmap: Roadmap) -> list[Block]:
    """Return what the paper says, in the columns asked for, else in those of the default roadmap."""
    known = layouts()
    chosen = request.GET.get("layout", "")
    layout = known[chosen] if chosen in known else next(iter(known.values()))
    lines, sections = lines_of(request.user, roadmap, today()), sections_of(request.user, roadmap)
    return paper_of(roadmap, lines, layout, sections)


@require_GET
@requires(Perm.ROADMAP_VIEW)
def paper(request: Request, pk: int) -> HttpResponse:
    """Give the roadmap as .docx in the columns the district asks for."""
    roadmap = roadmap_or_404(request, pk)
    return _file(
        draw_docx(roadmap.title, _paper(request, roadmap), LANDSCAPE), DOCX, roadmap, "docx"
    )


@require_GET
@requires(Perm.ROADMAP_VIEW)
def pdf(request: Request, pk: int) -> HttpResponse:
    """Give the roadmap as .pdf in the same columns."""
    roadmap = roadmap_or_404(request, pk)
    return _file(draw_pdf(roadmap.title, _paper(request, roadmap), LANDSCAPE), PDF, roadmap, "pdf")


@require_GET
@requires(Perm.ROADMAP_VIEW)
def table(request: Request, pk: int) -> HttpResponse:
    """Give the roadmap as .xlsx with days and states."""
    roadmap = roadmap_or_404(request, pk)
    lines = lines_of(request.user, roadmap, today())
    return _file(
        roadmap_table(roadmap, lines, sections_of(request.user, roadmap)), XLSX, roadmap, "xlsx"
    )


@require_GET
@requires(Perm.ROADMAP_VIEW)
def calendar(request: Request, pk: int) -> HttpResponse:
    """Give the roadmap as a calendar."""
    roadmap = roadmap_or_404(request, pk)
    events = events_of(lines_of(request.user, roadmap, today()))
    name = f"{roadmap.organisation.short_name}: {roadmap.title}"
    return _file(render_calendar(name, events, made_at=timezone.now()), ICS, roadmap, "ics")
