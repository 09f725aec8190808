"""What the bases and the group meetings keep of a person."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet

from nastavnik.core.access import Perm
from nastavnik.core.hooks.holdings import NAMELESS, Asking, Holding, Mention, Wiping
from nastavnik.programmes.catalogues import (
    ListEntry,
    areas,
    interests,
    languages,
    meeting_places,
    time_slots,
)
from nastavnik.programmes.models import Attendance, GroupMeeting, Participation, Preference


def _titles(
    name: str, entries: Callable[[], Mapping[str, ListEntry]]
) -> Callable[[Any, Asking], list[str]]:
    def told(row: Any, _asking: Asking) -> list[str]:  # noqa: ANN401 - a record of a base
        known = entries()
        codes = getattr(row, name)
        return [known[code].title if code in known else code for code in codes]

    return told


def drop_choices_of(_rows: QuerySet[Any], wiping: Wiping) -> None:
    """Take away also that others have chosen the person."""
    Preference.objects.filter(chosen__record__person=wiping.person_id).delete()


HELD = (
    Holding(
        Participation,
        "В базах наставников и наставляемых",
        ("person",),
        told={
            "programme": lambda row, _asking: row.programme.title,
            "forms": lambda row, _asking: [form.title for form in row.forms.all()],
            "areas": _titles("areas", areas),
            "interests": _titles("interests", interests),
            "time_slots": _titles("time_slots", time_slots),
            "meeting_places": _titles("meeting_places", meeting_places),
            "languages": _titles("languages", languages),
        },
        words={
            "programme": "программа",
            "side": "сторона",
            "status": "состояние",
            "starts_on": "с",
            "ends_on": "по",
        },
        clears=(
            "request",
            "contacts",
            "achievements",
            "wanted_ages",
            "results",
            "case_link",
            "areas",
            "interests",
            "time_slots",
            "meeting_places",
            "languages",
            "experience_years",
            "trained_on",
            "trained_before",
            "interviewed_on",
            "interviewer",
            "interview_outcome",
            "cleared_on",
            "cleared_until",
            "goes_on",
        ),
        stays=dict.fromkeys(("side", "status", "starts_on", "ends_on"), NAMELESS),
    ),
    Holding(
        Attendance,
        "Групповые встречи",
        ("record__person",),
        told={"meeting": lambda row, _asking: row.meeting.held_on},
        left_out={"record": "сам человек"},
        words={"meeting": "встреча", "came": "пришёл"},
        clears=("comment",),
        stays={"came": NAMELESS},
    ),
    Holding(
        Preference,
        "Кого выбрал на групповой встрече",
        ("chooser__record__person",),
        perm=Perm.PREFERENCE_VIEW,
        told={"chosen": lambda row, asking: asking.name(row.chosen.record.person)},
        left_out={"chooser": "сам человек"},
        words={"chosen": "кого", "rank": "каким по порядку"},
        wipe=drop_choices_of,
        deletes=True,
    ),
    Mention(GroupMeeting, "протокол групповой встречи", ("minutes", "minutes_name")),
)
