"""Files that only a key opens: encrypted and authenticated in pieces, so that no size needs the memory.

A file is a head (what it is, which key, a salt) and pieces of 64 KiB, each under ChaCha20-Poly1305 with a key
made from the home's and the salt, and numbered; the last is marked as the last. A piece that was changed,
moved, left out or added, and a file that was cut off, do not open. (This is STREAM, as age has it.)
"""

from __future__ import annotations

import hashlib
import io
import os
from typing import IO, TYPE_CHECKING

from etl.errors import SealError
from etl.home import Home

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

MAGIC = b"kring sealed 1\r\n"
ID_BYTES, SALT_BYTES, TAG_BYTES = 8, 24, 16
HEAD_BYTES = len(MAGIC) + ID_BYTES + SALT_BYTES
PIECE = 64 * 1024


def is_sealed(path: Path) -> bool:
    """Whether a file begins as a sealed one."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def opened(path: Path, key: bytes | None) -> IO[bytes]:
    """A file to read from, sealed or not. SealError without the key, or with another one."""
    if not is_sealed(path):
        return path.open("rb")
    if key is None:
        raise SealError(path.name, "a sealed file, and no key", "the backup.key that sealed it")
    return io.BufferedReader(SealedReader(path.open("rb"), path.name, key), PIECE)


def key_beside(path: Path) -> bytes | None:
    """The key of the home in whose folder of backups a file lies; None where there is none."""
    key_file = Home(path.parent.parent).backup_key_file
    return key_file.read_bytes() if key_file.is_file() else None


class SealedWriter(io.RawIOBase):
    """Seals what is written to it. Nothing is whole before `close`, which leaves the file itself open."""

    def __init__(self, file: IO[bytes], key: bytes) -> None:
        super().__init__()
        self._file = file
        self._head = MAGIC + _id_of(key) + os.urandom(SALT_BYTES)
        self._cipher = _cipher(key, self._head)
        self._waiting = bytearray()
        self._number = 0
        file.write(self._head)

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._waiting += piece
        while len(self._waiting) > PIECE:  # what fills a piece exactly may be the last
            self._put(bytes(self._waiting[:PIECE]), is_last=False)
            del self._waiting[:PIECE]
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._put(bytes(self._waiting), is_last=True)
            self._waiting.clear()
        super().close()

    def _put(self, piece: bytes, *, is_last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, is_last), piece, self._head))
        self._number += 1


class SealedReader(io.RawIOBase):
    """Reads a sealed file from any place in it; each piece is proved before a byte of it is given."""

    def __init__(self, file: IO[bytes], name: str, key: bytes) -> None:
        super().__init__()
        self._file, self._name = file, name
        self._head = file.read(HEAD_BYTES)
        body = os.fstat(file.fileno()).st_size - HEAD_BYTES
        self._pieces, rest = divmod(body, PIECE + TAG_BYTES)
        self._pieces += rest > 0
        if len(self._head) < HEAD_BYTES or self._pieces < 1:
            raise self._damaged()
        if self._head[len(MAGIC) : len(MAGIC) + ID_BYTES] != _id_of(key):
            raise SealError(name, "a file that another key sealed", "the backup.key that sealed it")
        self._size = body - self._pieces * TAG_BYTES
        self._cipher = _cipher(key, self._head)
        self._at = 0
        self._held: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        if self._at >= self._size or not len(view):
            return 0
        number, start = divmod(self._at, PIECE)
        given = self._piece(number)[start : start + len(view)]
        view[: len(given)] = given
        self._at += len(given)
        return len(given)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _piece(self, number: int) -> bytes:
        from cryptography.exceptions import InvalidTag

        if self._held[0] != number:
            self._file.seek(HEAD_BYTES + number * (PIECE + TAG_BYTES))
            data = self._file.read(PIECE + TAG_BYTES)
            try:
                piece = self._cipher.decrypt(_nonce(number, number == self._pieces - 1), data, self._head)
            except (InvalidTag, ValueError) as error:
                raise self._damaged() from error
            self._held = (number, piece)
        return self._held[1]

    def _damaged(self) -> SealError:
        return SealError(
            self._name, "a sealed file that was changed or cut off", "a whole one", "Use another."
        )


def _id_of(key: bytes) -> bytes:
    """What tells one key from another, and nothing about either."""
    return hashlib.sha256(b"kring key id" + key).digest()[:ID_BYTES]


def _cipher(key: bytes, head: bytes) -> ChaCha20Poly1305:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    salt = head[-SALT_BYTES:]
    return ChaCha20Poly1305(HKDF(SHA256(), 32, salt, b"kring sealed file").derive(key))


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])
