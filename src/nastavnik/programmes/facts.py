"""What the programme and its bases tell of themselves."""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.consents.choices import NEEDED_FOR_BASE, Signer
from nastavnik.consents.models import Consent
from nastavnik.consents.queries import signer_by
from nastavnik.core.access import Perm
from nastavnik.core.dates import today
from nastavnik.core.hooks import facts as registry
from nastavnik.core.hooks.facts import Fact
from nastavnik.core.text import fold
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import Attendance, Participation, Programme

CODES = {Side.MENTEE: "mentee_base", Side.MENTOR: "mentor_base"}
PAGES = {Side.MENTEE: "programmes:mentees", Side.MENTOR: "programmes:mentors"}
# fact → stems an act of the organisation must name; with a number or a date, else it is only meant to be written
ACTS = {
    "regulation": ("положени", "наставнич"),
    "introduced_by": ("внедрени", "наставнич"),
    "curator_appointed": ("назначени", "куратор"),
}
NUMBERED = re.compile(r"№\s*\S*\d|\d{1,2}\.\d{1,2}\.\d{2,4}|20\d\d")
SHOWN = 90  # letters of an act


def register() -> None:
    """Register who tells what: each asks one question, and only when a line waits for its answer."""
    told = ("programme_open", "forms_chosen", *ACTS)
    asked = ("mentees_asked", "mentors_asked", "mentors_trained", "mentors_interviewed")
    agreed = ("adults_agreed", "minors_agreed", "mentors_agreed")
    registry.register("programmes", of_programmes, told)
    registry.register("bases", of_bases, (*CODES.values(), *asked, *agreed))
    registry.register("group_meetings", of_meetings, ("group_meeting", "choices_told"))


def of_programmes(
    organisation_ids: Collection[int], first: dt.date, last: dt.date
) -> Iterator[tuple[int, Fact]]:
    """Yield what the programmes of a time tell; of several of a school the first one."""
    rows = (
        Programme.objects.filter(
            organisation_id__in=organisation_ids, starts_on__lte=last, ends_on__gte=first
        )
        .order_by("organisation_id", "starts_on", "pk")
        .annotate(n_forms=Count("forms"))
    )
    for organisation_id, programme in {one.organisation_id: one for one in reversed(rows)}.items():
        for fact in _of_programme(programme):
            yield organisation_id, fact


def _counted(n: int, of: int) -> dict[str, int]:
    return {"n": n, "of": of}


# ---------------------------------------------------------------- the programme


def _of_programme(programme: Programme) -> Iterator[Fact]:
    url = reverse("programmes:overview")
    yield Fact(
        "programme_open", _("the programme is open"), programme.starts_on, url, Perm.PROGRAMME_VIEW
    )
    if n := programme.n_forms:  # type: ignore[attr-defined]
        words = ngettext("%(n)s form is chosen", "%(n)s forms are chosen", n) % {"n": n}
        yield Fact("forms_chosen", words, programme.starts_on, url, Perm.PROGRAMME_VIEW)
    for code, stems in ACTS.items():
        if act := _act(programme.acts, stems):
            yield Fact(code, act, None, url, Perm.PROGRAMME_VIEW)


def _act(acts: str, stems: Iterable[str]) -> str:
    """Return the first act that names all the stems and has a number or a date."""
    for line in acts.splitlines():
        if NUMBERED.search(line) and all(stem in fold(line) for stem in stems):
            return Truncator(line.strip(" ;.")).chars(SHOWN)
    return ""


# ---------------------------------------------------------------- the bases


# an object a person costs more than the question itself
_OF_RECORD = (
    "organisation_id", "programme_id", "person_id", "person__kind", "person__birth_date", "side", "status", "areas", "request",
    "trained_on", "interviewed_on", "starts_on",
)  # fmt: skip


class _Record(NamedTuple):
    """Somebody of a base; `agreed_on` is the day of the last paper when every one a base needs is signed."""

    person_id: int
    signer: Signer
    side: Side
    is_ready: bool
    is_described: bool
    trained_on: dt.date | None
    interviewed_on: dt.date | None
    starts_on: dt.date
    agreed_on: dt.date | None


def of_bases(
    organisation_ids: Collection[int], first: dt.date, last: dt.date
) -> Iterator[tuple[int, Fact]]:
    """Yield what the bases of a time tell; of several programmes of a school those of the first."""
    day = min(last, today())
    rows = (
        Participation.objects.filter(
            programme__organisation_id__in=organisation_ids,
            programme__starts_on__lte=last,
            programme__ends_on__gte=first,
        )
        .exclude(status=ParticipationStatus.LEFT)
        .order_by("organisation_id", "programme__starts_on", "programme_id", "pk")
        .values_list(*_OF_RECORD, named=True)
    )
    signed = _signed(organisation_ids, last)
    bases: dict[int, dict[int, list[_Record]]] = {}
    for row in rows:
        several = bases.setdefault(row.organisation_id, {})
        several.setdefault(row.programme_id, []).append(_record(row, day, signed))
    for organisation_id, several in bases.items():
        for fact in _of_people(next(iter(several.values()))):
            yield organisation_id, fact


# person → the papers a base needs that are signed: purpose, signer, day
_Signed = Mapping[int, Iterable[tuple[str, str, dt.date]]]


def _signed(organisation_ids: Collection[int], last: dt.date) -> _Signed:
    """Return the papers a base needs that were signed until a day; what was withdrawn until then counts not."""
    papers = Consent.objects.filter(
        Q(withdrawn_on=None) | Q(withdrawn_on__gt=last),
        organisation_id__in=organisation_ids,
        purpose__in=NEEDED_FOR_BASE,
        signed_on__lte=last,
    )
    found: dict[int, list[tuple[str, str, dt.date]]] = {}
    rows = papers.order_by().values_list("person_id", "purpose", "signer", "signed_on")
    for person_id, purpose, signer, signed_on in rows:
        found.setdefault(person_id, []).append((purpose, signer, signed_on))
    return found


