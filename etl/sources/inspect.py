"""What files are and what they would yield, without writing anything: `kring inspect`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from etl.errors import UsageError
from etl.reading.handed_in import cannot_be_opened, may_be_opened, reached, readable_name
from etl.sources.outcome import refused
from etl.sources.reading import FileReading

if TYPE_CHECKING:
    from etl.settings import Settings

CHUNK_BYTES = 1024 * 1024
UNFINISHED = ".part"


def inspect(paths: Sequence[Path], settings: Settings) -> tuple[FileReading, ...]:
    """Read files, and all files in folders, in the limited child and say what each is. In order of path.

    What a refresh would leave in the inbox is left out of a folder: hidden files, links, unfinished ones.
    """
    from etl.reading.child import ReadJob, read_files

    files = tuple(_files(paths))
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    jobs = [
        ReadJob(path, readable_name(PurePath(path.name)), _sha256(path), now)
        for path in files
        if may_be_opened(path)
    ]
    with TemporaryDirectory(prefix="kring-inspect-") as folder:
        readings = iter(tuple(read_files(jobs, settings, Path(folder))))
    return tuple(_without_paths(next(readings)) if may_be_opened(path) else _closed(path) for path in files)


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(
                each
                for each in reached(path)
                if each.is_file() and not each.is_symlink() and not _is_left_alone(each.relative_to(path))
            )
        elif path.is_file():
            yield path
        else:
            raise UsageError(path.name, "no such file or folder", "files or folders to inspect")


def _is_left_alone(inside: Path) -> bool:
    return inside.name.endswith(UNFINISHED) or any(part.startswith(".") for part in inside.parts)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _closed(path: Path) -> FileReading:
    name = readable_name(PurePath(path.name))
    return refused(name, "", cannot_be_opened("the file"))


def _without_paths(reading: FileReading) -> FileReading:
    """The converted rows are gone by now, so nothing points at them."""
    return replace(reading, feeds=(), members=tuple(_without_paths(member) for member in reading.members))
