"""Направления: what a curator's role may be narrowed to; the app of the forms registers a provider."""

from collections.abc import Callable, Iterable

from nastavnik.core.access import SignedIn

Provider = Callable[[SignedIn], Iterable[tuple[str, str]]]
_providers: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Add a provider of (code, title) under a name; registering the name again replaces it."""
    _providers[name] = provider


def role_scopes_of(user: SignedIn) -> list[tuple[str, str]]:
    """Return what the roles of the user's organisation can be narrowed to."""
    return [choice for provider in _providers.values() for choice in provider(user)]
