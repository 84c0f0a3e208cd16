"""The seam between a file and the feeds: what a source module is given and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from etl.schema.feeds import Feed
from etl.schema.model import DateShape as DateShape

if TYPE_CHECKING:  # the reader's table refers to Reject below, so a real import would be a circle
    from etl.reading.table import TextTable
    from etl.settings import Settings

CONDENSED = "condensed:"
"""Begins the fingerprint of a reading that is kept as typed rows instead of the file's bytes."""


class FileStatus(Enum):
    """What became of a file; the values are part of the command line's contract."""

    ACCEPTED = "accepted"
    PARTIAL = "partial"
    NEEDS_MAPPING = "needs_mapping"
    REJECTED = "rejected"
    SKIPPED = "skipped"
    HELD = "held"  # of a refresh only: its rows wait for a person


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
    """Everything a source module read from one file.

    `seen` names people whom the file mentions without saying anything about them (a form left empty):
    they are counted, never loaded. `source` is whose rows these are, when that is not the format's name.
    `headings`: how this file heads the fields, for whoever reads what was refused.
    """

    feeds: tuple[FeedRows, ...]
    rows_read: int
    rows_hidden: int = 0
    unidentified: int = 0
    rejects: tuple[Reject, ...] = ()
    sessions: tuple[FoundSession, ...] = ()
    warnings: tuple[str, ...] = ()
    seen: FeedRows | None = None
    source: str | None = None
    headings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class NeedsMapping:
    """The file is a table, but what it means is for a person to say. `proposal` is a `[[tables]]` block."""

    reason: str
    proposal: str
    fingerprint: str = ""
    rows_read: int = 0


class Source(Protocol):
    """One file format: a module. The `etl.sources.SOURCES` tuple lists them all, most specific first."""

    format_id: str
    reader_version: int
    feeds: tuple[Feed, ...]

    def recognises(self, table: TextTable) -> bool:
        """Whether the content, never the name, is of this format."""

    def read(self, name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
        """The rows of the feeds. Raises InputError when the whole file must be refused."""
