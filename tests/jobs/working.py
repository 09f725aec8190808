"""Jobs of the tests: the worker at work, and a matching that is to be counted."""

import threading

from django.db import connections

from nastavnik.jobs.actions import ask_for_job
from nastavnik.jobs.tasks import Worker
from nastavnik.matching import tasks


def counted(cast, by=None, n_pairs=9, **options):
    """Ask for the matching of the first school; the worker has not begun it."""
    return counted_for(cast.school, by=by or cast.anna, n_pairs=n_pairs, **options)


def counted_for(school, *, by, n_pairs=9, alone=None, **options):
    """Ask for the matching of a school."""
    programme = school.programme
    given = tasks.given_for(programme, programme.forms.all(), n_pairs=n_pairs, **options)
    return ask_for_job(
        tasks.MATCHING,
        programme.organisation_id,
        given=given,
        alone=tasks.alone_for(programme) if alone is None else alone,
        by=by,
    )


class working:  # noqa: N801 - reads as a word
    """The worker at work, in a thread of the tests."""

    def __enter__(self):
        self.worker = Worker()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        return self.worker

    def _run(self):
        try:
            self.worker.run()
        finally:
            connections.close_all()

    def __exit__(self, *_why):
        self.worker.stop()
        self.thread.join()
