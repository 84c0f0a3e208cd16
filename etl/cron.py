"""When something happens by itself: five fields as in crontab, read once, with the next moment worked out.

The server that fires schedules reads the same text; a test holds the two together. This module may import
nothing of Kring, so that settings and pages can use it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
LONGEST_DAYS = 366 * 8  # 29 February may be eight years away


@dataclass(frozen=True)
class Cron:
    """Minutes, hours, days, months and weekdays (Sunday is 0) at which something happens."""

    text: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    either_day: bool  # both days and weekdays are named, and one of them is enough

    def next_after(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """The first moment after `moment` on the clocks of `zone`, in UTC. None when it never comes."""
        local = moment.astimezone(zone)
        for number in range(LONGEST_DAYS):
            day = local.date() + timedelta(days=number)
            if not self._falls_on(day.month, day.day, day.isoweekday() % 7):
                continue
            for hour in self.hours:
                for minute in self.minutes:
                    found = datetime.combine(day, time(hour, minute), zone).astimezone(UTC)
                    if found > moment:
                        return found
        return None

    def _falls_on(self, month: int, day: int, weekday: int) -> bool:
        if month not in self.months:
            return False
        if self.either_day:
            return day in self.days or weekday in self.weekdays
        return day in self.days and weekday in self.weekdays


def read_cron(text: str) -> Cron:
    """The schedule that a text of five fields means. ValueError when it means none."""
    fields = text.split()
    if len(fields) != 5:
        raise ValueError("not five fields")
    minutes, hours, days, months, weekdays = fields
    return Cron(
        text=" ".join(fields),
        minutes=_values(minutes, 0, 59),
        hours=_values(hours, 0, 23),
        days=_values(days, 1, 31),
        months=_values(months, 1, 12, MONTHS),
        weekdays=tuple(sorted({value % 7 for value in _values(weekdays, 0, 7, WEEKDAYS)})),
        either_day=not days.startswith("*") and not weekdays.startswith("*"),
    )


def _values(field: str, least: int, most: int, names: tuple[str, ...] = ()) -> tuple[int, ...]:
    """The numbers that one field names: a star, a number, a stretch, each maybe with a step; and lists."""
    found: set[int] = set()
    for part in field.split(","):
        stretch, slash, step = part.partition("/")
        if slash and (not step.isdecimal() or int(step) == 0):
            raise ValueError("a step that is no number")
        if stretch == "*":
            first, last = least, most
        else:
            start, dash, end = stretch.partition("-")
            first = _number(start, least, most, names)
            last = _number(end, least, most, names) if dash else (most if slash else first)
        if first > last:
            raise ValueError("a stretch that runs backwards")
        found.update(range(first, last + 1, int(step) if slash else 1))
    return tuple(sorted(found))


def _number(text: str, least: int, most: int, names: tuple[str, ...]) -> int:
    if text.lower() in names:
        return names.index(text.lower()) + (1 if names is MONTHS else 0)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise ValueError("a value out of range")
    return int(text)
