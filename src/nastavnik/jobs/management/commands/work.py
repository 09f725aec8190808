import os
import signal
from typing import Any

from django.core.management.base import BaseCommand

from nastavnik.jobs.tasks import Worker

#: Those who turn pages come first; the processes that read files inherit it.
POLITE = 5


class Command(BaseCommand):
    help = "Does the work in the background; `run.py` starts it beside the site and starts it anew when it dies."

    def handle(self, **_options: Any) -> None:
        os.nice(POLITE)
        worker = Worker()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        worker.run()
