"""Sessions: who registered and who came, one session in detail, and who was there for the first time."""

from __future__ import annotations

import streamlit as st

from dashboard import facts, headlines, kpi
from dashboard.charts import draw_first_timers, draw_registered_and_attended
from dashboard.charts.dumbbell import MOST
from dashboard.controls import one_item, one_of, presets
from dashboard.data import ask
from dashboard.figure import Figure, show, show_panel, show_reading_box
from dashboard.freshness import coverage
from dashboard.page import Page, open_page, show_title, source_of, story
from dashboard.panels import first_time_lines, session_panel
from dashboard.tables import sessions_table

LAST = 10
PRESETS = ("last-10", "12-months", "all")


def filters(page: Page, held: tuple[facts.Session, ...]) -> tuple[tuple[facts.Session, ...], str]:
    """Period, series, and the session in detail."""
    words = page.words
    offered = facts.filter_values(ask("filters").records(), "series")
    labels = dict(zip(PRESETS, (words.t("Last 10"), words.t("12 months"), words.t("All")), strict=True))
    with st.container(key="filters", horizontal=True, vertical_alignment="bottom", gap="medium"):
        period = presets("period", words.t("Period"), PRESETS, labels.__getitem__)
        series = one_of("series", words.t("Series"), offered, words.t("All series"))
        shown = select(held, period, series, page)
        if not shown:
            return (), ""
        names = {one.session_id: f"{words.short_date(one.on, page.as_of)}  {one.title}" for one in shown}
        chosen = one_item(
            "session", words.t("Session in detail"), tuple(names), names.__getitem__, page.release.id
        )
    return shown, chosen


def select(
    held: tuple[facts.Session, ...], period: str, series: str, page: Page
) -> tuple[facts.Session, ...]:
    """The sessions of a period and a series."""
    of_series = tuple(one for one in held if not series or one.series == series)
    if period == "last-10":
        return of_series[:LAST]
    if period == "12-months":
        return facts.held_between(of_series, kpi.year_before(page.as_of)[0], page.as_of)
    return of_series


def pair_figure(page: Page, shown: tuple[facts.Session, ...], chosen: str) -> Figure:
    """Registered and attended."""
    words = page.words
    origin = story(ask("sessions"))
    parts = [words.t(":blue[●] attended"), words.t("○ registered")]
    if any(one.is_approximate for one in shown):
        parts.append(words.t(":blue[◇] estimate, counted in the room"))
    return Figure(
        key="pairs",
        headline=headlines.show_up_of(shown, words),
        subtitle="\N{EM SPACE}".join(parts),
        drawings=(draw_registered_and_attended(shown, chosen, page.style),),
        table=sessions_table(shown, page.as_of, words),
        provenance=origin,
        source=source_of(page, origin),
        note=beyond(shown, page),
    )


def first_timers_figure(page: Page, shown: tuple[facts.Session, ...]) -> Figure:
    """Who was there for the first time."""
    words = page.words
    origin = story(ask("sessions"))
    return Figure(
        key="first-timers",
        headline=headlines.first_time(shown, words),
        subtitle=words.t("Participants per session: :orange[**for the first time**] and **been before**"),
        drawings=(draw_first_timers(shown, page.style),),
        table=sessions_table(shown, page.as_of, words),
        provenance=origin,
        source=source_of(page, origin),
        note=beyond(shown, page),
    )


def beyond(shown: tuple[facts.Session, ...], page: Page) -> str:
    """What the chart leaves to the table."""
    rest = len(shown) - MOST
    if rest <= 0:
        return ""
    return page.words.n(
        "{count} earlier session is in the table.", "{count} earlier sessions are in the table.", rest
    )


def main() -> None:
    """The page."""
    page = open_page()
    words, style = page.words, page.style
    held = facts.sessions(ask("sessions").records(), page.as_of)
    year = facts.held_between(held, *kpi.year_before(page.as_of))
    show_title(page, words.t("Sessions"), coverage(facts.with_attendance(year), len(year), words))
    shown, chosen = filters(page, held)
    if not shown:
        st.markdown(words.t("There are no sessions in this selection. Choose another period or series."))
        return
    lead, side = st.columns([2.1, 1], gap="large")
    with lead:
        show(pair_figure(page, shown, chosen), style)
    with side:
        show_panel(session_panel(next(one for one in shown if one.session_id == chosen), style), style)
    lead, side = st.columns([2.1, 1], gap="large")
    with lead:
        show(first_timers_figure(page, shown), style)
    with side:
        show_reading_box(words.t("How to read this"), first_time_lines(shown, words))


main()
