"""Whose papers are asked for: an app above says which people stand in a base.

The ledger of consents lies below the bases and may not import them; the app of the bases registers a provider, and
parts: a line of Сегодня that counts some of these people opens the ledger at just them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django_stubs_ext import StrOrPromise

from nastavnik.core.access import SignedIn

Provider = Callable[[SignedIn], Iterable[int]]
_providers: dict[str, Provider] = {}


@dataclass(frozen=True, slots=True)
class LedgerPart:
    """Some of these people: how the ledger calls them, who they are."""

    label: StrOrPromise
    people: Provider


_parts: dict[str, LedgerPart] = {}


def register(name: str, provider: Provider) -> None:
    """Add a provider of person keys under a name; registering the name again replaces it."""
    _providers[name] = provider


def register_part(code: str, part: LedgerPart) -> None:
    """Add a part under a code, a word of its address; registering the code again replaces it."""
    _parts[code] = part


def parts() -> Mapping[str, LedgerPart]:
    """Return code → part."""
    return _parts


def people_needing_consent(user: SignedIn) -> set[int]:
    """Return the keys of all people that some part of the programme concerns."""
    return {key for provider in _providers.values() for key in provider(user)}
