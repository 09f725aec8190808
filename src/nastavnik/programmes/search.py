"""Records of the bases found by a part of the name or by the person."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.hooks import search
from nastavnik.programmes.models import Participation


def find(user: SignedIn, words: tuple[str, ...]) -> Iterator[search.Hit]:
    """Yield records of both bases, the newest programme first; one query."""
    records = (
        Participation.objects.visible_to(user)
        .filter(search.containing("person__search_name", words))
        .select_related("person", "programme")
        .order_by("-programme__starts_on", "person__search_name", "pk")
    )
    may_edit = user.viewer.may(Perm.BASE_EDIT)
    for record in records[: search.AT_MOST + 1]:
        side = _("Mentor") if record.is_mentor else _("Mentee")
        yield search.Hit(
            kind="record",
            title=record.person.full_name,
            subtitle=f"{side}, {record.get_status_display()} · {record.programme.title}",
            url=_url(record, may_edit=may_edit),
        )


def of_person(user: SignedIn, person_id: int) -> Iterator[search.Hit]:
    """Yield the records of one person, the newest programme first; one query."""
    records = (
        Participation.objects.visible_to(user)
        .filter(person_id=person_id)
        .select_related("person", "programme")
        .order_by("-programme__starts_on", "-starts_on", "pk")
    )
    may_edit = user.viewer.may(Perm.BASE_EDIT)
    for record in records:
        yield search.Hit(
            kind="record",
            title=_("Mentor") if record.is_mentor else _("Mentee"),
            subtitle=f"{record.get_status_display()} · {record.programme.title}",
            url=_url(record, may_edit=may_edit),
        )


def _url(record: Participation, *, may_edit: bool) -> str:
    """Return where a record opens; who only reads is led to its line of the base."""
    if may_edit:
        return reverse("programmes:record", args=[record.pk])
    base = reverse("programmes:mentors" if record.is_mentor else "programmes:mentees")
    return f"{base}?{urlencode({'q': record.person.last_name})}"
