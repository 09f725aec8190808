"""The way back in for whoever keeps the server: a one-time password for any account."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from nastavnik.people.actions import give_one_time_password
from nastavnik.people.models import User


class Command(BaseCommand):
    help = "Give an account a one-time password: for the only curator or the only director, whom nobody else can help."

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask for the login."""
        parser.add_argument("login")

    def handle(self, *_args: object, login: str, **_options: object) -> None:
        """Print the password once."""
        try:
            user = User.objects.get_by_natural_key(login)
        except User.DoesNotExist as error:
            raise CommandError(_("There is no account with the login %s.") % login) from error
        slip = give_one_time_password(user, by=None)
        self.stdout.write(f"{user.full_name}: {slip.password}")
