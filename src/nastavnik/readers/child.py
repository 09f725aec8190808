"""The other side of `readers.bounded`: one file in, one answer out, then the end.

python -m nastavnik.readers.child TASK FILENAME SECONDS MEGABYTES < FILE > ANSWER
"""

import contextlib
import os
import pickle
import resource
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from nastavnik.readers.bounded import FAILED, TOO_LONG, TOO_MUCH, ChildReply
from nastavnik.readers.refusals import ReaderError

MEGABYTE = 1024 * 1024
MEGABYTES_TO_ANSWER = 32


def main(words: list[str]) -> int:
    """Answer on standard output; always 0 unless a limit ends the process first."""
    task, filename, seconds, megabytes = words
    # what parsers print must not stand in the answer
    answer_to = os.fdopen(os.dup(1), "wb")
    with contextlib.suppress(OSError):
        os.dup2(2, 1)
    module, name = TASKS[task]
    read = getattr(import_module(module), name)
    data = sys.stdin.buffer.read()
    limit(int(seconds), int(megabytes))
    answer = answer_of(read, data, filename)
    leave_room_to_answer()
    with answer_to:
        pickle.dump(answer, answer_to)
    return 0


def limit(seconds: int, megabytes: int) -> None:
    """Let this process end itself rather than the machine."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    most = megabytes + MEGABYTES_TO_ANSWER
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes * MEGABYTE, most * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def leave_room_to_answer() -> None:
    """Take the last bit of memory: a refusal for want of it must still be said."""
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def answer_of(read: Callable[[bytes, str], Any], data: bytes, filename: str) -> ChildReply:
    """Read; return the result or the refusal."""
    try:
        return ChildReply(read(data, filename))
    except ReaderError as error:
        return ChildReply(refusal=str(error))
    except MemoryError:
        return ChildReply(refusal=TOO_MUCH)
    except RecursionError:
        return ChildReply(refusal=TOO_LONG)
    except Exception as error:  # noqa: BLE001 - whatever a parser trips over, the person gets a sentence
        return ChildReply(refusal=TOO_MUCH if came_of_memory(error) else FAILED)


def came_of_memory(error: BaseException | None) -> bool:
    """Tell whether a parser fell for want of memory and called it something else."""
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        error = error.__cause__ or error.__context__
    return False


# Each task brings only what it needs: half of the time of a small file is the loading of programs.
TASKS: dict[str, tuple[str, str]] = {
    "sheets": ("nastavnik.readers.sheets", "read_sheets"),
    "pasted": ("nastavnik.readers.sheets", "read_pasted_bytes"),
    "document": ("nastavnik.readers.documents", "read_document"),
    "roadmap": ("nastavnik.readers.plans", "read_plan"),
    "lint": ("nastavnik.readers.linting", "lint_document"),
    "picture": ("nastavnik.readers.pictures", "redraw"),
    "questionnaire": ("nastavnik.readers.questionnaires", "read_questionnaire"),
    "layout": ("nastavnik.readers.layouts", "read_layout"),
    "layout-fill": ("nastavnik.readers.layouts", "fill_layout"),
    "blanks": ("nastavnik.readers.blanks", "read_blanks"),
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
