"""What events keep of a person: invitations, and names in minutes."""

from nastavnik.core.hooks.holdings import Holding, Mention
from nastavnik.events.models import EventGuest, ProgrammeEvent

HELD = (
    Holding(
        EventGuest,
        "Приглашения на мероприятия",
        ("person",),
        told={"event": lambda row, _asking: f"{row.event.title}, {row.event.held_on:%d.%m.%Y}"},
        words={
            "event": "мероприятие",
            "is_family": "приглашена семья",
            "will_come": "обещал прийти",
            "answered_on": "ответил",
            "came": "пришёл",
        },
    ),
    Mention(
        ProgrammeEvent,
        "протокол мероприятия",
        ("chair", "secretary", "heard", "decided", "agenda", "invited_others"),
    ),
)
