"""The processes of the server share a socket, and a stop waits for what is being answered."""

import asyncio
import contextlib
import socket
import threading
import time

import uvicorn
from tools.besiege import Site, ask

from nastavnik.config import server
from nastavnik.config.bodies import SMALL, Allowed
from nastavnik.config.door import Door


async def met(number):
    """Let two servers wait on one socket for connections that are there already; return how many each met."""
    loop, counts, all_met = asyncio.get_running_loop(), [0, 0], asyncio.Event()

    def listener(place):
        class Counting(asyncio.Protocol):
            def connection_made(self, transport):
                counts[place] += 1
                transport.close()
                if sum(counts) == number:
                    all_met.set()

        return Counting

    async with contextlib.AsyncExitStack() as stack:
        held = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=number))
        for _ in range(number):
            stack.enter_context(socket.create_connection(held.getsockname()))
        for place in range(2):
            waiting = await loop.create_server(listener(place), sock=held.dup(), backlog=number)
            await stack.enter_async_context(waiting)
        await all_met.wait()
        return counts


def run(loop, work):
    with contextlib.closing(loop):
        return loop.run_until_complete(asyncio.wait_for(work, 10))


def test_each_process_gets_its_part_of_the_connections():
    assert min(run(server.Shared(), met(60))) >= 15


def test_with_the_usual_loop_one_takes_all():
    """The control."""
    assert min(run(asyncio.SelectorEventLoop(), met(60))) < 15


def test_a_stop_waits_for_what_is_being_answered():
    begun = threading.Event()

    def slow(environ, start_response):
        begun.set()
        time.sleep(1)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"page"]

    door = Door(slow, allowed=lambda _p, _c: Allowed(SMALL), pages=lambda _s, _c: ([], b""))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        site = uvicorn.Server(server.config(door, workers=1))
        thread = threading.Thread(target=site.run, args=([listening],))
        thread.start()

        def stop():
            begun.wait(60)
            site.should_exit = True

        stopping = threading.Thread(target=stop)
        stopping.start()
        answer = asyncio.run(ask(Site("127.0.0.1", listening.getsockname()[1])))
        stopping.join()
        thread.join(60)
    assert answer.status == 200
    assert not thread.is_alive()
