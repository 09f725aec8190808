"""Reads of everything about one person, over all apps (`core.hooks.holdings`)."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Func, QuerySet, Subquery

from nastavnik.consents.models import Consent
from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import today
from nastavnik.core.hooks import holdings
from nastavnik.core.hooks.holdings import Asking, Holding, Wiping
from nastavnik.documents.models import Document
from nastavnik.dossiers.choices import EVIDENCE_DAYS, GIVERS
from nastavnik.dossiers.models import Erasure
from nastavnik.people.models import Person

COPIES = "before-update"  # of the folder of the data (files.upgrading)
_NOTHING: tuple[Any, ...] = (None, "", [], {}, ())


def people_of(user: SignedIn) -> QuerySet[Person]:
    """Return the people of whom the user gives out everything: a curator of some forms gives out nobody's."""
    return Person.objects.visible_to(user).filter(
        organisation_id__in=user.viewer.answers_for(Perm.DOSSIER_GIVE)
    )


@dataclass(frozen=True, slots=True)
class Held:
    """How many rows of a table are about a person.

    Attributes:
        title: of the table.
        n: rows.
        giver: who gives them, where the asker may not; else empty.
        n_not_given: of them, how many this asker does not give; 0 where another one gives them all.
        why: the reason those are not given; else empty.
    """

    title: str
    n: int
    giver: str
    n_not_given: int = 0
    why: str = ""


def held(user: SignedIn, person: Person) -> list[Held]:
    """Return what is kept about a person, table by table, those with nothing left out. One query."""
    every, asking = holdings.holdings(), Asking(person.pk, person.organisation_id, user)
    givers = [_giver(one, asking) for one in every]
    rows = [one.rows(person.pk) for one in every]
    counts = (
        Person.objects.filter(pk=person.pk)
        .values_list(
            *(_number(of_one) for of_one in rows),
            *(
                _number(_given(one, of_one, asking) if not giver else of_one)
                for one, of_one, giver in zip(every, rows, givers, strict=True)
                if one.narrow
            ),
        )
        .get()
    )
    given = iter(counts[len(every) :])
    found = []
    for one, n, giver in zip(every, counts, givers, strict=False):
        n_not_given = n - (next(given) or 0) if one.narrow else 0
        if n:
            why = one.narrow_why if n_not_given else ""
            found.append(Held(one.title, n, giver, n_not_given, why))
    return found


def _given(one: Holding, rows: QuerySet[Any], asking: Asking) -> QuerySet[Any]:
    return one.narrow(rows, asking) if one.narrow else rows


def _number(rows: QuerySet[Any]) -> Subquery:
    """Return the number of some rows as a part of another query; none there is 0."""
    one = rows.order_by().annotate(n_in_all=Func(F("pk"), function="COUNT")).values("n_in_all")
    return Subquery(one, output_field=models.IntegerField())


def _giver(one: Holding, asking: Asking) -> str:
    if one.perm is None or asking.may(one.perm):
        return ""
    return str(GIVERS[one.perm])


