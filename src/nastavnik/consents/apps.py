from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks import attention, holdings, howtos, navigation, search, timeline


class ConsentsConfig(AppConfig):
    name = "nastavnik.consents"
    label = "consents"

    def ready(self) -> None:
        from nastavnik.consents.attention import items
        from nastavnik.consents.holdings import HELD
        from nastavnik.consents.queries import timeline_events
        from nastavnik.consents.search import of_person

        attention.register(self.label, items)
        timeline.register(self.label, timeline_events)
        search.register(
            search.Source(
                15,
                "consent",
                _("Consents"),
                "file-check",
                frozenset({Perm.CONSENT_VIEW}),
                None,
                of_person,
            )
        )
        navigation.register(
            navigation.Section(21, _("Consents"), "consents:ledger", Perm.CONSENT_VIEW)
        )
        howtos.register(
            "consents",
            "consents",
            person="consents#один-человек",
            withdraw="consents#отозвать",
            print="consents#напечатать-бланки",
            pack="consents#бланки-вернулись",
            missing="consents#кто-не-подписал",
            texts="consents#тексты",
            text="consents#тексты",
            text_change="consents#тексты",
            scan="consents#скан-подписанного-бланка",
            links="consents#по-ссылке",
            guardian="consents#законные-представители",
            guardian_add="consents#законные-представители",
        )
        holdings.register(*HELD)
