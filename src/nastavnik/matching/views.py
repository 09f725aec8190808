"""The matching workspace."""

from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request, ticked
from nastavnik.core.marks import requires
from nastavnik.matching import actions, adapter, tasks
from nastavnik.matching.access import may_approve
from nastavnik.matching.catalogues import shipped_rules
from nastavnik.matching.choices import CountingState, Outcome, Ruling
from nastavnik.matching.forms import (
    OWN_WORDS,
    USUAL_REASONS,
    ComparisonForm,
    OpinionForm,
    ResultFilter,
    RulesForm,
    RulingForm,
)
from nastavnik.matching.models import Counting, MatchingRun, Opinion, PairRuling
from nastavnik.matching.queries import (
    LINE_ORDERS,
    all_rulings,
    board,
    compare_runs,
    counting_now,
    forms_to_match,
    lines_of,
    moves,
    n_pairs_to_look_at,
    opinions_seen,
    past_runs,
    proposal_of,
    rules_in_force,
    rulings_of,
    runs_of,
    who_is_matched,
)
from nastavnik.matching.tables import narrowed, run_lines, unmatched_lines
from nastavnik.programmes.actions import make_ready
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import MentoringForm, Participation, Programme
from nastavnik.programmes.queries import base_counts, current_programme, last_group_meeting

RUNS_PER_PAGE = 50
#: What of the address of the workspace a decision leads back to.
OF_PLACE = ("run", "view", "sort", "name", "form", "kind")


@require_GET
@requires(Perm.MATCHING_VIEW)
def workspace(request: Request) -> HttpResponse:
    """Show a matching, the newest by default: who is without a mentor first, then the pairs with reasons."""
    programme = current_programme(request.user)
    context: dict[str, object] = {
        "programme": programme,
        "may_edit": request.user.viewer.may(Perm.MATCHING_EDIT),
        "may_advise": request.user.viewer.may(Perm.OPINION_GIVE),
    }
    if programme:
        runs = runs_of(request.user, programme, request.GET.get("run", ""))
        run = runs.shown
        forms = forms_to_match(request.user, programme)
        run_forms = list(run.forms.all()) if run else forms
        context |= {
            "mentees": base_counts(request.user, programme, Side.MENTEE),
            "mentors": base_counts(request.user, programme, Side.MENTOR),
            **_result(request, run, run_forms),
            "rulings": rulings_of(request.user, programme),
            "form": RulingForm(request.user, programme),
            "forms": forms,
            "run_forms": run_forms,
            "verdict": (verdict := may_approve(request.user, run_forms)),
            "may_approve": bool(verdict) and request.user.viewer.may(Perm.PAIR_APPROVE),
            "others": runs.others,
            "gathering": last_group_meeting(request.user, programme),
            "opinions": opinions_seen(request.user, programme.pk),
            "outcomes": OWN_WORDS,
            "counting": counting_now(request.user, programme),
        }
        if context["may_advise"]:
            context["opinion_form"] = OpinionForm(request.user, programme, auto_id="opinion_%s")
    return render(request, "matching/workspace.html", context)


def _result(
    request: Request, run: MatchingRun | None, run_forms: list[MentoringForm]
) -> dict[str, object]:
    """Return a run as the page shows it: in columns, or as a table where that is asked for."""
    shown = board(request.user, run) if run else None
    if shown is None:
        return {"board": shown}
    filters = ResultFilter(
        run_forms,
        request.GET,
        with_choices=shown.n_chosen is not None,
        with_opinions=request.user.viewer.may(Perm.OPINION_VIEW),
    )
    asked = filters.chosen()
    sort = request.GET.get("sort", "")
    sort = sort if sort.removeprefix("-") in LINE_ORDERS else "mentee"
    lines = narrowed(
        lines_of(shown, form=asked["form"], sort=sort), name=asked["name"], kind=asked["kind"]
    )
    keys = {line.mentee.pk for line in lines}
    groups = [
        own for own in shown.groups if any(leg.proposal.mentee_id in keys for leg in own.legs)
    ]
    return {
        "board": shown,
        "n_seen": shown.n_pairs + len(shown.left_out),
        "is_table": request.GET.get("view") == "table",
        "lines": lines,
        "groups": groups,
        "n_shown": sum(len(own.legs) for own in groups),
        "unmatched": unmatched_lines(shown.left_out, keys),
        "filters": filters,
        "is_filtered": any(asked.values()),
        "sort": sort,
        "place": request.GET.urlencode(),
    }


