"""How large each channel was, day by day: a small chart a channel, on its own scale from zero. Pure."""

from __future__ import annotations

from functools import lru_cache

import altair as alt

from dashboard.charts.grammar import (
    DRAWINGS_KEPT,
    SMALL,
    Drawing,
    Row,
    Style,
    at,
    finish,
    haloed,
    line_mark,
    point_mark,
    rows,
    steps,
    x_of,
    y_of,
)
from dashboard.stories.reach import Channel

HEIGHT = 150
ROOM = 1.25
VALUE_SIZE = 14


@lru_cache(maxsize=DRAWINGS_KEPT)
def draw_channel(channel: Channel, heading: str, change: str, style: Style) -> Drawing:
    """A line from zero with a dot and the number at its end."""
    tokens, words = style.tokens, style.words
    line: list[Row] = [{"on": at(point.on), "value": point.value} for point in channel.points]
    first, last = channel.points[0], channel.latest
    end: list[Row] = [{"on": at(last.on), "value": last.value, "text": words.number(last.value)}]
    highest = max(point.value for point in channel.points) or 1
    up = alt.Scale(domain=[0, highest * ROOM], nice=False)
    along = alt.Axis(format="%Y", tickCount="year", labelFontSize=SMALL, grid=False, labelOverlap=True)
    side = alt.Axis(values=steps(highest, 3), format=",d", labelFontSize=SMALL)
    x = x_of("on", None, along, "T")
    y = y_of("value", up, side)
    number = alt.Chart(rows(end)).encode(x=x, y=y, text="text:N")
    layers = [
        line_mark(line, color=tokens.accent, strokeWidth=2.5).encode(x=x, y=y),
        point_mark(end, color=tokens.accent, size=70).encode(x=x, y=y),
        *haloed(
            number, style, tokens.accent, align="right", baseline="bottom", dy=-8, fontSize=VALUE_SIZE,
            fontWeight=600,
        ),
    ]  # fmt: skip
    text = words.t(
        "{channel}: {from_value} on {from_day}, {to_value} on {to_day}.",
        channel=heading,
        from_value=words.number(first.value),
        from_day=words.date(first.on),
        to_value=words.number(last.value),
        to_day=words.date(last.on),
    )
    return Drawing(finish(layers, style, HEIGHT, {"left": 0, "right": 6, "top": 4}), text, heading, change)
