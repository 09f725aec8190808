"""`verify-audit`: prove that the sealed audit trail has not been touched, and print a code for the safe."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from nastavnik.core import anchors, audit
from nastavnik.core.audit import ChainFault, ChainFinding

SAID = {
    ChainFault.CHANGED: "звено {0}: записи изменены, удалены или вставлены после закрытия",
    ChainFault.MISSING: "звено {0}: удалено",
    ChainFault.FORGED: "звено {0}: закрыто не этим сайтом, ключ не подходит",
    ChainFault.CUT: "звено {0}: удалён конец журнала",
    ChainFault.STRAY: "после звена {0}: записи, которых никто не закрывал",
    ChainFault.BEFORE: "звено {0}: не сходилось уже тогда, когда звенья закрывались новым ключом",
}


class Command(BaseCommand):
    help = (
        "Check the hash chains of the audit trail; --code checks a code that was put into the safe."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--code", help="a code printed by an earlier check")

    def handle(self, *_args: Any, code: str | None = None, **_options: Any) -> None:
        # open entries stay open: what is looked at is what was there
        audit.take_up_key()
        if code:
            self._check_code(code)
        if broken := audit.verify_all():
            places = "; ".join(f"{_named(key)}: {_said(one)}" for key, one in broken.items())
            raise CommandError(f"Журнал изменён после закрытия. {places}.", returncode=1)
        self.stdout.write("Журнал цел.")
        kept = anchors.read()
        for key in audit.sealed_organisations():
            self._show(key, kept)

    def _show(self, key: int | None, kept: anchors.Anchors) -> None:
        link = audit.last_link(key)
        if link is None:
            return
        self.stdout.write(
            f"{_named(key)}: звеньев {link.number}, последнее {_day(link.at)}."
            f" Код для сейфа: {audit.code_of(link)}"
        )
        anchor = kept.chains.get(anchors.chain_name(key))
        if anchor and anchor.unproved:
            self.stdout.write(
                f"  Звенья до {anchor.unproved} закрыты ключом, которого здесь нет (копия с другого компьютера или"
                f" ключ потерян): доказано, что они не менялись с {kept.since[:10]}, а раньше — только по коду из сейфа."
            )

    def _check_code(self, code: str) -> None:
        try:
            found = [
                (key, moment)
                for key in audit.sealed_organisations()
                if (moment := audit.check_code(key, code))
            ]
        except ValueError as error:
            raise CommandError(
                "Это не код: он похож на 57-0A1B-2C3D-4E5F-6789.", returncode=2
            ) from error
        if not found:
            raise CommandError(
                "Код не сходится: журнал до этого звена изменён, укорочен или это журнал другого сайта.",
                returncode=1,
            )
        for key, moment in found:
            self.stdout.write(
                f"Код сходится: {_named(key)}, всё до {_day(moment)} осталось таким, каким было."
            )


def _named(key: int | None) -> str:
    return "сам сайт" if key is None else f"организация {key}"


def _said(finding: ChainFinding) -> str:
    return SAID[finding.fault].format(finding.number)


def _day(moment: Any) -> str:
    return f"{timezone.localtime(moment):%d.%m.%Y %H:%M}"
