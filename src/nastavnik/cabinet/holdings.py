"""Who has seen and changed what is kept about a person: by role, for the paper goes to the person."""

from typing import Any

from django.db.models import QuerySet

from nastavnik.cabinet.catalogues import (
    act_in_words,
    field_in_words,
    page_in_words,
    thing_in_words,
)
from nastavnik.cabinet.models import CalendarLink
from nastavnik.cabinet.queries.trail import lines_about
from nastavnik.core.access import Perm
from nastavnik.core.hooks.holdings import Asking, Holding
from nastavnik.core.models import AuditEntry, Look
from nastavnik.core.taking_out import in_listed_words
from nastavnik.people.choices import ROLE_CHOICES


def _visible(rows: QuerySet[Any], asking: Asking) -> QuerySet[Any]:
    return rows & AuditEntry.objects.visible_to(asking.user)


HELD = (
    Holding(
        Look,
        "Кто видел",
        ("person_id",),
        perm=Perm.TRAIL_VIEW,
        told={
            "on": lambda row, _asking: row.on,
            "kind": lambda row, _asking: row.get_kind_display(),
            "page": lambda row, _asking: page_in_words(row.page),
            "role": lambda row, _asking: str(dict(ROLE_CHOICES).get(row.role, row.role)),
            "purpose": lambda row, _asking: in_listed_words(row.purpose) if row.purpose else "",
        },
        left_out={"actor_id": "имя сотрудника: его называет руководитель по запросу"},
        words={"on": "день", "kind": "как", "page": "что", "role": "роль", "purpose": "зачем"},
        clears=("purpose",),  # own words may name somebody
        stays=dict.fromkeys(
            ("actor_id", "role"), "кто и когда смотрел, без имён; забывается через год"
        ),
    ),
    Holding(
        AuditEntry,
        "Кто менял",
        (),
        find=lines_about,
        narrow=_visible,
        narrow_why="строки о заключениях, отметках встреч и выборе, которые выдаёт куратор, и строки вне этой организации",
        perm=Perm.TRAIL_VIEW,
        told={
            "at": lambda row, _asking: row.at,
            "action": lambda row, _asking: act_in_words(row.action),
            "subject": lambda row, _asking: thing_in_words(row.subject),
            "fields": lambda row, _asking: [field_in_words(row.subject, one) for one in row.fields],
        },
        words={"at": "когда", "action": "что сделано", "subject": "с чем", "fields": "что тронуто"},
    ),
    Holding(
        CalendarLink,
        "Адрес своего календаря",
        ("user__person",),
        told={"made_at": lambda row, _asking: row.made_at},
        left_out={"user": "сам человек"},
        words={"made_at": "создан"},
        deletes=True,
    ),
)
