"""What the training of mentors keeps of a person."""

from nastavnik.core.hooks.holdings import NAMELESS, Holding, Mention
from nastavnik.training.models import SessionVisit, Trainee, TrainingMaterial, TrainingSession

HELD = (
    Holding(
        Trainee,
        "Обучение",
        ("person",),
        told={"course": lambda row, _asking: row.course.title},
        words={"course": "курс"},
        clears=("certificate_number",),
        stays={"finished_on": NAMELESS},
    ),
    Holding(
        SessionVisit,
        "Занятия",
        ("trainee__person",),
        told={
            "session": lambda row, _asking: row.session.theme,
            "held_on": lambda row, _asking: row.session.held_on,
        },
        left_out={"trainee": "сам человек"},
        words={"session": "тема", "held_on": "день", "came": "пришёл"},
        stays={"came": NAMELESS},
    ),
    Mention(TrainingSession, "занятие: кто ведёт", ("leader",)),
    Mention(TrainingMaterial, "материал к курсу: автор", ("source", "file_name")),
)
