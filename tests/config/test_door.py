"""The door (tools/besiege.py): slow, silent and endless requests cost no thread; the arrangement of before falls to the same attacks."""

import asyncio
import contextlib
import http.server
import socket
import socketserver
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import uvicorn
from tools.besiege import Site, ask, besieged, pour

from nastavnik.config import server
from nastavnik.config.bodies import SMALL, Allowed
from nastavnik.config.door import Door, DoorLimits, environ_of, headers_of

MEGABYTE = 1024 * 1024
N_THREADS = 4


class Pages:
    """A WSGI application that remembers what it was asked."""

    def __init__(self, seconds=0.0):
        self.seconds = seconds
        self.asked = []
        self.taken = []

    def __call__(self, environ, start_response):
        self.asked.append((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        time.sleep(self.seconds)
        length = int(environ["CONTENT_LENGTH"] or 0)
        self.taken.append(len(environ["wsgi.input"].read(length)))
        body = b"page" * 100
        if environ["PATH_INFO"] == "/large/":
            body *= 50_000
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]


def few(path, cookies):
    """Say how much the addresses of these tests take."""
    if path == "/files/":
        return Allowed(8 * MEGABYTE)
    return Allowed(SMALL, is_read=not path.startswith("/invented/"))


def anything(path, cookies):
    """Take whatever comes: the limit taken off."""
    return Allowed(1000 * MEGABYTE)


def plain(status, cookies):
    return [("Retry-After", "5")] if status == 503 else [], f"refused {status}".encode()


@contextlib.contextmanager
def served(application, *, allowed=few, **limits):
    """Run the door on a port of its own, in a thread."""
    door = Door(
        application, allowed=allowed, pages=plain, limits=DoorLimits(n_threads=N_THREADS, **limits)
    )
    with socket.create_server(("127.0.0.1", 0), backlog=500) as listening:
        site = uvicorn.Server(server.config(door, workers=1, timeout_graceful_shutdown=1))
        thread = threading.Thread(target=site.run, args=([listening],))
        thread.start()
        try:
            yield Site("127.0.0.1", listening.getsockname()[1], "/page/")
        finally:
            site.should_exit = True
            thread.join()


class OfBefore(socketserver.TCPServer):
    """A server whose few threads read from the sockets themselves, as ours did."""

    request_queue_size = 500
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Reading)
        self.pool = ThreadPoolExecutor(N_THREADS)

    def process_request(self, request, client_address):
        self.pool.submit(self.serve, request, client_address)

    def serve(self, request, client_address):
        with contextlib.suppress(OSError):
            self.finish_request(request, client_address)
        self.shutdown_request(request)


class Reading(http.server.BaseHTTPRequestHandler):
    timeout = 6

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"page")

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *words):
        pass


@contextlib.contextmanager
def served_as_before():
    with OfBefore() as site:
        thread = threading.Thread(target=site.serve_forever)
        thread.start()
        try:
            yield Site("127.0.0.1", site.server_address[1], "/page/")
        finally:
            site.shutdown()
            thread.join()
            site.pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("attack", ["idle", "slow head", "slow body"])
def test_held_connections_delay_nobody(attack, request):
    held = 500 if request.config.getoption("--deep") else 60
    with served(Pages()) as site:
        answers = asyncio.run(besieged(site, attack, held, 3, patience=5))
    assert [one.status for one in answers] == [200] * 3
    assert max(one.seconds for one in answers) < 3


@pytest.mark.parametrize("attack", ["idle", "slow body"])
def test_threads_that_read_themselves_are_held(attack):
    """The control: the attacks do find the arrangement of before."""
    with served_as_before() as site:
        (answer,) = asyncio.run(besieged(site, attack, 12, 1, patience=2))
    assert answer.status == 0


def test_whoever_does_not_read_holds_no_thread():
    with served(Pages()) as site:
        large = Site(site.host, site.port, "/large/")

        async def tried():
            async with contextlib.AsyncExitStack() as stack:
                for _ in range(2 * N_THREADS):
                    _reader, writer = await stack.enter_async_context(large.opened())
                    writer.transport.pause_reading()
                    writer.write(large.request())
                await asyncio.sleep(0.5)
                return await ask(site, patience=5)

        assert asyncio.run(tried()).status == 200


def test_silence_comes_to_an_end(monkeypatch):
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.5)
    with served(Pages()) as site:

        async def silent(first):
            started = time.monotonic()
            async with site.opened() as (reader, writer):
                writer.write(first)
                with contextlib.suppress(ConnectionError, TimeoutError):
                    async with asyncio.timeout(5):
                        await reader.read()
            return time.monotonic() - started

        assert asyncio.run(silent(b"")) < 3
        assert asyncio.run(silent(b"GET / HTTP/1.1\r\nHost: local")) < 3


