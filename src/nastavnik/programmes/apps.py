from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks import (
    attention,
    consent_needs,
    digest,
    holdings,
    howtos,
    navigation,
    role_scopes,
    search,
    upcoming,
)


def load_directory(*, using: str, **kwargs: Any) -> None:
    """Bring the directory of forms in step with the shipped file once every migration is applied.

    On the way back, or half-way, the tables are not those of the models.
    """
    from django.db import connections
    from django.db.migrations.loader import MigrationLoader

    from nastavnik.programmes.actions import load_directory as load

    loader = MigrationLoader(connections[using])
    if set(loader.graph.leaf_nodes()) <= set(loader.applied_migrations):
        load(by=None)


class ProgrammesConfig(AppConfig):
    name = "nastavnik.programmes"
    label = "programmes"

    def ready(self) -> None:
        from nastavnik.programmes import attention as own
        from nastavnik.programmes import facts as own_facts
        from nastavnik.programmes import receivers  # noqa: F401 - connects them
        from nastavnik.programmes.holdings import HELD
        from nastavnik.programmes.queries import (
            forms_of,
            people_in_bases,
            people_paired,
            people_prepared,
        )
        from nastavnik.programmes.search import find, of_person

        post_migrate.connect(load_directory, sender=self)
        consent_needs.register(self.label, people_in_bases)
        for code, label, people in (
            ("paired", _("of those in pairs"), people_paired),
            ("prepared", _("of those being prepared"), people_prepared),
        ):
            consent_needs.register_part(code, consent_needs.LedgerPart(label, people))
        role_scopes.register(self.label, forms_of)
        attention.register(self.label, own.items)
        upcoming.register(self.label, own.coming)
        digest.register(*own.NEWS)
        own_facts.register()
        search.register(
            search.Source(
                20,
                "record",
                _("In the bases"),
                "list",
                frozenset({Perm.BASE_VIEW}),
                find,
                of_person,
            )
        )
        navigation.register(
            navigation.Section(24, _("Group meetings"), "programmes:meetings", Perm.MATCHING_VIEW)
        )
        navigation.register(
            navigation.Section(33, _("My choice"), "programmes:choices", Perm.OWN_PAIR_VIEW)
        )
        navigation.register(
            navigation.Section(11, _("Programme"), "programmes:overview", Perm.PROGRAMME_VIEW)
        )
        navigation.register(
            navigation.Section(22, _("Mentees"), "programmes:mentees", Perm.BASE_VIEW)
        )
        navigation.register(
            navigation.Section(23, _("Mentors"), "programmes:mentors", Perm.BASE_VIEW)
        )
        howtos.register(
            "programmes",
            "bases",
            overview="bases#программа",
            add="bases#программа",
            edit="bases#программа",
            limits="bases#программа",
            add_to_base="bases#взять-в-базу",
            describe="bases#запросы-и-области",
            record="bases#запросы-и-области",
            closing="bases#конец-года",
            go_on="bases#кто-продолжает",
            **dict.fromkeys(
                ("meetings", "add_meeting", "meeting", "reopen", "choices", "choose"),
                "group-meeting",
            ),
        )
        holdings.register(*HELD)
