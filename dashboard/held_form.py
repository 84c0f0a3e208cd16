"""The part of the page Data with files that look damaged: each says why, and a person decides."""

from __future__ import annotations

import streamlit as st

from dashboard import deliveries
from dashboard.deliveries import HeldFile
from dashboard.jobs import JOBS
from dashboard.leave_out import offer_to_leave_out
from dashboard.mapping import base_name
from dashboard.markdown import plain
from dashboard.reasons import reason_words
from dashboard.wording import Wording
from etl.errors import shown
from etl.home import Home

SHORT = 12


def show_held(home: Home, words: Wording) -> None:
    """Files of which no row counts until somebody says so. Who does nothing leaves them out."""
    waiting = deliveries.held_files(home)
    if not waiting:
        return
    with st.container(key="fig-held"):
        st.header(
            words.n(
                "{count} file waits for your decision", "{count} files wait for your decision", len(waiting)
            ),
            anchor=False,
        )
        st.caption(
            words.t(
                "Kring leaves a file out when it looks damaged; the rest counts. Use it as it is, or leave "
                "it out and add a better file."
            )
        )
        for each in waiting:
            one_file(home, each, words)


def one_file(home: Home, waiting: HeldFile, words: Wording) -> None:
    """Why a file waits, and the decision."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"held-{waiting.sha256[:SHORT]}"):
        day = words.dated(waiting.received_at.date())
        why = plain(reason_words(waiting.reason, words))
        received = words.t("received {day}", day=day)
        st.markdown(f"**{plain(shown(base_name(waiting.file)))}** · {received}  \n{why}", width="stretch")
        pressed = st.button(
            words.t("Use it anyway"),
            key=f"accept-{waiting.sha256[:SHORT]}",
            icon=":material/check:",
            disabled=JOBS.running(home) is not None,
        )
        offer_to_leave_out(home, waiting.sha256, words)
    if pressed:
        JOBS.refresh(home, accept=waiting.sha256)
        st.rerun()
