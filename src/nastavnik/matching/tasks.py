"""What matching does beside the requests: the matching itself where it is too large to wait for.

Two short transactions, one that reads and one that writes; between them nothing of the database is held, so the site
goes on.
"""

from collections.abc import Collection
from dataclasses import asdict, replace
from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from nastavnik.core.access import Perm
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.engine.matching.proposing import MatchingResult as Result
from nastavnik.jobs.kinds import Ended, JobKind, Order, Watch, Words, register
from nastavnik.matching.actions import engine_input, review_input, save_run
from nastavnik.matching.adapter import Effect, Input, effect_of, recount
from nastavnik.matching.catalogues import RuleValues
from nastavnik.matching.models import MatchingRun, Proposal
from nastavnik.matching.queries import changes_since, rules_in_force
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
    run = save_run(programme, _forms(programme, order.given), given, result, by=order.by)
    return {"run": run.pk}


def _arrive(request: Request, ended: Ended) -> str:
    run = MatchingRun.objects.visible_to(request.user).filter(pk=ended.result["run"]).first()
    if run is not None:
        tell_proposed(request, run, ended.given["said"])
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


MATCHING = JobKind(
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


# ---------------------------------------------------------------- what other rules would change


def effect_given(
    programme: Programme, forms: Collection[MentoringForm], typed: Words
) -> dict[str, Any]:
    """Return what the job of a preview is given: the fields of the form of rules as they were typed."""
    forms_chosen = [form.pk for form in forms]
    return {"programme": programme.pk, "forms": forms_chosen, "typed": dict(typed)}


def effect_of_rules(
    programme: Programme,
    forms: Collection[MentoringForm],
    rules: RuleValues,
    watch: Watch | None = None,
) -> tuple[Effect, dict[str, bool]]:
    """Return what other rules would change, whether anybody chose, whether nobody waits."""
    now = engine_input(programme, forms)
    effect = effect_of(now, engine_input(programme, forms, rules=rules), watch)
    has_choices = bool(now.wishes.mentees or now.wishes.mentors)
    return effect, {
        "has_choices": has_choices,
        "is_empty": not (now.mentees and now.mentors),
    }


def _find_effect(order: Order, watch: Watch) -> Words:
    programme = Programme.objects.get(pk=order.given["programme"])
    weights = dict(order.given["typed"])
    rules = replace(
        rules_in_force(programme.organisation_id),
        load_cost=weights.pop("load_cost"),
        rank_weight=weights.pop("rank_weight"),
        weights=weights,
    )
    effect, more = effect_of_rules(programme, _forms(programme, order.given), rules, watch)
    return {"effect": asdict(effect), **more}


def effect_from(result: Words) -> Effect:
    """Return what a job of a preview found."""
    kept = {name: tuple(value) for name, value in result["effect"].items()}
    return Effect(**kept | {"moved": tuple(tuple(move) for move in kept["moved"])})


EFFECT = JobKind(
    code="matching.effect",
    heading=gettext_lazy("What other rules would change"),
    busy=gettext_lazy("This is being counted already."),
    perm=Perm.MATCHING_EDIT,
    find=_find_effect,
    arrive=lambda _request, ended: f"{reverse('matching:rules')}?job={ended.pk}",
    back=lambda _given: reverse("matching:rules"),
    tells=lambda _given: _("Everybody is matched twice: by the rules of now and by the new ones."),
    steps=STEPS,
)

# ---------------------------------------------------------------- an old one counted anew


def recounted(run: MatchingRun, watch: Watch | None = None) -> dict[str, Any]:
    """Compute an old matching again from what it kept; return how it comes out beside what was proposed.

    Raises:
        RefusedError: what it kept is no longer read.
    """
    try:
        answer = recount(run.snapshot, watch)
    except ValueError as error:
        raise RefusedError(
            _("What this matching kept was written by another version: it is not counted anew.")
        ) from error
    proposed = run.proposals.exclude(mentor=None).values_list("mentee_id", "mentor_id")
    then = {str(mentee): str(mentor) for mentee, mentor in proposed}
    is_same = (answer.mentor_of, answer.total_score) == (then, run.total_score)
    return {
        "is_same": is_same and answer.is_same_sum and answer.is_certified,
        "n_other": sum(
            answer.mentor_of.get(key) != then.get(key) for key in {*answer.mentor_of, *then}
        ),
    }


def tell_recounted(request: Request, result: Words) -> None:
    """Say how an old matching came out."""
    if result["is_same"]:
        messages.success(
            request,
            _("Counted anew from what was kept: the same pairs, the same sum, proven again."),
        )
    elif not result["n_other"]:
        messages.warning(
            request,
            _(
                "Counted anew: the same pairs, but another sum. The rules of counting have changed since."
            ),
        )
    else:
        messages.warning(
            request,
            _(
                "Counted anew: it differs for %(n)s mentees. The rules of counting have changed since."
            )
            % {"n": result["n_other"]},
        )


def _find_recounted(order: Order, watch: Watch) -> Words:
    return recounted(MatchingRun.objects.get(pk=order.given["run"]), watch)


def _arrive_recounted(request: Request, ended: Ended) -> str:
    tell_recounted(request, ended.result)
    return reverse("matching:past", args=[ended.given["run"]])


RECOUNT = JobKind(
    code="matching.recount",
    heading=gettext_lazy("An old matching is counted anew"),
    busy=gettext_lazy("This is being counted already."),
    perm=Perm.MATCHING_EDIT,
    find=_find_recounted,
    arrive=_arrive_recounted,
    back=lambda given: reverse("matching:past", args=[given["run"]]),
    tells=lambda _given: _("From what it kept, by the same rules."),
    steps=STEPS,
)


def register_kinds() -> None:
    """Say what matching does in the background."""
    for kind in (MATCHING, EFFECT, RECOUNT):
        register(kind)
