"""Pages of the district and of its schools."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request, ticked
from nastavnik.core.text import fold
from nastavnik.core.ui.downloads import download
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.districts import actions
from nastavnik.districts.choices import AgreementStatus
from nastavnik.districts.forms import AnswerForm, DistrictAccountForm, SchoolForm, TableFilter
from nastavnik.districts.models import Adoption, Agreement
from nastavnik.districts.queries import (
    DistrictTable,
    Review,
    SchoolCell,
    SchoolRow,
    has_coordinator,
    lines_of_roadmap,
    municipal_roadmap,
    offered_to,
    office_of,
    office_over,
    review_of,
    school_side,
    table_of,
    words_of,
)
from nastavnik.districts.rendering import render_cells
from nastavnik.districts.tables import schools_table
from nastavnik.organisations.models import Organisation
from nastavnik.roadmaps.models import Activity, Roadmap

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# ---------------------------------------------------------------- the school


def _roadmap(request: Request, pk: int) -> Roadmap:
    rows = Roadmap.objects.visible_to(request.user).select_related("organisation", "year")
    return get_object_or_404(rows, pk=pk)


@require_GET
@requires(Perm.ROADMAP_VIEW)
def asked(request: Request, pk: int) -> HttpResponse:
    """Show what the district asks of a roadmap, what differs, and how far it is agreed."""
    roadmap = _roadmap(request, pk)
    side = school_side(roadmap)
    steps = actions.NEXT[AgreementStatus(side.agreement.status)] if side.agreement else {"sent"}
    return render(
        request,
        "districts/asked.html",
        {
            "roadmap": roadmap,
            "side": side,
            "office": office_over(roadmap.organisation),
            "steps": steps,
            "may_edit": request.user.viewer.may(Perm.ROADMAP_EDIT),
        },
    )


@require_POST
@requires(Perm.ROADMAP_EDIT)
def adopt(request: Request, pk: int) -> HttpResponse:
    """Take over the ticked lines of the district, or all of them; or bring all changed ones in step."""
    roadmap = _roadmap(request, pk)
    if request.POST.get("do") == "all-changes":
        changed = school_side(roadmap).changed
        for one in changed:
            actions.take_over(one.adoption, by=request.user)
        messages.success(request, _("The changes of the district are taken over."))
        return redirect("districts:asked", pk=pk)
    offered = list(offered_to(roadmap))
    chosen = set(ticked(request, "line"))
    wanted = [one for one in offered if request.POST.get("do") == "all" or one.pk in chosen]
    made = actions.adopt_lines(roadmap, wanted, by=request.user)
    if made:
        said = ngettext("%(n)s line is taken over.", "%(n)s lines are taken over.", len(made))
        messages.success(request, said % {"n": len(made)})
    else:
        messages.error(request, _("Tick at least one line."))
    return redirect("districts:asked", pk=pk)


@require_POST
@requires(Perm.ROADMAP_EDIT)
def adopted(request: Request, pk: int) -> HttpResponse:
    """Take over a change of the district, keep our own words, say why a term is later, or make a line ours."""
    rows = Adoption.objects.visible_to(request.user).select_related("activity", "line__activity")
    one = get_object_or_404(rows, pk=pk)
    with refusals_told(request):
        said = _adopted(request, one)
        if said:
            messages.success(request, said)
    return redirect("districts:asked", pk=one.activity.roadmap_id)


def _adopted(request: Request, one: Adoption) -> str:
    match request.POST.get("do"):
        case "take":
            actions.take_over(one, by=request.user)
            return _("The line says now what the district says.")
        case "keep":
            actions.keep_own(one, by=request.user)
            return _("The line stays as it is.")
        case "explain":
            actions.explain_delay(one, request.POST.get("reason", ""), by=request.user)
            return _("The reason is saved; the district sees it.")
        case "own":
            actions.make_own(one, by=request.user)
            return _("The line is now the school's own.")
    return ""


def _agreement(request: Request, roadmap: Roadmap) -> Agreement:
    found = Agreement.objects.visible_to(request.user).filter(roadmap=roadmap).first()
    if found is None:
        raise RefusedError(_("There is nothing to take back: it was not sent yet."))
    return found


@require_POST
@requires(Perm.ROADMAP_EDIT)
def send(request: Request, pk: int) -> HttpResponse:
    """Send a roadmap to the district, or take it back."""
    roadmap = _roadmap(request, pk)
    with refusals_told(request):
        if request.POST.get("do") == "recall":
            actions.recall_roadmap(_agreement(request, roadmap), by=request.user)
            messages.success(request, _("The roadmap is taken back."))
        else:
            actions.send_roadmap(roadmap, by=request.user)
            messages.success(request, _("The roadmap is sent to the district."))
    return redirect("districts:asked", pk=pk)


# ---------------------------------------------------------------- the district


def _office(request: Request) -> Organisation:
    office = office_of(request.user)
    if office is None:
        raise Http404
    return office


@require_http_methods(["GET", "POST"])
@requires(Perm.DISTRICT_EDIT)
def lines(request: Request) -> HttpResponse:
    """Choose the lines of the municipal roadmap that are set for the schools; make that roadmap first."""
    roadmap = municipal_roadmap(request.user, today())
    if request.method == "POST":
        return _set(request, roadmap)
    if roadmap is None:
        return render(request, "districts/none.html", {"office": _office(request)})
    set_lines = lines_of_roadmap(roadmap)
    activities = Activity.objects.visible_to(request.user).filter(roadmap=roadmap)
    return render(
        request,
        "districts/lines.html",
        {"roadmap": roadmap, "activities": activities, "chosen": set_lines},
    )


def _set(request: Request, roadmap: Roadmap | None) -> HttpResponse:
    with refusals_told(request):
        if roadmap is None:
            actions.make_municipal(_office(request), by=request.user)
            messages.success(
                request, _("The municipal roadmap is ready: look which lines the schools get.")
            )
        else:
            rows = Activity.objects.visible_to(request.user)
            chosen = rows.filter(roadmap=roadmap, pk__in=ticked(request, "line"))
            actions.set_lines(roadmap, list(chosen), by=request.user)
            messages.success(request, _("The lines are set: the schools see them at once."))
    return redirect("districts:lines")


@require_GET
@requires(Perm.DISTRICT_VIEW)
def table(request: Request) -> HttpResponse:
    """Show schools × lines: who is done, due, late, who has not taken a line over."""
    whole = table_of(request.user, today())
    filters = TableFilter(list(whole.lines), request.GET or None)
    wanted = filters.cleaned_data if filters.is_bound and filters.is_valid() else {}
    rows = [row for row in whole.rows if _fits(row, wanted)]
    line = wanted.get("line", "")
    place = next((n for n, one in enumerate(whole.lines) if str(one.pk) == line), None)
    return render(
        request,
        "districts/table.html",
        {
            "table": whole,
            "rows": _shown(rows, place),
            "line": None if place is None else whole.lines[place],
            "filters": filters,
            "is_filtered": any(wanted.values()),
            "today": today(),
        },
    )


def _shown(rows: list[SchoolRow], place: int | None) -> list[tuple[SchoolRow, Any]]:
    if place is None:
        return [(row, render_cells(row.cells)) for row in rows]
    return [(row, (_state(row.cells[place]), words_of(row.cells[place]))) for row in rows]


def _state(cell: SchoolCell) -> str:
    """Return the key of `components/state.html`."""
    if cell.late_days:
        return "risk"
    return {"done": "done", "due": "go", "skipped": "stop", "absent": "wait"}[cell.state]


def _fits(row: SchoolRow, wanted: dict[str, Any]) -> bool:
    state = wanted.get("state", "")
    fits = {
        "": True,
        "late": row.n_late > 0,
        "absent": row.n_absent > 0,
        "none": not row.status,
    }.get(state, row.status == state)
    return fits and fold(wanted.get("q", "")) in fold(row.name)


@require_GET
@requires(Perm.DISTRICT_VIEW)
def workbook(request: Request) -> HttpResponse:
    """Give the table as .xlsx, filtered as the page is."""
    whole = table_of(request.user, today())
    filters = TableFilter(list(whole.lines), request.GET or None)
    wanted = filters.cleaned_data if filters.is_bound and filters.is_valid() else {}
    rows = tuple(row for row in whole.rows if _fits(row, wanted))
    name = f"{_('Roadmaps of schools')} {today():%Y-%m-%d}.xlsx"
    return download(schools_table(DistrictTable(whole.lines, rows)), name, XLSX)


def _review(request: Request, pk: int) -> Review:
    found = review_of(request.user, pk, today())
    if found is None:
        raise Http404
    return found


@require_GET
@requires(Perm.DISTRICT_VIEW)
def school(request: Request, pk: int) -> HttpResponse:
    """Show one school: the district's lines with their state, and what it has sent."""
    return _school(request, _review(request, pk), None)


