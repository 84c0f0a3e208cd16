"""The rules that turn exact counts of persons into public ones: threshold, rounding, and what stays.

A count under the threshold is hidden, zero included; any other is rounded to the nearest step, half up. A
published figure of a quarter that is over stays; a correction replaces it only when it moved two steps or
more, and what was hidden once stays hidden. Whether it did is told from what everyone sees alone: how far a
hidden count is under the threshold must not show.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from etl.errors import PublicationError
from etl.schema.public import (
    CellState,
    Key,
    PublicCount,
    PublicFigures,
    PublicRow,
    PublicTable,
    last_day_of,
)

RULE_VERSION = 1
LOWEST = 5  # neither threshold nor rounding may be finer
STEPS_OF_A_CORRECTION = 2
Published = Mapping[tuple[Key, ...], PublicRow]


@dataclass(frozen=True)
class DisclosureRule:
    """From how many persons a count is shown, and to what it is rounded."""

    threshold: int = 10
    rounding: int = 5

    def __post_init__(self) -> None:
        if self.rounding < LOWEST or self.threshold < self.rounding:
            raise PublicationError(
                "publication", f"threshold {self.threshold} and rounding {self.rounding}",
                f"at least {LOWEST} each, and a rounding no larger than the threshold",
            )  # fmt: skip

    def protect(self, persons: int | None, applies: bool = True) -> PublicCount:
        """The count as the public may see it."""
        if not applies:
            return PublicCount(CellState.NONE)
        if persons is None:
            return PublicCount(CellState.UNKNOWN)
        if persons < self.threshold:
            return PublicCount(CellState.HIDDEN, self.threshold)
        return PublicCount(CellState.COUNT, self.rounded(persons))

    def rounded(self, persons: int) -> int:
        """The nearest step, half up."""
        return (2 * persons + self.rounding) // (2 * self.rounding) * self.rounding


@dataclass(frozen=True)
class ExactRow:
    """One row of an exact table. It goes to nobody but a publication and the ledger."""

    keys: tuple[Key, ...]
    others: tuple[int, ...]
    persons: int | None
    applies: bool

    @property
    def figure(self) -> int | None:
        """The count of persons, when there was anything to count and it is known."""
        return self.persons if self.applies else None


def protect_rows(rows: Iterable[ExactRow], rule: DisclosureRule) -> tuple[PublicRow, ...]:
    """Every row as the public may see it."""
    return tuple(PublicRow(row.keys, row.others, rule.protect(row.persons, row.applies)) for row in rows)


def one_of_each(table: PublicTable, published: Published) -> dict[tuple[Key, ...], PublicRow]:
    """What was published; of a group that an earlier Kring wrote in two ways in one quarter the larger."""
    found: dict[tuple[Key, ...], PublicRow] = {}
    for keys, row in published.items():
        place = table.plain_keys(keys)
        if place not in found or (row.count.value or 0) >= (found[place].count.value or 0):
            found[place] = row
    return {row.keys: row for row in found.values()}


def published_names(
    table: PublicTable, rows: Iterable[ExactRow], published: Collection[tuple[Key, ...]]
) -> tuple[ExactRow, ...]:
    """The rows, each working group by the name under which it was published, however it is written now.

    Otherwise one group would be published as two, and what is hidden of the one could be told from the other.
    """
    own, as_published = {keys[0] for keys in published}, set(published)
    places = {table.plain_keys(keys): keys[0] for keys in published}
    last = {table.plain_keys(keys)[0]: keys[0] for keys in published}

    def name(row: ExactRow) -> Key:
        now, place = row.keys[0], table.plain_keys(row.keys)
        if row.keys in as_published:
            return now
        return places.get(place) or (now if now in own else last.get(place[0], now))

    return tuple(replace(row, keys=(name(row), *row.keys[1:])) for row in rows)


def with_those_gone(
    table: PublicTable, rows: Iterable[ExactRow], published: Collection[tuple[Key, ...]], over: date
) -> tuple[ExactRow, ...]:
    """The rows, and those that were published and are no more: nobody in a stock, else nothing to count.

    Of a quarter after `over` the release knows nothing.
    """
    found = tuple(rows)
    gone = {*published} - {row.keys for row in found}
    nobody = 0 if table.counts_a_stock else None
    return (
        *found,
        *(
            ExactRow(keys, (0,) * len(table.others), nobody, table.counts_a_stock)
            for keys in sorted(gone, key=_order)
            if last_day_of(keys) <= over
        ),
    )


def keep_published(
    table: PublicTable,
    fresh: Iterable[PublicRow],
    published: Published,
    rule: DisclosureRule,
    correcting: bool = False,
) -> PublicFigures:
    """The fresh rows, with whatever was published before as it was published."""
    new = tuple(fresh)
    last = max((row.period_end for row in published.values()), default=date.min)
    newest = max((row.period_end for row in new), default=date.min)
    hidden = {
        table.plain_keys(keys) for keys, row in published.items() if row.count.state is CellState.HIDDEN
    }
    rows = one_of_each(table, published)
    for row in new:
        before = rows.get(row.keys)
        if before is None:
            is_told = not table.is_newest_only or row.period_end == newest
            if is_told and (row.period_end > last or correcting):
                rows[row.keys] = row
        elif (
            correcting
            and table.plain_keys(row.keys) not in hidden
            and _is_corrected(before.count, row.count, rule)
        ):
            rows[row.keys] = row
    return PublicFigures(table, tuple(rows[keys] for keys in sorted(rows, key=_order)))


def _is_corrected(before: PublicCount, now: PublicCount, rule: DisclosureRule) -> bool:
    """Whether it moved two steps; a hidden count is the step under the lowest that is shown."""
    was, is_now = (
        rule.threshold - rule.rounding if each.state is CellState.HIDDEN else each.value
        for each in (before, now)
    )
    if was is None or is_now is None:
        return before != now
    return abs(was - is_now) >= STEPS_OF_A_CORRECTION * rule.rounding


def _order(keys: tuple[Key, ...]) -> tuple[str, ...]:
    return tuple(key.isoformat() if isinstance(key, date) else key.casefold() for key in keys)
