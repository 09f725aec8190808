"""Pages of events: the list, one event with its register, invitations, own invitations."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nastavnik.core import looks
from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import by_link, requires
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import LONGEST_KEY, Request, ticked
from nastavnik.core.ui import confirm, listing
from nastavnik.core.ui.downloads import download
from nastavnik.core.ui.paging import page_of
from nastavnik.core.ui.personal_links import link_gone, opens_here_only, site_of, strip_of
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.documents.actions import draft_document, refresh_document
from nastavnik.events import actions
from nastavnik.events.access import may_cancel, may_note, may_remove
from nastavnik.events.catalogues import kinds
from nastavnik.events.choices import MINUTES_PAPER, EventAudience
from nastavnik.events.documents import invitations, minutes_of
from nastavnik.events.forms import (
    CancelForm,
    EventForm,
    EventMinutesForm,
    GivenForm,
    InviteForm,
    OthersForm,
)
from nastavnik.events.models import EventGuest, ProgrammeEvent
from nastavnik.events.queries import (
    GuestList,
    are_learners,
    event_rows,
    guest_by,
    guest_list,
    n_answers,
    own_invitations,
    people_of,
    sees_part,
)
from nastavnik.events.tables import events_table, guests_table
from nastavnik.organisations.models import AcademicYear
from nastavnik.organisations.queries import year_for
from nastavnik.programmes.queries import current_programme, forms_of
from nastavnik.writers.looks import BLANK_FORM
from nastavnik.writers.pdfs import draw_pdf
from nastavnik.writers.wordfiles import draw_docx

PER_PAGE = 50
FILES = {
    "pdf": ("application/pdf", draw_pdf),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", draw_docx),
}


@require_GET
@requires(Perm.EVENT_VIEW)
def event_list(request: Request) -> HttpResponse:
    """Show the events of the school, the common meetings of both bases among them."""
    rows = event_rows(request.user)
    page = page_of(request, rows, PER_PAGE)
    table = events_table(listing.rows_for(request, page, rows))
    if answer := listing.given(request, table):
        return answer
    day = today()
    ahead = [row for row in rows if row.state == "planned"]
    context = {
        "page": page,
        "table": table,
        "next": min(ahead, key=lambda row: row.held_on, default=None),
        "n_unnoted": sum(row.state == "unnoted" for row in rows),
        "may_edit": request.user.viewer.may(Perm.EVENT_EDIT),
        "sees_part": sees_part(request.user),
        "today": day,
    }
    return render(request, "events/list.html", context)


@require_GET
@requires(Perm.HOME)
def own(request: Request) -> HttpResponse:
    """Show the own invitations."""
    return render(request, "events/own.html", {"guests": own_invitations(request.user)})


def _year(request: Request) -> AcademicYear | None:
    """Return the year a new event is of: that of the programme, else that of today."""
    if programme := current_programme(request.user):
        return programme.year
    return year_for(request.user.workplace, today())


@require_http_methods(["GET", "POST"])
@requires(Perm.EVENT_EDIT)
def add(request: Request) -> HttpResponse:
    """Plan an event, of a kind the address may name."""
    year = _year(request)
    if year is None:
        messages.error(request, _("There is no academic year yet: open a programme first."))
        return redirect("programmes:add")
    kind = kinds().get(request.GET.get("kind", ""))
    initial = {"kind": kind.code, "title": kind.title} if kind else {}
    form = EventForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.plan_event(year, by=request.user, **form.cleaned_data)
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            messages.success(request, _("The event is planned: now invite people to it."))
            return redirect("events:event", pk=made.pk)
    return render(request, "events/edit.html", {"form": form, "year": year})


def _event(request: Request, pk: int) -> ProgrammeEvent:
    return get_object_or_404(
        ProgrammeEvent.objects.visible_to(request.user).select_related("year", "organisation"),
        pk=pk,
    )


def _led_event(request: Request, pk: int) -> ProgrammeEvent:
    """Return an event the user may write to: seen elsewhere, as by the psychologist of another school, it is not theirs."""
    led = request.user.viewer.organisations(Perm.EVENT_EDIT)
    own = ProgrammeEvent.objects.visible_to(request.user).filter(organisation_id__in=led)
    return get_object_or_404(own.select_related("year", "organisation"), pk=pk)


@require_http_methods(["GET", "POST"])
@requires(Perm.EVENT_EDIT)
def edit(request: Request, pk: int) -> HttpResponse:
    """Change what an event says of itself; a new day is said on every invitation."""
    shown = _led_event(request, pk)
    form = EventForm(request.POST or None, instance=shown)
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.change_event(
                _led_event(request, pk), by=request.user, **form.cleaned_data
            )
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            messages.success(
                request,
                _("The event is moved: its invitations say so, and everybody is asked anew.")
                if changed.moved_from and changed.held_on != shown.held_on
                else _("The event is saved."),
            )
            return redirect("events:event", pk=pk)
    context = {
        "form": form,
        "event": shown,
        "removing": may_remove(shown),
        "cancelling": may_cancel(shown),
        "n_answered": n_answers(shown),
    }
    return render(request, "events/edit.html", context)


@require_http_methods(["GET", "POST"])
@requires(Perm.EVENT_EDIT)
def cancel(request: Request, pk: int) -> HttpResponse:
    """Ask why, then cancel an event: it stays in the list, its invitations say so."""
    shown = _led_event(request, pk)
    if request.method == "GET" and not (verdict := may_cancel(shown)):
        messages.error(request, verdict.reasons[0])
        return redirect("events:event", pk=pk)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_told(request):
            actions.cancel_event(shown, reason=form.cleaned_data["reason"], by=request.user)
            messages.success(request, _("The event is cancelled: its invitations say so."))
        return redirect("events:event", pk=pk)
    return render(request, "events/cancel.html", {"event": shown, "form": form})


@require_POST
@requires(Perm.EVENT_EDIT)
def restore(request: Request, pk: int) -> HttpResponse:
    """Bring a cancelled event back."""
    with refusals_told(request):
        actions.restore_event(_led_event(request, pk), by=request.user)
        messages.success(request, _("The event is on again."))
    return redirect("events:event", pk=pk)


@require_http_methods(["GET", "POST"])
@requires(Perm.EVENT_EDIT)
def remove(request: Request, pk: int) -> HttpResponse:
    """Ask, then take an event away that was begun by mistake."""
    shown = _led_event(request, pk)
    if request.method == "GET":
        if not (verdict := may_remove(shown)):
            messages.error(request, verdict.reasons[0])
            return redirect("events:event", pk=pk)
        return confirm.ask(
            request,
            heading=_("Take the event away?"),
            sentence=_("«%(title)s» goes. Nobody is invited to it and nothing is noted.")
            % {"title": shown.title},
            action=_("Take away"),
            back=reverse("events:event", args=[pk]),
        )
    try:
        actions.remove_event(shown, by=request.user)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("events:event", pk=pk)
    messages.success(request, _("The event is taken away."))
    return redirect("events:list")


@require_GET
@requires(Perm.EVENT_VIEW)
def event(request: Request, pk: int) -> HttpResponse:
    """Show an event: what it is, who is invited, who came."""
    shown = _event(request, pk)
    guests = guest_list(request.user, shown)
    if answer := listing.given(request, guests_table(shown, guests)):
        return answer
    return _show(request, shown, guests)


def _show(
    request: Request,
    shown: ProgrammeEvent,
    guests: GuestList,
    returned: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Return the page of an event; `returned` are forms that come back, by their names on the page."""
    may_edit = shown.organisation_id in request.user.viewer.organisations(Perm.EVENT_EDIT)
    is_part = sees_part(request.user)
    n_others = 0 if is_part else shown.n_others or 0
    audience = shown.sort.audience
    invite_form = None
    if may_edit and not shown.cancelled_on:
        invite_form = InviteForm(
            request.user,
            forms_of(request.user),
            initial={
                "mentors": EventAudience.MENTORS in audience,
                "mentees": EventAudience.MENTEES in audience,
                "staff": EventAudience.STAFF in audience,
                "outsiders": EventAudience.OUTSIDE in audience,
                "is_family": audience == (EventAudience.FAMILIES,),
            },
        )
    context = {
        "event": shown,
        "kind": shown.sort,
        "guests": guests,
        "invite_form": invite_form,
        "others_form": OthersForm(initial={"n_others": shown.n_others}),
        "given_form": GivenForm(initial={"invited_on": shown.invited_on or today()}),
        "minutes_form": EventMinutesForm(instance=shown),
        "noting": may_note(shown),
        "is_noted": guests.is_noted or n_others > 0,
        "n_came": guests.n_came + n_others,
        "ticked": {row.guest.pk for row in guests.rows if row.guest.came},
        "was": [row.guest.pk for row in guests.rows if row.guest.came],
        "may_edit": may_edit,
        "sees_part": is_part,
        "is_ahead": shown.held_on > today(),
        "is_open": shown.held_on >= today() and not shown.cancelled_on,
        "may_draft": request.user.viewer.may(Perm.DOCUMENT_EDIT),
        **(returned or {}),
    }
    return render(request, "events/event.html", context, status=422 if returned else 200)


