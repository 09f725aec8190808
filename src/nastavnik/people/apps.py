from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core import navigation, search
from nastavnik.core.access import Perm


class PeopleConfig(AppConfig):
    name = "nastavnik.people"
    label = "people"

    def ready(self) -> None:
        from nastavnik.people.search import find

        search.register(
            search.Source(10, "person", _("People"), "user", frozenset({Perm.ROSTER_VIEW}), find)
        )
        navigation.register(navigation.Section(20, _("People"), "people:list", Perm.ROSTER_VIEW))
