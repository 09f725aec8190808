"""The close of a year: what is left of it, and a page for each of its steps that leads to the next one."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nastavnik.closing import actions
from nastavnik.closing.choices import ClosingStage, ThanksKind
from nastavnik.closing.forms import (
    FinalMeetingsForm,
    LastWordsForm,
    ResultsForm,
    TalksForm,
    YearEndForm,
)
from nastavnik.closing.models import ClosingTalk, Thanks
from nastavnik.closing.queries import (
    FinalMeeting,
    final_meetings_ahead,
    finals_to_take_back,
    last_words,
    next_step,
    pairs_going_on,
    pairs_to_close,
    said_of_going_on,
    steps_of_closing,
    talked_with,
    unsettled,
    year_results,
)
from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request, shown_with, ticked
from nastavnik.core.ui import confirm
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.mentorships.actions import complete_pairs
from nastavnik.mentorships.choices import ENDING_ORDER, REOPEN_DAYS
from nastavnik.people.queries import group_names
from nastavnik.programmes.models import Programme
from nastavnik.programmes.queries import current_programme
from nastavnik.questionnaires.queries import AudienceRule, audience_of


@require_GET
@requires(Perm.PAIR_APPROVE)
def year(request: Request) -> HttpResponse:
    """Show the steps of the close with how far each is, and what is left after them."""
    programme = current_programme(request.user)
    steps = steps_of_closing(request.user, programme) if programme else []
    drafts = Document.objects.visible_to(request.user).filter(
        kind=ENDING_ORDER, status=DocumentStatus.DRAFT
    )
    context = {
        "programme": programme,
        "steps": steps,
        "now": next_step(steps),
        "drafts": list(drafts.filter(subject_id=programme.pk)) if programme else [],
        "may_open_next": request.user.viewer.may(Perm.PROGRAMME_EDIT),
    }
    return render(request, "closing/year.html", context)


def _page(
    request: Request, stage: ClosingStage, programme: Programme, /, *, is_wrong: bool, **context: Any
) -> HttpResponse:  # fmt: skip
    steps = steps_of_closing(request.user, programme)
    shown = {
        "programme": programme,
        "steps": steps,
        "step": next(one for one in steps if one.stage == stage),
        "now": next_step(steps),
        **context,
    }
    status = 422 if is_wrong else 200
    return render(request, f"closing/{stage.value}.html", shown, status=status)


def _onward(request: Request, programme: Programme, stage: ClosingStage) -> HttpResponse:
    """Lead to the next step after one in which something can be pressed, else to the whole."""
    steps = steps_of_closing(request.user, programme)
    number = next(one.number for one in steps if one.stage == stage)
    step = next_step(steps[number:])
    return redirect(step.url if step else reverse("closing:year"))


def _tell(request: Request, refusal: RefusedError) -> None:
    """Say why nothing was done; the page is shown anew with what was ticked and filled in."""
    for reason in refusal.reasons:
        messages.error(request, reason)


@require_http_methods(["GET", "POST"])
@requires(Perm.MEETING_EDIT)
def meetings(request: Request) -> HttpResponse:
    """Show the pairs of whose final meeting nobody has told; note those that took place."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("closing:year")
    rows = final_meetings_ahead(request.user, programme)
    form = FinalMeetingsForm(programme, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        chosen = _chosen(request, rows)
        try:
            n = actions.hold_final_meetings(chosen, on=form.cleaned_data["on"], by=request.user)
        except RefusedError as refusal:
            _tell(request, refusal)
            rows = final_meetings_ahead(request.user, programme)
        else:
            told = ngettext(
                "The final meeting of %(n)s pair is noted as held.",
                "The final meetings of %(n)s pairs are noted as held.",
                n,
            )
            messages.success(request, told % {"n": n})
            return _onward(request, programme, ClosingStage.MEETINGS)
    just_noted = finals_to_take_back(request.user, programme)
    return _page(
        request,
        ClosingStage.MEETINGS,
        programme,
        is_wrong=form.is_bound,
        rows=rows,
        form=form,
        come=[one.pair.pk for one in rows if one.has_come],
        to_take_back=[one.pk for one in just_noted],
        ticked=ticked(request, "pairs"),
    )


def _chosen(request: Request, rows: list[FinalMeeting]) -> list[Any]:
    if "all" in request.POST:
        shown = shown_with(request, "all")
        return [one.meeting for one in rows if one.has_come and one.pair.pk in shown]
    keys = set(ticked(request, "pairs"))
    return [one.meeting for one in rows if one.pair.pk in keys]


@require_POST
@requires(Perm.MEETING_EDIT)
def meetings_back(request: Request) -> HttpResponse:
    """Take back what was just noted of the final meetings the page has shown."""
    programme = current_programme(request.user)
    found = finals_to_take_back(request.user, programme) if programme else []
    shown = shown_with(request, "meetings")
    try:
        n = actions.take_final_meetings_back(
            [one for one in found if one.pk in shown], by=request.user
        )
    except RefusedError as refusal:
        _tell(request, refusal)
        return redirect("closing:meetings")
    words = ngettext(
        "Taken back of %(n)s pair: nothing is said of its final meeting.",
        "Taken back of %(n)s pairs: nothing is said of their final meetings.",
        n,
    )
    messages.success(request, words % {"n": n})
    return redirect("closing:meetings")


@require_http_methods(["GET", "POST"])
@requires(Perm.WAVE_EDIT)
def words(request: Request) -> HttpResponse:
    """Show what both sides are asked at the end and who is silent; ask what is not asked yet."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("closing:year")
    found = last_words(request.user, programme)
    fresh = [one for one in found if one.wave is None]
    form = LastWordsForm(programme, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        shown = set(request.POST.getlist("word"))
        try:
            opened = actions.ask_last_words(
                programme,
                [one for one in fresh if one.key in shown],
                closes_on=form.cleaned_data["closes_on"],
                by=request.user,
            )
        except RefusedError as refusal:
            _tell(request, refusal)
        else:
            said = ngettext(
                "%(n)s questionnaire is asked now: hand out the links on its page.",
                "%(n)s questionnaires are asked now: hand out the links on their pages.",
                len(opened),
            )
            messages.success(request, said % {"n": len(opened)})
            return _onward(request, programme, ClosingStage.WORDS)
    offered = []
    for one in fresh:
        audience = audience_of(programme, AudienceRule(one.side, one.form))
        offered.append((one, len(audience.people), len(audience.unsigned)))
    return _page(
        request,
        ClosingStage.WORDS,
        programme,
        is_wrong=form.is_bound,
        offered=offered,
        n_offered=sum(n > 0 for _one, n, _unsigned in offered),
        waves=[one for one in found if one.wave],
        form=form,
    )


@require_http_methods(["GET", "POST"])
@requires(Perm.PAIR_APPROVE)
def completion(request: Request) -> HttpResponse:
    """Show the pairs that have come to their end; complete them with the draft of an order on it."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("closing:year")
    pairs = list(pairs_to_close(request.user, programme))
    whole = [one for one in pairs if one.n_held and not one.n_unsaid]  # type: ignore[attr-defined]
    if request.method == "POST":
        keys = set(ticked(request, "pairs"))
        if "all" in request.POST:
            shown = shown_with(request, "all")
            chosen = [one for one in whole if one.pk in shown]
        else:
            chosen = [one for one in pairs if one.pk in keys]
        try:
            orders = complete_pairs(chosen, with_order=True, by=request.user)
        except RefusedError as refusal:
            _tell(request, refusal)
        else:
            said = ngettext(
                "%(n)s pair is completed; for %(days)s days it can be reopened on its page.",
                "%(n)s pairs are completed; for %(days)s days each can be reopened on its page.",
                len(chosen),
            )
            messages.success(request, said % {"n": len(chosen), "days": REOPEN_DAYS})
            if orders:
                messages.info(
                    request,
                    _("The draft of the order on their end waits for number, date and signature."),
                )
            return _onward(request, programme, ClosingStage.COMPLETION)
    return _page(
        request,
        ClosingStage.COMPLETION,
        programme,
        is_wrong=request.method == "POST",
        pairs=pairs,
        whole=[one.pk for one in whole],
        ticked=ticked(request, "pairs"),
        going_on=list(pairs_going_on(request.user, programme)),
        n_days=REOPEN_DAYS,
    )


@require_http_methods(["GET", "POST"])
@requires(Perm.TALK_NOTE)
def talks(request: Request) -> HttpResponse:
    """Show with which mentees the head has spoken at the end; note it for many at once."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("cabinet:home")
    there = list(talked_with(request.user, programme))
    held = [one.closing_talk for one in there if hasattr(one, "closing_talk")]
    left = [one for one in there if not hasattr(one, "closing_talk")]
    head = programme.organisation.head_name
    form = TalksForm(left, head, request.POST if request.method == "POST" else None)
    leads = request.user.viewer.may(Perm.PAIR_APPROVE)
    if form.is_bound and form.is_valid():
        if "all" in request.POST:
            keys = shown_with(request, "all")
        else:
            keys = set(ticked(request, "records"))
        try:
            fresh = actions.note_talks(
                form.said_with(keys),
                held_on=form.cleaned_data["held_on"],
                held_by=form.cleaned_data["held_by"],
                by=request.user,
            )
        except RefusedError as refusal:
            _tell(request, refusal)
        else:
            told = ngettext("%(n)s talk is noted.", "%(n)s talks are noted.", len(fresh))
            messages.success(request, told % {"n": len(fresh)})
            if leads:
                return _onward(request, programme, ClosingStage.TALKS)
            return redirect("closing:talks")
    groups = group_names([one.person for one in there])
    context: dict[str, Any] = {
        "form": form,
        "rows": list(form.rows(groups)),
        "all_left": [one.pk for one in left],
        "ticked": ticked(request, "records"),
        "held": held,
        "n_all": len(there),
    }
    if leads:
        return _page(request, ClosingStage.TALKS, programme, is_wrong=form.is_bound, **context)
    status = 422 if form.is_bound else 200
    return render(request, "closing/talks.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(Perm.TALK_NOTE)
def remove_talk(request: Request, pk: int) -> HttpResponse:
    """Ask whether a talk was noted by mistake, then take it out."""
    seen = ClosingTalk.objects.visible_to(request.user).select_related("record__person")
    talk = get_object_or_404(seen, pk=pk)
    back = reverse("closing:talks")
    if request.method == "POST":
        actions.drop_talk(talk, by=request.user)
        messages.success(request, _("The talk is taken out."))
        return redirect(back)
    return confirm.ask(
        request,
        heading=_("Take out the talk with %(name)s?") % {"name": talk.record.person.full_name},
        sentence=_("Its day and its words are erased; the talk can be noted anew."),
        action=_("Yes, take it out"),
        back=back,
    )


@require_http_methods(["GET", "POST"])
@requires(Perm.BASE_EDIT)
def results(request: Request) -> HttpResponse:
    """Show what came of the year for everybody who has finished; write it into the bases and note thanks."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("closing:year")
    rows = year_results(request.user, programme)
    form = ResultsForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        shown = shown_with(request, "fresh")
        n = actions.write_results([one for one in rows if one.record.pk in shown], by=request.user)
        told = ngettext(
            "The result of %(n)s person is in the base.",
            "The results of %(n)s people are in the bases.",
            n,
        )
        messages.success(request, told % {"n": n})
        if kind := form.cleaned_data["kind"]:
            shown = shown_with(request, "to_thank")
            mentors = [one.record for one in rows if one.may_be_thanked and one.record.pk in shown]
            given = actions.thank_people(mentors, ThanksKind(kind), on=today(), by=request.user)
            told = ngettext(
                "Noted: %(n)s mentor is thanked.", "Noted: %(n)s mentors are thanked.", len(given)
            )
            messages.success(request, told % {"n": len(given)})
        return _onward(request, programme, ClosingStage.RESULTS)
    return _page(
        request,
        ClosingStage.RESULTS,
        programme,
        is_wrong=form.is_bound,
        form=form,
        rows=rows,
        fresh=[one.record.pk for one in rows if not one.is_written],
        to_thank=[one.record.pk for one in rows if one.may_be_thanked],
        results_back=[one.record.pk for one in rows if one.record.results == one.words],
        thanks_back=list(_thanks_of_today(request, programme).values_list("pk", flat=True)),
    )


def _thanks_of_today(request: Request, programme: Programme) -> QuerySet[Thanks]:
    return Thanks.objects.visible_to(request.user).filter(
        record__programme=programme, given_on=today()
    )


@require_POST
@requires(Perm.BASE_EDIT)
def results_back(request: Request) -> HttpResponse:
    """Take the assembled results out of the bases, or the thanks noted today, as far as the page has shown them."""
    programme = current_programme(request.user)
    if programme is not None and "thanks" in request.POST:
        thanks = _thanks_of_today(request, programme).filter(pk__in=shown_with(request, "thanks"))
        n = actions.take_thanks_back(thanks, by=request.user)
        told = ngettext("%(n)s thanks is taken back.", "%(n)s thanks are taken back.", n)
        messages.success(request, told % {"n": n})
    elif programme is not None:
        shown = shown_with(request, "results")
        found = [one for one in year_results(request.user, programme) if one.record.pk in shown]
        n = actions.take_results_back(found, by=request.user)
        told = ngettext(
            "The result of %(n)s person is taken back.",
            "The results of %(n)s people are taken back.",
            n,
        )
        messages.success(request, told % {"n": n})
    return redirect("closing:results")


@require_http_methods(["GET", "POST"])
@requires(Perm.BASE_EDIT)
def next_year(request: Request) -> HttpResponse:
    """Show who is not settled yet, with what they have answered; keep who goes on."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("closing:year")
    records = unsettled(request.user, programme)
    said = said_of_going_on(request.user, programme)
    form = YearEndForm(records, said, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            changed = actions.settle_year(form.answers, by=request.user)
        except RefusedError as refusal:
            _tell(request, refusal)
        else:
            words_ = ngettext("Kept of %(n)s person.", "Kept of %(n)s people.", len(changed))
            messages.success(request, words_ % {"n": len(changed)})
            return _onward(request, programme, ClosingStage.NEXT_YEAR)
    return _page(
        request,
        ClosingStage.NEXT_YEAR,
        programme,
        is_wrong=form.is_bound,
        form=form,
        rows=list(form.rows(group_names([one.person for one in records]))),
        n_said=sum(said.get((one.person_id, one.side)) is not None for one in records),
    )
