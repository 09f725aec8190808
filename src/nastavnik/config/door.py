"""The door of the site: a request is taken in whole before it costs a thread, and there is an end to the queue.

An ASGI application in front of the WSGI one. The loop of the server reads bodies and sends answers, so a slow or silent browser
holds no thread; a page is drawn by one of a few threads. Why, and what was measured: docs/decisions/0024.
"""

import asyncio
import io
import logging
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import IO, Any, Protocol, TypeVar
from urllib.parse import unquote_to_bytes

from nastavnik.config.bodies import FORM, SMALL, Allowed

logger = logging.getLogger(__name__)

T = TypeVar("T")
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
HERE = ("127.0.0.1", "::1")
PIECE = 64 * 1024
TIMEOUT, TOO_LARGE, BUSY = 408, 413, 503


class Refusal(Exception):  # noqa: N818 - an answer, not a fault
    """A request that is answered without a page: with a status and a sentence."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Gone(Exception):  # noqa: N818 - as above
    """Whoever asked has gone away."""


class Pages(Protocol):
    """How a refusal looks: status, cookies → headers and body."""

    def __call__(self, status: int, cookies: str) -> tuple[list[tuple[str, str]], bytes]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorLimits:
    """How much of everything."""

    n_threads: int = 4
    #: Requests taken in that wait for a thread; one more is told to come again.
    n_waiting: int = 300
    #: Longer nobody looks at a white page: whoever has waited so long is told to come again.
    wait_seconds: float = 30
    #: A body has this long, and a second more for each `slowest` bytes.
    body_seconds: float = 20
    slowest: int = 16 * 1024
    #: So long the rest of a refused body is thrown away, that the browser comes to read why.
    rest_seconds: float = 3


@dataclass(slots=True)
class WholeResponse:
    """What the WSGI application has answered, whole."""

    status: int = 500
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: IO[bytes] = field(default_factory=lambda: tempfile.SpooledTemporaryFile(FORM))  # noqa: SIM115 - closed when sent

    def start(
        self, status: str, headers: list[tuple[str, str]], _error: object = None
    ) -> Callable[[bytes], object]:
        """Take status and headers, as WSGI has it."""
        self.status, self.headers = int(status.split(" ", 1)[0]), headers
        return self.body.write


class Door:
    """An ASGI application that lets requests into a WSGI one."""

    def __init__(
        self,
        application: Wsgi,
        *,
        allowed: Callable[[str, str], Allowed],
        pages: Pages,
        limits: DoorLimits | None = None,
    ) -> None:
        self.application = application
        self.allowed = allowed
        self.pages = pages
        self.limits = limits or DoorLimits()
        self.pool = ThreadPoolExecutor(self.limits.n_threads, "page")
        self.places = threading.BoundedSemaphore(self.limits.n_threads + self.limits.n_waiting)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            return
        visit = Visit(self, scope, receive, send)
        with suppress(Gone):
            try:
                await visit.answer()
            except Refusal as refusal:
                await visit.refuse(refusal.status)

    async def in_thread(
        self,
        work: Callable[[], T],
        *,
        gone: "asyncio.Future[None]",
        after: Callable[[], object] = lambda: None,
        unwanted: Callable[[T], object] = lambda _result: None,
    ) -> T:
        """Do some work in a thread of the pool, unless nobody waits for it any more when its turn comes.

        Args:
            work: what to do.
            gone: is done when nobody waits any more.
            after: called when the work is done or will never begin.
            unwanted: takes what comes of work that nobody waits for.

        Raises:
            Refusal: the queue is full, or the turn does not come.
            Gone: whoever asked has gone; work that has begun goes on to its end.
        """
        if not self.places.acquire(blocking=False):
            after()
            raise Refusal(BUSY)

        def over(_done: object) -> None:
            self.places.release()
            after()

        begun: Future[T] = self.pool.submit(work)
        begun.add_done_callback(over)
        done = asyncio.wrap_future(begun)
        both: set[asyncio.Future[Any]] = {done, gone}
        try:
            wait = self.limits.wait_seconds
            await asyncio.wait(both, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
            if not (done.done() or gone.done() or begun.running()):
                raise Refusal(BUSY)
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if not done.done():
                begun.add_done_callback(partial(_throw_away, unwanted))
                raise Gone
            return done.result()
        finally:
            begun.cancel()  # what has begun goes on, what has not never does


class Visit:
    """One request on its way in and its answer on the way out."""

    def __init__(self, door: Door, scope: Scope, receive: Receive, send: Send) -> None:
        self.door, self.scope, self.receive, self.send = door, scope, receive, send
        self.headers = headers_of(scope)
        self.body: IO[bytes] = tempfile.SpooledTemporaryFile(FORM)  # noqa: SIM115 - closed after the answer
        self.is_whole = False

    async def answer(self) -> None:
        """Read the body, let the application answer, send the answer.

        Raises:
            Refusal: it is too large, too slow, or there are too many.
            Gone: whoever asked has gone away.
        """
        try:
            async with asyncio.timeout(self._seconds()):
                is_read = await self._take_in()
        except TimeoutError:
            self.body.close()
            raise Refusal(TIMEOUT) from None
        except (Refusal, Gone):
            self.body.close()
            raise
        environ = environ_of(self.scope, self.headers, self.body)
        if not is_read:
            environ["CONTENT_LENGTH"] = "0"
        gone = asyncio.ensure_future(self._gone())
        try:
            call = partial(self._call, environ)
            answer = await self.door.in_thread(
                call, gone=gone, after=self.body.close, unwanted=lambda answer: answer.body.close()
            )
        finally:
            gone.cancel()
        await self._send(answer)

    async def refuse(self, status: int) -> None:
        """Say why a request is not answered."""
        headers, body = self.door.pages(status, self.headers.get("HTTP_COOKIE", ""))
        headers = [*headers, ("Content-Length", str(len(body)))]
        await self._send(WholeResponse(status, headers, io.BytesIO(body)))

    def _seconds(self) -> float:
        """Return how long the body may take."""
        limits = self.door.limits
        return limits.body_seconds + (self._announced() or 0) / limits.slowest

    def _announced(self) -> int | None:
        """Return how long the body is said to be, None when it comes in chunks."""
        if "HTTP_TRANSFER_ENCODING" in self.headers:
            return None
        return int(self.headers.get("CONTENT_LENGTH", 0))

    async def _take_in(self) -> bool:
        """Read the body; return whether anybody will look at it.

        Raises:
            Refusal: it is larger than the address takes.
            Gone: it broke off.
        """
        announced, taken, most = self._announced(), 0, SMALL
        if announced is not None and announced > most:
            if (most := await self._most()) < 0:
                return False
            if announced > most:
                raise Refusal(TOO_LARGE)
        while piece := await self._piece():
            taken += len(piece)
            if taken > most and most == SMALL and (most := await self._most()) < 0:
                return False
            if taken > most:
                raise Refusal(TOO_LARGE)
            self.body.write(piece)
        self.body.seek(0)
        return True

    async def _most(self) -> int:
        """Ask how much the address takes; -1 where nobody looks at it."""
        path = unquote_to_bytes(self.scope["raw_path"]).decode(errors="replace")
        cookies = self.headers.get("HTTP_COOKIE", "")
        still_here: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        ask = partial(self.door.allowed, path, cookies)
        allowed = await self.door.in_thread(ask, gone=still_here)
        return allowed.most_bytes if allowed.is_read else -1

    async def _piece(self) -> bytes:
        """Return some more of the body, nothing at its end.

        Raises:
            Gone: it broke off.
        """
        while not self.is_whole:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise Gone
            self.is_whole = not message.get("more_body", False)
            if piece := message.get("body", b""):
                return bytes(piece)
        return b""

    async def _gone(self) -> None:
        """Return when whoever asked has gone away."""
        while (await self.receive())["type"] != "http.disconnect":
            pass

    def _call(self, environ: dict[str, Any]) -> WholeResponse:
        """Let the application answer, to the end: its thread is free before the first byte is sent."""
        answer = WholeResponse()
        pieces = self.door.application(environ, answer.start)
        try:
            for piece in pieces:
                answer.body.write(piece)
        finally:
            if close := getattr(pieces, "close", None):
                close()
        answer.body.seek(0)
        return answer

    async def _send(self, answer: WholeResponse) -> None:
        """Send an answer; where something is still coming throw that away for a moment, so that the answer is heard."""
        if not self.is_whole:
            answer.headers = [*answer.headers, ("Connection", "close")]
        with answer.body as body:
            await self.send(start_of(answer.status, answer.headers))
            while piece := body.read(PIECE):
                await self.send({"type": "http.response.body", "body": piece, "more_body": True})
        if not self.is_whole and "HTTP_EXPECT" not in self.headers:
            with suppress(TimeoutError, Gone):
                async with asyncio.timeout(self.door.limits.rest_seconds):
                    while await self._piece():
                        pass
        await self.send({"type": "http.response.body", "body": b""})


def _throw_away(unwanted: Callable[[T], object], work: Future[T]) -> None:
    if not work.cancelled() and not work.exception():
        unwanted(work.result())


def start_of(status: int, headers: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the message with which an answer begins."""
    coded = [
        (name.lower().encode("latin-1"), value.strip().encode("latin-1")) for name, value in headers
    ]
    return {"type": "http.response.start", "status": status, "headers": coded}


