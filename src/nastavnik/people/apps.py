from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks import attention, holdings, howtos, navigation, retention, search


class PeopleConfig(AppConfig):
    name = "nastavnik.people"
    label = "people"

    def ready(self) -> None:
        from nastavnik.people import tasks
        from nastavnik.people.attention import classes_to_take, ended_steps, items
        from nastavnik.people.holdings import HELD
        from nastavnik.people.search import find

        attention.register("people", items)
        attention.register("second step", ended_steps)
        attention.register("classes", classes_to_take)
        retention.register(tasks.LISTS)
        retention.register(tasks.MERGES)
        tasks.register_kinds()
        search.register(
            search.Source(10, "person", _("People"), "user", frozenset({Perm.ROSTER_VIEW}), find)
        )
        navigation.register(navigation.Section(20, _("People"), "people:list", Perm.ROSTER_VIEW))
        howtos.register(
            "people",
            "people",
            list="people",
            add="people#добавить-человека",
            edit="people#исправить-карточку",
            family="people#семья",
            left="people#кто-ушёл",
            **dict.fromkeys(("doubles", "merge", "unmerge"), "people#двойники"),
            card="people#карточка",
            groups="people#классы-и-классные-руководители",
            group="people#классы-и-классные-руководители",
            **dict.fromkeys(("next_year", "next_year_back"), "people#новый-учебный-год"),
            **dict.fromkeys(
                ("import", "import_preview", "import_errors", "import_discard"), "lists"
            ),
            **dict.fromkeys(
                ("accounts", "slips", "end_role", "password", "end_others", "typed"), "accounts"
            ),
            slip_halves="accounts#листок-из-двух-половин",
            **dict.fromkeys(
                ("second_step", "second_step_begin", "second_step_noted", "second_step_off"),
                "accounts#второй-шаг-при-входе",
            ),
        )
        holdings.register(*HELD)