def _school(request: Request, review: Review, form: AnswerForm | None) -> HttpResponse:
    agreement = review.agreement
    sent_at = agreement.sent_at.isoformat() if agreement and agreement.sent_at else ""
    return render(
        request,
        "districts/school.html",
        {
            "review": review,
            "row": review.row,
            "lines": [
                (line.activity, _state(cell), words_of(cell), taken)
                for line, cell, taken in review.lines
            ],
            "agreement": agreement,
            "form": form or AnswerForm(initial={"sent_at": sent_at}),
            "may_answer": agreement is not None and agreement.status == AgreementStatus.SENT,
        },
        status=422 if form is not None else 200,
    )


@require_POST
@requires(Perm.DISTRICT_EDIT)
def answer(request: Request, pk: int) -> HttpResponse:
    """Agree to a roadmap or return it with a remark."""
    review = _review(request, pk)
    form = AnswerForm(request.POST)
    wanted = request.POST.get("do", "")
    if review.agreement is None or wanted not in ("agreed", "returned") or not form.is_valid():
        return redirect("districts:school", pk=pk)
    try:
        actions.answer_roadmap(
            review.agreement, AgreementStatus(wanted), by=request.user, **form.cleaned_data
        )
    except RefusedError as refusal:
        form.add_error("remark", list(refusal.reasons))
        return _school(request, review, form)
    messages.success(request, _("The answer is given: the school sees it at once."))
    return redirect("districts:table")


