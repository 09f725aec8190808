"""Reads of questionnaires: who is asked, who is missing, what may be answered now."""

import datetime as dt
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from nastavnik.blanks.choices import ScanState
from nastavnik.blanks.models import PrintRun, ScannedPage
from nastavnik.consents.choices import Purpose
from nastavnik.consents.queries import held_purposes, missing_purposes
from nastavnik.core import sealed
from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import today
from nastavnik.core.links import digest_of
from nastavnik.engine.instruments import Instrument, People
from nastavnik.people.models import Person
from nastavnik.people.queries import group_names
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import Attendance, MentoringForm, Participation, Programme
from nastavnik.questionnaires.choices import (
    CLOSES_AFTER,
    FEWEST,
    SHEETS,
    AnswerSource,
    InvitationState,
    Mode,
    VersionStatus,
    WaveStatus,
)
from nastavnik.questionnaires.models import (
    Draft,
    InstrumentVersion,
    Invitation,
    InvitationQuerySet,
    Response,
    Wave,
    WaveQuerySet,
)

#: What has to be signed before a person is asked anything: answers are personal data (method.md §9.1).
NEEDED_TO_ASK = (Purpose.DATA,)


def invitation_by(token: str) -> Invitation | None:
    """Return who is asked by a link that may be answered now, or its answers changed; None for any other one alike."""
    row = (
        Invitation.objects.filter(token_sha256=digest_of(token))
        .select_related("wave__version", "wave__organisation", "person")
        .first()
    )
    return row if row is not None and (may_answer(row) or may_change(row)) else None


def room_by(token: str) -> Wave | None:
    """Return the wave a computer room answers today by its address; None for any other address alike."""
    day = today()
    rows = Wave.objects.filter(room_sha256=digest_of(token), room_on=day)
    wave = rows.select_related("organisation").first()
    return wave if wave is not None and wave.takes_answers(day) else None


def seated_by(token: str, code: str) -> Invitation | None:
    """Return who answers in a room by the code of a slip; None for a wrong or used one alike."""
    row = (
        Invitation.objects.filter(
            room_code_sha256=digest_of(f"{token}{code}"), wave__room_sha256=digest_of(token)
        )
        .select_related("wave__version", "wave__organisation", "person")
        .first()
    )
    return row if row is not None and may_answer(row) else None


def at_work_in_room(wave: Wave) -> list[Invitation]:
    """Return who has a code of the room that is open today and has not answered."""
    if wave.room_on != today():
        return []
    rows = Invitation.objects.filter(wave=wave, room_code_sha256__isnull=False)
    return list(rows.exclude(state=InvitationState.ANSWERED).select_related("person"))


def seat_of(key: int) -> Invitation | None:
    """Return who has a code of a room, by the key a seat was signed with."""
    rows = Invitation.objects.filter(pk=key, room_code_sha256__isnull=False)
    return rows.select_related("wave__version", "wave__organisation", "person").first()


def may_answer(invitation: Invitation) -> bool:
    """Tell whether somebody may answer now: not yet answered, the wave takes answers, the consent holds today."""
    day = today()
    if invitation.state == InvitationState.ANSWERED or not invitation.wave.takes_answers(day):
        return False
    held = held_purposes([invitation.person_id], day).get(invitation.person_id, frozenset())
    return not missing_purposes(held, NEEDED_TO_ASK)


def may_change(invitation: Invitation) -> bool:
    """Tell whether somebody may change now what the own hand has sent by a link.

    Not in a confidential wave: nobody knows which answers are whose, nor may anybody.
    """
    day, wave = today(), invitation.wave
    if (
        invitation.state != InvitationState.ANSWERED
        or wave.is_confidential
        or not wave.takes_answers(day)
        or not Response.objects.filter(invitation=invitation, source__in=BY_LINK).exists()
    ):
        return False
    held = held_purposes([invitation.person_id], day).get(invitation.person_id, frozenset())
    return not missing_purposes(held, NEEDED_TO_ASK)


#: Answers from paper are somebody else's hand, those of an account were not given by this link.
BY_LINK = (AnswerSource.LINK,)


def why_not_taken_back(invitation: Invitation) -> str:
    """Return why what was entered from somebody's paper cannot be taken back, in words; empty when it can."""
    if invitation.wave.status != WaveStatus.OPEN:
        return _("The wave is closed: open it again, then take back what was entered.")
    if not Response.objects.filter(invitation=invitation, source=AnswerSource.PAPER).exists():
        return _("Only what was entered from paper is taken back, and here is no such answer.")
    return ""