def headers_of(scope: Scope) -> dict[str, str]:
    """Return the headers under the names of WSGI.

    A name with an underscore is left out: as `X-Forwarded-Proto` and `X_Forwarded_Proto` it would be one and the same.
    """
    found: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name:
            continue
        name, value = (
            raw_name.decode("latin-1").upper().replace("-", "_"),
            raw_value.decode("latin-1"),
        )
        key = name if name in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{name}"
        joint = "; " if key == "HTTP_COOKIE" else ","
        found[key] = f"{found[key]}{joint}{value}" if key in found else value
    return found


def environ_of(scope: Scope, headers: dict[str, str], body: IO[bytes]) -> dict[str, Any]:
    """Return what WSGI wants to know of a request whose body is all here."""
    peer = (scope.get("client") or ("", 0))[0]
    server = scope.get("server") or ("localhost", 80)
    length = body.seek(0, 2)
    body.seek(0)
    # Whoever ends TLS on this very machine is believed when it says so (docs/how-to/install.md); nobody else.
    is_safe = peer in HERE and headers.get("HTTP_X_FORWARDED_PROTO") == "https"
    more = {name: value for name, value in headers.items() if name != "HTTP_TRANSFER_ENCODING"}
    return more | {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": peer,
        "CONTENT_LENGTH": str(length),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https" if is_safe else "http",
        "wsgi.input": body,
        "wsgi.errors": Complaints(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


class Complaints:
    """`wsgi.errors`: into the log."""

    def write(self, text: str) -> None:
        """Log a line."""
        logger.error("%s", text.rstrip())

    def writelines(self, lines: Iterable[str]) -> None:
        """Log lines."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Nothing is kept back."""
