"""The folder of a year: every registered paper, the papers of the pairs that exist, and what is missing, said as it is."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import override

from nastavnik.core.access import SignedIn
from nastavnik.core.dates import today
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import kind_named, offered, title_of
from nastavnik.documents.queries import content_of
from nastavnik.documents.rendering import blocks_of
from nastavnik.organisations.models import AcademicYear
from nastavnik.pairpapers.choices import CLOSING_TALK, MENTEE_REPORT
from nastavnik.pairpapers.queries import last_answers, talk_of, tie_of_document
from nastavnik.programmes.models import Programme
from nastavnik.writers import blocks
from nastavnik.writers.blocks import Block

WORD = "ПАПКА ГОДА"


@dataclass(frozen=True, slots=True)
class FolderPaper:
    """A paper of the folder; number and day are empty of one that is assembled of what was entered."""

    title: str
    blocks: list[Block]
    number: str = ""
    day: str = ""


@dataclass(slots=True)
class Folder:
    """What lies in a folder, and what is missing in sentences."""

    papers: list[FolderPaper] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def registered_papers(user: SignedIn, year: AcademicYear) -> list[Document]:
    """Return the registered papers of a year that a user sees, by their dates."""
    seen = Document.objects.visible_to(user).filter(year=year, status=DocumentStatus.REGISTERED)
    return list(seen.order_by("dated_on", "pk"))


def drafts_left(user: SignedIn, year: AcademicYear) -> list[Document]:
    """Return the drafts of a year that a user sees: they are not signed, so no folder holds them."""
    seen = Document.objects.visible_to(user).filter(year=year, status=DocumentStatus.DRAFT)
    return list(seen.order_by("pk"))


def kinds_lacking(papers: Sequence[Document]) -> list[str]:
    """Return what the register calls the papers of an organisation of which none is among `papers`."""
    there = {one.kind for one in papers}
    return [str(one.title) for one in offered() if one.code not in there]


def folder_of(
    user: SignedIn,
    programme: Programme,
    wanted: Sequence[tuple[str, int]],
    told: Callable[[int], None],
) -> Folder:
    """Assemble the folder of a year.

    Args:
        user: whose sight it is.
        programme: of the year.
        wanted: papers of pairs the user may see, by kind and subject; those that do not exist are told as missing.
        told: told how many of `wanted` were looked at.
    """
    folder = Folder()
    with override("ru"):  # it is a paper: its words are those of all papers
        kept = registered_papers(user, programme.year)
        for one in kept:
            if one.is_intact:
                folder.papers.append(_registered(one))
            else:
                said = f"{one.title} № {one.number}: изменён в базе после регистрации, не выдаётся"
                folder.missing.append(said)
        signed = {(one.kind, one.subject_id) for one in kept}
        lacking: Counter[tuple[str, str]] = Counter()
        for number, (code, subject) in enumerate(wanted, 1):
            told(number)
            if (code, subject) in signed:
                continue
            document = Document(
                organisation=programme.organisation,
                year=programme.year,
                kind=code,
                subject_id=subject,
            )
            if why := _why_not(document):
                lacking[code, why] += 1
                continue
            composed = kind_named(code).compose(document)
            if composed is None:
                lacking[code, "о людях пары сейчас писать нельзя"] += 1
                continue
            content = content_of(code, composed)
            folder.papers.append(FolderPaper(content["title"], blocks_of(content)))
        folder.missing += [
            f"{one.title}: проект, не зарегистрирован" for one in drafts_left(user, programme.year)
        ]
        folder.missing += [f"{title_of(code)}: {why} – {n}" for (code, why), n in lacking.items()]
        folder.missing += [f"{title}: в реестре года нет" for title in kinds_lacking(kept)]
    return folder


def _registered(document: Document) -> FolderPaper:
    day = f"{document.dated_on:%d.%m.%Y}" if document.dated_on else ""
    return FolderPaper(document.title, blocks_of(document.content), document.number, day)


def _why_not(document: Document) -> str:
    """Return why a paper of a mentee is none yet: what it is to tell was never noted."""
    if document.kind not in {CLOSING_TALK, MENTEE_REPORT}:
        return ""
    tie = tie_of_document(document)
    if tie is None:
        return ""
    if document.kind == CLOSING_TALK:
        return "" if talk_of(tie) else "беседа не отмечена"
    return "" if last_answers(tie) else "нет ответов наставляемого в итоговой анкете"


def contents_of(
    programme: Programme, folder: Folder, pages: Sequence[int] | None = None
) -> list[Block]:
    """Return the contents of a folder as a paper of its own.

    Args:
        programme: whose folder it is.
        folder: what lies in it.
        pages: on which page each paper begins; None where each is a file of its own, named by its number.
    """
    with override("ru"):
        return list(_contents(programme, folder, pages))


def _contents(programme: Programme, folder: Folder, pages: Sequence[int] | None) -> Iterator[Block]:
    yield blocks.Letterhead(programme.organisation.full_name or str(programme.organisation))
    yield blocks.Word(WORD)
    yield blocks.Title(f"{programme.title}. Собрана {today():%d.%m.%Y}", is_centred=True)
    columns = tuple(
        blocks.TableColumn(title, width)
        for title, width in (
            ("№", 1.2), ("Документ", 8.3), ("Номер", 2.6), ("Дата", 2.6),
            ("Файл" if pages is None else "Лист", 1.8),
        )
    )  # fmt: skip
    where = [f"{n:03}" for n in range(1, len(folder.papers) + 1)] if pages is None else pages
    rows = [
        [str(n), one.title, one.number or "–", one.day or "собран с сайта", str(place)]
        for n, (one, place) in enumerate(zip(folder.papers, where, strict=True), 1)
    ]
    if rows:
        yield blocks.PaperTable(columns, blocks.joined(rows), "Что есть")
    if folder.missing:
        yield blocks.Paragraph("Чего нет", is_lead=True)
        yield blocks.Bullets(tuple(folder.missing))
