"""Jobs done: one attempt, the worker that takes them one after another, the short wait of a page."""

from nastavnik.jobs.tasks.attempts import EndedError, StoppedError, work_on
from nastavnik.jobs.tasks.waiting import address_of, ask_and_wait, waited_for
from nastavnik.jobs.tasks.worker import Worker, is_worked

__all__ = [
    "EndedError",
    "StoppedError",
    "Worker",
    "address_of",
    "ask_and_wait",
    "is_worked",
    "waited_for",
    "work_on",
]
