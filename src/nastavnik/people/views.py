"""Pages of people and accounts."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nastavnik.core import codes, looks, sessions, signins, tries
from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import public, requires, takes_files
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks import search
from nastavnik.core.http import Request, key_of, onward_from
from nastavnik.core.text import fold
from nastavnik.core.ui import confirm, listing
from nastavnik.core.ui.downloads import download
from nastavnik.core.ui.paging import page_of
from nastavnik.core.ui.personal_links import opens_here_only, site_of
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.jobs.actions import ask_for_job
from nastavnik.jobs.models import Job
from nastavnik.jobs.queries import unfinished
from nastavnik.jobs.tasks import address_of, waited_for
from nastavnik.organisations.queries import year_for
from nastavnik.people import actions, adapter, tasks
from nastavnik.people.access import (
    code_counted,
    half_signed_in,
    may_be_corrected,
    may_end_role,
    may_switch_off,
    renewals,
)
from nastavnik.people.choices import MERGE_UNDO_DAYS, ImportStatus, PersonKind, RosterKind
from nastavnik.people.forms import (
    AccountForm,
    ClassTeacherForm,
    CodeForm,
    ColumnsForm,
    ListUploadForm,
    MergeForm,
    NextYearForm,
    PasswordForm,
    PersonFilter,
    PersonForm,
    SecondStepForm,
    SignInForm,
    SlipsForm,
    WaitingRowsForm,
)
from nastavnik.people.models import (
    ClassTransfer,
    Enrolment,
    Membership,
    Person,
    PersonMerge,
    RosterImport,
    SecondStep,
    SlipHalf,
    StudyGroup,
    User,
    holds_on,
)
from nastavnik.people.queries import (
    DAYS_TO_TAKE_BACK,
    Entrant,
    asks_code,
    class_names,
    classes_to_take_over,
    entrants,
    entrants_of,
    family_of,
    group_names,
    held_of,
    kinds_of,
    known_people,
    last_transfer,
    likely_doubles,
    may_be_one,
    merged_into,
    namesakes_of,
    next_year_bounds,
    recent_merges,
    roster,
    second_step_of,
    steps_to_end,
    why_transfer_stays,
    year_to_leave,
)
from nastavnik.people.tables import (
    accounts_table,
    groups_table,
    kinds_counted,
    list_to_correct,
    roster_table,
    slip_lines,
)

PER_PAGE = 50
LEAST_TEXT = 12  # signs: shorter values are ticks and keys
AT_MOST_FOUND = 20
LEAST_RECOVERY = 3
MANY_WRONG = 5  # tries: fewer are one's own mistyping
ROWS_PER_PAGE = 200  # of a list being checked
COLUMNS_SHOWN = 40
ERRORS_SHOWN = 200
CORRECTED_AT_ONCE = 30  # rows; a page, and far from the thousand controls Django takes
SKIPPED_SHOWN = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
@public
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for login and password."""
    onward = onward_from(request, request.POST.get("next") or request.GET.get("next", ""))
    if request.user.is_authenticated:
        return redirect(onward)
    form = SignInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid() and form.user is not None:
        if asks_code(form.user):
            mark = form.user.get_session_auth_hash()
            sessions.begin_half(request, account=form.user.pk, mark=mark, onward=onward)
            return redirect("people:sign-in-code")
        return _signed_in(request, form.user, onward)
    return render(request, "people/sign_in.html", {"form": form, "next": onward})


def _signed_in(request: HttpRequest, user: User, onward: str) -> HttpResponse:
    """Begin the session, and know the browser again: only now, when nothing more is asked."""
    sessions.forget_half(request)
    login(request, user, backend="nastavnik.people.access.Accounts")
    signins.note_success(request, user)
    if (n := signins.n_wrong_since_last(user)) >= MANY_WRONG:
        messages.warning(request, _many_wrong(n))
    response = redirect("people:typed" if sessions.typed_by(request) else onward)
    tries.remember_device(request, response, user.login)
    return response


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@public
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask whoever has typed the right password for the code of the second step."""
    if request.user.is_authenticated:
        return redirect("cabinet:home")
    user, kept = half_signed_in(request), sessions.half_of(request)
    if user is None or kept is None:
        if sessions.forget_half(request):
            messages.info(request, _("Five minutes are over: type the password once more."))
        return redirect("people:sign-in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with code_counted(user):
                step = actions.pass_second_step(user, form.cleaned_data["code"], by=user)
        except RefusedError as refusal:
            form.add_error("code", list(refusal.reasons))
        else:
            if step.n_recovery < LEAST_RECOVERY:
                messages.warning(request, _few_left(step))
            return _signed_in(request, user, kept["onward"])
    response = render(request, "people/sign_in_code.html", {"form": form})
    response.headers["Cache-Control"] = "no-store"
    return response


def _many_wrong(n: int) -> str:
    return ngettext(
        "Since you last signed in a wrong password or code was typed %(n)s time. Was it not you? Change the password: at the foot of the page.",
        "Since you last signed in a wrong password or code was typed %(n)s times. Was it not you? Change the password: at the foot of the page.",
        n,
    ) % {"n": n}


def _few_left(step: SecondStep) -> str:
    return ngettext(
        "%(n)s recovery code is left: make new ones, «Change my password» → «The second step».",
        "%(n)s recovery codes are left: make new ones, «Change my password» → «The second step».",
        step.n_recovery,
    ) % {"n": step.n_recovery}


@require_POST
@public
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; the browser forgets the pages it has kept."""
    logout(request)
    response = redirect("people:sign-in")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
