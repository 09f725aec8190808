"""The one door for what people upload or paste: read by another process, whose time and memory have an end.

A file of a few kilobytes can ask for minutes and gigabytes (nested forms of a PDF, far cells of a sheet, a picture
of many pixels), and a pattern that goes astray holds the whole interpreter. So nothing of a file is looked into by the
process that answers requests; should the other one come to its end, the person hears it in a sentence.
"""

import contextlib
import io
import json
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from enum import Enum
from typing import IO, Any, Literal

from nastavnik.readers.refusals import ReaderError

__all__ = ["Bounds", "ChildReply", "Task", "headed", "read_bounded", "unheaded"]

Task = Literal[
    "sheets",
    "pasted",
    "document",
    "roadmap",
    "lint",
    "picture",
    "questionnaire",
    "layout",
    "layout-fill",
    "blanks",
]
OURS = ("nastavnik.engine.", "nastavnik.readers.")
PLAIN = {("datetime", "date"), ("datetime", "datetime"), ("datetime", "time")}

TOO_LONG = (
    "Файл слишком сложный: прочитать его не хватило времени. Скопируйте нужное в новый файл "
    "и загрузите его."
)
TOO_MUCH = (
    "Файл слишком сложный: прочитать его не хватило памяти. Скопируйте нужное в новый файл "
    "и загрузите его."
)
TOO_SLOW = (
    "Компьютер с сайтом сейчас занят другой работой, и прочитать файл он не успел. "
    "Загрузите файл ещё раз через несколько минут."
)
BUSY = "Сейчас читаются другие файлы. Загрузите этот ещё раз через минуту."
FAILED = "Файл прочитать не удалось. Сохраните его заново и загрузите ещё раз."


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the reading of one file may take.

    Attributes:
        seconds: of processor time: what the file itself may cost.
        megabytes: of data in memory, above what the programs themselves take.
        clock_seconds: from beginning to end; generous, for on a slow or busy computer it says nothing about the file.
    """

    seconds: int = 15
    megabytes: int = 200
    clock_seconds: int = 120


@dataclass(frozen=True, slots=True)
class ChildReply:
    """What the other process says: a result or a refusal in words for a person."""

    result: Any = None
    refusal: str = ""


# Two files at a time: the third would only take the processor from those who turn pages.
_PLACES = threading.BoundedSemaphore(2)
_PATIENCE_SECONDS = 10
LOOK_SECONDS = 0.25


def headed(said: Any, data: bytes) -> bytes:  # noqa: ANN401 - whatever JSON holds
    """Return a file with plain data before it, for a task that needs to be told more than the file."""
    head = json.dumps(said, ensure_ascii=False).encode()
    return len(head).to_bytes(8) + head + data


def unheaded(data: bytes) -> tuple[Any, bytes]:
    """Return what stands before a file, and the file."""
    size = int.from_bytes(data[:8])
    return json.loads(data[8 : 8 + size]), data[8 + size :]


def read_bounded(
    task: Task,
    data: bytes,
    filename: str,
    bounds: Bounds | None = None,
    *,
    look: Callable[[], None] | None = None,
) -> Any:  # noqa: ANN401 - by task
    """Read a file in a process of its own; return what the task returns.

    Args:
        task: "sheets" and "document" as `readers` of those names, "pasted" a table that was pasted, "roadmap" the
            roadmap of a document (what was pasted is one without a name), "lint" what a checker would find in it, "picture" the bytes of a picture drawn anew, "questionnaire" the body of a questionnaire, "layout" a form
            to be filled as the preview shows it, "layout-fill" the same filled, "blanks" the marks of sheets.
        data: the bytes of the file.
        filename: its name, which helps to explain a refusal.
        bounds: the limits; those of `Bounds()` when None.
        look: called now and then meanwhile; what it raises ends the process and reaches the caller.

    Raises:
        ReaderError: The file cannot be read or asks for more than the bounds; says what to do.
    """
    if not _PLACES.acquire(timeout=_PATIENCE_SECONDS):
        raise ReaderError(BUSY)
    try:
        answer = _ask(task, data, filename, bounds or Bounds(), look)
    finally:
        _PLACES.release()
    if answer.refusal:
        raise ReaderError(answer.refusal)
    return answer.result


def _ask(
    task: Task,
    data: bytes,
    filename: str,
    bounds: Bounds,
    look: Callable[[], None] | None,
) -> ChildReply:
    command = [sys.executable, "-m", "nastavnik.readers.child", task, filename]
    command += [str(bounds.seconds), str(bounds.megabytes)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(  # noqa: S603 - our own module
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    ) as child:
        try:
            printed = _heard(child, data, bounds.clock_seconds, look)
        except TimeoutError:
            child.kill()
            return ChildReply(refusal=TOO_SLOW)
        except BaseException:
            child.kill()
            raise
    # ended by a signal: out of processor time or out of memory
    return ChildReply(refusal=TOO_LONG) if printed is None else _answer_of(printed)


def _heard(
    child: "subprocess.Popen[bytes]", data: bytes, seconds: int, look: Callable[[], None] | None
) -> bytes | None:
    """Return what the other process printed; None when something ended it.

    Raises:
        TimeoutError: it was still at work when the clock ran out.
    """
    until = time.monotonic() + seconds
    # not by `communicate`: called again after a timeout it forgets what was not yet written of a large file
    pipe, child.stdin = child.stdin, None
    threading.Thread(target=_give, args=(pipe, data), daemon=True).start()
    while time.monotonic() < until:
        try:
            printed, _ = child.communicate(timeout=LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            if look is not None:
                look()
            continue
        return printed if child.returncode >= 0 else None
    raise TimeoutError


def _give(pipe: IO[bytes] | None, data: bytes) -> None:
    """Write the file to the other process and say that it is all; one that has ended does not mind."""
    if pipe is not None:
        with contextlib.suppress(OSError), pipe:
            pipe.write(data)


def _answer_of(printed: bytes) -> ChildReply:
    try:
        answer = _Plain(io.BytesIO(printed)).load()
    except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, ValueError):
        return ChildReply(refusal=FAILED)
    return answer if isinstance(answer, ChildReply) else ChildReply(refusal=FAILED)


class _Plain(pickle.Unpickler):
    """Takes only records and enumerations of ours and days: what answers has read a stranger's file."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as its parent
        """Return a class that may stand in an answer.

        Raises:
            pickle.UnpicklingError: it may not.
        """
        if (module, name) in PLAIN or module.startswith(OURS):
            found = super().find_class(module, name)
            if (module, name) in PLAIN or _is_record(found):
                return found
        raise pickle.UnpicklingError(f"{module}.{name}")


def _is_record(found: object) -> bool:
    return isinstance(found, type) and (is_dataclass(found) or issubclass(found, Enum))
