"""The way back in for whoever keeps the server: the second step of any account ended."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from nastavnik.core.errors import RefusedError
from nastavnik.people.actions import switch_off_second_step
from nastavnik.people.models import User


class Command(BaseCommand):
    help = "End the second step of an account: for a director or a coordinator without telephone and recovery codes."

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask for the login."""
        parser.add_argument("login")

    def handle(self, *_args: object, login: str, **_options: object) -> None:
        """Say whose step is off now."""
        try:
            user = User.objects.get_by_natural_key(login)
        except User.DoesNotExist as error:
            raise CommandError(_("There is no account with the login %s.") % login) from error
        try:
            switch_off_second_step(user, by=None)
        except RefusedError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(_("%s: the second step is off.") % user.full_name)
