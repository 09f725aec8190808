"""Plans as their lists show them."""

from collections.abc import Mapping, Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from nastavnik.core.ui.components import address_of, chip, pick, small, state
from nastavnik.core.ui.listing import Column, Table
from nastavnik.people.models import Person
from nastavnik.plans.models import IndividualPlan
from nastavnik.plans.queries import PlanRow, closed_among


def plans_table(
    rows: Sequence[PlanRow],
    groups: Mapping[int, str],
    narrowed: Sequence[tuple[StrOrPromise, str]] = (),
) -> Table[PlanRow]:
    """Return the mentees of pairs that go on with their plans; `groups` is person → class."""

    def note(person: Person) -> str:
        return groups.get(person.pk) or person.position

    def mentee(row: PlanRow) -> SafeString:
        url = (
            address_of("plans:plan", row.plan_id)
            if row.plan_id
            else address_of("mentorships:card", row.pair_id)
        )
        return chip(row.mentee, side="b", url=url, note=note(row.mentee))

    return Table(
        "plans",
        _("Individual plans"),
        (
            Column("mentee", _("Mentee"), lambda row: row.mentee.full_name, mentee),
            Column(
                "mentee_is",
                _("Mentee's class or post"),
                lambda row: note(row.mentee),
                on_page=False,
            ),
            Column(
                "mentor",
                _("Mentor"),
                lambda row: row.mentor.full_name,
                lambda row: chip(row.mentor, side="a", note=note(row.mentor), more=row.form),
            ),
            Column("form", _("Form"), lambda row: row.form, on_page=False),
            Column(
                "state",
                _("State"),
                lambda row: row.words,
                lambda row: state(row.picture, row.words),
            ),
            Column("share", _("Done"), lambda row: row.share, _done),
            Column("next", _("Next by the plan"), lambda row: row.next_title, on_page=False),
        ),
        rows,
        narrowed=narrowed,
        people=lambda row: [row.mentor.pk, row.mentee.pk],
    )


def _done(row: PlanRow) -> SafeString:
    """Return how much is done, and under it what comes next with its day."""
    day = f"{row.next_on:%d.%m} " if row.next_on else ""
    coming = f"{day}{row.next_title}" if row.next_title else ""
    return format_html('{}<br><small class="muted">{}</small>', row.share or "—", coming)


def waiting_table(rows: Sequence[IndividualPlan], groups: Mapping[int, str]) -> Table[IndividualPlan]:  # fmt: skip
    """Return the plans that wait for approval, each with a box, ticked."""

    def note(person: Person) -> str:
        return groups.get(person.pk) or person.position

    def mentee(plan: IndividualPlan) -> SafeString:
        person = plan.tie.mentee.person
        url = address_of("plans:plan", plan.pk)
        return chip(person, side="b", url=url, note=note(person))

    closed = closed_among(
        {
            key
            for row in rows
            for key in (row.tie.mentee.person_id, row.tie.mentorship.mentor.person_id)
        }
    )

    def goals(plan: IndividualPlan) -> str:
        if closed & {plan.tie.mentee.person_id, plan.tie.mentorship.mentor.person_id}:
            return _("closed: a consent is missing")
        return "; ".join(goal.text for goal in plan.goals.all())

    def mentor(plan: IndividualPlan) -> SafeString:
        person = plan.tie.mentorship.mentor.person
        return chip(person, side="a", note=note(person))

    return Table(
        "plans-waiting",
        _("Plans that wait for approval"),
        (
            Column("mentee", _("Mentee"), lambda row: row.tie.mentee.person.full_name, mentee),
            Column(
                "mentor",
                _("Mentor"),
                lambda row: row.tie.mentorship.mentor.person.full_name,
                mentor,
            ),
            Column(
                "goal",
                _("Goals"),
                goals,
                lambda row: small(goals(row)),
            ),
            Column(
                "items",
                _("Items"),
                lambda row: sum(not item.is_dropped for item in row.items.all()),
                is_number=True,
            ),
            Column("read", _("Read on"), lambda row: row.acquainted_on),
        ),
        rows,
        box=lambda row: pick("plans", row.pk, row.tie.mentee.person.short_name, is_checked=True),
        people=lambda row: [row.tie.mentee.person_id, row.tie.mentorship.mentor.person_id],
    )