@require_POST
@requires(Perm.EVENT_EDIT)
def invite(request: Request, pk: int) -> HttpResponse:
    """Invite whom the form means, or their families."""
    shown = _led_event(request, pk)
    form = InviteForm(request.user, forms_of(request.user), request.POST)
    if form.is_valid():
        people = list(people_of(request.user, form.circle()))
        is_family = form.cleaned_data["is_family"]
        if is_family:
            people = are_learners(people)
        if not people:
            form.add_error(
                None,
                _("There is no pupil among these: only pupils have representatives here.")
                if is_family
                else _("That is nobody: tick a base, the staff or a class, or write a name."),
            )
        else:
            try:
                made = actions.invite_guests(shown, people, is_family=is_family, by=request.user)
            except RefusedError as refusal:
                form.add_error(None, list(refusal.reasons))
            else:
                messages.success(
                    request,
                    ngettext("Invited: %(n)s person.", "Invited: %(n)s people.", len(made))
                    % {"n": len(made)}
                    if made
                    else _("All of them are invited already."),
                )
                return redirect("events:event", pk=pk)
    return _show(request, shown, guest_list(request.user, shown), {"invite_form": form})


@require_POST
@requires(Perm.EVENT_EDIT)
def uninvite(request: Request, pk: int) -> HttpResponse:
    """Take the ticked off the list."""
    shown = _led_event(request, pk)
    keys = ticked(request, "off")
    guests = EventGuest.objects.visible_to(request.user).filter(event=shown, pk__in=keys)
    with refusals_told(request):
        gone = actions.uninvite_guests(shown, guests, by=request.user)
        messages.success(
            request,
            ngettext("Off the list: %(n)s person.", "Off the list: %(n)s people.", len(gone))
            % {"n": len(gone)}
            if gone
            else _("Tick at least one person."),
        )
    return redirect("events:event", pk=pk)


