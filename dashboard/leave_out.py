"""The button of the page Data by which a file that waits is not used."""

from __future__ import annotations

import streamlit as st

from dashboard.jobs import JOBS
from dashboard.wording import Wording
from etl.home import Home


def offer_to_leave_out(home: Home, sha256: str, words: Wording) -> None:
    """The button by which a file that waits is not used, and asks for nothing any more."""
    pressed = st.button(
        words.t("Do not use"),
        key=f"leave-out-{sha256}",
        icon=":material/block:",
        type="tertiary",
        disabled=JOBS.running(home) is not None,
        help=words.t("It stays out until you add it again."),
    )
    if pressed:
        JOBS.refresh(home, leave_out=sha256)
        st.rerun()
