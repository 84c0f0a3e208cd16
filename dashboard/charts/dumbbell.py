"""Registered and attended, one row a session. Pure."""

from __future__ import annotations

from collections.abc import Sequence
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
    finish,
    point_mark,
    rect_mark,
    rule_mark,
    steps,
    text_mark,
    wrapped,
    x_of,
    y_of,
)
from dashboard.facts import Session

MOST = 24
LINE, BELOW_NAME, HEAD = 16, 26, 22  # pixels: a line of the name, the marks under it, the axis on top
LETTERS = 46  # what fits on one line of a phone
ROOM = 1.16  # the axis runs on past the highest value, for its number
NARROWEST = 320  # pixels of plot on a phone
DIGIT, GAP = 8, 12  # pixels of a figure, and between a number and its dot


@dataclass(frozen=True)
class RowPlace:
    """Where one session stands, in pixels from the top."""

    session: Session
    name: list[str]
    top: float
    marks: float
    bottom: float


def place_rows(
    shown: Sequence[Session], style: Style, head: int = HEAD, below: int = BELOW_NAME
) -> list[RowPlace]:
    """The rows one under the other; a long name takes two lines and its row grows with it."""
    places: list[RowPlace] = []
    top = float(head)
    for session in shown:
        name = wrapped(f"{style.words.short_date(session.on, shown[0].on)}  {session.title}", LETTERS)
        marks = top + LINE * len(name) + below / 2
        places.append(RowPlace(session, name, top, marks, top + LINE * len(name) + below))
        top = places[-1].bottom
    return places


def describe(shown: Sequence[Session], style: Style) -> str:
    """The rows in words, newest first."""
    words = style.words
    parts = [
        words.t(
            "{title}, {day}: {registered} registered, {attended} attended",
            title=session.title,
            day=words.date(session.on),
            registered=words.counted(session.registered),
            attended=words.counted(session.total, session.is_approximate),
        )
        for session in shown[:10]
    ]
    return words.t("Registered and attended, newest first.") + " " + "; ".join(parts) + "."


def _labels(place: RowPlace, highest: float, style: Style) -> list[Row]:
    words, tokens, session = style.words, style.tokens, place.session
    came, asked = session.total, session.registered
    y = place.marks
    accent, grey = tokens.accent, tokens.ink2
    if came is None:
        why = words.t("unknown: no attendance list yet")
        if asked is None:
            return [{"x": 0, "y": y, "text": why, "colour": grey, "side": "start"}]
        return [
            {"x": asked, "y": y, "text": f"{words.number(asked)} · {why}", "colour": grey, "side": "right"}
        ]
    attended = words.counted(came, session.is_approximate)
    if asked is None:
        return [{"x": came, "y": y, "text": attended, "colour": accent, "side": "right"}]
    low, high = sorted((came, asked))
    before = attended if came <= asked else words.number(asked)
    if low / highest * NARROWEST < DIGIT * len(before) + GAP:
        text = words.t("{attended} of {registered}", attended=attended, registered=words.number(asked))
        return [{"x": high, "y": y, "text": text, "colour": accent, "side": "right"}]
    return [
        {"x": came, "y": y, "text": attended, "colour": accent, "side": "left" if came < asked else "right"},
        {
            "x": asked,
            "y": y,
            "text": words.number(asked),
            "colour": grey,
            "side": "right" if came < asked else "left",
        },
    ]


@lru_cache(maxsize=DRAWINGS_KEPT)
def draw_registered_and_attended(shown: tuple[Session, ...], chosen: str, style: Style) -> Drawing:
    """A filled dot came, a ring registered, a hollow diamond is an estimate; a soft band is chosen."""
    tokens = style.tokens
    shown = shown[:MOST]
    places = place_rows(shown, style)
    height = int(places[-1].bottom) + 4 if places else HEAD
    highest = (
        max([value for one in shown for value in (one.total, one.registered) if value is not None] + [10])
        * ROOM
    )
    across = alt.Scale(domain=[0, highest], nice=False)
    down = alt.Scale(domain=[0, height], reverse=True, nice=False)
    axis = alt.Axis(
        values=steps(highest, 3), orient="top", format=",d", grid=True, labelFlush=True, offset=-HEAD + 4
    )

    def x(field: str) -> alt.X:
        return x_of(field, across, axis)

    def y(field: str) -> alt.Y:
        return y_of(field, down)

    band = [
        {"top": one.top + 1, "bottom": one.bottom + 1} for one in places if one.session.session_id == chosen
    ]
    lines: list[Row] = [
        {"y": one.top + LINE * index + LINE / 2 + 2, "text": text}
        for one in places
        for index, text in enumerate(one.name)
    ]
    pairs: list[Row] = [
        {"came": one.session.total, "asked": one.session.registered, "y": one.marks}
        for one in places
        if one.session.total is not None and one.session.registered is not None
    ]
    came: list[Row] = [
        {"x": one.session.total, "y": one.marks, "guess": one.session.is_approximate}
        for one in places
        if one.session.total is not None
    ]
    asked: list[Row] = [
        {"x": one.session.registered, "y": one.marks} for one in places if one.session.registered
    ]
    labels = [label for one in places for label in _labels(one, highest, style)]
    sure = [row for row in came if not row["guess"]]
    guesses = [row for row in came if row["guess"]]
    layers: list[alt.Chart] = [
        rect_mark(band, color=tokens.soft, cornerRadius=4).encode(
            x=alt.value(0), x2=alt.value("width"), y=y("top"), y2="bottom:Q"
        ),
        text_mark(lines, align="left", baseline="middle", fontSize=TEXT, color=tokens.ink2).encode(
            x=alt.value(0), y=y("y"), text="text:N"
        ),
        rule_mark(pairs, color=tokens.ghost, strokeWidth=3).encode(x=x("came"), x2="asked:Q", y=y("y")),
        point_mark(asked, fill=tokens.bg, stroke=tokens.ink3, strokeWidth=1.75, size=62).encode(
            x=x("x"), y=y("y")
        ),
        point_mark(sure, color=tokens.accent, size=80).encode(x=x("x"), y=y("y")),
        point_mark(
            guesses, shape="diamond", fill=tokens.bg, stroke=tokens.accent, strokeWidth=1.75, size=95
        ).encode(x=x("x"), y=y("y")),
    ]
    for side, align, shift in (("left", "right", -10), ("right", "left", 10), ("start", "left", 0)):
        part = [label for label in labels if label["side"] == side]
        for shade, weight, size in ((tokens.accent, 600, VALUE), (tokens.ink2, 400, SMALL)):
            texts = [label for label in part if label["colour"] == shade]
            words = text_mark(
                texts, align=align, baseline="middle", dx=shift, fontSize=size, fontWeight=weight, color=shade
            )
            layers.append(words.encode(x=x("x"), y=y("y"), text="text:N"))
    return Drawing(
        finish(layers, style, height, {"left": 0, "right": 2, "top": 0, "bottom": 0}), describe(shown, style)
    )