def was_sent(token: str, submit_key: str) -> Invitation | None:
    """Return who has answered by a link from just this page; None for anything else."""
    if not submit_key:
        return None
    return (
        Invitation.objects.filter(
            token_sha256=digest_of(token), state=InvitationState.ANSWERED, submit_key=submit_key
        )
        .select_related("wave__organisation")
        .first()
    )


def seal_of(invitation: Invitation) -> str:
    """Return what a draft is sealed for."""
    return f"questionnaires.draft:{invitation.pk}"


def read_draft(invitation: Invitation) -> dict[str, object]:
    """Return what somebody has answered so far; nothing where nothing is, or where the key of the site has changed."""
    row = Draft.objects.filter(invitation=invitation).first()
    if row is None:
        return {}
    data = sealed.unseal(bytes(row.body), of=seal_of(invitation))
    found: dict[str, object] = json.loads(data) if data else {}
    return found


def answers_so_far(invitation: Invitation) -> dict[str, object]:
    """Return what somebody has sent by a link that may be changed, with what is begun over it, as a page sends it."""
    found: dict[str, object] = {}
    if may_change(invitation):
        row = Response.objects.get(invitation=invitation)
        stored = {**row.answers, **row.texts, **row.guarded}
        found = {
            code: [str(one) for one in said] if isinstance(said, list) else str(said)
            for code, said in stored.items()
        }
    return found | read_draft(invitation)


def overdue_waves(day: dt.date) -> WaveQuerySet:
    """Return the waves to close by themselves on a day: long past their last one, no answer of them can be lost by it.

    Sheets on paper may still come in or wait to be accepted; of a confidential wave of few the answers would be erased. What is
    begun and not sent goes with the close: its page says so.
    """
    waiting = ScannedPage.objects.filter(intake__kind=SHEETS).exclude(blank=None)
    printed = PrintRun.objects.filter(kind=SHEETS)
    return (
        Wave.objects.filter(
            status=WaveStatus.OPEN, closes_on__lt=day - dt.timedelta(days=CLOSES_AFTER)
        )
        .exclude(pk__in=waiting.values("intake__subject_id"))
        .exclude(mode=Mode.CONFIDENTIAL, pk__in=printed.values("subject_id"))
        .annotate(n_answers=Count("responses"))
        .exclude(mode=Mode.CONFIDENTIAL, n_answers__lt=FEWEST)
    )


def is_to_be_erased(wave: Wave) -> bool:
    """Tell whether a close erases the answers of a wave as it stands: a confidential one, fewer than five answers.

    Blank sheets are given back by people who count as having answered, and are no answers.
    """
    return wave.is_confidential and wave.responses.count() < FEWEST


def n_blank_ballots(wave: Wave) -> int:
    """Return how many gave back a blank sheet in a confidential wave; 0 where its answers are erased, for none is known."""
    n_answers = wave.responses.count()
    if not wave.is_confidential or (wave.status == WaveStatus.CLOSED and not n_answers):
        return 0
    n_answered = wave.invitations.filter(state=InvitationState.ANSWERED).count()
    return max(0, n_answered - n_answers)  # an invitation goes with its person, the answer stays


def waves_led(user: SignedIn, day: dt.date) -> list[Wave]:
    """Return the waves the user leads that are open on a day or of which sheets came back; one query.

    `n_missing` have not answered, of `n_sheets` sheets (None for none) pages wait to be accepted or put away.
    """
    pages = ScannedPage.objects.visible_to(user).filter(intake__kind=SHEETS, state=ScanState.READ)
    of_wave = pages.filter(intake__subject_id=OuterRef("pk")).order_by()
    n = of_wave.values("intake__subject_id").annotate(n=Count("blank", distinct=True)).values("n")
    silent = Count("invitations", filter=~Q(invitations__state=InvitationState.ANSWERED))
    is_open = Q(status=WaveStatus.OPEN, opens_on__lte=day)
    waves = Wave.objects.visible_to(user).within(user, Perm.WAVE_EDIT)
    return list(
        waves.filter(is_open | Q(pk__in=pages.values("intake__subject_id")))
        .annotate(n_missing=silent, n_sheets=Subquery(n))
        .order_by("closes_on", "pk")
    )


