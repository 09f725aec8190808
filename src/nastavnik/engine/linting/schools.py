"""Schools: one that is not the paper's own (C3), the own one under another legal form (C22)."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nastavnik.engine.linting.findings import LintFinding, LintRule, found_at
from nastavnik.engine.linting.lexicon import Lexicon
from nastavnik.engine.linting.model import HEAD_LINES, CheckedPaper, Passage, Place
from nastavnik.engine.linting.names import two_names

_LEGAL = r"\b(?:[А-Я]{1,8}ОУ|КОГПОБУ|КОГОБУ|[А-Я]{1,4}БПОУ)\b"
_SCHOOL = re.compile(
    r"\b(?:СОШ|ООШ|НОШ|[Гг]имнази[яиюей]{1,2}|[Лл]ице(?:й|я|ю|ем|е)|[Шш]кол(?:а|ы|е|у|ой)|[Кк]олледж\w{0,2}|"
    r"[Тт]ехникум\w{0,2}|[Шш]кол[аы]-интернат\w*|ГИМНАЗИЯ|ЛИЦЕЙ|ШКОЛА|КОЛЛЕДЖ)\b"
)
_NUMBER = re.compile(r"^[\s\"«]{0,3}(?:№|N|No)\s?(\d{1,4})\b")
_LEGAL_BEFORE = re.compile(rf"({_LEGAL})\s*[«\"]?(?:[А-Яа-я-]+\s+){{0,3}}$")
_PLACE_BEFORE = re.compile(
    r"\b([А-Я][а-я-]*(?:ск|цк))(?:ая|ой|ую|ий|ого|ому|ом|им)\s+[«\"]?"
    r"(?:(?:средн|основн|начальн)\w+\s+)?(?:общеобразовательн\w+\s+)?$"
)
_NAMED_FOR = re.compile(r"^[^.,;()]{0,25}?\bим(?:ени|\.)\s?(?:[А-Я]\.\s?){0,2}([А-Я][а-я]{3,})")
_NO_PLACE = ("детск", "городск", "сельск", "российск", "всероссийск", "педагогическ", "музыкальн")
_MARKS = ("number", "place", "named")
_NEAR = 70  # characters around that say whose school it is
_FEW = 3  # other schools: from so many on the paper is about several


@dataclass(frozen=True, slots=True)
class _School:
    marks: Mapping[str, str]  # of `_MARKS`, in even letters
    legal: str
    place: Place
    at: int  # number of the passage


def find_foreign(document: CheckedPaper, lexicon: Lexicon) -> Iterator[LintFinding]:
    """Yield mentions of a school that is not the one the paper is of."""
    met = [one for at, passage in enumerate(document.passages) for one in _schools(at, passage)]
    own = _own(met)
    if not own:
        return
    usual = _usual(own)
    others = [
        one
        for one in met
        if one not in own and _differs(one.marks, usual) and not lexicon.partners.search(_near(one))
    ]
    if len({tuple(sorted(one.marks.items())) for one in others}) < _FEW:
        yield from (_foreign(one, own) for one in others)
    yield from _legal_forms(own)


def _foreign(one: _School, own: Sequence[_School]) -> LintFinding:
    said, name = one.place.words, own[0].place.words
    return found_at(
        one.place,
        LintRule.FOREIGN_ORGANISATION,
        (
            f"Здесь названа другая организация: «{said}», а документ – организации «{name}».",
            f"Another organisation is named here: “{said}”; the paper is of “{name}”.",
        ),
        (
            "Скорее всего, строка перенесена из чужого документа. Впишите свою организацию.",
            "The line probably came with somebody else's paper. Put your own organisation.",
        ),
        sure=len(own) > 1,
        against=own[0].place,
    )


def _schools(at: int, passage: Passage) -> Iterator[_School]:
    text = passage.plain
    for found in _SCHOOL.finditer(text):
        before, after = text[max(0, found.start() - 120) : found.start()], text[found.end() :][:80]
        marks: dict[str, str] = {}
        start, end = found.span()
        if number := _NUMBER.match(after):
            marks["number"] = number[1]
            end = found.end() + number.end()
        if (place := _PLACE_BEFORE.search(before)) and not place[1].lower().startswith(_NO_PLACE):
            marks["place"] = place[1].lower()
            start -= len(before) - place.start()
        if named := _NAMED_FOR.match(after):
            marks["named"] = named[1].lower()[:6]
            end = max(end, found.end() + named.end())
        if marks:
            legal = _LEGAL_BEFORE.search(before)
            start = found.start() - len(before) + legal.start() if legal else start
            yield _School(marks, legal[1] if legal else "", Place(passage, start, end), at)


def _own(met: Sequence[_School]) -> list[_School]:
    """Return the mentions of the school whose paper it is: the one named most, twice as much at the beginning."""
    counted: Counter[tuple[str, str]] = Counter()
    for one in met:
        for name in ("number", "place"):
            if name in one.marks:
                counted[name, one.marks[name]] += 2 if one.at < HEAD_LINES // 2 else 1
    if not counted:
        return []
    name, value = counted.most_common(1)[0][0]
    return [one for one in met if one.marks.get(name) == value]


def _usual(own: Sequence[_School]) -> dict[str, str]:
    marks = {name: Counter(one.marks[name] for one in own if name in one.marks) for name in _MARKS}
    return {name: several.most_common(1)[0][0] for name, several in marks.items() if several}


def _differs(marks: Mapping[str, str], usual: Mapping[str, str]) -> bool:
    if any(usual.get(name, value) != value for name, value in marks.items()):
        return True
    return "number" in marks and "number" not in usual


def _near(one: _School) -> str:
    text, start, end = one.place.passage.plain, one.place.start, one.place.end
    return f"{text[max(0, start - _NEAR) : start]} {text[end : end + _NEAR // 2]} {one.place.passage.row}"


def _legal_forms(own: Sequence[_School]) -> Iterator[LintFinding]:
    """Yield that the own school goes under two legal forms."""
    by_form: dict[str, list[Place]] = defaultdict(list)
    for one in own:
        if one.legal:
            by_form[one.legal].append(one.place)
    if len(by_form) == 2:  # noqa: PLR2004 - one against one
        rare, often = sorted(by_form.values(), key=lambda several: (len(several), -several[0].line))
        yield two_names(rare, often)
