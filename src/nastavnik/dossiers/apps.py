from django.apps import AppConfig

from nastavnik.core.hooks import howtos


class DossiersConfig(AppConfig):
    name = "nastavnik.dossiers"
    label = "dossiers"

    def ready(self) -> None:
        howtos.register("dossiers", "personal-data")
