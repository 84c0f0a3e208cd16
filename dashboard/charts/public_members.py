"""Members per quarter as the public sees them: one line of rounded numbers, its last value. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import altair as alt

from dashboard.charts.grammar import (
    Drawing,
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

HEIGHT = 240
ROOM_ABOVE = 40
END_VALUE = 18


@dataclass(frozen=True)
class PublicPoint:
    """One quarter; `members` is empty where the count is hidden, and the line has a gap there."""

    on: date
    members: int | None


def draw_public_members(points: tuple[PublicPoint, ...], style: Style, width: int) -> Drawing:
    """The line, with a gap for what is hidden, and the last value at its end."""
    tokens, words = style.tokens, style.words
    shown = [point for point in points if point.members is not None]
    top = max([point.members or 0 for point in shown] + [1]) * HEIGHT / (HEIGHT - ROOM_ABOVE)
    records = [{"on": at(point.on), "members": point.members} for point in points]
    domain = [at(points[0].on), at(points[-1].on)]
    x_axis = alt.Axis(
        format="%Y",
        tickCount="year",
        grid=False,
        domain=True,
        domainColor=tokens.base,
        ticks=True,
        tickColor=tokens.base,
        tickSize=5,
        labelOverlap=True,
        labelFlush=False,
    )
    x = x_of("on", alt.Scale(type="time", domain=domain, nice=False), x_axis, "T")
    y = y_of(
        "members",
        alt.Scale(domain=[0, top], nice=False),
        alt.Axis(values=steps(top, 3), format=",d", grid=True),
    )
    layers: list[alt.Chart] = [
        line_mark(records, color=tokens.accent, strokeWidth=2.5, strokeJoin="round").encode(x=x, y=y)
    ]
    if shown:
        last = shown[-1]
        end = {"on": at(last.on), "members": last.members, "value": words.number(last.members or 0)}
        layers.append(point_mark([end], fill=tokens.accent, size=60).encode(x=x, y=y))
        base = alt.Chart(rows([end])).encode(x=x, y=y)
        look = {"align": "right", "dx": 4, "dy": -16, "fontSize": END_VALUE, "fontWeight": 600}
        layers.extend(haloed(base.encode(text="value:N"), style, tokens.accent, **look))
    spec = finish(layers, style, HEIGHT, {"left": 3, "right": 14, "top": 4, "bottom": 0})
    fitted = {"type": "fit", "contains": "padding"}
    return Drawing({**spec, "width": width, "autosize": fitted}, describe(points, style))


def describe(points: tuple[PublicPoint, ...], style: Style) -> str:
    """The line in words."""
    words = style.words
    shown = [point for point in points if point.members is not None]
    if not shown:
        return words.t("No number can be shown.")
    return words.t(
        "Line: members at the end of each quarter, from {first} in {first_month} to {last} in {last_month}.",
        first=words.number(shown[0].members or 0),
        first_month=words.month_and_year(shown[0].on),
        last=words.number(shown[-1].members or 0),
        last_month=words.month_and_year(shown[-1].on),
    )
