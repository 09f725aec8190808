"""Signs that somebody of a list has left: a word in a note, a column for it, brackets, a line through.

A sign is a reason to ask, never to decide: some who are marked have come back, some are only on leave.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from nastavnik.engine.tables.cells import value_of

_WORD = re.compile(
    r"(?<![а-яё])(выбы(л[аои]?|вш(ий|ая|ие|его|ей|их)|тие|вает)|"
    r"отчисл(ен[аоы]?|[её]нн(ый|ая|ые|ого|ой|ых)|или|ил[аи]сь|ился)|"
    r"увол(ен[аоы]?|енн(ый|ая|ые)|ил[аи]сь|ился|ьнени[еяю])|убы(л[аои]?|тие)|"
    r"переве(д[её]н[аоы]?|лся|лась|лись)|перевод в|переш([её]л|ла) в|декрет(е|н[а-яё]+)?|"
    r"отпуск[а-яё]* по (уходу|беременност[а-яё]+)|академ[а-яё]*( ?\.| отп[а-яё]*| ?о\.)|выпускни(к|ца)|выпущен[аоы]?|"
    r"уш([её]л|ла)|уехал[аи]?|не (учится|обучается|работает)|исключ[её]н[аоы]?|скончал(ся|ась)|умер(ла)?|"
    r"прекра(тил[аи]?|щен[аоы]?)|д/о|забрал[аи]? документы|документы забра[а-яё]+)(?![а-яё])",
    re.IGNORECASE,
)
# moves inside the school or into it
_STAYS = re.compile(
    r"переве(д[её]н\w*|лся|лась)\s+(из|с )|переве(д[её]н\w*|лся|лась)\s+(условно|в следующ|на следующ|в \d+-?й? ?кл|"
    r"на (обучен|домашн|индивид|должност|дист|\d))|не (был[аи]? )?(выбы|отчисл|увол|перев)|вышл?[аи]? из декрет|из декрет",
    re.IGNORECASE,
)
_HEADER = re.compile(r"(?<![а-яё])(выбы|отчисл|увол|убы(л|т)|декрет|исключ)", re.IGNORECASE)
_ARRIVALS = re.compile(r"(?<![а-яё])(прибы|откуда|зачисл|принят|прием|поступ)", re.IGNORECASE)
_NOT_OF_THE_PERSON = re.compile(
    r"родител|законн|\b(мать|матери|отец|отца|мама|папа)\b|представител|опекун|адрес|телефон|почта",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"\W*((список|дети|ученики|обучающиеся|сотрудники|педагоги|учителя)\s+)?(выбывш\w+|выбыли|отчисленн\w*|отчислены|"
    r"уволенн\w*|уволены|уволившиеся|переведённ\w*|переведенн\w*|переведены|убывш\w*|убыли|"
    r"(находящиеся |находятся )?(в )?декрет\w*|(в )?академ\w* отпуск\w*|выпускники|архив|"
    r"выбыло|бывш\w+)(?![а-яё])",
    re.IGNORECASE,
)
_NO = re.compile(r"нет|не|0|-|—|false|ложь", re.IGNORECASE)


@dataclass(frozen=True)
class NoteColumn:
    """A column in which a sign may stand.

    Attributes:
        column: Its number from 0.
        header: Its header as written.
        any_value: Its header asks for nothing but leaving, so whatever stands in it is a sign.
    """

    column: int
    header: str
    any_value: bool


def note_column(column: int, header: str) -> NoteColumn | None:
    """Say how signs stand in a column under this header; None where other people are spoken of."""
    if _NOT_OF_THE_PERSON.search(header):
        return None
    speaks = bool(_HEADER.search(header))
    arrives = bool(_ARRIVALS.search(header))
    if arrives and not speaks:
        return None
    return NoteColumn(column, header, speaks and not arrives)


def leaving_word(text: str) -> str:
    """Return the word of a text that says somebody has left, "" without one."""
    if _STAYS.search(text):
        return ""
    found = _WORD.search(text)
    return found[0].strip() if found else ""


def sign_in(notes: Iterable[tuple[NoteColumn, str]]) -> tuple[str, str]:
    """Return the header of the column and the words that say somebody has left; ("", "") without."""
    for note, cell in notes:
        value = value_of(cell)
        if not value or _NO.fullmatch(value):
            continue
        if word := leaving_word(value):
            return note.header, word
        if note.any_value:
            return note.header, value
    return "", ""


def is_leaving_heading(line: str) -> bool:
    """Tell a heading or a title of those who have left: «Выбывшие», «Список отчисленных»."""
    return bool(_HEADING.match(line)) and not _ARRIVALS.search(line)
