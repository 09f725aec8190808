"""The shell: first page, set-up, district, the person's own choices."""

import zoneinfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from nastavnik.cabinet import access, actions, rendering
from nastavnik.cabinet.actions import set_up as set_up_site
from nastavnik.cabinet.choices import Step
from nastavnik.cabinet.forms import (
    LAST,
    QUESTIONS,
    ExampleFilter,
    ExampleForm,
    SetUpForm,
    TakenOutForm,
    TrailFilter,
    WordForm,
    conversation,
    example_head,
    head_of_order,
)
from nastavnik.cabinet.queries import (
    StepNow,
    example_people,
    example_stages,
    example_todo,
    gate_of,
    stages,
    steps_of,
)
from nastavnik.cabinet.queries import district as district_rows
from nastavnik.cabinet.queries.calendars import calendar_link, events_of, own_calendar_link
from nastavnik.cabinet.queries.overview import overview_of
from nastavnik.cabinet.queries.trail import seen, thing_of, told, trail, who_acted
from nastavnik.cabinet.tables import schools_table, seen_table, trail_table
from nastavnik.core import anchors, audit, signins, taking_out
from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import by_link, public, requires
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks import attention, digest, upcoming
from nastavnik.core.hooks import search as registry
from nastavnik.core.http import Request, onward_from
from nastavnik.core.ui import listing, visits
from nastavnik.core.ui.keys import COOKIE as KEYS
from nastavnik.core.ui.keys import OFF as KEYS_OFF
from nastavnik.core.ui.paging import page_of
from nastavnik.core.ui.personal_links import link_gone, opens_here_only, site_of
from nastavnik.core.ui.theme import COOKIE, THEMES
from nastavnik.people.models import Person
from nastavnik.people.queries import has_any_account
from nastavnik.programmes.models import Programme
from nastavnik.programmes.queries import current_programme, is_closing
from nastavnik.writers.calendars import render_calendar

# what the page of components shows in turn: `components/state.html`, `components/node.html`
STATES = ("done", "go", "wait", "risk", "sos", "stop", "next")
NODES = ("both", "mentor", "mentee", "no", "wait", "next")
TRAIL_PER_PAGE = 50
TRAIL_AT_MOST = 5000  # lines of a file or a print
A_YEAR = 60 * 60 * 24 * 365


@require_GET
@public
def front(_request: HttpRequest) -> HttpResponse:
    """Lead to the set-up of an empty installation, to sign-in, or to the first page of the role."""
    if not has_any_account():
        return redirect("cabinet:set-up")
    return redirect("cabinet:home")


@require_GET
@requires(Perm.HOME)
def home(request: Request) -> HttpResponse:
    """Show what needs the person now."""
    viewer = request.user.viewer
    if viewer.may(Perm.DISTRICT_VIEW) and not viewer.may(Perm.BASE_VIEW):
        return redirect("cabinet:district")
    programme, now = current_programme(request.user), timezone.now()
    since = visits.last_visit(request, viewer.user_id, now)
    # who sees a part of the bases only would read wrong counts of the whole
    is_whole = programme is not None and viewer.may(Perm.PROGRAMME_VIEW)
    rows = stages(request.user, programme) if programme and is_whole else []
    may_open = viewer.may(Perm.PROGRAMME_EDIT)
    steps = _first_steps(request, programme) if programme and is_whole and may_open else []
    items = attention.items_for(request.user, at_most=None)
    response = render(
        request,
        "cabinet/home.html",
        {
            "steps": steps,
            "n_steps_open": sum(one.is_open for one in steps),
            "steps_open": [one for one in steps if one.is_open],
            "steps_done": [one for one in steps if one.is_done],
            "steps_aside": [one for one in steps if one.is_aside],
            "n_items": len(items),
            "programme": programme,
            "stages": rows,
            "gate": gate_of(request.user, programme, rows) if programme and rows else None,
            "items": items[: attention.AT_MOST],
            "week": upcoming.week_of(request.user, today()),
            "news": digest.digest_for(request.user, since or now - visits.FIRST),
            "since": since,
            "may_open": may_open,
            "sees_pairs": viewer.may(Perm.PAIR_VIEW),
            "may_overlook": viewer.may(Perm.PROGRAMME_VIEW),
            "may_close": viewer.may(Perm.PAIR_APPROVE),
            "has_own_pairs": viewer.may(Perm.OWN_PAIR_VIEW),
        },
    )
    visits.keep_visit(request, response, viewer.user_id, now)
    return response


def _first_steps(request: Request, programme: Programme) -> list[StepNow]:
    """Return the first steps while one of them is not done: a programme that is being closed has other ones."""
    if is_closing(request.user, programme):
        return []
    steps = steps_of(request.user, programme)
    return steps if any(not one.is_done for one in steps) else []


@require_GET
@requires(Perm.PROGRAMME_VIEW)
def overview(request: Request) -> HttpResponse:
    """Show the programme on one page that prints on one sheet."""
    programme = current_programme(request.user)
    context = {
        "programme": programme,
        "told": overview_of(request.user, programme) if programme else None,
        "week": upcoming.week_of(request.user, today()),
        "on": today(),
    }
    return render(request, "cabinet/overview.html", context)