def _keys(request: Request, name: str) -> set[int]:
    """Return keys sent in one field, with commas between them: a field each would be more than a request may have."""
    given = request.POST.get(name, "").split(",")
    return {int(key) for key in given if key.isdecimal() and len(key) <= LONGEST_KEY}


@require_POST
@requires(Perm.EVENT_EDIT)
def keep(request: Request, pk: int) -> HttpResponse:
    """Keep who came; by another button that all on the list did.

    Whoever was put on the list since the page was opened is not asked about, and a tick that was not touched here does not
    take back what somebody else has noted since.
    """
    shown = _led_event(request, pk)
    guests = guest_list(request.user, shown)
    noted = {row.guest.pk: row.guest.came for row in guests.rows}
    among = noted.keys() & _keys(request, "shown")
    marked, was = among & set(ticked(request, "came")), among & _keys(request, "was")
    came = {pk for pk in among if (noted[pk] if (pk in marked) == (pk in was) else pk in marked)}
    form = OthersForm(request.POST)
    if not form.is_valid():
        return _show(request, shown, guests, {"others_form": form, "ticked": came})
    if request.POST.get("go") == "all":
        came = among
    with refusals_told(request):
        n_changed = actions.note_who_came(
            shown, came, among=among, n_others=form.cleaned_data["n_others"], by=request.user
        )
        messages.success(
            request,
            _("Saved: who came is noted.") if n_changed else _("Nothing has changed."),
        )
    return redirect(f"{reverse('events:event', args=[pk])}#register")


@require_POST
@requires(Perm.EVENT_EDIT)
def given(request: Request, pk: int) -> HttpResponse:
    """Keep when the invitations were given out."""
    shown = _led_event(request, pk)
    form = GivenForm(request.POST)
    if not form.is_valid():
        return _show(request, shown, guest_list(request.user, shown), {"given_form": form})
    with refusals_told(request):
        actions.note_invitations_given(
            shown, invited_on=form.cleaned_data["invited_on"], by=request.user
        )
        messages.success(request, _("It is kept when the invitations were given out."))
    return redirect("events:event", pk=pk)


@require_POST
@requires(Perm.EVENT_EDIT)
def minutes(request: Request, pk: int) -> HttpResponse:
    """Keep what the minutes say."""
    shown = _led_event(request, pk)
    form = EventMinutesForm(request.POST, instance=_led_event(request, pk))
    if form.is_valid():
        try:
            actions.keep_event_minutes(shown, by=request.user, **form.cleaned_data)
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            messages.success(request, _("The minutes are kept."))
            return redirect(f"{reverse('events:event', args=[pk])}#minutes")
    return _show(request, shown, guest_list(request.user, shown), {"minutes_form": form})


@require_http_methods(["GET", "POST"])
@requires(Perm.EVENT_EDIT)
def forget(request: Request, pk: int) -> HttpResponse:
    """Ask, then take back what is noted of who came."""
    shown = _led_event(request, pk)
    back = f"{reverse('events:event', args=[pk])}#register"
    if request.method == "GET":
        return confirm.ask(
            request,
            heading=_("Take back who came?"),
            sentence=_("«%(title)s» stays with all its invitations; every tick of who came goes.")
            % {"title": shown.title},
            action=_("Take back"),
            back=back,
        )
    actions.forget_who_came(shown, by=request.user)
    messages.success(request, _("Who came is not noted any more."))
    return redirect(back)


