"""Network growth: what came and went, month by month, and each working group."""

from __future__ import annotations

import streamlit as st

from dashboard import facts, headlines
from dashboard.access import current_role
from dashboard.charts import Drawing, draw_balance, draw_flow, draw_groups
from dashboard.charts.groups import MOST
from dashboard.controls import one_of, presets
from dashboard.data import ask
from dashboard.figure import Figure, show, show_pair
from dashboard.page import Page, open_page, show_title, source_of, story
from dashboard.restated import members_note, of_members, restated
from dashboard.tables import groups_table, growth_table
from dashboard.wording import sentence
from queries.catalog import Role

PRESETS = {"12": 12, "24": 24, "all": 0}
GROUP_MONTHS = {"months": "26"}  # the open month, and the same month two years before the last complete one
MOST_MONTHS = 36  # a longer stretch is drawn in quarters
MOST_QUARTERS = 40


def filters(page: Page) -> tuple[int, dict[str, str]]:
    """Period, working group, audience: how many months (0 = all) and what to ask with."""
    words = page.words
    offered = ask("filters").records()
    labels = {"12": words.t("12 months"), "24": words.t("24 months"), "all": words.t("All")}
    with st.container(key="filters", horizontal=True, vertical_alignment="bottom", gap="medium"):
        months = PRESETS[presets("period", words.t("Period"), tuple(PRESETS), labels.__getitem__)]
        group = one_of(
            "group",
            words.t("Working group"),
            facts.filter_values(offered, "working_group"),
            words.t("All working groups"),
        )
        audience = one_of(
            "audience",
            words.t("Audience"),
            facts.filter_values(offered, "audience"),
            words.t("All audiences"),
        )
    given = {"working_group": group, "audience": audience}
    return months, {name: value for name, value in given.items() if value}


def balance_figure(page: Page, rows: tuple[facts.Period, ...], given: dict[str, str]) -> Figure:
    """The sum from opening to closing."""
    words = page.words
    total = facts.balance(rows)
    origin = story(ask("growth", given))
    subtitle = words.t("No complete period yet.")
    drawings: tuple[Drawing, ...] = ()
    if total is not None:
        corrections = f" {words.signed_term(total.corrections)}" if total.corrections else ""
        subtitle = words.t(
            "**{opening} + {new} + {returned} − {ended}{corrections} = {closing}**, {interval}",
            opening=words.number(total.opening),
            new=words.number(total.new),
            returned=words.number(total.returned),
            ended=words.number(total.ended),
            corrections=corrections,
            closing=words.number(total.closing),
            interval=words.short_interval(total.start, total.end),
        )
        drawings = (draw_balance(total, page.style),)
    return Figure(
        key="balance",
        headline=headlines.came_and_went(total, words),
        subtitle=subtitle,
        drawings=drawings,
        table=growth_table(rows, words),
        provenance=origin,
        source=source_of(page, origin),
        note=changed_since_published(page, rows, given),
    )


def changed_since_published(page: Page, rows: tuple[facts.Period, ...], given: dict[str, str]) -> str:
    """What was published of these periods and is different now; nothing of an audience is published."""
    if "audience" in given or current_role() < Role.COORDINATOR:
        return ""
    log = restated(ask("restatements").records())
    return members_note(of_members(log, given.get("working_group"), rows[0].start), page.words)


def flow_figure(page: Page, rows: tuple[facts.Period, ...], given: dict[str, str]) -> Figure:
    """What came and went, period by period."""
    words = page.words
    asked = dict(given)
    if len(rows) > MOST_MONTHS:
        asked["grain"] = "quarter"
        rows = facts.periods(ask("growth", asked).records())
        if len(rows) > MOST_QUARTERS:
            asked["grain"] = "year"
            rows = facts.periods(ask("growth", asked).records())
    unit = {"quarter": words.t("Members per quarter."), "year": words.t("Members per year.")}
    subtitle = unit.get(asked.get("grain", ""), words.t("Members per month."))
    if rows and rows[-1].is_open:
        subtitle += " " + open_sentence(rows[-1], page)
    subtitle += imported_sentence(rows, page)
    origin = story(ask("growth", asked))
    return Figure(
        key="flow",
        headline=headlines.peak(rows, words),
        subtitle=subtitle,
        drawings=(draw_flow(rows, page.as_of, page.style),),
        table=growth_table(rows, words),
        provenance=origin,
        source=source_of(page, origin),
    )


def imported_sentence(rows: tuple[facts.Period, ...], page: Page) -> str:
    """How many came with a list that was filled on one day; nothing when none did."""
    imported = sum(row.imported for row in rows)
    if not imported:
        return ""
    return " " + page.words.n(
        "{count} new member came with a list that was filled in one day.",
        "{count} new members came with a list that was filled in one day.",
        imported,
    )


def open_sentence(row: facts.Period, page: Page) -> str:
    """Until when the open period is counted."""
    words = page.words
    if (row.start.year, row.start.month) == (row.end.year, row.end.month):
        month, day = words.month(row.start), words.day_in_month(page.as_of)
        return sentence(words.t("{month} is counted up to and including the {day}.", month=month, day=day))
    return words.t("The last one is counted up to and including {day}.", day=words.date(page.as_of))


def groups_figure(page: Page, lines: tuple[facts.GroupLine, ...]) -> Figure:
    """Every working group on one scale."""
    words = page.words
    first, last = lines[0].done[0].end, lines[0].done[-1].end
    parts = [
        words.t("Members per working group, {interval}.", interval=words.months(first, last)),
        words.t("Grey: the other groups."),
        words.t("Whoever is in two groups counts once in the total."),
    ]
    if len(lines) > MOST:
        parts.append(
            words.n(
                "{count} more group is in the table.",
                "{count} more groups are in the table.",
                len(lines) - MOST,
            )
        )
    origin = story(ask("group_growth", GROUP_MONTHS))
    return Figure(
        key="groups",
        headline=headlines.groups(lines, words),
        subtitle=" ".join(parts),
        drawings=draw_groups(lines, page.as_of, page.style),
        table=groups_table(lines, words),
        provenance=origin,
        source=source_of(page, origin),
    )


def main() -> None:
    """The page."""
    page = open_page()
    words, style = page.words, page.style
    show_title(page, words.t("Network growth"))
    months, given = filters(page)
    everything = facts.periods(ask("growth", given).records())
    rows = facts.latest(everything, months) if months else everything
    if not rows:
        st.markdown(
            words.t("There are no members in this selection. Choose another working group or audience.")
        )
        return
    show_pair((balance_figure(page, rows, given), flow_figure(page, rows, given)), style)
    lines = facts.group_lines(ask("group_growth", GROUP_MONTHS).records())
    if lines:
        show(groups_figure(page, lines), style)


main()
