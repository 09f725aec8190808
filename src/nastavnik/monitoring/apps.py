from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks import attention, holdings, howtos, navigation


class MonitoringConfig(AppConfig):
    name = "nastavnik.monitoring"
    label = "monitoring"

    def ready(self) -> None:
        from nastavnik.documents import paper_kinds
        from nastavnik.monitoring import attention as own
        from nastavnik.monitoring.holdings import HELD
        from nastavnik.monitoring.papers import PAPER_OF_SCORECARD, REPORTS

        for kind in (PAPER_OF_SCORECARD, *REPORTS):
            paper_kinds.register(kind)
        attention.register(self.label, own.items)
        navigation.register(
            navigation.Section(42, _("Monitoring"), "monitoring:overview", Perm.MONITORING_VIEW)
        )
        howtos.register("monitoring", "monitoring")
        holdings.register(*HELD)
