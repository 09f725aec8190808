from django.apps import AppConfig

from nastavnik.core.hooks import holdings, retention


class BlanksConfig(AppConfig):
    name = "nastavnik.blanks"
    label = "blanks"

    def ready(self) -> None:
        from nastavnik.blanks import tasks
        from nastavnik.blanks.holdings import HELD

        retention.register(tasks.PRINTS)
        retention.register(tasks.SCANS)
        holdings.register(*HELD)
