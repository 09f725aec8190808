"""What strangers can do to a running site by holding connections: how long a page takes meanwhile.

    python3 run.py --port 8100 --data /tmp/besieged        # in another window
    .venv/bin/python tools/besiege.py http://127.0.0.1:8100 --held 60,500

Each attack holds so many connections while one person opens a page again and again. `tests/config/test_server.py` runs the same
attacks, small, with an arrangement that falls to them as the control.
"""

import argparse
import asyncio
import contextlib
import math
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

PATIENCE = 60.0
MEGABYTE = 1024 * 1024
INVENTED = f"Cookie: csrftoken={'a' * 32}"  # Django reads a body to look for its double
PIECE = b"x" * 65536
OPENING = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
LAST = PIECE[len(OPENING) :]


@dataclass(frozen=True)
class Site:
    """Where the site is, which page is asked for, and as whom."""

    host: str
    port: int
    page: str = "/sign-in/"
    cookie: str = ""

    def request(self, method: str = "GET", path: str = "", *more: str) -> bytes:
        """Return the head of a request."""
        lines = [f"{method} {path or self.page} HTTP/1.1", "Host: localhost", *more]
        if self.cookie:
            lines.append(f"Cookie: {self.cookie}")
        return "\r\n".join([*lines, "", ""]).encode()

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """Open a connection; cut it at the end of the block."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            yield reader, writer
        finally:
            writer.close()
            writer.transport.abort()


@dataclass(frozen=True)
class Answered:
    """What became of one request: 0 when nothing came."""

    status: int
    seconds: float


async def ask(site: Site, request: bytes = b"", patience: float = PATIENCE) -> Answered:
    """Ask for the page once on a connection of its own."""
    started = time.monotonic()
    status = 0
    with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
        async with asyncio.timeout(patience):
            async with site.opened() as (reader, writer):
                writer.write(request or site.request("GET", "", "Connection: close"))
                status = int((await reader.readline()).split()[1])
                await reader.read()
    return Answered(status, time.monotonic() - started)


# ---------------------------------------------------------------- attacks, one connection each


async def idle(site: Site) -> None:
    """Say nothing, as a browser's spare connection does."""
    async with site.opened() as (reader, _writer):
        await reader.read()


async def slow_head(site: Site) -> None:
    """Send a head that never ends, a byte a second."""
    async with site.opened() as (_reader, writer):
        for byte in site.request()[:-2] + b"X-Slow: " + b"a" * 600:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(1)


async def slow_body(site: Site) -> None:
    """Announce a form and send it a byte a second."""
    kind = "Content-Type: application/x-www-form-urlencoded"
    async with site.opened() as (_reader, writer):
        writer.write(site.request("POST", "", kind, INVENTED, "Content-Length: 50000"))
        while True:
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(1)


async def slow_reader(site: Site) -> None:
    """Ask for pages and never read one."""
    async with site.opened() as (_reader, writer):
        writer.transport.pause_reading()  # type: ignore[attr-defined] # every transport of a socket can
        writer.write(site.request() * 20)
        await asyncio.sleep(PATIENCE)


async def give_up(site: Site) -> None:
    """Ask for a page and go away at once, over and over."""
    while True:
        async with site.opened() as (_reader, writer):
            writer.write(site.request())
            await writer.drain()
        await asyncio.sleep(1)


ATTACKS: dict[str, Callable[[Site], Awaitable[None]]] = {
    "idle": idle,
    "slow head": slow_head,
    "slow body": slow_body,
    "slow reader": slow_reader,
    "give up": give_up,
}


async def again_and_again(attack: Callable[[Site], Awaitable[None]], site: Site) -> None:
    """Attack on one connection; when the site ends it, on another one a second later."""
    while True:
        with contextlib.suppress(OSError):
            await attack(site)
        await asyncio.sleep(1)


async def besieged(
    site: Site, attack: str, held: int, pages: int, patience: float = PATIENCE
) -> list[Answered]:
    """Open pages one after the other while an attack holds so many connections."""
    attackers = [asyncio.create_task(again_and_again(ATTACKS[attack], site)) for _ in range(held)]
    await asyncio.sleep(1)
    try:
        return [await ask(site, patience=patience) for _ in range(pages)]
    finally:
        for one in attackers:
            one.cancel()
        await asyncio.gather(*attackers, return_exceptions=True)


@dataclass(frozen=True)
class Poured:
    """How much of a body the site took before it answered."""

    status: int
    megabytes: float
    seconds: float


async def pour(site: Site, path: str, megabytes: int, *, chunked: bool = False) -> Poured:
    """Send a body of so many megabytes to an address, as far as the site takes it."""
    started, taken, status = time.monotonic(), 0, 0
    size = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {megabytes * MEGABYTE}"
    kind = "Content-Type: multipart/form-data; boundary=b"
    async with site.opened() as (reader, writer):
        answer = asyncio.create_task(reader.readline())
        with contextlib.suppress(OSError):
            writer.write(site.request("POST", path, kind, INVENTED, size))
            for piece in (OPENING, *[PIECE] * (megabytes * MEGABYTE // len(PIECE) - 1), LAST):
                writer.write(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
                await writer.drain()
                taken += len(piece)
                await asyncio.sleep(0)
                if answer.done():
                    break
            else:
                writer.write(b"0\r\n\r\n" if chunked else b"")
        with contextlib.suppress(OSError, TimeoutError, IndexError, ValueError):
            status = int((await asyncio.wait_for(answer, PATIENCE)).split()[1])
    return Poured(status, taken / MEGABYTE, time.monotonic() - started)


# ---------------------------------------------------------------- figures


def nearly_worst(values: list[float]) -> float:
    """Return the 95th percentile."""
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]


def line(title: str, answers: list[Answered]) -> str:
    """Return what the pages took under an attack."""
    took = [one.seconds for one in answers]
    wrong = sum(one.status != 200 for one in answers)  # noqa: PLR2004 - OK
    return (
        f"{title:22} median {1000 * statistics.median(took):7.0f} ms   p95 {1000 * nearly_worst(took):7.0f} ms"
        f"   worst {max(took):6.2f} s   not answered {wrong} of {len(answers)}"
    )


async def siege(site: Site, held: list[int], pages: int, patience: float) -> None:
    """Print a line an attack."""
    print(line("quiet", [await ask(site) for _ in range(pages)]), flush=True)
    for attack in ATTACKS:
        for number in held:
            answers = await besieged(site, attack, number, pages, patience)
            print(line(f"{number} × {attack}", answers), flush=True)
            await asyncio.sleep(2)
    for path in ("/invented/4f3a9c/", "/people/import/", "/sign-in/"):
        for chunked in (False, True):
            poured = await pour(site, path, 300, chunked=chunked)
            kind = "chunked" if chunked else "announced"
            print(
                f"300 MB {kind} to {path:18} {poured.status} after {poured.megabytes:.1f} MB, {poured.seconds:.1f} s",
                flush=True,
            )


def main(words: list[str]) -> int:
    """Besiege the site that is named; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address")
    parser.add_argument("--page", default="/sign-in/")
    parser.add_argument("--cookie", default="", help="sessionid=… of somebody signed in")
    parser.add_argument("--held", default="60,500")
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--patience", type=float, default=PATIENCE)
    options = parser.parse_args(words)
    parts = urlsplit(options.address)
    site = Site(parts.hostname or "127.0.0.1", parts.port or 80, options.page, options.cookie)
    held = [int(number) for number in options.held.split(",")]
    asyncio.run(siege(site, held, options.pages, options.patience))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
