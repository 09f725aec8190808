"""Reads of stage 1: the numbers of the process, open answers to be sorted, the four fields (method.md §5.1)."""

import datetime as dt
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import today
from nastavnik.core.text import fold
from nastavnik.engine.instruments import ItemClass, ItemKind
from nastavnik.mentorships.choices import Mark, MeetingStatus, MentorshipStatus
from nastavnik.mentorships.models import Contact, Meeting, Mentorship
from nastavnik.monitoring.catalogues import process_rules
from nastavnik.monitoring.choices import MOST_SWOT_WORDS, RHYTHM_DAYS
from nastavnik.monitoring.models import ProcessSnapshot, SwotNote
from nastavnik.programmes.models import Programme
from nastavnik.questionnaires.adapter import instrument_of
from nastavnik.questionnaires.choices import Mode, WaveStatus
from nastavnik.questionnaires.models import Wave
from nastavnik.questionnaires.queries import answers_to_show

OPEN_KINDS = (ItemKind.TEXT, ItemKind.STORY)
SHORTEST_WORD, STEM = 5, 5
AT_MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class ProcessCount:
    """A number of the process; `is_kept_back`: it is made of marks and this viewer reads none."""

    code: str
    words: str
    source: str
    n: int
    total: int
    is_kept_back: bool = False

    def as_data(self) -> dict[str, Any]:
        """Return it as a snapshot keeps it."""
        return {"code": self.code, "words": self.words, "source": self.source, "n": self.n, "total": self.total}  # fmt: skip


def process_numbers(programme: Programme) -> list[ProcessCount]:
    """Return the numbers of a programme as they are today."""
    return [
        ProcessCount(one.code, one.words, one.source, *_COUNTED[one.code](programme))
        for one in process_rules().numbers
    ]


def kept_back(
    user: SignedIn, programme: Programme, counts: Iterable[ProcessCount]
) -> list[ProcessCount]:
    """Hide from who does not read marks what counts them: that there is one mark more already tells of somebody."""
    reads = programme.organisation_id in user.viewer.organisations(Perm.MARK_VIEW)
    quiet = {one.code for one in process_rules().numbers if one.is_quiet}
    return [
        ProcessCount(one.code, one.words, one.source, 0, 0, is_kept_back=True)
        if not reads and one.code in quiet
        else one
        for one in counts
    ]


def frozen_numbers(snapshot: ProcessSnapshot) -> list[ProcessCount]:
    """Return the numbers of a snapshot, in the words of its day."""
    return [ProcessCount(**one) for one in snapshot.numbers]


def _meetings(programme: Programme) -> tuple[int, int]:
    rows = Meeting.objects.filter(
        mentorship__in=Mentorship.objects.filter(programme=programme).begun(),
        planned_on__lte=today(),
    )
    return rows.filter(status=MeetingStatus.HELD).count(), rows.count()


def _rhythm(programme: Programme) -> tuple[int, int]:
    day = today()
    met = Meeting.objects.filter(
        mentorship=OuterRef("pk"),
        status=MeetingStatus.HELD,
        held_on__gt=day - dt.timedelta(RHYTHM_DAYS),
        held_on__lte=day,
    )
    paused = Q(pause_from__lte=day, pause_until__gte=day)
    running = Mentorship.objects.filter(
        programme=programme, status=MentorshipStatus.ACTIVE
    ).exclude(paused)
    return running.filter(Exists(met)).count(), running.count()


def _words(programme: Programme) -> tuple[int, int]:
    held = Meeting.objects.filter(mentorship__programme=programme, status=MeetingStatus.HELD)
    return held.exclude(mentor_mark="", mentee_mark="").count(), held.count()


def _calls(programme: Programme) -> tuple[int, int]:
    asked = Q(mentor_mark=Mark.HELP) | Q(mentee_mark=Mark.HELP)
    calls = Meeting.objects.filter(asked, mentorship__programme=programme)
    return calls.filter(help_answered_on__isnull=False).count(), calls.count()


def _contacts(programme: Programme) -> tuple[int, int]:
    begun = Mentorship.objects.filter(programme=programme).begun()
    spoken = Contact.objects.filter(mentorship=OuterRef("pk"))
    return begun.filter(Exists(spoken)).count(), begun.count()


def _early(programme: Programme) -> tuple[int, int]:
    begun = Mentorship.objects.filter(programme=programme).begun()
    return begun.filter(status=MentorshipStatus.CANCELLED).count(), begun.count()


_COUNTED: dict[str, Callable[[Programme], tuple[int, int]]] = {
    "meetings": _meetings,
    "rhythm": _rhythm,
    "words": _words,
    "calls": _calls,
    "contacts": _contacts,
    "early": _early,
}


def snapshots_of(user: SignedIn, programme: Programme) -> list[ProcessSnapshot]:
    """Return the snapshots of a programme the user sees, the newest first."""
    return list(ProcessSnapshot.objects.visible_to(user).filter(programme=programme))


