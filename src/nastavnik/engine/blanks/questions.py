"""A questionnaire as it is printed: every item with the boxes or the lines of its kind."""

from collections.abc import Mapping
from itertools import count

from nastavnik.engine.blanks.layout import PrintedOption, PrintedQuestion
from nastavnik.engine.instruments.model import (
    OF_PEOPLE,
    WRITTEN,
    Condition,
    Instrument,
    Item,
    ItemKind,
)

_LINES = {ItemKind.STORY: 3, ItemKind.RANKED_PEOPLE: 3, ItemKind.PEOPLE: 2}
_SEVERAL = "Можно отметить несколько."


def questions_of(instrument: Instrument) -> list[PrintedQuestion]:
    """Return what is printed for a questionnaire, in its order.

    A condition becomes words before the question; people are written by hand, for nobody knows on paper who came.
    """
    numbers = {item.code: number for item, number in zip(instrument.asked, count(1))}
    questions: list[PrintedQuestion] = []
    for section in instrument.sections:
        heading = section.title
        for item in section.items:
            questions.append(_question(item, instrument, numbers, heading))
            heading = ""
    return questions


def _question(
    item: Item, instrument: Instrument, numbers: Mapping[str, int], heading: str
) -> PrintedQuestion:
    if not item.asks:
        return PrintedQuestion("", item.text, heading=heading)
    text = item.text
    if item.kind == ItemKind.SEVERAL:
        text = f"{text} {_most(item)}"
    if item.ends:
        text = f"{text} ({item.minimum} — {item.ends[0]}, {item.maximum} — {item.ends[-1]})"
    if item.when:
        asked = " и ".join(_condition(one, instrument, numbers) for one in item.when)
        text = f"Если {asked}: {text}"
    options = _options(item)
    lines = 0 if options else _LINES.get(item.kind, 1)
    return PrintedQuestion(
        item.code, text, options, item.kind == ItemKind.SEVERAL, lines=lines, heading=heading
    )


def _most(item: Item) -> str:
    return f"Можно отметить не больше {item.most}." if item.most else _SEVERAL


def _options(item: Item) -> tuple[PrintedOption, ...]:
    if item.kind == ItemKind.SCALE:
        low, high = item.minimum or 0, item.maximum or 0
        return tuple(PrintedOption(step, str(step)) for step in range(low, high + 1))
    if item.kind in WRITTEN or item.kind in OF_PEOPLE:
        return ()
    return tuple(PrintedOption(option.code, option.text) for option in item.options)


def _condition(condition: Condition, instrument: Instrument, numbers: Mapping[str, int]) -> str:
    said = {option.code: option.text for option in instrument.item(condition.item).options}
    where = f"в пункте {numbers[condition.item]}"
    if condition.is_:
        return f"{where} «{'» или «'.join(said.get(code, code) for code in condition.is_)}»"
    if condition.at_least is None:
        return f"{where} не больше {condition.at_most}"
    if condition.at_most is None:
        return f"{where} не меньше {condition.at_least}"
    return f"{where} от {condition.at_least} до {condition.at_most}"
