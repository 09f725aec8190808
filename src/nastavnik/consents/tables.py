"""The ledger as its page shows it."""

from collections.abc import Iterable

from django.utils.html import format_html
from django.utils.translation import gettext as _

from nastavnik.consents.choices import Purpose, Signer
from nastavnik.consents.queries import LedgerRow
from nastavnik.core.components import address_of, link, pick, small, state
from nastavnik.core.ticks import Ticks


def ledger_lines(rows: Iterable[LedgerRow], ticks: Ticks) -> list[dict[str, object]]:
    """Return rows of the ledger: who signs, and under the value of each purpose the state of its paper."""
    signers = {signer: str(signer.label) for signer in Signer}
    signed, missing = state("done", _("signed")), state("wait", _("missing"))
    not_asked = format_html('<span class="muted">{}</span>', _("not asked"))
    lines: list[dict[str, object]] = []
    for row in rows:
        person, name = row.person, row.person.full_name
        papers = dict.fromkeys(Purpose, not_asked)
        papers |= dict.fromkeys(row.missing, missing) | dict.fromkeys(row.held, signed)
        lines.append(
            {
                "pick": pick("people", person.pk, name, is_checked=person.pk in ticks.keys),
                "name": link(address_of("consents:person", person.pk), name),
                "group": small(row.group),
                "signer": signers[row.signer],
                **{purpose.value: paper for purpose, paper in papers.items()},
            }
        )
    return lines
