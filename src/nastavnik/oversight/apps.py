from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks import howtos, navigation


class OversightConfig(AppConfig):
    name = "nastavnik.oversight"
    label = "oversight"

    def ready(self) -> None:
        navigation.register(
            navigation.Section(
                82, _("Schools' indicators"), "oversight:indicators", Perm.DISTRICT_VIEW
            )
        )
        howtos.register("oversight", "district", indicators="district#показатели-школ")
