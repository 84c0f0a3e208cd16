"""Bars with the name above and the number beside, and now and then a tick to compare with. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import altair as alt

from dashboard.charts.grammar import (
    DRAWINGS_KEPT,
    SMALL,
    TEXT,
    VALUE,
    Drawing,
    Row,
    Style,
    bar_mark,
    finish,
    rule_mark,
    text_mark,
    wrapped,
    x_of,
    y_of,
)

LINE, THICK, BELOW = 16, 16, 12  # pixels: a line of the name, the bar, the room under it
BEYOND = 3  # how far a tick stands out above and under its bar; the name stands clear of it
LETTERS = 46
ROOM = 1.3  # the axis runs on past the longest bar, for its number
ROOM_FOR_MORE = 1.75
LETTER, GAP = 7.5, 8  # pixels of a figure of the number, and before what follows it


@dataclass(frozen=True)
class RankedBar:
    """One bar: its name, its value as a number and in words, more words, and where the tick stands."""

    name: str
    value: float
    text: str
    more: str = ""
    tick: float | None = None


@lru_cache(maxsize=DRAWINGS_KEPT)
def draw_ranked(bars: tuple[RankedBar, ...], alt_text: str, style: Style) -> Drawing:
    """The bars in the order given, from zero. `more` has the colour of the tick when there is one."""
    tokens = style.tokens
    highest = max([max(bar.value, bar.tick or 0) for bar in bars] + [1e-9])
    lift = BEYOND + 1 if any(bar.tick is not None for bar in bars) else 0
    room = ROOM_FOR_MORE if any(bar.more for bar in bars) else ROOM
    names: list[Row] = []
    blocks: list[Row] = []
    top = 0.0
    for bar in bars:
        lines = wrapped(bar.name, LETTERS)
        names += [{"y": top + LINE * index + LINE / 2, "text": text} for index, text in enumerate(lines)]
        start = top + LINE * len(lines) + lift
        blocks.append(
            {
                "low": 0, "high": bar.value, "top": start, "bottom": start + THICK,
                "middle": start + THICK / 2,
                "text": bar.text, "more": bar.more, "tick": bar.tick, "right": max(bar.value, bar.tick or 0),
                "tick_top": start - BEYOND, "tick_bottom": start + THICK + BEYOND,
            }
        )  # fmt: skip
        top = start + THICK + BELOW
    height = int(top)
    across = alt.Scale(domain=[0, highest * room], nice=False)
    down = alt.Scale(domain=[0, height], reverse=True, nice=False)
    shift = max([len(bar.text) for bar in bars] + [1]) * LETTER + GAP + 8
    shade = tokens.orange if any(bar.tick is not None for bar in bars) else tokens.ink2
    beside = y_of("middle", down)
    ticks = [block for block in blocks if block["tick"] is not None]
    layers = [
        bar_mark(blocks, color=tokens.bar, cornerRadius=2).encode(
            x=x_of("low", across), x2="high:Q", y=y_of("top", down), y2="bottom:Q"
        ),
        rule_mark(ticks, color=tokens.orange, strokeWidth=2.5).encode(
            x=x_of("tick", across), y=y_of("tick_top", down), y2="tick_bottom:Q"
        ),
        text_mark(names, align="left", baseline="middle", fontSize=TEXT, color=tokens.ink2).encode(
            x=alt.value(0), y=y_of("y", down), text="text:N"
        ),
        text_mark(
            blocks, align="left", baseline="middle", dx=8, fontSize=VALUE, fontWeight=600, color=tokens.ink
        ).encode(x=x_of("right", across), y=beside, text="text:N"),
        text_mark(blocks, align="left", baseline="middle", dx=shift, fontSize=SMALL, color=shade).encode(
            x=x_of("right", across), y=beside, text="more:N"
        ),
    ]  # fmt: skip
    return Drawing(finish(layers, style, height, {"left": 0, "right": 2, "top": 0, "bottom": 0}), alt_text)
