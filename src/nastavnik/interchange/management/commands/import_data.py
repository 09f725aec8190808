"""`import-data FOLDER`: a new organisation of a data package, whole or not at all."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from nastavnik.core.access import Role
from nastavnik.core.errors import RefusedError
from nastavnik.core.passwords import one_time_password
from nastavnik.interchange import actions
from nastavnik.interchange.adapter.files import read_files
from nastavnik.interchange.queries import offices_named
from nastavnik.organisations.models import Organisation
from nastavnik.people.actions import add_account, give_one_time_password, grant_role

USAGE = 2
MOST_SHOWN = 200


class Command(BaseCommand):
    help = "Make a new organisation of a data package (a folder or a .zip), whole or not at all."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder, or a .zip of one")
        parser.add_argument("--parent", default="", help="key or short name of the office above it")
        parser.add_argument(
            "--curator", default="", help="login of its first curator; else curator-KEY"
        )

    def handle(
        self, *_args: object, folder: Path, parent: str, curator: str, **_options: object
    ) -> None:
        try:
            files = read_files(folder)
            with transaction.atomic():
                arrived = actions.import_package(files, parent=_office(parent), by=None)
                login, password = _curator(arrived.organisation, curator)
        except actions.PackageRefusedError as refusal:
            self._refuse(refusal)
        except (RefusedError, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal
        for note in arrived.notes:
            self.stderr.write(note)
        counted = ", ".join(f"{name} {n}" for name, n in arrived.n_rows.items() if n)
        self.stdout.write(
            _("Loaded: %(name)s, key %(key)s. Rows: %(counted)s.")
            % {
                "name": arrived.organisation.short_name,
                "key": arrived.organisation.pk,
                "counted": counted,
            }
        )
        self.stdout.write(
            _("To sign in for the first time: %(login)s / %(password)s")
            % {"login": login, "password": password}
        )

    def _refuse(self, refusal: actions.PackageRefusedError) -> None:
        for fault in refusal.faults:
            self.stderr.write(str(fault))
        raise CommandError(
            _("Nothing is loaded. Faults: %(n)s; mend them and load again.")
            % {"n": len(refusal.faults)}
        ) from refusal


def _office(wanted: str) -> Organisation | None:
    if not wanted:
        return None
    found = offices_named(wanted)
    if len(found) != 1:
        raise CommandError(_("There is no such office: %s.") % wanted, returncode=USAGE)
    return found[0]


def _curator(organisation: Organisation, wanted: str) -> tuple[str, str]:
    """Give the organisation its first account: nobody could sign in otherwise."""
    login = wanted or f"curator-{organisation.pk}"
    user = add_account(login, one_time_password(), full_name=_("Curator"), by=None)
    grant_role(user, organisation, Role.CURATOR, by=None)
    return user.login, give_one_time_password(user, by=None).password
