"""Reads of matching: proposals with their reasons in sentences, the difference to the run before."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import Perm
from nastavnik.core.marks import SignedIn
from nastavnik.core.memory import once
from nastavnik.core.timeline import Subject, TimelineEvent
from nastavnik.matching.access import is_own_form
from nastavnik.matching.catalogues import RuleValues, shipped_rules
from nastavnik.matching.choices import Outcome, Ruling, RunStatus
from nastavnik.matching.models import (
    Counting,
    MatchingRun,
    Opinion,
    OpinionQuerySet,
    PairRuling,
    Proposal,
    RuleSet,
)
from nastavnik.people.queries import group_names
from nastavnik.programmes import catalogues
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import MentoringForm, Participation, Programme
from nastavnik.programmes.queries import BaseRow, base_rows


@dataclass(frozen=True, slots=True)
class Reader:
    """What of people's confidential words the viewer may read in a run.

    Attributes:
        choices: whom people chose after the group meeting.
        refusals: that somebody said «not with».
        person_id: the viewer's own person, of whose pairs nothing of the kind is told.
        bans: (mentor, mentee) kept apart by hand, which everybody who sees the workspace may read.
        opinions: what the psychologist said.
    """

    choices: bool = True
    refusals: bool = True
    person_id: int | None = None
    bans: frozenset[tuple[int, int]] = frozenset()
    opinions: bool = True

    def is_of(self, *records: Participation | None) -> bool:
        """Tell whether the viewer is one of these people."""
        if self.person_id is None:
            return False
        return any(record is not None and record.person_id == self.person_id for record in records)


@dataclass(frozen=True, slots=True)
class Other:
    """Another mentor a mentee could have and what it would cost everybody."""

    mentor: Participation
    price: str


@dataclass(frozen=True, slots=True)
class Leg:
    """A proposed pair as a page shows it, with what the curator has said of it since.

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
    """A mentor with the mentees proposed: `load` of `capacity` places."""

    mentor: Participation
    group: str
    legs: tuple[Leg, ...]

    @property
    def load(self) -> int:
        """Return how many mentees the mentor would have."""
        return self.mentor.active_count + len(self.legs)

    @property
    def is_group(self) -> bool:
        """Tell whether the mentor leads these mentees as one group."""
        return any(
            leg.proposal.form is not None and leg.proposal.form.is_group for leg in self.legs
        )

    @property
    def places(self) -> list[bool]:
        """Return the places of the mentor, filled ones first."""
        return [number < self.load for number in range(max(self.mentor.capacity, self.load))]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A mentee without a mentor: why, and the smallest change that would help."""

    proposal: Proposal
    group: str
    reason: str
    help: str

    @property
    def is_secret(self) -> bool:
        """Tell whether a «not with» or the psychologist may be behind it: then it stays off the paper."""
        change = self.proposal.explanation.get("change") or {}
        return self.proposal.explanation.get("code") == "all_forbidden" or change.get("code") in {
            "unforbid", "ask_psychologist",
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Board:
    """A run as the workspace shows it."""

    run: MatchingRun
    groups: tuple[MentorGroup, ...]
    left_out: tuple[LeftOut, ...]
    n_area: int
    n_chosen: int | None
    n_idle: int
    changes: tuple[str, ...]
    n_same: int

    @property
    def n_pairs(self) -> int:
        """Return how many pairs are proposed."""
        return sum(len(group.legs) for group in self.groups)


def latest_run(user: SignedIn, programme: Programme) -> MatchingRun | None:
    """Return the newest run of a programme."""
    return MatchingRun.objects.visible_to(user).filter(programme=programme).first()


@dataclass(frozen=True, slots=True)
class Runs:
    """The run to show and the others that wait for approval: curators of two направления have one each."""

    shown: MatchingRun | None
    others: tuple[MatchingRun, ...]


def runs_of(user: SignedIn, programme: Programme, asked: str = "") -> Runs:
    """Return the run asked for by its key where it waits for approval, else the newest; forms are fetched."""
    seen = MatchingRun.objects.visible_to(user).filter(programme=programme)
    newest = seen.order_by("-number").values("pk")[:1]
    rows = list(
        seen.filter(Q(status=RunStatus.PROPOSED) | Q(pk__in=newest)).prefetch_related("forms")
    )
    proposed = [row for row in rows if row.status == RunStatus.PROPOSED]
    shown = next((row for row in proposed if str(row.pk) == asked), rows[0] if rows else None)
    return Runs(shown, tuple(row for row in proposed if row != shown))


def forms_to_match(user: SignedIn, programme: Programme) -> list[MentoringForm]:
    """Return the forms of a programme that the user may match."""
    return [form for form in programme.forms.all() if is_own_form(user, form, Perm.MATCHING_EDIT)]


def board(user: SignedIn, run: MatchingRun) -> Board:
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
        (row.mentor_id, row.mentee_id): row for row in _standing_rulings(user, run.programme_id)
    }
    reader = _reader(user, run.organisation_id, rulings)
    opinions = {
        (row.mentor_id, row.mentee_id): row for row in opinions_seen(user, run.programme_id)
    }
    weight = run.snapshot.get("rules", {}).get("rank_weight", 0)
    legs: dict[int, list[Leg]] = {}
    left_out = []
    for proposal in proposals:
        group = names.get(proposal.mentee.person_id, "")
        if proposal.mentor_id is None:
            left_out.append(
                LeftOut(
                    proposal,
                    group,
                    *_left_out_words(
                        proposal.explanation, mentors, reader=reader, mentee=proposal.mentee
                    ),
                )
            )
        else:
            said = rulings.get((proposal.mentor_id, proposal.mentee_id))
            others = _others(proposal.explanation, mentors, weight)
            words, bond = _pair_words(proposal, reader), _bond(proposal, reader)
            opinion = opinions.get((proposal.mentor_id, proposal.mentee_id))
            secret = _secret_words(proposal, reader)
            leg = Leg(proposal, group, words, others, said, bond, opinion, secret)
            legs.setdefault(proposal.mentor_id, []).append(leg)
    groups = tuple(
        MentorGroup(
            mentor := own[0].proposal.mentor,  # type: ignore[arg-type]
            names.get(mentor.person_id, ""),  # type: ignore[union-attr]
            tuple(own),
        )
        for own in legs.values()
    )
    changes, n_same = _changes(user, run, proposals)
    return Board(
        run=run,
        groups=groups,
        left_out=tuple(left_out),
        n_area=sum(1 for p in proposals if _part(p.explanation, "area")),
        n_chosen=sum(leg.bond != "fit" for own in legs.values() for leg in own)
        if reader.choices and any(run.snapshot.get("wishes", {}).values())
        else None,
        n_idle=sum(1 for key in mentors if int(key) not in legs and mentors[key].active_count == 0),
        changes=changes,
        n_same=n_same,
    )


@dataclass(frozen=True, slots=True)
class Line:
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
    leg: Leg | None = None


#: How the table of a run may be ordered; who has no mentor stands first whatever the order.
LINE_ORDERS: dict[str, Callable[[Line], Any]] = {
    "mentee": lambda line: line.mentee.person.search_name,
    "mentor": lambda line: line.mentor.person.search_name if line.mentor else "",
    "form": lambda line: line.proposal.form.title if line.proposal and line.proposal.form else "",
    "fit": lambda line: -line.proposal.score if line.proposal else 0,
}


def lines_of(shown: Board, *, form: str = "", sort: str = "mentee") -> list[Line]:
    """Return a run as a table: who is without a mentor first, then the pairs in an order of `LINE_ORDERS`.

    Args:
        shown: the run.
        form: code of a form: its pairs, and who asked for it and got nobody.
        sort: a key of `LINE_ORDERS`, with «-» before it turned round.
    """
    alone = [
        Line(
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
        Line(
            leg.proposal.mentee,
            leg.group,
            own.mentor,
            own.group,
            leg.proposal,
            words=tuple(one for one in leg.reasons if one not in leg.secret),
            secret=tuple(one for one in leg.reasons if one in leg.secret),
            leg=leg,
        )
        for own in shown.groups
        for leg in own.legs
        if not form or (leg.proposal.form and leg.proposal.form.code == form)
    ]
    by_name, order = LINE_ORDERS["mentee"], LINE_ORDERS[sort.removeprefix("-")]
    for rows in (alone, pairs):
        rows.sort(key=by_name)
        rows.sort(key=order, reverse=sort.startswith("-"))
    return [*alone, *pairs]


def _reader(
    user: SignedIn, organisation_id: int, rulings: Mapping[tuple[int, int], PairRuling]
) -> Reader:
    viewer = user.viewer
    return Reader(
        choices=organisation_id in viewer.organisations(Perm.PREFERENCE_VIEW),
        refusals=organisation_id in viewer.organisations(Perm.REFUSAL_VIEW),
        person_id=viewer.person_id,
        bans=frozenset(key for key, row in rulings.items() if row.ruling == Ruling.FORBID),
        opinions=organisation_id in viewer.organisations(Perm.OPINION_VIEW),
    )


def _chosen(proposal: Proposal, reader: Reader) -> tuple[int | None, int | None]:
    """Return which choice each was for the other: the mentor for the mentee first; None where it may not be told."""
    return _chosen_by(proposal.explanation, reader, proposal.mentor, proposal.mentee)


def _chosen_by(
    explanation: Mapping[str, Any], reader: Reader, *sides: Participation | None
) -> tuple[int | None, int | None]:
    if not reader.choices or reader.is_of(*sides):
        return None, None
    chosen: Mapping[str, int | None] = explanation.get("chosen", {})
    return chosen.get("by_mentee"), chosen.get("by_mentor")


def _bond(proposal: Proposal, reader: Reader) -> str:
    n_sides = sum(place is not None for place in _chosen(proposal, reader))
    return ("fit", "one", "both")[n_sides]


def _choice_words(by_mentee: int | None, by_mentor: int | None) -> str:
    if by_mentee and by_mentor:
        return _(
            "They chose each other: the mentor is choice %(mentee)s of the mentee, the mentee choice %(mentor)s of the mentor."
        ) % {"mentee": by_mentee, "mentor": by_mentor}
    if by_mentee:
        return _("The mentee chose the mentor: choice %(n)s.") % {"n": by_mentee}
    if by_mentor:
        return _("The mentor chose the mentee: choice %(n)s.") % {"n": by_mentor}
    return ""


def _part(explanation: Mapping[str, Any], code: str) -> Mapping[str, Any] | None:
    parts: Iterable[Mapping[str, Any]] = explanation.get("parts", ())
    return next((part for part in parts if part["code"] == code and part["points"]), None)


def _pair_words(proposal: Proposal, reader: Reader) -> tuple[str, ...]:
    parts = [part for part in proposal.explanation.get("parts", ()) if part["points"]]
    flags = proposal.explanation.get("flags", ())
    words = [_lock_words(proposal)] if proposal.is_locked else []
    words += filter(None, [_choice_words(*_chosen(proposal, reader)), *map(_part_words, parts)])
    words += filter(None, [_against_words(proposal, flags, reader)])
    return tuple(words) or (_("Nothing in common is written down: a free place decided."),)


def _secret_words(proposal: Proposal, reader: Reader) -> frozenset[str]:
    """Return which reasons of a pair were said in confidence: whom people chose, and whom not."""
    against = _against_words(proposal, proposal.explanation.get("flags", ()), reader)
    return frozenset(filter(None, [_choice_words(*_chosen(proposal, reader)), against]))


def _lock_words(proposal: Proposal) -> str:
    why = str(proposal.explanation.get("why", "")).rstrip(".")
    return _("Put together by hand: %(why)s.") % {"why": why} if why else _("Put together by you.")


def _against_words(proposal: Proposal, flags: Iterable[str], reader: Reader) -> str:
    """Return what speaks against a pair put together by hand; a «not with» only to who may read it."""
    refusals = [flag.partition(":")[2] for flag in flags if flag.startswith("lock_not_eligible")]
    if not refusals:
        return ""
    # a pair under a lock has no ban, so «forbidden» is the word of one of the two
    if refusals != ["forbidden"]:
        return _("The rules would not have proposed this pair.")
    if not reader.refusals or reader.is_of(proposal.mentor, proposal.mentee):
        return ""
    return _("One of the two asked in confidence not to be with the other: speak with each alone.")


#: Part of a score → the list that names what is in common.
LISTS: Mapping[str, Callable[[], Mapping[str, catalogues.Entry]]] = {
    "area": catalogues.areas,
    "interest": catalogues.interests,
    "schedule": catalogues.time_slots,
    "place": catalogues.meeting_places,
    "language": catalogues.languages,
}


def _part_words(part: Mapping[str, Any]) -> str:
    known = LISTS.get(part["code"], dict)()
    items = ", ".join(entry.title for code, entry in known.items() if code in part["items"])
    return {
        "area": _("The request meets the skill: %(areas)s.") % {"areas": items},
        "interest": _("Both like: %(interests)s.") % {"interests": items},
        "schedule": _("Both are free: %(times)s.") % {"times": items},
        "place": _("Both can meet: %(places)s.") % {"places": items},
        "language": _("Both speak: %(languages)s.") % {"languages": items},
        "subject": _("They teach the same subject."),
        "grade_near": _("The classes are close."),
        "organisation": _("They are of one organisation."),
    }.get(part["code"], "")


def _others(
    explanation: Mapping[str, Any], mentors: Mapping[str, Participation], rank_weight: int
) -> tuple[Other, ...]:
    found = []
    for one in explanation.get("alternatives", ()):
        mentor = mentors.get(one["mentor"])
        if mentor is not None:
            found.append(Other(mentor, _price_words(one["price"], rank_weight)))
    return tuple(found)


def _price_words(price: Mapping[str, int], rank_weight: int = 0) -> str:
    """Return what another mentor costs everybody; a step of a wish is told without whose it is."""
    if price["people"] > 0:
        return ngettext(
            "%(n)s mentee would stay without a mentor",
            "%(n)s mentees would stay without a mentor",
            price["people"],
        ) % {"n": price["people"]}
    if price["points"] <= 0:
        return _("costs nothing")
    if rank_weight and 2 * price["points"] >= rank_weight:
        return _("people's wishes would be met worse")
    return _("the other pairs fit worse by %(n)s points together") % {"n": price["points"]}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mentor who could take a pair over, as a page shows one."""

    mentor: Participation
    group: str
    reasons: tuple[str, ...]
    price: str


