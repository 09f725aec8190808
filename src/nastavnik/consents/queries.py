"""Reads of the ledger: what holds, who signs, who is missing."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.consents.choices import (
    ASKED_BEFORE_DAYS,
    NEEDED_FOR_BASE,
    TAKE_BACK_HOURS,
    EventKind,
    Purpose,
    Signer,
    Way,
)
from nastavnik.consents.models import (
    BlankSheet,
    Consent,
    ConsentEvent,
    ConsentLink,
    ConsentQuerySet,
    ConsentText,
    Guardian,
    PrintPack,
)
from nastavnik.consents.texts import frame, purposes
from nastavnik.core.access import SignedIn
from nastavnik.core.dates import age_on, today
from nastavnik.core.hooks import consent_needs
from nastavnik.core.hooks.timeline import Subject, TimelineEvent
from nastavnik.core.links import digest_of
from nastavnik.organisations.models import Organisation
from nastavnik.people.choices import MAY_BE_MINORS
from nastavnik.people.models import Person
from nastavnik.people.queries import group_names

AGE_OF_OWN_SIGNATURE = 14
AGE_OF_MAJORITY = 18


def signer_for(person: Person, day: dt.date) -> Signer:
    """Return who signs for a person on a day: under 14 the representative, to 17 both, from 18 the person.

    A pupil or a volunteer without a birth date is treated as the youngest; a grown-up by role signs alone (method.md §9.2).
    """
    return signer_by(person.kind, person.birth_date, day)


def signer_by(kind: str, birth_date: dt.date | None, day: dt.date) -> Signer:
    """Return who signs on a day for somebody of a kind and a birth date, as `signer_for`."""
    if birth_date is None:
        return Signer.REPRESENTATIVE if kind in MAY_BE_MINORS else Signer.PERSON
    age = age_on(birth_date, day)
    if age >= AGE_OF_MAJORITY:
        return Signer.PERSON
    return Signer.BOTH if age >= AGE_OF_OWN_SIGNATURE else Signer.REPRESENTATIVE


def is_signed_by_right_person(consent: Consent, day: dt.date) -> bool:
    """Tell whether a paper (person fetched) still counts: on the 18th birthday an own consent is asked for."""
    return consent.signer == Signer.PERSON or signer_for(consent.person, day) != Signer.PERSON


def held_purposes(people: Iterable[int], day: dt.date) -> dict[int, frozenset[Purpose]]:
    """Return person key → purposes covered on a day; one query for all of them."""
    found: dict[int, set[Purpose]] = {}
    rows = Consent.objects.valid_on(day).filter(person_id__in=list(people)).order_by()
    # values: an object a paper and a person costs ten times as much, and every page about people asks this
    told = rows.values_list("person_id", "purpose", "signer", "person__kind", "person__birth_date")
    for key, purpose, signer, kind, birth_date in told:
        if signer == Signer.PERSON or signer_by(kind, birth_date, day) != Signer.PERSON:
            found.setdefault(key, set()).add(Purpose(purpose))
    return {key: frozenset(purposes) for key, purposes in found.items()}


def held_until(
    people: Iterable[int], needed: Iterable[Purpose], day: dt.date, last: dt.date
) -> dict[int, dt.date]:
    """Return person key → the last day on which all needed purposes are covered without a break; one query.

    Told only of people who hold all of them on `day` and no more on the day after `last`.
    """
    needed, after = frozenset(needed), last + dt.timedelta(days=1)
    rows = Consent.objects.filter(
        Q(withdrawn_on=None) | Q(withdrawn_on__gt=day),
        Q(ends_on=None) | Q(ends_on__gte=day),
        person_id__in=list(people),
        purpose__in=needed,
        signed_on__lte=after,
        mistaken_on=None,
    ).order_by("signed_on")
    told = rows.values_list(
        "person_id", "purpose", "signed_on", "ends_on", "withdrawn_on",
        "signer", "person__kind", "person__birth_date",
    )  # fmt: skip
    before = day - dt.timedelta(days=1)
    held: dict[int, dict[str, dt.date]] = {}
    for key, purpose, signed_on, ends_on, withdrawn_on, signer, kind, birth_date in told:
        ends = [after if ends_on is None else ends_on, after]
        if withdrawn_on is not None:
            ends.append(withdrawn_on - dt.timedelta(days=1))
        if signer != Signer.PERSON and signer_by(kind, birth_date, after) == Signer.PERSON:
            ends.append(_last_day_signed_for(kind, birth_date, day, after))
        of_person = held.setdefault(key, {})
        reach = of_person.get(purpose, before)
        if signed_on <= reach + dt.timedelta(days=1):
            of_person[purpose] = max(reach, min(ends))
    found = {}
    for key, of_person in held.items():
        until = min(of_person.get(purpose, before) for purpose in needed)
        if day <= until <= last:
            found[key] = until
    return found


def _last_day_signed_for(
    kind: str, birth_date: dt.date | None, day: dt.date, after: dt.date
) -> dt.date:
    """Return the last day of a span on which somebody else still signs for a person; the day before it if none."""
    days = (day + dt.timedelta(days=n) for n in range((after - day).days + 1))
    own = next(one for one in days if signer_by(kind, birth_date, one) == Signer.PERSON)
    return own - dt.timedelta(days=1)


def covered_on(
    person: Person, purpose: Purpose, day: dt.date, *, known_on: dt.date | None = None
) -> bool:
    """Tell by the events whether a person's paper covered a purpose on a day.

    Args:
        person: whose papers.
        purpose: what for.
        day: the day asked about.
        known_on: what the ledger knew at the end of this day; without it, all that is known by now. A paper ticked off late
            covers its days by what is known now, and did not by what was known then; with a mistake it is the other way round.
    """
    return purpose in told_purposes(person, day, known_on=known_on)


def told_purposes(
    person: Person, day: dt.date, *, known_on: dt.date | None = None
) -> frozenset[Purpose]:
    """Return what was covered on a day by the events, as `covered_on`; two queries."""
    papers = Consent.objects.filter(person=person).prefetch_related("events")
    return frozenset(
        Purpose(paper.purpose)
        for paper in papers
        if holds_by_events(paper.events.all(), day, known_on=known_on)
        and (
            paper.signer == Signer.PERSON
            or signer_by(person.kind, person.birth_date, day) != Signer.PERSON
        )
    )


def holds_by_events(
    events: Iterable[ConsentEvent], day: dt.date, *, known_on: dt.date | None = None
) -> bool:
    """Tell whether a paper held on a day by its events, by what was known on another; the age of the person apart."""
    last = {
        event.kind: event.effective_on
        for event in sorted(events, key=lambda one: one.pk)
        if known_on is None or known_since(event) <= known_on
    }
    if EventKind.GIVEN not in last or EventKind.MISTAKEN in last:
        return False
    ends = [last[kind] for kind in (EventKind.WITHDRAWN, EventKind.ENDED) if kind in last]
    return last[EventKind.GIVEN] <= day and all(day < end for end in ends)


def known_since(event: ConsentEvent) -> dt.date:
    """Return the day the ledger learned of an event; of what was there before events were kept, its own day."""
    return timezone.localdate(event.recorded_at) if event.recorded_at else event.effective_on


def guardians_who_sign(
    people: Iterable[int], day: dt.date
) -> dict[tuple[int, str], list[Guardian]]:
    """Return person key and purpose → the representatives who may sign on a day; one query."""
    found: dict[tuple[int, str], list[Guardian]] = {}
    for one in Guardian.objects.filter(person__in=list(people)).who_sign_on(day):
        for purpose in one.may_sign:
            found.setdefault((one.person_id, purpose), []).append(one)
    return found


def only_one(guardians: Iterable[Guardian | None]) -> Guardian | None:
    """Return the representative where there is just one; of several nobody knows who signed."""
    found = list(guardians)
    return found[0] if len(found) == 1 else None


def majority_on(born_on: dt.date) -> dt.date:
    """Return the eighteenth birthday; who was born on 29 February comes of age on 1 March where there is none."""
    try:
        return born_on.replace(year=born_on.year + AGE_OF_MAJORITY)
    except ValueError:
        return dt.date(born_on.year + AGE_OF_MAJORITY, 3, 1)


@dataclass(frozen=True, slots=True)
class ComingOfAge:
    """Somebody whose needed consents a representative has signed, and the eighteenth birthday, near or just past."""

    person: Person
    on: dt.date


def coming_of_age(user: SignedIn, day: dt.date) -> list[ComingOfAge]:
    """Return whose own consents are to be asked for: 18 within `ASKED_BEFORE_DAYS` or already, without an own paper; one query."""
    latest = day + dt.timedelta(days=ASKED_BEFORE_DAYS)
    papers = (
        Consent.objects.visible_to(user)
        .valid_on(day)
        .filter(
            person__in=consent_needs.people_needing_consent(user),
            person__birth_date__year__lte=latest.year - AGE_OF_MAJORITY,
            purpose__in=NEEDED_FOR_BASE,
        )
        .exclude(signer=Signer.PERSON)
        .select_related("person")
    )
    found = {}
    for paper in papers:
        assert paper.person.birth_date is not None  # noqa: S101 - filtered above
        on = majority_on(paper.person.birth_date)
        if on <= latest:
            found[paper.person_id] = ComingOfAge(paper.person, on)
    return sorted(found.values(), key=lambda one: (one.on, one.person.search_name))


def events_told_by(paper: Consent) -> Iterator[tuple[EventKind, dt.date]]:
    """Yield what has happened to a paper by its own words, each with the day from which it is so."""
    yield EventKind.GIVEN, paper.signed_on
    if paper.ends_on is not None:
        yield EventKind.ENDED, paper.ends_on + dt.timedelta(days=1)
    if paper.withdrawn_on is not None:
        yield EventKind.WITHDRAWN, paper.withdrawn_on
    if paper.mistaken_on is not None:
        yield EventKind.MISTAKEN, paper.mistaken_on


def events_of_whole(papers: Iterable[Consent]) -> Iterator[ConsentEvent]:
    """Yield the events, not written yet, of papers that came whole from elsewhere; when an end was learned of is not known."""
    for paper in papers:
        for kind, day in events_told_by(paper):
            yield ConsentEvent(
                organisation_id=paper.organisation_id,
                consent=paper,
                kind=kind,
                effective_on=day,
                recorded_at=paper.recorded_at if kind == EventKind.GIVEN else None,
            )


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event of a person's papers, in words."""

    at: dt.datetime | None
    day: dt.date
    purpose: str
    words: str
    who: str


