"""Reads of the journal: which lines a person sees, about whom they are, and what they say in words."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.cabinet.catalogues import (
    act_in_words,
    field_in_words,
    list_in_words,
    look_in_words,
    page_in_words,
    purpose_in_words,
    thing_in_words,
    trail_words,
)
from nastavnik.consents.models import Consent
from nastavnik.core import taking_out
from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.http import key_of
from nastavnik.core.models import AuditEntry, Look, LookKind
from nastavnik.core.text import fold
from nastavnik.core.ui.components import address_of
from nastavnik.documents.models import Document
from nastavnik.mentorships.models import Mentorship
from nastavnik.people.choices import ROLE_CHOICES
from nastavnik.people.models import Enrolment, Membership, Person, SecondStep, User
from nastavnik.programmes.models import Participation
from nastavnik.roadmaps.models import Activity, Roadmap

EXPORTS = "exports"
TAKEN_OUT = ("list-exported", "package-exported", "dossier-given")
#: What a history may be asked of, and the models whose rows belong to it as if they were a part.
OF: dict[str, tuple[type[models.Model], ...]] = {
    "people.person": (Participation,),
    "mentorships.mentorship": (),
    "documents.document": (),
}


def trail(
    user: SignedIn,
    *,
    of: str = "",
    kind: str = "",
    actor: str = "",
    q: str = "",
    day: dt.date | None = None,
) -> QuerySet[AuditEntry]:
    """Return the lines a person may see, the newest first.

    Args:
        user: who looks.
        of: the thing whose history is asked, as `label:key`.
        kind: of things, by the names of `data/trail.yaml`.
        actor: key of the account that acted.
        q: a part of the name of somebody it is about.
        day: the day, in the zone of the organisation.
    """
    rows = AuditEntry.objects.visible_to(user).order_by("-pk")
    if of:
        label, _colon, key = of.partition(":")
        rows = rows.filter(_about(apps.get_model(label), [int(key)]))
    if q:
        people = Person.objects.visible_to(user).filter(search_name__contains=fold(q))
        rows = rows.filter(_about(Person, people.values("pk")))
    if kind == EXPORTS:
        rows = rows.filter(action__in=TAKEN_OUT)
    elif kind:
        rows = rows.filter(subject__in=trail_words()["kinds"][kind]).exclude(action__in=TAKEN_OUT)
    if actor:
        rows = rows.filter(actor_id=int(actor))
    return rows.filter(at__date=day) if day else rows


def thing_of(user: SignedIn, of: str) -> str | None:
    """Return the name of the thing whose history is asked; None where there is none or it is not to be seen."""
    label, _colon, given = of.partition(":")
    key = key_of(given)
    if label not in OF or not key or not user.viewer.answers_for(Perm.TRAIL_VIEW):
        return None
    return _names(user, label, {key}).get(key, ("", ""))[0] or None


def lines_about(person_id: int) -> Q:
    """Return the condition that a line is about a person or what belongs to the person."""
    return _about(Person, [person_id])


def _about(model: type[models.Model], keys: Any) -> Q:  # noqa: ANN401 - keys, or a query of them
    """Return the condition that a line is about rows of a model, or about what belongs to them."""
    label = model._meta.label_lower
    found = Q(subject=label, subject_id__in=keys)
    for relation in model._meta.related_objects:
        other = relation.related_model
        if not str(other.__module__).startswith("nastavnik."):
            continue
        inner = other._base_manager.filter(**{f"{relation.field.name}__in": keys}).values("pk")  # noqa: SLF001 - every row, whoever may see it
        if other in OF.get(label, ()):
            found |= _about(other, inner)
        else:
            found |= Q(subject=other._meta.label_lower, subject_id__in=inner)
    return found


@dataclass(frozen=True, slots=True)
class TrailLine:
    """A line of the journal in words; of values nothing is known.

    Attributes:
        at: the moment.
        who: the name of who acted.
        act: what was done.
        thing: what it was done to.
        url: its page, empty for none.
        fields: how people call the fields touched.
    """

    at: dt.datetime
    who: str
    act: str
    thing: str
    url: str
    fields: str


def told(user: SignedIn, rows: Iterable[AuditEntry]) -> list[TrailLine]:
    """Return lines in words; as many queries whatever the number of lines."""
    rows = list(rows)
    keys: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        if row.subject_id is not None:
            keys[row.subject].add(row.subject_id)
    # asked of each sort, also of those that are not here: a longer page asks no more than a short one
    names = {label: _names(user, label, keys[label] or {0}) for label in _NAMED}
    actors = User.objects.in_bulk({row.actor_id for row in rows if row.actor_id})
    return [_told(row, names.get(row.subject, {}), actors) for row in rows]


def _told(row: AuditEntry, names: dict[int, tuple[str, str]], actors: dict[int, User]) -> TrailLine:
    if row.actor_id is None:
        who = "сам сайт"
    else:
        actor = actors.get(row.actor_id)
        who = actor.full_name if actor else "учётной записи больше нет"
    fields = ", ".join(dict.fromkeys(field_in_words(row.subject, name) for name in row.fields))
    if row.n_rows is not None:
        return TrailLine(
            row.at,
            who,
            act_in_words(row.action),
            list_in_words(row.what),
            "",
            f"строк: {row.n_rows}",
        )
    name, url = names.get(row.subject_id or 0, ("", ""))
    thing = thing_in_words(row.subject)
    if row.purpose:
        fields = "; ".join(filter(None, (fields, purpose_in_words(row.purpose))))
    return TrailLine(
        row.at, who, act_in_words(row.action), f"{thing}: {name}" if name else thing, url, fields
    )


def _of_person(row: Any) -> str:  # noqa: ANN401 - of several models
    return str(row.person.full_name)


#: Label of a model → the rows with what their names need, the name, the page.
_NAMED: dict[str, tuple[type[models.Model], tuple[str, ...], Callable[[Any], str], str]] = {
    "people.person": (Person, (), lambda row: row.full_name, "people:card"),
    "people.enrolment": (Enrolment, ("person",), _of_person, ""),
    "people.membership": (Membership, ("user",), lambda row: row.user.full_name, ""),
    "people.secondstep": (SecondStep, ("user",), lambda row: row.user.full_name, ""),
    "consents.consent": (Consent, ("person",), _of_person, ""),
    "programmes.participation": (Participation, ("person",), _of_person, "programmes:record"),
    "mentorships.mentorship": (
        Mentorship,
        ("mentor__person",),
        lambda row: row.mentor.person.full_name,
        "mentorships:card",
    ),
    "documents.document": (Document, (), lambda row: row.title, "documents:card"),
    "roadmaps.roadmap": (Roadmap, (), lambda row: row.title, "roadmaps:show"),
    "roadmaps.activity": (Activity, (), lambda row: row.title, "roadmaps:activity"),
}


def _names(user: SignedIn, label: str, keys: set[int]) -> dict[int, tuple[str, str]]:
    """Return key → name and page of the things a person may see, in one query."""
    if label not in _NAMED:
        return {}
    model, joined, name, page = _NAMED[label]
    manager: Any = model._default_manager  # noqa: SLF001 - the one with `visible_to`
    rows = manager.visible_to(user).filter(pk__in=keys)
    rows = rows.select_related(*joined) if joined else rows
    return {row.pk: (name(row), address_of(page, row.pk) if page else "") for row in rows}


def who_acted(user: SignedIn) -> Sequence[tuple[str, str]]:
    """Return key and name of everybody who has done anything here."""
    keys = AuditEntry.objects.visible_to(user).exclude(actor_id=None).values("actor_id").distinct()
    rows = User.objects.filter(pk__in=keys.order_by()).order_by("full_name", "pk")
    return [(str(row.pk), row.full_name) for row in rows]


@dataclass(frozen=True, slots=True)
class SeenLine:
    """Who came to know of a person on a day: by role, not by name, for the paper goes to a parent.

    Attributes:
        on: the day.
        role: the roles of that day in words.
        how: looked, taken out, printed or changed.
        what: the page, or what was changed.
        n_times: sittings, files or changes.
        purpose: what a file or a print was said to be for, in words, empty for other lines.
        listed_purpose: the same without own words, for the paper that goes to a parent.
    """

    on: dt.date
    role: str
    how: str
    what: str
    n_times: int
    purpose: str = ""
    listed_purpose: str = ""


def seen(user: SignedIn, person: Person) -> list[SeenLine]:
    """Return who looked at a person's card, took it out or changed it, the last day first."""
    titles = {key: str(title) for key, title in ROLE_CHOICES}
    looks = (
        Look.objects.visible_to(user)
        .filter(person_id=person.pk, organisation_id=person.organisation_id)
        .values("on", "role", "kind", "page", "purpose")
        .annotate(n=models.Count("pk"))
        .order_by()
    )
    found = [
        SeenLine(
            row["on"],
            titles.get(row["role"], ""),
            look_in_words(row["kind"]),
            page_in_words(row["page"]),
            row["n"],
            *_for_what(row["kind"], row["purpose"]),
        )
        for row in looks
    ]
    found += _changes(user, person)
    return sorted(found, key=lambda line: (-line.on.toordinal(), line.role, line.how, line.what))