@require_POST
@requires(Perm.PROGRAMME_EDIT)
def step(request: Request) -> HttpResponse:
    """Put a first step aside, or take it up again."""
    programme = current_programme(request.user)
    asked = request.POST.get("step", "")
    if programme is not None and asked in Step.values:
        do = actions.take_step_up if "again" in request.POST else actions.put_step_aside
        do(programme, Step(asked), by=request.user)
    return redirect(f"{reverse('cabinet:home')}#steps")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@public
def set_up(request: HttpRequest) -> HttpResponse:
    """Set up an empty installation; with the first account the page is gone."""
    if has_any_account():
        raise Http404
    if not access.is_admitted(request.session):
        return _ask_word(request)
    form, number, is_whole = SetUpForm(), 0, False
    if request.method == "POST":
        form, number, is_whole = conversation(request.POST)
    if is_whole:
        try:
            curator = set_up_site(by=None, **form.cleaned_data)
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            access.forget_word()
            login(request, curator, backend="nastavnik.people.access.Accounts")
            signins.note_success(request, curator)
            messages.success(request, _("The site is ready. Now choose the forms of mentoring."))
            return redirect("programmes:add")
    return render(
        request,
        "cabinet/set_up.html",
        {
            "form": form,
            "number": number,
            "question": QUESTIONS[number],
            "asked": form.asked(number),
            "carried": form.carried(number),
            "n_questions": len(QUESTIONS),
            "is_last": number == LAST,
            "head": head_of_order(form),
        },
    )


def _ask_word(request: HttpRequest) -> HttpResponse:
    form = WordForm(request.POST if "word" in request.POST else None)
    if form.is_valid():
        request.session[access.ADMITTED] = True
        return redirect("cabinet:set-up")
    shown = {"form": form, "left_behind": access.left_behind()}
    return render(request, "cabinet/set_up_word.html", shown)


@require_GET
@requires(Perm.DISTRICT_VIEW)
def district(request: Request) -> HttpResponse:
    """Show the organisations of the district with counts and no names."""
    rows = list(district_rows(request.user))
    table = schools_table(rows)
    if answer := listing.given(request, table):
        return answer
    return render(
        request,
        "cabinet/district.html",
        {
            "table": table,
            "rows": rows,
            "n_without": sum(row.n_pairs == 0 for row in rows),  # type: ignore[attr-defined]
            "items": attention.items_for(request.user),
        },
    )


@require_GET
@requires(Perm.HOME)
def search(request: Request) -> HttpResponse:
    """Show what a question finds among what the person may see, and the keys of the site."""
    asked = request.GET.get("q", "")[: registry.LONGEST].strip()
    groups = registry.find(request.user, asked)
    return render(
        request,
        "cabinet/search.html",
        {
            "searched_for": asked,
            "groups": groups,
            "n_found": sum(len(group.hits) for group in groups),
            "has_more": any(group.has_more for group in groups),
        },
    )


@require_GET
@requires(Perm.COMPONENTS_VIEW)
def components(request: Request) -> HttpResponse:
    """Show every part of the look in every state, with invented people; nothing here is saved."""
    sort = request.GET.get("sort", "name")
    context = {
        "form": ExampleForm({"name": "", "day": "", "kind": "pupil"}),
        "filters": ExampleFilter(request.GET),
        "people": example_people(is_descending=sort == "-name"),
        "sort": sort,
        "page": Paginator(range(3), 1).get_page(request.GET.get("page", 2)),
        "states": STATES,
        "stages": example_stages(),
        "scale": range(1, 6),
        "todo": example_todo(),
        "nodes": NODES,
        "head": example_head(),
    }
    return render(request, "cabinet/components.html", context)


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(onward_from(request, request.POST.get("next", "")))


