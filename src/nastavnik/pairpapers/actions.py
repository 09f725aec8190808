"""Writes: files of many papers, kept until they are fetched or their term comes."""

import datetime as dt
from collections.abc import Iterable

from django.db import models, transaction

from nastavnik.core import audit
from nastavnik.organisations.models import Organisation
from nastavnik.pairpapers.models import NamedInFile, PaperFile
from nastavnik.people.models import User


@transaction.atomic
def keep_paper_file(
    organisation: Organisation,
    data: bytes,
    *,
    title: str,
    file_name: str,
    n_papers: int,
    people: Iterable[int],
    by: models.Model | None,
) -> PaperFile:
    """Keep a file of papers for the person who has asked for it.

    Args:
        organisation: whose papers they are.
        data: the file.
        title: what it is called on the page.
        file_name: under which name it is saved.
        n_papers: how many papers are in it.
        people: keys of those named in it.
        by: who has asked.
    """
    made = PaperFile.objects.create(
        organisation=organisation,
        title=title,
        file_name=file_name,
        n_papers=n_papers,
        data=data,
        made_by=by if isinstance(by, User) else None,
    )
    NamedInFile.objects.bulk_create(
        NamedInFile(organisation=organisation, file=made, person_id=key)
        for key in dict.fromkeys(people)
    )
    audit.record("papers-drawn", made, by=by, fields=["title", "n_papers", "data"])
    return made


@transaction.atomic
def forget_paper_files(before: dt.datetime, *, by: models.Model | None) -> int:
    """Throw files away that were drawn before a moment; return how many."""
    old = list(PaperFile.objects.filter(made_at__lt=before).defer("data"))
    audit.record_many("papers-forgotten", old, by=by, fields=["data"])
    PaperFile.objects.filter(pk__in=[one.pk for one in old]).delete()
    return len(old)