def candidates(
    user: SignedIn,
    mentees: Iterable[Participation],
    found: Iterable[tuple[str, Mapping[str, Any], Mapping[str, int]]],
) -> list[Candidate]:
    """Return mentors found by the engine, (key, reasons, price), in its order, as far as the user sees them."""
    found, mentees = list(found), list(mentees)
    mentors = {
        str(row.pk): row
        for row in Participation.objects.visible_to(user)
        .filter(pk__in=[int(key) for key, _reasons, _price in found])
        .select_related("person__partner")
    }
    names = group_names(row.person for row in mentors.values())
    organisation_id = mentees[0].organisation_id
    reader = _reader(user, organisation_id, {})
    weight = rules_in_force(organisation_id).rank_weight
    shown = []
    for key, reasons, price in found:
        if mentor := mentors.get(key):
            chosen = _chosen_by(reasons, reader, mentor, *mentees)
            parts = [part for part in reasons.get("parts", ()) if part["points"]]
            words = [_choice_words(*chosen), *map(_part_words, parts)]
            told = tuple(filter(None, words)) or (_("Nothing in common is written down."),)
            group, price_words = names.get(mentor.person_id, ""), _price_words(price, weight)
            shown.append(Candidate(mentor, group, told, price_words))
    return shown


ANYBODY = Reader()


