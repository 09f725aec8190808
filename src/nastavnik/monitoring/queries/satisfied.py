"""Reads of how many are satisfied, for K5 and K6 (method.md §6.3, C8): each person once, by the last questionnaire of the year."""

import datetime as dt
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from nastavnik.engine.instruments import Item
from nastavnik.monitoring.catalogues import IndicatorRule
from nastavnik.organisations.models import Organisation
from nastavnik.questionnaires.adapter import answer_to, instrument_of
from nastavnik.questionnaires.choices import FEWEST, InvitationState, WaveStatus
from nastavnik.questionnaires.models import InstrumentVersion, Invitation, Response, Wave

#: Questionnaires that ask how it was; those of the beginning ask what is hoped for.
STAGES_TOLD = ("satisfaction", "after", "final")


@dataclass(frozen=True, slots=True)
class SatisfiedCount:
    """How many are satisfied.

    Attributes:
        n: how many of those who answered.
        n_answered: how many answered, of those who took part.
        n_strange: answers of people who did not take part in the year: not counted.
        n_waves: questionnaires of the year that asked.
        left_out: titles of confidential ones that are not counted, since they are open, few answered, or somebody in them is counted
            already or did not take part.
        is_kept_back: whether who may not read answers is told nothing, since it would tell of few.
    """

    n: int
    n_answered: int
    n_strange: int
    n_waves: int
    left_out: tuple[str, ...] = ()
    is_kept_back: bool = False

    @property
    def tells_of_few(self) -> bool:
        """Tell whether fewer than `FEWEST` are on one side, none too: the page of satisfaction tells of such a range only."""
        return min(self.n, self.n_answered - self.n) < FEWEST


def satisfied_of(
    organisation: Organisation, rule: IndicatorRule, took_part: AbstractSet[int], year: int
) -> SatisfiedCount | None:
    """Count the satisfied of a year; None where no questionnaire that closes in it asked.

    Of a confidential wave nobody knows who said what, but who has answered: it is counted whole, or not at all.
    """
    waves = Wave.objects.filter(
        organisation=organisation,
        closes_on__range=(dt.date(year, 1, 1), dt.date(year, 12, 31)),
        version__role=rule.role,
        version__stage__in=STAGES_TOLD,
    )
    asked = [
        (wave, item)
        for wave in waves.select_related("version").order_by("-closes_on", "-pk")
        if (item := item_of(wave.version, rule.constructs)) is not None
    ]
    if not asked:
        return None
    tally = _SatisfactionTally(rule, took_part)
    responses, answered = _responses(organisation, asked), _answered(organisation, asked)
    for wave, item in asked:
        said = [(one, answer_to(one, item)) for one in responses[wave.pk]]
        told = [(one, value) for one, value in said if isinstance(value, int)]
        if wave.is_confidential:
            tally.add_whole(wave, item, [value for _one, value in told], answered[wave.pk])
        else:
            tally.add_each(item, told)
    return SatisfiedCount(
        tally.n, tally.n_answered, len(tally.strange), len(asked), tuple(tally.left_out)
    )


@dataclass(slots=True)
class _SatisfactionTally:
    """What is counted so far, the last questionnaire first."""

    rule: IndicatorRule
    took_part: AbstractSet[int]
    counted: set[int] = field(default_factory=set)
    strange: set[int] = field(default_factory=set)
    left_out: list[str] = field(default_factory=list)
    n: int = 0
    n_answered: int = 0

    def add_each(self, item: Item, told: Iterable[tuple[Response, int]]) -> None:
        """Count people who are known, each once."""
        for one, value in told:
            person = one.invitation.person_id if one.invitation else 0
            if person not in self.took_part:
                self.strange.add(person)
            elif person not in self.counted:
                self.counted.add(person)
                self.n_answered += 1
                self.n += is_satisfied(item, value, self.rule)

    def add_whole(
        self, wave: Wave, item: Item, values: Sequence[int], people: AbstractSet[int]
    ) -> None:
        """Count a confidential questionnaire whole, or not at all."""
        is_told = wave.status == WaveStatus.CLOSED and len(values) >= FEWEST
        if not is_told or people & self.counted or not people <= self.took_part:
            self.left_out.append(wave.title)
            return
        self.counted |= people
        self.n_answered += len(values)
        self.n += sum(is_satisfied(item, value, self.rule) for value in values)


def _responses(
    organisation: Organisation, asked: Iterable[tuple[Wave, Item]]
) -> dict[int, list[Response]]:
    found: dict[int, list[Response]] = {wave.pk: [] for wave, _item in asked}
    rows = Response.objects.filter(organisation=organisation, wave__in=list(found))
    for response in rows.select_related("invitation"):
        found[response.wave_id].append(response)
    return found


def _answered(
    organisation: Organisation, asked: Iterable[tuple[Wave, Item]]
) -> dict[int, set[int]]:
    """Return of each wave who has answered."""
    found: dict[int, set[int]] = {wave.pk: set() for wave, _item in asked}
    rows = Invitation.objects.filter(
        organisation=organisation, wave__in=list(found), state=InvitationState.ANSWERED
    )
    for wave_id, person_id in rows.values_list("wave_id", "person_id"):
        found[wave_id].add(person_id)
    return found


def item_of(version: InstrumentVersion, constructs: tuple[str, ...]) -> Item | None:
    """Return the question of satisfaction of a questionnaire, the most general it has."""
    by_construct = {
        item.construct: item for item in reversed(instrument_of(version).asked) if item.maximum
    }
    return next((by_construct[one] for one in constructs if one in by_construct), None)


def is_satisfied(item: Item, value: int, rule: IndicatorRule) -> bool:
    """Tell whether an answer lies at the share of the scale from which on somebody is satisfied, or above."""
    return 100 * value >= round(100 * rule.from_share) * (item.maximum or 0)
