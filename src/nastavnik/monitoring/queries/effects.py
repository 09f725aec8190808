"""Reads of stage 2: the same people at the entry and at the exit, and who is satisfied (method.md §5.1, §6.3, §9.4).

Only sums over people leave this module: no answer of one person, no count of fewer than five.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import cast

from django.db.models import Count

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.text import fold
from nastavnik.engine.instruments import Instrument, Item, ItemKind, pairings
from nastavnik.engine.statistics.groups import holm, rank_sum_p
from nastavnik.engine.statistics.paired import ERROR_SHARE, PairedChange, compare_paired
from nastavnik.engine.statistics.shares import wilson
from nastavnik.engine.statistics.verdicts import EffectVerdict, told_apart, verdict_of
from nastavnik.monitoring.catalogues import effect_rules
from nastavnik.programmes.models import Programme
from nastavnik.questionnaires.adapter import ReadingRights, instrument_of
from nastavnik.questionnaires.choices import FEWEST, WaveStatus
from nastavnik.questionnaires.models import Response, Wave
from nastavnik.questionnaires.queries import answers_by_wave

ENTRY, EXIT = "before", "after"
Answers = dict[int, tuple[list[Response], int]]


class Compared(StrEnum):
    """What two questions of one construct are to each other."""

    CHANGE = "change"  # the same words twice
    EXPECTATION = "expectation"  # a forecast, and how it came


class WhyUnpaired(StrEnum):
    """Why nothing of a group is compared."""

    OPEN = "open"
    NAMELESS = "nameless"
    NO_ENTRY = "no_entry"
    NO_EXIT = "no_exit"
    FEW = "few"


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Those who answered at the entry and not again: whether their first answers were lower or higher.

    `side` is -1 lower, 1 higher, 0 no difference is seen, None too few to say.
    """

    side: int | None


@dataclass(frozen=True, slots=True)
class ParameterEffect:
    """What became of one parameter of a group.

    Attributes:
        before, after: the two questions.
        kind: what they are to each other.
        change: as measured; `p_value` raised for all parameters of the group.
        verdict: what may be said of it.
        split: how many grew, stayed, fell, as far as may be told: parts of ("up", "same", "down") and their number.
        left: how those lost differed at the entry.
        is_guarded: whether only the psychologist reads it.
    """

    before: Item
    after: Item
    kind: Compared
    change: PairedChange
    verdict: EffectVerdict
    split: tuple[tuple[tuple[str, ...], int], ...]
    left: LeftBehind
    is_guarded: bool

    @property
    def words(self) -> str:
        """The verdict in words."""
        rules = effect_rules()
        return rules.words[self.kind][self.verdict].format(
            n=self.change.n_pairs,
            fewest=rules.thresholds.fewest,
            silences=round(100 * rules.thresholds.lost_silences),
        )

    @property
    def is_judged(self) -> bool:
        """Whether numbers are shown at all: of enough pairs and enough of those asked first, and not one number that is everybody's."""
        silent = {EffectVerdict.FEW, EffectVerdict.LOST, EffectVerdict.SAME_FOR_ALL}
        return self.verdict not in silent


@dataclass(frozen=True, slots=True)
class EffectGroup:
    """Two waves of one side and one form of mentoring, set against each other.

    Attributes:
        title: the form of mentoring, or of which questionnaire.
        role: who answers.
        entry, exit: the waves; None where there is none.
        why: why nothing is compared; None where something is.
        parameters: in the order of the second sheet.
        n_unlike: questions of one construct that ask about different things.
        n_hidden: parameters only the psychologist, or only the curator, reads.
        n_entry, n_exit, n_both: people who answered at the entry, at the exit, both times.
        n_uncovered: answers no consent covers any more.
    """

    title: str
    role: str
    entry: Wave | None
    exit: Wave | None
    why: WhyUnpaired | None
    parameters: tuple[ParameterEffect, ...] = ()
    n_unlike: int = 0
    n_hidden: int = 0
    n_entry: int = 0
    n_exit: int = 0
    n_both: int = 0
    n_uncovered: int = 0

    @property
    def silence(self) -> str:
        """Why nothing is said of any question, said once; empty where something is or they differ in it."""
        said = {one.words for one in self.parameters}
        return "" if len(said) != 1 or any(one.is_judged for one in self.parameters) else said.pop()

    @property
    def n_lost(self) -> int:
        """How many answered at the entry and not at the exit."""
        return self.n_entry - self.n_both

    @property
    def is_lost_much(self) -> bool:
        """Whether so many are lost that it has to be said beside every number."""
        return self.n_lost > effect_rules().thresholds.lost_warns * self.n_entry