def _left_out_words(
    explanation: Mapping[str, Any],
    mentors: Mapping[str, Participation],
    *,
    reader: Reader = ANYBODY,
    mentee: Participation | None = None,
) -> tuple[str, str]:
    code = explanation.get("code", "")
    shortage = explanation.get("shortage")
    if code == "all_full" and shortage:
        reason = _(
            "All suitable places are taken: %(people)s people ask for %(places)s places."
        ) % {
            "people": len(shortage["mentees"]),
            "places": shortage["places"],
        }
    else:
        reason = {
            "no_mentors": _("There is no mentor to choose from."),
            "no_mentor_of_form": _("No mentor works in the form of this request."),
            "all_forbidden": _forbidden_words(explanation, reader, mentee),
            "all_family": _("Only members of the same family would fit."),
            "only_class_teacher": _(
                "Only the own class teacher would fit, and that is not allowed."
            ),
            "none_in_organisation": _("Nobody of the own organisation would fit."),
            "mentee_too_young": _("The mentee is younger than the form allows."),
            "grade_missing": _("A class is missing: it is not known who is older."),
            "all_too_young": _("There is no mentor old enough."),
            "age_missing": _("A birth date is missing: it is not known who is older."),
            "no_common_subject": _("Nobody teaches the same subject."),
        }.get(code) or _("No mentor fits the rules.")
    change = explanation.get("change")
    if change and change.get("code") == "ask_psychologist":
        may_know = reader.opinions and not reader.is_of(mentee)
        return reason, _("Speak with the psychologist about it.") if may_know else ""
    if change and change.get("code") == "unforbid":
        return reason, _lifted_words(change, mentors, reader, mentee)
    return reason, _change_words(change, mentors)


