"""Matchings as their list shows them, and the lines of one."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from nastavnik.core.text import fold
from nastavnik.core.ui.components import address_of, link
from nastavnik.core.ui.listing import Column, Table
from nastavnik.matching.choices import RunStatus
from nastavnik.matching.models import MatchingRun
from nastavnik.matching.queries import KeptShortage, LeftOut, MentorGroup, RunLine, shortage_words


def runs_table(runs: Sequence[MatchingRun]) -> Table[MatchingRun]:
    """Return matchings with what came of them as a list (forms fetched)."""
    states = {status.value: str(status.label) for status in RunStatus}
    return Table(
        "matchings",
        _("All matchings"),
        (
            Column("run", _("Matching"), str, lambda run: link(address_of("matching:past", run.pk), str(run))),
            Column("forms", _("Forms"), lambda run: ", ".join(form.title for form in run.forms.all())),
            Column("matched", _("Got a mentor"), lambda run: f"{run.n_matched} / {run.n_mentees}", is_number=True),
            Column("state", _("State"), lambda run: states[run.status]),
        ),
        runs,
    )  # fmt: skip


def result_table(
    lines: Sequence[RunLine], run: MatchingRun, narrowed: Sequence[tuple[StrOrPromise, str]] = ()
) -> Table[RunLine]:
    """Return the result of a matching as it is taken out; what was said in confidence stays on the page."""
    without = _("without a mentor")
    return Table(
        "matching",
        _("Matching № %(number)s") % {"number": run.number},
        (
            Column("mentee", _("Mentee"), lambda line: line.mentee.person.full_name),
            Column("group", _("Class"), lambda line: line.group),
            Column("mentor", _("Mentor"), lambda line: line.mentor.person.full_name if line.mentor else without),
            Column("mentor_is", _("Mentor's class or post"), _mentor_is),
            Column("form", _("Form"), lambda line: line.proposal.form.title if line.proposal and line.proposal.form else ""),
            Column("points", _("Points"), lambda line: line.proposal.score if line.proposal else None),
            Column("why", _("Why"), lambda line: " ".join(line.words)),
            Column("ruled", _("Decided by hand"), lambda line: str(line.card.ruling.get_ruling_display()) if line.card and line.card.ruling else ""),
        ),
        lines,
        narrowed=narrowed,
    )  # fmt: skip


def _mentor_is(line: RunLine) -> str:
    return (line.mentor_group or line.mentor.person.position) if line.mentor else ""


#: Of more mentors who hold the places only so many are named.
AT_MOST_NAMED = 30


@dataclass(frozen=True, slots=True)
class UnmatchedRow:
    """Mentees without a mentor for one and the same reason, whom the same change would help.

    `holding` are the mentors whose places they lack, with those who have them.
    """

    people: tuple[LeftOut, ...]
    reason: str
    help: str
    is_secret: bool
    holding: tuple[MentorGroup, ...] = ()

    @property
    def n_more(self) -> int:
        """Return how many of these mentors are not named."""
        return max(0, len(self.holding) - AT_MOST_NAMED)


def unmatched_lines(
    left_out: Iterable[LeftOut], shown: Container[int], groups: Iterable[MentorGroup] = ()
) -> list[UnmatchedRow]:
    """Put those together who are left out for one reason, in the order of the first of each.

    Only those with a key in `shown` are named; the numbers are of all.

    Who lacks a place shares the reason only with those who lack the very same places: each is shown with those who
    hold them, as many as there are places. So of n such mentees and p places it is true that p + n ask for p. Who holds them
    is named as far as it is among the `groups` proposed.
    """
    groups = list(groups)
    together: dict[object, list[LeftOut]] = {}
    for one in left_out:
        together.setdefault((one.reason, one.help, one.shortage), []).append(one)
    lines = [
        UnmatchedRow(
            tuple(one for one in rows if one.proposal.mentee_id in shown),
            _reason_of(rows),
            rows[0].help,
            rows[0].is_secret,
            _holding(rows[0].shortage, groups),
        )
        for rows in together.values()
    ]
    return [line for line in lines if line.people]


def _holding(
    shortage: KeptShortage | None, groups: Iterable[MentorGroup]
) -> tuple[MentorGroup, ...]:
    wanted = shortage.mentors if shortage else frozenset()
    return tuple(group for group in groups if str(group.mentor.pk) in wanted)


def _reason_of(rows: list[LeftOut]) -> str:
    shortage = rows[0].shortage
    if len(rows) == 1 or shortage is None or rows[0].proposal.explanation.get("code") != "all_full":
        return rows[0].reason
    return shortage_words(shortage, len(rows))


def narrowed(lines: Iterable[RunLine], *, name: str = "", kind: str = "") -> list[RunLine]:
    """Leave the lines with all the words of `name` in the names and classes of both, and of one kind of `ResultFilter`."""
    words = fold(name).split()
    return [line for line in lines if _is_kind(line, kind) and _is_named(line, words)]


def _is_named(line: RunLine, words: list[str]) -> bool:
    names = [line.mentee.person.search_name, fold(line.group)]
    if line.mentor:
        names += [line.mentor.person.search_name, fold(line.mentor_group)]
    return all(any(word in one for one in names) for word in words)


def _is_kind(line: RunLine, kind: str) -> bool:
    card = line.card
    if not kind or card is None:
        return kind in {"", "alone"}
    return {"ruled": card.ruling is not None, "advised": card.opinion is not None}.get(
        kind, card.bond == kind
    )
