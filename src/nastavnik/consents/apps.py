from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core import navigation
from nastavnik.core.access import Perm


class ConsentsConfig(AppConfig):
    name = "nastavnik.consents"
    label = "consents"

    def ready(self) -> None:
        navigation.register(
            navigation.Section(21, _("Consents"), "consents:ledger", Perm.CONSENT_VIEW)
        )
