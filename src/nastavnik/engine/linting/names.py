"""One thing under two names (C13, C22), and two who approve it (C22)."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from nastavnik.engine.linting.findings import LintFinding, LintRule, found_at
from nastavnik.engine.linting.lexicon import Lexicon
from nastavnik.engine.linting.model import CheckedPaper, Passage, Place

_ABBREVIATION = re.compile(r"\b((?:М|Г|Р)[А-Я]{1,4}\s?(?:ДПО|ДО)\s?)[«\"]?([А-Я]{2,6})\b")
_OFFICE = re.compile(
    r"\b([а-я]{4,}о)-([а-я]{4,}?)(?:ого|ий|ый|ая|ой|ому|ым|им|ом|ую)\s+"
    r"((?:отдел|центр|кабинет|служб|сектор|управлени|комисси)\w*)"
)
_APART = 12  # passages: two offices named side by side are two
_STEM = 6  # letters that stay the same in every case

_Met = dict[tuple[str, str], list[tuple[int, Place]]]


def find_two_names(document: CheckedPaper, _lexicon: Lexicon) -> Iterator[LintFinding]:
    """Yield the rarer of two names that are alike but for a letter, or that begin alike."""
    short: _Met = defaultdict(list)
    long: _Met = defaultdict(list)
    for at, one in enumerate(document.passages):
        for found in _ABBREVIATION.finditer(one.plain):
            short[found[1].replace(" ", ""), found[2]].append((at, Place(one, *found.span())))
        for found in _OFFICE.finditer(one.plain.lower()):
            key = (f"{found[1]} {found[3][:5]}", found[2][:_STEM])
            long[key].append((at, Place(one, *found.span())))
    yield from _pairs(short, are_short=True)
    yield from _pairs(long, are_short=False)


def _pairs(met: _Met, *, are_short: bool) -> Iterator[LintFinding]:
    keys = list(met)
    for n, one in enumerate(keys):
        for other in keys[n + 1 :]:
            if one[0] != other[0] or (are_short and not _one_letter(one[1], other[1])):
                continue
            rare, often = sorted((met[one], met[other]), key=len)
            if are_short or not any(abs(a - b) <= _APART for a, _ in rare for b, _ in often):
                yield two_names([place for _, place in rare], [place for _, place in often])


def _one_letter(one: str, other: str) -> bool:
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def two_names(rare: Sequence[Place], often: Sequence[Place]) -> LintFinding:
    """Return that one thing goes under two names."""
    said, usual = rare[0].words, often[0].words
    return found_at(
        rare[0],
        LintRule.TWO_NAMES,
        (
            f"Похоже, одно и то же названо по-разному: «{said}» ({len(rare)}) и «{usual}» ({len(often)}).",
            f"One thing seems to go under two names: “{said}” ({len(rare)}) and “{usual}” ({len(often)}).",
        ),
        (
            "Если это одно и то же, оставьте одно название во всём документе.",
            "If it is one and the same, keep one name throughout.",
        ),
        sure=False,
        against=often[0],
    )


# ---------------------------------------------------------------- who signs and approves

_POST = re.compile(r"\b(директор|заведующ|начальник|руководитель|ректор)\w*\b", re.IGNORECASE)
_BEFORE_POST = re.compile(r"утвержд\w+[\s:.]*$", re.IGNORECASE)
_NAME = re.compile(r"(?:[А-Я]\.\s?){1,2}([А-Я][а-я-]{2,})|([А-Я][а-я-]{2,})\s(?:[А-Я]\.\s?){1,2}")
_ACTING = re.compile(
    r"\bи\s?\.\s?о\b|\bио\b|врио|исполняющ|заместител|\bзам\b|партн", re.IGNORECASE
)
_SIGNATURE = 260  # characters: who signs stands in a short line
_POST_WORDS = 120
_AFTER_NAME = 40
_APPROVES = re.compile(
    r"\b(план|отчет|программ|состав|положени|дорожн\w+ карт|график|реестр|кандидатур)\w*[^.;:]{0,60}?"
    r"\bутвержда(?:ет|ют)(?:ся)?\s[^.;:]{0,30}?"
    r"\b(директор|куратор|руководител|заместител|педагогическ|методическ|управляющ|начальник)\w*",
    re.IGNORECASE,
)


def find_two_approvers(document: CheckedPaper, _lexicon: Lexicon) -> Iterator[LintFinding]:
    """Yield a second head in the lines for signatures, and a second body that approves one thing."""
    heads: dict[str, list[tuple[str, Place]]] = defaultdict(list)
    for one in document.passages:
        if signed := _signed(one):
            heads[signed[0]].append(signed[1:])
    for several in heads.values():
        first, place = several[0]
        other = next((one for one in several[1:] if one[0][:4] != first[:4]), None)
        if other:
            yield _approver(
                other[1],
                place,
                f"Руководитель назван двумя способами: {first} и {other[0]}.",
                f"The head goes under two names: {first} and {other[0]}.",
            )
    yield from _two_bodies(document)


def _two_bodies(document: CheckedPaper) -> Iterator[LintFinding]:
    seen: dict[str, tuple[str, Place]] = {}
    for one in document.passages:
        for found in _APPROVES.finditer(one.plain):
            who, place = found[2].lower()[:_STEM], Place(one, *found.span())
            known, other = seen.setdefault(found[1].lower()[:_STEM], (who, place))
            if known != who:
                yield _approver(
                    place,
                    other,
                    f"Кто утверждает, сказано по-разному: «{place.words}», а раньше «{other.words}».",
                    f"Who approves is said two ways: “{place.words}”, before “{other.words}”.",
                )


def _signed(one: Passage) -> tuple[str, str, Place] | None:
    """Return post, surname and place of a line in which a head signs or approves."""
    text = one.plain
    found = _POST.search(text)
    if one.row or not found or len(text) > _SIGNATURE or _ACTING.search(text):
        return None
    before, after = text[: found.start()], text[found.end() :]
    if before.strip() and not _BEFORE_POST.search(before):
        return None
    name = _NAME.search(after)
    if not name or name.start() > _POST_WORDS or len(after) - name.end() > _AFTER_NAME:
        return None
    return found[1].lower(), name[1] or name[2], Place(one, found.start(), found.end() + name.end())


def _approver(place: Place, other: Place, why: str, why_en: str) -> LintFinding:
    advice = (
        "Проверьте, кто утверждает и подписывает, и оставьте одно.",
        "Check who approves and signs, and keep one.",
    )
    return found_at(place, LintRule.TWO_APPROVERS, (why, why_en), advice, sure=False, against=other)
