"""The shipped form of a paper: a YAML file of blocks, phrases and points, filled with facts; nothing in a text is ever executed.

    version: which wording this is
    labels:  what stands under lines to write on
    phrases: name → texts with `when`; the first whose facts hold is put in the place of `{name}`
    blocks:  one block each (`writers.blocks`), with `when` it is left out unless its facts hold

A block `sections` numbers by itself: each has a `title` and `items`, of which a `text` becomes «1.2. …», and `bullets` (texts, or
`of` a list) or any other block stands between, all with `when`; a section without an item that holds is left out.

`{name}` is the place of a fact: an empty one leaves a line to write on, `{?name}` leaves no trace.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from nastavnik.writers import blocks
from nastavnik.writers.blocks import Block

DATA = Path(__file__).parent / "data"
_PLACEHOLDER = re.compile(r"\{(\??)([a-z_]+)\}")
BLANK = "____________"


@dataclass(frozen=True, slots=True)
class TableFacts:
    """The rows of one table, and what its heading says; None in a row goes on with the cell above."""

    facts: Mapping[str, str]
    rows: Sequence[Sequence[str | None]]


Value = str | Sequence[str] | Sequence[TableFacts]
Facts = Mapping[str, Value]


def codes() -> list[str]:
    """Return the codes of all shipped forms."""
    return sorted(path.stem for path in DATA.glob("*.yaml"))


@cache
def form_of(name: str) -> dict[str, Any]:
    """Return the shipped form of a kind of paper."""
    form: dict[str, Any] = yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    return form


def fill(text: str, facts: Facts) -> str:
    """Put facts in the places of placeholders.

    An empty fact leaves a line to write on; `{?name}` marks one that may be left out without a trace. Facts are plain
    text: braces inside them stay as they are.
    """

    def fact(found: re.Match[str]) -> str:
        said = str(facts.get(found[2], "")) or ("" if found[1] else BLANK)
        # «… 2026 г.» at the end of a sentence: one full stop is enough
        return said.removesuffix(".") if found.string.startswith(".", found.end()) else said

    return _PLACEHOLDER.sub(fact, text)


def points(records: Sequence[Mapping[str, Any] | str], facts: Facts) -> list[str]:
    """Return the filled points whose `when` facts all hold; a bare text always stands."""
    full = [{"text": one} if isinstance(one, str) else one for one in records]
    return [fill(record["text"], facts) for record in full if _holds(record, facts)]


def phrase(form: Mapping[str, Any], name: str, facts: Facts) -> str:
    """Return the wording of a phrase that fits the facts; empty where none does."""
    said = form.get("phrases", {}).get(name, ())
    return next((fill(one["text"], facts) for one in said if _holds(one, facts)), "")


def compose(form: Mapping[str, Any], facts: Facts) -> list[Block]:
    """Return what a paper says, block by block.

    Raises:
        KeyError: the form has a block of no known kind, or names a list that is no fact.
    """
    said = {**facts, **{name: phrase(form, name, facts) for name in form.get("phrases", {})}}
    return [block for record in form["blocks"] for block in _blocks(record, form, said)]


def places_of(form: Mapping[str, Any]) -> set[str]:
    """Return the names of all facts a form has places, lists or conditions for, besides its own phrases."""
    return set(_names(form)) - set(form.get("phrases", {}))


def _names(value: Any) -> Iterator[str]:  # noqa: ANN401 - plain data of a shipped file
    if isinstance(value, str):
        yield from (found[2] for found in _PLACEHOLDER.finditer(value))
    elif isinstance(value, list):
        for one in value:
            yield from _names(one)
    elif isinstance(value, dict):
        yield from value.get("when", ())
        yield from (
            value[name] for name in ("names", "of", "points_of", "paragraphs_of") if name in value
        )
        for one in value.values():
            yield from _names(one)


def _holds(record: Mapping[str, Any], facts: Facts) -> bool:
    return all(facts.get(name) for name in record.get("when", ()))


def _blocks(record: Mapping[str, Any], form: Mapping[str, Any], facts: Facts) -> Iterator[Block]:
    if not _holds(record, facts):
        return
    [(code, said)] = [(code, said) for code, said in record.items() if code != "when"]
    yield from _MAKERS[code](said, form, facts)


def _one(make: Callable[[str], Block]) -> Any:  # noqa: ANN401 - a maker, as those below
    return lambda said, _form, facts: [make(fill(said, facts))]


def _tables(said: Mapping[str, Any], _form: Any, facts: Facts) -> Iterator[Block]:  # noqa: ANN401 - as above
    """Yield a table for each item of a list; without rows there is no table."""
    columns = tuple(
        blocks.TableColumn(one["title"], float(one["width"])) for one in said["columns"]
    )
    for table in facts[said["of"]]:
        assert isinstance(table, TableFacts)  # noqa: S101 - a fact of another shape is a mistake of its app
        if table.rows:
            heading = fill(said.get("heading", ""), {**facts, **table.facts})
            yield blocks.PaperTable(columns, blocks.joined(table.rows), heading)


def _sections(
    said: Sequence[Mapping[str, Any]], form: Mapping[str, Any], facts: Facts
) -> Iterator[Block]:
    number = 0
    for section in said:
        if not _holds(section, facts):
            continue
        held = [one for one in section["items"] if _holds(one, facts)]
        if not held:
            continue
        number += 1
        yield blocks.Title(f"{number}. {fill(section['title'], facts)}", is_centred=True)
        yield from _items(held, number, form, facts)


def _items(
    held: Sequence[Mapping[str, Any]], number: int, form: Mapping[str, Any], facts: Facts
) -> Iterator[Block]:
    """Yield what stands in a section, its texts numbered."""
    place = 0
    for one in held:
        if "text" in one:
            place += 1
            yield blocks.Paragraph(f"{number}.{place}. {fill(one['text'], facts)}")
        else:
            yield from _blocks(one, form, facts)


def _signature(said: Mapping[str, Any], form: Mapping[str, Any], facts: Facts) -> Iterator[Block]:
    yield blocks.Signature(fill(said["position"], facts), fill(said["name"], facts), _labels(form))


def _acquainted(said: Mapping[str, Any], form: Mapping[str, Any], facts: Facts) -> Iterator[Block]:
    yield blocks.Acquainted(said["word"], _list(said["names"], facts), _labels(form))


def _labels(form: Mapping[str, Any]) -> blocks.Labels | None:
    return blocks.Labels(**form["labels"]) if "labels" in form else None


def _list(name: str, facts: Facts) -> tuple[str, ...]:
    return tuple(str(one) for one in facts[name])


_MAKERS: dict[str, Callable[[Any, Mapping[str, Any], Facts], Iterator[Block]]] = {
    "letterhead": _one(blocks.Letterhead),
    "approval": lambda said, _form, facts: iter(
        [blocks.Approval(tuple(fill(line, facts) for line in said))]
    ),
    "word": _one(blocks.Word),
    "requisites": lambda said, _form, facts: iter(
        [blocks.Requisites(**{name: fill(text, facts) for name, text in said.items()})]
    ),
    "title": _one(blocks.Title),
    "heading": _one(lambda text: blocks.Title(text, is_centred=True)),
    "paragraph": _one(blocks.Paragraph),
    "lead": _one(lambda text: blocks.Paragraph(text, is_lead=True)),
    "points": lambda said, _form, facts: iter([blocks.Points(tuple(points(said, facts)))]),
    "paragraphs_of": lambda said, _form, facts: (
        blocks.Paragraph(one) for one in _list(said, facts)
    ),
    "points_of": lambda said, _form, facts: iter([blocks.Points(_list(said, facts))]),
    "bullets": lambda said, _form, facts: iter(
        [
            blocks.Bullets(
                tuple(points(said, facts)) if isinstance(said, list) else _list(said["of"], facts)
            )
        ]
    ),
    "tables": _tables,
    "sections": _sections,
    "signature": _signature,
    "acquainted": _acquainted,
    "annex": lambda said, _form, facts: iter(
        [blocks.Annex(tuple(fill(line, facts) for line in said))]
    ),
}
