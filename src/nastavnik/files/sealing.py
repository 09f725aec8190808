"""A backup under a passphrase, in the format of `age` (age-encryption.org/v1): any `age` opens it, without this program.

The passphrase becomes a key by scrypt; the file goes through ChaCha20-Poly1305 in pieces of 64 kB, each with its number,
the last one marked, so a piece that is changed, moved or missing is noticed. Why: docs/decisions/0030.
"""

import base64
import hashlib
import hmac
import io
import os
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext as _

from nastavnik.core.errors import RefusedError

MAGIC = b"age-encryption.org/v1"
LABEL = b"age-encryption.org/v1/scrypt"
WORK, MOST_WORK = (
    17,
    20,
)  # 2^17 rounds take 128 MB for half a second; more than 2^20 is somebody's mischief
PIECE, TAG = 64 * 1024, 16
LINE_MAX = 200
LAST, NOT_LAST = b"\1", b"\0"
LEAST_LETTERS = 12


def require_long(passphrase: str) -> None:
    """Refuse a passphrase that could be guessed from a stolen file.

    Raises:
        RefusedError: it is too short.
    """
    if len(passphrase) < LEAST_LETTERS:
        raise RefusedError(_("The passphrase of a copy has at least %(n)d characters: four or five words are good.") % {"n": LEAST_LETTERS})  # fmt: skip


def is_sealed(start: bytes) -> bool:
    """Tell whether a file begins as one under a passphrase."""
    return start.startswith(MAGIC)


def _text(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _data(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)


def _derived(key: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, purpose).derive(key)


def _wrapping(passphrase: str, salt: bytes, work: int) -> ChaCha20Poly1305:
    rounds, memory = 1 << work, (1 << work) * 1024 + 64 * 1024 * 1024
    return ChaCha20Poly1305(
        hashlib.scrypt(
            passphrase.encode(), salt=LABEL + salt, n=rounds, r=8, p=1, maxmem=memory, dklen=32
        )
    )


def _mac(key: bytes, head: bytes) -> bytes:
    return hmac.new(_derived(key, b"", b"header"), head, hashlib.sha256).digest()


class Sealing(io.RawIOBase):
    """Write through a passphrase into another stream; `close` writes the last piece and leaves that stream open."""

    def __init__(self, stream: IO[bytes], passphrase: str) -> None:
        super().__init__()
        salt, key, nonce = os.urandom(16), os.urandom(16), os.urandom(16)
        wrapped = _wrapping(passphrase, salt, WORK).encrypt(bytes(12), key, None)
        head = b"%s\n-> scrypt %s %d\n%s\n---" % (MAGIC, _text(salt), WORK, _text(wrapped))
        stream.write(head + b" " + _text(_mac(key, head)) + b"\n" + nonce)
        self._stream, self._cipher = stream, ChaCha20Poly1305(_derived(key, nonce, b"payload"))
        self._waiting, self._number = bytearray(), 0

    def writable(self) -> bool:
        """Tell that it is written to."""
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401 - any buffer, whose type has no name before 3.12
        """Take bytes; a piece is written when the next one has begun."""
        taken = bytes(data)
        self._waiting += taken
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), NOT_LAST)
            del self._waiting[:PIECE]
        return len(taken)

    def close(self) -> None:
        """Write the last piece."""
        if not self.closed:
            self._seal(bytes(self._waiting), LAST)
        super().close()

    def _seal(self, piece: bytes, mark: bytes) -> None:
        nonce = self._number.to_bytes(11, "big") + mark
        self._stream.write(self._cipher.encrypt(nonce, piece, None))
        self._number += 1


class Unsealing(io.RawIOBase):
    """Read what `Sealing` or `age` has written.

    Raises:
        RefusedError: at the beginning, the passphrase is another one.
        ValueError: the file is not whole, or not such a file.
    """

    def __init__(self, stream: IO[bytes], passphrase: str) -> None:
        super().__init__()
        key = _file_key(stream, passphrase)
        self._stream = stream
        self._cipher = ChaCha20Poly1305(_derived(key, stream.read(16), b"payload"))
        self._next, self._number = stream.read(PIECE + TAG), 0
        self._open, self._ended = b"", False

    def readable(self) -> bool:
        """Tell that it is read from."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - as above
        """Give the next bytes; none at the end."""
        view = memoryview(buffer).cast("B")
        while not self._open and not self._ended:
            self._unseal()
        given, self._open = self._open[: len(view)], self._open[len(view) :]
        view[: len(given)] = given
        return len(given)

    def _unseal(self) -> None:
        piece, self._next = self._next, self._stream.read(PIECE + TAG)
        self._ended = not self._next
        nonce = self._number.to_bytes(11, "big") + (LAST if self._ended else NOT_LAST)
        try:
            self._open = self._cipher.decrypt(nonce, piece, None)
        except InvalidTag as error:
            raise ValueError("a piece is changed or missing") from error
        self._number += 1


def _file_key(stream: IO[bytes], passphrase: str) -> bytes:
    lines = [stream.readline(LINE_MAX) for _n in range(4)]
    magic, stanza, body, last = lines
    arrow, kind, salt, work = stanza.split()
    head = magic + stanza + body + b"---"
    if magic != MAGIC + b"\n" or (arrow, kind) != (b"->", b"scrypt") or not last.startswith(b"---"):
        raise ValueError("not under a passphrase")
    if not 1 <= int(work) <= MOST_WORK:
        raise ValueError("too much work")
    try:
        key = _wrapping(passphrase, _data(salt), int(work)).decrypt(
            bytes(12), _data(body.strip()), None
        )
    except InvalidTag as error:
        raise RefusedError(_("The passphrase does not fit this copy. Look at the keyboard layout and Caps Lock; nothing has been changed.")) from error  # fmt: skip
    if not hmac.compare_digest(_data(last.split()[1]), _mac(key, head)):
        raise ValueError("the head is changed")
    return key
