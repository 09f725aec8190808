"""A body read into a questionnaire; whatever is wrong is said at once, with its place."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from nastavnik.engine.instruments.model import (
    MANY,
    NO,
    OF_PEOPLE,
    WITH_OPTIONS,
    YES,
    Condition,
    Instrument,
    InstrumentSection,
    InstrumentStage,
    Item,
    ItemClass,
    ItemKind,
    Option,
    People,
    RespondentRole,
    ResultReader,
)

LONGEST_TITLE = 120
LONGEST_TEXT = 300
LONGEST_NOTE = 1000
LONGEST_OPTION = 100
LONGEST_END = 40
LONGEST_SOURCE = 500
MOST_SECTIONS = 30
MOST_ITEMS = 100
MOST_OPTIONS = 60
MOST_STEPS = 11  # boxes that stand in one line of a sheet
FARTHEST = 100  # the bounds of a scale
YES_NO = (Option(YES, "да"), Option(NO, "нет"))

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_FEEDS = re.compile(r"[a-z][a-z0-9_]{0,39}\.[a-z][a-z0-9_]{0,39}")
_HEAD = {"code", "title", "forms", "role", "stage", "source", "sections"}
_SECTION = {"title", "items"}
_ITEM = {
    *("code", "kind", "text", "options", "min", "max", "ends", "construct", "class", "feeds"),
    *("when", "required", "of", "most", "seen_by"),
}
_CONDITION = {"item", "is", "at_least", "at_most"}
_CLOSED = frozenset({ItemKind.YES_NO, *WITH_OPTIONS})

_Word = TypeVar("_Word", bound=StrEnum)


class InstrumentError(ValueError):
    """A body is no questionnaire.

    Attributes:
        faults: sentences that say what is wrong, where, and what to do.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


def parse_instrument(body: Mapping[str, Any]) -> Instrument:
    """Return the questionnaire a body describes.

    Raises:
        InstrumentError: it describes none; all faults found are in it.
    """
    faults: list[str] = []
    if not isinstance(body, Mapping):
        raise InstrumentError(
            ["Анкета: это не набор полей. Начните с полей code, title, sections."]
        )
    head = _Fields(body, "Анкета", faults)
    head.only(_HEAD)
    sections = tuple(_section(fields) for fields in head.parts("sections", most=MOST_SECTIONS))
    instrument = Instrument(
        code=head.code("code"),
        title=head.text("title", longest=LONGEST_TITLE, needed=True),
        forms=head.codes("forms"),
        role=head.word("role", RespondentRole, default=RespondentRole.MENTEE, needed=True),
        stage=head.word("stage", InstrumentStage, default=InstrumentStage.BEFORE, needed=True),
        source=head.text("source", longest=LONGEST_SOURCE),
        sections=sections,
    )
    faults += _faults_of_whole(instrument)
    if faults:
        raise InstrumentError(list(dict.fromkeys(faults)))
    return instrument


