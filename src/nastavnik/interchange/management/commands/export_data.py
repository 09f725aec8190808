"""`export-data FOLDER`: one organisation with all its years as a data package."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from nastavnik.core.errors import RefusedError
from nastavnik.interchange import actions
from nastavnik.interchange.adapter.files import write_folder
from nastavnik.interchange.queries import SchoolPackage
from nastavnik.organisations.queries import organisations_named

USAGE = 2


class Command(BaseCommand):
    help = "Write one organisation with its years as a data package: tables as .csv and datapackage.json."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="new or empty")
        parser.add_argument(
            "--organisation", default="", help="key or short name; needed where there are several"
        )

    def handle(self, *_args: object, folder: Path, organisation: str, **_options: object) -> None:
        found = organisations_named(organisation)
        if not found:
            raise CommandError(
                _("There is no such organisation. Open the site and set it up first.")
            )
        if len(found) > 1:
            named = "\n".join(f"{one.pk}: {one.short_name}" for one in found)
            raise CommandError(
                _("There are several organisations: name one with --organisation.") + f"\n{named}",
                returncode=USAGE,
            )
        try:
            package = SchoolPackage(found[0])
            names = write_folder(package, folder)
            actions.note_package_taken(found[0], n_rows=package.n_rows, by=None)
        except (RefusedError, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            _("%(name)s: %(n)s files in %(folder)s.")
            % {"name": found[0].short_name, "n": len(names), "folder": folder}
        )
