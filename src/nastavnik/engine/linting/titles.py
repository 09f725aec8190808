"""One paper with two titles (C13)."""

import re
from collections.abc import Iterator

from nastavnik.engine.linting.annexes import references_of, title_of
from nastavnik.engine.linting.findings import LintFinding, LintRule, found_at
from nastavnik.engine.linting.lexicon import Lexicon
from nastavnik.engine.linting.model import CheckedPaper, Part, Passage, Place, plain

_SELF = re.compile(
    r"\bнастоящ(?:ее|ая|ий|его|ей|ему|им|ем|ую)\s+(?:типов\w+\s+)?(положени|программ|поряд|регламент|план)\w*",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"^\W*(положени|программ|поряд|регламент|план|дорожн)(?:е|а|ок|ая карта)?\b", re.IGNORECASE
)
_CALLED = re.compile(r"\b(положение|программ[ау]|порядок|регламент)\s+(.{8,160})$", re.IGNORECASE)
_SPAN = re.compile(
    r"\bна\s+(?:период\s+)?(20\d\d)\s?[-/]\s?(20\d\d|\d\d)\s*(?:учебн\w+\s+год|год[аы]?|уч|гг)",
    re.IGNORECASE,
)
_NEAR = 25  # passages of a part in which its heading stands
_HEADING_LENGTH = 200
_STOP = frozenset({"настоящего", "муниципального", "района", "области", "учебный", "обучающихся"})


def find_titles(document: CheckedPaper, _lexicon: Lexicon) -> Iterator[LintFinding]:
    """Yield a paper that calls itself otherwise than its heading does, and an annex under two titles."""
    for part in document.parts:
        yield from _of_itself(part)
    yield from _of_annexes(document)
    yield from _of_years(document)


def _of_itself(part: Part) -> Iterator[LintFinding]:
    heading = next((one for one in part.passages[:_NEAR] if _is_heading(one)), None)
    if heading is None:
        return
    for one in part.passages:
        for found in _SELF.finditer(one.plain):
            if found[1].lower() not in heading.plain.lower():
                place = Place(one, *found.span())
                why = (
                    f"Документ озаглавлен «{heading.text[:60]}», а здесь назван иначе: «{place.words}».",
                    f"The paper is headed “{heading.text[:60]}” and calls itself otherwise: “{place.words}”.",
                )
                yield _titled(place, why, Place(heading, 0, 0))
                return


def _is_heading(one: Passage) -> bool:
    return not one.row and len(one.text) < _HEADING_LENGTH and bool(_HEADING.match(one.plain))


def _of_annexes(document: CheckedPaper) -> Iterator[LintFinding]:
    headed = {part.number: part for part in document.annexes()}
    for one in references_of(document.parts[0]):
        part = headed.get(one.number)
        called = _CALLED.search(one.what.rstrip(" (")) if one.what else None
        if part is None or called is None:
            continue
        title = title_of(part)
        said, heading = _stems(called[2].split("(далее", 1)[0]), _stems(title)
        is_same_genre = plain(title).lower().startswith(called[1].lower()[:6])
        if is_same_genre and said and heading and not (said <= heading or heading <= said):
            words = f"{called[1]} {called[2]}".strip(" (")
            why = (
                f"В тексте документ назван «{words[:110]}», а озаглавлен «{title[:110]}».",
                f"The text calls it “{words[:110]}”; it is headed “{title[:110]}”.",
            )
            yield _titled(one.place, why, Place(part.passages[0], 0, 0))


def _stems(text: str) -> set[str]:
    return {word[:6] for word in re.findall(r"[а-я]{4,}", plain(text).lower()) if word not in _STOP}


def _of_years(document: CheckedPaper) -> Iterator[LintFinding]:
    """Yield a heading with another span of years than the one before."""
    heads = [
        ((int(found[1]), int(found[2]) % 100), Place(one, *found.span()))
        for part in document.parts
        for one in part.passages[:15]
        if not one.row
        and len(one.text) < 2 * _HEADING_LENGTH
        and (found := _SPAN.search(one.plain))
    ]
    for years, place in heads[1:]:
        first = heads[0][1]
        if years != heads[0][0]:
            why = (
                f"Разные годы в заголовках: здесь «{place.words}», а выше «{first.words}».",
                f"Headings name different years: “{place.words}” and “{first.words}”.",
            )
            yield _titled(place, why, first)
            return


def _titled(place: Place, why: tuple[str, str], other: Place) -> LintFinding:
    advice = ("Назовите документ везде одинаково.", "Call the paper the same throughout.")
    return found_at(place, LintRule.TWO_TITLES, why, advice, sure=False, against=other)
