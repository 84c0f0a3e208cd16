"""What Kring read from one file: the object that `kring inspect --json` prints, and what loading needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from etl.sources.source import FileStatus, FoundSession, Reject


@dataclass(frozen=True)
class RowCounts:
    """Rows of data in the file: read = used + rejected + hidden."""

    read: int = 0
    used: int = 0
    rejected: int = 0
    hidden: int = 0


@dataclass(frozen=True)
class Counts:
    """What the file would add, counted within the file alone."""

    people: int = 0
    distinct_emails: int = 0
    unidentified: int = 0
    memberships: int = 0
    contacts: int = 0
    events: int = 0
    registrations: int = 0
    attendances: int = 0
    contributions: int = 0
    reach: int = 0


@dataclass(frozen=True)
class DateRange:
    """First and last day, local to the setting `time_zone`, as ISO text; hidden rows left out."""

    min: str | None = None
    max: str | None = None


@dataclass(frozen=True)
class AttendanceLine:
    """One person in one session: `seconds` is the union of all stretches, None when unknown."""

    name: str | None
    email: str | None
    seconds: int | None


@dataclass(frozen=True)
class FeedFile:
    """The converted rows of one feed, ready to be loaded."""

    feed: str
    path: Path
    rows: int


@dataclass(frozen=True)
class FileReading:
    """One file, or one member of an archive, as read."""

    file: str
    sha256: str
    format: str | None
    status: FileStatus
    reason: str | None = None
    rows: RowCounts = RowCounts()
    rejects: tuple[Reject, ...] = ()
    counts: Counts = Counts()
    dates: DateRange = DateRange()
    sessions: tuple[FoundSession, ...] = ()
    attendance: tuple[AttendanceLine, ...] = ()
    warnings: tuple[str, ...] = ()
    source: str | None = None
    fingerprint: str = ""
    feeds: tuple[FeedFile, ...] = ()
    members: tuple[FileReading, ...] = ()


def reading_json(readings: tuple[FileReading, ...]) -> str:
    """The list that `kring inspect --json` prints."""
    return json.dumps([_plain(reading) for reading in readings], ensure_ascii=False, indent=2)


JsonObject = dict[str, object]


def _plain(reading: FileReading) -> JsonObject:
    plain: JsonObject = {
        "file": reading.file,
        "sha256": reading.sha256,
        "format": reading.format,
        "status": reading.status.value,
        "reason": reading.reason,
        "rows": vars(reading.rows),
        "rejects": [vars(reject) for reject in reading.rejects],
        "counts": vars(reading.counts),
        "dates": vars(reading.dates),
        "sessions": [_plain_session(session) for session in reading.sessions],
        "attendance": [vars(line) for line in reading.attendance],
        "warnings": list(reading.warnings),
    }
    if reading.members:
        plain["members"] = [_plain(member) for member in reading.members]
    return plain


def _plain_session(session: FoundSession) -> dict[str, str | None]:
    return {
        "title": session.title,
        "starts_at": _utc(session.starts_at),
        "ends_at": _utc(session.ends_at),
    }


def _utc(moment: datetime | None) -> str | None:
    """A UTC moment, with or without zone information, as ISO 8601 ending in Z."""
    return None if moment is None else moment.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
