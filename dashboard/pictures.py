"""Charts as SVG and PNG outside the browser, with Kring's own fonts and nothing from the network. Pure."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import vl_convert

from dashboard.charts.grammar import Spec

FONTS = Path(__file__).parent / "fonts"
TITLE_FONT = "Kring Serif"
SCALE = 2.0


@cache
def _with_fonts() -> None:
    vl_convert.register_font_directory(str(FONTS))


def as_svg(spec: Spec) -> str:
    """The chart as SVG, its words as text."""
    _with_fonts()
    drawn: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return drawn


def as_png(spec: Spec) -> bytes:
    """The chart as PNG, twice as fine as on a plain screen."""
    _with_fonts()
    drawn: bytes = vl_convert.vegalite_to_png(spec, scale=SCALE, allowed_base_urls=[])
    return drawn
