"""What the papers of a pair have in common: only what somebody entered, a line to write on for the rest (method.md §3.4)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.documents import adapter
from nastavnik.documents.adapter import Case, counted
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import Composed
from nastavnik.documents.texts import Value
from nastavnik.mentorships.choices import MeetingKind, MeetingStatus
from nastavnik.mentorships.documents.common import frame_of
from nastavnik.mentorships.models import Mentorship
from nastavnik.organisations.models import Organisation
from nastavnik.pairpapers.queries import (
    MeetingLine,
    PlanShare,
    counts_of,
)
from nastavnik.people.models import Person
from nastavnik.people.queries import curator_account_of, group_names
from nastavnik.plans.models import PlanItem

# the words of the papers are Russian by nature
KINDS = {
    MeetingKind.ACQUAINTANCE: "знакомство",
    MeetingKind.TRIAL: "пробная",
    MeetingKind.PLANNING: "планирование",
    MeetingKind.REGULAR: "рабочая",
    MeetingKind.FINAL: "итоговая",
}
OUTCOMES = {
    MeetingStatus.HELD: "состоялась",
    MeetingStatus.MISSED: "не состоялась",
    MeetingStatus.PLANNED: "не отмечено",
    MeetingStatus.POSTPONED: "не отмечено",
}
MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь",
    "декабрь",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a part of a paper comes from.

    Attributes:
        words: what was recorded, and how much of it.
        url: the page on which it is.
    """

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Assembled:
    """What a paper says, and where it comes from."""

    composed: Composed
    origins: tuple[Origin, ...]


# ---------------------------------------------------------------- what they have in common


def facts_of_pair(document: Document, pair: Mentorship) -> dict[str, Value]:
    """Return what every paper of a pair says of it: whose it is, both sides, form and term."""
    people = [pair.mentor.person, *pair.mentees]
    groups = group_names(people)
    return {
        **frame_of(document, pair.organisation),
        "mentor": named(pair.mentor.person, groups),
        "mentor_short": pair.mentor.person.short_name,
        "mentees_word": "Наставляемые" if len(pair.mentees) > 1 else "Наставляемый",
        "mentees": "; ".join(named(one, groups) for one in pair.mentees),
        "form": pair.form.title,
        "period": f"{pair.starts_on:%d.%m.%Y} – {(pair.ended_on or pair.ends_on):%d.%m.%Y}",
    }


def named(person: Person, groups: dict[int, str]) -> str:
    """Return a name with the class or the post behind it."""
    what = adapter.what(person, groups.get(person.pk, ""))
    return f"{person.full_name} ({what})" if what else person.full_name


def whom(organisation: Organisation, words: adapter.Words) -> dict[str, Value]:
    """Return to whom a paper is handed in: the head and the curator in the dative; lines where they are not known."""
    head = organisation.head_name
    account = curator_account_of(organisation)
    curator = ""
    if account is not None:
        curator = (
            words.person(account.person, Case.DATIVE)
            if account.person
            else words.name(account.full_name, Case.DATIVE)
        )
    post = organisation.head_position
    return {
        "head_position_dative": capital(words.position(post, Case.DATIVE)) if post else "",
        "head_dative": words.name(head, Case.DATIVE) if head else "",
        "curator_dative": curator,
    }


def capital(text: str) -> str:
    """Return a text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def day_said(day: dt.date | None) -> str:
    """Return a day as the tables say it; nothing where there is none."""
    return f"{day:%d.%m.%Y}" if day else ""


def _date_of(line: MeetingLine) -> str:
    moved = line.meeting.postponed_from
    return f"{day_said(line.day)} (перенесена с {day_said(moved)})" if moved else day_said(line.day)


def meeting_rows(lines: Sequence[MeetingLine]) -> list[list[str | None]]:
    """Return the rows of a table of meetings."""
    return [
        [
            str(place),
            _date_of(line),
            KINDS[MeetingKind(line.meeting.kind)],
            OUTCOMES[MeetingStatus(line.meeting.status)],
            "; ".join(done_said(item) for item in line.done),
        ]
        for place, line in enumerate(lines, 1)
    ]


def done_said(item: PlanItem) -> str:
    """Return an item of a plan with what came of it."""
    return f"{item.title}: {item.done_words}" if item.done_words else item.title


def told_of(lines: Sequence[MeetingLine]) -> str:
    """Return how many meetings there were, in sentences; an outcome nobody noted is called that and nothing else."""
    counts = counts_of(lines)
    said = []
    if counts.n_held:
        said.append(f"Состоялось {counted(counts.n_held, 'встреча', 'встречи', 'встреч')}.")
    elif not counts.n_unsaid:
        said.append("Встреч не было.")
    if counts.n_missed:
        said.append(f"Намечено, но не состоялось: {counts.n_missed}.")
    if counts.n_unsaid:
        said.append(f"Не отмечено, чем закончились намеченные встречи: {counts.n_unsaid}.")
    return " ".join(said)


def plan_told(pair: Mentorship, shares: Sequence[PlanShare]) -> str:
    """Return how much of each plan is done, in sentences; empty where there is no plan."""
    names = {tie.pk: tie.mentee.person for tie in pair.ties.all()}
    said = []
    for share in shares:
        if share.tie not in names:
            continue
        done = f"выполнено {share.n_done} из {counted(share.n, 'мероприятия', 'мероприятий', 'мероприятий')}"
        said.append(f"{names[share.tie].short_name}: {done}" if len(names) > 1 else done)
    return "; ".join(said)


def origins_of(pair: Mentorship, lines: Sequence[MeetingLine], n_items: int) -> tuple[Origin, ...]:
    """Return where what is said of both sides, the meetings and the done items comes from."""
    page = reverse("mentorships:card", args=[pair.pk])
    n = len(lines)
    found = [
        Origin(_("Mentor, mentees, form and term: the page of the pair."), page),
        Origin(
            ngettext(
                "Meetings: %(n)s record of the pair.", "Meetings: %(n)s records of the pair.", n
            )
            % {"n": n},
            page,
        ),
    ]
    if n_items:
        words = ngettext(
            "Done by the plan: %(n)s ticked item.", "Done by the plan: %(n)s ticked items.", n_items
        )
        found.append(Origin(words % {"n": n_items}, page))
    return tuple(found)