@require_GET
@requires(Perm.MATCHING_VIEW)
def past_run(request: Request, pk: int) -> HttpResponse:
    """Show a matching of before."""
    run = get_object_or_404(
        MatchingRun.objects.visible_to(request.user).select_related("programme"), pk=pk
    )
    return render(
        request,
        "matching/run.html",
        {
            **_result(request, run, list(run.forms.all())),
            "run": run,
            "rules": run.snapshot.get("rules", {}),
            "newest": past_runs(request.user, run.programme).prefetch_related(None).first(),
            "may_recount": request.user.viewer.may(Perm.MATCHING_EDIT),
        },
    )


@require_POST
@requires(Perm.MATCHING_EDIT)
def recount(request: Request, pk: int) -> HttpResponse:
    """Compute an old matching again from what it kept, and say whether it comes out the same."""
    run = get_object_or_404(MatchingRun.objects.visible_to(request.user), pk=pk)
    try:
        answer = adapter.recount(run.snapshot)
    except ValueError:
        messages.error(
            request,
            _("What this matching kept was written by another version: it is not counted anew."),
        )
        return redirect("matching:past", pk=run.pk)
    then = {
        str(mentee): str(mentor)
        for mentee, mentor in run.proposals.exclude(mentor=None).values_list(
            "mentee_id", "mentor_id"
        )
    }
    is_same = (answer.mentor_of, answer.total_score) == (then, run.total_score)
    if is_same and answer.is_same_sum and answer.is_certified:
        messages.success(
            request,
            _("Counted anew from what was kept: the same pairs, the same sum, proven again."),
        )
    else:
        n = sum(answer.mentor_of.get(key) != then.get(key) for key in {*answer.mentor_of, *then})
        messages.warning(
            request,
            _(
                "Counted anew: it differs for %(n)s mentees. The rules of counting have changed since."
            )
            % {"n": n},
        )
    return redirect("matching:past", pk=run.pk)


@require_GET
@requires(Perm.MATCHING_VIEW)
def history(request: Request) -> HttpResponse:
    """Show all matchings of the programme; compare two of them."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("matching:workspace")
    page = Paginator(past_runs(request.user, programme), RUNS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    newest = dict(zip(("after", "before"), page, strict=False))
    asked = request.GET if "before" in request.GET else None
    form = ComparisonForm(request.user, programme, asked, initial=newest)
    comparison = None
    if form.is_valid():
        comparison = compare_runs(
            request.user, form.cleaned_data["before"], form.cleaned_data["after"]
        )
    context = {
        "page": page,
        "lines": run_lines(page),
        "form": form,
        "may_edit": request.user.viewer.may(Perm.MATCHING_EDIT),
        "comparison": comparison,
        "rulings": all_rulings(request.user, programme)[:RUNS_PER_PAGE],
    }
    return render(request, "matching/history.html", context)


@require_http_methods(["GET", "POST"])
@requires(Perm.MATCHING_EDIT)
def rules(request: Request) -> HttpResponse:
    """Show what a pair is given points for; show what other points would change before they are kept."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("matching:workspace")
    form = RulesForm(rules_in_force(programme.organisation_id), request.POST or None)
    context: dict[str, object] = {"form": form, "programme": programme}
    if request.method == "POST" and form.is_valid():
        if "keep" in request.POST:
            actions.set_rules(programme.organisation, form.chosen(), by=request.user)
            messages.success(request, _("The rules are kept. The next matching goes by them."))
            return redirect("matching:workspace")
        own = forms_to_match(request.user, programme)
        now = actions.engine_input(programme, own)
        then = actions.engine_input(programme, own, rules=form.chosen())
        effect = adapter.effect_of(now, then)
        context |= {
            "effect": effect,
            "tells_choices": request.user.viewer.may(Perm.PREFERENCE_VIEW)
            and bool(now.wishes.mentees or now.wishes.mentors),
            "moved": moves(request.user, effect.moved),
            "is_empty": not (now.mentees and now.mentors),
        }
    return render(request, "matching/rules.html", context)


@require_POST
@requires(Perm.MATCHING_EDIT)
def shipped(request: Request) -> HttpResponse:
    """Go back to the rules as shipped."""
    programme = current_programme(request.user)
    if programme is not None:
        actions.set_rules(programme.organisation, shipped_rules(), by=request.user)
        messages.success(
            request, _("The rules are as shipped again. The next matching goes by them.")
        )
    return redirect("matching:rules")


