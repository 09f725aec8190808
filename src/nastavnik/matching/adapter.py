"""From records of the bases to the engine and back: the only place that knows both."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from nastavnik.core.text import fold
from nastavnik.engine.matching.candidates import FormRule, Mentee, Mentor, Rules
from nastavnik.engine.matching.payload import match_json
from nastavnik.engine.matching.proposing import Proposal, Wishes, propose
from nastavnik.matching.catalogues import RuleValues
from nastavnik.people.choices import LEARNERS
from nastavnik.people.models import StudyGroup
from nastavnik.people.queries import enrolments_on
from nastavnik.programmes.models import MentoringForm, Participation
from nastavnik.programmes.queries import Choices


@dataclass(frozen=True, slots=True)
class Input:
    """What the engine is given: people by the keys of their records, rules, the curator's rulings, the wishes.

    `forbidden` holds the bans of the curator and «not with» of either side alike.
    """

    mentors: tuple[Mentor, ...]
    mentees: tuple[Mentee, ...]
    rules: Rules
    locked: Mapping[str, str]
    forbidden: frozenset[tuple[str, str]]
    wishes: Wishes

    def run(self) -> Proposal:
        """Ask the engine."""
        return propose(
            self.mentors,
            self.mentees,
            self.rules,
            locked=self.locked,
            forbidden=self.forbidden,
            wishes=self.wishes,
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
            "wishes": {
                "mentees": {key: list(ranked) for key, ranked in self.wishes.mentees.items()},
                "mentors": {key: list(ranked) for key, ranked in self.wishes.mentors.items()},
            },
        }


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        key: sorted(value) if isinstance(value, frozenset) else value
        for key, value in fields.items()
    }


@dataclass(frozen=True, slots=True)
class Answer:
    """What an old input answers today: mentee key → mentor key, the sum, whether it is proven."""

    mentor_of: Mapping[str, str]
    total_score: int
    is_certified: bool


def recount(snapshot: Mapping[str, Any]) -> Answer:
    """Compute an old run again from what it kept.

    Raises:
        ValueError: the input was kept in a way this program no longer reads.
    """
    rules = snapshot.get("rules", {})
    answered = match_json(
        {**snapshot, "rules": {**rules, "forms": list(rules.get("forms", {}).values())}}
    )
    return Answer(
        mentor_of={pair["mentee"]: pair["mentor"] for pair in answered["pairs"]},
        total_score=answered["total_score"],
        is_certified=answered["certificate"] == "ok",
    )


@dataclass(frozen=True, slots=True)
class Effect:
    """What other rules would change: before and after, and who would get another mentor.

    `moved` holds keys of records: mentee, mentor before, mentor after; "" stands for nobody.
    """

    n_matched: tuple[int, int]
    n_area: tuple[int, int]
    n_idle: tuple[int, int]
    moved: tuple[tuple[str, str, str], ...]


def effect_of(now: Input, then: Input) -> Effect:
    """Compare what two inputs of the same people answer."""
    before, after = now.run(), then.run()
    old = {pair.mentee: pair.mentor for pair in before.pairs}
    new = {pair.mentee: pair.mentor for pair in after.pairs}
    return Effect(
        n_matched=(before.n_matched, after.n_matched),
        n_area=(_n_area(before), _n_area(after)),
        n_idle=(_n_idle(before), _n_idle(after)),
        moved=tuple(
            (person.key, old.get(person.key, ""), new.get(person.key, ""))
            for person in now.mentees
            if old.get(person.key) != new.get(person.key)
        ),
    )


def _n_area(proposal: Proposal) -> int:
    return sum(
        any(part.code == "area" and part.items for part in pair.parts) for pair in proposal.pairs
    )


def _n_idle(proposal: Proposal) -> int:
    return sum(load.n_mentees == 0 for load in proposal.loads)


def form_rule(form: MentoringForm) -> FormRule:
    """Return an organisation's form as the engine's rule (method.md §1.1, §3.4)."""
    among_learners = set(form.mentor_kinds) <= {kind.value for kind in LEARNERS}
    return FormRule(
        code=form.code,
        mentor_kinds=frozenset(form.mentor_kinds),
        mentee_kinds=frozenset(form.mentee_kinds),
        # steps are compared only where both sides sit in classes
        min_grade_gap=form.min_grade_gap if among_learners else None,
        same_subject=form.same_subject,
        mentee_min_age=form.mentee_min_age,
        mentor_max_mentees=form.max_mentees,
        forbid_class_teacher=form.code == "teacher_pupil",
        is_group=form.is_group,
    )


def build_input(
    mentors: Iterable[Participation],
    mentees: Iterable[Participation],
    forms: Iterable[MentoringForm],
    *,
    locked: Iterable[tuple[int, int]],
    forbidden: Iterable[tuple[int, int]],
    choices: Choices,
    rules: RuleValues,
    day: dt.date,
) -> Input:
    """Turn records (person and forms fetched), rulings (mentor key, mentee key) and choices into the engine's input.

    Of the choices only people who are matched now count: who is not, cannot be had.
    """
    mentors, mentees = list(mentors), list(mentees)
    groups = _groups([*mentors, *mentees], day)
    leaders = {record.person_id: str(record.pk) for record in mentors}
    keys = {str(record.pk) for record in (*mentors, *mentees)}
    return Input(
        mentors=tuple(_mentor(record, groups, day) for record in mentors),
        mentees=tuple(_mentee(record, groups, leaders, day) for record in mentees),
        rules=Rules(
            forms=MappingProxyType({form.code: form_rule(form) for form in forms}),
            weights=MappingProxyType(dict(rules.weights)),
            version=rules.version,
            load_cost=rules.load_cost,
            rank_weight=rules.rank_weight,
        ),
        locked={
            str(mentee): str(mentor)
            for mentor, mentee in locked
            if {str(mentor), str(mentee)} <= keys
        },
        forbidden=frozenset(
            (str(mentor), str(mentee)) for mentor, mentee in (*forbidden, *choices.refused)
        ),
        wishes=Wishes(
            mentees=_wishes(choices.of_mentees, keys), mentors=_wishes(choices.of_mentors, keys)
        ),
    )


def _wishes(given: Mapping[int, tuple[int, ...]], keys: set[str]) -> dict[str, tuple[str, ...]]:
    """Return the wishes of those who are here for those who are here; who wished only for others wishes nothing."""
    here = {
        str(who): tuple(str(one) for one in ranked if str(one) in keys)
        for who, ranked in given.items()
        if str(who) in keys
    }
    return {who: ranked for who, ranked in here.items() if ranked}


def _groups(records: Iterable[Participation], day: dt.date) -> dict[int, StudyGroup]:
    rows = enrolments_on(day, [record.person_id for record in records])
    return {row.person_id: row.study_group for row in rows}


def _common(
    record: Participation, groups: Mapping[int, StudyGroup], day: dt.date
) -> dict[str, Any]:
    group = groups.get(record.person_id)
    return {
        "key": str(record.pk),
        "kind": record.person.kind,
        "forms": frozenset(form.code for form in record.forms.all()),
        "interests": frozenset(record.interests),
        "slots": frozenset(record.time_slots),
        "venues": frozenset(record.meeting_places),
        "languages": frozenset(record.languages),
        "grade": group.grade if group else None,
        "age": record.person.age_on(day),
        "group": group.name if group else None,
        "subject": fold(record.person.subject),
    }


def _mentor(record: Participation, groups: Mapping[int, StudyGroup], day: dt.date) -> Mentor:
    return Mentor(
        **_common(record, groups, day),
        capacity=record.capacity - record.active_count,
        competences=frozenset(record.areas),
    )


def _mentee(
    record: Participation,
    groups: Mapping[int, StudyGroup],
    leaders: Mapping[int, str],
    day: dt.date,
) -> Mentee:
    group = groups.get(record.person_id)
    leader = leaders.get(group.class_teacher_id) if group and group.class_teacher_id else None
    return Mentee(
        **_common(record, groups, day),
        areas=frozenset(record.areas),
        class_teachers=frozenset([leader] if leader else []),
    )
