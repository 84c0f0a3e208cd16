"""Overview: what asks for attention, four figures, members over time, recent sessions."""

from __future__ import annotations

import streamlit as st

from dashboard import attention, facts, headlines, kpi
from dashboard.charts import draw_bars, draw_members, draw_trend
from dashboard.charts.members import place
from dashboard.data import ask
from dashboard.figure import Figure, show, show_cards, show_tasks
from dashboard.page import Page, open_page, show_title, source_of, story
from dashboard.review_queue import waiting_now
from dashboard.tables import growth_table, recent_table, sessions_table

RECENT = 7


def members_figure(page: Page) -> Figure:
    """Members over time, with milestones."""
    words = page.words
    growth, marks = ask("growth"), ask("milestones")
    rows = facts.periods(growth.records())
    placed, left_over = place(facts.milestones(marks.records()), rows, page.style)
    done = facts.complete(rows)
    subtitle = words.t("Members at the end of each month")
    if done:
        subtitle += f", {words.months(done[0].end, done[-1].end)}"
    also = "; ".join(f"{words.dated(mark.on)}: {mark.title}" for mark in left_over[-4:])
    origin = story(growth, marks)
    members_from = story(growth)  # milestones say when, not how many
    return Figure(
        key="members",
        headline=headlines.members(rows, words),
        subtitle=subtitle,
        drawings=(draw_members(rows, placed, page.as_of, page.style),),
        table=growth_table(rows, words),
        provenance=origin,
        source=source_of(page, members_from),
        note=words.t("Also: {milestones}.", milestones=also) if also else "",
    )


def recent_figure(page: Page, held: tuple[facts.Session, ...]) -> Figure:
    """The last sessions as a table."""
    words = page.words
    shown = held[:RECENT]
    origin = story(ask("sessions"))
    return Figure(
        key="recent",
        headline=headlines.recent_sessions(held, page.as_of, words),
        subtitle=words.t(
            "Recent sessions. Outlined is registered, filled is attended; hatched is an estimate."
        ),
        drawings=(),
        lead=recent_table(shown, page.as_of, words),
        table=sessions_table(shown, page.as_of, words),
        provenance=origin,
        source=source_of(page, origin),
    )


def main() -> None:
    """The page."""
    page = open_page()
    words, style = page.words, page.style
    items = facts.attention(ask("attention").records())
    held = facts.sessions(ask("sessions").records(), page.as_of)
    waiting = waiting_now()
    to_do = len(items) + (waiting > 0)
    show_title(page, headlines.things_to_do(to_do, headlines.greeting(page.now.hour, words), words))

    cards = kpi.cards(
        facts.periods(ask("growth").records()),
        facts.active_months(ask("active_members").records()),
        held,
        page.as_of,
        words,
    )
    show_cards(
        cards,
        tuple((draw_bars if card.bars else draw_trend)(card.label, card.trend, style) for card in cards),
    )
    st.caption(kpi.period_line(page.as_of, words))

    with st.container(key="lead"):
        lead, side = st.columns([2.1, 1], gap="large")
        with lead:
            show(members_figure(page), style)
        with side:
            tasks = (
                *((attention.review_task(waiting, words),) if waiting else ()),
                *(attention.task(item, page.as_of, words) for item in items),
            )[: attention.MOST]
            rest = to_do - len(tasks)
            show_tasks(
                tasks,
                words.n("And {count} more", "And {count} more", rest) if rest else "",
                words.t("Asks for attention"),
                words.t("Nothing asks for your attention now."),
            )
    show(recent_figure(page, held), style)


main()