@require_POST
@requires(Perm.MATCHING_EDIT)
def run(request: Request) -> HttpResponse:
    """Match everyone who is ready in the ticked forms, in all of one's own when none is asked about."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("matching:workspace")
    forms = forms_to_match(request.user, programme)
    if "chosen" in request.POST:
        wanted = set(request.POST.getlist("forms"))
        forms = [form for form in forms if str(form.pk) in wanted]
    without: frozenset[int] = frozenset()
    if "picked" in request.POST:
        without = who_is_matched(request.user, programme).keys - set(ticked(request, "people"))
    return _match(request, programme, forms, without=without) or redirect("matching:workspace")


@require_GET
@requires(Perm.MATCHING_EDIT)
def people(request: Request) -> HttpResponse:
    """Show whom the next matching takes, to leave somebody out, and whom it cannot take and why."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("matching:workspace")
    who = who_is_matched(request.user, programme)
    context = {
        "who": who,
        "n_complete": sum(bool(row.verdict) for row in who.unready),
        "may_let_in": request.user.viewer.may(Perm.BASE_EDIT),
    }
    return render(request, "matching/people.html", context)


@require_POST
@requires(Perm.BASE_EDIT)
def let_in(request: Request) -> HttpResponse:
    """Let everybody into matching of whom nothing is missing."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("matching:workspace")
    who = who_is_matched(request.user, programme)
    complete = [row.record for row in who.unready if row.verdict]
    passed, _stopped = make_ready(complete, by=request.user)
    text = ngettext(
        "%(n)s record is ready for matching.", "%(n)s records are ready for matching.", len(passed)
    )
    messages.success(request, text % {"n": len(passed)})
    return redirect("matching:people")


def _match(
    request: Request,
    programme: Programme,
    forms: list[MentoringForm],
    said: str = "",
    without: Collection[int] = (),
) -> HttpResponse | None:
    """Match some forms, at once or, where that would take long, in the background: then lead to its page."""
    n_pairs = n_pairs_to_look_at(programme, forms)
    try:
        if n_pairs > settings.MATCHING_PAIRS_AT_ONCE:
            row = actions.start_counting(programme, forms, n_pairs=n_pairs, by=request.user)
            tasks.start(row, without=without, by=request.user)
            return redirect("matching:counting", pk=row.pk)
        made = actions.run_matching(programme, forms=forms, without=without, by=request.user)
    except RefusedError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    else:
        _tell_proposed(request, made.n_matched, said)
    return None


def _tell_proposed(request: Request, n_matched: int, said: str = "") -> None:
    """Say what a matching found, after what was decided by hand before it."""
    if n_matched:
        text = ngettext("%(n)s pair is proposed.", "%(n)s pairs are proposed.", n_matched)
        messages.success(request, said or text % {"n": n_matched})
    else:
        nobody = _("No pair was found: why, is said below.")
        messages.warning(request, f"{said} {nobody}".strip())


@require_GET
@requires(Perm.MATCHING_EDIT)
def counting(request: Request, pk: int) -> HttpResponse:
    """Show how far a matching in the background is; when it is done, lead to it."""
    row = get_object_or_404(Counting.objects.visible_to(request.user).select_related("run"), pk=pk)
    if row.run:
        _tell_proposed(request, row.run.n_matched)
        return redirect("matching:workspace")
    is_lost = timezone.now() - row.started_at > actions.LONGEST
    is_running = row.state == CountingState.RUNNING and not is_lost
    seconds = int((timezone.now() - row.started_at).total_seconds())
    context = {
        "row": row,
        "is_running": is_running,
        "is_lost": is_lost,
        "seconds": seconds,
        "progress": tasks.progress_of(row),
    }
    return render(request, "matching/counting.html", context)


@require_POST
@requires(Perm.MATCHING_EDIT)
def cancel(request: Request, pk: int) -> HttpResponse:
    """Cancel a matching in the background."""
    row = get_object_or_404(Counting.objects.visible_to(request.user), pk=pk)
    actions.cancel_counting(row, by=request.user)
    return redirect("matching:counting", pk=pk)


def _place(place: str, mentee: Participation | None = None) -> str:
    """Return the address of the workspace as it was looked at, at the line of a mentee."""
    given = QueryDict(place)
    kept = urlencode({name: given[name] for name in OF_PLACE if given.get(name)})
    line = f"#mentee-{mentee.pk}" if mentee else ""
    return f"{reverse('matching:workspace')}{'?' if kept else ''}{kept}{line}"


def _back(request: Request, mentee: Participation | None = None) -> HttpResponseRedirect:
    return redirect(_place(request.POST.get("place", ""), mentee))


@require_http_methods(["GET", "POST"])
@requires(Perm.MATCHING_EDIT)
def rule(request: Request) -> HttpResponse:
    """Put two people together or apart; the next run keeps to it. Asked by GET, it asks for the reason."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("matching:workspace")
    given = request.POST if request.method == "POST" else request.GET
    form = RulingForm(request.user, programme, given)
    if not form.is_valid():
        messages.error(request, _("Choose a mentee who waits and a mentor who is ready."))
        return redirect("matching:workspace")
    data = form.cleaned_data
    ruling = Ruling(data["ruling"])
    if request.method == "GET":
        return _ask_why(request, form, ruling)
    if not data["reason"] and actions.is_override(data["mentor"], data["mentee"], ruling):
        named = {"mentee": data["mentee"].pk, "mentor": data["mentor"].pk, "ruling": ruling.value}
        kept = {name: given[name] for name in ("again", "place") if name in given}
        return redirect(f"{reverse('matching:rule')}?{urlencode(named | kept)}")
    return _decide(request, programme, data) or _back(request, data["mentee"])


