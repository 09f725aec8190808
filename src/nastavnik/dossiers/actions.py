"""What is written when everything about one person is given out or erased."""

import datetime as dt

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.consents.models import Consent, ConsentLink, ConsentScan, Guardian
from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks import holdings
from nastavnik.core.hooks.holdings import Wiping
from nastavnik.core.models import Press
from nastavnik.documents.actions import refresh_document
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.dossiers.access import may_erase
from nastavnik.dossiers.choices import DAYS_TO_TAKE_BACK, EraseGround, Ground
from nastavnik.dossiers.models import Erasure
from nastavnik.dossiers.queries import evidence_over, evidence_until
from nastavnik.files.checkpointing import ask_to_cut_log
from nastavnik.people.models import Person, User


@transaction.atomic
def note_dossier_given(person: Person, *, ground: Ground, by: models.Model | None) -> None:
    """Write into the trail that everything about a person was taken out, and on whose word."""
    audit.record("dossier-given", person, by=by, what="dossier zip", purpose=ground)


@transaction.atomic
def plan_erasure(person: Person, *, ground: EraseGround, by: User | None) -> Erasure:
    """Decide that a person is erased in `DAYS_TO_TAKE_BACK` days; until then it can be taken back.

    Raises:
        RefusedError: the person takes part or works in the site, or it is decided already.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    _check(person)
    if Erasure.objects.filter(person=person).exists():
        raise RefusedError(_("It is decided already: the day stands on the page of the person."))
    erasure = Erasure.objects.create(
        organisation_id=person.organisation_id,
        person=person,
        ground=ground,
        asked_on=today(),
        due_on=today() + dt.timedelta(days=DAYS_TO_TAKE_BACK),
        asked_by=by,
    )
    audit.record("erasure-planned", erasure, by=by, fields=["ground", "due_on"])
    return erasure


@transaction.atomic
def take_erasure_back(erasure: Erasure, *, by: models.Model | None) -> None:
    """Leave everything as it is.

    Raises:
        RefusedError: it is done.
    """
    standing = Erasure.objects.select_for_update().filter(pk=erasure.pk, done_at=None).first()
    if standing is None:
        raise RefusedError(_("The data are erased already: there is no way back."))
    audit.record("erasure-taken-back", standing, by=by)
    standing.delete()


@transaction.atomic
def erase_person(erasure: Erasure, *, by: models.Model | None) -> Erasure:
    """Erase a person: what is of the person alone goes, what counts for others loses the name (docs/decisions/0051).

    Raises:
        RefusedError: the person takes part again, works in the site, or is erased already.
    """
    erasure = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if erasure.done_at is not None:
        raise RefusedError(_("The data are erased already: there is no way back."))
    person = Person.objects.select_for_update().get(pk=erasure.person_id)
    _check(person)
    wiping = Wiping(person.pk, person.organisation_id, person.last_name, person.first_name)
    born = f", {person.birth_date:%d.%m.%Y}" if person.birth_date else ""
    name, counts = f"{person.full_name}{born}", {}
    for mention in holdings.mentions():
        if mention.wipe is not None:
            keys = mention.keys(person.organisation_id, person.last_name)
            mention.wipe(mention.model._base_manager.filter(pk__in=keys), wiping)  # noqa: SLF001 - every row
    # the apps above first: by what they stand on their rows are found
    for one in reversed(holdings.holdings()):
        if (one.deletes or one.clears or one.wipe) and (n := one.erase(wiping)):
            counts[one.title] = n
    _draw_drafts_anew(wiping, by=by)
    Press.objects.exclude(told="").update(told="")
    if until := evidence_until(person):
        erasure.kept_name = name
        erasure.kept_until = timezone.now() + (until - today())
    erasure.done_at, erasure.counts = timezone.now(), counts
    erasure.save(update_fields=["kept_name", "kept_until", "done_at", "counts"])
    audit.record("person-erased", erasure, by=by, fields=["done_at", "counts"])
    _clean_disk(wiping)
    return erasure


def _check(person: Person) -> None:
    verdict = may_erase(person)
    if not verdict:
        raise RefusedError(verdict.reasons)


def _draw_drafts_anew(wiping: Wiping, *, by: models.Model | None) -> None:
    drafts = Document.objects.filter(
        organisation_id=wiping.organisation_id, status=DocumentStatus.DRAFT
    )
    for draft in drafts:
        if wiping.names(draft.content) or wiping.names(draft.title):
            refresh_document(draft, by=by)


def _clean_disk(wiping: Wiping) -> None:
    def clean() -> None:
        for file in wiping.files:
            file.delete(save=False)
        ask_to_cut_log()

    transaction.on_commit(clean)


@transaction.atomic
def forget_evidence(before: dt.datetime, *, by: models.Model | None) -> int:
    """Forget the consents of erased people, and with them the last place of the name, at their term; return how many people.

    What was taken in after the erasure is no part of that evidence and stays.
    """
    over = list(evidence_over(before).select_for_update())
    wiping = Wiping(0, 0, "", "")
    for one in over:
        _forget_evidence_of(one, wiping)
        one.kept_name, one.kept_until = "", None
        one.save(update_fields=["kept_name", "kept_until"])
    audit.record_many("evidence-forgotten", over, by=by, fields=["kept_name", "kept_until"])
    _clean_disk(wiping)
    return len(over)


def _forget_evidence_of(erasure: Erasure, wiping: Wiping) -> None:
    of_before = Q(recorded_at=None) | Q(recorded_at__lte=erasure.done_at)
    consents = Consent.objects.filter(of_before, person=erasure.person_id)
    scans = ConsentScan.objects.filter(consent__in=consents)
    wiping.files.extend(one.file for one in scans)
    consents.delete()
    links = ConsentLink.objects.filter(person=erasure.person_id)
    links.filter(used_at__lte=erasure.done_at).delete()
    idle = Guardian.objects.filter(person=erasure.person_id, consents=None, links=None)
    idle.delete()
