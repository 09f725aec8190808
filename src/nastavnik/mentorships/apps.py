from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks import (
    attention,
    digest,
    holdings,
    howtos,
    known_pairs,
    navigation,
    pair_notes,
    retention,
    search,
    timeline,
    upcoming,
)


class MentorshipsConfig(AppConfig):
    name = "nastavnik.mentorships"
    label = "mentorships"

    def ready(self) -> None:
        from nastavnik.documents import paper_kinds
        from nastavnik.mentorships import attention as own
        from nastavnik.mentorships import facts as own_facts
        from nastavnik.mentorships import (
            receivers,  # noqa: F401 - connects them
            tasks,
        )
        from nastavnik.mentorships.holdings import HELD
        from nastavnik.mentorships.papers import (
            ORDER_ON_ENDS,
            ORDER_ON_MORE_TIME,
            ORDER_ON_PAIRS,
            ORDER_ON_PAUSES,
        )
        from nastavnik.mentorships.queries import timeline_events
        from nastavnik.mentorships.queries.named import names_of_pairs
        from nastavnik.mentorships.queries.pauses import pause_notes
        from nastavnik.mentorships.search import find, of_person

        tasks.register_kinds()
        retention.register(tasks.BASE_DRAFTS)
        for kind in (ORDER_ON_PAIRS, ORDER_ON_MORE_TIME, ORDER_ON_PAUSES, ORDER_ON_ENDS):
            paper_kinds.register(kind)
        attention.register(self.label, own.items)
        pair_notes.register(self.label, pause_notes)
        known_pairs.register(self.label, names_of_pairs)
        upcoming.register(self.label, own.coming)
        digest.register(*own.NEWS)
        own_facts.register()
        timeline.register(self.label, timeline_events)
        both = frozenset({Perm.PAIR_VIEW, Perm.OWN_PAIR_VIEW})
        search.register(search.Source(30, "pair", _("Pairs"), "users", both, find, of_person))
        navigation.register(
            navigation.Section(31, _("Pairs"), "mentorships:list", Perm.PAIR_VIEW, "p")
        )
        navigation.register(
            navigation.Section(32, _("My pairs"), "mentorships:own", Perm.OWN_PAIR_VIEW, "p")
        )
        howtos.register(
            "mentorships",
            "pairs",
            **dict.fromkeys(("own", "this_month", "month"), "meetings"),
            week="week",
            contact="week",
            base_files="bases#базы-файлами",
            base_draft="bases#базы-файлами",
            wake="week",
            replace="matching#заменить-наставника",
        )
        holdings.register(*HELD)
