from django.apps import AppConfig

from nastavnik.core.hooks import howtos


class InterchangeConfig(AppConfig):
    name = "nastavnik.interchange"
    label = "interchange"

    def ready(self) -> None:
        howtos.register("interchange", "data-package")
