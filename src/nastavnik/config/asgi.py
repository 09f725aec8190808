"""The site as the server loads it: the door, and behind it the WSGI application."""

import ctypes
import gc
import multiprocessing
import os
import signal
from contextlib import suppress

from django.conf import settings
from django.db import close_old_connections
from django.urls import get_resolver

from nastavnik.config import bodies, refusals
from nastavnik.config.door import Door, DoorLimits
from nastavnik.config.wsgi import application as pages_of_site
from nastavnik.files.running import take_part


def allowed(path: str, cookies: str) -> bodies.Allowed:
    """Ask how much an address takes, outside of any request of Django's."""
    try:
        return bodies.allowed(path, cookies)
    finally:
        close_old_connections()


def end_with_parent() -> None:
    """Ask Linux to end this process with the one that started it: a worker left alone would hold the port."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


if multiprocessing.parent_process():
    end_with_parent()
    take_part(settings.DATA)  # to its own end: the first process may have been killed
refusals.draw_all()
get_resolver().url_patterns  # noqa: B018 - imports every page now, not when the first person waits
# What is loaded stays for ever: the collector need not go through a hundred thousand objects again with every page.
gc.collect()
gc.freeze()
application = Door(
    pages_of_site,
    allowed=allowed,
    pages=refusals.refused,
    limits=DoorLimits(n_threads=int(os.environ.get("NASTAVNIK_THREADS", "4"))),
)
