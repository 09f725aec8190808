"""A run as the workspace shows it: in columns and as a table."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nastavnik.core.access import SignedIn
from nastavnik.core.dates import today
from nastavnik.matching.choices import Ruling, RunStatus
from nastavnik.matching.models import MatchingRun, Opinion, PairRuling, Proposal
from nastavnik.matching.queries.comparing import changes_since
from nastavnik.matching.queries.confidence import ConfidenceReader, bond_of, reader_of
from nastavnik.matching.queries.explanations import (
    left_out_words,
    pair_words,
    price_words,
    proof_words,
    secret_words,
)
from nastavnik.matching.queries.opinions import opinions_seen
from nastavnik.matching.queries.points import NO_POINTS, ScorePoints, points_of
from nastavnik.matching.queries.rulings import standing_rulings
from nastavnik.matching.queries.shortages import KeptShortage, shortage_of, shortages_of_run
from nastavnik.people.queries import group_names
from nastavnik.programmes.access import warnings_of
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import Participation


@dataclass(frozen=True, slots=True)
class Other:
    """Another mentor a mentee could have and what it would cost everybody."""

    mentor: Participation
    price: str


@dataclass(frozen=True, slots=True)
class PairCard:
    """A proposed pair as a page shows it, with what the curator has said of it since.

    `gone` are those of the two who can no longer be matched: of them nothing more can be decided here.
    `bond` is both, one or fit: who of the two chose the other, as far as the viewer may know. `secret` are those of the
    reasons that were said in confidence: they stay off the paper.
    """

    proposal: Proposal
    group: str
    reasons: tuple[str, ...]
    others: tuple[Other, ...]
    ruling: PairRuling | None
    bond: str = "fit"
    opinion: Opinion | None = None
    secret: frozenset[str] = frozenset()
    points: ScorePoints = NO_POINTS
    gone: tuple[str, ...] = ()

    @property
    def is_locked(self) -> bool:
        """Tell whether the pair stays together whatever the next run finds."""
        return self.ruling is not None and self.ruling.ruling == Ruling.LOCK

    @property
    def is_forbidden(self) -> bool:
        """Tell whether the next run will part the pair."""
        return self.ruling is not None and self.ruling.ruling == Ruling.FORBID


@dataclass(frozen=True, slots=True)
class MentorGroup:
    """A mentor with the mentees proposed: `load` of `capacity` places, with those led already.

    Of a matching that waits for approval both are of now, of any other those of its day: what was proposed then is led now.
    """

    mentor: Participation
    group: str
    cards: tuple[PairCard, ...]
    n_led: int
    capacity: int

    @property
    def load(self) -> int:
        """Return how many mentees the mentor would have."""
        return self.n_led + len(self.cards)

    @property
    def is_group(self) -> bool:
        """Tell whether the mentor leads these mentees as one group."""
        return any(
            card.proposal.form is not None and card.proposal.form.is_group for card in self.cards
        )

    @property
    def places(self) -> list[bool]:
        """Return the places of the mentor, filled ones first."""
        return [number < self.load for number in range(max(self.capacity, self.load))]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A mentee without a mentor: why, and the smallest change that would help; what places are too few, where that is why."""

    proposal: Proposal
    group: str
    reason: str
    help: str
    shortage: KeptShortage | None = None

    @property
    def is_secret(self) -> bool:
        """Tell whether a «not with» or the psychologist may be behind it: then it stays off the paper."""
        change = self.proposal.explanation.get("change") or {}
        return self.proposal.explanation.get("code") == "all_forbidden" or change.get("code") in {
            "unforbid", "ask_psychologist",
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as the workspace shows it."""

    run: MatchingRun
    groups: tuple[MentorGroup, ...]
    left_out: tuple[LeftOut, ...]
    n_area: int
    n_chosen: int | None
    n_idle: int
    changes: tuple[str, ...]
    n_same: int
    proven: tuple[str, ...]

    @property
    def n_pairs(self) -> int:
        """Return how many pairs are proposed."""
        return sum(len(group.cards) for group in self.groups)

    @property
    def warned(self) -> list[tuple[str, str]]:
        """Return the names of mentors proposed with what should be known before approval and stops nothing."""
        day = today()
        return [
            (group.mentor.person.short_name, " ".join(said))
            for group in self.groups
            if group.cards and (said := warnings_of(group.mentor, day))
        ]

    @property
    def n_gone(self) -> int:
        """Return how many of them the base has outgrown: all together they cannot be approved."""
        return sum(bool(card.gone) for group in self.groups for card in group.cards)


def run_view(user: SignedIn, run: MatchingRun) -> RunView:
    """Return a run ready to be shown; the number of queries does not depend on its size."""
    proposals = list(
        Proposal.objects.visible_to(user)
        .filter(run=run)
        .select_related("mentee__person__partner", "mentor__person__partner", "form")
        .order_by("mentor__person__search_name", "mentee__person__search_name")
    )
    mentors = {
        str(row.pk): row
        for row in Participation.objects.visible_to(user)
        .filter(programme_id=run.programme_id, side=Side.MENTOR)
        .select_related("person")
    }
    people = [p.mentee.person for p in proposals] + [row.person for row in mentors.values()]
    names = group_names(people)
    rulings = {
        (row.mentor_id, row.mentee_id): row for row in standing_rulings(user, run.programme_id)
    }
    here = any(person.pk == user.viewer.person_id for person in people)
    reader = reader_of(user, run.organisation_id, rulings, is_matched=here)
    opinions = {
        (row.mentor_id, row.mentee_id): row for row in opinions_seen(user, run.programme_id)
    }
    weight = run.snapshot.get("rules", {}).get("rank_weight", 0)
    kept_points = run.snapshot.get("kept_points", 0)
    cards: dict[int, list[PairCard]] = {}
    left_out, shortages = [], shortages_of_run(run)
    for proposal in proposals:
        group = names.get(proposal.mentee.person_id, "")
        if proposal.mentor_id is None:
            shortage = shortage_of(proposal.explanation, proposal.mentee_id, shortages)
            reason, help_ = left_out_words(
                proposal.explanation,
                mentors,
                reader=reader,
                mentee=proposal.mentee,
                shortage=shortage,
            )
            left_out.append(LeftOut(proposal, group, reason, help_, shortage))
        else:
            said = rulings.get((proposal.mentor_id, proposal.mentee_id))
            others = _others(proposal.explanation, mentors, weight, kept_points, reader)
            words, bond = pair_words(proposal, reader), bond_of(proposal, reader)
            opinion = opinions.get((proposal.mentor_id, proposal.mentee_id))
            secret = secret_words(proposal, reader)
            points = points_of(proposal.explanation, reader)
            card = PairCard(
                proposal, group, words, others, said, bond, opinion, secret, points,
                gone=_gone(run, proposal),
            )  # fmt: skip
            cards.setdefault(proposal.mentor_id, []).append(card)
    places = _places_of(run)
    groups = tuple(
        MentorGroup(
            mentor,
            names.get(mentor.person_id, ""),
            tuple(own),
            *places.get(str(mentor.pk), (mentor.active_count, mentor.capacity)),
        )
        for own in cards.values()
        if (mentor := own[0].proposal.mentor)
    )
    changes, n_same = changes_since(user, run, proposals)
    return RunView(
        run=run,
        groups=groups,
        left_out=tuple(left_out),
        n_area=_n_area(run, proposals),
        n_chosen=sum(card.bond != "fit" for own in cards.values() for card in own)
        if reader.choices and any(run.snapshot.get("wishes", {}).values())
        else None,
        n_idle=sum(
            1
            for one in run.snapshot["mentors"]
            if (mentor := mentors.get(one.get("key", "")))
            and mentor.pk not in cards
            and not mentor.active_count
        ),
        changes=changes,
        n_same=n_same,
        proven=proof_words(run.snapshot),
    )


def _gone(run: MatchingRun, proposal: Proposal) -> tuple[str, ...]:
    """Return who of a proposed pair can no longer be matched; of a matching that does not wait nobody: it is of its day."""
    if run.status != RunStatus.PROPOSED:
        return ()
    people = (one for one in (proposal.mentee, proposal.mentor) if one is not None)
    return tuple(one.person.short_name for one in people if not one.may_be_matched)


def _places_of(run: MatchingRun) -> dict[str, tuple[int, int]]:
    """Return mentor → mentees led and places of the day of a run; of one that waits for approval nothing: they are of now."""
    if run.status == RunStatus.PROPOSED:
        return {}
    return {
        one.get("key", ""): (led := one.get("n_led", 0), led + one.get("capacity", 0))
        for one in run.snapshot.get("mentors", ())
    }


def _n_area(run: MatchingRun, proposals: Iterable[Proposal]) -> int:
    """Return in how many pairs the mentor offers what was asked for, whatever points the rules gave for it."""
    people = (*run.snapshot.get("mentors", ()), *run.snapshot.get("mentees", ()))
    areas = {
        one.get("key", ""): {*one.get("competences", ()), *one.get("areas", ())} for one in people
    }
    none: set[str] = set()
    return sum(
        bool(areas.get(str(one.mentor_id), none) & areas.get(str(one.mentee_id), none))
        for one in proposals
        if one.mentor_id
    )


def _others(
    explanation: Mapping[str, Any],
    mentors: Mapping[str, Participation],
    rank_weight: int,
    kept_points: int,
    reader: ConfidenceReader,
) -> tuple[Other, ...]:
    found = []
    for one in explanation.get("alternatives", ()):
        mentor = mentors.get(one["mentor"])
        if mentor is not None:
            price = price_words(
                one["price"], rank_weight, may_count=reader.steps, kept_points=kept_points
            )
            found.append(Other(mentor, price))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class RunLine:
    """A mentee of a run as the table shows one, with the mentor or the reason why there is none.

    `secret` are reasons that stay off the paper.
    """

    mentee: Participation
    group: str
    mentor: Participation | None = None
    mentor_group: str = ""
    proposal: Proposal | None = None
    words: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    card: PairCard | None = None


#: How the table of a run may be ordered; who has no mentor stands first whatever the order.
LINE_ORDERS: dict[str, Callable[[RunLine], Any]] = {
    "mentee": lambda line: line.mentee.person.search_name,
    "mentor": lambda line: line.mentor.person.search_name if line.mentor else "",
    "form": lambda line: line.proposal.form.title if line.proposal and line.proposal.form else "",
    "fit": lambda line: -line.proposal.score if line.proposal else 0,
}


def lines_of(shown: RunView, *, form: str = "", sort: str = "mentee") -> list[RunLine]:
    """Return a run as a table: who is without a mentor first, then the pairs in an order of `LINE_ORDERS`.

    Args:
        shown: the run.
        form: code of a form: its pairs, and who asked for it and got nobody.
        sort: a key of `LINE_ORDERS`, with «-» before it turned round.
    """
    alone = [
        RunLine(
            one.proposal.mentee,
            one.group,
            words=() if one.is_secret else (one.reason, one.help),
            secret=(one.reason, one.help) if one.is_secret else (),
        )
        for one in shown.left_out
    ]
    if form and alone:
        asked = Participation.forms.through.objects.filter(mentoringform__code=form)
        keys = set(
            asked.filter(participation__in=[one.mentee.pk for one in alone]).values_list(
                "participation_id", flat=True
            )
        )
        alone = [one for one in alone if one.mentee.pk in keys]
    pairs = [
        RunLine(
            card.proposal.mentee,
            card.group,
            own.mentor,
            own.group,
            card.proposal,
            words=tuple(one for one in card.reasons if one not in card.secret),
            secret=tuple(one for one in card.reasons if one in card.secret),
            card=card,
        )
        for own in shown.groups
        for card in own.cards
        if not form or (card.proposal.form and card.proposal.form.code == form)
    ]
    by_name, order = LINE_ORDERS["mentee"], LINE_ORDERS[sort.removeprefix("-")]
    for rows in (alone, pairs):
        rows.sort(key=by_name)
        rows.sort(key=order, reverse=sort.startswith("-"))
    return [*alone, *pairs]
