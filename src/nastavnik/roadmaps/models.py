import datetime as dt
import uuid
from pathlib import Path
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.access.scope import ScopedQuerySet
from nastavnik.documents.models import Document
from nastavnik.organisations.models import AcademicYear, Organisation
from nastavnik.roadmaps.choices import ActivityStatus, ChangeKind, Recurs, RoadmapLevel


class RoadmapQuerySet(ScopedQuerySet["Roadmap"]):
    view_perm = Perm.ROADMAP_VIEW

    def visible_to(self, user: SignedIn, *, in_archive: bool = False) -> Self:
        """Return the roadmaps that hold, or those of the archive, where what has been replaced lies."""
        return super().visible_to(user).filter(archived_at__isnull=not in_archive)

    def live(self) -> Self:
        """Leave the roadmaps that hold."""
        return self.filter(archived_at=None)


class Roadmap(models.Model):
    """What an organisation does in an academic year to run mentoring: one a year.

    One that was replaced by another is kept with its marks and proofs in the archive, and can be brought back.
    `calendar_key` names it in calendars of the whole world: lines of two installations have the same keys.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="roadmaps")
    year = models.ForeignKey(AcademicYear, models.PROTECT, related_name="roadmaps")
    title = models.CharField(_("title"), max_length=500)
    level = models.CharField(
        _("level"), max_length=12, choices=RoadmapLevel, default=RoadmapLevel.SCHOOL
    )
    origin = models.CharField(max_length=300, blank=True)
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    calendar_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects = RoadmapQuerySet.as_manager()

    class Meta:
        ordering = ["-year__starts_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "year"],
                condition=Q(archived_at=None),
                name="roadmap_once_a_year",
            ),
        ]

    class Privacy:
        public = ["title", "level", "origin", "approved_on"]
        technical = ["id", "organisation", "year", "made_at", "archived_at", "calendar_key"]

    def __str__(self) -> str:
        return self.title


Days = tuple[dt.date | None, dt.date | None]


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


class ActivityQuerySet(ScopedQuerySet["Activity"]):
    view_perm = Perm.ROADMAP_VIEW

    def visible_to(self, user: SignedIn, *, in_archive: bool = False) -> Self:
        """Return the lines of roadmaps that hold, or of those of the archive."""
        return super().visible_to(user).filter(roadmap__archived_at__isnull=not in_archive)


class Activity(models.Model):
    """One line of a roadmap.

    `term_text` is what people wrote and what is printed; the days are what it means (`engine.periods`): a day has
    both alike, a deadline only the last, ongoing work none. «Октябрь, апрель» is two times: `stretches` are the days of
    each, `n_held` says how many of them have been held, the first and last day are those of the whole. `catalogue_code` says which activity of the catalogue it
    is, of several with a space between them, and so which facts tick it.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="activities")
    roadmap = models.ForeignKey(Roadmap, models.CASCADE, related_name="activities")
    position = models.PositiveIntegerField()
    number = models.CharField(_("number"), max_length=20, blank=True)
    stage = models.PositiveSmallIntegerField(null=True, blank=True)
    section = models.CharField(_("section"), max_length=1000, blank=True)
    title = models.CharField(_("activity"), max_length=2000)
    term_text = models.CharField(_("term"), max_length=500, blank=True)
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    stretches = models.JSONField(_("separate times"), default=list, blank=True)
    n_held = models.PositiveSmallIntegerField(_("times held"), default=0)
    recurs = models.CharField(_("comes back"), max_length=10, choices=Recurs, blank=True)
    responsible = models.CharField(_("who answers"), max_length=2000, blank=True)
    result = models.CharField(_("result"), max_length=2000, blank=True)
    document_text = models.CharField(_("paper that proves it"), max_length=1000, blank=True)
    status = models.CharField(
        _("state"), max_length=10, choices=ActivityStatus, default=ActivityStatus.PLANNED
    )
    done_on = models.DateField(_("done on"), null=True, blank=True)
    catalogue_code = models.CharField(max_length=60, blank=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(starts_on__lte=F("ends_on")),
                name="activity_has_length",
            ),
            models.CheckConstraint(
                condition=Q(status=ActivityStatus.DONE, done_on__isnull=False)
                | (~Q(status=ActivityStatus.DONE) & Q(done_on=None)),
                name="activity_done_has_date",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="activity_has_title"),
            models.CheckConstraint(
                condition=Q(stage=None) | Q(stage__range=(1, 7)), name="activity_stage_known"
            ),
        ]

    class Privacy:
        public = [
            "number", "stage", "section", "title", "term_text", "starts_on", "ends_on", "stretches", "n_held", "recurs", "result",
            "document_text", "status", "done_on",
        ]  # fmt: skip
        personal = ["responsible"]
        technical = ["id", "organisation", "roadmap", "position", "catalogue_code"]

    def __str__(self) -> str:
        return self.title

    @property
    def times(self) -> list[Days]:
        """Return the days of each separate time, of a line with one time those of the line."""
        if not self.stretches:
            return [(self.starts_on, self.ends_on)]
        return [(_day(first), _day(last)) for first, last in self.stretches]

    @property
    def time(self) -> Days:
        """Return the days of the time that is to be held next, of the last one when none is left."""
        times = self.times
        return times[min(self.n_held, len(times) - 1)]

    @property
    def due_on(self) -> dt.date | None:
        """Return by when it is to be done next: of several times the end of the first that is not held."""
        return self.time[1]


class RoadmapSectionQuerySet(ScopedQuerySet["RoadmapSection"]):
    view_perm = Perm.ROADMAP_VIEW


