"""A paper of the register as blocks, and the files drawn of them."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from nastavnik.writers import blocks
from nastavnik.writers.blocks import Block

# widths of the annex of orders kept before their blocks were, in centimetres, by how many columns there are
_WIDTHS = {4: (1.1, 6.0, 6.2, 3.2), 6: (0.9, 3.5, 2.9, 3.5, 2.8, 2.9)}
_BREADTH = 16.5


def blocks_of(content: Mapping[str, Any]) -> list[Block]:
    """Return what a paper says; nothing before it was drawn for the first time.

    Args:
        content: `Document.content`: with its blocks, or of an order registered before 2026-12 by its named parts.
    """
    if "blocks" in content:
        return blocks.from_plain(content["blocks"])
    return list(_older_order(content)) if content else []


def _older_order(content: Mapping[str, Any]) -> Iterator[Block]:
    """Yield the blocks of an order kept by its named parts; the oldest have neither labels nor numbers in their rows."""
    labels = blocks.Labels(**content["labels"]) if content.get("labels") else None
    annex = content["annex"]
    yield blocks.Letterhead(content["organisation"])
    yield blocks.Word(content["word"])
    yield blocks.Requisites(content["date"], content["number"], content["town"])
    yield blocks.Title(content["title"])
    yield blocks.Paragraph(content["preamble"])
    yield blocks.Paragraph(f"{content['order_word']}:", is_lead=True)
    yield blocks.Points(tuple(content["points"]))
    yield blocks.Signature(content["head_position"], content["head_name"], labels)
    yield blocks.Acquainted(content["acquainted_word"], tuple(content["acquainted"]), labels)
    yield blocks.Annex(tuple(annex["caption"]))
    yield blocks.Title(annex["title"], is_centred=True)
    titles = annex["columns"]
    widths = _WIDTHS.get(len(titles), (_BREADTH / len(titles),) * len(titles))
    columns = tuple(
        blocks.TableColumn(title, width) for title, width in zip(titles, widths, strict=True)
    )
    numbers = count(1)
    for part in annex["parts"]:
        rows = [
            row if len(row) == len(titles) else [str(next(numbers)), *row] for row in part["rows"]
        ]
        yield blocks.PaperTable(columns, blocks.joined(rows), part["title"])
