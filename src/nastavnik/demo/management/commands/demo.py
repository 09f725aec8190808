"""`demo --stage running`: load the invented district and print the ways in."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from nastavnik.demo import scenario
from nastavnik.organisations.queries import is_set_up


class Command(BaseCommand):
    help = "Load the demo: an invented district with two schools."
    # the pages are not needed to fill a database: checking them costs as much as the rest of the start
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stage", choices=scenario.STAGES, default="running")
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where there is something already"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if not is_set_up():
            scenario.build(options["stage"])
        elif not options["if_empty"]:
            raise CommandError(
                "В этой базе уже есть организация: демо загружают только в пустую (--data ПАПКА).",
                returncode=1,
            )
        password = scenario.settled_password()
        for account in scenario.accounts():
            self.stdout.write(f"{account.role}: {account.login} / {password}")
