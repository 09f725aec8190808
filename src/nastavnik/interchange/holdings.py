"""How a package called the person who came in with it."""

from django.db.models import Q

from nastavnik.core.hooks.holdings import Holding
from nastavnik.interchange.models import PackageKey

HELD = (
    Holding(
        PackageKey,
        "Как человека называл присланный пакет данных",
        (),
        find=lambda key: Q(table="people", row_id=key),
        words={"key": "ключ"},
        deletes=True,
    ),
)
