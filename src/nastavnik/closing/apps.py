from django.apps import AppConfig


class ClosingConfig(AppConfig):
    name = "nastavnik.closing"
    label = "closing"

    def ready(self) -> None:
        from nastavnik.closing import attention as own
        from nastavnik.core.hooks import attention, howtos

        attention.register(self.label, own.items)
        howtos.register("closing", "closing")
