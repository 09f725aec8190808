"""What needs a person now: each app registers a provider of its own items; pages only ask the registry."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from nastavnik.core.access import SignedIn


@dataclass(frozen=True, slots=True)
class AttentionItem:
    """One thing to do.

    Attributes:
        urgency: 0 (now) … 100 (some day); the list is sorted by it.
        state: a key of the states in `components/state.html`: done, go, wait, risk, sos, next.
        state_words: the state in words.
        title: what it is about.
        why: the reason in one sentence.
        action: the words on the button.
        url: where it leads.
        other: words and address of another way to do it.
        tokens: initials of the mentor and the mentees it is about, if it is about one pair.
    """

    urgency: int
    state: str
    state_words: str
    title: str
    why: str
    action: str
    url: str
    tokens: tuple[str, ...] = ()
    other: tuple[str, str] | None = None


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
    return sorted(found, key=lambda item: (item.urgency, item.title))[:at_most]
