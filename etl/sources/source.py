"""The seam between a file and the feeds: what a source module is given and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

from etl.schema.feeds import Feed
from etl.schema.model import DateShape as DateShape


class FileStatus(Enum):
    """What became of a file; the values are part of the command line's contract."""

    ACCEPTED = "accepted"
    PARTIAL = "partial"
    NEEDS_MAPPING = "needs_mapping"
    REJECTED = "rejected"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Reject:
    """A row, or a whole file (line 0), that could not be used; `reason` never holds a value of the row."""

    line: int
    column: str | None
    reason: str


@dataclass(frozen=True)
class FeedRows:
    """Rows of one feed as text, in file order. `columns` are field names of the feed; each row is as long.

    Timestamps without a zone are local to the setting `time_zone`. `shapes` names the shape of each date or
    timestamp column that is not ISO.
    """

    feed: Feed
    columns: tuple[str, ...]
    lines: list[int]
    rows: list[tuple[str | None, ...]]
    shapes: dict[str, DateShape] = field(default_factory=dict)


@dataclass(frozen=True)
class FoundSession:
    """A meeting that an attendance file itself describes. Times are UTC."""

    title: str | None
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True)
class SourceResult:
    """Everything a source module read from one file."""

    feeds: tuple[FeedRows, ...]
    rows_read: int
    rows_hidden: int = 0
    unidentified: int = 0
    rejects: tuple[Reject, ...] = ()
    sessions: tuple[FoundSession, ...] = ()
    warnings: tuple[str, ...] = ()


class Source(Protocol):
    """One file format. The `etl.sources.SOURCES` tuple lists them all, most specific first."""

    format_id: str
    reader_version: int
    feeds: tuple[Feed, ...]
