"""The server: uvicorn with deadlines, a process a core (docs/decisions/0024).

python -m nastavnik.config.server
"""

import asyncio
import contextlib
import os
import resource
import socket
import sys
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.supervisors import Multiprocess

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nastavnik.config.settings")

from django.conf import settings

from nastavnik.files.running import is_second_here, take_part, take_seat

SITE = "nastavnik.config.asgi:application"
#: More than four processes serve no school, and each takes a hundred megabytes.
MOST_WORKERS = 4
#: A connection that asks nothing is kept so long, and a head of a request may take so long.
HEAD_SECONDS = 15.0
#: So long an answer may lie unread before its connection is cut.
UNREAD_SECONDS = 30.0
#: Past so many connections of a process the one that has asked nothing for the longest time makes room.
MOST_CONNECTIONS = 2000
N_FILES = 8192
N_QUEUED = 2048
#: For the console of the one that comes second; Django is not there yet to translate it.
SECOND = (
    "На этой папке данных уже работает сайт: теперь их два. Данным это не вредит, но остановите один: "
    "люди попадут то на один адрес, то на другой, а восстановить копию нельзя, пока работает хоть один."
)


class Bounded(H11Protocol):
    """A connection that may neither be silent nor leave its answer unread for ever."""

    silent: dict["Bounded", None] = {}  # of this process, the oldest first

    def __init__(self, *words: Any, **more: Any) -> None:
        super().__init__(*words, **more)
        self.head_timer: asyncio.TimerHandle | None = None
        self.unread_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS and self.silent:
            next(iter(self.silent)).cut()
        self.wait_for_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.is_asked():
            self.forget_head()

    def on_response_complete(self) -> None:
        self.wait_for_head()
        super().on_response_complete()  # may begin the next request, if it is here already
        if self.is_asked():
            self.forget_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self.forget_head()
        self.resume_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self.unread_timer is None:
            self.unread_timer = self.loop.call_later(UNREAD_SECONDS, self.cut)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.unread_timer is not None:
            self.unread_timer.cancel()
            self.unread_timer = None

    def is_asked(self) -> bool:
        """Tell whether a request is here that has no whole answer yet."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def wait_for_head(self) -> None:
        """Begin to wait for a request; what comes of it by drops does not lengthen the waiting."""
        self.forget_head()
        self.silent[self] = None
        self.head_timer = self.loop.call_later(HEAD_SECONDS, self.cut)

    def forget_head(self) -> None:
        """There is a request, or the connection is lost."""
        self.silent.pop(self, None)
        if self.head_timer is not None:
            self.head_timer.cancel()
            self.head_timer = None

    def cut(self) -> None:
        """End the connection at once."""
        self.silent.pop(self, None)
        self.transport.abort()


class Shared(asyncio.SelectorEventLoop):
    """The loop of one of several processes that listen on the same socket.

    asyncio takes as many new connections at once as the queue of the socket is long: the process that wakes first would
    have all of them, and the others stand idle. So it takes one at a time, and the queue is made long again.
    """

    async def create_server(self, *words: Any, **more: Any) -> asyncio.Server:
        """Listen beside the other processes."""
        made = await super().create_server(*words, **more | {"backlog": 1})
        if held := more.get("sock"):
            held.listen(N_QUEUED)
        return made


def n_workers() -> int:
    """Return how many processes: what is said, else one a core, at most four."""
    chosen = os.environ.get("NASTAVNIK_WORKERS")
    return int(chosen) if chosen else min(len(os.sched_getaffinity(0)), MOST_WORKERS)


def _bind() -> str:
    return os.environ.get("NASTAVNIK_BIND", "127.0.0.1:8000")


def listening(chosen: uvicorn.Config) -> socket.socket:
    """Return the socket that was handed over open (`fd:3`), else one on the address that is said."""
    name, _colon, number = _bind().rpartition(":")
    return socket.socket(fileno=int(number)) if name == "fd" else chosen.bind_socket()


def config(application: Any = SITE, **more: Any) -> uvicorn.Config:  # noqa: ANN401 - as uvicorn takes it
    """Return how the server is set up."""
    host, _colon, port = _bind().rpartition(":")
    chosen: dict[str, Any] = {
        "host": host.strip("[]"),
        "port": int(port),
        "http": Bounded,
        "ws": "none",
        "lifespan": "off",
        "loop": "nastavnik.config.server:Shared",
        "log_config": None,  # Django's own, which is discreet
        "access_log": False,  # addresses carry tokens, and who looked at what is personal data
        "log_level": "warning",
        "server_header": False,
        "proxy_headers": False,  # nastavnik.config.door believes one of them
        "timeout_keep_alive": int(HEAD_SECONDS),
        "timeout_graceful_shutdown": 10,
        "timeout_worker_healthcheck": 30,
        "h11_max_incomplete_event_size": 32 * 1024,
        "workers": n_workers(),
    }
    return uvicorn.Config(application, **chosen | more)


def main() -> None:
    """Serve until told to stop; from the first process to the last one nobody restores under the site."""
    if take_part(settings.DATA) is None:
        sys.exit("Данные сейчас восстанавливают из копии. Запустите сайт, когда это закончится.")
    _seat = take_seat(settings.DATA)  # held until this process ends
    if is_second_here(settings.DATA):
        print(SECOND, file=sys.stderr, flush=True)  # noqa: T201
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < N_FILES:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(N_FILES, hard), hard))
    chosen = config()
    held = listening(chosen)
    if chosen.workers == 1:
        uvicorn.Server(chosen).run(sockets=[held])
    else:
        Multiprocess(chosen, sockets=[held]).run()


if __name__ == "__main__":
    main()
