from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core import navigation, timeline
from nastavnik.core.access import Perm


class ConsentsConfig(AppConfig):
    name = "nastavnik.consents"
    label = "consents"

    def ready(self) -> None:
        from nastavnik.consents.queries import timeline_events

        timeline.register(self.label, timeline_events)
        navigation.register(
            navigation.Section(21, _("Consents"), "consents:ledger", Perm.CONSENT_VIEW)
        )
