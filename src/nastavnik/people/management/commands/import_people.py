"""`import-people FILE`: a list into the roster, or what it says as JSON."""

import argparse
import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.organisations.choices import Level
from nastavnik.organisations.models import Organisation
from nastavnik.people import actions, adapter
from nastavnik.people.choices import RosterKind

USAGE = 2
_COUNTED = {"new": "new", "changed": "changed", "same": "same", "left": "waiting"}


@dataclass(frozen=True)
class Read:
    """One sheet of the file with the lists on it."""

    name: str
    lists: tuple[tuple[adapter.Understanding, adapter.Roster], ...]

    @property
    def n_people(self) -> int:
        """Return the number of people who can be taken."""
        return sum(len(roster.people) for _found, roster in self.lists)


class Command(BaseCommand):
    help = "Load a list of pupils or staff (.xlsx, .csv) into the roster."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--kind", choices=RosterKind.values, help="guessed when left out")
        parser.add_argument("--sheet", help="the sheet to read; else the one with most people")
        parser.add_argument("--dry-run", action="store_true", help="read only, touch no database")
        parser.add_argument("--json", action="store_true", help="print what is read as JSON")
        parser.add_argument(
            "--organisation", help="key or short name; needed where there are several"
        )
        parser.add_argument("--today", type=_day, help="YYYY-MM-DD, against which ages are judged")

    def handle(self, *_args: object, **options: object) -> None:
        kind = RosterKind(str(options["kind"])) if options["kind"] else None
        day = options["today"] if isinstance(options["today"], dt.date) else today()
        path, sheet = Path(str(options["file"])), options["sheet"]
        try:
            data = path.read_bytes()
            read = self._read(path.name, data, kind, str(sheet) if sheet else None, day)
        except (OSError, adapter.ReaderError) as problem:
            raise CommandError(str(problem)) from problem
        if options["json"]:
            self.stdout.write(json.dumps(adapter.lists_json(read.lists), ensure_ascii=False))
        for _found, roster in () if options["json"] else read.lists:
            for said in (*roster.errors, *roster.questions, *roster.doubts):
                self.stderr.write(
                    _("row %(row)s: %(reason)s") % {"row": said.row, "reason": said.reason}
                )
        if not options["dry_run"]:
            self._load(path.name, data, read, kind, _organisation(options["organisation"]), day)
        elif not options["json"]:
            n = read.n_people
            self.stdout.write(
                ngettext("%(n)s person is read", "%(n)s people are read", n) % {"n": n}
            )

    def _read(
        self, name: str, data: bytes, kind: RosterKind | None, sheet: str | None, day: dt.date
    ) -> Read:
        """Return the named sheet, else the one with most people."""
        every = []
        for one in adapter.read_list(file_name=name, data=data):
            lists = [
                (two.found, adapter.read_sheet(two.rows, two.found, today=day))
                for two in adapter.lists_in(one, kind=kind)
            ]
            every.append(Read(one.name, tuple(lists)))
        chosen = [one for one in every if one.name == sheet] if sheet else every
        if not chosen:
            names = ", ".join(one.name for one in every)
            raise CommandError(
                _("There is no such sheet. The file has: %(names)s.") % {"names": names},
                returncode=USAGE,
            )
        best = max(chosen, key=lambda one: one.n_people)
        if others := [one.name for one in every if one is not best and one.n_people]:
            self.stderr.write(
                _("Only the sheet “%(name)s” is read; people stand also on: %(names)s.")
                % {"name": best.name, "names": ", ".join(others)}
            )
        return best

    def _load(
        self,
        name: str,
        data: bytes,
        read: Read,
        kind: RosterKind | None,
        organisation: Organisation,
        day: dt.date,
    ) -> None:
        try:
            # a refusal leaves no draft behind: nobody would look for it on the site
            with transaction.atomic():
                drafts = actions.start_import(
                    organisation, kind=kind, file_name=name, data=data, sheet=read.name, by=None
                )
                done = [actions.accept_import(draft, by=None, day=day) for draft in drafts]
        except RefusedError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stderr.write(
            _(
                "Added: %(new)s, changed: %(changed)s, as they were: %(same)s, rows left out: %(left)s."
            )
            % {
                word: sum(draft.summary[f"n_{key}"] for draft in done)
                for word, key in _COUNTED.items()
            }
        )


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("YYYY-MM-DD") from error


def _organisation(wanted: object) -> Organisation:
    """Return the named organisation, or the only one there is."""
    every = Organisation.objects.filter(level=Level.ORGANISATION)
    if wanted:
        text = str(wanted)
        every = every.filter(pk=int(text)) if text.isdecimal() else every.filter(short_name=text)
    found = list(every[:2])
    if len(found) == 1:
        return found[0]
    if wanted or not found:
        raise CommandError(_("There is no such organisation. Open the site and set it up first."))
    raise CommandError(
        _("There are several organisations: name one with --organisation."), returncode=USAGE
    )
