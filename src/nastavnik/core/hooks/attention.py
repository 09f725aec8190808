"""What needs a person now: each app registers a provider of its own items; pages only ask the registry."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum

from nastavnik.core.access import SignedIn


class Urgency(IntEnum):
    """How soon somebody should look: the list goes by it."""

    NOW = 0
    """Somebody asks a grown-up for help."""
    TODAY = 3
    """A pair stands still, something rests on no consent, or a person waits for just one word."""
    WEEK = 10
    """Somebody waits, a paper waits for a signature, a term is over: others cannot go on."""
    NEXT = 20
    """The next step of the programme; nobody waits for it."""
    LATER = 30
    """It may go on, has a term ahead, or only is not said yet."""


@dataclass(frozen=True, slots=True)
class AttentionItem:
    """One thing to do.

    Attributes:
        urgency: how soon; the list is sorted by it.
        state: a key of the states in `components/state.html`: done, go, wait, risk, sos, next.
        state_words: the state in words.
        title: what it is about.
        why: the reason in one sentence.
        action: the words on the button.
        url: where it leads.
        other: words and address of another way to do it.
        tokens: initials of the mentor and the mentees it is about, if it is about one pair.
        place: the smaller, the further up among items equally urgent; those of one place go by title.
        covers: addresses this item leads through by itself: what else leads there is not told beside it.
    """

    urgency: Urgency
    state: str
    state_words: str
    title: str
    why: str
    action: str
    url: str
    tokens: tuple[str, ...] = ()
    other: tuple[str, str] | None = None
    place: int = 0
    covers: tuple[str, ...] = ()


Provider = Callable[[SignedIn], Iterable[AttentionItem]]
_providers: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Add a provider under a name; registering the name again replaces it."""
    _providers[name] = provider


# as many as a person looks through
AT_MOST = 10


def items_for(user: SignedIn, *, at_most: int | None = AT_MOST) -> list[AttentionItem]:
    """Return what needs this user, the most urgent first; without `at_most` all of it."""
    found = [item for provider in _providers.values() for item in provider(user)]
    covered = {url for item in found for url in item.covers}
    found = [item for item in found if item.url.partition("?")[0] not in covered]
    return sorted(found, key=lambda item: (item.urgency, item.place, item.title))[:at_most]
