"""From people and rules to a proposal with its reasons, in codes and numbers.

A pair carries the parts of its score and up to three alternatives with their exact price. A
mentee who stays alone carries the reason and the smallest change that would help. Every result is
checked by the solver's certificate before it is handed out.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from types import MappingProxyType

import numpy as np

from nastavnik.engine.matching.candidates import (
    BUSY,
    KEPT,
    REFUSALS,
    WISHES,
    Edge,
    FormRule,
    Mentee,
    Mentor,
    Rules,
    ScorePart,
    judge,
)
from nastavnik.engine.matching.network import Exact, Index, exact, largest
from nastavnik.engine.matching.pool import Candidates, find_candidates, reopened
from nastavnik.engine.matching.transport import (
    Breach,
    Certificate,
    Price,
    Solution,
    Witness,
    solve,
)
from nastavnik.engine.matching.watching import report_progress

N_ALTERNATIVES = 3

#: What a refusal of every mentor is called when it is the reason for staying alone.
REASONS = {
    "self": "no_mentors",
    "form": "no_mentor_of_form",
    "kind": "no_mentor_of_form",
    "forbidden": "all_forbidden",
    "same_family": "all_family",
    "class_teacher": "only_class_teacher",
    "organisation": "none_in_organisation",
    "too_young": "mentee_too_young",
    "unknown_grade": "grade_missing",
    "grade_gap": "all_too_young",
    "unknown_age": "age_missing",
    "age_gap": "all_too_young",
    "subject": "no_common_subject",
}

#: What lifting one refusal is called, the cheapest to do first.
CHANGES = {
    "unknown_grade": "fill_grade",
    "unknown_age": "fill_age",
    "form": "allow_form",
    "forbidden": "unforbid",
    "subject": "relax_subject",
    "grade_gap": "relax_grade_gap",
    "age_gap": "relax_age_gap",
    "too_young": "relax_mentee_min_age",
    "organisation": "relax_organisation",
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """Whom people chose after the group meeting, the dearest first (method.md §4.4).

    Both map a person's key to keys of the other side. A wish that is met is a gain, one that is not costs nothing: so
    whoever names somebody gets what would have come without it, or one of those named (docs/algorithms/matching.md,
    «What a choice can do»).
    """

    mentees: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    mentors: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def place(self, mentor: str, mentee: str) -> tuple[int | None, int | None]:
        """Return which choice, from 1, the mentor is for the mentee and the mentee for the mentor."""
        return _place(self.mentees, mentee, mentor), _place(self.mentors, mentor, mentee)

    def chosen(self) -> Iterator[tuple[str, str]]:
        """Return every (mentor key, mentee key) in which one chose the other."""
        for mentee, mentors in self.mentees.items():
            yield from ((mentor, mentee) for mentor in mentors)
        for mentor, mentees in self.mentors.items():
            yield from ((mentor, mentee) for mentee in mentees)


#: What a first choice counts for; each later one a step less, and whoever was named counts for one step at least.
FIRST = 3


def gain_of(place: int) -> int:
    """Return what a choice counts for by its place from 1."""
    return max(FIRST + 1 - place, 1)


def _place(wishes: Mapping[str, tuple[str, ...]], who: str, whom: str) -> int | None:
    chosen = wishes.get(who, ())
    return chosen.index(whom) + 1 if whom in chosen else None


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another mentor the mentee could have; forcing it costs everybody exactly ``price``.

    ``score`` is the sum of the ``parts``, as of a :class:`Pair`.
    """

    mentor: str
    form: str
    score: int
    parts: tuple[ScorePart, ...]
    price: Price


@dataclass(frozen=True, slots=True)
class Pair:
    """A proposed pair.

    ``score`` is the sum of the ``parts``, wishes among them, and what the pair counts for in the whole. ``margin`` is the price of the cheapest alternative, None where there is none. ``flags``:
    ``locked``, ``lock_not_eligible:<refusal>``, ``same_family``. ``mentee_choice`` is which choice,
    from 1, the mentor was for the mentee, None if not chosen; ``mentor_choice`` the same turned round.
    ``wish_gain`` is what the choices of both add up to, 3 for a first, 2 for a second, 1 for a third of those who can be had;
    nothing in a lock against the rules.
    """

    mentor: str
    mentee: str
    form: str
    score: int
    parts: tuple[ScorePart, ...]
    flags: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    margin: Price | None = None
    mentee_choice: int | None = None
    mentor_choice: int | None = None
    wish_gain: int = 0

    @property
    def fit(self) -> int:
        """How well the two fit: the score without wishes, the mentor's load, and that they were a pair before."""
        return sum(part.points for part in self.parts if part.code not in {WISHES, KEPT, BUSY})