def history_of(user: SignedIn, person: Person) -> list[HistoryLine]:
    """Return what happened to the papers of a person, as far as the user sees them, the latest first; one query."""
    events = (
        ConsentEvent.objects.visible_to(user)
        .filter(consent__person=person)
        .select_related("consent__guardian", "recorded_by")
    )
    return [
        HistoryLine(
            event.recorded_at,
            event.effective_on,
            str(event.consent.get_purpose_display()),
            _words(event),
            event.recorded_by.full_name if event.recorded_by else "",
        )
        for event in sorted(events, key=lambda one: (known_since(one), one.pk), reverse=True)
    ]


def _words(event: ConsentEvent) -> str:
    day = {"day": f"{event.effective_on:%d.%m.%Y}"}
    if event.kind == EventKind.GIVEN:
        consent = event.consent
        signer = str(consent.get_signer_display())
        who = {"who": f"{signer} ({consent.guardian.full_name})" if consent.guardian else signer}
        if consent.way == Way.LINK:
            return _("signed by a link on %(day)s: %(who)s") % (day | who)
        return _("signed on %(day)s: %(who)s") % (day | who)
    if event.kind == EventKind.WITHDRAWN:
        return _("withdrawn from %(day)s") % day
    if event.kind == EventKind.MISTAKEN:
        return _("called a mistake on %(day)s: there was no such paper") % day
    return _("does not hold from %(day)s: an own consent is asked for") % day


