"""Pages of training: courses, the schedule, the register, materials."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires, takes_files
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.core.ui import confirm, listing
from nastavnik.core.ui.downloads import download_stored
from nastavnik.core.ui.paging import page_of
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.organisations.models import AcademicYear
from nastavnik.organisations.queries import year_for
from nastavnik.people.models import Person
from nastavnik.programmes.queries import current_programme
from nastavnik.training import actions
from nastavnik.training.access import may_close
from nastavnik.training.catalogues import examples
from nastavnik.training.choices import TrainingAudience
from nastavnik.training.forms import (
    CourseForm,
    FinishForm,
    MaterialForm,
    PeopleForm,
    ResultForm,
    SessionForm,
    result_forms,
)
from nastavnik.training.models import Trainee, TrainingCourse, TrainingMaterial, TrainingSession
from nastavnik.training.queries import (
    Register,
    RegisterRow,
    courses,
    materials_of,
    may_attend,
    register_of,
    untrained_mentors,
)
from nastavnik.training.tables import courses_table, register_table

PER_PAGE = 50


@require_GET
@requires(Perm.TRAINING_VIEW)
def course_list(request: Request) -> HttpResponse:
    """Show the courses of the school and how many mentors of the base are not trained yet."""
    rows = courses(request.user)
    page = page_of(request, rows, PER_PAGE)
    table = courses_table(listing.rows_for(request, page, rows))
    if answer := listing.given(request, table):
        return answer
    context = {
        "page": page,
        "table": table,
        "n_untrained": untrained_mentors(request.user).count(),
        "has_programme": current_programme(request.user) is not None,
        "may_edit": request.user.viewer.may(Perm.TRAINING_EDIT),
        "examples": examples().values(),
    }
    return render(request, "training/courses.html", context)


def _year(request: Request) -> AcademicYear | None:
    """Return the year a new course is of: that of the programme, else that of today."""
    if programme := current_programme(request.user):
        return programme.year
    return year_for(request.user.workplace, today())


@require_http_methods(["GET", "POST"])
@requires(Perm.TRAINING_EDIT)
def add(request: Request) -> HttpResponse:
    """Open a course, blank or by a shipped example."""
    year = _year(request)
    if year is None:
        messages.error(request, _("There is no academic year yet: open a programme first."))
        return redirect("programmes:add")
    example = examples().get(request.GET.get("example", ""))
    initial: dict[str, Any] = {}
    if example:
        initial = {
            "title": example.title,
            "audience": example.audience,
            "hours": example.hours,
            "themes": "\n".join(example.themes),
        }
    form = CourseForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.open_course(year, by=request.user, **form.cleaned_data)
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            messages.success(request, _("The course is open: now its schedule and its people."))
            return redirect("training:course", pk=made.pk)
    context = {"form": form, "example": example, "examples": examples().values(), "year": year}
    return render(request, "training/edit.html", context)


def _course(request: Request, pk: int) -> TrainingCourse:
    return get_object_or_404(
        TrainingCourse.objects.visible_to(request.user).select_related("year"), pk=pk
    )


@require_http_methods(["GET", "POST"])
@requires(Perm.TRAINING_EDIT)
def edit(request: Request, pk: int) -> HttpResponse:
    """Change what a course says of itself."""
    course = _course(request, pk)
    form = CourseForm(request.POST or None, instance=course)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_course(_course(request, pk), by=request.user, **form.cleaned_data)
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            messages.success(request, _("The course is saved."))
            return redirect("training:course", pk=pk)
    return render(
        request,
        "training/edit.html",
        {"form": form, "course": course, "closing": may_close(course)},
    )


@require_http_methods(["GET", "POST"])
@requires(Perm.TRAINING_EDIT)
def remove(request: Request, pk: int) -> HttpResponse:
    """Ask, then take a course away that was begun by mistake."""
    course = _course(request, pk)
    if request.method == "GET":
        if not (verdict := may_close(course)):
            messages.error(request, verdict.reasons[0])
            return redirect("training:course", pk=pk)
        return confirm.ask(
            request,
            heading=_("Take the course away?"),
            sentence=_("«%(title)s» and its schedule go. A course with people or materials stays.")
            % {"title": course.title},
            action=_("Take away"),
            back=reverse("training:course", args=[pk]),
        )
    try:
        actions.close_course(course, by=request.user)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("training:course", pk=pk)
    messages.success(request, _("The course is taken away."))
    return redirect("training:courses")


@require_GET
@requires(Perm.TRAINING_VIEW)
def course(request: Request, pk: int) -> HttpResponse:
    """Show a course: its themes, its schedule, its register, its materials."""
    shown = _course(request, pk)
    register = register_of(request.user, shown)
    if answer := listing.given(request, register_table(shown, register)):
        return answer
    return _show(request, shown, register)


def _show(
    request: Request,
    shown: TrainingCourse,
    register: Register,
    returned: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Return the page of a course; `returned` are forms that come back, by their names on the page."""
    may_edit = request.user.viewer.may(Perm.TRAINING_EDIT)
    held = [one for one in register.sessions if one.held_on <= today()]
    last = max((one.held_on for one in held), default=None)
    planned = {one.theme for one in register.sessions}
    themes = shown.themes.splitlines()
    next_theme = next((one for one in themes if one not in planned), "")
    given = returned or {}
    results = given.get("results") or result_forms(register.rows)
    context = {
        "course": shown,
        "themes": themes,
        "register": register,
        "rows": list(zip(register.rows, results, strict=True)) if may_edit else register.rows,
        "held": {one.pk for one in held},
        "more": may_attend(request.user, shown) if may_edit else (),
        "materials": list(materials_of(request.user, shown)),
        "session_form": SessionForm(initial={"theme": next_theme}),
        "material_form": MaterialForm(),
        "finish_form": FinishForm(initial={"finish_on": last}),
        "may_edit": may_edit,
        "is_of_mentors": shown.audience == TrainingAudience.MENTORS,
        **given,
    }
    return render(request, "training/course.html", context, status=422 if returned else 200)


