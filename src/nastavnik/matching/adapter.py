"""From records of the bases to the engine and back: the only place that knows both."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Any

from nastavnik.engine.matching.candidates import (
    BUSY,
    KEPT,
    WISHES,
    Edge,
    Mentee,
    Mentor,
    Rules,
    ScorePart,
    judge,
)
from nastavnik.engine.matching.payload import match_json
from nastavnik.engine.matching.pool import Candidates, find_candidates
from nastavnik.engine.matching.proposing import MatchingResult, Wishes, propose
from nastavnik.engine.matching.transport import solve
from nastavnik.engine.matching.watching import Watch, watched
from nastavnik.matching.catalogues import RuleValues
from nastavnik.programmes.adapter import engine_mentee, engine_mentor, form_rule, groups_of
from nastavnik.programmes.models import MentoringForm, Participation
from nastavnik.programmes.queries import Choices


@dataclass(frozen=True, slots=True)
class Input:
    """What the engine is given: people by the keys of their records, rules, the curator's rulings, the wishes.

    `forbidden` holds the bans of the curator, «not with» of either side and the psychologist's «no» alike; `advised`
    says which of them are the psychologist's. `previous` is mentee → mentor of what was proposed before and is to stay as
    far as can be. Records `without` were to sit this one out.
    """

    mentors: tuple[Mentor, ...]
    mentees: tuple[Mentee, ...]
    rules: Rules
    locked: Mapping[str, str]
    forbidden: frozenset[tuple[str, str]]
    wishes: Wishes
    advised: frozenset[tuple[str, str]] = frozenset()
    previous: Mapping[str, str] = field(default_factory=dict)
    without: tuple[int, ...] = ()

    def run(self, watch: Watch | None = None) -> MatchingResult:
        """Ask the engine; a watch is told how far it is, and what it raises ends the work.

        Without one, whoever watches already goes on watching.
        """
        with watched(watch) if watch else nullcontext():
            return propose(
                self.mentors,
                self.mentees,
                self.rules,
                locked=self.locked,
                forbidden=self.forbidden,
                wishes=self.wishes,
                previous=self.previous,
            )

    def snapshot(self) -> dict[str, Any]:
        """Return the whole input as plain JSON: sets sorted, no names."""
        return {
            "mentors": [_plain(asdict(person)) for person in self.mentors],
            "mentees": [_plain(asdict(person)) for person in self.mentees],
            "rules": {
                "version": self.rules.version,
                "load_cost": self.rules.load_cost,
                "rank_weight": self.rules.rank_weight,
                "weights": dict(self.rules.weights),
                "forms": {code: _plain(asdict(form)) for code, form in self.rules.forms.items()},
            },
            "locked": dict(self.locked),
            "forbidden": sorted(self.forbidden),
            "advised": sorted(self.advised),
            "wishes": {
                "mentees": {key: list(ranked) for key, ranked in self.wishes.mentees.items()},
                "mentors": {key: list(ranked) for key, ranked in self.wishes.mentors.items()},
            },
            "previous": dict(self.previous),
            "without": list(self.without),
        }


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        key: sorted(value) if isinstance(value, frozenset) else value
        for key, value in fields.items()
    }


@dataclass(frozen=True, slots=True)
class Recount:
    """What an old input answers today: mentee key → mentor key, the sum of the fit, whether it is proven.

    `is_same_sum` tells whether the fit, the wishes and the loads come out as kept; a run of before they were kept says nothing.
    """

    mentor_of: Mapping[str, str]
    total_score: int
    is_certified: bool
    is_same_sum: bool


def recount(snapshot: Mapping[str, Any], watch: Watch | None = None) -> Recount:
    """Compute an old run again from what it kept; what a watch raises ends it.

    Raises:
        ValueError: the input was kept in a way this program no longer reads.
    """
    rules = snapshot.get("rules", {})
    # whose «no» it was changes nothing for the engine, nor does what it answered then
    told = {"advised", "totals", "shortages", "kept_points", "choices_first", "waiting", "without"}
    engine_part = {key: value for key, value in snapshot.items() if key not in told}
    with watched(watch):
        answered = match_json(
            {**engine_part, "rules": {**rules, "forms": list(rules.get("forms", {}).values())}}
        )
    parts = [part for pair in answered["pairs"] for part in pair["parts"]]
    now = _totals(((part["code"], part["points"]) for part in parts), answered["load_points"])
    return Recount(
        mentor_of={pair["mentee"]: pair["mentor"] for pair in answered["pairs"]},
        total_score=now["fit"],
        is_certified=answered["certificate"] == "ok",
        is_same_sum=snapshot.get("totals", now) == now,
    )


def totals_of(proposal: MatchingResult) -> dict[str, int]:
    """Return the three sums of a proposal, as a run keeps them beside its input."""
    parts = ((part.code, part.points) for pair in proposal.pairs for part in pair.parts)
    return _totals(parts, proposal.load_points)


def _totals(parts: Iterable[tuple[str, int]], load: int) -> dict[str, int]:
    """Add up the points by their codes: the load counts on from the pairs that run; that a pair was one before is no sum."""
    points: Counter[str] = Counter()
    for code, number in parts:
        points[code] += number
    wishes, busy = points[WISHES], points[BUSY]
    fit = points.total() - wishes - busy - points[KEPT]
    return {"fit": fit, "wishes": wishes, "load": load + busy}


@dataclass(frozen=True, slots=True)
class Effect:
    """What other rules would change: before and after, and who would get another mentor.

    `n_chosen` are the pairs in which one at least chose the other. `moved` holds keys of records: mentee, mentor before,
    mentor after; "" stands for nobody.
    """

    n_matched: tuple[int, int]
    n_area: tuple[int, int]
    n_chosen: tuple[int, int]
    n_idle: tuple[int, int]
    moved: tuple[tuple[str, str, str], ...]


def effect_of(now: Input, then: Input, watch: Watch | None = None) -> Effect:
    """Compare what two inputs of the same people answer."""
    before, after = now.run(watch), then.run(watch)
    old = {pair.mentee: pair.mentor for pair in before.pairs}
    new = {pair.mentee: pair.mentor for pair in after.pairs}
    return Effect(
        n_matched=(before.n_matched, after.n_matched),
        n_area=(_n_area(now, before), _n_area(then, after)),
        n_chosen=(_n_chosen(before), _n_chosen(after)),
        n_idle=(_n_idle(before), _n_idle(after)),
        moved=tuple(
            (person.key, old.get(person.key, ""), new.get(person.key, ""))
            for person in now.mentees
            if old.get(person.key) != new.get(person.key)
        ),
    )


def _n_area(given: Input, proposal: MatchingResult) -> int:
    # not by the parts of the score: with no points for it there is none, and the request is met all the same
    offered = {one.key: one.competences for one in given.mentors}
    asked = {one.key: one.areas for one in given.mentees}
    return sum(bool(offered[pair.mentor] & asked[pair.mentee]) for pair in proposal.pairs)


def _n_chosen(proposal: MatchingResult) -> int:
    return sum(bool(pair.mentee_choice or pair.mentor_choice) for pair in proposal.pairs)


def _n_idle(proposal: MatchingResult) -> int:
    return sum(load.n_mentees == 0 for load in proposal.loads)


N_SUBSTITUTES = 3


@dataclass(frozen=True, slots=True)
class Substitute:
    """A mentor who could take over the mentees of a pair.

    Attributes:
        mentor: key of the record.
        form: code of the form of the new pair.
        parts: why they fit, of all the mentees together.
        people: how many of those who wait would stay without a mentor because of this choice.
        points: how much worse the pairs fit than with the best choice.
        choices: which choice, from 1, each was for the other: of the mentee, of the mentor; None where not chosen.
    """

    mentor: str
    form: str
    parts: tuple[ScorePart, ...]
    people: int
    points: int
    choices: tuple[int | None, int | None]

    @property
    def explanation(self) -> dict[str, Any]:
        """Return the reasons as a run keeps them."""
        by_mentee, by_mentor = self.choices
        return {
            "parts": [asdict(part) for part in self.parts],
            "chosen": {"by_mentee": by_mentee, "by_mentor": by_mentor},
        }

    @property
    def price(self) -> dict[str, int]:
        """Return what the choice costs the others, as a run keeps it."""
        return {"people": self.people, "points": self.points}


def substitutes(given: Input, mentees: Collection[str]) -> tuple[Substitute, ...]:
    """Return the best mentors for the mentees of a pair, the best first; all other pairs stay as they are.

    Those who wait are matched along, so the prices say what a choice costs them. Where they want all the places that
    fit, and for a group, the order is that of the fit alone.
    """
    proposal = given.run()
    if len(mentees) == 1:
        (mentee,) = mentees
        found = next((pair for pair in proposal.pairs if pair.mentee == mentee), None)
        if found:
            best = Substitute(
                found.mentor, found.form, found.parts, 0, 0, (found.mentee_choice, found.mentor_choice)
            )  # fmt: skip
            others = tuple(
                Substitute(
                    one.mentor, one.form, one.parts, one.price.people, one.price.points,
                    given.wishes.place(one.mentor, mentee),
                )
                for one in found.alternatives
            )  # fmt: skip
            return (best, *others)[:N_SUBSTITUTES]
    return _by_fit(given, mentees)


def _by_fit(given: Input, mentees: Collection[str]) -> tuple[Substitute, ...]:
    takers = [person for person in given.mentees if person.key in mentees]
    found = []
    for mentor in given.mentors:
        edges = [judge(mentor, one, given.rules, forbidden=given.forbidden) for one in takers]
        fitting = [edge for edge in edges if isinstance(edge, Edge)]
        if len(fitting) == len(takers) <= mentor.capacity:
            found.append((sum(edge.score for edge in fitting), mentor.key, fitting))
    found = sorted(found, key=lambda row: (-row[0], row[1]))[:N_SUBSTITUTES]
    alone = next(iter(mentees)) if len(mentees) == 1 else ""
    others = replace(given, mentees=tuple(one for one in given.mentees if one not in takers))
    n_matched = others.run().n_matched if found else 0
    return tuple(
        Substitute(
            key,
            edges[0].form,
            _joined(edge.parts for edge in edges),
            n_matched - _without_places(others, key, len(takers)).run().n_matched,
            found[0][0] - score,
            given.wishes.place(key, alone),
        )
        for score, key, edges in found
    )


def _without_places(given: Input, mentor: str, number: int) -> Input:
    """Return an input in which a mentor has fewer places."""
    fewer = tuple(
        replace(one, capacity=one.capacity - number) if one.key == mentor else one
        for one in given.mentors
    )
    return replace(given, mentors=fewer)


def _joined(rows: Iterable[tuple[ScorePart, ...]]) -> tuple[ScorePart, ...]:
    """Add up the parts of several pairs by their code."""
    whole: dict[str, ScorePart] = {}
    for part in (part for row in rows for part in row):
        before = whole.get(part.code, ScorePart(part.code, 0))
        items = tuple(dict.fromkeys((*before.items, *part.items)))
        whole[part.code] = ScorePart(part.code, before.points + part.points, items)
    return tuple(whole.values())


def form_for(given: Input, mentor: str, mentees: Collection[str]) -> str:
    """Return the form in which a mentor may take over all the mentees, empty where a rule refuses one of them."""
    giver = next((person for person in given.mentors if person.key == mentor), None)
    takers = [person for person in given.mentees if person.key in mentees]
    if giver is None or giver.capacity < len(takers):
        return ""
    edges = [judge(giver, one, given.rules, forbidden=given.forbidden) for one in takers]
    forms = {edge.form for edge in edges if isinstance(edge, Edge)}
    refused = any(isinstance(edge, str) for edge in edges)
    return "" if refused else min(forms, default="")


def is_against_rules(
    mentor: Participation,
    mentee: Participation,
    forms: Iterable[MentoringForm],
    *,
    rules: RuleValues,
    day: dt.date,
) -> bool:
    """Tell whether the rules would never propose two people, whatever was said of them."""
    given = build_input(
        [mentor],
        [mentee],
        forms,
        decided=Decided(),
        choices=Choices({}, {}, frozenset()),
        rules=rules,
        day=day,
    )
    return isinstance(judge(given.mentors[0], given.mentees[0], given.rules), str)


def fewest_moves(
    given: Input, mentees: Collection[str], leaver: str, kept: Mapping[str, str]
) -> tuple[tuple[str, str, str], ...]:
    """Find places for the mentees of a pair by moving as few of the other pairs as can be (method.md §4.4).

    First without the mentor who is replaced, then with the place that becomes free there.

    Args:
        given: the mentors, and as mentees those of all pairs, with the mentors' free places.
        mentees: who needs a mentor.
        leaver: the mentor who is replaced.
        kept: mentee → mentor of the pairs that stand.

    Returns:
        (mentee, mentor before, mentor after) of everybody who would move, those in need first; empty when even that does
        not help.
    """
    held = Counter(kept.values())
    mentors = [replace(one, capacity=one.capacity + held[one.key]) for one in given.mentors]
    without = [replace(one, capacity=held[leaver]) if one.key == leaver else one for one in mentors]
    with_place = [
        replace(one, capacity=one.capacity + len(mentees)) if one.key == leaver else one
        for one in mentors
    ]
    return _moves(given, without, mentees, kept) or _moves(given, with_place, mentees, kept)


def _moves(
    given: Input, mentors: list[Mentor], mentees: Collection[str], kept: Mapping[str, str]
) -> tuple[tuple[str, str, str], ...]:
    known = {one.key for one in mentors}
    takers = [one for one in given.mentees if one.key in mentees or kept.get(one.key, "") in known]
    found = find_candidates(
        mentors,
        takers,
        given.rules,
        forbidden=given.forbidden,
        always=[(kept[one.key], one.key) for one in takers if one.key not in mentees],
    )
    held = Counter(kept[one.key] for one in takers if one.key not in mentees)
    after = _with_fewest_changes(found, given.rules, mentees, kept, held)
    if len(after) < len(takers):
        return ()
    moved = [
        (one.key, "" if one.key in mentees else kept[one.key], after[one.key])
        for one in takers
        if one.key in mentees or after[one.key] != kept[one.key]
    ]
    return tuple(sorted(moved, key=lambda move: move[0] not in mentees))


def _with_fewest_changes(
    found: Candidates,
    rules: Rules,
    mentees: Collection[str],
    kept: Mapping[str, str],
    held: Mapping[str, int],
) -> dict[str, str]:
    """Return mentee → mentor of the matching with the most people, then the fewest changes, then the best fit."""
    number = {one.key: n for n, one in enumerate(found.mentors)}
    before = [-1 if one.key in mentees else number[kept[one.key]] for one in found.mentees]
    # a pair the rules would no longer propose is the school's own: it stays
    locked = [
        was if was >= 0 and found.position(n, was) < 0 else -1 for n, was in enumerate(before)
    ]
    capacity = [
        max(places, held.get(one.key, 0))
        for one, places in zip(found.mentors, found.capacity, strict=True)
    ]
    most = int(found.score.max(initial=0))
    steps = rules.load_cost * (max(capacity, default=0) + 1)
    solution = solve(
        found.indptr,
        found.indices,
        found.score,
        capacity,
        load_cost=rules.load_cost,
        locked=locked,
        previous=before,
        change_cost=(most + steps + 1) * (len(before) + 1),
        tie_key_mentee=[one.key for one in found.mentees],
        tie_key_mentor=[one.key for one in found.mentors],
    )
    return {
        one.key: found.mentors[mentor].key
        for one, mentor in zip(found.mentees, solution.mentor_of.tolist(), strict=True)
        if mentor >= 0
    }


@dataclass(frozen=True, slots=True)
class Decided:
    """What people decided of others, as (mentor key, mentee key).

    Attributes:
        locked: put together by the curator.
        forbidden: kept apart by the curator.
        advised: the psychologist's «no»; None on one side rules the other out with all.
    """

    locked: Iterable[tuple[int, int]] = ()
    forbidden: Iterable[tuple[int, int]] = ()
    advised: Iterable[tuple[int | None, int | None]] = ()


def build_input(
    mentors: Iterable[Participation],
    mentees: Iterable[Participation],
    forms: Iterable[MentoringForm],
    *,
    decided: Decided,
    choices: Choices,
    rules: RuleValues,
    day: dt.date,
    previous: Mapping[int, int] | None = None,
) -> Input:
    """Turn records (person and forms fetched), decisions and choices into the engine's input.

    Of the choices, and of the pairs of before (mentee → mentor), only people who are matched now count: who is not,
    cannot be had.
    """
    mentors, mentees = list(mentors), list(mentees)
    groups = groups_of([*mentors, *mentees], day)
    leaders = {record.person_id: str(record.pk) for record in mentors}
    keys = {str(record.pk) for record in (*mentors, *mentees)}
    against = _spread(decided.advised, mentors, mentees)
    return Input(
        mentors=tuple(engine_mentor(record, groups, day) for record in mentors),
        mentees=tuple(engine_mentee(record, groups, leaders, day) for record in mentees),
        rules=Rules(
            forms=MappingProxyType({form.code: form_rule(form) for form in forms}),
            weights=MappingProxyType(dict(rules.weights)),
            version=rules.version,
            load_cost=rules.load_cost,
            rank_weight=rules.rank_weight,
        ),
        locked={
            str(mentee): str(mentor)
            for mentor, mentee in decided.locked
            if {str(mentor), str(mentee)} <= keys and (str(mentor), str(mentee)) not in against
        },
        forbidden=against
        | {(str(mentor), str(mentee)) for mentor, mentee in (*decided.forbidden, *choices.refused)},
        wishes=Wishes(
            mentees=_wishes(choices.of_mentees, keys), mentors=_wishes(choices.of_mentors, keys)
        ),
        advised=against,
        previous={
            str(mentee): str(mentor)
            for mentee, mentor in (previous or {}).items()
            if {str(mentee), str(mentor)} <= keys
        },
    )


def _spread(
    advised: Iterable[tuple[int | None, int | None]],
    mentors: list[Participation],
    mentees: list[Participation],
) -> frozenset[tuple[str, str]]:
    """Return the pairs an outcome rules out; one on a person alone rules out all pairs of that person."""
    return frozenset(
        (str(giver), str(taker))
        for mentor, mentee in advised
        for giver in ([mentor] if mentor else [one.pk for one in mentors])
        for taker in ([mentee] if mentee else [one.pk for one in mentees])
    )


def _wishes(given: Mapping[int, tuple[int, ...]], keys: set[str]) -> dict[str, tuple[str, ...]]:
    """Return the wishes of those who are here for those who are here; who wished only for others wishes nothing."""
    here = {
        str(who): tuple(str(one) for one in ranked if str(one) in keys)
        for who, ranked in given.items()
        if str(who) in keys
    }
    return {who: ranked for who, ranked in here.items() if ranked}
