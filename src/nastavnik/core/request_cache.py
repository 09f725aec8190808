"""What a page asks several times is asked once: answers are kept while a page is being read, and not a moment longer.

Only reading requests remember (GET, HEAD): nothing written can make an answer stale. Outside of a request, and while
something is being written, every question is asked anew.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
_answers: ContextVar[dict[Hashable, Any] | None] = ContextVar("answers", default=None)


@contextmanager
def caching() -> Iterator[None]:
    """Keep answers until the end of the block."""
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def cached(key: Hashable, ask: Callable[[], T]) -> T:
    """Return the answer to a question, asked at most once a page; `key` names the question and who asks."""
    answers = _answers.get()
    if answers is None:
        return ask()
    if key not in answers:
        answers[key] = ask()
    answer: T = answers[key]
    return answer