def _forbidden_words(
    explanation: Mapping[str, Any], reader: Reader, mentee: Participation | None
) -> str:
    """Return that everybody is ruled out; to others than the curator and the psychologist not even that."""
    if not reader.refusals or reader.is_of(mentee):
        return ""
    n_by_hand = sum(mentee is not None and key == mentee.pk for _mentor, key in reader.bans)
    n_advised = explanation.get("n_advised", 0) if reader.opinions else 0
    n_forbidden = explanation.get("refusals", {}).get("forbidden", 0)
    if n_advised and n_forbidden <= n_advised:
        return _("The psychologist does not recommend anyone who would fit.")
    if n_forbidden > n_by_hand + n_advised:
        return _("Everyone who would fit is ruled out by hand or by a confidential «not with».")
    if n_advised:
        return _(
            "Everyone who would fit is ruled out by hand or not recommended by the psychologist."
        )
    return _("You have ruled out everyone who would fit.")


def _lifted_words(
    change: Mapping[str, Any],
    mentors: Mapping[str, Participation],
    reader: Reader,
    mentee: Participation | None,
) -> str:
    """Return how two who are kept apart could be together: a ban is lifted, a «not with» is talked over."""
    mentor = mentors.get(change.get("mentor", ""))
    if mentor is None or mentee is None or (mentor.pk, mentee.pk) in reader.bans:
        return _change_words(change, mentors)
    if not reader.refusals or reader.is_of(mentor, mentee):
        return ""
    return _(
        "%(name)s would fit, but one of the two asked in confidence not to be with the other: speak with each alone."
    ) % {"name": mentor.person.short_name}


