"""Legal acts: cited with another day, number, kind or body than they have, or no longer in force (C23)."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nastavnik.engine.linting.findings import LintFinding, LintRule, found_at, said_day
from nastavnik.engine.linting.lexicon import Act, Lexicon, even_number
from nastavnik.engine.linting.model import CheckedPaper, Passage, Place
from nastavnik.engine.roadmaps.preface import date_in

_NUMBER = re.compile(
    r"№\s?((?:[А-ЯA-Z]{1,3}\s?-\s?)?\d+(?:[/-]\d+)*(?:\s?-\s?(?:[А-ЯA-Z]{1,3}|р))?)(?![\w/])",
    re.IGNORECASE,
)
_BARE_LAW = re.compile(r"(?<![\d№-])(?<!№ )\b(\d{2,3}-ФЗ)\b")
_KIND = re.compile(
    r"\b(?:распоряжени|приказ|письм|постановлени|указ|закон|кодекс)[а-я]{0,3}\b", re.IGNORECASE
)
_KINDS = ("распоряжение", "приказ", "письмо", "постановление", "указ", "закон", "кодекс")
_MONTH = r"(?:января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря)"
_DATE = re.compile(
    rf"\b(\d{{1,2}}\.\d{{1,2}}\.(?:20|19)\d\d|\d{{1,2}}\s{_MONTH}(?:\s(?:20|19)\d\d)?)\b",
    re.IGNORECASE,
)
_OLD_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_HALF_DATE = re.compile(rf"\d{{1,2}}\s{_MONTH}", re.IGNORECASE)
_DATE_AFTER = re.compile(rf"\s*(?:г\.\s*)?от\s+{_DATE.pattern}", re.IGNORECASE)
_BEFORE, _AFTER = 170, 40  # characters in which kind and day of an act stand
_ENDED = re.compile(
    r"утратил|утративш|отмен|прекратил|взамен|ранее действов|не действ", re.IGNORECASE
)
_APPROVED = re.compile(r"утвержденн?(\w{0,3})\s+[^.;№]{0,12}$", re.IGNORECASE)
_PLURAL = ("ых", "ые", "ыми", "ым")


@dataclass(frozen=True, slots=True)
class _Citation:
    place: Place
    number: str
    kind: str  # "" where none is named
    issued: str  # what stands between the kind and the number
    date: dt.date | None
    has_half_date: bool


def find_acts(document: CheckedPaper, lexicon: Lexicon) -> Iterator[LintFinding]:
    """Yield acts that are misquoted or no longer in force, and numbers of articles."""
    for passage in document.passages:
        for one in _citations(passage):
            act = _act_of(one, lexicon)
            if act is None:
                yield from _nearly(one, lexicon)
                continue
            yield from _misread(one, act, lexicon)
            yield from _repealed(one, act, document)
        yield from _articles(passage, lexicon)


def _citations(passage: Passage) -> Iterator[_Citation]:
    text = passage.plain
    numbers = sorted(
        [*_NUMBER.finditer(text), *_BARE_LAW.finditer(text)], key=lambda found: found.start()
    )
    ends = 0
    for n, found in enumerate(numbers):
        before = text[max(ends, found.start() - _BEFORE) : found.start()].rsplit(";", 1)[-1]
        base = found.start() - len(before)
        kind = next(reversed(list(_KIND.finditer(before))), None)
        dates = [one for one in _DATE.finditer(before) if not kind or one.start() > kind.start()]
        stop = numbers[n + 1].start() if n + 1 < len(numbers) else len(text)
        after = _DATE_AFTER.match(text[found.end() : min(stop, found.end() + _AFTER)])
        dated = dates[-1] if dates else after
        first = kind or (dates[-1] if dates else None)
        day, is_half = _day(dated[1] if dated else "")
        yield _Citation(
            Place(passage, base + first.start() if first else found.start(), found.end()),
            even_number(found[1]),
            next((one for one in _KINDS if kind and one[:4] == kind[0].lower()[:4]), ""),
            before[kind.start() :] if kind else "",
            day,
            is_half,
        )
        ends = found.end()


def _day(text: str) -> tuple[dt.date | None, bool]:
    """Return the day of a date, and whether only its year is missing."""
    if day := date_in(text):
        return day, False
    if found := _OLD_DATE.fullmatch(text):
        try:
            return dt.date(int(found[3]), int(found[2]), int(found[1])), False
        except ValueError:
            return None, False
    return None, bool(_HALF_DATE.fullmatch(text))


def _act_of(one: _Citation, lexicon: Lexicon) -> Act | None:
    """Return the act a citation means; one whose number any school has is known by its day as well."""
    same = [
        act
        for act in lexicon.acts
        if one.number in act.numbers
        and (act.is_known_by_number or (one.date == act.dated_on and one.kind in ("", act.kind)))
    ]
    return next((act for act in same if act.dated_on == one.date), same[0] if same else None)


def _misread(one: _Citation, act: Act, lexicon: Lexicon) -> Iterator[LintFinding]:
    name, day = f"{act.kind} от {said_day(act.dated_on)} № {act.number}", said_day(act.dated_on)
    if one.has_half_date:
        yield _misquoted(
            one,
            f"Дата акта неполная: это {name}.",
            f"The date of the act is incomplete: № {act.number} is of {day}.",
        )
    elif one.date and one.date != act.dated_on:
        yield _misquoted(
            one,
            f"У акта № {act.number} другая дата: не {said_day(one.date)}, а {day}.",
            f"Act № {act.number} is of {day}, not of {said_day(one.date)}.",
        )
    if one.kind and one.kind != act.kind and {one.kind, act.kind} != {"закон", "кодекс"}:
        yield _misquoted(
            one,
            f"№ {act.number} – это {act.kind}, а названо: {one.kind}.",
            f"№ {act.number} is another kind of act.",
        )
    named = {code for code, sign in lexicon.issuers.items() if sign.search(one.issued)}
    if act.issuer and named and act.issuer not in named:
        yield _misquoted(
            one, f"Акт № {act.number} издал другой орган.", f"Another body gave act № {act.number}."
        )
    if _is_wrong_matter(one, act):
        yield _misquoted(
            one,
            f"Акт № {act.number} утверждает методологию (целевую модель), а не то, что названо перед ним.",
            f"Act № {act.number} approves the methodology, not what is named before it.",
        )


def _is_wrong_matter(one: _Citation, act: Act) -> bool:
    """Tell whether an act is said to approve what it does not.

    The participle agrees with what is approved: a plural one goes with recommendations, one in the singular may go
    with the methodology that stands beside them.
    """
    before = one.place.passage.plain[max(0, one.place.start - _BEFORE) : one.place.start]
    approved = _APPROVED.search(before)
    if not act.never or not approved:
        return False
    what = before[: approved.start()].lower()
    is_other = any(stem in what for stem in act.never)
    is_ours = any(stem in what for stem in act.approves)
    return is_other and (approved[1].lower() in _PLURAL or not is_ours)


def _repealed(one: _Citation, act: Act, document: CheckedPaper) -> Iterator[LintFinding]:
    when, own_day = document.written_by, document.dated_on
    day = said_day(act.dated_on)
    if act.until and (when is None or when > act.until) and not _ENDED.search(_sentence(one)):
        over = said_day(act.until + dt.timedelta(days=1))
        yield found_at(
            one.place,
            LintRule.ACT_REPEALED,
            (
                f"Акт не действует с {over}: {act.kind} от {day} № {act.number}.",
                f"The act has not been in force since {over}: № {act.number} of {day}.",
            ),
            (f"Сошлитесь на действующий: {act.instead}.", f"Cite what is in force: {act.instead}."),
            sure=when is not None,
        )
    if own_day and act.dated_on > own_day:
        yield _misquoted(
            one,
            f"Акт от {day} издан позже самого документа, {said_day(own_day)}.",
            f"The act of {day} is younger than the paper of {said_day(own_day)}.",
        )


def _sentence(one: _Citation) -> str:
    return one.place.passage.sentence(one.place.start)


def _nearly(one: _Citation, lexicon: Lexicon) -> Iterator[LintFinding]:
    """Yield a number that is off by a digit or two from that of an act of the same day."""
    for act in lexicon.acts:
        if one.date == act.dated_on and act.is_known_by_number and one.kind in ("", act.kind):
            digits, known = (re.sub(r"\D", "", number) for number in (one.number, act.number))
            if _is_near(digits, known):
                yield _misquoted(
                    one,
                    f"Номер акта другой: {act.kind} от {said_day(act.dated_on)} – это № {act.number}.",
                    f"The act of {said_day(act.dated_on)} has the number {act.number}.",
                )
                return


def _is_near(digits: str, known: str) -> bool:
    """Tell whether digits are those of a number, put otherwise or with one of them wrong, missing or added."""
    if sorted(digits) == sorted(known):
        return True
    if len(digits) == len(known):
        return sum(a != b for a, b in zip(digits, known, strict=True)) == 1
    short, long = sorted((digits, known), key=len)
    return any(long[:n] + long[n + 1 :] == short for n in range(len(long)))


_ARTICLE = re.compile(r"\b(?:ст\.?|стать[а-я]{1,3})\s?(\d{2,3}\.\d{1,2})\b(?!\.\d)", re.IGNORECASE)
_LABOUR = re.compile(r"\bТК\b|[Тт]рудов")


def _articles(passage: Passage, lexicon: Lexicon) -> Iterator[LintFinding]:
    for found in _ARTICLE.finditer(passage.plain):
        near = passage.plain[max(0, found.start() - 60) : found.end() + 80]
        sentence = passage.sentence(found.start()).lower()
        for article in lexicon.articles:
            if found[1] == article.number or not _LABOUR.search(near):
                continue
            digits, known = found[1].replace(".", ""), article.number.replace(".", "")
            is_turned = sorted(digits) == sorted(known)
            if is_turned or (article.about in sentence and _is_near(digits, known)):
                yield found_at(
                    Place(passage, *found.span()),
                    LintRule.ACT_MISQUOTED,
                    (
                        f"О наставничестве – статья {article.number} {article.law} РФ, а названа {found[1]}.",
                        f"Mentoring is article {article.number} of the Labour Code, not {found[1]}.",
                    ),
                    (f"Исправьте на {article.number}.", f"Correct it to {article.number}."),
                )


def _misquoted(one: _Citation, why: str, why_en: str) -> LintFinding:
    advice = (
        "Сверьте ссылку с текстом акта и исправьте её.",
        "Hold the citation against the act and correct it.",
    )
    return found_at(one.place, LintRule.ACT_MISQUOTED, (why, why_en), advice)


# ---------------------------------------------------------------- the number of the paper itself (C12)

_OWN_NUMBER = re.compile(
    r"\bот\s+(\d{1,2}\.\d{1,2}\.20\d\d|[«\"]?\d{1,2}[»\"]?\s[а-я]+\s20\d\d)\s*(?:г\.|года)?\s*№\s?([\w/-]+)",
    re.IGNORECASE,
)


def find_own_numbers(document: CheckedPaper, _lexicon: Lexicon) -> Iterator[LintFinding]:
    """Yield one number with two days, and annexes of one order that name two numbers."""
    met: dict[tuple[str, str], tuple[dt.date, Place]] = {}
    for one in document.passages:
        for found in _OWN_NUMBER.finditer(one.plain):
            day, place = date_in(found[1]), Place(one, *found.span())
            if day:
                known, other = met.setdefault((even_number(found[2]), _kind(place)), (day, place))
                if known != day:
                    yield two_dates(place, other, f"№ {found[2]}", day, known)
    yield from _captions(document)


def _captions(document: CheckedPaper) -> Iterator[LintFinding]:
    met = [
        (even_number(found[2]), date_in(found[1]), Place(one, *found.span()))
        for part in document.annexes()
        for one in part.passages[:6]
        for found in _OWN_NUMBER.finditer(one.plain)
    ]
    for number, day, place in met[1:]:
        first, known, other = met[0]
        if number != first and day == known:
            yield found_at(
                place,
                LintRule.TWO_DATES,
                (
                    f"У приложений одного приказа разные номера: № {number} и № {first}.",
                    f"Annexes of one order name two numbers: {number} and {first}.",
                ),
                ("Проставьте номер самого приказа.", "Put the number of the order itself."),
                against=other,
            )


def _kind(place: Place) -> str:
    before = place.passage.plain[max(0, place.start - _BEFORE) : place.start]
    kinds = _KIND.findall(before)
    return kinds[-1].lower()[:4] if kinds else "прик"


def two_dates(place: Place, other: Place, what: str, day: dt.date, known: dt.date) -> LintFinding:
    """Return that one thing has two days."""
    return found_at(
        place,
        LintRule.TWO_DATES,
        (
            f"Две даты для одного: {what} – здесь {said_day(day)}, а в строке {other.line} – {said_day(known)}.",
            f"Two dates for one thing: {said_day(day)} here, {said_day(known)} in line {other.line}.",
        ),
        ("Оставьте одну дату.", "Keep one date."),
        against=other,
    )
