"""Kinds of papers: each app registers those it makes, in its `AppConfig.ready`; nothing here asks for a kind by name.

A kind is a form (`data/<code>.yaml`, see `texts`) and what its app knows: the facts of a paper, what it lacks, what begins
when it is registered. See docs/architecture.md, «A new paper».
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from nastavnik.documents.models import Document
from nastavnik.documents.texts import Facts
from nastavnik.organisations.models import Organisation

# sentences of a paper, in the language of who looks
Sentences = Callable[[Document], list[str]]
Act = Callable[..., object]


@dataclass(frozen=True, slots=True)
class Composed:
    """What an app says in a draft.

    Attributes:
        facts: for the places of the form.
        asks: the questions to a person (`choices.Ask`) before it is signed.
        doubts: name forms to be checked, as `adapter.Words.doubts`.
        kept: plain values the kind wants to find again in `Document.content` (for its findings).
    """

    facts: Facts
    asks: Sequence[str] = ()
    doubts: Sequence[dict[str, str]] = ()
    kept: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parting:
    """How a draft gives a part of itself a paper of its own.

    Attributes:
        is_offered: of a draft.
        title, why, action: the words of the offer.
        done: what is said after it.
        part: moves the rows from `document` to `made` and draws both anew; refuses with `RefusedError`.
        join: moves them back `into` the one they came from.
    """

    is_offered: Callable[[Document], bool]
    title: Promise
    why: Promise
    action: Promise
    done: Promise
    part: Act
    join: Act


class PaperOf(StrEnum):
    """What a paper is of; what it can be asked for by (`Wanted`)."""

    ORGANISATION = "organisation"
    PROGRAMME = "programme"
    PAIR = "pair"
    MONTH = "month"
    PERSON = "person"
    EVENT = "event"


class PaperGroup(StrEnum):
    """Where a paper stands among those a press begins."""

    ORDERS = "orders"
    RULES = "rules"
    MINUTES = "minutes"
    TRAINING = "training"
    PARTNERS = "partners"
    REPORTS = "reports"
    TEXTS = "texts"


class Reply(StrEnum):
    """How a question of a paper is answered: a line, one item a line, a day, one of `choices`."""

    LINE = "line"
    LINES = "lines"
    DAY = "day"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class PaperQuestion:
    """What only a person can tell for a paper; kept in `Document.entered` under its name.

    Attributes:
        name: a place of the form; not one of `choices.Ask`, nor beginning with «word».
        label: the question.
        reply: how it is answered.
        hint: what stands under the field.
        choices: what may be chosen for a paper, as kept and as shown.
        is_needed: whether a draft without it is told to lack it; a line is printed then.
    """

    name: str
    label: StrOrPromise
    reply: Reply = Reply.LINE
    hint: StrOrPromise = ""
    choices: Callable[[Document], Sequence[tuple[str, str]]] | None = None
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """How a press begins a paper of an organisation (`documents:new`).

    Attributes:
        group: where it stands.
        needs: what it takes from where, and what is asked, in a sentence.
        lines: activities of the catalogue of roadmaps it belongs to, «A02».
        is_many: whether each press begins another one; else a draft there is is opened.
    """

    group: PaperGroup
    needs: StrOrPromise
    lines: tuple[str, ...] = ()
    is_many: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of what a paper is asked for on the command line; what is not said may be any.

    Attributes:
        pair: the key of a pair, as in the address of its page.
        person: the key of a person, as in the address of the card.
        month: «2026-11».
    """

    pair: int | None = None
    person: int | None = None
    month: str = ""

    @property
    def is_any(self) -> bool:
        """Tell whether nothing is said."""
        return self == Wanted()


# the papers of a kind there are or could be drawn: of the register, or not kept; nothing is written
Papers = Callable[[Organisation, Wanted], Iterable[Document]]


def _nothing(_document: Document) -> list[str]:
    return []


