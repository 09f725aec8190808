"""Questionnaires as data: bodies into questionnaires, answers into what is kept; no files, clock or chance."""

from nastavnik.engine.instruments.answering import (
    Answer,
    CheckedAnswers,
    check_answers,
    shown_items,
)
from nastavnik.engine.instruments.bodies import body_of, canonical_json, digest
from nastavnik.engine.instruments.comparing import Break, Cause, Pairing, breaks, pairings
from nastavnik.engine.instruments.editing import NEW_KINDS, edited
from nastavnik.engine.instruments.model import (
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
from nastavnik.engine.instruments.parsing import InstrumentError, parse_instrument
from nastavnik.engine.instruments.wording import forbidden_words
from nastavnik.engine.instruments.xlsforms import ReadForm, from_xlsform, to_xlsform

__all__ = [
    "NEW_KINDS",
    "Answer",
    "Break",
    "Cause",
    "CheckedAnswers",
    "Condition",
    "Instrument",
    "InstrumentError",
    "InstrumentSection",
    "InstrumentStage",
    "Item",
    "ItemClass",
    "ItemKind",
    "Option",
    "Pairing",
    "People",
    "ReadForm",
    "RespondentRole",
    "ResultReader",
    "body_of",
    "breaks",
    "canonical_json",
    "check_answers",
    "digest",
    "edited",
    "forbidden_words",
    "from_xlsform",
    "pairings",
    "parse_instrument",
    "shown_items",
    "to_xlsform",
]
