from django.apps import AppConfig

from nastavnik.core import attention


class JobsConfig(AppConfig):
    name = "nastavnik.jobs"
    label = "jobs"

    def ready(self) -> None:
        from nastavnik.jobs import attention as own

        attention.register(self.label, own.items)
