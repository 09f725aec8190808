"""What a press is going to do, in sentences that are said before it."""

from django.utils.translation import ngettext

from nastavnik.documents.models import Document
from nastavnik.mentorships.catalogues import cycle
from nastavnik.mentorships.choices import OPEN, MentorshipStatus
from nastavnik.mentorships.models import Meeting, Mentorship, Tie
from nastavnik.mentorships.queries.pairs import attached_without


def what_registering_does(document: Document) -> list[str]:
    """Return which pairs an order lets run, how many meetings are planned, and whom it leaves out."""
    ties = Tie.objects.of_order(document)
    waiting = Mentorship.objects.filter(
        status=MentorshipStatus.APPROVED, pk__in=ties.values("mentorship_id")
    )
    planned = Meeting.objects.filter(mentorship__in=waiting).values("mentorship_id")
    n_meetings = sum(
        len(cycle().days(pair.starts_on, pair.ends_on)) for pair in waiting.exclude(pk__in=planned)
    )
    left = Tie.objects.open().filter(order=document).exclude(pk__in=ties.values("pk")).count()
    n = waiting.count()
    said = [
        ngettext("%(n)s pair begins to run.", "%(n)s pairs begin to run.", n) % {"n": n},
        ngettext("%(n)s meeting is planned for them.", "%(n)s meetings are planned for them.", n_meetings)
        % {"n": n_meetings},
    ]  # fmt: skip
    if left:
        said.append(
            ngettext(
                "%(n)s mentee is stopped now and is not in this order: a later one will name them.",
                "%(n)s mentees are stopped now and are not in this order: a later one will name them.",
                left,
            )
            % {"n": left}
        )
    return said


def what_taking_back_does(document: Document) -> list[str]:
    """Return which pairs wait for their order again, and that their meetings go."""
    ties = Tie.objects.open().filter(order=document)
    pairs = Mentorship.objects.filter(status__in=OPEN, pk__in=ties.values("mentorship_id"))
    pairs = pairs.exclude(pk__in=attached_without(document))
    n_meetings = Meeting.objects.filter(mentorship__in=pairs).ahead().count()
    n = pairs.filter(status=MentorshipStatus.ACTIVE).count()
    return [
        ngettext("%(n)s pair waits for its order again.", "%(n)s pairs wait for their order again.", n) % {"n": n},
        ngettext(
            "%(n)s planned meeting goes; when the order is registered again, meetings are planned anew.",
            "%(n)s planned meetings go; when the order is registered again, meetings are planned anew.",
            n_meetings,
        )
        % {"n": n_meetings},
    ]  # fmt: skip
