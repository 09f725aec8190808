"""Courses and their registers as lists: on the page, as .xlsx, to print."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from nastavnik.core.ui.components import address_of, link, small
from nastavnik.core.ui.listing import Column, Table, Value
from nastavnik.training.models import TrainingCourse
from nastavnik.training.queries import Register, RegisterRow


def courses_table(rows: Sequence[TrainingCourse]) -> Table[TrainingCourse]:
    """Return courses as a list; the rows come from `queries.courses`, which counts."""
    of = _("%(n)s of %(total)s")

    def title(row: TrainingCourse) -> SafeString:
        return format_html(
            "{}{}",
            link(address_of("training:course", row.pk), row.title),
            small(row.provider or f"{row.year}"),
        )

    return Table(
        "training-courses",
        _("Training"),
        (
            Column("title", _("Course"), lambda row: row.title, title),
            Column("audience", _("Whom it prepares"), lambda row: row.get_audience_display()),
            Column("hours", _("Hours"), lambda row: row.hours, is_number=True),
            Column("provider", _("Who teaches"), lambda row: row.provider, on_page=False),
            Column("sessions", _("Sessions"), lambda row: _n(row, "sessions"), is_number=True),
            Column("days", _("When"), _days),
            Column(
                "finished",
                _("Trained"),
                lambda row: (
                    of % {"n": _n(row, "finished"), "total": _n(row, "trainees")}
                    if _n(row, "trainees")
                    else None
                ),
                is_number=True,
            ),
        ),
        rows,
    )


def _n(row: TrainingCourse, what: str) -> int:
    """Return one of the numbers the query has counted of a course."""
    return int(getattr(row, f"n_{what}"))


def _days(row: TrainingCourse) -> str:
    first, last = row.first_on, row.last_on  # type: ignore[attr-defined] # the query has counted them
    if first is None:
        return ""
    return f"{first:%d.%m.%Y}" if first == last else f"{first:%d.%m} – {last:%d.%m.%Y}"


def register_table(course: TrainingCourse, register: Register) -> Table[RegisterRow]:
    """Return the attendance list of a course: what is noted, and blank places to sign where nothing is."""
    was, was_not = _("was there"), _("was not there")

    def visit(place: int) -> Column[RegisterRow]:
        session = register.sessions[place]

        def word(row: RegisterRow) -> Value:
            came = row.visits[place]
            return "" if came is None else was if came else was_not

        return Column(f"session-{place + 1}", f"{session.held_on:%d.%m.%Y} {session.theme}", word)

    return Table(
        "training-register",
        _("Attendance: %(title)s") % {"title": course.title},
        (
            Column("name", _("Full name"), lambda row: row.trainee.person.full_name),
            Column("note", _("Class, position"), lambda row: row.note),
            *(visit(place) for place in range(len(register.sessions))),
            Column("finished", _("Trained on"), lambda row: row.trainee.finished_on or ""),
            Column(
                "certificate",
                _("No. of the certificate"),
                lambda row: row.trainee.certificate_number,
            ),
        ),
        register.rows,
        people=lambda row: [row.trainee.person_id],
    )
