"""The site as a WSGI application; loading it also starts the checkpointing of SQLite and housekeeping."""

import os
from concurrent.futures import ThreadPoolExecutor

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nastavnik.config.settings")
application = get_wsgi_application()

from django.db import connections  # noqa: E402 - needs the settings above

from nastavnik.config import launch  # noqa: E402
from nastavnik.files import checkpointing, housekeeping  # noqa: E402


def _open() -> None:
    launch.open_data()
    launch.say_code()
    launch.say_troubles()
    connections.close_all()


with ThreadPoolExecutor(1) as aside:
    aside.submit(
        _open
    ).result()  # a loop of the server may be running here, and Django asks no database inside one
checkpointing.start()
housekeeping.start()
