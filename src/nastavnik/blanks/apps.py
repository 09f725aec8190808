from django.apps import AppConfig

from nastavnik.core.hooks import retention


class BlanksConfig(AppConfig):
    name = "nastavnik.blanks"
    label = "blanks"

    def ready(self) -> None:
        from nastavnik.blanks import tasks

        retention.register(tasks.PRINTS)
        retention.register(tasks.SCANS)
