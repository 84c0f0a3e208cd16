"""Themes by size, one bar each, with a tick where the share was before. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import altair as alt

from dashboard.charts.grammar import (
    DRAWINGS_KEPT,
    SMALL,
    TEXT,
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
from dashboard.harvest import HARDLY, Theme, has_rates, in_all, placed
from dashboard.wording import Wording

LINE, THICK, PITCH_GAP, BEYOND = 16, 16, 9, 3  # pixels: a line of the name, the bar, the gap, the tick
UNDER_NAME = 5
LETTERS = 46  # what fits on one line of a phone
ROOM = 1.62  # the axis runs on past the longest bar, for its words
AFTER_SHARE = 44  # pixels from the mark to the words of the change


def name_of(theme: Theme, shown: Sequence[Theme], words: Wording) -> str:
    """What stands above the bar."""
    if not theme.is_placed:
        return words.n(
            "Not placed yet, of all {count} question",
            "Not placed yet, of all {count} questions",
            in_all(shown),
        )
    label = theme.label or words.t("A theme without a name")
    return words.t("{theme} (new)", theme=label) if theme.is_proposed else label


def change_in_words(theme: Theme, words: Wording) -> str:
    """An arrow only where now and then clearly differ; nothing where there is no earlier period."""
    if theme.change is None or not (theme.share or theme.earlier_share):
        return ""
    if abs(theme.change) < HARDLY:
        return words.t("hardly changed")
    points = words.points(theme.change)
    arrow = ("▲ " if theme.change > 0 else "▼ ") if theme.is_clear else ""
    return f"{arrow}{points}"


def size_in_words(theme: Theme, shown: Sequence[Theme], words: Wording) -> str:
    """The share; with few texts the counts."""
    if has_rates(shown):
        return words.share(theme.share)
    whole = placed(shown) if theme.is_placed else in_all(shown)
    return words.t("{part} of {whole}", part=words.number(theme.texts), whole=words.number(whole))


def describe(shown: Sequence[Theme], style: Style) -> str:
    """The bars in words, the largest first."""
    words = style.words
    parts = []
    for theme in shown:
        size, change = size_in_words(theme, shown, words), change_in_words(theme, words)
        told = f"{size}, {change}" if change and has_rates(shown) else size
        parts.append(f"{name_of(theme, shown, words)}: {told}")
    return (
        words.t("Themes by their share of the questions, the largest first.") + " " + "; ".join(parts) + "."
    )


@lru_cache(maxsize=DRAWINGS_KEPT)
def draw_themes(shown: tuple[Theme, ...], chosen: str, style: Style) -> Drawing:
    """The chosen theme in accent, the others grey, what is not placed pale and last."""
    tokens, words = style.tokens, style.words
    rated = has_rates(shown)
    bars: list[Row] = []
    names: list[Row] = []
    ticks: list[Row] = []
    sizes: list[Row] = []
    changes: list[Row] = []
    y = 0.0
    for theme in shown:
        is_chosen = theme.theme_id == chosen
        for line in wrapped(name_of(theme, shown, words), LETTERS):
            names.append({"y": y + LINE / 2, "text": line, "chosen": is_chosen})
            y += LINE
        top = y + UNDER_NAME
        middle = top + THICK / 2
        colour = tokens.accent if is_chosen else tokens.bar if theme.is_placed else tokens.ghost
        if theme.texts:
            bars.append({"low": 0, "high": theme.share, "top": top, "bottom": top + THICK, "colour": colour})
        before = theme.earlier_share if rated and (theme.is_placed or theme.earlier_share) else None
        if before is not None:
            edges = {"top": top - BEYOND, "bottom": top + THICK + BEYOND}
            ticks.append({"x": before, **edges})
        end = max(theme.share, before or 0.0)
        sizes.append({"x": end, "y": middle, "text": size_in_words(theme, shown, words)})
        if rated:
            changes.append({"x": end, "y": middle, "text": change_in_words(theme, words)})
        y = top + THICK + PITCH_GAP
    height = max(int(y), LINE)
    longest = max([max(theme.share, theme.earlier_share or 0.0) for theme in shown] + [0.01])
    across = alt.Scale(domain=[0, longest * ROOM], nice=False)
    down = alt.Scale(domain=[0, height], reverse=True, nice=False)
    layers = [
        bar_mark(bars, cornerRadiusEnd=2).encode(
            x=x_of("low", across),
            x2="high:Q",
            y=y_of("top", down),
            y2="bottom:Q",
            color=alt.Color("colour:N", scale=None),
        )
    ]
    for is_chosen, shade, weight in ((False, tokens.ink2, 400), (True, tokens.ink, 600)):
        part = [name for name in names if name["chosen"] is is_chosen]
        layers.append(
            text_mark(
                part, align="left", baseline="middle", fontSize=TEXT, fontWeight=weight, color=shade
            ).encode(x=alt.value(0), y=y_of("y", down), text="text:N")
        )
    for shade, width in ((tokens.bg, 5), (tokens.ink, 2)):
        layers.append(
            rule_mark(ticks, color=shade, strokeWidth=width).encode(
                x=x_of("x", across), y=y_of("top", down), y2="bottom:Q"
            )
        )
    layers += [
        text_mark(
            sizes, align="left", baseline="middle", dx=9, fontSize=TEXT, fontWeight=600, color=tokens.ink
        ).encode(x=x_of("x", across), y=y_of("y", down), text="text:N"),
        text_mark(
            changes, align="left", baseline="middle", dx=AFTER_SHARE, fontSize=SMALL, color=tokens.ink2
        ).encode(x=x_of("x", across), y=y_of("y", down), text="text:N"),
    ]
    padding = {"left": 0, "right": 2, "top": 0, "bottom": 0}
    return Drawing(finish(layers, style, height, padding), describe(shown, style))
