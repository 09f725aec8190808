"""How the site bears people: a school at work with pauses, growth from one to fifty, a lesson that sends one form at once.

On a copy of the demo's data, for it makes sessions, pupils and a questionnaire of theirs. Each pupil of the lesson opens an own link, as
on a telephone, and sends the whole questionnaire filled in.

    python3 run.py --port 8100 --data /tmp/rushed        # in another window
    .venv/bin/python tools/rush.py http://127.0.0.1:8100 --data /tmp/rushed

Every client keeps its connection, as a browser does. The machine's load is printed, for the clients take their share of it; what the
server's own processor time an answer is does not depend on it much, and is what two versions are compared by.
"""

import argparse
import asyncio
import contextlib
import os
import re
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("/today/", "/people/", "/mentees/", "/pairs/", "/roadmap/", "/matching/", "/consents/")
OK, FOUND = 200, 302
BOX = re.compile(rb'<input type="radio" name="(a-[^"]+)" value="([^"]+)"')
TEXT = re.compile(rb'<textarea[^>]* name="(a-[^"]+)"')
KEY = re.compile(rb'name="key" value="([^"]+)"')
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Client:
    """A browser: one connection, the cookies of somebody."""

    host: str
    port: int
    session: str
    token: str = ""
    took: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    _opened: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str, form: bytes | None = None) -> bytes:
        """Ask for a page, or send a form to it; note how long it took and what came."""
        started, status, body = time.monotonic(), 0, b""
        with contextlib.suppress(
            OSError, TimeoutError, asyncio.IncompleteReadError, ValueError, IndexError
        ):
            async with asyncio.timeout(60):
                status, body = await self._exchange(path, form)
        if not status:
            self.close()
        self.took.append(time.monotonic() - started)
        self.statuses.append(status)
        return body

    async def _exchange(self, path: str, form: bytes | None) -> tuple[int, bytes]:
        if self._opened is None:
            self._opened = await asyncio.open_connection(self.host, self.port)
        reader, writer = self._opened
        lines = [
            f"{'GET' if form is None else 'POST'} {path} HTTP/1.1",
            f"Host: localhost:{self.port}",
            f"Cookie: sessionid={self.session}; csrftoken={self.token}",
        ]
        if form is not None:
            lines += [
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(form)}",
            ]
        writer.write("\r\n".join([*lines, "", ""]).encode() + (form or b""))
        status = int((await reader.readline()).split()[1])
        length, closes = 0, False
        while line := (await reader.readline()).strip():
            name, _colon, value = line.decode("latin-1").partition(": ")
            if name.lower() == "content-length":
                length = int(value)
            if name.lower() == "connection":
                closes = value == "close"
            if name.lower() == "set-cookie" and value.startswith("csrftoken="):
                self.token = value.partition("=")[2].partition(";")[0]
        body = await reader.readexactly(length)
        if closes:
            self.close()
        return status, body

    def close(self) -> None:
        """Hang up."""
        if self._opened:
            self._opened[1].close()
            self._opened = None