def closes_itself_on(wave: Wave) -> dt.date | None:
    """Return the day on which a wave closes by itself as it stands now; None for one that waits for a person."""
    day = wave.closes_on + dt.timedelta(days=CLOSES_AFTER + 1)
    return day if overdue_waves(day).filter(pk=wave.pk).exists() else None


def own_invitations(user: SignedIn) -> InvitationQuerySet:
    """Return what the user's own person is asked now and has not answered, the most urgent first."""
    return (
        Invitation.objects.own(user)
        .exclude(state=InvitationState.ANSWERED)
        .filter(wave__in=Wave.objects.answerable(today()).values("pk"))
        .select_related("wave__version", "wave__organisation", "person")
        .order_by("wave__closes_on", "pk")
    )


def waiting_of(wave: Wave) -> list[Invitation]:
    """Return who has not answered yet, by name."""
    rows = Invitation.objects.filter(wave=wave).exclude(state=InvitationState.ANSWERED)
    return list(rows.select_related("person"))


@dataclass(frozen=True, slots=True)
class PaperQueue:
    """Whose paper may be entered now, by class and name, and whose is entered.

    Attributes:
        groups: class → who has not answered and may; those without a class under "".
        unsigned: who has not answered and has no consent any more.
        entered: whose answers came from paper, the last one first.
    """

    groups: tuple[tuple[str, tuple[Invitation, ...]], ...]
    unsigned: tuple[Invitation, ...]
    entered: tuple[Invitation, ...]

    @property
    def rows(self) -> list[Invitation]:
        """All who are waited for, in their order."""
        return [row for _group, rows in self.groups for row in rows]

    def after(self, invitation: Invitation) -> Invitation | None:
        """Return who follows somebody, from the end on the first one; None when nobody else is left."""
        keys = [row.pk for row in self.rows]
        place = keys.index(invitation.pk) if invitation.pk in keys else -1
        others = [*self.rows[place + 1 :], *self.rows[: max(place, 0)]]
        return others[0] if others else None

    def group_of(self, invitation: Invitation) -> str:
        """Return the class of somebody who is waited for."""
        return next(
            (group for group, rows in self.groups if any(row.pk == invitation.pk for row in rows)),
            "",
        )


def paper_queue(wave: Wave) -> PaperQueue:
    """Return whose paper may be entered; four queries."""
    waiting = waiting_of(wave)
    held = held_purposes([row.person_id for row in waiting], today())
    groups = group_names([row.person for row in waiting])
    by_group: dict[str, list[Invitation]] = defaultdict(list)
    unsigned = []
    for row in waiting:
        if missing_purposes(held.get(row.person_id, frozenset()), NEEDED_TO_ASK):
            unsigned.append(row)
        else:
            by_group[groups.get(row.person_id, "")].append(row)
    entered = Invitation.objects.filter(wave=wave, response__source=AnswerSource.PAPER)
    return PaperQueue(
        groups=tuple(
            (group, tuple(by_group[group])) for group in sorted(by_group, key=_class_order)
        ),
        unsigned=tuple(unsigned),
        entered=tuple(entered.select_related("person").order_by("-response__submitted_at", "pk")),
    )


def signed_of(wave: Wave) -> list[Invitation]:
    """Return everybody asked in a wave whose consent holds today, answered or not, by class and name."""
    rows = list(Invitation.objects.filter(wave=wave).select_related("person"))
    held = held_purposes([row.person_id for row in rows], today())
    groups = group_names([row.person for row in rows])
    signed = [
        row
        for row in rows
        if not missing_purposes(held.get(row.person_id, frozenset()), NEEDED_TO_ASK)
    ]
    return sorted(signed, key=lambda row: _class_order(groups.get(row.person_id, "")))


def people_offered(
    invitation: Invitation, instrument: Instrument
) -> dict[str, list[tuple[str, str]]]:
    """Return whom the items of people of a questionnaire offer → key and name, by name, never oneself."""
    wanted = {item.of for item in instrument.asked if item.of}
    return {str(of): _offered(invitation, of) for of in wanted}


def people_of_wave(wave: Wave, instrument: Instrument) -> dict[str, list[tuple[str, str]]]:
    """Return whom the items of people offer on a sheet that names nobody: everybody, for nobody knows who «oneself» is."""
    return people_offered(Invitation(wave=wave, person_id=0), instrument)


