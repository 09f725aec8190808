from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core import howtos, navigation
from nastavnik.core.access import Perm


class OrganisationsConfig(AppConfig):
    name = "nastavnik.organisations"
    label = "organisations"

    def ready(self) -> None:
        navigation.register(
            navigation.Section(90, _("Settings"), "organisations:settings", Perm.ORGANISATION_VIEW)
        )
        howtos.register("organisations", "settings")
