"""How a package called the rows that came in with it."""

from nastavnik.core.hooks.holdings import Aside
from nastavnik.interchange.models import PackageKey

HELD = (Aside(PackageKey, "как строку называл присланный пакет данных: её ключ, обычно число"),)
