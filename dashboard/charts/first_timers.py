"""Who was there for the first time, one bar a session. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import altair as alt

from dashboard.charts.dumbbell import LINE, MOST, RowPlace, place_rows
from dashboard.charts.grammar import (
    DRAWINGS_KEPT,
    SMALL,
    TEXT,
    Drawing,
    Row,
    Style,
    bar_mark,
    finish,
    text_mark,
    x_of,
    y_of,
)
from dashboard.facts import Session

THICK, UNDER = 16, 26
ROOM = 1.55  # the axis runs on past the longest bar, for its words


def describe(shown: Sequence[Session], style: Style) -> str:
    """The bars in words, newest first."""
    words = style.words
    parts = [
        words.t("{title}, {day}: {what}", title=one.title, day=words.date(one.on), what=in_words(one, style))
        for one in shown[:10]
    ]
    return (
        words.t("First-timers and people who had been before, newest first.") + " " + "; ".join(parts) + "."
    )


def in_words(session: Session, style: Style) -> str:
    """What stands beside the bar, or instead of it."""
    words = style.words
    if session.has_names:
        return words.t(
            "{first} new · {returning} back",
            first=words.number(session.first_timers or 0),
            returning=words.number(session.returning or 0),
        )
    if session.total is None:
        return words.t("unknown: no attendance list yet")
    return words.t("unknown: counted in the room, without names")


@lru_cache(maxsize=DRAWINGS_KEPT)
def draw_first_timers(shown: tuple[Session, ...], style: Style) -> Drawing:
    """Orange was new, grey had been before; where names are missing the words say so instead of a bar."""
    tokens = style.tokens
    shown = shown[:MOST]
    places = place_rows(shown, style, head=0, below=UNDER)
    height = int(places[-1].bottom) if places else UNDER
    longest = max([(one.first_timers or 0) + (one.returning or 0) for one in shown] + [1])
    across = alt.Scale(domain=[0, longest * ROOM], nice=False)
    down = alt.Scale(domain=[0, height], reverse=True, nice=False)
    lines: list[Row] = [
        {"y": one.top + LINE * index + LINE / 2, "text": text}
        for one in places
        for index, text in enumerate(one.name)
    ]
    bars = [bar for one in places if one.session.has_names for bar in _bars(one, style)]
    labels: list[Row] = [
        {
            "x": (one.session.first_timers or 0) + (one.session.returning or 0)
            if one.session.has_names
            else 0,
            "y": one.marks - 4,
            "text": in_words(one.session, style),
        }
        for one in places
    ]
    layers = [
        bar_mark(bars).encode(
            x=x_of("low", across),
            x2="high:Q",
            y=y_of("top", down),
            y2="bottom:Q",
            color=alt.Color("colour:N", scale=None),
        ),
        text_mark(lines, align="left", baseline="middle", fontSize=TEXT, color=tokens.ink2).encode(
            x=alt.value(0), y=y_of("y", down), text="text:N"
        ),
        text_mark(labels, align="left", baseline="middle", dx=7, fontSize=SMALL, color=tokens.ink2).encode(
            x=x_of("x", across), y=y_of("y", down), text="text:N"
        ),
    ]
    return Drawing(
        finish(layers, style, height, {"left": 0, "right": 2, "top": 0, "bottom": 0}), describe(shown, style)
    )


def _bars(place: RowPlace, style: Style) -> list[Row]:
    first, back = place.session.first_timers or 0, place.session.returning or 0
    top = place.marks - 4 - THICK / 2
    edges = {"top": top, "bottom": top + THICK}
    parts = ((0, first, style.tokens.orange), (first, first + back, style.tokens.bar))
    return [
        {"low": low, "high": high, "colour": colour, **edges} for low, high, colour in parts if high > low
    ]
