from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks import attention, holdings, howtos, navigation, upcoming


class EventsConfig(AppConfig):
    name = "nastavnik.events"
    label = "events"

    def ready(self) -> None:
        from nastavnik.documents import paper_kinds
        from nastavnik.events import attention as own
        from nastavnik.events import facts as own_facts
        from nastavnik.events.holdings import HELD
        from nastavnik.events.papers import MINUTES

        paper_kinds.register(MINUTES)
        attention.register(self.label, own.items)
        upcoming.register(self.label, own.coming)
        own_facts.register()
        navigation.register(navigation.Section(27, _("Events"), "events:list", Perm.EVENT_VIEW))
        navigation.register(
            navigation.Section(33, _("Invitations"), "events:own", Perm.OWN_PAIR_VIEW)
        )
        howtos.register("events", "events")
        holdings.register(*HELD)