@require_POST
@requires(Perm.HOME)
def answer(request: Request, pk: int) -> HttpResponse:
    """Say of an own invitation whether one will come."""
    guest = get_object_or_404(EventGuest.objects.visible_to(request.user).own(request.user), pk=pk)
    with refusals_told(request):
        actions.answer_invitation(guest, will_come=request.POST.get("go") == "yes", by=request.user)
        messages.success(request, _("Your answer is kept; it can be changed until the day."))
    return redirect("events:own")


# ---------------------------------------------------------------- invitations on paper and by a link


@require_GET
@requires(Perm.EVENT_EDIT)
def invitations_file(request: Request, pk: int, kind: str) -> HttpResponse:
    """Give the invitations as one file, .pdf or .docx: `sheet=1` one a page, else several to be cut apart."""
    shown = _led_event(request, pk)
    guests = guest_list(request.user, shown)
    if kind not in FILES:
        raise Http404
    if shown.cancelled_on or not guests.rows:
        messages.error(request, _("There is nobody to give an invitation to."))
        return redirect("events:event", pk=pk)
    content_type, draw = FILES[kind]
    title = f"Приглашения: {shown.title}"
    paper = invitations(
        shown,
        [(row.guest, row.note) for row in guests.rows],
        one_a_page=request.GET.get("sheet") == "1",
    )
    data = draw(title, paper, BLANK_FORM)
    listing.note_export(guests_table(shown, guests), kind, shown.organisation, by=request.user)
    whose = {row.guest.person_id for row in guests.rows}
    looks.note_taken_out(request, "event-guests", whose, as_file=True)
    return download(data, f"{get_valid_filename(title)}.{kind}", content_type)


@require_http_methods(["GET", "POST"])
@requires(Perm.EVENT_EDIT)
def links(request: Request, pk: int) -> HttpResponse:
    """Say who gets a personal link, then show the links: the only time they are seen."""
    shown = _led_event(request, pk)
    if shown.cancelled_on or shown.held_on < today():
        messages.error(request, _("The event is over or cancelled: there is nothing to answer."))
        return redirect("events:event", pk=pk)
    guests = guest_list(request.user, shown)
    n_known = sum(bool(row.guest.token_sha256) for row in guests.rows)
    context: dict[str, Any] = {
        "event": shown,
        "n_all": len(guests.rows),
        "n_known": n_known,
        "n_fresh": len(guests.rows) - n_known,
    }
    if request.method == "POST":
        try:
            made = actions.make_event_links(
                shown,
                [row.guest for row in guests.rows],
                again=request.POST.get("go") == "again",
                by=request.user,
            )
        except RefusedError as refusal:
            messages.error(request, str(refusal))
            return redirect("events:event", pk=pk)
        notes = {row.guest.pk: row for row in guests.rows}
        site = site_of(request)
        context |= {
            "is_here_only": opens_here_only(site),
            "strips": [
                {
                    "guest": guest,
                    "group": notes[guest.pk].note,
                    "what": f"{shown.title}, {shown.held_on:%d.%m.%Y}",
                    "strip": strip_of(site, f"/e/{token}/"),
                }
                for guest, token in made
            ],
        }
    return render(request, "events/links.html", context)


@require_POST
@requires(Perm.DOCUMENT_EDIT)
def paper(request: Request, pk: int) -> HttpResponse:
    """Put the minutes into the register as a draft, or open those that are there."""
    shown = _led_event(request, pk)
    known = minutes_of(shown)
    if known is None:
        if not (verdict := may_note(shown)):
            messages.error(request, verdict.reasons[0])
            return redirect("events:event", pk=pk)
        known = draft_document(
            shown.year,
            MINUTES_PAPER,
            subject_id=shown.pk,
            facts={"event": shown.title},
            by=request.user,
        )
        refresh_document(known, by=request.user)
        messages.success(request, _("The minutes are in the register as a draft."))
    return redirect("documents:card", pk=known.pk)


@require_http_methods(["GET", "POST"])
@by_link
def by_token(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever holds a link say whether they will come; a wrong, ended or late one shows the same page as any."""
    guest = guest_by(token)
    if guest is None:
        return link_gone(request)
    if request.method == "POST":
        # cancelled a moment ago: the page says so
        with suppress(RefusedError):
            actions.answer_invitation(guest, will_come=request.POST.get("go") == "yes", by=None)
        return redirect("events:by-link", token=token)
    return render(request, "events/by_link.html", {"guest": guest, "event": guest.event})
