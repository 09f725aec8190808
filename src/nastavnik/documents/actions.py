"""Writes of the register."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.errors import RefusedError
from nastavnik.documents.choices import DocumentKind, DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.documents.signals import document_opened, document_registered
from nastavnik.organisations.models import AcademicYear


@transaction.atomic
def draft_document(
    year: AcademicYear,
    kind: DocumentKind,
    *,
    title: str,
    subject_id: int | None,
    content: dict[str, Any],
    by: models.Model | None,
) -> Document:
    """Put a draft into the register."""
    document = Document.objects.create(
        organisation_id=year.organisation_id,
        year=year,
        kind=kind,
        title=title,
        subject_id=subject_id,
        content=content,
    )
    audit.record("document-drafted", document, by=by, fields=["kind", "title", "content"])
    return document


@transaction.atomic
def redraw_document(
    document: Document, content: dict[str, Any], *, by: models.Model | None
) -> Document:
    """Draw a draft anew from the present state; a registered paper never changes."""
    if document.status != DocumentStatus.DRAFT:
        raise RefusedError(_("A registered paper does not change: make a new one."))
    if document.content != content:
        document.content = content
        document.save(update_fields=["content", "changed_at"])
        audit.record("document-redrawn", document, by=by, fields=["content"])
    return document


@transaction.atomic
def set_requisites(
    document: Document, *, number: str, dated_on: dt.date | None, by: models.Model | None
) -> Document:
    """Write the number and date on a draft.

    Raises:
        RefusedError: the paper is registered, or the number is taken in this year.
    """
    if document.status != DocumentStatus.DRAFT:
        raise RefusedError(_("A registered paper does not change: make a new one."))
    document.number, document.dated_on = number.strip(), dated_on
    try:
        with transaction.atomic():
            document.save(update_fields=["number", "dated_on", "changed_at"])
    except IntegrityError as error:
        raise RefusedError(
            _("The number %(number)s is taken by another paper of this year.") % {"number": number}
        ) from error
    audit.record("document-requisites", document, by=by, fields=["number", "dated_on"])
    return document


@transaction.atomic
def register_document(document: Document, *, by: models.Model | None) -> Document:
    """Register a signed paper: from now on its content stands.

    Raises:
        RefusedError: number or date is missing, or it is registered already.
    """
    document = Document.objects.select_for_update().get(pk=document.pk)
    if document.status == DocumentStatus.REGISTERED:
        raise RefusedError(_("The paper is registered already."))
    if not document.number or document.dated_on is None:
        raise RefusedError(_("Write the number and the date of the paper first."))
    # drawn for the last time: the number, the date and the pairs of this very moment
    document_opened.send(sender=Document, document=document, by=by)
    document.refresh_from_db()
    document.status = DocumentStatus.REGISTERED
    document.save(update_fields=["status", "changed_at"])
    audit.record("document-registered", document, by=by, fields=["status"])
    document_registered.send(sender=Document, document=document, by=by)
    return document