def missing_purposes(held: frozenset[Purpose], needed: Iterable[Purpose]) -> tuple[Purpose, ...]:
    """Return the needed purposes that are not covered, in the order asked."""
    return tuple(purpose for purpose in needed if purpose not in held)


def who_lacks(people: Iterable[Person], needed: Iterable[Purpose]) -> list[tuple[Person, Purpose]]:
    """Return the people who lack a purpose today, each with the first that is missing; one query."""
    people, needed = list(people), tuple(needed)
    held = held_purposes([person.pk for person in people], today())
    missing = [(one, missing_purposes(held.get(one.pk, frozenset()), needed)) for one in people]
    return [(person, purposes[0]) for person, purposes in missing if purposes]


def papers_there(people: Iterable[Person], purposes: Iterable[Purpose]) -> ConsentQuerySet:
    """Return the lines of some people and purposes that stand: neither withdrawn nor ticked by mistake."""
    return Consent.objects.filter(
        person__in=list(people), purpose__in=list(purposes), withdrawn_on=None, mistaken_on=None
    )


def n_fresh(people: list[Person], purposes: list[Purpose], day: dt.date) -> int:
    """Return how many lines of the ledger a tick would add."""
    papers = papers_there(people, purposes).exclude(ends_on__lt=day).select_related("person")
    live = {(one.person_id, one.purpose) for one in papers if is_signed_by_right_person(one, day)}
    return len(people) * len(purposes) - len(live)


