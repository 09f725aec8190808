"""Writes of recommendations: the district gives, the school answers, the district decides."""

import datetime as dt

from django.db import models, transaction
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.organisations.models import Organisation
from nastavnik.oversight.choices import MOST_WORDS, RecommendationStatus
from nastavnik.oversight.models import Recommendation, RecommendationStep
from nastavnik.oversight.queries import pupil_named

S = RecommendationStatus
NEXT: dict[RecommendationStatus, frozenset[RecommendationStatus]] = {
    S.GIVEN: frozenset({S.ANSWERED, S.WITHDRAWN}),
    S.ANSWERED: frozenset({S.SETTLED, S.RETURNED, S.WITHDRAWN}),
    S.RETURNED: frozenset({S.ANSWERED, S.WITHDRAWN}),
    S.SETTLED: frozenset(),
    S.WITHDRAWN: frozenset(),
}


@transaction.atomic
def give_recommendation(
    school: Organisation,
    *,
    words: str,
    due_on: dt.date,
    indicator: str = "",
    by: models.Model | None,
) -> Recommendation:
    """Recommend something to a school.

    Raises:
        RefusedError: nothing is said, or the day is over.
    """
    if due_on < today():
        raise RefusedError(
            _("The day of the answer is over: choose today or later, or no school could keep it.")
        )
    made = Recommendation.objects.create(
        organisation=school, indicator=indicator, words=_said(words), due_on=due_on
    )
    audit.record("recommendation-given", made, by=by, fields=["indicator", "words", "due_on"])
    _step(made, S.GIVEN, made.words, by=by)
    return made


@transaction.atomic
def answer_recommendation(
    recommendation: Recommendation, words: str, *, by: models.Model | None
) -> Recommendation:
    """Tell the district what the school has done.

    Raises:
        RefusedError: there is no such step, nothing is said, or a pupil of the school is named.
    """
    if pupil_named(recommendation.organisation, words):
        raise RefusedError(
            _(
                "A pupil is named. The district sees no names: write how many, or «ученица 7 класса»."
            )
        )
    return _go(recommendation, S.ANSWERED, words, by=by)


@transaction.atomic
def decide_recommendation(
    recommendation: Recommendation,
    status: RecommendationStatus,
    words: str,
    *,
    by: models.Model | None,
) -> Recommendation:
    """Settle a recommendation, return the answer with a remark, or withdraw it; each with the decision in words.

    Raises:
        RefusedError: there is no such step, or nothing is said.
    """
    if status not in (S.SETTLED, S.RETURNED, S.WITHDRAWN):
        raise RefusedError(_("The district settles, returns or withdraws; the school answers."))
    return _go(recommendation, status, words, by=by)


def _said(words: str) -> str:
    said = words.strip()[:MOST_WORDS]
    if not said:
        raise RefusedError(_("Say it in words: without them nobody knows what was meant."))
    return said


def _go(
    recommendation: Recommendation,
    status: RecommendationStatus,
    words: str,
    *,
    by: models.Model | None,
) -> Recommendation:
    recommendation = Recommendation.objects.select_for_update().get(pk=recommendation.pk)
    if status not in NEXT[S(recommendation.status)]:
        raise RefusedError(
            _("From «%(before)s» there is no step to «%(after)s»: look at the page once more.")
            % {"before": recommendation.get_status_display(), "after": status.label}
        )
    said = _said(words)
    recommendation.status = status
    recommendation.save(update_fields=["status"])
    audit.record(f"recommendation-{status.value}", recommendation, by=by, fields=["status"])
    _step(recommendation, status, said, by=by)
    return recommendation


def _step(
    recommendation: Recommendation,
    status: RecommendationStatus,
    words: str,
    *,
    by: models.Model | None,
) -> None:
    RecommendationStep.objects.create(
        organisation_id=recommendation.organisation_id,
        recommendation=recommendation,
        status=status,
        words=words,
        taken_by_id=by.pk if by else None,
    )
