from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from nastavnik.core import navigation
from nastavnik.core.access import Perm


class DocumentsConfig(AppConfig):
    name = "nastavnik.documents"
    label = "documents"

    def ready(self) -> None:
        navigation.register(
            navigation.Section(40, _("Documents"), "documents:register", Perm.DOCUMENT_VIEW)
        )