@dataclass(frozen=True, slots=True)
class ProcessLine:
    """A number over the days: today (None) and each snapshot, newest first; None for one that was not counted then."""

    words: str
    source: str
    counts: tuple[tuple[dt.date | None, ProcessCount | None], ...]


def process_lines(
    user: SignedIn, programme: Programme, snapshots: Iterable[ProcessSnapshot]
) -> list[ProcessLine]:
    """Return the numbers of today beside those of the snapshots.

    A number whose words have changed since is another number: it stands in a line of its own.
    """
    days: list[tuple[dt.date | None, list[ProcessCount]]] = [(None, process_numbers(programme))]
    days += [(one.taken_on, frozen_numbers(one)) for one in snapshots]
    told = [(day, kept_back(user, programme, counts)) for day, counts in days]
    lines = {(one.code, one.words): one.source for _day, counts in told for one in counts}
    return [
        ProcessLine(
            words,
            source,
            tuple(
                (day, next((one for one in counts if (one.code, one.words) == (code, words)), None))
                for day, counts in told
            ),
        )
        for (code, words), source in lines.items()
    ]


def has_begun(programme: Programme) -> bool:
    """Tell whether any pair has begun: before that there is nothing to look back on."""
    return Mentorship.objects.filter(programme=programme).begun().exists()


def is_snapshot_due(programme: Programme) -> bool:
    """Tell whether a snapshot is to be taken now and none has been since the span began."""
    since = process_rules().due_since(today())
    taken = ProcessSnapshot.objects.filter(programme=programme, taken_on__gte=since or today())
    return since is not None and not taken.exists()


# ---------------------------------------------------------------- open answers


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """An open answer that is not sorted yet: its words, how many said just them, and to which question of which wave."""

    wave: Wave
    item: str
    question: str
    words: str
    n_said: int

    @property
    def digest(self) -> str:
        """Return what names the answer on a page and in a note."""
        said = f"{self.wave.pk}\n{self.item}\n{self.words}"
        return hashlib.sha256(said.encode()).hexdigest()


def open_answers(user: SignedIn, programme: Programme) -> list[OpenAnswer]:
    """Return what people wrote in the closed confidential waves of a programme, those sorted already left out.

    Only waves whose answers the user may read, and of at least five answers; nothing a questionnaire marks as psychological.
    """
    waves = (
        Wave.objects.within(user, Perm.ANSWER_VIEW)
        .filter(programme=programme, mode=Mode.CONFIDENTIAL, status=WaveStatus.CLOSED)
        .select_related("version")
    )
    found = [answer for wave in waves for answer in _written(wave)]
    rows = SwotNote.objects.filter(programme=programme)
    known = set(rows.values_list("answer_sha256", flat=True))
    return [one for one in found if one.digest not in known]


def _written(wave: Wave) -> list[OpenAnswer]:
    responses, _lost = answers_to_show(wave, with_names=False)
    questions = {
        item.code: item.text
        for section in instrument_of(wave.version).sections
        for item in section.items
        if item.kind in OPEN_KINDS and item.privacy == ItemClass.PERSONAL
    }
    said: Counter[tuple[str, str]] = Counter(
        (code, str(words).strip()[:MOST_SWOT_WORDS])
        for response in responses
        for code, words in response.texts.items()
        if code in questions and str(words).strip()
    )
    # by the words and not by the order of the answers, which tells nothing so either
    return [
        OpenAnswer(wave, code, questions[code], words, n)
        for (code, words), n in sorted(said.items(), key=lambda one: (one[0][0], fold(one[0][1])))
    ]


def narrowed_answers(answers: Iterable[OpenAnswer], q: str) -> list[OpenAnswer]:
    """Return the answers that hold some words, whatever their case."""
    key = fold(q)
    return [one for one in answers if key in fold(one.words)]


@dataclass(frozen=True, slots=True)
class SharedWord:
    """The beginning of a word that several answers share, and in how many it stands: a help to look, no finding."""

    stem: str
    shown: str
    n: int


def shared_words(answers: Sequence[OpenAnswer]) -> list[SharedWord]:
    """Return the beginnings of long words that stand in at least two answers, the most frequent first."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    held: Counter[str] = Counter()
    for one in answers:
        words = {word for word in re.findall(r"\w+", fold(one.words)) if len(word) >= SHORTEST_WORD}
        for word in words:
            forms[word[:STEM]][word] += 1
        held.update({word[:STEM] for word in words})
    often = sorted(
        ((n, stem) for stem, n in held.items() if n > 1), key=lambda one: (-one[0], one[1])
    )
    return [
        SharedWord(stem, min(forms[stem], key=lambda word: (-forms[stem][word], word)), n)
        for n, stem in often[:AT_MOST_WORDS]
    ]


def notes_of(user: SignedIn, programme: Programme) -> list[SwotNote]:
    """Return what stands in the four fields of a programme, in the order it was put there."""
    rows = SwotNote.objects.visible_to(user).filter(programme=programme)
    return list(rows.select_related("wave").order_by("pk"))
