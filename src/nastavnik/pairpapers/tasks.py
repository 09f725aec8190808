"""What is done beside the requests: many sheets are drawn into one file, and old files are forgotten."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nastavnik.core.access import Perm
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks.retention import RetentionRule
from nastavnik.core.http import Request
from nastavnik.core.ui.downloads import packed
from nastavnik.jobs.kinds import Ended, JobKind, Order, Watch, Words
from nastavnik.organisations.models import Organisation
from nastavnik.pairpapers.actions import forget_paper_files, keep_paper_file
from nastavnik.pairpapers.choices import AwardKind
from nastavnik.pairpapers.documents import (
    WORD,
    AwardLine,
    Folder,
    award_title,
    contents_of,
    folder_of,
    lines_of,
)
from nastavnik.pairpapers.models import PaperFile
from nastavnik.people.models import User
from nastavnik.programmes.models import Participation, Programme
from nastavnik.writers.awards import Award, draw_award_docx, draw_awards_pdf
from nastavnik.writers.pdfs import draw_folder_pdf
from nastavnik.writers.wordfiles import draw_docx

#: Of how many sheets the page of progress is told at once.
STRIDE = 10


@dataclass(frozen=True, slots=True)
class DrawnFile:
    """Papers drawn into one file, still to be kept."""

    data: bytes
    title: str
    file_name: str
    n_papers: int
    people: tuple[int, ...]


def given_for(
    programme: Programme, kind: AwardKind, records: list[int], form: str
) -> dict[str, Any]:
    """Return what the job of awards is given: keys rather than names."""
    return {"programme": programme.pk, "kind": kind.value, "records": records, "form": form}


def _find(order: Order, watch: Watch) -> DrawnFile:
    programme = (
        Programme.objects.filter(organisation_id=order.organisation_id, pk=order.given["programme"])
        .select_related("organisation", "year")
        .first()
    )
    if programme is None:
        raise RefusedError(_("The programme is gone meanwhile."))
    kind = AwardKind(order.given["kind"])
    lines = [
        (line, line.award)
        for line in lines_of(programme, kind, _records(order, programme))
        if line.award is not None
    ]
    if not lines:
        raise RefusedError(
            _("There is no sheet to draw: nobody of the chosen may be named on one.")
        )

    def told(number: int) -> None:
        if number % STRIDE == 0 or number == len(lines):
            watch("draw", number, len(lines))

    watch("draw", 0, len(lines))
    title = award_title(kind)
    if order.given["form"] == "zip":
        data = packed(_drawn(lines, told))
    else:
        data = draw_awards_pdf(title, [award for _line, award in lines], told)
    return DrawnFile(
        data,
        title,
        f"{get_valid_filename(title)}.{order.given['form']}",
        len(lines),
        tuple(line.record.person_id for line, _award in lines),
    )


def _records(order: Order, programme: Programme) -> list[Participation]:
    """Return the chosen records in the order they were chosen."""
    keys = order.given["records"]
    rows = Participation.objects.filter(programme=programme, pk__in=keys)
    by_key = {row.pk: row for row in rows.select_related("person__partner")}
    return [by_key[key] for key in keys if key in by_key]


def _drawn(
    lines: list[tuple[AwardLine, Award]], told: Callable[[int], None]
) -> Iterator[tuple[str, bytes]]:
    for number, (line, award) in enumerate(lines, 1):
        yield f"{get_valid_filename(line.record.person.full_name)}.docx", draw_award_docx(award)
        told(number)


def _keep(order: Order, found: DrawnFile) -> Words:
    made = keep_paper_file(
        Organisation.objects.get(pk=order.organisation_id),
        found.data,
        title=found.title,
        file_name=found.file_name,
        n_papers=found.n_papers,
        people=found.people,
        by=order.by,
    )
    return {"file": made.pk}


def _awards_page(given: Words) -> str:
    return f"{reverse('pairpapers:awards')}?kind={given['kind']}"


def _arrive(_request: Request, ended: Ended) -> str:
    return f"{_awards_page(ended.given)}#files"


AWARDS = JobKind(
    code="pairpapers.awards",
    heading=gettext_lazy("Sheets of thanks are being drawn"),
    busy=gettext_lazy("These sheets are being drawn already."),
    perm=Perm.DOCUMENT_EDIT,
    find=_find,
    keep=_keep,
    arrive=_arrive,
    back=_awards_page,
    tells=lambda given: award_title(AwardKind(given["kind"])),
    steps={"draw": gettext_lazy("Sheets are being drawn")},
    is_short=True,
)


# ---------------------------------------------------------------- the folder of a year


def given_for_folder(
    programme: Programme, papers: Sequence[tuple[str, int]], form: str
) -> dict[str, Any]:
    """Return what the job of a folder is given: keys rather than names.

    Args:
        programme: of the year.
        papers: those of pairs the person may see, by kind and subject.
        form: «pdf» or «zip».
    """
    return {"programme": programme.pk, "papers": [list(one) for one in papers], "form": form}


def _find_folder(order: Order, watch: Watch) -> DrawnFile:
    programme = (
        Programme.objects.filter(organisation_id=order.organisation_id, pk=order.given["programme"])
        .select_related("organisation", "year")
        .first()
    )
    if programme is None or not isinstance(order.by, User):
        raise RefusedError(_("The programme is gone meanwhile."))
    wanted = [(code, subject) for code, subject in order.given["papers"]]
    folder = folder_of(
        order.by, programme, wanted, lambda number: watch("assemble", number, len(wanted))
    )
    papers = folder.papers
    if not papers:
        raise RefusedError(
            _(
                "There is nothing to put into a folder: no paper is registered and no pair has begun."
            )
        )

    def told(number: int) -> None:
        watch("file", number, len(papers))

    title = f"{WORD.capitalize()} {programme.year}"
    if order.given["form"] == "zip":
        data = packed(_files(programme, folder, told))
    else:
        data = draw_folder_pdf(
            title,
            [(one.title, one.blocks) for one in papers],
            lambda pages: contents_of(programme, folder, pages),
            told,
        )
    named = Participation.objects.filter(
        organisation_id=order.organisation_id, programme__year=programme.year_id
    )
    return DrawnFile(
        data,
        title,
        f"{get_valid_filename(title)}.{order.given['form']}",
        len(papers),
        tuple(named.order_by("person").values_list("person", flat=True).distinct()),
    )


def _files(
    programme: Programme, folder: Folder, told: Callable[[int], None]
) -> Iterator[tuple[str, bytes]]:
    yield "000_Содержание.docx", draw_docx(WORD, contents_of(programme, folder))
    for number, one in enumerate(folder.papers, 1):
        name = get_valid_filename(f"{number:03} {one.title} {one.number}".strip())
        yield f"{name[:120]}.docx", draw_docx(one.title, one.blocks)
        told(number)


def _folder_page(_given: Words) -> str:
    return reverse("pairpapers:folder")


FOLDER = JobKind(
    code="pairpapers.folder",
    heading=gettext_lazy("The folder of the year is being assembled"),
    busy=gettext_lazy("The folder is being assembled already."),
    perm=Perm.DOCUMENT_EDIT,
    find=_find_folder,
    keep=_keep,
    arrive=lambda _request, ended: f"{_folder_page(ended.given)}#files",
    back=_folder_page,
    tells=lambda _given: gettext_lazy("Every paper is drawn into one file, with contents."),
    steps={
        "assemble": gettext_lazy("Papers of pairs are assembled"),
        "file": gettext_lazy("Papers are put into the file"),
    },
    is_short=True,
)


def _n_old(before: dt.datetime) -> int:
    return PaperFile.objects.filter(made_at__lt=before).count()


def _forget(before: dt.datetime) -> int:
    return forget_paper_files(before, by=None)


PAPER_FILES = RetentionRule("paper-files", "файлы с бумагами для многих людей", _n_old, _forget)