@dataclass(frozen=True, slots=True)
class GroupMentorship:
    """The mentees of one mentor in a form that is led in groups: one mentorship, however many they are."""

    mentor: str
    form: str
    mentees: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HelpfulChange:
    """One change that would give the mentee a mentor.

    ``value`` is the number the rule or the capacity would need to be, ``who`` ("mentor" or
    "mentee") would have to agree to the form. Filling in a missing answer is only a chance.
    """

    code: str
    mentor: str = ""
    form: str = ""
    value: int | None = None
    who: str = ""


@dataclass(frozen=True, slots=True)
class Shortage:
    """The shown set: whoever lacks a place and its ``holders`` can go only to ``mentors``, who have fewer ``places``.

    It is one object for all who lack the same places.
    """

    holders: tuple[str, ...]
    mentors: tuple[str, ...]
    places: int


@dataclass(frozen=True, slots=True)
class UnmatchedMentee:
    """Who stays alone, why, and what would help; ``refusals`` counts mentors by code."""

    mentee: str
    code: str
    refusals: Mapping[str, int]
    shortage: Shortage | None = None
    change: HelpfulChange | None = None


@dataclass(frozen=True, slots=True)
class MentorLoad:
    """How contested a mentor is: ``gain`` is what one more place would bring, exactly."""

    mentor: str
    n_mentees: int
    capacity: int
    gain: Price


def shortages_of(unmatched: Iterable[UnmatchedMentee]) -> tuple[list[Shortage], dict[str, int]]:
    """Return the shortages of some mentees, each once, and mentee → number among them.

    A shortage may name half a town and be that of thousands: it is to be written once.
    """
    found: list[Shortage] = []
    number: dict[int, int] = {}
    of_mentee: dict[str, int] = {}
    for one in unmatched:
        if one.shortage is not None:
            if id(one.shortage) not in number:
                number[id(one.shortage)] = len(found)
                found.append(one.shortage)
            of_mentee[one.mentee] = number[id(one.shortage)]
    return found, of_mentee


@dataclass(frozen=True, slots=True)
class MatchingResult:
    """A whole proposal, by keys, with totals and the proof that it is the best.

    ``total_score`` is the sum of all pairs' scores. ``load_points`` is what uneven loads take off besides, 0 or less: it
    hangs on a mentor's mentees together and is no one pair's. The two together are what is proven to be the most.
    ``kept_points`` is what each pair of before counts for, 0 where nothing was to stay; a price of so many points means
    that so many more pairs change.
    ``choices_first`` tells whether one step of a choice outweighs all else of all pairs: then met choices are a goal of
    their own before the fit; else they are points among the others.
    ``groups`` put together those of the ``pairs`` that are led in groups; every pair stays listed with its reasons.
    """

    pairs: tuple[Pair, ...]
    unmatched: tuple[UnmatchedMentee, ...]
    loads: tuple[MentorLoad, ...]
    refusals: Mapping[str, int]
    total_score: int
    load_points: int
    n_matched: int
    n_candidates: int
    certificate: Certificate
    rules_version: str
    groups: tuple[GroupMentorship, ...] = ()
    kept_points: int = 0
    choices_first: bool = False


@dataclass(frozen=True)
class _Run:
    rules: Rules
    forbidden: frozenset[tuple[str, str]]
    candidates: Candidates
    solution: Solution
    room: frozenset[int]
    wishes: Wishes
    gains: "_Gains"
    before: "_Before"
    asked: dict[tuple[int, ...], HelpfulChange | None] = field(default_factory=dict)
    shown: dict[tuple[int, ...], Shortage] = field(default_factory=dict)

    @cached_property
    def loads(self) -> list[int]:
        """How many mentees each mentor has."""
        return self.solution.loads()


