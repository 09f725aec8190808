"""What events keep of a person: invitations, and names in minutes."""

from nastavnik.core.hooks.holdings import NAMELESS, Holding, Mention
from nastavnik.events.models import EventGuest, ProgrammeEvent

HELD = (
    Holding(
        EventGuest,
        "Приглашения на события",
        ("person",),
        told={"event": lambda row, _asking: f"{row.event.title}, {row.event.held_on:%d.%m.%Y}"},
        words={
            "event": "событие",
            "is_family": "приглашена семья",
            "will_come": "обещал прийти",
            "answered_on": "ответил",
            "came": "пришёл",
        },
        clears=("token_sha256",),
        stays=dict.fromkeys(("is_family", "will_come", "answered_on", "came"), NAMELESS),
    ),
    Mention(
        ProgrammeEvent,
        "протокол события",
        ("chair", "secretary", "heard", "decided", "agenda", "invited_others"),
    ),
)