def _change_words(change: Mapping[str, Any] | None, mentors: Mapping[str, Participation]) -> str:
    if not change:
        return ""
    mentor = mentors.get(change.get("mentor", ""))
    name = mentor.person.short_name if mentor else ""
    form = change.get("form", "")
    words = {
        "raise_capacity": _("It would help if %(name)s took one more mentee (%(value)s)."),
        "allow_form": _("It would help if %(name)s and the mentee agreed on one form."),
        "unforbid": _("It would help to take back the ban on the pair with %(name)s."),
        "relax_subject": _("It would help to allow another subject: %(name)s has a free place."),
        "relax_grade_gap": _("It would help to let %(name)s lead a mentee of a nearer class."),
        "relax_age_gap": _("It would help to let %(name)s lead a mentee nearer in age."),
        "relax_mentee_min_age": _("It would help to lower the age in the form to %(value)s."),
        "fill_grade": _("It would help to write down the class: %(name)s has a free place."),
        "fill_age": _("It would help to write down the birth date: %(name)s has a free place."),
        "relax_organisation": _(
            "It would help to allow a mentor of another organisation: %(name)s."
        ),
        "add_mentor": _("One more mentor of this form is needed."),
    }.get(change.get("code", ""), "")
    return words % {"name": name, "value": change.get("value") or "", "form": form} if words else ""


def _changes(
    user: SignedIn, run: MatchingRun, proposals: list[Proposal]
) -> tuple[tuple[str, ...], int]:
    before = (
        MatchingRun.objects.visible_to(user)
        .filter(programme_id=run.programme_id, number__lt=run.number)
        .exclude(status=RunStatus.APPROVED)
        .first()
    )
    if before is None:
        return (), 0
    old = {
        row.mentee_id: row
        for row in Proposal.objects.visible_to(user)
        .filter(run=before)
        .select_related("mentor__person")
    }
    changes, n_same = [], 0
    for now in proposals:
        was = old.get(now.mentee_id)
        if was is not None and was.mentor_id == now.mentor_id:
            n_same += 1
            continue
        changes.append(
            _("%(mentee)s: was %(before)s, now %(after)s")
            % {
                "mentee": now.mentee.person.short_name,
                "before": was.mentor.person.short_name if was and was.mentor else _("nobody"),
                "after": now.mentor.person.short_name if now.mentor else _("nobody"),
            }
        )
    return tuple(changes), n_same


