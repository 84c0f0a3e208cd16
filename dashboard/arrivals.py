"""New figures appear on a page that is open: a look at the release served, every few seconds.

The look costs one small file. The page reruns only when what it shows is no longer what is served.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard import data
from dashboard.wording import Wording
from etl.errors import ReleaseError

LOOK_SECONDS = 5.0
ARRIVED = "figures-arrived"


@dataclass(frozen=True)
class Shown:
    """What a page is about: the release, and whether the state line says that a run failed."""

    release: str
    last_run_failed: bool


def served_now() -> Shown:
    """What a page that runs now is about."""
    try:
        release = data.release().id
    except ReleaseError:
        release = ""
    return Shown(release, data.last_run_failed())


def announce(words: Wording) -> None:
    """Say it when this run of the page is there because of new figures."""
    if st.session_state.pop(ARRIVED, False):
        st.toast(words.t("New figures have come in. This page shows them now."), icon=":material/update:")


@st.fragment(run_every=LOOK_SECONDS)
def follow(shown: Shown) -> None:
    """Rerun the page when something else is served than it shows."""
    now = served_now()
    if now == shown:
        return
    st.session_state[ARRIVED] = now.release != shown.release
    st.rerun()
