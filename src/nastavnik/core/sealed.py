"""Bytes that lie in the database and are read by the running site alone: sealed with a key kept beside the data.

A copy of the database, a dump or a curious query shows nothing; whoever holds the key of the installation too could read.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE = 12  # bytes


def seal(data: bytes, *, of: str) -> bytes:
    """Return bytes sealed for one thing: laid under another one they do not open."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _key().encrypt(nonce, data, of.encode())


def unseal(sealed: bytes, *, of: str) -> bytes | None:
    """Return what was sealed; None where the key of the installation has changed or the bytes are others'."""
    try:
        return _key().decrypt(sealed[:_NONCE], sealed[_NONCE:], of.encode())
    except (InvalidTag, ValueError):
        return None


def _key() -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"nastavnik.sealed")
    return AESGCM(derived.derive(settings.SECRET_KEY.encode()))
