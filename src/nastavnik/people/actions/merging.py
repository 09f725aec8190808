"""Two cards of one person made one, and taken apart again."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.people.choices import MERGE_UNDO_DAYS
from nastavnik.people.models import Enrolment, Person, PersonMerge
from nastavnik.people.queries import MERGED_FIELDS, merges_to_forget, old_merges, rows_on
from nastavnik.people.signals import merge_asked

_EMPTIED = ("left_on", "birth_date", "household")  # of the card that is no more


def merge_people(
    kept: Person, gone: Person, *, taken: Mapping[str, bool], by: models.Model | None
) -> PersonMerge:
    """Make two cards of one person one: everything on `gone` goes over to `kept`, which alone stays on the roster.

    A class in which both stand stays with the empty card; everything else that cannot stand twice, two different classes too,
    refuses the whole.

    Args:
        kept: the card that stays.
        gone: the card that is emptied; it can be filled again for `MERGE_UNDO_DAYS`.
        taken: field of `MERGED_FIELDS` → whether its words are taken from `gone`.
        by: who says that they are one.

    Raises:
        RefusedError: they are not two present cards of one organisation, an app objects, or a thing cannot stand twice on a card.
    """
    try:
        with transaction.atomic():
            return _merge(kept, gone, taken, by=by)
    except IntegrityError as error:
        raise RefusedError(
            _("A third card has this name and birth date already: look at that one first.")
        ) from error


def _merge(
    kept: Person, gone: Person, taken: Mapping[str, bool], *, by: models.Model | None
) -> PersonMerge:
    locked = {
        one.pk: one
        for one in Person.objects.select_for_update(of=("self",))
        .filter(pk__in=[kept.pk, gone.pk])
        .order_by("pk")
    }
    if len(locked) != 2:  # noqa: PLR2004 - two cards
        raise RefusedError(_("Choose two different cards."))
    kept, gone = locked[kept.pk], locked[gone.pk]
    if kept.organisation_id != gone.organisation_id:
        raise RefusedError(_("The cards are of different organisations."))
    if kept.left_on or gone.left_on:
        raise RefusedError(_("One of them has left: take the card back onto the roster first."))
    objections = [
        reason
        for _receiver, reasons in merge_asked.send(sender=Person, kept=kept, gone=gone)
        for reason in reasons or ()
    ]
    if objections:
        raise RefusedError(objections)
    moves = _move_rows(kept, gone)
    fields = [name for name in MERGED_FIELDS if taken.get(name)]
    if kept.household_id is None and gone.household_id is not None:
        fields.append("household")
    before = {
        "kept": {name: _plain(kept, name) for name in fields},
        "gone": {name: _plain(gone, name) for name in _EMPTIED},
    }
    after = {name: _plain(gone, name) for name in fields}
    gone.left_on, gone.birth_date, gone.household = today(), None, None
    gone.save(update_fields=list(_EMPTIED))
    for name, value in after.items():
        _set(kept, name, value)
    kept.save(update_fields=[*fields, "search_name"])
    merge = PersonMerge.objects.create(
        organisation_id=kept.organisation_id,
        kept=kept,
        gone=gone,
        moves=moves,
        before=before,
        after=after,
    )
    audit.record("people-merged", merge, by=by, fields=["kept", "gone"])
    return merge


def _move_rows(kept: Person, gone: Person) -> dict[str, list[Any]]:
    """Let every row of a card lead to the other one; return the keys moved by table and field."""
    moves: dict[str, list[Any]] = {}
    twice: dict[str, None] = {}
    for key, title, rows in rows_on(gone):
        model, name = rows.model, key.rpartition(".")[2]
        for pk in list(rows.values_list("pk", flat=True)):
            if _is_moved(model, pk, name, kept):
                moves.setdefault(key, []).append(pk)
            elif model is not Enrolment:
                twice[title] = None
            elif not _is_same_class(pk, kept):
                raise RefusedError(
                    _(
                        "The cards stand in two different classes: first put the one that is wrong into the right class, on its own page."
                    )
                )
    if twice:
        raise RefusedError(
            _(
                "Both cards have what a person can have once only: %(what)s. End or take out one of them first."
            )
            % {"what": ", ".join(twice)}
        )
    return moves


def _is_same_class(pk: Any, kept: Person) -> bool:  # noqa: ANN401 - a key of any table
    own = Enrolment.objects.filter(person=kept, ends_on=None).values("study_group")
    return Enrolment.objects.filter(pk=pk, study_group__in=own).exists()


def _is_moved(model: type[models.Model], pk: Any, name: str, to: Person) -> bool:  # noqa: ANN401 - a key of any table
    """Move one row, unless the database says that it cannot stand there."""
    try:
        with transaction.atomic():
            model._base_manager.filter(pk=pk).update(**{name: to.pk})  # noqa: SLF001 - a row moves whoever sees it
    except IntegrityError:
        return False
    return True


def unmerge_people(merge: PersonMerge, *, by: models.Model | None) -> PersonMerge:
    """Take two cards made one apart again: what had gone over goes back, and both say what they said.

    What came to the kept card since stays there, and so does a word of it that was changed since.

    Raises:
        RefusedError: it was done already, its time is over, the kept card has itself become another's, or a card of the same name
            and birth date has come since.
    """
    try:
        with transaction.atomic():
            return _unmerge(merge, by=by)
    except IntegrityError as error:
        raise RefusedError(
            _("The cards have changed so much since that they cannot be taken apart.")
        ) from error


def _unmerge(merge: PersonMerge, *, by: models.Model | None) -> PersonMerge:
    locked = PersonMerge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if locked.undone_at is not None:
        raise RefusedError(_("These cards were taken apart already."))
    if locked.made_at < timezone.now() - dt.timedelta(days=MERGE_UNDO_DAYS):
        raise RefusedError(
            _("Cards can be taken apart for %(n)s days; that is over.") % {"n": MERGE_UNDO_DAYS}
        )
    people = Person.objects.select_for_update(of=("self",)).order_by("pk")
    both = {one.pk: one for one in people.filter(pk__in=[locked.kept_id, locked.gone_id])}
    kept, gone = both[locked.kept_id], both[locked.gone_id]
    if PersonMerge.objects.standing().filter(gone=kept).exists():
        raise RefusedError(
            _("The kept card has been merged into another one since: take that apart first.")
        )
    for key, keys in locked.moves.items():
        label, _dot, name = key.rpartition(".")
        model = apps.get_model(label)
        model._base_manager.filter(pk__in=keys, **{name: kept.pk}).update(**{name: gone.pk})  # noqa: SLF001 - a row moves whoever sees it
    back = [name for name, value in locked.after.items() if _plain(kept, name) == value]
    for name in back:
        _set(kept, name, locked.before["kept"][name])
    kept.save(update_fields=[*back, "search_name"])
    for name, value in locked.before["gone"].items():
        _set(gone, name, value)
    gone.save(update_fields=list(_EMPTIED))
    locked.undone_at = timezone.now()
    locked.save(update_fields=["undone_at"])
    audit.record("people-unmerged", locked, by=by, fields=["kept", "gone"])
    return locked


@transaction.atomic
def forget_old_merges(before: dt.datetime, *, by: models.Model | None) -> int:
    """Delete the emptied cards of merges made before a moment and what is kept of them; return how many merges.

    A card on which something was put since stays, and so does its merge, which says where the rest of it is.
    """
    merges = merges_to_forget(old_merges(before).select_for_update(of=("self",)))
    gone = Person.objects.filter(
        pk__in=[one.gone_id for one in merges if one.undone_at is None], left_on__isnull=False
    )
    audit.record_many(audit.DELETED, merges, by=by)
    audit.record_many(audit.DELETED, list(gone), by=by)
    PersonMerge.objects.filter(pk__in=[one.pk for one in merges]).delete()
    gone.delete()
    return len(merges)


def _plain(person: Person, name: str) -> str | int | None:
    field = Person._meta.get_field(name)
    value = getattr(person, getattr(field, "attname", name))
    return value.isoformat() if isinstance(value, dt.date) else value


def _set(person: Person, name: str, value: str | int | None) -> None:
    """Put a value back onto a card; what a key led to may be gone since."""
    field = Person._meta.get_field(name)
    if isinstance(field, models.ForeignKey):
        there = field.related_model._base_manager.filter(pk=value)  # noqa: SLF001 - whoever sees it
        value = value if there.exists() else None
    if isinstance(field, models.DateField) and isinstance(value, str):
        setattr(person, name, dt.date.fromisoformat(value))
    else:
        setattr(person, getattr(field, "attname", name), value)