@dataclass(frozen=True, slots=True)
class Batch:
    """Papers ticked off at one press."""

    first: int
    n: int
    at: dt.datetime


def why_it_stays(consent: Consent) -> str:
    """Return why a line of the ledger can be neither withdrawn nor called a mistake; nothing where it holds."""
    if consent.withdrawn_on is not None:
        return _("This consent has been withdrawn already.")
    if consent.mistaken_on is not None:
        return _("This line was ticked by mistake: there is nothing to withdraw.")
    return ""


def why_not_withdrawn(consent: Consent, day: dt.date) -> str:
    """Return why a line of the ledger cannot be withdrawn on a day; nothing where it can."""
    if _has_ended(consent, day):
        return _("This paper does not hold any more: there is nothing to withdraw.")
    return why_it_stays(consent)


def _has_ended(consent: Consent, day: dt.date) -> bool:
    """Tell whether the term of a paper is over on a day."""
    return consent.ends_on is not None and consent.ends_on < day


def why_over(consent: Consent, day: dt.date) -> str:
    """Return in words why a paper (person fetched) that nobody took back covers nothing on a day; nothing where it holds."""
    if consent.ends_on is not None and consent.ends_on < day:
        from_day = consent.ends_on + dt.timedelta(days=1)
        return _("does not hold from %(day)s") % {"day": f"{from_day:%d.%m.%Y}"}
    if not is_signed_by_right_person(consent, day):
        return _("does not hold: the person is 18 and signs alone")
    return ""


def batch_of(consent: Consent) -> ConsentQuerySet:
    """Return the lines ticked at the same press as one, as far as they stand."""
    if consent.recorded_at is None:
        return Consent.objects.filter(pk=consent.pk)
    return Consent.objects.filter(
        organisation=consent.organisation_id,
        recorded_at=consent.recorded_at,
        recorded_by=consent.recorded_by_id,
        withdrawn_on=None,
        mistaken_on=None,
    )


def last_batch(user: SignedIn, now: dt.datetime) -> Batch | None:
    """Return what a user has ticked off at the last press of this day, to be taken back; one query."""
    rows = (
        Consent.objects.visible_to(user)
        .filter(
            recorded_by=user.viewer.user_id,
            recorded_at__gt=now - dt.timedelta(hours=TAKE_BACK_HOURS),
            withdrawn_on=None,
            mistaken_on=None,
        )
        .order_by("-recorded_at", "pk")
        .values_list("pk", "recorded_at")
    )
    found = [(pk, at) for pk, at in rows if at is not None]
    if not found:
        return None
    newest = found[0][1]
    at_once = [pk for pk, at in found if at == newest]
    return Batch(at_once[0], len(at_once), newest)


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A person of the ledger: who signs today, what is covered, what is missing."""

    person: Person
    group: str
    signer: Signer
    held: frozenset[Purpose]
    missing: tuple[Purpose, ...]


def ledger_rows(people: Iterable[Person], needed: Iterable[Purpose]) -> list[LedgerRow]:
    """Return rows of the ledger in two queries whatever their number."""
    people, needed = list(people), tuple(needed)
    day = today()
    held = held_purposes([person.pk for person in people], day)
    groups = group_names(people)
    return [
        LedgerRow(
            person=person,
            group=groups.get(person.pk, ""),
            signer=signer_for(person, day),
            held=(own := held.get(person.pk, frozenset())),
            missing=missing_purposes(own, needed),
        )
        for person in people
    ]


def timeline_events(user: SignedIn, subject: Subject) -> Iterator[TimelineEvent]:
    """Yield the consents withdrawn by the people of a subject since it began."""
    withdrawn = Consent.objects.visible_to(user).filter(
        person_id__in=subject.people, withdrawn_on__gte=subject.from_day
    )
    for consent in withdrawn.select_related("person"):
        assert consent.withdrawn_on is not None  # noqa: S101 - filtered above
        yield TimelineEvent(
            consent.withdrawn_on,
            "risk",
            _("Consent withdrawn: %(person)s") % {"person": consent.person.short_name},
            str(consent.get_purpose_display()),
        )


# ---------------------------------------------------------------- texts and blanks


@dataclass(frozen=True, slots=True)
class CurrentText:
    """The text a purpose has now in a school; `is_kept` once there is a row of it."""

    purpose: Purpose
    version: str
    title: str
    body: str
    is_own: bool
    is_kept: bool


def current_texts(organisation: Organisation) -> dict[Purpose, CurrentText]:
    """Return purpose → text that is printed now: the school's own last one, else the shipped one; one query."""
    last: dict[str, ConsentText] = {
        row.purpose: row
        for row in ConsentText.objects.filter(organisation=organisation).order_by("pk")
    }
    shipped = str(frame()["version"])
    found = {}
    for purpose, record in purposes().items():
        row = last.get(purpose)
        if row is not None and (row.is_own or row.version == shipped):
            found[purpose] = CurrentText(
                purpose, row.version, row.title, row.body, row.is_own, is_kept=True
            )
        else:
            found[purpose] = CurrentText(
                purpose, shipped, record.title, record.body, is_own=False, is_kept=False
            )
    return found