class RoadmapSection(models.Model):
    """What a document says of a section itself: its term, who answers, what proves it, as written.

    `title` is `section` of its lines. Sections of which nothing is said have no row.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="roadmap_sections")
    roadmap = models.ForeignKey(Roadmap, models.CASCADE, related_name="sections")
    title = models.CharField(_("section"), max_length=1000)
    term_text = models.CharField(_("term"), max_length=500, blank=True)
    responsible = models.CharField(_("who answers"), max_length=2000, blank=True)
    result = models.CharField(_("result"), max_length=2000, blank=True)
    document_text = models.CharField(_("paper that proves it"), max_length=1000, blank=True)

    objects = RoadmapSectionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="section_has_title"),
        ]

    class Privacy:
        public = ["title", "term_text", "result", "document_text"]
        personal = ["responsible"]
        technical = ["id", "organisation", "roadmap"]

    @property
    def said(self) -> str:
        """Return all that is said of it, for one line of a page."""
        told = (self.term_text, self.responsible, self.result, self.document_text)
        return " · ".join(filter(None, told))


class IndicatorTargetQuerySet(ScopedQuerySet["IndicatorTarget"]):
    view_perm = Perm.ROADMAP_VIEW


class IndicatorTarget(models.Model):
    """The planned value of an indicator in a calendar year, as the document of a roadmap has it.

    `value` is None where the document leaves the cell blank, which is not zero. `source_line` is the line of the
    document.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="indicator_targets")
    roadmap = models.ForeignKey(Roadmap, models.CASCADE, related_name="targets")
    position = models.PositiveIntegerField()
    name = models.CharField(_("indicator"), max_length=2000)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    year = models.PositiveSmallIntegerField(_("year"))
    value = models.FloatField(_("planned value"), null=True, blank=True)
    source_line = models.PositiveIntegerField()

    objects = IndicatorTargetQuerySet.as_manager()

    class Meta:
        ordering = ["position", "year"]
        constraints = [
            models.UniqueConstraint(
                fields=["roadmap", "position", "year"], name="target_once_a_year"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="target_has_name"),
        ]

    class Privacy:
        public = ["name", "unit", "year", "value"]
        technical = ["id", "organisation", "roadmap", "position", "source_line"]

    def __str__(self) -> str:
        return self.name


def evidence_place(evidence: "Evidence", name: str) -> str:
    """Return where a file is kept: under a name of our own, so that nothing in theirs can lead elsewhere."""
    return f"evidence/{evidence.organisation_id}/{uuid.uuid4().hex}{Path(name).suffix.lower()}"


class EvidenceQuerySet(ScopedQuerySet["Evidence"]):
    view_perm = Perm.ROADMAP_VIEW


class Evidence(models.Model):
    """What proves that an activity was held: a paper of the register, a file, an address, or a few words."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="evidence")
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="evidence")
    document = models.ForeignKey(
        Document, models.CASCADE, null=True, blank=True, related_name="evidence"
    )
    file = models.FileField(_("file"), upload_to=evidence_place, max_length=200, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    link = models.URLField(_("address of a page"), max_length=500, blank=True)
    note = models.CharField(_("what proves it"), max_length=500, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(document__isnull=False) | ~Q(link="") | ~Q(note="") | ~Q(file=""),
                name="evidence_is_something",
            ),
        ]

    class Privacy:
        personal = ["file", "file_name", "link", "note"]
        technical = ["id", "organisation", "activity", "document", "added_at"]


class RoadmapChangeQuerySet(ScopedQuerySet["RoadmapChange"]):
    view_perm = Perm.ROADMAP_VIEW


class RoadmapChange(models.Model):
    """Who changed what in a roadmap, from what to what; the audit trail has no values, and people ask for them.

    One row for each field. `line` is what a line was called then: it outlives the line.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="roadmap_changes")
    roadmap = models.ForeignKey(Roadmap, models.CASCADE, related_name="changes")
    activity = models.ForeignKey(
        Activity, models.SET_NULL, null=True, blank=True, related_name="changes"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=10, choices=ChangeKind)
    line = models.CharField(max_length=300, blank=True)
    field = models.CharField(max_length=30, blank=True)
    before = models.CharField(max_length=2000, blank=True)
    after = models.CharField(max_length=2000, blank=True)

    objects = RoadmapChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    class Privacy:
        public = ["kind", "line", "field"]
        personal = ["before", "after"]
        technical = ["id", "organisation", "roadmap", "activity", "actor", "at"]

    @property
    def field_words(self) -> str:
        """Return what the field is called on the page."""
        of = Roadmap if self.kind == ChangeKind.RETITLED else Activity
        return str(of._meta.get_field(self.field).verbose_name) if self.field else ""  # type: ignore[union-attr]

    @property
    def before_words(self) -> str:
        """Return what stood there, as the page says it."""
        return self._words(self.before)

    @property
    def after_words(self) -> str:
        """Return what stands there since, as the page says it."""
        return self._words(self.after)

    def _words(self, value: str) -> str:
        return (
            str(dict(ActivityStatus.choices).get(value, value)) if self.field == "status" else value
        )


class RoadmapDraftQuerySet(ScopedQuerySet["RoadmapDraft"]):
    view_perm = Perm.ROADMAP_EDIT


class RoadmapDraft(models.Model):
    """A document as read, waiting to be looked over: a new roadmap, or an edited copy of one we have.

    `content` is what `adapter.read_content` returns; taken or thrown away, the draft is gone.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="roadmap_drafts")
    roadmap = models.ForeignKey(
        Roadmap, models.CASCADE, null=True, blank=True, related_name="drafts"
    )
    file_name = models.CharField(max_length=300, blank=True)
    content = models.JSONField(default=dict)
    read_at = models.DateTimeField(auto_now_add=True)

    objects = RoadmapDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    class Privacy:
        personal = ["content", "file_name"]
        technical = ["id", "organisation", "roadmap", "read_at"]
