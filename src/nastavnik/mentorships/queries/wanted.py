"""Reads for papers asked for on the command line (`documents.paper_kinds.Wanted`)."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import Papers, Wanted
from nastavnik.mentorships.models import Mentorship
from nastavnik.organisations.models import Organisation


def pairs_wanted(organisation: Organisation, wanted: Wanted) -> QuerySet[Mentorship]:
    """Return the pairs of an organisation that are asked for; all where neither a pair nor a person is named."""
    pairs = Mentorship.objects.filter(organisation=organisation)
    if wanted.pair is not None:
        pairs = pairs.filter(pk=wanted.pair)
    if wanted.person is not None:
        person = Q(mentor__person=wanted.person) | Q(ties__mentee__person=wanted.person)
        pairs = pairs.filter(person)
    return pairs.select_related("programme__year", "organisation").order_by("pk").distinct()


def orders_wanted(code: str) -> Papers:
    """Return what finds the orders of a kind: with a pair or a person, those that name the pair."""

    def find(organisation: Organisation, wanted: Wanted) -> Iterable[Document]:
        orders = Document.objects.filter(organisation=organisation, kind=code).order_by("pk")
        if wanted.pair is None and wanted.person is None:
            return orders
        pairs = pairs_wanted(organisation, wanted).values("pk")
        named = Q(ties__mentorship__in=pairs) | Q(order_lines__mentorship__in=pairs)
        return orders.filter(named).distinct()

    return find
