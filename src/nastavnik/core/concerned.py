"""Whose papers are asked for: an app above says which people stand in a base.

The ledger of consents lies below the bases and may not import them; the app of the bases registers a provider.
"""

from collections.abc import Callable, Iterable

from nastavnik.core.marks import SignedIn

Provider = Callable[[SignedIn], Iterable[int]]
_providers: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Add a provider of person keys under a name; registering the name again replaces it."""
    _providers[name] = provider


def people_of(user: SignedIn) -> set[int]:
    """Return the keys of all people that some part of the programme concerns."""
    return {key for provider in _providers.values() for key in provider(user)}
