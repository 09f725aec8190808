from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks import attention, holdings, howtos, navigation


class OversightConfig(AppConfig):
    name = "nastavnik.oversight"
    label = "oversight"

    def ready(self) -> None:
        from nastavnik.oversight import attention as own
        from nastavnik.oversight.holdings import HELD

        attention.register(self.label, own.items)
        holdings.register(*HELD)
        navigation.register(
            navigation.Section(
                82, _("Schools' indicators"), "oversight:indicators", Perm.DISTRICT_VIEW
            )
        )
        navigation.register(
            navigation.Section(
                83, _("Recommendations"), "oversight:recommendations", Perm.DISTRICT_VIEW
            )
        )
        howtos.register(
            "oversight", "district#рекомендации-школам", indicators="district#показатели-школ"
        )
