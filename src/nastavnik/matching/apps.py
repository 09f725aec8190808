from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core import navigation
from nastavnik.core.access import Perm


class MatchingConfig(AppConfig):
    name = "nastavnik.matching"
    label = "matching"

    def ready(self) -> None:
        navigation.register(
            navigation.Section(30, _("Matching"), "matching:workspace", Perm.MATCHING_VIEW)
        )