def propose(
    mentors: Iterable[Mentor],
    mentees: Iterable[Mentee],
    rules: Rules,
    *,
    locked: Mapping[str, str] | None = None,
    forbidden: frozenset[tuple[str, str]] = frozenset(),
    wishes: Wishes | None = None,
    previous: Mapping[str, str] | None = None,
    n_best: int | None = None,
) -> MatchingResult:
    """Propose the best pairs and explain them.

    Args:
        mentors: the mentors, in any order; the order changes nothing.
        mentees: the mentees, in any order.
        rules: forms, weights, load cost.
        locked: mentee key → mentor key: pairs that stay, even against a rule (then flagged).
        forbidden: (mentor key, mentee key) that must not be.
        wishes: whom people chose; ``rules.rank_weight`` says how much a step of what is met weighs.
        previous: mentee key → mentor key of an earlier proposal: of the matchings with the most people those with the
            most of these pairs come first, before any score. Who is not here any more does not matter.
        n_best: how many of each person's best pairs to begin with; see :func:`.pool.find_candidates`.
            The result is the same whatever it is, to the last price.

    Raises:
        ValueError: a key is double or unknown (a Russian sentence).
    """
    fixed, kept = dict(locked or {}), dict(previous or {})
    wishes = wishes or Wishes()
    candidates = find_candidates(
        mentors,
        mentees,
        rules,
        forbidden=forbidden,
        always=chain(
            wishes.chosen(),
            ((mentor, mentee) for mentee, mentor in chain(fixed.items(), kept.items())),
        ),
        n_best=n_best,
    )
    asked = _Asked.of(candidates, rules, fixed, wishes, kept)
    candidates, solution = _priced(asked, *_solve(asked, candidates))
    room = solution.mentors_with_room()
    run = _Run(rules, forbidden, candidates, solution, room, wishes, asked.gains, asked.before)
    matched = enumerate(solution.mentor_of.tolist())
    pairs, unmatched = [], []
    for mentee, mentor in matched:
        report_progress("reasons", mentee, len(candidates.mentees))
        if mentor >= 0:
            pairs.append(_pair(run, mentee, mentor, locked=candidates.mentees[mentee].key in fixed))
        else:
            unmatched.append(_unmatched(run, mentee))
    return MatchingResult(
        pairs=tuple(pairs),
        unmatched=tuple(unmatched),
        loads=_loads(run),
        refusals=candidates.refusals,
        total_score=sum(pair.score for pair in pairs),
        load_points=_load_points(run),
        n_matched=solution.n_matched,
        n_candidates=candidates.n_possible,
        certificate=_certificate(run, pairs),
        rules_version=rules.version,
        groups=groups_of(pairs, rules),
        kept_points=asked.before.points,
        choices_first=asked.choices_first(candidates),
    )


def busy_points(mentor: Mentor, rules: Rules) -> int:
    """Return what the mentees there already take off each pair of a mentor, 0 or less: the load counts on from them."""
    return -rules.load_cost * mentor.n_led


