from typing import Self

from django.db import models
from django.db.models import Q

from nastavnik.blanks import kinds
from nastavnik.blanks.choices import ScanState
from nastavnik.core.access import SignedIn
from nastavnik.engine.blanks.codes import NUMBER_DIGITS, token_of, written
from nastavnik.organisations.models import Organisation
from nastavnik.people.models import Person


def _within(user: SignedIn, way: str) -> Q:
    """Return the rows a user's rights reach by the kind of their print, found the given way."""
    within = Q(pk__in=[])
    for kind in kinds.all_kinds():
        at = user.viewer.organisations(kind.perm)
        within |= Q(**{f"{way}kind": kind.code}, organisation_id__in=at)
    return within


class PrintRunQuerySet(models.QuerySet["PrintRun"]):
    def visible_to(self, user: SignedIn) -> Self:
        """Return the prints of the user's organisations, by the right of their kind."""
        return self.filter(_within(user, ""))

    def about(self, kind: str, subject_id: int) -> Self:
        """Return the prints of one thing."""
        return self.filter(kind=kind, subject_id=subject_id)


class PrintRun(models.Model):
    """Sheets printed together.

    `kind` is the code of a `kinds.BlankKind`, `subject_id` the key of what they are about in its app. `layout` is where
    every box stood on the day of printing: it is never computed anew, for the sheets come back after upgrades. `pdf` is
    there to be printed once more, and is forgotten at its term.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="print_runs")
    kind = models.CharField(max_length=40)
    subject_id = models.PositiveBigIntegerField()
    layout = models.JSONField()
    n_personal = models.PositiveIntegerField()
    n_spare = models.PositiveIntegerField()
    pdf = models.BinaryField(null=True)
    printed_at = models.DateTimeField(auto_now_add=True)

    objects = PrintRunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["kind", "subject_id"], name="print_run_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(n_personal__gt=0) | Q(n_spare__gt=0), name="print_run_has_sheets"
            ),
        ]

    class Privacy:
        public = ["n_personal", "n_spare"]
        personal = ["pdf"]
        technical = ["id", "organisation", "kind", "subject_id", "layout", "printed_at"]


class BlankQuerySet(models.QuerySet["Blank"]):
    def with_layout(self) -> Self:
        """Fetch the print of each, without its .pdf: megabytes, wanted only to be printed once more."""
        return self.select_related("run").defer("run__pdf")

    def visible_to(self, user: SignedIn) -> Self:
        """Return the sheets of the user's organisations, by the right of their kind."""
        return self.filter(_within(user, "run__"))


class Blank(models.Model):
    """One printed sheet, of one page or more.

    Its number stands in the codes of its corners: random, so it tells a stranger nothing and opens nothing. A spare one has no
    name on it: whose it is, somebody says when it comes back, or nobody; then `is_used` says that it has been accepted, or it
    could be loaded and counted again.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="blanks")
    run = models.ForeignKey(PrintRun, models.CASCADE, related_name="blanks")
    number = models.PositiveIntegerField(unique=True)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="blanks")
    is_spare = models.BooleanField(default=False)
    is_used = models.BooleanField(default=False)

    objects = BlankQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(number__gt=0, number__lt=10**NUMBER_DIGITS), name="blank_number_fits"
            ),
        ]

    class Privacy:
        personal = ["person"]
        technical = ["id", "organisation", "run", "number", "is_spare", "is_used"]


class IntakeQuerySet(models.QuerySet["Intake"]):
    def visible_to(self, user: SignedIn) -> Self:
        """Return what was loaded in the user's organisations, by the right of its kind."""
        return self.filter(_within(user, ""))

    def about(self, kind: str, subject_id: int) -> Self:
        """Return what was loaded of one thing."""
        return self.filter(kind=kind, subject_id=subject_id)


class Intake(models.Model):
    """Scans and photos loaded at once; `refusals` says of each file that was not read why, `{"file", "why"}`."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="intakes")
    kind = models.CharField(max_length=40)
    subject_id = models.PositiveBigIntegerField()
    n_files = models.PositiveIntegerField()
    n_pages = models.PositiveIntegerField()
    refusals = models.JSONField(default=list)
    read_at = models.DateTimeField(auto_now_add=True)

    objects = IntakeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["kind", "subject_id"], name="intake_subject")]

    class Privacy:
        public = ["n_files", "n_pages"]
        personal = ["refusals"]
        technical = ["id", "organisation", "kind", "subject_id", "read_at"]


class ScannedPageQuerySet(models.QuerySet["ScannedPage"]):
    def with_layout(self) -> Self:
        """Fetch the sheet of each and its print, without the .pdf of the print."""
        return self.select_related("blank__run").defer("blank__run__pdf")

    def visible_to(self, user: SignedIn) -> Self:
        """Return the pages of the user's organisations, by the right of their kind."""
        return self.filter(_within(user, "intake__"))

    def about(self, kind: str, subject_id: int) -> Self:
        """Return the pages loaded for one thing."""
        return self.filter(intake__kind=kind, intake__subject_id=subject_id)


class ScannedPage(models.Model):
    """One page of a scan or one photo, until its sheet is accepted or its term is over.

    What is read is a proposal: `answers` by item with the best guess of a doubtful one, `doubts` why, `written` the items
    whose frame shows ink. `judged` is what a person has said instead, `checked` whether what was read was right, by item of
    the sample. Of a page read before with the same marks no picture is kept.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="scanned_pages")
    intake = models.ForeignKey(Intake, models.CASCADE, related_name="pages")
    blank = models.ForeignKey(Blank, models.CASCADE, null=True, related_name="scans")
    page = models.PositiveSmallIntegerField(default=1)
    file_name = models.CharField(max_length=200)
    file_page = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=ScanState)
    trouble = models.CharField(max_length=12, blank=True)
    answers = models.JSONField(default=dict)
    doubts = models.JSONField(default=dict)
    written = models.JSONField(default=list)
    judged = models.JSONField(default=dict)
    checked = models.JSONField(default=dict)
    picture = models.BinaryField(null=True)

    objects = ScannedPageQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["blank", "page"],
                condition=Q(state=ScanState.READ),
                name="scan_read_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=ScanState.READ) | Q(blank__isnull=False, picture__isnull=False),
                name="scan_read_has_sheet",
            ),
        ]

    class Privacy:
        personal = ["blank", "file_name", "written", "checked"]
        psychological = ["answers", "judged", "picture", "doubts"]
        technical = ["id", "organisation", "intake", "page", "file_page", "state", "trouble"]

    @property
    def token(self) -> str:
        """Return the number of the sheet as people read it; empty where none was found."""
        return written(token_of(self.blank.number, self.page)) if self.blank else ""
