"""Reads of individual plans."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.consents.choices import NEEDED_FOR_BASE
from nastavnik.consents.queries import held_purposes, missing_purposes
from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import today
from nastavnik.core.hooks.pair_notes import PairNote
from nastavnik.core.hooks.timeline import Subject, TimelineEvent
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import Wanted
from nastavnik.mentorships.choices import OPEN, MeetingKind, MeetingStatus, MentorshipStatus
from nastavnik.mentorships.models import Meeting, Mentorship, Tie
from nastavnik.mentorships.queries.wanted import pairs_wanted
from nastavnik.organisations.models import Organisation
from nastavnik.people.choices import PersonKind
from nastavnik.people.models import Person
from nastavnik.plans.access import is_covered
from nastavnik.plans.catalogues import shipped_items
from nastavnik.plans.choices import (
    BACK_MINUTES,
    DUE_DAYS,
    IN_WORK,
    PLAN_PAPER,
    SIGNED,
    PlanItemKind,
    PlanStatus,
    kinds_for,
)
from nastavnik.plans.models import IndividualPlan, LibraryItem, PlanItem
from nastavnik.programmes.catalogues import areas
from nastavnik.programmes.models import MentoringForm, Participation

#: The state of a plan → the key of its picture in `components/state.html`.
PICTURES = {
    PlanStatus.DRAFT: "wait",
    PlanStatus.DRAWN: "wait",
    PlanStatus.ACQUAINTED: "wait",
    PlanStatus.APPROVED: "go",
    PlanStatus.REPLACED: "next",
}


def is_staff_tie(tie: Tie) -> bool:
    """Tell whether both sides are staff; pair and people are to be fetched."""
    kinds = {tie.mentorship.mentor.person.kind, tie.mentee.person.kind}
    return kinds == {PersonKind.TEACHER}


def wish_of(mentee: Participation) -> str:
    """Return the first goal of a plan: the request of the base, else what was asked for by its areas; empty where neither."""
    titles = areas()
    asked = [titles[code].title for code in mentee.areas if code in titles]
    said = mentee.request or ", ".join(asked)
    return said[:1].upper() + said[1:]


def due_of(tie: Tie, at: float, since: dt.date) -> dt.date:
    """Return the day by which a share 0…1 of the pair's time from a day on has gone; not before the mentee has joined."""
    pair = tie.mentorship
    first = min(max(pair.starts_on, tie.starts_on, since), pair.ends_on)
    return first + dt.timedelta(days=round((pair.ends_on - first).days * at))


# ---------------------------------------------------------------- the library


@dataclass(frozen=True, slots=True)
class OfferedItem:
    """An item of the library: a shipped one or the organisation's own.

    Attributes:
        code: names it among those of its form.
        at: the share 0…1 of the pair's time by which it is due.
        is_default: a new plan begins with it.
        own: the key of the organisation's own item, None for a shipped one.
        variant: the variants it is for, in words; empty: all.
        hidden: the key of the line that puts a shipped item aside, None where it is offered.
    """

    code: str
    kind: str
    title: str
    result: str
    at: float = 1.0
    is_default: bool = False
    own: int | None = None
    variant: str = ""
    hidden: int | None = None

    @property
    def kind_words(self) -> str:
        """Return the kind in words."""
        return str(PlanItemKind(self.kind).label)


def library_of(form: MentoringForm) -> list[OfferedItem]:
    """Return the whole library of a form, with what is put aside; one query."""
    lines = list(LibraryItem.objects.filter(form=form))
    hidden = {one.hides: one.pk for one in lines if one.hides}
    shipped = [
        OfferedItem(
            one.code, one.kind, one.title, one.result, one.at, one.default,
            variant="; ".join(one.variants), hidden=hidden.get(one.code),
        )
        for one in shipped_items(form.code)
    ]  # fmt: skip
    own = [
        OfferedItem(
            f"own-{one.pk}", one.kind, one.title, one.result, own=one.pk, variant=one.variant
        )
        for one in lines
        if not one.hides
    ]
    return shipped + own


