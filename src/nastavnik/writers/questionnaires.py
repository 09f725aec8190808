"""A questionnaire as a file: YAML to keep, XLSForm to exchange, blocks of a paper to approve."""

import io
from collections.abc import Iterator

import yaml
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from nastavnik.engine.instruments import Instrument, Item, ItemKind, body_of, to_xlsform
from nastavnik.writers import blocks

_WIDTH = 28
_LINE = "_" * 50


def as_yaml(instrument: Instrument) -> bytes:
    """Return the whole questionnaire as `read_questionnaire` takes it."""
    text: str = yaml.safe_dump(body_of(instrument), allow_unicode=True, sort_keys=False, width=120)
    return text.encode("utf-8")


def as_xlsform(instrument: Instrument, version: int = 1) -> bytes:
    """Return the form in XLSForm; what looks like a formula is a text."""
    book = Workbook()
    first = book.active
    for name, rows in to_xlsform(instrument, version).items():
        sheet = book.create_sheet(name)
        for line, row in enumerate(rows, 1):
            for place, value in enumerate(row, 1):
                if value == "":
                    continue
                cell = sheet.cell(line, place, value)
                if isinstance(value, str):
                    cell.data_type = "s"
                cell.font = Font(bold=line == 1)
        for place in range(1, len(rows[0]) + 1):
            sheet.column_dimensions[get_column_letter(place)].width = _WIDTH
        sheet.freeze_panes = "A2"
    if first is not None:
        book.remove(first)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_blocks(instrument: Instrument, organisation: str, version: int) -> list[blocks.Block]:
    """Return the questionnaire as a paper the head of the organisation approves."""
    paper: list[blocks.Block] = [
        blocks.Letterhead(organisation),
        blocks.Approval(
            ("УТВЕРЖДАЮ", "Руководитель", "_______________", "«___» __________ 20___ г.")
        ),
        blocks.Title(instrument.title, is_centred=True),
        blocks.Paragraph(f"Версия {version}. {instrument.source}"),
    ]
    numbers = {item.code: number for number, item in enumerate(instrument.asked, 1)}
    for section in instrument.sections:
        if section.title:
            paper.append(blocks.Title(section.title))
        for item in section.items:
            paper += _asked(item, numbers, instrument)
    return paper


def _asked(item: Item, numbers: dict[str, int], instrument: Instrument) -> Iterator[blocks.Block]:
    when = "".join(f"{words} " for words in _conditions(item, numbers, instrument))
    number = f"{numbers[item.code]}. " if item.asks else ""
    yield blocks.Paragraph(f"{number}{when}{item.text}")
    if item.kind == ItemKind.SCALE:
        span = f"от {item.minimum} до {item.maximum}"
        ends = f" ({item.minimum} – {item.ends[0]}, {item.maximum} – {item.ends[1]})" if item.ends else ""  # fmt: skip
        yield blocks.Paragraph(f"Оценка {span}{ends}: ____")
    elif item.options:
        yield blocks.Bullets(tuple(option.text for option in item.options))
    elif item.kind == ItemKind.DATE:
        yield blocks.Paragraph("«___» __________ 20___ г.")
    elif item.asks:
        yield blocks.Paragraph(_LINE)


def _conditions(item: Item, numbers: dict[str, int], instrument: Instrument) -> Iterator[str]:
    """Say in words when an item is asked."""
    for condition in item.when:
        earlier = instrument.item(condition.item)
        number = numbers[condition.item]
        if condition.is_:
            texts = [option.text for option in earlier.options if option.code in condition.is_]
            yield f"Если в вопросе {number} ответ «{'» или «'.join(texts)}»:"
        else:
            low = earlier.minimum if condition.at_least is None else condition.at_least
            high = earlier.maximum if condition.at_most is None else condition.at_most
            yield f"Если в вопросе {number} ответ от {low} до {high}:"
