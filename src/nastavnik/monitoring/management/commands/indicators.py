"""`indicators --year Y`: every indicator of a calendar year with its birth certificate."""

import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from nastavnik.core.errors import RefusedError
from nastavnik.monitoring.choices import FIRST_YEAR, LAST_YEAR
from nastavnik.monitoring.queries.indicators import BirthCertificate, every_certificate
from nastavnik.monitoring.tables import percent_words, plan_words, warnings_of
from nastavnik.organisations.queries import only_organisation

USAGE = 2


class Command(BaseCommand):
    help = "Print the indicators of the method for a calendar year: numerator, denominator, value, planned value and warnings."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--year", type=int, required=True, help="calendar year")
        parser.add_argument(
            "--on",
            type=dt.date.fromisoformat,
            help="day on which age and years of work are counted; else 31 December of the year",
        )
        parser.add_argument("--json", action="store_true", help="print a JSON list")
        parser.add_argument(
            "--organisation", default="", help="key or short name; needed where there are several"
        )

    def handle(self, *_args: object, **options: Any) -> None:
        year = options["year"]
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise CommandError(
                _("Say a calendar year from %(first)s on: --year 2026.") % {"first": FIRST_YEAR},
                returncode=USAGE,
            )
        try:
            place = only_organisation(options["organisation"])
        except RefusedError as refusal:
            raise CommandError(str(refusal), returncode=USAGE) from refusal
        rows = every_certificate(place, year, on=options["on"])
        if options["json"]:
            self.stdout.write(json.dumps([as_json(row) for row in rows], ensure_ascii=False))
            return
        for row in rows:
            plan = plan_words(row) or _("nothing is planned")
            self.stdout.write(f"{row.rule.code:<4}{percent_words(row)}; {plan}. {row.rule.title}")
            for warning in warnings_of(row):
                self.stdout.write(f"    {warning}")


def as_json(row: BirthCertificate) -> dict[str, Any]:
    """Return an indicator as plain data; what is not known is null and never 0."""
    value = row.share.percent
    return {
        "code": row.rule.code,
        "title": row.rule.title,
        "numerator": row.found.n,
        "denominator": row.denominator,
        "value": None if value is None else float(value),
        "target": row.target,
        "on": row.on.isoformat(),
        "warnings": warnings_of(row),
    }
