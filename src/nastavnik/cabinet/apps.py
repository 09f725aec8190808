from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core import navigation
from nastavnik.core.access import Perm


class CabinetConfig(AppConfig):
    name = "nastavnik.cabinet"
    label = "cabinet"

    def ready(self) -> None:
        navigation.register(navigation.Section(10, _("Today"), "cabinet:home", Perm.HOME, "t"))
        navigation.register(
            navigation.Section(80, _("District"), "cabinet:district", Perm.DISTRICT_VIEW)
        )
