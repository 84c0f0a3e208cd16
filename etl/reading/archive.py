"""Zip archives: the directory is judged before anything is unpacked, and only named members are ever read.

Nothing is extracted to disk. Of a LinkedIn archive only the connections are read; messages never are.
"""

from __future__ import annotations

import lzma
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from etl.errors import InputError
from etl.reading.private_mail import is_private_stem

if TYPE_CHECKING:
    from etl.settings import Limits

READ_STEMS = ("connections", "invitations", "shares", "comments", "reactions")
READ_ENDINGS = ("csv", "txt", "tsv")
READ_STARTS = ("subscribed", "unsubscribed", "cleaned", "nonsubscribed")  # an audience export of Mailchimp
CHUNK_BYTES = 1024 * 1024
SMALL_BYTES = 64 * 1024  # below this size a high ratio harms nobody
ENCRYPTED = 0x1
UNPACKING_ERRORS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, OSError,
    ValueError,
)  # fmt: skip
UNPACK_AND_HAND_IN = "Unpack it yourself and drop the files you mean in the inbox."


@dataclass(frozen=True)
class Member:
    """One member that may be read: its name in the archive and its size unpacked."""

    name: str
    size: int


def members(path: Path, limits: Limits) -> tuple[Member, ...]:
    """The members Kring reads, in the order of the archive. Raises InputError when it cannot be trusted."""
    with opened(path) as archive:
        check_directory(archive, limits)
        wanted = [info for info in archive.infolist() if _is_read(info)]
        if not wanted:
            raise InputError(
                "the archive", f"no member that Kring reads, of {len(archive.infolist())}",
                "an export of LinkedIn, or of an audience of Mailchimp", UNPACK_AND_HAND_IN,
            )  # fmt: skip
        check_sizes(wanted, limits)
        return tuple(Member(info.filename, info.file_size) for info in wanted)


def holds_members(path: Path) -> bool:
    """Whether there is any member that Kring reads."""
    with opened(path) as archive:
        return any(map(_is_read, archive.infolist()))


def private_members(path: Path, limits: Limits) -> tuple[str, ...]:
    """The names of the members that hold private messages. Raises InputError as `members` does."""
    with opened(path) as archive:
        check_directory(archive, limits)
        return tuple(
            info.filename
            for info in archive.infolist()
            if not info.is_dir() and is_private_stem(normalised_stem(info.filename))
        )


def read_member(path: Path, member: Member, limits: Limits) -> bytes:
    """The bytes of one member. Stops when it unpacks to more than its directory says."""
    with opened(path) as archive:
        check_directory(archive, limits)
        info = archive.getinfo(member.name)
        check_sizes([info], limits)
        return b"".join(unpacked(archive, info))


def unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a member in pieces, never more than the directory promises."""
    left = info.file_size
    try:
        with archive.open(info) as member:
            while left >= 0 and (chunk := member.read(CHUNK_BYTES)):
                left -= len(chunk)
                yield chunk
    except UNPACKING_ERRORS as error:
        raise _damaged() from error
    if left != 0:
        raise _damaged()


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive, or an InputError when its directory cannot be read."""
    try:
        archive = zipfile.ZipFile(path)
    except UNPACKING_ERRORS as error:
        raise _damaged() from error
    with archive:
        yield archive


def check_directory(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Refuse an archive whose names could mean two things, or that has too many of them."""
    infos = archive.infolist()
    if len(infos) > limits.members:
        raise InputError(
            "the archive", f"{len(infos):,} members", f"at most {limits.members:,}", _or_raise("members")
        )
    seen: set[str] = set()
    for number, info in enumerate(infos, start=1):
        fault = _fault(info, seen)
        if fault:
            raise InputError(
                "the archive", f"member {number} {fault}", "plain member names", UNPACK_AND_HAND_IN
            )
        seen.add(_folded(info.filename))


def check_sizes(infos: Sequence[zipfile.ZipInfo], limits: Limits) -> None:
    """Refuse what would unpack to more than the limits allow."""
    total = sum(info.file_size for info in infos)
    if total > limits.unpacked_bytes:
        raise InputError(
            "the archive", f"unpacks to {total // 1_000_000:,} MB",
            f"at most {limits.unpacked_bytes // 1_000_000:,} MB",
            _or_raise("unpacked_bytes"),
        )  # fmt: skip
    for info in infos:
        if info.file_size > SMALL_BYTES and info.file_size > limits.ratio * max(info.compress_size, 1):
            raise InputError(
                "the archive", f"a member grows more than {limits.ratio} times when unpacked",
                "an ordinary export", _or_raise("ratio"),
            )  # fmt: skip


def _or_raise(limit: str) -> str:
    return f"{UNPACK_AND_HAND_IN} When it is right: raise limits.{limit} in kring.toml."


def normalised_stem(name: str) -> str:
    """`Folder/Company Follows_123.CSV` -> `company follows`: how members are recognised across the years."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    stem = base.rsplit(".", 1)[0] if "." in base else base
    words = re.sub(r"[\s_-]+", " ", stem).strip().casefold()
    return re.sub(r" \d+$", "", words)


def _is_read(info: zipfile.ZipInfo) -> bool:
    if info.is_dir() or info.filename.rsplit(".", 1)[-1].casefold() not in READ_ENDINGS:
        return False
    stem = normalised_stem(info.filename)
    return stem in READ_STEMS or stem.split(" ")[0] in READ_STARTS


def _fault(info: zipfile.ZipInfo, seen: set[str]) -> str | None:
    name = info.orig_filename
    if "\0" in name:
        return "has a NUL in its name"
    if name.startswith(("/", "\\")) or re.match(r"^[A-Za-z]:", name) or ".." in re.split(r"[/\\]", name):
        return "names a place outside the archive"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a link"
    if info.flag_bits & ENCRYPTED:
        return "is protected by a password"
    if _folded(info.filename) in seen:
        return "has the name of another member"
    return None


def _folded(name: str) -> str:
    return name.replace("\\", "/").casefold()


def _damaged() -> InputError:
    return InputError("the archive", "it is damaged", "a whole zip file", "Download it again.")