def rules_in_force(organisation_id: int) -> RuleValues:
    """Return the rules of an organisation: its own newest ones, else those shipped."""
    shipped = shipped_rules()
    own = once(
        ("matching.rules", organisation_id),
        lambda: RuleSet.objects.filter(organisation_id=organisation_id).first(),
    )
    if own is None:
        return shipped
    return RuleValues(
        weights={**shipped.weights, **own.weights},
        load_cost=own.load_cost,
        rank_weight=own.rank_weight,
        version=f"{shipped.version}/{own.number}",
    )


@dataclass(frozen=True, slots=True)
class Move:
    """A mentee whose mentor differs: None stands for nobody."""

    mentee: Participation
    before: Participation | None
    after: Participation | None


def moves(user: SignedIn, keys: Iterable[tuple[str, str, str]]) -> list[Move]:
    """Return the records of (mentee, mentor before, mentor after) by their keys, of the mentees the user sees."""
    keys = list(keys)
    wanted = {int(key) for triple in keys for key in triple if key}
    known = {
        str(row.pk): row
        for row in Participation.objects.visible_to(user)
        .filter(pk__in=wanted)
        .select_related("person__partner")
    }
    return [
        Move(known[mentee], known.get(before), known.get(after))
        for mentee, before, after in keys
        if mentee in known
    ]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side: who has another mentor, how many have the same, who is in one of them only."""

    before: MatchingRun
    after: MatchingRun
    moved: tuple[Move, ...]
    n_same: int
    n_only_before: int
    n_only_after: int


def compare_runs(user: SignedIn, before: MatchingRun, after: MatchingRun) -> Comparison:
    """Compare two runs of one programme by the mentees the user sees."""
    old, new = _mentors_of(user, before), _mentors_of(user, after)
    both = [key for key in new if key in old]
    moved = moves(user, ((key, old[key], new[key]) for key in both if old[key] != new[key]))
    return Comparison(
        before,
        after,
        tuple(sorted(moved, key=lambda move: move.mentee.person.search_name)),
        n_same=sum(old[key] == new[key] for key in both),
        n_only_before=len(old) - len(both),
        n_only_after=len(new) - len(both),
    )


def _mentors_of(user: SignedIn, run: MatchingRun) -> dict[str, str]:
    rows = Proposal.objects.visible_to(user).filter(run=run).values_list("mentee_id", "mentor_id")
    return {str(mentee): str(mentor or "") for mentee, mentor in rows}


def past_runs(user: SignedIn, programme: Programme) -> QuerySet[MatchingRun]:
    """Return all runs of a programme, the newest first, without what they kept of people."""
    return (
        MatchingRun.objects.visible_to(user)
        .filter(programme=programme)
        .defer("snapshot")
        .prefetch_related("forms")
    )


@dataclass(frozen=True, slots=True)
class Rulings:
    """What the curator has decided by hand."""

    locks: tuple[PairRuling, ...]
    bans: tuple[PairRuling, ...]


def _standing_rulings(user: SignedIn, programme_id: int) -> list[PairRuling]:
    def ask() -> list[PairRuling]:
        rows = PairRuling.objects.visible_to(user).standing()
        people = ("mentor__person", "mentee__person")
        return list(rows.filter(mentee__programme_id=programme_id).select_related(*people))

    return once(("matching.rulings", user.viewer.user_id, programme_id), ask)


def rulings_of(user: SignedIn, programme: Programme) -> Rulings:
    """Return the locks and bans of a programme that hold."""
    rows = _standing_rulings(user, programme.pk)
    return Rulings(
        locks=tuple(row for row in rows if row.ruling == Ruling.LOCK),
        bans=tuple(row for row in rows if row.ruling == Ruling.FORBID),
    )


def all_rulings(user: SignedIn, programme: Programme) -> QuerySet[PairRuling]:
    """Return everything decided by hand in a programme, what was taken back as well, the latest first."""
    rows = PairRuling.objects.visible_to(user).filter(mentee__programme=programme)
    return rows.select_related("mentor__person", "mentee__person").order_by("-made_at", "-pk")


def proposal_of(mentee: Participation) -> Proposal | None:
    """Return what is proposed for a mentee now; None where no matching waits for approval."""
    rows = Proposal.objects.filter(mentee=mentee, run__status=RunStatus.PROPOSED)
    return rows.select_related("mentor__person").order_by("-run__number").first()


def timeline_events(user: SignedIn, subject: Subject) -> Iterator[TimelineEvent]:
    """Yield what was decided by hand of the two sides of a pair, with its reason."""
    rulings = PairRuling.objects.visible_to(user).filter(
        mentor__person__in=subject.people, mentee__person__in=subject.people
    )
    for row in rulings:
        together = row.ruling == Ruling.LOCK
        title = _("Put together by hand") if together else _("Kept apart by hand")
        yield TimelineEvent(timezone.localdate(row.made_at), "done", title, row.reason)
        if row.lifted_at:
            on = timezone.localdate(row.lifted_at)
            yield TimelineEvent(on, "next", _("Taken back: %(what)s") % {"what": title.lower()})


def opinions_of(programme_id: int) -> OpinionQuerySet:
    """Return what the psychologist said in a programme. Who reads it on a page is asked elsewhere."""
    within = Q(mentor__programme=programme_id) | Q(mentee__programme=programme_id)
    people = ("mentor__person", "mentee__person")
    return Opinion.objects.filter(within).select_related(*people)


def opinions_seen(user: SignedIn, programme_id: int) -> list[Opinion]:
    """Return what the psychologist said in a programme, as far as the user may know it."""
    return once(
        ("matching.opinions", user.viewer.user_id, programme_id),
        lambda: list(opinions_of(programme_id).visible_to(user)),
    )


def open_questions(user: SignedIn, programme: Programme) -> QuerySet[Opinion]:
    """Return what the psychologist wants to discuss and nobody has yet, as far as the user may know."""
    asked = opinions_of(programme.pk).visible_to(user)
    return asked.filter(outcome=Outcome.DISCUSS, discussed_on=None)


def advised_against(programme_id: int, pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return those of some (mentor, mentee) whom the psychologist does not recommend, together or one of them at all."""
    said = set(opinions_of(programme_id).against().values_list("mentor_id", "mentee_id"))
    return {
        (mentor, mentee)
        for mentor, mentee in pairs
        if said & {(mentor, mentee), (mentor, None), (None, mentee)}
    }