def offered_to(tie: Tie, variant: str) -> list[OfferedItem]:
    """Return what the library offers a mentee: those of the form for all variants and for this one, of fitting kinds."""
    allowed = kinds_for(is_staff=is_staff_tie(tie))
    return [
        one
        for one in library_of(tie.mentorship.form)
        if one.hidden is None
        and one.kind in allowed
        and (not one.variant or variant in one.variant.split("; "))
    ]


def default_items(tie: Tie) -> list[OfferedItem]:
    """Return what a new plan begins with, in the order of the days."""
    chosen = [one for one in offered_to(tie, "") if one.is_default]
    return sorted(chosen, key=lambda one: one.at)


# ---------------------------------------------------------------- plans


def _with_people(rows: QuerySet[IndividualPlan]) -> QuerySet[IndividualPlan]:
    return rows.select_related(
        "tie__mentorship__form",
        "tie__mentorship__mentor__person",
        "tie__mentorship__programme",
        "tie__mentee__person",
        "organisation",
    )


def plans_seen(user: SignedIn) -> QuerySet[IndividualPlan]:
    """Return the plans a user sees, with their people."""
    return _with_people(IndividualPlan.objects.visible_to(user))


def plans_written(user: SignedIn) -> QuerySet[IndividualPlan]:
    """Return the plans a user may write, with their people."""
    return _with_people(IndividualPlan.objects.visible_to(user).edited_by(user))


def plans_to_approve(user: SignedIn) -> QuerySet[IndividualPlan]:
    """Return the plans that wait for the user's approval, of pairs that go on, with their people."""
    return _with_people(
        IndividualPlan.objects.visible_to(user)
        .approved_by(user)
        .filter(
            status=PlanStatus.ACQUAINTED,
            tie__ends_on=None,
            tie__mentorship__status__in=OPEN,
        )
    )


def ties_without_plan(user: SignedIn) -> QuerySet[Tie]:
    """Return the mentees of pairs that go on without a plan, as far as the user may begin one."""
    viewer = user.viewer
    pairs = Mentorship.objects.visible_to(user).open()
    begun = pairs.allowed_to(user, Perm.PAIR_APPROVE)
    mine = Q(pk__in=[])
    if viewer.person_id is not None:
        at = viewer.organisations(Perm.PLAN_EDIT)
        mine = Q(
            mentorship__mentor__person_id=viewer.person_id,
            mentorship__organisation_id__in=at,
            mentorship__in=pairs,
        )
    return (
        Tie.objects.visible_to(user)
        .open()
        .filter(Q(mentorship__in=begun) | mine, plans=None)
        .select_related("mentorship__form", "mentorship__mentor__person", "mentee__person")
        .order_by("mentee__person__search_name", "pk")
    )


def fresh_plans(user: SignedIn) -> QuerySet[IndividualPlan]:
    """Return the plans the user has just begun and nobody has written in: they can be taken back with one press."""
    since = timezone.now() - dt.timedelta(minutes=BACK_MINUTES)
    return IndividualPlan.objects.visible_to(user).filter(
        opened_by_id=user.viewer.user_id,
        opened_at__gte=since,
        status=PlanStatus.DRAFT,
        edition=1,
        version=1,
    )


def why_closed(plan: IndividualPlan) -> tuple[str, ...]:
    """Return why the words of a plan may not be read today; nothing where they may."""
    return is_covered(plan).reasons


def held_meetings(plan: IndividualPlan) -> list[Meeting]:
    """Return the meetings the pair has held, the last first."""
    return list(
        Meeting.objects.filter(
            mentorship=plan.tie.mentorship_id, status=MeetingStatus.HELD
        ).order_by("-held_on", "-pk")
    )


