"""Times of Zoom and Webex without a zone: `10/06/2026 06:01:12 PM`, `15/08/2022 01:27`, `Aug 12, 2026 10:00`.

The order of day and month is that of the account, so it is decided over a whole file, by evidence: a number
over 12, the day in the file name, a day that the file writes in words, moments that must follow one another
(nobody leaves before joining or a day later, nobody registers after the end, no report is made before its
meeting), and when the report was made, which mostly is within two days. AM and PM prove nothing: Australia
writes them with the day first. Where nothing shows it, it is asked; the answer stands in kring.toml under
[dates].
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from etl.schema.model import DateShape
from etl.sources.clocks import local_moment, worded_moment
from etl.sources.date_order import contradiction
from etl.sources.file_day import day_in_name
from etl.sources.stamps import (
    CLEAR_MAJORITY,
    DAY_FIRST,
    MONTH_FIRST,
    Stamp,
    order_matters,
    possible_shapes,
    read_stamp,
)

ORDERS = (MONTH_FIRST, DAY_FIRST)
A_DAY, SOON = timedelta(days=1), timedelta(days=2)


@dataclass(frozen=True)
class Passage:
    """Two moments as written, of which the first cannot be the later, nor `most` before the other."""

    first: str | None
    then: str | None
    most: timedelta | None = None


def day_order(
    name: str,
    written: Iterable[str | None],
    told: DateShape | None = None,
    passages: Iterable[Passage] = (),
    made: str | None = None,
    column: str = "Join Time",
) -> DateShape | None:
    """The order of day and month of a whole file; None where it must be asked.

    `made`: when the report of a meeting that is over was made, as written.
    """
    texts = [text for text in written if text]
    stamps = [stamp for stamp in map(read_stamp, texts) if stamp]
    possible = possible_shapes(stamps)
    if stamps and not possible:
        raise contradiction(name, column)
    if len(possible) == 1:
        return next(iter(possible))
    if not order_matters(stamps):
        return MONTH_FIRST
    if told:
        return told
    return (
        _by_days(stamps, _days_known(name, texts))
        or _by_passages(list(passages))
        or (_by_making(texts, made) if made else None)
    )


def _days_known(name: str, written: Sequence[str]) -> set[date]:
    """The days of which nothing about the order has to be known: in the file's name, or in words."""
    named = day_in_name(name)
    days = {named.day} if named and named.is_certain else set()
    return days | {
        datetime.fromisoformat(moment).date() for text in written if (moment := worded_moment(text))
    }


def _by_days(stamps: Sequence[Stamp], days: set[date]) -> DateShape | None:
    """The order under which a stamp is on one of these days."""
    return _only(
        shape
        for shape in ORDERS
        if any((moment := stamp.moment(shape)) and moment.date() in days for stamp in stamps)
    )


def _by_passages(passages: Sequence[Passage]) -> DateShape | None:
    """The order under which what follows is later; a few rows that are wrong themselves do not count."""
    fitting = []
    for shape in ORDERS:
        found = [fits for each in passages if (fits := _fits(each, shape)) is not None]
        if found and found.count(False) * CLEAR_MAJORITY <= found.count(True):
            fitting.append(shape)
    return _only(fitting)


def _fits(passage: Passage, shape: DateShape) -> bool | None:
    """Whether the moments follow one another under that order; None when one of them is not there."""
    first, then = _moment(passage.first, shape), _moment(passage.then, shape)
    if first is None or then is None:
        return None
    # an hour back is the night on which the clock is put back
    return -timedelta(hours=1) <= then - first <= (passage.most or timedelta.max)


def _by_making(written: Sequence[str], made: str) -> DateShape | None:
    """The order under which the report was made within two days after the last moment in it."""
    soon = []
    for shape in ORDERS:
        end = max((moment for text in written if (moment := _moment(text, shape))), default=None)
        at = _moment(made, shape)
        if end and at and at - end <= SOON:
            soon.append(shape)
    return _only(soon)


def _moment(written: str | None, shape: DateShape) -> datetime | None:
    text = local_moment(written, shape)
    return datetime.fromisoformat(text).replace(tzinfo=None) if text else None


def _only(shapes: Iterable[DateShape]) -> DateShape | None:
    found = list(shapes)
    return found[0] if len(found) == 1 else None
