"""From the inbox to landed/: bytes are kept by their fingerprint, unchanged, and noted in the register.

Of an archive only the members that Kring reads are kept; of private messages nothing. Taking a file is: note
it, then move it. A run that dies between the two finds the file in the inbox again and its note in place, so
nothing is lost or doubled.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from etl.errors import InputError
from etl.home import FILE_RIGHTS, make_folder
from etl.ledger import LandedFile
from etl.reading import private_mail
from etl.reading.archive import members, read_member
from etl.reading.handed_in import (
    cannot_be_opened,
    closed_off,
    is_a_link,
    links,
    may_be_taken,
    reached,
    readable_name,
)
from etl.reading.server import server
from etl.reading.sniff import FileKind, sniff

if TYPE_CHECKING:
    from etl.home import Home
    from etl.ledger import Ledger
    from etl.settings import Limits, Settings

UNFINISHED = ".part"


def take_inbox(
    home: Home, settings: Settings, ledger: Ledger, received_at: datetime, quiet_seconds: float = 0
) -> tuple[LandedFile, ...]:
    """Take every file in the inbox and its folders, but not `*.part` and not one still being written.

    `quiet_seconds`: only files that nobody touched for so long. Gives every file taken, known ones too.
    What may not be opened or moved stays; `left_behind` names it.
    """
    registered = {file.sha256: file for file in ledger.files()}
    taken: list[LandedFile] = []
    for path in _waiting(home.inbox, quiet_seconds):
        if not taken:
            server()  # imports the readers beside what comes before the first file is read
        name = readable_name(path.relative_to(home.inbox))
        is_archive = _is_archive(path)
        contents = _members(path, settings.limits) if is_archive else ()
        if not contents and _is_private(path, is_archive):
            taken.append(_leave_unkept(path, name, home, ledger, received_at))
        elif contents:
            for member, content in contents:
                aside = home.landed / f".member-{os.getpid()}"
                _write(aside, content)
                taken.append(_take(aside, f"{name}/{member}", home, ledger, received_at, registered))
            path.unlink()
        else:
            taken.append(_take(path, name, home, ledger, received_at, registered))
    for folder in {home.landed_file(file.sha256).parent for file in taken if not file.quarantined}:
        if folder.exists():
            _sync(folder)
    _remove_empty_folders(home.inbox)
    return tuple(taken)


def left_behind(home: Home) -> tuple[str, ...]:
    """One line for each file or folder in the inbox that could not be taken."""
    return tuple(
        say(readable_name(path.relative_to(home.inbox))).line()
        for say, paths in ((cannot_be_opened, closed_off(home.inbox)), (is_a_link, links(home.inbox)))
        for path in paths
    )


def wait_until_quiet(home: Home, quiet_seconds: float, most_seconds: float) -> bool:
    """Wait until nobody writes in the inbox any more. False when somebody still does after `most_seconds`."""
    until = time.monotonic() + most_seconds
    while len(list(_waiting(home.inbox, quiet_seconds))) < len(list(_waiting(home.inbox, 0))):
        left = until - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(1.0, quiet_seconds / 4, left))
    return True


def quarantine(home: Home, ledger: Ledger, sha256: str) -> None:
    """Move refused bytes from landed/ to quarantine/."""
    ledger.quarantine_file(sha256)
    source = home.landed_file(sha256)
    if source.exists():
        _move(source, home.quarantine / sha256)


def _take(
    path: Path,
    name: str,
    home: Home,
    ledger: Ledger,
    received_at: datetime,
    registered: dict[str, LandedFile],
) -> LandedFile:
    sha256, size = fingerprint(path), path.stat().st_size
    ledger.register_file(sha256, name, size, received_at)
    known = registered.setdefault(sha256, LandedFile(sha256, name, received_at, size))
    ledger.take_back_file(sha256)
    if known.quarantined:  # handed in again: whoever did so wants it tried again
        (home.quarantine / sha256).unlink(missing_ok=True)
        ledger.quarantine_file(sha256, quarantined=False)
        known = registered[sha256] = replace(known, quarantined=False)
    target = home.landed_file(sha256)
    if target.exists() or home.condensed_file(sha256).exists():
        path.unlink()
    else:
        _move(path, target, is_synced=False)
    return known


def _leave_unkept(path: Path, name: str, home: Home, ledger: Ledger, received_at: datetime) -> LandedFile:
    """Note that private messages were handed in, and keep nothing of them."""
    from etl.sources.outcome import skipped

    sha256, size = fingerprint(path), path.stat().st_size
    ledger.register_file(sha256, name, size, received_at)
    ledger.quarantine_file(sha256)
    said = replace(skipped(name, sha256, private_mail.REASON), warnings=(private_mail.REASON,))
    ledger.record_reading(sha256, said)
    path.unlink()
    (home.quarantine / sha256).unlink(missing_ok=True)
    return LandedFile(sha256, name, received_at, size, quarantined=True)


def fingerprint(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _waiting(inbox: Path, quiet_seconds: float) -> Iterator[Path]:
    """The files to take, in the order of their names. Links and hidden files are nobody's export."""
    now = time.time()
    for path in sorted(inbox.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(inbox).parts)
        if hidden or not may_be_taken(path) or path.is_symlink():
            continue
        if not path.is_file() or path.name.endswith(UNFINISHED):
            continue
        if not quiet_seconds or _is_quiet(path, quiet_seconds, now):
            yield path


def _is_quiet(path: Path, quiet_seconds: float, now: float) -> bool:
    """Whether nobody writes to a file; one dated in the future was copied with its date, by then complete."""
    try:
        age = now - path.stat().st_mtime
    except FileNotFoundError:
        return False
    return not 0 <= age + quiet_seconds < 2 * quiet_seconds


def _is_archive(path: Path) -> bool:
    with path.open("rb") as file:
        is_zip = file.read(2) == b"PK"
    return is_zip and sniff(path) is FileKind.ZIP


def _is_private(path: Path, is_archive: bool) -> bool:
    """Whether the bytes are, or may be, private messages."""
    if is_archive:
        return private_mail.may_hold_private_mail(path)
    return private_mail.is_private_mail(path)


def _members(path: Path, limits: Limits) -> tuple[tuple[str, bytes], ...]:
    """The members to keep; none when the archive must be refused, which its reader then explains."""
    try:
        return tuple((member.name, read_member(path, member, limits)) for member in members(path, limits))
    except InputError:
        return ()


def _move(source: Path, target: Path, is_synced: bool = True) -> None:
    make_folder(target.parent)
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy(source, target)
        source.unlink()
    target.chmod(FILE_RIGHTS)
    if is_synced:
        _sync(target.parent)


def _copy(source: Path, target: Path) -> None:
    """To another disk: whole and on it before it gets its name."""
    part = target.with_name(f".{target.name}{UNFINISHED}")
    with source.open("rb") as read, part.open("wb") as write:
        shutil.copyfileobj(read, write)
        write.flush()
        os.fsync(write.fileno())
    part.rename(target)


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, FILE_RIGHTS)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_empty_folders(inbox: Path) -> None:
    for folder in sorted((path for path in reached(inbox) if path.is_dir()), reverse=True):
        with suppress(PermissionError):
            if not folder.is_symlink() and not any(folder.iterdir()):
                folder.rmdir()