class _Fields:
    """The fields of one part of a body, read one by one; what is wrong is noted with its place."""

    def __init__(self, data: Mapping[Any, Any], place: str, faults: list[str]) -> None:
        self.data = data
        self.place = place
        self._faults = faults

    def beside(self, data: Mapping[Any, Any]) -> "_Fields":
        """Return other fields of the same place."""
        return _Fields(data, self.place, self._faults)

    def fault(self, what: str) -> None:
        """Note what is wrong here and what to do."""
        self._faults.append(f"{self.place}: {what}")

    def only(self, known: set[str]) -> None:
        """Note fields nobody knows: a misspelt one would be lost in silence."""
        for key in self.data:
            if key not in known:
                self.fault(
                    f"поле «{_shown(key)}» неизвестно. Уберите его или исправьте: {_listed(known)}."
                )

    def text(self, key: str, *, longest: int, needed: bool = False) -> str:
        """Return a text without spaces around it, "" if there is none."""
        value = self.data.get(key)
        if value is None:
            value = ""
        if not isinstance(value, str):
            self.fault(f"в поле {key} не текст. Возьмите значение в кавычки.")
            return ""
        value = value.strip()
        if not all(_prints(sign) for sign in value):
            self.fault(f"в поле {key} есть непечатный знак. Наберите текст заново.")
            return ""
        if needed and not value:
            self.fault(f"поле {key} пусто. Заполните его.")
        if len(value) > longest:
            self.fault(f"в поле {key} {len(value)} знаков. Сократите до {longest}.")
        return value

    def code(self, key: str, *, needed: bool = True) -> str:
        """Return a code."""
        value = self.text(key, longest=LONGEST_TEXT, needed=needed)
        if value and not _CODE.fullmatch(value):
            self.fault(
                f"«{_shown(value)}» в поле {key} не код. Возьмите строчные латинские буквы, цифры и "
                "знак подчёркивания, первой букву, до 40 знаков."
            )
            return ""
        return value

    def codes(self, key: str) -> tuple[str, ...]:
        """Return a list of codes."""
        found = []
        for value in self._list(key):
            if isinstance(value, str) and _CODE.fullmatch(value):
                found.append(value)
            else:
                self.fault(
                    f"«{_shown(value)}» в поле {key} не код. Исправьте; да и нет берите в кавычки: "
                    '"yes", "no".'
                )
        if len(set(found)) < len(found):
            self.fault(f"в поле {key} код повторяется. Оставьте один.")
        return tuple(found)

    def texts(self, key: str, *, longest: int) -> tuple[str, ...]:
        """Return a list of texts."""
        found = []
        for value in self._list(key):
            one = self.beside({key: value})
            found.append(one.text(key, longest=longest, needed=True))
        return tuple(found)

    def number(self, key: str) -> int | None:
        """Return a whole number, None if there is none."""
        value = self.data.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > FARTHEST:
            self.fault(f"в поле {key} нужно целое число от −{FARTHEST} до {FARTHEST}. Исправьте.")
            return None
        return value

    def flag(self, key: str) -> bool:
        """Return yes or no, no if nothing is said."""
        value = self.data.get(key, False)
        if not isinstance(value, bool):
            self.fault(f"в поле {key} нужно true или false. Исправьте.")
            return False
        return value

    def word(self, key: str, words: type[_Word], *, default: _Word, needed: bool = False) -> _Word:
        """Return one of a closed list of words."""
        said = self.maybe(key, words)
        if said is None and needed and not self.data.get(key):
            self.fault(f"поле {key} пусто. Выберите: {_listed(words)}.")
        return said or default

    def maybe(self, key: str, words: type[_Word]) -> _Word | None:
        """Return one of a closed list of words, None if nothing is said."""
        value = self.data.get(key)
        if value is None or value == "":
            return None
        if isinstance(value, str) and value in {word.value for word in words}:
            return words(value)
        self.fault(f"«{_shown(value)}» в поле {key} не годится. Выберите: {_listed(words)}.")
        return None

    def parts(self, key: str, *, most: int) -> list["_Fields"]:
        """Return the parts of a list, each with its fields."""
        found = []
        for number, value in enumerate(self._list(key)[:most], start=1):
            if isinstance(value, Mapping):
                found.append(_Fields(value, f"{self.place}, {key}, {number}", self._faults))
            else:
                self.fault(f"{key}, {number}: это не набор полей. Исправьте отступы.")
        if len(self._list(key)) > most:
            self.fault(f"в поле {key} больше {most}. Разделите на две анкеты.")
        return found

    def _list(self, key: str) -> Sequence[Any]:
        value = self.data.get(key)
        if value is None:
            return ()
        if isinstance(value, str) or not isinstance(value, Sequence):
            self.fault(f"в поле {key} нужен список. Начните каждую строку с «- ».")
            return ()
        return value