@dataclass(frozen=True, slots=True)
class Chapter:
    """The rows of one table about a person.

    Attributes:
        code: name of the table, for machines.
        title: for people.
        words: field → what it is called, of the fields that say anything.
        rows: field → value, as days, numbers, texts, lists and tables of them.
        left_out: (what, why) of fields that are kept and not given here.
    """

    code: str
    title: str
    words: Mapping[str, str]
    rows: tuple[Mapping[str, Any], ...]
    left_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Mentioned:
    """How many texts of a table hold the last name, of the person or of a namesake."""

    title: str
    n: int


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything about one person that this asker gives out.

    Attributes:
        person: whose.
        chapters: table by table.
        missing: what another one gives.
        partly: of what only a part is given here.
        mentioned: where only a text may name the person.
        files: (name in the archive, file) that go along.
    """

    person: Person
    chapters: tuple[Chapter, ...]
    missing: tuple[Held, ...]
    partly: tuple[Held, ...]
    mentioned: tuple[Mentioned, ...]
    files: tuple[tuple[str, Any], ...]


def dossier_of(user: SignedIn, person: Person) -> Dossier:
    """Return everything about a person that the user gives out."""
    asking = Asking(person.pk, person.organisation_id, user)
    chapters, missing, partly, files = [], [], [], []
    for one in holdings.holdings():
        rows = one.rows(person.pk)
        if giver := _giver(one, asking):
            if n := rows.count():
                missing.append(Held(one.title, n, giver))
            continue
        given = list(_given(one, rows, asking))
        if one.narrow and (n_not_given := (n := rows.count()) - len(given)):
            partly.append(Held(one.title, n, "", n_not_given, one.narrow_why))
        if given:
            chapters.append(_chapter(one, given, asking))
            files += list(_files(one, given))
    return Dossier(
        person,
        tuple(chapters),
        tuple(missing),
        tuple(partly),
        tuple(mentioned(person)),
        tuple(files),
    )


def mentioned(person: Person) -> list[Mentioned]:
    """Return where texts hold the last name of a person in any case; of namesakes too, for a text has no keys."""
    found = [
        Mentioned(one.title, len(one.keys(person.organisation_id, person.last_name)))
        for one in holdings.mentions()
    ]
    return [one for one in found if one.n]


def _chapter(one: Holding, rows: list[Any], asking: Asking) -> Chapter:
    told = [{name: value_of(one, row, name, asking) for name in one.fields} for row in rows]
    names = [name for name in one.fields if any(row[name] not in _NOTHING for row in told)]
    kept = [
        (_word(one, name), why)
        for name, why in one.left_out.items()
        if any(getattr(row, name, None) not in _NOTHING for row in rows)
    ]
    return Chapter(
        one.model._meta.label_lower,
        one.title,
        {name: one.word(name) for name in names},
        tuple({name: row[name] for name in names} for row in told),
        tuple(kept),
    )


def value_of(one: Holding, row: Any, name: str, asking: Asking) -> Any:  # noqa: ANN401 - any value of any model
    """Return what is said of a field of a row: words of a closed list, else the value itself."""
    if name in one.told:
        return one.told[name](row, asking)
    shown = getattr(row, f"get_{name}_display", None)
    return str(shown()) if shown else getattr(row, name)


def _word(one: Holding, name: str) -> str:
    return one.words.get(name) or str(one.model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _files(one: Holding, rows: list[Any]) -> Iterator[tuple[str, Any]]:
    for row in rows:
        for name in one.files:
            if file := getattr(row, name):
                yield f"файлы/{one.model._meta.model_name}-{row.pk}{_suffix(file.name)}", file


def _suffix(name: str) -> str:
    dot = name.rfind(".")
    return name[dot:] if dot > 0 else ""


# ---------------------------------------------------------------- erasing


def erasable(user: SignedIn) -> QuerySet[Person]:
    """Return the people whom the user may erase."""
    return Person.objects.visible_to(user).filter(
        organisation_id__in=user.viewer.answers_for(Perm.DOSSIER_ERASE)
    )


def erasure_of(user: SignedIn, person: Person) -> Erasure | None:
    """Return what is decided or done about erasing a person."""
    return Erasure.objects.visible_to(user).filter(person=person).first()


@dataclass(frozen=True, slots=True)
class Consequences:
    """What erasing a person would do today, each with the number of rows.

    Attributes:
        gone: what goes whole or loses the name.
        papers: registered papers that name the person, or a namesake: they stay.
        n_consents: consents that stay as evidence, with the name, until `kept_until`.
        texts: where only people can see whether the person is meant.
        copies: days of the copies before updates on this computer, which hold everything.
    """

    gone: tuple[Mentioned, ...]
    papers: tuple[str, ...]
    n_consents: int
    kept_until: dt.date | None
    texts: tuple[Mentioned, ...]
    copies: tuple[str, ...]


def consequences_of(user: SignedIn, person: Person) -> Consequences:
    """Return what erasing a person would do today; nothing is written."""
    counts = {one.title: one.n for one in held(user, person)}
    wiping = Wiping(person.pk, person.organisation_id, person.last_name, person.first_name)
    gone = [
        Mentioned(one.title, n)
        for one in holdings.holdings()
        if (one.deletes or one.clears or one.wipe) and one.title in counts
        # what stays as evidence is told below, and not twice
        if (n := one.n_touched(wiping) if one.takes else counts[one.title])
    ]
    texts = [
        Mentioned(one.title, n)
        for one in holdings.mentions()
        if one.wipe is None and one.model is not Document
        if (n := len(one.keys(person.organisation_id, person.last_name)))
    ]
    return Consequences(
        tuple(gone),
        _papers(person),
        signed_of(person).count(),
        evidence_until(person),
        tuple(texts),
        tuple(path.name.split(".")[0] for path in sorted((Path(settings.DATA) / COPIES).glob("*"))),
    )


def signed_of(person: Person) -> QuerySet[Consent]:
    """Return the consents that were signed: those ticked by mistake are no evidence."""
    return Consent.objects.filter(person=person, mistaken_on=None)


def evidence_until(person: Person) -> dt.date | None:
    """Return until when the consents are kept if the person is erased today; None where nothing was signed."""
    ends = [one.withdrawn_on or min(one.ends_on or today(), today()) for one in signed_of(person)]
    return max(ends) + dt.timedelta(days=EVIDENCE_DAYS) if ends else None


def _papers(person: Person) -> tuple[str, ...]:
    (mention,) = [one for one in holdings.mentions() if one.model is Document]
    keys = mention.keys(person.organisation_id, person.last_name)
    found = Document.objects.filter(pk__in=keys).order_by("dated_on", "pk")
    return tuple(f"{one.title} № {one.number}" for one in found)


def evidence_over(before: dt.datetime) -> QuerySet[Erasure]:
    """Return the erasures whose consents are kept long enough."""
    return Erasure.objects.filter(done_at__isnull=False, kept_until__lt=before)
