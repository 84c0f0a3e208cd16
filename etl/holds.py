"""Whether a file that was read waits for a person before its rows count.

Two reasons: too many of its rows are wrong, so something about the whole file is; or it is a list of everyone
that has become much shorter, so part of it is missing. The rest of the run goes on without it. A person who
looked at it says so once (`kring refresh --accept`), and its rows count from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby

from etl.ledger import StoredReading
from etl.schema.feeds import CONTACT, MEMBERSHIP
from etl.settings import Settings, TableMapping
from etl.sources.reading import FileReading
from etl.sources.source import FileStatus

BAD_ROWS = 20
BAD_SHARE = 0.02
KEPT_SHARE = 0.7
FEWEST_ROWS = 10  # a list of nine that loses three is no damage
SAME_SHARE = 0.5  # a short file of other people is a list of newcomers, not a damaged list of everyone
LISTS = frozenset({MEMBERSHIP.name, CONTACT.name})
"""Feeds of lists of people; in a file of any other feed, fewer rows are just another meeting."""
READ = frozenset({FileStatus.ACCEPTED.value, FileStatus.PARTIAL.value})


def held(
    reading: FileReading,
    earlier: Sequence[StoredReading],
    settings: Settings,
    told_again: Callable[[str], float],
) -> FileReading:
    """The reading itself, or without its rows and with the reason why it waits for a person.

    `earlier` is what was used of the same source, the newest first; `told_again` gives the share of the rows
    of this file whose people stand in the file of that fingerprint.
    """
    reason = _too_many_wrong(reading) or _too_short(reading, earlier, settings, told_again)
    if reason is None or reading.status.value not in READ:
        return reading
    because = f"{reason}; kring refresh --accept {reading.sha256[:12]} takes it as it is"
    rows = replace(reading.rows, used=0)
    return replace(reading, status=FileStatus.HELD, reason=because, rows=rows, feeds=(), members=())


def _too_many_wrong(reading: FileReading) -> str | None:
    wrong, read = reading.rows.rejected, reading.rows.read
    if wrong < BAD_ROWS or wrong <= BAD_SHARE * read:
        return None
    columns = sorted({each.column for each in reading.rejects if each.column})
    where = f" (in {', '.join(columns)})" if columns else ""
    return f"{wrong} of {read} rows could not be read{where}, more than {BAD_SHARE:.0%}"


def _tells_of_everyone(table: TableMapping) -> bool:
    """Whether each file of a mapped table is the whole list. A tool's export may be one person's."""
    return table.feed.name in LISTS and not table.is_partial


def _too_short(
    reading: FileReading,
    earlier: Sequence[StoredReading],
    settings: Settings,
    told_again: Callable[[str], float],
) -> str | None:
    if not any(_tells_of_everyone(table) for table in settings.tables if table.name == reading.source):
        return None
    now = reading.rows.used
    if all(now >= KEPT_SHARE * each.rows_used for each in earlier):
        return None
    last = _last_time(earlier, told_again)
    then = 0 if last is None else last.rows_used
    if then < FEWEST_ROWS or now >= KEPT_SHARE * then:
        return None
    return f"it has {now} rows where the last file of {reading.source} had {then}, under {KEPT_SHARE:.0%}"


def _last_time(earlier: Sequence[StoredReading], told_again: Callable[[str], float]) -> StoredReading | None:
    """The newest file with the same people. Of several handed in together, each a list of its own, the
    shortest: whoever keeps a list of everyone beside one of each group hands in both again."""
    for _, together in groupby(earlier, key=lambda each: each.received_at):
        alike = [each for each in together if told_again(each.sha256) >= SAME_SHARE]
        if alike:
            return min(alike, key=lambda each: each.rows_used)
    return None
