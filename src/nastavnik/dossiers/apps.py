import datetime as dt

from django.apps import AppConfig

from nastavnik.core.hooks import holdings, howtos, periodic, retention

ERASED_EVERY = dt.timedelta(hours=6)


class DossiersConfig(AppConfig):
    name = "nastavnik.dossiers"
    label = "dossiers"

    def ready(self) -> None:
        from nastavnik.dossiers import receivers  # noqa: F401 - connects them
        from nastavnik.dossiers.holdings import HELD
        from nastavnik.dossiers.tasks import EVIDENCE, erase_due

        holdings.register(*HELD)
        retention.register(EVIDENCE)
        periodic.register(periodic.Task("erase-people", ERASED_EVERY, erase_due))
        howtos.register("dossiers", "personal-data", erase="personal-data#стереть-данные-человека")
