"""What pairs keep of a person: of a meeting the own mark, never that of the other side."""

from typing import Any

from django.db.models import Q, QuerySet

from nastavnik.core.access import Perm
from nastavnik.core.hooks.holdings import NAMELESS, Asking, Holding, Mention, Wiping
from nastavnik.mentorships.choices import HEAVIEST, Mark, SpokenWith
from nastavnik.mentorships.models import (
    BaseDraft,
    Contact,
    Meeting,
    Mentorship,
    OrderLine,
    PairStep,
    ReplacementRequest,
    Tie,
)

_PAIR = ("mentorship__mentor__person", "mentorship__ties__mentee__person")
_MARKS = "отметка другой стороны видна только ей, куратору и психологу"
_OF_TWO = "слова куратора о двоих или о группе; что из них сообщить, решает куратор"


def _with(row: Any, asking: Asking) -> list[str]:  # noqa: ANN401 - a pair
    """Return the others of a pair whom the person knows: of the mentor all mentees, of a mentee the mentor."""
    if row.mentor.person_id == asking.person_id:
        return [asking.name(tie.mentee.person) for tie in row.ties.all()]
    return [asking.name(row.mentor.person)]


def _pair(row: Any, asking: Asking) -> list[str]:  # noqa: ANN401 - a row of a pair
    return _with(row.mentorship, asking)


def _readable(row: Any, asking: Asking) -> bool:  # noqa: ANN401 - a meeting
    of_pair = Mentorship.objects.filter(pk=row.mentorship_id)
    return asking.may(Perm.MARK_VIEW) and of_pair.with_marks_for(asking.user).exists()


def _own_mark(row: Any, asking: Asking) -> str:  # noqa: ANN401 - a meeting
    pair = row.mentorship
    if pair.mentor.person_id == asking.person_id:
        mark = row.mentor_mark
    else:
        own = [str(tie.pk) for tie in pair.ties.all() if tie.mentee.person_id == asking.person_id]
        by_tie = [row.mentee_marks[key] for key in own if key in row.mentee_marks]
        mark = by_tie[0] if by_tie else ("" if pair.is_group else row.mentee_mark)
    if not mark:
        return ""
    return (
        str(Mark(mark).label) if _readable(row, asking) else "есть: её выдаёт куратор или психолог"
    )


def _of_own_side(rows: QuerySet[Any], asking: Asking) -> QuerySet[Any]:
    """Leave the conversations the person was in."""
    readable = Mentorship.objects.with_marks_for(asking.user).values("pk")
    mentor = Q(mentorship__mentor__person=asking.person_id)
    # in a group it is not said which mentee
    mentee = ~mentor & Q(mentorship__is_group=False)
    return rows.filter(mentorship__in=readable).filter(
        (mentor & Q(spoken_with__in=[SpokenWith.BOTH, SpokenWith.MENTOR]))
        | (mentee & Q(spoken_with__in=[SpokenWith.BOTH, SpokenWith.MENTEE]))
    )


def _of_two(rows: QuerySet[Any], wiping: Wiping) -> QuerySet[Any]:
    """Leave the pairs: what is said of a whole group is as much of its other mentees."""
    return rows.filter(Q(is_group=False) | Q(mentor__person=wiping.person_id))


def _of_pair_of_two(rows: QuerySet[Any], wiping: Wiping) -> QuerySet[Any]:
    return rows.filter(
        Q(mentorship__is_group=False) | Q(mentorship__mentor__person=wiping.person_id)
    )


def wipe_struck(rows: QuerySet[Any], wiping: Wiping) -> None:
    """Take the marks of the person out of the meetings a group has lost at its end."""
    own = set(Tie.objects.filter(mentee__person=wiping.person_id).values_list("pk", flat=True))
    for pair in rows.filter(is_group=True).exclude(struck=[]):
        for one in pair.struck:
            marks = one.get("mentee_marks", {})
            one["mentee_marks"] = {key: mark for key, mark in marks.items() if int(key) not in own}
        pair.save(update_fields=["struck"])


def wipe_meetings(rows: QuerySet[Any], wiping: Wiping) -> None:
    """Take the marks of the person off the meetings, and a note of a group that names the person.

    The marks of the others stay; of a group the heaviest of them.
    """
    joined = rows.select_related("mentorship__mentor")
    for meeting in joined.prefetch_related("mentorship__ties__mentee"):
        pair = meeting.mentorship
        if pair.mentor.person_id == wiping.person_id:
            meeting.mentor_mark = ""
        else:
            own = {
                str(tie.pk) for tie in pair.ties.all() if tie.mentee.person_id == wiping.person_id
            }
            others = {key: mark for key, mark in meeting.mentee_marks.items() if key not in own}
            given = others.values()
            meeting.mentee_marks = others
            meeting.mentee_mark = next((mark for mark in HEAVIEST if mark in given), "")
        if wiping.mentions(meeting.note):
            meeting.note = ""
        meeting.before = None
        meeting.save(update_fields=["mentor_mark", "mentee_marks", "mentee_mark", "note", "before"])


def drop_words_of_groups(rows: QuerySet[Any], wiping: Wiping) -> None:
    """Take away the conversations with a group that name the person."""
    for one in rows.filter(mentorship__is_group=True):
        if wiping.mentions(one.words):
            one.delete()


