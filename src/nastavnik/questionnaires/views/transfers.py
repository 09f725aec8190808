"""From answers into the bases: beside what is held, ticked, confirmed in one press, taken back for a while."""

import time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.http import Request
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.programmes.models import Participation
from nastavnik.questionnaires import actions
from nastavnik.questionnaires.adapter import (
    BaseChange,
    BaseChanges,
    ReadingRights,
    changes_for_bases,
)
from nastavnik.questionnaires.models import Wave
from nastavnik.questionnaires.queries import answers_to_show

UNDO_SECONDS = 600


def _rows(request: Request, pk: int) -> tuple[Wave, list[BaseChanges], int]:
    """Return a wave, what its answers say otherwise than the base, and how many answers no consent covers."""
    viewer = request.user.viewer
    rights = ReadingRights(
        texts=viewer.may(Perm.ANSWER_VIEW),
        curator=viewer.may(Perm.WAVE_EDIT),
        guarded=viewer.may(Perm.ANSWER_GUARDED),
    )
    waves = Wave.objects.visible_to(request.user).within(request.user, Perm.WAVE_EDIT)
    wave = get_object_or_404(waves.select_related("version", "programme"), pk=pk)
    answers, n_uncovered = answers_to_show(wave, with_names=rights.texts)
    return wave, changes_for_bases(request.user, wave, answers, rights), n_uncovered


def _memory(pk: int) -> str:
    return f"transferred-{pk}"


@require_http_methods(["GET", "POST"])
@requires(Perm.BASE_EDIT)
def transfer(request: Request, pk: int) -> HttpResponse:
    """Show what the answers say beside what the base holds; put the ticked into the base."""
    wave, rows, n_uncovered = _rows(request, pk)
    if request.method == "POST":
        return _put(request, wave, rows)
    kept = request.session.get(_memory(pk))
    context = {
        "wave": wave,
        "rows": rows,
        "n_uncovered": n_uncovered,
        "may_undo": kept is not None and time.time() - kept["at"] < UNDO_SECONDS,
    }
    return render(request, "questionnaires/transfer.html", context)


def _put(request: Request, wave: Wave, rows: list[BaseChanges]) -> HttpResponse:
    """Put the ticked changes into the base; one whose record has changed since the page was drawn is not there any more."""
    ticked = set(request.POST.getlist("change"))
    chosen = [
        (row.record, change) for row in rows for change in row.changes if change.key in ticked
    ]
    if len(chosen) < len(ticked):
        messages.error(
            request,
            _("Some records have changed meanwhile: nothing of these was put. Look at them again."),
        )
    elif not chosen:
        messages.info(request, _("Tick at least one answer."))
    if chosen:
        _write(request, wave, chosen)
    return redirect("questionnaires:transfer", pk=wave.pk)


def _write(request: Request, wave: Wave, chosen: list[tuple[Participation, BaseChange]]) -> None:
    """Put changes into the base and remember for a while what it held; say what came of it."""
    wanted: dict[int, dict[str, Any]] = {}
    before: dict[str, dict[str, list[Any]]] = {}
    for record, change in chosen:
        wanted.setdefault(record.pk, {})[change.field] = change.value
        held = getattr(record, change.field)
        before.setdefault(str(record.pk), {})[change.field] = [held, change.value]
    with refusals_told(request):
        changed = actions.transfer_answers(wave, wanted, by=request.user)
        request.session[_memory(wave.pk)] = {"at": time.time(), "before": before}
        messages.success(
            request,
            ngettext(
                "The record of %(n)s person is filled in from the answers.",
                "The records of %(n)s people are filled in from the answers.",
                len(changed),
            )
            % {"n": len(changed)},
        )


@require_POST
@requires(Perm.BASE_EDIT)
def untransfer(request: Request, pk: int) -> HttpResponse:
    """Take the last transfer back, but where somebody has written since."""
    wave, _rows_now, _n = _rows(request, pk)
    kept = request.session.pop(_memory(pk), None)
    if kept is None or time.time() - kept["at"] >= UNDO_SECONDS:
        messages.error(
            request, _("It is too late to take it back: change the records in the base.")
        )
        return redirect("questionnaires:transfer", pk=pk)
    with refusals_told(request):
        restored = actions.take_back_transfer(
            wave, {int(key): fields for key, fields in kept["before"].items()}, by=request.user
        )
        messages.success(
            request,
            ngettext("Taken back for %(n)s person.", "Taken back for %(n)s people.", len(restored))
            % {"n": len(restored)},
        )
    return redirect("questionnaires:transfer", pk=pk)
