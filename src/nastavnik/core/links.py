"""Secrets in addresses: 130 bits in signs nobody misreads, kept as a digest alone."""

import hashlib
import secrets

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TOKEN_LENGTH = 26  # signs of five bits: 130 bits
BITS = TOKEN_LENGTH * 5
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def fresh_token() -> str:
    """Return the signs of a fresh link, to be seen once."""
    return written(secrets.randbits(BITS))


SHORT_LENGTH = 6  # signs typed from a slip: of use only beside the signs of a link, and slowed down


def short_code() -> str:
    """Return a code to be typed from a slip, 30 bits."""
    return "".join(secrets.choice(_CROCKFORD) for _ in range(SHORT_LENGTH))


def digest_of(token: str) -> str:
    """Return what is kept of a link: the SHA-256 of its signs, as a person may have typed them."""
    return hashlib.sha256(token.upper().translate(_MISREAD).encode()).hexdigest()


def written(number: int) -> str:
    """Return a number of 130 bits as the signs of a link, without those that are misread."""
    return "".join(_CROCKFORD[number >> 5 * place & 31] for place in reversed(range(TOKEN_LENGTH)))
