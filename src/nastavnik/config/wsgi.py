"""The site as a WSGI application; loading it also starts the checkpointing of SQLite and housekeeping."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nastavnik.config.settings")
application = get_wsgi_application()

from nastavnik.config import launch  # noqa: E402 - needs the settings above
from nastavnik.files import checkpointing, housekeeping  # noqa: E402

launch.open_data()
checkpointing.start()
housekeeping.start()
