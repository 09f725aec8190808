from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks import attention, facts, holdings, howtos, navigation


class DistrictsConfig(AppConfig):
    name = "nastavnik.districts"
    label = "districts"

    def ready(self) -> None:
        from nastavnik.districts import attention as own
        from nastavnik.districts import facts as own_facts
        from nastavnik.districts import receivers  # noqa: F401 - connects them
        from nastavnik.districts.holdings import HELD

        attention.register(self.label, own.items)
        facts.register(self.label, own_facts.facts, {"roadmap_agreed"})
        navigation.register(
            navigation.Section(38, _("Schools' roadmaps"), "districts:table", Perm.DISTRICT_VIEW)
        )
        howtos.register("districts", "district")
        holdings.register(*HELD)
