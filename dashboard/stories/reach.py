"""Channels as typed facts: each on its own, and the bounds of two together. Pure: no Streamlit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dashboard.stories.records import Record, count_of, day_of, number_of, text_of

STOCK, FLOW = "stock", "flow"
MEMBERS = "members"


@dataclass(frozen=True)
class Measured:
    """A figure on a day."""

    on: date
    value: int


@dataclass(frozen=True)
class Channel:
    """One measure of one channel, oldest first."""

    channel: str
    measure: str
    points: tuple[Measured, ...]

    @property
    def latest(self) -> Measured:
        """The newest figure."""
        return self.points[-1]

    def before(self, day: date) -> Measured | None:
        """The newest figure on or before a day."""
        return next((point for point in reversed(self.points) if point.on <= day), None)


def channels(records: Iterable[Record], kind: str = STOCK) -> tuple[Channel, ...]:
    """`reach` of one kind, the largest channel first; a measure is never mixed with another."""
    points: dict[tuple[str, str], list[Measured]] = {}
    for row in records:
        if text_of(row, "kind") == kind:
            key = (text_of(row, "channel"), text_of(row, "measure"))
            points.setdefault(key, []).append(
                Measured(day_of(row, "measured_on"), round(number_of(row, "value")))
            )
    found = [
        Channel(channel, measure, tuple(sorted(given, key=lambda point: point.on)))
        for (channel, measure), given in points.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.latest.value, one.channel, one.measure)))


def gained(channel: Channel, start: date, end: date) -> int:
    """What a flow came to between two days, both included."""
    return sum(point.value for point in channel.points if start <= point.on <= end)


@dataclass(frozen=True)
class Bounds:
    """Two channels together: at least the larger, at most both."""

    larger: str
    smaller: str
    lower: int
    upper: int


def bounds(records: Iterable[Record]) -> tuple[Bounds, ...]:
    """`reach_bounds`, the pair with the largest channel first."""
    return tuple(
        Bounds(
            text_of(row, "channel_a"),
            text_of(row, "channel_b"),
            count_of(row, "lower"),
            count_of(row, "upper"),
        )
        for row in records
    )
