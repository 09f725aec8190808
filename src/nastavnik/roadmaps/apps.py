from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks import (
    attention,
    digest,
    facts,
    holdings,
    howtos,
    navigation,
    retention,
    upcoming,
)


class RoadmapsConfig(AppConfig):
    name = "nastavnik.roadmaps"
    label = "roadmaps"

    def ready(self) -> None:
        from nastavnik.roadmaps import attention as own
        from nastavnik.roadmaps import facts as own_facts
        from nastavnik.roadmaps import (
            receivers,  # noqa: F401 - connects them
            tasks,
        )
        from nastavnik.roadmaps.holdings import HELD

        retention.register(tasks.DRAFTS)
        tasks.register_kinds()
        attention.register(self.label, own.items)
        upcoming.register(self.label, own.coming)
        digest.register(*own.NEWS)
        facts.register(self.label, own_facts.facts, {"roadmap_approved", "municipal_roadmap"})
        navigation.register(
            navigation.Section(39, _("Roadmap"), "roadmaps:overview", Perm.ROADMAP_VIEW)
        )
        howtos.register(
            "roadmaps",
            "roadmap",
            check="roadmap#проверить",
            read="roadmap#отдать-и-принять-обратно",
        )
        holdings.register(*HELD)
