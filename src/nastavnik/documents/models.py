import hashlib
import json
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm
from nastavnik.core.access.scope import ScopedQuerySet
from nastavnik.core.text import fold
from nastavnik.documents.choices import DocumentStatus
from nastavnik.organisations.models import AcademicYear, Organisation


class DocumentQuerySet(ScopedQuerySet["Document"]):
    view_perm = Perm.DOCUMENT_VIEW


class Document(models.Model):
    """A paper of the organisation.

    `kind` is the code of a `paper_kinds.PaperKind`. `subject_id` names what the paper is about in the app that makes it. A draft is drawn anew from the present state
    whenever it is opened; registering freezes `content`, which is all a .docx needs to be drawn again years later.
    `taken_back_on` and why: the last time a registration was called a mistake; number and date stay written on the draft.
    `entered` is what a person answered to the questions of this paper (`choices.Ask`): minutes, who does what by when,
    a name in its right case. `digest` is that of the paper as it was registered; papers registered before there was one
    have none. `split_from` is the draft a part of which became this one.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="documents")
    year = models.ForeignKey(AcademicYear, models.PROTECT, related_name="documents")
    kind = models.CharField(_("kind"), max_length=40)
    subject_id = models.PositiveBigIntegerField(null=True)
    title = models.CharField(_("title"), max_length=300)
    number = models.CharField(_("number"), max_length=40, blank=True)
    dated_on = models.DateField(_("date"), null=True, blank=True)
    status = models.CharField(
        _("state"), max_length=10, choices=DocumentStatus, default=DocumentStatus.DRAFT
    )
    content = models.JSONField(default=dict)
    registered_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True, default="", editable=False)
    taken_back_on = models.DateField(_("registration taken back on"), null=True, blank=True)
    taken_back_why = models.CharField(_("why it was taken back"), max_length=300, blank=True)
    entered = models.JSONField(default=dict, blank=True)
    split_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="parts"
    )
    search_text = models.CharField(max_length=400, editable=False, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "year", "kind", "number"],
                condition=~Q(number=""),
                name="document_number_once",
            ),
            models.CheckConstraint(
                condition=Q(status=DocumentStatus.DRAFT)
                | (~Q(number="") & Q(dated_on__isnull=False)),
                name="document_registered_has_number_and_date",
            ),
        ]

    class Privacy:
        public = ["title", "number", "dated_on", "status", "search_text"]
        personal = ["content", "entered", "taken_back_why"]
        technical = [
            "id", "organisation", "year", "kind", "subject_id", "split_from", "created_at", "changed_at", "registered_at",
            "taken_back_on", "digest",
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the search key in step with title and number, also when only those are written."""
        self.search_text = fold(f"{self.title} {self.number}")
        fields = kwargs.get("update_fields")
        if fields is not None and {"title", "number"} & set(fields):
            kwargs["update_fields"] = [*fields, "search_text"]
        super().save(*args, **kwargs)

    def digest_now(self) -> str:
        """Return the SHA-256 of what the paper says: number, date and content, whatever order a database keeps them in."""
        said = [self.number, str(self.dated_on or ""), self.content]
        plain = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(plain.encode()).hexdigest()

    @property
    def is_intact(self) -> bool:
        """Tell whether a registered paper still says what it said on registration."""
        return not self.digest or self.digest == self.digest_now()
