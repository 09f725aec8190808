"""The ledger as its page shows it."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from nastavnik.consents.choices import Purpose, Signer
from nastavnik.consents.queries import LedgerRow
from nastavnik.core.ui.components import address_of, link, pick, small, state
from nastavnik.core.ui.listing import Column, Table
from nastavnik.core.ui.ticks import Ticks

# purposes with a column of their own; the others are named where they are signed
SHOWN = (Purpose.DATA, Purpose.PARTICIPATION, Purpose.PUBLICATION)


def ledger_table(
    rows: Sequence[LedgerRow],
    ticks: Ticks | None,
    narrowed: Sequence[tuple[StrOrPromise, str]] = (),
) -> Table[LedgerRow]:
    """Return the ledger as a list: who signs, and under each purpose the state of its paper; who may tick has ticks."""
    signers = {signer: str(signer.label) for signer in Signer}
    keys = ticks.keys if ticks else set()
    return Table(
        "consents",
        _("Consents"),
        (
            Column(
                "name",
                _("Full name"),
                lambda row: row.person.full_name,
                lambda row: format_html(
                    "{}{}",
                    link(address_of("consents:person", row.person.pk), row.person.full_name),
                    small(row.group),
                ),
            ),
            Column("group", _("Class"), lambda row: row.group, on_page=False),
            Column("birth", _("Birth date"), lambda row: row.person.birth_date, on_page=False),
            Column(
                "signer",
                _("Who signs"),
                lambda row: signers[row.signer],
                lambda row: format_html("<small>{}</small>", signers[row.signer]),
            ),
            *(_of_purpose(purpose) for purpose in SHOWN),
            Column(
                "others",
                _("Others signed"),
                _others,
                lambda row: small(_others(row)),
            ),
        ),
        rows,
        box=(
            lambda row: pick(
                "people", row.person.pk, row.person.full_name, is_checked=row.person.pk in keys
            )
        )
        if ticks
        else None,
        narrowed=narrowed,
        people=lambda row: [row.person.pk],
    )


def _others(row: LedgerRow) -> str:
    return ", ".join(str(one.label) for one in Purpose if one in row.held and one not in SHOWN)


def _of_purpose(purpose: Purpose) -> Column[LedgerRow]:
    words = {"held": _("signed"), "missing": _("missing"), "": _("not asked")}
    drawn = {
        "held": state("done", words["held"]),
        "missing": state("wait", words["missing"]),
        "": format_html('<span class="muted">{}</span>', words[""]),
    }

    def paper(row: LedgerRow) -> str:
        if purpose in row.held:
            return "held"
        return "missing" if purpose in row.missing else ""

    return Column(
        purpose.value,
        purpose.label,
        lambda row: words[paper(row)],
        lambda row: drawn[paper(row)],
    )
