"""Annexes: named and not there, numbered wrongly, something else than was said (C13)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nastavnik.engine.linting.findings import LintFinding, LintRule, found_at
from nastavnik.engine.linting.lexicon import Lexicon
from nastavnik.engine.linting.model import CheckedPaper, Part, Passage, Place, plain

_REFERENCE = re.compile(
    r"приложени(?:ями|ях|е|я|ю|ем|и)\s*((?:№\s*)?\d{1,2}(?:\s*(?:,|и|-)\s*(?:№\s*)?\d{1,2})*)(?!\d|\.\d)"
    r"(\s+к\s+\w{4,})?",
    re.IGNORECASE,
)
_OURS = re.compile(r"\s+к\s+(?:настоящ|приказ|положени|программ|дорожн|план)", re.IGNORECASE)
_BEFORE = re.compile(r";|приложени\w+\s*(?:№\s*)?\d{1,2}\)?", re.IGNORECASE)
_CAPTION = re.compile(r"^(?:к\s|от\s|утвержд|приказом|№|\d{1,2}\.\d|[«\"]?_)", re.IGNORECASE)
_CAPTION_END = re.compile(r"№\s?\d+\S*$|район[ае]?$|_{3,}")
_VERB = re.compile(r"утвердить|утвержд\w+|прилага\w+|согласно|ввести", re.IGNORECASE)
_HEADING = 160
_CAPTION_LENGTH = 90
_TITLE_ENOUGH = 40
_UNNUMBERED = "0"


@dataclass(frozen=True, slots=True)
class Reference:
    """A place that names an annex: its number, and what is said to be in it; "" where several are named at once."""

    number: str
    place: Place
    what: str


def find_annexes(document: CheckedPaper, lexicon: Lexicon) -> Iterator[LintFinding]:
    """Yield what does not fit between annexes and what is said of them."""
    heads = {part.number: part for part in reversed(document.parts) if part.number}
    references = [one for part in document.parts for one in references_of(part)]
    yield from _repeated(document)
    yield from _contradictions(references, heads, lexicon)
    named = {one.number for one in references}
    yield from _missing(references, heads)
    yield from _unnamed(named, heads)


def references_of(part: Part) -> Iterator[Reference]:
    """Yield where a part of a document names an annex of the same document."""
    for at, one in enumerate(part.passages):
        if at == 0 and part.number:
            continue
        for found in _REFERENCE.finditer(one.plain):
            is_heading = found.start() == 0 and len(one.text) < _HEADING and one.text[0] == "П"
            if is_heading or (found[2] and not _OURS.match(found[2])):
                continue
            numbers = re.findall(r"\d{1,2}", found[1])
            what = _what(one, found) if len(numbers) == 1 else ""
            yield from (Reference(number, Place(one, *found.span()), what) for number in numbers)


def _what(one: Passage, found: re.Match[str]) -> str:
    """Return the words that say what is in an annex: those before, else those after."""
    ends = [before.end() for before in _BEFORE.finditer(one.plain, 0, max(0, found.start() - 1))]
    what = one.plain[ends[-1] if ends else 0 : found.start()]
    return what if what.strip(" (") else one.plain[found.end() :]


def _contradictions(
    references: list[Reference], heads: Mapping[str, Part], lexicon: Lexicon
) -> Iterator[LintFinding]:
    said: dict[str, tuple[str, Place]] = {}
    told: set[str] = set()
    for one in references:
        genre = _genre(one.what, lexicon)
        known, other = said.setdefault(one.number, (genre, one.place))
        if one.number in told or not genre:
            continue
        if known and genre != known:
            told.add(one.number)
            yield _annex(
                one.place,
                f"Приложение {one.number} названо для двух разных документов: {known.lower()} и {genre.lower()}.",
                f"Annex {one.number} stands for two different papers.",
                against=other,
            )
        elif one.number in heads and (title := title_of(heads[one.number])):
            headed = _first_genre(title[:60], lexicon)
            if headed and headed != genre:
                told.add(one.number)
                head = heads[one.number].passages[0]
                yield _annex(
                    one.place,
                    f"Приложение {one.number} озаглавлено иначе: «{title[:60]}».",
                    f"Annex {one.number} is headed otherwise: “{title[:60]}”.",
                    against=Place(head, 0, 0),
                )


def _missing(references: list[Reference], heads: Mapping[str, Part]) -> Iterator[LintFinding]:
    told = set(heads)
    if set(heads) == {_UNNUMBERED}:
        told.add("1")
    for one in references:
        if one.number not in told:
            told.add(one.number)
            yield _annex(
                one.place,
                f"Приложение {one.number} названо, а в файле его нет.",
                f"Annex {one.number} is named and is not in the file.",
                rule=LintRule.ANNEX_MISSING,
                sure=bool(heads),
            )


def _unnamed(named: set[str], heads: Mapping[str, Part]) -> Iterator[LintFinding]:
    numbers = sorted(int(number) for number in heads if number != _UNNUMBERED)
    for before, number in zip([0, *numbers], numbers, strict=False):
        place = _head(heads[str(number)])
        if number > before + 1 and str(before + 1) not in named:
            yield _annex(
                place,
                f"Приложение {number} есть, а приложения {before + 1} нет.",
                f"There is an annex {number} and no annex {before + 1}.",
                rule=LintRule.ANNEX_MISSING,
            )
        elif named and str(number) not in named and heads[str(number)].owner[:4] in ("", "прик"):
            yield _annex(
                place,
                f"На приложение {number} в тексте никто не ссылается.",
                f"Nothing in the text refers to annex {number}.",
                sure=False,
            )


def _repeated(document: CheckedPaper) -> Iterator[LintFinding]:
    met: dict[tuple[str, str], Part] = {}
    for part in document.annexes():
        first = met.setdefault((part.number, part.owner), part)
        if first is not part and part.number != _UNNUMBERED:
            yield _annex(
                _head(part),
                f"Два приложения с номером {part.number}.",
                f"Two annexes are numbered {part.number}.",
                against=_head(first),
            )


def _head(part: Part) -> Place:
    return Place(part.passages[0], 0, len(part.passages[0].text))


def title_of(part: Part) -> str:
    """Return the heading of an annex: what follows its caption."""
    words: list[str] = []
    for one in part.passages[1:12]:
        if not words and (one.row or _is_caption(one)):
            continue
        words.append(one.text)
        if len(" ".join(words)) > _TITLE_ENOUGH:
            break
    return " ".join(words)


def _is_caption(one: Passage) -> bool:
    ends = len(one.text) < _CAPTION_LENGTH and _CAPTION_END.search(one.plain)
    return bool(_CAPTION.match(one.plain) or ends)


def _genre(text: str, lexicon: Lexicon) -> str:
    """Return what is attached: the first word for a paper after the last verb."""
    return _first_genre(_VERB.split(text)[-1], lexicon)


def _first_genre(text: str, lexicon: Lexicon) -> str:
    found = re.search(
        rf"\b(?:({'|'.join(lexicon.genres)})|дорожн\w+ карт)\w*", plain(text), re.IGNORECASE
    )
    if not found:
        return ""
    return lexicon.genres[found[1].lower()] if found[1] else "План"


def _annex(
    place: Place,
    why: str,
    why_en: str,
    *,
    rule: LintRule = LintRule.ANNEX_NUMBER,
    sure: bool = True,
    against: Place | None = None,
) -> LintFinding:
    advice = (
        "Сверьте номера приложений в тексте и в их заголовках.",
        "Hold the numbers of annexes in the text against their headings.",
    )
    return found_at(place, rule, (why, why_en), advice, sure=sure, against=against)
