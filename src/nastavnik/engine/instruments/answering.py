"""What of the answers that came is kept."""

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from nastavnik.engine.instruments.model import (
    MANY,
    OF_PEOPLE,
    Instrument,
    Item,
    ItemKind,
)

LONGEST_LINE = 300
LONGEST_STORY = 4000
Answer = int | str | list[str]

_NUMBER = re.compile(r"-?[0-9]{1,3}")
_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")


@dataclass(frozen=True, slots=True)
class CheckedAnswers:
    """Answers as they may be stored.

    Attributes:
        kept: code of the item → answer; an item left blank has no key.
        faults: code of the item → what is wrong with its answer and what to do; such answers are not kept.
        hidden: codes of items that were answered though their conditions do not hold: not kept either.
    """

    kept: Mapping[str, Answer]
    faults: Mapping[str, str]
    hidden: tuple[str, ...] = ()


def shown_items(instrument: Instrument, answers: Mapping[str, object]) -> tuple[Item, ...]:
    """Return the items these answers lead to, in order; an answer to a hidden item leads nowhere."""
    shown: list[Item] = []
    counted: dict[str, object] = {}
    for item in instrument.items:
        if all(condition.holds(counted.get(condition.item)) for condition in item.when):
            shown.append(item)
            if item.code in answers:
                counted[item.code] = answers[item.code]
    return tuple(shown)


def check_answers(
    instrument: Instrument,
    raw: Mapping[str, object],
    *,
    people: Collection[str] = frozenset(),
    may_be_blank: bool = False,
) -> CheckedAnswers:
    """Return what is kept of answers from a form, a file or a sheet, and what is wrong with the rest.

    Args:
        instrument: the questionnaire.
        raw: code of the item → a number, a text or a list of texts.
        people: keys of those who may be named.
        may_be_blank: whether also a required item may be left without an answer: nobody can be asked again on paper.
    """
    kept: dict[str, Answer] = {}
    faults: dict[str, str] = {}
    hidden: list[str] = []
    for item in instrument.asked:
        given = _given(raw.get(item.code))
        if not all(condition.holds(kept.get(condition.item)) for condition in item.when):
            hidden += [item.code] if given else []
        elif not given:
            if item.required and not may_be_blank:
                faults[item.code] = "Нет ответа. Ответьте на этот вопрос."
        else:
            try:
                kept[item.code] = _answer(item, given, people)
            except _WrongError as error:
                faults[item.code] = str(error)
    for code in raw.keys() - {item.code for item in instrument.items}:
        faults[code] = "Такого вопроса в анкете нет. Уберите ответ или проверьте версию анкеты."
    return CheckedAnswers(kept, faults, tuple(hidden))


class _WrongError(ValueError):
    """An answer that cannot be kept."""


def _given(value: object) -> list[object]:
    """Return what was said, whatever way it came; blanks say nothing."""
    many = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    return [one for one in many if one is not None and _bare(str(one)) != ""]


def _answer(item: Item, given: list[object], people: Collection[str]) -> Answer:
    if item.kind in MANY:
        return _many(item, [str(one).strip() for one in given], people)
    if len(given) > 1:
        raise _WrongError("Отмечено несколько ответов. Оставьте один.")
    said = _bare(str(given[0]))
    match item.kind:
        case ItemKind.SCALE:
            return _scale(item, given[0])
        case ItemKind.DATE:
            return _day(said)
        case ItemKind.TEXT:
            return _written(" ".join(said.split()), LONGEST_LINE)
        case ItemKind.STORY:
            return _written(said, LONGEST_STORY)
        case _:
            return _choice(item, said)


def _scale(item: Item, given: object) -> int:
    said = str(given).strip()
    number = int(said) if _NUMBER.fullmatch(said) and not isinstance(given, bool) else None
    low, high = item.minimum or 0, item.maximum or 0
    if number is None or not low <= number <= high:
        raise _WrongError(f"Нужно целое число от {low} до {high}. Выберите одно из них.")
    return number


def _choice(item: Item, said: str) -> str:
    if said not in {option.code for option in item.options}:
        raise _WrongError("Такого варианта в анкете нет. Выберите один из предложенных.")
    return said


def _many(item: Item, said: list[str], people: Collection[str]) -> list[str]:
    if item.kind in OF_PEOPLE:
        named = _named(item, said, people)
    else:
        for one in said:
            _choice(item, one)
        chosen = [option for option in item.options if option.code in said]
        if len(chosen) > 1 and (alone := next((one for one in chosen if one.exclusive), None)):
            raise _WrongError(
                f"«{alone.text}» не сочетается с другими ответами. Оставьте или его, или остальные."
            )
        named = [option.code for option in chosen]
    if item.most is not None and len(named) > item.most:
        raise _WrongError(f"Отмечено {len(named)}, а можно не больше {item.most}. Уберите лишнее.")
    return named


def _named(item: Item, said: list[str], people: Collection[str]) -> list[str]:
    once = list(dict.fromkeys(said))
    if item.kind == ItemKind.RANKED_PEOPLE and len(once) < len(said):
        raise _WrongError("Один человек стоит на двух местах. Оставьте его на одном.")
    if any(one not in people for one in once):
        raise _WrongError("Этого человека нет в списке. Выберите из предложенных.")
    return once


def _day(said: str) -> str:
    if found := _DAY.fullmatch(said):
        day, month, year = found.groups()
        said = f"{year}-{month:0>2}-{day:0>2}"
    try:
        return dt.datetime.strptime(said, "%Y-%m-%d").date().isoformat()  # noqa: DTZ007 - a day
    except ValueError:
        raise _WrongError("Такой даты нет. Напишите её как 05.09.2026.") from None


def _written(said: str, longest: int) -> str:
    if len(said) > longest:
        raise _WrongError(f"В ответе {len(said)} знаков. Сократите до {longest}.")
    return said


def _bare(text: str) -> str:
    """Return a text without what no database keeps and nobody sees: control signs, spaces around."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        sign for sign in lines if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"}
    ).strip()