def _nothing_done(_document: Document, *, by: Any) -> None:  # noqa: ANN401, ARG001 - as those registered
    return


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperKind:
    """A kind of paper.

    Attributes:
        code: names the form `data/<code>.yaml` and `Document.kind`.
        title: what the register calls it.
        compose: the facts of a draft as they are now; None where its subject is gone, then the draft stays as it is.
        of: what it is of.
        papers: those of an organisation that can be drawn, the first one first; None for those in the register.
        questions: what only a person can tell.
        proves: facts of the roadmap a registered one tells, besides its own code.
        offer: how a press begins one; None where the pages of its subject do.
        findings: what only this kind knows to be missing in a draft.
        waits_for: why a draft may not be registered yet, other than that number and date are missing.
        stays: why a registration of today may not be taken back.
        follows: what begins when a draft is registered.
        follows_back: what is undone when a registration is taken back.
        on_registered, on_taken_back: `(document, *, by)`; the latter may refuse with `RefusedError`.
        registered: said when a paper has been registered.
        parting: where drafts of this kind can be parted.
    """

    code: str
    title: StrOrPromise
    compose: Callable[[Document], Composed | None]
    of: PaperOf = PaperOf.ORGANISATION
    papers: Papers | None = None
    questions: tuple[PaperQuestion, ...] = ()
    offer: Offer | None = None
    proves: tuple[str, ...] = ()
    findings: Sentences = _nothing
    waits_for: Sentences = _nothing
    stays: Sentences = _nothing
    follows: Sentences = _nothing
    follows_back: Sentences = _nothing
    on_registered: Act = _nothing_done
    on_taken_back: Act = _nothing_done
    registered: Promise = field(default_factory=lambda: _("The paper is registered."))
    parting: Parting | None = None


@dataclass(frozen=True, slots=True)
class DrawnSheet:
    """A sheet with a drawing of its own: what it is called, and its files."""

    title: str
    docx: Callable[[], bytes]
    pdf: Callable[[], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetKind:
    """A kind of sheets that stand in no register, as certificates and thanks do.

    Attributes:
        code: on the command line.
        title: what people call it.
        sheets: those of an organisation that can be drawn, the first one first; each is of a person.
    """

    code: str
    title: StrOrPromise
    sheets: Callable[[Organisation, Wanted], Iterable[DrawnSheet]]
    of: PaperOf = PaperOf.PERSON


_kinds: dict[str, PaperKind] = {}
_sheets: dict[str, SheetKind] = {}


def register_sheets(kind: SheetKind) -> None:
    """Add a kind of sheets; registering its code again replaces it."""
    _sheets[kind.code] = kind


def sheet_kinds() -> list[SheetKind]:
    """Return all kinds of sheets, in the order they were registered."""
    return list(_sheets.values())


def register(kind: PaperKind) -> None:
    """Add a kind; registering its code again replaces it."""
    _kinds[kind.code] = kind


def kind_of(document: Document) -> PaperKind:
    """Return the kind of a paper; where no app makes such papers any more, one that leaves it as it is."""
    return kind_named(document.kind)


def kind_named(code: str) -> PaperKind:
    """Return the kind of a code, as `kind_of`."""
    return _kinds.get(code) or PaperKind(code=code, title=code, compose=lambda _document: None)


def kinds() -> list[PaperKind]:
    """Return all kinds, in the order they were registered."""
    return list(_kinds.values())


def offered() -> list[PaperKind]:
    """Return the kinds a press begins, in the order of their groups."""
    groups = list(PaperGroup)
    found = [one for one in _kinds.values() if one.offer is not None]
    return sorted(found, key=lambda one: groups.index(one.offer.group))  # type: ignore[union-attr]


def offered_for(line: str) -> list[PaperKind]:
    """Return the kinds that belong to an activity of the catalogue of roadmaps."""
    return [one for one in offered() if one.offer is not None and line in one.offer.lines]


def title_of(code: str) -> str:
    """Return what the register calls papers of a kind; the bare code where no app makes them any more."""
    return str(_kinds[code].title) if code in _kinds else code
