"""The register as its page shows it."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.translation import gettext as _

from nastavnik.core.ui.components import address_of, icon, link, state
from nastavnik.core.ui.listing import Column, Table
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import title_of


def register_table(papers: Sequence[Document]) -> Table[Document]:
    """Return the register as a list."""
    return Table(
        "documents",
        _("Documents"),
        (
            Column(
                "title",
                _("Paper"),
                lambda paper: paper.title,
                lambda paper: format_html(
                    '{}<br><small class="muted">{}</small>',
                    link(address_of("documents:card", paper.pk), paper.title),
                    title_of(paper.kind),
                ),
            ),
            Column("kind", _("Kind"), lambda paper: title_of(paper.kind), on_page=False),
            Column("number", "№", lambda paper: paper.number),
            Column("date", _("Date"), lambda paper: paper.dated_on, _day),
            Column(
                "state",
                _("State"),
                lambda paper: paper.get_status_display(),
                lambda paper: state(
                    "done" if paper.status == DocumentStatus.REGISTERED else "wait",
                    paper.get_status_display(),
                ),
            ),
            Column(
                "file",
                _("Action"),
                lambda _paper: "",
                lambda paper: format_html(
                    '<a href="{}">{} .docx<span class="visually-hidden"> {} {}</span></a>',
                    address_of("documents:download", paper.pk),
                    icon("download"),
                    paper.title,
                    paper.number,
                ),
                in_file=False,
                is_number=True,
                is_quiet=True,
            ),
        ),
        papers,
    )


def _day(paper: Document) -> str:
    return f"{paper.dated_on:%d.%m.%Y}" if paper.dated_on else "—"