def _offered(invitation: Invitation, of: People) -> list[tuple[str, str]]:
    records = Participation.objects.filter(programme=invitation.wave.programme_id).exclude(
        status=ParticipationStatus.LEFT
    )
    if of == People.PRESENT:
        came = Attendance.objects.filter(meeting__programme=invitation.wave.programme_id, came=True)
        sides = records.filter(person=invitation.person_id).values("side")
        records = records.filter(pk__in=came.values("record")).exclude(side__in=sides)
    else:
        records = records.filter(side=Side.MENTOR if of == People.MENTORS else Side.MENTEE)
    people = Person.objects.filter(pk__in=records.values("person")).exclude(pk=invitation.person_id)
    return [(str(one.pk), one.short_name) for one in people.present().order_by("search_name")]


def answers_to_show(wave: Wave, *, with_names: bool) -> tuple[list[Response], int]:
    """Return the answers that may be counted now, with who gave them where that is kept, and how many no consent covers any more.

    Of a confidential wave none before its close and none of fewer than five; of fewer than five too for who may not read names:
    a number of two people tells of each of them.
    """
    if wave.is_confidential and wave.status != WaveStatus.CLOSED:
        return [], 0
    found = list(
        Response.objects.filter(wave=wave).select_related("invitation__person").order_by("pk")
    )
    held = held_purposes([row.invitation.person_id for row in found if row.invitation], today())
    rows = [
        row
        for row in found
        if row.invitation is None
        or not missing_purposes(held.get(row.invitation.person_id, frozenset()), NEEDED_TO_ASK)
    ]
    needs_many = wave.is_confidential or not with_names
    shown = [] if needs_many and len(rows) < FEWEST else rows
    return shown, len(found) - len(rows)


def answers_by_wave(waves: Iterable[Wave]) -> dict[int, tuple[list[Response], int]]:
    """Return key of a wave → what `answers_to_show` gives to who reads no names, for many closed waves at once; two queries.

    A wave of fewer than five answers has none.
    """
    closed = [wave.pk for wave in waves if wave.status == WaveStatus.CLOSED]
    rows = list(
        Response.objects.filter(wave__in=closed).select_related("invitation").order_by("pk")
    )
    people = {row.invitation.person_id for row in rows if row.invitation}
    held = held_purposes(sorted(people), today())
    covered: dict[int, list[Response]] = {pk: [] for pk in closed}
    lost: Counter[int] = Counter()
    for row in rows:
        who = row.invitation.person_id if row.invitation else None
        if who and missing_purposes(held.get(who, frozenset()), NEEDED_TO_ASK):
            lost[row.wave_id] += 1
        else:
            covered[row.wave_id].append(row)
    return {pk: (found if len(found) >= FEWEST else [], lost[pk]) for pk, found in covered.items()}


def names_of(responses: Iterable[Response], codes: Iterable[str]) -> dict[str, str]:
    """Return key → name of the people named in answers to some items; one query where any is."""
    wanted = list(codes)
    keys: set[int] = set()
    for response in responses:
        for code in wanted:
            said = {**response.answers, **response.guarded}.get(code, [])
            keys.update(int(key) for key in said if str(key).isdecimal())
    if not keys:
        return {}
    return {str(one.pk): one.short_name for one in Person.objects.filter(pk__in=keys)}


