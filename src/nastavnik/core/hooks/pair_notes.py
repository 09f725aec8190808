"""What apps above the pairs say beside a pair: on its card, in the list, on the page of those who are in it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from nastavnik.core.access import SignedIn


@dataclass(frozen=True, slots=True)
class PairNote:
    """What is said beside one pair.

    Attributes:
        title: what it is: «Individual plan», of a group with the mentee's name.
        state: a key of the states in `components/state.html`.
        words: the state in words, as a row of a list holds them.
        url: the page that shows it, empty for none.
        more: a second, quiet sentence.
        topic: what the next meeting may be about, empty where nothing is known.
        start: the address a press goes to (POST) that begins it, and the words on the button; None where there is nothing
            to begin.
        key: what the press sends as `tie`.
        short: the state in the few words a row of a list has room for.
    """

    title: str
    state: str
    words: str
    url: str = ""
    more: str = ""
    topic: str = ""
    start: tuple[str, str] | None = None
    key: int = 0
    short: str = ""


# user, keys of pairs the user sees → pair → what is said of it
Provider = Callable[[SignedIn, Collection[int]], dict[int, list[PairNote]]]
_providers: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Add a provider under a name; registering the name again replaces it."""
    _providers[name] = provider


def notes_on(user: SignedIn, pairs: Collection[int]) -> dict[int, list[PairNote]]:
    """Return pair → what this user is told beside it; each provider is asked once for all of them."""
    found: dict[int, list[PairNote]] = {}
    for provider in _providers.values():
        for pair, notes in provider(user, pairs).items():
            found.setdefault(pair, []).extend(notes)
    return found
