"""`document --list`, `document KIND --out FILE`: any paper as a file, without a press on a page."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from nastavnik.documents.paper_kinds import (
    PaperKind,
    PaperOf,
    SheetKind,
    Wanted,
    kinds,
    sheet_kinds,
)
from nastavnik.documents.queries import drawn
from nastavnik.organisations.choices import Level
from nastavnik.organisations.models import Organisation
from nastavnik.writers.pdfs import draw_pdf
from nastavnik.writers.wordfiles import draw_docx

USAGE = 2
DRAW = {".docx": draw_docx, ".pdf": draw_pdf}
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
# what papers of something can be asked for by
_ASKED_BY = {
    PaperOf.PAIR: {"pair", "person"},
    PaperOf.PERSON: {"pair", "person"},
    PaperOf.MONTH: {"pair", "person", "month"},
}


class Command(BaseCommand):
    help = "Draw a paper into a .docx or .pdf; --list names all kinds. Nothing is written into the database."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", nargs="?", default="", help="a code of --list")
        parser.add_argument("--list", action="store_true", help="print the kinds of papers")
        parser.add_argument("--json", action="store_true", help="print the list as JSON")
        parser.add_argument(
            "--pair", type=int, help="number of a pair, as in the address of its page"
        )
        parser.add_argument(
            "--person", type=int, help="number of a person, as in the address of the card"
        )
        parser.add_argument("--month", default="", help="YYYY-MM")
        parser.add_argument(
            "--organisation",
            type=int,
            help="number of an organisation; else the first one that has the paper",
        )
        parser.add_argument("--out", type=Path, help="where to put the .docx or .pdf")

    def handle(self, *_args: object, **options: Any) -> None:
        if options["list"]:
            self._list(as_json=options["json"])
            return
        kind, out = _kind_of(options["kind"]), options["out"]
        if out is None or out.suffix.lower() not in DRAW:
            raise CommandError(
                _("Say where to put the paper: --out NAME.docx or --out NAME.pdf."),
                returncode=USAGE,
            )
        wanted = Wanted(options["pair"], options["person"], options["month"])
        if reason := _misfit(kind, wanted):
            raise CommandError(reason, returncode=USAGE)
        with transaction.atomic():
            found = next(_drawn(kind, options["organisation"], wanted, out.suffix.lower()), None)
            transaction.set_rollback(True)
        if found is None:
            raise CommandError(_none(kind, wanted))
        title, data = found
        try:
            out.write_bytes(data)
        except OSError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{title}: {out}")

    def _list(self, *, as_json: bool) -> None:
        rows = [{"kind": one.code, "title": str(one.title), "of": one.of.value} for one in _every()]
        if as_json:
            self.stdout.write(json.dumps(rows, ensure_ascii=False))
            return
        for row in rows:
            self.stdout.write(f"{row['kind']:<28}{row['of']:<14}{row['title']}")


def _every() -> list[PaperKind | SheetKind]:
    return [*kinds(), *sheet_kinds()]


def _kind_of(code: str) -> PaperKind | SheetKind:
    found = next((one for one in _every() if one.code == code), None)
    if found is None:
        raise CommandError(
            _("There is no kind of paper «%(code)s». `document --list` names them all.")
            % {"code": code},
            returncode=USAGE,
        )
    return found


def _misfit(kind: PaperKind | SheetKind, wanted: Wanted) -> str:
    """Return why a paper of this kind cannot be asked for like this."""
    said = {name for name in ("pair", "person", "month") if getattr(wanted, name)}
    if extra := said - _ASKED_BY.get(kind.of, set()):
        return _("«%(title)s» is not of a %(what)s: leave --%(what)s out.") % {
            "title": kind.title,
            "what": min(extra),
        }
    if wanted.month and not _MONTH.fullmatch(wanted.month):
        return _("Write the month as 2026-11.")
    return ""


def _drawn(
    kind: PaperKind | SheetKind, organisation: int | None, wanted: Wanted, suffix: str
) -> Iterator[tuple[str, bytes]]:
    """Yield title and file of each paper asked for, in the order of the organisations."""
    every = Organisation.objects.filter(level=Level.ORGANISATION).order_by("pk")
    for one in every.filter(pk=organisation) if organisation else every:
        if isinstance(kind, SheetKind):
            for sheet in kind.sheets(one, wanted):
                yield sheet.title, sheet.docx() if suffix == ".docx" else sheet.pdf()
        else:
            for paper in drawn(kind, one, wanted):
                yield paper.title, DRAW[suffix](paper.title, paper.blocks)


def _none(kind: PaperKind | SheetKind, wanted: Wanted) -> str:
    if not Organisation.objects.filter(level=Level.ORGANISATION).exists():
        return _("There is no organisation yet. Open the site and set it up first.")
    if wanted.is_any:
        return _("There is nothing yet that «%(title)s» could be drawn of.") % {"title": kind.title}
    return _("There is no paper «%(title)s» of what you named: check the number and the month.") % {
        "title": kind.title
    }
