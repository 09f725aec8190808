"""What the killed process does: a school whose matching is approved."""

from django.core.management import call_command

from nastavnik.core.models import AuditEntry
from nastavnik.documents.models import Document
from nastavnik.matching.actions import run_matching
from nastavnik.matching.models import MatchingRun
from nastavnik.mentorships.actions import approve_run
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.programmes.models import Participation, Programme


def prepare():
    from tests.cast import build_cast

    call_command("migrate", verbosity=0)
    build_cast()
    run_matching(Programme.objects.first(), by=None)


def work():
    approve_run(MatchingRun.objects.get(), by=None)


def look():
    return repr(
        (
            Mentorship.objects.count(),
            Tie.objects.count(),
            Document.objects.count(),
            list(Participation.objects.order_by("pk").values_list("status", "active_count")),
            [(run.status, run.approved_at is None) for run in MatchingRun.objects.all()],
            AuditEntry.objects.count(),
        )
    )
