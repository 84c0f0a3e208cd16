"""Dates as programs write them: taken apart first, put in order only once there is evidence for an order.

`5/04/26, 4:21:32 PM` is 5 April in Australia and 4 May in America. Nothing within one stamp decides that, so
the order of day and month is decided over all stamps of a file or column together.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from etl.cleaning.dates import MONTHS, WEEKDAYS, ZONE_SECONDS
from etl.schema.model import DateShape

DAY_FIRST, MONTH_FIRST, ISO = DateShape.DAY_MONTH_YEAR, DateShape.MONTH_DAY_YEAR, DateShape.ISO
CLEAR_MAJORITY = 10  # so many stamps of one order for every stamp that allows only the other

_STAMP = re.compile(
    rf"(?:(?:{WEEKDAYS})\.?,? )?(\d{{1,4}})([-./])\s?(\d{{1,2}})\2\s?(\d{{1,4}})\.?"
    r"(?:[T,]?\s*(?:(?:om|at) )?(\d{1,2})"
    r"(?:(?:[:.]|\s?[uh]\s?)(\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*([ap]\.?\s?m\.?)?"
    r"(?:\s*(?:uur|u\.?)(?!\w))?|\s?(?:uur|u|h)\.?(?!\w))\s*([^\s\d][^\s]*|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
_WORDED = re.compile(r"(\d{1,2})[\s-]([^\W\d]+)\.?[\s-](\d{2}|\d{4})")
_OFFSET = re.compile(r"(?:GMT|UTC)?([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
_DURATION_PART = re.compile(r"(\d+)\s*([^\W\d_]+)")
_CLOCK = re.compile(r"(\d{1,3}):(\d{2}):(\d{2})")


@dataclass(frozen=True)
class Stamp:
    """A date in the order in which it is written, with a time of day when it has one."""

    parts: tuple[int, int, int]
    separator: str
    clock: tuple[int, int, int] | None
    has_half_day: bool
    offset: str
    is_padded: bool = False

    def moment(self, shape: DateShape) -> datetime | None:
        """The local moment under that order; None when it is not a date."""
        first, second, third = self.parts
        year, month, day = first, second, third
        if shape is DAY_FIRST:
            year, month, day = third, second, first
        elif shape is MONTH_FIRST:
            year, month, day = third, first, second
        hour, minute, seconds = self.clock or (0, 0, 0)
        try:
            return datetime(year + 2000 if year < 100 else year, month, day, hour, minute, seconds)
        except ValueError:
            return None

    def iso(self, shape: DateShape) -> str | None:
        """ISO text under that order, with the offset if the stamp has one; a date alone if it has no time."""
        moment = self.moment(shape)
        if moment is None:
            return None
        return moment.isoformat() + self.offset if self.clock else moment.date().isoformat()

    @property
    def shapes(self) -> frozenset[DateShape]:
        """The orders under which this is a date at all."""
        if self.parts[0] > 31:
            return frozenset({ISO}) if self.moment(ISO) else frozenset()
        possible = (DAY_FIRST,) if self.separator in ".-" else (DAY_FIRST, MONTH_FIRST)
        return frozenset(shape for shape in possible if self.moment(shape))


def read_stamp(text: str | None) -> Stamp | None:
    """Take a written date or moment apart; None when it is no such thing."""
    if not text:
        return None
    match = _STAMP.fullmatch(" ".join(text.split()))
    if match is None:
        return None
    first, separator, second, third, hour, minute, seconds, half, zone = match.groups()
    clock = _clock(hour, minute, seconds, half)
    offset = _offset(zone)
    if (hour and clock is None) or offset is None:
        return None
    padded = len(first) == 2 and len(second) == 2
    return Stamp((int(first), int(second), int(third)), separator, clock, bool(half), offset, padded)


def worded_date(text: str) -> str | None:
    """`15 Mar 2024`, `4-Apr-21` or `15-mrt-24` as an ISO date; None when it is no such thing."""
    match = _WORDED.fullmatch(" ".join(text.split()))
    month = MONTHS.get(match.group(2).casefold()) if match else None
    if match is None or month is None:
        return None
    year = int(match.group(3))
    try:
        return datetime(year + 2000 if year < 100 else year, month, int(match.group(1))).date().isoformat()
    except ValueError:
        return None


def possible_shapes(stamps: Iterable[Stamp]) -> frozenset[DateShape]:
    """The orders under which the stamps are dates. Empty when they contradict one another.

    One row costs itself, not the file: a stamp that is a date in no order says nothing, and among many that
    leave one order a few that do not fit are theirs to be refused.
    """
    allowed = [stamp.shapes for stamp in stamps if stamp.shapes]
    if not allowed:
        return frozenset()
    possible = frozenset.intersection(*allowed)
    telling = Counter(next(iter(shapes)) for shapes in allowed if len(shapes) == 1)
    if possible or not telling:
        return possible
    ((clear, count),) = telling.most_common(1)
    against = sum(clear not in shapes for shapes in allowed)
    return frozenset({clear}) if against * CLEAR_MAJORITY <= count else frozenset()


def order_matters(stamps: Iterable[Stamp]) -> bool:
    """Whether day-first and month-first give another date for any of them."""
    return any(stamp.moment(DAY_FIRST) != stamp.moment(MONTH_FIRST) for stamp in stamps)


def rising_shapes(stamps: Sequence[Stamp], shapes: frozenset[DateShape]) -> frozenset[DateShape]:
    """Those of the orders under which the stamps never go back in time, as rows appended one by one do."""
    rising: set[DateShape] = set()
    for shape in shapes:
        moments = [stamp.moment(shape) or datetime.min for stamp in stamps]
        if all(earlier <= later for earlier, later in pairwise(moments)):
            rising.add(shape)
    return frozenset(rising)


def duration_seconds(text: str | None) -> int | None:
    """`1h 32m 21s`, `59 Min. 0 Sek.`, `1 u 5 min`, `0:29:22`: a number and the first letters of its unit."""
    if not text:
        return None
    clock = _CLOCK.fullmatch(text.strip())
    if clock:
        hours, minutes, seconds = (int(part) for part in clock.groups())
        return hours * 3600 + minutes * 60 + seconds
    parts = _DURATION_PART.findall(text)
    if not parts:
        return None
    return sum(int(number) * _unit_seconds(unit.casefold()) for number, unit in parts)


def _unit_seconds(unit: str) -> int:
    if unit.startswith("m"):
        return 60
    if unit[0] in "hugt" or unit.startswith("st"):
        return 3600
    return 86_400 if unit[0] == "d" else 1


def _clock(
    hour: str | None, minute: str | None, seconds: str | None, half: str | None
) -> tuple[int, int, int] | None:
    if hour is None:
        return None
    number = int(hour)
    if half:
        if not 1 <= number <= 12:
            return None
        number = number % 12 + (12 if half[0] in "pP" else 0)
    return (number, int(minute or 0), int(seconds or 0))


def _offset(zone: str | None) -> str | None:
    """The zone as an ISO offset; empty when none is written, None when it is unknown."""
    if not zone:
        return ""
    known = ZONE_SECONDS.get(zone.casefold().rstrip("."))
    if known is not None:
        return f"+{known // 3600:02d}:00" if known else "Z"
    match = _OFFSET.fullmatch(zone)
    if match is None:
        return None
    sign, hours, minutes = match.groups()
    return f"{sign}{int(hours):02d}:{int(minutes or 0):02d}"


def is_serial(value: str) -> bool:
    """Whether this is how a spreadsheet numbers its days."""
    return bool(re.fullmatch(r"[1-9]\d{4}([.,]\d+)?", value.strip()))
