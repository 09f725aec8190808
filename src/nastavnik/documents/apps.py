from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks import digest, facts, holdings, howtos, navigation, search, timeline


class DocumentsConfig(AppConfig):
    name = "nastavnik.documents"
    label = "documents"

    def ready(self) -> None:
        from nastavnik.documents import facts as own
        from nastavnik.documents.holdings import HELD
        from nastavnik.documents.texts import codes

        facts.register(self.label, own.facts, codes())
        digest.register(*own.NEWS)
        from nastavnik.documents.queries import timeline_events
        from nastavnik.documents.search import find

        search.register(
            search.Source(
                40, "paper", _("Documents"), "file-text", frozenset({Perm.DOCUMENT_VIEW}), find
            )
        )
        timeline.register(self.label, timeline_events)
        navigation.register(
            navigation.Section(40, _("Documents"), "documents:register", Perm.DOCUMENT_VIEW)
        )
        howtos.register(
            "documents",
            "documents",
            card="documents#от-проекта-к-приказу",
            new="documents#новый-документ",
            check="documents#проверить-документ",
            check_paper="documents#проверить-документ",
        )
        holdings.register(*HELD)