def _keep(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    """Let the browser carry a choice for a year, as carefully as the cookie of a session."""
    safe = request.is_secure()
    response.set_cookie(name, value, max_age=A_YEAR, samesite="Lax", httponly=True, secure=safe)


@require_http_methods(["GET", "POST"])
@requires(Perm.HOME)
def calendar(request: Request) -> HttpResponse:
    """Make the secret address of the own calendar, show it once, end it."""
    token = ""
    if request.method == "POST":
        if request.POST.get("do") == "end":
            actions.end_calendar_link(request.user, by=request.user)
            messages.success(request, _("The address opens nothing any more."))
            return redirect("cabinet:calendar")
        token = actions.make_calendar_link(request.user, by=request.user)
    site = site_of(request)
    address = f"{site}{reverse('cabinet:calendar-feed', args=[token])}" if token else ""
    context = {
        "address": address,
        "here_only": opens_here_only(site),
        "link": own_calendar_link(request.user),
    }
    return render(request, "cabinet/calendar.html", context)


@require_safe
@by_link
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Give the own calendar to whoever holds its address: days and kinds of things, no names."""
    link = calendar_link(token)
    if link is None:
        return link_gone(request)
    with timezone.override(zoneinfo.ZoneInfo(link.user.time_zone or settings.TIME_ZONE)):
        events = events_of(link.user, str(link.key), site_of(request))
    body = render_calendar("Наставник", events, made_at=timezone.now())
    return HttpResponse(body, content_type="text/calendar; charset=utf-8")


@require_http_methods(["GET", "POST"])
@requires(Perm.HOME)
def take_out(request: Request) -> HttpResponse:
    """Ask once a sitting what lists with people are taken out for, then go on to the file or the print."""
    onward = onward_from(request, request.GET.get("next", ""))
    form = TakenOutForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        taking_out.remember(request, taking_out.TakenOutFor(said["purpose"]), said["own_words"])
        return redirect(request.get_full_path())
    is_said = bool(taking_out.said(request))
    context = {
        "form": form,
        "onward": onward,
        "back": onward_from(request, request.GET.get("back", "")),
        "purpose": taking_out.in_words(taking_out.said(request)) if is_said else "",
    }
    response = render(request, "cabinet/take_out.html", context)
    if is_said and request.method == "GET" and onward != "/":
        response.headers["Refresh"] = f"0; url={onward}"
    return response


@require_POST
@public
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language of the interface in a cookie."""
    response = _back(request)
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        _keep(request, response, settings.LANGUAGE_COOKIE_NAME, chosen)
    return response


@require_POST
@public
def keys(request: HttpRequest) -> HttpResponse:
    """Keep in a cookie that pages do not listen to keys, or forget it."""
    response = redirect("cabinet:search")
    if request.POST.get("keys") == KEYS_OFF:
        _keep(request, response, KEYS, KEYS_OFF)
    else:
        response.delete_cookie(KEYS, samesite="Lax")
    return response


@require_POST
@public
def theme(request: HttpRequest) -> HttpResponse:
    """Keep light or dark in a cookie."""
    response = _back(request)
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        _keep(request, response, COOKIE, chosen)
    return response


@require_GET
@requires(Perm.HOME)
def how_tos(request: Request) -> HttpResponse:
    """List the how-tos."""
    return render(request, "cabinet/how_to.html", {"pages": rendering.how_tos(), "page": None})


@require_GET
@requires(Perm.HOME)
def how_to(request: Request, name: str) -> HttpResponse:
    """Show a how-to, with a way to the others."""
    page = rendering.how_to(name)
    if page is None:
        raise Http404
    return render(request, "cabinet/how_to.html", {"pages": rendering.how_tos(), "page": page})


@require_GET
@requires(Perm.TRAIL_VIEW)
def who_changed_what(request: Request) -> HttpResponse:
    """Show the journal of the organisation, or the history of one person, pair or paper."""
    filters = TrailFilter(who_acted(request.user), request.GET)
    filters.is_valid()
    given = {name: value for name, value in filters.cleaned_data.items() if value}
    of = given.get("of", "")
    if of and (thing := thing_of(request.user, of)) is None:
        raise Http404
    rows = trail(request.user, **given)
    page = page_of(request, rows, TRAIL_PER_PAGE)
    lines = told(request.user, listing.rows_for(request, page, rows[:TRAIL_AT_MOST]))
    table = trail_table(lines, [one for one in listing.narrowed_by(filters) if one[1] != of])
    if answer := listing.given(request, table):
        return answer
    link = audit.last_link(request.user.workplace.pk)
    context = {
        "table": table,
        "lines": table.lines,
        "page": page,
        "filters": filters,
        "is_filtered": bool(given),
        "of": of,
        "thing": thing if of else "",
        "link": link,
        "code": audit.code_of(link) if link else "",
        **_checked(request.user.workplace.pk),
    }
    return render(request, "cabinet/trail.html", context)


def _checked(organisation_id: int) -> dict[str, object]:
    """Return when the journal was looked through last, and which link did not fit."""
    found = anchors.read().checked
    moment = parse_datetime(str(found.get("at", "")))
    return {"checked": moment, "fault": found.get(anchors.chain_name(organisation_id))}


@require_GET
@requires(Perm.TRAIL_VIEW)
def who_has_seen(request: Request, pk: int) -> HttpResponse:
    """Show who looked at what is kept about a person, by role and day."""
    of_school = request.user.viewer.answers_for(Perm.TRAIL_VIEW)
    people = Person.objects.visible_to(request.user).filter(organisation_id__in=of_school)
    person = get_object_or_404(people, pk=pk)
    rows = seen(request.user, person)
    page = page_of(request, rows, TRAIL_PER_PAGE)
    table = seen_table(person.full_name, listing.rows_for(request, page, rows))
    if answer := listing.given(request, table):
        return answer
    context = {
        "person": person,
        "table": table,
        "lines": table.lines,
        "page": page,
        "n_days": len({row.on for row in rows}),
    }
    return render(request, "cabinet/seen.html", context)
