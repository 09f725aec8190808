from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core import navigation
from nastavnik.core.access import Perm


class PeopleConfig(AppConfig):
    name = "nastavnik.people"
    label = "people"

    def ready(self) -> None:
        navigation.register(navigation.Section(20, _("People"), "people:list", Perm.ROSTER_VIEW))