def sessions(login: str, number: int) -> list[str]:
    """Make sessions of somebody."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from nastavnik.people.models import User

    user, keys = User.objects.get(login=login), []
    for _ in range(number):
        kept = SessionStore()
        kept[SESSION_KEY] = str(user.pk)
        kept[BACKEND_SESSION_KEY] = "nastavnik.people.access.Accounts"
        kept[HASH_SESSION_KEY] = user.get_session_auth_hash()
        kept.create()
        keys.append(str(kept.session_key))
    return keys


async def at_work(client: Client, first: int, seconds: float, pause: float) -> None:
    """Open one page after the other with a pause between."""
    until = time.monotonic() + seconds
    await asyncio.sleep(pause * (first % 10) / 10)
    while time.monotonic() < until:
        await client.ask(PAGES[first % len(PAGES)])
        first += 1
        await asyncio.sleep(pause)


async def in_lesson(client: Client, address: str) -> None:
    """Open the questionnaire of a link and send it filled in: the first box of each question, a word in each text."""
    page = await client.ask(f"{address}?all=1")
    token, key = (found[1] if (found := one.search(page)) else b"" for one in (TOKEN, KEY))
    answers = dict(reversed(BOX.findall(page)))
    answers |= dict.fromkeys(TEXT.findall(page), "слово".encode())
    answers |= {b"csrfmiddlewaretoken": token, b"key": key, b"go": b"send"}
    await client.ask(f"{address}?all=1", urlencode(answers).encode())


def lesson(number: int) -> list[str]:
    """Ask so many invented pupils a questionnaire that comes with the program; return their links."""
    from nastavnik.consents.models import Consent
    from nastavnik.consents.queries import signer_by
    from nastavnik.core.dates import today
    from nastavnik.core.links import digest_of, fresh_token
    from nastavnik.people.models import Person, User
    from nastavnik.programmes.queries import current_programme
    from nastavnik.questionnaires.actions import open_wave
    from nastavnik.questionnaires.models import InstrumentVersion, Invitation
    from nastavnik.questionnaires.queries import NEEDED_TO_ASK, AudienceRule

    curator, day = User.objects.get(login="kurator"), today()
    programme = current_programme(curator)
    if programme is None:
        sys.exit("This is no data of the demo.")
    known = InstrumentVersion.objects.filter(organisation=None, role="mentee")
    wave = open_wave(
        programme, known.order_by("pk")[0], title="Урок", rule=AudienceRule("mentee"),
        opens_on=day, closes_on=day, by=curator,
    )  # fmt: skip
    at, born = programme.organisation, day.replace(year=day.year - 15, day=1)
    pupils = [
        Person(organisation=at, kind="pupil", last_name=f"Уроков {n}", first_name="Тит", birth_date=born)
        for n in range(number)
    ]  # fmt: skip
    for one in pupils:
        one.save()  # one by one: saving folds the name for the search
    Consent.objects.bulk_create(
        Consent(
            organisation=at, person=one, purpose=purpose, signer=signer_by("pupil", born, day),
            text_version="1", signed_on=day,
        )
        for one in pupils
        for purpose in NEEDED_TO_ASK
    )  # fmt: skip
    tokens = [fresh_token() for _ in pupils]
    Invitation.objects.bulk_create(
        Invitation(organisation=at, wave=wave, person=one, token_sha256=digest_of(token))
        for one, token in zip(pupils, tokens, strict=True)
    )
    return [f"/a/{token}/" for token in tokens]


def processes_on(port: int) -> list[Path]:
    """Return the folders in /proc of the processes that listen on a port."""
    inodes = {
        line.split()[9]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and int(line.split()[1].rpartition(":")[2], 16) == port
    }
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            links = {os.readlink(one) for one in (process / "fd").iterdir()}  # noqa: PTH115 - the text of the link
            if links & {f"socket:[{inode}]" for inode in inodes}:
                found.append(process)
    return found


def memory_of(port: int) -> float:
    """Return how many megabytes the processes take that listen on a port, what they share counted once each."""
    total = 0
    for process in processes_on(port):
        found = re.search(r"Pss:\s+(\d+)", (process / "smaps_rollup").read_text())
        total += int(found[1]) if found else 0
    return total / 1024


def cpu_of(port: int) -> float:
    """Return how many seconds of processor the processes have taken so far that listen on a port."""
    ticks = 0
    for process in processes_on(port):
        # behind the name, in which there may be anything: user and system time are the 12th and 13th
        words = (process / "stat").read_text().rpartition(")")[2].split()
        ticks += int(words[11]) + int(words[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def line(title: str, clients: list[Client], seconds: float, cpu: float, port: int) -> str:
    """Return what a crowd met."""
    took = sorted(second for one in clients for second in one.took)
    wrong = sum(status not in {OK, FOUND} for one in clients for status in one.statuses)
    return (
        f"{title:34} {len(took):5} answers {len(took) / seconds:6.1f} a second   median {statistics.median(took):6.3f} s"
        f"   CPU of the server {1000 * cpu / len(took):5.1f} ms an answer"
        f"   p95 {took[int(0.95 * len(took)) - 1]:6.3f} s   worst {took[-1]:6.2f} s   errors {wrong}"
        f"   memory {memory_of(port):.0f} MB   load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )


async def rush(
    site: tuple[str, int], staff: list[str], links: list[str], sizes: list[int], seconds: float
) -> None:
    """Print a line a crowd."""
    host, port = site
    for number in sizes:
        clients = [Client(host, port, key) for key in staff[:number]]
        started, cpu = time.monotonic(), cpu_of(port)
        await asyncio.gather(*(at_work(one, n, seconds, 1.0) for n, one in enumerate(clients)))
        print(
            line(
                f"{number} people, a second between pages",
                clients,
                time.monotonic() - started,
                cpu_of(port) - cpu,
                port,
            ),
            flush=True,
        )
        for one in clients:
            one.close()
    clients = [Client(host, port, "") for _ in links]
    started, cpu = time.monotonic(), cpu_of(port)
    await asyncio.gather(*map(in_lesson, clients, links))
    print(
        line(
            f"{len(links)} open and send a questionnaire",
            clients,
            time.monotonic() - started,
            cpu_of(port) - cpu,
            port,
        ),
        flush=True,
    )
    sent = sum(one.statuses[-1] == FOUND for one in clients)
    print(f"{sent} of {len(links)} questionnaires arrived", flush=True)
    for one in clients:
        one.close()


def main(words: list[str]) -> int:
    """Crowd the site that is named; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address")
    parser.add_argument("--data", required=True)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--people", default="1,5,10,20,50")
    parser.add_argument("--lesson", type=int, default=300)
    options = parser.parse_args(words)
    sys.path.insert(0, str(ROOT / "src"))
    os.environ |= {
        "NASTAVNIK_DATA": options.data,
        "DJANGO_SETTINGS_MODULE": "nastavnik.config.settings",
    }
    import django

    django.setup()
    staff, links = sessions("kurator", 50), lesson(options.lesson)
    sizes = [int(number) for number in options.people.split(",")]
    parts = urlsplit(options.address)
    site = parts.hostname or "127.0.0.1", parts.port or 80
    asyncio.run(rush(site, staff, links, sizes, options.seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
