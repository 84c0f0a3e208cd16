"""What all charts share: fonts, greys, locale, axes and the words instead of the picture. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, TypeAlias

import altair as alt
import vl_convert

from dashboard.navigation import Language
from dashboard.tokens import TEXT_FONT, Tokens
from dashboard.wording import Wording

Row: TypeAlias = Mapping[str, object]
Spec: TypeAlias = dict[str, object]
OPEN_DASH = [2, 3]
SMALL, TEXT, VALUE = 11, 12, 13
HALO = 5
DRAWINGS_KEPT = 32  # a drawing is made again only for other facts, another language or another scheme


@dataclass(frozen=True)
class Drawing:
    """A chart as Vega-Lite, and what it shows in words. `heading` names it where several stand together."""

    spec: Spec
    alt: str
    heading: str = ""
    heading_change: str = ""


@dataclass(frozen=True)
class Style:
    """What a chart must know of the page it stands on."""

    tokens: Tokens
    words: Wording


@lru_cache(maxsize=len(Language))
def _locale(language: Language) -> alt.Locale:
    name: Any = {Language.DUTCH: "nl-NL", Language.ENGLISH: "en-GB"}[language]
    number: dict[str, Any] = dict(vl_convert.get_format_locale(name))
    time: dict[str, Any] = dict(vl_convert.get_time_format_locale(name))
    return alt.Locale(number=alt.NumberLocale(**number), time=alt.TimeLocale(**time))


def rows(values: Iterable[Row]) -> alt.NamedData:
    """Records as the data of a chart, on their way through Altair as text.

    Altair copies and checks all data at every step of building a chart, which costs a page most of its time;
    a name it leaves alone. `finish` puts the records back.
    """
    return alt.NamedData(name=json.dumps([dict(value) for value in values]))


def line_mark(records: Iterable[Row], **look: Any) -> alt.Chart:
    """A line through the records; like every mark here it is silent, because the alt text speaks."""
    chart: alt.Chart = alt.Chart(rows(records)).mark_line(aria=False, **look)
    return chart


def bar_mark(records: Iterable[Row], **look: Any) -> alt.Chart:
    """A bar for each record."""
    chart: alt.Chart = alt.Chart(rows(records)).mark_bar(aria=False, **look)
    return chart


def rect_mark(records: Iterable[Row], **look: Any) -> alt.Chart:
    """A band for each record."""
    chart: alt.Chart = alt.Chart(rows(records)).mark_rect(aria=False, **look)
    return chart


def rule_mark(records: Iterable[Row], **look: Any) -> alt.Chart:
    """A straight rule for each record."""
    chart: alt.Chart = alt.Chart(rows(records)).mark_rule(aria=False, **look)
    return chart


def point_mark(records: Iterable[Row], **look: Any) -> alt.Chart:
    """A filled mark for each record; `fill` and `stroke` apart make it hollow."""
    chart: alt.Chart = alt.Chart(rows(records)).mark_point(aria=False, filled=True, opacity=1, **look)
    return chart


def text_mark(records: Iterable[Row], **look: Any) -> alt.Chart:
    """Words for each record."""
    chart: alt.Chart = alt.Chart(rows(records)).mark_text(aria=False, **look)
    return chart


def at(day: date) -> str:
    """A day as the browser reads it in its own time zone: a bare date would be midnight in Greenwich."""
    return f"{day.isoformat()}T00:00:00"


def x_of(field: str, scale: alt.Scale | None = None, axis: alt.Axis | None = None, kind: str = "Q") -> alt.X:
    """A horizontal place. Every layer must name the same axis: a missing one draws nothing, silently."""
    return alt.X(f"{field}:{kind}", scale=scale or alt.Undefined, axis=axis, title=None)


def y_of(field: str, scale: alt.Scale | None = None, axis: alt.Axis | None = None, kind: str = "Q") -> alt.Y:
    """A vertical place; see `x_of`."""
    return alt.Y(f"{field}:{kind}", scale=scale or alt.Undefined, axis=axis, title=None)


def haloed(base: alt.Chart, style: Style, colour: str, **look: Any) -> tuple[alt.Chart, alt.Chart]:
    """Text that stays readable on a line: behind it the same text as a wide stroke of background."""
    bg = style.tokens.bg
    behind = base.mark_text(color=bg, stroke=bg, strokeWidth=HALO, strokeJoin="round", aria=False, **look)
    return behind, base.mark_text(color=colour, aria=False, **look)


@lru_cache
def _config(style: Style) -> Spec:
    """The look of every chart: fonts, greys, locale. The alt text speaks; the marks are silent."""
    tokens = style.tokens
    axis = alt.AxisConfig(
        labelColor=tokens.ink3,
        labelFontSize=TEXT,
        labelFont=TEXT_FONT,
        gridColor=tokens.grid,
        gridWidth=1,
        domain=False,
        ticks=False,
        labelPadding=6,
    )
    config = alt.Config(
        font=TEXT_FONT,
        locale=_locale(style.words.language),
        aria=False,
        view=alt.ViewConfig(stroke=None),
        axis=axis,
        text=alt.MarkConfig(font=TEXT_FONT, fontSize=TEXT),
    )
    written: Spec = config.to_dict()
    return written


def _layer(chart: alt.Chart) -> Spec:
    """One mark with its records."""
    written: Spec = chart.to_dict(validate=False)
    data: Any = written["data"]
    kept = {name: written[name] for name in ("mark", "encoding") if name in written}
    return kept | {"data": {"values": json.loads(data["name"])}}


def finish(
    layers: Sequence[alt.Chart], style: Style, height: int, padding: Mapping[str, int] | None = None
) -> Spec:
    """The layers as one chart in the look of Kring, put together without Altair's copying."""
    return {
        "$schema": alt.SCHEMA_URL,
        "background": style.tokens.bg,
        "padding": dict(padding or {"top": 4, "right": 4}),
        "height": height,
        "layer": [_layer(layer) for layer in layers],
        "config": _config(style),
    }


def steps(highest: float, wanted: int = 3) -> list[float]:
    """Round numbers from zero to at most `highest`, about `wanted` of them above zero."""
    if highest <= 0:
        return [0]
    size = 1.0
    while not any(highest / (size * factor) <= wanted + 1 for factor in (1, 2, 2.5, 5)):
        size *= 10
    step = next(size * factor for factor in (1, 2, 2.5, 5) if highest / (size * factor) <= wanted + 1)
    step = max(1.0, round(step))
    return [step * index for index in range(int(highest // step) + 1)]


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` characters, so that nothing is cut off on a phone."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]
