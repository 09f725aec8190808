"""The papers a pair stands on: consents of both sides, and the order that attaches a mentee to a mentor."""

from collections.abc import Iterable

from django.db import models, transaction
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.errors import RefusedError
from nastavnik.documents.actions import draft_document, refresh_document
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.mentorships.choices import ORDERS, PAIR_ORDER
from nastavnik.mentorships.documents import is_of_staff
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.mentorships.queries import lacking_consents
from nastavnik.people.models import Person
from nastavnik.programmes.models import Programme


def check_consents(people: Iterable[Person]) -> None:
    """Refuse to go on with people who may not be kept in the base today.

    Raises:
        RefusedError: a consent is missing, each person by name.
    """
    if reasons := lacking_consents(people):
        raise RefusedError(reasons)


def lock_drafts(pairs: Iterable[Mentorship]) -> None:
    """Lock the drafts of orders of some pairs' programmes, before any pair: a registration takes a paper, then its pairs."""
    drafts = Document.objects.select_for_update().filter(
        kind__in=ORDERS,
        subject_id__in={pair.programme_id for pair in pairs},
        status=DocumentStatus.DRAFT,
    )
    list(drafts.order_by("pk").values_list("pk"))


@transaction.atomic
def draft_order(
    programme: Programme, *, is_replacement: bool = False, by: models.Model | None
) -> Document:
    """Put a draft of an order on pairs into the register, still empty: `refresh_document` draws it."""
    return draft_document(
        programme.year,
        PAIR_ORDER,
        subject_id=programme.pk,
        facts={"is_replacement": "1" if is_replacement else ""},
        by=by,
    )


@transaction.atomic
def part_staff_pairs(document: Document, made: Document, *, by: models.Model | None) -> None:
    """Move the pairs of staff from a draft into one of their own, and draw both.

    Raises:
        RefusedError: there are none, or no others.
    """
    ties = _ties_of(document)
    staff = [tie for tie in ties if is_of_staff(tie.mentorship, tie)]
    if not staff or len(staff) == len(ties):
        raise RefusedError(
            _("This order is about staff only, or about no staff at all: there is nothing to part.")
        )
    _move_ties(staff, made, by=by)
    for order in (document, made):
        refresh_document(order, by=by)


@transaction.atomic
def join_pairs(document: Document, into: Document, *, by: models.Model | None) -> None:
    """Move all pairs of a draft into another, and draw that."""
    _move_ties(_ties_of(document), into, by=by)
    refresh_document(into, by=by)


def _ties_of(document: Document) -> list[Tie]:
    ties = Tie.objects.select_for_update(of=("self",)).filter(order=document)
    return list(ties.select_related("mentee__person", "mentorship__mentor__person").order_by("pk"))


def _move_ties(ties: Iterable[Tie], order: Document, *, by: models.Model | None) -> None:
    for tie in ties:
        tie.order = order
        tie.save(update_fields=["order"])
        audit.record("mentee-attached", tie, by=by, fields=["order"])


@transaction.atomic
def leave_out_of_order(document: Document, *, by: models.Model | None) -> list[Tie]:
    """Take a registered order away from those it does not name: who was stopped, or ended early, when it was signed."""
    named = Tie.objects.of_order(document).values("pk")
    ties = list(Tie.objects.filter(order=document).exclude(pk__in=named))
    for tie in ties:
        tie.order = None
        tie.save(update_fields=["order"])
        audit.record("mentee-left-out", tie, by=by, fields=["order"])
    return ties


@transaction.atomic
def attach_anew(pair: Mentorship, *, by: models.Model | None) -> Document | None:
    """Draft an order for those who go on in a pair and whom no order names; None where there is nobody.

    Args:
        pair: with programme, its year and organisation to be fetched.
        by: the person who lets them go on.
    """
    ties = list(Tie.objects.open().filter(mentorship=pair, paused_on=None, order=None))
    if not ties:
        return None
    order = draft_order(pair.programme, by=by)
    _move_ties(ties, order, by=by)
    return refresh_document(order, by=by)
