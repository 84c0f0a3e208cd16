"""What takes the place of a landed file of which the bytes may not stay: the rows of the feeds it gave.

A condensed file is an archive of one JSON object, what was read and how, and one Parquet file per feed with
the typed rows. It is read back exactly, so that a rebuild gives what there was; the readers and mappings of
today no longer touch it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from etl.durable import sync
from etl.errors import InputError
from etl.home import FILE_RIGHTS, make_folder
from etl.sources import outcome
from etl.sources.reading import DateRange, FeedFile, FileReading, RowCounts
from etl.sources.source import CONDENSED, FileStatus, Reject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from etl.home import Home

SUFFIX = ".condensed"
READING = "reading.json"


def is_condensed(path: Path) -> bool:
    """Whether this is the path of a condensed file."""
    return path.name.endswith(SUFFIX)


def write_condensed(home: Home, reading: FileReading) -> FileReading:
    """Put what was read in place of the landed bytes. Gives the reading as it is from now on."""
    files = tuple(feed_files(reading))
    digest = hashlib.sha256()
    for each in files:
        digest.update(each.path.read_bytes())
    plain = reading.fingerprint.removeprefix(CONDENSED).partition("|")[0]
    reading = replace(reading, fingerprint=f"{CONDENSED}{plain}|{digest.hexdigest()[:12]}")
    aside = home.landed / f".{reading.sha256}.part"
    make_folder(home.condensed_file(reading.sha256).parent)
    handle = os.open(aside, os.O_CREAT | os.O_RDWR | os.O_TRUNC, FILE_RIGHTS)
    with os.fdopen(handle, "w+b") as file:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(READING, _written(reading, files))
            for number, each in enumerate(files):
                archive.write(each.path, f"{number}-{each.feed}.parquet")
        file.flush()
        os.fsync(file.fileno())
    target = home.condensed_file(reading.sha256)
    aside.replace(target)
    sync(target.parent)
    home.landed_file(reading.sha256).unlink(missing_ok=True)
    return reading


def read_condensed(path: Path, name: str, sha256: str, folder: Path) -> FileReading:
    """The reading that a condensed file keeps, its rows unpacked into `folder`."""
    try:
        with zipfile.ZipFile(path) as archive:
            about = json.loads(archive.read(READING))
            feeds = []
            for number, (feed, rows) in enumerate(about["feeds"]):
                target = folder / f"{sha256}-{number}-condensed.parquet"
                with archive.open(f"{number}-{feed}.parquet") as member, target.open("wb") as file:
                    shutil.copyfileobj(member, file)
                feeds.append(FeedFile(str(feed), target, int(rows)))
        return FileReading(
            name,
            sha256,
            about["format"],
            FileStatus(about["status"]),
            about["reason"],
            rows=RowCounts(*about["rows"]),
            rejects=tuple(Reject(int(line), column, str(why)) for line, column, why in about["rejects"]),
            dates=DateRange(None, about["newest_on"]),
            warnings=tuple(about["warnings"]),
            source=about["source"],
            fingerprint=about["fingerprint"],
            feeds=tuple(feeds),
        )
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        damage = InputError(name, "its condensed rows are damaged", "", "Restore a backup.")
        return outcome.refused(name, sha256, damage) if not isinstance(error, OSError) else _raised(error)


def feed_files(reading: FileReading) -> Iterator[FeedFile]:
    """The typed rows of a reading, and of the members of an archive."""
    yield from reading.feeds
    for member in reading.members:
        yield from feed_files(member)


def _raised(error: OSError) -> FileReading:
    raise error


def _written(reading: FileReading, files: tuple[FeedFile, ...]) -> str:
    counts = reading.rows
    return json.dumps(
        {
            "format": reading.format,
            "source": reading.source,
            "fingerprint": reading.fingerprint,
            "status": reading.status.value,
            "reason": reading.reason,
            "rows": [counts.read, counts.used, counts.rejected, counts.hidden],
            "rejects": [[each.line, each.column, each.reason] for each in reading.rejects],
            "warnings": list(reading.warnings),
            "newest_on": reading.dates.max,
            "feeds": [[each.feed, each.rows] for each in files],
        },
        ensure_ascii=False,
    )
