from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks import attention, facts, holdings, howtos, navigation, timeline


class MatchingConfig(AppConfig):
    name = "nastavnik.matching"
    label = "matching"

    def ready(self) -> None:
        from nastavnik.matching import attention as own
        from nastavnik.matching import facts as own_facts
        from nastavnik.matching.holdings import HELD
        from nastavnik.matching.queries import timeline_events
        from nastavnik.matching.tasks import register_kinds

        register_kinds()
        attention.register(self.label, own.items)
        facts.register(self.label, own_facts.facts, {"matching_run"})
        timeline.register(self.label, timeline_events)
        navigation.register(
            navigation.Section(30, _("Matching"), "matching:workspace", Perm.MATCHING_VIEW, "m")
        )
        howtos.register(
            "matching",
            "matching",
            rules="matching#правила",
            history="matching#прошлые-подборы",
            past="matching#прошлые-подборы",
        )
        holdings.register(*HELD)
