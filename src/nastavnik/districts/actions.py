"""Writes of both sides: the district sets lines and agrees, a school takes them over and sends its roadmap."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.text import fold
from nastavnik.districts.choices import AgreementStatus
from nastavnik.districts.models import Adoption, Agreement, DistrictLine
from nastavnik.districts.queries import (
    FIELDS,
    TERM,
    AdoptedLine,
    activities_of,
    adopted_line_of,
    adoptions_of,
    content_of,
    has_coordinator,
    offered_to,
    offices_above,
    schools_level,
)
from nastavnik.organisations.actions import add_organisation, open_year
from nastavnik.organisations.choices import Level, OrganisationKind
from nastavnik.organisations.models import Organisation
from nastavnik.organisations.queries import year_bounds
from nastavnik.people.actions import add_account, grant_role
from nastavnik.people.models import User
from nastavnik.roadmaps.actions import make_from_catalogue
from nastavnik.roadmaps.catalogues import entries
from nastavnik.roadmaps.choices import RoadmapLevel
from nastavnik.roadmaps.models import Activity, Roadmap

S = AgreementStatus
NEXT: dict[AgreementStatus, frozenset[AgreementStatus]] = {
    S.DRAFT: frozenset({S.SENT}),
    S.SENT: frozenset({S.AGREED, S.RETURNED, S.DRAFT}),
    S.RETURNED: frozenset({S.SENT}),
    S.AGREED: frozenset({S.SENT}),
}
#: The first password of a school's curator, told by the coordinator: nobody in the school could give another one.
FIRST_PASSWORD_DAYS = 90
NUMBER_OF_DISTRICT = "Р{}"  # how a line of the district is numbered in a school's roadmap


def _check_step(agreement: Agreement, status: AgreementStatus) -> None:
    if status not in NEXT[S(agreement.status)]:
        raise RefusedError(
            _("From «%(before)s» there is no step to «%(after)s».")
            % {"before": agreement.get_status_display(), "after": status.label}
        )


# ---------------------------------------------------------------- the district sets lines


@transaction.atomic
def make_municipal(
    office: Organisation, *, start: dt.date | None = None, by: models.Model | None
) -> Roadmap:
    """Make the roadmap of an office for this year from the catalogue.

    What the catalogue has for schools as well is set for the schools at once (method.md §8).

    Raises:
        RefusedError: it is no office, or the year has a roadmap already.
    """
    _check_office(office)
    first, last = year_bounds(today())
    year = open_year(office, starts_on=first, ends_on=last, by=by)
    roadmap = make_from_catalogue(year, RoadmapLevel.MUNICIPALITY, start=start, by=by)
    known = entries()
    shared = [
        activity
        for activity in roadmap.activities.all()
        if "school" in known[activity.catalogue_code].levels
    ]
    set_lines(roadmap, shared, by=by)
    return roadmap


def _check_office(organisation: Organisation) -> None:
    if not schools_level(organisation):
        raise RefusedError(_("Only an education office sets lines for schools."))


@transaction.atomic
def set_lines(
    roadmap: Roadmap, activities: Collection[Activity], *, by: models.Model | None
) -> list[DistrictLine]:
    """Set exactly these lines of a municipal roadmap for the schools; the others are withdrawn.

    Raises:
        RefusedError: it is the roadmap of a school.
    """
    _check_office(roadmap.organisation)
    wanted = {one.pk for one in activities if one.roadmap_id == roadmap.pk}
    known = {
        line.activity_id: line for line in DistrictLine.objects.filter(activity__roadmap=roadmap)
    }
    fresh = DistrictLine.objects.bulk_create(
        DistrictLine(organisation_id=roadmap.organisation_id, activity_id=pk)
        for pk in sorted(wanted - set(known))
    )
    audit.record_many(audit.CREATED, fresh, by=by, fields=["activity"])
    _mark_withdrawn(
        [line for pk, line in known.items() if pk not in wanted and line.withdrawn_on is None],
        today(),
        by=by,
    )
    _mark_withdrawn(
        [line for pk, line in known.items() if pk in wanted and line.withdrawn_on], None, by=by
    )
    return fresh


def _mark_withdrawn(
    lines: Sequence[DistrictLine], day: dt.date | None, *, by: models.Model | None
) -> None:
    DistrictLine.objects.filter(pk__in=[line.pk for line in lines]).update(withdrawn_on=day)
    audit.record_many(
        "line-withdrawn" if day else "line-set-again", lines, by=by, fields=["withdrawn_on"]
    )


# ---------------------------------------------------------------- a school takes them over


@transaction.atomic
def adopt_lines(
    roadmap: Roadmap, lines: Iterable[DistrictLine], *, by: models.Model | None
) -> list[Adoption]:
    """Take lines of the district over into a school's roadmap.

    A line the roadmap has already, by its place in the catalogue or by its title, is linked and keeps its own words;
    the others are copied to the end. What is taken over already, or is not offered to this school, is passed over.
    """
    offered = {line.pk: line for line in offered_to(roadmap)}
    activities = activities_of(roadmap.pk)
    answered = {one.adoption.line_id for one in activities if hasattr(one, "adoption")}
    wanted = [offered[line.pk] for line in lines if line.pk in offered and line.pk not in answered]
    free = [one for one in activities if not hasattr(one, "adoption")]
    pairs = [(line, _same(line.activity, free)) for line in wanted]
    copies = iter(_copy(roadmap, [line for line, own in pairs if own is None], activities, by=by))
    made = Adoption.objects.bulk_create(
        Adoption(
            organisation_id=roadmap.organisation_id,
            activity=own or next(copies),
            line=line,
            **_taken_fields(line.activity),
        )
        for line, own in pairs
    )
    audit.record_many("line-adopted", made, by=by, fields=["activity", "line"])
    return made


@transaction.atomic
def follow_roadmap(before: Roadmap, after: Roadmap, *, by: models.Model | None) -> None:
    """Let the links to the district go on in another roadmap of the year: a line is the same by place or title.

    What a school has taken over and the other roadmap lacks is copied into it: the district still waits for it. A line
    an office has set for its schools stays with its own roadmap where the other has none like it, and stands no more.
    """
    free = list(after.activities.filter(adoption=None, district_line=None))
    moved: list[Adoption | DistrictLine] = []
    adoptions = Adoption.objects.filter(activity__roadmap=before).select_related("activity")
    for adoption in adoptions.order_by("activity__position", "pk"):
        own = _same(adoption.activity, free) or _copied(adoption.activity, after)
        adoption.activity = own
        adoption.save(update_fields=["activity"])
        moved.append(adoption)
    lines = DistrictLine.objects.filter(activity__roadmap=before).select_related("activity")
    for line in lines.order_by("activity__position", "pk"):
        if same := _same(line.activity, free):
            line.activity = same
            line.save(update_fields=["activity"])
            moved.append(line)
    audit.record_many("line-followed", moved, by=by, fields=["activity"])


def _copied(activity: Activity, roadmap: Roadmap) -> Activity:
    """Copy a line to the end of a roadmap, nothing done and nothing proved."""
    last = roadmap.activities.order_by("-position").first()
    fields = (
        "organisation_id", "number", "stage", "section", "title", *TERM, "stretches", "responsible", "result",
        "document_text", "catalogue_code",
    )  # fmt: skip
    return Activity.objects.create(
        roadmap=roadmap,
        position=last.position + 1 if last else 1,
        **{name: getattr(activity, name) for name in fields},
    )


def _same(asked: Activity, free: list[Activity]) -> Activity | None:
    """Take the line that says the same out of those that answer nothing yet."""
    for one in free:
        is_same = fold(one.title) == fold(asked.title)
        if is_same or (asked.catalogue_code and one.catalogue_code == asked.catalogue_code):
            free.remove(one)
            return one
    return None


def _copy(
    roadmap: Roadmap,
    lines: Sequence[DistrictLine],
    activities: Sequence[Activity],
    *,
    by: models.Model | None,
) -> list[Activity]:
    last = activities[-1].position if activities else 0
    made = Activity.objects.bulk_create(
        Activity(
            organisation_id=roadmap.organisation_id,
            roadmap=roadmap,
            position=position,
            number=NUMBER_OF_DISTRICT.format(line.activity.number)[:20]
            if line.activity.number
            else "",
            stage=line.activity.stage,
            section=line.activity.section,
            responsible=line.activity.responsible,
            catalogue_code=line.activity.catalogue_code,
            stretches=line.activity.stretches,
            **{name: getattr(line.activity, name) for name in FIELDS},
        )
        for position, line in enumerate(lines, last + 1)
    )
    audit.record_many(audit.CREATED, made, by=by, fields=FIELDS)
    return made


def _taken_fields(asked: Activity) -> dict[str, Any]:
    return {f"taken_{name}": getattr(asked, name) for name in FIELDS}


def _asked(adoption: Adoption) -> tuple[AdoptedLine, Activity]:
    """Return a link as it is now, with the district's line.

    Raises:
        RefusedError: the district does not ask for it any more.
    """
    rows = Adoption.objects.select_for_update(of=("self",))
    taken = adopted_line_of(rows.select_related("activity", "line__activity").get(pk=adoption.pk))
    if taken.asked is None:
        raise RefusedError(_("The district does not ask for this line any more."))
    return taken, taken.asked


@transaction.atomic
def take_over(adoption: Adoption, *, by: models.Model | None) -> Activity:
    """Let a school's line say what the district has changed; what the district left as it was stays the school's.

    Raises:
        RefusedError: the district does not ask for it any more.
    """
    taken, asked = _asked(adoption)
    activity = taken.activity
    changed = [n for n in FIELDS if getattr(taken.adoption, f"taken_{n}") != getattr(asked, n)]
    if {"term_text", "starts_on", "ends_on", "recurs"} & set(changed):
        changed = [
            *dict.fromkeys([*changed, "term_text", "starts_on", "ends_on", "recurs", "stretches"])
        ]
        activity.n_held = min(activity.n_held, max(len(asked.stretches) - 1, 0))
    for name in changed:
        setattr(activity, name, getattr(asked, name))
    if "title" in changed:
        changed.append("catalogue_code")
        activity.catalogue_code = asked.catalogue_code
    if changed:
        activity.save(update_fields=[*changed, "n_held"])
        audit.record(audit.CHANGED, activity, by=by, fields=changed)
    _remember(taken.adoption, asked, by=by)
    return activity


@transaction.atomic
def keep_own(adoption: Adoption, *, by: models.Model | None) -> Adoption:
    """Leave a school's line as it is although the district has changed its own; a later term still shows.

    Raises:
        RefusedError: the district does not ask for it any more.
    """
    taken, asked = _asked(adoption)
    _remember(taken.adoption, asked, by=by)
    return taken.adoption


def _remember(adoption: Adoption, asked: Activity, *, by: models.Model | None) -> None:
    fields = _taken_fields(asked)
    for name, value in fields.items():
        setattr(adoption, name, value)
    adoption.save(update_fields=list(fields))
    audit.record("line-compared", adoption, by=by, fields=fields)


@transaction.atomic
def explain_delay(adoption: Adoption, reason: str, *, by: models.Model | None) -> Adoption:
    """Say why the school's deadline is later than the district's."""
    adoption.reason = reason.strip()[:300]
    adoption.save(update_fields=["reason"])
    audit.record("delay-explained", adoption, by=by, fields=["reason"])
    return adoption


@transaction.atomic
def make_own(adoption: Adoption, *, by: models.Model | None) -> None:
    """Make a line the district has withdrawn the school's own.

    Raises:
        RefusedError: the district still asks for it.
    """
    line = adoption.line
    if line is not None and line.withdrawn_on is None:
        raise RefusedError(_("The district still asks for this line."))
    audit.record("line-made-own", adoption, by=by)
    adoption.delete()


# ---------------------------------------------------------------- agreement


@transaction.atomic
def send_roadmap(roadmap: Roadmap, *, by: User | None) -> Agreement:
    """Send a school's roadmap to the district, as it is now; what was agreed before is sent again with its changes.

    Raises:
        RefusedError: there is no district, it is there already, or a later deadline has no reason.
    """
    if not offices_above(roadmap.organisation):
        raise RefusedError(_("The school belongs to no district here: there is nobody to agree."))
    agreement, _created = Agreement.objects.select_for_update().get_or_create(
        roadmap=roadmap, defaults={"organisation_id": roadmap.organisation_id}
    )
    _check_step(agreement, S.SENT)
    activities = activities_of(roadmap.pk)
    taken = adoptions_of(activities)
    if silent := [one for one in taken if one.is_later and not one.adoption.reason]:
        numbers = ", ".join(one.activity.number or one.activity.title[:40] for one in silent)
        raise RefusedError(
            _("The term is later than the district asks; say why: %(lines)s.") % {"lines": numbers}
        )
    agreement.status = S.SENT
    agreement.content = content_of(activities)
    agreement.sent_at, agreement.sent_by = timezone.now(), by
    agreement.decided_at = agreement.decided_by = None
    agreement.remark = ""
    fields = ["status", "content", "sent_at", "sent_by", "decided_at", "decided_by", "remark"]
    agreement.save(update_fields=fields)
    audit.record("roadmap-sent", agreement, by=by, fields=fields)
    return agreement


@transaction.atomic
def recall_roadmap(agreement: Agreement, *, by: models.Model | None) -> Agreement:
    """Take a roadmap back that the district has not answered yet.

    Raises:
        RefusedError: there is no such step.
    """
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    _check_step(agreement, S.DRAFT)
    agreement.status = S.DRAFT
    agreement.save(update_fields=["status"])
    audit.record("roadmap-recalled", agreement, by=by, fields=["status"])
    return agreement


@transaction.atomic
def answer_roadmap(
    agreement: Agreement,
    status: AgreementStatus,
    *,
    remark: str = "",
    sent_at: dt.datetime | None = None,
    by: User | None,
) -> Agreement:
    """Agree to a roadmap as it was sent, or return it with a remark.

    Args:
        agreement: what the school has sent.
        status: agreed or returned.
        remark: what is to be changed; a return needs one.
        sent_at: when that was sent which has been read; None is the last one.
        by: the coordinator.

    Raises:
        RefusedError: there is no such step, the remark is missing, or the school has sent it anew meanwhile.
    """
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    _check_step(agreement, status)
    if sent_at is not None and sent_at != agreement.sent_at:
        raise RefusedError(_("The school has sent it anew meanwhile: look at it once more."))
    remark = remark.strip()
    if status == S.RETURNED and not remark:
        raise RefusedError(_("Write what is to be changed: a school cannot guess it."))
    agreement.status, agreement.remark = status, remark[:2000]
    agreement.decided_at, agreement.decided_by = timezone.now(), by
    fields = ["status", "remark", "decided_at", "decided_by"]
    agreement.save(update_fields=fields)
    if status == S.AGREED:
        _keep_agreed_terms(agreement)
    audit.record(f"roadmap-{status.value}", agreement, by=by, fields=fields)
    return agreement


def _keep_agreed_terms(agreement: Agreement) -> None:
    agreed = {row["key"]: row["ends_on"] for row in agreement.content if row["line"] is not None}
    rows = list(Adoption.objects.filter(activity__in=list(agreed)))
    for row in rows:
        day = agreed[row.activity_id]
        row.agreed_ends_on = dt.date.fromisoformat(day) if day else None
    Adoption.objects.bulk_update(rows, ["agreed_ends_on"])


# ---------------------------------------------------------------- who is in the district


@transaction.atomic
def add_school(
    office: Organisation,
    *,
    kind: OrganisationKind,
    curator_name: str,
    login: str,
    password: str,
    by: User | None,
    **fields: Any,
) -> Organisation:
    """Add a school under an office, with this year and its first curator.

    Raises:
        RefusedError: it is no office, or the login is taken since a moment.
    """
    _check_office(office)
    school = add_organisation(office, level=Level.ORGANISATION, kind=kind, by=by, **fields)
    first, last = year_bounds(today())
    open_year(school, starts_on=first, ends_on=last, by=by)
    curator = add_account(
        login, password, full_name=curator_name, one_time_days=FIRST_PASSWORD_DAYS, by=by
    )
    grant_role(curator, school, Role.CURATOR, by=by)
    return school


@transaction.atomic
def name_coordinator(
    office: Organisation, *, full_name: str, login: str, password: str, by: User | None
) -> User:
    """Give an office its coordinator.

    Raises:
        RefusedError: it is no office, or has a coordinator whom `by` is not: the next one is named by that one.
    """
    _check_office(office)
    if has_coordinator(office, today()) and not _coordinates(by, office):
        raise RefusedError(
            _("The district has a coordinator already: that one adds schools and coordinators.")
        )
    coordinator = add_account(
        login, password, full_name=full_name, one_time_days=FIRST_PASSWORD_DAYS, by=by
    )
    grant_role(coordinator, office, Role.COORDINATOR, by=by)
    return coordinator


def _coordinates(user: models.Model | None, office: Organisation) -> bool:
    return (
        user is not None
        and office.memberships.filter(user_id=user.pk, role=Role.COORDINATOR, ends_on=None).exists()
    )