def text_of(organisation: Organisation, purpose: str, version: str) -> ConsentText | None:
    """Return the words that were signed under a version; None where the blank was not printed here."""
    rows = ConsentText.objects.filter(organisation=organisation, purpose=purpose)
    return rows.filter(version=version).first()


def versions_printed(
    people: Iterable[Person], purposes_: Iterable[Purpose], day: dt.date
) -> dict[tuple[int, str], str]:
    """Return person key and purpose → version of the last blank given out up to a day; one query."""
    sheets = BlankSheet.objects.filter(
        person__in=list(people), purpose__in=list(purposes_), pack__printed_on__lte=day
    ).order_by("pack_id")
    return {
        (person, purpose): version
        for person, purpose, version in sheets.values_list("person_id", "purpose", "text_version")
    }


def asked_for(
    people: Iterable[Person], purposes_: Iterable[Purpose], *, only_missing: bool
) -> list[tuple[Person, tuple[Purpose, ...]]]:
    """Return for whom which blanks are to be printed, people by class and name; who lacks nothing is left out."""
    people, wanted = list(people), tuple(purposes_)
    groups = group_names(people)
    held = held_purposes([person.pk for person in people], today()) if only_missing else {}
    people.sort(key=lambda one: (class_key(groups.get(one.pk, "")), one.search_name, one.pk))
    rows = [(one, missing_purposes(held.get(one.pk, frozenset()), wanted)) for one in people]
    return [(person, lacked) for person, lacked in rows if lacked]


def class_key(name: str) -> tuple[bool, int, str]:
    """Return the key that puts 9А before 10А and those without a class last."""
    digits = "".join(takewhile(str.isdigit, name))
    return not name, int(digits or 0), name


def printed_guardians(
    sheets: Sequence[BlankSheet],
) -> list[tuple[BlankSheet, Guardian | None]]:
    """Return each blank (pack fetched) with the representative whose name stands on it; a query for each day of printing."""
    people = {one.person_id for one in sheets}
    on_day = {
        day: guardians_who_sign(people, day) for day in {one.pack.printed_on for one in sheets}
    }
    return [
        (one, only_one(on_day[one.pack.printed_on].get((one.person_id, one.purpose), ())))
        for one in sheets
    ]


@dataclass(frozen=True, slots=True)
class GivenOut:
    """A blank of a pack: whether the paper is in the ledger by now."""

    sheet: BlankSheet
    guardian: Guardian | None
    group: str
    is_back: bool


def sheets_of(user: SignedIn, pack: PrintPack) -> list[GivenOut]:
    """Return the blanks of a pack the user sees, in their order, each with whether its consent is there.

    Who is in no base the user sees is left out: a curator of some forms reads nobody of the others.
    """
    seen = consent_needs.people_needing_consent(user)
    rows = BlankSheet.objects.visible_to(user).filter(pack=pack, person__in=seen)
    sheets = list(rows.select_related("person", "pack"))
    people = {sheet.person_id: sheet.person for sheet in sheets}
    held, groups = held_purposes(people, today()), group_names(people.values())
    return [
        GivenOut(
            sheet,
            guardian,
            groups.get(sheet.person_id, ""),
            sheet.purpose in held.get(sheet.person_id, frozenset()),
        )
        for sheet, guardian in printed_guardians(sheets)
    ]


