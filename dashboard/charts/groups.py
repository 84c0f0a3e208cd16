"""Small multiples: one chart a working group, the others grey behind it, one scale for all. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import altair as alt

from dashboard.charts.grammar import (
    DRAWINGS_KEPT,
    OPEN_DASH,
    SMALL,
    TEXT,
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
from dashboard.facts import GroupLine, GroupPoint

HEIGHT = 116
MOST = 9


@lru_cache(maxsize=DRAWINGS_KEPT)
def draw_groups(lines: tuple[GroupLine, ...], as_of: date, style: Style) -> tuple[Drawing, ...]:
    """At most nine drawings, in the order given; who stands behind is the rest of these nine."""
    shown = lines[:MOST]
    highest = max((point.closing for line in shown for point in line.points), default=1)
    return tuple(_draw_one(line, shown, max(1, highest), as_of, style) for line in shown)


def describe(line: GroupLine, style: Style) -> str:
    """One group in words."""
    words = style.words
    return words.t(
        "Line for {group}: from {first} members in {first_month} to {last} in {last_month}.",
        group=line.name,
        first=words.number(line.done[0].closing),
        first_month=words.month_and_year(line.done[0].end),
        last=words.number(line.closing),
        last_month=words.month_and_year(line.done[-1].end),
    )


def _draw_one(
    line: GroupLine, others: Sequence[GroupLine], highest: int, as_of: date, style: Style
) -> Drawing:
    tokens, words = style.tokens, style.words

    def record(name: str, point: GroupPoint) -> Row:
        return {"group": name, "on": at(min(point.end, as_of)), "members": point.closing}

    days = sorted({min(point.end, as_of) for other in others for point in other.points})
    ends = sorted({point.end for other in others for point in other.done})  # the same in every small chart
    marks = sorted({ends[0], ends[(len(ends) - 1) // 2], ends[-1]})
    labels = {at(day): words.short_month_and_year(day) for day in marks}
    x = x_of(
        "on",
        alt.Scale(type="time", domain=[at(days[0]), at(days[-1])], nice=False),
        alt.Axis(
            values=list(labels),
            format="%b %Y",
            grid=False,
            domain=True,
            domainColor=tokens.base,
            ticks=True,
            tickColor=tokens.base,
            tickSize=4,
            labelOverlap=True,
            labelFlush=True,
            labelFontSize=SMALL,
        ),
        "T",
    )
    y = y_of(
        "members",
        alt.Scale(domain=[0, highest * 1.22], nice=False),
        alt.Axis(values=steps(highest, 2), format=",d", grid=True, labelFontSize=SMALL),
    )
    behind = [record(other.name, point) for other in others if other is not line for point in other.points]
    own = [record(line.name, point) for point in line.done]
    tail = [record(line.name, point) for point in line.points][len(own) - 1 :]
    layers: list[alt.Chart] = [
        line_mark(behind, color=tokens.ghost, strokeWidth=1).encode(x=x, y=y, detail="group:N"),
        line_mark(own, color=tokens.accent, strokeWidth=2).encode(x=x, y=y),
    ]
    if len(tail) > 1:
        dashed = line_mark(tail, color=tokens.accent, strokeWidth=2, strokeDash=OPEN_DASH)
        layers.append(dashed.encode(x=x, y=y))
    end = alt.Chart(rows([{**own[-1], "value": words.number(line.closing)}])).encode(x=x, y=y)
    layers.append(point_mark(own[-1:], color=tokens.accent, size=45).encode(x=x, y=y))
    text = end.encode(text="value:N")
    layers.extend(
        haloed(text, style, tokens.accent, align="right", dx=3, dy=-12, fontSize=TEXT + 2, fontWeight=600)
    )
    change = words.t("{change} in 12 months", change=words.signed(line.change))
    return Drawing(
        finish(layers, style, HEIGHT, {"left": 0, "right": 8, "top": 2, "bottom": 0}),
        describe(line, style),
        line.name,
        change,
    )
