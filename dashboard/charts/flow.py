"""Who came and who left, period by period, from one zero line. Pure."""

from __future__ import annotations

import json
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
    bar_mark,
    finish,
    rule_mark,
    steps,
    text_mark,
)
from dashboard.facts import Period

HEIGHT = 300
PLOT = HEIGHT - 44  # pixels left when the labels under the axis have theirs
EVERY_MONTH_UP_TO = 14  # more labels than this do not fit beside each other
ROOM_ABOVE, ROOM_BELOW = 40, 22  # pixels kept free for the words


def _labels(periods: Sequence[Period], style: Style) -> list[str]:
    words = style.words
    spaced = len(periods) > EVERY_MONTH_UP_TO
    labels: list[str] = []
    for index, period in enumerate(periods):
        days = (period.end - period.start).days
        if days > 100:
            name, year = str(period.start.year), ""
        elif days > 40:
            name, year = words.t("Q{quarter}", quarter=(period.start.month + 2) // 3), str(period.start.year)
        else:
            name, year = words.short_month(period.start), str(period.start.year)
        turns = index == 0 or period.is_open or period.start.month == 1
        hidden = spaced and period.start.month not in (1, 7) and days <= 100
        labels.append("" if hidden else f"{name}|{year if turns and not (spaced and period.is_open) else ''}")
    return labels


def describe(periods: Sequence[Period], style: Style) -> str:
    """What the bars say: totals, and where the highest one stands."""
    words = style.words
    done = [period for period in periods if not period.is_open]
    if not done:
        return words.t("No complete period yet.")
    top = max(done, key=lambda period: period.gained)
    return words.t(
        "Bars per period, {interval}: {gained} came and {ended} ended. "
        "Most came in the period from {top}: {top_gained}.",
        interval=words.short_interval(done[0].start, done[-1].end),
        gained=words.number(sum(period.gained for period in done)),
        ended=words.number(sum(period.ended for period in done)),
        top=words.date(top.start),
        top_gained=words.number(top.gained),
    )


def _bars(periods: Sequence[Period], style: Style) -> list[Row]:
    tokens = style.tokens
    found: list[Row] = []
    for place, period in enumerate(periods):
        parts = (
            (0, period.new, tokens.accent),
            (period.new, period.gained, tokens.green),
            (-period.ended, 0, tokens.orange),
        )
        found += [
            {"place": place, "low": low, "high": high, "colour": colour, "open": period.is_open}
            for low, high, colour in parts
            if high > low
        ]
    return found


@lru_cache(maxsize=DRAWINGS_KEPT)
def draw_flow(periods: tuple[Period, ...], as_of: date, style: Style) -> Drawing:
    """Stacked up what came, down what ended; the open period pale, dashed and named."""
    tokens, words = style.tokens, style.words
    up = max([period.gained for period in periods] + [1])
    down = max([period.ended for period in periods] + [0])
    unit = (up + down) / (PLOT - ROOM_ABOVE - ROOM_BELOW)
    domain = [-(down + ROOM_BELOW * unit), up + ROOM_ABOVE * unit]
    ticks = steps(up, 3)
    below = [-tick for tick in ticks[1:] if tick <= down]
    labels = _labels(periods, style)
    x_axis = alt.Axis(
        labelExpr=f"split({json.dumps(labels)}[datum.value], '|')",
        labelAngle=0,
        labelOverlap=False,
        labelLineHeight=14,
        labelFontSize=SMALL,
        offset=2,
    )
    x = alt.X(
        "place:O",
        title=None,
        axis=x_axis,
        scale=alt.Scale(domain=list(range(len(periods))), paddingInner=0.3, paddingOuter=0.15),
    )
    y_scale = alt.Scale(domain=domain, nice=False)
    y_axis = alt.Axis(values=[*below, *ticks], labelExpr="format(abs(datum.value), ',')", grid=True)
    y = alt.Y("low:Q", axis=y_axis, scale=y_scale, title=None)
    bars = _bars(periods, style)
    solid = [bar for bar in bars if not bar["open"]]
    still = [bar for bar in bars if bar["open"]]
    colour = alt.Color("colour:N", scale=None)
    layers: list[alt.Chart] = [
        bar_mark(solid).encode(x=x, y=y, y2="high:Q", color=colour),
        bar_mark(still, fillOpacity=0.16, strokeDash=OPEN_DASH, strokeWidth=1.25).encode(
            x=x,
            y=y,
            y2="high:Q",
            fill=alt.Fill("colour:N", scale=None),
            stroke=alt.Stroke("colour:N", scale=None),
        ),
        rule_mark([{"zero": 0}], color=tokens.base).encode(
            y=alt.Y("zero:Q", axis=y_axis, scale=y_scale, title=None)
        ),
    ]
    legend = [
        (words.t("Returned"), tokens.green, 6, "left"),
        (words.t("New"), tokens.accent, 22, "left"),
        (words.t("Ended"), tokens.orange, alt.expr("height - 8"), "left"),
    ]
    for text, shade, height, align in legend:
        layers.append(
            text_mark(
                [{"text": text}], align=align, baseline="middle", fontSize=TEXT, fontWeight=600, color=shade
            ).encode(x=alt.value(0), y=alt.value(height), text="text:N")
        )
    if periods and periods[-1].is_open:
        layers.append(
            text_mark(
                [{"text": words.t("still open")}],
                align="right",
                baseline="middle",
                fontSize=SMALL,
                color=tokens.ink2,
            ).encode(x=alt.value("width"), y=alt.value(alt.expr("height - 8")), text="text:N")
        )
    return Drawing(
        finish(layers, style, HEIGHT, {"left": 0, "right": 4, "top": 0, "bottom": 0}),
        describe(periods, style),
    )