# ---------------------------------------------------------------- who is in the district


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@requires(Perm.DISTRICT_EDIT)
def add_school(request: Request) -> HttpResponse:
    """Add a school with its first curator."""
    office = _office(request)
    form = SchoolForm(
        request.POST or None, initial={"town": office.town, "time_zone": office.time_zone}
    )
    account = DistrictAccountForm(request.POST or None)
    # both are asked, so that both show what is missing
    if request.method == "POST" and all([form.is_valid(), account.is_valid()]):
        given = dict(account.cleaned_data)
        try:
            made = actions.add_school(
                office,
                curator_name=given.pop("person_name"),
                by=request.user,
                **given,
                **form.cleaned_data,
            )
        except RefusedError as refusal:
            account.add_error(None, list(refusal.reasons))
        else:
            said = _("%(school)s is added. Give its curator the login and the password.")
            messages.success(request, said % {"school": made})
            return redirect("cabinet:district")
    return render(request, "districts/add_school.html", {"form": form, "account": account})


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@requires(Perm.ACCOUNT_EDIT)
def coordinator(request: Request) -> HttpResponse:
    """Give the district its first coordinator; every further one is that one's business."""
    office = office_over(request.user.workplace)
    if office is None or has_coordinator(office, today()):
        return render(request, "districts/no_coordinator.html", {"office": office})
    form = DistrictAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            given = dict(form.cleaned_data)
            actions.name_coordinator(
                office, full_name=given.pop("person_name"), by=request.user, **given
            )
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            messages.success(request, _("The coordinator can sign in."))
            return redirect("organisations:settings")
    return render(request, "districts/coordinator.html", {"form": form, "office": office})
