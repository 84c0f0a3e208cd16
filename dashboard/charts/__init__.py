"""Facts in, Altair out: one module for each kind of chart. Pure: imports no Streamlit.

Every function gives a `Drawing`, the chart together with the words that replace it for who cannot see it.
Only `dashboard.figure` puts a drawing on a page.
"""

from __future__ import annotations

from dashboard.charts.balance import draw_balance
from dashboard.charts.dumbbell import draw_registered_and_attended
from dashboard.charts.first_timers import draw_first_timers
from dashboard.charts.flow import draw_flow
from dashboard.charts.grammar import Drawing
from dashboard.charts.groups import draw_groups
from dashboard.charts.members import draw_members
from dashboard.charts.themes import draw_themes
from dashboard.charts.trend import TrendPoint, draw_bars, draw_trend

__all__ = [
    "Drawing",
    "TrendPoint",
    "draw_balance",
    "draw_bars",
    "draw_first_timers",
    "draw_flow",
    "draw_groups",
    "draw_members",
    "draw_registered_and_attended",
    "draw_themes",
    "draw_trend",
]