def _asked_by_person(rows: QuerySet[Any], person_id: int) -> QuerySet[Any]:
    """Leave the requests of one person."""
    return rows.filter(
        Q(tie=None, mentorship__mentor__person=person_id) | Q(tie__mentee__person=person_id)
    )


def _own_requests(rows: QuerySet[Any], asking: Asking) -> QuerySet[Any]:
    return _asked_by_person(rows, asking.person_id)


def _requests_owned(rows: QuerySet[Any], wiping: Wiping) -> QuerySet[Any]:
    """Leave the own requests and, of a pair of two, those of the other: they are about the person."""
    own = _asked_by_person(rows, wiping.person_id)
    return own | rows.filter(mentorship__is_group=False)


def drop_requests_naming(rows: QuerySet[Any], wiping: Wiping) -> None:
    """Take away the requests of others in the pair that name the person."""
    for one in rows:
        if wiping.mentions(one.words) or wiping.mentions(one.answer):
            one.delete()


HELD = (
    Holding(
        Mentorship,
        "Пары и группы",
        ("mentor__person", "ties__mentee__person"),
        told={
            "form": lambda row, _asking: row.form.title,
            "with": _with,
        },
        left_out={
            "mentor": "назван среди «с кем»",
            "struck": "снятые встречи при завершении пары",
            "end_cause": "может говорить о другом человеке из пары; сообщает куратор",
            "end_reason": _OF_TWO,
        },
        words={"form": "форма", "with": "с кем"},
        wipe=wipe_struck,
        owned=_of_two,
        clears=("end_reason", "struck"),
        stays=dict.fromkeys(
            (
                "status",
                "starts_on",
                "ends_on",
                "ended_on",
                "end_cause",
                "pause_from",
                "pause_until",
            ),
            NAMELESS,
        ),
    ),
    Holding(
        Tie,
        "Место в паре",
        ("mentee__person",),
        told={
            "mentorship": _pair,
            "moved_from": lambda row, asking: asking.name(
                row.moved_from and row.moved_from.mentor.person
            ),
        },
        left_out={"mentee": "сам человек", "end_reason": _OF_TWO},
        words={"mentorship": "с кем", "moved_from": "прежний наставник", "ends_on": "по"},
        clears=("end_reason",),
        stays=dict.fromkeys(("starts_on", "paused_on", "ends_on"), NAMELESS),
    ),
    Holding(
        OrderLine,
        "Что приказано о паре",
        _PAIR,
        told={"mentorship": _pair, "order": lambda row, _asking: str(row.order.title)},
        left_out={
            "final_before": "прежняя итоговая встреча, на случай отмены",
            "moved": "прежние дни встреч, чтобы паузу можно было отменить",
        },
        words={"mentorship": "с кем", "order": "приказ"},
        owned=_of_pair_of_two,
        clears=("final_before", "moved"),
        stays=dict.fromkeys(
            ("kind", "ends_on", "ended_before", "cause", "pause_from", "pause_until"), NAMELESS
        ),
    ),
    Holding(
        PairStep,
        "Ход пары",
        _PAIR,
        told={"mentorship": _pair},
        words={"mentorship": "с кем"},
        stays=dict.fromkeys(("status", "on"), NAMELESS),
    ),
    Holding(
        Meeting,
        "Встречи",
        _PAIR,
        told={"mentorship": _pair, "own_mark": _own_mark},
        left_out={
            "mentor_mark": _MARKS,
            "mentee_mark": _MARKS,
            "mentee_marks": _MARKS,
            "help_answered_on": "говорит об отметке",
            "note": _OF_TWO,
            "before": "прежняя отметка, на десять минут",
        },
        words={
            "mentorship": "с кем",
            "own_mark": "своя отметка",
            "n_postponed": "сколько раз перенесена",
        },
        wipe=wipe_meetings,
        wiped=("mentor_mark", "mentee_mark", "mentee_marks"),
        owned=_of_pair_of_two,
        clears=("note", "before"),
        stays=dict.fromkeys(
            (
                "kind",
                "status",
                "planned_on",
                "held_on",
                "postponed_from",
                "n_postponed",
                "help_answered_on",
            ),
            NAMELESS,
        ),
    ),
    Holding(
        Contact,
        "Разговоры с парой",
        _PAIR,
        perm=Perm.MARK_VIEW,
        narrow=_of_own_side,
        narrow_why="разговоры с другой стороной пары; в группе те, где не записано, с кем из наставляемых;"
        " и о парах, отметок которых не читает тот, кто выдаёт",
        told={"mentorship": _pair},
        left_out={
            "rule": "повод разговора может говорить об отметке другой стороны",
            "reasons": "поводы разговора могут говорить об отметке другой стороны",
            "words": _OF_TWO,
        },
        words={"mentorship": "с кем в паре"},
        wipe=drop_words_of_groups,
        owned=_of_pair_of_two,
        deletes=True,
    ),
    Holding(
        ReplacementRequest,
        "Просьбы о замене",
        _PAIR,
        narrow=_own_requests,
        narrow_why="просьбы другой стороны пары: их читают она, куратор и психолог",
        told={"mentorship": _pair},
        left_out={"tie": "чья просьба: самого человека"},
        words={"mentorship": "с кем в паре"},
        wipe=drop_requests_naming,
        owned=_requests_owned,
        deletes=True,
    ),
    Mention(BaseDraft, "присланный файл базы, ещё не принятый", ("file_name", "rows")),
)