@dataclass(frozen=True, slots=True)
class WhoIsMatched:
    """Whom the next matching may take, and whom it cannot with what is missing."""

    mentees: tuple[BaseRow, ...]
    mentors: tuple[BaseRow, ...]
    unready: tuple[BaseRow, ...]

    @property
    def keys(self) -> frozenset[int]:
        """The keys of all who may be taken."""
        return frozenset(row.record.pk for row in (*self.mentees, *self.mentors))


def who_is_matched(user: SignedIn, programme: Programme) -> WhoIsMatched:
    """Return the people of both bases as the next matching sees them; in a fixed number of queries."""
    waits = Q(status=ParticipationStatus.CANDIDATE) | Q(status=ParticipationStatus.READY)
    helps = Q(side=Side.MENTOR, status=ParticipationStatus.PAIRED)
    records = (
        Participation.objects.visible_to(user)
        .filter(waits | helps, programme=programme)
        .select_related("person")
        .prefetch_related("forms")
    )
    fit: dict[str, list[BaseRow]] = {side: [] for side in Side}
    unready: list[BaseRow] = []
    for row in base_rows(records):
        record = row.record
        if record.is_mentor and record.active_count >= record.capacity:
            continue
        ready = record.status != ParticipationStatus.CANDIDATE and row.verdict
        (fit[record.side] if ready else unready).append(row)
    return WhoIsMatched(tuple(fit[Side.MENTEE]), tuple(fit[Side.MENTOR]), tuple(unready))


def n_pairs_to_look_at(programme: Programme, forms: Collection[MentoringForm]) -> int:
    """Return how many pairs a matching of these forms would look at, about: mentors times mentees."""
    in_forms = Participation.forms.through.objects.filter(mentoringform__in=forms)
    counts = (
        Participation.objects.filter(
            programme=programme, pk__in=in_forms.values("participation_id")
        )
        .filter(
            Q(side=Side.MENTEE, status=ParticipationStatus.READY)
            | Q(
                side=Side.MENTOR, status__in=[ParticipationStatus.READY, ParticipationStatus.PAIRED]
            )
        )
        .order_by("side")
        .values_list("side")
        .annotate(n=Count("pk"))
    )
    n_of: dict[str, int] = dict(counts)
    return n_of.get(Side.MENTEE, 0) * n_of.get(Side.MENTOR, 0)


def counting_now(user: SignedIn, programme: Programme) -> Counting | None:
    """Return the matching that is being counted for a programme, if the user may know of it."""
    return Counting.objects.visible_to(user).running().filter(programme=programme).first()
