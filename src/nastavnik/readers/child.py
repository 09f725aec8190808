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


def main(words: list[str]) -> int:
    """Answer on standard output; always 0 unless a limit ends the process first."""
    task, filename, seconds, megabytes = words
    # what parsers print must not stand in the answer
    answer_to = os.fdopen(os.dup(1), "wb")
    with contextlib.suppress(OSError):
        os.dup2(2, 1)
    module, name = TASKS[task]
    read = getattr(import_module(module), name)
    limit(int(seconds), int(megabytes))
    answer = answer_of(read, sys.stdin.buffer.read(), filename)
    with answer_to:
        pickle.dump(answer, answer_to)
    return 0


def limit(seconds: int, megabytes: int) -> None:
    """Let this process end itself rather than the machine."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes * MEGABYTE, megabytes * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


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
    except Exception:  # noqa: BLE001 - whatever a parser trips over, the person gets a sentence
        return ChildReply(refusal=FAILED)


# Each task brings only what it needs: half of the time of a small file is the loading of programs.
TASKS: dict[str, tuple[str, str]] = {
    "sheets": ("nastavnik.readers.sheets", "read_sheets"),
    "document": ("nastavnik.readers.documents", "read_document"),
    "roadmap": ("nastavnik.readers.plans", "read_plan"),
    "picture": ("nastavnik.readers.pictures", "redraw"),
    "questionnaire": ("nastavnik.readers.questionnaires", "read_questionnaire"),
    "blanks": ("nastavnik.readers.blanks", "read_blanks"),
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
