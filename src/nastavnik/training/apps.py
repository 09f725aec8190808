from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks import attention, holdings, howtos, navigation, upcoming


class TrainingConfig(AppConfig):
    name = "nastavnik.training"
    label = "training"

    def ready(self) -> None:
        from nastavnik.training import attention as own
        from nastavnik.training import facts as own_facts
        from nastavnik.training import receivers  # noqa: F401 - connects them
        from nastavnik.training.holdings import HELD

        attention.register(self.label, own.items)
        upcoming.register(self.label, own.coming)
        own_facts.register()
        navigation.register(
            navigation.Section(26, _("Training"), "training:courses", Perm.TRAINING_VIEW)
        )
        howtos.register("training", "training")
        holdings.register(*HELD)
