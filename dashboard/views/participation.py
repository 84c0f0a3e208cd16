"""Participation: the reach of each activity beside all together and chance, how often members came, units."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboard.charts.lollipops import draw_lollipops
from dashboard.charts.ranked import RankedBar, draw_ranked
from dashboard.controls import one_item, presets
from dashboard.data import ask
from dashboard.empty import show_empty
from dashboard.figure import Figure, show, show_pair, show_reading_box
from dashboard.page import Page, open_page, show_title, source_of, story
from dashboard.stories import participation as facts
from dashboard.stories import sentences, tables
from dashboard.stories.participation import Held, Hours, Participation, Unit
from queries.catalog import Role

ALL, YEAR = "all", "12-months"
SELECT_WIDTH = 320


def filters(page: Page, held: tuple[Held, ...]) -> tuple[str, dict[str, str]]:
    """The series, and what to ask with."""
    words = page.words
    offered = facts.series_by_use(held)
    with st.container(key="filters", horizontal=True, vertical_alignment="bottom", gap="medium"):
        with st.container(width=SELECT_WIDTH):
            series = one_item("series", words.t("Series"), offered, str, page.release.id)
        windows = {f"theme-{window.number}": window for window in facts.theme_windows(held, series)}
        best = facts.best_window(tuple(windows.values()))
        labels = {code: window_label(page, window) for code, window in windows.items()}
        labels |= {ALL: words.t("All themes") if windows else words.t("All"), YEAR: words.t("12 months")}
        codes = (*windows, ALL) if windows else (YEAR, ALL)
        default = f"theme-{best.number}" if best else codes[-1] if windows else YEAR
        chosen = presets("period", words.t("Period"), codes, labels.__getitem__, default)
    given = {"series": series}
    if chosen in windows:
        given |= {"from_on": windows[chosen].start.isoformat(), "to_on": windows[chosen].end.isoformat()}
    elif chosen == ALL:
        given["from_on"] = min(row.on for row in held if row.series == series).isoformat()
    return series, given


def window_label(page: Page, window: facts.ThemeWindow) -> str:
    """`Thema 1 · sep–okt`."""
    words = page.words
    months = list(dict.fromkeys((words.short_month(window.start), words.short_month(window.end))))
    return words.t("Theme {number} · {months}", number=window.number, months="\N{EN DASH}".join(months))


def reach_figure(
    page: Page, found: Participation, series: str, given: dict[str, str], held: tuple[Held, ...]
) -> Figure:
    """The 80/40 picture."""
    words = page.words
    origin = story(ask("activity_reach", given), ask("activity_counts", given))
    counted = words.n("{count} member", "{count} members", found.eligible)
    seats = words.n("{count} attendance", "{count} attendances", found.attendances)
    return Figure(
        key="activities",
        headline=sentences.took_part(found, words),
        subtitle=words.t(
            "Share of the {members} in the series {series}, {interval}",
            members=counted,
            series=series,
            interval=words.interval(found.start, found.end),
        ),
        drawings=(draw_lollipops(found, page.style),),
        table=tables.activities_table(found, words),
        provenance=origin,
        source=source_of(page, origin, seats),
        note=kinds_note(page, facts.mean_by_kind(held, series, found.start, found.end)),
    )


def kinds_note(page: Page, means: tuple[tuple[str, float], ...]) -> str:
    """How full each kind of meeting was, where there are several."""
    words = page.words
    if len(means) < 2:
        return ""
    parts = [words.t("{count} at {kind}", count=words.number(mean), kind=kind) for kind, mean in means[:4]]
    return words.t("On average, members or not: {kinds}.", kinds=words.listed(parts))


def times_figure(page: Page, found: Participation, given: dict[str, str]) -> Figure:
    """How many activities each member came to."""
    words = page.words
    origin = story(ask("activity_counts", given))
    total = len(found.activities)
    bars = tuple(
        RankedBar(
            sentences.times_name(one, total, words),
            one.people,
            words.number(one.people),
            words.t("chance {count}", count=words.number(one.expected)),
            one.expected,
        )
        for one in facts.folded(found.times)
    )
    spoken = "; ".join(f"{bar.name}: {bar.text}, {bar.more}" for bar in bars)
    alt_text = words.t("Members by the number of activities they came to") + ": " + spoken + "."
    return Figure(
        key="times",
        headline=sentences.missed(found, words),
        subtitle=words.t("Members by the number of activities. :orange[**Tick**]: expected by chance."),
        drawings=(draw_ranked(bars, alt_text, page.style),),
        table=tables.times_table(found, words),
        provenance=origin,
        source=source_of(page, origin),
    )


def units_figure(page: Page, rows: tuple[Unit, ...]) -> Figure:
    """People per unit of one organisation."""
    words = page.words
    origin = story(ask("units"))
    bars = tuple(
        RankedBar(
            f"{row.unit}, {row.region}" if row.region else row.unit,
            row.people,
            words.number(row.people),
            words.t("{count} came in 12 months", count=words.number(row.active)),
        )
        for row in rows
    )
    spoken = "; ".join(f"{bar.name}: {bar.text}, {bar.more}" for bar in bars)
    return Figure(
        key="units",
        headline=sentences.people_per_unit(rows, words),
        subtitle=words.t(
            "People whom the network knows at {organisation}, members or not",
            organisation=rows[0].organisation,
        ),
        drawings=(draw_ranked(bars, words.t("People per unit") + ": " + spoken + ".", page.style),),
        table=tables.units_table(rows, words),
        provenance=origin,
        source=source_of(page, origin),
    )


def hours_figure(page: Page, rows: tuple[Hours, ...], given: dict[str, str]) -> Figure:
    """What facilitation takes."""
    words = page.words
    origin = story(ask("facilitation", given))
    bars = tuple(
        RankedBar(sentences.hour_kind(kind, words), mean, words.number(mean, 1))
        for kind, mean in facts.hours_by_kind(rows)
    )
    spoken = "; ".join(f"{bar.name}: {bar.text}" for bar in bars)
    first, last = rows[0].week, rows[-1].week
    subtitle = words.n(
        "Hours a week by kind of work, over {count} week: {interval}.",
        "Hours a week by kind of work, over {count} weeks: {interval}.",
        facts.weeks_of(rows),
        interval=words.short_interval(first, last),
    )
    return Figure(
        key="hours",
        headline=sentences.hours_a_week(rows, words),
        subtitle=f"{subtitle} {sentences.hours_each(rows, words)}".strip(),
        drawings=(draw_ranked(bars, words.t("Hours of facilitation") + ": " + spoken + ".", page.style),),
        table=tables.hours_table(rows, words),
        provenance=origin,
        source=source_of(page, origin),
    )


def last_year(rows: tuple[Hours, ...], as_of: date) -> tuple[Hours, ...]:
    """The hours of the last twelve months."""
    return tuple(row for row in rows if (as_of - row.week).days < 366)


def main() -> None:
    """The page."""
    page = open_page(Role.COMMUNICATION)
    words, style = page.words, page.style
    held = facts.held(ask("sessions").records(), page.as_of)
    show_title(page, words.t("Participation"))
    found: Participation | None = None
    given: dict[str, str] = {}
    if facts.series_by_use(held):
        series, given = filters(page, held)
        found = facts.participation(
            ask("activity_reach", given).records(), ask("activity_counts", given).records()
        )
        if found is None:
            st.markdown(words.t("Nobody was a member during this whole period. Choose another period."))
    else:
        show_empty(words.t("No series has a list of names yet, so nobody can say who took part."), words)
    if found is not None:
        lead, side = st.columns([2.1, 1], gap="large")
        with lead:
            show(reach_figure(page, found, series, given, held), style)
        with side:
            show_reading_box(words.t("How to read this"), sentences.reading(found, words))
    group = {"working_group": found.working_group} if found and found.working_group else {}
    hours = last_year(facts.hours(ask("facilitation", group).records()), page.as_of)
    units = facts.units(ask("units").records())
    further = [
        *([times_figure(page, found, given)] if found is not None else []),
        *([hours_figure(page, hours, group)] if hours else []),
        *([units_figure(page, units)] if units else []),
    ]
    show_pair(further[:2], style)
    for figure in further[2:]:
        show(figure, style)


main()
