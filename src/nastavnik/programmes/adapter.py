"""From records of the bases to the engine's people: matching goes by them, and so does who may choose whom."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from nastavnik.core.dates import today
from nastavnik.core.text import fold
from nastavnik.engine.matching.candidates import FormRule, Mentee, Mentor, Rules, judge
from nastavnik.engine.matching.phrases import fold_phrase, nearest, phrases_of
from nastavnik.people.choices import LEARNERS
from nastavnik.people.models import StudyGroup
from nastavnik.people.queries import enrolments_on
from nastavnik.programmes.models import Attendance, MentoringForm, Participation


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


def groups_of(records: Iterable[Participation], day: dt.date) -> dict[int, StudyGroup]:
    """Return person → class of a day; one query."""
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
        "family": str(record.person.household_id or ""),
    }


def engine_mentor(record: Participation, groups: Mapping[int, StudyGroup], day: dt.date) -> Mentor:
    """Return a record of a base as a mentor of the engine, with the places that are free."""
    # whoever is added joins the group that is there: its limit counts those who are in it already
    limits = (form.max_mentees for form in record.forms.all() if form.is_group)
    return Mentor(
        **_common(record, groups, day),
        capacity=max(0, min([record.capacity, *limits]) - record.active_count),
        n_led=record.active_count,
        competences=frozenset(record.areas),
    )


def engine_mentee(
    record: Participation,
    groups: Mapping[int, StudyGroup],
    leaders: Mapping[int, str],
    day: dt.date,
) -> Mentee:
    """Return a record of a base as a mentee of the engine; `leaders` are person → key of the mentors there."""
    group = groups.get(record.person_id)
    leader = leaders.get(group.class_teacher_id) if group and group.class_teacher_id else None
    return Mentee(
        **_common(record, groups, day),
        areas=frozenset(record.areas),
        class_teachers=frozenset([leader] if leader else []),
    )


def who_may_be_paired(
    rows: Iterable[Attendance], others: Iterable[Attendance]
) -> dict[int, list[Attendance]]:
    """Return attendance → those of the other side with whom a form of both allows a pair; person and forms fetched.

    Only rules are asked, as matching asks them: whom somebody does not want, and who has no place, says nothing here.
    """
    rows, others, day = list(rows), list(others), today()
    records = [row.record for row in (*rows, *others)]
    groups = groups_of(records, day)
    leaders = {record.person_id: str(record.pk) for record in records if record.is_mentor}
    forms = {form.code: form_rule(form) for record in records for form in record.forms.all()}
    rules = Rules(forms=MappingProxyType(forms), weights=MappingProxyType({}), version="")
    mentors = {one.pk: engine_mentor(one, groups, day) for one in records if one.is_mentor}
    mentees = {
        one.pk: engine_mentee(one, groups, leaders, day) for one in records if not one.is_mentor
    }

    def may(one: Participation, other: Participation) -> bool:
        mentor, mentee = (one, other) if one.is_mentor else (other, one)
        return not isinstance(judge(mentors[mentor.pk], mentees[mentee.pk], rules), str)

    return {
        row.pk: [
            other
            for other in others
            if other.record.side != row.record.side and may(row.record, other.record)
        ]
        for row in rows
    }


#: So many letters of a word are enough where it is the only one that begins so.
SHORTEST = 3


@dataclass(frozen=True, slots=True)
class AreasRead:
    """Areas as somebody typed them: their codes, and the words that are none, with the title that looks like each."""

    codes: tuple[str, ...]
    unknown: tuple[tuple[str, str], ...]


def read_areas(text: str, offered: Sequence[tuple[str, str]]) -> AreasRead:
    """Read areas as people type them: whole titles, a part of one («химия»), or its beginning («физ»).

    Args:
        text: what was typed, in whatever way a list is written.
        offered: codes and titles that may be named.
    """
    found: list[str] = []
    rest = text.replace("ё", "е")
    for code, title in sorted(offered, key=lambda one: -len(one[1])):
        words = r"[\W_]+".join(map(re.escape, fold_phrase(title).split()))
        rest, n = re.subn(rf"(?<!\w){words}(?!\w)", ";", rest, flags=re.IGNORECASE)
        found += [code] * bool(n)
    parts = {
        part: code for code, title in offered for part in (*phrases_of(title), fold_phrase(title))
    }
    unknown = []
    for word in phrases_of(rest):
        begun = {code for part, code in parts.items() if part.startswith(word)}
        if word in parts:
            found.append(parts[word])
        elif len(word) >= SHORTEST and len(begun) == 1:
            found += begun
        else:
            unknown.append((word, dict(offered).get(parts.get(nearest(word, parts), ""), "")))
    return AreasRead(tuple(code for code, _title in offered if code in found), tuple(unknown))