def _decide(request: Request, programme: Programme, data: dict[str, Any]) -> HttpResponse | None:
    """Keep a word on two people, and match anew at once where that is asked; lead on where that takes long."""
    ruling = Ruling(data["ruling"])
    try:
        actions.rule_pair(
            data["mentor"], data["mentee"], ruling, reason=data["reason"], by=request.user
        )
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return None
    text = _ruled(data)
    if "again" in request.POST:
        return _run_anew(request, programme, text)
    hint = _("Run the matching anew to see what changes.")
    messages.success(request, f"{text} {hint}")
    return None


def _ask_why(request: Request, form: RulingForm, ruling: Ruling) -> HttpResponse:
    data = form.cleaned_data
    return render(
        request,
        "matching/why.html",
        {
            "form": form,
            "is_lock": ruling == Ruling.LOCK,
            "mentor": data["mentor"],
            "mentee": data["mentee"],
            "proposal": proposal_of(data["mentee"]),
            "is_override": actions.is_override(data["mentor"], data["mentee"], ruling),
            "again": "again" in request.GET,
            "place": request.GET.get("place", ""),
            "back": _place(request.GET.get("place", ""), data["mentee"]),
            "usual": USUAL_REASONS[ruling],
        },
    )


def _ruled(data: dict[str, Any]) -> str:
    names = {
        "mentor": data["mentor"].person.short_name,
        "mentee": data["mentee"].person.short_name,
    }
    text = (
        _("%(mentee)s and %(mentor)s: together.")
        if data["ruling"] == Ruling.LOCK
        else _("%(mentee)s and %(mentor)s: not together.")
    )
    return text % names


def _run_anew(request: Request, programme: Programme, said: str) -> HttpResponse | None:
    """Match anew the forms of the newest matching, as far as they are the user's own."""
    shown = runs_of(request.user, programme).shown
    own = forms_to_match(request.user, programme)
    forms = [form for form in own if shown is None or form in shown.forms.all()]
    return _match(request, programme, forms, said)


@require_POST
@requires(Perm.MATCHING_EDIT)
def lift(request: Request, pk: int) -> HttpResponse:
    """Take a lock or a ban back."""
    row = get_object_or_404(PairRuling.objects.visible_to(request.user).standing(), pk=pk)
    actions.lift_ruling(row, by=request.user)
    messages.success(request, _("Taken back. Run the matching anew to see what changes."))
    return _back(request, row.mentee)


@require_POST
@requires(Perm.OPINION_GIVE)
def opine(request: Request) -> HttpResponse:
    """Note the psychologist's outcome on a pair or on a person."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("matching:workspace")
    form = OpinionForm(request.user, programme, request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a mentor, a mentee or both, of one programme."))
        return redirect("matching:workspace")
    data = form.cleaned_data
    outcome = Outcome(data["outcome"]) if data["outcome"] else None
    try:
        actions.give_opinion(
            mentor=data["mentor"], mentee=data["mentee"], outcome=outcome, by=request.user
        )
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("Noted: the psychologist %(outcome)s. The curator sees the outcome and no reason.")
            % {"outcome": outcome.label}
            if outcome
            else _("Taken back."),
        )
    return _back(request, data["mentee"])


@require_POST
@requires(Perm.MATCHING_EDIT)
def discussed(request: Request, pk: int) -> HttpResponse:
    """Note that what the psychologist wanted to discuss has been discussed."""
    row = get_object_or_404(Opinion.objects.visible_to(request.user), pk=pk)
    actions.mark_discussed(row, by=request.user)
    messages.success(request, _("Noted: you have spoken about it."))
    return redirect(f"{_place(request.POST.get('place', ''))}#psychologist")
