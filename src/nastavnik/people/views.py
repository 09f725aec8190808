"""Pages of people and accounts."""

from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.core.marks import public, requires
from nastavnik.people import actions
from nastavnik.people.forms import (
    AccountForm,
    ClassTeacherForm,
    PasswordForm,
    PersonFilter,
    PersonForm,
    SignInForm,
)
from nastavnik.people.models import Enrolment, Membership, Person, StudyGroup, holds_on
from nastavnik.people.queries import group_names, roster

PER_PAGE = 100


def safe_next(request: HttpRequest, given: str) -> str:
    """Return an address of this site to go on to; the first page for anything else."""
    if given and url_has_allowed_host_and_scheme(
        given, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return given
    return "/"


@require_http_methods(["GET", "POST"])
@public
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for login and password."""
    onward = safe_next(request, request.POST.get("next") or request.GET.get("next", ""))
    if request.user.is_authenticated:
        return redirect(onward)
    form = SignInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid() and form.user is not None:
        login(request, form.user, backend="django.contrib.auth.backends.ModelBackend")
        return redirect(onward)
    return render(request, "people/sign_in.html", {"form": form, "next": onward})


@require_POST
@public
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("people:sign-in")


@require_http_methods(["GET", "POST"])
@requires(Perm.HOME)
def change_password(request: Request) -> HttpResponse:
    """Change one's own password; other sessions of the account end."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.change_password(request.user, form.cleaned_data["password"], by=request.user)
        update_session_auth_hash(request, request.user)
        messages.success(
            request, _("The password is changed. Other computers will ask for it anew.")
        )
        return redirect("cabinet:home")
    return render(request, "people/password.html", {"form": form})


@require_GET
@requires(Perm.ROSTER_VIEW)
def people_list(request: Request) -> HttpResponse:
    """Show the roster with filters, a page at a time."""
    groups = list(
        StudyGroup.objects.visible_to(request.user)
        .filter(year__starts_on__lte=today(), year__ends_on__gte=today())
        .values_list("name", flat=True)
    )
    filters = PersonFilter(groups, request.GET)
    filters.is_valid()
    people = roster(request.user, **filters.cleaned_data)
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    names = group_names(page.object_list)
    rows = [(person, names.get(person.pk, "")) for person in page.object_list]
    return render(
        request,
        "people/list.html",
        {
            "rows": rows,
            "page": page,
            "filters": filters,
            "is_filtered": any(filters.cleaned_data.values()),
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
    enrolments = Enrolment.objects.filter(person=person).select_related("study_group__year")
    return render(
        request,
        "people/card.html",
        {
            "person": person,
            "age": person.age_on(today()),
            "enrolments": enrolments,
            "may_edit": request.user.viewer.may(Perm.ROSTER_EDIT),
        },
    )


@require_http_methods(["GET", "POST"])
@requires(Perm.ROSTER_EDIT)
def add_person(request: Request) -> HttpResponse:
    """Put one person on the roster by hand."""
    organisation = request.user.workplace
    form = PersonForm(
        organisation, request.POST or None, instance=Person(organisation=organisation)
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
    group = group_names([person]).get(person.pk, "")
    # the form cleans onto its own copy, so that the action sees what really changes
    form = PersonForm(
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


@require_POST
@requires(Perm.ROSTER_EDIT)
def mark_left(request: Request, pk: int) -> HttpResponse:
    """Say that a person has left the organisation, or is back."""
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    if person.left_on is None:
        actions.mark_left(person, by=request.user)
        messages.success(
            request, _("%(name)s is marked as having left.") % {"name": person.full_name}
        )
    else:
        actions.change_person(person, left_on=None, by=request.user)
        messages.success(
            request, _("%(name)s is on the roster again.") % {"name": person.full_name}
        )
    return redirect("people:card", pk=person.pk)


@require_GET
@requires(Perm.ROSTER_VIEW)
def groups(request: Request) -> HttpResponse:
    """Show the classes of this year with their teachers."""
    rows = (
        StudyGroup.objects.visible_to(request.user)
        .filter(year__starts_on__lte=today(), year__ends_on__gte=today())
        .select_related("class_teacher")
    )
    return render(
        request,
        "people/groups.html",
        {"rows": rows, "may_edit": request.user.viewer.may(Perm.ROSTER_EDIT)},
    )


@require_http_methods(["GET", "POST"])
@requires(Perm.ROSTER_EDIT)
def edit_group(request: Request, pk: int) -> HttpResponse:
    """Say who leads a class."""
    group = get_object_or_404(StudyGroup.objects.visible_to(request.user), pk=pk)
    form = ClassTeacherForm(group, request.POST or None)
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
    """Show who may sign in, and add one."""
    form = AccountForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        membership = actions.invite(request.user.workplace, by=request.user, **form.cleaned_data)
        messages.success(
            request,
            _("The account of %(name)s is ready. Tell the first password in person, not by mail.")
            % {"name": membership.user.full_name},
        )
        return HttpResponseRedirect(reverse("people:accounts"))
    rows = (
        Membership.objects.visible_to(request.user).filter(holds_on(today())).select_related("user")
    )
    return render(request, "people/accounts.html", {"form": form, "rows": rows})


@require_POST
@requires(Perm.ACCOUNT_EDIT)
def end_role(request: Request, pk: int) -> HttpResponse:
    """Take a role away: it no longer holds at the very next request."""
    membership = get_object_or_404(Membership.objects.visible_to(request.user), pk=pk)
    try:
        actions.end_role(membership, by=request.user)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The role has ended."))
    return redirect("people:accounts")
