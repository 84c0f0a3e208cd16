"""Zoom's own times: `10/06/2026 06:01:12 PM`, `15/08/2022 01:27`, `Aug 12, 2026 10:00 AM`, without a zone.

The order of day and month is that of the account, so it is decided over a whole file: by a day over 12, by
the date in the file name, else by the half days: AM and PM are how an American account writes, which most
are, and a warning says that this was taken. Twenty-four hours are written by both, so then it is asked; the
answer stands in kring.toml under [dates].
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from etl.errors import InputError
from etl.schema.model import DateShape
from etl.sources.file_day import day_in_name
from etl.sources.stamps import DAY_FIRST, MONTH_FIRST, Stamp, order_matters, possible_shapes, read_stamp

GUESSED = (
    "nothing shows whether the day or the month comes first; Zoom's own order, month first, is taken. "
    "Set the date in the file name, such as 2026-03-16, if that is wrong"
)


@dataclass(frozen=True)
class DayOrder:
    """The order of day and month of one file, and what has to be said about it. None: it must be asked."""

    shape: DateShape | None
    warnings: tuple[str, ...] = ()


def day_order(name: str, written: Iterable[str | None], told: DateShape | None = None) -> DayOrder:
    """The only order possible, the one that was told, that of the file name's day, or that of a half day."""
    stamps = [stamp for stamp in map(read_stamp, written) if stamp]
    possible = possible_shapes(stamps)
    if stamps and not possible:
        raise InputError(name, "dates that contradict one another", "one order of day and month")
    if len(possible) == 1:
        return DayOrder(next(iter(possible)))
    if not order_matters(stamps):
        return DayOrder(MONTH_FIRST)
    if told:
        return DayOrder(told)
    named = _order_of_name(name, stamps)
    if named:
        return DayOrder(named)
    if any(stamp.has_half_day for stamp in stamps):
        return DayOrder(MONTH_FIRST, (GUESSED,))
    return DayOrder(None)


def _order_of_name(name: str, stamps: Sequence[Stamp]) -> DateShape | None:
    """The order under which a stamp is on the day that the file name gives."""
    named = day_in_name(name)
    if named is None or not named.is_certain:
        return None
    fitting = [
        shape
        for shape in (MONTH_FIRST, DAY_FIRST)
        if any((moment := stamp.moment(shape)) and moment.date() == named.day for stamp in stamps)
    ]
    return fitting[0] if len(fitting) == 1 else None
