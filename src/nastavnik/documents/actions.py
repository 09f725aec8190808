"""Writes of the register."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import Parting, kind_of, offered
from nastavnik.documents.queries import content_of, why_not_taken_back
from nastavnik.documents.signals import document_discarded, document_joined
from nastavnik.documents.texts import form_of, phrase
from nastavnik.organisations.models import AcademicYear


@transaction.atomic
def draft_document(
    year: AcademicYear,
    code: str,
    *,
    subject_id: int | None,
    facts: Mapping[str, str] | None = None,
    by: models.Model | None,
) -> Document:
    """Put a draft into the register, still empty: `refresh_document` draws it.

    Args:
        year: whose register it is.
        code: the code of its kind.
        subject_id: what it is about, in the app that makes the kind.
        facts: what its title depends on, until it is drawn.
        by: the person, None for the program itself.
    """
    document = Document.objects.create(
        organisation_id=year.organisation_id,
        year=year,
        kind=code,
        title=phrase(form_of(code), "title", facts or {}),
        subject_id=subject_id,
        content={},
    )
    audit.record("document-drafted", document, by=by, fields=["kind", "title", "content"])
    return document


@transaction.atomic
def begin_paper(year: AcademicYear, code: str, *, by: models.Model | None) -> Document:
    """Begin a paper of an organisation that is offered; a draft of it that is there is opened, unless each press begins one.

    Raises:
        RefusedError: no such paper is begun by a press, or nothing can be said in it yet.
    """
    kind = next((one for one in offered() if one.code == code), None)
    if kind is None or kind.offer is None:
        raise RefusedError(_("There is no such paper. Choose one of the list."))
    AcademicYear.objects.select_for_update().get(pk=year.pk)
    if not kind.offer.is_many:
        drafts = Document.objects.filter(year=year, kind=code, status=DocumentStatus.DRAFT)
        if found := drafts.order_by("-pk").first():
            return found
    made = draft_document(year, code, subject_id=None, by=by)
    return refresh_document(made, by=by)


@transaction.atomic
def refresh_document(document: Document, *, by: models.Model | None) -> Document:
    """Draw a draft anew from the present state, its title too; a registered paper stays as it is."""
    if document.status != DocumentStatus.DRAFT:
        return document
    composed = kind_of(document).compose(document)
    if composed is None:
        return document
    content = content_of(document.kind, composed)
    if content == document.content:
        return document
    try:
        return redraw_document(document, content, by=by)
    except RefusedError:
        document.refresh_from_db()  # registered since a moment: what stands is shown
        return document


@transaction.atomic
def redraw_document(
    document: Document, content: dict[str, Any], *, by: models.Model | None
) -> Document:
    """Keep what a draft says now, its title too; a registered paper never changes.

    Raises:
        RefusedError: it is registered, be it since a moment.
    """
    _hold_draft(document)
    title = content.get("title") or document.title
    if (document.content, document.title) != (content, title):
        document.content, document.title = content, title
        document.save(update_fields=["content", "title", "changed_at"])
        audit.record("document-redrawn", document, by=by, fields=["content", "title"])
    return document


@transaction.atomic
def discard_document(document: Document, *, by: models.Model | None) -> None:
    """Throw a draft away that is about nothing any more; its number is free again.

    Raises:
        RefusedError: it is registered: it stays.
    """
    if document.status != DocumentStatus.DRAFT:
        raise RefusedError(_("A registered paper does not change: make a new one."))
    document_discarded.send(sender=Document, document=document, by=by)
    audit.record(audit.DELETED, document, by=by, fields=["kind", "title", "number"])
    document.delete()


@transaction.atomic
def set_requisites(
    document: Document, *, number: str, dated_on: dt.date | None, by: models.Model | None
) -> Document:
    """Write the number and date on a draft.

    Raises:
        RefusedError: the paper is registered, or the number is taken in this year.
    """
    _hold_draft(document)
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
def enter_particulars(
    document: Document, entered: dict[str, Any], *, by: models.Model | None
) -> Document:
    """Keep what a person answered to the questions of a draft; what is not answered here stays as it was.

    Args:
        document: a draft.
        entered: plain values by name, as `forms.ParticularsForm` gives them.
        by: the person who answers.

    Raises:
        RefusedError: the paper is registered.
    """
    _hold_draft(document)
    kept = {**document.entered, **entered}
    if kept != document.entered:
        document.entered = kept
        document.save(update_fields=["entered", "changed_at"])
        audit.record("document-particulars", document, by=by, fields=["entered"])
    return document


@transaction.atomic
def split_document(document: Document, *, by: models.Model | None) -> Document:
    """Give a part of a draft a paper of its own; `join_document` takes it back.

    Raises:
        RefusedError: it is registered, or there is nothing to part.
    """
    _hold_draft(document)
    parting = _parting_of(document)
    made = Document.objects.create(
        organisation_id=document.organisation_id,
        year_id=document.year_id,
        kind=document.kind,
        title=document.title,
        subject_id=document.subject_id,
        entered=document.entered,
        split_from=document,
    )
    audit.record("document-split", made, by=by, fields=["kind", "title", "entered", "split_from"])
    parting.part(document, made, by=by)
    made.refresh_from_db()
    return made


@transaction.atomic
def join_document(document: Document, *, by: models.Model | None) -> Document:
    """Put a draft back into the one it was split from and throw it away.

    Raises:
        RefusedError: one of the two is registered, or it was never split off.
    """
    papers = Document.objects.select_for_update().order_by("pk")
    both = {one.pk: one for one in papers.filter(pk__in=[document.pk, document.split_from_id])}
    document, into = both[document.pk], both.get(document.split_from_id or 0)
    _check_draft(document)
    if into is None or into.status != DocumentStatus.DRAFT:
        raise RefusedError(_("The order it was parted from is registered already: both stay."))
    _parting_of(document).join(document, into, by=by)
    document_joined.send(sender=Document, document=document, into=into, by=by)
    audit.record("document-joined", into, by=by, fields=["parts"])
    discard_document(document, by=by)
    into.refresh_from_db()
    return into


def _parting_of(document: Document) -> Parting:
    parting = kind_of(document).parting
    if parting is None:
        raise RefusedError(_("There is nothing to part in a paper of this kind."))
    return parting


def _check_draft(document: Document) -> None:
    if document.status != DocumentStatus.DRAFT:
        raise RefusedError(_("A registered paper does not change: make a new one."))


def _hold_draft(document: Document) -> None:
    """Hold the paper, as it is now, to the end of the transaction; refuse when it is no draft any more."""
    document.refresh_from_db(from_queryset=Document.objects.select_for_update())
    _check_draft(document)


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
    refresh_document(document, by=by)
    document.status, document.registered_at = DocumentStatus.REGISTERED, timezone.now()
    document.digest = document.digest_now()
    fields = ["status", "registered_at", "digest"]
    document.save(update_fields=[*fields, "changed_at"])
    audit.record("document-registered", document, by=by, fields=fields)
    kind_of(document).on_registered(document, by=by)
    return document


@transaction.atomic
def take_back_registration(document: Document, *, reason: str, by: models.Model | None) -> Document:
    """Make a draft again of a paper that was registered by mistake, on the day of the registration.

    The number and the date stay written on the draft: the number is free once the draft has another one.

    Raises:
        RefusedError: it is a draft, it was registered on another day, the reason is missing, or what began with the paper
            has gone too far. Nothing is written then.
    """
    document = Document.objects.select_for_update().get(pk=document.pk)
    if reasons := why_not_taken_back(document):
        raise RefusedError(reasons)
    if not reason.strip():
        raise RefusedError(_("Write why the registration is taken back: one line is enough."))
    document.status, document.registered_at = DocumentStatus.DRAFT, None
    document.taken_back_on, document.taken_back_why = today(), reason.strip()
    document.digest = ""
    fields = ["status", "registered_at", "taken_back_on", "taken_back_why", "digest"]
    document.save(update_fields=[*fields, "changed_at"])
    audit.record("document-taken-back", document, by=by, fields=fields)
    kind_of(document).on_taken_back(document, by=by)
    return document
