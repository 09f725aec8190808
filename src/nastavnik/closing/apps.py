from django.apps import AppConfig


class ClosingConfig(AppConfig):
    name = "nastavnik.closing"
    label = "closing"

    def ready(self) -> None:
        from nastavnik.closing import attention as own
        from nastavnik.closing import facts as own_facts
        from nastavnik.closing.holdings import HELD
        from nastavnik.closing.tasks import TALK_WORDS
        from nastavnik.core.hooks import attention, facts, holdings, howtos, retention

        facts.register(self.label, own_facts.facts, own_facts.CODES)
        retention.register(TALK_WORDS)
        attention.register(self.label, own.items)
        howtos.register("closing", "closing")
        holdings.register(*HELD)
