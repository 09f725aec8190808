"""`gallery --out DIR`: every paper of one school as .docx, .pdf and pictures, with a page that shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from nastavnik.demo import scenario
from nastavnik.documents.paper_kinds import Wanted, kinds, sheet_kinds
from nastavnik.documents.queries import Drawn, drawn
from nastavnik.organisations.choices import Level
from nastavnik.organisations.models import Organisation
from nastavnik.organisations.queries import is_set_up
from nastavnik.writers.pdfs import draw_pdf
from nastavnik.writers.pictures import draw_pages
from nastavnik.writers.wordfiles import draw_docx


@dataclass(frozen=True, slots=True)
class GalleryPaper:
    """A paper of the gallery: its files by name; none where the school has no such paper."""

    code: str
    kind: str
    title: str = ""
    pages: Sequence[str] = ()


class Command(BaseCommand):
    help = "Draw every paper of one school into a folder; without data, of the invented school. Nothing is written into the database."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, required=True, help="new or empty folder")

    def handle(self, *_args: object, out: Path, **_options: Any) -> None:
        index = (out / "index").with_suffix(".html")
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise CommandError(_("The folder %(folder)s is not empty.") % {"folder": out})
        with transaction.atomic():
            if not is_set_up():
                scenario.build("finished")
            organisation = (
                Organisation.objects.filter(level=Level.ORGANISATION).order_by("pk").first()
            )
            papers = [
                (kind, next(drawn(kind, organisation, Wanted()), None) if organisation else None)
                for kind in kinds()
            ]
            sheets = [
                (
                    kind,
                    next(iter(kind.sheets(organisation, Wanted())), None) if organisation else None,
                )
                for kind in sheet_kinds()
            ]
            transaction.set_rollback(True)
        try:
            out.mkdir(parents=True, exist_ok=True)
            shown = [
                _drawn(out, kind.code, str(kind.title), paper)
                if paper
                else GalleryPaper(kind.code, str(kind.title))
                for kind, paper in papers
            ]
            shown += [
                _put(out, kind.code, str(kind.title), sheet.title, sheet.docx(), sheet.pdf())
                if sheet
                else GalleryPaper(kind.code, str(kind.title))
                for kind, sheet in sheets
            ]
            name = organisation.full_name if organisation else ""
            index.write_text(_page(name, shown), encoding="utf-8")
        except OSError as error:
            raise CommandError(str(error)) from error
        n = sum(bool(one.pages) for one in shown)
        self.stdout.write(
            _("%(n)s papers of %(all)s kinds: %(page)s")
            % {"n": n, "all": len(shown), "page": index}
        )


def _drawn(out: Path, code: str, kind: str, paper: Drawn) -> GalleryPaper:
    """Write the files of a paper."""
    files = draw_docx(paper.title, paper.blocks), draw_pdf(paper.title, paper.blocks)
    return _put(out, code, kind, paper.title, *files)


def _put(out: Path, code: str, kind: str, title: str, docx: bytes, pdf: bytes) -> GalleryPaper:
    (out / f"{code}.docx").write_bytes(docx)
    (out / f"{code}.pdf").write_bytes(pdf)
    names = []
    for number, picture in enumerate(draw_pages(pdf), 1):
        names.append(f"{code}-{number}.png")
        (out / names[-1]).write_bytes(picture)
    return GalleryPaper(code, kind, title, names)


def _page(organisation: str, papers: Sequence[GalleryPaper]) -> str:
    """Return the page that shows the papers; it stands by itself, away from the site."""
    return format_html(
        '<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>{title}</title><style>'
        "body {{ font: 16px/1.5 sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }}"
        "img {{ border: 1px solid #999; margin: .5rem .5rem 0 0; max-width: 100%; width: 27rem; }}"
        "</style></head><body><h1>{title}</h1><p>{organisation}</p><ol>{lines}</ol>{shown}</body></html>",
        title=_("Papers of one school"),
        organisation=organisation,
        lines=format_html_join("", "<li>{}</li>", ((_line(one),) for one in papers)),
        shown=format_html_join("", "{}", ((_shown(one),) for one in papers if one.pages)),
    )


def _line(paper: GalleryPaper) -> SafeString:
    if paper.pages:
        return format_html('<a href="#{}">{}</a>', paper.code, paper.kind)
    return format_html("{} – {}", paper.kind, _("the school has none"))


def _shown(paper: GalleryPaper) -> SafeString:
    pictures = ((page, paper.kind, n) for n, page in enumerate(paper.pages, 1))
    return format_html(
        '<h2 id="{0}">{1}</h2><p>{2} · <a href="{0}.docx">.docx</a> · <a href="{0}.pdf">.pdf</a></p>{3}',
        paper.code,
        paper.kind,
        paper.title,
        format_html_join("", '<img src="{}" alt="{}, {}">', pictures),
    )
