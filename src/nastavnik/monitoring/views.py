"""Pages of monitoring: the section, a scorecard, a sheet of one's own."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.core.ui import confirm, listing
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.documents.actions import draft_document, refresh_document
from nastavnik.monitoring import actions
from nastavnik.monitoring.access import may_close, may_score
from nastavnik.monitoring.catalogues import effect_rules, indicator_rule, scorecard_rules
from nastavnik.monitoring.choices import FIRST_YEAR, LAST_YEAR, SCORECARD_PAPER, SwotField
from nastavnik.monitoring.documents import paper_of
from nastavnik.monitoring.forms import (
    ConclusionForm,
    HandCountForm,
    ScoreForm,
    ScorerForm,
    SnapshotForm,
    SwotNoteForm,
    TargetForm,
)
from nastavnik.monitoring.models import Scorecard, ScoreSheet, SwotNote
from nastavnik.monitoring.queries.effects import Compared, Effects, effects_of
from nastavnik.monitoring.queries.evidence import evidence_of
from nastavnik.monitoring.queries.indicators import (
    certificates_of,
    planned_of,
    roster_help,
    years_to_show,
)
from nastavnik.monitoring.queries.process import (
    narrowed_answers,
    notes_of,
    open_answers,
    process_lines,
    shared_words,
    snapshots_of,
)
from nastavnik.monitoring.queries.scorecards import (
    cards_of,
    open_sheet_of,
    result_of,
    scorers_to_invite,
    years_of,
)
from nastavnik.monitoring.tables import (
    bounds_words,
    card_table,
    effect_picture,
    effects_table,
    group_words,
    indicators_table,
    left_words,
    level_words,
    percent_words,
    plan_words,
    process_table,
    satisfaction_table,
    share_picture,
    shift_words,
    split_words,
    sum_words,
    swot_table,
    told_words,
    warnings_of,
    years_table,
)
from nastavnik.programmes.models import Programme
from nastavnik.programmes.queries import current_programme


def _programme(request: Request) -> Programme | None:
    """Return the programme of now, if the user answers for the whole of its organisation."""
    programme = current_programme(request.user)
    at = request.user.viewer.answers_for(Perm.MONITORING_VIEW)
    return programme if programme and programme.organisation_id in at else None


@require_GET
@requires(Perm.MONITORING_VIEW)
def overview(request: Request) -> HttpResponse:
    """Show the scorecards year by year and how the one of this year stands."""
    rows = years_of(request.user)
    programme = _programme(request)
    now = next((row for row in rows if programme and row.card.programme_id == programme.pk), None)
    hidden = open_sheet_of(request.user, now.card) if now else None
    table = years_table(rows, hidden=now.card.pk if now and hidden else None)
    if answer := listing.given(request, table):
        return answer
    viewer = request.user.viewer
    context = {
        "table": table,
        "programme": programme,
        "now": now,
        "own": hidden,
        "sum": sum_words(now.result) if now and not hidden else "",
        "level": level_words(now.result) if now and not hidden else "",
        "may_edit": programme is not None
        and programme.organisation_id in viewer.answers_for(Perm.MONITORING_EDIT),
        "is_due": scorecard_rules().is_due(today()),
        "sees_part": not viewer.answers_for(Perm.MONITORING_VIEW),
    }
    return render(request, "monitoring/overview.html", context)


@require_POST
@requires(Perm.MONITORING_EDIT)
def begin(request: Request) -> HttpResponse:
    """Begin the card of the programme of now, with a sheet for whoever begins it."""
    programme = _programme(request)
    if programme is None:
        messages.error(request, _("There is no programme to score: open one first."))
        return redirect("monitoring:overview")
    try:
        card = actions.begin_scorecard(programme, scorer=request.user, by=request.user)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("monitoring:overview")
    return redirect("monitoring:scorecard", pk=card.pk)


def _card(request: Request, pk: int) -> Scorecard:
    return get_object_or_404(cards_of(request.user), pk=pk)


def _led_card(request: Request, pk: int) -> Scorecard:
    at = request.user.viewer.answers_for(Perm.MONITORING_EDIT)
    return get_object_or_404(
        Scorecard.objects.visible_to(request.user).filter(organisation_id__in=at), pk=pk
    )


@require_GET
@requires(Perm.MONITORING_VIEW)
def scorecard(request: Request, pk: int) -> HttpResponse:
    """Show a card: what each gave, what it comes to, what the site counts beside it."""
    card = _card(request, pk)
    own = open_sheet_of(request.user, card)
    sheets = list(card.sheets.all())
    # whoever is still to score does not see what the others gave: their points would be the own ones
    result = result_of([] if own else sheets)
    table = card_table(card, result, evidence_of(request.user, card.programme))
    if answer := listing.given(request, table):
        return answer
    viewer = request.user.viewer
    may_edit = card.organisation_id in viewer.answers_for(Perm.MONITORING_EDIT)
    context: dict[str, Any] = {
        "card": card,
        "table": table,
        "result": result,
        "own": own,
        "sheets": sheets,
        "n_in": sum(one.handed_in_on is not None for one in sheets),
        "sum": sum_words(result),
        "level": level_words(result),
        "rules": scorecard_rules(),
        "may_edit": may_edit,
        "closing": may_close(card) if may_edit and not card.closed_on else None,
        "may_draft": card.organisation_id in viewer.organisations(Perm.DOCUMENT_EDIT),
        "paper": paper_of(card),
    }
    if may_edit:
        context["conclusion_form"] = ConclusionForm(initial={"conclusion": card.conclusion})
        people = scorers_to_invite(card.organisation, card)
        context["scorer_form"] = ScorerForm(people) if people and not card.closed_on else None
    return render(request, "monitoring/scorecard.html", context)


@require_POST
@requires(Perm.MONITORING_EDIT)
def invite(request: Request, pk: int) -> HttpResponse:
    """Give somebody of the staff a sheet of their own."""
    card = _led_card(request, pk)
    people = scorers_to_invite(card.organisation, card)
    form = ScorerForm(people, request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose who is to score."))
        return redirect("monitoring:scorecard", pk=pk)
    (scorer,) = [one for one in people if str(one.pk) == form.cleaned_data["scorer"]]
    with refusals_told(request):
        actions.invite_scorer(card, scorer, by=request.user)
        messages.success(
            request, _("%(name)s: asked to score, on «Today».") % {"name": scorer.full_name}
        )
    return redirect("monitoring:scorecard", pk=pk)


@require_POST
@requires(Perm.MONITORING_EDIT)
def conclude(request: Request, pk: int) -> HttpResponse:
    """Keep what follows from a card."""
    card = _led_card(request, pk)
    form = ConclusionForm(request.POST)
    if form.is_valid():
        actions.conclude_scorecard(card, by=request.user, **form.cleaned_data)
        messages.success(request, _("Your words are kept."))
    else:
        messages.error(request, _("The words are too long: keep the main things."))
    return redirect("monitoring:scorecard", pk=pk)


@require_POST
@requires(Perm.MONITORING_EDIT)
def close(request: Request, pk: int) -> HttpResponse:
    """Close a card; it can be opened again."""
    with refusals_told(request):
        actions.close_scorecard(_led_card(request, pk), by=request.user)
        messages.success(request, _("The scorecard is closed. It can be opened again."))
    return redirect("monitoring:scorecard", pk=pk)


@require_POST
@requires(Perm.MONITORING_EDIT)
def reopen(request: Request, pk: int) -> HttpResponse:
    """Open a closed card again."""
    actions.reopen_scorecard(_led_card(request, pk), by=request.user)
    messages.success(request, _("The scorecard is open: sheets can be changed."))
    return redirect("monitoring:scorecard", pk=pk)


@require_POST
@requires(Perm.DOCUMENT_EDIT)
def paper(request: Request, pk: int) -> HttpResponse:
    """Put the card into the register as a draft, or open the paper that is there."""
    card = _led_card(request, pk)
    known = paper_of(card)
    if known is None and not card.closed_on:
        messages.error(request, _("Close the scorecard first: the paper says what stands."))
        return redirect("monitoring:scorecard", pk=pk)
    if known is None:
        known = draft_document(
            card.programme.year,
            SCORECARD_PAPER,
            subject_id=card.pk,
            facts={"year": str(card.programme.year)},
            by=request.user,
        )
        refresh_document(known, by=request.user)
        messages.success(request, _("The scorecard is in the register as a draft."))
    return redirect("documents:card", pk=known.pk)


@require_http_methods(["GET", "POST"])
@requires(Perm.HOME)
def sheet(request: Request, pk: int) -> HttpResponse:
    """Show the own sheet, keep what is said on it, hand it in by another button."""
    rows = ScoreSheet.objects.visible_to(request.user).own(request.user)
    shown = get_object_or_404(rows.select_related("scorecard__programme__year"), pk=pk)
    scoring = may_score(shown)
    marks = list(shown.marks.order_by("pk"))
    form = ScoreForm(request.POST or None, marks=marks)
    if request.method == "POST" and form.is_valid():
        try:
            actions.keep_marks(shown, form.said(), by=request.user)
            if request.POST.get("go") == "hand-in":
                actions.hand_in(shown, by=request.user)
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            is_in = request.POST.get("go") == "hand-in"
            messages.success(
                request,
                _("Your sheet is handed in.") if is_in else _("Kept: you may go on later."),
            )
            return redirect("monitoring:sheet", pk=pk)
    context = {
        "sheet": shown,
        "form": form,
        "scoring": scoring,
        "n_said": len(marks),
        "n_all": len(scorecard_rules().indicators),
        "rows": _rows(form),
        "may_view": shown.scorecard.organisation_id
        in request.user.viewer.answers_for(Perm.MONITORING_VIEW),
    }
    return render(request, "monitoring/sheet.html", context, status=422 if form.errors else 200)


def _rows(form: ScoreForm) -> list[dict[str, Any]]:
    """Return the fields an indicator, with the criterion above the first of each."""
    before, rows = "", []
    for one in scorecard_rules().indicators:
        rows.append(
            {
                "criterion": "" if one.criterion == before else one.criterion,
                "points": form[f"points_{one.code}"],
                "why": form[f"why_{one.code}"],
            }
        )
        before = one.criterion
    return rows


@require_POST
@requires(Perm.HOME)
def take_back(request: Request, pk: int) -> HttpResponse:
    """Take back that a sheet is handed in: the own one, or one that the curator gives back to be looked at once more."""
    rows = ScoreSheet.objects.visible_to(request.user).given_back_by(request.user)
    shown = get_object_or_404(rows, pk=pk)
    is_own = shown.scorer_id == request.user.pk
    with refusals_told(request):
        actions.take_sheet_back(shown, by=request.user)
        messages.success(
            request,
            _("The sheet is yours again: change it and hand it in.")
            if is_own
            else _("The sheet is given back: it stands on the scorer's «Today»."),
        )
    if is_own:
        return redirect("monitoring:sheet", pk=pk)
    return redirect("monitoring:scorecard", pk=shown.scorecard_id)


@require_POST
@requires(Perm.MONITORING_EDIT)
def drop(request: Request, pk: int) -> HttpResponse:
    """Take a sheet off the card on which nothing stands."""
    at = request.user.viewer.answers_for(Perm.MONITORING_EDIT)
    rows = ScoreSheet.objects.visible_to(request.user).filter(organisation_id__in=at)
    shown = get_object_or_404(rows, pk=pk)
    with refusals_told(request):
        actions.drop_sheet(shown, by=request.user)
        messages.success(request, _("The sheet is off the card."))
    return redirect("monitoring:scorecard", pk=shown.scorecard_id)


# ---------------------------------------------------------------- stage 1: how the programme goes


def _leads(request: Request, programme: Programme | None) -> bool:
    at = request.user.viewer.answers_for(Perm.MONITORING_EDIT)
    return programme is not None and programme.organisation_id in at


def _led_programme(request: Request) -> Programme | None:
    programme = _programme(request)
    return programme if _leads(request, programme) else None


@require_GET
@requires(Perm.MONITORING_VIEW)
def process(request: Request) -> HttpResponse:
    """Show the numbers of the process today beside the snapshots."""
    programme = _programme(request)
    snapshots = snapshots_of(request.user, programme) if programme else []
    lines = process_lines(request.user, programme, snapshots) if programme else []
    table = process_table(lines)
    if answer := listing.given(request, table):
        return answer
    context = {
        "programme": programme,
        "snapshots": snapshots,
        "table": table,
        "form": SnapshotForm() if _leads(request, programme) else None,
    }
    return render(request, "monitoring/process.html", context)


@require_POST
@requires(Perm.MONITORING_EDIT)
def snapshot(request: Request) -> HttpResponse:
    """Freeze the numbers of today."""
    programme = _led_programme(request)
    form = SnapshotForm(request.POST)
    if programme is None:
        messages.error(request, _("There is no programme to score: open one first."))
    elif form.is_valid():
        actions.take_snapshot(programme, by=request.user, **form.cleaned_data)
        messages.success(request, _("The numbers of today are frozen."))
    else:
        messages.error(request, _("The words are too long: keep the main things."))
    return redirect("monitoring:process")


@require_GET
@requires(Perm.MONITORING_VIEW)
def swot(request: Request) -> HttpResponse:
    """Show the four fields, and to who leads them the open answers that are not sorted yet."""
    programme = _programme(request)
    notes = notes_of(request.user, programme) if programme else []
    table = swot_table(notes)
    if answer := listing.given(request, table):
        return answer
    is_led = _leads(request, programme)
    waiting = open_answers(request.user, programme) if programme and is_led else []
    q = request.GET.get("q", "").strip()
    context = {
        "programme": programme,
        "table": table,
        "fields": [
            (label, [one for one in notes if one.field == field])
            for field, label in SwotField.choices
        ],
        "n_notes": len(notes),
        "waiting": narrowed_answers(waiting, q),
        "n_waiting": len(waiting),
        "shared": shared_words(waiting),
        "q": q,
        "choices": SwotField.choices,
        "is_led": is_led,
        "note_form": SwotNoteForm() if is_led else None,
    }
    return render(request, "monitoring/swot.html", context)


@require_POST
@requires(Perm.MONITORING_EDIT)
def sort(request: Request) -> HttpResponse:
    """Put the answers into the fields chosen for them; one without a field waits on."""
    programme = _led_programme(request)
    if programme is not None:
        among = open_answers(request.user, programme)
        chosen = {one.digest: request.POST.get(f"into_{one.digest}", "") for one in among}
        with refusals_told(request):
            made = actions.sort_answers(
                programme,
                {key: field for key, field in chosen.items() if field},
                among=among,
                by=request.user,
            )
            messages.success(
                request,
                ngettext("Sorted: %(n)s answer.", "Sorted: %(n)s answers.", len(made))
                % {"n": len(made)}
                if made
                else _("Choose a field beside at least one answer."),
            )
    return redirect("monitoring:swot")


@require_POST
@requires(Perm.MONITORING_EDIT)
def add_note(request: Request) -> HttpResponse:
    """Write own words into a field."""
    programme = _led_programme(request)
    form = SwotNoteForm(request.POST)
    if programme is not None and form.is_valid():
        actions.add_swot_note(programme, by=request.user, **form.cleaned_data)
        messages.success(request, _("Your words are kept."))
    else:
        messages.error(request, _("Choose a field and write what belongs there."))
    return redirect("monitoring:swot")


@require_http_methods(["GET", "POST"])
@requires(Perm.MONITORING_EDIT)
def remove_note(request: Request, pk: int) -> HttpResponse:
    """Ask, then take words out of a field."""
    at = request.user.viewer.answers_for(Perm.MONITORING_EDIT)
    rows = SwotNote.objects.visible_to(request.user).filter(organisation_id__in=at)
    note = get_object_or_404(rows, pk=pk)
    if request.method == "GET":
        return confirm.ask(
            request,
            heading=_("Take these words out of the field?"),
            sentence=_("«%(words)s»: an answer can be sorted anew, your own words go for good.")
            % {"words": note.words},
            action=_("Take out"),
            back=reverse("monitoring:swot"),
        )
    actions.drop_swot_note(note, by=request.user)
    messages.success(request, _("The words are out of the field."))
    return redirect("monitoring:swot")


# ---------------------------------------------------------------- before and after


def _known(request: Request, programme: Programme | None) -> Effects | None:
    return effects_of(request.user, programme) if programme else None


@require_GET
@requires(Perm.MONITORING_VIEW)
def effects(request: Request) -> HttpResponse:
    """Show what became of the same people between the entry and the exit: sums over people only."""
    programme = _programme(request)
    found = _known(request, programme)
    groups = found.groups if found else ()
    table = effects_table(groups)
    if answer := listing.given(request, table):
        return answer
    parameters = found.parameters if found else []
    context = {
        "programme": programme,
        "table": table,
        "groups": [
            (
                group,
                group_words(group),
                [
                    (
                        one,
                        effect_picture(one),
                        shift_words(one),
                        split_words(one),
                        left_words(one) if one.left.side else "",
                    )
                    for one in group.parameters
                ],
            )
            for group in groups
            if group.why is None
        ],
        "unpaired": [(group, group_words(group)) for group in groups if group.why is not None],
        "has_expectations": any(one.kind == Compared.EXPECTATION for one in parameters),
        "n_compared": len(parameters),
        "n_judged": sum(one.is_judged for one in parameters),
        "n_moved": sum(one.verdict in {"more", "less"} for one in parameters),
        "fewest": effect_rules().thresholds.fewest,
    }
    return render(request, "monitoring/effects.html", context)


@require_GET
@requires(Perm.MONITORING_VIEW)
def satisfaction(request: Request) -> HttpResponse:
    """Show how many are satisfied: of those who answered and of all who were asked."""
    programme = _programme(request)
    found = _known(request, programme)
    rows = found.satisfaction if found else ()
    table = satisfaction_table(rows)
    if answer := listing.given(request, table):
        return answer
    context = {
        "programme": programme,
        "table": table,
        "rows": [
            (
                row,
                [
                    (
                        label,
                        told_words(row, n),
                        bounds_words(bounds),
                        share_picture(row, bounds, n),
                    )
                    for label, bounds, n in (
                        (_("Of those who answered"), row.of_answered, row.n_answered),
                        (_("Of all who were asked"), row.of_asked, row.n_asked),
                    )
                ],
            )
            for row in rows
        ],
        "n_few": found.n_few if found else 0,
    }
    return render(request, "monitoring/satisfaction.html", context)


# ---------------------------------------------------------------- indicators


@require_GET
@requires(Perm.MONITORING_VIEW)
def indicators(request: Request) -> HttpResponse:
    """Show the indicators of a calendar year, target against fact."""
    programme = _programme(request)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == len("2026") else 0
    year = year if FIRST_YEAR <= year <= LAST_YEAR else today().year
    rows, years, unplaced = [], [], []
    if programme:
        organisation = programme.organisation
        rows = certificates_of(request.user, organisation, year)
        years = years_to_show(organisation)
        unplaced = planned_of(organisation, year).get("", [])
    table = indicators_table(rows)
    if answer := listing.given(request, table):
        return answer
    context = {
        "programme": programme,
        "table": table,
        "year": year,
        "years": years,
        "unplaced": unplaced,
        "n_valued": sum(row.share.percent is not None for row in rows),
        "is_running": year >= today().year,
    }
    return render(request, "monitoring/indicators.html", context)


@require_http_methods(["GET", "POST"])
@requires(Perm.MONITORING_VIEW)
def indicator(request: Request, indicator: str, year: int) -> HttpResponse:
    """Show the birth certificate of a value; who leads monitoring enters its denominator."""
    rule, programme = indicator_rule(indicator), _programme(request)
    if rule is None or programme is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    organisation = programme.organisation
    rows = certificates_of(request.user, organisation, year)
    (row,) = [one for one in rows if one.rule == rule]
    is_led = _leads(request, programme)
    initial = {"value": row.entered.value, "basis": row.entered.basis} if row.entered else {}
    form = HandCountForm(request.POST or None, initial=initial) if is_led else None
    if request.method == "POST":
        if form is None or rule.is_asked:
            raise Http404
        if form.is_valid():
            actions.enter_count(organisation, rule, year, by=request.user, **form.cleaned_data)
            messages.success(request, _("The denominator is kept."))
            return redirect("monitoring:indicator", indicator=indicator, year=year)
    if row.rule.is_asked:
        form = None
    context = {
        "row": row,
        "value": percent_words(row),
        "plan": plan_words(row),
        "warnings": warnings_of(row),
        "help": roster_help(organisation, rule, year),
        "form": form,
        "target_form": TargetForm(initial={"value": row.typed}) if is_led else None,
        "is_running": not row.is_over,
    }
    return render(
        request, "monitoring/indicator.html", context, status=422 if form and form.errors else 200
    )


@require_POST
@requires(Perm.MONITORING_EDIT)
def target(request: Request, indicator: str, year: int) -> HttpResponse:
    """Write down what is planned of an indicator in a year."""
    rule, programme = indicator_rule(indicator), _programme(request)
    if rule is None or programme is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    if not _leads(request, programme):
        raise Http404
    form = TargetForm(request.POST)
    if form.is_valid():
        actions.set_target(
            programme.organisation, rule, year, value=form.cleaned_data["value"], by=request.user
        )
        messages.success(request, _("The planned value is kept."))
    else:
        messages.error(request, _("A planned value is a share: from 0 to 100 per cent."))
    return redirect("monitoring:indicator", indicator=indicator, year=year)
