"""A questionnaire as its pages draw it: every question with its answers, names of fields and what is wrong with it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from nastavnik.engine.instruments import (
    Condition,
    Instrument,
    InstrumentSection,
    Item,
    ItemKind,
    shown_items,
)

FIELD = "a-"
_RANKS = 3
_MANY = (ItemKind.SEVERAL, ItemKind.PEOPLE, ItemKind.RANKED_PEOPLE)
_OF_PEOPLE = (ItemKind.PEOPLE, ItemKind.RANKED_PEOPLE)


@dataclass(frozen=True, slots=True)
class OfferedAnswer:
    """One answer that may be marked."""

    id: str
    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class AskedItem:
    """A question on a page.

    Attributes:
        item: as the questionnaire has it.
        name: of its field.
        choices: what may be marked; of ranked people one list a rank (`ranks`).
        value: what was written.
        fault: what is wrong with the answer.
        asked_if: in which case it is to be answered, in words; empty for always.
    """

    item: Item
    name: str
    choices: Sequence[OfferedAnswer] = ()
    ranks: Sequence[tuple[str, Sequence[OfferedAnswer]]] = ()
    value: str = ""
    fault: str = ""
    asked_if: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class AskedPage:
    """A page of a questionnaire on its way to be answered."""

    number: int
    title: str
    questions: Sequence[AskedItem]
    codes: frozenset[str] = field(default=frozenset())


def sections_shown(
    instrument: Instrument, answers: Mapping[str, object]
) -> list[InstrumentSection]:
    """Return the sections in which something is asked, given the answers of the sections before."""
    shown = {item.code for item in shown_items(instrument, answers)}
    return [
        section
        for section in instrument.sections
        if any(item.code in shown or _follows_here(item, section) for item in section.items)
    ]


def _follows_here(item: Item, section: InstrumentSection) -> bool:
    """Tell whether an item depends on one of the same page, so that the page itself says when to answer it."""
    here = {one.code for one in section.items}
    return any(condition.item in here for condition in item.when)


def step_of(
    instrument: Instrument,
    section: InstrumentSection,
    number: int,
    answers: Mapping[str, object],
    *,
    faults: Mapping[str, str],
    people: Mapping[str, Sequence[tuple[str, str]]],
    is_preview: bool = False,
) -> AskedPage:
    """Return a section as a page: what an answer on an earlier page rules out is left out.

    Args:
        instrument: the questionnaire.
        section: the one to draw.
        number: of the page, from 1.
        answers: code → what was given so far.
        faults: code → what is wrong with it.
        people: whom items of people offer → key and name.
        is_preview: whether all of it is shown, each condition in words.
    """
    shown = {item.code for item in shown_items(instrument, answers)}
    items = [
        one
        for one in section.items
        if is_preview or one.code in shown or _follows_here(one, section)
    ]
    # a condition of an earlier page holds already
    named = {one.code for one in (instrument.items if is_preview else section.items)}
    questions = [
        _question(instrument, one, named, answers.get(one.code), faults.get(one.code, ""), people)
        for one in items
    ]
    return AskedPage(
        number, section.title, questions, frozenset(one.code for one in items if one.asks)
    )


def _question(
    instrument: Instrument,
    item: Item,
    named: Collection[str],
    given: object,
    fault: str,
    people: Mapping[str, Sequence[tuple[str, str]]],
) -> AskedItem:
    name = f"{FIELD}{item.code}"
    marked = [str(one) for one in given] if isinstance(given, list) else [str(given)]
    offered = _offered(item, people)
    asked_if = ", ".join(
        _condition_words(instrument, one) for one in item.when if one.item in named
    )
    return AskedItem(
        item=item,
        name=name,
        choices=[
            OfferedAnswer(f"{name}-{place}", value, text, value in marked)
            for place, (value, text) in enumerate(offered)
        ],
        ranks=_ranks(item, name, offered, marked) if item.kind == ItemKind.RANKED_PEOPLE else (),
        value="" if given is None else str(given),
        fault=fault,
        asked_if=asked_if,
        hint=_hint(item),
    )


def _offered(item: Item, people: Mapping[str, Sequence[tuple[str, str]]]) -> list[tuple[str, str]]:
    if item.kind == ItemKind.SCALE:
        return [(str(n), str(n)) for n in range(item.minimum or 0, (item.maximum or 0) + 1)]
    if item.kind in _OF_PEOPLE:
        return list(people.get(str(item.of), ()))
    return [(option.code, option.text) for option in item.options]


def _ranks(
    item: Item, name: str, offered: Iterable[tuple[str, str]], marked: Sequence[str]
) -> list[tuple[str, list[OfferedAnswer]]]:
    offered = list(offered)
    found = []
    for rank in range(item.most or _RANKS):
        mine = marked[rank] if rank < len(marked) else ""
        choices = [OfferedAnswer("", value, text, value == mine) for value, text in offered]
        found.append((f"{name}-{rank + 1}", choices))
    return found


def _hint(item: Item) -> str:
    if item.kind == ItemKind.SCALE and item.ends:
        return f"{item.minimum} — {item.ends[0]}, {item.maximum} — {item.ends[-1]}"
    if item.kind == ItemKind.SEVERAL:
        if item.most:
            return _("Mark at most %(n)s.") % {"n": item.most}
        return _("Several may be marked.")
    return ""


def _condition_words(instrument: Instrument, condition: Condition) -> str:
    """Return in which case an item follows, in the words of the answers: «если «да»»."""
    asked = instrument.item(condition.item)
    if condition.is_:
        texts = {option.code: option.text for option in asked.options}
        return _("If «%(answer)s»") % {
            "answer": "» / «".join(texts.get(code, code) for code in condition.is_)
        }
    if condition.at_least is None:
        return _("If %(n)s or less") % {"n": condition.at_most}
    if condition.at_most is None:
        return _("If %(n)s or more") % {"n": condition.at_least}
    return _("If from %(low)s to %(high)s") % {
        "low": condition.at_least,
        "high": condition.at_most,
    }


def given_in(sent: QueryDict, instrument: Instrument, codes: Iterable[str]) -> dict[str, object]:
    """Return what a page sent: code → text or texts; None for a question left without an answer.

    What was ruled out on the page itself is left as it came: the engine decides what is kept.
    """
    return {code: _given(sent, instrument.item(code)) for code in codes}


def _given(sent: QueryDict, item: Item) -> object:
    name = f"{FIELD}{item.code}"
    if item.kind == ItemKind.RANKED_PEOPLE:
        ranks = [sent.get(f"{name}-{rank + 1}", "") for rank in range(item.most or _RANKS)]
        return [one for one in ranks if one] or None
    if item.kind in _MANY:
        return sent.getlist(name) or None
    return sent.get(name) or None


@dataclass(frozen=True, slots=True)
class TypedItem:
    """A question as it is typed from paper.

    Attributes:
        number: as it is printed; 0 for a note.
        question: with its answers.
        keys: each answer after the key that marks it, empty where no key is left.
    """

    number: int
    question: AskedItem
    keys: Sequence[tuple[str, OfferedAnswer]]


def typed_sections(
    instrument: Instrument,
    answers: Mapping[str, object],
    *,
    faults: Mapping[str, str],
    people: Mapping[str, Sequence[tuple[str, str]]],
) -> list[tuple[str, list[TypedItem]]]:
    """Return the title and the questions of every section, none left out: paper shows all of them."""
    numbers = {item.code: number for number, item in enumerate(instrument.asked, 1)}
    found = []
    for place, section in enumerate(instrument.sections, 1):
        page = step_of(
            instrument, section, place, answers, faults=faults, people=people, is_preview=True
        )
        typed = [
            TypedItem(numbers.get(one.item.code, 0), one, _keyed(one)) for one in page.questions
        ]
        found.append((page.title, typed))
    return found


_KEYS = "1234567890"


def _keyed(question: AskedItem) -> list[tuple[str, OfferedAnswer]]:
    """Return the answers with their keys: of a scale its own figure (0 for ten), else 1 for the first."""
    if question.item.kind == ItemKind.SCALE:
        figures = {one.value for one in question.choices}
        ten = {"10": "0"} if "0" not in figures else {}
        own = {figure: figure for figure in _KEYS} | ten
        return [(own.get(one.value, ""), one) for one in question.choices]
    return [
        (_KEYS[place] if place < len(_KEYS) else "", one)
        for place, one in enumerate(question.choices)
    ]


_BLANK = "-"


def looked_item(
    instrument: Instrument,
    item: Item,
    name: str,
    people: Mapping[str, Sequence[tuple[str, str]]],
) -> TypedItem:
    """Return a question as it stands beside its crop: nothing is chosen beforehand."""
    question = _question(instrument, item, frozenset(), None, "", people)
    ranks = [(f"{name}-{rank}", choices) for rank, (_name, choices) in enumerate(question.ranks, 1)]
    number = [one.code for one in instrument.asked].index(item.code) + 1
    question = replace(question, name=name, ranks=ranks)
    return TypedItem(number, question, _keyed(question))


def looked_at(sent: QueryDict, item: Item, name: str) -> tuple[bool, object]:
    """Return whether somebody has said what stands in an item, and what: None for nothing.

    Who says that nothing stands there, and something besides, has not said yet.
    """
    is_said, value = _said(sent, item, name)
    if sent.get(f"{name}-none"):
        return not is_said, None
    return is_said, value


def _said(sent: QueryDict, item: Item, name: str) -> tuple[bool, object]:
    if item.kind == ItemKind.RANKED_PEOPLE:
        ranks = [sent.get(f"{name}-{rank + 1}", "") for rank in range(item.most or _RANKS)]
        marked = [one for one in ranks if one]
        return bool(marked), marked
    if item.kind in _MANY:
        marked = sent.getlist(name)
        return bool(marked), marked
    said = sent.get(name, "").strip()
    return bool(said), None if said == _BLANK else said
