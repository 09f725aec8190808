"""`retention`: forget what is past its term; the site does it once a day."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from nastavnik.core.hooks import retention


class Command(BaseCommand):
    help = "Forget what is past its term; --dry-run only says how much that is."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="forget nothing")

    def handle(self, *_args: Any, dry_run: bool, **_options: Any) -> None:
        done = retention.due() if dry_run else retention.forget_all()
        for rule, number in done:
            days = retention.terms()[rule.name]
            self.stdout.write(f"{rule.label} (срок {days} дн.): {number}")
        if dry_run:
            self.stdout.write("Ничего не удалено: это проба.")
