"""The last line of every page."""

from __future__ import annotations

import streamlit as st

from dashboard.wording import Wording


def footer(words: Wording) -> None:
    """Terms, accessibility, privacy, version."""
    with st.container(key="footer", horizontal=True):
        st.button(words.t("Terms"), key="footer-terms", type="tertiary")
