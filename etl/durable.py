"""Writing so that it stays: files that are on the disk for good, and ids that are never used twice."""

from __future__ import annotations

import os
import re
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from etl.home import FILE_RIGHTS

STAMP = "%Y%m%dT%H%M%S"
ID = re.compile(r"\d{8}T\d{9}-[0-9a-f]{6}")


def write_file(path: Path, data: bytes, rights: int = FILE_RIGHTS) -> None:
    """Write a file and have it on the disk for good."""
    handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, rights)
    try:
        while data:
            data = data[os.write(handle, data) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def sync(path: Path) -> None:
    """Have what lies at this path, a file or the names in a folder, on the disk for good."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_id(name: str) -> bool:
    """Whether Kring gave this name: what people put beside a release or publication is theirs."""
    return ID.fullmatch(name) is not None


def next_id(newest: str | None) -> str:
    """An id that sorts after the newest one, also when the clock was set back."""
    stamp = _stamp(datetime.now(UTC))
    if newest is not None and stamp <= newest[: len(stamp)]:
        last = datetime.strptime(newest[:15], STAMP) + timedelta(milliseconds=int(newest[15:18]) + 1)
        stamp = _stamp(last)
    return f"{stamp}-{uuid.uuid4().hex[:6]}"


def _stamp(moment: datetime) -> str:
    return f"{moment.strftime(STAMP)}{moment.microsecond // 1000:03d}"
