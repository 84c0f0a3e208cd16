"""From what was read and converted to the one object that says what became of a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from etl.errors import KringError
from etl.sources.identify import Identified
from etl.sources.reading import Counts, DateRange, FeedFile, FileReading, RowCounts
from etl.sources.source import FileStatus, NeedsMapping, Reject
from etl.sources.summary import Summary, summarise

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from etl.reading.convert import Converted
    from etl.settings import Settings

ARCHIVE_FORMAT = "zip"
MOST_REJECTS = 1_000
LEFT_OUT = "somebody left it out; hand it in again to use it after all"
NO_DATA = "the table has a heading row and no data"


def used(
    name: str,
    sha256: str,
    identified: Identified,
    cut: Sequence[Reject],
    converted: Sequence[Converted],
    summary: Summary,
) -> FileReading:
    """A file that a source read. `cut` are the rows that could not even be cut into cells."""
    result = identified.result
    rejects = sorted(
        {*cut, *result.rejects, *(reject for one in converted for reject in one.rejects)},
        key=lambda reject: (reject.line, reject.column or "", reject.reason),
    )
    unlisted = sum(one.rejected - len(one.rejects) for one in converted)
    rejected = len({reject.line for reject in rejects}) + unlisted
    read = result.rows_read + len(cut)
    rows = RowCounts(read, max(0, read - rejected - result.rows_hidden), rejected, result.rows_hidden)
    nothing_left = rejected > 0 and rows.used == 0
    return FileReading(
        name, sha256, identified.format_id,
        FileStatus.REJECTED if nothing_left else FileStatus.PARTIAL if rejected else FileStatus.ACCEPTED,
        reason=_nothing_used(rejects) if nothing_left else None,
        rows=rows, rejects=tuple(rejects[:MOST_REJECTS]), counts=summary.counts, dates=summary.dates,
        sessions=summary.sessions, attendance=summary.attendance,
        warnings=(*result.warnings, *summary.warnings, *((NO_DATA,) if read == 0 else ())),
        source=identified.source, fingerprint=identified.fingerprint, feeds=_feed_files(converted),
    )  # fmt: skip


def summary_of(
    identified: Identified,
    converted: Sequence[Converted],
    scratch: DuckDBPyConnection,
    settings: Settings,
    is_counted: bool = True,
) -> Summary:
    """What the converted rows of a file amount to.

    Without `is_counted` only the dates are looked up: people and meetings are counted for `kring inspect`.
    """
    told = identified.result
    zone = settings.network.time_zone
    feeds = _feed_files(converted)
    return summarise(scratch, feeds, zone, told.unidentified, told.seen, told.sessions, is_counted)


def _feed_files(converted: Sequence[Converted]) -> tuple[FeedFile, ...]:
    return tuple(FeedFile(one.feed.name, one.path, one.rows) for one in converted)


def _nothing_used(rejects: Sequence[Reject]) -> str:
    columns = list(dict.fromkeys(reject.column for reject in rejects if reject.column))
    where = f' (in "{columns[0]}")' if len(columns) == 1 else ""
    return f"no row could be used{where}; the first refused rows say why"


def unmapped(name: str, sha256: str, found: NeedsMapping) -> FileReading:
    """A table that waits until somebody says what it means; the reason ends with a proposal."""
    reason = f"{found.reason}\n{found.proposal}" if found.proposal else found.reason
    return FileReading(
        name, sha256, None, FileStatus.NEEDS_MAPPING, reason, RowCounts(read=found.rows_read),
        fingerprint=found.fingerprint,
    )  # fmt: skip


def refused(name: str, sha256: str, error: KringError, line: int = 0) -> FileReading:
    """A file of which nothing is used."""
    reason = error.line()
    return FileReading(name, sha256, None, FileStatus.REJECTED, reason, rejects=(Reject(line, None, reason),))


def skipped(name: str, sha256: str, reason: str) -> FileReading:
    """A file, or a member of an archive, that Kring leaves alone on purpose."""
    return FileReading(name, sha256, None, FileStatus.SKIPPED, reason)


def left_out(reading: FileReading) -> FileReading:
    """A file that a person decided not to use, whatever is in it."""
    return FileReading(
        reading.file, reading.sha256, reading.format, FileStatus.SKIPPED, LEFT_OUT,
        source=reading.source, fingerprint=reading.fingerprint,
    )  # fmt: skip


def _together(rows: Sequence[RowCounts]) -> RowCounts:
    """The rows of the members that were read; one that waits for a mapping has none yet."""
    return RowCounts(
        sum(each.read for each in rows),
        sum(each.used for each in rows),
        sum(each.rejected for each in rows),
        sum(each.hidden for each in rows),
    )


def archive(name: str, sha256: str, members: Sequence[FileReading]) -> FileReading:
    """An archive: what its members are together."""
    statuses = {member.status for member in members} - {FileStatus.SKIPPED}
    good = statuses & {FileStatus.ACCEPTED, FileStatus.PARTIAL}
    if not statuses:
        status = FileStatus.SKIPPED
    elif len(statuses) == 1:
        (status,) = statuses
    else:
        status = FileStatus.PARTIAL if good else FileStatus.REJECTED
    return FileReading(
        name, sha256, ARCHIVE_FORMAT, status,
        next((member.reason for member in members if member.reason and not good), None),
        rows=_together([m.rows for m in members if m.status is not FileStatus.NEEDS_MAPPING]),
        counts=Counts(*(sum(each) for each in zip(*(vars(m.counts).values() for m in members), strict=True))),
        dates=DateRange(
            min((m.dates.min for m in members if m.dates.min), default=None),
            max((m.dates.max for m in members if m.dates.max), default=None),
        ),
        sessions=tuple(session for member in members for session in member.sessions),
        attendance=tuple(line for member in members for line in member.attendance),
        warnings=tuple(dict.fromkeys(warning for member in members for warning in member.warnings)),
        members=tuple(members),
    )  # fmt: skip
