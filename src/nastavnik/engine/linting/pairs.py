"""Pairs of a paper held against those of the base."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nastavnik.engine.linting.findings import LintFinding, LintRule
from nastavnik.engine.linting.model import CheckedPaper, plain

MOST_ROWS = 3000
_LONGEST_ROW = 600
_WORD = re.compile(r"[А-Я][а-я]+(?:-[А-Я][а-я]+)?")
_INITIAL = re.compile(r"\b([А-Я])\.")
_ABOUT_PAIRS = re.compile(r"наставник|наставляем|закреп|пар[аыу]\b", re.IGNORECASE)
_ENDING = 3  # letters by which a surname may differ in another case


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A row of a table, or a sentence on pairs: what may name a mentor and a mentee."""

    line: int
    text: str


def named_rows(paper: CheckedPaper) -> tuple[NamedRow, ...]:
    """Return what may name pairs, in order, each once."""
    found: dict[str, NamedRow] = {}
    for one in paper.passages:
        text = one.row or (one.text if _ABOUT_PAIRS.search(one.plain) else "")
        if text and len(text) <= _LONGEST_ROW and len(found) < MOST_ROWS:
            found.setdefault(text, NamedRow(one.lines[0], text))
    return tuple(found.values())


def find_other_pairs(
    rows: Iterable[NamedRow], pairs: Sequence[tuple[str, str]]
) -> Iterator[LintFinding]:
    """Yield rows that name a mentor and a mentee of the base who are not a pair in it.

    Args:
        rows: of the paper.
        pairs: full names of mentor and mentee, surname first.
    """
    mentees_of: dict[str, set[str]] = defaultdict(set)
    mentors_of: dict[str, set[str]] = defaultdict(set)
    for mentor, mentee in pairs:
        mentees_of[mentor].add(mentee)
        mentors_of[mentee].add(mentor)
    by_stem = _by_stem([*mentees_of, *mentors_of])
    for row in rows:
        named = _named(row.text, by_stem)
        mentors = [one for one in named if one in mentees_of]
        mentees = [one for one in named if one in mentors_of]
        if len(mentors) == len(mentees) == 1 and mentees[0] not in mentees_of[mentors[0]]:
            yield _other(row, mentors[0], mentees[0], sorted(mentors_of[mentees[0]]))


def _by_stem(names: Iterable[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name in dict.fromkeys(names):
        found[_stem(plain(name).split()[0])].append(name)
    return found


def _stem(surname: str) -> str:
    return surname.lower()[:4]


def _named(text: str, by_stem: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the people named in a text by surname with first name or initial; one that may be two people is nobody."""
    words = list(_WORD.finditer(plain(text)))
    found: dict[str, None] = {}
    for n, word in enumerate(words):
        near = plain(text)[max(0, word.start() - 8) : word.end() + 8]
        next_word = words[n + 1][0] if n + 1 < len(words) else ""
        fitting = [
            name
            for name in by_stem.get(_stem(word[0]), ())
            if _is_surname(word[0], name) and _is_first_name(next_word, near, name)
        ]
        if len(fitting) == 1:
            found[fitting[0]] = None
    return list(found)


def _is_surname(word: str, name: str) -> bool:
    """Tell whether a word is the surname of a name in some case."""
    surname = plain(name).split()[0]
    kept = surname[: max(3, len(surname) - 2)]
    return word.startswith(kept) and abs(len(word) - len(surname)) <= _ENDING


def _is_first_name(word: str, near: str, name: str) -> bool:
    first = plain(name).split()[1] if len(name.split()) > 1 else ""
    if not first:
        return True
    return word.startswith(first[: max(2, len(first) - 2)]) or first[0] in _INITIAL.findall(near)


def _other(row: NamedRow, mentor: str, mentee: str, known: Sequence[str]) -> LintFinding:
    return LintFinding(
        LintRule.OTHER_PAIR,
        row.line,
        row.text[:140],
        f"Рядом стоят {mentor} и {mentee}, а в базе наставник – {', '.join(known)}.",
        f"{mentor} and {mentee} stand together; in the base the mentor is {', '.join(known)}.",
        "Исправьте строку или пару в базе.",
        "Correct the line, or the pair in the base.",
        sure=False,
    )
