"""Writes of individual plans."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.documents.models import Document
from nastavnik.mentorships.choices import OPEN, MeetingStatus
from nastavnik.mentorships.models import Meeting, Tie
from nastavnik.organisations.models import Organisation
from nastavnik.plans.access import goes_on, is_covered, may_be_kept
from nastavnik.plans.choices import (
    IN_WORK,
    MOST_GOALS,
    MOST_ITEMS,
    NEXT,
    PlanItemKind,
    PlanStatus,
    kinds_for,
)
from nastavnik.plans.models import IndividualPlan, LibraryItem, PlanGoal, PlanItem
from nastavnik.plans.queries import (
    OfferedItem,
    default_items,
    due_of,
    is_staff_tie,
    plan_of_document,
    why_paper_stays,
    wish_of,
)
from nastavnik.programmes.models import MentoringForm

DESCRIBED = ("variant", "strengths", "growth", "format", "notes")


@dataclass(frozen=True, slots=True)
class GoalEntry:
    """What is written of a goal; `key` of the one that changes, None for a new one."""

    text: str
    until: dt.date | None = None
    criterion: str = ""
    key: int | None = None


@dataclass(frozen=True, slots=True)
class ItemEntry:
    """What is written of an item; `key` of the one that changes, None for a new one."""

    title: str
    kind: str = PlanItemKind.OTHER.value
    due_on: dt.date | None = None
    doer: str = "both"
    result: str = ""
    key: int | None = None
    is_dropped: bool = False


@dataclass(frozen=True, slots=True)
class PlanContent:
    """A plan as a page writes it whole.

    Attributes:
        version: of the plan the page was drawn from.
        words: the fields of `DESCRIBED`; one that is not named stays.
        goals: in their order; one that is not named goes.
        items: in their order; one that is not named stays as it is.
        taken: what is added from the library.
    """

    version: int
    words: Mapping[str, str]
    goals: Sequence[GoalEntry]
    items: Sequence[ItemEntry]
    taken: Sequence[OfferedItem] = field(default=())


@transaction.atomic
def open_plans(
    ties: Iterable[Tie], *, since: dt.date | None = None, by: models.Model | None
) -> list[IndividualPlan]:
    """Begin the plans of mentees who have none, each with the goal of the request and the items of the library.

    Args:
        ties: whose plans.
        since: the day from which the days of the items are counted; today if None, so that nothing is overdue at once.
        by: who begins them.

    Raises:
        RefusedError: a pair has ended or a consent is missing, each by name; nothing is begun then.
    """
    keys = [tie.pk for tie in ties]
    held = list(
        Tie.objects.select_for_update(of=("self",))
        .filter(pk__in=keys)
        .select_related("mentorship__form", "mentorship__mentor__person", "mentee__person")
        .order_by("pk")
    )
    has_one = set(IndividualPlan.objects.filter(tie__in=keys).values_list("tie_id", flat=True))
    wanted = [tie for tie in held if tie.pk not in has_one]
    if any(tie.ends_on is not None or tie.mentorship.status not in OPEN for tie in wanted):
        raise RefusedError(_("A pair that has ended gets no plan."))
    people = {one.pk: one for tie in wanted for one in _people_of(tie)}
    if not (verdict := may_be_kept(list(people.values()))):
        raise RefusedError(verdict.reasons)
    made = [_begun(tie, since or today(), by=by) for tie in wanted]
    audit.record_many("plan-opened", made, by=by, fields=["goals", "items"])
    return made


def _people_of(tie: Tie) -> tuple[Any, Any]:
    return tie.mentee.person, tie.mentorship.mentor.person


def _begun(tie: Tie, since: dt.date, *, by: models.Model | None) -> IndividualPlan:
    plan = IndividualPlan.objects.create(
        organisation_id=tie.organisation_id, tie=tie, opened_by_id=None if by is None else by.pk
    )
    if wish := wish_of(tie.mentee):
        PlanGoal.objects.create(
            organisation_id=tie.organisation_id,
            plan=plan,
            text=wish,
            until=tie.mentorship.ends_on,
        )
    PlanItem.objects.bulk_create(
        _item_of(plan, offered, place, since) for place, offered in enumerate(default_items(tie), 1)
    )
    return plan


def _item_of(plan: IndividualPlan, offered: OfferedItem, place: int, since: dt.date) -> PlanItem:
    return PlanItem(
        organisation_id=plan.organisation_id,
        plan=plan,
        place=place,
        kind=offered.kind,
        title=offered.title,
        result=offered.result,
        due_on=due_of(plan.tie, offered.at, since),
    )


@transaction.atomic
def take_back_plans(
    plans: Iterable[IndividualPlan], *, by: models.Model | None
) -> list[IndividualPlan]:
    """Throw away editions that are still being drawn up; an approved edition before stays in force.

    Raises:
        RefusedError: one is drawn up already, was written in since it was read, or something in it is done.
    """
    seen = {plan.pk: plan.version for plan in plans}
    keys = list(seen)
    held = list(IndividualPlan.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    if any(plan.version != seen[plan.pk] for plan in held):
        raise RefusedError(_("Somebody has written in a plan meanwhile: look at the list anew."))
    done = PlanItem.objects.filter(plan__in=keys, done_on__isnull=False, origin=None)
    if any(plan.status != PlanStatus.DRAFT for plan in held) or done.exists():
        raise RefusedError(
            _("Only a plan that is being drawn up and in which nothing is done is thrown away.")
        )
    audit.record_many(audit.DELETED, held, by=by, fields=["edition", "goals", "items"])
    IndividualPlan.objects.filter(pk__in=[plan.pk for plan in held]).delete()
    return held


def _hold(plan: IndividualPlan) -> IndividualPlan:
    """Hold a plan as it is now to the end of the transaction; refuse where it may not be written."""
    held = (
        IndividualPlan.objects.select_for_update(of=("self",))
        .select_related("tie__mentorship__form", "tie__mentorship__mentor__person", "tie__mentee__person")
        .get(pk=plan.pk)
    )  # fmt: skip
    for verdict in (goes_on(held), is_covered(held)):
        if not verdict:
            raise RefusedError(verdict.reasons)
    return held


@transaction.atomic
def keep_plan(
    plan: IndividualPlan, content: PlanContent, *, by: models.Model | None
) -> IndividualPlan:
    """Write a plan that is being drawn up, all of it at once.

    Raises:
        RefusedError: it is drawn up already, somebody else has changed it since the page was drawn, a day lies outside
            of the pair's time, a kind of item is not for such a pair, or there are too many.
    """
    plan = _hold(plan)
    if plan.status != PlanStatus.DRAFT:
        raise RefusedError(_("The plan is drawn up: take it back into work first."))
    if plan.version != content.version:
        raise RefusedError(
            _("Somebody else has changed the plan meanwhile: open it anew and write yours again.")
        )
    known = {item.pk: item for item in plan.items.all()}
    _check(plan, content, known)
    for name, value in content.words.items():
        setattr(plan, name, value)
    plan.version += 1
    plan.save(update_fields=[*content.words, "version"])
    plan.goals.exclude(pk__in=[one.key for one in content.goals if one.key]).delete()
    for place, goal in enumerate(content.goals, 1):
        words = {"text": goal.text, "until": goal.until, "criterion": goal.criterion}
        if goal.key is None:
            PlanGoal.objects.create(
                organisation_id=plan.organisation_id, plan=plan, place=place, **words
            )
        else:
            plan.goals.filter(pk=goal.key).update(place=place, **words)
    _keep_items(plan, content, known)
    audit.record("plan-written", plan, by=by, fields=[*content.words, "goals", "items"])
    return plan


def _keep_items(plan: IndividualPlan, content: PlanContent, known: Mapping[int, PlanItem]) -> None:
    place = 0
    for place, entry in enumerate(content.items, 1):
        item = known.get(entry.key or 0) or PlanItem(
            organisation_id=plan.organisation_id, plan=plan
        )
        item.place = place
        for name in ("kind", "title", "due_on", "doer", "result"):
            setattr(item, name, getattr(entry, name))
        item.is_dropped = entry.is_dropped and item.done_on is None
        item.save()
    PlanItem.objects.bulk_create(
        _item_of(plan, offered, place + n, today()) for n, offered in enumerate(content.taken, 1)
    )


def _check(plan: IndividualPlan, content: PlanContent, known: Mapping[int, PlanItem]) -> None:
    pair = plan.tie.mentorship
    reasons = []
    if len(content.goals) > MOST_GOALS or len(content.items) + len(content.taken) > MOST_ITEMS:
        reasons.append(
            _("A plan has %(goals)s goals and %(items)s items at most.")
            % {"goals": MOST_GOALS, "items": MOST_ITEMS}
        )
    allowed = kinds_for(is_staff=is_staff_tie(plan.tie))
    kinds = {one.kind for one in content.items} | {one.kind for one in content.taken}
    if not kinds <= set(allowed):
        reasons.append(_("Such a kind of item belongs to pairs of other people."))
    days = [(one.title, one.due_on) for one in content.items if not one.is_dropped]
    days += [(one.text, one.until) for one in content.goals]
    reasons += [
        _("«%(title)s»: the day is to lie within the time of the pair, %(first)s to %(last)s.")
        % {
            "title": title,
            "first": f"{pair.starts_on:%d.%m.%Y}",
            "last": f"{pair.ends_on:%d.%m.%Y}",
        }
        for title, day in days
        if day is not None and not pair.starts_on <= day <= pair.ends_on
    ]
    if any(one.key is not None and one.key not in known for one in content.items):
        reasons.append(_("An item is of another plan: open the page anew."))
    if reasons:
        raise RefusedError(reasons)


@transaction.atomic
def restore_item(item: PlanItem, *, by: models.Model | None) -> PlanItem:
    """Put back what was taken out of a plan that is being drawn up.

    Raises:
        RefusedError: the plan is drawn up already.
    """
    plan = _hold(item.plan)
    if plan.status != PlanStatus.DRAFT:
        raise RefusedError(_("The plan is drawn up: take it back into work first."))
    item.is_dropped = False
    item.save(update_fields=["is_dropped"])
    audit.record("plan-item-restored", item, by=by, fields=["is_dropped"])
    return item


@transaction.atomic
def move_plan(
    plan: IndividualPlan,
    to: PlanStatus,
    *,
    was: PlanStatus | None = None,
    on: dt.date | None = None,
    on_paper: bool = False,
    by: models.Model | None,
) -> IndividualPlan:
    """Take a plan a step on or back, as `NEXT` allows.

    Args:
        plan: the edition.
        to: the state it is to have; a new edition's approval replaces the one before by itself.
        was: the state the person saw; None does not ask.
        on: the day it was read or approved; today if None.
        on_paper: it was signed on paper.
        by: who says so.

    Raises:
        RefusedError: the step does not follow, the plan is empty, a day is wrong, or the pair has ended.
    """
    plan = _hold(plan)
    status = PlanStatus(plan.status)
    day = on or today()
    _check_step(plan, to, was, day)
    fields: tuple[str, ...] = ()
    if PlanStatus.APPROVED in {to, status}:
        fields = _APPROVAL
        if to == PlanStatus.APPROVED:
            _approve(plan, day, on_paper=on_paper, by=by)
        else:
            _take_approval_back(plan)
    elif PlanStatus.ACQUAINTED in {to, status}:
        fields = _READING
        is_read = to == PlanStatus.ACQUAINTED
        plan.acquainted_on = day if is_read else None
        plan.acquainted_on_paper = is_read and on_paper
    elif to == PlanStatus.DRAWN:
        _check_written(plan)
    plan.status = to
    plan.version += 1
    plan.save(update_fields=["status", "version", *fields])
    _tell_step(plan, status, fields, by=by)
    if status == PlanStatus.APPROVED:
        _return_former(plan, by=by)
    return plan


def _check_step(plan: IndividualPlan, to: PlanStatus, was: PlanStatus | None, day: dt.date) -> None:
    status = PlanStatus(plan.status)
    if was not in {None, status}:
        raise RefusedError(
            _("Somebody has moved the plan meanwhile: %(state)s. Look at it anew.")
            % {"state": plan.get_status_display()}
        )
    if to not in NEXT[status] or PlanStatus.REPLACED in {to, status}:
        raise RefusedError(
            _("This step does not follow now. The plan: %(state)s.")
            % {"state": plan.get_status_display()}
        )
    if day > today():
        raise RefusedError(_("The day is ahead: write the day on which it was signed."))


def _tell_step(
    plan: IndividualPlan, was: PlanStatus, fields: tuple[str, ...], *, by: models.Model | None
) -> None:
    """Keep a step in the journal; a step back is no news of reading or approval."""
    told, to = ["status", *fields], PlanStatus(plan.status)
    if was == PlanStatus.APPROVED:
        audit.record("plan-approval-back", plan, by=by, fields=told)
    elif (was, to) == (PlanStatus.ACQUAINTED, PlanStatus.DRAWN):
        audit.record("plan-reading-back", plan, by=by, fields=told)
    else:
        audit.record(f"plan-{to.value}", plan, by=by, fields=told)


_READING = ("acquainted_on", "acquainted_on_paper")
_APPROVAL = ("approved_on", "approved_on_paper", "approved_by")


def _approve(
    plan: IndividualPlan, day: dt.date, *, on_paper: bool, by: models.Model | None
) -> None:
    assert plan.acquainted_on is not None  # noqa: S101 - the database sees to it
    if day < plan.acquainted_on:
        raise RefusedError(
            _("%(name)s: the mentee read the plan on %(day)s, it was not approved before that.")
            % {"name": _name(plan), "day": f"{plan.acquainted_on:%d.%m.%Y}"}
        )
    _replace_former(plan, by=by)
    plan.approved_on, plan.approved_on_paper = day, on_paper
    plan.approved_by_id = None if by is None else by.pk


def _take_approval_back(plan: IndividualPlan) -> None:
    if plan.tie.plans.filter(status__in=IN_WORK).exists():
        raise RefusedError(_("A new edition is in work already: the approval stays."))
    plan.approved_on, plan.approved_on_paper, plan.approved_by = None, False, None


def _name(plan: IndividualPlan) -> str:
    return plan.tie.mentee.person.short_name


def _check_written(plan: IndividualPlan) -> None:
    reasons = []
    if not plan.goals.exists():
        reasons.append(_("The plan has no goal yet: write at least one."))
    if not plan.items.live().exists():
        reasons.append(_("There is nothing to do in the plan yet: write at least one item."))
    if reasons:
        raise RefusedError(reasons)


def _replace_former(plan: IndividualPlan, *, by: models.Model | None) -> None:
    """Let the edition in force go; what is done by it is done in the new one too."""
    former = (
        plan.tie.plans.select_for_update().order_by("pk").filter(status=PlanStatus.APPROVED).first()
    )
    if former is None:
        return
    former.status = PlanStatus.REPLACED
    former.save(update_fields=["status"])
    audit.record("plan-replaced", former, by=by, fields=["status"])
    # ticked, corrected or taken back meanwhile: the edition that was in force knows
    for item in plan.items.live().filter(origin__plan=former).select_related("origin"):
        if item.origin is not None:
            _copy_done(item.origin, item)


def _return_former(plan: IndividualPlan, *, by: models.Model | None) -> None:
    """Let the edition before be in force again, with what was done since."""
    former = plan.tie.plans.filter(status=PlanStatus.REPLACED).order_by("-edition").first()
    if former is None:
        return
    former.status = PlanStatus.APPROVED
    former.save(update_fields=["status"])
    audit.record("plan-returned", former, by=by, fields=["status"])
    for item in plan.items.live().filter(origin__plan=former).select_related("origin"):
        if item.origin is not None and not item.origin.is_dropped:
            _copy_done(item, item.origin)


def _copy_done(source: PlanItem, target: PlanItem) -> None:
    target.done_on, target.done_words = source.done_on, source.done_words
    target.meeting_id = source.meeting_id
    target.save(update_fields=["done_on", "done_words", "meeting"])


@transaction.atomic
def approve_plans(
    plans: Iterable[IndividualPlan],
    *,
    on: dt.date | None = None,
    on_paper: bool = False,
    by: models.Model | None,
) -> list[IndividualPlan]:
    """Approve several plans at once, all or none.

    Raises:
        RefusedError: one of them cannot be approved.
    """
    ordered = sorted(plans, key=lambda plan: plan.pk)
    return [
        move_plan(plan, PlanStatus.APPROVED, on=on, on_paper=on_paper, by=by) for plan in ordered
    ]


@transaction.atomic
def open_edition(plan: IndividualPlan, *, by: models.Model | None) -> IndividualPlan:
    """Begin a new edition of an approved plan; the approved one is in force until the new one is approved.

    Raises:
        RefusedError: the plan is not in force, or a new edition is in work already.
    """
    plan = _hold(plan)
    if plan.status != PlanStatus.APPROVED:
        raise RefusedError(_("Only an approved plan gets a new edition."))
    try:
        with transaction.atomic():
            made = IndividualPlan.objects.create(
                organisation_id=plan.organisation_id,
                tie=plan.tie,
                edition=plan.edition + 1,
                opened_by_id=None if by is None else by.pk,
                **{name: getattr(plan, name) for name in DESCRIBED},
            )
    except IntegrityError as error:
        raise RefusedError(_("A new edition is in work already.")) from error
    PlanGoal.objects.bulk_create(
        PlanGoal(
            organisation_id=plan.organisation_id, plan=made, place=goal.place, text=goal.text,
            until=goal.until, criterion=goal.criterion,
        )
        for goal in plan.goals.all()
    )  # fmt: skip
    PlanItem.objects.bulk_create(
        PlanItem(
            organisation_id=plan.organisation_id, plan=made, origin=item, place=item.place,
            kind=item.kind, title=item.title, due_on=item.due_on, doer=item.doer, result=item.result,
            done_on=item.done_on, done_words=item.done_words, meeting_id=item.meeting_id,
        )
        for item in plan.items.live()
    )  # fmt: skip
    audit.record("plan-opened", made, by=by, fields=["edition", "goals", "items"])
    return made


@transaction.atomic
def tick_items(
    plan: IndividualPlan,
    items: Iterable[PlanItem],
    *,
    on: dt.date | None = None,
    words: str = "",
    meeting: Meeting | None = None,
    by: models.Model | None,
) -> list[PlanItem]:
    """Note that items of a plan that counts are done, at a meeting or otherwise; what is done already stays.

    Args:
        plan: the edition that counts.
        items: of this plan; those of another are left alone.
        on: the day; without one that of the meeting, else today.
        words: what came of it.
        meeting: at which they were done.
        by: who says so.

    Raises:
        RefusedError: the edition does not count, the day is ahead or before the pair, or the meeting was not held by this
            pair.
    """
    plan = _hold(plan)
    _check_counts(plan)
    pair = plan.tie.mentorship
    if meeting is not None and (
        meeting.mentorship_id != pair.pk or meeting.status != MeetingStatus.HELD
    ):
        raise RefusedError(_("Choose a meeting this pair has held."))
    day = on or (meeting.held_on if meeting is not None else None) or today()
    if not pair.starts_on <= day <= today():
        raise RefusedError(
            _("The day is to lie between the beginning of the pair (%(first)s) and today.")
            % {"first": f"{pair.starts_on:%d.%m.%Y}"}
        )
    keys = [item.pk for item in items]
    ticked = list(plan.items.live().select_for_update().filter(pk__in=keys, done_on=None))
    fields = ["done_on", "done_words", "meeting"]
    for item in ticked:
        item.done_on, item.done_words, item.meeting = day, words or item.done_words, meeting
        item.save(update_fields=fields)
    audit.record_many("plan-item-done", ticked, by=by, fields=fields)
    return ticked


@transaction.atomic
def untick_item(item: PlanItem, *, by: models.Model | None) -> PlanItem:
    """Take back that an item is done; what was written of it is there again when it is ticked without other words.

    Raises:
        RefusedError: the edition does not count any more.
    """
    _check_counts(_hold(item.plan))
    item = PlanItem.objects.select_for_update().get(pk=item.pk)
    item.done_on, item.meeting = None, None
    fields = ["done_on", "meeting"]
    item.save(update_fields=fields)
    audit.record("plan-item-open", item, by=by, fields=fields)
    return item


def _check_counts(plan: IndividualPlan) -> None:
    if not IndividualPlan.objects.current().filter(pk=plan.pk).exists():
        raise RefusedError(_("Another edition is in force: tick the items there."))


# ---------------------------------------------------------------- the library


@transaction.atomic
def add_library_item(
    form: MentoringForm, organisation: Organisation, *, by: models.Model | None, **fields: Any
) -> LibraryItem:
    """Add an item of the organisation's own to the library; `fields` are those of `LibraryItem`.

    Raises:
        RefusedError: it is there already.
    """
    item = LibraryItem(organisation=organisation, form=form, **fields)
    try:
        with transaction.atomic():
            item.save()
    except IntegrityError as error:
        raise RefusedError(_("The library has this item already.")) from error
    audit.record(audit.CREATED, item, by=by, fields=fields)
    return item


@transaction.atomic
def drop_library_item(item: LibraryItem, *, by: models.Model | None) -> None:
    """Take an own item out of the library, or let a shipped one be offered again; plans that have it keep it."""
    audit.record(audit.DELETED, item, by=by, fields=["title", "hides"])
    item.delete()


@transaction.atomic
def hide_library_item(
    form: MentoringForm, organisation: Organisation, code: str, *, by: models.Model | None
) -> LibraryItem:
    """Offer a shipped item no more in this organisation; pressed twice it stays so."""
    item, is_new = LibraryItem.objects.get_or_create(
        organisation=organisation, form=form, hides=code
    )
    if is_new:
        audit.record(audit.CREATED, item, by=by, fields=["hides"])
    return item


# ---------------------------------------------------------------- the paper


@transaction.atomic
def approve_by_paper(document: Document, *, by: models.Model | None) -> None:
    """Approve the plan whose paper was signed by the head and registered, if it waits for that."""
    plan = plan_of_document(document)
    if plan is not None and plan.status == PlanStatus.ACQUAINTED:
        move_plan(plan, PlanStatus.APPROVED, on=document.dated_on, on_paper=True, by=by)


@transaction.atomic
def unapprove_by_paper(document: Document, *, by: models.Model | None) -> None:
    """Take the approval back that came with the registration of a paper.

    Raises:
        RefusedError: a new edition is in work already.
    """
    if reasons := why_paper_stays(document):
        raise RefusedError(reasons)
    plan = plan_of_document(document)
    if (
        plan is not None
        and plan.status == PlanStatus.APPROVED
        and plan.approved_on_paper
        and plan.approved_on == document.dated_on
    ):
        move_plan(plan, PlanStatus.ACQUAINTED, by=by)
