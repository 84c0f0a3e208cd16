"""The bridge from opening to closing: what came, what came back, what ended. Pure."""

from __future__ import annotations

from functools import lru_cache

import altair as alt

from dashboard.charts.grammar import (
    DRAWINGS_KEPT,
    VALUE,
    Drawing,
    Style,
    bar_mark,
    finish,
    rule_mark,
    text_mark,
    x_of,
    y_of,
)
from dashboard.facts import Balance

HEIGHT = 300
BAR_HEIGHT, NAME_HEIGHT = 28, 18
ROOM_FOR_VALUE = 1.16


def _steps(total: Balance, style: Style) -> list[tuple[str, int, int, str, str]]:
    words, tokens = style.words, style.tokens
    after_new = total.opening + total.new
    after_returned = after_new + total.returned
    after_ended = after_returned - total.ended
    found = [
        (
            words.t("Members on {day}", day=words.date(total.start)),
            0,
            total.opening,
            tokens.bar,
            words.number(total.opening),
        ),
        (words.t("New"), total.opening, after_new, tokens.accent, words.signed(total.new)),
        (words.t("Returned"), after_new, after_returned, tokens.green, words.signed(total.returned)),
        (words.t("Ended"), after_ended, after_returned, tokens.orange, words.signed(-total.ended)),
        (
            words.t("Members on {day}", day=words.date(total.end)),
            0,
            total.closing,
            tokens.bar,
            words.number(total.closing),
        ),
    ]
    if total.corrections:
        low, high = sorted((after_ended, total.closing))
        found.insert(4, (words.t("Corrections"), low, high, tokens.slate, words.signed(total.corrections)))
    return found


def describe(total: Balance, style: Style) -> str:
    """The balance in one sentence."""
    words = style.words
    text = words.t(
        "Bridge: {opening} members on {start}, {new} new, {returned} returned, {ended} ended, "
        "{closing} on {end}.",
        opening=words.number(total.opening),
        start=words.date(total.start),
        new=words.number(total.new),
        returned=words.number(total.returned),
        ended=words.number(total.ended),
        closing=words.number(total.closing),
        end=words.date(total.end),
    )
    if not total.corrections:
        return text
    return text + " " + words.t("Corrections: {count}.", count=words.signed(total.corrections))


@lru_cache(maxsize=DRAWINGS_KEPT)
def draw_balance(total: Balance, style: Style) -> Drawing:
    """Horizontal steps, name above and value right of each; dotted lines carry a level down."""
    tokens = style.tokens
    steps = _steps(total, style)
    pitch = HEIGHT / len(steps)
    thick = min(BAR_HEIGHT, pitch - NAME_HEIGHT - 6)
    records = [
        {
            "name": name,
            "low": low,
            "high": high,
            "colour": colour,
            "value": value,
            "right": max(low, high),
            "label_y": index * pitch + NAME_HEIGHT / 2,
            "top": index * pitch + NAME_HEIGHT,
            "bottom": index * pitch + NAME_HEIGHT + thick,
            "middle": index * pitch + NAME_HEIGHT + thick / 2,
        }
        for index, (name, low, high, colour, value) in enumerate(steps)
    ]
    levels = [total.opening, total.opening + total.new, total.opening + total.gained]
    levels += [total.opening + total.gained - total.ended]
    levels += [total.closing] if total.corrections else []
    joins = [
        {"level": level, "from": records[index]["bottom"], "to": records[index + 1]["top"]}
        for index, level in enumerate(levels)
    ]
    highest = max([step[2] for step in steps] + levels + [1])
    across = alt.Scale(domain=[0, highest * ROOM_FOR_VALUE], nice=False)
    down = alt.Scale(domain=[0, HEIGHT], reverse=True, nice=False)
    x, y = x_of("low", across), y_of("top", down)
    bars = bar_mark(records, cornerRadius=2).encode(
        x=x, x2="high:Q", y=y, y2="bottom:Q", color=alt.Color("colour:N", scale=None)
    )
    names = text_mark(records, align="left", baseline="middle", fontSize=VALUE, color=tokens.ink2).encode(
        x=alt.value(0), y=y_of("label_y", down), text="name:N"
    )
    values = text_mark(records, align="left", dx=7, fontSize=VALUE, fontWeight=600, color=tokens.ink).encode(
        x=x_of("right", across), y=y_of("middle", down), text="value:N"
    )
    dotted = rule_mark(joins, color=tokens.context, strokeDash=[1, 3]).encode(
        x=x_of("level", across), y=y_of("from", down), y2="to:Q"
    )
    return Drawing(
        finish([dotted, bars, names, values], style, HEIGHT, {"left": 0, "right": 4, "top": 0, "bottom": 0}),
        describe(total, style),
    )
