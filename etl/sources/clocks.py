"""Times of a meeting as programs write them: months in words, clocks without a day, and the night of an hour
that comes twice.

All results are ISO text of the clock on the wall, without a zone, unless only an offset tells two moments
apart.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from etl.cleaning.dates import MONTHS
from etl.cleaning.local_time import to_utc
from etl.sources.stamps import read_stamp

if TYPE_CHECKING:
    from etl.schema.model import DateShape

_WORDED = re.compile(
    r"(?:[a-z]+,? )?([a-z]+)\.? (\d{1,2}), (\d{4}),? (\d{1,2}):(\d{2})(?::(\d{2}))?(?: ([ap])\.?m\.?)?",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(\d{1,2})(?:(?:[:.]|\s?[uh]\s?)(\d{2})(?:[:.](\d{2}))?\s*(?:([ap])\.?\s?m\.?)?(?:\s*(?:uur|u\.?))?"
    r"|\s?(?:uur|[uh])\.?)",
    re.IGNORECASE,
)


def local_moment(written: str | None, shape: DateShape) -> str | None:
    """A written moment as ISO text; None when it is no such thing."""
    if not written:
        return None
    stamp = read_stamp(written)
    return stamp.iso(shape) if stamp else worded_moment(written)


def worded_moment(written: str) -> str | None:
    """`Aug 12, 2026 10:00 AM` or `Mar 22, 2025 19:13:27` as ISO text; None when it is no such thing."""
    match = _WORDED.fullmatch(" ".join(written.split()))
    month = MONTHS.get(match.group(1).casefold()) if match else None
    if match is None or month is None:
        return None
    _, day, year, hour, minute, second, half = match.groups()
    clock = _time(hour, minute, second, half)
    try:
        return datetime.combine(date(int(year), month, int(day)), clock).isoformat() if clock else None
    except ValueError:
        return None


def clock_time(written: str | None) -> time | None:
    """`10:02 AM`, `14:02` or `14.02 uur` or `14u` as a time of day; None when it is no such thing."""
    match = _CLOCK.fullmatch(" ".join((written or "").replace("\u202f", " ").split()))
    return _time(*match.groups()) if match else None


def end_after(start: str | None, end: str | None, zone: str) -> str | None:
    """The end of a stretch, or the second of its two moments on the night when that hour comes twice.

    `02:50` to `02:10` is twenty minutes on that night. Returns the end as it was in every other case.
    """
    if not start or not end or end >= start:
        return end
    first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
    if first.tzinfo or last.tzinfo or first - last > timedelta(hours=1):
        return end
    info = ZoneInfo(zone)
    again = last.replace(tzinfo=info, fold=1)
    is_twice = again.utcoffset() != last.replace(tzinfo=info, fold=0).utcoffset()
    if is_twice and again.astimezone(UTC) >= first.replace(tzinfo=info).astimezone(UTC):
        return again.isoformat()
    return end


def moment_utc(written: str | None, zone: str) -> datetime | None:
    """ISO text of a wall clock, or with an offset, as a UTC moment; None when there is no such time."""
    if not written:
        return None
    moment = datetime.fromisoformat(written)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else to_utc(moment, zone)


def _time(hour: str, minute: str | None, second: str | None, half: str | None) -> time | None:
    number = int(hour)
    if half:
        if not 1 <= number <= 12:
            return None
        number = number % 12 + (12 if half in "pP" else 0)
    try:
        return time(number, int(minute or 0), int(second or 0))
    except ValueError:
        return None
