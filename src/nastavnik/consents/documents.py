"""What a blank of a consent says: one sheet a person and purpose, signed by whom the age says (method.md §9.1–9.2)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nastavnik.consents.choices import Purpose, Signer
from nastavnik.consents.models import BlankSheet, ConsentText, Guardian, PrintPack
from nastavnik.consents.queries import GivenOut, signer_for
from nastavnik.consents.texts import frame, purposes
from nastavnik.documents.texts import fill
from nastavnik.organisations.models import Organisation
from nastavnik.writers import blocks
from nastavnik.writers.blocks import Block

_LINE = "_" * 34
_NAME = "_" * 44
_TICK_CM = 2.2
_BREADTH_CM = 17.0


@dataclass(frozen=True, slots=True)
class WhoSigns:
    """The representative who signs: name, what relation, on which ground; empty where nobody entered it."""

    name: str = ""
    relation: str = ""
    basis: str = ""


def compose_pack(pack: PrintPack, sheets: Sequence[GivenOut]) -> list[Block]:
    """Return the file of a pack: the list of what was given out, then a page a blank in the same order."""
    organisation = pack.organisation
    texts = {
        (text.purpose, text.version): text
        for text in ConsentText.objects.filter(organisation=organisation)
    }
    said = list(_cover(pack, sheets))
    for one in sheets:
        text = texts[one.sheet.purpose, one.sheet.text_version]
        signs = one.guardian
        who = WhoSigns(signs.full_name, relation_of(signs), signs.basis) if signs else None
        said += compose_blank(organisation, pack, one.sheet, text, group=one.group, who=who)
    return said


def relation_of(guardian: Guardian) -> str:
    """Return the relation as a Russian paper calls it; nothing where it is not one of the usual ones."""
    return str(frame()["relations"].get(guardian.relation, ""))


def _cover(pack: PrintPack, sheets: Sequence[GivenOut]) -> Iterator[Block]:
    yield blocks.Title(f"Бланки согласий: {pack.title}", is_centred=True)
    yield blocks.Paragraph(
        f"Напечатано {pack.printed_on:%d.%m.%Y}, бланков: {len(sheets)}. Этот лист остаётся у того, кто собирает. "
        "Печатайте на одной стороне: каждый бланк – отдельный документ."
    )
    columns = (("№", 1.2), ("Фамилия, имя, отчество", 6.3), ("Согласие", 6.5), ("Вернулось", 3.0))
    yield blocks.PaperTable(
        tuple(blocks.TableColumn(title, width) for title, width in columns),
        blocks.joined(
            [str(one.sheet.number), f"{one.sheet.person.full_name}{_in_class(one.group)}", title_of(one.sheet), ""]
            for one in sheets
        ),
    )  # fmt: skip


def title_of(sheet: BlankSheet) -> str:
    """Return what a blank is for, as its list and the page of its pack call it."""
    return purposes()[Purpose(sheet.purpose)].title


def _in_class(group: str) -> str:
    return f", {group}" if group else ""


def compose_blank(
    organisation: Organisation,
    pack: PrintPack,
    sheet: BlankSheet,
    text: ConsentText,
    *,
    group: str = "",
    who: WhoSigns | None = None,
) -> list[Block]:
    """Return one blank: a page of its own with its number and the version of its text."""
    person, shape = sheet.person, frame()
    signer, who = signer_for(person, pack.printed_on), who or WhoSigns()
    record = purposes()[Purpose(sheet.purpose)]
    side = "person" if signer == Signer.PERSON else "representative"
    facts = {
        "person": person.full_name,
        "birth": f", {person.birth_date:%d.%m.%Y} г. р." if person.birth_date else "",
        "group": _in_class(group),
        "guardian": who.name or _NAME,
        "relation": f"{who.relation}, " if who.relation else "",
        "basis": who.basis or _LINE,
        "line": _LINE,
        "organisation": organisation.full_name,
        "town": f"{organisation.town}, " if organisation.town else "",
        "act": record.act[side],
    }
    head = [fill(line, facts) for line in shape["heads"][side]]
    version = f"редакция {version_words(sheet.text_version)}"
    return [
        blocks.Annex((f"Бланк {pack.pk}–{sheet.number}, {version}",)),
        blocks.Title(text.title, is_centred=True),
        *(blocks.Paragraph(line) for line in head),
        blocks.Paragraph(fill(shape["gives"], facts)),
        *body_blocks(text.body),
        *_marks(record.marks),
        _signatures(signer, who, person.full_name, shape),
    ]


def version_words(version: str) -> str:
    """Return how papers call a version: a school's own text is «школы, 2»."""
    return f"школы, {version.removeprefix('own-')}" if version.startswith("own-") else version


def body_blocks(body: str) -> Iterator[Block]:
    """Yield the paragraphs of a text; lines that begin with «- » are points of a list."""
    for paragraph in body.split("\n\n"):
        lines = [line.strip() for line in paragraph.split("\n") if line.strip()]
        words = [line for line in lines if not line.startswith("- ")]
        yield from (blocks.Paragraph(line) for line in words)
        if points := tuple(line[2:] for line in lines if line.startswith("- ")):
            yield blocks.Bullets(points)


def _marks(marks: Iterable[str]) -> Iterator[Block]:
    rows = [[mark, "", ""] for mark in marks]
    if rows:
        columns = (
            ("Что можно показывать (отметьте)", _BREADTH_CM - 2 * _TICK_CM),
            ("да", _TICK_CM),
            ("нет", _TICK_CM),
        )
        heads = tuple(blocks.TableColumn(title, width) for title, width in columns)
        yield blocks.PaperTable(heads, blocks.joined(rows))


def _signatures(
    signer: Signer, who: WhoSigns, name: str, shape: Mapping[str, Mapping[str, str]]
) -> Block:
    """Return the lines to sign on: of the representative, of both, or of the person alone."""
    words = shape["signers"]
    lines = []
    if signer != Signer.PERSON:
        lines.append(f"{words['representative']}: {who.name or _LINE}")
    if signer != Signer.REPRESENTATIVE:
        lines.append(f"{words['person']}: {name}")
    return blocks.Acquainted("Подписи", tuple(lines), blocks.Labels(**shape["labels"]))
