"""The small trend in a card: a line on its own scale, or bars from zero. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import altair as alt

from dashboard.charts.grammar import (
    DRAWINGS_KEPT,
    OPEN_DASH,
    Drawing,
    Row,
    Style,
    bar_mark,
    finish,
    line_mark,
    point_mark,
    rule_mark,
    x_of,
    y_of,
)

HEIGHT = 34


@dataclass(frozen=True)
class TrendPoint:
    """One month: its value as a number, and as the reader gets it. No value is a gap, never a zero."""

    end: date
    value: float | None
    label: str
    is_open: bool = False


def _alt(measure: str, points: Sequence[TrendPoint], style: Style) -> str:
    known = [point for point in points if point.value is not None and not point.is_open]
    if not known:
        return style.words.t("{measure}: nothing known yet.", measure=measure)
    first, last = known[0], known[-1]
    return style.words.t(
        "{measure}: from {from_value} in {from_month} to {to_value} in {to_month}.",
        measure=measure,
        from_value=first.label,
        from_month=style.words.month_and_year(first.end),
        to_value=last.label,
        to_month=style.words.month_and_year(last.end),
    )


def _records(points: Sequence[TrendPoint]) -> list[Row]:
    return [
        {"place": place, "value": point.value, "open": point.is_open} for place, point in enumerate(points)
    ]


@lru_cache(maxsize=DRAWINGS_KEPT)
def draw_trend(measure: str, points: tuple[TrendPoint, ...], style: Style) -> Drawing:
    """A line to the last complete month, filled there; dashed on to a hollow dot for the open one."""
    tokens = style.tokens
    known = [record for record in _records(points) if record["value"] is not None]
    done = [record for record in known if not record["open"]]
    x = x_of("place", alt.Scale(domain=[0, max(1, len(points) - 1)], padding=6))
    y = y_of("value", alt.Scale(zero=False, nice=False, padding=6))
    layers: list[alt.Chart] = [
        line_mark(done, color=tokens.accent, strokeWidth=1.75).encode(x=x, y=y),
    ]
    if len(known) > len(done):
        tail = line_mark(known[-2:], color=tokens.accent, strokeWidth=1.75, strokeDash=OPEN_DASH)
        layers.append(tail.encode(x=x, y=y))
        layers.append(
            point_mark(known[-1:], size=24, fill=tokens.bg, stroke=tokens.accent, strokeWidth=1.5).encode(
                x=x, y=y
            )
        )
    layers.append(point_mark(done[-1:], size=26, color=tokens.accent).encode(x=x, y=y))
    return Drawing(
        finish(layers, style, HEIGHT, {"left": 0, "right": 0, "top": 0, "bottom": 0}),
        _alt(measure, points, style),
    )


@lru_cache(maxsize=DRAWINGS_KEPT)
def draw_bars(measure: str, points: tuple[TrendPoint, ...], style: Style) -> Drawing:
    """A bar a month from zero: the last complete one in accent, the open one pale with a dashed outline."""
    tokens = style.tokens
    records = _records(points)
    last = max((place for place, point in enumerate(points) if not point.is_open), default=-1)
    highest = max((point.value or 0 for point in points), default=0) or 1
    x = alt.X("place:O", title=None, axis=None, scale=alt.Scale(paddingInner=0.3, paddingOuter=0))
    y = y_of("value", alt.Scale(domain=[0, highest], nice=False))
    done = [record for record in records if not record["open"]]
    still = [record for record in records if record["open"]]
    layers: list[alt.Chart] = [
        bar_mark(done).encode(
            x=x,
            y=y,
            color=alt.condition(alt.datum.place == last, alt.value(tokens.accent), alt.value(tokens.bar)),
        )
    ]
    if still:
        layers.append(
            bar_mark(
                still, fill=tokens.accent, fillOpacity=0.16, stroke=tokens.accent, strokeDash=OPEN_DASH
            ).encode(x=x, y=y)
        )
    zero = rule_mark([{"zero": 0}], color=tokens.base).encode(y=y_of("zero", alt.Scale(domain=[0, highest])))
    layers.append(zero)
    return Drawing(
        finish(layers, style, HEIGHT, {"left": 0, "right": 0, "top": 2, "bottom": 2}),
        _alt(measure, points, style),
    )