@dataclass(frozen=True, slots=True)
class SatisfactionRow:
    """How many of a wave say they are satisfied.

    Attributes:
        wave: the wave.
        question: the question that asks for it.
        least, most: bounds of a satisfied answer on its scale.
        n_asked, n_answered: how many were asked, how many answered the question.
        n_from, n_to: how many are satisfied: equal where it may be told, else between which numbers.
    """

    wave: Wave
    question: str
    least: int
    most: int
    n_asked: int
    n_answered: int
    n_from: int
    n_to: int

    @property
    def of_answered(self) -> tuple[float, float] | None:
        """Where the share of those who answered lies, 0…1."""
        return _bounds(self.n_from, self.n_to, self.n_answered)

    @property
    def of_asked(self) -> tuple[float, float] | None:
        """Where the share of those who were asked lies, 0…1: whoever is silent is not counted as satisfied."""
        return _bounds(self.n_from, self.n_to, self.n_asked)


def _bounds(least: int, most: int, n: int) -> tuple[float, float] | None:
    low, high = wilson(least, n), wilson(most, n)
    return (low[0], high[1]) if low and high else None


@dataclass(frozen=True, slots=True)
class Effects:
    """All that is known of stage 2 in a programme."""

    groups: tuple[EffectGroup, ...]
    satisfaction: tuple[SatisfactionRow, ...]
    n_few: int  # waves that ask for satisfaction and have fewer than five answers

    @property
    def parameters(self) -> list[ParameterEffect]:
        """All parameters compared, with and without a judgement."""
        return [one for group in self.groups for one in group.parameters]


def rights_of(user: SignedIn, programme: Programme) -> ReadingRights:
    """Return what of the answers a user reads in the organisation of a programme."""
    at, viewer = programme.organisation_id, user.viewer
    return ReadingRights(
        texts=at in viewer.organisations(Perm.ANSWER_VIEW),
        curator=at in viewer.organisations(Perm.WAVE_EDIT),
        guarded=at in viewer.organisations(Perm.ANSWER_GUARDED),
    )


def effects_of(user: SignedIn, programme: Programme) -> Effects:
    """Return before and after of a programme as far as a user reads it; four queries."""
    waves = Wave.objects.within(user, Perm.WAVE_VIEW).filter(programme=programme)
    return _effects(waves, rights_of(user, programme))


def published_effects(programme: Programme) -> Effects:
    """Return what of before and after may be printed for everybody: nothing only one role reads."""
    return _effects(Wave.objects.filter(programme=programme), ReadingRights())


def _effects(waves: Iterable[Wave], rights: ReadingRights) -> Effects:
    rows = list(
        waves.select_related("version", "form")  # type: ignore[attr-defined]
        .annotate(n_asked=Count("invitations"))
        .order_by("opens_on", "pk")
    )
    answers = answers_by_wave(rows)
    families: dict[tuple[object, ...], list[Wave]] = defaultdict(list)
    for wave in rows:
        families[_family(wave)].append(wave)
    groups = [_group(family, answers, rights) for family in families.values()]
    found = [one for one in groups if one is not None]
    satisfied = [_satisfaction(wave, answers, rights) for wave in rows]
    asked = [one for one in satisfied if one is not None]
    return Effects(
        groups=tuple(sorted(found, key=lambda one: (one.why is not None, one.title, one.role))),
        satisfaction=tuple(one for one in asked if one.n_answered >= FEWEST),
        n_few=sum(one.n_answered < FEWEST for one in asked),
    )