@requires(Perm.HOME)
def end_others(request: Request) -> HttpResponse:
    """End one's sessions on other computers."""
    actions.end_other_sessions(request.user, by=request.user)
    update_session_auth_hash(request, request.user)
    messages.success(request, _("Signed out everywhere but here."))
    return redirect("people:password")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@requires(Perm.SECOND_STEP)
def second_step(request: Request) -> HttpResponse:
    """Show how one's second step stands; with the password and a code switch it on, off, or make new recovery codes."""
    step = second_step_of(request.user)
    if request.method == "POST" and (step is None or not (step.is_on or step.is_begun)):
        return redirect("people:second-step")
    is_on = step is not None and step.is_on
    form = SecondStepForm(request, request.user, request.POST or None, is_on=is_on)
    if request.method == "POST" and step is not None and form.is_valid():
        try:
            with code_counted(request.user):
                return _step_changed(request, step, form.cleaned_data["code"])
        except RefusedError as refusal:
            form.add_error("code", list(refusal.reasons))
    context: dict[str, object] = {"step": step, "form": form}
    if step is not None and step.is_begun:
        side, path = codes.picture(step.secret, request.user.login)
        context |= {"side": side, "path": path, "key": codes.grouped(step.secret)}
    return render(request, "people/second_step.html", context)


def _step_changed(request: Request, step: SecondStep, code: str) -> HttpResponse:
    user = request.user
    if step.is_begun:
        printed = actions.confirm_second_step(user, code, by=user)
        # who has signed in elsewhere without a code types one now
        actions.end_other_sessions(user, by=user)
        update_session_auth_hash(request, user)
    elif request.POST.get("do") == "codes":
        printed = actions.renew_recovery_codes(user, code, by=user)
    else:
        actions.end_second_step(user, code, by=user)
        messages.success(
            request, _("The second step is off: at sign-in only the password is asked.")
        )
        return redirect("people:second-step")
    return render(request, "people/recovery_codes.html", {"codes": printed})


@require_POST
@requires(Perm.SECOND_STEP)
def begin_second_step(request: Request) -> HttpResponse:
    """Make a key to be read by a telephone; a code switches the step on."""
    with refusals_told(request):
        actions.begin_second_step(request.user, by=request.user)
    return redirect("people:second-step")


@require_POST
@requires(Perm.SECOND_STEP)
def note_second_step(request: Request) -> HttpResponse:
    """Note that one has read who ended the second step."""
    actions.note_second_step_off(request.user, by=request.user)
    return redirect("people:second-step")


