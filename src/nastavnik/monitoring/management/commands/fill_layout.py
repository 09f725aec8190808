"""`fill-layout LAYOUT.xlsx --mapping FILE --year Y --out FILE`: a form of somebody else filled with the facts of a year."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.errors import RefusedError
from nastavnik.monitoring.adapter import cells_filled, filled_layout, read_mapping
from nastavnik.monitoring.choices import FIRST_YEAR, LAST_YEAR
from nastavnik.monitoring.queries.layout_facts import facts_of
from nastavnik.organisations.queries import only_organisation

USAGE = 2


class Command(BaseCommand):
    help = "Fill an .xlsx with the facts of a year by a mapping of its cells; everything else in the file stays. --facts names all facts."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("layout", nargs="?", type=Path, help=".xlsx")
        parser.add_argument("--mapping", type=Path, help="which cell shows which fact, JSON")
        parser.add_argument("--year", type=int, help="calendar year")
        parser.add_argument("--out", type=Path, help="where to put the filled .xlsx")
        parser.add_argument("--facts", action="store_true", help="print the facts there are")
        parser.add_argument(
            "--organisation", default="", help="key or short name; needed where there are several"
        )

    def handle(self, *_args: object, **options: Any) -> None:
        try:
            self._fill(options)
        except (RefusedError, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal

    def _fill(self, options: dict[str, Any]) -> None:
        place = only_organisation(options["organisation"])
        if options["facts"]:
            for fact in facts_of(place).values():
                self.stdout.write(f"{fact.code:<28}{fact.kind:<9}{fact.title}")
            return
        lacking = [name for name in ("layout", "mapping", "year", "out") if not options[name]]
        if lacking or not FIRST_YEAR <= options["year"] <= LAST_YEAR:
            raise CommandError(
                _("Say all of it: fill-layout LAYOUT.xlsx --mapping FILE --year 2026 --out FILE."),
                returncode=USAGE,
            )
        cells = cells_filled(place, read_mapping(options["mapping"].read_bytes()), options["year"])
        layout, out = options["layout"], options["out"]
        out.write_bytes(filled_layout(layout.read_bytes(), layout.name, cells))
        n_known = sum(one.value is not None for one in cells)
        words = ngettext(
            "%(out)s: %(n)s cell, %(known)s with a value.",
            "%(out)s: %(n)s cells, %(known)s with a value.",
            len(cells),
        )
        self.stdout.write(words % {"out": out, "n": len(cells), "known": n_known})
        for one in cells:
            if one.value is None:
                self.stderr.write(f"{one.cell.sheet}!{one.cell.ref}: {one.fact.title}, {one.year}")
