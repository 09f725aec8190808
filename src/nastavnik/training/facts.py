"""What training tells the roadmap (method.md §8: A18, A38, A39, A41); that mentors are trained the base itself tells."""

import datetime as dt
from collections.abc import Collection, Iterator

from django.db.models import Count, Max, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import Perm
from nastavnik.core.hooks import facts as registry
from nastavnik.core.hooks.facts import Fact
from nastavnik.training.choices import TrainingAudience
from nastavnik.training.models import Trainee, TrainingCourse, TrainingMaterial


def register() -> None:
    """Register who tells what: each asks one question, and only when a line waits for its answer."""
    registry.register("training_planned", planned, ("training_planned",))
    registry.register("training_materials", materials, ("training_materials",))
    registry.register("curators_trained", curators, ("curators_trained",))
    registry.register("sent_to_training", sent, ("sent_to_training",))


Told = Iterator[tuple[int, Fact]]


def _courses(
    organisation_ids: Collection[int], first: dt.date, last: dt.date
) -> QuerySet[TrainingCourse]:
    return TrainingCourse.objects.filter(
        organisation_id__in=organisation_ids, year__starts_on__lte=last, year__ends_on__gte=first
    ).order_by("organisation_id")


def planned(organisation_ids: Collection[int], first: dt.date, last: dt.date) -> Told:
    """Yield that there is a course for mentors with a schedule."""
    courses = _courses(organisation_ids, first, last).filter(audience=TrainingAudience.MENTORS)
    rows = courses.values("organisation_id").annotate(
        n=Count("sessions"), begins=Min("sessions__held_on"), ends=Max("sessions__held_on")
    )
    for row in rows:
        if not row["n"]:
            continue
        days = f"{row['begins']:%d.%m.%Y} – {row['ends']:%d.%m.%Y}"
        words = ngettext(
            "training: %(n)s session, %(days)s", "training: %(n)s sessions, %(days)s", row["n"]
        ) % {"n": row["n"], "days": days}
        yield row["organisation_id"], _fact("training_planned", words, None)


def materials(organisation_ids: Collection[int], first: dt.date, last: dt.date) -> Told:
    """Yield how many materials the courses hand out."""
    rows = TrainingMaterial.objects.filter(
        course__in=_courses(organisation_ids, first, last)
    ).order_by()
    for row in rows.values("organisation_id").annotate(n=Count("pk")):
        words = ngettext("%(n)s methodical material", "%(n)s methodical materials", row["n"]) % {
            "n": row["n"]
        }
        yield row["organisation_id"], _fact("training_materials", words, None)


def curators(organisation_ids: Collection[int], first: dt.date, last: dt.date) -> Told:
    """Yield how many of the curators and organisers on the lists have a result."""
    trainees = Trainee.objects.filter(
        course__in=_courses(organisation_ids, first, last),
        course__audience=TrainingAudience.CURATORS,
    )
    rows = (
        trainees.order_by()
        .values("organisation_id")
        .annotate(
            of=Count("person", distinct=True),
            n=Count("person", filter=Q(finished_on__isnull=False), distinct=True),
            day=Max("finished_on"),
        )
    )
    for row in rows:
        if row["n"]:
            words = _("curators and organisers are trained: %(n)s of %(of)s") % row
            yield (
                row["organisation_id"],
                _fact("curators_trained", words, row["day"], row["n"], row["of"]),
            )


def sent(organisation_ids: Collection[int], first: dt.date, last: dt.date) -> Told:
    """Yield how many mentors are sent to courses outside."""
    trainees = Trainee.objects.filter(
        course__in=_courses(organisation_ids, first, last),
        course__audience=TrainingAudience.MENTORS,
    ).exclude(course__provider="")
    rows = trainees.order_by().values("organisation_id").annotate(n=Count("person", distinct=True))
    for row in rows:
        words = ngettext(
            "%(n)s mentor is sent to courses outside",
            "%(n)s mentors are sent to courses outside",
            row["n"],
        ) % {"n": row["n"]}
        yield row["organisation_id"], _fact("sent_to_training", words, None)


def _fact(
    code: str, words: str, day: dt.date | None, n: int | None = None, of: int | None = None
) -> Fact:
    return Fact(code, words, day, reverse("training:courses"), Perm.TRAINING_VIEW, n, of)