@require_POST
@requires(Perm.TRAINING_EDIT)
def plan(request: Request, pk: int) -> HttpResponse:
    """Put a session into the schedule."""
    shown = _course(request, pk)
    form = SessionForm(request.POST)
    if form.is_valid():
        try:
            actions.plan_session(shown, by=request.user, **form.cleaned_data)
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            messages.success(request, _("The session is in the schedule."))
            return redirect("training:course", pk=pk)
    return _show(request, shown, register_of(request.user, shown), {"session_form": form})


@require_POST
@requires(Perm.TRAINING_EDIT)
def cancel(request: Request, pk: int) -> HttpResponse:
    """Take a session nobody was at out of the schedule."""
    session = get_object_or_404(TrainingSession.objects.visible_to(request.user), pk=pk)
    course_id = session.course_id
    with refusals_told(request):
        actions.cancel_session(session, by=request.user)
        messages.success(request, _("The session is out of the schedule."))
    return redirect("training:course", pk=course_id)


@require_POST
@requires(Perm.TRAINING_EDIT)
def enrol(request: Request, pk: int) -> HttpResponse:
    """Put the ticked people on the list."""
    shown = _course(request, pk)
    offered = [one.person.pk for one in may_attend(request.user, shown)]
    people = Person.objects.visible_to(request.user).filter(pk__in=offered)
    form = PeopleForm(people, request.POST)
    if form.is_valid():
        made = actions.enrol_trainees(shown, form.cleaned_data["people"], by=request.user)
        messages.success(
            request,
            ngettext("%(n)s person is on the list.", "%(n)s people are on the list.", len(made))
            % {"n": len(made)},
        )
    else:
        messages.error(request, _("Tick at least one person."))
    return redirect("training:course", pk=pk)


@require_POST
@requires(Perm.TRAINING_EDIT)
def drop(request: Request, pk: int) -> HttpResponse:
    """Take somebody off the list."""
    trainee = get_object_or_404(
        Trainee.objects.visible_to(request.user).select_related("person"), pk=pk
    )
    with refusals_told(request):
        actions.drop_trainees([trainee], by=request.user)
        messages.success(
            request, _("%(name)s is off the list.") % {"name": trainee.person.full_name}
        )
    return redirect("training:course", pk=trainee.course_id)