def _family(wave: Wave) -> tuple[object, ...]:
    """Return what waves to be set against each other share: side and form, or one questionnaire asked again."""
    version = wave.version
    if version.stage in {ENTRY, EXIT}:
        return (version.role, wave.form_id, wave.side)
    return (version.code, wave.form_id, wave.side)


def _group(family: Sequence[Wave], answers: Answers, rights: ReadingRights) -> EffectGroup | None:
    """Set the first wave of a family against its last one; None where a questionnaire is simply asked once."""
    is_pair = family[0].version.stage in {ENTRY, EXIT}
    if not is_pair and len(family) == 1:
        return None
    firsts = [one for one in family if one.version.stage == ENTRY] if is_pair else family[:1]
    lasts = [one for one in family if one.version.stage == EXIT] if is_pair else family[-1:]
    entry, last = next(iter(firsts), None), next(iter(lasts[::-1]), None)
    wave = family[0]
    if not is_pair and not _scales(instrument_of(wave.version)):
        return None
    group = EffectGroup(
        title=wave.form.title if wave.form else "",
        role=wave.version.role,
        entry=entry,
        exit=last,
        why=None,
    )
    if entry is None or last is None:
        return replace(group, why=WhyUnpaired.NO_EXIT if entry else WhyUnpaired.NO_ENTRY)
    if entry.is_confidential or last.is_confidential:
        return replace(group, why=WhyUnpaired.NAMELESS)
    if entry.status != WaveStatus.CLOSED or last.status != WaveStatus.CLOSED:
        return replace(group, why=WhyUnpaired.OPEN)
    return _compared(group, entry, last, answers, rights)


def _compared(
    group: EffectGroup, entry: Wave, last: Wave, answers: Answers, rights: ReadingRights
) -> EffectGroup:
    (first, lost_first), (second, lost_second) = answers[entry.pk], answers[last.pk]
    group = replace(group, n_uncovered=lost_first + lost_second)
    if not first or not second:
        return replace(group, why=WhyUnpaired.FEW)
    then, now = _by_person(first), _by_person(second)
    parameters, n_unlike, n_hidden = [], 0, 0
    for pair in pairings(instrument_of(entry.version), instrument_of(last.version)):
        if pair.after.kind != ItemKind.SCALE:
            continue
        kind = _kind(pair.before, pair.after)
        if kind is None:
            n_unlike += 1
        elif not (rights.read(pair.before) and rights.read(pair.after)):
            n_hidden += 1
        else:
            parameters.append(_parameter(pair.before, pair.after, kind, then, now))
    return replace(
        group,
        parameters=tuple(_judged(parameters)),
        n_unlike=n_unlike,
        n_hidden=n_hidden,
        n_entry=len(then),
        n_exit=len(now),
        n_both=len(then.keys() & now.keys()),
    )


def _kind(before: Item, after: Item) -> Compared | None:
    """Tell what two questions are to each other; None where they ask about different things."""
    if fold(before.text) == fold(after.text):
        return Compared.CHANGE
    return Compared.EXPECTATION if after.construct in effect_rules().expected else None


def _scales(instrument: Instrument) -> list[Item]:
    return [item for item in instrument.asked if item.kind == ItemKind.SCALE]


def _by_person(responses: Iterable[Response]) -> dict[int, Response]:
    return {row.invitation.person_id: row for row in responses if row.invitation}


def _values(item: Item, rows: Mapping[int, Response]) -> dict[str, float | None]:
    told = {str(key): {**row.answers, **row.guarded}.get(item.code) for key, row in rows.items()}
    return {key: cast("float", value) for key, value in told.items() if isinstance(value, int)}


