"""The site as a WSGI application; loading it also starts the checkpointing of SQLite."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nastavnik.config.settings")
application = get_wsgi_application()

from nastavnik.files.checkpointing import start  # noqa: E402 - needs the settings above

start()
