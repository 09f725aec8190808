"""Matchings as their list shows them."""

from collections.abc import Iterable

from nastavnik.core.components import address_of, link
from nastavnik.matching.choices import RunStatus
from nastavnik.matching.models import MatchingRun


def run_lines(runs: Iterable[MatchingRun]) -> list[dict[str, object]]:
    """Return matchings with what came of them (forms fetched)."""
    states = {status.value: str(status.label) for status in RunStatus}
    return [
        {
            "run": link(address_of("matching:past", run.pk), str(run)),
            "forms": ", ".join(form.title for form in run.forms.all()),
            "matched": f"{run.n_matched} / {run.n_mentees}",
            "state": states[run.status],
        }
        for run in runs
    ]
