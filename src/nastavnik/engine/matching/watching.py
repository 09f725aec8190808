"""Somebody who waits for a large matching: told how far it is, and free to call it off.

A watch is a function of the caller. The engine calls it between two blocks of people, a few times a second while the
solver works, and before the reasons of each pair; whatever it raises ends the work at once and reaches the caller.
Without a watch nothing is asked and nothing is different, and with one the result is the same.

Who watches is kept by thread and task (:mod:`contextvars`), not handed down through every function on the way.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

#: What the engine is at: who could go to whom, the pairs, the reasons and prices of each.
Step = Literal["candidates", "pairs", "reasons"]
#: Called with the step, how many are done and of how many; 0 of 0 where that cannot be told.
Watch = Callable[[Step, int, int], None]

#: How long the solver goes on before somebody looks.
LOOK_SECONDS = 0.2

_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextmanager
def watched(watch: Watch | None) -> Iterator[None]:
    """Have a watch called during everything inside."""
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


def report_progress(step: Step, done: int = 0, total: int = 0) -> None:
    """Let the watch know; what it raises ends the work."""
    watch = _watch.get()
    if watch is not None:
        watch(step, done, total)


def run_all(tasks: Sequence[Callable[[], None]], stop: Callable[[], None]) -> None:
    """Do tasks beside one another, and look between whiles where somebody watches.

    Args:
        tasks: what to do; one alone and unwatched is done in this very thread.
        stop: makes the tasks come to an end soon, whatever they leave behind.
    """
    is_watched = _watch.get() is not None
    if len(tasks) == 1 and not is_watched:
        tasks[0]()
        return
    with ThreadPoolExecutor(len(tasks)) as pool:
        running = [pool.submit(task) for task in tasks]
        try:
            while wait(running, LOOK_SECONDS if is_watched else None).not_done:
                report_progress("pairs")
        except BaseException:
            stop()
            raise
        for done in running:
            done.result()
