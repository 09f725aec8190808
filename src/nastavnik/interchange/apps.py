from django.apps import AppConfig

from nastavnik.core.hooks import holdings, howtos


class InterchangeConfig(AppConfig):
    name = "nastavnik.interchange"
    label = "interchange"

    def ready(self) -> None:
        from nastavnik.interchange.holdings import HELD

        howtos.register("interchange", "data-package")
        holdings.register(*HELD)