def packs_of(user: SignedIn) -> QuerySet[PrintPack]:
    """Return the packs with a blank of somebody the user sees, the latest first, each with the number of its blanks (`n`)."""
    seen = BlankSheet.objects.visible_to(user).filter(
        person__in=consent_needs.people_needing_consent(user)
    )
    packs = PrintPack.objects.visible_to(user).filter(pk__in=seen.values("pack"))
    return packs.annotate(n=Count("sheets", filter=Q(sheets__in=seen.values("pk"))))


@dataclass(frozen=True, slots=True)
class MissingClass:
    """Who of a class lacks a purpose."""

    group: str
    names: tuple[str, ...]


def missing_by_class(rows: Iterable[LedgerRow], purpose: Purpose) -> list[MissingClass]:
    """Return by class who has no live consent to a purpose, in the order of classes."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if purpose not in row.held:
            found.setdefault(row.group, []).append(row.person.full_name)
    return [MissingClass(group, tuple(found[group])) for group in sorted(found, key=class_key)]


# ---------------------------------------------------------------- links


def link_by(token: str) -> ConsentLink | None:
    """Return the link that may be signed by today; None for a wrong, used, closed or old one alike."""
    row = (
        ConsentLink.objects.filter(
            token_sha256=digest_of(token), closed_at=None, expires_on__gte=today()
        )
        .select_related("person", "organisation", "guardian")
        .first()
    )
    return row if row is not None and signs_now(row) else None


def signs_now(link: ConsentLink) -> bool:
    """Tell whether who was to sign by a link still is and something is left to ask.

    Of age by now means alone, an ended right means nobody.
    """
    day = today()
    if link.person.left_on is not None or not asked_by(link):
        return False
    alone = signer_for(link.person, day) == Signer.PERSON
    if link.guardian is None:
        return alone
    may_still = link.guardian.ended_on is None or link.guardian.ended_on > day
    return not alone and may_still and set(link.versions) <= set(link.guardian.may_sign)


def asked_by(link: ConsentLink) -> dict[str, str]:
    """Return purpose → version of the text that a link still asks for: what a paper has covered meanwhile is left out."""
    held = held_purposes([link.person_id], today()).get(link.person_id, frozenset())
    return {one: version for one, version in link.versions.items() if one not in held}


def still_asking(links: Iterable[ConsentLink]) -> list[ConsentLink]:
    """Leave the links that have something to ask; one query."""
    links = list(links)
    held = held_purposes([one.person_id for one in links], today())
    return [one for one in links if set(one.versions) - held.get(one.person_id, frozenset())]


LINE_TO_WRITE_ON = "____"


def needs_a_pen(text: CurrentText) -> bool:
    """Tell whether a consent can be given on paper only: the law says so, or its text has lines to write on."""
    return purposes()[text.purpose].is_paper_only or LINE_TO_WRITE_ON in text.body


@dataclass(frozen=True, slots=True)
class ByLink:
    """Who may get a link: the person, the representative who signs, what is asked."""

    person: Person
    guardian: Guardian | None
    purposes: tuple[Purpose, ...]


def links_to_make(
    asked: Iterable[tuple[Person, Sequence[Purpose]]],
) -> tuple[list[ByLink], list[Person]]:
    """Return who may sign by a link, and who may not: somebody under 18 without just one representative for all that is asked."""
    asked, day = list(asked), today()
    may = guardians_who_sign([person.pk for person, _purposes in asked], day)
    ready, rest = [], []
    for person, wanted in asked:
        here = tuple(one for one in wanted if not purposes()[one].is_paper_only)
        if not here:
            continue
        if signer_for(person, day) == Signer.PERSON:
            ready.append(ByLink(person, None, here))
            continue
        whose = {only_one(may.get((person.pk, one.value), ())) for one in here}
        one = only_one(whose)
        if one is None:
            rest.append(person)
        else:
            ready.append(ByLink(person, one, here))
    return ready, rest