def _section(fields: _Fields) -> InstrumentSection:
    fields.only(_SECTION)
    title = fields.text("title", longest=LONGEST_TITLE)
    items = tuple(_item(one) for one in fields.parts("items", most=MOST_ITEMS))
    if not items:
        fields.fault("в разделе нет вопросов. Добавьте вопрос или уберите раздел.")
    return InstrumentSection(title, items)


def _item(fields: _Fields) -> Item:
    code = fields.data.get("code")
    fields.place = f"Вопрос «{_shown(code)}»" if isinstance(code, str) and code else fields.place
    fields.only(_ITEM)
    kind = fields.word("kind", ItemKind, default=ItemKind.NOTE, needed=True)
    item = Item(
        code=fields.code("code"),
        kind=kind,
        text=fields.text(
            "text", longest=LONGEST_NOTE if kind == ItemKind.NOTE else LONGEST_TEXT, needed=True
        ),
        options=_options(fields, kind),
        minimum=fields.number("min"),
        maximum=fields.number("max"),
        ends=fields.texts("ends", longest=LONGEST_END),
        construct=_construct(fields, kind),
        privacy=fields.word("class", ItemClass, default=ItemClass.PERSONAL),
        feeds=_feeds(fields),
        when=tuple(_condition(one) for one in _conditions(fields)),
        required=fields.flag("required"),
        of=fields.maybe("of", People),
        most=fields.number("most"),
        seen_by=fields.maybe("seen_by", ResultReader),
    )
    for what in _faults_of_item(item):
        fields.fault(what)
    return item


def _construct(fields: _Fields, kind: ItemKind) -> str:
    """Return what is measured: an item that names nothing measures what only it asks."""
    said = fields.code("construct", needed=False)
    if kind == ItemKind.NOTE:
        return said
    return said or (fields.code("code", needed=False))


def _feeds(fields: _Fields) -> str:
    said = fields.text("feeds", longest=LONGEST_TEXT)
    if said and not _FEEDS.fullmatch(said):
        fields.fault(
            f"«{_shown(said)}» в поле feeds не годится. Напишите «раздел.поле» или уберите."
        )
        return ""
    return said


def _options(fields: _Fields, kind: ItemKind) -> tuple[Option, ...]:
    found = []
    for part in fields.parts("options", most=MOST_OPTIONS):
        part.only({"code", "text", "exclusive"})
        found.append(
            Option(
                part.code("code"),
                part.text("text", longest=LONGEST_OPTION, needed=True),
                part.flag("exclusive"),
            )
        )
    if kind == ItemKind.YES_NO:
        if found:
            fields.fault("у вопроса yes_no ответы всегда «да» и «нет». Уберите options.")
        return YES_NO
    return tuple(found)


def _conditions(fields: _Fields) -> list[_Fields]:
    said = fields.data.get("when")
    if isinstance(said, Mapping):
        said = [said]
    return fields.beside({"when": said}).parts("when", most=MOST_OPTIONS)


def _condition(fields: _Fields) -> Condition:
    fields.only(_CONDITION)
    condition = Condition(
        fields.code("item"), fields.codes("is"), fields.number("at_least"), fields.number("at_most")
    )
    bounds = condition.at_least is not None or condition.at_most is not None
    if bool(condition.is_) == bounds:
        fields.fault("нужно либо is, либо at_least и at_most. Оставьте одно.")
    return condition


def _faults_of_item(item: Item) -> Iterable[str]:
    yield from _faults_of_scale(item)
    yield from _faults_of_options(item)
    if item.kind in OF_PEOPLE and item.of is None:
        yield f"не сказано, кого предлагать. Добавьте of: {_listed(People)}."
    if item.kind not in OF_PEOPLE and item.of is not None:
        yield "поле of бывает только у вопросов о людях. Уберите его."
    if item.kind == ItemKind.RANKED_PEOPLE and item.most is None:
        yield "не сказано, сколько мест. Добавьте most, например 3."
    if item.most is not None and (item.kind not in MANY or item.most < 1):
        yield "поле most бывает у вопросов с несколькими ответами и не меньше 1. Исправьте."
    if item.kind == ItemKind.NOTE and (item.required or item.feeds or item.construct):
        yield "на пояснение не отвечают. Уберите required, feeds и construct."