@require_POST
@requires(Perm.TRAINING_EDIT)
def keep(request: Request, pk: int) -> HttpResponse:
    """Keep the register: who came, who has a result; by another button the result of all who were at every session."""
    shown = _course(request, pk)
    register = register_of(request.user, shown)
    results = result_forms(register.rows, request.POST)
    finish = FinishForm(request.POST) if request.POST.get("go") == "finish" else None
    # all of them, so that each says what is wrong with it
    is_fine = not [form for form in results if not form.is_valid()]
    if is_fine and (finish is None or finish.is_valid()):
        entries = _entries(request, register, results)
        if finish is not None:
            _finish(entries, finish)
        try:
            n_changed = actions.keep_register(shown, entries, by=request.user)
        except RefusedError as refusal:
            again = {"results": results, "faults": refusal.reasons}
            return _show(request, shown, register, again)
        messages.success(
            request,
            ngettext(
                "Saved: something changed for %(n)s person.",
                "Saved: something changed for %(n)s people.",
                n_changed,
            )
            % {"n": n_changed}
            if n_changed
            else _("Nothing has changed."),
        )
        return redirect("training:course", pk=pk)
    faults = tuple(
        f"{form.instance.person.short_name}: {error}"
        for form in results
        for errors in form.errors.values()
        for error in errors
    )
    come_back: dict[str, Any] = {"results": results, "faults": faults}
    if finish is not None:
        come_back["finish_form"] = finish
    return _show(request, shown, register, come_back)


def _entries(
    request: Request, register: Register, results: list[ResultForm]
) -> dict[int, actions.RegisterEntry]:
    """Return what the table says; a session without a tick of which nothing was noted stays unnoted."""
    came = {tuple(one.split("-", 1)) for one in request.POST.getlist("came")}
    held = [
        (place, session)
        for place, session in enumerate(register.sessions)
        if session.held_on <= today()
    ]
    noted = {
        session.pk
        for place, session in held
        if any(row.visits[place] is not None for row in register.rows)
        or any(key == str(session.pk) for _trainee, key in came)
    }

    def visits(row: RegisterRow) -> dict[int, bool | None]:
        return {
            session.pk: (str(row.trainee.pk), str(session.pk)) in came
            if session.pk in noted
            else None
            for _place, session in held
        }

    return {
        row.trainee.pk: actions.RegisterEntry(visits(row), **form.cleaned_data)
        for row, form in zip(register.rows, results, strict=True)
    }


def _finish(entries: dict[int, actions.RegisterEntry], form: FinishForm) -> None:
    """Give a result to everybody without one who was at every session held."""
    number = form.cleaned_data["first_number"]
    for key, entry in entries.items():
        if entry.finished_on or not entry.visits or not all(entry.visits.values()):
            continue
        entries[key] = actions.RegisterEntry(
            entry.visits, form.cleaned_data["finish_on"], str(number or "")
        )
        number = number + 1 if number else None


@require_POST
@requires(Perm.TRAINING_EDIT)
@takes_files(most_megabytes=12)
def add_material(request: Request, pk: int) -> HttpResponse:
    """Keep a material to hand out."""
    shown = _course(request, pk)
    form = MaterialForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.keep_material(shown, by=request.user, **form.cleaned_data)
        except RefusedError as refusal:
            form.add_error("file", list(refusal.reasons))
        else:
            messages.success(request, _("The material is kept."))
            return redirect("training:course", pk=pk)
    return _show(request, shown, register_of(request.user, shown), {"material_form": form})


def _material(request: Request, pk: int) -> TrainingMaterial:
    return get_object_or_404(TrainingMaterial.objects.visible_to(request.user), pk=pk)


@require_GET
@requires(Perm.TRAINING_VIEW)
def material(request: Request, pk: int) -> HttpResponse:
    """Hand a material out, as it was given."""
    found = _material(request, pk)
    return download_stored(found.file, found.file_name)


@require_http_methods(["GET", "POST"])
@requires(Perm.TRAINING_EDIT)
def remove_material(request: Request, pk: int) -> HttpResponse:
    """Ask, then take a material away."""
    found = _material(request, pk)
    back = reverse("training:course", args=[found.course_id])
    if request.method == "GET":
        return confirm.ask(
            request,
            heading=_("Take the material away?"),
            sentence=_("The file «%(name)s» is deleted and comes back only from a backup.")
            % {"name": found.file_name},
            action=_("Take away"),
            back=back,
        )
    actions.drop_material(found, by=request.user)
    messages.success(request, _("The material is taken away."))
    return redirect(back)