def _load_points(run: _Run) -> int:
    """Return what the loads of all mentors take off: 0 + 1 + 2 … of ``load_cost`` for each."""
    return -run.rules.load_cost * sum(n * (n - 1) // 2 for n in run.solution.loads())


def _certificate(run: _Run, pairs: Iterable[Pair]) -> Certificate:
    """Check the proof, and that the parts told of all pairs and the load are just what it is a proof of."""
    proven = run.solution.certificate()
    told = sum(part.points for pair in pairs for part in pair.parts) + _load_points(run)
    if told == -run.solution.total_cost:
        return proven
    return Certificate(ok=False, reasons=(*proven.reasons, Breach("wrong_total")))


def groups_of(pairs: Iterable[Pair], rules: Rules) -> tuple[GroupMentorship, ...]:
    """Put the pairs of one mentor in a form that is led in groups together (method.md §3.4: «пары/группы»).

    How many a group may hold is seen to before: a mentor has no more places than the form's limit.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for pair in pairs:
        form = rules.forms.get(pair.form)
        if form is not None and form.is_group:
            found.setdefault((pair.mentor, pair.form), []).append(pair.mentee)
    return tuple(
        GroupMentorship(mentor, form, tuple(sorted(mentees)))
        for (mentor, form), mentees in sorted(found.items())
    )


def _solve(asked: "_Asked", candidates: Candidates) -> tuple[Candidates, Solution]:
    """Solve; where pairs were left out, put back what might matter and solve again until nothing is."""
    while True:
        solution = asked.solved(candidates)
        wider = asked.wider(candidates, solution.proof[0].u, solution.proof[0].v)
        if wider is None:
            return candidates, solution
        candidates = wider


def _priced(
    asked: "_Asked", candidates: Candidates, solution: Solution
) -> tuple[Candidates, Solution]:
    """Put back what might change a price that is told, and look again until nothing is.

    The matching stays: it is that of all pairs already. Where no mentee can pay more than at the last look and no place costs
    less, what was too dear then still is, and another look would find nothing.
    """
    last: tuple[Exact, Exact] | None = None
    while not candidates.has_all:
        standing = solution.standing
        slack = standing.slack(N_ALTERNATIVES)
        now = standing.u + slack, standing.v
        if last and np.all(now[0] <= last[0]) and np.all(now[1] >= last[1]):
            break
        wider = asked.wider(candidates, standing.u, standing.v, slack)
        if wider is None:
            break
        candidates, solution, last = wider, asked.solved(wider), now
    return candidates, solution


@dataclass(frozen=True, slots=True)
class _Asked:
    """All that is asked of a matching but the pairs: those change where some were left out at first."""

    rules: Rules
    fixed: list[int]
    capacity: list[int]
    gains: "_Gains"
    before: "_Before"

    @classmethod
    def of(
        cls,
        candidates: Candidates,
        rules: Rules,
        locked: dict[str, str],
        wishes: Wishes,
        previous: dict[str, str],
    ) -> "_Asked":
        fixed, capacity = _locks(candidates, locked)
        gains = _Gains.of(candidates, rules, wishes)
        # no two matchings of as many people differ by more than this
        most = 2 * gains.most(candidates, rules) + rules.load_cost * (max(capacity, default=0) + 1)
        points = (len(candidates.mentees) + 1) * most + 1
        return cls(rules, fixed, capacity, gains, _Before.of(candidates, previous, points))

    def choices_first(self, candidates: Candidates) -> bool:
        """Tell whether a step of a choice is more than all else can make between two matchings of as many people."""
        load = self.rules.load_cost * (max(self.capacity, default=0) + 1)
        busy = max((-busy_points(one, self.rules) for one in candidates.mentors), default=0)
        most = len(candidates.mentees) * (candidates.matrix.most + busy + load)
        return bool(self.gains.steps) and self.rules.rank_weight > most

    def _scores(self, candidates: Candidates) -> Exact:
        """Return the scores of the pairs with the points that are not of the pair alone."""
        score = self.gains.added_to(candidates, candidates.score)
        busy = [busy_points(one, self.rules) for one in candidates.mentors]
        if any(busy):
            score = score.astype(exact([largest(score) - min(busy)]).dtype)
            score += exact(busy).astype(score.dtype)[candidates.indices]
        return self.before.added_to(candidates, score)

    def solved(self, candidates: Candidates) -> Solution:
        solution = solve(
            candidates.indptr,
            candidates.indices,
            self._scores(candidates),
            self.capacity,
            load_cost=self.rules.load_cost,
            locked=self.fixed,
            tie_key_mentee=[person.key for person in candidates.mentees],
            tie_key_mentor=[person.key for person in candidates.mentors],
            most_elsewhere=0 if candidates.has_all else self.gains.most(candidates, self.rules),
        )
        return replace(solution, everybody=candidates.everybody)

    def wider(
        self, candidates: Candidates, u: Exact, v: Exact, slack: Exact | int = 0
    ) -> Candidates | None:
        # the pairs of before and those somebody chose are never left out: of those looked at none has points for it
        return reopened(
            candidates,
            u=u,
            v=v,
            of_mentor=exact([-busy_points(one, self.rules) for one in candidates.mentors]),
            is_free=np.array(self.fixed, dtype=np.int64) < 0,
            slack=slack,
        )


def _locks(candidates: Candidates, locked: dict[str, str]) -> tuple[list[int], list[int]]:
    """Return the mentor fixed for each mentee, -1 for none, and the places that makes."""
    mentor_number = {person.key: n for n, person in enumerate(candidates.mentors)}
    mentee_number = {person.key: n for n, person in enumerate(candidates.mentees)}
    fixed, capacity = [-1] * len(mentee_number), list(candidates.capacity)
    n_fixed = Counter(mentor_number.get(mentor) for mentor in locked.values())
    for mentee, mentor in locked.items():
        if mentee not in mentee_number or mentor not in mentor_number:
            raise ValueError(
                f"Закреплённая пара «{mentor} — {mentee}»: такого человека нет в списках. "
                "Уберите закрепление или добавьте человека."
            )
        fixed[mentee_number[mentee]] = mentor_number[mentor]
    for number in range(len(capacity)):
        # What a person has fixed stands, even above the limit; nobody is added then.
        capacity[number] = max(capacity[number], n_fixed.get(number, 0))
    return fixed, capacity


@dataclass(frozen=True, slots=True)
class _Gains:
    """What met choices bring: (mentee, mentor) → steps, of the possible pairs in which one at least chose the other.

    Whoever cannot be had is passed over: the next named stands in that place.
    """

    steps: Mapping[tuple[int, int], int]
    weight: int

    @classmethod
    def of(cls, candidates: Candidates, rules: Rules, wishes: Wishes) -> "_Gains":
        takers = {person.key: n for n, person in enumerate(candidates.mentees)}
        givers = {person.key: n for n, person in enumerate(candidates.mentors)}
        steps: Counter[tuple[int, int]] = Counter()
        for mentee, mentors in wishes.mentees.items():
            steps.update(
                _places([(takers.get(mentee), givers.get(one)) for one in mentors], candidates)
            )
        for mentor, mentees in wishes.mentors.items():
            steps.update(
                _places([(takers.get(one), givers.get(mentor)) for one in mentees], candidates)
            )
        return cls(steps, rules.rank_weight)

    def most(self, candidates: Candidates, rules: Rules) -> int:
        """Return more than any possible pair costs or brings, one that was left out among them."""
        busy = max((-busy_points(one, rules) for one in candidates.mentors), default=0)
        return candidates.matrix.most + self._most() + busy

    def _most(self) -> int:
        return self.weight * max(self.steps.values(), default=0)

    def added_to(self, candidates: Candidates, score: Exact) -> Exact:
        """Return the scores of the pairs with these points; the scores themselves where there are none."""
        if not self._most():
            return score
        score = score.astype(exact([self._most() + largest(score)]).dtype)
        for (mentee, mentor), steps in self.steps.items():
            score[candidates.position(mentee, mentor)] += self.weight * steps
        return score


def _places(
    named: Iterable[tuple[int | None, int | None]], candidates: Candidates
) -> dict[tuple[int, int], int]:
    """Return what each of the pairs a person named counts for, the dearest first; of the impossible nothing."""
    able = dict.fromkeys(
        (mentee, mentor)
        for mentee, mentor in named
        if mentee is not None and mentor is not None and candidates.position(mentee, mentor) >= 0
    )
    return {pair: gain_of(place) for place, pair in enumerate(able, start=1)}


@dataclass(frozen=True, slots=True)
class _Before:
    """The mentor each mentee had before, -1 for none, and the points for having the same."""

    mentors: Index
    points: int

    @classmethod
    def of(cls, candidates: Candidates, previous: Mapping[str, str], points: int) -> "_Before":
        number = {person.key: n for n, person in enumerate(candidates.mentors)}
        was = [number.get(previous.get(person.key, ""), -1) for person in candidates.mentees]
        return cls(np.array(was, dtype=np.int64), points if max(was, default=-1) >= 0 else 0)

    def points_of(self, mentee: int, mentor: int) -> int:
        """Return what a pair counts for being one of before."""
        return self.points if self.mentors[mentee] == mentor else 0

    def added_to(self, candidates: Candidates, score: Exact) -> Exact:
        """Return the scores of the pairs with these points."""
        if not self.points:
            return score
        score = score.astype(exact([self.points + largest(score)]).dtype)
        for mentee in np.flatnonzero(self.mentors >= 0).tolist():
            position = candidates.position(mentee, int(self.mentors[mentee]))
            if position >= 0:
                score[position] += self.points
        return score


def _pair(run: _Run, mentee: int, mentor: int, *, locked: bool) -> Pair:
    giver, taker = run.candidates.mentors[mentor], run.candidates.mentees[mentee]
    edge = _locked(run, mentee, mentor) if locked else _told(run, mentee, mentor)
    alternatives = () if locked else _alternatives(run, mentee)
    by_mentee, by_mentor = run.wishes.place(giver.key, taker.key)
    return Pair(
        mentor=giver.key,
        mentee=taker.key,
        form=edge.form,
        score=edge.score,
        parts=edge.parts,
        flags=edge.flags,
        alternatives=alternatives,
        margin=alternatives[0].price if alternatives else None,
        mentee_choice=by_mentee,
        mentor_choice=by_mentor,
        wish_gain=run.gains.steps.get((mentee, mentor), 0),
    )


def _told(run: _Run, mentee: int, mentor: int) -> Edge:
    """Return a possible pair with all parts of its score: also for wishes, and for being one of before."""
    return _counted(run, mentee, mentor, run.candidates.edge(mentee, mentor))


def _counted(run: _Run, mentee: int, mentor: int, edge: Edge) -> Edge:
    gain = run.gains.steps.get((mentee, mentor), 0)
    wished = edge.with_wishes(gain, run.rules.rank_weight)
    busy = wished.with_part(BUSY, busy_points(run.candidates.mentors[mentor], run.rules))
    return busy.with_part(KEPT, run.before.points_of(mentee, mentor))


def _locked(run: _Run, mentee: int, mentor: int) -> Edge:
    """Return a pair that a person has fixed; one against the rules has no form and counts nothing."""
    giver, taker = run.candidates.mentors[mentor], run.candidates.mentees[mentee]
    found = judge(giver, taker, run.rules, forbidden=run.forbidden)
    if isinstance(found, str):
        return Edge("", 0, (), ("locked", f"lock_not_eligible:{found}"))
    edge = _counted(run, mentee, mentor, found)
    return replace(edge, flags=("locked", *edge.flags))


def _alternatives(run: _Run, mentee: int) -> tuple[Alternative, ...]:
    found = []
    for other, price in run.solution.alternatives(mentee, N_ALTERNATIVES):
        edge, key = _told(run, mentee, other), run.candidates.mentors[other].key
        found.append(Alternative(key, edge.form, edge.score, edge.parts, price))
    return tuple(found)


def _loads(run: _Run) -> tuple[MentorLoad, ...]:
    loads = run.solution.loads()
    return tuple(
        MentorLoad(
            mentor=mentor.key,
            n_mentees=loads[number],
            capacity=run.solution.problem.capacity[number],
            gain=run.solution.gain_of_place(number),
        )
        for number, mentor in enumerate(run.candidates.mentors)
    )


def _unmatched(run: _Run, mentee: int) -> UnmatchedMentee:
    person, refusals = run.candidates.mentees[mentee], run.candidates.refusals_of(mentee)
    if len(run.candidates.choices(mentee)):
        shown = run.solution.witness(mentee)
        return UnmatchedMentee(
            mentee=person.key,
            code="all_full",
            refusals=refusals,
            shortage=_shown(run, shown),
            change=_asked(run, shown.mentors) or _lifted(run, person) or _add_mentor(person),
        )
    code = max(refusals, key=REFUSALS.index, default="")
    return UnmatchedMentee(
        mentee=person.key,
        code=REASONS.get(code, "no_mentors"),
        refusals=refusals,
        change=_lifted(run, person) or _add_mentor(person),
    )


def _shown(run: _Run, witness: Witness) -> Shortage:
    """Return a witness by keys, once for all who lack the same places."""
    if witness.mentors not in run.shown:
        run.shown[witness.mentors] = Shortage(
            holders=tuple(run.candidates.mentees[i].key for i in witness.holders),
            mentors=tuple(run.candidates.mentors[j].key for j in witness.mentors),
            places=witness.places,
        )
    return run.shown[witness.mentors]


def _asked(run: _Run, mentors: tuple[int, ...]) -> HelpfulChange | None:
    """Choose whom to ask, once for all who share a shortage."""
    if mentors not in run.asked:
        run.asked[mentors] = _more_places(run, mentors)
    return run.asked[mentors]


def _more_places(run: _Run, mentors: Iterable[int]) -> HelpfulChange | None:
    """Choose whom to ask for one more place: under the form's limit with those led already, worth the most."""
    people, problem = run.candidates.mentors, run.solution.problem
    options = [
        (run.solution.gain_of_place(number), number)
        for number in mentors
        if problem.capacity[number] + people[number].n_led < (run.candidates.limits[number] or 0)
    ]
    if not options:
        return None
    gain = max(gain for gain, _ in options)
    number = min(number for value, number in options if value == gain)
    places = run.solution.problem.capacity[number] + 1
    return HelpfulChange("raise_capacity", mentor=run.candidates.mentors[number].key, value=places)


def _lifted(run: _Run, mentee: Mentee) -> HelpfulChange | None:
    """Find the single rule, answer or ban whose lifting alone would give the mentee a place."""
    found = [
        (list(CHANGES.values()).index(change.code), -(change.value or 0), number, form, change)
        for number in sorted(run.room)
        for form, change in _lifts(run, run.candidates.mentors[number], mentee)
    ]
    found.sort(key=lambda option: option[:4])
    return next(
        (change for *_, number, form, change in found if _fits(run, number, form, change)), None
    )


def _fits(run: _Run, mentor: int, form: str, change: HelpfulChange) -> bool:
    """Tell whether one more is matched by the change, though it lets mentors be paired in a form of a stricter limit.

    Whoever can be paired in several forms has no more places than the strictest of them allows.
    """
    problem, people = run.solution.problem, run.candidates.mentors
    is_of_one = change.code == "unforbid" or change.who == "mentor"
    others = () if is_of_one else (j for j, one in enumerate(people) if form in one.forms)

    def places(number: int) -> int:
        # A smaller gap makes pairs of this form count less, and any other of the mentor's may come out the best.
        is_any = change.code == "relax_grade_gap"
        codes = people[number].forms & run.rules.forms.keys() if is_any else {form}
        limit = min(run.rules.forms[code].mentor_max_mentees for code in codes)
        return max(min(problem.capacity[number], limit), int(problem.n_locked[number]))

    needed = run.loads if run.loads[mentor] < places(mentor) else problem.capacity
    return all(places(number) >= needed[number] for number in (mentor, *others))


def _lifts(run: _Run, mentor: Mentor, mentee: Mentee) -> list[tuple[str, HelpfulChange]]:
    """Return each change that would make the two a possible pair, with the form of that pair."""
    refusal = judge(mentor, mentee, run.rules, forbidden=run.forbidden)
    if not isinstance(refusal, str) or refusal not in CHANGES:
        return []
    if refusal == "forbidden":
        found = judge(mentor, mentee, run.rules)
        return (
            [(found.form, HelpfulChange("unforbid", mentor.key))] if isinstance(found, Edge) else []
        )
    shared, either = mentor.forms & mentee.forms, mentor.forms | mentee.forms
    codes = either if refusal == "form" else shared
    lifts = []
    for code in sorted(codes & run.rules.forms.keys()):
        form, value = _relaxed(run.rules.forms[code], refusal, mentor, mentee)
        one = frozenset({code})
        rules = replace(run.rules, forms={code: form})
        found = judge(
            replace(mentor, forms=one), replace(mentee, forms=one), rules, forbidden=run.forbidden
        )
        if isinstance(found, Edge):
            who = ("mentee" if code in mentor.forms else "mentor") if refusal == "form" else ""
            lifts.append((code, HelpfulChange(CHANGES[refusal], mentor.key, code, value, who)))
    return lifts


def _relaxed(
    form: FormRule, refusal: str, mentor: Mentor, mentee: Mentee
) -> tuple[FormRule, int | None]:
    """Return the form with just enough of one rule lifted, and the number it would need.

    A gap is never lowered below nought: a mentor is not to be younger than the mentee.
    """
    if refusal == "grade_gap":
        gap = max(0, (mentor.grade or 0) - (mentee.grade or 0))
        return replace(form, min_grade_gap=gap), gap
    if refusal == "age_gap":
        gap = max(0, (mentor.age or 0) - (mentee.age or 0))
        return replace(form, min_age_gap=gap), gap
    if refusal == "too_young":
        return replace(form, mentee_min_age=mentee.age), mentee.age
    lifted = {
        "unknown_grade": replace(form, min_grade_gap=None),
        "unknown_age": replace(form, min_age_gap=None, mentee_min_age=None),
        "subject": replace(form, same_subject=False),
        "organisation": replace(form, same_organisation=False),
    }
    return lifted.get(refusal, form), None


def _add_mentor(mentee: Mentee) -> HelpfulChange:
    return HelpfulChange("add_mentor", form=min(mentee.forms, default=""))
