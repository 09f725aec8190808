"""What a questionnaire is made of (questionnaires as data, method.md §4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class ItemKind(StrEnum):
    """How an item is answered; in brackets what an answer is."""

    SCALE = "scale"  # a whole number within bounds
    YES_NO = "yes_no"  # "yes" or "no"
    CHOICE = "choice"  # the code of one option
    SEVERAL = "several"  # codes of options, in the order of the options
    RANKED_PEOPLE = "ranked_people"  # keys of people, the most wanted first
    PEOPLE = "people"  # keys of people
    TEXT = "text"  # a line
    STORY = "story"  # several lines
    DATE = "date"  # a day as YYYY-MM-DD
    NOTE = "note"  # asks nothing


class RespondentRole(StrEnum):
    """Who answers."""

    MENTEE = "mentee"
    MENTOR = "mentor"
    PARENT = "parent"
    CLASS_TEACHER = "class_teacher"
    PSYCHOLOGIST = "psychologist"
    SOCIAL_TEACHER = "social_teacher"
    PARTNER = "partner"
    CURATOR = "curator"


class InstrumentStage(StrEnum):
    """When in the programme a questionnaire is asked (method.md §4.0)."""

    REQUEST = "request"  # what a mentee needs
    CANDIDATE = "candidate"  # what a mentor can give
    THIRD_PARTY = "third_party"  # what those around a mentee see
    PREFERENCES = "preferences"  # after the meeting of the whole group
    BEFORE = "before"
    FIT = "fit"  # after the first and the second meeting of a pair
    MEETING = "meeting"  # after a meeting
    AFTER = "after"
    SATISFACTION = "satisfaction"
    FINAL = "final"  # the last sheet of a pair of staff
    QUALITY = "quality"  # how the programme is carried out


class ItemClass(StrEnum):
    """What kind of data an answer is; members are named as the classes of stored fields."""

    PERSONAL = "personal"
    PSYCHOLOGICAL = "psychological"


class People(StrEnum):
    """Whom an item offers to name."""

    PRESENT = "present"  # the other side, as it came to the meeting of the group
    MENTORS = "mentors"
    MENTEES = "mentees"


class ResultReader(StrEnum):
    """Who alone may read an answer, if not all who may read the results."""

    CURATOR = "curator"
    PSYCHOLOGIST = "psychologist"


YES, NO = "yes", "no"
WITH_OPTIONS = frozenset({ItemKind.CHOICE, ItemKind.SEVERAL})
OF_PEOPLE = frozenset({ItemKind.RANKED_PEOPLE, ItemKind.PEOPLE})
MANY = frozenset({ItemKind.SEVERAL, *OF_PEOPLE})
WRITTEN = frozenset({ItemKind.TEXT, ItemKind.STORY})


@dataclass(frozen=True, slots=True)
class Option:
    """One of the offered answers.

    Attributes:
        code: what is stored.
        text: what is read.
        exclusive: whether it excludes the other options of `several`: «ничего из этого».
    """

    code: str
    text: str
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """What an earlier item must have been answered for an item to be asked; all that is said must hold.

    Attributes:
        item: code of the earlier item.
        is_: codes, one of which is the answer or, of `several`, among the answers.
        at_least: least value of a scale.
        at_most: greatest value of a scale.
    """

    item: str
    is_: tuple[str, ...] = ()
    at_least: int | None = None
    at_most: int | None = None

    def holds(self, answer: object) -> bool:
        """Tell whether an answer meets the condition; no answer meets none."""
        if answer is None:
            return False
        if self.is_:
            given = answer if isinstance(answer, list | tuple) else (answer,)
            return any(one in self.is_ for one in given)
        if not isinstance(answer, int):
            return False
        low = self.at_least is None or answer >= self.at_least
        return low and (self.at_most is None or answer <= self.at_most)


@dataclass(frozen=True, slots=True)
class Item:
    """One question, or a note among them.

    Attributes:
        code: name of the answer, unique in the questionnaire and the same in all its versions.
        kind: how it is answered.
        text: the question.
        options: of `choice` and `several`; of `yes_no` always «да» and «нет».
        minimum: least value of a scale.
        maximum: greatest value of a scale.
        ends: words at the two ends of a scale, or nothing.
        construct: what is measured: pairs answers before and after; unique in the questionnaire, "" for a note.
        privacy: class of the answer.
        feeds: what the answer is proposed for, "" for nothing.
        when: conditions of asking, all of which must hold.
        required: whether a blank is refused.
        of: whom items of people offer.
        most: how many options or people may be named, None for any number.
        seen_by: who alone may read the answer, None for all who may read the results.
    """

    code: str
    kind: ItemKind
    text: str
    options: tuple[Option, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    ends: tuple[str, ...] = ()
    construct: str = ""
    privacy: ItemClass = ItemClass.PERSONAL
    feeds: str = ""
    when: tuple[Condition, ...] = ()
    required: bool = False
    of: People | None = None
    most: int | None = None
    seen_by: ResultReader | None = None

    @property
    def asks(self) -> bool:
        """Tell whether it is answered at all."""
        return self.kind != ItemKind.NOTE

    @property
    def measure(self) -> tuple[object, ...]:
        """Return what must be equal for two answers to be compared: kind, bounds, codes of options."""
        codes = tuple(sorted(option.code for option in self.options))
        return (self.kind, self.minimum, self.maximum, codes)


@dataclass(frozen=True, slots=True)
class InstrumentSection:
    """Items under one heading; a page of the screen form."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Instrument:
    """A questionnaire: one version of it.

    Attributes:
        code: name, the same in all versions.
        title: heading.
        forms: codes of the forms of mentoring it is meant for, nothing for all.
        role: who answers.
        stage: when it is asked.
        source: where its constructs come from and whose the words are.
        sections: its items, in order.
    """

    code: str
    title: str
    forms: tuple[str, ...]
    role: RespondentRole
    stage: InstrumentStage
    source: str
    sections: tuple[InstrumentSection, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """Return the items of all sections, in order."""
        return tuple(self._items())

    @property
    def asked(self) -> tuple[Item, ...]:
        """Return the items that are answered, in order."""
        return tuple(item for item in self._items() if item.asks)

    def item(self, code: str) -> Item:
        """Return the item with this code.

        Raises:
            KeyError: there is none.
        """
        for item in self._items():
            if item.code == code:
                return item
        raise KeyError(code)

    def _items(self) -> Iterator[Item]:
        for section in self.sections:
            yield from section.items
