"""No pattern that meets uploaded text grows faster than its text allows: it would hold the interpreter.

Every compiled pattern of the engine and the readers is fed texts made of what it is made of, up
to the longest cell a reader hands on. Time of the processor stands for steps.
"""

import importlib
import pkgutil
import re
import signal
import time
from collections.abc import Iterator
from re import _constants as code
from re import _parser as parser

import pytest

import nastavnik.engine
import nastavnik.readers

LONGEST = 2_000  # what is longer in one cell or line is cut by the readers
MOST_SECONDS = 2.0  # a square of the length takes a tenth of it, a cube an hour
# Texts tried at full length: of 150 alike some are the worst, and those show it at an eighth already.
N_LONG = 3
USUAL = ' _.-–«»"()\n\t,;:/№0A1аАяЯaz'


def modules() -> Iterator[str]:
    for package in (nastavnik.engine, nastavnik.readers):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield found.name


def patterns() -> dict[str, re.Pattern[str]]:
    """Return every pattern of text that stands in a module, by where it stands."""
    found: dict[str, re.Pattern[str]] = {}
    for name in modules():
        for key, value in vars(importlib.import_module(name)).items():
            for place, one in enumerate(held(value)):
                if isinstance(one.pattern, str):
                    found.setdefault(f"{name}.{key}.{place}", one)
    return found


def held(value: object) -> Iterator[re.Pattern[str]]:
    """Yield the patterns in a value of a module: itself, or what its tables hold."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from held(one)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from held(one)


def pieces(pattern: re.Pattern[str]) -> tuple[set[str], list[str]]:
    """Return the characters a pattern speaks of and the runs of literal ones in it."""
    chars: set[str] = set()
    words: list[str] = [""]
    walk(parser.parse(pattern.pattern, pattern.flags), chars, words)
    return chars, [word for word in words if word]


def walk(parsed: object, chars: set[str], words: list[str]) -> None:
    for kind, value in parsed:  # type: ignore[attr-defined]
        if kind is code.LITERAL:
            chars.add(chr(value))
            words[-1] += chr(value)
            continue
        for inner in parts_of(kind, value, chars):
            walk(inner, chars, words)
            if kind is code.BRANCH:
                words.append("")
        words.append("")


# where a pattern inside another stands in what the parser says of it
INSIDE = {
    code.MAX_REPEAT: lambda value: [value[2]],
    code.MIN_REPEAT: lambda value: [value[2]],
    code.POSSESSIVE_REPEAT: lambda value: [value[2]],
    code.SUBPATTERN: lambda value: [value[3]],
    code.BRANCH: lambda value: value[1],
    code.ASSERT: lambda value: [value[1]],
    code.ASSERT_NOT: lambda value: [value[1]],
    code.ATOMIC_GROUP: lambda value: [value],
}


def parts_of(kind: object, value: object, chars: set[str]) -> list[object]:
    """Return the patterns inside one, and note the characters of its classes."""
    if kind is code.IN:
        for inner, what in value:
            if inner is code.LITERAL:
                chars.add(chr(what))
            elif inner is code.RANGE:
                chars.add(chr(what[0]))
    return INSIDE[kind](value) if kind in INSIDE else []


def texts(pattern: re.Pattern[str], n: int) -> Iterator[str]:
    """Yield texts of about n characters that a pattern may find hard."""
    chars, words = pieces(pattern)
    begins = ["", *list(dict.fromkeys(words))[:3]]
    for char in sorted(set(USUAL) | set(sorted(chars)[:12])):
        for begin in begins:
            yield begin + char * n + "\x01"
    for word in dict.fromkeys(words[:6]):
        yield (word + " ") * (n // (len(word) + 1))
        yield word * (n // len(word)) + "\x01"


class TooLongError(Exception):
    """The time of a search is over; a search looks for signals every few thousand steps."""


def stop(_number: int, _frame: object) -> None:
    raise TooLongError


def hard_text(pattern: re.Pattern[str], n_long: int | None = N_LONG) -> str:
    """Return the beginning of a text that takes a pattern too long, "" when there is none.

    Args:
        pattern: what is tried.
        n_long: how many texts are tried at full length: those that took longest at an eighth of it; None for all.
    """
    short, full = (list(texts(pattern, n)) for n in (LONGEST // 8, LONGEST))
    took = []
    for text in short:
        took.append(seconds(pattern, text))
        if took[-1] >= MOST_SECONDS and is_slow(pattern, text):
            return said(text)
    slowest = sorted(range(len(took)), key=took.__getitem__, reverse=True)[:n_long]
    hard = (full[n] for n in slowest if is_slow(pattern, full[n]))
    return next(map(said, hard), "")


def said(text: str) -> str:
    """Return how a text is told of."""
    return f"{text[:20]!r}, {len(text)} characters"


def seconds(pattern: re.Pattern[str], text: str) -> float:
    """Return how long a search takes of the processor, `MOST_SECONDS` when it was ended there."""
    before = signal.signal(signal.SIGPROF, stop)
    began = time.process_time()
    try:
        signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
        pattern.search(text)
        signal.setitimer(signal.ITIMER_PROF, 0)
    except TooLongError:
        return MOST_SECONDS
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return min(time.process_time() - began, MOST_SECONDS)


def is_slow(pattern: re.Pattern[str], text: str) -> bool:
    """Tell whether a search takes too long each time: once it may be the collector of garbage that was measured."""
    return all(seconds(pattern, text) >= MOST_SECONDS for _ in range(2))


PATTERNS = patterns()


def test_there_are_patterns_to_look_at():
    assert len(PATTERNS) > 100


def test_no_pattern_grows_beyond_measure(request):
    n_long = None if request.config.getoption("--deep") else N_LONG
    hard = {name: text for name, one in PATTERNS.items() if (text := hard_text(one, n_long))}
    assert not hard


def test_what_is_slow_at_full_length_only_is_caught_among_the_few():
    pattern = re.compile(r"\w+\d*x")
    assert all(seconds(pattern, text) < MOST_SECONDS for text in texts(pattern, LONGEST // 8))
    assert hard_text(pattern)


@pytest.mark.parametrize(
    "planted", [r"(_+\s*)+x", r"УТВЕРЖДАЮ.*_+.*_+.*_+.*г", r"(a|a)*b", r"\s*\s*\s*\s*$x"]
)
def test_a_planted_one_is_caught(planted, monkeypatch):
    """Each takes hours, so less patience finds them sooner."""
    monkeypatch.setitem(globals(), "MOST_SECONDS", 0.5)
    assert hard_text(re.compile(planted))
