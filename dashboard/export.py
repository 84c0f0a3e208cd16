"""A figure as a picture that stands by itself: title, subtitle, source and as-of line inside it. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final

from dashboard.charts.grammar import TEXT, VALUE, Drawing, Spec, wrapped
from dashboard.pictures import TITLE_FONT, as_png, as_svg
from dashboard.tokens import DARK, LIGHT, TEXT_FONT

WIDTH: Final = 760
COLUMNS: Final = 3
NARROW: Final = 222
GAP: Final = 32
TITLE_SIZE: Final = 24
TITLE_LETTERS, SUBTITLE_LETTERS, SOURCE_LETTERS = 64, 112, 124  # what fits on a line of the picture
LINE: Final = 16
OF_A_PAGE: Final = ("$schema", "background", "padding", "config", "width", "autosize")


def picture_spec(headline: str, subtitle: str, source: str, drawings: Sequence[Drawing]) -> Spec:
    """The drawings under their title and above their source, in the light scheme, on one sheet."""
    first = drawings[0].spec
    sheet: Spec = {
        "$schema": first["$schema"],
        "background": LIGHT.bg,
        "padding": 24,
        "config": first["config"],
        "title": _title(headline, subtitle),
        "vconcat": [{**_charts(drawings), "title": _source(source)}],
    }
    return _in_light(sheet)


def png(headline: str, subtitle: str, source: str, drawings: Sequence[Drawing]) -> bytes:
    """The picture as PNG."""
    return as_png(picture_spec(headline, subtitle, source, drawings))


def svg(headline: str, subtitle: str, source: str, drawings: Sequence[Drawing]) -> bytes:
    """The picture as SVG, its words as text."""
    return as_svg(picture_spec(headline, subtitle, source, drawings)).encode()


def without_marks(markdown: str) -> str:
    """The words of a Markdown line, without bold, colours and escapes."""
    text = re.sub(r":[\w-]+\[((?:[^\[\]\\]|\\.)*)\]", r"\1", markdown)
    return re.sub(r"\\(.)", r"\1", re.sub(r"(?<!\\)\*\*", "", text))


def _title(headline: str, subtitle: str) -> Spec:
    title: Spec = {
        "text": wrapped(headline, TITLE_LETTERS),
        "anchor": "start",
        "font": TITLE_FONT,
        "fontSize": TITLE_SIZE,
        "fontWeight": 600,
        "lineHeight": TITLE_SIZE * 1.25,
        "color": LIGHT.ink,
        "offset": 20,
    }
    if subtitle:
        title |= {
            "subtitle": wrapped(without_marks(subtitle), SUBTITLE_LETTERS),
            "subtitleFont": TEXT_FONT,
            "subtitleFontSize": VALUE,
            "subtitleColor": LIGHT.ink2,
            "subtitlePadding": 8,
            "subtitleLineHeight": LINE + 2,
        }
    return title


def _charts(drawings: Sequence[Drawing]) -> Spec:
    if len(drawings) == 1:
        return _chart(drawings[0], WIDTH)
    return {
        "concat": [_chart(each, NARROW) for each in drawings],
        "columns": COLUMNS,
        "spacing": GAP,
    }


def _chart(drawing: Drawing, width: int) -> Spec:
    kept = {name: value for name, value in drawing.spec.items() if name not in OF_A_PAGE}
    if drawing.heading:
        kept["title"] = {
            "text": f"{drawing.heading} {drawing.heading_change}".strip(),
            "anchor": "start",
            "font": TEXT_FONT,
            "fontSize": VALUE,
            "fontWeight": 600,
            "color": LIGHT.ink,
        }
    return {**kept, "width": width}


def _source(source: str) -> Spec:
    """The source as a title under the charts: so it begins where the title above them does."""
    return {
        "text": wrapped(source, SOURCE_LETTERS),
        "orient": "bottom",
        "anchor": "start",
        "font": TEXT_FONT,
        "fontSize": TEXT,
        "fontWeight": 400,
        "lineHeight": LINE,
        "color": LIGHT.ink3,
        "offset": 16,
    }


def _in_light(spec: Spec) -> Spec:
    """A picture goes on a white slide or page, whatever scheme its maker looks at."""
    light = LIGHT.colours()
    text = json.dumps(spec)
    for name, colour in DARK.colours().items():
        text = text.replace(f'"{colour}"', f'"{light[name]}"')
    found: Spec = json.loads(text)
    return found