def _for_what(kind: str, purpose: str) -> tuple[str, str]:
    """Return what a list was taken out for, whole and without own words; where nobody said it, that."""
    if kind == LookKind.LOOKED:
        return "", ""
    if not purpose:
        return (words := _("not said")), words
    return taking_out.in_words(purpose), taking_out.in_listed_words(purpose)


def _changes(user: SignedIn, person: Person) -> list[SeenLine]:
    rows = AuditEntry.objects.visible_to(user).filter(_about(Person, [person.pk]))
    counted = Counter(
        (timezone.localtime(at).date(), actor, subject)
        for at, actor, subject in rows.order_by().values_list("at", "actor_id", "subject")
    )
    roles = _roles_of({actor for _on, actor, _subject in counted if actor}, person)
    summed: Counter[tuple[dt.date, str, str]] = Counter()
    for (on, actor, subject), number in counted.items():
        role = next((words for held, words in roles.get(actor, ()) if held(on)), "")
        summed[on, role if actor else "сам сайт", thing_in_words(subject)] += number
    return [
        SeenLine(on, role, look_in_words("changed"), what, n)
        for (on, role, what), n in summed.items()
    ]


def _roles_of(
    actors: set[int], person: Person
) -> dict[int | None, list[tuple[Callable[[dt.date], bool], str]]]:
    """Return account → its roles in the organisation of a person, each with the days it held."""
    titles = {key: str(title) for key, title in ROLE_CHOICES}
    roles: dict[int | None, list[tuple[Callable[[dt.date], bool], str]]] = defaultdict(list)
    held = Membership.objects.filter(user__in=actors, organisation=person.organisation_id)
    for one in held.order_by("pk"):

        def holds(day: dt.date, one: Membership = one) -> bool:
            return one.starts_on <= day and (one.ends_on is None or day <= one.ends_on)

        roles[one.user_id].append((holds, titles[one.role]))
    return roles
