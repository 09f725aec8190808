"""What the papers of monitoring say: only what people gave, and what it comes to."""

from collections.abc import Iterator
from itertools import groupby

from django.utils.translation import gettext as _

from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import Composed, Wanted
from nastavnik.documents.texts import TableFacts, Value
from nastavnik.engine.statistics.agreement import ScorerAgreement
from nastavnik.monitoring.catalogues import scorecard_rules
from nastavnik.monitoring.choices import SCORECARD_PAPER
from nastavnik.monitoring.models import Scorecard, ScoreSheet
from nastavnik.monitoring.queries.scorecards import CardResult, IndicatorRow, SheetSum, result_of
from nastavnik.organisations.models import Organisation

CANNOT = "не оценивается"


def compose_scorecard(document: Document) -> Composed | None:
    """Return what a scorecard says as it stands; None where it is gone."""
    card = (
        Scorecard.objects.filter(pk=document.subject_id or 0)
        .select_related("programme__year", "organisation")
        .first()
    )
    if card is None:
        return None
    sheets = ScoreSheet.objects.filter(scorecard=card)
    result = result_of(sheets.select_related("scorer").prefetch_related("marks"))
    remarks = list(_remarks(result))
    conclusion = [line.strip() for line in card.conclusion.splitlines() if line.strip()]
    sums = [_sum_said(one) for one in result.sums]
    facts: dict[str, Value] = {
        "organisation": card.organisation.full_name,
        "year": str(card.programme.year),
        "programme": card.programme.title,
        "scorers": ", ".join(one.name for one in result.sums),
        "rows": [
            TableFacts({"criterion": criterion}, [_row(one) for one in rows])
            for criterion, rows in groupby(result.rows, key=lambda one: one.indicator.criterion)
        ],
        "sums": sums,
        "has_sums": "1" if sums else "",
        "outcome": _outcome(result),
        "agreement": agreement_said(result.agreement),
        "remarks": remarks,
        "has_remarks": "1" if remarks else "",
        "conclusion": conclusion,
        "has_conclusion": "1" if conclusion else "",
        "curator": "",
    }
    kept = {
        "scored": bool(result.sums),
        "closed": bool(card.closed_on),
        "concluded": bool(conclusion),
    }
    return Composed(facts, kept=kept)


def findings_of_scorecard(document: Document) -> list[str]:
    """Return what a draft scorecard lacks, in sentences."""
    lacks = {
        "scored": _("Nobody has handed in a sheet."),
        "closed": _("The scorecard is still open: its points may change."),
        "concluded": _("No conclusion is written down."),
    }
    return [words for name, words in lacks.items() if not document.content.get(name)]


def paper_of(card: Scorecard) -> Document | None:
    """Return the paper of a card in the register, if it is there."""
    rows = Document.objects.filter(organisation_id=card.organisation_id, kind=SCORECARD_PAPER)
    return rows.filter(subject_id=card.pk).first()


def cards_wanted(organisation: Organisation, wanted: Wanted) -> Iterator[Document]:
    """Yield the scorecards of an organisation as papers: those in the register, else ones that are not kept."""
    if not wanted.is_any:
        return
    cards = Scorecard.objects.filter(organisation=organisation)
    for card in cards.select_related("programme__year", "organisation").order_by("pk"):
        yield paper_of(card) or Document(
            organisation=card.organisation,
            year=card.programme.year,
            kind=SCORECARD_PAPER,
            subject_id=card.pk,
        )


def _row(row: IndicatorRow) -> list[str | None]:
    given = [CANNOT if points is None else str(points) for points in row.given]
    mean = "" if row.mean is None or len(given) < 2 else comma(row.mean)  # noqa: PLR2004 - of one there is no mean
    return [row.indicator.code, row.indicator.title, ", ".join(given), mean]


def comma(value: float) -> str:
    """Return a number as Russian writes it, two digits at most, cut and not rounded."""
    hundredths = int(value * 100 + 1e-9)
    return f"{hundredths // 100},{hundredths % 100:02d}".rstrip("0").rstrip(",")


def _sum_said(one: SheetSum) -> str:
    """Return what one sheet comes to, in Russian; a level only where all nine are scored (method.md C9)."""
    if one.level:
        return f"{one.name}: {one.total} из {one.most} – {one.level.words}."
    n_all = len(scorecard_rules().indicators)
    n_scored = sum(points is not None for points in one.points.values())
    said = (
        f"{one.name}: оценено {n_scored} из {n_all} показателей, {one.total} из {one.most} баллов"
    )
    if one.share_level is None:
        return f"{said}."
    return (
        f"{said} ({one.percent} % возможных). Уровень определён только для всех девяти показателей; "
        f"по доле от возможного это отвечало бы строке «{one.share_level.words}»."
    )


def _outcome(result: CardResult) -> str:
    if result.mean is None or result.level is None:
        return ""
    most = scorecard_rules().most
    if result.n_whole == 1:
        return f"Сумма: {comma(result.mean)} из {most} – {result.level.words}."
    return (
        f"Среднее сумм по {result.n_whole} полным листам: {comma(result.mean)} из {most} – {result.level.words}. "
        "Среднее между двумя уровнями отнесено к низшему."
    )


def agreement_said(found: ScorerAgreement) -> str:
    """Return how far scorers agree, in Russian; empty where there is nothing to compare."""
    if not found.n_compared:
        return ""
    said = (
        f"Согласие оценивших: из {found.n_compared} сравнений двух оценок одного показателя совпали {found.n_equal}, "
        f"разошлись на балл {found.n_near}, на два балла {found.n_far}."
    )
    if found.apart:
        said += f" Разошлись на два балла по показателям: {', '.join(found.apart)}."
    return said


def _remarks(result: CardResult) -> Iterator[str]:
    """Yield why somebody could not score an indicator."""
    for row in result.rows:
        for why in row.reasons:
            yield f"Показатель {row.indicator.code} не оценён: {why}"
