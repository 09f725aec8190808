import datetime as dt

from django.apps import AppConfig

SEALED_EVERY = dt.timedelta(minutes=1)
PROVEN_EVERY = dt.timedelta(days=1)


class CoreConfig(AppConfig):
    name = "nastavnik.core"
    label = "core"

    def ready(self) -> None:
        from nastavnik.core import audit, periodic

        periodic.register(periodic.Task("seal-audit", SEALED_EVERY, audit.seal_all))
        periodic.register(periodic.Task("verify-audit", PROVEN_EVERY, audit.check_and_keep))
