from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks import holdings, howtos, navigation, search


class CabinetConfig(AppConfig):
    name = "nastavnik.cabinet"
    label = "cabinet"

    def ready(self) -> None:
        from nastavnik.cabinet.holdings import HELD
        from nastavnik.cabinet.search import find

        # who finds nothing else has no field to look in
        perms = frozenset({Perm.ROSTER_VIEW, Perm.PAIR_VIEW, Perm.DOCUMENT_VIEW})
        search.register(
            search.Source(90, "how-to", _("How it is done"), "circle-question-mark", perms, find)
        )
        howtos.register(
            "cabinet",
            "today",
            set_up="first-evening#1-знакомство",
            district="district",
            overview="today#программа-на-одной-странице",
            search="first-evening#найти-человека-пару-или-документ",
            how_to="first-evening",
            how_tos="first-evening",
            trail="trail",
            seen="trail#кто-видел-карточку",
            calendar="today#в-мой-календарь",
            take_out="excel#зачем-выгружаете",
        )
        navigation.register(navigation.Section(10, _("Today"), "cabinet:home", Perm.HOME, "t"))
        navigation.register(navigation.Section(41, _("Journal"), "cabinet:trail", Perm.TRAIL_VIEW))
        navigation.register(
            navigation.Section(80, _("District"), "cabinet:district", Perm.DISTRICT_VIEW)
        )
        holdings.register(*HELD)
