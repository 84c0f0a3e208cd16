"""Reach: each channel on its own, and what two of them reach together at least and at most. Never a sum."""

from __future__ import annotations

import streamlit as st

from dashboard.charts.channels import draw_channel
from dashboard.data import ask
from dashboard.empty import show_empty
from dashboard.figure import Figure, show, show_reading_box
from dashboard.kpi import year_before
from dashboard.page import Page, open_page, show_title, source_of, story
from dashboard.stories import reach as facts
from dashboard.stories import sentences, tables
from dashboard.stories.reach import FLOW, Bounds, Channel
from queries.catalog import Role


def channels_figure(page: Page, rows: tuple[Channel, ...], flows: tuple[Channel, ...]) -> Figure:
    """One small chart a channel."""
    words = page.words
    origin = story(ask("reach"))
    return Figure(
        key="channels",
        headline=sentences.channels(rows, words),
        subtitle=words.t("Each channel on its own scale; whoever follows two is in both"),
        drawings=tuple(
            draw_channel(row, sentences.channel_name(row.channel, words), change(page, row), page.style)
            for row in rows
        ),
        table=tables.channels_table(rows, words),
        provenance=origin,
        source=source_of(page, origin),
        note=flow_note(page, flows),
    )


def change(page: Page, row: Channel) -> str:
    """What is counted, and how much it changed in a year."""
    words = page.words
    measure = sentences.measure_name(row.measure, words)
    then = row.before(row.latest.on.replace(year=row.latest.on.year - 1, day=min(row.latest.on.day, 28)))
    if then is None:
        return measure
    return words.t(
        "{measure}, {change} in a year", measure=measure, change=words.signed(row.latest.value - then.value)
    )


def flow_note(page: Page, flows: tuple[Channel, ...]) -> str:
    """What a channel says came in, which is not the difference between two counts."""
    words = page.words
    start, end = year_before(page.as_of)
    totals = [row for row in flows if row.channel == "linkedin_page" and row.measure == "new_followers"]
    if not totals:
        return ""
    return words.t(
        "LinkedIn itself reports {count} new followers of the page, {interval}. Whoever leaves is not in it.",
        count=words.number(facts.gained(totals[0], start, end)),
        interval=words.short_interval(max(start, totals[0].points[0].on), end),
    )


def bounds_figure(page: Page, rows: tuple[Bounds, ...]) -> Figure:
    """Two channels together."""
    words = page.words
    origin = story(ask("reach_bounds"))
    table = tables.bounds_table(rows, words)
    return Figure(
        key="bounds",
        headline=sentences.together(rows[0], words),
        subtitle=words.t("Two channels together, by the latest count of each"),
        drawings=(),
        lead=table,
        table=table,
        provenance=origin,
        source=source_of(page, origin),
    )


def main() -> None:
    """The page."""
    page = open_page(Role.COMMUNICATION)
    words, style = page.words, page.style
    show_title(page, words.t("Reach"))
    records = ask("reach").records()
    rows = facts.channels(records)
    if not rows:
        show_empty(
            words.t(
                "No channel has been counted yet. Hand in a table with a day and a count of each channel."
            ),
            words,
        )
        return
    show(channels_figure(page, rows, facts.channels(records, FLOW)), style)
    told = facts.bounds(ask("reach_bounds").records())
    if told:
        lead, side = st.columns([2.1, 1], gap="large")
        with lead:
            show(bounds_figure(page, told), style)
        with side:
            show_reading_box(
                words.t("Why there is no total"),
                (
                    words.t("Nobody knows who follows two channels, so counts cannot be added up."),
                    words.t(
                        "At least: everybody of the smaller channel is also in the larger. "
                        "At most: nobody is in both."
                    ),
                ),
            )


main()
