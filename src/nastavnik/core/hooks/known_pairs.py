"""Who is in a pair with whom, for apps below the pairs that hold a paper against them."""

from collections.abc import Callable

from nastavnik.core.access import SignedIn

# user → full names of mentor and mentee of each pair that goes on and that the user sees
Provider = Callable[[SignedIn], list[tuple[str, str]]]
_providers: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Add a provider under a name; registering the name again replaces it."""
    _providers[name] = provider


def pairs_seen_by(user: SignedIn) -> list[tuple[str, str]]:
    """Return the pairs that go on and that a user sees, as full names of mentor and mentee."""
    return [pair for provider in _providers.values() for pair in provider(user)]
