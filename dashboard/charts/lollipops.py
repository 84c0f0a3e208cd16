"""The 80/40 picture: the reach of each activity, of all together, and what chance would give. Pure."""

from __future__ import annotations

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
    haloed,
    point_mark,
    rows,
    rule_mark,
    text_mark,
    wrapped,
    x_of,
    y_of,
)
from dashboard.stories.participation import Activity, Participation

LINE, MARKS, BELOW = 16, 24, 18  # pixels: a line of the name, the marks under it, the room below
LETTERS = 46
MEAN_ROOM, UNION_ROOM, FOOT = 34, 34, 26
UNION_SIZE = 20
RIGHT_EDGE = 1.0


def describe(found: Participation, style: Style) -> str:
    """The picture in words."""
    words = style.words
    parts = [
        words.t(
            "{title}, {day}: {came} of {eligible}",
            title=each.title,
            day=words.date(each.on),
            came=words.number(each.came),
            eligible=words.number(found.eligible),
        )
        for each in found.activities[:12]
    ]
    start = words.t("Reach of each activity.") + " " + "; ".join(parts) + "."
    if not found.has_shares:
        return start
    return (
        start
        + " "
        + words.t(
            "At least one of them: {union}; by chance {chance}; {mean} on average per activity.",
            union=words.share(found.union),
            chance=words.share(found.chance),
            mean=words.share(found.mean),
        )
    )


def union_name(count: int, style: Style) -> str:
    """What the last row is called."""
    words = style.words
    return words.n(
        "At least one of {count}", "At least one of the {number}", count, number=words.number_word(count)
    )


@lru_cache(maxsize=DRAWINGS_KEPT)
def draw_lollipops(found: Participation, style: Style) -> Drawing:
    """A dot on a stem for each activity, a large one for at least one of them, an orange tick for chance."""
    tokens, words = style.tokens, style.words
    names: list[Row] = []
    dots: list[Row] = []
    top = 4.0
    for each in found.activities:
        top = _add_row(each, found, top, names, dots, style)
    line_end = top
    union_top = top + MEAN_ROOM
    union_y = union_top + LINE + MARKS / 2
    height = int(union_y + UNION_ROOM)
    names.append({"y": union_top + LINE / 2, "text": union_name(len(found.activities), style)})
    across = alt.Scale(domain=[0, RIGHT_EDGE], nice=False)
    down = alt.Scale(domain=[0, height], reverse=True, nice=False)
    axis = alt.Axis(
        values=[0, 0.2, 0.4, 0.6, 0.8, 1], labelExpr="round(datum.value * 100) + '%'", labelFlush=True,
        offset=0,
    )  # fmt: skip

    def x(field: str) -> alt.X:
        return x_of(field, across, axis)

    def y(field: str) -> alt.Y:
        return y_of(field, down)

    mean: list[Row] = [
        {
            "x": found.mean, "top": 4, "bottom": line_end - BELOW / 2, "y": line_end + 4,
            "text": words.t("{mean} on average per activity", mean=words.share(found.mean)),
        }
    ]  # fmt: skip
    union: list[Row] = [{"low": 0, "x": found.union, "y": union_y, "text": words.share(found.union)}]
    chance: list[Row] = [
        {
            "x": found.chance, "top": union_y - 16, "bottom": union_y + 26, "y": union_y + 20,
            "text": words.t("by chance {share}", share=words.share(found.chance)),
        }
    ]  # fmt: skip
    if not found.has_shares:
        mean, chance = [], []
        union[0] = {**union[0], "text": _count(found.eligible - found.missed, found, style)}
    left = found.union > 0.75
    layers = [
        rule_mark(dots, color=tokens.ghost, strokeWidth=2.5).encode(x=x("low"), x2="x:Q", y=y("y")),
        rule_mark(union, color=tokens.ghost, strokeWidth=2.5).encode(x=x("low"), x2="x:Q", y=y("y")),
        rule_mark(mean, color=tokens.context, strokeWidth=1.5, strokeDash=[4, 3]).encode(
            x=x("x"), y=y("top"), y2="bottom:Q"
        ),
        *_names(names, style, down),
        point_mark(dots, color=tokens.bar, size=150).encode(x=x("x"), y=y("y")),
        *_labels(dots, style, x("anchor"), y("y")),
        *haloed(
            alt.Chart(rows(mean)).encode(x=x("x"), y=y("y"), text="text:N"), style, tokens.ink2,
            align="center" if 0.25 < found.mean < 0.75 else "left" if found.mean <= 0.25 else "right",
            baseline="middle", fontSize=TEXT,
        ),
        rule_mark(chance, color=tokens.orange, strokeWidth=2.5).encode(
            x=x("x"), y=y("top"), y2="bottom:Q"
        ),
        point_mark(union, color=tokens.accent, size=300).encode(x=x("x"), y=y("y")),
        *haloed(
            alt.Chart(rows(union)).encode(x=x("x"), y=y("y"), text="text:N"), style, tokens.accent,
            align="right" if found.union > 0.88 else "left", baseline="middle",
            dx=-16 if found.union > 0.88 else 15, dy=-20 if found.union > 0.88 else 0,
            fontSize=UNION_SIZE, fontWeight=600,
        ),
        *haloed(
            alt.Chart(rows(chance)).encode(x=x("x"), y=y("y"), text="text:N"), style, tokens.orange,
            align="right" if left else "left", baseline="middle", dx=-7 if left else 7, fontSize=SMALL + 1,
        ),
    ]  # fmt: skip
    padding = {"left": 0, "right": 4, "top": 0, "bottom": FOOT - 20}
    return Drawing(finish(layers, style, height, padding), describe(found, style))


