from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core import attention, navigation, timeline
from nastavnik.core.access import Perm


class MentorshipsConfig(AppConfig):
    name = "nastavnik.mentorships"
    label = "mentorships"

    def ready(self) -> None:
        from nastavnik.mentorships import attention as own
        from nastavnik.mentorships import receivers  # noqa: F401 - connects them
        from nastavnik.mentorships.queries import timeline_events

        attention.register(self.label, own.items)
        timeline.register(self.label, timeline_events)
        navigation.register(navigation.Section(31, _("Pairs"), "mentorships:list", Perm.PAIR_VIEW))
        navigation.register(
            navigation.Section(32, _("My pairs"), "mentorships:own", Perm.OWN_PAIR_VIEW)
        )