def _faults_of_scale(item: Item) -> Iterable[str]:
    bounds = [bound for bound in (item.minimum, item.maximum) if bound is not None]
    if item.kind != ItemKind.SCALE:
        if bounds or item.ends:
            yield "поля min, max и ends бывают только у шкалы. Уберите их."
        return
    if len(bounds) < len(("min", "max")) or not 1 <= bounds[1] - bounds[0] < MOST_STEPS:
        yield f"границы шкалы не годятся. Задайте min и max, от 2 до {MOST_STEPS} делений."
    if len(item.ends) not in {0, 2}:
        yield "в поле ends нужны два слова: для начала и для конца шкалы. Исправьте."


def _faults_of_options(item: Item) -> Iterable[str]:
    if item.kind == ItemKind.YES_NO:
        return
    if item.kind not in WITH_OPTIONS:
        if item.options:
            yield "options бывают только у choice и several. Уберите их или смените вид."
        return
    if len(item.options) < len(YES_NO):
        yield "вариантов меньше двух. Добавьте варианты."
    yield from _twice((one.code for one in item.options), "код варианта")
    yield from _twice((one.text for one in item.options), "вариант")
    if item.kind == ItemKind.CHOICE and any(one.exclusive for one in item.options):
        yield "exclusive бывает только у several. Уберите."


def _faults_of_whole(instrument: Instrument) -> Iterable[str]:
    items = instrument.items
    if not instrument.asked:
        yield "Анкета: в ней нет вопросов. Добавьте хотя бы один."
    if len(items) > MOST_ITEMS:
        yield f"Анкета: вопросов {len(items)}. Оставьте не больше {MOST_ITEMS}."
    for what in _twice((item.code for item in items if item.code), "код вопроса"):
        yield f"Анкета: {what}"
    for what in _twice(
        (item.construct for item in instrument.asked if item.construct), "construct"
    ):
        yield f"Анкета: {what}"
    earlier: dict[str, Item] = {}
    for item in items:
        for condition in item.when:
            yield from _faults_of_condition(item, condition, earlier)
        earlier.setdefault(item.code, item)


def _faults_of_condition(
    item: Item, condition: Condition, earlier: Mapping[str, Item]
) -> Iterable[str]:
    place = f"Вопрос «{item.code}»"
    asked = earlier.get(condition.item)
    if asked is None:
        yield (
            f"{place}: условие ссылается на «{condition.item}», которого нет выше. "
            "Укажите один из вопросов выше."
        )
    elif condition.is_:
        codes = {option.code for option in asked.options} if asked.kind in _CLOSED else set()
        if unknown := [one for one in condition.is_ if one not in codes]:
            yield (
                f"{place}: у вопроса «{asked.code}» нет варианта {_listed(unknown)}. "
                "Исправьте условие."
            )
    elif asked.kind != ItemKind.SCALE:
        yield f"{place}: у вопроса «{asked.code}» нет шкалы. Вместо границ укажите is."
    elif not _reachable(condition, asked):
        yield f"{place}: на шкале вопроса «{asked.code}» такого ответа нет. Исправьте границы."


def _reachable(condition: Condition, scale: Item) -> bool:
    if scale.minimum is None or scale.maximum is None:
        return True  # said already
    return any(condition.holds(value) for value in range(scale.minimum, scale.maximum + 1))


def _twice(values: Iterable[str], what: str) -> Iterable[str]:
    for value, count in Counter(values).items():
        if count > 1:
            yield f"{what} «{value}» повторяется. Оставьте один."


def _prints(sign: str) -> bool:
    return sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"}


def _shown(value: object) -> str:
    """Return a value short enough for a sentence."""
    text = "".join(sign if _prints(sign) else "?" for sign in str(value))
    return text if len(text) <= LONGEST_END else text[:LONGEST_END] + "…"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(str(word) for word in words))
