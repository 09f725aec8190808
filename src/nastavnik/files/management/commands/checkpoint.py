from argparse import ArgumentParser
from contextlib import closing
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from nastavnik.files.checkpointing import (
    checkpoint,
    embedded_database,
    open_for_checkpoints,
    sole_checkpointer,
)


class Command(BaseCommand):
    help = "Copy the log of the embedded database into its file, unless a running site does it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--truncate", action="store_true", help="also cut the log to nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        database = embedded_database()
        if database is None:
            raise CommandError(_("Only the embedded database has a log to copy."))
        with sole_checkpointer(database) as mine:
            if not mine:
                raise CommandError(_("The running site does it by itself."))
            with closing(open_for_checkpoints(database)) as opened:
                n_pages, n_copied = checkpoint(opened, truncate=options["truncate"])
        self.stdout.write(f"{n_copied}/{n_pages}")
