from django.apps import AppConfig

from nastavnik.core.hooks import attention, holdings, howtos, retention


class JobsConfig(AppConfig):
    name = "nastavnik.jobs"
    label = "jobs"

    def ready(self) -> None:
        from nastavnik.jobs import attention as own
        from nastavnik.jobs.holdings import HELD
        from nastavnik.jobs.tasks.retention import ENDED

        retention.register(ENDED)
        attention.register(self.label, own.items)
        howtos.register("jobs", "jobs")
        holdings.register(*HELD)
