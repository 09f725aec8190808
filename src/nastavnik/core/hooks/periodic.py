"""What the site does by itself now and then: each app registers its own in `AppConfig.ready`.

A task must bear being killed in the middle and being done twice. When it was done last is kept beside the data, so a
site that is started every morning does what is due once a day.
"""

import datetime as dt
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import DatabaseError

logger = logging.getLogger(__name__)

DONE = "periodic.json"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do.

    Attributes:
        name: unique.
        every: how long after the last time it is due.
        run: does it.
    """

    name: str
    every: dt.timedelta
    run: Callable[[], object]


_tasks: dict[str, Task] = {}


def register(task: Task) -> None:
    """Add a task; a second one of the same name replaces the first."""
    _tasks[task.name] = task


def _last_done(folder: Path) -> dict[str, str]:
    try:
        kept = json.loads((folder / DONE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def is_due(task: Task, last: str, now: dt.datetime) -> bool:
    """Tell whether a task is due; a moment that lies ahead (the clock was set back) is none."""
    try:
        passed = now - dt.datetime.fromisoformat(last)
    except (ValueError, TypeError):
        return True
    return not dt.timedelta() <= passed < task.every


def run_due(folder: Path, now: dt.datetime) -> list[str]:
    """Do what is due and remember it; what fails is done the next time. Return the names of what was done."""
    last, done = _last_done(folder), []
    for task in list(_tasks.values()):
        if not is_due(task, last.get(task.name, ""), now):
            continue
        try:
            task.run()
        except (DatabaseError, OSError) as error:
            logger.warning("Put off: %s (%s)", task.name, type(error).__name__)
            continue
        done.append(task.name)
        last[task.name] = now.isoformat()
    if done:
        fresh = folder / f".{DONE}"
        fresh.write_text(json.dumps(last), "utf-8")
        fresh.replace(folder / DONE)
    return done
