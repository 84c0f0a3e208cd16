"""Local wall time to UTC and back, by one table of offsets per zone that Python makes and SQL uses too.

The policy: a wall time that does not exist (the clock was put forward over it) is refused; a wall time that
happens twice (the clock was put back) is the first of the two. DuckDB never converts a wall time by itself.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1970, 2100
STEP = timedelta(days=7)
ROOM = timedelta(days=2)
NO_SUCH_HOUR = "this hour does not exist: the clock was put forward over it"


class NoSuchHour(ValueError):
    """A wall time over which the clock was put forward."""

    def __init__(self) -> None:
        super().__init__(NO_SUCH_HOUR)


@dataclass(frozen=True)
class Span:
    """From `start` on the zone is `offset_seconds` ahead of UTC; None: these wall times do not exist."""

    start: datetime
    offset_seconds: int | None


@dataclass(frozen=True)
class ZoneTable:
    """A zone's spans in wall time and in UTC, each rising and starting at datetime.min."""

    wall: tuple[Span, ...]
    utc: tuple[Span, ...]


@lru_cache(maxsize=64)
def zone_table(zone: str) -> ZoneTable:
    """The spans of one zone. Before 1970 and after 2100 the nearest span goes on."""
    info = ZoneInfo(zone)
    before = _offset(info, datetime(FIRST_YEAR, 1, 1))
    wall = [Span(datetime.min, before)]
    utc = [Span(datetime.min, before)]
    for moment in _changes(info):
        after = _offset(info, moment)
        if after > before:
            wall.append(Span(moment + timedelta(seconds=before), None))
            wall.append(Span(moment + timedelta(seconds=after), after))
        else:
            wall.append(Span(moment + timedelta(seconds=before), after))
        utc.append(Span(moment, after))
        before = after
    return ZoneTable(tuple(wall), tuple(utc))


def to_utc(wall: datetime, zone: str) -> datetime | None:
    """The naive UTC moment of a naive wall time; None when that wall time does not exist."""
    offset = _at(zone_table(zone).wall, wall)
    return None if offset is None else wall - timedelta(seconds=offset)


def to_utc_in(wall: datetime, zone: tzinfo) -> datetime | None:
    """The same for a zone that is at hand: one by name, or one that a calendar explains itself."""
    if isinstance(zone, ZoneInfo) and zone.key:
        return to_utc(wall, zone.key)
    moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    exists = moment.astimezone(zone).replace(tzinfo=None) == wall
    return moment.replace(tzinfo=None) if exists else None


def utc_text(wall: datetime, zone: str) -> str | None:
    """The UTC moment of a wall time as ISO text; None for a zone that nobody knows. Raises NoSuchHour."""
    try:
        moment = to_utc(wall, zone)
    except (KeyError, ValueError, OSError):  # what ZoneInfo makes of a name that is none
        return None
    if moment is None:
        raise NoSuchHour
    return f"{moment.isoformat()}Z"


def to_wall(moment: datetime, zone: str) -> datetime:
    """The naive wall time of a naive UTC moment."""
    return moment + timedelta(seconds=_at(zone_table(zone).utc, moment) or 0)


Range = tuple[datetime, datetime]


def wall_offset_sql(expression: str, zone: str, met: Range | None = None) -> str:
    """SQL for the seconds that a wall time is ahead of UTC; NULL when the wall time does not exist.

    With `met`, the first and last moment that the expression can be, only what lies between is spelled out.
    """
    return _tree(expression, _between(zone_table(zone).wall, met))


def utc_offset_sql(expression: str, zone: str, met: Range | None = None) -> str:
    """SQL for the seconds that the zone is ahead of a UTC moment that is at most two days from `met`."""
    return _tree(expression, _between(zone_table(zone).utc, met))


def _between(spans: tuple[Span, ...], met: Range | None) -> tuple[Span, ...]:
    """The spans that moments in this range can fall in, two days of room on both sides."""
    if met is None:
        return spans
    starts = [span.start for span in spans]
    first = bisect_right(starts, _moved(met[0], -ROOM)) - 1
    last = bisect_right(starts, _moved(met[1], ROOM))
    return spans[max(first, 0) : last]


def _moved(moment: datetime, room: timedelta) -> datetime:
    try:
        return moment + room
    except OverflowError:
        return moment


def _tree(expression: str, spans: tuple[Span, ...]) -> str:
    """A balanced CASE: each row passes about nine comparisons, and no join or sort is needed."""
    if len(spans) == 1:
        offset = spans[0].offset_seconds
        return "NULL" if offset is None else str(offset)
    middle = len(spans) // 2
    return (
        f"CASE WHEN {expression} < TIMESTAMP '{spans[middle].start.isoformat(' ')}' "
        f"THEN {_tree(expression, spans[:middle])} ELSE {_tree(expression, spans[middle:])} END"
    )


def _at(spans: tuple[Span, ...], moment: datetime) -> int | None:
    return spans[bisect_right(spans, moment, key=lambda span: span.start) - 1].offset_seconds


def _changes(info: ZoneInfo) -> list[datetime]:
    """The UTC moments, to the second, at which the zone's offset changes."""
    found = []
    moment, end = datetime(FIRST_YEAR, 1, 1), datetime(LAST_YEAR, 1, 1)
    while moment < end:
        following = moment + STEP
        if _offset(info, moment) != _offset(info, following):
            found.append(_change_between(info, moment, following))
        moment = following
    return found


def _change_between(info: ZoneInfo, low: datetime, high: datetime) -> datetime:
    before = _offset(info, low)
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if _offset(info, middle) == before:
            low = middle
        else:
            high = middle
    return high


def _offset(info: ZoneInfo, moment: datetime) -> int:
    shift = moment.replace(tzinfo=UTC).astimezone(info).utcoffset()
    return int(shift.total_seconds()) if shift else 0
