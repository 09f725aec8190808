from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from nastavnik.core.errors import RefusedError
from nastavnik.files.backups import make_backup
from nastavnik.files.management import asking
from nastavnik.files.sealing import require_long


class Command(BaseCommand):
    help = "Write the database and the files into one verified archive; the site may be running."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, help="the archive to write, for instance copy.tar.gz"
        )
        asking.add_arguments(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        passphrase = asking.passphrase_of(options, is_new=True)
        try:
            if passphrase:
                require_long(passphrase)
            made = make_backup(options["file"].resolve(), passphrase=passphrase)
        except RefusedError as error:
            raise CommandError(str(error)) from error
        n_bytes = options["file"].stat().st_size
        self.stdout.write(
            _("Written and verified: %(path)s, %(n_bytes)d bytes, %(n_files)d files.")
            % {
                "path": options["file"],
                "n_bytes": n_bytes,
                "n_files": len(made.members) - 1,
            }
        )