@dataclass(frozen=True, slots=True)
class AudienceRule:
    """Whom a wave asks: a side of the bases or, empty, both; a form of mentoring or all."""

    side: str = ""
    form: MentoringForm | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a wave would ask: those who may be, and those whose papers are missing."""

    people: tuple[Person, ...]
    unsigned: tuple[tuple[Person, tuple[Purpose, ...]], ...]


def audience_of(programme: Programme, rule: AudienceRule) -> Audience:
    """Return the people of the bases of a programme that a rule names, by name, each once."""
    records = Participation.objects.filter(programme=programme).exclude(
        status=ParticipationStatus.LEFT
    )
    if rule.side:
        records = records.filter(side=rule.side)
    if rule.form:
        records = records.filter(forms=rule.form)
    people = list(
        Person.objects.filter(pk__in=records.values("person")).present().order_by("search_name")
    )
    held = held_purposes([one.pk for one in people], today())
    missing = {
        one.pk: missing_purposes(held.get(one.pk, frozenset()), NEEDED_TO_ASK) for one in people
    }
    return Audience(
        people=tuple(one for one in people if not missing[one.pk]),
        unsigned=tuple((one, missing[one.pk]) for one in people if missing[one.pk]),
    )


def audience_words(wave: Wave) -> str:
    """Return whom a wave asks, in words."""
    side = {
        Side.MENTEE.value: _("mentees"),
        Side.MENTOR.value: _("mentors"),
    }.get(wave.side, _("mentors and mentees"))
    return f"{side}, {wave.form.title}" if wave.form else side


def counted(waves: WaveQuerySet) -> QuerySet[Wave]:
    """Add to waves how many are asked and how many have answered."""
    return (
        waves.select_related("version", "form")
        .annotate(
            n_asked=Count("invitations"),
            n_answered=Count("invitations", filter=Q(invitations__state=InvitationState.ANSWERED)),
        )
        .order_by("-opens_on", "-pk")
    )


@dataclass(frozen=True, slots=True)
class Missing:
    """Of a class, or of those without one, who has not answered yet."""

    group: str
    rows: tuple[Invitation, ...]
    n_asked: int

    @property
    def names(self) -> str:
        """The names to be sent to somebody."""
        return ", ".join(row.person.short_name for row in self.rows)


@dataclass(frozen=True, slots=True)
class Turnout:
    """How a wave stands now."""

    n_asked: int
    n_answered: int
    n_started: int
    n_without_link: int
    missing: tuple[Missing, ...]
    late: tuple[Person, ...]
    unsigned: tuple[tuple[Person, tuple[Purpose, ...]], ...]

    @property
    def n_missing(self) -> int:
        """How many have not answered."""
        return self.n_asked - self.n_answered

    @property
    def percent(self) -> int:
        """The share who answered, rounded down: 100 only when all have."""
        return self.n_answered * 100 // self.n_asked if self.n_asked else 0


def turnout_of(wave: Wave) -> Turnout:
    """Return who has answered, who is missing by class, who could be asked besides; five queries."""
    rows = list(Invitation.objects.filter(wave=wave).select_related("person"))
    groups = group_names([row.person for row in rows])
    asked = {row.person_id for row in rows}
    whole = audience_of(wave.programme, AudienceRule(wave.side, wave.form))
    by_group: dict[str, list[Invitation]] = defaultdict(list)
    for row in rows:
        by_group[groups.get(row.person_id, "")].append(row)
    waiting = [row for row in rows if row.state != InvitationState.ANSWERED]
    return Turnout(
        n_asked=len(rows),
        n_answered=len(rows) - len(waiting),
        n_started=sum(row.state == InvitationState.STARTED for row in rows),
        n_without_link=sum(row.token_sha256 is None for row in waiting),
        missing=tuple(_missing(by_group)),
        late=tuple(one for one in whole.people if one.pk not in asked),
        unsigned=whole.unsigned,
    )


def _missing(by_group: Mapping[str, list[Invitation]]) -> Iterable[Missing]:
    for group, rows in sorted(by_group.items(), key=lambda pair: _class_order(pair[0])):
        left = tuple(row for row in rows if row.state != InvitationState.ANSWERED)
        if left:
            yield Missing(group, left, len(rows))


def _class_order(name: str) -> tuple[int, int, str]:
    """Return the order of classes: 5А before 10Б, those without one last."""
    figures = name[: len(name) - len(name.lstrip("0123456789"))]
    return (not name, int(figures or 0), name)


_OWN = "_own"
_LONGEST_CODE = 40
_OWN_TAIL = re.compile(rf"{_OWN}\d*$")


def own_code(code: str, number: int) -> str:
    """Return the code of a school's own questionnaire made from another one."""
    tail = _OWN if number == 1 else f"{_OWN}{number}"
    return _OWN_TAIL.sub("", code)[: _LONGEST_CODE - len(tail)] + tail


def predecessor_of(version: InstrumentVersion) -> InstrumentVersion | None:
    """Return what a version was made from: the own one before it, else the shipped one it is a copy of."""
    before = InstrumentVersion.objects.filter(
        organisation=version.organisation, code=version.code, number__lt=version.number
    ).exclude(status=VersionStatus.DRAFT)
    shipped = InstrumentVersion.objects.shipped().filter(code=_OWN_TAIL.sub("", version.code))
    return before.order_by("-number").first() or shipped.order_by("-number").first()
