"""Reads of the scorecard: what each person gave, what it comes to, and whether it has a level (method.md §5.2, C9)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from nastavnik.core.access import SignedIn
from nastavnik.core.dates import today
from nastavnik.core.request_cache import cached
from nastavnik.engine.statistics.agreement import ScorerAgreement, agreement_of
from nastavnik.monitoring.catalogues import ScoredIndicator, ScoreLevel, scorecard_rules
from nastavnik.monitoring.choices import SCORING_ROLES
from nastavnik.monitoring.models import Scorecard, ScoreMark, ScoreSheet
from nastavnik.organisations.models import Organisation
from nastavnik.people.models import Membership, User, holds_on
from nastavnik.programmes.models import Programme


@dataclass(frozen=True, slots=True)
class SheetSum:
    """What one handed-in sheet comes to.

    Attributes:
        sheet: whose.
        points: indicator → points; None where it says that it cannot be scored.
        total: the sum of what is scored.
        most: the sum if each of those had the highest points.
        level: of the sum; None unless all indicators are scored, for only then there is one.
        share_level: else the level at whose share of the highest sum it would lie; None where a level stands or nothing is scored.
    """

    sheet: ScoreSheet
    points: dict[str, int | None]
    total: int
    most: int
    level: ScoreLevel | None
    share_level: ScoreLevel | None

    @property
    def name(self) -> str:
        """Return who scored."""
        return self.sheet.scorer.full_name if self.sheet.scorer else _("somebody erased")

    @property
    def percent(self) -> int | None:
        """Return the share of the highest sum of what is scored, in whole per cent, cut and not rounded."""
        return 100 * self.total // self.most if self.most else None


def sum_of(sheet: ScoreSheet) -> SheetSum:
    """Return what a sheet comes to; its marks are to be fetched."""
    rules = scorecard_rules()
    said = {mark.indicator: mark.points for mark in sheet.marks.all()}
    scored = [points for points in said.values() if points is not None]
    total, most = sum(scored), max(rules.points) * len(scored)
    is_whole = len(scored) == len(rules.indicators)
    return SheetSum(
        sheet=sheet,
        points=said,
        total=total,
        most=most,
        level=rules.level_of(total) if is_whole else None,
        # 15 of 18 is 83.3 %: compared as fractions, so that nothing is lost by rounding
        share_level=None if is_whole or not most else rules.level_of(total * rules.most / most),
    )


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """A line of the card: an indicator, what each gave it in the order of the sheets, and the mean of those who scored it."""

    indicator: ScoredIndicator
    given: tuple[int | None, ...]
    reasons: tuple[str, ...]
    mean: float | None
    is_apart: bool


@dataclass(frozen=True, slots=True)
class CardResult:
    """What a card says.

    Attributes:
        rows: a line an indicator.
        sums: a sheet handed in each.
        n_whole: of them with all indicators scored.
        mean: the mean of their sums.
        level: of that mean; None without such a sheet.
        agreement: of those who handed in.
    """

    rows: tuple[IndicatorRow, ...]
    sums: tuple[SheetSum, ...]
    n_whole: int
    mean: float | None
    level: ScoreLevel | None
    agreement: ScorerAgreement


def result_of(sheets: Iterable[ScoreSheet]) -> CardResult:
    """Return what the sheets handed in come to; their marks and scorers are to be fetched."""
    sums = tuple(sum_of(sheet) for sheet in sheets if sheet.handed_in_on)
    rules = scorecard_rules()
    given = {
        one.code: [p for done in sums if (p := done.points.get(one.code)) is not None]
        for one in rules.indicators
    }
    agreement = agreement_of(given)
    whole = [one.total for one in sums if one.level]
    mean = sum(whole) / len(whole) if whole else None
    return CardResult(
        rows=tuple(
            IndicatorRow(
                one,
                tuple(done.points.get(one.code) for done in sums),
                tuple(_reasons(sums, one.code)),
                sum(given[one.code]) / len(given[one.code]) if given[one.code] else None,
                one.code in agreement.apart,
            )
            for one in rules.indicators
        ),
        sums=sums,
        n_whole=len(whole),
        mean=mean,
        level=None if mean is None else rules.level_of(mean),
        agreement=agreement,
    )


def _reasons(sums: Sequence[SheetSum], code: str) -> Iterable[str]:
    """Yield why somebody could not score an indicator."""
    for done in sums:
        for mark in done.sheet.marks.all():
            if mark.indicator == code and mark.points is None:
                yield mark.why


def cards_of(user: SignedIn) -> QuerySet[Scorecard]:
    """Return the cards the user sees with their sheets and marks, the newest year first; three queries."""
    sheets = ScoreSheet.objects.select_related("scorer").prefetch_related(
        Prefetch("marks", queryset=ScoreMark.objects.order_by("pk"))
    )
    return (
        Scorecard.objects.visible_to(user)
        .select_related("programme__year", "organisation")
        .prefetch_related(Prefetch("sheets", queryset=sheets))
        .order_by("-programme__year__starts_on", "-programme__starts_on", "-pk")
    )


@dataclass(frozen=True, slots=True)
class CardOfYear:
    """A card beside those of other years."""

    card: Scorecard
    result: CardResult

    @property
    def year(self) -> str:
        """Return the academic year."""
        return str(self.card.programme.year)


def years_of(user: SignedIn) -> list[CardOfYear]:
    """Return the cards year by year; what is open says so."""
    return [CardOfYear(card, result_of(card.sheets.all())) for card in cards_of(user)]


def open_sheet_of(user: SignedIn, card: Scorecard) -> ScoreSheet | None:
    """Return the user's own sheet of a card that is not handed in; until it is, the others' points are not shown."""
    return card.sheets.filter(scorer_id=user.viewer.user_id, handed_in_on=None).first()


def own_sheets(user: SignedIn) -> QuerySet[ScoreSheet]:
    """Return the user's own sheets of cards that are open, whole or not."""
    return (
        ScoreSheet.objects.own(user)
        .filter(scorecard__closed_on=None)
        .select_related("scorecard__programme__year", "scorecard__organisation")
    )


def sheets_waiting(user: SignedIn) -> list[ScoreSheet]:
    """Return the user's own sheets that are not handed in; one query a page."""
    return cached(
        ("score_sheets_waiting", user.viewer.user_id),
        lambda: list(own_sheets(user).filter(handed_in_on=None)),
    )


def scorers_to_invite(organisation: Organisation, card: Scorecard) -> list[User]:
    """Return the accounts of those who work in the organisation today and have no sheet of the card, by name."""
    roles = Membership.objects.filter(
        holds_on(today()), organisation=organisation, role__in=SCORING_ROLES, user__is_active=True
    )
    rows = User.objects.filter(pk__in=roles.values("user_id"))
    return list(rows.exclude(score_sheets__scorecard=card).order_by("full_name", "pk"))


def may_work_here(organisation_id: int, users: Collection[int]) -> set[int]:
    """Return those of some accounts that may be asked to score in an organisation."""
    roles = Membership.objects.filter(
        holds_on(today()),
        organisation_id=organisation_id,
        role__in=SCORING_ROLES,
        user_id__in=users,
    )
    return set(roles.values_list("user_id", flat=True))


def card_of(programme: Programme) -> Scorecard | None:
    """Return the card of a programme, if it is begun."""
    return Scorecard.objects.filter(programme=programme).first()
