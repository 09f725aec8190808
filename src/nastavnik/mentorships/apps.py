from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core import navigation
from nastavnik.core.access import Perm


class MentorshipsConfig(AppConfig):
    name = "nastavnik.mentorships"
    label = "mentorships"

    def ready(self) -> None:
        navigation.register(navigation.Section(31, _("Pairs"), "mentorships:list", Perm.PAIR_VIEW))
        navigation.register(
            navigation.Section(32, _("My pairs"), "mentorships:own", Perm.OWN_PAIR_VIEW)
        )