def _name(title: str, day: str) -> list[str]:
    """Title and day in lines; the day never stands on two."""
    *before, last = wrapped(f"{title},", LETTERS)
    both = f"{last} {day}"
    return [*before, both] if len(both) <= LETTERS else [*before, last, day]


def _count(came: int, found: Participation, style: Style) -> str:
    words = style.words
    return words.t("{came} of {eligible}", came=words.number(came), eligible=words.number(found.eligible))


def _add_row(
    each: Activity, found: Participation, top: float, names: list[Row], dots: list[Row], style: Style
) -> float:
    """One activity; gives where the next begins."""
    words = style.words
    lines = _name(each.title, words.short_date(each.on, found.end))
    names.extend({"y": top + LINE * index + LINE / 2, "text": text} for index, text in enumerate(lines))
    y = top + LINE * len(lines) + MARKS / 2
    share = words.share(each.share) if found.has_shares else ""
    # A mean line just right of the dot would run through the number; the number then stands beyond it.
    behind = found.mean - each.share
    dots.append(
        {
            "low": 0, "x": each.share, "anchor": found.mean if 0 < behind < 0.14 else each.share, "y": y,
            "share": share, "count": _count(each.came, found, style),
        }
    )  # fmt: skip
    return y + MARKS / 2 + BELOW


def _names(names: list[Row], style: Style, down: alt.Scale) -> tuple[alt.Chart, alt.Chart]:
    base = alt.Chart(rows(names)).encode(x=alt.value(0), y=y_of("y", down), text="text:N")
    return haloed(base, style, style.tokens.ink, align="left", baseline="middle", fontSize=TEXT)


def _labels(dots: list[Row], style: Style, x_at: alt.X, y_at: alt.Y) -> list[alt.Chart]:
    """The share in bold and, after it, how many of how many."""
    tokens = style.tokens
    strong = alt.Chart(rows(dots)).encode(x=x_at, y=y_at, text="share:N")
    has_shares = any(row["share"] for row in dots)
    shift = 14 + (38 if has_shares else 0)
    return [
        *haloed(
            strong, style, tokens.ink, align="left", baseline="middle", dx=14, fontSize=VALUE, fontWeight=600
        ),
        text_mark(dots, align="left", baseline="middle", dx=shift, fontSize=SMALL, color=tokens.ink2).encode(
            x=x_at, y=y_at, text="count:N"
        ),
    ]