@require_http_methods(["GET", "POST"])
@requires(Perm.HOME)
def typed(request: Request) -> HttpResponse:
    """Give back what was typed into a form whose session had ended; it is sent once more, or thrown away."""
    kept = sessions.typed_by(request)
    if request.method == "POST" or kept is None:
        sessions.forget_typed(request)
        return redirect("cabinet:home")
    texts = [value for _name, value in kept["fields"] if len(value) >= LEAST_TEXT]
    return render(request, "people/typed.html", {"kept": kept, "texts": texts})


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@requires(Perm.HOME, with_one_time=True)
def change_password(request: Request) -> HttpResponse:
    """Change one's own password; other sessions of the account end."""
    form = PasswordForm(request, request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.change_password(request.user, form.cleaned_data["password"], by=request.user)
        update_session_auth_hash(request, request.user)
        messages.success(
            request, _("The password is changed. Other computers will ask for it anew.")
        )
        return redirect("cabinet:home")
    if request.user.must_change_password:
        return render(request, "people/own_password.html", {"form": form})
    may = request.user.viewer.may(Perm.SECOND_STEP)
    shown = {"form": form, "may_second_step": may, "sign_ins": signins.own(request.user)}
    return render(request, "people/password.html", shown)


@require_GET
@requires(Perm.ROSTER_VIEW)
def people_list(request: Request) -> HttpResponse:
    """Show the roster with filters, a page at a time."""
    filters = PersonFilter(class_names(request.user), request.GET)
    filters.is_valid()
    people = roster(request.user, **filters.cleaned_data)
    page = page_of(request, people, PER_PAGE)
    rows = listing.rows_for(request, page, people)
    narrowed = listing.narrowed_by(filters)
    table = roster_table(rows, group_names(rows), narrowed)
    if answer := listing.given(request, table):
        return answer
    return render(
        request,
        "people/list.html",
        {
            "table": table,
            "lines": table.lines,
            "page": page,
            "counted": kinds_counted(kinds_of(people)),
            "filters": filters,
            "is_filtered": any(filters.cleaned_data.values()),
            "sees_part": request.user.viewer.sees_part(Perm.ROSTER_VIEW),
            "may_edit": request.user.viewer.may(Perm.ROSTER_EDIT),
        },
    )


@require_GET
@requires(Perm.ROSTER_VIEW)
def person_card(request: Request, pk: int) -> HttpResponse:
    """Show one person."""
    person = get_object_or_404(
        Person.objects.visible_to(request.user).select_related("partner"), pk=pk
    )
    looks.note_look(request, "card", [person.pk], organisation_id=person.organisation_id)
    enrolments = (
        Enrolment.objects.visible_to(request.user)
        .filter(person=person)
        .select_related("study_group__year")
    )
    # an erased card is not filled again: nothing to press there that would be refused
    may_edit = request.user.viewer.may(Perm.ROSTER_EDIT) and bool(may_be_corrected(person))
    return render(
        request,
        "people/card.html",
        {
            "person": person,
            "age": person.age_on(today()),
            "merged_into": merged_into(person),
            "enrolments": enrolments,
            "groups": search.about(request.user, person.pk),
            "may_edit": may_edit,
            "members": family_of(request.user, person) if may_edit else [],
            "may_give": person.organisation_id
            in request.user.viewer.answers_for(Perm.DOSSIER_GIVE),
        },
    )


@require_http_methods(["GET", "POST"])
@requires(Perm.ROSTER_EDIT)
def family(request: Request, pk: int) -> HttpResponse:
    """Note who is of a person's family; the same last names are offered first."""
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    if request.method == "POST":
        key = request.POST.get("person", "")
        other = get_object_or_404(Person.objects.visible_to(request.user), pk=key_of(key))
        with refusals_told(request):
            if request.POST.get("is") == "yes":
                actions.join_family(person, other, by=request.user)
                messages.success(
                    request, _("Noted: one family. The next matching keeps them apart.")
                )
            elif other.household_id and other.household_id == person.household_id:
                actions.leave_family(other, by=request.user)
                messages.success(request, _("Noted: not of the family."))
        return redirect("people:family", pk=pk)
    members, wanted = family_of(request.user, person), request.GET.get("q", "").strip()[:100]
    known = {person.pk, *(one.pk for one in members)}
    some = roster(request.user, q=wanted) if wanted else namesakes_of(request.user, person)
    found = [one for one in some[: AT_MOST_FOUND + 1 + len(known)] if one.pk not in known]
    shown = found[:AT_MOST_FOUND]
    context = {
        "person": person,
        "members": members,
        "wanted": wanted,
        "found": shown,
        "is_more": len(found) > len(shown),
        "groups": group_names([*members, *shown]),
    }
    return render(request, "people/family.html", context)


@require_http_methods(["GET", "POST"])
@requires(Perm.ROSTER_EDIT)
def add_person(request: Request) -> HttpResponse:
    """Put one person on the roster by hand."""
    organisation = request.user.workplace
    form = PersonForm(
        request.user, organisation, request.POST or None, instance=Person(organisation=organisation)
    )
    if request.method == "POST" and form.is_valid():
        try:
            person = actions.register_person(
                organisation,
                group=form.cleaned_data.pop("group"),
                by=request.user,
                **form.cleaned_data,
            )
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            messages.success(request, _("%(name)s is on the roster.") % {"name": person.full_name})
            return redirect("people:card", pk=person.pk)
    return render(request, "people/edit.html", {"form": form, "person": None})


@require_http_methods(["GET", "POST"])
@requires(Perm.ROSTER_EDIT)
def edit_person(request: Request, pk: int) -> HttpResponse:
    """Correct a card."""
    person = get_object_or_404(
        Person.objects.visible_to(request.user).select_related("organisation"), pk=pk
    )
    looks.note_look(request, "card", [person.pk], organisation_id=person.organisation_id)
    group = group_names([person]).get(person.pk, "")
    # the form cleans onto its own copy, so that the action sees what really changes
    form = PersonForm(
        request.user,
        person.organisation,
        request.POST or None,
        instance=Person.objects.visible_to(request.user).get(pk=pk),
        initial={"group": group},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_person(
                person, group=form.cleaned_data.pop("group"), by=request.user, **form.cleaned_data
            )
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            messages.success(request, _("The card is saved."))
            return redirect("people:card", pk=person.pk)
    return render(request, "people/edit.html", {"form": form, "person": person})


@require_http_methods(["GET", "POST"])
@requires(Perm.ROSTER_EDIT)
def mark_left(request: Request, pk: int) -> HttpResponse:
    """Ask, then say that a person has left the organisation; one who has left is taken back."""
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    if request.method == "GET" and person.left_on is None:
        return confirm.ask(
            request,
            heading=_("Has this person left?"),
            sentence=_(
                "%(name)s goes off the roster and out of the class today; papers and pairs stay as they are. The card keeps the button «Back on the roster»."
            )
            % {"name": person.full_name},
            action=_("Has left"),
            back=reverse("people:card", args=[pk]),
        )
    if request.method == "POST":
        _leave_or_return(request, person)
    return redirect("people:card", pk=person.pk)


def _leave_or_return(request: Request, person: Person) -> None:
    if person.left_on is None:
        actions.mark_left(person, by=request.user)
        messages.success(
            request, _("%(name)s is marked as having left.") % {"name": person.full_name}
        )
    else:
        with refusals_told(request):
            actions.take_back(person, by=request.user)
            messages.success(
                request, _("%(name)s is on the roster again.") % {"name": person.full_name}
            )


@require_http_methods(["GET", "POST"])
@requires(Perm.ROSTER_EDIT)
@takes_files(most_megabytes=30)  # the lists of many classes at once
def import_list(request: Request) -> HttpResponse:
    """Take a list as a file or a pasted table, and show the lists of before."""
    form = ListUploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        files = form.cleaned_data["file"]
        address, refused = _read_files(request, form) if files else _read_pasted(request, form)
        if address:
            for reason in refused:
                messages.error(request, reason)
            return redirect(address)
        form.add_error("file" if files else "pasted", refused)
    lists = RosterImport.objects.visible_to(request.user).defer("rows")
    page = page_of(request, lists, PER_PAGE)
    context = {"form": form, "page": page, "jobs": unfinished(request.user, tasks.LIST)}
    return render(request, "people/import.html", context)


def _read_pasted(request: Request, form: ListUploadForm) -> tuple[str, list[str]]:
    """Keep a pasted table as drafts; return where to go on, or why it cannot be read."""
    try:
        drafts = actions.start_import(
            request.user.workplace,
            kind=form.cleaned_data["kind"],
            file_name="",
            text=form.cleaned_data["pasted"],
            by=request.user,
        )
    except RefusedError as refusal:
        return "", list(refusal.reasons)
    return reverse("people:import-preview", args=[drafts[0].pk]), []


def _read_files(request: Request, form: ListUploadForm) -> tuple[str, list[str]]:
    """Have the files read in the background; return where to go on, and why some are refused."""
    files, kind = form.cleaned_data["file"], form.cleaned_data["kind"]
    asked: list[Job] = []
    refused: list[str] = []

    def refuse(name: str, reasons: Iterable[str]) -> None:
        refused.extend(f"{name}: {reason}" if len(files) > 1 else reason for reason in reasons)

    for file in files:
        try:
            asked.append(
                ask_for_job(
                    tasks.LIST,
                    request.user.workplace.pk,
                    given=tasks.given_for(file.name, kind),
                    # one byte over the limit is enough for a refusal
                    upload=file.read(adapter.MOST_BYTES + 1),
                    by=request.user,
                )
            )
        except RefusedError as refusal:
            refuse(file.name, refusal.reasons)
    waited_for(*asked)
    for job in asked:
        if job.is_refused:
            refuse(job.given["file_name"], job.why.splitlines())
    return address_of(request, [job for job in asked if not job.is_refused]), refused


@require_http_methods(["GET", "POST"])
@requires(Perm.ROSTER_EDIT)
def import_preview(request: Request, pk: int) -> HttpResponse:
    """Show what a list says and what loading it does; change how it is read, or load it."""
    draft = get_object_or_404(
        RosterImport.objects.visible_to(request.user).select_related("organisation"), pk=pk
    )
    if draft.status == ImportStatus.ACCEPTED:
        return _import_done(request, draft)
    rows, found = adapter.restored(draft.rows), adapter.Understanding.of(draft)
    answers = adapter.answers_of(draft)
    n_columns = min(max(len(row) for row in rows), COLUMNS_SHOWN)
    form = ColumnsForm(found, n_columns, request.POST or None, n_rows=len(rows))
    year = year_for(draft.organisation, today())
    known = known_people(draft.organisation, found.kind, year)
    people = adapter.read_sheet(rows, found, today=today(), answers=answers)
    compared = adapter.compare(people, known, kind=found.kind)
    waiting = _waiting_form(request, found.kind, compared, answers)
    if request.method == "POST" and _is_done(request, draft, form, waiting):
        return redirect("people:import-preview", pk=pk)
    page = page_of(request, compared.outcomes, ROWS_PER_PAGE)
    return render(
        request,
        "people/import_preview.html",
        {
            "draft": draft,
            "form": form,
            "form_columns": zip(
                form.columns, adapter.shown_columns(rows, found, n_columns), strict=True
            ),
            "top": adapter.top_rows(rows, found, n_columns),
            "page": page,
            "compared": compared,
            "waiting": waiting,
            "n_more": compared.n_waiting - len(waiting.lines),
            "questions": people.questions,
            "skipped": people.skipped[:SKIPPED_SHOWN],
            "n_skipped": len(people.skipped),
            "answered": answers.taken | set(answers.corrected),
            "n_read": len(compared.outcomes),
            "n_changing": compared.n_changing,
            "needs_year": year is None and found.kind is RosterKind.PUPILS,
        },
    )


def _waiting_form(
    request: Request, kind: RosterKind, compared: adapter.RosterComparison, answers: adapter.Answers
) -> WaitingRowsForm:
    """Return the first rows that wait with their reasons."""
    reasons: dict[int, tuple[str, ...]] = {}
    for reason in compared.reasons:
        reasons[reason.row] = (*reasons.get(reason.row, ()), reason.reason)
    shown = sorted(reasons)[:CORRECTED_AT_ONCE]
    return WaitingRowsForm(
        kind,
        {row: compared.waiting[row] for row in shown},
        reasons,
        {doubt.row for doubt in compared.doubts},
        answers,
        request.POST if request.method == "POST" else None,
    )


def _is_done(
    request: Request, draft: RosterImport, form: ColumnsForm, waiting: WaitingRowsForm
) -> bool:
    """Do what the button says; False shows the page again with what was typed.

    What was changed is shown once more before anything is loaded.
    """
    if not (form.is_valid() and waiting.is_valid()):
        return False
    taken, corrected, returned = waiting.taken(), waiting.corrected(), waiting.returned()
    is_answered = bool(taken or corrected or returned)
    with refusals_told(request):
        if is_answered:
            actions.answer_rows(
                draft, taken=taken, corrected=corrected, returned=returned, by=request.user
            )
        if form.understanding() != form.found:
            actions.change_columns(draft, form.understanding(), by=request.user)
            is_answered = True
        if is_answered:
            messages.info(request, _("The list is read anew. Look once more, then load it."))
        elif request.POST.get("do") == "accept":
            actions.accept_import(draft, by=request.user)
    return True


def _import_done(request: Request, draft: RosterImport) -> HttpResponse:
    if request.method == "POST":
        messages.error(request, _("This list is loaded already; nothing has been loaded twice."))
        return redirect("people:import-preview", pk=draft.pk)
    waiting = RosterImport.objects.visible_to(request.user).filter(
        # what was sent along with it, or later
        Q(file_name=draft.file_name) | Q(pk__gt=draft.pk),
        status=ImportStatus.DRAFT,
    )
    return render(
        request,
        "people/import_done.html",
        {
            "draft": draft,
            "errors": draft.summary["errors"][:ERRORS_SHOWN],
            "n_loaded": sum(draft.summary[f"n_{verdict}"] for verdict in adapter.RowVerdict),
            "next": waiting.defer("rows").order_by("pk").first(),
        },
    )


@require_GET
@requires(Perm.ROSTER_EDIT)
def import_errors(request: Request, pk: int) -> HttpResponse:
    """Give the rows that wait as a table to correct and load again."""
    draft = get_object_or_404(
        RosterImport.objects.visible_to(request.user).select_related("organisation"), pk=pk
    )
    if draft.status == ImportStatus.ACCEPTED:
        errors = [adapter.RowError(**error) for error in draft.summary["errors"]]
    else:
        found = adapter.Understanding.of(draft)
        known = known_people(draft.organisation, found.kind, year_for(draft.organisation, today()))
        people = adapter.read_sheet(
            adapter.restored(draft.rows),
            found,
            today=today(),
            answers=adapter.answers_of(draft),
        )
        errors = adapter.compare(people, known, kind=found.kind).reasons
    return download(list_to_correct(draft, errors), f"to-correct-{draft.pk}.xlsx", XLSX)


@require_http_methods(["GET", "POST"])
@requires(Perm.ROSTER_EDIT)
def discard_import(request: Request, pk: int) -> HttpResponse:
    """Ask, then throw a draft away; the roster is as before."""
    draft = get_object_or_404(RosterImport.objects.visible_to(request.user), pk=pk)
    if request.method == "GET":
        if draft.status == ImportStatus.ACCEPTED:
            messages.error(
                request, _("This list is loaded already: it stays among the lists of before.")
            )
            return redirect("people:import")
        return confirm.ask(
            request,
            heading=_("Throw this list away?"),
            sentence=_(
                "%(name)s: what was read and set for its columns is lost. The roster stays as it is; the list can be loaded again."
            )
            % {"name": draft.file_name or _("Pasted table")},
            action=_("Throw away"),
            back=reverse("people:import-preview", args=[pk]),
        )
    with refusals_told(request):
        actions.discard_import(draft, by=request.user)
        messages.success(request, _("The list is thrown away; the roster is as it was."))
    return redirect("people:import")


@require_GET
@requires(Perm.ROSTER_VIEW)
def groups(request: Request) -> HttpResponse:
    """Show the classes of this year with their teachers."""
    rows = (
        StudyGroup.objects.visible_to(request.user)
        .filter(year__starts_on__lte=today(), year__ends_on__gte=today())
        .select_related("class_teacher")
    )
    table = groups_table(list(rows), may_edit=request.user.viewer.may(Perm.ROSTER_EDIT))
    if answer := listing.given(request, table):
        return answer
    return render(
        request,
        "people/groups.html",
        {
            "table": table,
            "may_edit": request.user.viewer.may(Perm.ROSTER_EDIT),
            "sees_part": request.user.viewer.sees_part(Perm.ROSTER_VIEW),
        },
    )


@require_http_methods(["GET", "POST"])
@requires(Perm.ROSTER_EDIT)
def next_year(request: Request) -> HttpResponse:
    """Show the classes of the year that ends with what becomes of each; take them over into the next one."""
    year = year_to_leave(request.user.workplace)
    transfer = last_transfer(request.user)
    if year is None:
        return render(request, "people/next_year_done.html", {"transfer": transfer})
    rows = classes_to_take_over(request.user, year)
    form = NextYearForm(rows, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusals_told(request):
            transfer = actions.take_classes_over(year, form.plan, by=request.user)
            messages.success(
                request,
                _("Done: the new classes hold from %(day)s.")
                % {"day": f"{transfer.to_year.starts_on:%d.%m.%Y}"},
            )
        return redirect("people:next-year")
    first, _last = next_year_bounds(year)
    return render(
        request,
        "people/next_year.html",
        {
            "year": year,
            "first": first,
            "form": form,
            "n_days": DAYS_TO_TAKE_BACK,
            "transfer": transfer,
            "n_pupils": sum(row.n_pupils for row in rows),
        },
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
@requires(Perm.ROSTER_EDIT)
def next_year_back(request: Request, pk: int) -> HttpResponse:
    """Say what taking the classes back undoes, then do it."""
    transfer = get_object_or_404(ClassTransfer.objects.visible_to(request.user), pk=pk)
    if reasons := why_transfer_stays(transfer):
        for reason in reasons:
            messages.error(request, reason)
        return redirect("people:next-year")
    if request.method == "GET":
        n = len(transfer.moves["ended"])
        return confirm.ask(
            request,
            heading=_("Take the classes back?"),
            sentence=ngettext(
                "%(n)s pupil is in the class of before again.",
                "%(n)s pupils are in the classes of before again.",
                n,
            )
            % {"n": n},
            action=_("Take the classes back"),
            back=reverse("people:next-year"),
            follows=[
                _("The classes opened by it go where nobody else is in them."),
                _("Who was made an alumnus by it is a pupil again."),
            ],
        )
    with refusals_told(request):
        actions.take_transfer_back(transfer, by=request.user)
        messages.success(request, _("Everybody is in the class of before again."))
    return redirect("people:next-year")


@require_http_methods(["GET", "POST"])
@requires(Perm.ROSTER_EDIT)
def edit_group(request: Request, pk: int) -> HttpResponse:
    """Say who leads a class."""
    group = get_object_or_404(StudyGroup.objects.visible_to(request.user), pk=pk)
    form = ClassTeacherForm(request.user, group, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.appoint_class_teacher(group, form.cleaned_data["teacher"], by=request.user)
        messages.success(
            request, _("The class teacher of %(group)s is saved.") % {"group": group.name}
        )
        return redirect("people:groups")
    return render(request, "people/group.html", {"form": form, "group": group})


@require_http_methods(["GET", "POST"])
@requires(Perm.ACCOUNT_EDIT)
def accounts(request: Request) -> HttpResponse:
    """Show who may sign in, and add one; the new account comes with a slip."""
    form = AccountForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            slip = actions.invite(request.user.workplace, by=request.user, **form.cleaned_data)
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            return _slips(request, [slip])
    rows = list(
        Membership.objects.visible_to(request.user).filter(holds_on(today())).select_related("user")
    )
    may_renew = renewals(request.user, [row.user for row in rows])
    with_step = steps_to_end(request.user, [row.user for row in rows])
    told = signins.summaries(request.user, [row.user_id for row in rows])
    table = accounts_table(rows, may_renew, request.user, with_step=with_step, sign_ins=told)
    if answer := listing.given(request, table):
        return answer
    return render(request, "people/accounts.html", {"form": form, "table": table})


@require_http_methods(["GET", "POST"])
@requires(Perm.ACCOUNT_EDIT)
def slips(request: Request) -> HttpResponse:
    """Show who can be given a slip: one person, a class, the staff; make them and show them once."""
    form = SlipsForm(class_names(request.user), request.POST or request.GET)
    form.is_valid()
    rows = _who_needs(request, form)
    stamp = _stamp(rows)
    if request.method == "POST":
        try:
            return _slips(request, _made(request, form, rows, stamp))
        except RefusedError as refusal:
            messages.error(request, str(refusal))
            query = request.GET.urlencode() or urlencode({"group": form["group"].value() or ""})
            return redirect(f"{reverse('people:slips')}?{query}")
    context = {
        "form": form,
        "lines": slip_lines(rows, is_picked=bool(request.GET.get("account"))),
        "rows": rows,
        "n_new": sum(row.user is None for row in rows),
        "stamp": stamp,
        "days": settings.ONE_TIME_DAYS,
        "account": request.GET.get("account", ""),
    }
    return render(request, "people/slips.html", context)


def _who_needs(request: Request, form: SlipsForm) -> list[Entrant]:
    """Return the rows of the page: accounts of the school, or people of a class or of the staff with theirs."""
    group = form.cleaned_data.get("group", "")
    if group:
        of_staff = group == SlipsForm.STAFF
        people = roster(
            request.user,
            group="" if of_staff else group.removeprefix("="),
            kind=PersonKind.TEACHER if of_staff else "",
        )
        return entrants_of(request.user, people.select_related("account"))
    wanted = request.POST.get("account") or request.GET.get("account", "")
    return entrants(request.user, only=key_of(wanted) if wanted else None)


def _stamp(rows: list[Entrant]) -> str:
    """Return a mark of the passwords as they are: a page sent twice would make the printed slips worthless."""
    return salted_hmac("people.slips", "".join(r.user.password for r in rows if r.user)).hexdigest()


def _made(request: Request, form: SlipsForm, rows: list[Entrant], stamp: str) -> list[actions.Slip]:
    if not constant_time_compare(request.POST.get("stamp", ""), stamp):
        raise RefusedError(
            _(
                "Nothing is changed: passwords here have become other ones since the page was opened, perhaps the slips are made already. If not, tick once more."
            )
        )
    picked = {*request.POST.getlist("who")}
    chosen = [row for row in rows if row.key in picked]
    return actions.give_slips(
        [row.user for row in chosen if row.user],
        [row.person for row in chosen if row.person and not row.user],
        organisation=request.user.workplace,
        role=form.chosen,
        by=request.user,
    )


def _slips(request: Request, made: list[actions.Slip]) -> HttpResponse:
    """Show slips: the only time their passwords are seen."""
    groups = group_names([slip.user.person for slip in made if slip.user.person])
    address = site_of(request)
    context = {
        "slips": [(slip, groups.get(slip.user.person_id or 0, "")) for slip in made],
        "address": address,
        "n_halves": sum(slip.is_half for slip in made),
        "n_alone": sum(slip.is_alone for slip in made),
        "is_here_only": opens_here_only(address),
        "days": settings.ONE_TIME_DAYS,
    }
    return render(request, "people/slips_to_print.html", context)


@require_http_methods(["GET", "POST"])
@requires(Perm.SLIP_WITNESS)
def slip_halves(request: Request) -> HttpResponse:
    """Show whose slip waits for its second half; show a half, for the one time it is seen."""
    rows = SlipHalf.objects.visible_to(request.user).select_related("user", "given_by")
    if request.method == "POST":
        row = get_object_or_404(rows, pk=key_of(request.POST.get("slip", "")))
        if not row.half:
            actions.note_alone(row, by=request.user)
            messages.success(request, _("Noted: you have read who gave this slip."))
            return redirect("people:slip-halves")
        try:
            half = actions.show_half(row, by=request.user)
        except RefusedError as refusal:
            messages.error(request, str(refusal))
            return redirect("people:slip-halves")
        return render(request, "people/slip_half.html", {"row": row, "half": half})
    return render(request, "people/slip_halves.html", {"rows": list(rows)})


@require_http_methods(["GET", "POST"])
@requires(Perm.ACCOUNT_EDIT)
def end_role(request: Request, pk: int) -> HttpResponse:
    """Ask, then take a role away: it no longer holds at the very next request."""
    membership = get_object_or_404(
        Membership.objects.visible_to(request.user).select_related("user"), pk=pk
    )
    if request.method == "GET":
        if not (verdict := may_end_role(request.user, membership)):
            messages.error(request, verdict.reasons[0])
            return redirect("people:accounts")
        return confirm.ask(
            request,
            heading=_("End the role?"),
            sentence=_(
                "%(name)s, %(role)s: what this role opens closes at the very next page. What was written stays."
            )
            % {"name": membership.user.full_name, "role": membership.get_role_display()},
            action=_("End the role"),
            back=reverse("people:accounts"),
        )
    with refusals_told(request):
        actions.end_role(membership, by=request.user)
        messages.success(request, _("The role has ended."))
    return redirect("people:accounts")


@require_http_methods(["GET", "POST"])
@requires(Perm.ACCOUNT_EDIT)
def second_step_off(request: Request, pk: int) -> HttpResponse:
    """Ask, then end the second step of somebody who has lost the telephone and the recovery codes."""
    membership = get_object_or_404(
        Membership.objects.visible_to(request.user).select_related("user"), pk=pk
    )
    user = membership.user
    if request.method == "GET":
        if user.pk not in steps_to_end(request.user, [user]):
            reasons = may_switch_off(request.user, [user])[user.pk].reasons
            is_off = _("%s: the second step is off.") % user.full_name
            messages.error(request, reasons[0] if reasons else is_off)
            return redirect("people:accounts")
        return confirm.ask(
            request,
            heading=_("End the second step?"),
            sentence=_(
                "%(name)s: only the password is asked at sign-in then. Be sure who asks you for it: look at the person, do not go by a message. It is noted in the journal, and the owner reads on «Today» that it was you."
            )
            % {"name": user.full_name},
            action=_("End the second step"),
            back=reverse("people:accounts"),
        )
    with refusals_told(request):
        actions.switch_off_second_step(user, by=request.user)
        messages.success(request, _("The second step is off."))
    return redirect("people:accounts")


# ---------------------------------------------------------------- two cards of one person


@require_GET
@requires(Perm.ROSTER_EDIT)
def doubles(request: Request) -> HttpResponse:
    """Show cards that may be of one person, and those made one that can still be taken apart."""
    found = likely_doubles(request.user)
    groups = group_names(person for pair in found for person in pair)
    return render(
        request,
        "people/doubles.html",
        {
            "pairs": [
                [(person, groups.get(person.pk, "")) for person in pair]
                for pair in found[:PER_PAGE]
            ],
            "n": len(found),
            "most": PER_PAGE,
            "merges": recent_merges(request.user),
            "days": MERGE_UNDO_DAYS,
        },
    )


@require_http_methods(["GET", "POST"])
@requires(Perm.ROSTER_EDIT)
def merge(request: Request, pk: int) -> HttpResponse:
    """Lay two cards side by side and make them one; without the second one, offer those of the same name."""
    people = (
        Person.objects.visible_to(request.user).within(request.user, Perm.ROSTER_EDIT).present()
    )
    one = get_object_or_404(people.select_related("partner"), pk=pk)
    rest = people.filter(organisation=one.organisation_id).exclude(pk=one.pk)
    named = request.GET.get("with", "")
    if not named:
        namesakes = rest.filter(search_name__startswith=f"{fold(one.last_name)} ")
        context = {"person": one, "namesakes": namesakes[:PER_PAGE]}
        return render(request, "people/merge_whom.html", context)
    other = get_object_or_404(rest.select_related("partner"), pk=key_of(named))
    form = MergeForm(one, other, request.POST or None)
    if request.method == "POST" and form.is_valid():
        kept, gone = (one, other) if form.cleaned_data["stays"] == str(one.pk) else (other, one)
        try:
            actions.merge_people(kept, gone, taken=form.taken(gone), by=request.user)
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            messages.success(
                request,
                _(
                    "The two cards are one. It can be taken apart for %(n)s days, on the page of doubles."
                )
                % {"n": MERGE_UNDO_DAYS},
            )
            return redirect("people:card", pk=kept.pk)
    cards = [(card, held_of(card)) for card in (one, other)]
    looks.note_look(request, "card", [one.pk, other.pk], organisation_id=one.organisation_id)
    return render(
        request,
        "people/merge.html",
        {"form": form, "cards": cards, "is_likely": may_be_one(one, other)},
    )


@require_POST
@requires(Perm.ROSTER_EDIT)
def unmerge(request: Request, pk: int) -> HttpResponse:
    """Take two cards made one apart again."""
    seen = (
        Person.objects.visible_to(request.user).within(request.user, Perm.ROSTER_EDIT).values("pk")
    )
    merges = PersonMerge.objects.visible_to(request.user).filter(kept__in=seen)
    found = get_object_or_404(merges, pk=pk)
    with refusals_told(request):
        actions.unmerge_people(found, by=request.user)
        messages.success(request, _("The cards are two again, as they were."))
    return redirect("people:doubles")
