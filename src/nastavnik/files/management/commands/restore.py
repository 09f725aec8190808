from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from nastavnik.core.errors import RefusedError
from nastavnik.files.backups import restore_backup
from nastavnik.files.management import asking


class Command(BaseCommand):
    help = "Bring an archive of `backup` back into an empty data folder; all sessions end."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="an archive written by `backup`")
        parser.add_argument(
            "--replace", action="store_true", help="give up the data that is there now"
        )
        asking.add_arguments(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        passphrase = asking.passphrase_of(options, is_new=False)
        try:
            manifest = restore_backup(
                options["file"].resolve(), replace=options["replace"], passphrase=passphrase
            )
        except RefusedError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                _("The data could not be restored: %(why)s.") % {"why": error.strerror or error}
            ) from error
        self.stdout.write(
            _("Restored into %(folder)s the copy of %(made_at)s. Everyone signs in again.")
            % {"folder": settings.DATA, "made_at": manifest.made_at}
        )
