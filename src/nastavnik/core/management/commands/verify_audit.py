"""`verify-audit`: prove that the sealed audit trail has not been touched."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from nastavnik.core import audit


class Command(BaseCommand):
    help = "Check the hash chains of the audit trail."

    def handle(self, *_args: Any, **_options: Any) -> None:
        broken = {
            key: number for key in audit.sealed_organisations() if (number := audit.verify(key))
        }
        if broken:
            places = ", ".join(
                f"организация {key}: звено {number}" for key, number in broken.items()
            )
            raise CommandError(f"Журнал изменён после закрытия: {places}.", returncode=1)
        self.stdout.write("Журнал цел.")
