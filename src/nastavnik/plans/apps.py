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
    pair_notes,
    timeline,
    upcoming,
)


class PlansConfig(AppConfig):
    name = "nastavnik.plans"
    label = "plans"

    def ready(self) -> None:
        from nastavnik.documents import paper_kinds
        from nastavnik.plans import attention as own
        from nastavnik.plans import facts as own_facts
        from nastavnik.plans.holdings import HELD
        from nastavnik.plans.papers import PAPER_OF_PLAN
        from nastavnik.plans.queries import notes_of, timeline_events

        paper_kinds.register(PAPER_OF_PLAN)
        pair_notes.register(self.label, notes_of)
        attention.register(self.label, own.items)
        upcoming.register(self.label, own.coming)
        digest.register(*own.NEWS)
        facts.register(self.label, own_facts.facts, own_facts.CODES)
        timeline.register(self.label, timeline_events)
        navigation.register(navigation.Section(33, _("Plans"), "plans:list", Perm.PAIR_VIEW))
        howtos.register("plans", "plans", library="plans#библиотека", approve="plans#утвердить")
        holdings.register(*HELD)
