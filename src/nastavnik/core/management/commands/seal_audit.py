"""`seal-audit`: close the open part of the audit trail into its hash chain."""

from typing import Any

from django.core.management.base import BaseCommand

from nastavnik.core import audit


class Command(BaseCommand):
    help = "Seal the open entries of the audit trail, a chain for each organisation."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"Закрыто записей: {audit.seal_all()}.")
