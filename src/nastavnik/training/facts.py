"""What training tells the roadmap (method.md §8: A18, A38, A39, A41); that mentors are trained the base itself tells."""

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import Perm
from nastavnik.core.hooks.facts import Fact
from nastavnik.training.choices import TrainingAudience
from nastavnik.training.models import Trainee, TrainingCourse, TrainingMaterial

CODES = {"training_planned", "training_materials", "curators_trained", "sent_to_training"}


def facts(
    organisation_ids: Collection[int], first: dt.date, last: dt.date
) -> Iterator[tuple[int, Fact]]:
    """Yield what the courses of a time tell."""
    of_time = {
        "organisation_id__in": organisation_ids,
        "year__starts_on__lte": last,
        "year__ends_on__gte": first,
    }
    courses = TrainingCourse.objects.filter(**of_time).order_by("organisation_id")
    yield from _planned(courses.filter(audience=TrainingAudience.MENTORS))
    materials = TrainingMaterial.objects.filter(course__in=courses).order_by()
    for row in materials.values("organisation_id").annotate(n=Count("pk")):
        words = ngettext("%(n)s methodical material", "%(n)s methodical materials", row["n"]) % {
            "n": row["n"]
        }
        yield row["organisation_id"], _fact("training_materials", words, None)
    trainees = Trainee.objects.filter(course__in=courses)
    yield from _curators(trainees.filter(course__audience=TrainingAudience.CURATORS))
    sent = trainees.filter(course__audience=TrainingAudience.MENTORS).exclude(course__provider="")
    yield from _sent(sent)


def _fact(
    code: str, words: str, day: dt.date | None, n: int | None = None, of: int | None = None
) -> Fact:
    return Fact(code, words, day, reverse("training:courses"), Perm.TRAINING_VIEW, n, of)


def _planned(courses: Any) -> Iterator[tuple[int, Fact]]:  # noqa: ANN401 - rows of a query
    """Yield that there is a course for mentors with a schedule."""
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


def _curators(trainees: Any) -> Iterator[tuple[int, Fact]]:  # noqa: ANN401 - rows of a query
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


def _sent(trainees: Any) -> Iterator[tuple[int, Fact]]:  # noqa: ANN401 - rows of a query
    rows = trainees.order_by().values("organisation_id").annotate(n=Count("person", distinct=True))
    for row in rows:
        words = ngettext(
            "%(n)s mentor is sent to courses outside",
            "%(n)s mentors are sent to courses outside",
            row["n"],
        ) % {"n": row["n"]}
        yield row["organisation_id"], _fact("sent_to_training", words, None)