def test_who_is_silent_makes_room(monkeypatch):
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 20)
    with served(Pages()) as site:

        async def crowded():
            async with contextlib.AsyncExitStack() as stack:
                held = [await stack.enter_async_context(site.opened()) for _ in range(40)]
                answer = await ask(site, patience=5)
                await asyncio.sleep(0.2)
                return answer, sum(
                    reader.at_eof() or bool(reader.exception()) for reader, _ in held
                )

        answer, ended = asyncio.run(crowded())
    assert answer.status == 200
    assert ended >= 20


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(
    ("path", "status"), [("/invented/4f3a9c/", 200), ("/page/", 413), ("/files/", 413)]
)
def test_a_large_body_is_refused_before_it_is_taken(path, status, chunked, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    pages = Pages()
    with served(pages, rest_seconds=0.2) as site:
        poured = asyncio.run(pour(site, path, 40, chunked=chunked))
    assert poured.status == status
    assert poured.megabytes < 40
    # an address that does not exist is answered as though nothing had come; no other page is drawn at all
    assert pages.asked == ([("POST", path)] if status == 200 else [])
    assert sum(pages.taken) == 0


def test_without_the_limit_everything_is_taken():
    """The control: it is the limit that refuses."""
    pages = Pages()
    with served(pages, allowed=anything) as site:
        poured = asyncio.run(pour(site, "/invented/4f3a9c/", 40))
    assert (poured.status, poured.megabytes) == (200, 40)
    assert sum(pages.taken) > 40 * MEGABYTE - 70_000


def test_what_fits_arrives_whole():
    pages = Pages()
    with served(pages) as site:
        assert asyncio.run(pour(site, "/files/", 4)).status == 200
    assert pages.asked == [("POST", "/files/")]
    assert pages.taken[0] >= 4 * MEGABYTE


def test_a_slow_body_comes_to_an_end():
    with served(Pages(), body_seconds=0.5) as site:
        announced = site.request("POST", "", "Content-Length: 50", "Connection: close")
        answer = asyncio.run(ask(site, announced, patience=5))
    assert answer.status == 408


def crowd(site, number):
    async def all_at_once():
        return await asyncio.gather(*(ask(site, patience=20) for _ in range(number)))

    return [one.status for one in asyncio.run(all_at_once())]


def test_a_full_queue_says_so_at_once():
    with served(Pages(seconds=0.3), n_waiting=4) as site:
        statuses = crowd(site, 30)
        assert statuses.count(200) >= 8
        assert statuses.count(503) >= 10
        assert statuses.count(200) + statuses.count(503) == 30
        assert crowd(site, 1) == [200]  # and all places are free again
    with served(
        Pages(seconds=0.05), n_waiting=100
    ) as site:  # the control: with room nobody is sent away
        assert crowd(site, 30) == [200] * 30


def test_nobody_waits_for_ever():
    with served(Pages(seconds=1.0), wait_seconds=0.3) as site:
        statuses = crowd(site, 12)
    assert statuses.count(200) == N_THREADS
    assert statuses.count(503) == 12 - N_THREADS


def test_what_nobody_waits_for_is_not_drawn():
    pages, all_busy, may_go_on = Pages(), threading.Event(), threading.Event()

    def held(environ, start_response):
        """Answer once it may go on, so that each thread has one request when the others are left alone."""
        answer = pages(environ, start_response)
        if len(pages.asked) == N_THREADS:
            all_busy.set()
        may_go_on.wait(30)
        return answer

    with served(held) as site:

        async def leave():
            async with contextlib.AsyncExitStack() as stack:
                for _ in range(40):
                    _reader, writer = await stack.enter_async_context(site.opened())
                    writer.write(site.request())
                await asyncio.to_thread(all_busy.wait, 30)
            await asyncio.sleep(0.5)  # the site sees who has left
            may_go_on.set()
            return await ask(site, patience=10)

        assert asyncio.run(leave()).status == 200
    assert len(pages.asked) == N_THREADS + 1


def scope(*headers, client="127.0.0.1", raw_path=b"/", **more):
    return {
        "type": "http",
        "method": "GET",
        "raw_path": raw_path,
        "query_string": b"q=1",
        "http_version": "1.1",
        "client": (client, 5),
        "server": ("127.0.0.1", 80),
        "headers": list(headers),
        **more,
    }


def environ(*headers, **more):
    asked = scope(*headers, **more)
    with tempfile.TemporaryFile() as body:
        return environ_of(asked, headers_of(asked), body)


def test_only_this_machine_is_believed_about_https():
    https = (b"x-forwarded-proto", b"https")
    assert environ(https)["wsgi.url_scheme"] == "https"
    assert environ(https, client="10.0.0.7")["wsgi.url_scheme"] == "http"
    assert environ((b"x_forwarded_proto", b"https"))["wsgi.url_scheme"] == "http"
    assert environ(https, (b"x-forwarded-for", b"10.9.9.9"))["REMOTE_ADDR"] == "127.0.0.1"


def test_a_header_cannot_pass_for_something_of_the_server():
    asked = environ(
        (b"script_name", b"/evil"), (b"script-name", b"/evil"), (b"remote-addr", b"1.2.3.4")
    )
    assert asked["SCRIPT_NAME"] == ""
    assert asked["REMOTE_ADDR"] == "127.0.0.1"


def test_headers_that_come_twice_and_an_address_in_bytes():
    asked = environ((b"cookie", b"a=1"), (b"cookie", b"b=2"), raw_path=b"/%D0%B0%FF/")
    assert asked["HTTP_COOKIE"] == "a=1; b=2"
    assert asked["PATH_INFO"].encode("latin-1") == "/а".encode() + b"\xff/"
