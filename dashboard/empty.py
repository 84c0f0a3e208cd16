"""What a page says when there is nothing to show yet: the sentence, and the way to where it comes from."""

from __future__ import annotations

import streamlit as st

from dashboard.access import current_role
from dashboard.navigation import page
from dashboard.wording import Wording


def show_empty(sentence: str, words: Wording) -> None:
    """Who may not add files gets the sentence alone."""
    st.markdown(sentence)
    entry = page("data")
    if current_role() >= entry.role:
        st.page_link(entry.script, label=words.t("Add a file") + " →")