def _record(row: Any, day: dt.date, signed: _Signed) -> _Record:  # noqa: ANN401 - a row of the fields above
    signer = signer_by(row.person__kind, row.person__birth_date, day)
    papers = signed.get(row.person_id, ())
    # who has come of age signs anew
    counted = {
        purpose for purpose, by, _on in papers if signer != Signer.PERSON or by == Signer.PERSON
    }
    has_all = len(counted) == len(NEEDED_FOR_BASE)
    return _Record(
        row.person_id,
        signer,
        Side(row.side),
        row.status != ParticipationStatus.CANDIDATE,
        bool(row.areas) or (row.side != Side.MENTOR and bool(row.request)),
        row.trained_on,
        row.interviewed_on,
        row.starts_on,
        max(on for _purpose, _by, on in papers) if has_all else None,
    )


def _of_people(records: Collection[_Record]) -> Iterator[Fact]:
    for side in Side:
        of_side = [one for one in records if one.side == side]
        if of_side:
            yield from _of_base(side, of_side)
    people = {one.person_id: one for one in records}
    mentors = {one.person_id for one in records if one.side == Side.MENTOR}
    consents = {
        "adults_agreed": (
            _("consents of grown-ups: %(n)s of %(of)s"),
            [one for one in people.values() if one.signer == Signer.PERSON],
        ),
        "minors_agreed": (
            _("consents of legal representatives: %(n)s of %(of)s"),
            [one for one in people.values() if one.signer != Signer.PERSON],
        ),
        "mentors_agreed": (
            _("consents of mentors: %(n)s of %(of)s"),
            [one for key, one in people.items() if key in mentors],
        ),
    }
    for code, (words, asked) in consents.items():
        if days := [one.agreed_on for one in asked if one.agreed_on]:
            counted = _counted(len(days), len(asked))
            url = reverse("consents:ledger")
            yield Fact(code, words % counted, max(days), url, Perm.CONSENT_VIEW, **counted)


def _of_base(side: Side, records: Collection[_Record]) -> Iterator[Fact]:
    url, of = reverse(PAGES[side]), len(records)
    n_ready = sum(one.is_ready for one in records)
    if n_ready:
        words = ngettext("%(n)s person in the base", "%(n)s people in the base", of) % {"n": of}
        if n_ready < of:
            words = _("in the base are ready: %(n)s of %(of)s") % _counted(n_ready, of)
        formed_on = max(one.starts_on for one in records)
        yield Fact(CODES[side], words, formed_on, url, Perm.BASE_VIEW, n_ready, of)
    if n := sum(one.is_described for one in records):
        code, words = (
            ("mentors_asked", _("mentors have said what they help with: %(n)s of %(of)s"))
            if side == Side.MENTOR
            else ("mentees_asked", _("requests are written: %(n)s of %(of)s"))
        )
        yield Fact(code, words % _counted(n, of), None, url, Perm.BASE_VIEW, n, of)
    trained = [one.trained_on for one in records if one.trained_on and one.trained_on <= today()]
    if side == Side.MENTOR and trained:
        words = _("mentors are trained: %(n)s of %(of)s") % _counted(len(trained), of)
        yield Fact("mentors_trained", words, max(trained), url, Perm.BASE_VIEW, len(trained), of)
    asked = [
        one.interviewed_on
        for one in records
        if one.interviewed_on and one.interviewed_on <= today()
    ]
    if side == Side.MENTOR and asked:
        words = _("mentors are interviewed: %(n)s of %(of)s") % _counted(len(asked), of)
        yield Fact("mentors_interviewed", words, max(asked), url, Perm.BASE_VIEW, len(asked), of)


# ---------------------------------------------------------------- group meetings


def of_meetings(
    organisation_ids: Collection[int], first: dt.date, last: dt.date
) -> Iterator[tuple[int, Fact]]:
    """Yield the last group meeting of a time to which people of both bases came, and who has chosen since."""
    rows = (
        Attendance.objects.filter(
            came=True,
            organisation_id__in=organisation_ids,
            meeting__held_on__range=(first, min(last, today())),
        )
        .order_by("meeting__held_on", "meeting")
        .values("organisation_id", "meeting", "meeting__held_on")
        .annotate(
            n_mentors=Count("pk", filter=Q(record__side=Side.MENTOR)),
            n_mentees=Count("pk", filter=Q(record__side=Side.MENTEE)),
            n_chose=Count("pk", filter=Q(answered_at__isnull=False)),
        )
    )
    # a meeting brings both bases together
    last_of = {row["organisation_id"]: row for row in rows if row["n_mentors"] and row["n_mentees"]}
    for organisation_id, row in last_of.items():
        for fact in _of_meeting(row):
            yield organisation_id, fact


def _of_meeting(row: Mapping[str, Any]) -> Iterator[Fact]:
    of, n, held_on = row["n_mentors"] + row["n_mentees"], row["n_chose"], row["meeting__held_on"]
    url = reverse("programmes:meeting", args=[row["meeting"]])
    words = ngettext(
        "group meeting on %(date)s, %(n)s person came",
        "group meeting on %(date)s, %(n)s people came",
        of,
    ) % {"n": of, "date": f"{held_on:%d.%m.%Y}"}
    yield Fact("group_meeting", words, held_on, url, Perm.MATCHING_VIEW)
    if n:
        words = _("of those who came have chosen: %(n)s of %(of)s") % _counted(n, of)
        yield Fact("choices_told", words, None, url, Perm.MATCHING_VIEW, n, of)
