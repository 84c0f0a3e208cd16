"""One theme beside its figure: what it is about, in whose words, and the name that people give it.

A name is a decision: it is kept at once, and a refresh started from here brings it onto every page.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import streamlit as st

from dashboard.harvest import Text, Theme
from dashboard.jobs import JOBS, RefreshJob
from dashboard.markdown import plain
from dashboard.page import Page
from dashboard.wording import Wording
from etl.decisions import Decisions, ThemeName
from etl.home import Home

FAILED = "rename-failed"
LONGEST_NAME = 80


@dataclass(frozen=True)
class ThemePanel:
    """What the panel shows. Quotes are there only for who may read what people wrote."""

    theme: Theme
    quotes: tuple[Text, ...]
    may_rename: bool
    is_rated: bool  # whether there are enough questions for a percentage


def show_theme_panel(panel: ThemePanel, page: Page, home: Home) -> None:
    """The chosen theme on paper."""
    words, theme = page.words, panel.theme
    with st.container(key="paneel", gap="small"):
        st.html(f'<p class="kring-source">{escape(words.t("Theme in detail"))}</p>')
        st.header(plain(title_of(theme, words)), anchor=False)
        st.markdown(size_sentence(theme, panel.is_rated, words))
        if theme.words:
            st.markdown(" ".join(f":gray-badge[{plain(word)}]" for word in theme.words))
        for quote in panel.quotes:
            st.html(quote_html(quote, page))
        if theme.is_placed and panel.may_rename:
            st.caption(origin_of_name(theme, words))
            show_actions(theme, words, home)


def title_of(theme: Theme, words: Wording) -> str:
    """The name in force."""
    if not theme.is_placed:
        return words.t("Not placed yet")
    return theme.label or words.t("A theme without a name")


def size_sentence(theme: Theme, is_rated: bool, words: Wording) -> str:
    """How many, of whom, where, and what it was before; as Markdown."""
    said = words.n("**{count} question**", "**{count} questions**", theme.texts)
    if theme.askers:
        said = words.n("{said} of {count} person", "{said} of {count} people", theme.askers, said=said)
    if theme.sessions:
        said = words.n("{said}, at {count} session", "{said}, at {count} sessions", theme.sessions, said=said)
    if not theme.is_placed:
        return f"{said}. " + words.t(
            "They fit no theme yet. When enough of them are alike, a new theme is made."
        )
    if theme.earlier_share is None or not is_rated:
        return f"{said}."
    before, now = words.share(theme.earlier_share), words.share(theme.share)
    return f"{said}. " + words.t(
        "In the 12 months before the share was {before}, now {now}.", before=before, now=now
    )


def origin_of_name(theme: Theme, words: Wording) -> str:
    """Who gave the name."""
    if theme.is_named:
        return words.t("The name was given by people; Kring does not change it.")
    return words.t("The name is a proposal of Kring, made of words from the questions.")


def quote_html(quote: Text, page: Page) -> str:
    """A question in its own words, with whose it was and when."""
    words = page.words
    day = words.short_date(quote.asked_on, page.as_of) if quote.asked_on else ""
    under = " · ".join(part for part in (quote.audience, day) if part)
    return (
        f'<figure class="kring-quote"><blockquote lang="{escape(quote.language or "nl")}">'
        f"{escape(quote.text)}</blockquote>"
        f'<figcaption class="kring-source">{escape(under)}</figcaption></figure>'
    )


def show_actions(theme: Theme, words: Wording, home: Home) -> None:
    """Rename and take back; while a refresh runs, how far it is."""
    job = JOBS.running(home)
    if job is not None:
        progress(job, words)
        return
    if st.session_state.pop(FAILED, False):
        st.warning(words.t("The name is kept, but the figures could not be updated. See the page Data."))
    with st.container(horizontal=True, gap="medium", key="actions-theme"):
        if st.button(words.t("Change the name"), key="rename-theme", type="tertiary", icon=":material/edit:"):
            open_rename(theme, words, home)
        if theme.is_named and st.button(
            words.t("Take the name back"), key="undo-theme", type="tertiary", icon=":material/undo:"
        ):
            take_name_back(theme.theme_id, home)
            st.rerun()


def keep_name(theme_id: str, dutch: str, english: str, home: Home) -> bool:
    """Decide the name and bring it onto the pages; False when there is no name."""
    if not dutch.strip():
        return False
    with Decisions(home) as decisions:
        decisions.rename_theme(ThemeName(theme_id, dutch, english))
    JOBS.refresh(home)
    return True


def take_name_back(theme_id: str, home: Home) -> None:
    """Undo the last name."""
    with Decisions(home) as decisions:
        decisions.undo_theme(theme_id)
    JOBS.refresh(home)


def open_rename(theme: Theme, words: Wording, home: Home) -> None:
    """Ask for the name."""

    @st.dialog(words.t("Change the name"))
    def dialog() -> None:
        st.markdown(words.t("The name stays, also when new questions come or everything is read again."))
        dutch = st.text_input(
            words.t("Name in Dutch"), value=theme.dutch, max_chars=LONGEST_NAME, key=f"name-{theme.theme_id}"
        )
        has_english = theme.is_named and theme.english != theme.dutch
        english = st.text_input(
            words.t("Name in English (may stay empty)"),
            value=theme.english if has_english else "",
            max_chars=LONGEST_NAME,
            key=f"english-{theme.theme_id}",
        )
        pressed = st.button(words.t("Keep this name"), key="keep-name", type="primary")
        if pressed and keep_name(theme.theme_id, dutch, english, home):
            st.rerun()

    dialog()


@st.fragment(run_every=1.0)
def progress(job: RefreshJob, words: Wording) -> None:
    """The refresh as it goes; the whole page follows when it is done."""
    if job.result is None:
        share = job.step.share if job.step else 0.0
        st.progress(share, text=words.t("The figures are being updated"))
        return
    if not job.result.succeeded:
        st.session_state[FAILED] = True
    st.rerun()
