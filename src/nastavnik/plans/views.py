"""Pages of individual plans: the list, one plan, its steps, many at once, the library."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nastavnik.core import looks
from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request, key_of, ticked
from nastavnik.core.text import fold
from nastavnik.core.ui import confirm, listing
from nastavnik.core.ui.downloads import download
from nastavnik.core.ui.paging import page_of
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.documents.actions import draft_document, refresh_document
from nastavnik.documents.queries import content_of
from nastavnik.documents.rendering import blocks_of
from nastavnik.people.choices import PersonKind
from nastavnik.people.queries import group_names
from nastavnik.plans import actions
from nastavnik.plans.access import goes_on, reads_by_press
from nastavnik.plans.choices import IN_WORK, PLAN_PAPER, PlanStatus
from nastavnik.plans.documents import compose_plan
from nastavnik.plans.forms import (
    ItemsDoneForm,
    LibraryForm,
    PaperDayForm,
    PlanFilter,
    PlanPage,
    ties_of,
)
from nastavnik.plans.models import IndividualPlan, LibraryItem, PlanItem
from nastavnik.plans.queries import (
    PICTURES,
    editions_of,
    fresh_plans,
    held_meetings,
    is_staff_tie,
    library_of,
    offered_to,
    papers_of,
    plan_rows,
    plans_seen,
    plans_to_approve,
    plans_written,
    ties_without_plan,
    why_closed,
    wish_of,
)
from nastavnik.plans.tables import plans_table, waiting_table
from nastavnik.programmes.models import MentoringForm
from nastavnik.programmes.queries import current_programme
from nastavnik.writers.pdfs import draw_pdf
from nastavnik.writers.wordfiles import draw_docx

PER_PAGE = 50
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"


@require_GET
@requires(Perm.PAIR_VIEW)
def plan_list(request: Request) -> HttpResponse:
    """Show how the plans of all pairs that go on stand, the overdue first."""
    filters = PlanFilter(request.GET)
    filters.is_valid()
    narrowed = listing.narrowed_by(filters)
    rows = plan_rows(request.user)
    n_late = sum(bool(row.n_late) for row in rows)
    n_none = sum(row.plan_id is None for row in rows)
    n_all = len(rows)
    wanted, words = filters.cleaned_data.get("state", ""), fold(filters.cleaned_data.get("q", ""))
    found = [
        row
        for row in rows
        if wanted in ("", row.code)
        and words in fold(f"{row.mentee.full_name} {row.mentor.full_name}")
    ]
    order = ("late", "none", "work", "waiting", "goes")
    found.sort(key=lambda row: order.index(row.code))
    page = page_of(request, found, PER_PAGE)
    shown = listing.rows_for(request, page, found)
    groups = group_names(one for row in shown for one in (row.mentor, row.mentee))
    table = plans_table(shown, groups, narrowed)
    if answer := listing.given(request, table):
        return answer
    viewer = request.user.viewer
    context = {
        "page": page,
        "table": table,
        "filters": filters,
        "is_filtered": bool(wanted or words),
        "n_all": n_all,
        "n_late": n_late,
        "n_none": n_none,
        "may_make": viewer.may(Perm.PAIR_APPROVE),
        "n_fresh": fresh_plans(request.user).count() if viewer.may(Perm.PAIR_APPROVE) else 0,
        "n_waiting": plans_to_approve(request.user).count() if viewer.may(Perm.PLAN_APPROVE) else 0,
    }
    return render(request, "plans/list.html", context)


@require_POST
@requires(Perm.PLAN_EDIT)
def open_plan(request: Request) -> HttpResponse:
    """Begin the plan of one mentee and open it to be written."""
    tie = get_object_or_404(ties_without_plan(request.user), pk=key_of(request.POST.get("tie", "")))
    try:
        made = actions.open_plans([tie], by=request.user)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return _to_pair(request, tie.mentorship_id)
    if not made:
        messages.error(request, _("Somebody else has just begun this plan."))
        return _to_pair(request, tie.mentorship_id)
    messages.success(
        request, _("The plan is begun with the request and ready items: change what is otherwise.")
    )
    return redirect("plans:edit", pk=made[0].pk)


def _to_pair(request: Request, pk: int) -> HttpResponse:
    if request.user.viewer.may(Perm.PAIR_VIEW):
        return redirect("mentorships:card", pk=pk)
    return redirect("mentorships:own")


@require_http_methods(["GET", "POST"])
@requires(Perm.PAIR_APPROVE)
def make(request: Request) -> HttpResponse:
    """Begin the plans of many at once: first who gets one and with what, then with one press."""
    ties = list(ties_without_plan(request.user))
    if request.method == "POST":
        chosen = ties_of(ticked(request, "ties"), ties)
        if not chosen:
            messages.error(request, _("Tick at least one mentee."))
            return redirect("plans:make")
        try:
            made = actions.open_plans(chosen, by=request.user)
        except RefusedError as refusal:
            for reason in refusal.reasons:
                messages.error(request, reason)
            return redirect("plans:make")
        messages.success(
            request,
            ngettext("%(n)s plan is begun.", "%(n)s plans are begun.", len(made))
            % {"n": len(made)},
        )
        return redirect("plans:list")
    groups = group_names(
        one for tie in ties for one in (tie.mentee.person, tie.mentorship.mentor.person)
    )
    rows = [(tie, wish_of(tie.mentee)) for tie in ties]
    return render(request, "plans/make.html", {"ties": ties, "rows": rows, "groups": groups})


@require_POST
@requires(Perm.PAIR_APPROVE)
def make_back(request: Request) -> HttpResponse:
    """Take back the plans one has just begun and nobody has written in."""
    with refusals_told(request):
        gone = actions.take_back_plans(fresh_plans(request.user), by=request.user)
        messages.success(
            request,
            ngettext("%(n)s plan is taken back.", "%(n)s plans are taken back.", len(gone))
            % {"n": len(gone)},
        )
    return redirect("plans:list")


@require_http_methods(["GET", "POST"])
@requires(Perm.PLAN_APPROVE)
def approve(request: Request) -> HttpResponse:
    """Show the plans that wait for approval; approve the ticked ones, here or as signed on paper."""
    rows = list(plans_to_approve(request.user).prefetch_related("goals", "items"))
    form = PaperDayForm(request.POST if "paper" in request.POST else None)
    if request.method == "POST":
        wanted = set(ticked(request, "plans"))
        chosen = [row for row in rows if row.pk in wanted]
        on_paper = "paper" in request.POST or not _is_head(request)
        if not chosen:
            messages.error(request, _("Tick at least one plan."))
        elif on_paper and not form.is_valid():
            messages.error(request, _("Write the day on which the plans were signed."))
        else:
            try:
                done = actions.approve_plans(
                    chosen,
                    on=form.cleaned_data["on"] if on_paper else None,
                    on_paper=on_paper,
                    by=request.user,
                )
            except RefusedError as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(
                    request,
                    ngettext(
                        "%(n)s plan is approved. On its page the approval can be taken back.",
                        "%(n)s plans are approved. On its page each approval can be taken back.",
                        len(done),
                    )
                    % {"n": len(done)},
                )
        return redirect("plans:approve")
    groups = group_names(
        one for row in rows for one in (row.tie.mentee.person, row.tie.mentorship.mentor.person)
    )
    table = waiting_table(rows, groups)
    if answer := listing.given(request, table):
        return answer
    context = {"rows": rows, "table": table, "form": PaperDayForm(), "is_head": _is_head(request)}
    return render(request, "plans/approve.html", context)


def _is_head(request: Request) -> bool:
    """Tell whether the user approves by the own word: whoever only keeps the papers notes what was signed."""
    return not request.user.viewer.may(Perm.PLAN_EDIT) or not request.user.viewer.may(
        Perm.PAIR_APPROVE
    )


def _plan(request: Request, pk: int) -> IndividualPlan:
    return get_object_or_404(plans_seen(request.user), pk=pk)


def _written(request: Request, pk: int) -> IndividualPlan:
    return get_object_or_404(plans_written(request.user), pk=pk)


@require_GET
@requires(Perm.PLAN_VIEW)
def plan(request: Request, pk: int) -> HttpResponse:
    """Show one edition of a plan: what is agreed, what is done, what comes next."""
    return _show(request, _plan(request, pk))


def _show(
    request: Request, shown: IndividualPlan, done_form: ItemsDoneForm | None = None
) -> HttpResponse:
    mentee, pair = shown.tie.mentee.person, shown.tie.mentorship
    mentor = pair.mentor.person
    looks.note_look(request, "plan", [mentee.pk, mentor.pk], organisation_id=shown.organisation_id)
    closed = why_closed(shown)
    may_write = shown.is_written_by(request.user)
    items = [] if closed else list(shown.items.select_related("meeting"))
    live = [item for item in items if not item.is_dropped]
    editions = editions_of(request.user, shown)
    in_force = next((one for one in editions if one.status == PlanStatus.APPROVED), None)
    in_work = next((one for one in editions if one.status in IN_WORK), None)
    counts = shown == (in_force or in_work)
    stands = bool(goes_on(shown)) and not closed
    may_approve = stands and pair.is_allowed_to(request.user, Perm.PLAN_APPROVE)
    is_mentee = request.user.viewer.person_id == mentee.pk
    context = {
        "plan": shown,
        "pair": pair,
        "mentor": mentor,
        "mentee": mentee,
        "groups": group_names([mentor, mentee]),
        "today": today(),
        "picture": PICTURES[PlanStatus(shown.status)],
        "closed": closed,
        "goals": [] if closed else list(shown.goals.all()),
        "items": live,
        "dropped": [item for item in items if item.is_dropped] if may_write else [],
        "n_done": sum(item.done_on is not None for item in live),
        "editions": editions,
        "in_force": in_force,
        "in_work": in_work,
        "counts": counts,
        "is_staff": is_staff_tie(shown.tie),
        "stands": stands,
        "may_write": may_write and stands,
        "sees_notes": may_write,
        "may_read": stands
        and is_mentee
        and shown.status == PlanStatus.DRAWN
        and reads_by_press(mentee),
        "reads_by_press": reads_by_press(mentee),
        "may_approve": may_approve,
        "is_head": _is_head(request),
        "signed_form": PaperDayForm(auto_id="signed_%s"),
        "done_form": done_form or ItemsDoneForm(held_meetings(shown)),
        "papers": list(papers_of(request.user, shown)),
        "may_register": request.user.viewer.may(Perm.DOCUMENT_EDIT) and not closed,
        "may_see_pair": request.user.viewer.may(Perm.PAIR_VIEW),
    }
    is_wrong = done_form is not None
    return render(request, "plans/plan.html", context, status=422 if is_wrong else 200)


@require_http_methods(["GET", "POST"])
@requires(Perm.PLAN_EDIT)
def edit(request: Request, pk: int) -> HttpResponse:
    """Write a plan that is being drawn up, all of it on one page."""
    shown = _written(request, pk)
    if shown.status != PlanStatus.DRAFT or not goes_on(shown) or why_closed(shown):
        if shown.status != PlanStatus.DRAFT:
            messages.error(request, _("The plan is drawn up: take it back into work first."))
        return redirect("plans:plan", pk=pk)
    items = list(shown.items.live())
    titles = {item.title for item in shown.items.all()}
    variant = request.POST.get("variant", shown.variant)
    offered = [one for one in offered_to(shown.tie, variant) if one.title not in titles]
    data = request.POST if request.method == "POST" else None
    page = PlanPage(shown, shown.goals.all(), items, offered, data)
    if data is not None and page.is_valid():
        try:
            actions.keep_plan(_written(request, pk), page.content(), by=request.user)
        except RefusedError as refusal:
            page.form.add_error(None, list(refusal.reasons))
        else:
            messages.success(request, _("The plan is saved."))
            return redirect("plans:edit" if "more" in data else "plans:plan", pk=pk)
    context = {
        "plan": shown,
        "pair": shown.tie.mentorship,
        "mentee": shown.tie.mentee.person,
        "mentor": shown.tie.mentorship.mentor.person,
        "form": page.form,
        "goals": page.goals,
        "items": page.items,
        "offered": offered,
        "taken": {one.code for one in page.taken},
        "is_staff": is_staff_tie(shown.tie),
    }
    status = 422 if data is not None else 200
    return render(request, "plans/edit.html", context, status=status)


@require_POST
@requires(Perm.PLAN_VIEW)
def step(request: Request, pk: int) -> HttpResponse:
    """Take a plan a step on or back; reading and approval on paper with the day of the signature."""
    to = request.POST.get("to", "")
    if not {to, request.POST.get("was", "")} <= set(PlanStatus.values):
        messages.error(request, _("Press one of the buttons of the plan."))
        return redirect("plans:plan", pk=_plan(request, pk).pk)
    was = request.POST.get("was", "")
    is_back = was == PlanStatus.APPROVED
    approving = to == PlanStatus.APPROVED or is_back
    shown = _to_approve(request, pk) if approving else _written(request, pk)
    # who writes the plan notes a reading on paper; the press is the mentee's own (`read`)
    on_paper = to == PlanStatus.ACQUAINTED or not _is_head(request)
    is_signed = on_paper and not is_back and to in {PlanStatus.ACQUAINTED, PlanStatus.APPROVED}
    form = PaperDayForm(request.POST if is_signed else None)
    if form.is_bound and not form.is_valid():
        messages.error(request, _("Write the day on which it was signed."))
        return redirect("plans:plan", pk=pk)
    with refusals_told(request):
        moved = actions.move_plan(
            shown,
            PlanStatus(to),
            was=PlanStatus(was),
            on=form.cleaned_data["on"] if form.is_bound else None,
            on_paper=form.is_bound,
            by=request.user,
        )
        messages.success(
            request, _("Done. The plan: %(state)s.") % {"state": moved.get_status_display()}
        )
    return redirect("plans:plan", pk=pk)


def _to_approve(request: Request, pk: int) -> IndividualPlan:
    if not request.user.viewer.may(Perm.PLAN_APPROVE):
        raise Http404
    rows = IndividualPlan.objects.visible_to(request.user).approved_by(request.user)
    return get_object_or_404(rows, pk=pk)


@require_POST
@requires(Perm.PLAN_VIEW)
def read(request: Request, pk: int) -> HttpResponse:
    """Let a grown-up mentee say that the own plan was read."""
    shown = _plan(request, pk)
    mentee = shown.tie.mentee.person
    if request.user.viewer.person_id != mentee.pk:
        raise Http404
    if not reads_by_press(mentee):
        messages.error(request, _("You sign the plan on paper: your mentor has it."))
        return redirect("plans:plan", pk=pk)
    with refusals_told(request):
        actions.move_plan(shown, PlanStatus.ACQUAINTED, was=PlanStatus.DRAWN, by=request.user)
        messages.success(request, _("Noted: you have read your plan."))
    return redirect("plans:plan", pk=pk)


@require_POST
@requires(Perm.PLAN_EDIT)
def done(request: Request, pk: int) -> HttpResponse:
    """Tick items of a plan, at a meeting or on a day."""
    shown = _written(request, pk)
    form = ItemsDoneForm(held_meetings(shown), request.POST)
    keys = ticked(request, "items")
    if not form.is_valid():
        return _show(request, shown, form)
    if not keys:
        messages.error(request, _("Tick at least one item."))
        return redirect("plans:plan", pk=pk)
    meeting, day = form.chosen()
    with refusals_told(request):
        done_items = actions.tick_items(
            shown,
            list(shown.items.filter(pk__in=keys)),
            on=day,
            meeting=meeting,
            words=form.cleaned_data["words"],
            by=request.user,
        )
        messages.success(
            request,
            ngettext("%(n)s item is done.", "%(n)s items are done.", len(done_items))
            % {"n": len(done_items)},
        )
    return redirect("plans:plan", pk=pk)


def _item(request: Request, pk: int) -> PlanItem:
    return get_object_or_404(
        PlanItem.objects.visible_to(request.user)
        .filter(plan__in=plans_written(request.user))
        .select_related("plan"),
        pk=pk,
    )


@require_POST
@requires(Perm.PLAN_EDIT)
def undo(request: Request, pk: int) -> HttpResponse:
    """Take back that an item is done."""
    item = _item(request, pk)
    with refusals_told(request):
        actions.untick_item(item, by=request.user)
        messages.success(request, _("The item is open again."))
    return redirect("plans:plan", pk=item.plan_id)


@require_POST
@requires(Perm.PLAN_EDIT)
def restore(request: Request, pk: int) -> HttpResponse:
    """Put back what was taken out of a plan."""
    item = _item(request, pk)
    with refusals_told(request):
        actions.restore_item(item, by=request.user)
        messages.success(request, _("The item is back in the plan."))
    return redirect("plans:plan", pk=item.plan_id)


@require_POST
@requires(Perm.PLAN_EDIT)
def edition(request: Request, pk: int) -> HttpResponse:
    """Begin a new edition of an approved plan."""
    shown = _written(request, pk)
    try:
        made = actions.open_edition(shown, by=request.user)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("plans:plan", pk=pk)
    messages.success(
        request, _("A new edition: the approved one is in force until this one is approved.")
    )
    return redirect("plans:edit", pk=made.pk)


@require_http_methods(["GET", "POST"])
@requires(Perm.PLAN_EDIT)
def discard(request: Request, pk: int) -> HttpResponse:
    """Ask, then throw away an edition that is being drawn up."""
    shown = _written(request, pk)
    if request.method == "GET":
        if shown.status != PlanStatus.DRAFT:
            messages.error(request, _("The plan is drawn up: take it back into work first."))
            return redirect("plans:plan", pk=pk)
        return confirm.ask(
            request,
            heading=_("Throw this edition away?"),
            sentence=_("What is written in it goes. An approved edition stays in force."),
            action=_("Throw away"),
            back=reverse("plans:plan", args=[pk]),
        )
    try:
        actions.take_back_plans([shown], by=request.user)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("plans:plan", pk=pk)
    messages.success(request, _("The edition is thrown away."))
    former = plans_seen(request.user).filter(tie=shown.tie_id).order_by("-edition").first()
    if former is not None:
        return redirect("plans:plan", pk=former.pk)
    return _to_pair(request, shown.tie.mentorship_id)


@require_GET
@requires(Perm.PLAN_VIEW)
def paper(request: Request, pk: int) -> HttpResponse:
    """Give the plan as a paper to sign, .docx or .pdf, as it is now."""
    shown = _plan(request, pk)
    if reasons := why_closed(shown):
        messages.error(request, reasons[0])
        return redirect("plans:plan", pk=pk)
    content = content_of(PLAN_PAPER, compose_plan(shown))
    people = {shown.tie.mentee.person_id, shown.tie.mentorship.mentor.person_id}
    looks.note_taken_out(request, "plan", people, as_file=True)
    title = content["title"]
    name = get_valid_filename(title)
    if request.GET.get("as") == "pdf":
        return download(draw_pdf(title, blocks_of(content)), f"{name}.pdf", PDF)
    return download(draw_docx(title, blocks_of(content)), f"{name}.docx", DOCX)


@require_POST
@requires(Perm.DOCUMENT_EDIT)
def register(request: Request, pk: int) -> HttpResponse:
    """Put the paper of a plan into the register as a draft, or open the one that is there."""
    shown = _plan(request, pk)
    known = papers_of(request.user, shown).first()
    if known is None:
        if reasons := why_closed(shown):
            messages.error(request, reasons[0])
            return redirect("plans:plan", pk=pk)
        year = shown.tie.mentorship.programme.year
        known = draft_document(year, PLAN_PAPER, subject_id=shown.pk, by=request.user)
        refresh_document(known, by=request.user)
        messages.success(request, _("The paper is in the register as a draft."))
    return redirect("documents:card", pk=known.pk)


# ---------------------------------------------------------------- the library


def _forms(request: Request) -> list[MentoringForm]:
    """Return the forms whose library the user keeps: those of the programme, a curator of some forms the own ones."""
    programme = current_programme(request.user)
    if programme is None:
        return []
    codes = request.user.viewer.form_codes(Perm.PAIR_APPROVE, programme.organisation_id)
    rows = programme.forms.prefetch_related("variants")
    return [form for form in rows if not codes or form.code in codes]


def _is_of_staff(form: MentoringForm) -> bool:
    # the plan is the mentee's, and a veteran may lead a teacher
    return set(form.mentee_kinds) == {PersonKind.TEACHER.value}


def _chosen_form(forms: list[MentoringForm], code: str) -> MentoringForm:
    found = next((form for form in forms if form.code == code), None)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@requires(Perm.PAIR_APPROVE)
def library(request: Request) -> HttpResponse:
    """Show what plans of a form are begun with; add an item of the organisation's own."""
    forms = _forms(request)
    if not forms:
        return render(request, "plans/library.html", {"forms": forms})
    shown = _chosen_form(forms, request.GET.get("form") or forms[0].code)
    data = request.POST if request.method == "POST" else None
    form = LibraryForm(shown, data, is_staff=_is_of_staff(shown))
    if data is not None and form.is_valid():
        try:
            actions.add_library_item(
                shown, request.user.workplace, by=request.user, **form.cleaned_data
            )
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            messages.success(request, _("The item is in the library."))
            return _to_library(shown)
    context: dict[str, Any] = {
        "forms": forms,
        "shown": shown,
        "items": library_of(shown),
        "form": form,
        "is_staff": _is_of_staff(shown),
    }
    status = 422 if data is not None else 200
    return render(request, "plans/library.html", context, status=status)


def _to_library(form: MentoringForm) -> HttpResponse:
    return redirect(f"{reverse('plans:library')}?form={form.code}")


@require_POST
@requires(Perm.PAIR_APPROVE)
def hide(request: Request) -> HttpResponse:
    """Offer a shipped item no more."""
    form = _chosen_form(_forms(request), request.POST.get("form", ""))
    code = request.POST.get("code", "")
    known = {one.code for one in library_of(form) if one.own is None}
    if code not in known:
        raise Http404
    actions.hide_library_item(form, request.user.workplace, code, by=request.user)
    messages.success(request, _("The item is offered no more: it can be put back below."))
    return _to_library(form)


@require_POST
@requires(Perm.PAIR_APPROVE)
def drop_own(request: Request, pk: int) -> HttpResponse:
    """Take an own item out of the library, or offer a shipped one again."""
    forms = _forms(request)
    item = get_object_or_404(
        LibraryItem.objects.visible_to(request.user).select_related("form"),
        pk=pk,
        form__in=[form.pk for form in forms],
    )
    actions.drop_library_item(item, by=request.user)
    said = _("The item is offered again.") if item.hides else _("The item is out of the library.")
    messages.success(request, said)
    return _to_library(item.form)
