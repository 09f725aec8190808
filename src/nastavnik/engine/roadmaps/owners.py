"""Who answers: a cell of people, posts and bodies parted into a list."""

import itertools
import re

from nastavnik.engine.roadmaps.phrases import clean, one_line

_PERSON = (
    r"директор[аы]?|заместител[ьи]|зам|завуч[и]?|куратор[ы]?|координатор[ы]?|руководител[ьи]|"
    r"начальник[и]?|заведующ(?:ий|ая|ие)|специалист[ы]?|методист[ы]?|председател[ьи]|учител[ья]|"
    r"педагог[и]?|психолог[и]?|классн(?:ый|ые)|социальн(?:ый|ые)|школьн(?:ый|ые)|"
    r"муниципальн(?:ый|ые)|региональн(?:ый|ые)|наставник[и]?|наставляем(?:ый|ые)|"
    r"ответственн(?:ый|ая|ые)|родител[ьи]|обучающ(?:ийся|иеся)|преподавател[ьи]|мастер[а]?|"
    r"советник[и]?|воспитател[ьи]|библиотекар[ьи]|секретар[ьи]|старш(?:ий|ие)|член[ы]?|"
    r"участник[и]?|представител[ьи]|тьютор[ы]?|логопед[ы]?|работник[и]?|сотрудник[и]?|"
    r"вожат(?:ый|ые|ая)|студент[ы]?|выпускник[и]?|волонт[её]р[ы]?|работодател[ьи]|администратор[ы]?"
)
_BODY = (
    r"администраци[яи]|управлени[ея]|отдел[ы]?|организаци[яи]|партн[её]р[ы]?|совет|рабочая|"
    r"методическ(?:ий|ая|ое|ие)|комисси[яи]|школ[аы]|колледж[и]?|центр[ы]?|предприяти[яе]|"
    r"педагогическ(?:ий|ие)|предметн\w+|ученическ\w+|родительск(?:ий|ие)|служб[аы]"
)
_PERSON_FIRST = re.compile(rf"(?:\w+\s+)?(?:{_PERSON})\b", re.IGNORECASE)
_PERSON_NOW = re.compile(rf"(?:{_PERSON})\b", re.IGNORECASE)
_ANY_FIRST = re.compile(rf"(?:\w+\s+)?(?:{_PERSON}|{_BODY})\b", re.IGNORECASE)
_ANY_NOW = re.compile(rf"(?:{_PERSON}|{_BODY})\b", re.IGNORECASE)
_NAME = re.compile(
    r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?\s+[А-ЯЁ]\.\s*(?:[А-ЯЁ]\.?)?|[А-ЯЁ]\.\s*[А-ЯЁ]\.\s*[А-ЯЁ][а-яё]+"
)
_SHORT_FIELD = re.compile(r"(?:УВР|ВР|УР|УМР|НМР|МР|АХР|АХЧ|БЖ|ИКТ|НР)\.?")
_FIELDS_BEFORE = re.compile(r"\bпо\s+[А-ЯЁ]{2,4}$")
_ABBREVIATION = re.compile(
    r"(?:^|[\s.])(?:[А-ЯЁ]|зам|им|г|гор|пос|рук|кл|отв|пед|соц|ул|ст|т|д|н|обл)$"
)
_EDGES = " \t\n.,;:•·–—-➤\u25a1"
_FIRST_AND = re.compile(r"^(?:и|И)\b\s*,?\s*")
_LAST_AND = re.compile(r"\s+[иИ]$")
_ADDRESSED = re.compile(r"\(далее\s*[–—-][^)]*\)\s*$")


def split_responsible(text: str) -> tuple[str, ...]:
    """Part «Директор. Куратор, классные руководители» into people and posts.

    Parts at line ends, `;`, bullets, a comma or a full stop before another post, «и» before
    a post, a capital post in the middle of a phrase. Brackets and quotes stay whole, initials
    and «зам. директора» too; a name stays with the post before it.
    """
    pieces: list[str] = []
    for line in _lines(text):
        fresh = True
        for piece in _pieces(line):
            tidy = _tidy(piece)
            if not tidy:
                continue
            if pieces and not fresh and _belongs_to(pieces[-1], tidy):
                pieces[-1] = f"{pieces[-1]}, {tidy}"
            else:
                pieces.append(tidy)
            fresh = False
    return tuple(dict.fromkeys(pieces))


def _lines(text: str) -> list[str]:
    """Join a line that only goes on with the one before it."""
    lines: list[str] = []
    for line in clean(text).split("\n"):
        low = line[:1].islower() or line[:1] == "("
        if lines and low and not _ANY_NOW.match(line) and not lines[-1].endswith((";", ".", ",")):
            lines[-1] = f"{lines[-1]} {line}"
        else:
            lines.append(line)
    return lines


def _tidy(piece: str) -> str:
    line = one_line(piece).strip(_EDGES)
    return _LAST_AND.sub("", _FIRST_AND.sub("", line)).strip(_EDGES)


def _belongs_to(before: str, piece: str) -> bool:
    """Tell whether what follows a comma is no new owner: a name, «ВР» after «по УВР»."""
    if _NAME.fullmatch(piece):
        return not _NAME.search(before)
    if _SHORT_FIELD.fullmatch(piece):
        return bool(_FIELDS_BEFORE.search(before))
    return piece[0].islower() and not _ANY_FIRST.match(piece)


def _pieces(line: str) -> list[str]:
    cuts = [0]
    level = 0
    for index, char in enumerate(line):
        if char in "(«":
            level += 1
        elif char in ")»":
            level = max(0, level - 1)
        if level == 0 and _cuts_here(line, index, cuts[-1]):
            cuts.append(index + 1 if char in ",;:.•➤" else index)
    cuts.append(len(line))
    return [line[start:end] for start, end in itertools.pairwise(cuts)]


def _cuts_here(line: str, index: int, since: int) -> bool:
    char, after = line[index], line[index + 1 :]
    if char in ",;•➤":
        return True
    if char == ":":
        return after.startswith(" ")
    if char == ".":
        before = line[since:index]
        high = after[:1] == " " and after.lstrip()[:1].isupper()
        return high and not _ABBREVIATION.search(before)
    return line[index - 1 : index] == " " and _post_starts(line, index, since)


def _post_starts(line: str, index: int, since: int) -> bool:
    """Tell whether another owner starts here without a mark before."""
    before, rest = line[since:index], line[index:]
    if rest.startswith("и "):
        return bool(_PERSON_FIRST.match(rest[2:])) and bool(before.strip())
    if _ADDRESSED.search(before):
        return rest[0].isalpha()
    return (
        rest[0].isupper()
        and before.strip()[-1:].isalpha()
        and bool(_PERSON_NOW.match(rest))
        and not before.rstrip().endswith((" и", " или", " по", "-", " –"))
    )