def _parameter(
    before: Item, after: Item, kind: Compared, then: Mapping[int, Response], now: Mapping[int, Response]
) -> ParameterEffect:  # fmt: skip
    first, second = _values(before, then), _values(after, now)
    change = compare_paired(first, second)
    return ParameterEffect(
        before=before,
        after=after,
        kind=kind,
        change=change,
        verdict=EffectVerdict.UNSURE,
        split=_split(change),
        left=_left(first, second),
        is_guarded=not (ReadingRights().read(before) and ReadingRights().read(after)),
    )


def _judged(parameters: Sequence[ParameterEffect]) -> list[ParameterEffect]:
    """Raise the p values of a group together, then say what each comes to."""
    thresholds = effect_rules().thresholds
    enough = [one for one in parameters if one.change.n_pairs >= thresholds.fewest]
    raised = dict(zip(map(id, enough), holm([one.change.p_value or 0 for one in enough]), strict=True))  # fmt: skip
    found = []
    for one in parameters:
        p_value = raised.get(id(one), 1.0)
        n_points = (one.after.maximum or 0) - (one.after.minimum or 0) + 1
        found.append(
            replace(
                one,
                change=replace(one.change, p_value=p_value),
                verdict=verdict_of(one.change, p_value, n_points, thresholds),
            )
        )
    return found


_WAYS = ("up", "same", "down")


def _split(change: PairedChange) -> tuple[tuple[tuple[str, ...], int], ...]:
    """Return how many went which way, small counts together with their neighbours; nothing where only all together may be told."""
    counts = (change.n_up, change.n_same, change.n_down)
    parts = told_apart(counts, effect_rules().fewest_told)
    return tuple(
        (tuple(_WAYS[place] for place in part), sum(counts[place] for place in part))
        for part in parts or ()
    )


def _left(first: Mapping[str, float | None], second: Mapping[str, float | None]) -> LeftBehind:
    lost = [float(value) for key, value in first.items() if value is not None and key not in second]
    stayed = [float(value) for key, value in first.items() if value is not None and key in second]
    if len(lost) < FEWEST or len(stayed) < FEWEST:
        return LeftBehind(None)
    p_value = rank_sum_p(lost, stayed)
    if p_value is None or p_value >= ERROR_SHARE:
        return LeftBehind(0)
    return LeftBehind(-1 if sum(lost) / len(lost) < sum(stayed) / len(stayed) else 1)


def _satisfaction(wave: Wave, answers: Answers, rights: ReadingRights) -> SatisfactionRow | None:
    """Count the satisfied of a closed wave; None where it asks for no satisfaction or this reader may not see it."""
    rules = effect_rules()
    if wave.version.stage not in {EXIT, "satisfaction"} or wave.pk not in answers:
        return None
    asked = {item.construct: item for item in _scales(instrument_of(wave.version))}
    item = next((asked[one] for one in rules.satisfied_by if one in asked), None)
    if item is None or item.maximum is None or not rights.read(item):
        return None
    column = [row.answers.get(item.code) for row in answers[wave.pk][0]]
    given = [value for value in column if isinstance(value, int)]
    n = sum(rules.is_satisfied(value, item.maximum) for value in given)
    least = next(
        value
        for value in range(item.minimum or 0, item.maximum + 1)
        if rules.is_satisfied(value, item.maximum)
    )
    n_from, n_to = _told(n, len(given), rules.fewest_told)
    return SatisfactionRow(
        wave=wave,
        question=item.text,
        least=least,
        most=item.maximum,
        n_asked=wave.n_asked,  # type: ignore[attr-defined]
        n_answered=len(given),
        n_from=n_from,
        n_to=n_to,
    )


def _told(n: int, n_all: int, fewest: int) -> tuple[int, int]:
    """Return a count, or between which numbers it lies where fewer than `fewest` people are on one side of it, or none."""
    if n_all - n < fewest:
        return max(0, n_all - fewest + 1), n_all
    if n < fewest:
        return 0, fewest - 1
    return n, n
