"""What orders on pairs that run or have ended say: more time, or the end (method.md §3.4, §7.1 D26)."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from nastavnik.documents import adapter
from nastavnik.documents.choices import Ask
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import Composed
from nastavnik.documents.texts import TableFacts, Value
from nastavnik.mentorships.choices import MentorshipStatus, OrderLineKind
from nastavnik.mentorships.documents.common import (
    acts_of,
    charged_by,
    findings_of_frame,
    frame_of,
    is_of_staff,
    kept_of_frame,
    n_pairs_in_words,
    yes,
)
from nastavnik.mentorships.models import Mentorship, OrderLine
from nastavnik.mentorships.queries import lines_of_order
from nastavnik.people.models import Person
from nastavnik.people.queries import group_names
from nastavnik.programmes.models import Programme


def compose_extension_order(document: Document) -> Composed | None:
    """Return what an order on more time says as things are; None where its programme is gone."""
    return _compose(document, (OrderLineKind.EXTENSION,))


def compose_pause_order(document: Document) -> Composed | None:
    """Return what an order on pauses says as things are; None where its programme is gone."""
    return _compose(document, (OrderLineKind.PAUSE,))


def compose_ending_order(document: Document) -> Composed | None:
    """Return what an order on pairs that have ended says as things are; None where its programme is gone."""
    return _compose(document, (OrderLineKind.COMPLETION, OrderLineKind.EARLY_END))


def findings_of_change_order(document: Document) -> list[str]:
    """Return what a draft of such an order lacks, in sentences."""
    found = findings_of_frame(document)
    if not document.content.get("has_pairs"):
        found.append(_("There is no pair in the annex."))
    return found


def _compose(document: Document, kinds: Sequence[OrderLineKind]) -> Composed | None:
    programmes = Programme.objects.select_related("organisation", "year")
    programme = programmes.filter(pk=document.subject_id or 0).first()
    if programme is None:
        return None
    lines = lines_of_order(document)
    entered = document.entered
    charged = charged_by(programme, entered, has_staff=False)
    said = {kind: [one for one in lines if one.kind == kind] for kind in kinds}
    parts, n_before = [], 0
    for kind, some in said.items():
        parts.append(TableFacts({"what": _HEADINGS[kind]}, _rows(some, n_before + 1)))
        n_before += len(some)
    pairs = [one.mentorship for one in lines]
    facts: dict[str, Value] = {
        **charged.facts(entered),
        **frame_of(document, programme.organisation),
        "acts": "; ".join(acts_of(programme)),
        "programme": programme.title,
        "ground": entered.get("ground", ""),
        "is_staff": yes(pairs and all(_is_of_staff(pair) for pair in pairs)),
        "n_pairs": n_pairs_in_words(pairs),
        **{f"n_{kind.value}": _counted(some) for kind, some in said.items()},
        "is_mixed": yes(all(said.values())),
        "acquainted": _acquainted(charged.curator, pairs),
        "parts": parts,
    }
    kept = {**kept_of_frame(programme, charged), "has_pairs": bool(lines)}
    asks = [Ask.CURATOR_POST.value] if charged.curator else []
    return Composed(facts, [*asks, Ask.GROUND.value], charged.words.doubts, kept)


_HEADINGS = {
    OrderLineKind.EXTENSION: "Продление срока наставничества",
    OrderLineKind.PAUSE: "Приостановление наставничества",
    OrderLineKind.COMPLETION: "Наставничество завершено",
    OrderLineKind.EARLY_END: "Наставничество прекращено досрочно",
}


def _counted(lines: Sequence[OrderLine]) -> str:
    return n_pairs_in_words([one.mentorship for one in lines]) if lines else ""


def _is_of_staff(pair: Mentorship) -> bool:
    return all(is_of_staff(pair, tie) for tie in pair.ties.all())


def _people(pairs: Iterable[Mentorship]) -> list[Person]:
    return [one for pair in pairs for one in (pair.mentor.person, *pair.mentees)]


def _acquainted(curator: str, pairs: Iterable[Mentorship]) -> list[str]:
    """Return who signs the order as read: the curator, grown-up mentors, staff; minors sign nothing here."""
    said = [curator]
    for pair in pairs:
        if not pair.mentor.person.is_learner:
            said.append(pair.mentor.person.full_name)
        said += [tie.mentee.person.full_name for tie in pair.ties.all() if is_of_staff(pair, tie)]
    return list(dict.fromkeys(filter(None, said)))


def _rows(lines: Sequence[OrderLine], first: int) -> list[list[str | None]]:
    """Return a row a mentee, numbered by pair from `first`: mentor and days are joined over those of one group."""
    groups = group_names(_people(one.mentorship for one in lines))

    def named(person: Person) -> str:
        said = (person.full_name, adapter.what(person, groups.get(person.pk, "")))
        return ", ".join(part for part in said if part)

    rows: list[list[str | None]] = []
    for number, line in enumerate(lines, first):
        pair = line.mentorship
        before, after = line.ended_before or pair.ends_on, line.ends_on or _last_day(pair)
        days = [_day(before), _day(after)]
        if line.kind == OrderLineKind.PAUSE:
            days.insert(0, f"{_day(line.pause_from)} – {_day(line.pause_until)}")
        for place, tie in enumerate(pair.ties.all()):
            mentee = named(tie.mentee.person)
            if place:
                rows.append([None, None, mentee, *(None for _day_of in days)])
            else:
                rows.append([str(number), named(pair.mentor.person), mentee, *days])
    return rows


def _last_day(pair: Mentorship) -> dt.date | None:
    """Return the last day of a pair that has ended: a completed one lasted no longer than its term, whenever that was noted."""
    if pair.ended_on and pair.status == MentorshipStatus.COMPLETED:
        return min(pair.ended_on, pair.ends_on)
    return pair.ended_on


def _day(day: dt.date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else ""
