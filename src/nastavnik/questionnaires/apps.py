import datetime as dt
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from nastavnik.blanks import kinds as blank_kinds
from nastavnik.core.access import Perm
from nastavnik.core.hooks import attention, facts, holdings, howtos, navigation, periodic, upcoming


def load_instruments(*, using: str, **kwargs: Any) -> None:
    """Bring the shipped questionnaires in step with their files once every migration is applied."""
    from django.db import connections
    from django.db.migrations.loader import MigrationLoader

    from nastavnik.questionnaires.actions import load_instruments as load

    loader = MigrationLoader(connections[using])
    if set(loader.graph.leaf_nodes()) <= set(loader.applied_migrations):
        load(by=None)


class QuestionnairesConfig(AppConfig):
    name = "nastavnik.questionnaires"
    label = "questionnaires"

    def ready(self) -> None:
        from nastavnik.questionnaires import attention as own
        from nastavnik.questionnaires import facts as own_facts
        from nastavnik.questionnaires import tasks
        from nastavnik.questionnaires.actions import close_overdue_waves
        from nastavnik.questionnaires.choices import SHEETS
        from nastavnik.questionnaires.holdings import HELD

        post_migrate.connect(load_instruments, sender=self)
        attention.register(self.label, own.items)
        facts.register(self.label, own_facts.facts, set(own_facts.CODES.values()))
        upcoming.register(self.label, own.coming)
        tasks.register_kinds()
        periodic.register(
            periodic.Task(
                "close-waves", dt.timedelta(hours=6), lambda: close_overdue_waves(by=None)
            )
        )
        blank_kinds.register(blank_kinds.BlankKind(SHEETS, Perm.WAVE_EDIT))
        navigation.register(
            navigation.Section(25, _("Questionnaires"), "questionnaires:waves", Perm.WAVE_VIEW)
        )
        howtos.register(
            "questionnaires",
            "questionnaires",
            paper="questionnaires#внести-с-бумаги",
            room="questionnaires#в-компьютерном-классе",
            take_back="questionnaires#внести-с-бумаги",
            transfer="questionnaires#перенести-ответы-в-базу",
            sheets="questionnaires#напечатать-листы",
            **dict.fromkeys(
                ("look", "sample", "accept", "returned"), "questionnaires#загрузить-листы"
            ),
        )
        holdings.register(*HELD)
