"""What matching does beside the requests: the matching itself where it is too large to wait for.

Two short transactions, one that reads and one that writes; between them nothing of the database is held, so the site
goes on.
"""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from nastavnik.core.access import Perm
from nastavnik.core.http import Request
from nastavnik.engine.matching.proposing import Proposal as Result
from nastavnik.jobs.kinds import Kind, Order, Watch, Words, register
from nastavnik.matching.actions import keep_run, review_input
from nastavnik.matching.adapter import Input
from nastavnik.matching.models import MatchingRun, Proposal
from nastavnik.matching.queries import changes_since
from nastavnik.programmes.models import MentoringForm, Programme

#: As many mentees with another mentor are named in the message; of more only the number.
CHANGES_TOLD = 3

STEPS = {
    "candidates": gettext_lazy("Step 1 of 3: who fits whom"),
    "pairs": gettext_lazy("Step 2 of 3: the best pairs of all"),
    "reasons": gettext_lazy("Step 3 of 3: reasons and prices of each pair"),
}


def alone_for(programme: Programme) -> str:
    """Return what keeps two matchings of a programme from being counted at once."""
    return f"matching:{programme.pk}"


def given_for(
    programme: Programme,
    forms: Collection[MentoringForm],
    *,
    n_pairs: int,
    without: Collection[int] = (),
    keeps: bool = False,
    said: str = "",
) -> dict[str, Any]:
    """Return what the job of a matching is given."""
    return {
        "programme": programme.pk,
        "forms": [form.pk for form in forms],
        "n_pairs": n_pairs,
        "without": sorted(without),
        "keeps": keeps,
        "said": said,
    }


def _forms(programme: Programme, given: Words) -> list[MentoringForm]:
    return list(programme.forms.filter(pk__in=given["forms"]))


def _find(order: Order, watch: Watch) -> tuple[Input, Result]:
    programme = Programme.objects.get(pk=order.given["programme"])
    given = review_input(
        programme,
        _forms(programme, order.given),
        order.given["without"],
        keeps=order.given["keeps"],
        by=order.by,
    )
    return given, given.run(watch)


def _keep(order: Order, found: tuple[Input, Result]) -> Words:
    programme = Programme.objects.select_for_update().get(pk=order.given["programme"])
    given, result = found
    run = keep_run(programme, _forms(programme, order.given), given, result, by=order.by)
    return {"run": run.pk}


def _arrive(request: Request, given: Words, result: Words) -> str:
    run = MatchingRun.objects.visible_to(request.user).filter(pk=result["run"]).first()
    if run is not None:
        tell_proposed(request, run, given["said"])
    return reverse("matching:workspace")


def tell_proposed(request: Request, run: MatchingRun, said: str = "") -> None:
    """Say what a matching found, after what was decided by hand before it, and for whom it is another mentor than before."""
    n = run.n_matched
    if not n:
        nobody = _("No pair was found: why, is said below.")
        messages.warning(request, f"{said} {nobody}".strip())
        return
    text = ngettext("%(n)s pair is proposed.", "%(n)s pairs are proposed.", n) % {"n": n}
    messages.success(request, " ".join(filter(None, [said or text, _moved(request, run)])))


def _moved(request: Request, run: MatchingRun) -> str:
    proposals = Proposal.objects.visible_to(request.user).filter(run=run)
    people = list(proposals.select_related("mentee__person", "mentor__person"))
    changes, _n_same = changes_since(request.user, run, people)
    if len(changes) <= CHANGES_TOLD:
        return " ".join(f"{change}." for change in changes)
    text = ngettext(
        "%(n)s mentee has another mentor: who, is said in the margin.",
        "%(n)s mentees have another mentor: who, is said in the margin.",
        len(changes),
    )
    return text % {"n": len(changes)}


def _tells(given: Words) -> str:
    text = ngettext("%(n)s pair is looked at.", "%(n)s pairs are looked at.", given["n_pairs"])
    return text % {"n": given["n_pairs"]}


MATCHING = Kind(
    code="matching.run",
    heading=gettext_lazy("Matching is being counted"),
    busy=gettext_lazy("A matching is being counted already: wait for it or cancel it."),
    perm=Perm.MATCHING_EDIT,
    find=_find,
    keep=_keep,
    arrive=_arrive,
    back=lambda _given: reverse("matching:workspace"),
    tells=_tells,
    steps=STEPS,
)


def register_kinds() -> None:
    """Say what matching does in the background."""
    register(MATCHING)
