"""Members over time: one line, its milestones, its last value. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

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
    rule_mark,
    steps,
    x_of,
    y_of,
)
from dashboard.facts import Milestone, Period, complete

HEIGHT = 300
ROOM_ABOVE = 50  # pixels above the highest point, for the end value and its date
NARROWEST = 290  # pixels of plot on a phone: labels are placed so that they fit there
LETTER = 5.9  # pixels a letter of the label takes
LABEL_HEIGHT = 30
LEVEL = 40  # pixels from one label above the line to the next
MOST_LABELS = 4


@dataclass(frozen=True)
class PlacedMilestone:
    """A milestone with room for its words: `label_y` and `mark_y` in pixels from the top."""

    milestone: Milestone
    members: float
    mark_y: float
    label_y: float
    hangs: bool
    to_left: bool


def members_on(day: date, rows_: Sequence[Period]) -> float | None:
    """The height of the line on a day; None outside it."""
    points = [(period.end, period.closing) for period in rows_]
    if not points or not points[0][0] <= day <= points[-1][0]:
        first = rows_[0] if rows_ else None
        return float(first.closing) if first and first.start <= day < first.end else None
    for (left, low), (right, high) in pairwise(points):
        if left <= day <= right:
            along = (day - left).days / max(1, (right - left).days)
            return low + (high - low) * along
    return float(points[-1][1])


class _Plot:
    """The plot in pixels on the narrowest screen."""

    def __init__(self, periods: Sequence[Period]) -> None:
        self.periods = periods
        self.first, self.last = periods[0].end, periods[-1].end
        self.top = max([period.closing for period in periods] + [1]) * HEIGHT / (HEIGHT - ROOM_ABOVE)

    def x(self, day: date) -> float:
        return NARROWEST * (max(day, self.first) - self.first).days / max(1, (self.last - self.first).days)

    def y(self, members: float) -> float:
        return HEIGHT * (1 - members / self.top)

    def highest_line(self, left: float, right: float) -> float:
        """The smallest y of the line between two places."""
        return min(self._ys(left, right))

    def lowest_line(self, left: float, right: float) -> float:
        """The largest y of the line between two places."""
        return max(self._ys(left, right))

    def _ys(self, left: float, right: float) -> list[float]:
        near = [period for period in self.periods if left - 8 <= self.x(period.end) <= right + 8]
        return [self.y(period.closing) for period in near or self.periods[-1:]]


def place(
    milestones: Sequence[Milestone], periods: Sequence[Period], style: Style
) -> tuple[tuple[PlacedMilestone, ...], tuple[Milestone, ...]]:
    """Milestones whose words fit on a phone, and those left for the note.

    The earliest label stands highest, so that a later leader never crosses its words. Where the line is too
    high for that, the label hangs under it; there the earliest hangs lowest, for the same reason.
    """
    if not periods:
        return (), tuple(milestones)
    plot = _Plot(periods)
    placed: list[PlacedMilestone] = []
    left_over: list[Milestone] = []
    above, below = float(ROOM_ABOVE), float(HEIGHT - LABEL_HEIGHT - 6)
    for milestone in milestones:
        members = members_on(milestone.on, periods)
        if members is None or len(placed) == MOST_LABELS:
            left_over.append(milestone)
            continue
        x, y = plot.x(milestone.on), plot.y(members)
        wide = LETTER * max(len(milestone.title), len(style.words.dated(milestone.on))) + 8
        fits_right = x + wide <= NARROWEST
        if fits_right and above + LABEL_HEIGHT + 8 <= plot.highest_line(x, x + wide):
            placed.append(PlacedMilestone(milestone, members, y, above, False, False))
            above += LEVEL
        elif fits_right and below >= plot.lowest_line(x, x + wide) + 10:
            placed.append(PlacedMilestone(milestone, members, y, below, True, False))
            below -= LEVEL
        elif (
            not fits_right
            and below >= plot.lowest_line(x - wide, x) + 10
            and x >= wide
            and not _hanging(placed)
        ):
            placed.append(PlacedMilestone(milestone, members, y, below, True, True))
            below -= LEVEL
        else:
            left_over.append(milestone)
    return tuple(placed), tuple(left_over)


def _hanging(placed: Sequence[PlacedMilestone]) -> bool:
    return any(one.hangs for one in placed)


def describe(periods: Sequence[Period], milestones: Sequence[Milestone], style: Style) -> str:
    """The line in words: from, to, and what is marked on it."""
    words = style.words
    done = complete(periods)
    if not done:
        return words.t("No complete period yet.")
    text = words.t(
        "Line: members at the end of each month, from {first} in {first_month} to {last} in {last_month}.",
        first=words.number(done[0].closing),
        first_month=words.month_and_year(done[0].end),
        last=words.number(done[-1].closing),
        last_month=words.month_and_year(done[-1].end),
    )
    if not milestones:
        return text
    marked = "; ".join(f"{words.date(one.on)}, {one.title}" for one in milestones)
    return text + " " + words.t("Marked: {milestones}.", milestones=marked)


@lru_cache(maxsize=DRAWINGS_KEPT)
def draw_members(
    periods: tuple[Period, ...], milestones: tuple[PlacedMilestone, ...], as_of: date, style: Style
) -> Drawing:
    """The line to the last complete month, dashed to a hollow dot for the open one, milestones on leaders."""
    tokens, words = style.tokens, style.words
    points = [
        {"on": at(min(period.end, as_of)), "members": period.closing, "open": period.is_open}
        for period in periods
    ]
    done = [point for point in points if not point["open"]]
    top = _Plot(periods).top if periods else 1
    ticks = steps(top, 3)
    short = len(periods) <= 18
    x_scale = (
        alt.Scale(type="time", domain=[at(periods[0].end), at(min(periods[-1].end, as_of))], nice=False)
        if points
        else alt.Scale()
    )
    x_axis = alt.Axis(
        format="%b %Y" if short else "%Y",
        tickCount={"interval": "month", "step": 3} if short else "year",
        grid=False,
        domain=True,
        domainColor=tokens.base,
        ticks=True,
        tickColor=tokens.base,
        tickSize=5,
        labelFlush=False,
        labelOverlap=True,
        labelBound=False,
    )
    x = x_of("on", x_scale, x_axis, "T")
    y_scale = alt.Scale(domain=[0, top], nice=False)
    y_axis = alt.Axis(values=ticks, format=",d", grid=True)
    y = y_of("members", y_scale, y_axis)
    line = {"color": tokens.accent, "strokeWidth": 2.5, "strokeJoin": "round"}
    layers: list[alt.Chart] = [line_mark(done, **line).encode(x=x, y=y)]
    if len(points) > len(done):
        layers.append(line_mark(points[-2:], strokeDash=OPEN_DASH, **line).encode(x=x, y=y))
        layers.append(_dots(points[-1:], style, tokens.bg, 45).encode(x=x, y=y))
    layers += _milestone_layers(milestones, style, top, (x_scale, x_axis), (y_scale, y_axis))
    if done:
        end = {
            **done[-1],
            "value": words.number(periods[len(done) - 1].closing),
            "day": words.date(complete(periods)[-1].end),
        }
        base = alt.Chart(rows([end])).encode(x=x, y=y)
        layers.append(_dots([end], style, tokens.accent, 60).encode(x=x, y=y))
        right = {"align": "right", "dx": 4}
        layers.extend(
            haloed(
                base.encode(text="value:N"),
                style,
                tokens.accent,
                dy=-31,
                fontSize=18,
                fontWeight=600,
                **right,
            )
        )
        layers.extend(haloed(base.encode(text="day:N"), style, tokens.ink2, dy=-15, fontSize=TEXT, **right))
    return Drawing(
        finish(layers, style, HEIGHT, {"left": 0, "right": 10, "top": 6, "bottom": 0}),
        describe(periods, [one.milestone for one in milestones], style),
    )


def _dots(points: Sequence[Row], style: Style, fill: str, size: int) -> alt.Chart:
    return point_mark(
        points,
        fill=fill,
        stroke=style.tokens.accent,
        strokeWidth=2,
        size=size,
    )


def _milestone_layers(
    placed: Sequence[PlacedMilestone],
    style: Style,
    top: float,
    across: tuple[alt.Scale, alt.Axis],
    down: tuple[alt.Scale, alt.Axis],
) -> list[alt.Chart]:
    tokens = style.tokens
    records = [
        {
            "on": at(one.milestone.on),
            "members": one.members,
            "date": style.words.dated(one.milestone.on),
            "title": one.milestone.title,
            "to_left": one.to_left,
            "label": top * (1 - one.label_y / HEIGHT),
            "foot": top * (1 - ((one.label_y + LABEL_HEIGHT if one.hangs else one.label_y) / HEIGHT)),
        }
        for one in placed
    ]
    x = x_of("on", *across, "T")
    layers: list[alt.Chart] = [
        rule_mark(records, color=tokens.context).encode(x=x, y=y_of("members", *down), y2="foot:Q"),
        _dots(records, style, tokens.bg, 45).encode(x=x, y=y_of("members", *down)),
    ]
    for to_left in (False, True):
        side = [record for record in records if record["to_left"] is to_left]
        if not side:
            continue
        align = {"align": "right", "dx": -6} if to_left else {"align": "left", "dx": 6}
        base = alt.Chart(rows(side)).encode(x=x, y=y_of("label", *down))
        layers.extend(
            haloed(
                base.encode(text="date:N"),
                style,
                tokens.ink,
                baseline="top",
                dy=0,
                fontSize=SMALL,
                fontWeight=600,
                **align,
            )
        )
        layers.extend(
            haloed(
                base.encode(text="title:N"),
                style,
                tokens.ink2,
                baseline="top",
                dy=15,
                fontSize=SMALL,
                **align,
            )
        )
    return layers
