"""Days and times in columns of their own become moments: `19-11-2026` beside `14u30` is one text.

A cell of times may hold a stretch, `14.00 - 16.00 uur`: its end is then the end of the meeting, where no
other column tells it. A day without a time stays a day. An end without a day of its own that lies before its
beginning, as 00:30 after 22:00, is on the day after, if it then lasts no longer than half a day. Where a
meeting so passes midnight, who came to it after midnight came on the day after too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from etl.cleaning.dates import MONTHS
from etl.schema.model import DateShape
from etl.schema.moments import BEGIN_OF, CLOCK, DAY, day_of, is_part
from etl.sources.clocks import clock_time
from etl.sources.stamps import read_stamp

if TYPE_CHECKING:
    from etl.settings import TableMapping

NO_CLOCK = "not a time of day, such as 14:30"
NO_DAY = "a time of day without its day"
_MIDNIGHT = re.compile(r"[T ]0?0:00(?::00)?(?:[.,]0+)?$")
_SERIAL = re.compile(r"([1-9]\d{4})(?:[.,]0+)?")
_FRACTION = re.compile(r"0[.,]\d+")
_STRETCH = re.compile(
    r"(?:van |from )?(.+?)\s*(?:-|–|—|\btot(?: en met)?\b|\bt/m\b|\bto\b|\buntil\b)\s*(.+)", re.I
)
_JOINED = re.compile(r"(.+) (\d\d:\d\d:\d\d)( UTC)?")
_WORDED_DAYS = (  # as etl/cleaning/dates.py has them: do 19 november 2026, November 19, 2026
    re.compile(
        r"(?:[^\W\d_]+\.?,? )?(?P<day>\d{1,2})\.?[-/ ](?P<month>[^\W\d_]+)\.?[-/ ](?P<year>\d{4}|\d{2})"
    ),
    re.compile(r"(?:[^\W\d_]+, )?(?P<month>[^\W\d_]+)\.? (?P<day>\d{1,2}),? (?P<year>\d{4})"),
)
_BARE_HOUR = re.compile(r"\d{1,2}")
_FIRST_DAY = date(1899, 12, 30)
LONGEST = timedelta(hours=12)
"""How long something that ends on the day after may last; a longer one is a slip of the pen."""
CAME_AND_LEFT = ("joined_at", "left_at")
Cells = Sequence[str | None]


class NoMoment(ValueError):
    """A day and a time that cannot be joined: the heading of the column at fault, and why."""

    def __init__(self, heading: str, reason: str) -> None:
        super().__init__(reason)
        self.heading = heading
        self.reason = reason


@dataclass(frozen=True)
class _Moment:
    """Where the two parts of a moment stand among the mapped columns."""

    day: int | None
    clock: int | None
    has_own_day: bool
    is_end: bool
    is_derived: bool = False
    """Whether it is told by nothing but the end of a stretch in the column of another moment."""


@dataclass(frozen=True)
class Joined:
    """A row with one cell for each moment. `clocks`: by its place the time of day of each that has one."""

    cells: tuple[str | None, ...]
    clocks: Mapping[int, time]


class Joiner:
    """Joins the parts of the moments of each row of one mapped table."""

    def __init__(self, mapping: TableMapping) -> None:
        self._headings = [heading for heading, _ in mapping.columns]
        fields = [field for _, field in mapping.columns]
        place = {field: at for at, field in enumerate(fields) if is_part(field)}
        plain = {pair: at for at, pair in enumerate(mapping.columns) if not is_part(pair[1])}
        self._steps = [plain.get(pair, _moment(pair[1], place)) for pair in mapping.whole]
        whole = [field for _, field in mapping.whole]
        if mapping.derived_end:
            self._steps.append(_derived(mapping.derived_end, place))
            whole.append(mapping.derived_end)
        self._meeting = [whole.index(field) for field in ("event_id", "title") if field in whole]
        came, left = (whole.index(field) if field in whole else None for field in CAME_AND_LEFT)
        self._came, self._left = came, left if self._has_no_day_of_its_own(left) else None
        self._spans = [
            (whole.index(begin), end)
            for end, field in enumerate(whole)
            if (begin := BEGIN_OF.get(field)) in whole and self._share_a_day(whole.index(begin), end)
        ]

    def _share_a_day(self, begin: int, end: int) -> bool:
        """Whether a beginning and its end have a time each and the day of the beginning for both."""
        first, last = self._steps[begin], self._steps[end]
        return (
            isinstance(first, _Moment)
            and isinstance(last, _Moment)
            and not last.has_own_day
            and first.day == last.day
        )

    def _has_no_day_of_its_own(self, place: int | None) -> bool:
        step = self._steps[place] if place is not None else None
        return isinstance(step, _Moment) and not step.has_own_day

    def joined(self, cells: Cells) -> Joined:
        """The row with one cell for each moment, and at its end the end that a stretch tells, if asked.

        Raises NoMoment.
        """
        clocks: dict[int, time] = {}
        found = tuple(
            cells[step] if isinstance(step, int) else self._text(step, cells, at, clocks)
            for at, step in enumerate(self._steps)
        )
        return Joined(found, clocks)

    def next_day(self, rows: Sequence[Joined], in_utc: Collection[int]) -> list[tuple[int, int]]:
        """The moments that are on the day after: the number of the row and the place in it.

        `in_utc`: the places of moments in UTC, which cannot be compared with those on another clock.
        """
        found: list[tuple[int, int]] = []
        nights: dict[tuple[str | None, ...], time] = {}  # when the meetings began that passed midnight
        for number, row in enumerate(rows):
            for begin, end in self._spans:
                first, last = row.clocks.get(begin), row.clocks.get(end)
                if (begin in in_utc) != (end in in_utc) or first is None or last is None:
                    continue
                if _is_next_day(first, last):
                    found.append((number, end))
                    place = self._meeting_of(row, begin, in_utc)
                    nights[place] = min(nights.get(place, first), first)
        if nights and self._came is not None:
            found += self._came_after_midnight(rows, nights, self._came, in_utc)
        return found

    def _came_after_midnight(
        self,
        rows: Sequence[Joined],
        nights: Mapping[tuple[str | None, ...], time],
        came: int,
        in_utc: Collection[int],
    ) -> Iterator[tuple[int, int]]:
        left = self._left
        for number, row in enumerate(rows):
            clock = row.clocks.get(came)
            first = nights.get(self._meeting_of(row, came, in_utc)) if clock is not None else None
            if clock is not None and first is not None and _is_next_day(first, clock):
                yield number, came
                if left is not None and left in row.clocks:
                    yield number, left

    def _meeting_of(self, row: Joined, moment: int, in_utc: Collection[int]) -> tuple[str | None, ...]:
        """What tells the meeting of a row from others: its title or id, its day, and on which clock."""
        parts = _JOINED.fullmatch(row.cells[moment] or "")
        clock = "UTC" if moment in in_utc else "local"
        return (*(row.cells[place] for place in self._meeting), parts[1] if parts else None, clock)

    def _text(self, moment: _Moment, cells: Cells, place: int, clocks: dict[int, time]) -> str | None:
        day = cells[moment.day] if moment.day is not None else None
        clock = cells[moment.clock] if moment.clock is not None else None
        if clock is None or moment.clock is None:
            return day if moment.has_own_day and not (moment.is_end and moment.clock is not None) else None
        stretch = stretch_of(clock)
        if stretch is None:
            raise NoMoment(self._headings[moment.clock], NO_CLOCK)
        first, last = stretch
        at = last if moment.is_derived else (last or first) if moment.is_end else first
        if at is None:
            return None
        if day is None or moment.day is None:
            raise NoMoment(self._headings[moment.day or 0], NO_DAY)
        clocks[place] = at
        return f"{_bare_day(day)} {at.isoformat()}"


def _is_next_day(first: time, last: time) -> bool:
    if last >= first:
        return False
    lasts = datetime.combine(_FIRST_DAY, last) - datetime.combine(_FIRST_DAY, first) + timedelta(days=1)
    return lasts <= LONGEST


def day_later(written: str | None, shape: DateShape) -> str | None:
    """A joined moment one day later, as ISO text; as it is where its day is no day under that order."""
    found = _JOINED.fullmatch(written or "")
    day = _written_day(found[1], shape) if found else None
    if not found or day is None:
        return written
    return f"{(day + timedelta(days=1)).isoformat()} {found[2]}{found[3] or ''}"


def _written_day(written: str, shape: DateShape) -> date | None:
    stamp = read_stamp(written)
    if stamp:
        is_iso = DateShape.ISO in stamp.shapes
        moment = stamp.moment(DateShape.ISO if is_iso else shape)
        return moment.date() if moment else None
    for pattern in _WORDED_DAYS:
        found = pattern.fullmatch(" ".join(written.split()))
        month = MONTHS.get(found["month"].casefold()) if found else None
        if found and month:
            year = int(found["year"])
            try:
                return date(year + 2000 if year < 100 else year, month, int(found["day"]))
            except ValueError:
                return None
    return None


def _moment(field: str, place: dict[str, int]) -> _Moment:
    day = day_of(field, place)
    return _Moment(
        place[day] if day else None, place.get(field + CLOCK), field + DAY in place, field in BEGIN_OF
    )


def _derived(end: str, place: dict[str, int]) -> _Moment:
    begin = _moment(BEGIN_OF[end], place)
    return replace(begin, has_own_day=False, is_end=True, is_derived=True)


def stretch_of(written: str) -> tuple[time, time | None] | None:
    """`14u30`, or `14.00 - 16.00 uur`, as its first time and its last; None when it is no such thing."""
    single = _time(written)
    if single:
        return single, None
    found = _STRETCH.fullmatch(" ".join(written.split()))
    if not found:
        return None
    first, last = found.groups()
    if _BARE_HOUR.fullmatch(first) and not _BARE_HOUR.fullmatch(last):
        first += "u"
    begin, end = _time(first), _time(last)
    return (begin, end) if begin and end else None


def _time(written: str) -> time | None:
    if _FRACTION.fullmatch(written):  # how a spreadsheet keeps a time that it does not show as one
        seconds = round(float(written.replace(",", ".")) * 86_400)
        return time(seconds // 3600 % 24, seconds // 60 % 60, seconds % 60)
    return clock_time(written)


def _bare_day(written: str) -> str:
    serial = _SERIAL.fullmatch(written)
    if serial:
        return (_FIRST_DAY + timedelta(days=int(serial[1]))).isoformat()
    return _MIDNIGHT.sub("", written)
