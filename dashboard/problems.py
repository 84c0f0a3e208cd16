"""What a reader sees when a page cannot be shown: one plain sentence and what to do, never a traceback."""

from __future__ import annotations

import logging

import streamlit as st

from dashboard.access import current_language
from dashboard.empty import show_empty
from dashboard.wording import Wording
from etl.errors import HomeError, KringError, SettingsError
from etl.home import find_home

_log = logging.getLogger("kring.dashboard")


def show_problem(words: Wording, error: KringError) -> None:
    """An error Kring raised on purpose: its own line says where, what and what to do."""
    if not find_home(None).current_pointer.exists():
        st.title(words.t("There are no figures yet"))
        if isinstance(error, HomeError | SettingsError):  # a file that is added now would not be read
            st.text(error.line())
            return
        show_empty(words.t("Add your first file on the page Data."), words)
        return
    _log.error("%s", error.line())
    st.title(words.t("This page cannot be shown now"))
    with st.container(border=True):
        st.markdown(words.t("Kring could not read what this page needs. Your files and decisions are safe."))
        st.text(error.line())


def show_no_access(words: Wording) -> None:
    """Nobody has a role on an address that others can reach, until sign-in is set up."""
    st.title(words.t("No access"))
    st.markdown(
        words.t(
            "Kring shows personal data, so without sign-in it opens on this computer only. "
            "Start it on 127.0.0.1."
        )
    )


def on_script_error(error: Exception) -> bool:
    """A fault in Kring itself: logged in full on the server, one sentence on the page."""
    _log.error("A page failed", exc_info=error)
    words = Wording(current_language())
    with st.container(border=True, key="fault"):
        st.markdown(
            words.t(
                "Something went wrong on this page. The figures themselves are unharmed. "
                "Reload the page; if it happens again, tell whoever looks after Kring."
            )
        )
    return True
