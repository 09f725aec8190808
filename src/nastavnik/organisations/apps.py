from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks import howtos, navigation


class OrganisationsConfig(AppConfig):
    name = "nastavnik.organisations"
    label = "organisations"

    def ready(self) -> None:
        navigation.register(
            navigation.Section(90, _("Settings"), "organisations:settings", Perm.ORGANISATION_VIEW)
        )
        howtos.register("organisations", "settings")
