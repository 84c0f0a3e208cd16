"""The router: page frame, menu, the chosen page, footer. Run by Streamlit on every visit and click."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page as StreamlitPage

from dashboard import arrivals
from dashboard.access import current_language, current_role
from dashboard.css import page_style
from dashboard.footer import footer
from dashboard.language_switch import language_switch
from dashboard.navigation import PageEntry, page_at, pages_for, sections_of
from dashboard.problems import show_no_access, show_problem
from dashboard.review_queue import waiting_now
from dashboard.tokens import tokens_for
from dashboard.wording import Wording
from etl.errors import KringError

STATIC = Path(__file__).parent / "static"
SIDEBAR_WIDTH = 248


def _menu_page(entry: PageEntry, words: Wording, is_first: bool) -> StreamlitPage:
    title = entry.title.in_language(words.language)
    waiting = _waiting() if entry.key == "review" else 0
    return st.Page(
        entry.script,
        title=f"{title} ({words.number(waiting)})" if waiting else title,
        icon=entry.icon,
        url_path=entry.path,
        default=is_first,
    )


def _waiting() -> int:
    """How many pairs wait for a judgement; none as long as there are no figures."""
    try:
        return waiting_now()
    except KringError:
        return 0


def _frame(words: Wording) -> None:
    # The icon comes before the menu: else Streamlit fetches the page's Material icon from another host.
    st.set_page_config(page_icon=STATIC / "icon.svg", layout="wide", initial_sidebar_state=SIDEBAR_WIDTH)
    tokens = tokens_for(st.context.theme.type)
    st.html(page_style(tokens))
    st.logo(STATIC / f"logo-{tokens.scheme}.svg", size="large")
    with st.sidebar:
        language_switch(words)


def _chosen_page(words: Wording, entries: tuple[PageEntry, ...]) -> StreamlitPage:
    menu = {
        section.value.in_language(words.language): [
            _menu_page(entry, words, entry is entries[0]) for entry in listed
        ]
        for section, listed in sections_of(entries).items()
    }
    return st.navigation(menu, expanded=True)


def main() -> None:
    """One run of the app."""
    words = Wording(current_language())
    _frame(words)
    entries = pages_for(current_role())
    if not entries:
        show_no_access(words)
        return
    shown = arrivals.served_now()
    chosen = _chosen_page(words, entries)
    title = page_at(chosen.url_path).title.in_language(words.language)
    st.set_page_config(page_title=f"{title} · Kring")
    try:
        chosen.run()
    except KringError as error:
        show_problem(words, error)
    footer(words)
    arrivals.announce(words)
    arrivals.follow(shown)


if __name__ == "__main__":  # not again in a process that the dashboard starts
    main()
