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
    findings: Sentences = _nothing
    waits_for: Sentences = _nothing
    stays: Sentences = _nothing
    follows: Sentences = _nothing
    follows_back: Sentences = _nothing
    on_registered: Act = _nothing_done
    on_taken_back: Act = _nothing_done
    registered: Promise = field(default_factory=lambda: _("The paper is registered."))
    parting: Parting | None = None


_kinds: dict[str, PaperKind] = {}


def register(kind: PaperKind) -> None:
    """Add a kind; registering its code again replaces it."""
    _kinds[kind.code] = kind


def kind_of(document: Document) -> PaperKind:
    """Return the kind of a paper; where no app makes such papers any more, one that leaves it as it is."""
    return _kinds.get(document.kind) or PaperKind(
        code=document.kind, title=document.kind, compose=lambda _document: None
    )


def kinds() -> list[PaperKind]:
    """Return all kinds, in the order they were registered."""
    return list(_kinds.values())


def title_of(code: str) -> str:
    """Return what the register calls papers of a kind; the bare code where no app makes them any more."""
    return str(_kinds[code].title) if code in _kinds else code