def editions_of(user: SignedIn, plan: IndividualPlan) -> list[IndividualPlan]:
    """Return the editions of a plan, the newest first."""
    rows = IndividualPlan.objects.visible_to(user).filter(tie=plan.tie_id)
    return list(rows.order_by("-edition"))


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A mentee of a pair that goes on and how the plan stands; `plan_id` None: there is none."""

    tie_id: int
    pair_id: int
    mentor: Person
    mentee: Person
    form: str
    starts_on: dt.date
    plan_id: int | None = None
    status: str = ""
    has_new: bool = False
    n_items: int = 0
    n_done: int = 0
    n_late: int = 0
    next_title: str = ""
    next_on: dt.date | None = None
    may_begin: bool = False

    @property
    def code(self) -> str:
        """Return the key of its filter (`FILTERS`)."""
        if self.plan_id is None:
            return "none"
        if self.status == PlanStatus.ACQUAINTED:
            return "waiting"
        if self.status in IN_WORK:
            return "work"
        return "late" if self.n_late else "goes"

    @property
    def picture(self) -> str:
        """Return the key of the state in `components/state.html`."""
        if self.plan_id is None:
            return "next"
        if self.n_late:
            return "risk"
        if self.n_items and self.n_done == self.n_items:
            return "done"
        return PICTURES[PlanStatus(self.status)]

    @property
    def words(self) -> str:
        """Return how the plan stands, in words."""
        if self.plan_id is None:
            return _("no plan yet")
        said = str(PlanStatus(self.status).label)
        if self.n_late:
            said = _("%(state)s, overdue: %(n)s") % {"state": said, "n": self.n_late}
        return said

    @property
    def short(self) -> str:
        """Return how the plan stands in as few words as a list of pairs has room for."""
        if self.status == PlanStatus.APPROVED and self.n_items:
            return _("plan: %(n)s of %(of)s") % {"n": self.n_done, "of": self.n_items}
        return _("plan: in work") if self.plan_id else _("no plan")

    @property
    def share(self) -> str:
        """Return how much of the plan is done."""
        if self.plan_id is None or not self.n_items:
            return ""
        return _("done %(n)s of %(of)s") % {"n": self.n_done, "of": self.n_items}


def plan_rows(user: SignedIn, pairs: Collection[int] | None = None) -> list[PlanRow]:
    """Return how the plans of the mentees the user sees stand, of pairs that go on; two queries whatever their number.

    With `pairs` only of these. A mentee who is in a pair is told of the own plan only.
    """
    told = Tie.objects.visible_to(user)
    if pairs is None:
        ties = told.open().filter(mentorship__in=Mentorship.objects.visible_to(user).open())
    else:
        ties = told.present().filter(mentorship__in=pairs)
    ties = ties.select_related("mentorship__form", "mentorship__mentor__person", "mentee__person")
    found = list(ties.order_by("mentee__person__search_name", "pk"))
    seen = IndividualPlan.objects.visible_to(user)
    if pairs is not None:
        found = _without_others(user, found)
    live = Q(items__is_dropped=False)
    is_open = live & Q(items__done_on=None)
    coming = PlanItem.objects.filter(plan=OuterRef("pk"), is_dropped=False, done_on=None).order_by(
        F("due_on").asc(nulls_last=True), "place", "pk"
    )
    plans = (
        seen.current()
        .filter(tie__in=[tie.pk for tie in found])
        .annotate(
            n_items=Count("items", filter=live, distinct=True),
            n_done=Count("items", filter=live & Q(items__done_on__isnull=False), distinct=True),
            n_late=Count(
                "items",
                filter=is_open & Q(items__due_on__lt=today(), status=PlanStatus.APPROVED),
                distinct=True,
            ),
            next_title=Subquery(coming.values("title")[:1]),
            next_on=Subquery(coming.values("due_on")[:1]),
            has_new=Exists(
                IndividualPlan.objects.in_work().filter(tie=OuterRef("tie"), edition__gt=1)
            ),
        )
        .order_by()
        .values()
    )
    of_tie = {row["tie_id"]: row for row in plans}
    rows = []
    for tie in found:
        pair, plan = tie.mentorship, of_tie.get(tie.pk)
        person = pair.mentor.person, tie.mentee.person
        may_begin = plan is None and _may_begin(user, tie)
        row = PlanRow(
            tie.pk, pair.pk, *person, pair.form.title, pair.starts_on, may_begin=may_begin
        )
        if plan is not None:
            row = PlanRow(
                tie.pk, pair.pk, *person, pair.form.title, pair.starts_on,
                plan["id"], plan["status"], plan["has_new"], plan["n_items"], plan["n_done"],
                plan["n_late"], plan["next_title"] or "", plan["next_on"],
            )  # fmt: skip
        rows.append(row)
    closed = _closed_people(rows)
    return [
        replace(row, next_title="", next_on=None)
        if closed & {row.mentee.pk, row.mentor.pk}
        else row
        for row in rows
    ]


def _may_begin(user: SignedIn, tie: Tie) -> bool:
    """Tell whether a user may begin the plan of a mentee (`ties_without_plan`), pair, form and mentor fetched."""
    pair, viewer = tie.mentorship, user.viewer
    if tie.ends_on is not None or pair.status not in OPEN:
        return False
    if pair.is_allowed_to(user, Perm.PAIR_APPROVE):
        return True
    is_own = viewer.person_id is not None and pair.mentor.person_id == viewer.person_id
    return is_own and pair.organisation_id in viewer.organisations(Perm.PLAN_EDIT)


def _without_others(user: SignedIn, ties: Sequence[Tie]) -> list[Tie]:
    """Leave of the ties of pairs in which the user is a mentee the own one: the plan of another is not theirs to read."""
    me = user.viewer.person_id
    whole = user.viewer.may(Perm.PAIR_VIEW)
    own = {tie.mentorship_id for tie in ties if tie.mentee.person_id == me}
    return [
        tie for tie in ties if whole or tie.mentorship_id not in own or tie.mentee.person_id == me
    ]


@dataclass(frozen=True, slots=True)
class PlanNeeds:
    """How many mentees of pairs that go on should have a plan by now, have an overdue one, wait for its approval."""

    n_bare: int
    n_late: int
    n_waiting: int


def plan_needs(user: SignedIn) -> PlanNeeds:
    """Return what the plans of the pairs a curator decides about ask for, in one query.

    A plan is due when it was planned at a meeting, or the pair goes on for a month; only an approved one is overdue.
    """
    planned = Meeting.objects.filter(
        mentorship=OuterRef("mentorship"), kind=MeetingKind.PLANNING, status=MeetingStatus.HELD
    )
    before = today() - dt.timedelta(days=DUE_DAYS)
    own = IndividualPlan.objects.filter(tie=OuterRef("pk"))
    late = PlanItem.objects.live().filter(
        plan__tie=OuterRef("pk"),
        plan__status=PlanStatus.APPROVED,
        done_on=None,
        due_on__lt=today(),
    )
    pairs = Mentorship.objects.visible_to(user).open().allowed_to(user, Perm.PAIR_APPROVE)
    is_due = Exists(planned) | Q(mentorship__starts_on__lte=before)
    found = (
        Tie.objects.visible_to(user)
        .open()
        .filter(mentorship__in=pairs)
        .aggregate(
            n_bare=Count("pk", filter=~Exists(own) & is_due),
            n_late=Count("pk", filter=Exists(late)),
            n_waiting=Count("pk", filter=Exists(own.filter(status=PlanStatus.ACQUAINTED))),
        )
    )
    return PlanNeeds(**found)


def notes_of(user: SignedIn, pairs: Collection[int]) -> dict[int, list[PairNote]]:
    """Return what is said of plans beside pairs (`core.hooks.pair_notes`)."""
    viewer = user.viewer
    if not pairs or not viewer.may(Perm.PLAN_VIEW):
        return {}
    rows = plan_rows(user, pairs)
    many = {row.pair_id for row in rows}
    several = {pair for pair in many if sum(row.pair_id == pair for row in rows) > 1}
    found: dict[int, list[PairNote]] = {}
    for row in rows:
        title = _("Individual plan")
        if row.pair_id in several:
            title = _("Plan: %(name)s") % {"name": row.mentee.short_name}
        start = None
        if row.may_begin:
            start = reverse("plans:open"), _("Draw up the plan")
        found.setdefault(row.pair_id, []).append(
            PairNote(
                title,
                row.picture,
                ", ".join(filter(None, (row.words, row.share))),
                reverse("plans:plan", args=[row.plan_id]) if row.plan_id else "",
                _("a new edition is in work") if row.has_new else "",
                row.next_title,
                start,
                row.tie_id,
                row.short,
            )
        )
    return found


def _closed_people(rows: Sequence[PlanRow]) -> set[int]:
    """Return who of some rows may not be written of today for want of a consent."""
    return closed_among(
        {key for row in rows if row.next_title for key in (row.mentee.pk, row.mentor.pk)}
    )


def closed_among(people: Collection[int]) -> set[int]:
    """Return which of some people may not be written of today for want of a consent."""
    held = held_purposes(list(people), today()) if people else {}
    return {key for key in people if missing_purposes(held.get(key, frozenset()), NEEDED_FOR_BASE)}


def timeline_events(user: SignedIn, subject: Subject) -> list[TimelineEvent]:
    """Return when the plans of a pair were approved."""
    plans = IndividualPlan.objects.visible_to(user).filter(
        tie__mentorship=subject.pair, approved_on__isnull=False
    )
    return [
        TimelineEvent(
            on,
            "done",
            _("The individual plan is approved")
            if edition == 1
            else _("Edition %(n)s of the individual plan is approved") % {"n": edition},
        )
        for on, edition in plans.values_list("approved_on", "edition")
        if on is not None
    ]


# ---------------------------------------------------------------- the paper


def plan_of_document(document: Document) -> IndividualPlan | None:
    """Return the plan a paper is of; None where it is gone."""
    rows = _with_people(IndividualPlan.objects.filter(organisation=document.organisation_id))
    return rows.filter(pk=document.subject_id or 0).first()


def papers_of(user: SignedIn, plan: IndividualPlan) -> QuerySet[Document]:
    """Return the papers of a plan in the register that the user sees."""
    return Document.objects.visible_to(user).filter(kind=PLAN_PAPER, subject_id=plan.pk)


def plan_papers_wanted(organisation: Organisation, wanted: Wanted) -> Iterator[Document]:
    """Yield the papers of the plans that count: those in the register, else one that is not kept."""
    ties = Q()
    if wanted.pair is not None or wanted.person is not None:
        ties = Q(tie__mentorship__in=pairs_wanted(organisation, wanted).values("pk"))
    plans = IndividualPlan.objects.current().filter(ties, organisation=organisation)
    for plan in plans.select_related("tie__mentorship__programme__year", "organisation").order_by(
        "pk"
    ):
        kept = Document.objects.filter(
            organisation=organisation, kind=PLAN_PAPER, subject_id=plan.pk
        )
        yield kept.order_by("-pk").first() or Document(
            organisation=plan.organisation,
            year=plan.tie.mentorship.programme.year,
            kind=PLAN_PAPER,
            subject_id=plan.pk,
        )


def why_paper_waits(document: Document) -> list[str]:
    """Return why the paper of a plan may not be registered yet."""
    plan = plan_of_document(document)
    if plan is None:
        return []
    if plan.status in {PlanStatus.DRAFT, PlanStatus.DRAWN}:
        return [_("The mentee has not read the plan yet: note it on the page of the plan first.")]
    if document.dated_on and plan.acquainted_on and document.dated_on < plan.acquainted_on:
        return [
            _("The mentee read the plan on %(day)s: the paper is not dated before that.")
            % {"day": f"{plan.acquainted_on:%d.%m.%Y}"}
        ]
    return []


def why_paper_stays(document: Document) -> list[str]:
    """Return why a registration of today may not be taken back."""
    plan = plan_of_document(document)
    if plan is None or plan.status not in SIGNED:
        return []
    newer = IndividualPlan.objects.filter(tie=plan.tie_id, edition__gt=plan.edition)
    if newer.exists():
        return [_("A new edition of the plan is in work already: the approval stays.")]
    return []


def what_paper_does(document: Document) -> list[str]:
    """Return what follows when the paper of a plan is registered."""
    plan = plan_of_document(document)
    if plan is None or plan.status != PlanStatus.ACQUAINTED:
        return []
    return [_("The plan is approved by this day: the head has signed it on paper.")]


def what_paper_undoes(document: Document) -> list[str]:
    """Return what is undone when the registration is taken back."""
    plan = plan_of_document(document)
    if plan is None or plan.status != PlanStatus.APPROVED or not plan.approved_on_paper:
        return []
    return [_("The plan waits for approval again.")]


def going_ties() -> QuerySet[Tie]:
    """Return the mentees whose pair did not end early: of whom a plan is asked (for the facts of the roadmap)."""
    return Tie.objects.present().exclude(mentorship__status=MentorshipStatus.CANCELLED)
